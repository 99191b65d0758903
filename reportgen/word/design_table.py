"""A table of the form as a Word table: its merged cells, labels, and a tag in every figure's cell."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any

from ..form import LayoutCell, Table
from . import looks as look
from .looks import w

__all__ = ["column_widths", "table"]

# A block or group of at most this many rows is not torn apart by a page's end.
_KEPT_TOGETHER = 6
# Figures of table 三 and 四 have had five digits; digits of 宋体 are half as wide as high.
_DIGITS = 5


def column_widths(table: Table) -> list[int]:
    """Return the widths of the grid's columns in twips; they add up to the type area exactly."""
    shares = table.widths or (1,) * table.width
    whole = sum(shares)
    edges = [round(look.TYPE_WIDTH * share / whole) for share in accumulate(shares, initial=0)]
    return [right - left for left, right in pairwise(edges)]


def table(form_table: Table, tag: Callable[[str], str]) -> Any:
    """Return ``w:tbl``.

    Args:
        form_table: a table of the form.
        tag: gives the text that stands for a figure, by its cell id.
    """
    widths = column_widths(form_table)
    covering: dict[tuple[int, int], LayoutCell] = {}
    for cell in form_table.layout:
        for row in range(cell.row, cell.row + cell.row_span):
            covering[row, cell.column] = cell
    kept, repeated = _kept_rows(form_table), form_table.header_rows
    wide = {block.first_row + block.header_rows for block in form_table.blocks if block.wide}
    element = w("tbl", _table_properties(), w("tblGrid", *(w("gridCol", w=width) for width in widths)))
    for row in range(1, form_table.height + 1):
        height = look.WIDE_ROW_HEIGHT if row in wide else look.ROW_HEIGHT
        properties = w("trPr", w("cantSplit"), w("trHeight", val=height, hRule="atLeast"))
        if row <= repeated:
            properties.append(w("tblHeader"))
        line = w("tr", properties)
        for column in range(1, form_table.width + 1):
            if at := covering.get((row, column)):
                line.append(_cell(form_table, at, row, widths, row in kept, tag))
        element.append(line)
    return element


def _kept_rows(table: Table) -> set[int]:
    """Rows that stay on the page of the next one: headers, all of a short block or group but its last."""
    kept: set[int] = set()
    ends = [*(block.first_row for block in table.blocks[1:]), table.height + 1]
    for block, end in zip(table.blocks, ends, strict=True):
        rows = range(block.first_row, end)
        kept.update(rows[:-1] if len(rows) <= _KEPT_TOGETHER else rows[: block.header_rows])
    for cell in table.layout:
        if cell.role == "row" and cell.row_span <= _KEPT_TOGETHER:
            kept.update(range(cell.row, cell.row + cell.row_span - 1))
    return kept


def _table_properties() -> Any:
    line = {"val": "single", "sz": look.TABLE_BORDER, "space": 0, "color": "000000"}
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    margins = (("top", look.CELL_AIR), ("left", look.CELL_MARGIN),
               ("bottom", look.CELL_AIR), ("right", look.CELL_MARGIN))  # fmt: skip
    return w(
        "tblPr",
        w("tblW", w=look.TYPE_WIDTH, type="dxa"),
        w("jc", val="center"),
        w("tblBorders", *(w(side, **line) for side in sides)),
        w("tblLayout", type="fixed"),
        w("tblCellMar", *(w(side, w=width, type="dxa") for side, width in margins)),
        w("tblLook", val="0000", firstRow=0, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
    )


def _cell(
    form_table: Table, cell: LayoutCell, row: int, widths: list[int], kept: bool, tag: Callable[[str], str]
) -> Any:
    width = sum(widths[cell.column - 1 : cell.column - 1 + cell.column_span])
    properties = w("tcPr", w("tcW", w=width, type="dxa"))
    if cell.column_span > 1:
        properties.append(w("gridSpan", val=cell.column_span))
    if cell.row_span > 1:
        properties.append(w("vMerge", val="restart" if row == cell.row else "continue"))
    if cell.role == "title":
        properties.append(w("shd", val="clear", color="auto", fill=look.BLOCK_FILL))
    if (margin := _margin(cell)) is not None:
        properties.append(w("tcMar", *(w(side, w=margin, type="dxa") for side in ("left", "right"))))
    properties.append(w("vAlign", val="center"))
    paragraph = w("p", w("pPr", w("pStyle", val=_style(form_table, cell, width))))
    if kept:
        paragraph[0].append(w("keepNext"))
    if row == cell.row:
        if text := tag(cell.cell) if cell.cell else cell.text:
            paragraph.append(run(text))
        if cell.note:
            paragraph.append(run(cell.note, look.NOTE))
    return w("tc", properties, paragraph)


def _margin(cell: LayoutCell) -> int | None:
    """Left and right margin of a cell that needs all its width; None is the table's."""
    if cell.role == "value":
        return look.CELL_NUMBER_MARGIN
    return look.CELL_GROUP_MARGIN if cell.role == "row" and cell.row_span > 1 else None


def _style(table: Table, cell: LayoutCell, width: int) -> str:
    """Headers are centred; so are the labels of a table with a single column of them (attachment)."""
    if cell.role == "value":
        room = width - 2 * look.CELL_NUMBER_MARGIN
        return look.NUMBER if room >= _DIGITS * look.NUMBER_SIZE * 5 else look.NUMBER_SMALL
    if cell.role == "column" or (cell.role in ("corner", "row") and table.label_columns == 1):
        return look.TABLE_HEAD
    return look.TABLE_TEXT


def run(text: str, style: str = "") -> Any:
    """Return ``w:r`` with the text; quotes and dashes in it take the Chinese face."""
    properties = w("rPr", *([w("rStyle", val=style)] if style else []), w("rFonts", hint="eastAsia"))
    content = w("t")
    content.text = text
    if text != text.strip():
        content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return w("r", properties, content)
