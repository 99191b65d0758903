"""Workbooks (.xlsx, .xlsm) through openpyxl: every cell with its formula and stored result."""

from __future__ import annotations

import hashlib
import io
import warnings
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..numbers import exact
from . import formulas
from .base import Document, Grid, GridCell

__all__ = ["read"]


def read(path: Path, data: bytes) -> Document:
    """Read a workbook.

    Args:
        path: for messages only.
        data: the file's bytes.

    Raises:
        InputError: openpyxl cannot make sense of the file.
    """
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # openpyxl warns of features it drops (extensions, headers); nothing of them is read.
            warnings.simplefilter("ignore")
            with_formulas = load_workbook(io.BytesIO(data), keep_links=False)
            with_results = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    except Exception as error:
        # openpyxl lets many kinds of exception through for a broken file; each means the same
        # to the user, and the cause is kept for whoever debugs.
        raise InputError(
            f"“{path.name}”已损坏，读不出来。请用 Excel 或 WPS 打开后另存为新的 .xlsx 再试。"
        ) from error
    book = _Book(with_formulas, with_results)
    grids = tuple(book.grid(sheet) for sheet in with_formulas.worksheets)
    return Document(str(path), "xlsx", hashlib.sha256(data).hexdigest(), grids)


class _Book:
    """Both readings of one workbook, and the results of formulas by us."""

    def __init__(self, with_formulas: Any, with_results: Any) -> None:
        self.formulas: dict[tuple[str, int, int], str] = {}
        self.stored: dict[tuple[str, int, int], object] = {}
        self.own: dict[tuple[str, int, int], object] = {}
        for sheet in with_formulas.worksheets:
            results = with_results[sheet.title]
            for row in sheet.iter_rows():
                for cell in row:
                    key = (sheet.title, cell.row, cell.column)
                    if cell.data_type == "f":
                        # An array formula is an object with a text.
                        self.formulas[key] = str(getattr(cell.value, "text", cell.value))
                        self.stored[key] = _plain(results.cell(cell.row, cell.column).value)
                    elif cell.value is not None:
                        self.stored[key] = _plain(cell.value)

    def value(self, key: tuple[str, int, int], depth: int = 0) -> object:
        """Return a cell's value as its formulas give it now; Unknown where we cannot tell."""
        if key not in self.formulas:
            return self.stored.get(key)
        if key not in self.own:
            if depth > 50:
                raise formulas.UnknownError("depth")
            try:
                self.own[key] = formulas.evaluate(
                    self.formulas[key],
                    lambda sheet, row, column: self.value((sheet or key[0], row, column), depth + 1),
                )
            except formulas.UnknownError:
                self.own[key] = formulas.UnknownError
        found = self.own[key]
        if found is formulas.UnknownError:
            if self.stored.get(key) is None:
                raise formulas.UnknownError(str(key))
            return self.stored[key]
        return found

    def result(self, key: tuple[str, int, int]) -> tuple[object, str]:
        """Return a formula's result and where it is from (see GridCell.result)."""
        stored = self.stored.get(key)
        try:
            own = self.value(key)
        except formulas.UnknownError:
            return stored, "unknown" if stored is None else "stored"
        if stored is None:
            return (own, "computed") if own not in (None, "") else (None, "stored")
        same = own == stored or (own in ("", None) and stored in ("", None))
        return stored, "stored" if same else "stale"

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
        for key in sorted({k for k in (*self.stored, *self.formulas) if k[0] == sheet.title} | {
            (sheet.title, r, c) for r, c in spans
        }):  # fmt: skip
            _, row, column = key
            span = spans.get((row, column))
            value, result = self.result(key) if key in self.formulas else (self.stored.get(key), "")
            cells.append(
                GridCell(
                    row, column, value,
                    span.max_row - row + 1 if span else 1, span.max_col - column + 1 if span else 1,
                    f"{sheet.cell(row, column).coordinate}", self.formulas.get(key, ""), result,
                    row in hidden_rows or column in hidden_columns,
                    self.own[key] if result == "stale" else None,
                )
            )  # fmt: skip
        return Grid(sheet.title, tuple(cells), sheet.sheet_state != "visible", a1=True)


def _plain(value: object) -> object:
    """Stored doubles become the decimal their user sees."""
    return exact(value) if isinstance(value, float) else value
