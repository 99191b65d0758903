"""OpenDocument workbooks (.ods), read from content.xml and styles.xml with lxml.

Repeated cells and rows, merged and covered cells, hidden rows, columns and sheets, formulas with
their stored results: OpenDocument 1.3 part 3, 9.1 and 19.6 ff.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
from bisect import bisect
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ..disk.names import shown_name
from ..errors import InputError
from ..model.numbers import exact
from ..opc.archive import unpack
from .base import Document, Grid, GridCell, column_letters, columns_in
from .contents import NOTHING, Content, Look, Piece, seen, told
from .limits import Budget
from .results import Results
from .runs import A_DOT, BLACK, LOWERED, RAISED, STRUCK, UNSEEN, WHITE, is_seen

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_REFERENCE = re.compile(r"\[([^\]]*)\]")
_PART = re.compile(r"(?:\$?(?P<sheet>'(?:[^']|'')+'|[^.'\[\]:]*))?\.(?P<cell>\$?[A-Z]+\$?\d+)")
_POINTS = re.compile(r"(\d+(?:\.\d+)?)pt")
_NOTHING = re.compile(r"0+(?:\.0*)?(?:[a-z]|$)")
_STYLES_DEEP = 20
_STYLE_NAME, _FORMULA, _TYPE = f"{_TABLE}style-name", f"{_TABLE}formula", f"{_OFFICE}value-type"
_ROWS, _COLUMNS = "number-rows-spanned", "number-columns-spanned"
_HEIGHT, _WIDTH = "table-row row-height", "table-column column-width"
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
        parts = unpack(name, data) if parts is None else parts
        xml = [parts[name] for name in ("styles.xml", "content.xml") if name in parts or name == "content.xml"]
        for part in xml:
            budget.spend_markup(len(part), part.count(b"<"))
        roots = [etree.fromstring(part, parser) for part in xml]
    except (KeyError, etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"{name}已损坏，读不出来。请用 WPS 或 LibreOffice 打开后另存为新的 .xlsx 再试。") from error
    tables = list(roots[-1].iterfind(f"{_OFFICE}body/{_OFFICE}spreadsheet/{_TABLE}table"))
    styles = _Styles(*roots)
    sheets = [(table.get(f"{_TABLE}name", ""), tuple(_sheet(table, styles, budget))) for table in tables]
    hidden = [styles.of(table.get(_STYLE_NAME, "")).get("table display") == "false" for table in tables]
    results = Results(dict(sheets))
    grids = tuple(
        Grid(sheet, cells, is_hidden, a1=True, resolve=partial(results.resolve, sheet))
        for (sheet, cells), is_hidden in zip(sheets, hidden, strict=True)
    )
    return Document(str(path), "ods", hashlib.sha256(data).hexdigest(), grids)


class _Styles:
    """The styles of a workbook by name: what they say of texts, cells, rows and columns."""

    def __init__(self, *roots: Any) -> None:
        """
        Args:
            roots: of the parts that hold styles, the one whose count last.
        """
        found = (style for root in roots for style in root.iter(f"{_STYLE}style"))
        self.elements = {style.get(f"{_STYLE}name", ""): style for style in found}
        formats = (one for root in roots for one in root.iter(f"{_NUMBER}text-style"))
        self.blank = {one.get(f"{_STYLE}name", "") for one in formats if one.find(f"{_NUMBER}text-content") is None}
        """Formats that show nothing of a text, as ``;;;`` does."""
        self._known: dict[str, dict[str, str]] = {}

    def of(self, name: str, depth: int = 0) -> dict[str, str]:
        """Return what a style and those it is based on say, by kind and name of the property."""
        style = self.elements.get(name)
        if style is None or depth > _STYLES_DEEP:
            return {}
        if name not in self._known:
            found = dict(self.of(style.get(f"{_STYLE}parent-style-name", ""), depth + 1))
            if format_ := style.get(f"{_STYLE}data-style-name"):
                found["format"] = format_
            for kind in ("text", "table-cell", "table-row", "table-column", "table"):
                for properties in style.iterfind(f"{_STYLE}{kind}-properties"):
                    found |= {f"{kind} {key.rpartition('}')[2]}": value for key, value in properties.attrib.items()}
            self._known[name] = found
        return self._known[name]

    def is_flat(self, element: Any, size: str) -> bool:
        """Tell whether a row or column has no height or width left."""
        return _NOTHING.match(self.of(element.get(_STYLE_NAME, "")).get(size, "")) is not None


def _mark(look: Mapping[str, str]) -> str:
    """Return the mark of a text that is struck out, unseen, raised or lowered."""
    if look.get("text text-line-through-style", "none") != "none":
        return STRUCK
    if _is_unseen(look):
        return UNSEEN
    position = look.get("text text-position", "")
    if not position or position.startswith("0%"):
        return ""
    return LOWERED if position.startswith(("sub", "-")) else RAISED


def _is_unseen(look: Mapping[str, str]) -> bool:
    size = _POINTS.fullmatch(look.get("text font-size", ""))
    if look.get("text display") == "none" or (size and float(size[1]) <= A_DOT):
        return True
    fills = (look.get(f"{kind} background-color", "transparent") for kind in ("text", "table-cell"))
    behind = next((fill for fill in fills if fill != "transparent"), WHITE)
    colour = BLACK if look.get("text use-window-font-color") == "true" else look.get("text color", BLACK)
    return not is_seen(colour.removeprefix("#"), behind.removeprefix("#"))


def _sheet(table: Any, styles: _Styles, budget: Budget) -> Iterator[GridCell]:
    """Yield every filled or merged cell of a sheet."""
    budget.spend_grid()
    columns = list(_columns(table))
    firsts = [first for first, _, _ in columns]
    unseen = columns_in((first, last) for first, last, one in columns if _is_hidden(one) or styles.is_flat(one, _WIDTH))
    row = 0
    for element, closed in _rows(table, False):
        repeat = _count(element, "number-rows-repeated")
        hidden = closed or styles.is_flat(element, _HEIGHT)
        filled = []
        for at, times, cell in _cells(element):
            column = bisect(firsts, at) - 1
            given = (element, *([columns[column][2]] if column >= 0 else []))
            names = (cell.get(_STYLE_NAME), *(one.get(f"{_TABLE}default-cell-style-name") for one in given))
            content = _content(cell, next(filter(None, names), ""), styles)
            if content is not None:
                filled.append((at, times, content, _count(cell, _ROWS), _count(cell, _COLUMNS)))
        budget.spend_cells(repeat * sum(times * height * width for _, times, _, height, width in filled))
        for number in range(row + 1, row + repeat + 1) if filled else ():
            for first, times, one, height, width in filled:
                for column in range(first, first + times):
                    yield GridCell(
                        number, column, one.value, height, width, f"{column_letters(column)}{number}", one.formula, "",
                        hidden or one.hidden or column in unseen, beside=one.beside, shown=one.shown,
                    )  # fmt: skip
        row += repeat


def _content(cell: Any, style: str, styles: _Styles) -> Content | None:
    """Return what a cell of a style says, None if that is nothing, or if a merged cell covers it."""
    spans = _count(cell, _ROWS) * _count(cell, _COLUMNS) > 1
    if cell.tag != f"{_TABLE}table-cell" or not (spans or len(cell) or cell.get(_FORMULA) or cell.get(_TYPE)):
        return None
    look = styles.of(style)
    lines = [_pieces(line, look, styles) for line in cell.iterfind(f"{_TEXT}p")]
    content = told(tuple([piece for line in lines for piece in (Piece("\n"), *line)][1:]), Look())
    text = str(content.value)
    value = _value(cell, text)
    if value is not None and not isinstance(value, str):
        content = seen(Content(value, shown=text.strip()), Look("", "", _mark(look) == STRUCK, _is_unseen(look)))
    formula = cell.get(_FORMULA, "")
    hidden = content.hidden or (value is not None and look.get("format") in styles.blank)
    content = replace(
        content,
        value=value if content.mixed else content.value,
        formula=_excel(formula) if formula else "",
        hidden=hidden,
        mixed=False,
    )
    return content if spans or content != NOTHING else None


def _count(element: Any, name: str, space: str = _TABLE) -> int:
    """Return a repeat or span; 1 where it is absent or not a positive number."""
    text = element.get(f"{space}{name}", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _is_hidden(element: Any) -> bool:
    return bool(element.get(f"{_TABLE}visibility", "visible") != "visible")


def _columns(table: Any) -> Iterator[tuple[int, int, Any]]:
    """Yield first and last column of each stretch of columns, with its element."""
    at = 1
    for column in table.iter(f"{_TABLE}table-column"):
        times = _count(column, "number-columns-repeated")
        yield at, at + times - 1, column
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
    kind = cell.get(_TYPE, "")
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


def _pieces(element: Any, outer: Mapping[str, str], styles: _Styles) -> list[Piece]:
    """Return the text of a paragraph; comments (office:annotation) stand beside paragraphs, not in them."""
    look = {**outer, **styles.of(element.get(f"{_TEXT}style-name", ""))}
    mark = _mark(look)
    pieces = [Piece(element.text or "", mark)]
    for child in element.iterchildren():
        if child.tag == f"{_TEXT}s":
            pieces.append(Piece(" " * min(_count(child, "c", _TEXT), 1000), mark))
        elif child.tag == f"{_TEXT}line-break":
            pieces.append(Piece("\n"))
        elif child.tag == f"{_TEXT}tab":
            pieces.append(Piece("\t", mark))
        elif isinstance(child.tag, str) and child.tag not in (f"{_OFFICE}annotation", f"{_TEXT}note"):
            pieces += _pieces(child, look, styles)
        pieces.append(Piece(child.tail or "", mark))
    return pieces


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
