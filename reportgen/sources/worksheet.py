"""One worksheet of an .xlsx file → its cells (ECMA-376 part 1, 18.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import itemgetter
from xml.etree.ElementTree import Element, ParseError, fromstring

from .base import GridCell, Place, column_letters, column_number, columns_in
from .formulas import shift
from .limits import Budget

__all__ = ["Convert", "parse", "parse_main", "read_worksheet", "string_of"]

Convert = Callable[[str, str, str], object]
"""Kind (attribute ``t``), style (attribute ``s``) and stored text of a cell → its value."""

_Content = tuple[object, str]
"""Value and formula of a cell."""

_NAMESPACES = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
"""Of SpreadsheetML, transitional and strict."""
_EMPTY: _Content = (None, "")
_ONE_PLACE = (1, 1)
_PLACE = itemgetter(0, 1)
_FALSE = ("0", "false", "")


def parse(xml: bytes, budget: Budget) -> Element:
    """Parse an XML part and return its root.

    Entities are no danger: parts that declare any have been refused when they were unpacked.

    Raises:
        ValueError: not well-formed.
        InputError: too large.
    """
    budget.spend_tags(xml.count(b"<"))
    try:
        return fromstring(xml)
    except ParseError as error:
        raise ValueError(str(error)) from error


def parse_main(xml: bytes, budget: Budget) -> tuple[Element, str]:
    """Parse a part of a workbook; return its root, and the namespace of its elements, ``{…}``.

    Raises:
        ValueError: not well-formed, or in neither variant of the format.
        InputError: too large.
    """
    root = parse(xml, budget)
    namespace = root.tag[: root.tag.find("}") + 1]
    if namespace not in _NAMESPACES:
        raise ValueError(root.tag)
    return root, namespace


def string_of(item: Element, namespace: str) -> str:
    """Return the text of a string, in one piece or several, without its reading aids."""
    text, runs = f"{namespace}t", f"{namespace}r"
    pieces = (part if part.tag == text else part.find(text) for part in item if part.tag in (text, runs))
    return "".join([piece.text or "" for piece in pieces if piece is not None])


def read_worksheet(xml: bytes, convert: Convert, budget: Budget) -> tuple[GridCell, ...]:
    """Read the cells of a worksheet that hold something or are merged, row by row from left to right.

    Values are those typed, and the results stored with formulas.

    Args:
        xml: the part.
        convert: makes a value of what a cell stores.
        budget: pays for cells and for places under merged cells.

    Raises:
        ValueError, LookupError: damaged.
        InputError: beyond the limits.
    """
    root, ns = parse_main(xml, budget)
    data = root.find(f"{ns}sheetData")
    if data is None:
        raise ValueError("no cells")
    budget.spend_cells(sum(map(len, data)))
    spans = dict(_spans(root.iterfind(f"{ns}mergeCells/{ns}mergeCell"), budget))
    contents = dict.fromkeys(spans, _EMPTY)
    hidden_columns = _hidden_columns(root.iterfind(f"{ns}cols/{ns}col"))
    hidden_rows = _read_rows(data, _Reader(ns, convert), contents)
    cells = []
    for place, (value, formula) in contents.items():
        if value is not None or formula or place in spans:
            row, column = place
            height, width = spans.get(place, _ONE_PLACE)
            hidden = row in hidden_rows or column in hidden_columns
            address = f"{column_letters(column)}{row}"
            cells.append(GridCell(row, column, value, height, width, address, formula, "", hidden))
    return tuple(sorted(cells, key=_PLACE))


def _read_rows(data: Element, reader: _Reader, contents: dict[Place, _Content]) -> set[int]:
    """Put what the cells hold into ``contents``, and return the hidden rows.

    Where addresses are left out, a row is below the row before it, and a cell beside the cell before
    it.  Of a cell that stands there twice, the last counts.
    """
    hidden: set[int] = set()
    number = 0
    for row in data:
        number = int(row.get("r") or number + 1)
        if row.get("hidden", "0") not in _FALSE:
            hidden.add(number)
        place = (number, 0)
        for cell in row:
            reference = cell.get("r")
            place = _place(reference) if reference else (number, place[1] + 1)
            if len(cell):
                contents[place] = reader.content(cell, place)
            elif place in contents:
                contents[place] = _EMPTY  # only a style
    return hidden


class _Reader:
    """Reads the cells of one worksheet."""

    def __init__(self, namespace: str, convert: Convert) -> None:
        self.namespace, self.convert = namespace, convert
        self.value, self.formula, self.inline = (f"{namespace}{name}" for name in ("v", "f", "is"))
        self.shared: dict[str, tuple[str, Place]] = {}
        """Formulas that several cells share, with the place each was written for, by id."""

    def content(self, cell: Element, place: Place) -> _Content:
        """Return value and formula of a cell."""
        kind = cell.get("t", "n")
        value: object = None
        if kind == "inlineStr":
            item = cell.find(self.inline)
            value = None if item is None else string_of(item, self.namespace)
        elif text := cell.findtext(self.value):
            value = self.convert(kind, cell.get("s", "0"), text)
        element = cell.find(self.formula)
        return value, "" if element is None else self._formula(element, place)

    def _formula(self, element: Element, place: Place) -> str:
        """Return a formula with its ``=``; one shared with other cells is moved to this one."""
        text = element.text or ""
        if element.get("t") == "shared":
            id_ = element.get("si", "")
            if text:
                self.shared[id_] = (f"={text}", place)
            elif id_ in self.shared:
                formula, (row, column) = self.shared[id_]
                return shift(formula, place[0] - row, place[1] - column)
        return f"={text}"


def _spans(ranges: Iterator[Element], budget: Budget) -> Iterator[tuple[Place, tuple[int, int]]]:
    """Yield the place of each merged cell, and how many rows and columns it covers."""
    for element in ranges:
        first, _, last = element.attrib["ref"].replace("$", "").partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        height, width = bottom - top + 1, right - left + 1
        if height < 1 or width < 1:
            raise ValueError(element.attrib["ref"])
        budget.spend_cells(height * width)
        yield (top, left), (height, width)


def _hidden_columns(columns: Iterator[Element]) -> set[int]:
    hidden = (c for c in columns if c.get("hidden", "0") not in _FALSE)
    return columns_in((int(c.attrib["min"]), int(c.attrib["max"])) for c in hidden)


@lru_cache(maxsize=4096)
def _place(address: str) -> Place:
    """Return the place that an address like ``D4`` names; ValueError if it names none."""
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :]), column_number(letters)
