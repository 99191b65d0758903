"""One worksheet of an .xlsx file → its cells (ECMA-376 part 1, 18.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from math import isfinite
from operator import itemgetter
from typing import NamedTuple, TypeAlias
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse

from ..memory import remembered
from ..model.numbers import MAX_DIGITS, Number, exact
from .base import BEYOND_CALENDAR, Cells, GridCell, Place, Row, column_letters, column_number, columns_in
from .formulas import shift
from .numberformats import date_of, iso_date, shown_date, shown_number
from .runs import A_DOT, BLACK, LOWERED, RAISED, STRUCK, UNSEEN, WHITE, Run, is_seen, only_unseen, told_apart

TRUTH = {"1": True, "true": True, "0": False, "false": False}
"""How XML writes truth values."""
_NAMESPACES = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
"""Of SpreadsheetML, transitional and strict."""
_TOP = re.compile(rb"(?:<\?xml[^<>]*\?>\s*)?<worksheet\s[^<>]*>")
_ONE_PLACE = (1, 1)
_PLACE = itemgetter(0, 1)
_FALSE = ("0", "false", "")
_NOTHING = re.compile(r"0+(?:\.0*)?")
_BY_NUMBER = re.compile("(?:_x[0-9A-Fa-f]{4}_)+")
_SHIFTS = {"superscript": RAISED, "subscript": LOWERED}
_KNOWN_COLOURS = {
    "theme": {"0": WHITE, "1": BLACK},
    "indexed": {"0": BLACK, "1": WHITE, "8": BLACK, "9": WHITE, "64": BLACK, "65": WHITE},
}
"""By scheme and number (18.8.27, 20.1.6.2): what almost every theme and window has as paper and ink."""


class Look(NamedTuple):
    """What a cell style says of how a value is shown."""

    kind: str = ""
    """``date`` or ``duration`` if it shows a number as such."""
    code: str = ""
    """Of the number format; ``""`` if it has none or it is not known."""
    struck: bool = False
    """The cell's font is struck out."""
    unseen: bool = False
    """The cell's font cannot be seen: it has the colour of what is behind it, or no size."""
    behind: str = WHITE
    """The colour of what is behind the text; ``""`` if it is not known."""

    @property
    def hides_text(self) -> bool:
        """Whether the number format shows nothing of a text, as ``;;;`` does."""
        return self.code.endswith(";") and self.code.count(";") == 3


class Content(NamedTuple):
    """What a cell holds; see :class:`~.base.GridCell`."""

    value: object = None
    formula: str = ""
    shown: str | None = ""
    beside: str = ""
    hidden: bool = False
    """By its number format or font."""
    mixed: bool = False
    """Its text is of several fonts, whose looks are in ``beside`` and ``hidden``."""


_EMPTY = Content()


class Piece(NamedTuple):
    """Text of one font in a cell."""

    text: str
    mark: str = ""
    """As of :class:`~.runs.Run`."""
    colour: str | None = None
    """None: the piece has the cell's own font."""


String: TypeAlias = str | tuple[Piece, ...]
"""A text of one font, or the pieces of one of several."""


class Values(NamedTuple):
    """What the cells of a workbook refer to."""

    strings: tuple[String, ...]
    """The texts that cells share, by number."""
    looks: tuple[Look, ...]
    """The cell styles by number."""
    from_1904: bool
    """Days count from 1904-01-01 on, not from 1899-12-30."""

    def content(self, kind: str, look: Look | None, text: str) -> Content:
        """Return what a cell stores as text.

        Args:
            kind: attribute ``t`` of the cell.
            look: its style, None if there is none of its number.
            text: not empty.

        Raises:
            ValueError, LookupError, OverflowError: it is not what its kind promises.
        """
        if kind == "s":
            return told(self.strings[_natural(text)], look)
        if kind in ("str", "e"):
            return Content(_decoded(text))
        if kind == "b":
            return Content(TRUTH[text.strip()])
        if look is None:
            raise LookupError(kind)
        if kind == "n":
            return self.number(look, _number(text))
        if kind == "d":
            date = iso_date(text)
            return Content(date, shown=shown_date(date, look.code))
        raise ValueError(kind)

    def number(self, look: Look, number: Number) -> Content:
        """Return a number, or the date that it is shown as."""
        if look.kind:
            date = date_of(float(number), look.kind, from_1904=self.from_1904)
            if date is not None:
                return Content(date, shown=shown_date(date, look.code))
            return Content(number, shown=BEYOND_CALENDAR)
        return Content(number, shown=shown_number(number, look.code) if look.code else "")

    def look(self, style: str) -> tuple[Look | None, bool]:
        """Return a cell style, None if there is none of this number, and whether it may hide what a cell holds."""
        try:
            look = self.looks[_natural(style)]
        except (ValueError, LookupError):
            return None, False
        return look, look.struck or look.unseen or look.hides_text


def _natural(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _number(text: str) -> Number:
    if text.isdecimal() and len(text) <= MAX_DIGITS:
        return int(text)
    number = float(text)
    if not isfinite(number) or "_" in text:
        raise ValueError(text)
    return exact(number)


class Worksheet(NamedTuple):
    """What a worksheet holds."""

    cells: Cells
    """Those with content and merged ones, row by row from left to right; with the results stored
    with formulas."""
    places: int
    """How many places they cover."""


def parse(xml: bytes) -> Element:
    """Parse an XML part and return its root.

    Entities are no danger: parts that declare any have been refused when they were unpacked.

    Raises:
        ValueError: not well-formed.
    """
    try:
        return fromstring(xml)
    except ParseError as error:
        raise ValueError(str(error)) from error


def parse_main(xml: bytes) -> tuple[Element, str]:
    """Parse a part of a workbook; return its root, and the namespace of its elements, ``{…}``.

    Raises:
        ValueError: not well-formed, or in neither variant of the format.
    """
    root = parse(xml)
    namespace = root.tag[: root.tag.find("}") + 1]
    if namespace not in _NAMESPACES:
        raise ValueError(root.tag)
    return root, namespace


def string_of(item: Element, namespace: str) -> String:
    """Return a string without its reading aids, in one piece or in several that differ in their fonts."""
    text, run = f"{namespace}t", f"{namespace}r"
    if len(item) == 1 and item[0].tag == text:
        return _decoded(item[0].text or "")
    pieces = []
    for part in item:
        piece = part if part.tag == text else part.find(text) if part.tag == run else None
        if piece is not None:
            pieces.append(_piece(_decoded(piece.text or ""), part.find(f"{namespace}rPr"), namespace))
    return tuple(pieces)


def _piece(text: str, font: Element | None, namespace: str) -> Piece:
    if font is None:
        return Piece(text)
    shift = font.find(f"{namespace}vertAlign")
    mark = "" if shift is None else _SHIFTS.get(shift.get("val", ""), "")
    mark = STRUCK if is_on(font.find(f"{namespace}strike")) else UNSEEN if is_tiny(font, namespace) else mark
    return Piece(text, mark, colour_of(font.find(f"{namespace}color"), BLACK))


def told(string: String, look: Look | None) -> Content:
    """Return what a cell with a text holds: pieces that are struck out or unseen stand beside it.

    Where nobody sees any of it, it is all there, and hidden.
    """
    if isinstance(string, str):
        return Content(string)
    look = look or Look()
    runs = [Run(text, mark or ("" if _stands_out(colour, look) else UNSEEN)) for text, mark, colour in string]
    hidden = only_unseen(runs)
    text, beside = told_apart([Run(run.text) for run in runs] if hidden else runs, cell=True)
    return Content(text, beside=beside, hidden=hidden, mixed=True)


def _stands_out(colour: str | None, look: Look) -> bool:
    return not look.unseen if colour is None else is_seen(colour, look.behind)


def is_tiny(font: Element, namespace: str) -> bool:
    """Tell whether a font is too small to be seen."""
    size = font.find(f"{namespace}sz")
    return size is not None and float(size.get("val", "11")) <= A_DOT


def colour_of(element: Element | None, usual: str) -> str:
    """Return a colour so that equal ones are the same text; white and black in whatever way they are written."""
    if element is None or element.get("auto") in ("1", "true"):
        return usual
    if rgb := element.get("rgb"):
        return rgb[-6:].upper()
    shade = float(element.get("tint", "0"))
    for scheme, known in _KNOWN_COLOURS.items():
        if number := element.get(scheme):
            return f"{scheme} {number} {shade}" if shade else known.get(number, f"{scheme} {number} {shade}")
    return usual


def is_on(switch: Element | None) -> bool:
    """Tell whether an element that switches something on is there and does."""
    return switch is not None and switch.get("val", "1") not in _FALSE


def _decoded(text: str) -> str:
    """Return a text with the characters that are written by number: ``_x000D_`` (18.9, ST_Xstring)."""
    if "_x" not in text:
        return text

    def characters(match: re.Match[str]) -> str:
        units = "".join([chr(int(unit, 16)) for unit in re.findall("_x(....)_", match[0])])
        # Two of them may be the halves of one character; a half alone is none.
        return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    return _BY_NUMBER.sub(characters, text)


@remembered(24)
def read_worksheet(xml: bytes, values: Values) -> Worksheet:
    """Read the cells of a worksheet.

    Args:
        xml: the part.
        values: what its cells refer to.

    Raises:
        ValueError, LookupError, OverflowError: damaged.
    """
    root, ns = _parsed(xml)
    data = root.find(f"{ns}sheetData")
    if data is None:
        raise ValueError("no cells")
    rows = _numbered(data)
    hidden_rows = {number for number, row in rows if _is_hidden(row)}
    hidden_columns = _hidden_columns(root.iterfind(f"{ns}cols/{ns}col"))
    spans = dict(map(_span, root.iterfind(f"{ns}mergeCells/{ns}mergeCell")))
    contents = _contents(rows, ns, values)
    cells = []
    for (row, column), (value, formula, shown, beside, unseen, _) in (dict.fromkeys(spans, _EMPTY) | contents).items():
        height, width = spans.get((row, column), _ONE_PLACE)
        hidden = unseen or row in hidden_rows or column in hidden_columns
        address = f"{column_letters(column)}{row}"
        cells.append(GridCell(row, column, value, height, width, address, formula, "", hidden, None, beside, shown))
    places = len(cells) + sum(height * width for height, width in spans.values())
    return Worksheet(Cells(sorted(cells, key=_PLACE)), places)


def _parsed(xml: bytes) -> tuple[Element, str]:
    """Parse a worksheet as :func:`parse_main` does.

    What stands below its cells is half of a form's sheet, and the same in all workbooks of one blank one.
    """
    top, (above, end, below) = _TOP.match(xml), xml.partition(b"</sheetData>")
    if top and below:
        with suppress(ValueError):  # these are no halves (the cut is in a comment, in another element …), or damaged
            root, ns = parse_main(above + end + b"</worksheet>")
            root.extend(_below(top[0] + below))
            return root, ns
    return parse_main(xml)


@remembered(24)
def _below(xml: bytes) -> tuple[Element, ...]:
    """Return what matters of that which stands below the cells; ``xml`` is a worksheet without them."""
    root, ns = parse_main(xml)
    return tuple([element for element in root if element.tag in (f"{ns}cols", f"{ns}mergeCells")])


def read_rows(xml: bytes, values: Values) -> Iterator[Row]:
    """Read the values of a worksheet row by row, for sheets of any length.

    Args:
        xml: the part.
        values: what its cells refer to.

    Raises:
        ValueError, LookupError, OverflowError: damaged.
    """
    number = 0
    for element in _elements(xml):
        namespace, _, name = element.tag.rpartition("}")
        if name == "row":
            number = int(element.get("r") or number + 1)
            contents = _contents([(number, element)], f"{namespace}}}", values)
            yield {column: content.value for (_, column), content in contents.items() if content.value is not None}
            element.clear()


def _elements(xml: bytes) -> Iterator[Element]:
    """Yield each element when it is complete."""
    try:
        yield from (element for _, element in iterparse(BytesIO(xml)))
    except ParseError as error:
        raise ValueError(str(error)) from error


def _numbered(data: Element) -> list[tuple[int, Element]]:
    """Return the rows with their numbers; one that has none is below the row before it."""
    rows: list[tuple[int, Element]] = []
    number = 0
    for row in data:
        number = int(row.get("r") or number + 1)
        rows.append((number, row))
    return rows


def _contents(rows: Iterable[tuple[int, Element]], ns: str, values: Values) -> dict[Place, Content]:
    """Return what the cells hold that hold anything, by place.

    A cell without an address is beside the cell before it.  Of one that stands there twice, the last
    counts.
    """
    stored, formula_of, inline = f"{ns}v", f"{ns}f", f"{ns}is"
    looks: dict[str, tuple[Look | None, bool]] = {}
    shared: dict[str, tuple[str, Place]] = {}
    found: dict[Place, Content] = {}
    for number, row in rows:
        place = (number, 0)
        for cell in row:
            address = cell.get("r")
            place = _place(address) if address else (number, place[1] + 1)
            if not len(cell):  # only its style: most cells of a form
                found.pop(place, None)
                continue
            content, formula = _EMPTY, ""
            kind, style = cell.get("t", "n"), cell.get("s", "0")
            look, hides = looks.get(style) or looks.setdefault(style, values.look(style))
            for part in cell:
                if part.tag == stored:
                    if kind != "inlineStr" and part.text:
                        content = values.content(kind, look, part.text)
                    elif kind == "str":
                        content = Content("")
                elif part.tag == formula_of:
                    formula = _formula(part, place, shared)
                elif part.tag == inline and kind == "inlineStr":
                    content = told(string_of(part, ns), look)
            if formula:
                content = Content(content.value, formula, *content[2:])
            if look and hides:
                content = seen(content, look)
            if content != _EMPTY:
                found[place] = content
            else:
                found.pop(place, None)
    return found


def seen(content: Content, look: Look) -> Content:
    """Return what a cell holds as its style lets it be seen."""
    if look.struck:
        content = _struck(content)
    hidden = (look.unseen and content != _EMPTY and not content.mixed) or (
        look.hides_text and isinstance(content.value, str)
    )
    return content._replace(hidden=True) if hidden else content


def _struck(content: Content) -> Content:
    """Return what is left of a cell whose font is struck out: nothing that counts."""
    text = content.shown or ("" if content.value is None else str(content.value)) or content.formula
    return Content(beside="、".join(filter(None, (told_apart([Run(text, STRUCK)])[1], content.beside))))


def _formula(element: Element, place: Place, shared: dict[str, tuple[str, Place]]) -> str:
    """Return a formula with its ``=``; one shared with other cells is moved to this one.

    Args:
        element: holds the formula.
        place: of the cell.
        shared: the formulas that several cells share, by id, with the place each was written for.
    """
    text = element.text or ""
    if element.get("t") == "shared":
        id_ = element.get("si", "")
        if text:
            shared[id_] = (f"={text}", place)
        elif id_ in shared:
            formula, (row, column) = shared[id_]
            return shift(formula, place[0] - row, place[1] - column)
    return f"={text}"


def _span(merged: Element) -> tuple[Place, tuple[int, int]]:
    """Return the place of a merged cell, and how many rows and columns it covers."""
    first, _, last = merged.attrib["ref"].replace("$", "").partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    if bottom < top or right < left:
        raise ValueError(merged.attrib["ref"])
    return (top, left), (bottom - top + 1, right - left + 1)


def _hidden_columns(columns: Iterable[Element]) -> set[int]:
    hidden = (column for column in columns if _is_hidden(column))
    return columns_in((int(column.attrib["min"]), int(column.attrib["max"])) for column in hidden)


def _is_hidden(element: Element) -> bool:
    """Tell whether a row or column is hidden, or has no height or width left."""
    return (
        element.get("hidden", "0") not in _FALSE
        or _NOTHING.fullmatch(element.get("ht", element.get("width", ""))) is not None
    )


@lru_cache(maxsize=4096)
def _place(address: str) -> Place:
    """Return the place that an address like ``D4`` names; ValueError if it names none."""
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :]), column_number(letters)
