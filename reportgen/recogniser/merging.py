"""Where the figures of a row stand when cells are merged otherwise than the form has them.

Of a table made by hand, the order of its cells is to be trusted more than their spans: as many figures right
of a known label as its table has columns are that row.  In a sheet, cells stand where they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ..form import Node
from ..sources import Grid, GridCell, Place
from .index import LabelIndex
from .labels import BlockLabels, key

__all__ = ["Header", "Settled", "cells_in", "header_of", "in_order", "settle"]


class Header(msgspec.Struct, frozen=True):
    """The header cells of a table, by column."""

    cells: Mapping[str, GridCell] = {}
    order: tuple[str, ...] = ()
    """The columns from left to right; () if that cannot be told."""
    sound: bool = True
    """Its cells stand above the figures, as far as they tell."""


class Settled(msgspec.Struct, frozen=True):
    """What became of a row whose cells do not stand under its header."""

    places: Mapping[str, Place] = {}
    """Column → where its figure stands, if by order; else figures stand under their headers."""
    fault: str = ""
    """Why no figure of the row was read."""


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
    distinct = len({cells[leaf].column for leaf in leaves}) == len(leaves)
    if distinct and (across == leaves or not _uncovered(index, cells, labels)):
        return Header(cells, tuple(across))
    depth = dict(_depths(labels.column_tree))
    printed = sorted(leaves, key=depth.__getitem__)
    stand = sorted(leaves, key=lambda leaf: cells[leaf][:2])
    return Header(cells, tuple(leaves) if stand == printed else (), sound=False)


def _depths(nodes: Iterable[Node], depth: int = 0) -> Iterable[tuple[str, int]]:
    for node in nodes:
        yield node.id, depth
        yield from _depths(node.children, depth + 1)


def _uncovered(index: LabelIndex, cells: Mapping[str, GridCell], labels: BlockLabels) -> bool:
    """Tell whether a group's cell does not reach over one of its columns."""
    for group in labels.column_groups:
        mine = [cells[leaf.id] for leaf in group.leaves() if leaf.id in cells]
        over = [cell for cell in index.cells(key(group.text)) if mine and cell.row < mine[0].row]
        for cell in over[-1:]:
            if any(not cell.column <= one.column < cell.column + cell.column_span for one in mine):
                return True
    return False


def settle(grid: Grid, label: GridCell, header: Header, labels: BlockLabels) -> Settled:
    """Tell where the figures right of a label stand.

    Args:
        grid: where the row stands.
        label: its label.
        header: of its table.
        labels: of its block.
    """
    if grid.a1:
        return Settled()
    cells = cells_in(grid, label.row, label.column + label.column_span)
    wanted = [header.cells[leaf].column for leaf in header.order]
    if header.sound and _stand_below(grid, cells, wanted, header):
        return Settled()
    return in_order(label, cells, header.order, len(labels.columns.leaves))


def _stand_below(grid: Grid, cells: Sequence[GridCell], wanted: Sequence[int], header: Header) -> bool:
    """Tell that a cell begins below every header, and none before the first that has no header of its own."""
    begin = {cell.column for cell in cells}
    top = max(cell.row for cell in header.cells.values())
    early = [cell for cell in cells if cell.column < wanted[0] and cell.value is not None]
    own = [grid.cell(top, cell.column) for cell in early]
    return begin.issuperset(wanted) and all(
        one is not None and one.column == cell.column and one.row < cell.row
        for one, cell in zip(own, early, strict=True)
    )


def in_order(label: GridCell, cells: Sequence[GridCell], order: Sequence[str], count: int) -> Settled:
    """Take the cells right of a label in their order, if there are as many as columns, blank ones around them aside."""
    over = len(cells) - count
    if over > 0 and all(cell.value is None for cell in cells[:over]):
        cells = cells[over:]
    elif over > 0 and all(cell.value is None for cell in cells[count:]):
        cells = cells[:count]
    if len(cells) == count == len(order):
        return Settled({leaf: cell[:2] for leaf, cell in zip(order, cells, strict=True)})
    return Settled(fault=f"第{label.row}行“{label.value}”右边有{len(cells)}格，应有{count}格")
