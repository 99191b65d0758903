"""From a candidate to the repair that is shown: what it changes, what follows, what it settles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..form import Equation
from ..model.numbers import Number
from ..model.report import Report
from .candidates import Candidate, Candidates
from .records import Change, Repair, rule_ids
from .slips import explain
from .system import total

__all__ = ["repair_of"]


def repair_of(candidate: Candidate, rank: int, implied: Mapping[str, Number], candidates: Candidates) -> Repair:
    """Return a candidate as a repair.

    Args:
        candidate: the figures to type anew, and why.
        rank: 1 is the most likely.
        implied: figures that unreadable cells must have once all else is right.
        candidates: where it comes from.
    """
    report, system = candidates.report, candidates.system
    after = {**system.complete(candidate.new), **implied}
    new = {**candidate.new, **implied}
    reasons = [*candidate.reasons, *(((c,), _unreadable(report, c, value)) for c, value in implied.items())]
    changes = _changes(report, new, candidates.sorted(new))
    moved = [c for c in system.formulas if c in after and after[c] != candidates.before.get(c)]
    settled = _settled(report, after)
    steps = tuple(_step(cells, reason, changes, settled, rank) for cells, reason in reasons)
    return Repair(
        changes, rule_ids(settled), settled, "several" if implied and candidate.new else candidate.kind,
        _reason(report, reasons), rank, _changes(report, after, candidates.sorted(moved)),
        candidate.cost, steps,
    )  # fmt: skip


def _changes(report: Report, new: Mapping[str, Number], cells: Sequence[str]) -> tuple[Change, ...]:
    return tuple(Change(cell, report.values[cell].number, new[cell]) for cell in cells)


def _unreadable(report: Report, cell: str, value: Number) -> str:
    return explain(report.form.cells[cell], report.values[cell], value, []).reason


def _step(
    cells: Sequence[str], reason: str, changes: Sequence[Change], settled: Sequence[Equation], rank: int
) -> Repair:  # fmt: skip
    """Return one slip of a repair by itself: its cells, and the equations it has a part in."""
    own = tuple(e for e in settled if set(cells) & set(e.cells))
    mine = tuple(c for c in changes if c.cell in cells)
    return Repair(mine, rule_ids(own), own, "step", reason, rank)


def _settled(report: Report, after: Mapping[str, Number]) -> tuple[Equation, ...]:
    """Return the equations that cannot hold as typed and hold afterwards."""
    settled = []
    for equation in report.form.equations:
        unreadable = any(report.values[c].state == "problem" for c in equation.cells)
        if unreadable or not _holds(equation, report.total(equation.left), report.total(equation.right)):
            known = all(c in after for c in equation.cells)
            sides = [total(after[c] for c in side if known) for side in (equation.left, equation.right)]
            if known and _holds(equation, *sides):
                settled.append(equation)
    return tuple(settled)


def _holds(equation: Equation, left: Number, right: Number) -> bool:
    return left == right if equation.relation == "equal" else left <= right


def _reason(report: Report, reasons: Sequence[tuple[Sequence[str], str]]) -> str:
    if len(reasons) == 1:
        return reasons[0][1]
    named = []
    for cells, reason in reasons:
        refs = [report.ref(c) for c in cells[:2]]
        named.append(f"{'、'.join(r.address or r.label for r in refs)} {reason}")
    return "；".join(named)
