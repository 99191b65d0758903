"""Workbooks (.xlsx, .xlsm) through openpyxl: every cell with its formula and stored result."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from ..errors import InputError
from ..filenames import shown_name
from ..numbers import exact
from .base import Document, Grid, GridCell, column_letters
from .formulas import column_number
from .limits import Budget
from .results import Results

__all__ = ["read"]

_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)")


def read(path: Path, data: bytes) -> Document:
    """Read a workbook.

    Args:
        path: for messages only.
        data: the file's bytes.

    Raises:
        InputError: openpyxl cannot make sense of the file.
    """
    from openpyxl import load_workbook

    budget = Budget(shown_name(path))
    try:
        _check_sheets(data, budget)
        with warnings.catch_warnings():
            # openpyxl warns of features it drops (extensions, headers); nothing of them is read.
            warnings.simplefilter("ignore")
            with_formulas = load_workbook(io.BytesIO(data), keep_links=False)
            with_results = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    except InputError:
        raise
    except Exception as error:
        # openpyxl lets many kinds of exception through for a broken file; each means the same
        # to the user, and the cause is kept for whoever debugs.
        raise InputError(
            f"“{path.name}”已损坏，读不出来。请用 Excel 或 WPS 打开后另存为新的 .xlsx 再试。"
        ) from error
    book = _Book(with_formulas, with_results)
    grids = tuple(book.grid(sheet) for sheet in with_formulas.worksheets)
    return Document(str(path), "xlsx", hashlib.sha256(data).hexdigest(), grids)


def _check_sheets(data: bytes, budget: Budget) -> None:
    """Count cells and merged places before openpyxl makes an object of each."""
    with ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if not (name.startswith("xl/worksheets/") and name.endswith(".xml")):
                continue
            budget.spend_grid()
            xml = archive.read(name)
            budget.spend_cells(sum(1 for _ in _CELL.finditer(xml)))
            for match in _MERGED.finditer(xml):
                rows = int(match[4]) - int(match[2]) + 1
                columns = column_number(match[3].decode()) - column_number(match[1].decode()) + 1
                budget.spend_cells(max(rows, 1) * max(columns, 1))


class _Book(Results):
    """Both readings of one workbook."""

    def __init__(self, with_formulas: Any, with_results: Any) -> None:
        super().__init__()
        for sheet in with_formulas.worksheets:
            results = with_results[sheet.title]
            # Only cells that are there: a sheet may claim to reach to its millionth row.
            for cell in list(sheet._cells.values()):
                place = (sheet.title, cell.row, cell.column)
                if cell.data_type == "f":
                    # An array formula is an object with a text.
                    self.formulas[place] = str(getattr(cell.value, "text", cell.value))
                    self.stored[place] = _plain(results.cell(cell.row, cell.column).value)
                elif cell.value is not None:
                    self.stored[place] = _plain(cell.value)

    def grid(self, sheet: Any) -> Grid:
        spans = {(r.min_row, r.min_col): r for r in sheet.merged_cells.ranges}
        hidden_rows = {n for n, d in sheet.row_dimensions.items() if d.hidden}
        hidden_columns = {
            n
            for d in sheet.column_dimensions.values()
            if d.hidden
            for n in range(d.min or 0, (d.max or 0) + 1)
        }
        cells = []
        for place in sorted({k for k in (*self.stored, *self.formulas) if k[0] == sheet.title} | {
            (sheet.title, r, c) for r, c in spans
        }):  # fmt: skip
            _, row, column = place
            span = spans.get((row, column))
            value, result = self.result(place)
            cells.append(
                GridCell(
                    row, column, value,
                    span.max_row - row + 1 if span else 1, span.max_col - column + 1 if span else 1,
                    f"{column_letters(column)}{row}", self.formulas.get(place, ""), result,
                    row in hidden_rows or column in hidden_columns,
                    self.own[place] if result == "stale" else None,
                )
            )  # fmt: skip
        return Grid(sheet.title, tuple(cells), sheet.sheet_state != "visible", a1=True)


def _plain(value: object) -> object:
    """Stored doubles become the decimal their user sees."""
    return exact(value) if isinstance(value, float) else value
