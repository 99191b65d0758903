"""From the row and column trees of a block to its printed grid of merged cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .records import Block, LayoutCell, Node


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
        table: id of the table.
        block: its trees, and the row of the table's grid in which it begins.
        width: columns of the grid.
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
