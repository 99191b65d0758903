"""Where the figures of the form stand in the standard workbook, and how formulas point at them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from openpyxl.utils import get_column_letter, quote_sheetname

from ..form import Form, Table

TABLE_TOP = 2
"""Sheet rows above the first row of a prescribed table: heading and status."""


class Places(msgspec.Struct, frozen=True):
    """Cell id → (row, column) on the sheet of its table."""

    at: dict[str, tuple[int, int]]
    sheet: dict[str, str]

    def address(self, cell: str) -> str:
        """Return the address of a figure on its sheet: ``D6``."""
        row, column = self.at[cell]
        return f"{get_column_letter(column)}{row}"

    def areas(self, cells: Iterable[str]) -> list[tuple[str, int, int, int, int]]:
        """Cover cells by few rectangles ``(sheet, top, left, bottom, right)``, exactly."""
        rows: dict[tuple[str, int], list[int]] = {}
        for cell in cells:
            row, column = self.at[cell]
            rows.setdefault((self.sheet[cell], row), []).append(column)
        strips: list[tuple[str, int, int, int, int]] = []
        for (sheet, row), columns in sorted(rows.items()):
            for left, right in _runs(columns):
                above = (sheet, row - 1, left, right)
                for n, (s, top, a, bottom, b) in enumerate(strips):
                    if (s, bottom, a, b) == above:
                        strips[n] = (s, top, a, row, b)
                        break
                else:
                    strips.append((sheet, row, left, row, right))
        return strips

    def ranges(self, cells: Iterable[str], *, full: bool = False, fixed: bool = False) -> list[str]:
        """Return ranges such as ``D4:D5``; ``full`` adds the sheet, ``fixed`` the dollar signs."""
        found = []
        for sheet, top, left, bottom, right in self.areas(cells):
            a, b = ((f"${get_column_letter(c)}${r}" if fixed else f"{get_column_letter(c)}{r}")
                    for r, c in ((top, left), (bottom, right)))  # fmt: skip
            text = a if a == b else f"{a}:{b}"
            found.append(f"{quote_sheetname(sheet)}!{text}" if full else text)
        return found

    def total(self, cells: Iterable[str], *, full: bool = False, fixed: bool = False) -> str:
        """Return ``SUM(…)`` over cells; text in them is left out by Excel, WPS and LibreOffice alike."""
        return f"SUM({','.join(self.ranges(cells, full=full, fixed=fixed))})"


def _runs(columns: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for column in sorted(columns):
        if runs and runs[-1][1] == column - 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs


def places(form: Form) -> Places:
    """Return the places of all figures of a form."""
    at: dict[str, tuple[int, int]] = {}
    sheet: dict[str, str] = {}
    for table in form.tables:
        for cell in table.layout:
            if cell.cell:
                at[cell.cell] = (cell.row + TABLE_TOP, cell.column)
                sheet[cell.cell] = table.id
    return Places(at, sheet)


def register_place(table: Table, at: tuple[int, int]) -> tuple[int, int]:
    """Return row and column of the register's entry for the figure at ``at``: right of the table, or below a wide one."""
    if any(block.wide for block in table.blocks):
        # Well below: while the figures are empty, a reader that allows for inserted rows goes on down.
        return table.height + TABLE_TOP + 4, at[1]
    return at[0], table.width + 2
