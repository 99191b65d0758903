"""Old workbooks (.xls, and WPS's .et) through xlrd: values, merged cells, what is hidden.

xlrd gives the results stored with formulas, not the formulas themselves, so a result that is out
of date cannot be told from a typed figure here.  Macros are not read.
"""

from __future__ import annotations

import hashlib
import io
import math
from pathlib import Path
from typing import Any

from ..disk.names import shown_name
from ..errors import InputError
from ..model.numbers import exact
from .base import Document, Grid, GridCell, column_letters
from .extras import require
from .limits import Budget

__all__ = ["read"]


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
        grids = tuple(_grid(xlrd, book, sheet, budget) for sheet in book.sheets())
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


def _grid(xlrd: Any, book: Any, sheet: Any, budget: Budget) -> Grid:
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
            value = _value(xlrd, book, sheet.cell(row, column))
            if value is None and (row, column) not in spans:
                continue
            row_span, column_span = spans.get((row, column), (1, 1))
            cells.append(
                GridCell(
                    row + 1, column + 1, value, row_span, column_span,
                    f"{column_letters(column + 1)}{row + 1}", hidden=row in rows or column in columns,
                )
            )  # fmt: skip
    return Grid(sheet.name, tuple(cells), sheet.visibility != 0, a1=True)


def _value(xlrd: Any, book: Any, cell: Any) -> object:
    value: object = None
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        value = exact(cell.value) if math.isfinite(cell.value) else "#NUM!"
    elif cell.ctype == xlrd.XL_CELL_TEXT:
        value = cell.value or None
    elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
        value = bool(cell.value)
    elif cell.ctype == xlrd.XL_CELL_ERROR:
        value = xlrd.error_text_from_code.get(cell.value, "#ERR!")
    elif cell.ctype == xlrd.XL_CELL_DATE:
        try:
            value = xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            value = "#DATE!"
    return value
