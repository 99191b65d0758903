"""What nobody sees is never published silently, whatever the source: hidden text, text like paper, invisible characters."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import documents
import pytest
import xlwt
from documents import ods_cell, ods_file
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from test_cases import EXAMPLE, at, rules, texts_of
from test_sources_docx import body

import reportgen
from reportgen.model.findings import Finding
from reportgen.model.report import Report
from reportgen.sources import Grid, open_document

SECRET = "本段谁也看不见。"
HIDDEN = {"N-07", "N-09", "S-11"}
"""What is said of content that nobody sees, or of what was left out."""


@pytest.fixture(scope="module")
def example() -> Report:
    return reportgen.read_report(EXAMPLE)


def told(folder: Path, name: str, data: bytes) -> tuple[Report, list[Finding]]:
    path = folder / name
    path.write_bytes(data)
    report = reportgen.read_report(path)
    return report, [one for one in report.notices if one.rule in HIDDEN]


# --------------------------------------------------------------------------- web pages

UNSEEN_STYLES = [
    "display:none", "visibility:hidden", "font-size:0", "font-size:1px", "font-size:2pt", "opacity:0", "color:#fff",
    "color: #FFFFFF !important", "color:white", "color:rgb(255, 255, 255)", "color:#fefefe", "color:rgba(0,0,0,0)",
    "color:transparent", "background:#000", "color:#1f3864;background-color:#1F3864",
]  # fmt: skip
SEEN_STYLES = [
    "display:block", "visibility:visible", "font-size:12px", "font-size:small", "opacity:0.9", "color:#333", "color:red",
    "color:#fff;background:#1f3864", "color:white;background:url(x.png)", "color:inherit", "background:#fff",
]  # fmt: skip


def page(report: Report, old: str, new: str) -> bytes:
    text = documents.html(report).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize("style", UNSEEN_STYLES)
def test_unseen_text_of_a_page_is_left_out_and_told(style: str, example: Report, tmp_path: Path) -> None:
    first = example.passages[0].paragraphs[0]
    data = page(example, first, f'{first}<span style="{style}">{SECRET}</span>')
    report, found = told(tmp_path, "甲.html", data)
    assert SECRET not in texts_of(report)
    assert texts_of(report) == texts_of(example)
    assert any(SECRET in one.line() and "段" in one.line() for one in found)


@pytest.mark.parametrize("style", SEEN_STYLES)
def test_text_of_a_page_that_can_be_seen_is_read(style: str, example: Report, tmp_path: Path) -> None:
    first = example.passages[0].paragraphs[0]
    report, found = told(tmp_path, "甲.html", page(example, first, f'{first}<span style="{style}">{SECRET}</span>'))
    assert SECRET in texts_of(report)
    assert not found


@pytest.mark.parametrize(
    ("sheet", "markup", "unseen"),
    [
        (".gone{display:none}", '<p class="gone">{}</p>', True),
        ("p.gone , i{color:#fff}", '<p class="gone">{}</p>', True),
        ("#gone{opacity:0}", '<p id="gone">{}</p>', True),
        ("/* .x{ */ .gone{display:none}", '<p class="gone">{}</p>', True),
        (".gone{display:none} .on{display:block}", '<p class="gone on">{}</p>', False),
        ("@media print{.gone{display:none}} .x{color:#fff}", '<p class="gone">{}</p>', False),
        (".gone{visibility:hidden}", '<div class="gone"><p style="visibility:visible">{}</p></div>', False),
        (".gone{display:none}", '<div class="gone"><p style="display:block">{}</p></div>', True),
        (".dark{background:#036;color:#fff}", '<div class="dark"><p>{}</p></div>', False),
        (".a .b{background:#036}", '<p style="color:#fff">{}</p>', False),
        ("", '<p hidden="">{}</p>', True),
        ("", '<div style="background:#fff"><p><font color="#ffffff">{}</font></p></div>', True),
    ],
)
def test_style_sheets_say_what_is_seen(sheet: str, markup: str, unseen: bool, example: Report, tmp_path: Path) -> None:
    first = example.passages[0].paragraphs[0]
    text = documents.html(example).decode().replace("</head>", f"<style>{sheet}</style></head>", 1)
    text = text.replace(f"{first}</p>", f"{first}</p>{markup.format(SECRET)}", 1)
    assert SECRET in text
    report, found = told(tmp_path, "甲.html", text.encode())
    assert (SECRET not in texts_of(report)) is unseen
    assert bool(found) is unseen


def test_menus_of_a_page_that_are_hidden_are_no_finding(example: Report, tmp_path: Path) -> None:
    data = page(example, "<body>", '<body><ul style="display:none"><li>首页</li><li>政务公开</li></ul>')
    assert not told(tmp_path, "甲.html", data)[1]


@pytest.mark.parametrize("markup", ['<span style="color:#fff">{}</span>', '<b style="display:none">{}</b>'])
def test_an_unseen_figure_of_a_page_is_not_known(markup: str, example: Report, tmp_path: Path) -> None:
    report, found = told(tmp_path, "甲.html", page(example, ">618<", f">{markup.format(618)}<"))
    (finding,) = found
    assert (finding.rule, finding.severity) == ("N-07", "error")
    (cell,) = finding.cells
    assert report.values[cell.id].number is None
    report, found = told(tmp_path, "甲.html", page(example, ">618<", f">618{markup.format(9)}<"))
    assert [(one.rule, one.severity) for one in found] == [("N-09", "warning")]
    assert report.values[found[0].cells[0].id].number == 618


# --------------------------------------------------------------------------- Word

RUNS = [
    "<w:vanish/>", '<w:color w:val="FFFFFF"/>', '<w:color w:val="FFFFFF" w:themeColor="background1"/>', '<w:sz w:val="2"/>',
    '<w:color w:val="000000"/><w:shd w:val="clear" w:fill="000000"/>', '<w:color w:val="FDFDFD"/>',
]  # fmt: skip
SEEN_RUNS = [
    '<w:color w:val="auto"/>', '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="1F3864"/>', '<w:sz w:val="21"/>',
    '<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>', '<w:vanish w:val="0"/>',
    '<w:color w:val="808080" w:themeColor="background1" w:themeShade="80"/>',
]  # fmt: skip


def word(report: Report, old: str, new: str) -> bytes:
    """Return the report as a Word file, a piece of its main part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(documents.docx(report))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "word/document.xml":
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode(), 1)
            target.writestr(name, text)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("look", RUNS)
def test_unseen_text_of_a_word_file_is_left_out_and_told(look: str, example: Report, tmp_path: Path) -> None:
    first = example.passages[0].paragraphs[0]
    run = f"<w:r><w:rPr>{look}</w:rPr><w:t>{SECRET}</w:t></w:r>"
    report, (one,) = told(tmp_path, "甲.docx", word(example, f"{first}</w:t></w:r>", f"{first}</w:t></w:r>{run}"))
    assert texts_of(report) == texts_of(example)
    assert (one.rule, SECRET in one.line()) == ("S-11", True)
    report, (one,) = told(
        tmp_path, "甲.docx", word(example, f"{first}</w:t></w:r></w:p>", f"{first}</w:t></w:r></w:p><w:p>{run}</w:p>")
    )
    assert texts_of(report) == texts_of(example)
    assert (one.rule, SECRET in one.line()) == ("N-07", True)


@pytest.mark.parametrize("look", SEEN_RUNS)
def test_text_of_a_word_file_that_can_be_seen_is_read(look: str, example: Report, tmp_path: Path) -> None:
    first = example.passages[0].paragraphs[0]
    run = f"<w:r><w:rPr>{look}</w:rPr><w:t>{SECRET}</w:t></w:r>"
    report, found = told(tmp_path, "甲.docx", word(example, f"{first}</w:t></w:r>", f"{first}</w:t></w:r>{run}"))
    assert SECRET in texts_of(report)
    assert not found


WHITE_CELL = "<w:tbl>{}<w:tr>{}<w:tc>{}<w:p><w:r><w:rPr><w:color w:val='FFFFFF'/></w:rPr><w:t>618</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"


@pytest.mark.parametrize(
    ("table", "row", "cell", "told"),
    [
        ("", "", "", (None, True, "“618”（看不见）")),
        ("", "", '<w:tcPr><w:shd w:val="clear" w:fill="1F3864"/></w:tcPr>', ("618", False, "")),
        ('<w:tblPr><w:shd w:val="clear" w:fill="1F3864"/></w:tblPr>', "", "", ("618", False, "")),
        ('<w:tblPr><w:shd w:val="clear" w:fill="1F3864"/></w:tblPr>', "", '<w:tcPr><w:shd w:val="clear" w:fill="FFFFFF"/></w:tcPr>', (None, True, "“618”（看不见）")),
        ("", "<w:trPr><w:hidden/></w:trPr>", '<w:tcPr><w:shd w:val="pct50" w:fill="FFFFFF"/></w:tcPr>', ("618", True, "")),
    ],
)  # fmt: skip
def test_what_is_behind_a_cell_decides(table: str, row: str, cell: str, told: object) -> None:
    (grid,) = body(WHITE_CELL.format(table, row, cell))
    assert isinstance(grid, Grid)
    assert [(one.value, one.hidden, one.beside) for one in grid.cells] == [told]


# --------------------------------------------------------------------------- old and open workbooks


@pytest.mark.parametrize(
    ("look", "hidden"),
    [
        ("font: colour white", True), ("font: height 20", True), ("font: colour_index 0x7FFF", False),
        ("font: colour white; pattern: pattern solid, fore_colour dark_blue", False),
        ("font: colour red; pattern: pattern solid, fore_colour red", True), ("", False),
    ],
)  # fmt: skip
def test_unseen_cells_of_an_old_workbook_are_hidden(look: str, hidden: bool, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    style = xlwt.easyxf(look)
    sheet.write(0, 0, 618, style)
    sheet.write(1, 0, SECRET, style)
    white, black = xlwt.Font(), xlwt.Font()
    white.colour_index = 1
    sheet.write_rich_text(2, 0, [("看得见。", black), (SECRET, white)])
    sheet.write(3, 0, "零高")
    sheet.row(3).height, sheet.row(3).height_mismatch = 0, True
    buffer = io.BytesIO()
    book.save(buffer)
    path = tmp_path / "甲.xls"
    path.write_bytes(buffer.getvalue())
    cells = open_document(path).grids[0].cells
    assert [(c.value, c.hidden) for c in cells[:2]] == [(618, hidden), (SECRET, hidden)]
    assert (cells[2].value, cells[2].beside) == ("看得见。", f"“{SECRET}”（看不见）")
    assert cells[3].hidden


ODS_STYLES = (
    '<style:style style:name="base" style:family="table-cell"><style:text-properties fo:color="#ffffff"/></style:style>'
    '<style:style style:name="white" style:family="table-cell" style:parent-style-name="base"/>'
    '<style:style style:name="dark" style:family="table-cell" style:parent-style-name="base">'
    '<style:table-cell-properties fo:background-color="#1f3864"/></style:style>'
    '<style:style style:name="dot" style:family="table-cell"><style:text-properties fo:font-size="1pt"/></style:style>'
    '<style:style style:name="gone" style:family="table-cell"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="struck" style:family="table-cell"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
    '<number:text-style style:name="N1"/><style:style style:name="blank" style:family="table-cell" '
    'style:data-style-name="N1"/>'
    '<style:style style:name="flat" style:family="table-row"><style:table-row-properties style:row-height="0cm"/>'
    "</style:style>"
    '<style:style style:name="thin" style:family="table-column"><style:table-column-properties style:column-width="0in"/>'
    "</style:style>"
)
NAMES = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'


def ods_cells(folder: Path, rows: str, table: str = "") -> list[tuple[object, bool, str]]:
    styles = f"<office:automatic-styles {NAMES}>{ODS_STYLES}</office:automatic-styles>"
    path = folder / "甲.ods"
    path.write_bytes(ods_file(f'{styles}<table:table table:name="表"{table}>{rows}</table:table>'))
    return [(c.value, c.hidden, c.beside) for c in open_document(path).grids[0].cells]


@pytest.mark.parametrize(
    ("style", "hidden"),
    [("white", True), ("dark", False), ("dot", True), ("gone", True), ("blank", True), ("none", False)],
)
def test_unseen_cells_of_an_opendocument_workbook_are_hidden(style: str, hidden: bool, tmp_path: Path) -> None:
    mark = f' table:style-name="{style}"'
    row = f"<table:table-row>{ods_cell(618, mark)}{ods_cell(SECRET, mark)}</table:table-row>"
    assert ods_cells(tmp_path, row) == [(618, hidden, ""), (SECRET, hidden, "")]
    given = f'<table:table-column table:default-cell-style-name="{style}" table:number-columns-repeated="9"/>'
    row = f"<table:table-row>{ods_cell(618)}{ods_cell(SECRET)}</table:table-row>"
    assert ods_cells(tmp_path, given + row) == [(618, hidden, ""), (SECRET, hidden, "")]


def test_flat_rows_and_columns_and_struck_cells_of_an_opendocument_workbook(tmp_path: Path) -> None:
    flat = f'<table:table-row table:style-name="flat">{ods_cell(1)}</table:table-row>'
    assert ods_cells(tmp_path, flat) == [(1, True, "")]
    thin = f'<table:table-column table:style-name="thin"/><table:table-row>{ods_cell(1)}{ods_cell(2)}</table:table-row>'
    assert ods_cells(tmp_path, thin) == [(1, True, ""), (2, False, "")]
    mark = ' table:style-name="struck"'
    row = f"<table:table-row>{ods_cell(47, mark)}{ods_cell('划掉', mark)}</table:table-row>"
    assert ods_cells(tmp_path, row) == [(None, False, "“47”（删除线）"), (None, False, "“划掉”（删除线）")]


def test_a_number_of_an_opendocument_workbook_that_shows_as_another_is_told(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="5230520"><text:p>5,230.52</text:p></table:table-cell>'
    path = tmp_path / "甲.ods"
    path.write_bytes(ods_file(f'<table:table table:name="表"><table:table-row>{cell}</table:table-row></table:table>'))
    (found,) = open_document(path).grids[0].cells
    assert (found.value, found.shown) == (5230520, "5,230.52")


# --------------------------------------------------------------------------- runs of a workbook


@pytest.mark.parametrize(("font", "seen"), [("FFFFFFFF", False), ("FF000000", True), ("FFFF0000", True)])
def test_a_piece_of_a_cell_that_nobody_sees_is_left_out_and_told(font: str, seen: bool, tmp_path: Path) -> None:
    book = load_workbook(EXAMPLE)
    cell = book["文字内容"]["C9"]
    cell.value = CellRichText(str(cell.value), TextBlock(InlineFont(color=font), SECRET))
    book.save(tmp_path / "甲.xlsx")
    report = reportgen.read_report(tmp_path / "甲.xlsx")
    assert (SECRET in texts_of(report)) is seen
    assert bool(rules(at(list(report.notices), "文字内容!C9"), "warning") & HIDDEN) is not seen


# --------------------------------------------------------------------------- invisible characters


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xlsx", "html", "docx"])
@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\u00ad", "\ufeff", "\u2066", "\U000e0041", "\u3164"])
def test_invisible_characters_in_texts_are_named_and_not_printed(
    kind: str, character: str, example: Report, tmp_path: Path
) -> None:
    first = example.passages[0].paragraphs[0]
    path = tmp_path / f"甲.{kind}"
    text = first[:3] + character + first[3:]
    if kind == "xlsx":
        book = load_workbook(EXAMPLE)
        place = example.passages[0].origin
        cell = book[place.sheet][place.address]
        cell.value = str(cell.value).replace(first, text)
        book.save(path)
    else:
        path.write_bytes(page(example, first, text) if kind == "html" else word(example, first, text))
    report = reportgen.read_report(path)
    assert texts_of(report) == texts_of(example)
    (one,) = [one for one in report.notices if one.rule == "S-11"]
    assert f"U+{ord(character):04X}" in one.line()
    assert one.cells[0].address
    assert character not in one.line()


@pytest.mark.parametrize("character", ["\u200b", "\u2060", "\u00ad", "\U000e0041"])
def test_invisible_characters_split_no_number_and_no_label(character: str, example: Report, tmp_path: Path) -> None:
    data = documents.html(example).decode()
    data = data.replace(">618<", f">6{character}18<").replace("一、本年新收", f"一、本年{character}新收")
    (tmp_path / "甲.html").write_text(data, encoding="utf-8")
    report = reportgen.read_report(tmp_path / "甲.html")
    assert report.values["表三.new.natural"].number == 618
    assert {id_: v.number for id_, v in report.values.items()} == {id_: v.number for id_, v in example.values.items()}
