"""The body of a Word document: tables as grids of merged cells, and the paragraphs outside them.

Read as it prints: inserted text counts, deleted and hidden text does not, a text box counts once
although the file holds it twice (for old and new Word).  No tree is built, and a document type
declaration is refused, so there are no entities to expand and nothing to fetch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias
from xml.parsers import expat

from .base import Grid, GridCell, Paragraph
from .markup import Attributes, UnusualError, cut, refuse_doctype, tags

__all__ = ["Block", "Found", "Reader", "Table", "blocks", "grid_cell", "in_order", "parse"]

Block: TypeAlias = "Paragraph | Grid"
Found: TypeAlias = "list[Para | Table]"
Handler: TypeAlias = "Callable[[Reader, Attributes], object]"

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006 "
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math "
_VAL = _W + "val"
_MAX_SPAN = 1000  # Word's own limit is 63 columns; a file may claim anything
_OFF = {"0", "false", "off"}
_SKIPPED = ("pPr", "tblPr", "tblGrid", "sectPr", "sdtPr", "del", "moveFrom", "delText", "instrText", "rt")
"""Elements whose content is not printed, or says nothing about where text stands."""


class Cell:
    __slots__ = ("column", "content", "down", "left", "row", "rows", "span")

    def __init__(self, row: int, column: int) -> None:
        self.row, self.column, self.rows, self.span = row, column, 1, 1
        self.down = ""
        """``restart`` or ``continue`` of w:vMerge."""
        self.left = False
        """Continues the cell to its left (w:hMerge, written by old converters)."""
        self.content: list[Para] = []


class Table:
    __slots__ = ("alone", "cells", "column", "deleted", "open", "row", "row_cells")

    def __init__(self, *, alone: bool = False) -> None:
        self.cells: list[Cell] = []
        self.alone = alone
        """Stands in nothing that has a say in how it is read."""
        self.row = 0
        self.column = 1
        self.deleted = False
        self.row_cells: list[Cell] = []
        self.open: dict[int, Cell] = {}
        """Column → the cell that a w:vMerge there continues."""

    def start_row(self) -> None:
        self.row += 1
        self.column, self.deleted, self.row_cells = 1, False, []

    def end_row(self) -> None:
        if self.deleted:
            self.row -= 1
            return
        still_open: dict[int, Cell] = {}
        for cell in self.row_cells:
            above = self.open.get(cell.column) if cell.down == "continue" else None
            if above is not None and above.span == cell.span:
                above.rows = self.row - above.row + 1
                still_open[cell.column] = above
                continue
            self.cells.append(cell)
            if cell.down:
                still_open[cell.column] = cell
        self.open = still_open


class Para:
    __slots__ = ("text",)

    def __init__(self) -> None:
        self.text: list[str] = []


class Reader:
    """Handlers of one parse; ``found`` in the order in which they begin."""

    def __init__(self) -> None:
        self.found: Found = []
        self.skipping = 0
        self.hidden: list[bool] = []
        """For each run we are in: is its text hidden?"""
        self.paras: list[Para] = []
        self.tables: list[Table] = []
        self.cells: list[Cell] = []
        self.owners: list[list[Para]] = []
        """Where paragraphs go: cells' content, outside of cells ``found``."""
        self.alternatives: list[bool] = []
        """For each mc:AlternateContent we are in: has one been taken?"""
        self.in_text = False
        self.in_row_properties = False

    @property
    def idle(self) -> bool:
        """Nothing is open: what comes is read as at the start."""
        inside = (
            self.skipping or self.in_text or self.in_row_properties or self.hidden or self.paras
            or self.tables or self.cells or self.owners or self.alternatives
        )  # fmt: skip
        return not inside

    def read(self, root: str, pieces: Sequence[str]) -> None:
        """Take a document as :func:`.markup.cut` cuts it."""
        for n, piece in enumerate(pieces):
            if n % 2:
                self.characters(piece)
            else:
                self.play(root, piece)

    # Everything else is called through the tables _STARTS and _ENDS.

    def start(self, name: str, attributes: Attributes) -> None:
        if self.skipping:
            self.skipping += 1
            return
        handler = _STARTS.get(name)
        if handler is not None:
            handler(self, attributes)

    def end(self, name: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        handler = _ENDS.get(name)
        if handler is not None:
            handler(self, _NONE)

    def play(self, root: str, markup: str) -> None:
        """Take a piece of markup, see :mod:`.markup`."""
        if not self.skipping:
            calls = _calls(root, markup)
            if calls is not None:
                for handler, attributes in calls:
                    handler(self, attributes)
                return
        for name, attributes_or_end in tags(root, markup):
            if attributes_or_end is None:
                self.end(name)
            else:
                self.start(name, attributes_or_end)

    def characters(self, text: str) -> None:
        if self.in_text and not self.skipping:
            self.put(text)

    def put(self, text: str) -> None:
        if self.paras and not (self.hidden and self.hidden[-1]):
            self.paras[-1].text.append(text)

    def skip(self, attributes: Attributes) -> None:
        self.skipped(attributes)
        self.skipping = 1

    def skipped(self, _: Attributes) -> None:
        if self.in_row_properties:  # <w:trPr><w:del/>: a deleted row, not deleted text
            self.tables[-1].deleted = True

    def start_p(self, _: Attributes) -> None:
        para = Para()
        self.paras.append(para)
        if self.owners:
            self.owners[-1].append(para)
        else:
            self.found.append(para)

    def end_p(self, _: Attributes) -> None:
        self.paras.pop()

    def start_r(self, _: Attributes) -> None:
        self.hidden.append(False)

    def start_vanish(self, attributes: Attributes) -> None:
        if self.hidden:
            self.hidden[-1] = attributes.get(_VAL) not in _OFF

    def start_t(self, _: Attributes) -> None:
        self.in_text = True

    def end_t(self, _: Attributes) -> None:
        self.in_text = False

    def start_tab(self, _: Attributes) -> None:
        self.put("\t")

    def start_br(self, attributes: Attributes) -> None:
        if attributes.get(_W + "type", "textWrapping") == "textWrapping":
            self.put("\n")

    def start_cr(self, _: Attributes) -> None:
        self.put("\n")

    def start_hyphen(self, _: Attributes) -> None:
        self.put("-")

    def start_tbl(self, _: Attributes) -> None:
        table = Table(alone=self.idle)
        self.tables.append(table)
        self.found.append(table)

    def start_tr(self, _: Attributes) -> None:
        if self.tables:
            self.tables[-1].start_row()

    def end_tr(self, _: Attributes) -> None:
        if self.tables:
            self.tables[-1].end_row()

    def start_tr_pr(self, _: Attributes) -> None:
        self.in_row_properties = bool(self.tables)

    def end_tr_pr(self, _: Attributes) -> None:
        self.in_row_properties = False

    def start_grid_before(self, attributes: Attributes) -> None:
        if self.tables:
            self.tables[-1].column += _span(attributes, least=0)

    def start_tc(self, _: Attributes) -> None:
        table = self.tables[-1] if self.tables else Table()
        cell = Cell(table.row, table.column)
        self.cells.append(cell)
        self.owners.append(cell.content)

    def end_tc(self, _: Attributes) -> None:
        cell = self.cells.pop()
        self.owners.pop()
        if not self.tables:
            return
        table = self.tables[-1]
        table.column += cell.span
        if cell.left and table.row_cells:
            table.row_cells[-1].span += cell.span
        else:
            table.row_cells.append(cell)

    def start_grid_span(self, attributes: Attributes) -> None:
        if self.cells:
            self.cells[-1].span = _span(attributes, least=1)

    def start_v_merge(self, attributes: Attributes) -> None:
        if self.cells:
            self.cells[-1].down = "restart" if attributes.get(_VAL) == "restart" else "continue"

    def start_h_merge(self, attributes: Attributes) -> None:
        if self.cells:
            self.cells[-1].left = attributes.get(_VAL) != "restart"

    def start_box(self, _: Attributes) -> None:
        self.owners.append(_Outside(self.found))

    def start_alternatives(self, _: Attributes) -> None:
        self.alternatives.append(False)

    def start_alternative(self, attributes: Attributes) -> None:
        if not self.alternatives or self.alternatives[-1]:
            self.skipping = 1
        else:
            self.alternatives[-1] = True


_STARTS: dict[str, Handler] = {
    **{_W + name: handler for name, handler in {
        "p": Reader.start_p, "r": Reader.start_r, "t": Reader.start_t, "vanish": Reader.start_vanish,
        "tab": Reader.start_tab, "ptab": Reader.start_tab, "br": Reader.start_br, "cr": Reader.start_cr,
        "noBreakHyphen": Reader.start_hyphen, "tbl": Reader.start_tbl, "tr": Reader.start_tr,
        "trPr": Reader.start_tr_pr, "gridBefore": Reader.start_grid_before, "tc": Reader.start_tc,
        "gridSpan": Reader.start_grid_span, "vMerge": Reader.start_v_merge,
        "hMerge": Reader.start_h_merge, "txbxContent": Reader.start_box,
        **dict.fromkeys(_SKIPPED, Reader.skip),
    }.items()},
    _MC + "AlternateContent": Reader.start_alternatives,
    _MC + "Choice": Reader.start_alternative,
    _MC + "Fallback": Reader.start_alternative,
    _M + "t": Reader.start_t,
}  # fmt: skip
_ENDS: dict[str, Handler] = {
    _W + "p": Reader.end_p, _W + "r": lambda reader, _: reader.hidden.pop(), _W + "t": Reader.end_t,
    _M + "t": Reader.end_t, _W + "tbl": lambda reader, _: reader.tables.pop(), _W + "tr": Reader.end_tr,
    _W + "trPr": Reader.end_tr_pr, _W + "tc": Reader.end_tc,
    _W + "txbxContent": lambda reader, _: reader.owners.pop(),
    _MC + "AlternateContent": lambda reader, _: reader.alternatives.pop(),
}  # fmt: skip
_NONE: Attributes = {}
_CACHED_LENGTH = 8192


def _calls(root: str, markup: str) -> tuple[tuple[Handler, Attributes], ...] | None:
    return (_cached_calls if len(markup) < _CACHED_LENGTH else _compiled)(root, markup)


def _compiled(root: str, markup: str) -> tuple[tuple[Handler, Attributes], ...] | None:
    """Return the calls that a piece of markup comes to where nothing is being skipped.

    None if that depends on what went before, or something skipped goes on after it.
    """
    calls: list[tuple[Handler, Attributes]] = []
    skipping = 0
    for name, attributes in tags(root, markup):
        if skipping:
            skipping += 1 if attributes is not None else -1
            continue
        handler = (_ENDS if attributes is None else _STARTS).get(name)
        if handler is Reader.start_alternative:
            return None
        if handler is Reader.skip:
            skipping = 1
            handler = Reader.skipped if not calls or calls[-1][0] in _OF_ROWS else None
        if handler is not None:
            calls.append((handler, attributes or _NONE))
    return None if skipping else tuple(calls)


# After these we may be in the properties of a row, where something skipped can mean a deleted row.
_OF_ROWS = {Reader.start_tr_pr, Reader.start_grid_before, Reader.skipped}

# No markup is read twice, not even in the next document of the same template: 3.3 ms, without 6.5.
_cached_calls = lru_cache(maxsize=1024)(_compiled)


class _Outside(list["Para"]):
    """Paragraphs of a text box: they belong to no cell, wherever the box is anchored."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found

    def append(self, para: Para) -> None:
        self.found.append(para)


def _span(attributes: Attributes, *, least: int) -> int:
    value = attributes.get(_VAL, "")
    return min(max(int(value), least), _MAX_SPAN) if value.isascii() and value.isdigit() else least


def parse(
    xml: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
) -> None:
    """Run expat with these handlers, names as ``namespace local``.

    Raises:
        ValueError: document type declaration.
        ExpatError: not well-formed.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.Parse(xml, True)


def blocks(xml: bytes) -> list[Block]:
    """Return the tables and non-blank paragraphs of a document part, in order.

    A table that stands inside another follows it as a table of its own.

    Args:
        xml: the part, e.g. ``word/document.xml``.

    Raises:
        ValueError: not well-formed, or with a document type declaration.
    """
    try:
        reader = _read_through(xml)
    except (expat.ExpatError, LookupError, RecursionError) as error:
        raise ValueError(str(error)) from error
    return in_order(reader.found, lambda table, name: Grid(name, tuple(map(grid_cell, table.cells))))


def in_order(found: Found, grid: Callable[[Table, str], Grid]) -> list[Block]:
    """Return what a reader has found, tables and paragraphs numbered as people count them.

    Args:
        found: of a reader.
        grid: makes a grid of a table and its name.
    """
    result: list[Block] = []
    tables = paragraphs = 0
    for item in found:
        if isinstance(item, Table):
            tables += 1
            result.append(grid(item, f"第{tables}个表格"))
        elif (text := "".join(item.text)).strip():
            paragraphs += 1
            result.append(Paragraph(text, f"第{paragraphs}段"))
    return result


def _read_through(xml: bytes) -> Reader:
    reader = Reader()
    try:
        reader.read(*cut(xml))
    except UnusualError:
        reader = Reader()
        parse(xml, reader.start, reader.end, reader.characters)
    return reader


def grid_cell(cell: Cell) -> GridCell:
    """Return a cell as grids have it."""
    content = cell.content
    text = "".join(content[0].text) if len(content) == 1 else "\n".join(["".join(p.text) for p in content])
    value = text if text.strip() else None
    return GridCell(cell.row, cell.column, value, cell.rows, cell.span, f"第{cell.row}行第{cell.column}列")
