"""From the listed rows and columns of a form file to tables with their printed grids, cells and quantities, proved on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from .records import Block, Cell, Field, LayoutCell, Node, NodeEntry, Table
from .source import Faults, Steps
from .words import LONGEST_LABEL
from .written import BlockEntry, TableEntry

_OF_COLUMNS = ("count", 0, "件", 1)
"""What a row has of the properties that belong to columns."""


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, in printed order."""
    yield node
    for child in node.children:
        yield from walk(child)


def paths(nodes: tuple[Node, ...], above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, ...]]:
    """Yield the way from the top to every node, in printed order."""
    for node in nodes:
        yield (*above, node)
        yield from paths(node.children, (*above, node))


def lay_out(table: str, block: Block, width: int, labels: int) -> tuple[list[LayoutCell], int, int]:
    """Compute the printed cells of a block.

    Args:
        block: its trees, and the row of the table's grid in which it begins.
        labels: columns of the grid that hold row labels.

    Returns:
        the cells, the number of header rows, the number of all rows.
    """
    printer = _Printer(table, block, width, labels)
    printer.header()
    height = printer.wide_row() if block.wide else printer.rows(block.rows, 1, printer.body) - block.first_row
    return printer.cells, printer.body - block.first_row, height


class _Printer:
    """Collects the cells of one block."""

    def __init__(self, table: str, block: Block, width: int, labels: int) -> None:
        self.table, self.block, self.width, self.labels = table, block, width, labels
        self.cells: list[LayoutCell] = []
        self.figures: list[tuple[Node, int]] = []
        """Columns that have figures, and where they begin in the grid."""
        columns = block.columns
        if block.wide:
            columns = tuple(_grafted(row, block.columns) for row in block.rows)
        self.columns = columns
        self.top = block.first_row + bool(block.title)
        self.body = self.top + _depth(columns)
        """First row below the header."""

    def header(self) -> None:
        """Title, corner and column labels."""
        block = self.block
        if block.title:
            self.cells.append(LayoutCell(block.first_row, 1, 1, self.width, "title", block.title))
        if self.labels:
            text, note = ("", block.corner) if block.corner_is_note else (block.corner, "")
            self.cells.append(LayoutCell(self.top, 1, self.body - self.top, self.labels, "corner", text, note))
        self.column_labels(self.columns, self.top, self.labels + 1)

    def column_labels(self, nodes: tuple[Node, ...], row: int, at: int) -> int:
        """Print labels from grid column ``at`` on; returns the column behind them."""
        for node in nodes:
            start, rows = at, 1
            if node.children:
                at = self.column_labels(node.children, row + 1, at)
            else:
                rows = self.body - row
                self.figures.append((node, at))
                at += node.span
            self.cells.append(LayoutCell(row, start, rows, at - start, "column", node.label, node.note))
        return at

    def wide_row(self) -> int:
        """Print the only row of figures; returns the height of the block."""
        ids = [(row.id, column.id) for row in self.block.row_leaves() for column in self.block.column_leaves()]
        for (row, column), (node, at) in zip(ids, self.figures, strict=True):
            self.figure(self.body, at, node, f"{row}.{column}")
        return self.body + 1 - self.block.first_row

    def rows(self, nodes: tuple[Node, ...], column: int, at: int) -> int:
        """Print rows, labels from grid column ``column`` on; returns the row below them."""
        for node in nodes:
            start = at
            if node.children:
                at = self.rows(node.children, column + 1, at)
                self.cells.append(LayoutCell(start, column, at - start, 1, "row", node.label, node.note))
                continue
            span = self.labels - column + 1
            self.cells.append(LayoutCell(at, column, 1, span, "row", node.label, node.note))
            for leaf, place in self.figures:
                self.figure(at, place, leaf, f"{node.id}.{leaf.id}")
            at += 1
        return at

    def figure(self, row: int, column: int, node: Node, name: str) -> None:
        self.cells.append(LayoutCell(row, column, 1, node.span, "value", cell=f"{self.table}.{name}"))


def _depth(nodes: Iterable[Node]) -> int:
    return max((1 + _depth(n.children) for n in nodes), default=0)


def _grafted(row: Node, columns: tuple[Node, ...]) -> Node:
    """Return a row of a wide block as the group of columns it is printed as."""
    children = tuple(_grafted(child, columns) for child in row.children) or columns
    return Node(row.id, row.label, row.note, children=children)


# --------------------------------------------------------------------------- tables


def check_unique(faults: Faults, steps: Steps, ids: Iterable[str]) -> None:
    """Refuse an id that stands twice in a list."""
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            faults.add((*steps, one) if one else steps, "id 重复")
        seen.add(one)


def check_labels(faults: Faults, steps: Steps, texts: Iterable[str]) -> None:
    """Refuse labels that would not be recognised as such where they are read."""
    for text in texts:
        if len(text) > LONGEST_LABEL:
            faults.add(steps, f"“{text[:20]}…”超过{LONGEST_LABEL}个字，读的时候认不出")


def build_table(entry: TableEntry, faults: Faults) -> Table:
    """Return a table with its printed grid."""
    steps: Steps = ("tables", entry.id)
    if entry.widths and len(entry.widths) != entry.width:
        faults.add((*steps, "widths"), f"应有{entry.width}个正整数，每列一个，写了{len(entry.widths)}个")
    check_unique(faults, (*steps, "blocks"), (block.id for block in entry.blocks))
    layout: list[LayoutCell] = []
    blocks: list[Block] = []
    top = 1
    for number, written in enumerate(entry.blocks, 1):
        here = (*steps, "blocks", written.id or number)
        block = _block(written, top, faults, here)
        cells, header_rows, height = lay_out(entry.id, block, entry.width, entry.label_columns)
        _check_cover(faults, here, cells, (top, height, entry.width))
        check_labels(faults, here, [cell.text for cell in cells])
        blocks.append(msgspec.structs.replace(block, header_rows=header_rows))
        layout += cells
        top += height
    every = {leaf.id for block in blocks for leaf in block.column_leaves()}
    if entry.default_column and entry.default_column not in every:
        faults.add((*steps, "default_column"), f"没有列“{entry.default_column}”")
    if entry.register and any(entry.register.column not in {c.id for c in b.column_leaves()} for b in blocks):
        faults.add((*steps, "register", "column"), f"不是每一块都有列“{entry.register.column}”")
    layout.sort(key=lambda cell: (cell.row, cell.column))
    return Table(
        entry.id, entry.width, top - 1, entry.label_columns, tuple(blocks), tuple(layout),
        entry.default_column, entry.widths, entry.register,
    )  # fmt: skip


def _block(entry: BlockEntry, top: int, faults: Faults, steps: Steps) -> Block:
    for row in entry.rows:
        if (row.kind, row.decimals, row.unit, row.span) != _OF_COLUMNS:
            faults.add((*steps, "rows", row.id), "kind、decimals、unit、span 只能写在列上")
    return Block(
        _tree(entry.columns, faults, (*steps, "columns")), _tree(entry.rows, faults, (*steps, "rows")),
        entry.title, entry.corner, entry.corner_is_note, entry.wide, top, id=entry.id,
    )  # fmt: skip


def _tree(entries: Sequence[NodeEntry], faults: Faults, steps: Steps) -> tuple[Node, ...]:
    """Turn a list with ``parent`` keys into a tree, children in the order of the list."""
    check_unique(faults, steps, (entry.id for entry in entries))
    ids = {entry.id for entry in entries}
    below: dict[str, list[NodeEntry]] = {}
    for entry in entries:
        check_labels(faults, (*steps, entry.id), entry.variants)
        if entry.parent and entry.parent not in ids:
            faults.add((*steps, entry.id), f"没有上级“{entry.parent}”")
        below.setdefault(entry.parent, []).append(entry)

    def built(entry: NodeEntry) -> Node:
        children = tuple(built(child) for child in below.pop(entry.id, ()))
        _check_siblings(faults, steps, children)
        return Node(**msgspec.structs.asdict(entry), children=children)

    made = tuple(built(entry) for entry in below.pop("", ()))
    _check_siblings(faults, steps, made)
    for entry in (one for rest in below.values() for one in rest if one.parent in ids):
        faults.add((*steps, entry.id), "上下级成环")
    if not made:
        faults.add(steps, "一个也没有")
    return made


def _check_siblings(faults: Faults, steps: Steps, nodes: Iterable[Node]) -> None:
    seen: set[str] = set()
    for node in nodes:
        if node.text in seen:
            faults.add((*steps, node.id), f"同一级已有“{node.text}”")
        seen.add(node.text)


def _check_cover(faults: Faults, steps: Steps, cells: Iterable[LayoutCell], place: tuple[int, int, int]) -> None:
    """The merged cells must tile the block's rectangle: no hole, no overlap, nothing outside.

    Args:
        place: first row, height and width of the block.
    """
    top, height, width = place
    seen: set[tuple[int, int]] = set()
    wanted = {(r, c) for r in range(top, top + height) for c in range(1, width + 1)}
    for cell in cells:
        for row in range(cell.row, cell.row + cell.row_span):
            for column in range(cell.column, cell.column + cell.column_span):
                if (row, column) in seen:
                    faults.add(steps, f"第{row}行第{column}列被两个格占用（{cell.text or cell.cell}）")
                seen.add((row, column))
    if seen != wanted:
        row, column = min(seen ^ wanted)
        right = max((c for _, c in seen), default=0)
        faults.add(
            steps, f"行列跨度合计与表宽 {width} 列（width）不符：排到第{right}列，从第{row}行第{column}列起对不上"
        )


# --------------------------------------------------------------------------- cells


def build_cells(
    tables: Iterable[Table], fields: Iterable[Field], faults: Faults
) -> tuple[dict[str, Cell], dict[str, tuple[str, ...]]]:
    """Return the figures of the form by id, and the cells that each placeholder name adds up."""
    cells: dict[str, Cell] = {}
    quantities: dict[str, tuple[str, ...]] = {}
    taken = {field.short for field in fields}
    clashing: set[str] = set()
    for table in tables:
        for block in table.blocks:
            columns = block.column_leaves()
            for path in paths(block.rows):
                row = path[-1]
                for column in columns:
                    # The cells of a row, or of all items of a group without its total.
                    leaves = [leaf for leaf in row.leaves() if row is leaf or not leaf.total]
                    ids = tuple(f"{table.id}.{leaf.id}.{column.id}" for leaf in leaves)
                    plain = column.id == table.default_column or len(columns) == 1
                    for name in (f"{row.short}.{column.short}", *([row.short] if plain else ())):
                        if (name in quantities or name in taken) and row.id not in clashing:
                            clashing.add(row.id)  # one message for all columns of a row
                            faults.add(("tables", table.id, row.id), f"占位符名称“{name}”重复，请用 short 区分")
                        quantities[name] = ids
                    if not row.children:
                        cells[ids[0]] = _cell(table.id, path, column)
    return cells, quantities


def _cell(table: str, path: tuple[Node, ...], column: Node) -> Cell:
    row = path[-1]
    row_label = "／".join(node.label for node in path)
    return Cell(
        id=f"{table}.{row.id}.{column.id}", table=table, row=row.id, column=column.id,
        label=f"{row_label}／{column.label}", row_label=row_label, column_label=column.label,
        name=f"{row.short}.{column.short}", kind=column.kind, decimals=column.decimals, unit=column.unit,
        total=row.total or column.total, hint=row.hint or column.hint,
    )  # fmt: skip
