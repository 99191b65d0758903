"""What goes into each number cell: a figure to type, or the formula of a total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from ..form import Form
from ..model.numbers import Number
from ..model.report import Report, Value

_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")


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
        form: the edition.
        typed_totals: totals are typed.
        report: what to fill in.
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
            total: Number = 0
            for part in parts_of[cell]:
                number = amount(part)
                total = Decimal(total) + number if isinstance(number, Decimal) else total + number
            value = values.get(cell)
            reported = typed(value)
            # An empty or merely equal total becomes a formula; any other was reported so.
            if reported is None or (value is not None and value.number == total):
                totals[cell], results[cell] = parts_of[cell], total
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
