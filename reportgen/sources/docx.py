"""Word files (.docx): tables as grids of merged cells, and the paragraphs outside them.

Read as it prints: inserted text counts, deleted and hidden text does not, a text box counts once
although the file holds it twice (for old and new Word).  One pass with expat, no tree: a document
type declaration is refused, so there are no entities to expand and nothing to fetch.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias
from xml.parsers import expat
from zipfile import ZipFile

from ..errors import InputError
from .base import Document, Grid, GridCell, Paragraph

__all__ = ["Block", "blocks", "read"]

Block: TypeAlias = "Paragraph | Grid"
Attributes: TypeAlias = "dict[str, str]"

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006 "
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math "
_OFFICE_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_VAL = _W + "val"
_MAX_SPAN = 1000  # Word's own limit is 63 columns; a file may claim anything
_OFF = {"0", "false", "off"}
_SKIPPED = ("pPr", "tblPr", "tblGrid", "sectPr", "sdtPr", "del", "moveFrom", "delText", "instrText", "rt")
"""Elements whose content is not printed, or says nothing about where text stands."""


class _Cell:
    __slots__ = ("column", "content", "down", "left", "row", "rows", "span")

    def __init__(self, row: int, column: int) -> None:
        self.row, self.column, self.rows, self.span = row, column, 1, 1
        self.down = ""
        """``restart`` or ``continue`` of w:vMerge."""
        self.left = False
        """Continues the cell to its left (w:hMerge, written by old converters)."""
        self.content: list[_Para] = []


class _Table:
    __slots__ = ("cells", "column", "deleted", "open", "row", "row_cells")

    def __init__(self) -> None:
        self.cells: list[_Cell] = []
        self.row = 0
        self.column = 1
        self.deleted = False
        self.row_cells: list[_Cell] = []
        self.open: dict[int, _Cell] = {}
        """Column → the cell that a w:vMerge there continues."""

    def start_row(self) -> None:
        self.row += 1
        self.column, self.deleted, self.row_cells = 1, False, []

    def end_row(self) -> None:
        if self.deleted:
            self.row -= 1
            return
        still_open: dict[int, _Cell] = {}
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


class _Para:
    __slots__ = ("text",)

    def __init__(self) -> None:
        self.text: list[str] = []


class _Reader:
    """Handlers of one parse; ``blocks`` in the order in which they begin."""

    def __init__(self) -> None:
        self.found: list[_Para | _Table] = []
        self.skipping = 0
        self.hidden: list[bool] = []
        """For each run we are in: is its text hidden?"""
        self.paras: list[_Para] = []
        self.tables: list[_Table] = []
        self.cells: list[_Cell] = []
        self.owners: list[list[_Para]] = []
        """Where paragraphs go: cells' content, outside of cells ``found``."""
        self.alternatives: list[bool] = []
        """For each mc:AlternateContent we are in: has one been taken?"""
        self.in_text = False
        w = {
            "p": self.start_p, "r": self.start_r, "t": self.start_t, "vanish": self.start_vanish,
            "tab": self.start_tab, "ptab": self.start_tab, "br": self.start_br, "cr": self.start_cr,
            "noBreakHyphen": self.start_hyphen, "tbl": self.start_tbl, "tr": self.start_tr,
            "trPr": self.start_tr_pr, "gridBefore": self.start_grid_before, "tc": self.start_tc,
            "gridSpan": self.start_grid_span, "vMerge": self.start_v_merge, "hMerge": self.start_h_merge,
            "txbxContent": self.start_box, **dict.fromkeys(_SKIPPED, self.skip),
        }  # fmt: skip
        self.starts: dict[str, Callable[[Attributes], None]] = {
            **{_W + name: handler for name, handler in w.items()},
            _MC + "AlternateContent": self.start_alternatives,
            _MC + "Choice": self.start_alternative,
            _MC + "Fallback": self.start_alternative,
            _M + "t": self.start_t,
        }
        self.ends: dict[str, Callable[[], object]] = {
            _W + "p": self.end_p, _W + "r": self.hidden.pop, _W + "t": self.end_t, _M + "t": self.end_t,
            _W + "tbl": self.tables.pop, _W + "tr": self.end_tr, _W + "trPr": self.end_tr_pr,
            _W + "tc": self.end_tc, _W + "txbxContent": self.owners.pop,
            _MC + "AlternateContent": self.alternatives.pop,
        }  # fmt: skip
        self.in_row_properties = False

    # expat calls these; everything else is called through the two tables above

    def start(self, name: str, attributes: Attributes) -> None:
        if self.skipping:
            self.skipping += 1
            return
        handler = self.starts.get(name)
        if handler is not None:
            handler(attributes)

    def end(self, name: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        handler = self.ends.get(name)
        if handler is not None:
            handler()

    def characters(self, text: str) -> None:
        if self.in_text and not self.skipping:
            self.put(text)

    def put(self, text: str) -> None:
        if self.paras and not (self.hidden and self.hidden[-1]):
            self.paras[-1].text.append(text)

    def skip(self, _: Attributes) -> None:
        if self.in_row_properties:  # <w:trPr><w:del/>: a deleted row, not deleted text
            self.tables[-1].deleted = True
        self.skipping = 1

    def start_p(self, _: Attributes) -> None:
        para = _Para()
        self.paras.append(para)
        if self.owners:
            self.owners[-1].append(para)
        else:
            self.found.append(para)

    def end_p(self) -> None:
        self.paras.pop()

    def start_r(self, _: Attributes) -> None:
        self.hidden.append(False)

    def start_vanish(self, attributes: Attributes) -> None:
        if self.hidden:
            self.hidden[-1] = attributes.get(_VAL) not in _OFF

    def start_t(self, _: Attributes) -> None:
        self.in_text = True

    def end_t(self) -> None:
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
        table = _Table()
        self.tables.append(table)
        self.found.append(table)

    def start_tr(self, _: Attributes) -> None:
        if self.tables:
            self.tables[-1].start_row()

    def end_tr(self) -> None:
        if self.tables:
            self.tables[-1].end_row()

    def start_tr_pr(self, _: Attributes) -> None:
        self.in_row_properties = bool(self.tables)

    def end_tr_pr(self) -> None:
        self.in_row_properties = False

    def start_grid_before(self, attributes: Attributes) -> None:
        if self.tables:
            self.tables[-1].column += _span(attributes, least=0)

    def start_tc(self, _: Attributes) -> None:
        table = self.tables[-1] if self.tables else _Table()
        cell = _Cell(table.row, table.column)
        self.cells.append(cell)
        self.owners.append(cell.content)

    def end_tc(self) -> None:
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


class _Outside(list["_Para"]):
    """Paragraphs of a text box: they belong to no cell, wherever the box is anchored."""

    def __init__(self, found: list[_Para | _Table]) -> None:
        super().__init__()
        self.found = found

    def append(self, para: _Para) -> None:
        self.found.append(para)


def _span(attributes: Attributes, *, least: int) -> int:
    value = attributes.get(_VAL, "")
    return min(max(int(value), least), _MAX_SPAN) if value.isascii() and value.isdigit() else least


def _refuse_doctype(*_: object) -> None:
    raise ValueError("document type declaration")


def _parse(
    xml: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(xml, True)


def blocks(xml: bytes) -> list[Block]:
    """Return the tables and non-blank paragraphs of a document part, in order.

    A table that stands inside another follows it as a table of its own.

    Args:
        xml: the part, e.g. ``word/document.xml``.

    Raises:
        ValueError: not well-formed, or with a document type declaration.
    """
    reader = _Reader()
    try:
        _parse(xml, reader.start, reader.end, reader.characters)
    except (expat.ExpatError, IndexError, RecursionError) as error:
        raise ValueError(str(error)) from error
    result: list[Block] = []
    tables = paragraphs = 0
    for item in reader.found:
        if isinstance(item, _Table):
            tables += 1
            result.append(Grid(f"第{tables}个表格", tuple(_grid_cell(cell) for cell in item.cells)))
        elif (text := "".join(item.text)).strip():
            paragraphs += 1
            result.append(Paragraph(text, f"第{paragraphs}段"))
    return result


def _grid_cell(cell: _Cell) -> GridCell:
    text = "\n".join("".join(para.text) for para in cell.content)
    value = text if text.strip() else None
    address = f"第{cell.row}行第{cell.column}列"
    return GridCell(cell.row, cell.column, value, cell.rows, cell.span, address)


def _main_part(archive: ZipFile) -> str:
    target = "word/document.xml"

    def start(_: str, attributes: Attributes) -> None:
        nonlocal target
        if attributes.get("Type") == _OFFICE_DOCUMENT:
            target = posixpath.normpath(attributes.get("Target", "")).lstrip("/")

    _parse(archive.read("_rels/.rels"), start, lambda _: None, lambda _: None)
    return target


def _properties(xml: bytes) -> dict[str, str]:
    """Return the custom properties by name, their values as text."""
    result: dict[str, str] = {}
    name = ""

    def start(_: str, attributes: Attributes) -> None:
        nonlocal name
        name = attributes.get("name", name)

    def characters(text: str) -> None:
        result[name] = (result.get(name, "") + text).strip()

    _parse(xml, start, lambda _: None, characters)
    return {key: value for key, value in result.items() if key}


def read(path: Path, data: bytes) -> Document:
    """Read a Word file that :func:`~reportgen.sources.sniff.kind_of` has found whole.

    Args:
        path: the file, for messages.
        data: its content.

    Raises:
        InputError: the document inside cannot be read.
    """
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            found = blocks(archive.read(_main_part(archive)))
            custom = "docProps/custom.xml"
            properties = _properties(archive.read(custom)) if custom in archive.namelist() else {}
    except (KeyError, ValueError, expat.ExpatError) as error:
        raise InputError(
            f"“{path.name}”里的正文读不出来，文件可能已损坏。请用 Word 或 WPS 打开并另存为 .docx 后再试。"
        ) from error
    return Document(
        str(path), "docx", hashlib.sha256(data).hexdigest(),
        tuple(b for b in found if isinstance(b, Grid)),
        tuple(b for b in found if isinstance(b, Paragraph)),
        properties,
    )  # fmt: skip
