"""One worksheet of an .xlsx file → its cells (ECMA-376 part 1, 18.3)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import isfinite
from operator import itemgetter
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring

from ..memory import remembered
from ..model.numbers import MAX_DIGITS, Number, exact
from .base import Cells, GridCell, Place, column_letters, column_number, columns_in
from .formulas import shift
from .numberformats import date_of, iso_date

__all__ = ["TRUTH", "Values", "Worksheet", "parse", "parse_main", "read_worksheet", "string_of"]

TRUTH = {"1": True, "true": True, "0": False, "false": False}
"""How XML writes truth values."""
_NAMESPACES = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
"""Of SpreadsheetML, transitional and strict."""
_EMPTY = (None, "")
_ONE_PLACE = (1, 1)
_PLACE = itemgetter(0, 1)
_FALSE = ("0", "false", "")


class Values(NamedTuple):
    """What the cells of a workbook refer to."""

    strings: tuple[str, ...]
    """The texts that cells share, by number."""
    formats: tuple[str, ...]
    """By number of a cell style: ``date`` or ``duration`` if it shows a number as such, else ``""``."""
    from_1904: bool
    """Days count from 1904-01-01 on, not from 1899-12-30."""

    def value(self, kind: str, style: str, text: str) -> object:
        """Return the value that a cell stores as text.

        Args:
            kind: attribute ``t`` of the cell.
            style: attribute ``s``.
            text: not empty.

        Raises:
            ValueError, LookupError, OverflowError: it is not what its kind promises.
        """
        if kind == "s":
            return self.strings[_natural(text)]
        if kind == "n":
            shown = self.formats[_natural(style)]
            return date_of(float(text), shown, from_1904=self.from_1904) if shown else _number(text)
        if kind in ("str", "e"):
            return text
        if kind == "b":
            return TRUTH[text.strip()]
        if kind == "d":
            return iso_date(text)
        raise ValueError(kind)


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


def string_of(item: Element, namespace: str) -> str:
    """Return the text of a string, in one piece or several, without its reading aids."""
    text, run = f"{namespace}t", f"{namespace}r"
    if len(item) == 1 and item[0].tag == text:
        return item[0].text or ""
    pieces = [part if part.tag == text else part.find(text) for part in item if part.tag in (text, run)]
    return "".join([piece.text or "" for piece in pieces if piece is not None])


@remembered(24)
def read_worksheet(xml: bytes, values: Values) -> Worksheet:
    """Read the cells of a worksheet.

    Args:
        xml: the part.
        values: what its cells refer to.

    Raises:
        ValueError, LookupError, OverflowError: damaged.
    """
    root, ns = parse_main(xml)
    data = root.find(f"{ns}sheetData")
    if data is None:
        raise ValueError("no cells")
    rows = _numbered(data)
    hidden_rows = {number for number, row in rows if _is_hidden(row)}
    hidden_columns = _hidden_columns(root.iterfind(f"{ns}cols/{ns}col"))
    spans = dict(map(_span, root.iterfind(f"{ns}mergeCells/{ns}mergeCell")))
    contents = _contents(rows, ns, values)
    cells = []
    for (row, column), (value, formula) in (dict.fromkeys(spans, _EMPTY) | contents).items():
        height, width = spans.get((row, column), _ONE_PLACE)
        hidden = row in hidden_rows or column in hidden_columns
        address = f"{column_letters(column)}{row}"
        cells.append(GridCell(row, column, value, height, width, address, formula, "", hidden))
    places = len(cells) + sum(height * width for height, width in spans.values())
    return Worksheet(Cells(sorted(cells)), places)


def _numbered(data: Element) -> list[tuple[int, Element]]:
    """Return the rows with their numbers; one that has none is below the row before it."""
    rows: list[tuple[int, Element]] = []
    number = 0
    for row in data:
        number = int(row.get("r") or number + 1)
        rows.append((number, row))
    return rows


def _contents(rows: Iterable[tuple[int, Element]], ns: str, values: Values) -> dict[Place, tuple[object, str]]:
    """Return value and formula of the cells that have any, by place.

    A cell without an address is beside the cell before it.  Of one that stands there twice, the last
    counts.
    """
    stored, formula_of, inline = f"{ns}v", f"{ns}f", f"{ns}is"
    shared: dict[str, tuple[str, Place]] = {}
    found: dict[Place, tuple[object, str]] = {}
    for number, row in rows:
        place = (number, 0)
        for cell in row:
            address = cell.get("r")
            place = _place(address) if address else (number, place[1] + 1)
            value: object = None
            formula, kind = "", cell.get("t", "n")
            for part in cell:
                if part.tag == stored:
                    if kind != "inlineStr" and part.text:
                        value = values.value(kind, cell.get("s", "0"), part.text)
                elif part.tag == formula_of:
                    formula = _formula(part, place, shared)
                elif part.tag == inline and kind == "inlineStr":
                    value = string_of(part, ns)
            if value is not None or formula:
                found[place] = (value, formula)
            elif place in found:
                del found[place]
    return found


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
    return element.get("hidden", "0") not in _FALSE


@lru_cache(maxsize=4096)
def _place(address: str) -> Place:
    """Return the place that an address like ``D4`` names; ValueError if it names none."""
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :]), column_number(letters)
