"""OpenDocument workbooks (.ods), read from content.xml with lxml.

Repeated cells and rows, merged and covered cells, hidden rows, columns and sheets, formulas with
their stored results: OpenDocument 1.3 part 3, 9.1 and 19.6 ff.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ..disk.names import shown_name
from ..errors import InputError
from ..model.numbers import exact
from ..opc.archive import unpack
from .base import Document, Grid, GridCell, column_letters, columns_in
from .limits import Budget
from .results import Results
from .runs import LOWERED, RAISED, STRUCK, Run, told_apart

__all__ = ["read"]

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_REFERENCE = re.compile(r"\[([^\]]*)\]")
_PART = re.compile(r"(?:\$?(?P<sheet>'(?:[^']|'')+'|[^.'\[\]:]*))?\.(?P<cell>\$?[A-Z]+\$?\d+)")
_NUMBERS = ("float", "percentage", "currency")


def read(path: Path | str, data: bytes, parts: Mapping[str, bytes] | None = None) -> Document:
    """Read an OpenDocument workbook.

    Args:
        path: for messages only.
        data: the file's bytes.
        parts: its XML parts, if they have been unpacked already.

    Raises:
        InputError: damaged, or beyond the limits.
    """
    from lxml import etree

    name = shown_name(path)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    budget = Budget(name)
    try:
        content = (unpack(name, data) if parts is None else parts)["content.xml"]
        budget.spend_markup(len(content), content.count(b"<"))
        root = etree.fromstring(content, parser)
    except (KeyError, etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"{name}已损坏，读不出来。请用 WPS 或 LibreOffice 打开后另存为新的 .xlsx 再试。") from error
    tables = list(root.iterfind(f"{_OFFICE}body/{_OFFICE}spreadsheet/{_TABLE}table"))
    marks = _marks(root)
    sheets = [(table.get(f"{_TABLE}name", ""), tuple(_sheet(table, marks, budget))) for table in tables]
    hidden_styles = _hidden_styles(root)
    hidden = [table.get(f"{_TABLE}style-name") in hidden_styles for table in tables]
    results = Results(dict(sheets))
    grids = tuple(
        Grid(sheet, cells, is_hidden, a1=True, resolve=partial(results.resolve, sheet))
        for (sheet, cells), is_hidden in zip(sheets, hidden, strict=True)
    )
    return Document(str(path), "ods", hashlib.sha256(data).hexdigest(), grids)


def _hidden_styles(root: Any) -> set[str]:
    """Return the names of the styles of sheets that are not shown."""
    return {
        style.get(f"{_STYLE}name", "")
        for style in root.iter(f"{_STYLE}style")
        for properties in style.iterfind(f"{_STYLE}table-properties")
        if properties.get(f"{_TABLE}display") == "false"
    }


def _marks(root: Any) -> dict[str, str]:
    """Return the mark of each style that strikes text out, raises or lowers it."""
    found: dict[str, str] = {}
    for style in root.iter(f"{_STYLE}style"):
        for text in style.iterfind(f"{_STYLE}text-properties"):
            position = text.get(f"{_STYLE}text-position", "")
            if text.get(f"{_STYLE}text-line-through-style", "none") != "none":
                found[style.get(f"{_STYLE}name", "")] = STRUCK
            elif position and not position.startswith("0%"):
                lowered = position.startswith(("sub", "-"))
                found[style.get(f"{_STYLE}name", "")] = LOWERED if lowered else RAISED
    return found


class _Content(NamedTuple):
    """What an element for a cell, or for many equal ones, says."""

    value: object
    formula: str
    rows: int
    """How many rows it covers."""
    columns: int
    beside: str = ""
    """As of :class:`~.base.GridCell`."""


def _sheet(table: Any, marks: Mapping[str, str], budget: Budget) -> Iterator[GridCell]:
    """Yield every filled or merged cell of a sheet."""
    budget.spend_grid()
    hidden_columns = columns_in(_hidden_columns(table))
    row = 0
    for element, hidden in _rows(table, False):
        repeat = _count(element, "number-rows-repeated")
        filled = [
            (at, times, content) for at, times, cell in _cells(element) if (content := _content(cell, marks))
        ]  # fmt: skip
        budget.spend_cells(repeat * sum(times * c.rows * c.columns for _, times, c in filled))
        for number in range(row + 1, row + repeat + 1) if filled else ():
            for first, times, (value, formula, rows, columns, beside) in filled:
                for column in range(first, first + times):
                    yield GridCell(
                        number, column, value, rows, columns, f"{column_letters(column)}{number}",
                        formula, "", hidden or column in hidden_columns, beside=beside,
                    )  # fmt: skip
        row += repeat


def _content(cell: Any, marks: Mapping[str, str]) -> _Content | None:
    """Return what a cell says, None if that is nothing, or if a merged cell covers it."""
    if cell.tag != f"{_TABLE}table-cell":
        return None
    formula = cell.get(f"{_TABLE}formula", "")
    rows, columns = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
    lines = [_runs(line, marks) for line in cell.iterfind(f"{_TEXT}p")]
    text, beside = told_apart([run for line in lines for run in (Run("\n"), *line)][1:], cell=True)
    content = _Content(_value(cell, text), _excel(formula) if formula else "", rows, columns, beside)
    return None if content == _NOTHING else content


_NOTHING = _Content(None, "", 1, 1)


def _count(element: Any, name: str, space: str = _TABLE) -> int:
    """Return a repeat or span; 1 where it is absent or not a positive number."""
    text = element.get(f"{space}{name}", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _is_hidden(element: Any) -> bool:
    return bool(element.get(f"{_TABLE}visibility", "visible") != "visible")


def _hidden_columns(table: Any) -> Iterator[tuple[int, int]]:
    """Yield first and last column of each hidden stretch."""
    at = 1
    for column in table.iter(f"{_TABLE}table-column"):
        times = _count(column, "number-columns-repeated")
        if _is_hidden(column):
            yield at, at + times - 1
        at += times


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


def _value(cell: Any, text: str) -> object:
    """Return the stored value or result of a cell that shows a text; None if it is empty."""
    kind = cell.get(f"{_OFFICE}value-type", "")
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


def _runs(element: Any, marks: Mapping[str, str], mark: str = "") -> list[Run]:
    """Return the text of a paragraph; comments (office:annotation) stand beside paragraphs, not in them."""
    runs = [Run(element.text or "", mark)]
    for child in element.iterchildren():
        if child.tag == f"{_TEXT}s":
            runs.append(Run(" " * min(_count(child, "c", _TEXT), 1000), mark))
        elif child.tag == f"{_TEXT}line-break":
            runs.append(Run("\n"))
        elif child.tag == f"{_TEXT}tab":
            runs.append(Run("\t", mark))
        elif isinstance(child.tag, str) and child.tag not in (f"{_OFFICE}annotation", f"{_TEXT}note"):
            own = marks.get(child.get(f"{_TEXT}style-name", ""), mark)
            runs += _runs(child, marks, STRUCK if mark == STRUCK else own)
        runs.append(Run(child.tail or "", mark))
    return runs


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
