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
and kept (:class:`Pattern`); of the next sheet only the values are read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import TypeVar
from xml.parsers.expat import ExpatError, ParserCreate

from ..opc.package import Part
from .formulas import column_number, shift
from .limits import Budget
from .markup import unescaped
from .results import Shape, SheetData
from .sheetpattern import (
    Meaning,
    OddShapeError,
    Pattern,
    another_book,
    cut_texts,
    cut_values,
    known_pattern,
    remember_pattern,
    shared_strings,
)

__all__ = ["OddShapeError", "read_book"]

T = TypeVar("T")


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
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_NO_DATES: frozenset[str] = frozenset()
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
    except (LookupError, ValueError, OverflowError) as error:
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


def _attributes(text: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text)
    if text.count('"') != 2 * len(found):
        raise OddShapeError("attribute")  # one the pattern does not see: ``state= "hidden"``
    return {name: unescaped(value) for name, value in found}


def _sheets(parts: Mapping[str, bytes], budget: Budget) -> Iterator[SheetData]:
    targets = _kept(parts["xl/_rels/workbook.xml.rels"], "targets", _targets)
    listed, from_1904 = _kept(parts["xl/workbook.xml"], "sheets", _listed)
    meaning = Meaning([], _NO_DATES, from_1904, another_book())
    if "xl/sharedStrings.xml" in parts:
        meaning.strings = _shared_strings(parts["xl/sharedStrings.xml"])
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


def _listed(xml: str) -> tuple[list[tuple[str, str, str]], bool]:
    """Return name, state and relation of each sheet, and whether days count from 1904 on."""
    if "<workbook" not in xml:
        raise OddShapeError("workbook")
    from_1904 = 'date1904="1"' in xml or 'date1904="true"' in xml
    listed = xml[xml.index("<sheets>") : xml.index("</sheets>")]
    sheets = _SHEET.findall(listed)
    if len(sheets) != listed.count("<sheet") - 1:
        raise OddShapeError("sheet")
    return [(s["name"], s.get("state", "visible"), s["r:id"]) for s in map(_attributes, sheets)], from_1904


def _shared_strings(part: bytes) -> list[str]:
    """Return the texts that cells share; of most only what is not just a text is parsed (0.35 instead of 1.9 ms)."""
    kept = part.kept if isinstance(part, Part) else {}
    if "strings" not in kept and (found := shared_strings(part)):
        rest, strings = found
        # The texts of the others have been cut out, so that their ends stand alone.
        _require_plain(_text_of(rest.replace(b"</t>", b"")))
        kept["strings"] = strings
        return strings
    return _kept(part, "strings", _strings)


def _strings(xml: str) -> list[str]:
    items = [_text(m[1] or "") for m in _ITEM.finditer(xml)]
    if len(items) != xml.count("<si"):
        raise OddShapeError("sharedStrings")
    return items


def _text(xml: str) -> str:
    """The text of a string item, rich or plain, without its reading aid."""
    return unescaped("".join(_texts(xml)))


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


def _sheet(part: bytes, meaning: Meaning, budget: Budget) -> tuple[Shape, list[object]]:
    """Read one sheet: as an earlier one if it is the same, by its pattern if that is known, else whole."""
    kept = part.kept if isinstance(part, Part) else {}
    if "sheet" in kept:
        dates, from_1904, cost, shape, numbers = kept["sheet"]
        if (dates, from_1904) == (meaning.dates, meaning.from_1904):
            budget.spend_cells(cost)
            return shape, numbers
    slots, pattern, again = _by_pattern(part, meaning, budget)
    shape, numbers = pattern.read(slots, meaning, again=again)
    if not pattern.strings:
        kept["sheet"] = (meaning.dates, meaning.from_1904, pattern.cost, shape, numbers)
    return shape, numbers


def _by_pattern(part: bytes, meaning: Meaning, budget: Budget) -> tuple[list[str], Pattern, bool]:
    """Return a sheet's slots and its pattern; whether it was known by its markup, or all had to be read."""
    # Nothing can be known, and nothing has to be kept, of the only workbook of a process: 5 % of reading it.
    values = cut_values(part) if meaning.again else None
    pattern = known_pattern(values[0], meaning) if values else None
    if values and pattern:
        budget.spend_cells(pattern.cost)
        return values[1], pattern, True
    texts = cut_texts(values[0]) if values else None
    pattern = known_pattern(texts[0], meaning) if texts else None
    if values and texts and pattern:
        budget.spend_cells(pattern.cost)
        slots = values[1] + texts[1]
        remember_pattern(values[0], partial(pattern.with_texts, slots))
        return slots, pattern, True
    slots, pattern = _whole(part, meaning, budget)
    if values and texts and values[1] + texts[1] == slots:
        remember_pattern(texts[0], lambda: pattern)
    return slots, pattern, False


def _whole(part: bytes, meaning: Meaning, budget: Budget) -> tuple[list[str], Pattern]:
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


def _read_cells(pieces: list[str], frame: Shape, meaning: Meaning) -> tuple[list[str], Pattern]:
    """Read the cells that have been taken out of a sheet."""
    formulas = frame.formulas
    shared: dict[str, tuple[str, int, int]] = {}
    pattern = Pattern(meaning.dates, meaning.from_1904, [], [], [], [], False, frame)
    numbers: list[tuple[int, int]] = []
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
                pattern.figures.append(len(values))
                numbers.append(place)
            elif kind == "s":
                pattern.strings.append((len(values), place))
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
    pattern.plain_texts = bool(inline) and all(last - first == 1 for first, last, _ in inline)
    frame.numbers = tuple(numbers)
    # Where a text will stand.
    places = [place for *_, place in pattern.texts]
    places += [place for _, place, _, _ in pattern.others] + [place for _, place in pattern.strings]
    frame.texts = dict.fromkeys(places)
    if len({*places, *numbers}) < len(places) + len(numbers):
        raise OddShapeError("a cell twice")
    slots = values + texts
    return unescaped("\0".join(slots)).split("\0") if slots else slots, pattern


def _formula(
    attributes: str, text: str | None, place: tuple[int, int], shared: dict[str, tuple[str, int, int]]
) -> str:
    """A formula with its ``=``; one shared with other cells is moved to this one."""
    formula = "=" + unescaped(text or "")
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
