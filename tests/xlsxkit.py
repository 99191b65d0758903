"""Workbooks as other programs write them, damaged ones, and what openpyxl reads of each."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.formula import ArrayFormula
from support import published_cells
from test_recogniser import draw

from reportgen.model.numbers import exact
from reportgen.sources import Grid, GridCell

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")

# ---------------------------------------------------------------- what openpyxl reads

Sheet = dict[str, Any]
"""Name, hidden, cells by place (value and formula), merged ranges, hidden places."""


def reference(data: bytes) -> list[Sheet]:
    """Read a workbook with openpyxl: once for the formulas, once for their results."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formulas = load_workbook(io.BytesIO(data), keep_links=False)
        results = load_workbook(io.BytesIO(data), keep_links=False, data_only=True)
    return [_sheet(sheet, results[sheet.title]) for sheet in formulas.worksheets]


def _sheet(sheet: Any, results: Any) -> Sheet:
    cells = {}
    for (row, column), cell in sheet._cells.items():
        value, formula = cell.value, ""
        if cell.data_type == "f":
            formula, value = str(getattr(value, "text", value)), results._cells[row, column].value
        if value is not None or formula:
            cells[row, column] = (plain(value), formula)
    merged = [(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges]
    rows = {n for n, d in sheet.row_dimensions.items() if d.hidden or d.ht == 0}
    flat = [d for d in sheet.column_dimensions.values() if d.hidden or d.width == 0]
    columns = {n for d in flat for n in range(d.min, d.max + 1)}
    return {"name": sheet.title, "hidden": sheet.sheet_state != "visible", "cells": cells, "merged": merged,
            "rows": rows, "columns": columns}  # fmt: skip


def plain(value: object) -> object:
    """Numbers as their user sees them; dates always with a time of day."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return exact(float(value)) if isinstance(value, float) or len(str(value)) > 15 else value
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    return unescape(value) if isinstance(value, str) else value


def _as_openpyxl(cell: GridCell) -> object:
    """A number that no calendar has a date for is an error to openpyxl, an empty result no result."""
    return "#VALUE!" if cell.shown == "########" else None if cell.value == "" and cell.formula else cell.value


def assert_same(grids: tuple[Grid, ...], sheets: list[Sheet]) -> None:
    """Compare every cell, number types included; openpyxl drops what stands under merged cells."""
    assert [(g.name, g.hidden) for g in grids] == [(s["name"], s["hidden"]) for s in sheets]
    for grid, sheet in zip(grids, sheets, strict=True):
        spans = {(t, x): (b - t + 1, y - x + 1) for t, x, b, y in sheet["merged"]}
        under = {
            (row, column) for t, x, b, y in sheet["merged"] for row in range(t, b + 1) for column in range(x, y + 1)
        } - {*spans}  # fmt: skip
        mine = {(c.row, c.column): c for c in grid.cells if (c.row, c.column) not in under}
        said = {place: (_as_openpyxl(c), c.formula) for place, c in mine.items() if c.value is not None or c.formula}
        wanted = {place: cell for place, cell in sheet["cells"].items() if place not in under}
        assert said == wanted
        assert {p: type(v) for p, (v, _) in said.items()} == {p: type(v) for p, (v, _) in wanted.items()}
        merged = {place for place, c in mine.items() if (c.row_span, c.column_span) != (1, 1)}
        assert merged == {place for place, span in spans.items() if span != (1, 1) and place not in under}
        for (row, column), cell in mine.items():
            assert cell.hidden == (row in sheet["rows"] or column in sheet["columns"])
            assert (cell.row_span, cell.column_span) == spans.get((row, column), (1, 1))
        assert [*mine] == sorted(mine)


# ---------------------------------------------------------------- workbooks


def saved(book: Workbook) -> bytes:
    """Return the file of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rewritten(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return a workbook with its parts changed; None drops one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            content = change(item.filename, old.read(item))
            if content is not None:
                new.writestr(item.filename, content)
    return out.getvalue()


def in_sheets(change: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes]:
    """Return what changes the worksheets of a workbook and nothing else."""
    return lambda part, xml: change(xml) if SHEET.fullmatch(part) else xml


def foreign() -> bytes:
    """A workbook of another layout with a value of every kind."""
    book = Workbook()
    places = draw(book, published_cells("huaian_city_2024"))
    sheet = book.active
    places["表三.new.total"].value = "=SUM(F9:K9)"
    places["表三.granted.total"].value = ArrayFormula("L12", "=SUM(F12:K12)")
    sheet["A2"] = dt.datetime(2025, 1, 20)
    sheet["A3"] = True
    sheet["A4"] = "#REF!"
    sheet["A4"].data_type = "e"
    for n, value in enumerate((5230.52, 1e15, "a&b <c> \"d\" 'e'\n下一行\t制表", "  两头空格  "), 5):
        sheet.cell(n, 1, value)
    sheet["A9"] = CellRichText("红", TextBlock(InlineFont(b=True), "黑"), "白")
    sheet["A10"] = -3
    sheet["A11"] = "=1+1"
    sheet["A11"].data_type = "s"
    sheet["A12"] = 0.1 + 0.2
    for row, value, shown in DATES:
        sheet.cell(row, 1, value).number_format = shown
    sheet.row_dimensions[12].hidden = True
    sheet.column_dimensions.group("H", "J", hidden=True)
    book.create_sheet("隐藏").sheet_state = "hidden"
    book.create_sheet("空")
    return saved(book)


DATES = [
    (13, 45678, 'yyyy"年"m"月"d"日"'), (14, 12, '0" 格"'), (15, 0.5, "h:mm"), (16, 45678.25, "yyyy-mm-dd hh:mm"),
    (17, 1.5, "[h]:mm"), (18, 30, "yyyy-m-d"), (19, 3e6, "yyyy-m-d"), (20, -2, "yyyy-m-d"), (21, 0, "m/d"),
    (22, 45678, "[$-804]aaaa;yyyy"), (23, 7, r"0\d"), (24, 60.999999999, "yyyy-m-d h:mm:ss"), (25, 7, '[Red]0"日"'),
]  # fmt: skip
"""Row, serial number and number format."""

INLINE = re.compile(rb' t="inlineStr"><is>(.*?)</is></c>', re.S)
_SHARED_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sharedStrings+xml"/></Types>'
)
_SHARED_RELATION = (
    b'<Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    b'sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)


def with_shared_strings(data: bytes, change: Callable[[bytes], bytes] = lambda item: item) -> bytes:
    """Return the same workbook as a spreadsheet program saves it: its texts in a part of their own."""
    items: dict[bytes, int] = {}

    def shared(match: re.Match[bytes]) -> bytes:
        number = items.setdefault(b"<si>" + change(match[1]) + b"</si>", len(items))
        return b' t="s"><v>%d</v></c>' % number

    def rewrite(part: str, xml: bytes) -> bytes:
        if part == "[Content_Types].xml":
            return xml.replace(b"</Types>", _SHARED_TYPE)
        if part == "xl/_rels/workbook.xml.rels":
            return xml.replace(b"</Relationships>", _SHARED_RELATION)
        return INLINE.sub(shared, xml) if SHEET.fullmatch(part) else xml

    out = io.BytesIO(rewritten(data, rewrite))
    with zipfile.ZipFile(out, "a") as archive:
        strings = b'<sst xmlns="%s">%s</sst>' % (MAIN.encode(), b"".join(items))
        archive.writestr("xl/sharedStrings.xml", strings)
    return out.getvalue()


def strict(data: bytes) -> bytes:
    """Return the same workbook in the strict variant of the format."""

    def change(part: str, xml: bytes) -> bytes:
        if part.startswith("xl/") or part == "_rels/.rels":
            xml = xml.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
            old = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
            xml = xml.replace(old, b"http://purl.oclc.org/ooxml/officeDocument/relationships")
        return xml

    return rewritten(data, change)


# ---------------------------------------------------------------- damage

_WORDS = [b'"', b"<", b">", b"/", b"1", b"s", b" ", b"&amp;", b"A", b'hidden="1"', b"<f>", b"</f>", b"<v>", b"</c>",
          b"<!-- -->", b"&#49;", b"<![CDATA[1]]>", b"-", b".", b"e", b"0"]  # fmt: skip
_LEFT_ALONE = ("docProps/", "xl/theme/")


def mutants(bases: list[bytes], seed: int, count: int) -> Iterator[bytes]:
    """Yield workbooks with random damage to their XML, always the same for a seed."""
    chance = random.Random(seed)

    def damage(part: str, xml: bytes) -> bytes | None:
        if part.startswith(_LEFT_ALONE) or chance.random() > 0.15:
            return xml
        if chance.random() < 0.02:
            return None
        if chance.random() < 0.5:  # well-formed as a rule: a digit or a letter is another one
            places = [m.start() for m in re.finditer(rb"[0-9A-Za-z]", xml)]
            at = chance.choice(places)
            return xml[:at] + chance.choice([b"0", b"1", b"9", b"A", b"s"]) + xml[at + 1 :]
        at, cut = chance.randrange(len(xml)), chance.choice([0, 0, 1, 1, 2, 5, 20])
        return xml[:at] + chance.choice([b"", chance.choice(_WORDS)]) + xml[at + cut :]

    for _ in range(count):
        yield rewritten(chance.choice(bases), damage)


def well_formed(data: bytes) -> bool:
    """Tell whether the workbook's own parts are, and those of its sheets and strings."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if re.match(r"xl/(?:workbook|sharedStrings|styles|worksheets/.*)\.xml$|.*\.rels$", name):
                try:
                    etree.fromstring(archive.read(name))
                except etree.XMLSyntaxError as error:
                    # A name of a namespace is any text (Namespaces in XML 1.0, 2.2).
                    if "is not a valid URI" not in str(error):
                        return False
    return True


def only_cells(data: bytes) -> bytes:
    """Return a well-formed workbook with nothing in its sheets but what says where which cell stands."""
    kept = {f"{{{MAIN}}}{name}" for name in ("cols", "sheetData", "mergeCells")}

    def change(part: str, xml: bytes) -> bytes:
        if not SHEET.fullmatch(part):
            return xml
        root = etree.fromstring(xml)
        for child in [child for child in root if child.tag not in kept]:
            root.remove(child)
        for row in root.iter(f"{{{MAIN}}}row"):
            for name in set(row.attrib) - {"r", "hidden"}:
                del row.attrib[name]
        return bytes(etree.tostring(root))

    return rewritten(data, change)


# ---------------------------------------------------------------- small changes that leave a workbook whole

_CELL = re.compile(rb"<c\b[^>]*?(?:/>|>.*?</c>)", re.S)
_STORED = re.compile(rb"<v>([^<]*)</v>")
_VALUES = [
    b"0", b"1", b"7", b"12345", b"-3", b"0.5", b"1E3", b"1E300", b"1E-7", b" 8 ", b"123456789012345678", b"0.30000000000000004",
    b"007", b"45678", b"NaN", b"", b"2958466",
]  # fmt: skip
_TYPED = [
    "8",
    "１２",
    " 9",
    "1,234",
    "9 ",
    "5件",
    "/",
    "无",
    "3\u200b",
    "10%",
    "1e3",
    "-",
    "#REF!",
    "=1+1",
    "_x0031_",
    "三",
    "1.50",
]


def _swap(part: bytes, match: re.Match[bytes], new: bytes) -> bytes:
    return part[: match.start()] + new + part[match.end() :]


def _value(cell: bytes, chance: random.Random) -> bytes:
    """Give a cell another stored value."""
    return _STORED.sub(lambda _: b"<v>" + chance.choice(_VALUES) + b"</v>", cell, count=1)


def _digit(cell: bytes, chance: random.Random) -> bytes:
    """Change one digit of what a cell stores."""
    match = _STORED.search(cell)
    places = [n for n in range(*match.span(1)) if cell[n : n + 1].isdigit()] if match else []
    if not places:
        return cell
    at = chance.choice(places)
    return cell[:at] + str(chance.randrange(10)).encode() + cell[at + 1 :]


def _kind(cell: bytes, chance: random.Random) -> bytes:
    """Say that a cell is of another kind."""
    bare = re.sub(rb' t="\w*"', b"", cell, count=1)
    return bare.replace(b"<c ", b'<c t="%s" ' % chance.choice([b"n", b"b", b"e", b"str", b"s", b"d"]), 1)


def _style(cell: bytes, chance: random.Random) -> bytes:
    """Give a cell another style of the workbook."""
    return re.sub(rb' s="\d+"', b' s="%d"' % chance.randrange(40), cell, count=1)


def _typed(cell: bytes, chance: random.Random) -> bytes:
    """Put a text in place of a value, as somebody may have typed it."""
    address = re.search(rb' r="\w+"', cell)
    text = chance.choice(_TYPED).encode()
    return b'<c%s t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % (address[0] if address else b"", text)


def _formula(cell: bytes, chance: random.Random) -> bytes:
    """Put a formula before the value of a cell, or change the one that is there."""
    formula = chance.choice(
        [b"1+1", b"D6+E6", b"SUM(D6:I6)", b"D4", b"NA()", b"[1]Sheet1!A1", b"1/0", b"IF(D6>0,D6,0)"]
    )
    return re.sub(rb"<f>[^<]*</f>|(?=<v>)", b"<f>" + formula + b"</f>", cell, count=1)


def _lost(cell: bytes, chance: random.Random) -> bytes:
    return b""


def _twice(cell: bytes, chance: random.Random) -> bytes:
    return cell + cell


def _elsewhere(cell: bytes, chance: random.Random) -> bytes:
    """Give a cell the address of a place near it."""
    return re.sub(
        rb'(?<= r="[A-Z])\d+', lambda m: str(max(int(m[0]) + chance.choice([-1, 1]), 1)).encode(), cell, count=1
    )


_OF_CELLS = [_value, _value, _digit, _digit, _kind, _style, _typed, _typed, _formula, _lost, _twice, _elsewhere]


def _sheet_wide(xml: bytes, chance: random.Random) -> bytes:
    """Hide or drop a row, or change a merged range."""
    rows = list(re.finditer(rb"<row [^>]*>", xml))
    what = chance.randrange(4)
    if what == 0 and rows:
        row = chance.choice(rows)
        return _swap(xml, row, row[0].replace(b"<row ", chance.choice([b'<row hidden="1" ', b'<row ht="0" ']), 1))
    if what == 1 and (whole := list(re.finditer(rb"<row [^>]*>.*?</row>", xml, re.S))):
        return _swap(xml, chance.choice(whole), b"")
    merged = list(re.finditer(rb"<mergeCell ref=\"\w+:\w+\" ?/>", xml))
    if merged and what == 2:
        return _swap(xml, chance.choice(merged), b"")
    return re.sub(rb"(<col )", rb'\1hidden="1" ', xml, count=1) if what == 3 else xml


def _book_wide(part: str, xml: bytes, chance: random.Random) -> bytes:
    """Change a number format, a text that cells share, or whether a sheet is seen."""
    if part == "xl/styles.xml":
        codes = list(re.finditer(rb'numFmtId="\d+"', xml))
        return _swap(xml, chance.choice(codes), b'numFmtId="%d"' % chance.choice([0, 1, 2, 9, 14, 46, 49, 4]))
    if part == "xl/workbook.xml":
        return chance.choice([
            xml.replace(b'state="visible"', b'state="hidden"', 1), xml.replace(b"<sheet ", b'<sheet state="veryHidden" ', 1),
            xml.replace(b"<workbookPr", b'<workbookPr date1904="1"', 1),
        ])  # fmt: skip
    texts = list(re.finditer(rb"<t(?: [^>]*)?>([^<]+)</t>", xml))
    if not texts:
        return xml
    text = chance.choice(texts)
    letters = text[1].decode()
    at = chance.randrange(len(letters) + 1)
    new = letters[:at] + chance.choice(["", " ", "1", "\u200b", "、"]) + letters[at + chance.randrange(2) :]
    return xml[: text.start(1)] + new.encode() + xml[text.end(1) :]


def changed(data: bytes, chance: random.Random) -> bytes:
    """Return a workbook with one to three small changes after which it can be opened, as a rule.

    Three of four are in a cell that stores something.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheets = [name for name in parts if SHEET.fullmatch(name) and b"<v>" in parts[name]]
    others = [name for name in ("xl/styles.xml", "xl/workbook.xml", "xl/sharedStrings.xml") if name in parts]
    for _ in range(chance.randint(1, 3)):
        if chance.random() < 0.15:
            part = chance.choice(others)
            parts[part] = _book_wide(part, parts[part], chance)
            continue
        part = chance.choice(sheets)
        cells = [cell for cell in _CELL.finditer(parts[part]) if b"<v>" in cell[0]]
        if chance.random() < 0.1 or not cells:
            parts[part] = _sheet_wide(parts[part], chance)
        else:
            cell = chance.choice(cells)
            parts[part] = _swap(parts[part], cell, chance.choice(_OF_CELLS)(cell[0], chance))
    return rewritten(data, lambda name, _: parts[name])
