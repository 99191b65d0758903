"""From the listed rows and columns of a form file to tables, cells and quantities, proved on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from .layout import lay_out, paths
from .records import Block, Cell, Field, LayoutCell, Node, NodeEntry, Table
from .source import Faults, Steps
from .words import LONGEST_LABEL
from .written import BlockEntry, TableEntry

_OF_COLUMNS = ("count", 0, "件", 1)
"""What a row has of the properties that belong to columns."""


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
    """Return a table with its printed grid.

    Args:
        entry: the table as its author wrote it.
        faults: takes the author's mistakes.
    """
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
                    ids = _added_up(table.id, row, column)
                    plain = column.id == table.default_column or len(columns) == 1
                    for name in (f"{row.short}.{column.short}", *([row.short] if plain else ())):
                        if (name in quantities or name in taken) and row.id not in clashing:
                            clashing.add(row.id)  # one message for all columns of a row
                            faults.add(("tables", table.id, row.id), f"占位符名称“{name}”重复，请用 short 区分")
                        quantities[name] = ids
                    if not row.children:
                        cells[ids[0]] = _cell(table.id, path, column)
    return cells, quantities


def _added_up(table: str, row: Node, column: Node) -> tuple[str, ...]:
    """The cells of a row, or of all items of a group without its total."""
    leaves = [leaf for leaf in row.leaves() if row is leaf or not leaf.total]
    return tuple(f"{table}.{leaf.id}.{column.id}" for leaf in leaves)


def _cell(table: str, path: tuple[Node, ...], column: Node) -> Cell:
    row = path[-1]
    row_label = "／".join(node.label for node in path)
    return Cell(
        id=f"{table}.{row.id}.{column.id}", table=table, row=row.id, column=column.id,
        label=f"{row_label}／{column.label}", row_label=row_label, column_label=column.label,
        name=f"{row.short}.{column.short}", kind=column.kind, decimals=column.decimals, unit=column.unit,
        total=row.total or column.total, hint=row.hint or column.hint,
    )  # fmt: skip
