"""A workbook's cells straight from its XML: the fast way to read .xlsx.

Excel, WPS, LibreOffice and this program write plain XML of one shape.  This module reads that
shape and nothing else: at the first thing it does not expect it raises :class:`OddShapeError`, and
the caller asks openpyxl, the reference.  Both give the same cells (tests/test_sheetxml.py).

Measured on the standard workbook (400 KB of XML, 3300 cells): 7 ms here, 330 ms through
openpyxl, which has to read it twice to have formulas and results, and needs 100 ms to import.

How it can be sure: an expression takes the cells out of a sheet, each down to its last character.
What is left goes through an XML parser and the checks for things not looked for here; what was taken is
well-formed by its expression.  Parsing the cells as well took 1.3 ms more, looking for odd things in
them 1.4 ms.

Sheets of one origin mostly have the same markup around other values.  Such a markup is understood once
and kept (:class:`_Pattern`); of the next sheet only the values are read.
"""

from __future__ import annotations

import datetime as dt
import html
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar
from xml.parsers.expat import ExpatError, ParserCreate

from ..numbers import exact
from .formulas import column_number, shift
from .limits import Budget
from .package import Part
from .results import Shape, SheetData

__all__ = ["OddShapeError", "read_book"]

T = TypeVar("T")


class OddShapeError(Exception):
    """The XML is not of the plain shape; openpyxl has to read this workbook."""


# Attributes in any order; no apostrophes, comments, CDATA or prefixes (checked before).
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"<]*)"')
_SHEET = re.compile(r"<sheet ([^>]*)/>")
_RELATION = re.compile(r"<Relationship ([^>]*)/>")
_ROW = re.compile(r"<row ([^>]*)>")
_COLUMN = re.compile(r"<col ([^>]*)>")
_MERGE = re.compile(r'<mergeCell ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"/>')
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?: cm="[0-9]+")?(?:/>|>'
    r'(?:<f((?: [a-z0-9A-Z]+="[^"<]*")*)(?:/>|>([^<]*)</f>))?'
    r'(?:<v(?: xml:space="preserve")?>([^<]*)</v>|<v ?/>)?'
    r'(?:<is>(?:<t(?: xml:space="preserve")?>([^<]*)</t>|(<r>.*?))</is>)?</c>)',
    re.S,
)
"""A cell: letters, number, style, kind, attributes of the formula, formula, value, text, rich text."""
_STRIDE = _CELL.groups + 1
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos);")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_ENTITY_BYTES = re.compile(_ENTITY.pattern.encode())
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_NOT_NUL = bytes({*_CONTROLS} - {0})
_PRESERVED = b'<t xml:space="preserve">'
_NO_DATES: frozenset[str] = frozenset()
_MOST, _NOTICED, _SHAPES = 24, 128, 2
_ITEM = re.compile(r"<si>(.*?)</si>|<si ?/>", re.S)
_PHONETIC = re.compile(r"<rPh .*?</rPh>|<phoneticPr[^>]*/>", re.S)
_TEXT = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>|<t ?/>")
_XF = re.compile(r"<xf([^>]*)>")
_FORMAT = re.compile(r"<numFmt ([^>]*?)/>")
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
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.')
_DATE_LETTERS = re.compile(r"[ymdhs]", re.I)
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


def _text_of(part: bytes) -> str:
    """Return a part in UTF-8 without its XML declaration."""
    text = part.decode("utf-8-sig")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.startswith("<?xml"):
        return text
    end = text.index("?>")
    if "utf-8" not in text[:end].lower():
        raise OddShapeError("encoding")
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
    targets = _kept(parts["xl/_rels/workbook.xml.rels"], "targets", _targets)
    listed, epoch = _kept(parts["xl/workbook.xml"], "sheets", _listed)
    meaning = _Meaning([], _NO_DATES, epoch)
    if "xl/sharedStrings.xml" in parts:
        meaning.strings = _kept(parts["xl/sharedStrings.xml"], "strings", _strings)
    if "xl/styles.xml" in parts:
        meaning.dates = _kept(parts["xl/styles.xml"], "dates", _date_styles)
    for name, state, relation in listed:
        kind, target = targets[relation]
        if not kind.endswith(_WORKSHEET):
            continue
        budget.spend_grid()
        shape, numbers = _sheet(parts[target], meaning, budget)
        yield SheetData(name, _HIDDEN[state], shape, numbers)


def _kept(part: bytes, what: str, make: Callable[[str], T]) -> T:
    """Return what is made of a part; where the same part comes again it has been made already."""
    kept = part.kept if isinstance(part, Part) else {}
    if what not in kept:
        body = _text_of(part)
        _require_plain(body)
        kept[what] = make(body)
    found: T = kept[what]
    return found


def _targets(xml: str) -> dict[str, tuple[str, str]]:
    """Id of a relation → its kind, and the part it leads to."""
    return {
        r["Id"]: (r["Type"], posixpath.normpath(posixpath.join("/xl", r["Target"])).lstrip("/"))
        for r in map(_attributes, _RELATION.findall(xml))
    }


def _listed(xml: str) -> tuple[list[tuple[str, str, str]], dt.datetime]:
    """Return name, state and relation of each sheet, and day 0 of dates."""
    if "<workbook" not in xml:
        raise OddShapeError("workbook")
    epoch = _EPOCH_1904 if re.search(r'date1904="(?:1|true)"', xml) else _EPOCH
    listed = xml[xml.index("<sheets>") : xml.index("</sheets>")]
    sheets = _SHEET.findall(listed)
    if len(sheets) != listed.count("<sheet") - 1:
        raise OddShapeError("sheet")
    return [(s["name"], s.get("state", "visible"), s["r:id"]) for s in map(_attributes, sheets)], epoch


def _strings(xml: str) -> list[str]:
    items = [_text(m[1] or "") for m in _ITEM.finditer(xml)]
    if len(items) != xml.count("<si"):
        raise OddShapeError("sharedStrings")
    return items


def _text(xml: str) -> str:
    """The text of a string item, rich or plain, without its reading aid."""
    return _unescaped("".join(_texts(xml)))


def _texts(xml: str) -> list[str]:
    """The texts of a string item as they stand, one for each lettering."""
    if "<rPh" in xml or "<phoneticPr" in xml:
        xml = _PHONETIC.sub("", xml)
    found: list[str] = _TEXT.findall(xml)
    if len(found) != xml.count("<t>") + xml.count("<t ") + xml.count("<t/>"):
        raise OddShapeError("text")
    return found


def _date_styles(xml: str) -> frozenset[str]:
    """Indexes of the cell styles that show a number as a date."""
    formats = _FORMAT.findall(xml)
    if len(formats) != xml.count("<numFmt "):
        raise OddShapeError("numFmt")
    own = {int(f["numFmtId"]): f["formatCode"] for f in map(_attributes, formats)}
    start = xml.find("<cellXfs")
    if start < 0:
        return _NO_DATES
    found = set()
    for index, xf in enumerate(_XF.finditer(xml, start, xml.index("</cellXfs>"))):
        number = int(_attributes(xf[1]).get("numFmtId", "0"))
        code = own.get(number)
        if _is_date(code) if code is not None else number in _DATE_IDS:
            found.add(str(index))
    return frozenset(found)


def _is_date(code: str) -> bool:
    return bool(_DATE_LETTERS.search(_NOT_FORMAT.sub("", code.split(";", maxsplit=1)[0])))


@dataclass(slots=True)
class _Meaning:
    """What cells refer to."""

    strings: list[str]
    dates: frozenset[str]
    """Styles that show a number as a date."""
    epoch: dt.datetime
    """Day 0 of dates."""

    def read(self, text: str, kind: str | None, style: str | None) -> object:
        """Return what a cell's text means."""
        if kind is None or kind == "n":
            number = _number(text)
            return _date(number, self.epoch) if style in self.dates else number
        if kind == "s":
            return self.strings[int(text)]
        if kind in ("str", "e"):
            return _unescaped(text)
        if kind == "b":
            return text in ("1", "true")
        raise OddShapeError(kind)


def _number(text: str) -> int | Decimal:
    digits = text[1:] if text.startswith("-") else text
    return int(text) if digits.isdecimal() and len(text) <= 15 else exact(float(text))


@dataclass(slots=True)
class _Pattern:
    """The markup of a sheet, understood once: what each of its values and texts is.

    A sheet's *slots* are the contents of ``<v>…</v>`` in order, then those of ``<t>…</t>``.  Sheets
    whose markup is the same but for these are of one pattern.
    """

    dates: frozenset[str]
    epoch: dt.datetime
    figures: list[tuple[int, tuple[int, int]]]
    """Slots of numbers, with their places."""
    others: list[tuple[int, tuple[int, int], str | None, str | None]]
    """Other slots of values, with place, kind and style."""
    texts: list[tuple[int, int, tuple[int, int]]]
    """First and last slot of each text, with its place; a text of several letterings has several."""
    frame: Shape
    """What does not depend on the slots."""
    cost: int
    shapes: dict[tuple[object, ...], Shape] = field(default_factory=dict)
    """The latest shapes made of it, by their texts."""

    def read(self, slots: Sequence[str], meaning: _Meaning) -> tuple[Shape, list[object]]:
        """Return shape and numbers of a sheet of this pattern."""
        numbers: list[object] = [
            int(text)
            if (text := slots[n]).isdecimal() and len(text) <= 15
            else _number(text)
            if text
            else None
            for n, _ in self.figures
        ]
        others = [
            meaning.read(slots[n], kind, style) if slots[n] else ("" if kind == "str" else None)
            for n, _, kind, style in self.others
        ]
        texts = [_unescaped("".join(slots[first:last])) for first, last, _ in self.texts]
        key = (*others, *texts)
        shape = self.shapes.get(key)
        if shape is None:
            shape = self._shape(others, texts)
            if len(self.shapes) >= _SHAPES:
                del self.shapes[next(iter(self.shapes))]
            self.shapes[key] = shape
        return shape, numbers

    def _shape(self, others: list[object], texts: list[str]) -> Shape:
        frame = self.frame
        stored: dict[tuple[int, int], object] = {
            place: text for (_, _, place), text in zip(self.texts, texts, strict=True)
        }
        for (_, place, *_), value in zip(self.others, others, strict=True):
            if value is not None and not (value == "" and place in frame.formulas):
                stored[place] = value
        return Shape(
            stored, frame.figures, frame.formulas, frame.merged, frame.hidden_rows, frame.hidden_columns
        )


class _Patterns:
    """The patterns seen at least twice, by their markup, the latest :data:`_MOST` of them."""

    def __init__(self) -> None:
        self.noticed: dict[int, None] = {}
        self.known: dict[bytes, _Pattern] = {}

    def find(self, markup: bytes, meaning: _Meaning) -> _Pattern | None:
        pattern = self.known.get(markup)
        if pattern is None or (pattern.dates, pattern.epoch) != (meaning.dates, meaning.epoch):
            return None
        self.known[markup] = self.known.pop(markup)  # the latest stands last
        return pattern

    def take(self, markup: bytes, pattern: _Pattern) -> None:
        mark = hash(markup)
        if mark in self.noticed:
            self.known[markup] = pattern
            if len(self.known) > _MOST:
                del self.known[next(iter(self.known))]
        else:
            self.noticed[mark] = None
            if len(self.noticed) > _NOTICED:
                del self.noticed[next(iter(self.noticed))]


_patterns = _Patterns()


def _sheet(part: bytes, meaning: _Meaning, budget: Budget) -> tuple[Shape, list[object]]:
    """Read one sheet: as an earlier one if it is the same, by its pattern if that is known, else whole."""
    kept = part.kept if isinstance(part, Part) else {}
    if "sheet" in kept:
        dates, epoch, cost, shape, numbers = kept["sheet"]
        if (dates, epoch) == (meaning.dates, meaning.epoch):
            budget.spend_cells(cost)
            return shape, numbers
    cut = _cut(part)
    pattern = _patterns.find(cut[0], meaning) if cut else None
    if cut and pattern:
        budget.spend_cells(pattern.cost)
        slots = cut[1]
    else:
        slots, pattern = _whole(part, meaning, budget)
        if cut and cut[1] == slots:
            _patterns.take(cut[0], pattern)
    shape, numbers = pattern.read(slots, meaning)
    if not any(kind == "s" for _, _, kind, _ in pattern.others):
        kept["sheet"] = (meaning.dates, meaning.epoch, pattern.cost, shape, numbers)
    return shape, numbers


def _cut(part: bytes) -> tuple[bytes, list[str]] | None:
    """Cut the slots out of a sheet.

    Returns:
        the markup that is left and the slots; None if there is anything in the slots that one has to
        look at more closely.
    """
    values = part.replace(_PRESERVED, b"<t>").split(b"</v>")
    rest = [values.pop()]
    cuts = [piece.rpartition(b"<v>") for piece in values]
    texts = b"</v>".join([head for head, _, _ in cuts] + rest).split(b"</t>")
    rest = [texts.pop()]
    more = [piece.rpartition(b"<t>") for piece in texts]
    markup = b"</t>".join([head for head, _, _ in more] + rest)
    slots = b"\0".join([slot for _, _, slot in cuts] + [slot for _, _, slot in more])
    # A slot with a "<" is none; the others hold what only the parser can judge.
    if (
        b"<" in slots
        or b"\r" in slots
        or b"]]>" in slots
        or len(slots.translate(None, _NOT_NUL)) < len(slots)
    ):
        return None
    if b"&" in slots and slots.count(b"&") != len(_ENTITY_BYTES.findall(slots)):
        return None
    found = slots.decode()
    if "\ufffe" in found or "\uffff" in found:
        return None
    parts = found.split("\0") if cuts or more else []
    return (markup, parts) if len(parts) == len(cuts) + len(more) else None


def _whole(part: bytes, meaning: _Meaning, budget: Budget) -> tuple[list[str], _Pattern]:
    """Read all of a sheet: its slots, and the pattern that says what they are."""
    if len(part.translate(None, _CONTROLS)) < len(part):
        raise OddShapeError("control character")
    xml = _text_of(part)
    start, end = xml.find("<sheetData>"), xml.find("</sheetData>")
    if start < 0 or end < 0:
        start = end = xml.index("<sheetData/>")
    head, rows, tail = xml[:start], xml[start:end], xml[end:]
    cells = rows.count("<c")
    budget.spend_cells(cells)
    pieces = _CELL.split(rows)
    rest = "".join(pieces[::_STRIDE])
    _require_plain(head + rest + tail)
    if len(pieces) // _STRIDE != cells:
        raise OddShapeError("cell")
    # Of what the pattern lets through, only these may not be well-formed.
    rich = any(pieces[_STRIDE - 1 :: _STRIDE])
    if rich or ("&" in rows and rows.count("&") > len(_ENTITY.findall(rows))):
        _require_plain(xml)
    if "]]>" in rows or "\ufffe" in rows or "\uffff" in rows:
        raise OddShapeError("text")
    frame = Shape()
    _read_hidden(head, rest, frame)
    places = _read_merged(tail, frame, budget)
    slots, pattern = _read_cells(pieces, frame, meaning)
    pattern.cost = cells + places
    return slots, pattern


def _read_hidden(head: str, rows: str, frame: Shape) -> None:
    for column in (_attributes(text) for text in _COLUMN.findall(head) if "hidden" in text):
        if column.get("hidden") in ("1", "true"):
            frame.hidden_columns.update(range(int(column["min"]), min(int(column["max"]), 16384) + 1))
    for row in (_attributes(text) for text in _ROW.findall(rows) if "hidden" in text):
        if row.get("hidden") in ("1", "true"):
            frame.hidden_rows.add(int(row["r"]))


def _read_merged(tail: str, frame: Shape, budget: Budget) -> int:
    """Read the merged cells; return how many places they cover."""
    covered = 0
    for left, top, right, bottom in _MERGE.findall(tail):
        place = (int(top), _column(left), int(bottom), _column(right))
        places = max(place[2] - place[0] + 1, 1) * max(place[3] - place[1] + 1, 1)
        budget.spend_cells(places)
        covered += places
        frame.merged.append(place)
    if tail.count("<mergeCell ") != len(frame.merged):
        raise OddShapeError("mergeCell")
    return covered


def _read_cells(pieces: list[str], frame: Shape, meaning: _Meaning) -> tuple[list[str], _Pattern]:
    """Read the cells that have been taken out of a sheet."""
    formulas = frame.formulas
    shared: dict[str, tuple[str, int, int]] = {}
    pattern = _Pattern(meaning.dates, meaning.epoch, [], [], [], frame, 0)
    values: list[str] = []
    texts: list[str] = []
    inline: list[tuple[int, int, tuple[int, int]]] = []
    groups: Iterator[tuple[str | None, ...]] = zip(
        *(pieces[n::_STRIDE] for n in range(1, _STRIDE)), strict=True
    )
    for letters, number, style, kind, f_attributes, formula, value, text, rich in groups:
        if value is None and text is None and f_attributes is None and rich is None:
            continue  # only a style
        place = (int(number or 0), _column(letters or ""))
        if f_attributes is not None:
            formulas[place] = _formula(f_attributes, formula, place, shared)
        if value is not None:
            if kind == "inlineStr":
                raise OddShapeError("value of a text")
            if kind in (None, "n") and style not in meaning.dates:
                pattern.figures.append((len(values), place))
            else:
                pattern.others.append((len(values), place, kind, style))
            values.append(value)
        if text is not None or rich is not None:
            if kind != "inlineStr":
                raise OddShapeError("text of a value")
            first = len(texts)
            texts += [text] if text is not None else _texts(rich or "")
            inline.append((first, len(texts), place))
    count = len(values)
    pattern.texts = [(first + count, last + count, place) for first, last, place in inline]
    frame.figures = tuple(place for _, place in pattern.figures)
    return values + texts, pattern


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
