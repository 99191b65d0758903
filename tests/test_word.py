"""The Word template engine: what a template may say, what it prints, what it refuses."""

from __future__ import annotations

import io
import random
import re
import zipfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace
from support import COSTLY
from wordkit import (
    DOCUMENT,
    SHIPPED,
    W,
    added,
    before_first_heading,
    changed,
    example,
    lines,
    only,
    printed,
    put,
    rezip,
    unzip,
    with_lines,
    words,
)  # fmt: skip

from reportgen.errors import TemplateError
from reportgen.form import Form
from reportgen.model.report import Passage
from reportgen.show.view import make_view
from reportgen.word import grammar
from reportgen.word.plan import Prepared, printable
from reportgen.word.proof import prove
from reportgen.word.render import render, render_report, shipped_templates
from reportgen.word.tags import Statement, Tag, parse_tag
from reportgen.word.template import check_template, prepare


@pytest.fixture(scope="module")
def prepared(form: Form) -> Prepared:
    return prepare(SHIPPED, form)


def faults(template: bytes, form: Form) -> list[str]:
    return [fault.line() for fault in check_template(template, form)]


# ---------------------------------------------------------------- what is printed


def test_shipped_template_is_whole(form: Form) -> None:
    assert [name for name, _ in shipped_templates()] == [f"report-{form.id}.docx"]
    for _, data in shipped_templates():
        assert check_template(data, form) == []


def test_same_input_same_bytes() -> None:
    first, second = render_report(example()), render_report(example())
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert len(archive.namelist()) == len(set(archive.namelist()))


def test_properties_say_where_it_comes_from() -> None:
    report = example()
    files = unzip(render_report(report, result="错误0 警告1"))
    core, custom = files["docProps/core.xml"].decode(), files["docProps/custom.xml"].decode()
    assert f"<dc:title>{report.full_title}</dc:title>" in core
    assert f"<dc:creator>{report.org}</dc:creator>" in core
    assert "2025-01-01T00:00:00Z" in core
    assert report.form.document in custom
    assert report.sha256 in custom
    assert "错误0 警告1" in custom
    compared = prove(render_report(report), report)
    assert f'name="核对数值"><vt:lpwstr>{compared}<' in custom


@pytest.mark.parametrize("name", ["甲<b>&\"'", "局\x00\ud800", "𠀀𪚥市"])
def test_properties_hold_any_body(name: str) -> None:
    report = example()
    report = replace(report, fields={**report.fields, "org": name})
    core = etree.fromstring(unzip(render_report(report))["docProps/core.xml"])
    assert printable(name) in [element.text for element in core]


def test_data_is_never_code() -> None:
    evil = ("{% for x in 一 %}{{ 标题 }}{% endfor %}", "｛｛ ''.__class__ ｝｝ <w:p/> &amp; ]]>", "⟦表三/新收/总计⟧")
    data = render_report(example(Passage("problems", "{{ 标题 }}", evil)))
    assert [line for line in lines(data) if line in evil] == list(evil)
    assert "{{ 标题 }}" in lines(data)


TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@given(st.lists(TEXT, min_size=1, max_size=4), TEXT)
def test_any_text_survives(prepared: Prepared, texts: list[str], heading: str) -> None:
    report = example(Passage("overall", heading, tuple(texts)))
    view = make_view(report)
    found = lines(render(prepared, view, {"键": heading}))
    body = found[found.index(view.sections[1].heading) + 1 :][: len(texts) + 1]
    want = [printable(t) for _, ts in view.sections[1].passages for t in [heading, *ts]]
    want = [t for t in want if t.strip()]
    assert body[: len(want)] == want


def test_very_long_paragraphs_and_white_space() -> None:
    texts = ("长" * 200_000, "  前后有空格  ", "制\t表\n换行", "\u3000\u3000缩进", "a\r\nb\rc")
    found = lines(render_report(example(Passage("problems", "", texts))))
    assert [printable(t) for t in texts] == [t for t in found if t in {printable(t) for t in texts}]


# ---------------------------------------------------------------- tags as people and Word write them


def split_runs(data: bytes, cuts: Any) -> bytes:
    """Break every run of a document that holds a tag at places drawn, with debris in between."""

    def change(root: Any) -> None:
        for run in list(root.iter(W + "r")):
            text = words(run)
            if "{" not in text or len(text) < 2:
                continue
            at = run
            for piece in cuts(text):
                fresh = deepcopy(run)
                fresh.find(W + "t").text = piece
                fresh.find(W + "t").set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                at.addnext(fresh)
                debris = etree.Element(W + "proofErr", {W + "type": "spellStart"})
                fresh.addnext(debris)
                at = debris
            run.getparent().remove(run)

    return changed(change, data=data)


@pytest.mark.slow
@COSTLY
@given(st.integers(0, 2**32))
def test_tags_broken_over_runs_anywhere(form: Form, seed: int) -> None:
    places = random.Random(seed)

    def cuts(text: str) -> list[str]:
        at = sorted(places.sample(range(1, len(text)), places.randint(0, min(6, len(text) - 1))))
        return [text[a:b] for a, b in zip([0, *at], [*at, len(text)], strict=True)]

    report = example()
    broken = printed(split_runs(SHIPPED, cuts), report)
    assert lines(broken) == lines(printed(SHIPPED, report))
    assert prove(broken, report) > 200


def test_every_character_a_run_of_its_own(form: Form) -> None:
    report = example()
    assert prove(printed(split_runs(SHIPPED, list), report), report) > 200


@pytest.mark.parametrize(
    "tag",
    [
        "{{标题}}", "{{  标题  }}", "｛｛ 标题 ｝｝", "｛{标题}｝", "{{\u00a0标题\u00a0}}", "{{\u3000标题\u3000}}",
        "{{ 标题|default(“无”) }}", "{{ 标题｜default（‘无’） }}", "{{ \u200b标题\ufeff }}",
        "{% if 草稿 == “x” %}不{% elif not 草稿 %}{{ 标题 }}{% endif %}", "｛％ if 标题 ％｝{{ 标题 }}｛％ endif ％｝",
        "{% for 行 in 标题行 %}{{ 行 }}{% endfor %}", "{# 说明 #}{{ 标题 }}", "{{ 标题 }}{# {{ 不存在 }} #}",
    ],
)  # fmt: skip
def test_spellings(tag: str) -> None:
    assert added(with_lines(f"前{tag}后")) == [f"前{example().full_title}后"]


def test_the_small_language() -> None:
    found = added(
        with_lines(
            "{% if 草稿 %}草{% else %}正{% endif %}",
            "{% if 年份 == '2024' and not 草稿 or 草稿 %}是{% else %}否{% endif %}",
            "{% for 行 in 标题行 %}{{ loop.index }}{% if not loop.last %}、{% endif %}{% endfor %}",
            "{% if 标题行|length > 1 %}多行{% endif %}",
            "{{ 公开网址|default('没有网址') }}",
            "{{ 表式 }}",
        )
    )
    assert found == ["正", "是", "1、2", "多行", "没有网址", "国办公开办函〔2021〕30号"]


def test_look_of_the_run_where_a_tag_begins() -> None:
    def change(root: Any) -> None:
        (line,) = before_first_heading(root, ("前{", "{ 标题 }", "}后"))
        for run, name in zip(line.findall(W + "r"), ("b", "i", "u"), strict=True):
            look = run.find(W + "rPr")
            for child in list(look):
                look.remove(child)
            etree.SubElement(look, W + name)

    root = etree.fromstring(unzip(printed(changed(change), example()))[DOCUMENT])
    line = next(p for p in root.iter(W + "p") if words(p) == f"前{example().full_title}后")
    looks = [(words(run), [child.tag for child in run.find(W + "rPr")]) for run in line.iter(W + "r")]
    assert looks == [(f"前{example().full_title}", [W + "b"]), ("后", [W + "u"])]


def test_inline_blocks_keep_their_runs_whole() -> None:
    found = printed(with_lines(("甲{% for 行 in ", "标题行 %}{{ 行", " }}·", "{% endfor %}", "乙")), example())
    assert f"甲{'·'.join(make_view(example()).title_lines)}·乙" in lines(found)


def test_blocks_do_not_cross_hyperlinks(form: Form) -> None:
    def change(root: Any) -> None:
        (line,) = before_first_heading(root, ("{% if 标题 %}甲", "乙{% endif %}"))
        first = line.find(W + "r")
        link = etree.Element(W + "hyperlink")
        first.addprevious(link)
        link.append(first)

    assert [f for f in faults(changed(change), form) if "超链接" in f]


def test_word_cannot_put_other_values_over_ours(form: Form) -> None:
    def change(root: Any) -> None:
        run = only(root, "{{ 表三.新收.自然人 }}").find(W + "r")
        control = etree.Element(W + "sdt")
        run.addprevious(control)
        settings_ = etree.SubElement(control, W + "sdtPr")
        etree.SubElement(settings_, W + "dataBinding", {W + "xpath": "/a", W + "storeItemID": "{0}"})
        etree.SubElement(control, W + "sdtContent").append(run)

    made = printed(changed(change), example())
    assert prove(made, example()) > 200
    assert b"dataBinding" not in unzip(made)[DOCUMENT]


def rows_template(*rows: tuple[str, str]) -> bytes:
    def change(root: Any) -> None:
        (place,) = before_first_heading(root, "占位")
        table = etree.Element(W + "tbl")
        etree.SubElement(table, W + "tblPr")
        grid = etree.SubElement(table, W + "tblGrid")
        etree.SubElement(grid, W + "gridCol")
        etree.SubElement(grid, W + "gridCol")
        for row in rows:
            tr = etree.SubElement(table, W + "tr")
            for text in row:
                line = deepcopy(place)
                put(line, text)
                etree.SubElement(tr, W + "tc").append(line)
        place.addprevious(table)

    return changed(change)


@pytest.mark.parametrize(
    ("org", "lines"),
    [
        ("民政局", ("民政局2024年政府信息公开工作年度报告",)),  # 20 characters: as many as fit
        ("市民政局", ("市民政局2024年", "政府信息公开工作年度报告")),
        ("甲" * 14 + "局", ("甲" * 14 + "局2024年", "政府信息公开工作年度报告")),
        ("甲" * 15 + "局", ("甲" * 15 + "局", "2024年政府信息公开工作年度报告")),
        ("甲" * 21 + "局", ("甲" * 11, "甲" * 10 + "局", "2024年政府信息公开工作年度报告")),
    ],
)
def test_a_title_is_broken_only_where_it_does_not_fit(org: str, lines: tuple[str, ...]) -> None:
    report = replace(example(), fields={**example().fields, "org": org, "year": 2024})
    assert make_view(report).title_lines == lines
    assert all(len(line) <= 20 for line in lines)


def test_rows_of_their_own(form: Form) -> None:
    template = rows_template(
        ("序号", "行"), ("{%tr for 行 in 标题行 %}", ""), ("{{ loop.index }}", "{{ 行 }}"), ("{%tr endfor %}", "")
    )
    from reportgen.sources.docx import read

    grid = read(Path("x.docx"), printed(template, example())).grids[0]
    first, second = make_view(example()).title_lines
    assert [c.value for c in grid.cells] == ["序号", "行", "1", first, "2", second]


# ---------------------------------------------------------------- marks


def highlighted(data: bytes) -> list[str]:
    root = etree.fromstring(unzip(data)[DOCUMENT])
    return [words(mark.getparent().getparent()) for mark in root.iter(W + "highlight")]


def test_marks_highlight_only_their_cells() -> None:
    report = example()
    assert highlighted(render_report(report)) == []
    marked = render_report(report, draft=True, marks=["表二.fee.amount", "表三.new.natural"])
    assert highlighted(marked) == ["5230.52", "618"]
    assert prove(marked, report, draft=True) > 200


@pytest.mark.parametrize(
    ("before", "after"), [([], []), (["b", "sz", "szCs"], ["u", "lang"]), (["rFonts"], []), ([], ["vertAlign"])]
)
def test_highlight_stands_where_the_schema_wants_it(before: list[str], after: list[str]) -> None:
    def change(root: Any) -> None:
        run = only(root, "{{ 表三.新收.自然人 }}").find(W + "r")
        run.remove(run.find(W + "rPr"))
        if before or after:
            look = etree.Element(W + "rPr")
            run.insert(0, look)
            for name in [*before, *after]:
                etree.SubElement(look, W + name)

    report = example()
    made = render(prepare(changed(change), report.form), make_view(report), {}, marks=["表三.new.natural"])
    root = etree.fromstring(unzip(made)[DOCUMENT])
    (mark,) = root.iter(W + "highlight")
    order = [child.tag.removeprefix(W) for child in mark.getparent()]
    assert order == [*before, "highlight", *after]
    assert mark.getparent().getparent().index(mark.getparent()) == 0


# ---------------------------------------------------------------- faults


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{{ 标提 }}", "不认得名称“标提”，是不是“标题"),
        ("{{ 表三.新收.自然 }}", "“表三.新收”里没有“自然”，是不是“自然人”"),
        ("{{ 表三.新收 }}", "一组内容"),
        ("{{ 标题行 }}", "一个列表"),
        ("{{ 标题.长度 }}", "后面不能再有"),
        ("{{ 标题", "没有配对"),
        ("标题 }}", "没有配对"),
        ("{{ }}", "没有内容"),
        ("{{ 标题 + '甲' }}", "不支持的写法"),
        ("{{ 标题.__class__ }}", "后面不能再有"),
        ("{{ ''.__class__ }}", "只有名称后面"),
        ("{{ range(9) }}", "不支持的写法"),
        ("{{ 标题|upper }}", "不支持的写法"),
        ("{{ 标题 标题 }}", "写法有误"),
        ("{{r 标题 }}", "请写成 {{ 名称 }}"),
        ("{% set a = 1 %}", "不认得“set”"),
        ("{% include 'x' %}", "不认得“include”"),
        ("{% macro a() %}", "不认得“macro”"),
        ("{% if 草稿 %}甲", "没有在同一段里用 {% endif %} 结束"),
        ("甲{% endif %}", "前面没有与它对应的"),
        ("{% if 草稿 %}甲{% endfor %}{% endif %}", "前面没有与它对应的"),
        ("{% if 草稿 %}甲{% else %}乙{% else %}丙{% endif %}", "已经有 else"),
        ("{% for 行 in 标题 %}{{ 行 }}{% endfor %}", "后面要写一个列表"),
        ("{% for 标题 in 标题行 %}{{ 标题 }}{% endfor %}", "请换一个"),
        ("{% for 甲, 乙 in 标题行 %}{% endfor %}", "只能有一个名称"),
        ("{% if 表三.新收.自然人 > 0 %}甲{% endif %}", "比较的两边不是同一类"),
        ("{%p if 草稿 %}甲", "单独成段"),
        ("{%p if 草稿 %}", "没有对应的 {%p endif %}"),
        ("{%tr if 草稿 %}", "只能写在表格里"),
        ("{%tc if 草稿 %}", "不支持 {%tc"),
        ("{%- if 草稿 %}{% endif %}", "减号"),
        ("{{ loop.index }}", "不认得名称“loop”"),
        ("{{ 表三.新收.自然人 }}", "印了 2 次"),
    ],
)
def test_one_mistake_one_place(form: Form, line: str, message: str) -> None:
    found = check_template(with_lines(line), form)
    assert any(message in fault.message for fault in found), [fault.line() for fault in found]
    assert all(fault.part == "正文" for fault in found)
    with pytest.raises(TemplateError, match="处要改"):
        prepare(with_lines(line), form)


def test_all_mistakes_at_once(form: Form) -> None:
    def change(root: Any) -> None:
        before_first_heading(root, "开头{{ 甲 }}", "{% for x in 乙 %}{{ x.丙.丁 }}{% endfor %}")
        put(only(root, "{{ 表三.新收.自然人 }}"), "{{ 表三.新收.自燃人 }}")
        put(only(root, "本年制发件数"), "本年制发数")

    found = faults(changed(change), form)
    assert len(found) == 4
    assert found[0].startswith("正文“开头{{ 甲 }}”：{{ 甲 }}：不认得名称“甲”")
    assert "“乙”" in found[1]
    assert "“自燃人”，是不是“自然人”" in found[2]
    assert "“本年制发数”" in found[3]
    assert "“本年制发件数”" in found[3]


def fit_faults(form: Form, change: Any) -> list[str]:
    return faults(changed(change), form)


def test_swapped_figures(form: Form) -> None:
    def change(root: Any) -> None:
        one, other = only(root, "{{ 表三.新收.自然人 }}"), only(root, "{{ 表三.新收.商业企业 }}")
        put(one, "{{ 表三.新收.商业企业 }}")
        put(other, "{{ 表三.新收.自然人 }}")

    found = fit_faults(form, change)
    assert len(found) == 2
    assert "按行和列应印“一、本年新收政府信息公开申请数量／自然人”" in found[0]
    assert "第4行第4列" in found[0]


def test_swapped_labels(form: Form) -> None:
    def change(root: Any) -> None:
        one, other = only(root, "科研机构"), only(root, "社会公益组织")
        put(one, "社会公益组织")
        put(other, "科研机构")

    assert len([f for f in fit_faults(form, change) if "请照规定的文字改正" in f]) == 2


def test_missing_and_surrounded_figures(form: Form) -> None:
    def change(root: Any) -> None:
        put(only(root, "{{ 表三.新收.自然人 }}"), "618")
        put(only(root, "{{ 表三.新收.其他 }}"), "1{{ 表三.新收.其他 }}")
        put(only(root, "{{ 表三.上年结转.其他 }}"), "{% if 草稿 %}{{ 表三.上年结转.其他 }}{% endif %}")

    found = fit_faults(form, change)
    assert len(found) == 3
    assert any("“618”：第4行第4列只能写 {{ 表三.新收.自然人 }}" in f for f in found)
    assert any("不能有别的内容" in f and "1{{ 表三.新收.其他 }}" in f for f in found)
    assert any("循环、条件" in f for f in found)


def test_rows_and_merged_cells(form: Form) -> None:
    def drop_row(root: Any) -> None:
        row = next(only(root, "{{ 表三.新收.自然人 }}").iterancestors(W + "tr"))
        row.getparent().remove(row)

    (fault,) = fit_faults(form, drop_row)
    assert "表三有 27 行 10 列，规定是 28 行 10 列，少了“一、本年新收政府信息公开申请数量／自然人”等 7 个数" in fault

    def unmerge(root: Any) -> None:
        span = next(only(root, "申请人情况").iterancestors(W + "tc")).find(f"{W}tcPr/{W}gridSpan")
        span.set(W + "val", "6")

    assert any("第1行第4列应当占 1 行 7 列，模板里占 1 行 6 列" in f for f in fit_faults(form, unmerge))


def test_headings(form: Form) -> None:
    first, second = (s.heading for s in form.sections[1:3])

    def swap(root: Any) -> None:
        one, other = only(root, first), only(root, second)
        put(one, second)
        put(other, first)

    assert any("顺序" in f for f in fit_faults(form, swap))
    assert any(f"没有标题“{first}”" in f for f in fit_faults(form, lambda root: put(only(root, first), "一、总体")))
    last = form.sections[-1].heading
    assert any(f"有 2 个标题“{last}”" in f for f in fit_faults(form, lambda root: before_first_heading(root, last)))


def test_texts_under_the_wrong_heading(form: Form) -> None:
    def change(root: Any) -> None:
        five, six = (s.number for s in form.sections[-2:])
        one, other = (only(root, f"{{%p for 节 in {n} %}}") for n in (five, six))
        put(one, f"{{%p for 节 in {six} %}}")
        put(other, f"{{%p for 节 in {five} %}}")

    found = fit_faults(form, change)
    assert len([f for f in found if "没有印在它自己的标题之下" in f]) == 4


def test_table_under_the_wrong_heading(form: Form) -> None:
    def change(root: Any) -> None:
        tables = list(root.iter(W + "tbl"))
        one, other = tables[1], tables[2]
        place = etree.Element("x")
        one.addprevious(place)
        other.addprevious(one)
        place.addprevious(other)
        place.getparent().remove(place)

    found = fit_faults(form, change)
    assert len([f for f in found if "应当在" in f]) == 2


def test_figures_outside_the_text(form: Form) -> None:
    header = next(n for n in unzip(SHIPPED) if n.startswith("word/header"))

    def change(root: Any) -> None:
        run = etree.SubElement(etree.SubElement(root, W + "p"), W + "r")
        etree.SubElement(run, W + "t").text = "{{ 表三.新收.总计 }}{{ 不认得 }}"

    found = faults(changed(change, part=header), form)
    assert any(f.startswith(f"页眉（{Path(header).name}）") and "不认得名称" in f for f in found)
    assert any("不会被核对" in f for f in found)


def test_cell_that_could_lose_its_only_paragraph(form: Form) -> None:
    def change(root: Any) -> None:
        cell = next(only(root, "申请人情况").iterancestors(W + "tc"))
        line = cell.find(W + "p")
        for text, place in (("{%p if 草稿 %}", line.addprevious), ("{%p endif %}", line.addnext)):
            fresh = deepcopy(line)
            put(fresh, text)
            place(fresh)

    assert any("可能一段也不剩" in f for f in fit_faults(form, change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda files: files.pop(DOCUMENT), "没有 Word 正文"),
        (lambda files: files.update({DOCUMENT: b"<x"}), "XML 有误"),
        (lambda files: files.update({DOCUMENT: b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "文档类型声明"),
        (lambda files: files.update({"word/vbaProject.bin": b"x"}), "带有宏"),
        (
            lambda files: files.update(
                {
                    "word/_rels/settings.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/'
                    b'package/2006/relationships"><Relationship Id="a" Type="x/image" '
                    b'Target="http://a/b.png" TargetMode="External"/></Relationships>'
                }
            ),
            "http://a/b.png",
        ),
        (
            lambda files: files.update(
                {DOCUMENT: files[DOCUMENT].replace(b"<w:body>", b"<w:body><w:p><w:ins/></w:p>", 1)}
            ),
            "未接受的修订",
        ),
    ],
)
def test_files_that_cannot_be_templates(form: Form, change: Any, message: str) -> None:
    files = unzip(SHIPPED)
    change(files)
    assert any(message in f for f in faults(rezip(files), form))


@pytest.mark.parametrize("data", [b"", b"PK\3\4", SHIPPED[:5000], b"%PDF-1.7"])
def test_not_word_at_all(form: Form, data: bytes) -> None:
    (fault,) = check_template(data, form)
    assert "不是 Word 文档" in fault.message


# ---------------------------------------------------------------- files


def test_a_template_changed_on_disk_is_prepared_anew(tmp_path: Path) -> None:
    own = tmp_path / "own.docx"
    for text in ("本单位模板", "本单位新模板"):
        own.write_bytes(with_lines(text))
        assert text in lines(render_report(example(), template=own))


def test_missing_or_wrong_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=re.escape("没有.docx")):
        render_report(example(), template=tmp_path / "没有.docx")
    bad = tmp_path / "坏.docx"
    bad.write_bytes(with_lines("{{ 甲 }}"))
    with pytest.raises(TemplateError, match=r"“坏.docx”：Word 模板有 1 处要改"):
        render_report(example(), template=bad)


CHINESE = st.text(st.sampled_from("表三行〇々ー总计"), min_size=1, max_size=5)


@given(st.lists(CHINESE, min_size=1, max_size=3).map(".".join), CHINESE)
def test_a_name_is_read_alike_with_and_without_the_grammar(name: str, variable: str) -> None:
    def said(kind: str, body: str) -> Statement:
        return parse_tag(Tag(body, 0, len(body), kind, "", body))

    assert said("print", name).expression == grammar.expression(name)
    each = said("block", f"for {variable} in {name}")
    assert (each.expression, each.variable) == grammar.loop(f"for {variable} in {name}")
