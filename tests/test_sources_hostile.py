"""Files made to hurt: each is refused in a sentence, quickly and without a mountain of memory."""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
import time
import tracemalloc
import zipfile

import documents
import pytest
from openpyxl import Workbook
from pdfkit import pdf, table_stream, words
from support import DATA, published_report

from reportgen.api import read_report
from reportgen.errors import InputError
from reportgen.sources import confined, extras, limits, open_document
from reportgen.sources.pdftext import TextLine, join_number, paragraphs_of

HUAIAN = published_report("huaian_city_2024")
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9))
    + "]>"
)


def refused(tmp_path, name: str, data: bytes, words: str, *, megabytes: float = 300) -> None:
    """Require that a file is refused in these words, within bounds of work and of memory."""
    path = tmp_path / name
    path.write_bytes(data)
    start = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=words) as caught:
            read_report(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(caught.value).startswith(f"“{name}”")
    assert "请" in str(caught.value)
    assert time.process_time() - start < 60, "a bound on the work, not on the speed"
    assert peak < megabytes * 1024 * 1024


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook(sheet: bytes) -> bytes:
    """A workbook of openpyxl with the XML of its sheet replaced."""
    buffer = io.BytesIO()
    Workbook().save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet
    return packed(parts)


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def ods(xml: str) -> bytes:
    return packed({"mimetype": ODS.encode(), "content.xml": xml.encode()})


def word_file(content: str) -> bytes:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{WORD}"/></Types>'
    return packed({
        "[Content_Types].xml": types.encode(),
        "word/document.xml": f"<w:document {w}><w:body><w:p>{content}</w:p></w:body></w:document>".encode(),
    })  # fmt: skip


def test_zip_bomb(tmp_path):
    bomb = packed({"mimetype": ODS.encode(), "content.xml": b" " * (90 * 1024 * 1024)})
    assert len(bomb) < 100_000
    refused(tmp_path, "甲.ods", bomb, "压缩比超过")


@pytest.mark.parametrize("part", ["content.xml", "styles.xml"])
def test_billion_laughs_in_ods(tmp_path, part):
    data = packed({"mimetype": ODS.encode(), "content.xml": b"<x/>", part: f"{LAUGHS}<x>&a8;</x>".encode()})
    refused(tmp_path, "甲.ods", data, "声明了实体")


def test_billion_laughs_in_office_files(tmp_path):
    refused(tmp_path, "甲.xlsx", workbook(f"{LAUGHS}<x>&a8;</x>".encode()), "声明了实体")
    wide = workbook(f"{LAUGHS}<x>&a8;</x>".replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"))
    refused(tmp_path, "甲.xlsx", wide, "声明了实体")
    with zipfile.ZipFile(DATA / "official-form.docx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = f"{LAUGHS}<x>&a8;</x>".encode()
    refused(tmp_path, "甲.docx", packed(parts), "声明了实体")


def test_external_entities_are_not_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("机密")
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "{secret.as_uri()}">]><x>&f;</x>'
    refused(tmp_path, "甲.ods", ods(xml), "声明了实体")
    page = tmp_path / "甲.html"
    page.write_text(f'<!DOCTYPE html [<!ENTITY f SYSTEM "{secret.as_uri()}">]><p>&f;</p><iframe src="{secret.as_uri()}">'
                    f'</iframe><object data="{secret.as_uri()}"></object><p>完</p>')  # fmt: skip
    assert "机密" not in "".join(p.text for p in open_document(page).paragraphs)


def test_frames_are_not_followed(tmp_path):
    page = b'<html><frameset><frame src="sheet001.htm"></frameset></html>'
    refused(tmp_path, "甲.htm", page, "只有框架")


@pytest.mark.parametrize("tag", ["div", "table><tr><td", "b"])
def test_deep_nesting_in_html(tmp_path, tag):
    refused(tmp_path, "甲.html", b"<html><body>" + f"<{tag}>".encode() * 100_000, "嵌套超过")


def test_deep_nesting_in_ods(tmp_path):
    refused(tmp_path, "甲.ods", ods("<a>" * 10_000 + "</a>" * 10_000), "已损坏")


def test_deep_nesting_in_mht(tmp_path):
    parts = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(5000))
    refused(tmp_path, "甲.mht", f"MIME-Version: 1.0\r\n{parts}".encode(), "嵌套太深")


def test_deep_nesting_in_json(tmp_path):
    refused(tmp_path, "甲.json", b"[" * 200_000, "不是正确的 JSON")


@pytest.mark.parametrize("name", ["甲.html", "甲.json"])
def test_endless_text(tmp_path, name):
    start = b"<html><p>" if name == "甲.html" else b'{"values": "'
    refused(tmp_path, name, start + b" " * limits.MAX_CHARACTERS, "文字超过 2000 万字")


@pytest.mark.slow
def test_endless_text_in_a_word_file(tmp_path):
    text = random.Random(1).randbytes(limits.MAX_CHARACTERS // 2).hex()
    refused(tmp_path, "甲.docx", word_file(f"<w:r><w:t>{text}</w:t></w:r>"), "文字超过 2000 万字")


def test_a_million_elements_outside_tables(tmp_path):
    refused(tmp_path, "甲.html", b"<html><p>" + b"<b>1</b>" * (limits.MAX_TAGS // 2), "单元格超过")


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype " * 50_000,
        f"<p style='{'text-decoration:' * 50_000}'>1</p>",
        f"<p style='{'text-decoration ' * 50_000}'>1</p>",
        f"<style>{'.a,' * 100_000}</style><p class='{'a ' * 50_000}'>1</p>",
        f"<p style='{'; ' * 100_000}'>1</p>",
    ],
)
def test_markup_that_repeats_itself_is_read_once(tmp_path, page):
    path = tmp_path / "甲.html"
    path.write_text("<html><body><p>全年</p>" + page)
    assert open_document(path).paragraphs[0].text == "全年"


@pytest.mark.parametrize(
    "head",
    [
        'text/html; charset*="utf-8"; charset*0*="b"',
        "text/html; charset*0*=utf-8''x; charset*=y",
        'multipart/related; boundary*="b"; boundary*0*="c"',
        "text/html; charset=\xff\xfe",
        "text/html; =; ;;; charset",
    ],
)
def test_broken_headers_of_mail(tmp_path, head):
    path = tmp_path / "甲.mht"
    page = documents.html(HUAIAN)
    path.write_bytes(f"MIME-Version: 1.0\nContent-Type: {head}\n\n".encode("latin-1") + page)
    with contextlib.suppress(InputError):  # any other exception fails
        assert read_report(path).org == HUAIAN.org


def test_huge_spans_are_cut_as_browsers_do(tmp_path):
    path = tmp_path / "甲.html"
    path.write_text("<p>甲</p><table><tr><td colspan=100000000 rowspan=100000000>1<td>2</tr><tr><td>3</tr></table>")
    (grid,) = open_document(path).grids
    assert [(c.column_span, c.row_span) for c in grid.cells] == [(1000, 2), (1, 1), (1, 1)]


def test_many_huge_spans(tmp_path):
    rows = "<tr>" + "<td colspan=1000 rowspan=60000>1</td>" * 3 + "</tr>"
    refused(tmp_path, "甲.html", ("<table>" + rows * 2000).encode(), "单元格超过")


def test_a_million_cells(tmp_path):
    refused(tmp_path, "甲.html", b"<table><tr><td>1<td>2</tr>" + b"<tr><td><td>" * 500_000, "单元格超过")
    repeated = 'office:value-type="float" office:value="1" table:number-columns-repeated="1000"'
    rows = f'<table:table-row table:number-rows-repeated="1000"><table:table-cell {repeated}/></table:table-row>'
    refused(tmp_path, "甲.ods", documents.ods_file(f'<table:table table:name="表">{rows}</table:table>'), "单元格超过")
    cells = b"<row>" + b'<c t="n"><v>1</v></c>' * 1_000 + b"</row>"
    refused(
        tmp_path, "甲.xlsx", workbook(SHEET % (b"<sheetData>" + cells * 400 + b"</sheetData>")), "单元格超过|压缩比"
    )


def test_one_merged_cell_over_the_whole_sheet(tmp_path):
    merged = b'<sheetData/><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    refused(tmp_path, "甲.xlsx", workbook(SHEET % merged), "单元格超过")
    spans = 'table:number-columns-spanned="16384" table:number-rows-spanned="1048576"'
    sheet = f'<table:table table:name="表"><table:table-row>{documents.ods_cell(1, " " + spans)}</table:table-row></table:table>'
    refused(tmp_path, "甲.ods", documents.ods_file(sheet), "单元格超过")


def test_blanks_without_end_in_an_opendocument_cell(tmp_path):
    blanks = f'<text:p>1<text:s text:c="{"9" * 5000}"/>2</text:p>'
    cell = f'<table:table-cell office:value-type="string">{blanks}</table:table-cell>'
    path = tmp_path / "甲.ods"
    sheet = f'<table:table table:name="表"><table:table-row>{cell}</table:table-row></table:table>'
    path.write_bytes(documents.ods_file(sheet))
    assert open_document(path).grids[0].cells[0].value == "1 2"


def test_a_cell_in_the_last_corner_costs_nothing(tmp_path):
    path = tmp_path / "甲.xlsx"
    path.write_bytes(workbook(SHEET % b'<sheetData><row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData>'))
    (grid,) = open_document(path).grids
    assert [(c.address, c.value) for c in grid.cells] == [("XFD1048576", 7)]
    empty = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    path.write_bytes(documents.ods_file(f'<table:table table:name="表">{empty}</table:table>'))
    assert open_document(path).grids[0].cells == ()


def test_many_hidden_columns_in_ods(tmp_path):
    """Thousands of ranges over many cells are no more work than one."""
    columns = '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/><table:table-column/>'
    cell = '<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="1000"/>'
    rows = f'<table:table-row table:number-rows-repeated="200">{cell}</table:table-row>'
    path = tmp_path / "甲.ods"
    path.write_bytes(documents.ods_file(f'<table:table table:name="表">{columns * 5000}{rows}</table:table>'))
    (grid,) = open_document(path).grids
    assert [cell.hidden for cell in grid.cells[:4]] == [True, True, False, True]
    assert len(grid.cells) == 200_000


def test_many_tables(tmp_path):
    refused(tmp_path, "甲.html", b"<table><tr><td>1<td>2</table>" * (limits.MAX_GRIDS + 1), "表格超过")


def test_time_runs_out(monkeypatch, tmp_path):
    monkeypatch.setattr(limits, "MAX_SECONDS", -1.0)
    refused(tmp_path, "甲.html", documents.html(HUAIAN), "还没有读完")


def test_broken_bytes_never_end_in_another_error(tmp_path):
    source = random.Random(2024)
    for kind in ("xls", "ods", "html", "mht"):
        whole = getattr(documents, kind)(HUAIAN)
        for n in range(25):
            data = bytearray(whole)
            for _ in range(source.choice((1, 20, 400))):
                data[source.randrange(len(data))] = source.randrange(256)
            path = tmp_path / f"{n}.{kind}"
            path.write_bytes(data[: source.choice((len(data), len(data) // 2))])
            with contextlib.suppress(InputError):  # any other exception fails
                read_report(path)


def test_a_missing_extra_is_one_line_with_the_command(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "xlrd", None)
    with pytest.raises(InputError, match=r'pip install "reportgen\[xls\]"') as caught:
        extras.require("xlrd", "xls", ".xls 工作簿")
    assert "\n" not in str(caught.value)
    path = tmp_path / "甲.xls"
    path.write_bytes(documents.xls(HUAIAN))
    with pytest.raises(InputError, match="另装组件"):
        read_report(path)


# ---------------------------------------------------------------- PDF


@pytest.mark.slow
def test_a_scan_is_told_and_refused(tmp_path):
    refused(tmp_path, "扫描件.pdf", pdf(b"", words((300, 20, "- 2 -"))), "扫描件或图片")


@pytest.mark.slow
def test_broken_and_endless_pdf(tmp_path):
    refused(tmp_path, "甲.pdf", b"%PDF-1.7\nnonsense", "已损坏|扫描件")
    refused(tmp_path, "甲.pdf", pdf(*[words((72, 700, "x" * 40))] * (limits.MAX_PAGES + 1)), "超过 300 页")


@pytest.mark.slow
def test_a_pdf_that_unpacks_to_gigabytes(tmp_path):
    bomb = (DATA / "cases" / "hostile" / "flate2.pdf").read_bytes()
    assert len(bomb) < 3000
    refused(tmp_path, "甲.pdf", bomb, "超过上限")


def _dies(data: bytes, name: str) -> bytes:
    os._exit(1)


def _eats(data: bytes, name: str) -> bytes:
    return bytes(4 * limits.MAX_MEMORY)[:9]


def _eats_some(data: bytes, name: str) -> bytes:
    return bytes(confined.MAX_MEMORY // 2)[:9]


def _answers(data: bytes, name: str) -> bytes:
    return name.encode() + data


def test_what_a_confined_process_does_is_its_own_affair():
    assert confined.run_confined(_answers, b"1", "甲") == "甲1".encode()
    assert confined.run_confined(_dies, b"", "甲") is None


@pytest.mark.skipif(sys.platform != "linux", reason="only here the system limits a process's memory")
def test_a_confined_process_has_so_much_memory_and_no_more():
    assert confined.run_confined(_eats, b"", "甲") is None


@pytest.mark.skipif(sys.platform != "linux", reason="only here the system limits a process's memory")
def test_what_the_main_process_holds_leaves_a_confined_one_its_memory(monkeypatch):
    """A copy of a process has its memory too, which the file did not ask for."""
    monkeypatch.setattr(confined, "MAX_MEMORY", 50 * 1024 * 1024)
    held = bytearray(2 * confined.MAX_MEMORY)
    assert confined.run_confined(_eats_some, b"", "甲") == bytes(9)
    assert len(held) == 2 * confined.MAX_MEMORY


def test_tables_over_pages_are_joined_without_their_repeated_header(tmp_path):
    head, rows = ["Name", "A", "B"], [[f"row{n}", str(n), str(n * 2)] for n in range(1, 7)]
    first = words((72, 800, "A heading that is text")) + b"\n" + table_stream(700, [head, *rows[:3]])
    number = words((290, 30, "- 1 -"))
    path = tmp_path / "甲.pdf"
    path.write_bytes(pdf(first + b"\n" + number, table_stream(790, [head, *rows[3:]]) + b"\n" + number))
    document = open_document(path)
    (grid,) = document.grids
    assert [c.value for c in grid.cells] == [text for row in [head, *rows] for text in row]
    assert {c.row for c in grid.cells} == set(range(1, 8))
    assert [p.text for p in document.paragraphs] == ["A heading that is text"]


def test_tables_with_text_between_are_two(tmp_path):
    table = table_stream(600, [["Name", "A"], ["row", "1"]])
    second = words((72, 750, "Something between the tables")) + b"\n" + table
    path = tmp_path / "甲.pdf"
    path.write_bytes(pdf(table + b"\n" + words((72, 700, "Above the first of them")), second))
    assert len(open_document(path).grids) == 2


def line(text: str, x0: float = 72, width: float | None = None, top: float = 0, size: float = 10) -> TextLine:
    return TextLine(text, x0, x0 + (width if width is not None else size * len(text)), top, top + size, size)


@pytest.mark.parametrize(
    ("texts", "room", "joined"),
    [(("44722", "8"), 30, "44722" + "8"), (("5230.", "52"), 30, "5230.52"), (("1", "2"), 60, ""),
     (("12", "甲"), 12, ""), (("12",), 12, "")],
)  # fmt: skip
def test_a_figure_broken_by_a_narrow_cell(texts, room, joined):
    lines = [line(text, width=5 * len(text), top=10 * n) for n, text in enumerate(texts)]
    assert join_number(lines, 70, 70 + room) == joined


def test_lines_become_paragraphs():
    full = "一二三四五六七八九十一二三四五六七八九十"
    lines = [
        line(full, 72 + 20, 200),
        line(full, top=20),
        line("完。", top=40),
        line(full, 92, 200, top=60),
        line("又完。", top=80),
    ]
    for one in lines[:2] + lines[3:4]:
        one.x1 = 300
    found = paragraphs_of([lines])
    assert [p.text for p in found] == [full + full + "完。", full + "又完。"]
