"""Which cells are wrong and what they should be: error localisation over the form's sums.

The fewest changes that make every equation hold (Fellegi and Holt's principle), where one slip
that moves several figures counts as one change; ordered by how often people make such a slip.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import prod

from ..model.numbers import Number
from ..model.report import Report
from .candidates import Candidate, Candidates, joined
from .evidence import Evidence, evidence_of, with_evidence
from .gaps import with_gap, without_gaps
from .groups import GroupSlip, empty_totals, group_slips
from .notes import explain_evidence
from .records import Repair, Repairs
from .repairing import repair_of
from .search import Component, Steps
from .system import Row, System, build_system

STEPS = 30_000
"""Steps for one report; a step takes a few microseconds."""
MOST_CELLS = 8
"""More independently wrong cells than this in one place are not a typing slip to be guessed."""
MOST_KEPT = 500


def find_repairs(report: Report, *, limit: int = 12, hints: Mapping[str, Number] | None = None) -> Repairs:
    """Return the minimal corrections that would settle the broken sums of a report.

    The report is not changed.  Typed figures are evidence; a total filled by formula follows its
    parts; a cell that cannot be read gets the figure the others imply.

    Args:
        limit: repairs to return at most (at least 1).
        hints: figures known from elsewhere by cell id: evidence like the register (台账), what the texts say
            for sure and last year's figures, which are used without being asked for.  Each counts as one
            more sum.  Where every sum of the form holds and only evidence differs, nothing is proposed but
            that a text is wrong, if it alone can be: the register may be the part that is right.

    Returns:
        the repairs, most likely first, and what the evidence can and cannot tell.
    """
    filled, gap = without_gaps(report)
    if gap and not gap.changes:
        return Repairs(note="空着的不止一行，推算不出各是多少；请先对照原始材料补填，再核对一次。", complete=False)
    evidence = evidence_of(filled, hints or {})
    found = _Finder(filled, max(1, limit), evidence).run()
    if evidence and (found.cut or not found.complete):
        # Evidence at odds with everything else is no help.
        found = _Finder(filled, max(1, limit)).run()
    return with_gap(found, gap) if gap else found


class _Finder:
    def __init__(self, report: Report, limit: int, evidence: Sequence[Evidence] = ()) -> None:
        self.stated = {one.id: one for one in evidence}
        report = with_evidence(report, evidence)
        self.report, self.limit, self.form = report, limit, report.form
        self.system: System = build_system(report, self.stated.keys())
        self.candidates = Candidates(report, self.system, self.stated)
        self.steps = Steps(STEPS)
        self.given_up: set[str] = set()
        """Cells of equations that cannot be settled."""
        self.blank = frozenset(c for c in self.system.typed if report.values[c].state in ("blank", "placeholder"))

    def run(self) -> Repairs:
        broken = [component for component in self._components() if component.broken]
        found = [(component, self._solve(component)) for component in broken]
        found = [(component, some) for component, some in found if self._is_told(component, some)]
        components = [component for component, _ in found]
        solved = [candidates for _, candidates in found if candidates]
        unsolved = [component for component, candidates in found if not candidates]
        self.given_up = {cell for component in unsolved for cell in component.columns}
        combined = self._combine(solved)
        if not combined:
            solved, unsolved = [], components
        if not components and not combined:
            return Repairs()
        repairs = tuple(self._repairs(combined))
        more = max(0, prod(len(part) for part in solved) - len(repairs)) if solved else 0
        cut = self.steps.used_up
        note = explain_evidence(self.report, self.system, repairs, more, components, unsolved, cut)
        parts = self._parts(solved, combined)
        counts = [len(part) for part in solved] if len(solved) > 1 else [len(repairs) + more]
        counts += [1] * (len(parts) - len(counts))
        return Repairs(repairs, more, note, parts, tuple(counts[: len(parts)]), not unsolved, cut)

    def _repairs(self, combined: Sequence[Candidate]) -> Iterator[Repair]:
        for rank, candidate in enumerate(combined, 1):
            yield repair_of(candidate, rank, self._implied(candidate), self.candidates)

    def _parts(
        self, solved: Sequence[Sequence[Candidate]], combined: Sequence[Candidate]
    ) -> tuple[tuple[Repair, ...], ...]:
        """Return the alternatives place by place; unreadable cells are a place of their own."""
        if len(solved) == 1:
            return (tuple(self._repairs(combined)),)
        parts = [
            tuple(repair_of(c, n, {}, self.candidates) for n, c in enumerate(part[: self.limit], 1)) for part in solved
        ]
        implied = self._implied(combined[0]) if combined else {}
        if implied:
            parts.append((repair_of(Candidate(0, {}, "unreadable", ()), 1, implied, self.candidates),))
        return tuple(parts)

    # ------------------------------------------------------------------ one component

    def _components(self) -> list[Component]:
        """Split the equations into groups without a common cell, in the order of the form."""
        groups: list[tuple[set[str], list[Row]]] = []
        for row in self.system.rows:
            cells, rows = set(row.terms), [row]
            for group in [g for g in groups if g[0] & cells]:
                groups.remove(group)
                cells |= group[0]
                rows = group[1] + rows
            groups.append((cells, rows))
        return [Component(rows, self.system.typed) for _, rows in groups]

    def _is_told(self, component: Component, found: Sequence[Candidate]) -> bool:
        """Whether repairs are told: a sum of the form does not hold, or nothing but texts can be wrong.

        Where evidence differs and every sum holds, it may be the part that is right; the findings tell.
        """
        if any(self.stated.keys().isdisjoint(component.rows[n].terms) for n in component.broken):
            return True
        return len(found) == 1 and all(c in self.stated and self.stated[c].kind == "text" for c in found[0].new)

    def _solve(self, component: Component) -> list[Candidate]:
        """Return the smallest solutions, most likely first; empty when there are none in reach."""
        slips = [*group_slips(component, self.form, self.steps), *empty_totals(component, self.form, self.blank)]
        slips = [slip for slip in slips if self._keeps(component, slip.changes)]
        found: dict[frozenset[tuple[str, Number]], Candidate] = {}
        smallest, single_cells = 0, False
        for size in range(1, MOST_CELLS + 1):
            of_size = self._of_size(component, size, () if smallest else slips)
            for candidate in of_size:
                found.setdefault(frozenset(candidate.new.items()), candidate)
            single_cells = single_cells or any(len(c.new) == size for c in of_size)
            smallest = smallest or (size if found else 0)
            # Where a slip of several cells explains it, two single cells may do as well.
            if (found and (single_cells or size > smallest)) or self.steps.used_up:
                break
        return sorted(found.values(), key=self.candidates.rank)[:MOST_KEPT]

    def _of_size(self, component: Component, size: int, slips: Sequence[GroupSlip]) -> list[Candidate]:
        """Return solutions of ``size`` changes, of which one or two may be slips of several cells."""
        found = self._with(component, (), size)
        for count in range(1, min(size, 2) + 1):
            for chosen in combinations(slips, count):
                found += self._with(component, chosen, size - count)
        return found

    def _with(self, component: Component, chosen: Sequence[GroupSlip], singles: int) -> list[Candidate]:
        """Return solutions made of these slips and ``singles`` single cells."""
        changes: dict[str, Number] = {}
        for slip in chosen:
            if changes.keys() & slip.changes.keys():
                return []
            changes |= slip.changes
        for cell, change in changes.items():
            component.add(cell, change)
        alone = self._singles(component, singles, frozenset(changes))
        for cell, change in changes.items():
            component.add(cell, -change)
        return [
            self.candidates.make(chosen, single) for single in alone
            if self._keeps(component, {**changes, **single})
        ]  # fmt: skip

    def _singles(self, component: Component, size: int, barred: frozenset[str]) -> list[dict[str, Number]]:
        """Return the changes of ``size`` single cells that settle what is broken now."""
        if component.is_settled:
            return [] if size else [{}]
        return component.solutions(size, self.candidates.allows, self.steps, barred) if size else []

    def _keeps(self, component: Component, changes: Mapping[str, Number]) -> bool:
        """Whether figures stay possible and the ``at most`` rules of the component hold."""
        new = {cell: component.values[cell] + change for cell, change in changes.items()}
        if not all(self.candidates.allows(cell, value) for cell, value in new.items()):
            return False
        after = {**self.system.typed, **new}
        return all(
            row.residual(after) <= 0
            for row in self.system.limits if row.terms.keys() <= component.columns.keys()
        )  # fmt: skip

    # ------------------------------------------------------------------ all together

    def _combine(self, parts: Sequence[Sequence[Candidate]]) -> list[Candidate]:
        """Return the best combinations of one candidate from each part."""
        if not parts:
            empty = Candidate(0, {}, "unreadable", ())
            return [empty] if self._implied(empty) and self._fits(empty) else []
        found: list[Candidate] = []
        tries = Steps(100 * self.limit)
        for index in _cheapest_first(parts):
            if len(found) == self.limit or not tries.take():
                break
            whole = joined([part[n] for part, n in zip(parts, index, strict=True)])
            if self._fits(whole):
                found.append(whole)
        return found

    def _fits(self, candidate: Candidate) -> bool:
        """Whether all figures, the implied ones too, are possible and all limits hold."""
        after = self.system.complete(candidate.new)
        if not all(self.candidates.allows(cell, value) for cell, value in self._implied(candidate).items()):
            return False
        return all(row.residual(after) <= 0 for row in self.system.limits if not row.terms.keys() & self.given_up)

    def _implied(self, candidate: Candidate) -> dict[str, Number]:
        """Return the figures that unreadable cells must have once all else is right."""
        if self.given_up:
            return {}
        after = self.system.complete(candidate.new)
        return {
            c: after[c] for c in self.candidates.sorted(self.system.unknown)
            if c in after and self.report.values[c].state == "problem" and not self.report.values[c].formula
        }  # fmt: skip


def _cheapest_first(parts: Sequence[Sequence[Candidate]]) -> Iterator[tuple[int, ...]]:
    """Yield the combinations of one candidate from each part by their cost: the index into each part."""
    start = (0,) * len(parts)
    heap, seen = [(sum(p[0].cost for p in parts), start)], {start}
    while heap:
        _, index = heapq.heappop(heap)
        yield index
        for place, part in enumerate(parts):
            following = (*index[:place], index[place] + 1, *index[place + 1 :])
            if following[place] < len(part) and following not in seen:
                seen.add(following)
                cost = sum(p[n].cost for p, n in zip(parts, following, strict=True))
                heapq.heappush(heap, (cost, following))
