"""From a candidate to the repair that is shown: what it changes, what follows, what it settles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..form import Equation
from ..model.numbers import Number, difference, total
from ..model.report import Report
from .candidates import Candidate, Candidates
from .evidence import Evidence
from .records import Change, Repair, rule_ids
from .slips import explain


def repair_of(candidate: Candidate, rank: int, implied: Mapping[str, Number], candidates: Candidates) -> Repair:
    """Return a candidate as a repair.

    Args:
        rank: 1 is the most likely.
        implied: figures that unreadable cells must have once all else is right.
    """
    report, system, stated = candidates.report, candidates.system, candidates.stated
    after = {**system.complete(candidate.new), **implied}
    # Last year's report stands as it was published.
    new = {c: n for c, n in {**candidate.new, **implied}.items() if c not in stated or stated[c].kind != "last_year"}
    reasons = [(cells, why) for cells, why in candidate.reasons if cells[0] in new]
    cells_of = report.form.cells
    reasons += [((c,), explain(cells_of[c], report.values[c], value, []).reason) for c, value in implied.items()]
    reasons = [(cells, why + _supported(candidates, cells, new, after)) for cells, why in reasons]
    changes = _changes(candidates, new, candidates.sorted(new))
    moved = [c for c in system.formulas if c in after and after[c] != candidates.before.get(c)]
    settled = _settled(report, after, stated)
    steps = tuple(_step(cells, reason, changes, settled, rank) for cells, reason in reasons)
    return Repair(
        changes, rule_ids(settled), settled, "several" if implied and candidate.new else candidate.kind,
        _reason(report, reasons), rank, _changes(candidates, after, candidates.sorted(moved)),
        candidate.cost, steps,
    )  # fmt: skip


def _changes(candidates: Candidates, new: Mapping[str, Number], cells: Sequence[str]) -> tuple[Change, ...]:
    report, stated = candidates.report, candidates.stated
    return tuple(
        Change(
            c, report.values[c].number, new[c], report.ref(c) if c in stated else None,
            stated[c].quote if c in stated else "",
        ) for c in cells
    )  # fmt: skip


def _supported(
    candidates: Candidates, cells: Sequence[str], new: Mapping[str, Number], after: Mapping[str, Number]
) -> str:
    """Say which evidence agrees with the figures in the end, and did not before these cells are put right."""
    before = candidates.before
    found: dict[str, str] = {}  # one of each kind: copies of each other are no more than one
    own = {c: new[c] for c in cells}
    alone = {**candidates.system.complete({c: n for c, n in own.items() if c in before}), **own}
    for one in candidates.stated.values():
        was, moved, now = (_stated(one, figures) for figures in (before, alone, after))
        if one.id not in new and now == one.number != was and moved != was:
            found.setdefault(one.kind, one.says)
    return f"；{'，'.join(found.values())}，也支持这一改法" if found else ""


def _stated(one: Evidence, figures: Mapping[str, Number]) -> Number | None:
    """Return what the figures make of what evidence speaks of; None where one is not known."""
    if not all(cell in figures for cell in (*one.cells, *one.less)):
        return None
    return difference(total(figures[c] for c in one.cells), total(figures[c] for c in one.less))


def _step(
    cells: Sequence[str], reason: str, changes: Sequence[Change], settled: Sequence[Equation], rank: int
) -> Repair:  # fmt: skip
    """Return one slip of a repair by itself: its cells, and the equations it has a part in."""
    own = tuple(e for e in settled if set(cells) & set(e.cells))
    mine = tuple(c for c in changes if c.cell in cells)
    return Repair(mine, rule_ids(own), own, "step", reason, rank)


def _settled(report: Report, after: Mapping[str, Number], stated: Collection[str]) -> tuple[Equation, ...]:
    """Return the form's equations that cannot hold as typed and hold afterwards."""
    settled = []
    for equation in report.form.equations:
        if any(c in stated for c in equation.cells):
            continue
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
