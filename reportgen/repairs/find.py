"""Which cells are wrong and what they should be: error localisation over the form's sums.

The fewest changes that make every equation hold (Fellegi and Holt's principle), where one slip
that moves several figures counts as one change; ordered by how often people make such a slip.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations, pairwise
from math import prod

import msgspec

from ..form import Equation
from ..model.numbers import Number, difference
from ..model.report import Report
from .model import Change, Repair, Repairs, rule_ids
from .notes import explain_evidence
from .patterns import Line, Pattern, empty_totals, lines, patterns, swap_of
from .search import Budget, Component
from .slips import ERROR, explain
from .system import Row, System, build_system, total

__all__ = ["find_repairs"]

STEPS = 30_000
"""Steps for one report; a step takes a few microseconds."""
MOST_CELLS = 8
"""More independently wrong cells than this in one place are not a typing slip to be guessed."""
MOST_KEPT = 500
HINT = 100
"""Weight of a figure known from elsewhere (the text, last year's report)."""


class Candidate(msgspec.Struct, frozen=True):
    """One way to settle a component."""

    cost: int
    new: Mapping[str, Number]
    kind: str
    reasons: tuple[tuple[tuple[str, ...], str], ...]
    """(cells, why) for each slip."""


def find_repairs(report: Report, *, limit: int = 12, hints: Mapping[str, Number] | None = None) -> Repairs:
    """Return the minimal corrections that would settle the broken sums of a report.

    The report is not changed.  Typed figures are evidence; a total filled by formula follows its
    parts; a cell that cannot be read gets the figure the others imply.

    Args:
        report: what was read.
        limit: repairs to return at most (at least 1).
        hints: figures known from elsewhere by cell id, e.g. from the text; they only order the
            repairs.  Last year's figures in the report are used in the same way.

    Returns:
        the repairs, most likely first, and what the evidence can and cannot tell.
    """
    return _Finder(report, max(1, limit), dict(hints or {})).run()


class _Finder:
    def __init__(self, report: Report, limit: int, hints: dict[str, Number]) -> None:
        self.report, self.limit, self.form = report, limit, report.form
        self.system: System = build_system(report)
        self.hints = {**last_year_figures(report), **hints}
        self.budget = Budget(STEPS)
        self.order = {cell: n for n, cell in enumerate(self.form.cells)}
        self.lines = lines(self.form)
        self.before = self.system.complete({})
        self.given_up: set[str] = set()
        """Cells of equations that cannot be settled."""
        self.blank = frozenset(
            c for c in self.system.typed if report.values[c].state in ("blank", "placeholder")
        )
        self.around: dict[str, list[tuple[str, str]]] = {}
        for group in self.lines:
            for line in group:
                self._note_neighbours(line)

    def _note_neighbours(self, line: Line) -> None:
        words = ("右边一格", "左边一格") if line.across else ("下一行", "上一行")
        for one, other in pairwise(line.cells):
            self.around.setdefault(one, []).append((words[0], other))
            self.around.setdefault(other, []).append((words[1], one))

    def run(self) -> Repairs:
        solved: list[list[Candidate]] = []
        components = [component for component in self._components() if component.broken]
        unsolved: list[Component] = []
        for component in components:
            candidates = self._solve(component)
            if candidates:
                solved.append(candidates)
            else:
                unsolved.append(component)
        self.given_up = {cell for component in unsolved for cell in component.columns}
        combined = self._combine(solved)
        if not combined:
            solved, unsolved = [], components
        repairs = tuple(self._repair(c, n, self._implied(c)) for n, c in enumerate(combined, 1))
        if not components and not repairs:
            return Repairs()
        more = max(0, prod(len(part) for part in solved) - len(repairs)) if solved else 0
        note = explain_evidence(self.report, self.system, repairs, more, unsolved, self.budget.spent)
        return Repairs(
            repairs, more, note, self._parts(solved, combined), not unsolved, self.budget.spent
        )  # fmt: skip

    def _parts(
        self, solved: Sequence[Sequence[Candidate]], combined: Sequence[Candidate]
    ) -> tuple[tuple[Repair, ...], ...]:
        """Return the alternatives place by place; unreadable cells are a place of their own."""
        if len(solved) == 1:
            return (tuple(self._repair(c, n, self._implied(c)) for n, c in enumerate(combined, 1)),)
        parts = [
            tuple(self._repair(c, n, {}) for n, c in enumerate(part[: self.limit], 1)) for part in solved
        ]
        implied = self._implied(combined[0]) if combined else {}
        if implied:
            parts.append((self._repair(Candidate(0, {}, "unreadable", ()), 1, implied),))
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

    def _solve(self, component: Component) -> list[Candidate]:
        """Return the smallest solutions, most likely first; empty when there are none in reach."""
        slips = [p for p in patterns(component, self.form, self.budget) if self._keeps(component, p.changes)]
        slips += [
            p for p in empty_totals(component, self.form, self.blank) if self._keeps(component, p.changes)
        ]
        found: dict[frozenset[tuple[str, Number]], Candidate] = {}
        size_found, plain_found = 0, False
        for size in range(1, MOST_CELLS + 1):
            plain = self._with(component, (), size)
            if not size_found:
                for count in range(1, min(size, 2) + 1):
                    for chosen in combinations(slips, count):
                        plain += self._with(component, chosen, size - count)
            for candidate in plain:
                found.setdefault(frozenset(candidate.new.items()), candidate)
            plain_found = plain_found or any(len(c.new) == size for c in plain)
            size_found = size_found or (size if found else 0)
            # Where a slip of several cells explains it, two single cells may do as well.
            if (found and (plain_found or size > size_found)) or self.budget.spent:
                break
        ranked = sorted(found.values(), key=self._rank)
        return ranked[:MOST_KEPT]

    def _with(self, component: Component, chosen: Sequence[Pattern], singles: int) -> list[Candidate]:
        """Return solutions made of these slips and ``singles`` single cells."""
        changes: dict[str, Number] = {}
        for pattern in chosen:
            if changes.keys() & pattern.changes.keys():
                return []
            changes |= pattern.changes
        for cell, change in changes.items():
            component.add(cell, change)
        if component.broken:
            barred = frozenset(changes)
            alone = component.solutions(singles, self._allowed, self.budget, barred) if singles else []
        else:
            alone = [{}] if not singles else []
        for cell, change in changes.items():
            component.add(cell, -change)
        whole = [(chosen, single) for single in alone if self._keeps(component, {**changes, **single})]
        return [self._candidate(slips, single) for slips, single in whole]

    def _allowed(self, cell: str, new: Number) -> bool:
        if new < 0:
            return False
        if isinstance(new, Decimal) and self.form.cells[cell].kind == "count":
            return new == new.to_integral_value()
        return True

    def _keeps(self, component: Component, changes: Mapping[str, Number]) -> bool:
        """Whether figures stay possible and the ``at most`` rules of the component hold."""
        new = {cell: component.values[cell] + change for cell, change in changes.items()}
        if not all(self._allowed(cell, value) for cell, value in new.items()):
            return False
        after = {**self.system.typed, **new}
        return all(
            row.residual(after) <= 0
            for row in self.system.limits if row.terms.keys() <= component.columns.keys()
        )  # fmt: skip

    # ------------------------------------------------------------------ likelihood

    def _candidate(self, slips: Sequence[Pattern], single: Mapping[str, Number]) -> Candidate:
        typed = self.system.typed
        reasons: list[tuple[tuple[str, ...], str]] = []
        kinds: list[str] = []
        cost = 0
        new: dict[str, Number] = {}
        single = dict(single)
        pairs = [*slips, *self._swapped(single)]
        for pattern in pairs:
            new |= {cell: typed[cell] + change for cell, change in pattern.changes.items()}
            cost += ERROR + pattern.cost
            kinds.append(pattern.kind)
            reasons.append((self._sorted(pattern.changes), pattern.reason))
        for cell in self._sorted(single):
            new[cell] = typed[cell] + single[cell]
            around = [(word, typed[o]) for word, o in self.around.get(cell, []) if o in typed]
            slip = explain(self.form.cells[cell], self.report.values[cell], new[cell], around)
            cost += ERROR + slip.cost
            kinds.append(slip.kind)
            reasons.append(((cell,), slip.reason))
        cost += self._hint_cost(new)
        kind = kinds[0] if len(kinds) == 1 else "several"
        return Candidate(cost, {c: new[c] for c in self._sorted(new)}, kind, tuple(reasons))

    def _swapped(self, single: dict[str, Number]) -> list[Pattern]:
        """Take out of ``single`` the pairs of cells that just changed places."""
        typed = self.system.typed
        found: list[Pattern] = []
        for one, other in combinations(self._sorted(single), 2):
            if one in single and other in single:
                apart = typed[other] - typed[one]
                if single[one] == apart and single[other] == -apart:
                    near = other in [o for _, o in self.around.get(one, [])]
                    group = [x for g in self.lines for x in g if one in x.cells and other in x.cells]
                    across = bool(group) and group[0].across
                    ends = ((one, typed[one]), (other, typed[other]))
                    found.append(swap_of(*ends, near, bool(group), across))
                    del single[one], single[other]
        return found

    def _hint_cost(self, new: Mapping[str, Number]) -> int:
        if not self.hints:
            return 0
        after = self.system.complete(new)
        cost = 0
        for cell, hint in self.hints.items():
            was, now = self.before.get(cell) == hint, after.get(cell) == hint
            cost += HINT * (int(was) - int(now))
        return cost

    def _rank(self, candidate: Candidate) -> tuple[Number | list[int] | list[Number], ...]:
        """Cost, then fewer cells, details before totals, smaller changes, order of the form."""
        typed = self.system.typed
        return (
            candidate.cost, len(candidate.new),
            sum(self.form.cells[c].total for c in candidate.new),
            total(difference(value, typed[c]) for c, value in candidate.new.items()),
            [self.order[c] for c in candidate.new], list(candidate.new.values()),
        )  # fmt: skip

    def _sorted(self, cells: Mapping[str, Number]) -> tuple[str, ...]:
        return tuple(sorted(cells, key=self.order.__getitem__))

    # ------------------------------------------------------------------ all together

    def _combine(self, parts: Sequence[Sequence[Candidate]]) -> list[Candidate]:
        """Return the best combinations of one candidate from each part."""
        if not parts:
            empty = Candidate(0, {}, "unreadable", ())
            return [empty] if self._implied(empty) and self._fits(empty) else []
        start = (0,) * len(parts)
        heap = [(sum(p[0].cost for p in parts), start)]
        seen = {start}
        found: list[Candidate] = []
        tries = Budget(100 * self.limit)
        while heap and len(found) < self.limit and tries.spend():
            _, index = heapq.heappop(heap)
            chosen = [part[n] for part, n in zip(parts, index, strict=True)]
            whole = _joined(chosen)
            if self._fits(whole):
                found.append(whole)
            for place in range(len(parts)):
                following = (*index[:place], index[place] + 1, *index[place + 1 :])
                if following[place] < len(parts[place]) and following not in seen:
                    seen.add(following)
                    cost = sum(p[n].cost for p, n in zip(parts, following, strict=True))
                    heapq.heappush(heap, (cost, following))
        return found

    def _fits(self, candidate: Candidate) -> bool:
        """Whether all figures, the implied ones too, are possible and all limits hold."""
        after = self.system.complete(candidate.new)
        if not all(self._allowed(cell, value) for cell, value in self._implied(candidate).items()):
            return False
        return all(
            row.residual(after) <= 0 for row in self.system.limits if not row.terms.keys() & self.given_up
        )

    def _implied(self, candidate: Candidate) -> dict[str, Number]:
        """Return the figures that unreadable cells must have once all else is right."""
        if self.given_up:
            return {}
        after = self.system.complete(candidate.new)
        return {
            c: after[c] for c in self._sorted(dict.fromkeys(self.system.unknown, 0))
            if c in after and self.report.values[c].state == "problem"
        }  # fmt: skip

    def _repair(self, candidate: Candidate, rank: int, implied: Mapping[str, Number]) -> Repair:
        values = self.report.values
        after = {**self.system.complete(candidate.new), **implied}
        new = {**candidate.new, **implied}
        reasons = list(candidate.reasons)
        for cell, value in implied.items():
            reasons.append(((cell,), explain(self.form.cells[cell], values[cell], value, []).reason))
        follows = tuple(
            Change(c, values[c].number, after[c])
            for c in self._sorted(dict.fromkeys(self.system.formulas, 0))
            if c in after and after[c] != self.before.get(c)
        )
        settled = self._settled(after)
        changes = tuple(Change(c, values[c].number, new[c]) for c in self._sorted(new))
        kind = "several" if implied and candidate.new else candidate.kind
        steps = tuple(self._step(cells, reason, changes, settled, rank) for cells, reason in reasons)
        return Repair(changes, rule_ids(settled), settled, kind, self._reason(reasons), rank, follows, steps)

    def _step(
        self,
        cells: tuple[str, ...],
        reason: str,
        changes: Sequence[Change],
        settled: Sequence[Equation],
        rank: int,
    ) -> Repair:
        """One slip of a repair by itself: its cells, and the equations it has a part in."""
        own = tuple(e for e in settled if set(cells) & set(e.cells))
        mine = tuple(c for c in changes if c.cell in cells)
        return Repair(mine, rule_ids(own), own, "step", reason, rank)

    def _settled(self, after: Mapping[str, Number]) -> tuple[Equation, ...]:
        """Return the equations that cannot hold as typed and hold afterwards."""
        settled = []
        for equation in self.form.equations:
            sides = (equation.left, equation.right)
            now = [self.report.total(side) for side in sides]
            bad = any(self.report.values[c].state == "problem" for c in equation.cells)
            wrong = now[0] != now[1] if equation.relation == "equal" else now[0] > now[1]
            if (bad or wrong) and all(c in after for c in equation.cells):
                then = [sum((after[c] for c in side), start=Decimal(0)) for side in sides]
                if then[0] == then[1] if equation.relation == "equal" else then[0] <= then[1]:
                    settled.append(equation)
        return tuple(settled)

    def _reason(self, reasons: Sequence[tuple[tuple[str, ...], str]]) -> str:
        if len(reasons) == 1:
            return reasons[0][1]
        named = []
        for cells, reason in reasons:
            refs = [self.report.ref(c) for c in cells[:2]]
            named.append(f"{'、'.join(r.address or r.label for r in refs)} {reason}")
        return "；".join(named)


def _joined(chosen: Sequence[Candidate]) -> Candidate:
    if len(chosen) == 1:
        return chosen[0]
    new = {cell: value for c in chosen for cell, value in c.new.items()}
    reasons = tuple(reason for c in chosen for reason in c.reasons)
    return Candidate(sum(c.cost for c in chosen), new, "several", reasons)


def last_year_figures(report: Report) -> dict[str, Number]:
    """Return what cells should hold by last year's report: rules that equate one cell with one of last year."""
    found: dict[str, Number] = {}
    for relation in report.form.relations:
        left, right = relation.expect.left, relation.expect.right
        conditions = (
            relation.when,
            relation.fields,
            relation.unless_fields,
            relation.from_year,
            relation.text,
        )
        if any(conditions) or relation.expect.operator != "=" or len(left) != 1 or len(right) != 1:
            continue
        this, last = left[0], right[0]
        if not last.last or this.last or len(this.cells) != 1 or len(last.cells) != 1:
            continue
        value = report.last_year.get(last.cells[0])
        if this.factor == last.factor and value is not None and value.number is not None:
            found[this.cells[0]] = value.number
    return found
