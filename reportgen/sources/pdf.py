"""PDF documents with text (.pdf) through pdfplumber: ruled tables as grids, lines as paragraphs.

A table that continues at the top of the next page is joined to its beginning, without the header rows
it repeats.  Page numbers and running heads are left out.  A scan has no text and is refused: figures
are not guessed from pictures.  Nothing in the file is executed or followed; it is read in a process of its
own, with limits.
"""

from __future__ import annotations

import hashlib
import io
import logging
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from ..disk.names import shown_name
from ..errors import InputError
from .base import Document, Grid, GridCell, Paragraph
from .confined import run_confined
from .extras import require
from .limits import Budget
from .pdftext import TextLine, join_number, lines_of, paragraphs_of

__all__ = ["read"]

Box: TypeAlias = "tuple[float, float, float, float]"
"""Left, upper, right and lower edge in points."""

_TOLERANCE = 3.0
"""Points between edges that are meant to be the same; the narrowest column of the form has 20."""
_CHART = 4
"""Shapes at least in the box of one that is a chart; a box with text in it has a ground and an edge."""
_FEW_CHARACTERS = 20
"""Per page; a scan may carry a stamp or a page number as text."""


class _Content(msgspec.Struct):
    """What a PDF holds, or why it is refused."""

    refusal: str = ""
    grids: list[list[GridCell]] = []
    paragraphs: list[Paragraph] = []


def read(path: Path, data: bytes) -> Document:
    """Read a PDF document, in a process of its own: 800 bytes can unpack to gigabytes.

    Args:
        path: for messages only.
        data: the file's bytes.

    Raises:
        InputError: damaged, protected by a password, a scan, beyond the limits, or pdfplumber is
            not installed.
    """
    require("pdfplumber", "pdf", " PDF ")  # before the process starts: a copy of this one then has it
    name = shown_name(path)
    answer = run_confined(_work, data, name)
    content = msgspec.msgpack.decode(answer, type=_Content) if answer else _Content(_beyond(name))
    if content.refusal:
        raise InputError(content.refusal)
    grids = tuple(Grid(f"第{n}个表格", tuple(cells)) for n, cells in enumerate(content.grids, 1))
    return Document(str(path), "pdf", hashlib.sha256(data).hexdigest(), grids, tuple(content.paragraphs))


def _beyond(name: str) -> str:
    return (
        f"{name}读不出来：展开后占用的内存或时间超过上限，不像正常的 PDF，或已损坏。"
        "请重新取得文件，或改用它的 Word 文件。"
    )


def _work(data: bytes, name: str) -> bytes:
    """Read a PDF in a process of its own; the result encoded."""
    try:
        content = _content(data, name)
    except InputError as error:
        content = _Content(str(error))
    return msgspec.msgpack.encode(content)


def _content(data: bytes, name: str) -> _Content:
    pages = _read_pages(require("pdfplumber", "pdf", " PDF "), data, name)
    if sum(page.characters for page in pages) < _FEW_CHARACTERS * len(pages):
        raise InputError(
            f"{name}里没有文字，是扫描件或图片。图片里的数字无法可靠读取，请向填报单位要工作簿或 Word 文件。"
        )
    # This also marks running heads: a table below one is still at the top of its page.
    paragraphs = paragraphs_of([page.lines for page in pages])
    return _Content("", [table.grid_cells() for table in _joined(pages)], paragraphs)


def _read_pages(pdfplumber: Any, data: bytes, name: str) -> list[_Page]:
    # pdfminer logs what it works around in odd files; none of it is for the user.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            return _pages(pdf, Budget(name))
    except InputError:
        raise
    except Exception as error:
        # pdfminer raises many kinds of exception for a broken file, also for what pdfplumber has wrapped; to
        # the user each means the same, and the cause is kept for debugging.
        if "MemoryError" in repr(error):
            raise InputError(_beyond(name)) from error
        if "password" in type(error).__name__.lower() or "Password" in repr(error):
            raise InputError(
                f"{name}设了打开密码，读不了。请用 PDF 阅读器打开、另存为不带密码的文件后再试。"
            ) from error
        raise InputError(f"{name}已损坏，读不出来。请重新取得文件，或改用它的 Word 文件。") from error


class _Cell(msgspec.Struct):
    x0: float
    top: float
    x1: float
    bottom: float
    text: str


class _Table(msgspec.Struct):
    """A ruled table; where tables were joined, the cells of later pages stand below the earlier ones."""

    cells: list[_Cell]
    x0: float
    x1: float
    first: bool = False
    """Nothing stands above it on its page."""
    last: bool = False
    """Nothing stands below it on its page."""

    @property
    def top(self) -> float:
        """Of its uppermost cell."""
        return min(cell.top for cell in self.cells)

    @property
    def bottom(self) -> float:
        """Of its lowest cell."""
        return max(cell.bottom for cell in self.cells)

    def rows(self) -> list[list[_Cell]]:
        """Return the cells by their upper edge, from the top."""
        edges = _edges([cell.top for cell in self.cells])
        rows: list[list[_Cell]] = [[] for _ in edges]
        for cell in self.cells:
            rows[_nearest(edges, cell.top)].append(cell)
        return [sorted(row, key=lambda cell: cell.x0) for row in rows]

    def grid_cells(self) -> list[GridCell]:
        columns = _edges([x for cell in self.cells for x in (cell.x0, cell.x1)])
        rows = _edges([y for cell in self.cells for y in (cell.top, cell.bottom)])
        found = []
        for cell in self.cells:
            row, column = _nearest(rows, cell.top) + 1, _nearest(columns, cell.x0) + 1
            found.append(
                GridCell(
                    row, column, cell.text or None,
                    max(_nearest(rows, cell.bottom) + 1 - row, 1),
                    max(_nearest(columns, cell.x1) + 1 - column, 1),
                    f"第{row}行第{column}列",
                )
            )  # fmt: skip
        return sorted(found, key=lambda cell: (cell.row, cell.column))


class _Page(msgspec.Struct):
    tables: list[_Table] = []
    lines: list[TextLine] = []
    """Those outside the tables."""
    characters: int = 0


def _edges(values: list[float]) -> list[float]:
    """Cluster edges that are meant to be the same."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _TOLERANCE:
            edges.append(value)
    return edges


def _nearest(edges: list[float], value: float) -> int:
    return min(range(len(edges)), key=lambda n: abs(edges[n] - value))


def _pages(pdf: Any, budget: Budget) -> list[_Page]:
    pages = []
    for page in pdf.pages:
        budget.spend_page()
        pages.append(_page(page, budget))
        page.close()
    return pages


def _page(page: Any, budget: Budget) -> _Page:
    budget.spend_cells(sum(map(len, page.objects.values())) // 4)
    # Watermarks (rotated letters) belong to no line and no cell.
    chars = [c for c in page.chars if c.get("upright", True) and c["text"].strip("\x00")]
    inside: set[int] = set()
    tables = []
    for found in page.find_tables():
        boxes = [cell for cell in found.cells if cell[2] - cell[0] > 1 and cell[3] - cell[1] > 1]
        if len(boxes) >= 2:
            budget.spend_grid()
            budget.spend_cells(len(boxes))
            cells = _cells_in(boxes, chars, inside)
            if any(cell.text for cell in cells):  # bars of a chart can look like cells
                tables.append(_Table(cells, found.bbox[0], found.bbox[2]))
    charts = _charts(page)
    outside = [c for n, c in enumerate(chars) if n not in inside and _box_of(charts, c) is None]
    lines = lines_of(outside, float(page.height))
    return _Page(sorted(tables, key=lambda table: table.top), lines, len(page.chars))


def _charts(page: Any) -> list[Box]:
    """Return the boxes of the charts of a page: shapes tagged as a figure with others inside them.

    What is written in a chart is no text of the document.
    """
    shapes = [s for kind in ("rect", "curve", "line") for s in page.objects.get(kind, ()) if s.get("tag") == "Figure"]
    boxes: list[Box] = [(s["x0"], s["top"], s["x1"], s["bottom"]) for s in shapes]
    return [box for box in set(boxes) if sum(_box_of([box], shape) is not None for shape in shapes) >= _CHART]


def _cells_in(boxes: list[Box], chars: list[Any], inside: set[int]) -> list[_Cell]:
    """Return a table's cells with their texts; the numbers of their characters are put into ``inside``."""
    content: list[list[Any]] = [[] for _ in boxes]
    for n, char in enumerate(chars):
        at = _box_of(boxes, char)
        if at is not None:
            content[at].append(char)
            inside.add(n)
    return [_Cell(*box, _cell_text(box, chars)) for box, chars in zip(boxes, content, strict=True)]


def _box_of(boxes: list[Box], char: Any) -> int | None:
    """Return the number of the cell that the middle of a character lies in."""
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    for n, (x0, top, x1, bottom) in enumerate(boxes):
        if x0 <= x <= x1 and top <= y <= bottom:
            return n
    return None


def _cell_text(box: Box, chars: list[Any]) -> str:
    lines = lines_of(chars, 0)
    return join_number(lines, box[0], box[2]) or "\n".join(line.text for line in lines)


def _joined(pages: list[_Page]) -> list[_Table]:
    """Return all tables in order, those that continue over pages as one."""
    for page in pages:
        _mark_ends(page)
    tables: list[_Table] = []
    open_table: _Table | None = None
    for page in pages:
        for table in page.tables:
            if open_table is not None and table.first and _goes_on(open_table, table):
                _append(open_table, table)
            else:
                tables.append(table)
                open_table = table
            open_table = open_table if table.last and table is page.tables[-1] else None
        if not page.tables:
            open_table = None
    return tables


def _mark_ends(page: _Page) -> None:
    """Mark the tables above and below which nothing stands on their page."""
    body = [line for line in page.lines if not line.furniture]
    for table in page.tables:
        top, bottom = table.top, table.bottom
        others = [other for other in page.tables if other is not table]
        table.first = all(line.top > top for line in body) and all(one.top >= top for one in others)
        table.last = all(line.bottom < bottom for line in body) and all(one.bottom <= bottom for one in others)


def _goes_on(before: _Table, after: _Table) -> bool:
    return abs(before.x0 - after.x0) <= _TOLERANCE and abs(before.x1 - after.x1) <= _TOLERANCE


def _append(before: _Table, after: _Table) -> None:
    """Put a continuation below its beginning, without the rows it repeats."""
    old, new = before.rows(), after.rows()
    repeated = 0
    while repeated < min(len(old), len(new)) - 1 and _same(old[repeated], new[repeated]):
        repeated += 1
    if not repeated or not any(cell.text for row in new[:repeated] for cell in row):
        repeated = 0
    kept = [cell for row in new[repeated:] for cell in row]
    shift = before.bottom - min(cell.top for cell in kept)
    for cell in kept:
        cell.top, cell.bottom = cell.top + shift, cell.bottom + shift
        before.cells.append(cell)


def _same(one: list[_Cell], other: list[_Cell]) -> bool:
    def bare(row: list[_Cell]) -> list[str]:
        return ["".join(cell.text.split()) for cell in row]

    return bare(one) == bare(other)
