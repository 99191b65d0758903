"""Rows of figures, found by their labels and those of their columns, whatever the layout around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from ..form import Block, Form, Table
from ..model.numbers import parse_number
from ..sources import GridCell
from .index import LabelIndex
from .labels import BlockLabels, block_labels

__all__ = ["Row", "table_rows"]


class Row(msgspec.Struct, frozen=True):
    """A row of figures found: its label cell and the header cell of each column."""

    index: LabelIndex
    label: GridCell
    row: int
    columns: Mapping[str, GridCell]


def table_rows(form: Form, table: Table, indexes: Sequence[LabelIndex]) -> dict[str, list[Row]]:
    """Return the rows of a table that stand in some grids, by the id of their row of the form.

    A row label counts only with a header of its table above it; of a wide block, below it.
    """
    rows: dict[str, list[Row]] = {}
    for block in table.blocks:
        labels = block_labels(form, block)
        inherited: Mapping[str, GridCell] = {}
        for index in indexes:
            here = list(_wide_rows(index, block, labels)) if block.wide else []
            if not here:
                here = list(_rows(index, block, labels, inherited))
                inherited = here[-1][1].columns if here else {}
            for leaf, row in here:
                rows.setdefault(leaf, []).append(row)
    return rows


def _rows(
    index: LabelIndex, block: Block, labels: BlockLabels, inherited: Mapping[str, GridCell]
) -> Iterator[tuple[str, Row]]:
    """Rows of a block in one grid: label at the left, header above."""
    headers: dict[str, list[GridCell]] = {}
    for leaf, cell in index.find(labels.columns):
        headers.setdefault(leaf, []).append(cell)
    # A table that goes on in the next grid without its header keeps the header before it.
    going_on = not headers and not block.wide
    for leaf, label in sorted(index.find(labels.rows), key=lambda found: (found[1].row, found[1].column)):
        edge = label.column + label.column_span
        columns = inherited if going_on else {}
        if not going_on:
            columns = {
                column: max(above, key=lambda cell: cell.row)
                for column, cells in headers.items()
                if (above := [c for c in cells if c.row < label.row and c.column >= edge])
            }
        if len(columns) * 2 >= len(labels.column_leaves):
            yield leaf, Row(index, label, label.row, columns)


def _wide_rows(index: LabelIndex, block: Block, labels: BlockLabels) -> Iterator[tuple[str, Row]]:
    """Rows of figures that the form prints side by side in one row (table 四)."""
    groups = sorted(index.find(labels.rows), key=lambda found: (found[1].column, found[1].row))
    if not groups:
        return
    leaves = [(leaf, cell) for leaf, cell in index.find(labels.columns)]
    columns: dict[int, dict[str, GridCell]] = {}
    for leaf, cell in leaves:
        over = [n for n, (_, g) in enumerate(groups) if g.row < cell.row and g.column <= cell.column]
        if not over:
            continue
        group = max(over, key=lambda n: (groups[n][1].column, groups[n][1].row))
        last = groups[group][1].column + groups[group][1].column_span - 1
        if groups[group][1].column_span > 1 and cell.column > last:
            continue
        columns.setdefault(group, {}).setdefault(leaf, cell)
    for n, (leaf, label) in enumerate(groups):
        mine = columns.get(n, {})
        if len(mine) * 2 < len(labels.column_leaves) or len({c.row + c.row_span for c in mine.values()}) > 1:
            continue
        below = max(c.row + c.row_span for c in mine.values())
        yield leaf, Row(index, label, _first_filled(index, mine, below), mine)


def _first_filled(index: LabelIndex, columns: Mapping[str, GridCell], row: int) -> int:
    """The row of figures is right below the header; an empty row may have been put between."""

    def filled(candidate: int, test: Callable[[object], bool]) -> bool:
        cells = (index.grid.cell(candidate, c.column) for c in columns.values())
        return any(cell is not None and (test(cell.value) or bool(cell.formula)) for cell in cells)

    if filled(row, lambda value: value not in (None, "")):
        return row
    numbers = (n for n in (row + 1, row + 2) if filled(n, lambda v: parse_number(v).state == "number"))
    return next(numbers, row)
