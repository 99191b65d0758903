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

from ..disk.names import shown_name
from ..errors import InputError
from ..model.numbers import exact
from .base import Document, Grid, GridCell, column_letters
from .extras import require
from .limits import Budget
from .numberformats import BUILT_IN, date_kind
from .runs import LOWERED, RAISED, STRUCK, Run, told_apart
from .worksheet import Content, Look, Values, struck

__all__ = ["read"]

_SHIFTS = {1: RAISED, 2: LOWERED}
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
    rows = {n for n, info in sheet.rowinfo_map.items() if info.hidden}
    columns = {n for n, info in sheet.colinfo_map.items() if info.hidden}
    cells = []
    for row in range(sheet.nrows):
        budget.spend_cells(sheet.row_len(row))
        for column in range(sheet.row_len(row)):
            value, _, shown, beside, unseen = reader.content(sheet, row, column)
            if value is None and not beside and (row, column) not in spans:
                continue
            row_span, column_span = spans.get((row, column), (1, 1))
            cells.append(
                GridCell(
                    row + 1, column + 1, value, row_span, column_span,
                    f"{column_letters(column + 1)}{row + 1}", hidden=unseen or row in rows or column in columns,
                    beside=beside, shown=shown,
                )
            )  # fmt: skip
    return Grid(sheet.name, tuple(cells), sheet.visibility != 0, a1=True)


class _Reader:
    """Reads the cells of one workbook."""

    def __init__(self, xlrd: Any, book: Any) -> None:
        self.xlrd, self.fonts = xlrd, book.font_list
        self.looks = [self._look(book, xf) for xf in book.xf_list]
        self.values = Values((), (), bool(book.datemode))

    def _look(self, book: Any, xf: Any) -> Look:
        number, code = xf.format_key, book.format_map[xf.format_key].format_str
        built_in = number < _FIRST_OWN_FORMAT
        code = BUILT_IN.get(number, code) if built_in else code
        return Look(date_kind(number, None if built_in else code), code, bool(self.fonts[xf.font_index].struck_out))

    def content(self, sheet: Any, row: int, column: int) -> Content:
        """Return what a cell holds, as of a workbook of today."""
        cell, xlrd = sheet.cell(row, column), self.xlrd
        look = self.looks[cell.xf_index]
        if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
            finite = math.isfinite(cell.value)
            content = self.values.number(look, exact(cell.value)) if finite else Content("#NUM!")
        elif cell.ctype == xlrd.XL_CELL_TEXT:
            runs = self._runs(cell.value, sheet.rich_text_runlist_map.get((row, column), ()))
            text, beside = told_apart(runs, cell=True)
            content = Content(text or None, beside=beside, hidden=look.hides_text)
        elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
            content = Content(bool(cell.value))
        elif cell.ctype == xlrd.XL_CELL_ERROR:
            content = Content(xlrd.error_text_from_code.get(cell.value, "#ERR!"))
        else:
            return Content()
        return struck(content) if look.struck else content

    def _runs(self, text: str, fonts: Sequence[tuple[int, int]]) -> list[Run]:
        """Cut a text where its font changes; the places count units of UTF-16."""
        units = text.encode("utf-16-le", "surrogatepass")
        starts = [0, *(start for start, _ in fonts)]
        marks = ["", *(self._mark(font) for _, font in fonts)]
        ends = [*starts[1:], len(units) // 2]
        return [
            Run(units[2 * start : 2 * end].decode("utf-16-le", "replace"), mark)
            for start, end, mark in zip(starts, ends, marks, strict=True)
        ]

    def _mark(self, font: int) -> str:
        """Return the mark that a font gives a run."""
        return STRUCK if self.fonts[font].struck_out else _SHIFTS.get(self.fonts[font].escapement, "")
