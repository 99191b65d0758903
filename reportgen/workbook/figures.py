"""Where the figures of the form stand in the standard workbook, how formulas point at them, and what goes into each cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec
from openpyxl.utils import get_column_letter, quote_sheetname

from ..form import Form, Table
from ..model.numbers import Number, total
from ..model.report import Report, Value

_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")
TABLE_TOP = 2
"""Sheet rows above the first row of a prescribed table: heading and status."""


def area_name(top: int, left: int, bottom: int, right: int, dollar: str = "") -> str:
    """Return the name of a rectangle of cells: ``D4:D5``, or ``D4`` for one cell; ``dollar`` is ``$`` or nothing."""
    first = f"{dollar}{get_column_letter(left)}{dollar}{top}"
    last = f"{dollar}{get_column_letter(right)}{dollar}{bottom}"
    return first if first == last else f"{first}:{last}"


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
            text = area_name(top, left, bottom, right, "$" if fixed else "")
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


# --------------------------------------------------------------------------- contents


class Figures(msgspec.Struct, frozen=True):
    """Contents of the number cells."""

    totals: Mapping[str, tuple[str, ...]]
    """Cells given by formula → the cells they add up."""
    entries: Mapping[str, object]
    """Every other cell → what stands in it (None, number or text)."""
    results: Mapping[str, Number]
    """What the formulas give."""
    links: Mapping[str, str] = {}
    """Cells given by a formula of another sheet → that."""
    register: Mapping[str, object] = {}
    """Cells the register may say something of → what it says."""


def typed(value: Value | None) -> Number | str | None:
    """Return what to put into a cell for a figure as it was read, slips included."""
    if value is None:
        return None
    if value.number is not None:
        return value.number
    if value.state in ("blank", "missing"):
        return None
    # A refused number stays a number, so that the sheet says the same of it as the checks.
    if _PLAIN.fullmatch(value.raw):
        return Decimal(value.raw)
    return value.raw


def figures(form: Form, typed_totals: bool, report: Report | None, links: Mapping[str, str]) -> Figures:
    """Decide for every number cell of the form whether it is typed or given by formula.

    Args:
        links: formulas of other sheets that give its figures; a total that is the sum of its parts is
            still added up on its own sheet.
    """
    values = report.values if report else {}
    entries: dict[str, object] = {}
    totals: dict[str, tuple[str, ...]] = {}
    results: dict[str, Number] = {}
    parts_of = {} if typed_totals else _sums(form)
    for cell in form.cells:
        if cell not in parts_of:
            entries[cell] = typed(values.get(cell))

    def amount(cell: str) -> Number:
        """Return the figure that will show in a cell; totals are settled on the way, parts first."""
        if cell not in entries and cell not in results:
            added = total(map(amount, parts_of[cell]))
            value = values.get(cell)
            reported = typed(value)
            # An empty or merely equal total becomes a formula; any other was reported so.
            if reported is None or (value is not None and value.number == added):
                totals[cell], results[cell] = parts_of[cell], added
            else:
                entries[cell] = reported
        if cell in results:
            return results[cell]
        entry = entries[cell]
        return entry if isinstance(entry, (int, Decimal)) else 0

    for cell in parts_of:
        amount(cell)
    linked = {cell: links[cell] for cell in entries if cell in links}
    results |= {cell: amount(cell) for cell in linked}
    entries = {cell: entry for cell, entry in entries.items() if cell not in linked}
    beside = {
        cell: typed(report.register.get(cell) if report else None) for t in form.tables for cell in t.register_cells
    }
    return Figures(totals, entries, results, linked, beside)


def _sums(form: Form) -> dict[str, tuple[str, ...]]:
    """Return the parts of each total, as the form's first rule about it has them."""
    sums: dict[str, tuple[str, ...]] = {}
    for equation in form.equations:
        total = equation.left[0]
        if equation.relation == "equal" and len(equation.left) == 1 and form.cells[total].total:
            sums.setdefault(total, equation.right)
    return sums
