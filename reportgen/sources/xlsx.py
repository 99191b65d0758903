"""Workbooks (.xlsx, .xlsm): every cell with its formula and stored result.

Workbooks of the plain shape that spreadsheet programs write are read by :mod:`.sheetxml`; all
others by openpyxl, the reference."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..disk.names import name_of, shown_name
from ..errors import InputError
from ..model.numbers import exact
from .base import Document, Grid, GridCell
from .formulas import column_number
from .limits import Budget, unpack
from .results import Place, Results, Shape, SheetData
from .sheetxml import OddShapeError, read_book

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read", "reference"]

_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)")


def read(path: Path | str, data: bytes, parts: Mapping[str, bytes] | None = None) -> Document:
    """Read a workbook.

    Args:
        path: for messages only.
        data: the file's bytes.
        parts: its XML parts, if they have been unpacked already.

    Raises:
        InputError: damaged, or beyond the limits.
    """
    name = shown_name(path)
    if parts is None:
        from zipfile import ZipFile

        with ZipFile(io.BytesIO(data)) as archive:
            parts = unpack(name, archive)
    try:
        sheets = read_book(parts, Budget(name))
    except OddShapeError:
        _check_sheets(parts, Budget(name))
        try:
            sheets = reference(data)
        except Exception as error:
            # openpyxl lets many kinds of exception through for a broken file; each means the same
            # to the user, and the cause is kept for whoever debugs.
            raise InputError(
                f"“{name_of(path)}”已损坏，读不出来。请用 Excel 或 WPS 打开后另存为新的 .xlsx 再试。"
            ) from error
    book = _Book(sheets)
    return Document(str(path), "xlsx", hashlib.sha256(data).hexdigest(), tuple(map(book.grid, sheets)))


def _check_sheets(parts: Mapping[str, bytes], budget: Budget) -> None:
    """Count cells and merged places before openpyxl makes an object of each."""
    for name, xml in parts.items():
        if not (name.startswith("xl/worksheets/") and name.endswith(".xml")):
            continue
        budget.spend_grid()
        budget.spend_cells(sum(1 for _ in _CELL.finditer(xml)))
        for match in _MERGED.finditer(xml):
            rows = int(match[4]) - int(match[2]) + 1
            columns = column_number(match[3].decode()) - column_number(match[1].decode()) + 1
            budget.spend_cells(max(rows, 1) * max(columns, 1))


def reference(data: bytes) -> list[SheetData]:
    """Read every worksheet through openpyxl; what :func:`~.sheetxml.read_book` must equal."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # openpyxl warns of features it drops (extensions, headers); nothing of them is read.
        warnings.simplefilter("ignore")
        with_formulas = load_workbook(io.BytesIO(data), keep_links=False)
        with_results = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    return [_sheet(sheet, with_results[sheet.title]) for sheet in with_formulas.worksheets]


def _sheet(sheet: Any, results: Any) -> SheetData:
    texts: dict[tuple[int, int], object] = {}
    numbers: dict[tuple[int, int], object] = {}
    formulas: dict[tuple[int, int], str] = {}
    # Only cells that are there: a sheet may claim to reach to its millionth row.
    for cell in list(sheet._cells.values()):
        place, value = (cell.row, cell.column), cell.value
        if cell.data_type == "f":
            # An array formula is an object with a text.
            formulas[place] = str(getattr(value, "text", value))
            value = results.cell(cell.row, cell.column).value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            numbers[place] = _plain(value)
        elif value is not None:
            texts[place] = value
    merged = [(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges]
    hidden_rows = {n for n, d in sheet.row_dimensions.items() if d.hidden}
    hidden_columns = {
        n for d in sheet.column_dimensions.values() if d.hidden for n in range(d.min or 0, (d.max or 0) + 1)
    }
    shape = Shape(texts, tuple(numbers), formulas, merged, hidden_rows, hidden_columns)
    return SheetData(sheet.title, sheet.sheet_state != "visible", shape, tuple(numbers.values()))


class _Book(Results):
    """All sheets of one workbook, with the results of their formulas."""

    def __init__(self, sheets: list[SheetData]) -> None:
        super().__init__()
        self.sheets = {sheet.name: sheet for sheet in sheets}
        self.values: dict[str, dict[tuple[int, int], object]] = {}

    def formula_at(self, place: Place) -> str:
        sheet = self.sheets.get(place[0])
        return sheet.shape.formulas.get(place[1:], "") if sheet else ""

    def stored_at(self, place: Place) -> object:
        name = place[0]
        if name not in self.sheets:
            return None
        if name not in self.values:
            self.values[name] = self.sheets[name].stored
        return self.values[name].get(place[1:])

    def grid(self, sheet: SheetData) -> Grid:
        def resolve(cell: GridCell) -> GridCell:
            place = (sheet.name, cell.row, cell.column)
            value, result = self.result(place)
            now = self.own[place] if result == "stale" else None
            return cell._replace(value=value, result=result, now=now)

        return Grid(
            sheet.name, hidden=sheet.hidden, a1=True, resolve=resolve,
            layout=sheet.shape, figures=sheet.numbers,
        )  # fmt: skip


def _plain(value: object) -> object:
    """Stored doubles become the decimal their user sees."""
    return exact(value) if isinstance(value, float) else value
