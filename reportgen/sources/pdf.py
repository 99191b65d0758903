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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..disk.names import shown_name
from ..errors import InputError
from .base import Document, Grid, GridCell, Paragraph
from .confined import run_confined
from .extras import require
from .limits import Budget
from .pdftables import Box, PageTables, boxes_of, joined, share_columns, table_of
from .pdftext import UNREADABLE, Char, chars_of, lines_of, mark_running_heads, paragraphs_of

_CHART = 4
"""Shapes at least in the box of one that is a chart; a box with text in it has a ground and an edge."""
_FEW_CHARACTERS = 20
"""Per page; a scan may carry a stamp or a page number as text."""
_MOST_UNREADABLE = 0.05
"""Share of the characters without a meaning beyond which nothing in the file can be trusted."""
_LARGE = 0.1
"""Share of its page that a picture of a table has at least."""
_WHOLE = 0.8
"""Share of its page that a scan has at least."""


class _Content(msgspec.Struct):
    """What a PDF holds, or why it is refused."""

    refusal: str = ""
    pictures: int = 0
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
    return Document(
        str(path), "pdf", hashlib.sha256(data).hexdigest(), grids, tuple(content.paragraphs), pictures=content.pictures
    )


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
    if refusal := _refusal(pages):
        raise InputError(f"{name}{refusal}")
    mark_running_heads([page.lines for page in pages])  # a table below one is still at the top of its page
    tables = joined(pages)
    share_columns(tables)
    paragraphs = paragraphs_of([page.body() for page in pages])
    pictures = sum(page.pictures for page in pages)
    return _Content("", pictures, [table.grid_cells() for table in tables], paragraphs)


def _refusal(pages: Sequence[_Page]) -> str:
    """Return why what the file says cannot be relied on, ``""`` if it can."""
    characters = sum(page.characters for page in pages)
    if characters < _FEW_CHARACTERS * len(pages):
        return "里没有文字，是扫描件或图片。图片里的数字无法可靠读取，请向填报单位要工作簿或 Word 文件。"
    if sum(page.unreadable for page in pages) > _MOST_UNREADABLE * characters:
        return (
            "里的字体没有说明每个字形是什么字（缺少 ToUnicode 对照表），看得见却读不出来，复制出来也是乱码。"
            "请向填报单位要工作簿或 Word 文件。"
        )
    if sum(page.scanned for page in pages) * 2 > len(pages):
        return "是扫描件，里面的文字是识别软件加上的，数字可能认错，不能当作数据。请向填报单位要工作簿或 Word 文件。"
    return ""


def _read_pages(pdfplumber: Any, data: bytes, name: str) -> list[_Page]:
    # pdfminer logs what it works around in odd files; none of it is for the user.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            return _pages(pdfplumber, pdf, Budget(name))
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


class _Page(PageTables):
    characters: int = 0
    unreadable: int = 0
    """Characters of which the file does not say what they are."""
    pictures: int = 0
    """Large ones."""
    scanned: bool = False
    """One picture covers it, and no table is drawn."""


def _pages(pdfplumber: Any, pdf: Any, budget: Budget) -> list[_Page]:
    pages = []
    for page in pdf.pages:
        budget.spend_page()
        pages.append(_page(_turned(pdfplumber, pdf, page), budget))
        page.close()
    return pages


def _turned(pdfplumber: Any, pdf: Any, page: Any) -> Any:
    """Return a page turned so that most of its text is upright: wide tables are printed sideways."""
    matrices = [char["matrix"] for char in page.chars]
    for turn, (cos, sin) in ((90, (0, 1)), (180, (-1, 0)), (270, (0, -1))):
        if sum(cos * a + sin * b > 0.9 * (abs(a) + abs(b)) for a, b, *_ in matrices) * 2 > len(matrices):
            page.page_obj.rotate = (page.page_obj.rotate + turn) % 360
            page.page_obj.attrs["Rotate"] = page.page_obj.rotate
            return pdfplumber.page.Page(pdf, page.page_obj, page.page_number)
    return page


def _charts(page: Any) -> list[Box]:
    """Return the boxes of the charts of a page: shapes tagged as a figure with others inside them.

    What is written in a chart is no text of the document.
    """
    tagged = [s for kind in ("rect", "curve", "line") for s in page.objects.get(kind, ()) if s.get("tag") == "Figure"]
    boxes: list[Box] = [(s["x0"], s["top"], s["x1"], s["bottom"]) for s in tagged]
    return [box for box in dict.fromkeys(boxes) if sum(_holds(box, *one) for one in boxes) >= _CHART]


def _within(char: Char, box: Box) -> bool:
    return _holds(box, char.x0, char.top, char.x1, char.bottom)


def _holds(box: Box, x0: float, top: float, x1: float, bottom: float) -> bool:
    """Whether the middle of one box lies in another."""
    return box[0] <= (x0 + x1) / 2 <= box[2] and box[1] <= (top + bottom) / 2 <= box[3]


def _page(page: Any, budget: Budget) -> _Page:
    budget.spend_cells(sum(map(len, page.objects.values())) // 4)
    chars, strokes = chars_of(page)
    inside: set[int] = set()
    tables = []
    for boxes in boxes_of(page, strokes):
        budget.spend_grid()
        budget.spend_cells(len(boxes))
        table = table_of(boxes, chars, inside if len(boxes) > 1 else set())
        if any(cell.text for cell in table.cells):  # bars of a chart can look like cells
            tables.append(table)
    tables.sort(key=lambda table: table.top)
    ruled = [table for table in tables if len(table.cells) > 1]
    charts = _charts(page)
    outside = [c for n, c in enumerate(chars) if n not in inside and not any(_within(c, box) for box in charts)]
    lines = lines_of(outside, float(page.height))
    shares = [one["width"] * one["height"] / (page.width * page.height) for one in page.images]
    return _Page(
        ruled, lines, [table for table in tables if table not in ruled], len(page.chars),
        sum(UNREADABLE in char.text for char in chars), sum(share > _LARGE for share in shares),
        not ruled and any(share > _WHOLE for share in shares),
    )  # fmt: skip
