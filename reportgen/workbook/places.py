"""Where the figures of the form stand in the standard workbook, and how formulas point at them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from ..form import Form, Table

__all__ = ["TABLE_TOP", "Places", "letter", "places", "quoted"]

TABLE_TOP = 2
"""Sheet rows above the first row of a prescribed table: heading and status."""


@lru_cache(maxsize=256)
def letter(column: int) -> str:
    """Return the letters of a 1-based column."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def quoted(sheet: str) -> str:
    """Return a sheet name as it stands in a formula."""
    return "'" + sheet.replace("'", "''") + "'"


class Places(msgspec.Struct, frozen=True):
    """Cell id → (row, column) on the sheet of its table."""

    at: dict[str, tuple[int, int]]
    sheet: dict[str, str]

    def address(self, cell: str) -> str:
        row, column = self.at[cell]
        return f"{letter(column)}{row}"

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
            a, b = ((f"${letter(c)}${r}" if fixed else f"{letter(c)}{r}")
                    for r, c in ((top, left), (bottom, right)))  # fmt: skip
            text = a if a == b else f"{a}:{b}"
            found.append(f"{quoted(sheet)}!{text}" if full else text)
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
                sheet[cell.cell] = sheet_name(table)
    return Places(at, sheet)


def sheet_name(table: Table) -> str:
    return table.id
