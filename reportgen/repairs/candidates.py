"""Ways to settle some broken equations, each with its cost: how unlikely the slips are that it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

import msgspec

from ..form import Form
from ..model.numbers import Number, difference, total
from ..model.report import Report
from .evidence import Evidence
from .groups import CellLine, GroupSlip, cell_lines, swap_of
from .slips import ERROR, explain
from .system import System


class Candidate(msgspec.Struct, frozen=True):
    """One way to settle a component."""

    cost: int
    new: Mapping[str, Number]
    kind: str
    reasons: tuple[tuple[tuple[str, ...], str], ...]
    """(cells, why) for each slip."""


def joined(chosen: Sequence[Candidate]) -> Candidate:
    """Return the candidate that makes the changes of several."""
    if len(chosen) == 1:
        return chosen[0]
    new = {cell: value for c in chosen for cell, value in c.new.items()}
    reasons = tuple(reason for c in chosen for reason in c.reasons)
    return Candidate(sum(c.cost for c in chosen), new, "several", reasons)


class Candidates:
    """Makes candidates of changes and ranks them."""

    def __init__(self, report: Report, system: System, stated: Mapping[str, Evidence]) -> None:
        """``stated``: evidence from elsewhere, by the id of its cell."""
        self.report, self.system, self.stated = report, system, stated
        self.form: Form = report.form
        self.before = system.complete({})
        """All figures as typed, as far as they are known."""
        self.lines = [line for group in cell_lines(report.form) for line in group]
        self.around = _neighbours(self.lines)
        self._order = {cell: n for n, cell in enumerate(report.form.cells)}

    def sorted(self, cells: Iterable[str]) -> tuple[str, ...]:
        """Return cells in the order of the form."""
        return tuple(sorted(cells, key=self._order.__getitem__))

    def make(self, slips: Sequence[GroupSlip], single: Mapping[str, Number]) -> Candidate:
        """Return the candidate of some slips and of changes of single cells.

        Args:
            slips: of several cells each.
            single: what to add to other cells.
        """
        typed, single = self.system.typed, dict(single)
        new: dict[str, Number] = {}
        found: list[tuple[int, str, tuple[str, ...], str]] = []  # cost, kind, cells, reason
        for slip in [*slips, *self._swapped(single)]:
            new |= {cell: typed[cell] + change for cell, change in slip.changes.items()}
            found.append((slip.cost, slip.kind, self.sorted(slip.changes), slip.reason))
        for cell in self.sorted(single):
            new[cell] = typed[cell] + single[cell]
            around = [(word, typed[o]) for word, o in self.around.get(cell, []) if o in typed]
            one = explain(self.form.cells[cell], self.report.values[cell], new[cell], around)
            reason = "与其余各处不符" if cell in self.stated and one.kind == "plain" else one.reason
            found.append((one.cost, one.kind, (cell,), reason))
        cost = sum(ERROR + cost for cost, _, _, _ in found)
        kind = found[0][1] if len(found) == 1 else "several"
        reasons = tuple((cells, reason) for _, _, cells, reason in found)
        return Candidate(cost, {c: new[c] for c in self.sorted(new)}, kind, reasons)

    def _swapped(self, single: dict[str, Number]) -> list[GroupSlip]:
        """Take out of ``single`` the pairs of cells that just changed places; evidence is typed elsewhere."""
        typed = self.system.typed
        found: list[GroupSlip] = []
        for one, other in combinations([c for c in self.sorted(single) if c not in self.stated], 2):
            if one in single and other in single:
                apart = typed[other] - typed[one]
                if single[one] == apart and single[other] == -apart:
                    near = other in [o for _, o in self.around.get(one, [])]
                    shared = [x for x in self.lines if one in x.cells and other in x.cells]
                    across = bool(shared) and shared[0].across
                    ends = ((one, typed[one]), (other, typed[other]))
                    found.append(swap_of(*ends, near, bool(shared), across))
                    del single[one], single[other]
        return found

    def rank(self, candidate: Candidate) -> tuple[Number | list[int] | list[Number], ...]:
        """Return the key to sort by: cost, fewer cells, details before totals, smaller changes, order of the form."""
        typed = self.system.typed
        return (
            candidate.cost, len(candidate.new),
            sum(self.form.cells[c].total for c in candidate.new),
            total(difference(value, typed[c]) for c, value in candidate.new.items()),
            [self._order[c] for c in candidate.new], list(candidate.new.values()),
        )  # fmt: skip

    def allows(self, cell: str, new: Number) -> bool:
        """Whether a cell may hold a figure at all: not negative, and a count whole."""
        if new < 0:
            return False
        if isinstance(new, Decimal) and self.form.cells[cell].kind == "count":
            return new == new.to_integral_value()
        return True


def _neighbours(lines: Iterable[CellLine]) -> dict[str, list[tuple[str, str]]]:
    """Return the cells around each cell, with how to say where they are."""
    around: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        words = ("右边一格", "左边一格") if line.across else ("下一行", "上一行")
        for one, other in pairwise(line.cells):
            around.setdefault(one, []).append((words[0], other))
            around.setdefault(other, []).append((words[1], one))
    return around
