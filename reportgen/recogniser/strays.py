"""Figures that stand in a table, or around it, in no row or no column of the form.

A row that somebody added inside a table or right below it is named with its number, its label and its
cells; its figures are not read, and nothing is concluded from sums that they may be part of.  What stands
further below, or right of the table, may be anybody's reckoning: it is named, and nothing follows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from ..form import Form, Table
from ..form.likeness import key
from ..model.numbers import is_number
from ..sources import Grid, GridCell
from ..sources.base import column_letters
from .labels import known_labels
from .rows import Row

_OF_NUMBERS = " \u3000/-—0123456789.,，"
"""What a text that is a number is made of, or a mark for none."""
_NAMED = 6
"""Rows or cells that a message names."""


class Strays(msgspec.Struct):
    """Figures of a table that belong to nothing of the form."""

    cells: list[tuple[Grid, GridCell]] = []
    what: list[str] = []
    """The rows, and the cells in rows of the form, as a message names them."""
    unread: set[str] = set()
    """Ids of the columns that a row was added to, and of the rows with a figure in an added column: ``表三.natural``."""


def strays(table: Table, rows: Mapping[str, list[Row]], areas: Iterable[Area]) -> Strays:
    """Return the figures inside or right below a table that are not of the form.

    Args:
        table: one of the form's.
        rows: the rows found, by id.
        areas: what they take up (:func:`areas_of`).
    """
    found = Strays()
    for area in areas:
        columns: dict[int, list[GridCell]] = {}
        for number, cells in (*area.inside(), *area.below()):
            if number in area.rows:
                found.unread |= {f"{table.id}.{id_}" for id_, _ in area.rows[number]}
                for cell in cells:
                    columns.setdefault(cell.column, []).append(cell)
            else:
                _note(found, table, area, number, cells, _guess(table, rows, area, number))
        for column, cells in sorted(columns.items()):
            _note_column(found, table, area, column, cells)
    return found


def _note_column(found: Strays, table: Table, area: Area, column: int, cells: Sequence[GridCell]) -> None:
    """Note the figures of rows of the form that stand in a column that is not."""
    label = area.header(column)
    leaves = [leaf for block in table.blocks for leaf in block.column_leaves()]
    known = {id_ for id_, _ in area.headers}
    missing = {leaf.label for leaf in leaves if leaf.id not in known}
    may = f"，可能是“{missing.pop()}”" if len(missing) == 1 else ""
    name = f"第{column}列{f'“{label}”' if label else '（没有栏目）'}"
    found.what.append(f"{name}（{_values(cells)}）不是规定的任何一列{may}")
    found.cells += [(area.grid, cell) for cell in cells]


def _guess(table: Table, rows: Mapping[str, list[Row]], area: Area, number: int) -> str:
    """Return the label of the one row that is missing where a row of figures stands, ``""`` if there is no such."""
    leaves = [leaf for block in table.blocks for leaf in block.row_leaves()]
    above = [id_ for row, here in area.rows.items() for id_, _ in here if row < number]
    below = [id_ for row, here in area.rows.items() for id_, _ in here if row > number]
    first = max((n + 1 for n, leaf in enumerate(leaves) if leaf.id in above), default=0)
    last = min((n for n, leaf in enumerate(leaves) if leaf.id in below), default=len(leaves))
    missing = [leaf.label for leaf in leaves[first:last] if leaf.id not in rows]
    return missing[0] if len(missing) == 1 else ""


def outside(areas: Iterable[Area]) -> Iterator[tuple[Grid, list[GridCell], str]]:
    """Yield the figures typed further below a table of a workbook, or right of it, by row and by column.

    Args:
        areas: what the table takes up, once the figures of all tables were read and strays named.

    Returns:
        the sheet, the cells, and what a message says of them.
    """
    for area in areas:
        if area.grid.a1:
            for row, cells in area.further():
                label = area.label(row)
                yield area.grid, cells, f"第{row}行{f'“{label}”' if label else ''}（{_values(cells)}）"
            for cells in area.beside():
                yield area.grid, cells, f"{column_letters(cells[0].column)}列（{_values(cells)}）"


def areas_of(
    form: Form, table: Table, rows: Mapping[str, list[Row]], used: Collection[tuple[str, int, int]]
) -> list[Area]:
    """Return the parts of grids that the rows of a table take up.

    Args:
        form: the edition.
        table: one of its tables.
        rows: the rows found, by id.
        used: places (name of the grid, row, column) whose figures were read; it may still grow.
    """
    by_grid: dict[str, dict[int, list[tuple[str, Row]]]] = {}
    for id_, many in rows.items():
        for row in (one for one in many if one.columns):
            by_grid.setdefault(row.index.grid.name, {}).setdefault(row.row, []).append((id_, row))
    return [Area(form, table, here, used) for here in by_grid.values()]


def _note(found: Strays, table: Table, area: Area, row: int, cells: Sequence[GridCell], guess: str) -> None:
    grid = area.grid
    found.cells += [(grid, cell) for cell in cells]
    label = area.label(row)
    may = f"，可能是“{guess}”" if guess else ""
    found.what.append(
        f"第{row}行{f'“{label}”' if label else '（没有标签）'}（{_values(cells)}）不是规定的任何一行{may}"
    )
    # Of all columns: what is in one of them is in the totals beside it too.
    found.unread |= {f"{table.id}.{column}" for column, _ in area.headers}


def _values(cells: Sequence[GridCell]) -> str:
    """Name some cells by the first of them."""
    values = f"{cells[0].address}＝{cells[0].value}" if cells[0].value is not None else cells[0].address
    return f"{values}等{len(cells)}格" if len(cells) > 1 else values


class Area:
    """The part of a grid that a table takes up."""

    def __init__(
        self,
        form: Form,
        table: Table,
        rows: Mapping[int, list[tuple[str, Row]]],
        used: Collection[tuple[str, int, int]],
    ) -> None:
        self.rows, self.used, self.known = rows, used, known_labels(form)
        every = [row for some in rows.values() for _, row in some]
        self.grid = every[0].index.grid
        different = {id(row.columns): row.columns for row in every}  # most rows have the same ones
        self.headers = [(id_, cell) for columns in different.values() for id_, cell in columns.items()]
        heads = [cell for _, cell in self.headers]
        self.top = min(*rows, *(cell.row + cell.row_span for cell in heads))
        self.bottom = max(rows)
        # Where columns are missing, the table may be wider than those that were found.
        known = {id_ for id_, _ in self.headers}
        blocks = [{leaf.id for leaf in block.column_leaves()} for block in table.blocks]
        more = sum(len(ids - known) for ids in blocks if ids & known)
        left = min(cell.column for cell in heads)
        edge = max(row.label.column + row.label.column_span for row in every)
        self.left = min(left, max(edge, left - more))
        self.right = max(cell.column + cell.column_span - 1 for cell in heads) + more
        lines = ((row, cells) for row, cells in self.grid.cells.in_row.items() if row >= self.top)
        filled = ((row, [cell for cell in cells if cell.value not in (None, "")]) for row, cells in lines)
        self.lines = {row: cells for row, cells in filled if cells}

    def inside(self) -> Iterator[tuple[int, list[GridCell]]]:
        """Yield the figures that were not read between the outermost rows, by row."""
        name, used = self.grid.name, self.used
        for row, line in self.lines.items():
            left = [cell for cell in line if (name, row, cell.column) not in used] if row <= self.bottom else []
            if cells := [cell for cell in left if self.holds(cell) and _is_figure(cell.value)]:
                yield row, cells

    def below(self) -> Iterator[tuple[int, list[GridCell]]]:
        """Yield the rows of figures that follow the last row without a gap."""
        row = self.bottom + 1
        while row in self.lines and not self.is_ours(row):
            cells = [cell for cell in self.lines[row] if self.holds(cell)]
            typed = [cell for cell in cells if _is_typed(cell)]
            wide = len(typed) * 2 >= len({id_ for id_, _ in self.headers})
            if len(typed) < len([c for c in cells if not c.formula]) or not typed or not (self.label(row) or wide):
                return
            yield row, cells
            row += 1

    def further(self) -> Iterator[tuple[int, list[GridCell]]]:
        """Yield the figures typed in the table's columns anywhere below it, by row."""
        for row, line in self.lines.items():
            typed = [cell for cell in line if self.holds(cell) and _is_typed(cell)] if row > self.bottom else []
            if typed and not self.is_ours(row):
                yield row, typed

    def beside(self) -> Iterator[list[GridCell]]:
        """Yield the figures typed in the table's rows right of it, by column."""
        columns: dict[int, list[GridCell]] = {}
        for row, line in self.lines.items():
            for cell in line if row <= self.bottom else ():
                if cell.column > self.right and _is_typed(cell) and not self.was_read(cell):
                    columns.setdefault(cell.column, []).append(cell)
        yield from columns.values()

    def holds(self, cell: GridCell) -> bool:
        """Whether a cell is in the table's columns of figures."""
        return self.left <= cell.column <= self.right

    def is_ours(self, row: int) -> bool:
        """Whether something else of the form stands in a row, within the table's width."""
        return any(self.is_known(cell) for cell in self.lines[row] if cell.column <= self.right)

    def is_known(self, cell: GridCell) -> bool:
        """Whether a cell is a label of the form or was read: something else begins there."""
        return self.was_read(cell) or (isinstance(cell.value, str) and key(cell.value) in self.known)

    def was_read(self, cell: GridCell) -> bool:
        return (self.grid.name, cell.row, cell.column) in self.used

    def label(self, row: int) -> str:
        """Return the text nearest to the figures of a row, ``""`` if there is none."""
        texts = [cell.value for cell in self.lines.get(row, ()) if cell.column < self.left]
        words = [text.strip() for text in texts if isinstance(text, str) and not _is_figure(text)]
        return words[-1] if words else ""

    def header(self, column: int) -> str:
        """Return the text nearest above the figures of a column, ``""`` if there is none."""
        rows = range(self.top - 1, 0, -1)
        above = (self.grid.cell(row, column) for row in rows)
        texts = (cell.value for cell in above if cell is not None and cell.column == column)
        return next((text.strip() for text in texts if isinstance(text, str) and not _is_figure(text)), "")


def named(what: Sequence[str]) -> str:
    """Join the names of a few; of many the first."""
    return "；".join(what[:_NAMED]) + (f"；等{len(what)}处" if len(what) > _NAMED else "")


def _is_typed(cell: GridCell) -> bool:
    """Tell whether a cell holds a number that somebody typed."""
    return not cell.formula and is_number(cell.value)


def _is_figure(value: object) -> bool:
    """Tell whether a value is a number, also one typed as a text."""
    if not isinstance(value, str):
        return value is not None
    return bool(value.strip()) and not value.strip(_OF_NUMBERS)
