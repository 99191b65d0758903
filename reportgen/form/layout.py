"""From the row and column trees of a block to its printed grid of merged cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .model import Block, LayoutCell, Node

__all__ = ["lay_out", "paths", "walk"]


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def paths(nodes: tuple[Node, ...], above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, ...]]:
    for node in nodes:
        yield (*above, node)
        yield from paths(node.children, (*above, node))


def _depth(nodes: Iterable[Node]) -> int:
    return max((1 + _depth(n.children) for n in nodes), default=0)


def lay_out(table: str, block: Block, width: int, labels: int) -> tuple[list[LayoutCell], int, int]:
    """Compute the printed cells of a block; returns them, the header rows and the height."""
    cells: list[LayoutCell] = []
    top = block.first_row
    if block.title:
        cells.append(LayoutCell(top, 1, 1, width, "title", block.title))
    first = top + bool(block.title)
    columns = block.columns
    depth = _depth(block.columns) + (_depth(block.rows) if block.wide else 0)
    if block.wide:
        columns = tuple(_graft(row, block.columns) for row in block.rows)
    if labels:
        text, note = ("", block.corner) if block.corner_is_note else (block.corner, "")
        cells.append(LayoutCell(first, 1, depth, labels, "corner", text, note))

    positions: list[tuple[Node, int, int]] = []  # leaf column, grid column, span

    def column_labels(nodes: tuple[Node, ...], row: int, at: int) -> int:
        for node in nodes:
            start = at
            if node.children:
                at = column_labels(node.children, row + 1, at)
                span, rows = at - start, 1
            else:
                span, rows = node.span, first + depth - row
                positions.append((node, at, span))
                at += span
            cells.append(LayoutCell(row, start, rows, span, "column", node.label, node.note))
        return at

    column_labels(columns, first, labels + 1)
    header_rows = first + depth - top
    row_at = top + header_rows
    if block.wide:
        groups = [(row.id, column.id) for row in block.row_leaves() for column in block.column_leaves()]
        for (row_id, column_id), (_, at, span) in zip(groups, positions, strict=True):
            cells.append(LayoutCell(row_at, at, 1, span, "value", cell=f"{table}.{row_id}.{column_id}"))
        return cells, header_rows, header_rows + 1

    def row_labels(nodes: tuple[Node, ...], column: int, at: int) -> int:
        for node in nodes:
            start = at
            if node.children:
                at = row_labels(node.children, column + 1, at)
                cells.append(LayoutCell(start, column, at - start, 1, "row", node.label, node.note))
                continue
            cells.append(LayoutCell(at, column, 1, labels - column + 1, "row", node.label, node.note))
            for leaf, c, span in positions:
                cells.append(LayoutCell(at, c, 1, span, "value", cell=f"{table}.{node.id}.{leaf.id}"))
            at += 1
        return at

    bottom = row_labels(block.rows, 1, row_at)
    return cells, header_rows, bottom - top


def _graft(row: Node, columns: tuple[Node, ...]) -> Node:
    children = tuple(_graft(c, columns) for c in row.children) or columns
    return Node(row.id, row.label, row.note, children=children)
