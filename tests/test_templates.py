"""Templates as office IT and other programs change them: what is told, what is left out, what can be used.

``check`` and ``build`` must agree on every one of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import replace
from wordkit import DOCUMENT, SHIPPED, W, changed, example, lines, only, put, rezip, unzip, with_lines, words

from reportgen import forms
from reportgen.api import template_faults
from reportgen.errors import ReportgenError, TemplateError
from reportgen.form import Form, load_form
from reportgen.word.design import default_template
from reportgen.word.faults import TemplateFault
from reportgen.word.proof import prove
from reportgen.word.render import render_report
from reportgen.word.template import check_template

HEADING = "一、总体情况"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
FIGURE = "{{ 表三.新收.自然人 }}"
SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": W[1:-1],
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    }.items()
)


def made(xml: str) -> Any:
    return etree.fromstring(f"<x {SPACES}>{xml}</x>")[0]


def with_xml(inside: str, properties: str = "") -> bytes:
    """Return the shipped template with one more paragraph before part 一."""
    line = f"<w:p>{properties}{inside}</w:p>"
    return changed(lambda root: only(root, HEADING).addprevious(made(line)))


def picture(height: int, properties: str = "") -> bytes:
    """Return the shipped template with a picture (height in twips) in a line."""
    extent = f'<wp:extent cx="9" cy="{height * 635}"/><wp:docPr id="9" name="图"/>'
    return with_xml(f"<w:r><w:drawing><wp:inline>{extent}</wp:inline></w:drawing></w:r>", properties)


def field(code: str) -> bytes:
    return with_xml(f'<w:fldSimple w:instr="{code}"><w:r><w:t>域</w:t></w:r></w:fldSimple>')


def gone(text: str, tag: str = "p") -> bytes:
    """Return the shipped template without the paragraph (row, table) that has this text."""

    def change(root: Any) -> None:
        paragraph = only(root, text)
        element = paragraph if tag == "p" else next(paragraph.iterancestors(W + tag))
        element.getparent().remove(element)

    return changed(change)


def with_setting(name: str) -> bytes:
    return changed(lambda root: root.insert(1, etree.Element(W + name)), part="word/settings.xml")


def with_part(name: str, kind: str, root: str, data: bytes = SHIPPED) -> bytes:
    """Return a template with one more part that the main document leads to."""
    files = unzip(data)
    files[f"word/{name}"] = root.replace(">", f" {SPACES}>", 1).encode()
    main = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    for part, end, line in (
        ("word/_rels/document.xml.rels", "Relationships", f'<Relationship Id="x{kind}" Type="{RELATED}{kind}" Target="{name}"/>'),
        ("[Content_Types].xml", "Types", f'<Override PartName="/word/{name}" ContentType="{main}"/>'),
    ):  # fmt: skip
        files[part] = files[part].replace(f"</{end}>".encode(), f"{line}</{end}>".encode())
    return rezip(files)


def footnote(text: str) -> bytes:
    note = f'<w:footnotes><w:footnote w:id="2"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    mark = changed(lambda root: only(root, HEADING).append(made('<w:r><w:footnoteReference w:id="2"/></w:r>')))
    return with_part("footnotes.xml", "footnotes", note, mark)


def in_header(xml: str) -> bytes:
    """Return the shipped template with a paragraph in the headers of all pages."""
    template = SHIPPED
    for part in ("word/header1.xml", "word/header2.xml"):
        template = changed(lambda root: root.append(made(f"<w:p>{xml}</w:p>")), part=part, data=template)
    return template


def told(template: bytes, form: Form, tmp_path: Path) -> list[TemplateFault]:
    """Return what ``check`` says; ``build`` must do what follows from it."""
    found = check_template(template, form)
    path = tmp_path / "模板.docx"
    path.write_bytes(template)
    try:
        prove(render_report(example(), template=path), example())
        built = True
    except ReportgenError:
        built = False
    assert built == (not any(fault.severity == "error" for fault in found)), [fault.line() for fault in found]
    return found


# ---------------------------------------------------------------- saved anew by other programs


def moved_lines(seed: int, most: int) -> Callable[[Any], None]:
    """Give every row of every table grid lines of its own, up to ``most`` twips off, as other programs do."""
    places = random.Random(seed)

    def change(root: Any) -> None:
        for table in root.iter(W + "tbl"):
            grid = [int(column.get(W + "w")) for column in table.iter(W + "gridCol")]
            edges = [sum(grid[:n]) for n in range(len(grid) + 1)]
            rows = []
            for row in table.iter(W + "tr"):
                at, own = 0, [0]
                for cell in row.iter(W + "tc"):
                    span = cell.find(f"{W}tcPr/{W}gridSpan")
                    at += 1 if span is None else int(span.get(W + "val"))
                    own.append(edges[at] + (places.randint(0, most) if at < len(grid) else 0))
                rows.append((row, own))
            every = sorted({edge for _, own in rows for edge in own})
            whole = table.find(W + "tblGrid")
            for column in list(whole):
                whole.remove(column)
            for left, right in pairwise(every):
                etree.SubElement(whole, W + "gridCol").set(W + "w", str(right - left))
            for row, own in rows:
                for cell, (left, right) in zip(row.iter(W + "tc"), pairwise(own), strict=True):
                    properties = cell.find(W + "tcPr")
                    for old in properties.findall(W + "gridSpan"):
                        properties.remove(old)
                    span = etree.Element(W + "gridSpan")
                    span.set(W + "val", str(every.index(right) - every.index(left)))
                    properties.insert(1, span)

    return change


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_grid_lines_a_few_twips_apart_are_one(form: Form, tmp_path: Path, seed: int) -> None:
    assert told(changed(moved_lines(seed, 15)), form, tmp_path) == []


def wps_habits(root: Any) -> None:
    """What WPS adds: writing directions, marks of the cursor, controls around cells, a run for each character."""
    for number, paragraph in enumerate(list(root.iter(W + "p"))):
        properties = paragraph.find(W + "pPr")
        properties.append(made('<w:bidi w:val="0"/>'))
        paragraph.insert(1, made(f'<w:bookmarkStart w:id="{number}" w:name="_GoBack{number}"/>'))
        paragraph.append(made(f'<w:bookmarkEnd w:id="{number}"/>'))
        for run in paragraph.findall(W + "r"):
            for letter in words(run):
                single = deepcopy(run)
                single.find(W + "t").text = letter
                run.addprevious(single)
            if words(run):
                paragraph.remove(run)
    cell = next(only(root, FIGURE).iterancestors(W + "tc"))
    control = made("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent/></w:sdt>")
    cell.addprevious(control)
    control[1].append(cell)


@pytest.mark.slow
def test_what_wps_adds_changes_nothing(form: Form, tmp_path: Path) -> None:
    template = changed(wps_habits)
    assert told(template, form, tmp_path) == []
    path = tmp_path / "模板.docx"
    printed = render_report(example(), template=path)
    assert lines(printed) == lines(render_report(example()))
    assert b"showingPlcHdr" not in unzip(printed)[DOCUMENT]


# ---------------------------------------------------------------- one cause, one message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "message"),
    [
        (gone(HEADING), f"没有标题“{HEADING}”"),
        (gone(load_form().sections[3].heading), f"没有标题“{load_form().sections[3].heading}”"),
        (gone("规章", "tbl"), "没有表二：它的 10 个数一个也没有印出"),
        (gone(FIGURE, "tbl"), "没有表三：它的 175 个数一个也没有印出"),
        (gone("未经复议直接起诉", "tbl"), "没有表四：它的 15 个数一个也没有印出"),
        (gone("2.重复申请", "tr"), "表三有 27 行 10 列，规定是 28 行 10 列，少了"),
        (gone("申请人情况", "tr"), "表三有 27 行 10 列，规定是 28 行 10 列"),
        (changed(lambda root: (cell := next(only(root, FIGURE).iterancestors(W + "tc"))).getparent().remove(cell)),
         "第4行第4列起少了格，这一行只占 9 列，规定占 10 列"),
        (changed(lambda root: put(only(root, HEADING), "一、总体 情况")), f"标题里多了空格，请改为“{HEADING}”"),
        (changed(lambda root: put(only(root, HEADING), f"\u3000{HEADING}")), "标题里多了空格"),
        (changed(lambda root: put(only(root, FIGURE), "618")), f"只能写 {FIGURE}"),
        (with_lines("联系电话：12345678"), "模板多印了一段含有数字的文字：“联系电话：12345678”"),
        (with_lines("本报告统计2024年的数据"), "模板多印了一段含有数字的文字"),
        (with_lines("{% if 表三.新收.总计 == '639' %}共639件。{% endif %}"), "“共639件。”：在循环、条件里写了固定的数字"),
        (with_lines("{% if 联系电话 == '020' %}共639件。{% endif %}"), "在循环、条件里写了固定的数字"),
        (with_lines("{{ 机关 名称 }}"), "写法有误，请对照使用说明"),
        (footnote("{{ 表三.新收.总计 }}"), "脚注（footnotes.xml）“{{ 表三.新收.总计 }}”：表中的数只能印在正文"),
        (with_part("diagrams/data1.xml", "diagramData", "<x><a:p><a:t>新收639件</a:t></a:p></x>"),
         "SmartArt 图形“新收639件”：SmartArt 图形里的数字不会换成报告的数"),
    ],
)  # fmt: skip
def test_one_cause_is_one_message(form: Form, tmp_path: Path, template: bytes, message: str) -> None:
    (fault,) = told(template, form, tmp_path)
    assert message in fault.line()


def test_a_year_typed_into_the_headers_is_refused(form: Form, tmp_path: Path) -> None:
    found = told(in_header("<w:r><w:t>2024 年度</w:t></w:r>"), form, tmp_path)
    assert [fault.message for fault in found] == ["年份写死了，明年不会跟着变，请改写成 {{ 年份 }}年"] * 2


# ---------------------------------------------------------------- places that are not filled


TEXT_BOX = (
    '<w:r><w:pict><v:shape style="position:absolute;height:90pt"><v:textbox><w:txbxContent><w:p><w:r><w:t>{}</w:t>'
    "</w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "message"),
    [
        (with_xml('<w:r><w:t>见</w:t></w:r><w:r><w:instrText> HYPERLINK "{</w:instrText></w:r>'
                  '<w:r><w:instrText>{ 公开网址 }}"</w:instrText></w:r>'), "正文“见”：{{ 公开网址 }} 写在域代码里"),
        (field(" DOCPROPERTY {{ 标题 }} "), "正文“域”：{{ 标题 }} 写在域代码里"),
        (field(" INCLUDETEXT &quot;甲.docx&quot; "), "域代码 INCLUDETEXT 会取本文件之外的内容"),
        (with_xml('<w:r><w:drawing><wp:anchor><wp:docPr id="1" name="图" descr="{{ 机关名称 }}"/></wp:anchor>'
                  "</w:drawing></w:r>"), "{{ 机关名称 }} 写在图形的替代文字里"),
        (with_xml('<w:r><w:pict><v:shape><v:textpath string="｛｛ 草稿 ｝｝"/></v:shape></w:pict></w:r>'), "写在艺术字里"),
        (with_xml("<m:oMath><m:r><m:t>{{ 标题 }}</m:t></m:r></m:oMath>"), "{{ 标题 }} 写在公式或图形里"),
        (with_xml("<m:oMath><m:r><m:t>a+37</m:t></m:r></m:oMath>"), "“a+37”"),
        (with_xml('<w:r><w:drawing><wp:inline><c:chart r:id="x"/></wp:inline></w:drawing></w:r>'), "图表里的数"),
        (with_xml('<w:r><w:object><o:OLEObject Type="Embed"/></w:object></w:r>'), "嵌入的对象里的数"),
        (with_xml('<w:sdt><w:sdtPr><w:alias w:val="{{ 标题 }}"/></w:sdtPr><w:sdtContent/></w:sdt>'), "内容控件的属性"),
        (with_xml(TEXT_BOX.format("{{ 表三.新收.总计 }}")), "印了 2 次"),
        (with_xml(TEXT_BOX.format("第37号")), "“第37号”"),
        (changed(lambda root: only(root, HEADING).addprevious(made('<w:altChunk r:id="x"/>'))), "嵌入了另一个文件"),
    ],
)  # fmt: skip
def test_what_would_not_be_filled_is_told_with_its_place(
    form: Form, tmp_path: Path, template: bytes, message: str
) -> None:
    (fault,) = told(template, form, tmp_path)
    assert message in fault.line()
    assert fault.severity == "error"


def test_unaccepted_revisions_are_told_with_their_paragraph(form: Form, tmp_path: Path) -> None:
    line = '<w:ins w:id="1" w:author="a"><w:r><w:t>甲</w:t></w:r></w:ins>'
    (fault,) = told(changed(lambda root: only(root, HEADING).append(made(line))), form, tmp_path)
    assert "“一、总体情况甲”：有未接受的修订" in fault.line()


@pytest.mark.parametrize("text", ["{{ 机关名称 }}文件", "某某市某某局"])
def test_text_boxes_are_filled(form: Form, tmp_path: Path, text: str) -> None:
    assert told(with_xml(TEXT_BOX.format(text)), form, tmp_path) == []


# ---------------------------------------------------------------- warnings, and what is left out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "message"),
    [
        (with_setting("trackRevisions"), "修订是打开的"),
        (with_setting("documentProtection"), "设了编辑限制"),
        (with_setting("attachedTemplate"), "附加了另一个模板"),
        (picture(2400), "图片高 4.2 厘米，这一段的行距却是固定值 28.95 磅"),
        (footnote("国务院令第711号"), "“国务院令第711号”：这里的数字是固定的"),
        (field(" MERGEFIELD 单位 "), "域代码 MERGEFIELD"),
        (changed(lambda root: next(only(root, FIGURE).iterancestors(W + "tr")).insert(
            0, made('<w:trPr><w:trHeight w:val="60" w:hRule="exact"/></w:trPr>'))), "这一行的行高是固定值 3 磅"),
        (field(" DATE "), "域代码 DATE 的结果会随打开的时间和电脑改变"),
        (with_lines("联系电话：{{ 联系电话 }}"), "“联系电话”可以不填，不填时这里是空的"),
        (changed(lambda root: root.insert(0, made("<w:p><w:r><w:t>甲局</w:t></w:r></w:p>")), part="word/header1.xml"),
         "“甲局”只在单页的页眉里，双页的页眉里没有"),
        (changed(lambda root: root.insert(0, made("<w:p><w:r><w:t>甲局</w:t></w:r></w:p>")), part="word/footer2.xml"),
         "“甲局”只在双页的页脚里，单页的页脚里没有"),
    ],
)  # fmt: skip
def test_what_can_be_used_is_a_warning(form: Form, tmp_path: Path, template: bytes, message: str) -> None:
    (fault,) = told(template, form, tmp_path)
    assert message in fault.line()
    assert fault.severity == "warning"
    settings = unzip(render_report(example(), template=tmp_path / "模板.docx"))["word/settings.xml"]
    assert not [name for name in (b"trackRevisions", b"documentProtection", b"attachedTemplate") if name in settings]


@pytest.mark.slow
@pytest.mark.parametrize(
    "template",
    [
        picture(500),
        picture(2400, '<w:pPr><w:spacing w:line="240" w:lineRule="auto"/></w:pPr>'),
        field(" PAGE "),
        with_lines("{% if 联系电话 %}联系电话：{{ 联系电话 }}{% endif %}"),
        with_lines("{{ 联系电话|default('无') }}"),
        with_lines("{{ 机关名称 }}"),
        with_lines("｛％ if 联系电话 ％｝电话：｛｛ 联系电话 ｝｝｛％ endif ％｝"),
        with_lines("{% if 表三.新收.总计 == '0' %}全年没有收到申请。{% endif %}"),
        footnote("{{ 机关名称 }}编"),
        in_header('<w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>3</w:t></w:r></w:fldSimple>'),
    ],
)
def test_nothing_is_said_of_what_is_right(form: Form, tmp_path: Path, template: bytes) -> None:
    assert told(template, form, tmp_path) == []


def test_headers_of_a_document_without_even_pages_are_not_compared(form: Form, tmp_path: Path) -> None:
    header = changed(lambda root: root.insert(0, made("<w:p><w:r><w:t>甲</w:t></w:r></w:p>")), part="word/header1.xml")
    same = changed(lambda root: root.remove(root.find(W + "evenAndOddHeaders")), data=header, part="word/settings.xml")
    assert told(same, form, tmp_path) == []


def test_comments_are_told_and_left_out(form: Form, tmp_path: Path) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    mark = '<w:r><w:commentReference w:id="7"/></w:r>'
    files = unzip(changed(lambda root: only(root, HEADING).append(made(mark))))
    files["word/comments.xml"] = (
        f'<w:comments {SPACES}><w:comment w:id="7"><w:p><w:r><w:t>请核{{{{ 标题 }}}}</w:t></w:r></w:p></w:comment>'
        "</w:comments>"
    ).encode()
    relations = files["word/_rels/document.xml.rels"]
    files["word/_rels/document.xml.rels"] = relations.replace(
        b"</Relationships>", f'<Relationship Id="rId77" Type="{kind}" Target="comments.xml"/></Relationships>'.encode()
    )
    (fault,) = told(rezip(files), form, tmp_path)
    assert fault.line() == f"提醒：正文“{HEADING}”：批注“请核{{{{ 标题 }}}}”不会带进报告"
    printed = unzip(render_report(example(), template=tmp_path / "模板.docx"))
    assert not [name for name, content in printed.items() if b"comment" in content or "comment" in name]


# ---------------------------------------------------------------- editions


def test_faults_are_those_of_the_template_s_own_edition(tmp_path: Path) -> None:
    old = load_form("2019")
    template = tmp_path / "旧模板.docx"
    template.write_bytes(default_template(old))
    assert template_faults(template) == []
    template.write_bytes(changed(lambda root: put(only(root, "政府集中采购"), "集中采购"), data=default_template(old)))
    (fault,) = template_faults(template)
    assert "应为“政府集中采购”" in fault.line()
    template.write_bytes(gone(FIGURE, "tbl"))
    (fault,) = template_faults(template)
    assert "没有表三" in fault.line()


def test_a_template_of_another_edition_is_one_message(tmp_path: Path) -> None:
    template = tmp_path / "旧模板.docx"
    template.write_bytes(default_template(load_form("2019")))
    with pytest.raises(TemplateError, match="按 2019 版格式做的 Word 模板，这份报告用的是 2021 版") as error:
        render_report(example(), template=template)
    assert "\n" not in str(error.value)


def test_word_s_own_kind_of_template_is_as_good(form: Form, tmp_path: Path) -> None:
    files = unzip(SHIPPED)
    types = files["[Content_Types].xml"]
    files["[Content_Types].xml"] = types.replace(b"document.main+xml", b"template.main+xml")
    template = tmp_path / "模板.dotx"
    template.write_bytes(rezip(files))
    assert template_faults(template) == []
    assert prove(render_report(example(), template=template), example()) > 200


def test_the_shipped_template_is_judged_where_the_form_is_not_the_shipped_one(form: Form, tmp_path: Path) -> None:
    path = tmp_path / f"{form.id}.toml"
    shipped = Path(forms.__path__[0], path.name).read_text(encoding="utf-8")
    path.write_text(shipped.replace("一、总体情况", "一、基本情况"), encoding="utf-8")
    with pytest.raises(TemplateError, match="没有标题“一、基本情况”"):
        render_report(replace(example(), form=load_form(path)))
