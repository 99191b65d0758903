"""The arithmetic of a report as a linear system over the cells that were typed.

Cells that a formula fills and cells without a readable number carry no evidence of their own:
they are eliminated, and what is left are the equations that only typed figures must satisfy.
The eliminated cells are computed back from the typed ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from math import gcd

import msgspec

from ..form import Equation
from ..model.numbers import Number, total
from ..model.report import Report
from ..sources.base import column_number

_REFERENCE = re.compile(r"(?<![A-Za-z!'])\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")

Terms = dict[str, int]


class Row(msgspec.Struct, frozen=True):
    """One equation over typed cells: the terms must add up to 0."""

    rule: str
    place: str
    terms: Mapping[str, int]

    def residual(self, values: Mapping[str, Number]) -> Number:
        return total(values[cell] * factor for cell, factor in self.terms.items())


class System(msgspec.Struct, frozen=True):
    """What typed figures must satisfy."""

    rows: tuple[Row, ...]
    limits: tuple[Row, ...]
    """Rules ``at most``: the terms must not add up to more than 0."""
    typed: Mapping[str, Number]
    """Figures that are evidence; a blank counts as 0."""
    formulas: frozenset[str]
    """Cells that follow the typed ones by a formula."""
    unknown: frozenset[str]
    """Cells with no value: unreadable or not there."""
    pivots: tuple[tuple[str, Mapping[str, int]], ...]
    """Eliminated cell and the equation it is computed from, in order of elimination."""

    def complete(self, changed: Mapping[str, Number]) -> dict[str, Number]:
        """Return all figures after changing typed ones; a cell that stays unknown is not in it.

        A figure that would not come out whole is left out too; see :func:`consistent`.
        """
        values: dict[str, Number] = {**self.typed, **changed}
        for cell, terms in reversed(self.pivots):
            others = [(values.get(other), factor) for other, factor in terms.items() if other != cell]
            if all(value is not None for value, _ in others):
                rest = total(value * factor for value, factor in others if value is not None)
                quotient = divide(-rest, terms[cell])
                if quotient is not None:
                    values[cell] = quotient
        return values


def divide(number: Number, factor: int) -> Number | None:
    """Return the exact quotient, None if there is none."""
    if factor in (1, -1):
        return number * factor
    if isinstance(number, int):
        return number // factor if number % factor == 0 else None
    quotient = number / factor
    return quotient if quotient * factor == number else None


def build_system(report: Report, stated: Collection[str] = ()) -> System:
    """Turn the arithmetic rules of the report's form into a system over its typed cells.

    Args:
        stated: cells that hold evidence from elsewhere (:mod:`.evidence`): no formula is made of them.
    """
    form, values = report.form, report.values
    missing = {c for c in form.cells if values[c].state == "missing"}
    equations = [e for e in form.equations if missing.isdisjoint(e.cells) and report.is_judgeable(e)]
    equal = [e for e in equations if e.relation == "equal"]
    own = [e for e in equal if not any(c in stated for c in e.cells)]
    unknown = [c for c in form.cells if values[c].state in ("problem", "missing")]
    elimination = _Elimination(
        {n: _row(e) for n, e in enumerate(equal)}, [_row(e) for e in equations if e.relation == "at_most"]
    )  # fmt: skip
    formulas = [c for c, number in _definitions(report, own) if elimination.take_out(c, number)]
    for cell in unknown:
        elimination.take_out_anywhere(cell, len(own))
    typed = {c: report.number(c) for c in form.cells if c not in {*formulas, *unknown}}
    return System(
        tuple(_independent([row for row in elimination.rows.values() if row.terms])),
        tuple(row for row in elimination.limits if row.terms and all(c in typed for c in row.terms)),
        typed, frozenset(formulas), frozenset(unknown), tuple(elimination.pivots),
    )  # fmt: skip


class _Elimination:
    """Equations and limits from which cells are taken out one after another."""

    def __init__(self, rows: dict[int, Row], limits: list[Row]) -> None:
        self.rows, self.limits = rows, limits
        self.pivots: list[tuple[str, Mapping[str, int]]] = []

    def take_out(self, cell: str, number: int) -> bool:
        """Use up equation ``number`` to take a cell out of all others; False if the cell is not in it any more."""
        if cell not in self.rows[number].terms:
            return False
        pivot = self.rows.pop(number)
        self.pivots.append((cell, pivot.terms))
        self.rows = {n: _without(cell, row, pivot) for n, row in self.rows.items()}
        self.limits = [_without(cell, row, pivot) for row in self.limits]
        return True

    def take_out_anywhere(self, cell: str, own: int) -> None:
        """Use up the shortest equation that a cell stands in, of the first ``own`` ones if there is one."""
        known = [n for n, row in self.rows.items() if cell in row.terms]
        if known:
            self.take_out(cell, min(known, key=lambda n: (n >= own, len(self.rows[n].terms), n)))


def _row(equation: Equation) -> Row:
    terms: Terms = {}
    for cells, factor in ((equation.left, 1), (equation.right, -1)):
        for cell in cells:
            terms[cell] = terms.get(cell, 0) + factor
    return Row(equation.rule, equation.place, terms)


def _without(cell: str, row: Row, pivot: Row) -> Row:
    """Eliminate a cell from a row; the row keeps its sign, so limits stay limits."""
    if cell not in row.terms:
        return row
    keep, add = abs(pivot.terms[cell]), row.terms[cell]
    if pivot.terms[cell] > 0:
        add = -add
    terms = {c: keep * factor for c, factor in row.terms.items()}
    for other, factor in pivot.terms.items():
        terms[other] = terms.get(other, 0) + add * factor
    terms = {c: factor for c, factor in terms.items() if factor}
    shared = gcd(*terms.values()) if terms else 1
    return Row(row.rule, row.place, {c: factor // shared for c, factor in terms.items()})


def _definitions(report: Report, equal: list[Equation]) -> list[tuple[str, int]]:
    """Return the cells that a formula computes from exactly the other cells of an equation.

    The cell stands alone on one side, the equation holds now or cannot be judged because a cell of
    it is unreadable, and the formula, where its references can be read, names just the cells of the
    other side.  One cell, one equation.
    """
    places = _places(report)
    found: dict[str, int] = {}
    for cell, value in report.values.items():
        if not value.formula or value.state != "number":
            continue
        candidates = [n for n in _held_by(report, cell, equal) if n not in found.values()]
        named = _named_cells(report, cell, places)
        exact = [n for n in (*candidates, *_unjudged(report, cell, equal)) if set(equal[n].cells) - {cell} == named]
        if exact or (candidates and not named):
            found[cell] = (exact or candidates)[0]
    return list(found.items())


def _held_by(report: Report, cell: str, equal: list[Equation]) -> list[int]:
    """Return the equations that hold, with the cell alone on one side and no unreadable cell."""
    return [
        n for n, e in enumerate(equal)
        if (cell,) in (e.left, e.right)
        and all(report.values[c].state not in ("problem", "missing") for c in e.cells)
        and report.total(e.left) == report.total(e.right)
    ]  # fmt: skip


def _unjudged(report: Report, cell: str, equal: list[Equation]) -> list[int]:
    """Return the equations with the cell alone on one side and an unreadable cell on the other."""
    return [
        n for n, e in enumerate(equal)
        if (cell,) in (e.left, e.right) and any(report.values[c].state == "problem" for c in e.cells)
    ]  # fmt: skip


def _places(report: Report) -> dict[str, list[tuple[int, int, str]]]:
    """Return column, row and cell of every figure by its sheet."""
    at: dict[str, list[tuple[int, int, str]]] = {}
    for cell, value in report.values.items():
        if value.origin and value.origin.row:
            at.setdefault(value.origin.sheet, []).append((value.origin.column, value.origin.row, cell))
    return at


def _named_cells(report: Report, cell: str, at: Mapping[str, list[tuple[int, int, str]]]) -> set[str]:
    """Return the cells of the form that a cell's formula refers to; empty if that is unclear."""
    value = report.values[cell]
    if value.origin is None or "!" in value.formula:
        return set()
    named: set[str] = set()
    for first, top, last, bottom in _REFERENCE.findall(value.formula):
        left, right = column_number(first), column_number(last or first)
        upper, lower = int(top), int(bottom or top)
        named |= {
            other for column, row, other in at.get(value.origin.sheet, ())
            if left <= column <= right and upper <= row <= lower
        }  # fmt: skip
    return named


def _independent(rows: list[Row]) -> list[Row]:
    """Leave out a row that is the plain sum of others without a common cell.

    With formula totals the balance of the 总计 column is the sum of the other balances: no
    evidence, and it would tie together columns that have nothing to do with each other.
    """
    kept = list(rows)
    for row in sorted(rows, key=lambda r: -len(r.terms)):
        left: Terms = dict(row.terms)
        for other in kept:
            if other is row or not other.terms.keys() <= left.keys():
                continue
            ratios = {left[c] * other.terms[c] for c in other.terms}
            if ratios in ({1}, {-1}):
                for cell in other.terms:
                    del left[cell]
        if not left and len(row.terms) > 0:
            kept = [other for other in kept if other is not row]
    return kept
