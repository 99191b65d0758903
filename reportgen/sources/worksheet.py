"""One worksheet of an .xlsx file → its cells (ECMA-376 part 1, 18.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse

from msgspec.structs import replace

from ..memory import remembered
from .base import BY_PLACE, Cells, GridCell, Place, Row, column_letters, column_number, columns_in
from .contents import NOTHING, Content, Look, Piece, String, Values, decoded, seen, told
from .formulas import shift
from .runs import A_DOT, BLACK, LOWERED, RAISED, STRUCK, UNSEEN, WHITE

_NAMESPACES = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
"""Of SpreadsheetML, transitional and strict."""
_TOP = re.compile(rb"(?:<\?xml[^<>]*\?>\s*)?<worksheet\s[^<>]*>")
_ONE_PLACE = (1, 1)
_FALSE = ("0", "false", "")
_NOTHING = re.compile(r"0+(?:\.0*)?")
_SHIFTS = {"superscript": RAISED, "subscript": LOWERED}
_KNOWN_COLOURS = {
    "theme": {"0": WHITE, "1": BLACK},
    "indexed": {"0": BLACK, "1": WHITE, "8": BLACK, "9": WHITE, "64": BLACK, "65": WHITE},
}
"""By scheme and number (18.8.27, 20.1.6.2): what almost every theme and window has as paper and ink."""


def parse_main(xml: bytes) -> tuple[Element, str]:
    """Parse a part of a workbook; return its root, and the namespace of its elements, ``{…}``.

    Entities are no danger: parts that declare any have been refused when they were unpacked.

    Raises:
        ParseError: not well-formed.
        ValueError: in neither variant of the format.
    """
    root = fromstring(xml)
    namespace = root.tag[: root.tag.find("}") + 1]
    if namespace not in _NAMESPACES:
        raise ValueError(root.tag)
    return root, namespace


def string_of(item: Element, namespace: str) -> String:
    """Return a string without its reading aids, in one piece or in several that differ in their fonts."""
    text = f"{namespace}t"
    if len(item) == 1 and item[0].tag == text:
        return decoded(item[0].text or "")
    run, pieces = f"{namespace}r", []
    for part in item:
        piece = part if part.tag == text else part.find(text) if part.tag == run else None
        if piece is not None:
            pieces.append(_piece(decoded(piece.text or ""), part.find(f"{namespace}rPr"), namespace))
    return tuple(pieces)


def _piece(text: str, font: Element | None, namespace: str) -> Piece:
    if font is None:
        return Piece(text)
    shift = font.find(f"{namespace}vertAlign")
    mark = "" if shift is None else _SHIFTS.get(shift.get("val", ""), "")
    mark = STRUCK if is_on(font.find(f"{namespace}strike")) else UNSEEN if is_tiny(font, namespace) else mark
    return Piece(text, mark, colour_of(font.find(f"{namespace}color"), BLACK))


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


@remembered(24)
def read_worksheet(xml: bytes, values: Values) -> tuple[Cells, int]:
    """Read the cells of a worksheet.

    Args:
        xml: the part.
        values: what its cells refer to.

    Returns:
        those with content and merged ones, with the results stored with formulas; how many places they cover.

    Raises:
        ParseError, ValueError, LookupError, OverflowError: damaged.
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
    for place, one in (dict.fromkeys(spans, NOTHING) | contents).items():
        row, column = place
        height, width = spans.get(place, _ONE_PLACE)
        hidden = one.hidden or row in hidden_rows or column in hidden_columns
        address = f"{column_letters(column)}{row}"
        cells.append(
            GridCell(
                row, column, one.value, height, width, address, one.formula, "", hidden, None, one.beside, one.shown
            )
        )
    places = len(cells) + sum(height * width for height, width in spans.values())
    return Cells(sorted(cells, key=BY_PLACE)), places


def _parsed(xml: bytes) -> tuple[Element, str]:
    """Parse a worksheet as :func:`parse_main` does.

    What stands below its cells is half of a form's sheet, and the same in all workbooks of one blank one.
    """
    top, (above, end, below) = _TOP.match(xml), xml.partition(b"</sheetData>")
    if top and below:
        with suppress(
            ParseError, ValueError
        ):  # these are no halves (the cut is in a comment, in another element …), or damaged
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
        ParseError, ValueError, LookupError, OverflowError: damaged.
    """
    number = 0
    for _, element in iterparse(BytesIO(xml)):
        namespace, _, name = element.tag.rpartition("}")
        if name == "row":
            number = int(element.get("r") or number + 1)
            contents = _contents([(number, element)], f"{namespace}}}", values)
            yield {column: content.value for (_, column), content in contents.items() if content.value is not None}
            element.clear()


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
    reader = _Reader(ns, values)
    found: dict[Place, Content] = {}
    for number, row in rows:
        place = (number, 0)
        for cell in row:
            address = cell.get("r")
            place = _place(address) if address else (number, place[1] + 1)
            if len(cell) and (content := reader.content(cell, place)) != NOTHING:
                found[place] = content
            else:  # only its style: most cells of a form
                found.pop(place, None)
    return found


class _Reader:
    """Reads the cells of one worksheet."""

    def __init__(self, ns: str, values: Values) -> None:
        self.ns, self.values = ns, values
        self.stored, self.formula, self.inline = f"{ns}v", f"{ns}f", f"{ns}is"
        self.shared: dict[str, tuple[str, Place]] = {}
        """The formulas that several cells share, by id, with the place each was written for."""
        self.looks: dict[str, tuple[Look | None, bool]] = {}
        """Of the cells so far."""

    def content(self, cell: Element, place: Place) -> Content:
        """Return what a cell holds."""
        content, formula = NOTHING, ""
        kind, style = cell.get("t", "n"), cell.get("s", "0")
        look, hides = self.looks.get(style) or self.looks.setdefault(style, self.values.look(style))
        for part in cell:
            tag = part.tag
            if tag == self.formula:
                formula = _formula(part, place, self.shared)
            elif tag == self.stored and kind != "inlineStr":
                if part.text:
                    content = self.values.content(kind, look, part.text)
                elif kind == "str":
                    content = Content("")
            elif tag == self.inline and kind == "inlineStr":
                content = told(string_of(part, self.ns), look)
        if formula:
            content = replace(content, formula=formula)
        return seen(content, look) if look and hides else content


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
