"""One slip, several cells: swapped figures, figures in the wrong line, totals left empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

import msgspec

from ..form import Form
from ..model.numbers import Number, total
from .search import Component, Steps
from .slips import PRIORS, log
from .system import divide

_SHIFTED = {
    "下": "填低了一行，应向上", "上": "填高了一行，应向下",
    "右": "填偏右了一列，应向左", "左": "填偏左了一列，应向右",
}  # fmt: skip


class CellLine(msgspec.Struct, frozen=True):
    """Figures printed in one row or column of a table, in order."""

    across: bool
    """A printed row."""
    position: int
    cells: tuple[str, ...]


class GroupSlip(msgspec.Struct, frozen=True):
    """A slip that moved several figures at once."""

    kind: str
    changes: Mapping[str, Number]
    """Cell → what to add to its figure."""
    cost: int
    reason: str


def cell_lines(form: Form) -> list[list[CellLine]]:
    """Return the printed rows, and the printed columns, of each table; parallel ones together."""
    found = []
    for table in form.tables:
        spots = [(c.row, c.column, c.cell) for c in table.layout if c.cell]
        for across in (True, False):
            groups: dict[int, list[tuple[int, str]]] = {}
            for row, column, cell in spots:
                groups.setdefault(row if across else column, []).append((column if across else row, cell))
            found.append([
                CellLine(across, n, tuple(cell for _, cell in sorted(groups[n]))) for n in sorted(groups)
            ])  # fmt: skip
    return found


def group_slips(component: Component, form: Form, steps: Steps) -> list[GroupSlip]:
    """Return the slips of several cells that settle every equation they touch.

    Args:
        component: its residuals say what is broken; it is left as it is.
        steps: one step is taken for each candidate.
    """
    unique: dict[frozenset[tuple[str, Number]], GroupSlip] = {}
    for slip in _in_lines(component, form, steps):
        key = frozenset(slip.changes.items())
        if key not in unique or slip.cost < unique[key].cost:
            unique[key] = slip
    return list(unique.values())


def _in_lines(component: Component, form: Form, steps: Steps) -> Iterator[GroupSlip]:
    broken = set(component.broken)
    for printed in cell_lines(form) if broken else ():
        group = [
            CellLine(line.across, line.position, tuple(c for c in line.cells if c in component.columns))
            for line in printed
        ]
        for line in group:
            yield from _swaps(component, line, broken, steps)
            yield from _shifts(component, line, steps)
        for one, other in pairwise(group):
            if other.position == one.position + 1 and len(one.cells) == len(other.cells):
                yield from _exchanges(component, one, other, broken, steps)


def swap_of(
    first: tuple[str, Number], second: tuple[str, Number], adjacent: bool, in_line: bool, across: bool
) -> GroupSlip:
    """Return the slip of two cells whose figures (given as typed) changed places."""
    (one, x), (other, y) = first, second
    changes = {one: y - x, other: x - y}
    away = 0 if adjacent else 25 if in_line else 50
    if x == 0 or y == 0:
        where = ("左右相邻" if across else "上下相邻") if adjacent else "另一"
        return GroupSlip("moved", changes, PRIORS["moved"] + away, f"{x or y} 可能填到了{where}的格")
    return GroupSlip("swapped", changes, PRIORS["swapped"] + away, f"{x} 和 {y} 两格可能填颠倒了")


def _swaps(component: Component, line: CellLine, broken: set[int], steps: Steps) -> Iterator[GroupSlip]:
    """Yield two cells of one line that changed places."""
    near = [
        (n, cell) for n, cell in enumerate(line.cells)
        if any(number in broken for number, _ in component.columns[cell])
    ]  # fmt: skip
    values = component.values
    for (n, one), (m, other) in combinations(near, 2):
        if values[one] == values[other] or not steps.take():
            continue
        slip = swap_of((one, values[one]), (other, values[other]), m == n + 1, True, line.across)
        if component.settles(slip.changes):
            yield slip


def _shifts(component: Component, line: CellLine, steps: Steps) -> Iterator[GroupSlip]:
    """Yield three or more cells of one line that were all typed one place too far.

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
            yield from _shifts_from(component, cells[start:], own, words, steps)


def _shifts_from(
    component: Component, cells: Sequence[str], own: Mapping[str, list[tuple[int, int]]],
    words: str, steps: Steps,
) -> Iterator[GroupSlip]:  # fmt: skip
    values, residual = component.values, component.residual
    changes: dict[str, Number] = {}
    for cell, following in pairwise(cells):
        change = values[following] - values[cell]
        if not (change or changes) or not steps.take():
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
                yield GroupSlip("shifted", whole, PRIORS["shifted"] + lost, reason)


def _exchanges(
    component: Component, one: CellLine, other: CellLine, broken: set[int], steps: Steps
) -> Iterator[GroupSlip]:
    """Yield runs of cells that were typed into the next line, and that line's into this one."""
    touched = [{n for c in line.cells for n, _ in component.columns[c]} & broken for line in (one, other)]
    if not all(touched):
        return
    what = "行" if one.across else "列"
    for start in range(len(one.cells)):
        for changes in _exchanged(component, one.cells[start:], other.cells[start:], steps):
            run = len(changes) // 2
            reason = f"相邻两{what}的{run}组数可能互相填错了{what}"
            yield GroupSlip("exchanged", changes, PRIORS["exchanged"] + log(run), reason)


def _exchanged(
    component: Component, cells: Sequence[str], others: Sequence[str], steps: Steps
) -> Iterator[dict[str, Number]]:
    """Yield the changes of longer and longer runs from the first pair of cells on, if they settle anything."""
    changes: dict[str, Number] = {}
    for one, other in zip(cells, others, strict=True):
        change = component.values[other] - component.values[one]
        if not (change or changes) or not steps.take():
            return
        if change:
            changes |= {one: change, other: -change}
            if len(changes) > 2 and component.settles(changes):
                yield dict(changes)


def empty_totals(component: Component, form: Form, blank: frozenset[str]) -> list[GroupSlip]:
    """Return the slip that all totals of broken equations were left 0 or blank; [] if that settles nothing.

    Args:
        component: its residuals say what is broken; it is left as it is.
        blank: cells without a number; they count as 0.
    """
    empty = {
        c for n in component.broken for c in component.rows[n].terms
        if form.cells[c].total and (c in blank or component.values[c] == 0)
    }  # fmt: skip
    values = _filled(component, empty)
    changes = {c: values[c] for c in component.columns if c in empty and values.get(c)}
    if len(changes) < 2 or not component.settles(changes):
        return []
    return [GroupSlip("totals", changes, PRIORS["totals"], f"{len(changes)}个总计没有填，应为各项之和")]


def _filled(component: Component, empty: set[str]) -> dict[str, Number]:
    """Return all figures with those of some cells computed from the others; {} if that cannot be done."""
    values, open_cells = dict(component.values), set(empty)
    while open_cells:
        for row in component.rows:
            unknown = [c for c in row.terms if c in open_cells]
            if len(unknown) == 1:
                break
        else:
            return {}
        rest = total(values[c] * f for c, f in row.terms.items() if c not in open_cells)
        value = divide(-rest, row.terms[unknown[0]])
        if value is None or value < 0:
            return {}
        values[unknown[0]] = value
        open_cells.discard(unknown[0])
    return values
