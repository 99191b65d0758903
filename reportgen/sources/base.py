"""What every source hands on, and which source reads which file."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import msgspec

from ..form.likeness import labels_of
from ..form.words import LONGEST_LABEL

Place = tuple[int, int]
"""Row and column in a grid, both 1-based."""
BY_PLACE = attrgetter("row", "column")
"""Of a cell; what cells are sorted by."""
LAST_COLUMN = 16384
"""Of a sheet: XFD."""
BEYOND_CALENDAR = "########"
"""What a cell shows that is to show a date and holds a number of no date."""


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Return the letters of a 1-based spreadsheet column: 1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """Return the 1-based column that letters, small ones too, stand for: A → 1, AA → 27.

    Raises:
        ValueError: they are not one to three letters of the alphabet.
    """
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise ValueError(letters)
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def columns_in(ranges: Iterable[tuple[int, int]]) -> set[int]:
    """Return the columns of a sheet that lie in ranges (first, last), which may overlap."""
    columns: set[int] = set()
    reached = 0
    for first, last in sorted(ranges):
        columns.update(range(max(first, reached + 1), min(last, LAST_COLUMN) + 1))
        reached = max(reached, last)
    return columns


class GridCell(msgspec.Struct, frozen=True, gc=False):
    """One cell of a grid, merged cells as one; nothing that a cell holds can lead back to it."""

    row: int
    """1-based, as the file numbers its rows."""
    column: int
    value: object = None
    """``str``, ``int``, ``float``, ``Decimal``, ``bool``, a date, or None for an empty cell.
    Spreadsheet errors are their text (``#REF!``)."""
    row_span: int = 1
    column_span: int = 1
    address: str = ""
    """As the user finds it: ``D4`` in a workbook, ``第4行第4列`` in a document."""
    formula: str = ""
    """With its ``=``; ``value`` is then its result, None if there is none."""
    result: str = ""
    """Of a formula: ``stored`` in the file, ``computed`` by us because the file holds none,
    ``stale`` (the stored one, but the formula now gives another), ``circular`` (the formula refers
    to its own cell) or ``unknown``; ``""`` if not yet asked for (:meth:`Grid.resolved`)."""
    hidden: bool = False
    """In a hidden row or column, or nobody sees any of it."""
    now: object = None
    """Of a ``stale`` formula: what it gives now."""
    beside: str = ""
    """What else stands there and is not in ``value``, as messages quote it: struck out, unseen, or the mark of a note."""
    shown: str | None = ""
    """What the number format makes of a number or date; ``""`` where it shows as it is, None where the
    format is beyond us."""
    unlinked: str | None = None
    """The text without links to other pages, None if there are none."""

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.row, self.column


class Cells(tuple[GridCell, ...]):
    """The cells of a grid, from left to right in each row, rows in order, with lookup by place."""

    @cached_property
    def at(self) -> dict[Place, GridCell]:
        """The cell at each place it covers; of overlapping ones the first."""
        at: dict[Place, GridCell] = {}
        for cell in self:
            top, left, height, width = cell.row, cell.column, cell.row_span, cell.column_span
            if height == width == 1:
                at.setdefault((top, left), cell)
                continue
            for row in range(top, top + height):
                for column in range(left, left + width):
                    at.setdefault((row, column), cell)
        return at

    @cached_property
    def in_row(self) -> dict[int, list[GridCell]]:
        """The cells that begin in each row, from left to right."""
        ordered = sorted(self, key=BY_PLACE)
        return {row: [*cells] for row, cells in groupby(ordered, key=attrgetter("row"))}

    @cached_property
    def by_text(self) -> dict[str, list[GridCell]]:
        """The cells that hold each text, in order."""
        found: dict[str, list[GridCell]] = {}
        for cell in self:
            if isinstance(cell.value, str):
                found.setdefault(cell.value, []).append(cell)
        return found

    @cached_property
    def by_label(self) -> dict[str, list[GridCell]]:
        """The cells that carry each label, in order; texts that no label is as long as are left out."""
        found: dict[str, list[GridCell]] = {}
        for cell in self:
            text = cell.value
            if isinstance(text, str) and len(text) <= LONGEST_LABEL:
                for label in labels_of(text):
                    found.setdefault(label, []).append(cell)
        return found

    @cached_property
    def in_column(self) -> dict[int, set[int]]:
        """The rows that have a cell in each column."""
        found: dict[int, set[int]] = {}
        for row, column in self.at:
            found.setdefault(column, set()).add(row)
        return found

    @cached_property
    def marked(self) -> list[GridCell]:
        """The cells in which something stands beside their value."""
        return [cell for cell in self if cell.beside]


class Grid:
    """A sheet, or a table of a document: its cells, and which of them covers a place."""

    def __init__(
        self,
        name: str,
        cells: tuple[GridCell, ...] = (),
        hidden: bool = False,
        a1: bool = False,
        resolve: Callable[[GridCell], GridCell] | None = None,
    ) -> None:
        """
        Args:
            name: of the sheet; 第1个表格 in a document.
            cells: from left to right in each row, rows in order.
            hidden: the sheet is not shown.
            a1: addresses are ``D4``; else ``第4行第4列``.
            resolve: works out a formula's result when it is asked for; few formulas ever are.
        """
        self.cells = cells if isinstance(cells, Cells) else Cells(cells)
        self.name, self.hidden, self.a1, self.resolve = name, hidden, a1, resolve

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Grid):
            return NotImplemented
        mine, theirs = ((g.name, g.hidden, g.a1, g.cells) for g in (self, other))
        return mine == theirs

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Grid({self.name!r}, {self.cells!r}, hidden={self.hidden}, a1={self.a1})"

    def cell(self, row: int, column: int) -> GridCell | None:
        """Return the cell that covers a place."""
        return self.cells.at.get((row, column))

    def entry(self, row: int, column: int) -> GridCell | None:
        """Return the cell that covers a place, a formula's result settled (:meth:`resolved`)."""
        cell = self.cells.at.get((row, column))
        return self.resolved(cell) if cell is not None else None

    def resolved(self, cell: GridCell) -> GridCell:
        """Return the cell with its ``result`` and ``now`` settled."""
        return self.resolve(cell) if cell.formula and not cell.result and self.resolve else cell

    def rows_of(self, *columns: int) -> list[int]:
        """Return the rows, in order, that have a cell in one of these columns."""
        return sorted(set().union(*(self.cells.in_column.get(column, ()) for column in columns)))

    def with_cells(self, cells: tuple[GridCell, ...]) -> Grid:
        """Return the same grid with other cells."""
        return Grid(self.name, cells, self.hidden, self.a1, self.resolve)

    def address(self, row: int, column: int) -> str:
        """Return the address of a place in this grid, also where it has no cell."""
        return f"{column_letters(column)}{row}" if self.a1 else f"第{row}行第{column}列"


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph of a document that stands outside its tables."""

    text: str
    address: str = ""
    beside: str = ""
    """What is struck out or unseen there and not in ``text``, as messages quote it."""
    hidden: bool = False
    """Nobody sees any of it; ``text`` is empty."""
    unlinked: str | None = None
    """The text without links to other pages, None if there are none."""


Row = Mapping[int, object]
"""The values of a row by column, those that there are."""


class Document(msgspec.Struct, frozen=True):
    """What one file holds."""

    path: str
    kind: str
    """``xlsx``, ``docx`` …"""
    sha256: str
    grids: tuple[Grid, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    properties: dict[str, str] = {}
    exchange: str = ""
    """Content of a data file of ours (kind ``json``), which needs no recogniser."""
    too_large: Mapping[str, Callable[[], Iterator[Row]]] = {}
    """Sheets that were not read, because they hold more than a report may; each by what reads it row by row."""
    pictures: int = 0
    """How many pictures it shows; a table may be one of them."""
    revisions: int = 0
    """Insertions and deletions that nobody has accepted yet; it is read as if they were."""


_READERS = {
    "xlsx": "xlsx", "xlsm": "xlsx", "xls": "xls", "ods": "ods", "docx": "docx", "html": "html", "mht": "mht",
    "pdf": "pdf", "json": "json",
}  # fmt: skip
"""Kind of file → module of this package with ``read(path, data) -> Document``."""
_PACKAGES = {"xlsx", "xlsm", "ods", "docx"}
"""Kinds whose readers also take the parts that :func:`.sniff.identify` has unpacked."""


def open_document(path: Path | str, kinds: Iterable[str] = ()) -> Document:
    """Read a file by what it is (its content, not only its name).

    Args:
        path: the user's file.
        kinds: kinds to accept; all when empty.

    Raises:
        InputError: missing, unreadable, empty, damaged, password-protected, renamed or of a
            kind that is not read; says in Chinese which and what to do.
    """
    from ..disk.files import read_input
    from .sniff import identify, refusal

    path = Path(path)
    data = read_input(path)
    kind, parts = identify(path, data)
    accepted = set(kinds) or set(_READERS)
    if kind not in accepted or kind not in _READERS:
        raise refusal(path, kind, accepted & set(_READERS))
    return read_document(path, data, kind, parts)


def read_document(path: Path | str, data: bytes, kind: str, parts: Mapping[str, bytes] | None = None) -> Document:
    """Read the bytes of a file of a known kind.

    Args:
        path: for messages only.
        data: the file's bytes.
        kind: what the file is.
        parts: its XML parts, if they have been unpacked already.

    Raises:
        InputError: damaged, or beyond the limits.
    """
    reader = importlib.import_module(f".{_READERS[kind]}", __package__)
    unpacked = {"parts": parts} if parts and kind in _PACKAGES else {}
    document: Document = reader.read(path, data, **unpacked)
    return document
