"""Finding the prescribed tables in grids by their labels, whatever the layout around them.

A figure is where the row of its row label meets the column of its column label.  A row label
counts only with a header of its table above it; a label found twice, a figure without a label
and a label without a figure are findings, never guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ..form import Block, Form, Table
from ..model.findings import CellRef, Finding, finding
from ..model.numbers import parse_number
from ..model.report import Origin
from ..sources import Grid, GridCell, Place
from .index import LabelIndex
from .labels import BlockLabels, block_labels, key, known_labels
from .mend import mend

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
    seen: int = 0
    """Figures of the form that have a place, also where it is not certain which."""


class _Row(msgspec.Struct, frozen=True):
    """A row of figures found: its label cell and the header cell of each column."""

    index: LabelIndex
    label: GridCell
    row: int
    columns: Mapping[str, GridCell]


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
    for table in form.tables:
        rows = _table_rows(form, table, visible)
        if not rows:
            rows = _table_rows(form, table, [i for i in indexes if i.grid.hidden])
        _take(form, table, rows, found)
    return found


def _mended(index: LabelIndex, form: Form) -> LabelIndex:
    """Return a table of a document with its torn rows joined."""
    grid = mend(index.grid, known_labels(form))
    return index if grid is index.grid else LabelIndex(grid)


def _table_rows(form: Form, table: Table, indexes: Sequence[LabelIndex]) -> dict[str, list[_Row]]:
    rows: dict[str, list[_Row]] = {}
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
) -> Iterator[tuple[str, _Row]]:
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
            yield leaf, _Row(index, label, label.row, columns)


def _wide_rows(index: LabelIndex, block: Block, labels: BlockLabels) -> Iterator[tuple[str, _Row]]:
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
        yield leaf, _Row(index, label, _first_filled(index, mine, below), mine)


def _first_filled(index: LabelIndex, columns: Mapping[str, GridCell], row: int) -> int:
    """The row of figures is right below the header; an empty row may have been put between."""

    def filled(candidate: int, test: Callable[[object], bool]) -> bool:
        cells = (index.grid.cell(candidate, c.column) for c in columns.values())
        return any(cell is not None and (test(cell.value) or bool(cell.formula)) for cell in cells)

    if filled(row, lambda value: value not in (None, "")):
        return row
    numbers = (n for n in (row + 1, row + 2) if filled(n, lambda v: parse_number(v).state == "number"))
    return next(numbers, row)


def _take(form: Form, table: Table, rows: dict[str, list[_Row]], found: Found) -> None:
    """Take over the figures of a table and say what does not fit."""
    shape, wording = form.rules["S-04"], form.rules["S-07"]
    if not rows:
        found.findings.append(finding(shape, what=f"没有找到{table.id}（{form.section_of(table).heading}）"))
        return
    found.tables.add(table.id)
    found.seen += sum(len(here[0].columns) for here in rows.values())
    if _several_sets(form, table, rows, found):
        return
    missing: list[str] = []
    odd: dict[Origin, str] = {}
    worded: set[tuple[str, int]] = set()
    """Columns and headers whose wording has been looked at; every row has them."""
    for block in table.blocks:
        labels = block_labels(form, block)
        for leaf in labels.row_leaves:
            here = rows.get(leaf.id, [])
            if not here:
                missing.append(f"“{leaf.label}”这一行")
                continue
            if len(here) > 1:
                places = [_ref(r.index.grid, r.label) for r in here]
                what = f"{table.id}的“{leaf.label}”出现了{len(here)}次，不能确定用哪一行，没有读"
                found.findings.append(finding(shape, places, what=what))
                continue
            row = here[0]
            _note_wording(odd, row, row.label, labels, leaf.text)
            for column in labels.column_leaves:
                cell_id = f"{table.id}.{leaf.id}.{column.id}"
                header = row.columns.get(column.id)
                if header is None:
                    missing.append(f"“{form.cells[cell_id].label}”这一格")
                    continue
                if (column.id, id(header)) not in worded:
                    worded.add((column.id, id(header)))
                    _note_wording(odd, row, header, labels, column.text)
                _place(form, cell_id, row, header, found)
    if missing:
        more = f"等{len(missing)}处" if len(missing) > 6 else ""
        found.findings.append(finding(shape, what=f"{table.id}缺少{'、'.join(missing[:6])}{more}"))
    for origin, what in odd.items():
        found.findings.append(finding(wording, [CellRef(origin, "")], what=what))
    _strangers(form, table, rows, found)


def _several_sets(form: Form, table: Table, rows: dict[str, list[_Row]], found: Found) -> bool:
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


def _note_wording(odd: dict[Origin, str], row: _Row, cell: GridCell, labels: BlockLabels, right: str) -> None:
    if key(str(cell.value)) not in labels.exact:
        odd[_origin(row.index.grid, cell)] = f"“{cell.value}”应为“{right}”"


def _origin(grid: Grid, cell: GridCell) -> Origin:
    return Origin(grid.name, cell.address, cell.row, cell.column)


def _ref(grid: Grid, cell: GridCell) -> CellRef:
    return CellRef(_origin(grid, cell), str(cell.value or ""))


def _place(form: Form, cell_id: str, row: _Row, header: GridCell, found: Found) -> None:
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


def _strangers(form: Form, table: Table, rows: dict[str, list[_Row]], found: Found) -> None:
    """Numbers inside the table that belong to no row or no column of the form."""
    spans: dict[str, tuple[LabelIndex, list[int], list[int]]] = {}
    for many in rows.values():
        for row in many:
            _, lines, columns = spans.setdefault(row.index.grid.name, (row.index, [], []))
            lines.append(row.row)
            columns += [c.column for c in row.columns.values()]
            columns += [c.column + c.column_span - 1 for c in row.columns.values()]
    for name, (index, lines, columns) in spans.items():
        refs: list[CellRef] = []
        top, bottom, left, right = min(lines), max(lines), min(columns), max(columns)
        inside = (
            cell for cell in index.grid.cells
            if top <= cell.row <= bottom and left <= cell.column <= right
            and (name, cell.row, cell.column) not in found.used
        )  # fmt: skip
        for cell in inside:
            if isinstance(cell.value, str) and not cell.value.strip(" \u3000/-—0123456789.,，"):
                odd = bool(cell.value.strip())
            else:
                odd = cell.value is not None and not isinstance(cell.value, str)
            if odd:
                refs.append(_ref(index.grid, cell))
        if refs:
            values = "、".join(f"“{ref.label}”" for ref in refs[:6]) + ("等" if len(refs) > 6 else "")
            count = f"{len(refs)}个数" if len(refs) > 1 else ""
            what = f"{table.id}里的{count}{values}不属于规定的任何一行一列"
            found.findings.append(finding(form.rules["S-04"], refs, what=what))
