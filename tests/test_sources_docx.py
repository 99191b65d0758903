"""The Word reader: what prints is what is read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import COSTLY, DATA

from reportgen.errors import InputError
from reportgen.form import Form
from reportgen.sources import Document, Grid, Paragraph, open_document
from reportgen.sources.docx import blocks, read
from reportgen.sources.limits import MAX_CELLS, MAX_DEPTH, MAX_GRIDS, MAX_TAGS, Budget

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def body(xml: str) -> list[Paragraph | Grid]:
    whole = f"<w:document {NAMESPACES}><w:body>{xml}</w:body></w:document>"
    return blocks(whole.encode(), Budget("“报告.docx”"))


def texts(xml: str) -> list[str]:
    return [block.text for block in body(xml) if isinstance(block, Paragraph)]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*runs: str) -> str:
    return f"<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>{''.join(runs)}</w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(run(text))}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def cells(xml: str, number: int = 0) -> list[tuple[int, int, int, int, object]]:
    grid = [block for block in body(xml) if isinstance(block, Grid)][number]
    return [(c.row, c.column, c.row_span, c.column_span, c.value) for c in grid.cells]


def test_official_form_has_the_prescribed_grids(form: Form) -> None:
    document = open_document(DATA / "official-form.docx")
    assert document.kind == "docx"
    assert len(document.grids) == 3
    for table, grid in zip(form.tables, document.grids, strict=True):
        want = {(c.row, c.column, c.row_span, c.column_span): "".join((c.text + c.note).split()) for c in table.layout}
        found = {(c.row, c.column, c.row_span, c.column_span): "".join(str(c.value or "").split()) for c in grid.cells}
        assert found == want
    headings = [section.heading for section in form.sections if section.heading]
    assert [q.text for q in document.paragraphs if q.text in headings] == headings


def test_addresses_count_as_people_do() -> None:
    found = body(p(run("甲")) + p() + p(run("乙")) + tbl(tr(tc("1"), tc("2"))) + p(run("丙")))
    assert [b.address if isinstance(b, Paragraph) else b.name for b in found] == [
        "第1段", "第2段", "第1个表格", "第3段",
    ]  # fmt: skip
    grid = found[2]
    assert isinstance(grid, Grid)
    assert [c.address for c in grid.cells] == ["第1行第1列", "第1行第2列"]


def test_merged_cells_are_one() -> None:
    xml = tbl(
        tr(tc("甲", '<w:vMerge w:val="restart"/>'), tc("乙", '<w:gridSpan w:val="2"/>')),
        tr(tc("", "<w:vMerge/>"), tc("1"), tc("2")),
        tr(tc("", '<w:vMerge w:val="continue"/>'), tc("3"), tc("4")),
        tr(tc("丁", '<w:vMerge w:val="restart"/>'), tc("5"), tc("6")),
    )
    assert cells(xml) == [
        (1, 1, 3, 1, "甲"), (1, 2, 1, 2, "乙"), (2, 2, 1, 1, "1"), (2, 3, 1, 1, "2"),
        (3, 2, 1, 1, "3"), (3, 3, 1, 1, "4"), (4, 1, 1, 1, "丁"), (4, 2, 1, 1, "5"), (4, 3, 1, 1, "6"),
    ]  # fmt: skip


def test_continuing_nothing_is_a_cell_of_its_own() -> None:
    assert cells(tbl(tr(tc("甲", "<w:vMerge/>"), tc("乙"))))[0] == (1, 1, 1, 1, "甲")
    other_width = tbl(
        tr(tc("甲", '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>')), tr(tc("乙", "<w:vMerge/>"), tc("丙"))
    )
    assert [c[4] for c in cells(other_width)] == ["甲", "乙", "丙"]


def test_old_horizontal_merge() -> None:
    xml = tbl(tr(tc("甲", '<w:hMerge w:val="restart"/>'), tc("", "<w:hMerge/>"), tc("乙")))
    assert cells(xml) == [(1, 1, 1, 2, "甲"), (1, 3, 1, 1, "乙")]


def test_rows_that_begin_late() -> None:
    xml = tbl(tr(tc("1"), tc("2")), tr(tc("3"), properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="0"/>'))
    assert cells(xml)[-1] == (2, 2, 1, 1, "3")


def test_deleted_rows_do_not_count() -> None:
    xml = tbl(tr(tc("1")), tr(tc("2"), properties="<w:del/>"), tr(tc("3")))
    assert cells(xml) == [(1, 1, 1, 1, "1"), (2, 1, 1, 1, "3")]
    inner = f"<w:tc>{tbl(tr(tc('9')))}{p()}</w:tc>"
    assert len(body(tbl(tr(tc("1")), tr(inner, properties="<w:del/>")))) == 1


def test_nested_table_is_a_table_of_its_own() -> None:
    inner = tbl(tr(tc("里")))
    xml = tbl(tr(f"<w:tc><w:tcPr/>{p(run('外'))}{inner}{p()}</w:tc>", tc("旁")))
    assert cells(xml, 0) == [(1, 1, 1, 1, "外\n"), (1, 2, 1, 1, "旁")]
    assert cells(xml, 1) == [(1, 1, 1, 1, "里")]


def test_content_controls_hyperlinks_and_smart_tags_are_transparent() -> None:
    wrapped = f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>{tc('1')}</w:sdtContent></w:sdt>"
    row = f"<w:sdt><w:sdtContent>{tr(wrapped, tc('2'))}</w:sdtContent></w:sdt>"
    assert [c[4] for c in cells(tbl(row))] == ["1", "2"]
    assert texts(f"<w:sdt><w:sdtContent>{p(run('甲'))}</w:sdtContent></w:sdt>") == ["甲"]
    assert texts(p(f"<w:hyperlink>{run('网')}</w:hyperlink><w:smartTag>{run('址')}</w:smartTag>")) == ["网址"]


def test_text_of_links_to_other_files_is_told_apart() -> None:
    other = 'r:id="rId1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    link, own = (
        f"<w:hyperlink {other}>{run('去年')}</w:hyperlink>",
        f"<w:hyperlink w:anchor='_Toc'>{run('今年')}</w:hyperlink>",
    )
    assert [one.unlinked for one in body(p(run("见"), link) + p(own)) if isinstance(one, Paragraph)] == ["见", None]


def test_text_box_counts_once_and_belongs_to_no_cell() -> None:
    box = f"<w:txbxContent>{p(run('框里 9'))}</w:txbxContent>"
    drawing = (
        "<w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    assert texts(p(run("前"), drawing, run("后"))) == ["前后", "框里 9"]
    xml = tbl(tr(f"<w:tc><w:tcPr/>{p(run('12'), drawing)}</w:tc>"))
    assert cells(xml) == [(1, 1, 1, 1, "12")]
    assert texts(xml) == ["框里 9"]
    assert texts(p(f"<w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r>")) == ["框里 9"]


def test_revisions_fields_and_hidden_text() -> None:
    assert texts(p(run("1"), f"<w:del>{run('2')}</w:del>", f"<w:ins>{run('3')}</w:ins>")) == ["13"]
    assert texts(p(f"<w:moveFrom>{run('2')}</w:moveFrom>", f"<w:moveTo>{run('4')}</w:moveTo>")) == ["4"]
    assert texts(p("<w:r><w:delText>9</w:delText><w:instrText>PAGE</w:instrText></w:r>", run("甲"))) == ["甲"]
    assert texts(p(run("1"), run("2", "<w:vanish/>"), run("3", '<w:vanish w:val="0"/>'))) == ["13"]
    assert texts(p("<m:oMath><m:r><m:t>5</m:t></m:r></m:oMath>")) == ["5"]


def test_characters_that_are_elements() -> None:
    marks = (
        '<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:br w:type="page"/><w:noBreakHyphen/>'
        "<w:softHyphen/><w:cr/><w:t>d</w:t></w:r>"
    )
    assert texts(p(marks)) == ["a\tb\nc-\nd"]


def test_blank_cells_hold_none() -> None:
    assert [c[4] for c in cells(tbl(tr(tc(""), tc("  "), tc("0"))))] == [None, None, "0"]


def test_other_encodings_and_prefixes_and_comments() -> None:
    words = "<w:t>甲<!-- 不印 -->&amp;&#20057;<![CDATA[<丙>]]></w:t>"
    xml = f"<w:document {NAMESPACES}><w:body><w:p><w:r>{words}</w:r></w:p></w:body></w:document>"
    for one in (xml, xml.replace("w:", "字:").replace("xmlns:w=", "xmlns:字="), xml.replace("<w:", "\r\n <w:")):
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            (paragraph,) = blocks(one.encode(encoding), Budget(""))
            assert paragraph == Paragraph("甲&乙<丙>", "第1段")


@pytest.mark.parametrize("span", ["0", "-3", "x", "99999999999999999999"])
def test_absurd_spans_do_no_harm(span: str) -> None:
    found = cells(tbl(tr(tc("甲", f'<w:gridSpan w:val="{span}"/>'), tc("乙"))))
    assert [c[4] for c in found] == ["甲", "乙"]
    assert found[0][3] <= 1000


def test_entities_are_refused() -> None:
    bomb = (
        '<!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        f"<w:document {NAMESPACES}><w:body>{p(run('&b;'))}</w:body></w:document>"
    )
    for xml in (bomb.encode(), bomb.encode("utf-16"), f"<!--{'x' * 100_000}-->{bomb}".encode()):
        with pytest.raises(ValueError, match="document type"):
            blocks(xml, Budget(""))


def packed(document_xml: bytes, **more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships'
            '/officeDocument" Target="/word/other.xml"/></Relationships>',
        )
        archive.writestr("word/other.xml", document_xml)
        for name, data in more.items():
            archive.writestr(f"docProps/{name}.xml", data)
    return out.getvalue()


@pytest.mark.parametrize(
    "xml", [b"", b"<w:document", b"\x00\x01", b"<!DOCTYPE a []><a/>", b'<?xml version="1.0" encoding="none"?><a/>']
)
def test_damaged_documents_are_refused_in_words(xml: bytes) -> None:
    with pytest.raises(InputError, match="报告"):
        read(Path("报告.docx"), packed(xml))


def test_main_part_and_properties_are_found() -> None:
    custom = (
        '<Properties xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property name="表式"><vt:lpwstr>2021 &amp; 后</vt:lpwstr></property>'
        '<property name="数"><vt:i4>7</vt:i4></property></Properties>'
    )
    xml = f"<w:document {NAMESPACES}><w:body>{p(run('甲'))}</w:body></w:document>".encode()
    document: Document = read(Path("x.docx"), packed(xml, custom=custom))
    assert [q.text for q in document.paragraphs] == ["甲"]
    assert document.properties == {"表式": "2021 & 后", "数": "7"}


def nested(depth: int, content: str) -> str:
    return "<w:sdt><w:sdtContent>" * depth + content + "</w:sdtContent></w:sdt>" * depth


def test_deep_nesting_is_no_danger() -> None:
    assert texts(nested(MAX_DEPTH // 2 - 10, p(run("底")))) == ["底"]
    for depth in (MAX_DEPTH, 100_000):
        with pytest.raises(InputError, match="嵌套超过"):
            body(nested(depth, p(run("底"))))
    assert cells(tbl(nested(10_000, tr(nested(10_000, tc("底")))))) == [(1, 1, 1, 1, "底")]


def test_too_much_is_refused() -> None:
    with pytest.raises(InputError, match=f"表格超过 {MAX_GRIDS} 个"):
        body(tbl(tr(tc("1"))) * (MAX_GRIDS + 1))
    with pytest.raises(InputError, match="单元格超过"):
        body(p() * (MAX_TAGS // 4))
    wide = tr(tc("1", '<w:gridSpan w:val="1000"/>'))
    with pytest.raises(InputError, match=f"单元格超过 {MAX_CELLS} 个"):
        body(tbl(*[wide] * (MAX_CELLS // 1000 + 1)))


def test_what_was_before_a_tracked_change_does_not_count() -> None:
    now = tc("甲", '<w:tcPrChange><w:tcPr><w:gridSpan w:val="3"/><w:vMerge/></w:tcPr></w:tcPrChange>')
    assert cells(tbl(tr(now, tc("乙")))) == [(1, 1, 1, 1, "甲"), (1, 2, 1, 1, "乙")]
    assert texts(p(run("1", "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>"))) == ["1"]


@st.composite
def partitions(draw: st.DrawFn) -> tuple[int, int, list[tuple[int, int, int, int]]]:
    """Draw a grid and rectangles to merge that do not overlap."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    taken: set[tuple[int, int]] = set()
    boxes = []
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            if (row, column) in taken:
                continue
            down, right = draw(st.integers(1, rows - row + 1)), draw(st.integers(1, columns - column + 1))
            box = [(r, c) for r in range(row, row + down) for c in range(column, column + right)]
            if taken.intersection(box):
                down = right = 1
                box = [(row, column)]
            taken.update(box)
            boxes.append((row, column, down, right))
    return rows, columns, boxes


@COSTLY
@given(partitions())
def test_any_merged_table_written_by_python_docx(drawn: tuple[int, int, list[tuple[int, int, int, int]]]) -> None:
    rows, columns, boxes = drawn
    document = docx.Document()
    table = document.add_table(rows, columns)
    for n, (row, column, down, right) in enumerate(boxes):
        first = table.cell(row - 1, column - 1)
        merged = first.merge(table.cell(row + down - 2, column + right - 2))
        merged.text = f"格{n}"
    out = io.BytesIO()
    document.save(out)
    (grid,) = read(Path("x.docx"), out.getvalue()).grids
    found = [(c.row, c.column, c.row_span, c.column_span, c.value) for c in grid.cells]
    assert found == [(*box, f"格{n}") for n, box in enumerate(boxes)]


# ---------------------------------------------------------------- what is struck out, raised, not yet accepted


def beside(xml: str) -> list[tuple[object, str]]:
    (grid,) = [block for block in body(xml) if isinstance(block, Grid)]
    return [(cell.value, cell.beside) for cell in grid.cells]


@pytest.mark.parametrize(
    ("runs", "value", "aside"),
    [
        (run("2", "<w:strike/>") + run("11331"), "11331", "“2”（删除线）"),
        (run("2", "<w:dstrike/>") + run("11331"), "11331", "“2”（删除线）"),
        (run("11331") + run("1", '<w:vertAlign w:val="superscript"/>'), "11331", "“1”（上标）"),
        (run("11331") + run("[1]", '<w:vertAlign w:val="subscript"/>'), "11331", "“[1]”（下标）"),
        (run("—") + run("1", '<w:vertAlign w:val="superscript"/>'), "—", "“1”（上标）"),
        (run("5", "<w:strike/>"), None, "“5”（删除线）"),
        (run("5", '<w:vertAlign w:val="superscript"/>'), None, "“5”（上标）"),
        (run("7", '<w:strike w:val="0"/><w:vertAlign w:val="baseline"/>'), "7", ""),
        (run("面积m") + run("2", '<w:vertAlign w:val="superscript"/>'), "面积m2", ""),
        ("<m:oMath><m:sSup><m:e><m:r><m:t>8</m:t></m:r></m:e><m:sup><m:r><m:t>1</m:t></m:r></m:sup></m:sSup></m:oMath>",
         "8", "“1”（上标）"),
        ("<w:ins><w:r><w:t>618</w:t></w:r></w:ins><w:del><w:r><w:delText>600</w:delText></w:r></w:del>", "618", ""),
    ],
)  # fmt: skip
def test_what_counts_in_a_cell(runs: str, value: object, aside: str) -> None:
    assert beside(tbl(tr(f"<w:tc>{p(runs)}</w:tc>"))) == [(value, aside)]


def test_struck_out_text_is_no_text_and_is_named() -> None:
    found = body(p(run("全年"), run("受理3件", "<w:strike/>"), run("受理5件。")) + p(run("作废。", "<w:strike/>")))
    assert found == [
        Paragraph("全年受理5件。", "第1段", "“受理3件”（删除线）"),
        Paragraph("", "第2段", "“作废。”（删除线）"),
    ]


def altered(**parts: str | None) -> bytes:
    """The official form with parts replaced, or left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(DATA / "official-form.docx") as old, zipfile.ZipFile(buffer, "w") as new:
        for name in {*old.namelist(), *parts}:
            content = parts.get(name, old.read(name).decode("latin-1") if name in old.namelist() else None)
            if content is not None:
                new.writestr(name, content.encode("latin-1"))
    return buffer.getvalue()


def test_styles_say_what_is_struck_out_raised_or_hidden() -> None:
    styles = f"""<w:styles {NAMESPACES}>
        <w:style w:type="character" w:styleId="note"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>
        <w:style w:type="character" w:styleId="mine"><w:basedOn w:val="note"/></w:style>
        <w:style w:type="paragraph" w:styleId="gone"><w:rPr><w:strike/></w:rPr></w:style>
        <w:style w:type="character" w:styleId="unseen"><w:rPr><w:vanish/></w:rPr></w:style>
        <w:style w:type="character" w:styleId="loop"><w:basedOn w:val="loop"/></w:style></w:styles>"""

    def styled(text: str, style: str) -> str:
        return run(text, f'<w:rStyle w:val="{style}"/>')

    struck = '<w:tc><w:p><w:pPr><w:pStyle w:val="gone"/></w:pPr>{}</w:p></w:tc>'
    rows = tr(
        f"<w:tc>{p(run('31'), styled('1', 'mine'))}</w:tc>",
        struck.format(run("4") + run("5", '<w:strike w:val="false"/>')),
        f"<w:tc>{p(run('6'), styled('7', 'unseen'), styled('8', 'loop'))}</w:tc>",
    )
    document = f"<w:document {NAMESPACES}><w:body>{tbl(rows)}</w:body></w:document>"
    (grid,) = read(Path("甲.docx"), altered(**{"word/document.xml": document, "word/styles.xml": styles})).grids
    assert [(c.value, c.beside) for c in grid.cells] == [
        ("31", "“1”（上标）"),
        ("5", "“4”（删除线）"),
        ("68", "“7”（看不见）"),
    ]


def test_revisions_are_counted() -> None:
    changed = "<w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
    document = f"<w:document {NAMESPACES}><w:body>{p(changed)}</w:body></w:document>"
    found = read(Path("甲.docx"), altered(**{"word/document.xml": document.encode().decode("latin-1")}))
    assert ([q.text for q in found.paragraphs], found.revisions) == (["新"], 2)


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "docProps/core.xml"])
@pytest.mark.parametrize("content", [None, "<a><b></a>", "<a>&nobody;</a>", ""])
def test_a_part_that_is_lost_or_malformed_is_damage(part: str, content: str | None) -> None:
    with pytest.raises(InputError, match=r"可能已损坏.*另存为"):
        read(Path("甲.docx"), altered(**{part: content}))
