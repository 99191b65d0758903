"""Word files (.docx): tables as grids of merged cells, and the paragraphs outside them.

Read as it prints once all revisions are accepted: inserted text counts, deleted text does not, nor do hidden,
unseen and struck-out text, which are told; a text box counts once although the file holds it twice (for new and
old versions of Word).
Automatic numbers count as text.  Only the main part, its styles, numbering and properties are read; headers,
footers and notes are not.  A document
type declaration is refused, so there are no entities to expand and nothing to fetch.
"""

from __future__ import annotations

import hashlib
import posixpath
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import TypeAlias
from xml.parsers import expat

import msgspec

from ..disk.names import name_of, shown_name
from ..errors import InputError
from ..memory import remembered
from ..opc.archive import unpack
from .base import Document, Grid, GridCell, Paragraph
from .limits import MAX_SPAN, Budget
from .numbering import Numbering, numbering_of
from .runs import LOWERED, RAISED, WHITE, Run, said_by
from .wordlooks import PARAGRAPH, RUN, SHADE, Look, fill_of, is_on, looks_of, mark_of, own_look, properties_of, said_in

Block: TypeAlias = "Paragraph | Grid"
Add: TypeAlias = "Callable[[_Line], None]"
"""Takes a new paragraph: the content of a cell, or the body."""

_CUSTOM = "docProps/custom.xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_P, _R, _T, _BR = _W + "p", _W + "r", _W + "t", _W + "br"
_TBL, _TR, _TC, _TEXT_BOX = _W + "tbl", _W + "tr", _W + "tc", _W + "txbxContent"
_VAL = _W + "val"
_OF_TABLE, _OF_ROW, _OF_CELL = _W + "tblPr", _W + "trPr", _W + "tcPr"
_STYLE, _RUN_STYLE, _DELETED, _CELL_DELETED = _W + "pStyle", _W + "rStyle", _W + "del", _W + "cellDel"
_WIDTH, _DOWN, _RIGHT = _W + "gridSpan", _W + "vMerge", _W + "hMerge"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MATH_TEXT = _MATH + "t"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ALTERNATIVES = _COMPATIBILITY + "AlternateContent"
_VARIANTS = (_COMPATIBILITY + "Choice", _COMPATIBILITY + "Fallback")
_PICTURES = ("{http://schemas.openxmlformats.org/drawingml/2006/main}blip", "{urn:schemas-microsoft-com:vml}imagedata")

_CHARACTERS = {_W + "tab": "\t", _W + "ptab": "\t", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
"""Elements that stand for a character."""
_SKIPPED = {
    _W + name for name in (
        "pPr", "rPr", "tblPr", "trPr", "tcPr", "tblGrid", "sectPr", "sdtPr",
        "del", "moveFrom", "delText", "instrText", "rt",
    )
}  # fmt: skip
"""Elements whose text is not printed; properties are looked up where they matter."""
_SHIFTED_MATH = {_MATH + "sup": RAISED, _MATH + "sub": LOWERED}
_NEAR = 40
"""Twips between lines of a table's grid that are one line: programs that save it anew move lines by rounding."""
_MAX_WIDTH = 31_680  # 22 inches, the widest page of Word
_LINK, _TARGET = _W + "hyperlink", f"{{{_RELATION.rstrip('/')}}}id"
"""A link, and the attribute of one to another file or page."""
_REVISIONS = tuple(_W + name for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel"))


def read(path: Path | str, data: bytes, parts: Mapping[str, bytes] | None = None) -> Document:
    """Read a Word file that :func:`~reportgen.sources.sniff.kind_of` has found whole.

    Args:
        path: the file, for messages.
        data: its content.
        parts: its XML parts, if they have been unpacked already.

    Raises:
        InputError: a part of the document is not there or cannot be read, or it is beyond the limits.
    """
    budget = Budget(shown_name(path))
    try:
        parts = unpack(shown_name(path), data) if parts is None else parts
        main = _related(parts, "", budget).get("officeDocument", "word/document.xml")
        root = ET.fromstring(_spent(parts[main], budget))
        for name, xml in parts.items():
            if name != main and name.lower().endswith((".xml", ".rels")):
                _require_well_formed(xml)
        looks, numbering = _given(parts, main, budget)
        properties = _properties(ET.fromstring(_spent(parts[_CUSTOM], budget))) if _CUSTOM in parts else {}
    except (LookupError, ValueError, ET.ParseError, expat.ExpatError) as error:
        raise InputError(
            f"“{name_of(path)}”里的正文读不出来，文件可能已损坏。请用 Word 或 WPS 打开并另存为 .docx 后再试。"
        ) from error
    found = _blocks(root, budget, looks, numbering)
    tags = Counter(map(attrgetter("tag"), root.iter()))
    return Document(
        str(path), "docx", hashlib.sha256(data).hexdigest(),
        tuple(block for block in found if isinstance(block, Grid)),
        tuple(block for block in found if isinstance(block, Paragraph)),
        properties, pictures=sum(tags[kind] for kind in _PICTURES), revisions=sum(tags[kind] for kind in _REVISIONS),
    )  # fmt: skip


def blocks(xml: bytes, budget: Budget, parts: Mapping[str, bytes] | None = None, main: str = "") -> list[Block]:
    """Return the tables and non-blank paragraphs of a document part, in order.

    A table that stands inside another follows it as a table of its own.

    Args:
        xml: the part.
        budget: what may be spent on it.
        parts: the XML parts of the package it belongs to, which may have styles and numbers for it.
        main: its name there, e.g. ``word/document.xml``.

    Raises:
        ParseError: not well-formed.
        ValueError: a document type declaration, or an encoding that cannot be read.
        InputError: beyond the limits.
    """
    return _blocks(ET.fromstring(_spent(xml, budget)), budget, *_given(parts or {}, main, budget))


# ---------------------------------------------------------------- the package


def _spent(xml: bytes, budget: Budget) -> bytes:
    """Account for a part before a tree is made of it."""
    budget.spend_markup(len(xml), xml.count(b"<"))
    # Office packages have none (ECMA-376 part 2); in UTF-16 there are NULs between the letters.
    if b"<!DOCTYPE" in xml.replace(b"\0", b""):
        raise ValueError("document type declaration")
    return xml


@remembered(24)
def _require_well_formed(xml: bytes) -> None:
    """Require that a part is well-formed; also those have to be that are not read.

    Raises:
        ExpatError: it is not.
    """
    expat.ParserCreate().Parse(xml, True)


def _related(parts: Mapping[str, bytes], part: str, budget: Budget) -> dict[str, str]:
    """Return the XML parts that a part (``""``: the package) names: type of relation → name.

    Raises:
        KeyError: one of them is not there.
    """
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    names = {one.lower(): one for one in parts}
    found: dict[str, str] = {}
    for kind, target in _relations(_spent(parts[relations], budget)) if relations in parts else ():
        whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found.setdefault(kind.removeprefix(_RELATION), names[whole.lower()])
    return found


@remembered(8)
def _relations(xml: bytes) -> tuple[tuple[str, str], ...]:
    """Return type and target of the relations to XML parts of the same package."""
    return tuple(
        (one.get("Type", ""), target) for one in ET.fromstring(xml)
        if one.get("TargetMode") != "External" and (target := one.get("Target", "")).endswith(".xml")
    )  # fmt: skip


def _given(parts: Mapping[str, bytes], main: str, budget: Budget) -> tuple[Mapping[str | None, Look], Numbering]:
    """Return what styles and numbering give to the paragraphs of a main part."""
    related = _related(parts, main, budget)
    looks, numbering = _said_by(
        *(_spent(parts[related[kind]], budget) if kind in related else None for kind in ("styles", "numbering"))
    )
    return looks, Numbering(numbering.lists, numbering.styles)


@remembered(4)
def _said_by(styles: bytes | None, numbering: bytes | None) -> tuple[Mapping[str | None, Look], Numbering]:
    """Return what the parts say that give looks and numbers, the latter not to be counted with."""
    given, lists = (None if xml is None else ET.fromstring(xml) for xml in (styles, numbering))
    return {} if given is None else looks_of(given), numbering_of(lists, given)


def _properties(root: ET.Element) -> dict[str, str]:
    """Return the custom properties by name, their values as text."""
    named = ((one.get("name", ""), "".join(one.itertext()).strip()) for one in root)
    return {name: value for name, value in named if name and value}


# ---------------------------------------------------------------- the body


_NEXT_LINE = Run("\n")


class _Line(msgspec.Struct):
    """A paragraph: its text, and the look that its style gives to it."""

    look: Look
    behind: str = WHITE
    """The colour of what is behind it, ``""`` if it is not known."""
    mark: str = ""
    """Of text that has no look of its own."""
    number: str = ""
    """As printed before it."""
    runs: list[Run] = []

    def paragraph(self, number: int) -> Paragraph | None:
        """Return the paragraph as documents have it, with its number; None if nothing is to be said of it."""
        said = said_by(self.runs)
        text = self.number + said.text if said.text.strip() else ""
        return Paragraph(text, f"第{number}段", *said[1:]) if text or said.beside else None

    def numbered(self) -> list[Run]:
        """Return the runs, with the number before them if there is anything to number."""
        return (
            [Run(self.number), *self.runs] if self.number and any(one.text.strip() for one in self.runs) else self.runs
        )


class _Cell(msgspec.Struct):
    """A cell of a table, or the part of a merged cell that stands in one row."""

    row: int
    column: int
    span: int
    """Columns."""
    down: str
    """``restart`` or ``continue`` of ``w:vMerge``, ``""`` without one."""
    content: list[_Line] = []
    rows: int = 1
    hidden: bool = False
    """In a hidden row."""

    def in_grid(self) -> GridCell:
        """Return the cell as grids have it, its paragraphs as lines."""
        runs = [run for line in self.content for run in (_NEXT_LINE, *line.numbered())][1:]
        said = said_by(runs, cell=True)
        return GridCell(
            self.row, self.column, said.text if said.text.strip() else None, self.rows, self.span,
            f"第{self.row}行第{self.column}列", hidden=self.hidden or said.hidden, beside=said.beside,
            unlinked=said.unlinked,
        )  # fmt: skip


class _Table(msgspec.Struct):
    """A table whose rows are added from the top."""

    lines: list[int]
    """For each line of the grid its number, those that stand close together counted once."""
    cells: list[_Cell] = []
    open: dict[int, _Cell] = {}
    """Column → the cell that a ``w:vMerge`` in the next row continues."""

    def line(self, place: int) -> int:
        """Return the number of a grid line; there may be more than the grid says."""
        known = len(self.lines) - 1
        return self.lines[min(place, known)] + max(place - known, 0)

    def add(self, row: list[_Cell]) -> None:
        """Add a row; a cell that continues one above of the same width is part of that."""
        still_open: dict[int, _Cell] = {}
        for cell in row:
            above = self.open.get(cell.column) if cell.down == "continue" else None
            if above is not None and above.span == cell.span:
                above.rows = cell.row - above.row + 1
                still_open[cell.column] = above
                continue
            self.cells.append(cell)
            if cell.down:
                still_open[cell.column] = cell
        self.open = still_open


class _Body:
    """Walks through the tree of a main part; ``found`` in the order in which things begin."""

    def __init__(self, budget: Budget, looks: Mapping[str | None, Look], numbering: Numbering) -> None:
        self.budget, self.looks, self.numbering = budget, looks, numbering
        self.behind = WHITE
        """The colour of what is behind paragraphs, ``""`` if it is not known."""
        self.found: list[_Line | _Table] = []

    def walk(self, element: ET.Element, line: _Line | None, add: Add, depth: int, mark: str = "") -> None:
        """Take over what an element holds; what is not known is looked through.

        Args:
            element: a part of the body.
            line: the paragraph that text belongs to, None where text does not count.
            add: takes each new paragraph.
            depth: how many elements stand around what it holds.
            mark: of the run that it stands in.
        """
        self.budget.check_depth(depth)
        joined: _Line | None = None
        for child in element:
            tag = child.tag
            if tag in _SKIPPED:
                continue
            if tag == _R:
                self.walk(child, line, add, depth + 1, mark or (self._mark(child, line) if line else ""))
            elif tag == _T and line is not None:
                line.runs.append(Run(child.text or "", mark))
            elif tag == _P:
                properties = child.find(PARAGRAPH)
                paragraph = joined or self._paragraph(properties, add)
                self.walk(child, paragraph, add, depth + 1)
                # What ends with a deleted mark goes on in the next paragraph.
                end = None if properties is None else properties.find(RUN)
                joined = paragraph if end is not None and end.find(_DELETED) is not None else None
            elif tag == _TBL:
                self._table(child, depth + 1)
            elif tag == _TEXT_BOX:  # belongs to no cell, wherever it is anchored
                behind, self.behind = self.behind, ""
                self.walk(child, line, self.found.append, depth + 1)
                self.behind = behind
            elif tag == _ALTERNATIVES:
                for variant in [one for one in child if one.tag in _VARIANTS][:1]:
                    self.walk(variant, line, add, depth + 2, mark)
            elif tag == _LINK and line is not None and child.get(_TARGET):
                before = len(line.runs)
                self.walk(child, line, add, depth + 1, mark)
                line.runs[before:] = [run._replace(link=True) for run in line.runs[before:]]
            elif (text := _text(child)) is None:
                self.walk(child, line, add, depth + 1, mark or _SHIFTED_MATH.get(tag, ""))
            elif line is not None:
                line.runs.append(Run(text, mark))

    def _paragraph(self, properties: ET.Element | None, add: Add) -> _Line:
        own = {} if properties is None else said_in(properties)
        look, behind = self.looks.get(own.get(_STYLE), {}), fill_of(own, self.behind)
        if SHADE in own:  # instead of the style's
            look = {tag: value for tag, value in look.items() if tag != SHADE}
        line = _Line(look, behind, mark_of(look, behind), self.numbering.next(properties))
        add(line)
        return line

    def _mark(self, run: ET.Element, line: _Line) -> str:
        values = properties_of(run, RUN)
        style, own = values.get(_RUN_STYLE), own_look(values)
        return mark_of(line.look | self.looks.get(style, {}) | own, line.behind) if style or own else line.mark

    def _table(self, element: ET.Element, depth: int) -> None:
        self.budget.spend_grid()
        table = _Table(_grid_lines(element))
        self.found.append(table)
        behind = self.behind
        own = properties_of(element, _OF_TABLE)
        self.behind = fill_of({**self.looks.get(own.get(_W + "tblStyle"), {}), **own_look(own)}, behind)
        rows = (row for row in _inside(element, _TR) if _DELETED not in properties_of(row, _OF_ROW))
        for number, row in enumerate(rows, 1):
            table.add(self._row(row, number, table.line, depth + 1))
        self.behind = behind

    def _row(self, element: ET.Element, number: int, line: Callable[[int], int], depth: int) -> list[_Cell]:
        cells: list[_Cell] = []
        own, paper = properties_of(element, _OF_ROW), self.behind
        hidden = is_on(own, _W + "hidden")
        place = _count(own.get(_W + "gridBefore"), least=0)
        column = 1 + line(place)
        for found in _inside(element, _TC):
            values = properties_of(found, _OF_CELL)
            if _CELL_DELETED in values:
                continue
            place += _count(values.get(_WIDTH), least=1)
            cell = _Cell(number, column, max(1 + line(place) - column, 1), _merge(values, _DOWN), hidden=hidden)
            column += cell.span
            self.behind = fill_of(values, paper)
            self.walk(found, None, cell.content.append, depth + 1)
            self.behind = paper
            if cells and _merge(values, _RIGHT) == "continue":  # as old converters write it
                cells[-1].span += cell.span
            else:
                cells.append(cell)
        self.budget.spend_cells(column - 1)
        return cells


def _blocks(root: ET.Element, budget: Budget, looks: Mapping[str | None, Look], numbering: Numbering) -> list[Block]:
    body = _Body(budget, looks, numbering)
    body.walk(root, None, body.found.append, 1)
    result: list[Block] = []
    tables = paragraphs = 0
    for item in body.found:
        if isinstance(item, _Table):
            tables += 1
            result.append(Grid(f"第{tables}个表格", tuple([cell.in_grid() for cell in item.cells])))
            continue
        paragraph = item.paragraph(paragraphs + 1)
        if paragraph is not None:
            paragraphs += 1
            result.append(paragraph)
    return result


def _text(element: ET.Element) -> str | None:
    """Return the text that an element itself prints, None for one that only holds others."""
    if element.tag in (_T, _MATH_TEXT):
        return element.text or ""
    if element.tag == _BR:
        return "\n" if element.get(_W + "type", "textWrapping") == "textWrapping" else ""
    return _CHARACTERS.get(element.tag)


def _inside(element: ET.Element, wanted: str) -> Iterator[ET.Element]:
    """Yield the rows of a table or the cells of a row, also those in content controls and the like."""
    waiting = [*reversed(element)]
    while waiting:
        child = waiting.pop()
        if child.tag == wanted:
            yield child
        elif child.tag not in _SKIPPED:
            waiting += reversed(child)


def _grid_lines(table: ET.Element) -> list[int]:
    """Return the number of each line of a table's grid, from the left; lines close together have one."""
    columns = table.findall(f"{_W}tblGrid/{_W}gridCol")[:MAX_SPAN]
    widths = [_count(column.get(_W + "w"), least=0, most=_MAX_WIDTH) for column in columns]
    near = min(_NEAR, sum(widths) // (4 * len(widths))) if widths and all(widths) else 0
    lines, room = [0], 0
    for width in widths:
        room += width
        lines.append(lines[-1] + (room > near or not near))
        room = 0 if room > near else room
    return lines


def _merge(values: dict[str, str | None], tag: str) -> str:
    """Return what ``w:vMerge`` or ``w:hMerge`` says: ``restart``, ``continue``, ``""`` if it is not there."""
    return ("restart" if values[tag] == "restart" else "continue") if tag in values else ""


def _count(value: str | None, *, least: int, most: int = MAX_SPAN) -> int:
    """Return a number of columns or twips; a file may claim anything."""
    return min(max(int(value), least), most) if value and value.isascii() and value.isdigit() else least
