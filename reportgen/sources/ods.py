"""OpenDocument workbooks (.ods), read from content.xml with lxml.

Repeated cells and rows, merged and covered cells, hidden rows, columns and sheets, formulas with
their stored results: OpenDocument 1.3 part 3, 9.1 and 19.6 ff.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import math
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..disk.names import shown_name
from ..errors import InputError
from ..model.numbers import exact
from .base import Document, Grid, GridCell, column_letters
from .limits import Budget
from .results import Results

__all__ = ["read"]

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_REFERENCE = re.compile(r"\[([^\]]*)\]")
_PART = re.compile(r"(?:\$?(?P<sheet>'(?:[^']|'')+'|[^.'\[\]:]*))?\.(?P<cell>\$?[A-Z]+\$?\d+)")
_NUMBERS = ("float", "percentage", "currency")


def read(path: Path, data: bytes) -> Document:
    """Read an OpenDocument workbook.

    Args:
        path: for messages only.
        data: the file's bytes, found whole by :func:`~reportgen.sources.sniff.kind_of`.

    Raises:
        InputError: damaged, or beyond the limits.
    """
    from lxml import etree

    budget = Budget(shown_name(path))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            root = etree.fromstring(archive.read("content.xml"), parser)
    except (KeyError, etree.XMLSyntaxError, ValueError) as error:
        raise InputError(
            f"{shown_name(path)}已损坏，读不出来。请用 WPS 或 LibreOffice 打开后另存为新的 .xlsx 再试。"
        ) from error
    hidden_styles = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        for properties in style.iterfind(f"{_STYLE}table-properties")
        if properties.get(f"{_TABLE}display") == "false"
    }
    book = _Book(budget)
    sheets = [
        (table, table.get(f"{_TABLE}style-name") in hidden_styles)
        for table in root.iterfind(f"{_OFFICE}body/{_OFFICE}spreadsheet/{_TABLE}table")
    ]
    for table, _ in sheets:
        book.take(table)
    grids = tuple(book.grid(table, hidden) for table, hidden in sheets)
    return Document(str(path), "ods", hashlib.sha256(data).hexdigest(), grids)


class _Book(Results):
    """All sheets of a file, with spans and what is hidden."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.budget = budget
        self.spans: dict[tuple[str, int, int], tuple[int, int]] = {}
        self.hidden: set[tuple[str, int, int]] = set()

    def take(self, table: Any) -> None:
        """Take over every filled or merged cell of a sheet."""
        self.budget.spend_grid()
        name = table.get(f"{_TABLE}name", "")
        columns = _hidden_columns(table)
        row = 0
        for element, hidden in _rows(table, False):
            repeat = _count(element, "number-rows-repeated")
            filled = [
                (at, times, cell) for at, times, cell in _cells(element) if cell.tag == f"{_TABLE}table-cell"
            ]
            filled = [one for one in filled if _is_something(one[2])]
            if filled:
                self.budget.spend_cells(repeat * sum(times for _, times, _ in filled))
                for r in range(row + 1, row + repeat + 1):
                    for at, times, cell in filled:
                        for column in range(at, at + times):
                            covered = any(low <= column <= high for low, high in columns)
                            self.put((name, r, column), cell, hidden or covered)
            row += repeat

    def put(self, place: tuple[str, int, int], cell: Any, hidden: bool) -> None:
        value = _value(cell)
        if value is not None:
            self.stored[place] = value
        formula = cell.get(f"{_TABLE}formula")
        if formula:
            self.formulas[place] = _excel(formula)
        rows, columns = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if rows * columns > 1:
            self.budget.spend_cells(rows * columns)
            self.spans[place] = (rows, columns)
        if hidden:
            self.hidden.add(place)

    def grid(self, table: Any, hidden: bool) -> Grid:
        name = table.get(f"{_TABLE}name", "")
        cells = []
        for place in sorted(p for p in {*self.stored, *self.formulas, *self.spans} if p[0] == name):
            _, row, column = place
            value, result = self.result(place)
            rows, columns = self.spans.get(place, (1, 1))
            cells.append(
                GridCell(
                    row, column, value, rows, columns, f"{column_letters(column)}{row}",
                    self.formulas.get(place, ""), result, place in self.hidden,
                    self.own[place] if result == "stale" else None,
                )
            )  # fmt: skip
        return Grid(name, tuple(cells), hidden, a1=True)


def _count(element: Any, name: str) -> int:
    """A repeat or span; 1 where it is absent or no positive number."""
    text = element.get(f"{_TABLE}{name}", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _is_hidden(element: Any) -> bool:
    return bool(element.get(f"{_TABLE}visibility", "visible") != "visible")


def _hidden_columns(table: Any) -> list[tuple[int, int]]:
    """First and last column of each hidden stretch."""
    found, at = [], 1
    for column in table.iter(f"{_TABLE}table-column"):
        times = _count(column, "number-columns-repeated")
        if _is_hidden(column):
            found.append((at, at + times - 1))
        at += times
    return found


def _rows(parent: Any, hidden: bool) -> Iterator[tuple[Any, bool]]:
    """Rows of a sheet in order, through groups and header rows; is each hidden?"""
    for child in parent.iterchildren():
        if child.tag == f"{_TABLE}table-row":
            yield child, hidden or _is_hidden(child)
        elif child.tag in (f"{_TABLE}table-row-group", f"{_TABLE}table-header-rows", f"{_TABLE}table-rows"):
            closed = child.get(f"{_TABLE}display") == "false"
            yield from _rows(child, hidden or closed)


def _cells(row: Any) -> Iterator[tuple[int, int, Any]]:
    """(first column, repeats, element) of a row's cells, covered ones included."""
    at = 1
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        times = _count(cell, "number-columns-repeated")
        yield at, times, cell
        at += times


def _is_something(cell: Any) -> bool:
    return (
        cell.get(f"{_OFFICE}value-type") is not None
        or cell.get(f"{_TABLE}formula") is not None
        or _count(cell, "number-columns-spanned") * _count(cell, "number-rows-spanned") > 1
        or cell.find(f"{_TEXT}p") is not None
    )


def _value(cell: Any) -> object:
    """The stored value or result of a cell; None if it is empty."""
    kind = cell.get(f"{_OFFICE}value-type", "")
    text = "\n".join(_plain(p) for p in cell.iterfind(f"{_TEXT}p"))
    if cell.get(f"{_CALCEXT}value-type") == "error":
        return text if text.startswith("#") else f"#{text or 'ERR!'}"
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    try:
        if kind in _NUMBERS:
            number = float(cell.get(f"{_OFFICE}value", ""))
            return exact(number) if math.isfinite(number) else "#NUM!"
        if kind == "date":
            return dt.datetime.fromisoformat(cell.get(f"{_OFFICE}date-value", "")[:19])
    except ValueError:
        pass  # what does not fit its type is what it shows
    return text or None


def _plain(element: Any) -> str:
    """The text of a paragraph; comments (office:annotation) stand beside paragraphs, not in them."""
    parts = [element.text or ""]
    for child in element.iterchildren():
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            parts.append(" " * (min(int(count), 1000) if count.isascii() and count.isdigit() else 1))
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif isinstance(child.tag, str) and child.tag not in (f"{_OFFICE}annotation", f"{_TEXT}note"):
            parts.append(_plain(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _excel(formula: str) -> str:
    """Turn an OpenFormula (``of:=SUM([.D4:.I4];1)``) into the notation of Excel."""
    text = formula.split("=", 1)[1] if "=" in formula else formula

    def reference(match: re.Match[str]) -> str:
        parts = [_PART.fullmatch(part) for part in re.split(r":(?=[.$'])", match[1])]
        if not all(parts):
            return match[0]
        sheet = (parts[0]["sheet"] or "") if parts[0] else ""
        cells = ":".join(p["cell"] for p in parts if p)
        if not sheet:
            return cells
        quoted = sheet if sheet.startswith("'") else f"'{sheet}'"
        return f"{quoted}!{cells}"

    # Separators of arguments only: texts in quotes stay as they are.
    pieces = re.split(r'("(?:[^"]|"")*")', text)
    pieces[::2] = [_REFERENCE.sub(reference, piece).replace(";", ",") for piece in pieces[::2]]
    return "=" + "".join(pieces)
