"""Where the figures of a row stand when cells are merged otherwise than the form has them.

Of a table made by hand, the order of its cells is to be trusted more than their spans: as many figures right
of a known label as its table has columns are that row.  In a sheet, cells stand where they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ..form import Node
from ..form.likeness import key
from ..sources import Grid, GridCell, Place
from ..sources.base import LAST_COLUMN
from .index import LabelIndex
from .labels import BlockLabels


class Header(msgspec.Struct, frozen=True):
    """The header cells of a table, by column."""

    cells: Mapping[str, GridCell] = {}
    left: int = LAST_COLUMN
    """The first column of its cells."""
    order: tuple[str, ...] = ()
    """The columns from left to right; () if that cannot be told."""
    sound: bool = True
    """Its cells stand above the figures, as far as they tell."""
    elsewhere: bool = False
    """It stands in the grid before: the table goes on without one."""
    fault: str = ""
    """Why no figure is read by it."""


class Settled(msgspec.Struct, frozen=True):
    """What became of a row whose cells do not stand under its header."""

    places: Mapping[str, Place] = {}
    """Column → where its figure stands, if by order; else figures stand under their headers."""
    fault: str = ""
    """Why no figure of the row was read."""


_AS_IT_STANDS = Settled()


def cells_in(grid: Grid, row: int, first: int) -> list[GridCell]:
    """Return the cells that begin in a row, from a column on."""
    return [cell for cell in grid.cells.in_row.get(row, ()) if cell.column >= first]


def header_of(index: LabelIndex, cells: Mapping[str, GridCell], labels: BlockLabels) -> Header:
    """Return a header and the order of its columns.

    That is where they stand, if no two stand in one place and every group covers its own; else the order of
    the form, if its labels follow each other as they would be printed.
    """
    leaves = [leaf.id for leaf in labels.columns.leaves if leaf.id in cells]
    across = sorted(leaves, key=lambda leaf: cells[leaf].column)
    left = min((cell.column for cell in cells.values()), default=LAST_COLUMN)
    distinct = len({cells[leaf].column for leaf in leaves}) == len(leaves)
    if distinct and (across == leaves or _covered(index, cells, labels)):
        return Header(cells, left, tuple(across))
    depth = dict(_depths(labels.column_tree))
    printed = sorted(leaves, key=depth.__getitem__)
    stand = sorted(leaves, key=lambda leaf: cells[leaf].place)
    return Header(cells, left, tuple(leaves) if stand == printed else (), sound=False)


def _depths(nodes: Iterable[Node], depth: int = 0) -> Iterable[tuple[str, int]]:
    for node in nodes:
        yield node.id, depth
        yield from _depths(node.children, depth + 1)


def _covered(index: LabelIndex, cells: Mapping[str, GridCell], labels: BlockLabels) -> bool:
    """Tell whether the headers stand in one row, or every group's cell reaches over its columns."""
    if len({cell.row for cell in cells.values()}) == 1:
        return True
    for group in labels.column_groups:
        mine = [cells[leaf.id] for leaf in group.leaves() if leaf.id in cells]
        over = [cell for cell in index.cells(key(group.text)) if mine and cell.row < mine[0].row]
        if mine and not over:
            return False
        for cell in over[-1:]:
            if any(not cell.column <= one.column < cell.column + cell.column_span for one in mine):
                return False
    return True


def settle(grid: Grid, label: GridCell, header: Header, labels: BlockLabels) -> Settled:
    """Tell where the figures right of a label stand.

    Args:
        grid: where the row stands.
        label: its label.
        header: of its table.
        labels: of its block.
    """
    if header.fault:
        return Settled(fault=header.fault)
    if grid.a1:
        return _AS_IT_STANDS
    cells = cells_in(grid, label.row, label.column + label.column_span)
    wanted = [header.cells[leaf].column for leaf in header.order]
    if header.sound and _stand_below(grid, cells, wanted, header):
        return Settled()
    return _in_order(label, cells, header.order, len(labels.columns.leaves))


def _stand_below(grid: Grid, cells: Sequence[GridCell], wanted: Sequence[int], header: Header) -> bool:
    """Tell that a cell begins below every header, and nothing stands in a column without one."""
    top = max(cell.row for cell in header.cells.values())
    covered = {at for cell in header.cells.values() for at in range(cell.column, cell.column + cell.column_span)}
    return {cell.column for cell in cells}.issuperset(wanted) and all(
        cell.value is None or cell.column in covered or (not header.elsewhere and has_own_header(grid, cell, top))
        for cell in cells
    )


def has_own_header(grid: Grid, cell: GridCell, row: int) -> bool:
    """Tell whether a cell of a header's row begins right above another."""
    above = grid.cell(row, cell.column)
    return above is not None and above.column == cell.column and above.row < cell.row and above.value is not None


def _in_order(label: GridCell, cells: Sequence[GridCell], order: Sequence[str], count: int) -> Settled:
    """Take the cells right of a label in their order, if there are as many as columns, blank ones around them aside."""
    over = len(cells) - count
    if over > 0 and all(cell.value is None for cell in cells[:over]):
        cells = cells[over:]
    elif over > 0 and all(cell.value is None for cell in cells[count:]):
        cells = cells[:count]
    if len(cells) == count == len(order):
        return Settled({leaf: cell.place for leaf, cell in zip(order, cells, strict=True)})
    what = f"右边有{len(cells)}格，应有{count}格" if len(cells) != count else "右边的数与上面的栏目对不上"
    return Settled(fault=f"第{label.row}行“{label.value}”{what}")
