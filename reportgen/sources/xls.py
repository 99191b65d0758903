"""Old workbooks (.xls, and WPS's .et) through xlrd: values, merged cells, what is hidden, struck out or shown otherwise.

xlrd gives the results stored with formulas, not the formulas themselves, so a result that is out
of date cannot be told from a typed figure here.  Macros are not read.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ..disk.names import shown_name
from ..errors import InputError
from ..model.numbers import exact
from .base import Document, Grid, GridCell, column_letters
from .contents import NOTHING, Content, Look, Piece, Values, seen, told
from .extras import require
from .limits import Budget
from .numberformats import BUILT_IN, date_kind
from .runs import A_DOT, BLACK, LOWERED, RAISED, STRUCK, UNSEEN, WHITE, is_seen

_SHIFTS = {1: RAISED, 2: LOWERED}
_TWIPS = 20
"""In a point."""
_OF_THE_WINDOW = {64: BLACK, 65: WHITE, 0x7FFF: BLACK}
"""Colours by number that no palette has."""
_FIRST_OWN_FORMAT = 164
"""Formats with a lower number are built in."""


def read(path: Path, data: bytes) -> Document:
    """Read an old workbook.

    Args:
        path: for messages only.
        data: the file's bytes.

    Raises:
        InputError: damaged, protected by a password, beyond the limits, or xlrd is not installed.
    """
    xlrd = require("xlrd", "xls", ".xls 工作簿")
    budget = Budget(shown_name(path))
    try:
        # Merged cells and hidden rows are part of what xlrd calls formatting.
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
        reader = _Reader(xlrd, book)
        grids = tuple(_grid(reader, sheet, budget) for sheet in book.sheets())
    except InputError:
        raise
    except Exception as error:
        # xlrd lets struct, assertion, index and its own errors through for a broken file; each
        # means the same to the user, and the cause is kept for whoever debugs.
        if "encrypted" in str(error):
            raise InputError(
                f"{shown_name(path)}设了打开密码，读不了。请用 Excel 或 WPS 打开、去掉密码、另存后再试。"
            ) from error
        raise InputError(
            f"{shown_name(path)}已损坏，读不出来。请用 Excel 或 WPS 打开后另存为新的 .xlsx 再试。"
        ) from error
    return Document(str(path), "xls", hashlib.sha256(data).hexdigest(), grids)


def _grid(reader: _Reader, sheet: Any, budget: Budget) -> Grid:
    budget.spend_grid()
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for top, bottom, left, right in sheet.merged_cells:
        budget.spend_cells(max(bottom - top, 1) * max(right - left, 1))
        spans[top, left] = (bottom - top, right - left)
    rows = {n for n, info in sheet.rowinfo_map.items() if info.hidden or info.height == 0}
    columns = {n for n, info in sheet.colinfo_map.items() if info.hidden or info.width == 0}
    cells = []
    for row in range(sheet.nrows):
        budget.spend_cells(sheet.row_len(row))
        for column in range(sheet.row_len(row)):
            one = reader.content(sheet, row, column)
            if one.value is None and not one.beside and (row, column) not in spans:
                continue
            row_span, column_span = spans.get((row, column), (1, 1))
            cells.append(
                GridCell(
                    row + 1, column + 1, one.value, row_span, column_span,
                    f"{column_letters(column + 1)}{row + 1}", hidden=one.hidden or row in rows or column in columns,
                    beside=one.beside, shown=one.shown,
                )
            )  # fmt: skip
    return Grid(sheet.name, tuple(cells), sheet.visibility != 0, a1=True)


class _Reader:
    """Reads the cells of one workbook."""

    def __init__(self, xlrd: Any, book: Any) -> None:
        self.xlrd, self.fonts, self.palette = xlrd, book.font_list, book.colour_map
        self.looks = [self._look(book, xf) for xf in book.xf_list]
        self.values = Values((), (), bool(book.datemode))

    def _look(self, book: Any, xf: Any) -> Look:
        number, code = xf.format_key, book.format_map[xf.format_key].format_str
        built_in = number < _FIRST_OWN_FORMAT
        code = BUILT_IN.get(number, code) if built_in else code
        font, fill, behind = self.fonts[xf.font_index], xf.background, WHITE
        if fill.fill_pattern:
            behind = self._colour(fill.pattern_colour_index) if fill.fill_pattern == 1 else ""
        unseen = self._is_tiny(font) or not is_seen(self._colour(font.colour_index), behind)
        return Look(date_kind(number, None if built_in else code), code, bool(font.struck_out), unseen, behind)

    def _colour(self, number: int) -> str:
        """Return a colour of the palette, ``""`` for one that is not there."""
        if number in _OF_THE_WINDOW:
            return _OF_THE_WINDOW[number]
        rgb = self.palette.get(number)
        return "" if rgb is None else "{:02X}{:02X}{:02X}".format(*rgb)

    def _is_tiny(self, font: Any) -> bool:
        return bool(0 < font.height <= A_DOT * _TWIPS)

    def content(self, sheet: Any, row: int, column: int) -> Content:
        """Return what a cell holds, as of a workbook of today."""
        cell, xlrd = sheet.cell(row, column), self.xlrd
        look = self.looks[cell.xf_index]
        if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
            finite = math.isfinite(cell.value)
            content = self.values.number(look, exact(cell.value)) if finite else Content("#NUM!")
        elif cell.ctype == xlrd.XL_CELL_TEXT:
            content = told(self._pieces(cell.value, sheet.rich_text_runlist_map.get((row, column), ())), look)
            content = replace(content, value=content.value or None)
        elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
            content = Content(bool(cell.value))
        elif cell.ctype == xlrd.XL_CELL_ERROR:
            content = Content(xlrd.error_text_from_code.get(cell.value, "#ERR!"))
        else:
            return NOTHING
        return seen(content, look)

    def _pieces(self, text: str, fonts: Sequence[tuple[int, int]]) -> str | tuple[Piece, ...]:
        """Cut a text where its font changes; the places count units of UTF-16."""
        if not fonts:
            return text
        units = text.encode("utf-16-le", "surrogatepass")
        starts = [0, *(start for start, _ in fonts)]
        looks = [("", None), *((self._mark(font), self._colour(self.fonts[font].colour_index)) for _, font in fonts)]
        ends = [*starts[1:], len(units) // 2]
        return tuple(
            Piece(units[2 * start : 2 * end].decode("utf-16-le", "replace"), *look)
            for start, end, look in zip(starts, ends, looks, strict=True)
        )

    def _mark(self, font: int) -> str:
        """Return the mark that a font gives a run."""
        if self.fonts[font].struck_out:
            return STRUCK
        return UNSEEN if self._is_tiny(self.fonts[font]) else _SHIFTS.get(self.fonts[font].escapement, "")
