"""Fewest single cells whose change settles a set of equations.

Seen as a graph, equations are nodes and a changed cell joins the equations it stands in.  The
cells of a smallest solution form no cycle, so one of the broken equations is settled by one of
them alone, which fixes its new value.  The search takes broken equation by broken equation and
cell by cell in this way; two bounds keep it short: a cell settles at most one equation of each
rule (or as many as it stands in), and the number of steps is limited, so that the time is
bounded and the result the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..model.numbers import Number
from .system import Row, divide

Allowed = Callable[[str, Number], bool]


class Steps:
    """Steps that a search may take in all, so that its time is bounded."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self) -> bool:
        """Take one step; False when there is none left."""
        self._left -= 1
        return self._left >= 0

    @property
    def used_up(self) -> bool:
        """Whether more steps were asked for than there are."""
        return self._left < 0


class Component:
    """Equations that hang together through common cells, and their typed figures."""

    def __init__(self, rows: Sequence[Row], values: Mapping[str, Number]) -> None:
        self.rows = tuple(rows)
        self.values = values
        self.residual: list[Number] = [row.residual(values) for row in rows]
        self.columns: dict[str, list[tuple[int, int]]] = {}
        for number, row in enumerate(rows):
            for cell, factor in row.terms.items():
                self.columns.setdefault(cell, []).append((number, factor))
        names = list(dict.fromkeys(row.rule for row in rows))
        self._class = [names.index(row.rule) for row in rows]
        """Of each equation the number of its rule."""
        self._most = [1] * len(names)
        """Of each rule the most equations that one cell stands in."""
        for column in self.columns.values():
            for rule in range(len(names)):
                count = sum(self._class[number] == rule for number, _ in column)
                self._most[rule] = max(self._most[rule], count)
        self._open = [0] * len(names)
        """Of each rule the number of broken equations."""
        for number in self.broken:
            self._open[self._class[number]] += 1

    @property
    def broken(self) -> list[int]:
        """Numbers of the equations that do not hold."""
        return [number for number, rest in enumerate(self.residual) if rest]

    def effect(self, changes: Mapping[str, Number]) -> dict[int, Number]:
        """Return what adding ``changes`` to the cells adds to each residual; zeros left out."""
        effect: dict[int, Number] = {}
        for cell, change in changes.items():
            for number, factor in self.columns[cell]:
                effect[number] = effect.get(number, 0) + change * factor
        return {number: change for number, change in effect.items() if change}

    def settles(self, changes: Mapping[str, Number]) -> bool:
        """Whether ``changes`` settle every equation they touch, at least one of them broken."""
        effect = self.effect(changes)
        return bool(effect) and all(self.residual[n] + change == 0 for n, change in effect.items())

    def add(self, cell: str, change: Number) -> None:
        """Change a figure: bring the residuals of its equations up to date."""
        for number, factor in self.columns[cell]:
            before = self.residual[number]
            after = self.residual[number] = before + change * factor
            if not before:
                self._open[self._class[number]] += 1
            elif not after:
                self._open[self._class[number]] -= 1

    def least(self) -> int:
        """Return a number of cells that is never more than are needed."""
        return max((-(-n // most) for n, most in zip(self._open, self._most, strict=True)), default=0)

    @property
    def is_settled(self) -> bool:
        """Whether no equation is broken."""
        return not any(self._open)

    def solutions(
        self, size: int, allowed: Allowed, steps: Steps, barred: frozenset[str] = frozenset()
    ) -> list[dict[str, Number]]:
        """Return all sets of ``size`` changes that leave no equation broken.

        Args:
            size: number of cells.
            allowed: whether a cell may get this new value.
            steps: steps left; the result is incomplete once they are used up.
            barred: cells that are not to change.
        """
        search = _Search(self, allowed, steps, barred)
        if not self.is_settled and self.least() <= size:
            search.descend(size)
        return list(search.found.values())

    def leaves(self, left: int) -> list[int]:
        """Return the broken equations of which one must be settled by a single cell.

        Where as many equations of one rule are broken as cells are left, each of them is
        settled by a cell of its own: any one will do.
        """
        broken = self.broken
        if left == 1:
            return [self._shortest(broken)]
        for rule, most in enumerate(self._most):
            if most == 1 and self._open[rule] == left:
                return [self._shortest(n for n in broken if self._class[n] == rule)]
        return broken

    def _shortest(self, equations: Iterable[int]) -> int:
        return min(equations, key=lambda n: (len(self.rows[n].terms), n))


class _Search:
    """Takes broken equation by broken equation and cell by cell; the component is left as it was."""

    def __init__(self, component: Component, allowed: Allowed, steps: Steps, barred: frozenset[str]) -> None:
        self.component, self.allowed, self.steps, self.barred = component, allowed, steps, barred
        self.chosen: dict[str, Number] = {}
        self.seen: set[frozenset[tuple[str, Number]]] = set()
        self.found: dict[frozenset[tuple[str, Number]], dict[str, Number]] = {}

    def descend(self, left: int) -> None:
        """Choose ``left`` more changes in every way that may lead to a solution."""
        if left == 0:
            self.found.setdefault(frozenset(self.chosen.items()), dict(self.chosen))
            return
        component = self.component
        for cell, change in self.choices(left):
            if not self.steps.take():
                return
            component.add(cell, change)
            if (left == 1) == component.is_settled and component.least() < left:
                self.chosen[cell] = change
                key = frozenset(self.chosen.items())
                if key not in self.seen:
                    self.seen.add(key)
                    self.descend(left - 1)
                del self.chosen[cell]
            component.add(cell, -change)

    def choices(self, left: int) -> Iterator[tuple[str, Number]]:
        """Yield the changes that settle one broken equation in full."""
        component = self.component
        for number in component.leaves(left):
            rest = component.residual[number]
            for cell, factor in component.rows[number].terms.items():
                if cell in self.chosen or cell in self.barred:
                    continue
                change = divide(-rest, factor)
                if change is not None and self.allowed(cell, component.values[cell] + change):
                    yield cell, change
