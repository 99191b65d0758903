"""Fewest single cells whose change settles a set of equations.

Seen as a graph, equations are points and a changed cell joins the equations it stands in.  The
cells of a smallest solution form no circle, so one of the broken equations is settled by one of
them alone, which fixes its new value.  The search takes broken equation by broken equation and
cell by cell in this way; two bounds keep it short: a cell settles at most one equation of each
rule (or as many as it stands in), and the number of steps is limited, so that the time is
bounded and the result the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..model.numbers import Number
from .system import Row, divide

__all__ = ["Budget", "Component"]

Allowed = Callable[[str, Number], bool]


class Budget:
    """Steps a search may take in all."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self) -> bool:
        """Take one step; False when there is none left."""
        self.left -= 1
        return self.left >= 0

    @property
    def spent(self) -> bool:
        return self.left < 0


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
        self._most = [1] * len(names)
        for column in self.columns.values():
            for rule in range(len(names)):
                count = sum(self._class[number] == rule for number, _ in column)
                self._most[rule] = max(self._most[rule], count)
        self._open = [0] * len(names)
        for number in self.broken:
            self._open[self._class[number]] += 1

    @property
    def broken(self) -> list[int]:
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

    def solutions(
        self, size: int, allowed: Allowed, budget: Budget, barred: frozenset[str] = frozenset()
    ) -> list[dict[str, Number]]:
        """Return all sets of ``size`` changes that leave no equation broken.

        Args:
            size: number of cells.
            allowed: whether a cell may get this new value.
            budget: steps left; the result is incomplete once it is spent.
            barred: cells that are not to change.
        """
        found: dict[frozenset[tuple[str, Number]], dict[str, Number]] = {}
        seen: set[frozenset[tuple[str, Number]]] = set()
        chosen: dict[str, Number] = {}

        def descend(left: int) -> None:
            if left == 0:
                found.setdefault(frozenset(chosen.items()), dict(chosen))
                return
            for cell, change in self._steps(left, allowed, barred, chosen):
                if not budget.spend():
                    return
                self.add(cell, change)
                if (left == 1) == (not any(self._open)) and self.least() < left:
                    chosen[cell] = change
                    key = frozenset(chosen.items())
                    if key not in seen:
                        seen.add(key)
                        descend(left - 1)
                    del chosen[cell]
                self.add(cell, -change)

        if any(self._open) and self.least() <= size:
            descend(size)
        return list(found.values())

    def _steps(
        self, left: int, allowed: Allowed, barred: frozenset[str], chosen: Mapping[str, Number]
    ) -> Iterator[tuple[str, Number]]:
        """Yield the changes that settle one broken equation in full."""
        for number in self._leaves(left):
            rest = self.residual[number]
            for cell, factor in self.rows[number].terms.items():
                if cell in chosen or cell in barred:
                    continue
                change = divide(-rest, factor)
                if change is not None and allowed(cell, self.values[cell] + change):
                    yield cell, change

    def _leaves(self, left: int) -> list[int]:
        """Return the broken equations of which one must be settled by a single cell.

        Where as many equations of one rule are broken as cells are left, each of them is
        settled by a cell of its own: any one will do.
        """
        broken = self.broken
        if left == 1:
            return [min(broken, key=lambda n: (len(self.rows[n].terms), n))]
        for rule, most in enumerate(self._most):
            if most == 1 and self._open[rule] == left:
                ours = [n for n in broken if self._class[n] == rule]
                return [min(ours, key=lambda n: (len(self.rows[n].terms), n))]
        return broken
