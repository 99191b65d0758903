"""A workbook's cells straight from its XML: the fast way to read .xlsx.

Excel, WPS, LibreOffice and this program write plain XML of one shape.  This module reads that
shape and nothing else: at the first thing it does not expect it raises :class:`OddShapeError`, and
the caller asks openpyxl, the reference.  Both give the same cells (tests/test_sheetxml.py).

Measured on the standard workbook (400 KB of XML, 3300 cells): 7 ms here, 330 ms through
openpyxl, which has to read it twice to have formulas and results, and needs 100 ms to import.

How it can be sure: a pattern takes the cells out of a sheet, each down to its last character, and
leaves ``<c/>`` in their places.  What is left goes through an XML parser and the checks for things
not looked for here; what was taken is well-formed by its pattern.  Parsing the cells as well took
1.3 ms more, looking for odd things in them 1.4 ms.
"""

from __future__ import annotations

import datetime as dt
import html
import posixpath
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from xml.parsers.expat import ExpatError, ParserCreate

from ..numbers import exact
from ..patterns import compiled
from .formulas import column_number, shift
from .limits import Budget
from .results import SheetData

__all__ = ["OddShapeError", "read_book"]


class OddShapeError(Exception):
    """The XML is not of the plain shape; openpyxl has to read this workbook."""


# Attributes in any order; no apostrophes, comments, CDATA or prefixes (checked before).
_ATTRIBUTE = compiled(r'([\w:]+)="([^"<]*)"')
_SHEET = compiled(r"<sheet ([^>]*)/>")
_RELATION = compiled(r"<Relationship ([^>]*)/>")
_ROW = compiled(r"<row ([^>]*)>")
_COLUMN = compiled(r"<col ([^>]*)>")
_MERGE = compiled(r'<mergeCell ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"/>')
_CELL = compiled(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?: cm="[0-9]+")?(?:/>|>'
    r'(?:<f((?: [a-z0-9A-Z]+="[^"<]*")*)(?:/>|>([^<]*)</f>))?'
    r'(?:<v(?: xml:space="preserve")?>([^<]*)</v>|<v ?/>)?'
    r'(?:<is>(?:<t(?: xml:space="preserve")?>([^<]*)</t>|(<r>.*?))</is>)?</c>)',
    re.S,
)
"""A cell: letters, number, style, kind, attributes of the formula, formula, value, text, rich text."""
_STRIDE = _CELL.groups + 1
_MARK = "<c/>"
_ENTITY = compiled(r"&(?:amp|lt|gt|quot|apos);")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_ITEM = compiled(r"<si>(.*?)</si>|<si ?/>", re.S)
_PHONETIC = compiled(r"<rPh .*?</rPh>|<phoneticPr[^>]*/>", re.S)
_TEXT = compiled(r"<t(?: [^>]*)?>([^<]*)</t>|<t ?/>")
_XF = compiled(r"<xf([^>]*)>")
_FORMAT = compiled(r"<numFmt ([^>]*?)/>")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NAMESPACES = {
    _MAIN,
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://schemas.openxmlformats.org/package/2006/relationships",
}
_column = lru_cache(maxsize=None)(column_number)
_HIDDEN = {"visible": False, "hidden": True, "veryHidden": True}
_WORKSHEET = "/relationships/worksheet"
# Number formats of dates: ECMA-376 part 1, 18.8.30, the Chinese ones included.
_DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_FORMAT = compiled(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.')
_DATE_LETTERS = compiled(r"[ymdhs]", re.I)
_FIRST_SURE_DAY, _LAST_DAY = 61, 2958466
_EPOCH = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)


def read_book(parts: Mapping[str, bytes], budget: Budget) -> list[SheetData]:
    """Read every worksheet.

    Args:
        parts: the XML parts of an .xlsx file by name.
        budget: pays for sheets, cells and places under merged cells before any are made.

    Raises:
        OddShapeError: something here is not of the plain shape.
        InputError: beyond the limits.
    """
    try:
        return list(_sheets(parts, budget))
    except (KeyError, ValueError, OverflowError) as error:
        raise OddShapeError(str(error)) from error


def _text_of(parts: Mapping[str, bytes], name: str) -> str:
    """Return a part in UTF-8 without its XML declaration."""
    text = parts[name].decode("utf-8-sig")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.startswith("<?xml"):
        return text
    end = text.index("?>")
    if "utf-8" not in text[:end].lower():
        raise OddShapeError(name)
    return text[end + 2 :].lstrip()


def _require_plain(body: str) -> None:
    """Raise OddShapeError unless it is well-formed XML with none of the things we do not look for."""

    def odd(*what: object) -> None:
        raise OddShapeError(str(what))

    def namespace(prefix: str | None, uri: str) -> None:
        if (prefix in (None, "r")) != (uri in _NAMESPACES) or (prefix and uri == _MAIN):
            odd(prefix, uri)

    parser = ParserCreate(namespace_separator=" ")
    parser.StartNamespaceDeclHandler = namespace
    parser.StartDoctypeDeclHandler = parser.CommentHandler = parser.StartCdataSectionHandler = odd
    parser.ProcessingInstructionHandler = odd
    try:
        parser.Parse(body, True)
    except ExpatError as error:
        raise OddShapeError(str(error)) from error
    if "='" in body:
        odd("apostrophe")


def _part(parts: Mapping[str, bytes], name: str) -> str:
    body = _text_of(parts, name)
    _require_plain(body)
    return body


def _unescaped(text: str) -> str:
    """The text an XML writer meant; two in three formulas have entities."""
    if "&" not in text:
        return text
    if "&#" in text:
        return html.unescape(text)
    for entity, letter in _ENTITIES:
        text = text.replace(entity, letter)
    return text


def _attributes(text: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text)
    if text.count('"') != 2 * len(found):
        raise OddShapeError("attribute")  # one the pattern does not see: ``state= "hidden"``
    return {name: _unescaped(value) for name, value in found}


def _sheets(parts: Mapping[str, bytes], budget: Budget) -> Iterator[SheetData]:
    book = _part(parts, "xl/workbook.xml")
    relations = {
        r["Id"]: r for r in map(_attributes, _RELATION.findall(_part(parts, "xl/_rels/workbook.xml.rels")))
    }
    if "<workbook" not in book:
        raise OddShapeError("workbook")
    strings = _strings(_part(parts, "xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in parts else []
    dates = _date_styles(_part(parts, "xl/styles.xml")) if "xl/styles.xml" in parts else set()
    epoch = _EPOCH_1904 if re.search(r'date1904="(?:1|true)"', book) else _EPOCH
    listed = book[book.index("<sheets>") : book.index("</sheets>")]
    sheets = _SHEET.findall(listed)
    if len(sheets) != listed.count("<sheet") - 1:
        raise OddShapeError("sheet")
    for sheet in map(_attributes, sheets):
        relation = relations[sheet["r:id"]]
        if not relation["Type"].endswith(_WORKSHEET):
            continue
        target = posixpath.normpath(posixpath.join("/xl", relation["Target"])).lstrip("/")
        if len(parts[target].translate(None, _CONTROLS)) < len(parts[target]):
            raise OddShapeError(target)
        budget.spend_grid()
        found = SheetData(sheet["name"], _HIDDEN[sheet.get("state", "visible")])
        _read_sheet(_text_of(parts, target), found, _Values(strings, dates, epoch), budget)
        yield found


def _strings(xml: str) -> list[str]:
    items = [_text(m[1] or "") for m in _ITEM.finditer(xml)]
    if len(items) != xml.count("<si"):
        raise OddShapeError("sharedStrings")
    return items


def _text(xml: str) -> str:
    """The text of a string item, rich or plain, without its reading aid."""
    if "<rPh" in xml or "<phoneticPr" in xml:
        xml = _PHONETIC.sub("", xml)
    found = _TEXT.findall(xml)
    if len(found) != xml.count("<t>") + xml.count("<t ") + xml.count("<t/>"):
        raise OddShapeError("text")
    text = "".join(found)
    return _unescaped(text)


def _date_styles(xml: str) -> set[int]:
    """Indexes of the cell styles that show a number as a date."""
    formats = _FORMAT.findall(xml)
    if len(formats) != xml.count("<numFmt "):
        raise OddShapeError("numFmt")
    own = {int(f["numFmtId"]): f["formatCode"] for f in map(_attributes, formats)}
    start = xml.find("<cellXfs")
    if start < 0:
        return set()
    found = set()
    for index, xf in enumerate(_XF.finditer(xml, start, xml.index("</cellXfs>"))):
        number = int(_attributes(xf[1]).get("numFmtId", "0"))
        code = own.get(number)
        if _is_date(code) if code is not None else number in _DATE_IDS:
            found.add(index)
    return found


def _is_date(code: str) -> bool:
    return bool(_DATE_LETTERS.search(_NOT_FORMAT.sub("", code.split(";", maxsplit=1)[0])))


class _Values:
    """What cells refer to: shared strings, styles that show a date, day 0 of dates."""

    def __init__(self, strings: list[str], dates: set[int], epoch: dt.datetime) -> None:
        self.strings = strings
        self.dates = {str(style) for style in dates}
        self.epoch = epoch

    def read(self, text: str, kind: str | None, style: str | None) -> object:
        """Return what a cell's text means."""
        if kind is None or kind == "n":
            number = int(text) if text.lstrip("-").isdecimal() and len(text) <= 15 else exact(float(text))
            return _date(number, self.epoch) if style in self.dates else number
        if kind == "s":
            return self.strings[int(text)]
        if kind in ("str", "e"):
            return _unescaped(text)
        if kind == "b":
            return text in ("1", "true")
        raise OddShapeError(kind)


def _read_sheet(xml: str, sheet: SheetData, values: _Values, budget: Budget) -> None:
    start, end = xml.find("<sheetData>"), xml.find("</sheetData>")
    if start < 0 or end < 0:
        start = end = xml.index("<sheetData/>")
    head, rows, tail = xml[:start], xml[start:end], xml[end:]
    cells = rows.count("<c")
    budget.spend_cells(cells)
    pieces = _CELL.split(rows)
    rest = _MARK.join(pieces[::_STRIDE])
    _require_plain(head + rest + tail)
    if len(pieces) // _STRIDE != cells:
        raise OddShapeError("cell")
    # Of what the pattern lets through, only these may not be well-formed.
    rich = any(pieces[_STRIDE - 1 :: _STRIDE])
    if rich or ("&" in rows and rows.count("&") > len(_ENTITY.findall(rows))):
        _require_plain(xml)
    if "]]>" in rows or "\ufffe" in rows or "\uffff" in rows:
        raise OddShapeError("text")
    _read_hidden(head, rest, sheet)
    _read_cells(pieces, sheet, values)
    _read_merged(tail, sheet, budget)


def _read_hidden(head: str, rows: str, sheet: SheetData) -> None:
    for column in (_attributes(text) for text in _COLUMN.findall(head) if "hidden" in text):
        if column.get("hidden") in ("1", "true"):
            sheet.hidden_columns.update(range(int(column["min"]), min(int(column["max"]), 16384) + 1))
    for row in (_attributes(text) for text in _ROW.findall(rows) if "hidden" in text):
        if row.get("hidden") in ("1", "true"):
            sheet.hidden_rows.add(int(row["r"]))


def _read_merged(tail: str, sheet: SheetData, budget: Budget) -> None:
    for left, top, right, bottom in _MERGE.findall(tail):
        place = (int(top), _column(left), int(bottom), _column(right))
        budget.spend_cells(max(place[2] - place[0] + 1, 1) * max(place[3] - place[1] + 1, 1))
        sheet.merged.append(place)
    if tail.count("<mergeCell ") != len(sheet.merged):
        raise OddShapeError("mergeCell")


def _read_cells(pieces: list[str | None], sheet: SheetData, values: _Values) -> None:
    """Read the cells that the pattern has taken out of a sheet."""
    stored, formulas = sheet.stored, sheet.formulas
    shared: dict[str, tuple[str, int, int]] = {}
    groups = (pieces[n::_STRIDE] for n in range(1, _STRIDE))
    for letters, number, style, kind, f_attributes, formula, value, text, rich in zip(*groups, strict=True):
        if value is None and text is None and f_attributes is None and rich is None:
            continue  # only a style
        place = (int(number), _column(letters))
        if f_attributes is not None:
            formulas[place] = _formula(f_attributes, formula, place, shared)
        if kind == "inlineStr":
            if text is not None:
                stored[place] = _unescaped(text)
            elif rich is not None:
                stored[place] = _text(rich)
        elif value:
            stored[place] = values.read(value, kind, style)
        elif kind == "str" and value is not None and f_attributes is None:
            stored[place] = ""


def _formula(
    attributes: str, text: str | None, place: tuple[int, int], shared: dict[str, tuple[str, int, int]]
) -> str:
    """A formula with its ``=``; one shared with other cells is moved to this one."""
    formula = "=" + _unescaped(text or "")
    if not attributes:
        return formula
    known = _attributes(attributes)
    if known.get("t") == "shared":
        if text:
            shared[known["si"]] = (formula, *place)
        else:
            first, row, column = shared[known["si"]]
            formula = shift(first, place[0] - row, place[1] - column)
    elif known.get("t") not in (None, "normal", "array"):
        raise OddShapeError("formula")
    return formula


def _date(number: int | Decimal, epoch: dt.datetime) -> object:
    """A serial number shown as a date.

    Times of day, durations and the days before 1900-03-01, which spreadsheets count wrongly, are
    left to the reference.
    """
    if not isinstance(number, int) or not _FIRST_SURE_DAY <= number < _LAST_DAY:
        raise OddShapeError("date")
    return epoch + dt.timedelta(days=number)
