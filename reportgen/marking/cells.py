"""Cells of a sheet's XML: found, made where they are missing, removed again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from lxml import etree

from ..opc.parts import REL, Element, Parts, main
from ..sources.base import column_letters, column_number

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]*)")
_AFTER_LEGACY_DRAWING = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "extLst",
)  # fmt: skip


def split_address(address: str) -> tuple[int, int]:
    """Return row and column of ``D4`` or ``$D$4``; ValueError if it is not an address."""
    match = _ADDRESS.fullmatch(address)
    if not match:
        raise ValueError(address)
    return int(match[2]), column_number(match[1])


class SheetCells:
    """The cells of one worksheet part, by row and column."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.data = root.find(main("sheetData"))
        self.columns = root.findall(f"{main('cols')}/{main('col')}")
        self.rows: dict[int, Element] = {}
        self.at: dict[tuple[int, int], Element] = {}
        row_number = 0
        for row in self.data.iterfind(main("row")):
            # Row and cell numbers may be left out: then one follows the other.
            row_number = int(row.get("r") or row_number + 1)
            self.rows[row_number] = row
            column = 0
            for cell in row.iterfind(main("c")):
                address = cell.get("r")
                column = split_address(address)[1] if address else column + 1
                self.at[row_number, column] = cell

    def get_or_make(self, row: int, column: int) -> tuple[Element, str]:
        """Return a cell and what had to be made: ``""``, ``cell``, or ``row`` (row and cell)."""
        cell = self.at.get((row, column))
        if cell is not None:
            return cell, ""
        made, line = "cell", self.rows.get(row)
        if line is None:
            made, line = "row", etree.Element(main("row"), r=str(row))
            above = [n for n in self.rows if n < row]
            self.data.insert(self.data.index(self.rows[max(above)]) + 1 if above else 0, line)
            self.rows[row] = line
        cell = etree.Element(main("c"), r=f"{column_letters(column)}{row}")
        if style := self._default_style(line, column):
            cell.set("s", str(style))
        left = [c for r, c in self.at if r == row and c < column]
        line.insert(line.index(self.at[row, max(left)]) + 1 if left else 0, cell)
        self.at[row, column] = cell
        return cell, made

    def _default_style(self, row: Element, column: int) -> int:
        if row.get("customFormat") in ("1", "true"):
            return int(row.get("s", "0"))
        for one in self.columns:
            if int(one.get("min", "0")) <= column <= int(one.get("max", "0")):
                return int(one.get("style", "0"))
        return 0

    def drop_if_made(self, row: int, column: int, made: str) -> None:
        """Remove a cell made for a mark, if it is still empty; its row too if made with it."""
        cell = self.at.get((row, column))
        if cell is None or len(cell) or not made:
            return
        line = cell.getparent()
        line.remove(cell)
        del self.at[row, column]
        if made == "row" and not len(line) and set(line.attrib) <= {"r", "spans"}:
            line.getparent().remove(line)
            del self.rows[row]

    def highest_style(self) -> int:
        """Return the highest style number that a cell, row or column uses."""
        styles = [int(e.get("s", "0")) for e in (*self.at.values(), *self.rows.values())]
        return max([*styles, *(int(e.get("style", "0")) for e in self.columns)], default=0)

    def set_legacy_drawing(self, relation_id: str) -> None:
        """Point at the drawing of the notes, in its place among the sheet's elements."""
        tag = main("legacyDrawing")
        element = self.root.find(tag)
        if element is None:
            element = etree.Element(tag)
            after = {main(name) for name in _AFTER_LEGACY_DRAWING}
            at = next((n for n, child in enumerate(self.root) if child.tag in after), len(self.root))
            self.root.insert(at, element)
        element.set(f"{{{REL}}}id", relation_id)


class SheetEntry(msgspec.Struct, frozen=True):
    """A sheet as the workbook lists it."""

    name: str
    part: str
    element: Element


class Book:
    """The sheets of a workbook, opened once."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.list = parts.workbook.find(main("sheets"))
        self.view = parts.workbook.find(f"{main('bookViews')}/{main('workbookView')}")
        self._open: dict[str, SheetCells] = {}

    def entries(self) -> Iterator[SheetEntry]:
        """Yield the worksheets, in order; chart sheets and what is lost are left out."""
        for element in self.list:
            part = self.parts.by_id(self.parts.workbook_name, element.get(f"{{{REL}}}id", ""))
            if part in self.parts and self.parts.tree(part).tag == main("worksheet"):
                yield SheetEntry(element.get("name", ""), part, element)

    def cells(self, part: str) -> SheetCells:
        if part not in self._open:
            self._open[part] = SheetCells(self.parts.tree(part))
        return self._open[part]
