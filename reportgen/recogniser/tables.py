"""Finding the prescribed tables in grids by their labels, whatever the layout around them.

A figure is where the row of its row label meets the column of its column label.  A row label
counts only with a header of its table above it; a label found twice, a figure without a label
and a label without a figure are findings, never guesses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ..form import Form, Node, Table
from ..model.findings import CellRef, Finding, finding
from ..model.report import Origin
from ..sources import Grid, GridCell, Place
from .index import LabelIndex
from .labels import BlockLabels, block_labels, key, known_labels
from .mend import mend
from .rows import Row, table_rows
from .strays import named, outside, strays

__all__ = ["Found", "Located", "find_tables"]


class Located(NamedTuple):
    """Where a figure of the form stands."""

    grid: Grid
    cell: GridCell | None
    """None if nothing is there."""
    row: int
    column: int


class Found(msgspec.Struct):
    """Where the figures of the form stand, by cell id, and what was noticed."""

    cells: dict[str, Located] = {}
    findings: list[Finding] = []
    tables: set[str] = set()
    """Tables of which at least one row was found."""
    used: set[tuple[str, int, int]] = set()
    register: dict[str, Located] = {}
    """Where the register's entries for figures stand, by cell id."""
    unread: set[str] = set()
    """As of :class:`~.strays.Strays`."""
    seen: int = 0
    """Figures of the form that have a place, also where it is not certain which."""


def find_tables(form: Form, indexes: Sequence[LabelIndex]) -> Found:
    """Find every figure of the form in the grids.

    Args:
        form: the edition to look for.
        indexes: sheets of a workbook, or tables of a document, in order.
    """
    found = Found()
    indexes = [index if index.grid.a1 else _mended(index, form) for index in indexes]
    # Hidden sheets count only for tables that no visible sheet has.
    visible = [i for i in indexes if not i.grid.hidden]
    rows_of: dict[str, dict[str, list[Row]]] = {}
    for table in form.tables:
        rows = table_rows(form, table, visible)
        if not rows:
            rows = table_rows(form, table, [i for i in indexes if i.grid.hidden])
        rows_of[table.id] = rows
        _register(table, rows, found)
        _take(form, table, rows, found)
    found.findings += _outside(form, rows_of, found)
    return found


def _outside(form: Form, rows_of: Mapping[str, Mapping[str, list[Row]]], found: Found) -> Iterator[Finding]:
    """S-17: figures typed around the tables, which are not read."""
    for table, rows in rows_of.items():
        around = list(outside(form, rows, found.used))
        if around:
            refs = [_ref(grid, cell) for grid, cells, _ in around for cell in cells]
            found.used |= {(grid.name, cell.row, cell.column) for grid, cells, _ in around for cell in cells}
            yield finding(form.rules["S-17"], refs, table=table, what=named([what for *_, what in around]))


def _mended(index: LabelIndex, form: Form) -> LabelIndex:
    """Return a table of a document with its torn rows joined."""
    grid = mend(index.grid, known_labels(form))
    return index if grid is index.grid else LabelIndex(grid)


class _Taker:
    """Takes over the figures of one table, and notes what does not fit."""

    def __init__(self, form: Form, table: Table, found: Found) -> None:
        self.form, self.table, self.found = form, table, found
        self.missing: list[str] = []
        self.odd: dict[Origin, str] = {}
        """Labels in another wording, with the right one."""
        self.seen: set[tuple[str, int]] = set()
        """Columns and headers whose wording has been looked at; every row has them."""

    def take(self, rows: Mapping[str, list[Row]]) -> None:
        """Take over all rows, each of which should be there once."""
        for block in self.table.blocks:
            labels = block_labels(self.form, block)
            for leaf in labels.row_leaves:
                here = rows.get(leaf.id, [])
                if len(here) == 1:
                    self._row(labels, leaf, here[0])
                elif here:
                    places = [_ref(row.index.grid, row.label) for row in here]
                    what = f"{self.table.id}的“{leaf.label}”出现了{len(here)}次，不能确定用哪一行，没有读"
                    self.found.findings.append(finding(self.form.rules["S-04"], places, what=what))
                else:
                    self.missing.append(f"“{leaf.label}”这一行")
        self._say(rows)

    def _row(self, labels: BlockLabels, leaf: Node, row: Row) -> None:
        self._compare(labels, row, row.label, leaf.text)
        for column in labels.column_leaves:
            cell_id = f"{self.table.id}.{leaf.id}.{column.id}"
            header = row.columns.get(column.id)
            if header is None:
                self.missing.append(f"“{self.form.cells[cell_id].label}”这一格")
                continue
            if (column.id, id(header)) not in self.seen:
                self.seen.add((column.id, id(header)))
                self._compare(labels, row, header, column.text)
            _place(self.form, cell_id, row, header, self.found)

    def _compare(self, labels: BlockLabels, row: Row, cell: GridCell, right: str) -> None:
        if key(str(cell.value)) not in labels.exact:
            self.odd[_origin(row.index.grid, cell)] = f"“{cell.value}”应为“{right}”"

    def _say(self, rows: Mapping[str, list[Row]]) -> None:
        """One finding says what is missing and what stands there instead: the one may be the other."""
        stray, what = strays(self.form, self.table, rows, self.found.used), []
        self.found.unread |= stray.unread
        self.found.used |= {(grid.name, cell.row, cell.column) for grid, cell in stray.cells}
        if stray.what:
            what.append(f"{self.table.id}里{named(stray.what)}，没有读")
        if self.missing:
            more = f"等{len(self.missing)}处" if len(self.missing) > 6 else ""
            what.append(f"{self.table.id}缺少{'、'.join(self.missing[:6])}{more}")
        if what:
            refs = [_ref(grid, cell) for grid, cell in stray.cells]
            self.found.findings.append(finding(self.form.rules["S-04"], refs, what="；".join(what)))
        self.found.findings += [
            finding(self.form.rules["S-07"], [CellRef(origin, "")], what=what) for origin, what in self.odd.items()
        ]


def _take(form: Form, table: Table, rows: Mapping[str, list[Row]], found: Found) -> None:
    """Take over the figures of a table and say what does not fit."""
    if not rows:
        what = f"没有找到{table.id}（{form.section_of(table).heading}）"
        found.findings.append(finding(form.rules["S-04"], what=what))
        return
    found.tables.add(table.id)
    found.seen += sum(len(here[0].columns) for here in rows.values())
    if not _several_sets(form, table, rows, found):
        _Taker(form, table, found).take(rows)


def _several_sets(form: Form, table: Table, rows: Mapping[str, list[Row]], found: Found) -> bool:
    """Say so if the whole table stands there more than once; which one is meant is not ours to guess."""
    many = [here for here in rows.values() if len(here) > 1]
    if len(many) * 2 <= len(rows) or len(rows) < 2:
        return False
    sets = max(len(here) for here in many)
    first = next(here for here in many if len(here) == sets)
    places = [_ref(row.index.grid, row.label) for row in first]
    what = f"文件里有{sets}套{table.id}，不能确定用哪一套，没有读；请把要用的一份单独存成文件"
    found.findings.append(finding(form.rules["S-04"], places, what=what))
    return True


def _register(table: Table, rows: Mapping[str, list[Row]], found: Found) -> None:
    """Find the entries for the register: under its label right of the rows; of a wide block, in its row below."""
    entry = table.register
    for block in table.blocks if entry else ():
        for id_, here in rows.items():
            header = here[0].columns.get(entry.column) if entry else None
            if entry is None or header is None:
                continue
            grid, row = here[0].index.grid, here[0].row
            labels = here[0].index.cells(key(entry.label))
            if block.wide:
                places = [(cell.row, header.column) for cell in labels if cell.row > row]
            else:
                places = [(row, cell.column) for cell in labels if cell.row < row and cell.column > header.column]
            cell = grid.entry(*places[0]) if len(places) == 1 else None
            if cell is not None and (cell.value not in (None, "") or cell.formula):
                found.register[f"{table.id}.{id_}.{entry.column}"] = Located(grid, cell, *places[0])
                found.used.add((grid.name, *places[0]))


def _origin(grid: Grid, cell: GridCell) -> Origin:
    return Origin(grid.name, cell.address, cell.row, cell.column)


def _ref(grid: Grid, cell: GridCell) -> CellRef:
    return CellRef(_origin(grid, cell), str(cell.value or ""))


def _place(form: Form, cell_id: str, row: Row, header: GridCell, found: Found) -> None:
    """Find the one cell of the row under the header, which may span several columns."""
    grid = row.index.grid
    if header.column_span == 1:
        cell = grid.entry(row.row, header.column)
        _use(found, cell_id, grid, cell, (row.row, header.column))
        return
    spots: dict[Place, GridCell] = {}
    for column in range(header.column, header.column + header.column_span):
        cell = grid.cell(row.row, column)
        if cell is not None:
            spots.setdefault((cell.row, cell.column), cell)
    filled = [c for c in spots.values() if c.value is not None or c.formula] or list(spots.values())
    if len([c for c in filled if c.value not in (None, "")]) > 1:
        refs = [_ref(grid, c) for c in filled]
        what = f"“{form.cells[cell_id].label}”对应的格里有不止一个数，没有读"
        found.findings.append(finding(form.rules["S-04"], refs, what=what))
        found.used |= {(grid.name, c.row, c.column) for c in filled}
        return
    _use(found, cell_id, grid, grid.resolved(filled[0]) if filled else None, (row.row, header.column))


def _use(found: Found, cell_id: str, grid: Grid, cell: GridCell | None, empty: Place) -> None:
    """Note where a figure stands; ``empty``: the place if there is no cell."""
    row, column = (cell.row, cell.column) if cell else empty
    found.cells[cell_id] = Located(grid, cell, row, column)
    found.used.add((grid.name, row, column))
