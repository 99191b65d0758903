"""Finding the prescribed tables in grids by their labels, whatever the layout around them.

A figure is where the row of its row label meets the column of its column label.  A row label
counts only with a header of its table above it; a label found twice, a figure without a label
and a label without a figure are findings, never guesses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from ..form import Form, Node, Table
from ..form.likeness import bare, key
from ..model.findings import CellRef, Finding, finding
from ..model.numbers import parse_number
from ..model.report import Origin
from ..sources import Grid, GridCell, Place
from .index import LabelIndex
from .labels import BlockLabels, block_labels, known_labels
from .mend import mend, stitched
from .merging import cells_in
from .rows import Row, table_rows
from .strays import Area, Strays, areas_of, named, outside, strays

_MOST_TEXTS = 2000
"""Different texts of a file in which labels are looked for by likeness; a report has some 300."""
_NAMED = 6
"""Wordings of a table that are told one by one."""
_MANY = 2
"""Cells of one column that are named one by one when they are missing."""


class Located(msgspec.Struct, frozen=True):
    """Where a figure of the form stands."""

    grid: Grid
    cell: GridCell | None
    """None if nothing is there."""
    row: int
    column: int


class Found(msgspec.Struct):
    """Where the figures of the form stand, by cell id, and what was noticed."""

    cells: dict[str, Located] = {}
    groups: dict[str, Located | None] = {}
    """The same of rows that stand for all items of a group, by placeholder name."""
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

    def rows(self) -> Mapping[str, Collection[int]]:
        """Return the rows of figures, by the name of their sheet."""
        rows: dict[str, set[int]] = {}
        for place in self.cells.values():
            rows.setdefault(place.grid.name, set()).add(place.row)
        return rows


def find_tables(form: Form, indexes: Sequence[LabelIndex], *, near: bool = False) -> Found:
    """Find every figure of the form in the grids.

    Args:
        form: the edition to look for.
        indexes: sheets of a workbook, or tables of a document, in order.
        near: take labels that are nearly those of the form, too, where some are missing.
    """
    found = Found()
    indexes = _mended(form, indexes)
    near = near and sum(len(index.grid.cells.by_text) for index in indexes) <= _MOST_TEXTS
    # Hidden sheets count only for tables that no visible sheet has.
    visible = [i for i in indexes if not i.grid.hidden]
    areas: dict[str, list[Area]] = {}
    for table in form.tables:
        rows = table_rows(form, table, visible, near=near)
        if not rows:
            rows = table_rows(form, table, [i for i in indexes if i.grid.hidden], near=near)
        _register(table, rows, found)
        areas[table.id] = _take(form, table, rows, found, visible)
    found.findings += _outside(form, areas, found)
    return found


def _outside(form: Form, areas: Mapping[str, Sequence[Area]], found: Found) -> Iterator[Finding]:
    """S-17: figures typed around the tables, which are not read."""
    for table, some in areas.items():
        around = list(outside(some))
        if around:
            refs = [_ref(grid, cell) for grid, cells, _ in around for cell in cells]
            found.used |= {(grid.name, cell.row, cell.column) for grid, cells, _ in around for cell in cells}
            yield finding(form.rules["S-17"], refs, table=table, what=named([what for *_, what in around]))


def _mended(form: Form, indexes: Sequence[LabelIndex]) -> list[LabelIndex]:
    """Return the tables of a document with what was torn apart joined; sheets as they are."""
    known, same = known_labels(form), {id(index.grid): index for index in indexes}
    grids = [grid if grid.a1 else mend(grid, known) for grid in stitched([index.grid for index in indexes], known)]
    return [same.get(id(grid)) or LabelIndex(grid) for grid in grids]


class _Taker:
    """Takes over the figures of one table, and notes what does not fit."""

    def __init__(self, form: Form, table: Table, found: Found, indexes: Sequence[LabelIndex]) -> None:
        self.form, self.table, self.found, self.indexes = form, table, found, indexes
        self.missing: list[str] = []
        self.lacking: dict[str, list[str]] = {}
        """Column → the cells of rows that were found, and have none there."""
        self.odd: dict[Origin, tuple[str, str]] = {}
        """Labels in another wording: it, and the right one."""
        self.rearranged: list[Row] = []
        self.faults: dict[str, Row] = {}
        """Why no figure of a row was read."""
        self.seen: set[int] = set()
        """Headers whose wording has been looked at, by identity; most rows have the same."""

    def take(self, rows: Mapping[str, list[Row]], areas: Sequence[Area]) -> None:
        """Take over all rows, each of which should be there once; ``areas`` is what they take up."""
        for block in self.table.blocks:
            labels = block_labels(self.form, block)
            whole = [group for group in set(labels.parts.values()) if len(rows.get(group.id, ())) == 1]
            excused = {leaf.id for group in whole for leaf in group.children}
            for group in whole:
                self._group(labels, group, rows[group.id][0])
            for leaf in labels.rows.leaves:
                here = rows.get(leaf.id, [])
                if len(here) == 1:
                    self._row(labels, leaf, here[0])
                elif here:
                    places = [_ref(row.index.grid, row.label) for row in here]
                    what = f"{self.table.id}的“{leaf.label}”出现了{len(here)}次，不能确定用哪一行，没有读"
                    self.found.findings.append(finding(self.form.rules["S-04"], places, what=what))
                elif leaf.id not in excused:
                    self.missing.append(f"“{leaf.label}”这一行{self._under_other(labels, leaf)}")
        for column, cells in self.lacking.items():
            # A column that many rows lack is one cause.
            self.missing += [f"“{column}”这一列"] if len(cells) > _MANY else [f"“{cell}”这一格" for cell in cells]
        self._say(strays(self.table, rows, areas))

    def _under_other(self, labels: BlockLabels, leaf: Node) -> str:
        """Say what stands above a row whose label is there and whose header is not, ``""`` if that is not so."""
        wordings = {wording: id_ for wording, id_ in labels.rows.wordings.items() if id_ == leaf.id}
        for index in self.indexes:
            for _, label in index.find(wordings):
                above = (index.grid.cell(row, label.column + label.column_span) for row in range(label.row - 1, 0, -1))
                texts = (cell.value.strip() for cell in above if cell is not None and isinstance(cell.value, str))
                header = next((text for text in texts if text and parse_number(text).state == "problem"), "")
                if header:
                    right = "、".join(column.label for column in labels.columns.leaves)
                    return f"（上面的栏目是“{header}”，应为“{right}”）"
        return ""

    def _row(self, labels: BlockLabels, leaf: Node, row: Row) -> None:
        self._compare(labels, row, row.label, leaf.text)
        if not self._is_settled(row):
            return
        compared = id(row.columns) in self.seen
        self.seen.add(id(row.columns))
        for column in labels.columns.leaves:
            cell_id = f"{self.table.id}.{leaf.id}.{column.id}"
            header = row.columns.get(column.id)
            if header is None:
                self.lacking.setdefault(column.label, []).append(self.form.cells[cell_id].label)
                continue
            if not compared:
                self._compare(labels, row, header, column.text)
            place = _figure_of(self.form, cell_id, row, column, header, self.found)
            if place is not None:
                self.found.cells[cell_id] = place

    def _group(self, labels: BlockLabels, group: Node, row: Row) -> None:
        """Take over the figures of a row that stands for all items of a group."""
        if self._is_settled(row):
            for column in labels.columns.leaves:
                if column.id in row.columns:
                    cell = _figure_of(self.form, "", row, column, row.columns[column.id], self.found)
                    self.found.groups[f"{group.short}.{column.short}"] = cell

    def _is_settled(self, row: Row) -> bool:
        """Note a row whose cells are not merged as prescribed; tell whether its figures can be read."""
        if row.settled.fault:
            self.faults[row.settled.fault] = row
            here = cells_in(row.index.grid, row.row, 1)
            self.found.used |= {(row.index.grid.name, cell.row, cell.column) for cell in here}
        elif row.settled.places:
            self.rearranged.append(row)
        return not row.settled.fault

    def _compare(self, labels: BlockLabels, row: Row, cell: GridCell, right: str) -> None:
        if key(str(cell.value)) not in labels.exact:
            self.odd[_origin(row.index.grid, cell)] = (str(cell.value), right)

    def _say(self, stray: Strays) -> None:
        """One finding says what is missing and what stands there instead: the one may be the other."""
        what = []
        self.found.unread |= stray.unread
        self.found.used |= {(grid.name, cell.row, cell.column) for grid, cell in stray.cells}
        if stray.what:
            what.append(f"{self.table.id}里{named(stray.what)}，没有读")
        if self.faults:
            what.append(f"{self.table.id}的合并单元格或栏目与规定不同，{named(list(self.faults))}，这几个数没有读")
        if self.missing:
            more = f"等{len(self.missing)}处" if len(self.missing) > 6 else ""
            what.append(f"{self.table.id}缺少{'、'.join(self.missing[:6])}{more}")
        if what:
            refs = [_ref(grid, cell) for grid, cell in stray.cells]
            refs += [_ref(row.index.grid, row.label) for row in self.faults.values()]
            self.found.findings.append(finding(self.form.rules["S-04"], refs, what="；".join(what)))
        self._say_odd()

    def _say_odd(self) -> None:
        """S-07: wordings and merged cells that are not as prescribed; what has one cause is said once."""
        rule = self.form.rules["S-07"]
        numbers = [origin for origin, (text, right) in self.odd.items() if bare(text) == bare(right)]
        if len({self.odd[origin] for origin in numbers}) > 1:
            text, right = self.odd[numbers[0]]
            what = f"{self.table.id}有{len(numbers)}个标签的序号或括号里的话与规定不同，例如“{text}”应为“{right}”"
            refs = [CellRef(origin, self.odd.pop(origin)[0]) for origin in numbers]
            self.found.findings.append(finding(rule, refs, what=what))
        wordings = list(dict.fromkeys(self.odd.values()))
        if len(wordings) > _NAMED:
            shown = "、".join(f"“{text}”应为“{right}”" for text, right in wordings[:_MANY])
            what = f"{self.table.id}有{len(wordings)}种标签的文字与规定不同，例如{shown}"
            refs = [CellRef(origin, text) for origin, (text, _) in self.odd.items()]
            self.found.findings.append(finding(rule, refs, what=what))
            wordings = []
        for text, right in wordings:
            here = [origin for origin, odd in self.odd.items() if odd == (text, right)]
            rows = "、".join(dict.fromkeys(str(origin.row) for origin in here))
            what = f"{self.table.id}第{rows}行“{text}”应为“{right}”"
            self.found.findings.append(finding(rule, [CellRef(origin, text) for origin in here], what=what))
        if self.rearranged:
            refs = [_ref(row.index.grid, row.label) for row in self.rearranged]
            more = f"等{len(refs)}行" if len(refs) > 1 else ""
            what = f"{self.table.id}的合并单元格与规定不同，“{refs[0].label}”{more}的数已按先后次序对应各栏"
            self.found.findings.append(finding(rule, refs, what=what))


def _take(
    form: Form, table: Table, rows: dict[str, list[Row]], found: Found, indexes: Sequence[LabelIndex]
) -> list[Area]:
    """Take over the figures of a table and say what does not fit; return what it takes up of the grids."""
    if not rows:
        what = f"没有找到{table.id}（{form.section_of(table).heading}）"
        found.findings.append(finding(form.rules["S-04"], what=what))
        return []
    found.tables.add(table.id)
    found.seen += sum(len(here[0].columns) for here in rows.values())
    rows = _first_of_copies(form, table, rows, found)
    areas = areas_of(form, table, rows, found.used)
    if not _several_sets(form, table, rows, found):
        _Taker(form, table, found, indexes).take(rows, areas)
    return areas


def _first_of_copies(form: Form, table: Table, rows: dict[str, list[Row]], found: Found) -> dict[str, list[Row]]:
    """Return the rows of the first set, and say so, if a document has the whole table several times, for printing."""
    sets = {len(here) for here in rows.values()}
    sheets = any(row.index.grid.a1 for here in rows.values() for row in here)
    if (
        sheets
        or len(sets) > 1
        or sets == {1}
        or any(len({_figures(row) for row in here}) > 1 for here in rows.values())
    ):
        return rows
    places = [_ref(row.index.grid, row.label) for row in next(iter(rows.values()))]
    what = f"文件里有{sets.pop()}套一样的{table.id}，读了第一套；如果是几份报告，请各存成一个文件"
    found.findings.append(finding(form.rules["S-07"], places, what=what))
    return {id_: here[:1] for id_, here in rows.items()}


def _figures(row: Row) -> tuple[object, ...]:
    places = row.settled.places or {id_: (row.row, cell.column) for id_, cell in row.columns.items()}
    cells = (row.index.grid.entry(*place) for _, place in sorted(places.items()))
    return tuple(None if cell is None else cell.value for cell in cells)


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


def _figure_of(form: Form, cell_id: str, row: Row, column: Node, header: GridCell, found: Found) -> Located | None:
    """Find the one cell of the row for a column, whose header may span several."""
    grid = row.index.grid
    if row.settled.places:
        place = row.settled.places[column.id]
        return _used(found, grid, grid.cell(*place), place)
    place = (row.row, header.column)
    if column.span == header.column_span == 1:  # most
        return _used(found, grid, grid.cells.at.get(place), place)
    spots: dict[Place, GridCell] = {}
    reach = range(header.column, header.column + _width(grid, header, column))
    others = {cell.column for cell in row.columns.values()} - {header.column} if len(reach) > 1 else ()
    for at in reach:
        cell = grid.cell(row.row, at)
        if cell is not None and at not in others:
            spots.setdefault((cell.row, cell.column), cell)
    filled = [c for c in spots.values() if c.value is not None or c.formula] or list(spots.values())
    several = [c for c in filled if c.value not in (None, "")]
    if len(several) > 1 and column.span > 1 and (one := _only(several)) is not None:
        found.used |= {(grid.name, c.row, c.column) for c in several}
        what = f"{form.cells[cell_id].table}第{row.row}行“{row.label.value}”规定是一个合并的格，这里分成了{len(several)}格，读作 {one.value}"
        found.findings.append(finding(form.rules["S-07"], [_ref(grid, one)], what=what))
        filled = [one]
    elif len(several) > 1:
        refs = [_ref(grid, c) for c in filled]
        what = f"“{form.cells[cell_id].label}”对应的格里有不止一个数，没有读"
        found.findings.append(finding(form.rules["S-04"], refs, what=what))
        found.used |= {(grid.name, c.row, c.column) for c in filled}
        return None
    return _used(found, grid, filled[0] if filled else None, place)


def _width(grid: Grid, header: GridCell, column: Node) -> int:
    """Return over how many columns a header stands: as many as prescribed, too, where nothing else stands beside it."""
    if column.span <= header.column_span:
        return header.column_span
    beside = [grid.cell(header.row, header.column + n) for n in range(header.column_span, column.span)]
    free = all(cell is None or cell.value in (None, "", header.value) for cell in beside)
    return column.span if free else header.column_span


def _only(cells: Sequence[GridCell]) -> GridCell | None:
    """Return the figure of cells that should be one: the others are zero or a mark for none, or all are the same."""
    parsed = [parse_number(cell.value, kind="amount", decimals=6, text=True) for cell in cells]
    if any(one.state == "problem" for one in parsed):
        return None
    other = [cell for cell, one in zip(cells, parsed, strict=True) if one.number]
    same = len({(one.state, one.number) for one in parsed}) == 1
    return cells[0] if same else other[0] if len(other) == 1 else None


def _used(found: Found, grid: Grid, cell: GridCell | None, empty: Place) -> Located:
    """Note where a figure stands, a formula's result settled; ``empty``: the place if there is no cell."""
    row, column = (cell.row, cell.column) if cell else empty
    found.used.add((grid.name, row, column))
    return Located(grid, grid.resolved(cell) if cell else None, row, column)
