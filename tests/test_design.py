"""The default Word template: made from the form, the same bytes every time, whole tables."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import docx.document
import docx.table
import pytest
from docx.oxml.ns import qn
from lxml import etree
from msgspec.structs import replace

from reportgen.form import Block, Form, Node, Section, Table, editions, load_form
from reportgen.form.tables import lay_out
from reportgen.show.view import template_names
from reportgen.word.design import column_widths, default_template, main, reference

TEMPLATES = Path(__file__).parents[1] / "templates"
SHIPPED = sorted(path.stem.removeprefix("report-") for path in TEMPLATES.glob("report-*.docx"))


@pytest.fixture(scope="module")
def other(form: Form) -> Form:
    """A form with another table: two label columns, a title, a note, twenty narrow columns."""
    columns = tuple(Node(f"c{n}", f"第{n}列", short=f"列{n}") for n in range(20))
    items = (Node("first", "1.第一项", short="甲 项"), Node("second", "2.第二项", "（注）", "乙"))
    rows = (Node("group", "（一）组", children=items), Node("last", "（二）末项", short="末"))
    cells, header_rows, height = lay_out("表甲", Block(columns, rows, "块", "项目"), 22, 2)
    block = Block(columns, rows, "块", "项目", header_rows=header_rows)
    layout = tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))
    table = Table("表甲", 22, height, 2, (block,), layout)
    parts = (Section("t", "甲、表格", number="甲", table="表甲"), Section("x", "乙、文字", number="乙"))
    return replace(form, id="9999", sections=parts, tables=(table,))


@pytest.fixture(params=["2019", "2021", "other"])
def any_form(request: pytest.FixtureRequest) -> Form:
    if request.param == "other":
        result: Form = request.getfixturevalue("other")
        return result
    return load_form(request.param)


def opened(form: Form) -> docx.document.Document:
    return docx.Document(io.BytesIO(default_template(form)))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


@pytest.mark.parametrize("edition", SHIPPED)
def test_the_shipped_template_is_current(edition: str) -> None:
    """If this fails: make templates"""
    shipped = TEMPLATES.joinpath(f"report-{edition}.docx").read_bytes()
    made = default_template(load_form(edition))
    assert parts(shipped) == parts(made)
    assert list(parts(shipped)) == list(parts(made))
    assert made == default_template(load_form(edition))


def test_editions_in_force_have_their_template(tmp_path: Path) -> None:
    main([str(tmp_path)])
    in_force = [edition for edition in editions() if not load_form(edition).final_year]
    assert sorted(path.stem for path in tmp_path.iterdir()) == [f"report-{edition}" for edition in in_force]
    assert in_force == SHIPPED
    assert editions()[-1] in in_force


def test_nothing_of_anybody_else_is_left(form: Form) -> None:
    members = parts(default_template(form))
    assert not [name for name in members if "thumbnail" in name or "Effects" in name or "customXml" in name]
    whole = b"".join(members.values())
    assert b"python-docx" not in whole
    assert b"2013" not in members["docProps/core.xml"]


def test_the_theme_names_the_report_s_own_faces(form: Form) -> None:
    theme = etree.fromstring(parts(default_template(form))["word/theme/theme1.xml"])
    faces = {font.get("typeface") for font in theme.iterfind(".//{*}fontScheme//*[@typeface]")}
    assert faces == {"黑体", "仿宋_GB2312"}


def test_tables_have_titles_for_screen_readers(form: Form) -> None:
    titles = [one.get(qn("w:val")) for one in opened(form).element.body.iter(qn("w:tblCaption"))]
    sections = [section for section in form.sections if section.table]
    assert len(titles) == len(sections) == len(form.tables)
    for title, section in zip(titles, sections, strict=True):
        name, _, words = title.partition("：")
        assert name == section.table
        assert words
        assert section.heading.endswith(words)


def test_every_row_fills_the_grid(any_form: Form) -> None:
    for table, element in zip(any_form.tables, opened(any_form).element.body.iter(qn("w:tbl")), strict=True):
        grid = [int(column.get(qn("w:w"))) for column in element.iter(qn("w:gridCol"))]
        assert sum(grid) == 8844
        assert grid == column_widths(table)
        rows = list(element.iter(qn("w:tr")))
        assert len(rows) == table.height
        open_merges: dict[int, str] = {}
        for row in rows:
            at = 0
            assert row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None
            for cell in row.iter(qn("w:tc")):
                properties = cell.find(qn("w:tcPr"))
                span = properties.find(qn("w:gridSpan"))
                width = 1 if span is None else int(span.get(qn("w:val")))
                assert int(properties.find(qn("w:tcW")).get(qn("w:w"))) == sum(grid[at : at + width])
                merge = properties.find(qn("w:vMerge"))
                kind = "" if merge is None else merge.get(qn("w:val"))
                assert kind != "continue" or open_merges.get(at) == f"{width}"
                open_merges[at] = f"{width}" if kind else ""
                assert cell.find(qn("w:p")) is not None
                at += width
            assert at == len(grid)


def test_the_printed_cells_are_the_form_s(any_form: Form) -> None:
    """python-docx resolves the merges: each place shows the label, or the tag, of the form."""
    document = opened(any_form)
    names = template_names(any_form)
    for table, printed in zip(any_form.tables, document.tables, strict=True):
        rows = {row.id: row for block in table.blocks for row in block.row_leaves()}
        columns = {(r.id, c.id): c for b in table.blocks for r in b.row_leaves() for c in b.column_leaves()}
        seen = 0
        grid = [row.cells for row in printed.rows]
        for cell in table.layout:
            text = cell.text + cell.note
            if cell.cell:
                _, row, column = cell.cell.split(".")
                path = (table.id, rows[row].short, columns[row, column].short)
                assert names[path[0]][path[1]][path[2]] == ""
                text = reference(*path)
            for at in (cell.row - 1, cell.row + cell.row_span - 2):
                assert grid[at][cell.column - 1].text == text
            seen += 1
        assert seen == len(table.layout)


def test_headings_have_levels_and_stay_with_their_text(form: Form) -> None:
    document = opened(form)
    headings = {section.heading for section in form.sections if section.heading}
    found = [p for p in document.paragraphs if p.text in headings]
    assert [p.text for p in found] == [s.heading for s in form.sections if s.heading]
    for paragraph in found:
        base = paragraph.style.base_style
        assert (paragraph.style.name, base.name) == ("一级标题", "Heading 1")
        assert base.paragraph_format.keep_with_next
        assert base.element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}").get(qn("w:val")) == "0"


def test_header_rows_repeat_only_where_the_table_has_one_header(form: Form) -> None:
    for table, element in zip(form.tables, opened(form).element.body.iter(qn("w:tbl")), strict=True):
        rows = [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in element.iter(qn("w:tr"))]
        assert rows == [n < table.header_rows for n in range(table.height)]


def test_every_font_names_all_four_kinds_of_text(any_form: Form) -> None:
    """Else Word sets quotes, dashes and digits in another face (FORMAT.md 7.4)."""
    for name, data in parts(default_template(any_form)).items():
        if not name.startswith("word/") or "theme" in name or not name.endswith(".xml"):
            continue
        for fonts in etree.fromstring(data).iter(qn("w:rFonts")):
            faces = {fonts.get(qn(f"w:{kind}")) for kind in ("ascii", "hAnsi", "eastAsia", "cs")}
            assert len(faces) == 1
            assert fonts.get(qn("w:hint")) == "eastAsia"
            assert name in ("word/styles.xml",) or faces == {None}, "faces belong to the styles"


def test_narrow_columns_take_smaller_figures(other: Form, form: Form) -> None:
    def styles(of: Form) -> set[str]:
        return {p.style.name for t in opened(of).tables for p in (t.cell(t_rows(t), 3).paragraphs)}

    def t_rows(table: docx.table.Table) -> int:
        return len(table.rows) - 1

    assert styles(other) == {"表格小号数字"}
    assert styles(form) == {"表格数字"}


def test_names_that_are_no_identifiers_are_quoted(other: Form) -> None:
    assert reference("表甲", "甲 项", "列0") == '{{ 表甲["甲 项"].列0 }}'
    assert any('{{ 表甲["甲 项"].列0 }}' in c.text for row in opened(other).tables[0].rows for c in row.cells)
