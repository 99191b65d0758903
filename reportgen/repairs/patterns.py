"""One slip, several cells: swapped figures, figures in the wrong line, totals left empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

import msgspec

from ..form import Form
from ..model.numbers import Number
from .search import Budget, Component
from .slips import PRIORS, log
from .system import divide, total

__all__ = ["Line", "Pattern", "empty_totals", "lines", "patterns", "swap_of"]


_SHIFTED = {
    "下": "填低了一行，应向上", "上": "填高了一行，应向下",
    "右": "填偏右了一列，应向左", "左": "填偏左了一列，应向右",
}  # fmt: skip


class Line(msgspec.Struct, frozen=True):
    """Figures printed in one row or column of a table, in order."""

    across: bool
    """A printed row."""
    position: int
    cells: tuple[str, ...]


class Pattern(msgspec.Struct, frozen=True):
    """Several changes that one slip explains."""

    kind: str
    changes: Mapping[str, Number]
    """Cell → what to add to its figure."""
    cost: int
    reason: str


def lines(form: Form) -> list[list[Line]]:
    """Return the printed rows, and the printed columns, of each table; parallel ones together."""
    found = []
    for table in form.tables:
        spots = [(c.row, c.column, c.cell) for c in table.layout if c.cell]
        for across in (True, False):
            groups: dict[int, list[tuple[int, str]]] = {}
            for row, column, cell in spots:
                groups.setdefault(row if across else column, []).append((column if across else row, cell))
            found.append([
                Line(across, n, tuple(cell for _, cell in sorted(groups[n]))) for n in sorted(groups)
            ])  # fmt: skip
    return found


def patterns(component: Component, form: Form, budget: Budget) -> list[Pattern]:
    """Return the slips of several cells that settle every equation they touch.

    Args:
        component: its residuals say what is broken; it is left as it is.
        form: for the printed rows and columns.
        budget: one step is taken for each candidate.
    """
    broken = set(component.broken)
    if not broken:
        return []
    found: list[Pattern] = []
    for printed in lines(form):
        group = [
            Line(line.across, line.position, tuple(c for c in line.cells if c in component.columns))
            for line in printed
        ]
        for line in group:
            found += _swaps(component, line, broken, budget)
            found += _shifts(component, line, budget)
        for one, other in pairwise(group):
            if other.position == one.position + 1 and len(one.cells) == len(other.cells):
                found += _exchanges(component, one, other, broken, budget)
    unique: dict[frozenset[tuple[str, Number]], Pattern] = {}
    for pattern in found:
        key = frozenset(pattern.changes.items())
        if key not in unique or pattern.cost < unique[key].cost:
            unique[key] = pattern
    return list(unique.values())


def swap_of(
    first: tuple[str, Number], second: tuple[str, Number], adjacent: bool, in_line: bool, across: bool
) -> Pattern:
    """Return the pattern of two cells whose figures (given as typed) changed places."""
    (one, x), (other, y) = first, second
    changes = {one: y - x, other: x - y}
    away = 0 if adjacent else 25 if in_line else 50
    if x == 0 or y == 0:
        where = ("左右相邻" if across else "上下相邻") if adjacent else "另一"
        return Pattern("moved", changes, PRIORS["moved"] + away, f"{x or y} 可能填到了{where}的格")
    return Pattern("swapped", changes, PRIORS["swapped"] + away, f"{x} 和 {y} 两格可能填颠倒了")


def _swaps(component: Component, line: Line, broken: set[int], budget: Budget) -> Iterator[Pattern]:
    """Two cells of one line that changed places."""
    near = [
        (n, cell) for n, cell in enumerate(line.cells)
        if any(number in broken for number, _ in component.columns[cell])
    ]  # fmt: skip
    values = component.values
    for (n, one), (m, other) in combinations(near, 2):
        if values[one] == values[other] or not budget.spend():
            continue
        pattern = swap_of((one, values[one]), (other, values[other]), m == n + 1, True, line.across)
        if component.settles(pattern.changes):
            yield pattern


def _shifts(component: Component, line: Line, budget: Budget) -> Iterator[Pattern]:
    """Three or more cells of one line that were all typed one place too far.

    What the last of them should hold was typed over; its own equation tells.
    """
    columns = component.columns
    count: dict[int, int] = {}
    for cell in line.cells:
        for number, _ in columns[cell]:
            count[number] = count.get(number, 0) + 1
    own = {c: [(n, factor) for n, factor in columns[c] if count[n] == 1] for c in line.cells}
    if len(line.cells) < 3 or not all(own.values()):
        return
    for forward in (True, False):
        cells = line.cells if forward else line.cells[::-1]
        words = ("右" if forward else "左") if line.across else ("下" if forward else "上")
        for start in range(len(cells) - 2):
            yield from _shifts_from(component, cells[start:], own, words, budget)


def _shifts_from(
    component: Component, cells: Sequence[str], own: Mapping[str, list[tuple[int, int]]],
    words: str, budget: Budget,
) -> Iterator[Pattern]:  # fmt: skip
    values, residual = component.values, component.residual
    changes: dict[str, Number] = {}
    for cell, following in pairwise(cells):
        change = values[following] - values[cell]
        if not (change or changes) or not budget.spend():
            return
        if any(residual[n] + factor * change for n, factor in own[cell]):
            return
        if change:
            changes[cell] = change
        number, factor = own[following][0]
        last = divide(-residual[number], factor)
        if last and len(changes) >= 2 and values[following] + last >= 0:
            whole = {**changes, following: last}
            if component.settles(whole):
                lost = 0 if values[following] + last == values[cells[0]] else 25
                reason = f"这{len(whole)}格可能整段{_SHIFTED[words]}移一格"
                yield Pattern("shifted", whole, PRIORS["shifted"] + lost, reason)


def _exchanges(
    component: Component, one: Line, other: Line, broken: set[int], budget: Budget
) -> Iterator[Pattern]:
    """A run of cells typed into the next line and that line's into this one."""
    touched = [{n for c in line.cells for n, _ in component.columns[c]} & broken for line in (one, other)]
    if not touched[0] or not touched[1]:
        return
    values = component.values
    pairs = list(zip(one.cells, other.cells, strict=True))
    for start in range(len(pairs)):
        changes: dict[str, Number] = {}
        for a, b in pairs[start:]:
            change = values[b] - values[a]
            if not (change or changes) or not budget.spend():
                break
            if not change:
                continue
            changes |= {a: change, b: -change}
            if len(changes) > 2 and component.settles(changes):
                what = "行" if one.across else "列"
                run = len(changes) // 2
                yield Pattern(
                    "exchanged", dict(changes), PRIORS["exchanged"] + log(run),
                    f"相邻两{what}的{run}组数可能互相填错了{what}",
                )  # fmt: skip


def empty_totals(component: Component, form: Form, blank: frozenset[str]) -> list[Pattern]:
    """All totals of broken equations that are 0 or blank, filled with their sums.

    Args:
        component: its residuals say what is broken; it is left as it is.
        form: says which cells are totals.
        blank: cells without a number; they count as 0.
    """
    broken = component.broken
    empty = {
        c for n in broken for c in component.rows[n].terms
        if form.cells[c].total and (c in blank or component.values[c] == 0)
    }  # fmt: skip
    values = dict(component.values)
    open_cells = set(empty)
    while open_cells:
        for row in component.rows:
            unknown = [c for c in row.terms if c in open_cells]
            if len(unknown) == 1:
                rest = total(values[c] * f for c, f in row.terms.items() if c not in open_cells)
                value = divide(-rest, row.terms[unknown[0]])
                if value is None or value < 0:
                    return []
                values[unknown[0]] = value
                open_cells.discard(unknown[0])
                break
        else:
            return []
    changes = {c: values[c] for c in component.columns if c in empty and values[c]}
    if len(changes) < 2 or not component.settles(changes):
        return []
    return [Pattern("totals", changes, PRIORS["totals"], f"{len(changes)}个总计没有填，应为各项之和")]
