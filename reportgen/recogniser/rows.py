"""Rows of figures, found by their labels and those of their columns, whatever the layout around them.

Labels are looked for as the form has them; then, for what is still missing, those that are nearly so, at
their place in the order of the form.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import msgspec

from ..form import LONGEST_LABEL, Block, Form, Table
from ..form.likeness import key, number_of
from ..model.numbers import is_number, parse_number
from ..sources import GridCell
from ..sources.base import BY_PLACE, LAST_COLUMN
from .index import LabelIndex
from .labels import Axis, BlockLabels, block_labels, known_labels, nearest
from .merging import Header, Settled, cells_in, has_own_header, header_of, settle

_WORD = r"[\u4e00-\u9fff]{2}"  # compiled when first needed: a wide range takes long
_FAR = 20
"""Columns right of a label in which its figures are looked for."""
_WORDY = 8
"""Characters of a text without a number, between a label and its figures, that is a label itself."""
Headers = dict[str, list[GridCell]]


class Row(msgspec.Struct, frozen=True):
    """A row of figures found: its label cell and the header cell of each column."""

    index: LabelIndex
    label: GridCell
    row: int
    columns: Mapping[str, GridCell]
    settled: Settled = Settled()
    """Where the figures stand when the merged cells are not as prescribed."""
    likely: bool = False
    """The label is nearly one of the form."""


class _Labelled(msgspec.Struct, frozen=True):
    """The labels of one block in one grid."""

    index: LabelIndex
    rows: list[tuple[str, GridCell, bool]]
    """Leaf, label cell and whether it is only likely, from the top; of a label repeated in a row the last."""
    sure: Headers
    """The header cells by leaf: those that are labels."""
    likely: Headers
    """Those that are nearly."""


class _Finder:
    """Finds the labels of one block in grids."""

    def __init__(self, form: Form, labels: BlockLabels, missing: frozenset[str] | None = None) -> None:
        """``missing``: leaves whose rows are looked for by what is nearly their label, too; None: none are."""
        self.form, self.labels, self.missing = form, labels, missing

    def look(self, index: LabelIndex) -> _Labelled | None:
        """Return the labels of the block in a grid, None if it has none."""
        if self.missing is None and index.labels.keys().isdisjoint(self.labels.known):
            return None
        rows = [(leaf, cell, False) for leaf, cell in index.find(self.labels.rows.wordings)]
        sure, likely = self._headers(index, [cell for _, cell, _ in rows])
        if self.missing:
            rows += [(leaf, cell, True) for leaf, cell in self._likely(index, self.labels.rows) if leaf in self.missing]
        rows.sort(key=lambda one: one[1].place)
        return _Labelled(index, list({(one[0], one[1].row): one for one in rows}.values()), sure, likely)

    def _headers(self, index: LabelIndex, labels: Sequence[GridCell]) -> tuple[Headers, Headers]:
        """Return the header cells, those that are labels and those that are nearly; ``labels`` are those of rows.

        The word of a column that stands in a row of the block is that row's label, or typed for a figure.
        """
        sure, likely = Headers(), Headers()
        for leaf, cell in index.find(self.labels.columns.wordings):
            sure.setdefault(leaf, []).append(cell)
        for leaf, cell in self._likely(index, self.labels.columns) if self.missing is not None else ():
            if not _has_figures(index, cell):
                likely.setdefault(leaf, []).append(cell)
        first = {cell.row: cell.column for cell in sorted(labels, key=BY_PLACE, reverse=True)}
        for leaf, cells in sure.items():
            if len(cells) > 1:
                free = [cell for cell in cells if first.get(cell.row, cell.column) >= cell.column]
                sure[leaf] = [cell for cell in free if not _has_figures(index, cell)] or cells
        return sure, likely

    def _likely(self, index: LabelIndex, axis: Axis) -> Iterator[tuple[str, GridCell]]:
        known, names = known_labels(self.form), axis.names
        for text, cells in index.grid.cells.by_text.items():
            label = key(text) if len(text) <= LONGEST_LABEL and re.search(_WORD, text) else ""
            other = label in known and not (label in names and label not in axis.wordings)
            leaf = nearest(self.form, axis, text) if label and not other else ""
            if leaf:
                yield from ((leaf, cell) for cell in cells)


def _has_figures(index: LabelIndex, label: GridCell) -> bool:
    """Tell whether figures stand right of a label, as they do of a row's."""
    at, row = index.grid.cells.at, label.row
    for column in range(label.column + 1, label.column + _FAR):
        cell = at.get((row, column))
        if cell is not None and is_number(cell.value):
            return True
    return False


def table_rows(form: Form, table: Table, indexes: Sequence[LabelIndex], *, near: bool = False) -> dict[str, list[Row]]:
    """Return the rows of a table that stand in some grids, by the id of their row of the form.

    A row label counts only with a header of its table above it; of a wide block, below it.  A row for a whole
    group has the id of the group.

    Args:
        form: the edition.
        table: one of its tables.
        indexes: the grids, in order.
        near: look for labels that are nearly those of the form, too, where some are missing.
    """
    rows: dict[str, list[Row]] = {}
    for block in table.blocks:
        labels = block_labels(form, block)
        here = _block_rows(indexes, block, _Finder(form, labels))
        missing = frozenset(leaf.id for leaf in labels.rows.leaves) - here.keys()
        wanting = any(len(row.columns) < len(labels.columns.leaves) for many in here.values() for row in many)
        if near and (missing or wanting):
            here = _block_rows(indexes, block, _Finder(form, labels, missing))
        rows |= here
    return _in_place(table, indexes, rows) if near else rows


def _in_place(table: Table, indexes: Sequence[LabelIndex], rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Drop likely rows that stand out of the form's order; of several for one label, all."""
    grids = {id(index): number for number, index in enumerate(indexes)}
    leaves = [leaf.id for block in table.blocks for leaf in block.row_leaves()]
    places = {
        id_: (grids[id(row.index)], row.row, row.label.column)
        for id_ in leaves for row in rows.get(id_, ())[:1] if len(rows[id_]) == 1
    }  # fmt: skip
    order = [id_ for id_ in leaves if id_ in places]
    wrong = {id_ for id_, many in rows.items() if len(many) > 1 and all(row.likely for row in many)}
    for at, id_ in enumerate(order):
        if rows[id_][0].likely and (
            any(places[before] > places[id_] for before in order[:at])
            or any(places[after] < places[id_] for after in order[at + 1 :])
        ):
            wrong.add(id_)
    return {id_: many for id_, many in rows.items() if id_ not in wrong}


def _block_rows(indexes: Sequence[LabelIndex], block: Block, finder: _Finder) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    above = Header()
    for index in indexes:
        labelled = finder.look(index)
        if labelled is None:
            above = Header()
            continue
        here = list(_wide_rows(labelled, finder.labels)) if block.wide else []
        if not here:
            here = list(_rows(labelled, finder, above, wide=block.wide))
            above = _last_header(labelled, finder.labels, here)
        for leaf, row in here:
            rows.setdefault(leaf, []).append(row)
    return rows


def _last_header(labelled: _Labelled, labels: BlockLabels, rows: Sequence[tuple[str, Row]]) -> Header:
    """Return the header that a table going on in the next grid without one of its own has."""
    if rows:
        return header_of(rows[-1][1].index, rows[-1][1].columns, labels)
    cells = {leaf: here[-1] for leaf, here in labelled.sure.items()}
    return header_of(labelled.index, cells, labels) if len(cells) == len(labels.columns.leaves) else Header()


# ---------------------------------------------------------------- labels at the left, headers above


def _rows(labelled: _Labelled, finder: _Finder, above: Header, *, wide: bool) -> Iterator[tuple[str, Row]]:
    """Rows of a block in one grid.

    Args:
        labelled: its labels in the grid.
        finder: of the block.
        above: the header of the grid before it: a table that goes on without its own keeps it.
        wide: the block is one that the form prints as one row.
    """
    index, labels, every = labelled.index, finder.labels, (labelled.sure, labelled.likely)
    going_on = not labelled.sure and not labelled.likely and not wide
    if going_on and labelled.rows and above.cells:
        fault = _own_columns(index, min((cell for _, cell, _ in labelled.rows), key=BY_PLACE), finder)
        above = msgspec.structs.replace(above, elsewhere=True, fault=fault)
    lines = sorted({cell.row for headers in every for cells in headers.values() for cell in cells})

    @cache
    def header(line: int) -> Header:
        return header_of(index, _above(line, *every, labels), labels)

    def row_of(label: GridCell, *, near: bool) -> Row | None:
        line = bisect_left(lines, label.row)  # most rows have the same headers above them
        return _row(index, label, above if going_on else header(lines[line - 1] if line else 0), labels, near=near)

    found = [(leaf, row) for leaf, label, near in labelled.rows if (row := row_of(label, near=near))]
    here = {leaf for leaf, _ in found}
    found += [
        (group.id, row) for wording, group in labels.parts.items()
        if wording in index.labels and here.isdisjoint(leaf.id for leaf in group.children)
        for label in index.cells(wording) if (row := row_of(label, near=False))
    ]  # fmt: skip
    yield from sorted(found, key=lambda one: (one[1].row, one[1].label.column))


def _own_columns(index: LabelIndex, first: GridCell, finder: _Finder) -> str:
    """Return why a grid does not go on with the columns of the one before: it has others, of no label of the form.

    Args:
        index: the grid.
        first: the uppermost label of a row of the block.
        finder: of the block.
    """
    known = known_labels(finder.form)
    for row in range(first.row - 1, 0, -1):
        words = [
            cell.value for cell in cells_in(index.grid, row, first.column + first.column_span)
            if isinstance(cell.value, str) and key(cell.value) not in known
            and parse_number(cell.value, text=True).state == "problem"
        ]  # fmt: skip
        if len(words) > 1 and len(words) * 2 >= len(finder.labels.columns.leaves):
            return f"“{index.grid.name}”第{row}行的栏目（{'、'.join(words[:3])}等）不是规定的栏目"
    return ""


def _row(index: LabelIndex, label: GridCell, header: Header, labels: BlockLabels, *, near: bool) -> Row | None:
    """Return the row of figures right of a label, None if there is none."""
    half = len(labels.columns.leaves) / 2
    if len(header.cells) < half:
        return None
    settled = settle(index.grid, label, header, labels)
    edge = label.column + label.column_span
    columns, first = header.cells, header.left
    if settled.places:
        first = min(column for _, column in settled.places.values())
    elif first < edge:
        columns = {id_: cell for id_, cell in columns.items() if cell.column >= edge}
        first = min((cell.column for cell in columns.values()), default=LAST_COLUMN)
    if settled.fault:
        first = LAST_COLUMN
    if _is_group(index, label, labels, first) or not (settled.places or settled.fault or len(columns) >= half):
        return None
    return Row(index, label, label.row, columns or header.cells, settled, near)


def _above(last: int, sure: Headers, likely: Headers, labels: BlockLabels) -> dict[str, GridCell]:
    """Return the lowest header cell of each column down to a row; likely ones only in the form's order."""
    found: dict[str, GridCell] = {}
    for leaf in labels.columns.leaves:
        here = [cell for cell in sure.get(leaf.id, ()) if cell.row <= last]
        here = here or [cell for cell in likely.get(leaf.id, ()) if cell.row <= last]
        if here:
            found[leaf.id] = max(here, key=lambda cell: (cell.row, -cell.column))
    return found


def _is_group(index: LabelIndex, label: GridCell, labels: BlockLabels, first: int) -> bool:
    """Tell whether another label stands between a label and the figures: it is that of a group, or no label.

    Args:
        index: the grid.
        label: the label.
        labels: of its block.
        first: column of the first figure: words there are what somebody typed for one.
    """
    edge = label.column + label.column_span
    for cell in index.grid.cells.in_row.get(label.row, ()):
        if cell.column < edge:
            continue
        if cell.column >= first or (index.grid.a1 and cell.column > edge):
            return False  # a hint right of blank figures
        if not isinstance(cell.value, str) or parse_number(cell.value, text=True).state != "problem":
            return False
        text = key(cell.value)
        if re.search(_WORD, text) and (len(text) >= _WORDY or number_of(text)[0] or text in labels.rows.wordings):
            return True
    return False


# ---------------------------------------------------------------- side by side (table 四)


def _wide_rows(labelled: _Labelled, labels: BlockLabels) -> Iterator[tuple[str, Row]]:
    """Rows of figures that the form prints side by side in one row."""
    index = labelled.index
    groups = sorted(labelled.rows, key=lambda one: (one[1].column, one[1].row))
    if not groups:
        return
    top = min(cell.row for _, cell, _ in groups)
    leaves = [
        (leaf, cell) for found in (labelled.sure, labelled.likely)
        for leaf, here in found.items() for cell in here if cell.row > top
    ]  # fmt: skip
    rows = list(_under_groups(index, groups, leaves, labels))
    if leaves and not index.grid.a1 and not _fits(index, [row for _, row in rows], len(groups), len(leaves)):
        rows = list(_by_order(index, groups, leaves, labels))
    yield from rows


def _under_groups(
    index: LabelIndex, groups: Sequence[tuple[str, GridCell, bool]], leaves: Sequence[tuple[str, GridCell]],
    labels: BlockLabels,
) -> Iterator[tuple[str, Row]]:  # fmt: skip
    """Rows whose headers stand under their groups."""
    columns: dict[int, dict[str, GridCell]] = {}
    for leaf, cell in leaves:
        over = [n for n, (_, g, _) in enumerate(groups) if g.row < cell.row and g.column <= cell.column]
        if not over:
            continue
        group = max(over, key=lambda n: (groups[n][1].column, groups[n][1].row))
        last = groups[group][1].column + groups[group][1].column_span - 1
        if groups[group][1].column_span > 1 and cell.column > last:
            continue
        columns.setdefault(group, {}).setdefault(leaf, cell)
    for n, (leaf, label, near) in enumerate(groups):
        mine = columns.get(n, {})
        if len(mine) * 2 < len(labels.columns.leaves) or len({c.row + c.row_span for c in mine.values()}) > 1:
            continue
        below = max(c.row + c.row_span for c in mine.values())
        yield leaf, Row(index, label, _first_filled(index, mine, below), mine, likely=near)


def _fits(index: LabelIndex, rows: Sequence[Row], groups: int, headers: int) -> bool:
    """Tell that every group has headers of its own, none is left over, and the figures stand under them."""
    if len(rows) != groups or sum(len(row.columns) for row in rows) != headers:
        return False
    heads = [cell for row in rows for cell in row.columns.values()]
    columns, top = {cell.column for cell in heads}, max(cell.row for cell in heads)
    for line in [cells_in(index.grid, row, 1) for row in {row.row for row in rows}]:
        mine = {cell.column for row in rows if line and row.row == line[0].row for cell in row.columns.values()}
        other = [cell for cell in line if cell.column not in columns and cell.value is not None]
        if not {cell.column for cell in line}.issuperset(mine):
            return False
        if not all(has_own_header(index.grid, cell, top) or cell.column < min(columns) for cell in other):
            return False
    return True


def _by_order(
    index: LabelIndex, groups: Sequence[tuple[str, GridCell, bool]], leaves: Sequence[tuple[str, GridCell]],
    labels: BlockLabels,
) -> Iterator[tuple[str, Row]]:  # fmt: skip
    """Rows whose merged cells are wrong: headers and figures follow each other as the form has them, or none is read."""
    names = [leaf.id for leaf in labels.columns.leaves]
    wanted = [leaf.id for leaf in labels.rows.leaves]
    heads = sorted(leaves, key=lambda one: (one[1].row, one[1].column))
    named = sorted(groups, key=lambda one: (one[1].row, one[1].column))
    if [leaf for leaf, _, _ in named] != wanted:
        return
    below = max((cell.row for _, cell in heads), default=0) + 1
    lines = [cells_in(index.grid, row, 1) for row in range(below, below + 3)]
    figures = next((line for line in lines if any(cell.value is not None for cell in line)), [])
    whole = [leaf for leaf, _ in heads] == names * len(wanted) and len(figures) == len(heads)
    for n, (leaf, label, near) in enumerate(named):
        at = slice(n * len(names), (n + 1) * len(names))
        mine = dict(heads[at]) if whole else {}
        places = {name: cell.place for name, cell in zip(mine, figures[at], strict=True)} if whole else {}
        fault = "" if whole else f"“{label.value}”下面的栏目与数对不上"
        yield leaf, Row(index, label, figures[0].row if figures else below, mine, Settled(places, fault), near)


def _first_filled(index: LabelIndex, columns: Mapping[str, GridCell], row: int) -> int:
    """The row of figures is right below the header; an empty row may have been put between."""

    def filled(candidate: int, test: Callable[[object], bool]) -> bool:
        cells = (index.grid.cell(candidate, c.column) for c in columns.values())
        return any(cell is not None and (test(cell.value) or bool(cell.formula)) for cell in cells)

    if filled(row, lambda value: value not in (None, "")):
        return row
    numbers = (n for n in (row + 1, row + 2) if filled(n, is_number))
    return next(numbers, row)
