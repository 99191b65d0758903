"""Cells left blank that break the sums: said once, instead of every sum that does not hold because of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from ..form import Cell, Equation
from ..form.kinds import Gaps
from ..model.findings import Finding, finding
from ..model.numbers import Number, show
from ..model.report import Report, Value

if TYPE_CHECKING:
    from .facts import Facts

_NAMED = 6
"""Figures that a message gives."""
_FEW = 3
"""Rows left blank up to which they explain what is missing from a sum; more are a habit of leaving out 0."""


class Filling(msgspec.Struct, frozen=True):
    """What blank cells must hold, so that the sums of their table hold."""

    figures: Mapping[str, Number] = {}
    """By cell id: the blank cells that can be inferred, and the totals that follow them by formula."""
    blank: tuple[str, ...] = ()
    """The blank cells of these tables, also those that hold 0 or cannot be inferred."""
    open: tuple[str, ...] = ()
    """Those that cannot be inferred, because several rows are blank."""
    settled: tuple[Equation, ...] = ()
    """The sums that do not hold as typed, and hold with these figures."""


def fill(report: Report, numbers: Mapping[str, Number], odd: Iterable[tuple[Cell, Value]]) -> Filling:
    """Find what blank cells must hold where that settles every broken sum of their table.

    Args:
        report: what was read.
        numbers: its figures, blanks as 0.
        odd: the cells that hold anything but a clean number.
    """
    blank = [cell for cell, value in odd if value.state in ("blank", "placeholder") and not value.formula]
    fillings = [_of_table(report, numbers, [c for c in blank if c.table == id_]) for id_ in {c.table: 0 for c in blank}]
    return Filling(
        {cell: figure for one in fillings for cell, figure in one.figures.items()},
        tuple(cell for one in fillings for cell in one.blank),
        tuple(cell for one in fillings for cell in one.open),
        tuple(equation for one in fillings for equation in one.settled),
    )


def _of_table(report: Report, numbers: Mapping[str, Number], blank: Sequence[Cell]) -> Filling:
    cells, values, table = report.form.cells, report.values, blank[0].table
    equations = [
        e for e in report.form.equations
        if cells[e.cells[0]].table == table and report.is_judgeable(e)
        and not any(values[c].state in ("problem", "missing") for c in e.cells)
    ]  # fmt: skip
    broken = [e for e in equations if not _holds(e, numbers)]
    if not broken:
        return Filling()
    follow = {c for e in equations for c in e.cells if cells[c].total and values[c].formula}
    ids = tuple(c.id for c in blank)
    figures = _inferred([e for e in equations if e.relation == "equal"], numbers, {*ids} | follow)
    after = {**numbers, **figures}
    free = _free(report, ids, figures)
    left = free | (follow - figures.keys()) if free else frozenset()
    if min(figures.values(), default=0) < 0 or not all(_may_hold(e, after, left) for e in equations):
        return Filling()
    # Where some cells cannot be inferred, the others are not either: one sentence, no half of a repair.
    return Filling({} if free else figures, ids, tuple(c for c in ids if c in free), tuple(broken))


def _free(report: Report, blank: Sequence[str], figures: Mapping[str, Number]) -> frozenset[str]:
    """Return the blank cells of a few rows left blank that cannot be inferred: whatever they hold, they hold it."""
    cells = report.form.cells
    rows = [ids for ids in _lines(report, blank, "row").values() if not figures.keys() >= set(ids)]
    return frozenset(c for ids in rows for c in ids if not cells[c].total) if len(rows) <= _FEW else frozenset()


def _may_hold(equation: Equation, numbers: Mapping[str, Number], free: frozenset[str]) -> bool:
    """Whether a sum holds, or would with figures in the free cells."""
    if _holds(equation, numbers):
        return True
    left, right = (sum(numbers[c] for c in side) for side in (equation.left, equation.right))
    return not free.isdisjoint(equation.left if left < right else equation.right)


def _holds(equation: Equation, numbers: Mapping[str, Number]) -> bool:
    left, right = (sum(numbers[c] for c in side) for side in (equation.left, equation.right))
    return left == right if equation.relation == "equal" else left <= right


def _inferred(equations: Sequence[Equation], numbers: Mapping[str, Number], cells: set[str]) -> dict[str, Number]:
    """Return the figures of cells that are the only unknown of some sum, one after another."""
    known, unknown = dict(numbers), set(cells)
    waiting = list(equations)
    while ready := [e for e in waiting if len(unknown.intersection(e.cells)) == 1]:
        for equation in ready:
            for cell in unknown.intersection(equation.cells):
                known[cell] = 0
                left, right = (sum(known[c] for c in side) for side in (equation.left, equation.right))
                known[cell] = right - left if cell in equation.left else left - right
                unknown.discard(cell)
        waiting = [e for e in waiting if not unknown.isdisjoint(e.cells)]
    return {cell: known[cell] for cell in cells - unknown}


def gaps(rule: Gaps, facts: Facts) -> Iterator[Finding]:
    """N-11: totals, rows or single cells left blank, so that sums do not hold; one finding for each such gap."""
    report, filling = facts.report, facts.filling
    for place, ids in _grouped(report, filling.blank):
        needed = [c for c in ids if filling.figures.get(c)]
        if needed or not set(filling.open).isdisjoint(ids):
            yield finding(
                rule, [report.ref(c) for c in ids], strict=facts.strict, place=place,
                what=_inferences(report, filling, needed), broken="、".join(_rules_of(report, filling, ids)),
            )  # fmt: skip


def _inferences(report: Report, filling: Filling, needed: Sequence[str]) -> str:
    """Return what the cells must hold, the first few of many."""
    if not needed:
        return "只能算出这几行的合计，算不出各行是多少"
    refs = [report.ref(c) for c in needed[:_NAMED]]
    shown = "、".join(f"{ref.address or ref.label}应为{show(filling.figures[ref.id])}" for ref in refs)
    return shown + (f"等{len(needed)}格" if len(needed) > _NAMED else "")


def _rules_of(report: Report, filling: Filling, ids: Sequence[str]) -> list[str]:
    """Return the rules of the broken sums of the tables that these cells stand in."""
    tables = {report.form.cells[c].table for c in ids}
    return list(dict.fromkeys(e.rule for e in filling.settled if report.form.cells[e.cells[0]].table in tables))


def _grouped(report: Report, blank: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the blank cells by what was forgotten: rows, columns, all totals, other cells of a table."""
    cells, left = report.form.cells, list(blank)
    for along in ("row", "column") if blank else ():
        for ids in _lines(report, left, along).values():
            yield f"{_line_name(report, ids[0], along)}没有填", ids
            left = [c for c in left if c not in ids]
    totals = [c for c in left if cells[c].total]
    if totals:
        tables = {cells[c].table: 0 for c in totals}
        counts = [f"{table}{sum(cells[c].table == table for c in totals)}格" for table in tables]
        yield f"总计没有填（{'、'.join(counts)}）", totals
    left = [c for c in left if c not in totals]
    for table in {cells[c].table: 0 for c in left}:
        here = [c for c in left if cells[c].table == table]
        yield f"{table}有{len(here)}个数字格没有填", here


def _lines(report: Report, blank: Sequence[str], along: str) -> dict[tuple[str, str], list[str]]:
    """Return the rows (columns) all of whose parts are blank, with their blank cells, the total included."""
    parts: dict[tuple[str, str], list[str]] = {}
    for cell in report.form.cells.values():
        if not cell.total:
            parts.setdefault((cell.table, getattr(cell, along)), []).append(cell.id)
    found: dict[tuple[str, str], list[str]] = {}
    for id_ in blank:
        cell = report.form.cells[id_]
        line = (cell.table, getattr(cell, along))
        if len(parts.get(line, ())) > 1 and set(parts[line]) <= set(blank):
            found.setdefault(line, []).append(id_)
    return found


def _line_name(report: Report, id_: str, along: str) -> str:
    cell, origin = report.form.cells[id_], report.values[id_].origin
    row_label, _, column_label = cell.label.rpartition("／")
    if along == "column":
        return f"{cell.table}“{column_label}”这一列都"
    number = f"第{origin.row}行" if origin and origin.row and origin.is_own_cell else ""
    return f"{cell.table}{number}“{row_label or cell.label}”整行"
