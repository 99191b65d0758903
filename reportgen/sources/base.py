"""What every source hands on, and which source reads which file."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import msgspec

__all__ = [
    "Document", "Grid", "GridCell", "Layout", "Paragraph", "PlainSum", "column_letters", "open_document", "read_document", "several",
]  # fmt: skip


def several(numbers: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Return what takes the items of these numbers out of a sequence, in this order, at once."""
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return lambda items: [items[n] for n in numbers]


def column_letters(column: int) -> str:
    """Return the letters of a 1-based spreadsheet column: 1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class GridCell(NamedTuple):
    """One cell of a grid, merged cells as one.

    A named tuple because there are thousands: as a frozen dataclass, making those of the standard
    workbook took 3.7 ms, not 1.9.
    """

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
    ``stale`` (the stored one, but the formula now gives another) or ``unknown``; ``""`` if not
    yet asked for (:meth:`Grid.resolved`)."""
    hidden: bool = False
    """In a hidden row or column."""
    now: object = None
    """Of a ``stale`` formula: what it gives now."""
    beside: str = ""
    """What else stands there and is not in ``value``, as messages quote it: struck out, or the mark of a note."""


Place: TypeAlias = "tuple[int, int]"
"""Row and column."""


class Layout:
    """What a grid is apart from its figures: places, spans, labels and formulas of its cells.

    Grids that differ in nothing but their figures share one layout, so that what is found in one of
    them (which cell holds what) need not be looked for in the next.
    """

    sums: tuple[PlainSum, ...] = ()
    """The formulas that are sums of this grid's own cells, none before those it adds up."""

    def __init__(self, cells: tuple[GridCell, ...], figures: tuple[int, ...] = ()) -> None:
        """
        Args:
            cells: from left to right in each row, rows in order; those of the figures without value.
            figures: of each figure, which of the cells it stands in.
        """
        self.cells, self.figures = cells, figures
        self.memo: dict[Any, Any] = {}
        """For readers of grids to keep what they have worked out of this layout."""

    @property
    def ground(self) -> Layout:
        """A layout of the same cells without their texts, the same for all that differ in these alone."""
        return self

    @cached_property
    def _at(self) -> dict[Place, GridCell]:
        """The cell at each place it covers; of overlapping ones the first."""
        at: dict[Place, GridCell] = {}
        for cell in self.cells:
            if cell.row_span == cell.column_span == 1:
                at.setdefault((cell.row, cell.column), cell)
            else:
                for row in range(cell.row, cell.row + cell.row_span):
                    for column in range(cell.column, cell.column + cell.column_span):
                        at.setdefault((row, column), cell)
        return at

    def covering(self, row: int, column: int) -> GridCell | None:
        """Return the cell that covers a place, a figure without value."""
        return self._at.get((row, column))

    def named(self, longest: int) -> list[tuple[Place, str]]:
        """Return the texts of no more than so many characters, each with the place of its cell, in order."""
        found = [((c.row, c.column), c.value) for c in self.cells if isinstance(c.value, str)]
        return [(place, text) for place, text in found if len(text) <= longest]

    @cached_property
    def filled(self) -> list[Place]:
        """Places of the cells that hold a value, a figure that may be none included, in order."""
        return [
            (c.row, c.column) for n, c in enumerate(self.cells) if c.value is not None or n in self.figures
        ]

    @cached_property
    def _own(self) -> dict[Place, GridCell]:
        return {(cell.row, cell.column): cell for cell in self.cells}

    def own(self, place: Place) -> GridCell:
        """Return the cell that begins at a place, also under a merged one; a figure without value.

        Raises:
            KeyError: there is none.
        """
        return self._own[place]

    @cached_property
    def figure_at(self) -> dict[Place, int]:
        """Place of a cell → which of the figures it holds."""
        return {(self.cells[at].row, self.cells[at].column): n for n, at in enumerate(self.figures)}

    @cached_property
    def ways(self) -> list[tuple[int, frozenset[int], Callable[[Sequence[Any]], Sequence[Any]]]]:
        """Of each of the sums: its figure, the sums among what it adds up, and what takes all of that
        out of the figures."""
        results = frozenset(one.figure for one in self.sums)
        return [(figure, results.intersection(terms), several(terms)) for figure, terms in self.sums]

    @cached_property
    def last_row(self) -> int:
        """The last row that a cell covers, 0 if there is none."""
        return max((cell.row + max(cell.row_span, 1) - 1 for cell in self.cells), default=0)

    def rows_with(self, column: int, first: int) -> Sequence[int]:
        """Return the rows, from the first on, that have a cell in a column."""
        return [row for row in range(first, self.last_row + 1) if self.covering(row, column) is not None]


class PlainSum(NamedTuple):
    """A formula that adds up cells of its own grid."""

    figure: int
    """Its own result, by its number among the grid's figures."""
    terms: tuple[int, ...]
    """The figures it adds up, likewise."""


class Grid:
    """A sheet, or a table of a document."""

    __slots__ = ("_cells", "_settled", "a1", "figures", "hidden", "layout", "memo", "name", "resolve")

    def __init__(
        self,
        name: str,
        cells: tuple[GridCell, ...] = (),
        hidden: bool = False,
        a1: bool = False,
        resolve: Callable[[GridCell], GridCell] | None = None,
        *,
        layout: Layout | None = None,
        figures: Sequence[object] = (),
        memo: dict[str, object] | None = None,
    ) -> None:
        """
        Args:
            name: of the sheet; 第1个表格 in a document.
            cells: from left to right in each row, rows in order; not needed with a layout.
            hidden: the sheet is not shown.
            a1: addresses are ``D4``; else ``第4行第4列``.
            resolve: works out a formula's result when it is asked for; few formulas ever are.
            layout: everything but the figures, shared with other grids.
            figures: the figures, in the layout's order.
            memo: what is worked out already.
        """
        self.name, self.hidden, self.a1, self.resolve = name, hidden, a1, resolve
        self.layout, self.figures = layout or Layout(cells), figures
        self._cells = None if layout else cells
        self._settled: frozenset[int] | None = None
        self.memo: dict[str, object] = {} if memo is None else memo
        """For readers of the grid to keep what they have worked out of it."""

    @property
    def cells(self) -> tuple[GridCell, ...]:
        """All cells; most grids are asked for a few only (:meth:`cell`)."""
        if self._cells is None:
            cells = list(self.layout.cells)
            for at, figure in zip(self.layout.figures, self.figures, strict=True):
                cells[at] = cells[at]._replace(value=figure)
            self._cells = tuple(cells)
        return self._cells

    def cell(self, row: int, column: int) -> GridCell | None:
        """Return the cell that covers a place."""
        cell = self.layout.covering(row, column)
        if cell is None:
            return None
        figure = self.layout.figure_at.get((cell.row, cell.column))
        return cell if figure is None else cell._replace(value=self.figures[figure])

    def entry(self, row: int, column: int) -> GridCell | None:
        """Return the cell that covers a place, a formula's result settled (:meth:`resolved`)."""
        cell = self.cell(row, column)
        return self.resolved(cell) if cell is not None and cell.formula else cell

    def own(self, place: Place) -> GridCell:
        """Return the cell that begins at a place, also under a merged one.

        Raises:
            KeyError: there is none.
        """
        cell, figure = self.layout.own(place), self.layout.figure_at.get(place)
        return cell if figure is None else cell._replace(value=self.figures[figure])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Grid):
            return NotImplemented
        return (self.name, self.hidden, self.a1, self.cells) == (
            other.name,
            other.hidden,
            other.a1,
            other.cells,
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Grid({self.name!r}, {self.cells!r}, hidden={self.hidden}, a1={self.a1})"

    def with_cells(self, cells: tuple[GridCell, ...]) -> Grid:
        """Return the same grid with other cells."""
        return Grid(self.name, cells, self.hidden, self.a1, self.resolve)

    def resolved(self, cell: GridCell) -> GridCell:
        """Return the cell with its ``result`` and ``now`` settled."""
        if not cell.formula or cell.result or self.resolve is None:
            return cell
        if self.layout.figure_at.get((cell.row, cell.column)) in self.settled:
            return cell._replace(result="stored")
        return self.resolve(cell)

    @property
    def settled(self) -> frozenset[int]:
        """Figures that are the stored result of a plain sum and still equal to it, by their number.

        :meth:`resolved` would say the same of their cells, at twenty times the cost.
        """
        if self._settled is None:
            settled: set[int] = set()
            figures: Sequence[Any] = self.figures
            for figure, sums, terms in self.layout.ways:
                # A figure that is not there counts as 0, and neither changes a sum.
                if sums <= settled and sum(filter(None, terms(figures))) == figures[figure]:
                    settled.add(figure)
            self._settled = frozenset(settled)
        return self._settled

    def address(self, row: int, column: int) -> str:
        """Return the address of a place in this grid, also where it has no cell."""
        return f"{column_letters(column)}{row}" if self.a1 else f"第{row}行第{column}列"


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph of a document that stands outside its tables."""

    text: str
    address: str = ""
    beside: str = ""
    """What is struck out there and not in ``text``, as messages quote it."""


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
    pictures: int = 0
    """How many pictures it shows; a table may be one of them."""
    revisions: int = 0
    """Insertions and deletions that nobody has accepted yet; it is read as if they were."""


_READERS = {
    "xlsx": "xlsx", "xlsm": "xlsx", "xls": "xls", "ods": "ods", "docx": "docx", "html": "html", "mht": "mht",
    "pdf": "pdf", "json": "json",
}  # fmt: skip
"""Kind of file → module of this package with ``read(path, data) -> Document``."""
_PACKAGES = {"xlsx", "xlsm"}
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


def read_document(
    path: Path | str, data: bytes, kind: str, parts: Mapping[str, bytes] | None = None
) -> Document:
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
