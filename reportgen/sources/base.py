"""What every source hands on, and which source reads which file."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from ..hints import TYPE_CHECKING, Any, NamedTuple
from ..records import dataclass, field

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Document", "Grid", "GridCell", "Layout", "Paragraph", "PlainSum", "column_letters", "open_document", "read_document",
]  # fmt: skip


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


class Layout:
    """What a grid is apart from its figures: places, spans, labels and formulas of its cells.

    Grids that differ in nothing but their figures share one layout, so that what is found in one of
    them (which cell holds what) need not be looked for in the next.
    """

    frame: Layout | None = None
    """A layout with cells at the same places and nothing in them, if there is one."""
    sums: tuple[PlainSum, ...] = ()
    """The formulas that are sums of this grid's own cells, none before those it adds up."""

    def __init__(self, cells: tuple[GridCell, ...], figures: tuple[int, ...]) -> None:
        """
        Args:
            cells: those of the figures without value.
            figures: of each figure, which of the cells it stands in.
        """
        self.cells, self.figures = cells, figures
        self.memo: dict[Any, Any] = {}
        """For readers of grids to keep what they have worked out of this layout."""


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
        cells: tuple[GridCell, ...] | None = None,
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
        self.layout, self.figures = layout, figures
        self._cells = cells
        self._settled: frozenset[int] | None = None
        self.memo: dict[str, object] = {} if memo is None else memo
        """For readers of the grid to keep what they have worked out of it."""

    @property
    def cells(self) -> tuple[GridCell, ...]:
        if self._cells is None:
            assert self.layout is not None
            cells = list(self.layout.cells)
            for at, figure in zip(self.layout.figures, self.figures, strict=True):
                cells[at] = cells[at]._replace(value=figure)
            self._cells = tuple(cells)
        return self._cells

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
        if (cell.row, cell.column) in self._settled_places():
            return cell._replace(result="stored")
        return self.resolve(cell)

    def _settled_places(self) -> set[tuple[int, int]]:
        if "settled" not in self.memo:
            places: set[tuple[int, int]] = set()
            if self.layout is not None and self.settled:
                cells = (self.layout.cells[self.layout.figures[n]] for n in self.settled)
                places.update((cell.row, cell.column) for cell in cells)
            self.memo["settled"] = places
        found: Any = self.memo["settled"]
        return found  # type: ignore[no-any-return]

    @property
    def settled(self) -> frozenset[int]:
        """Figures that are the stored result of a plain sum and still equal to it, by their number.

        :meth:`resolved` would say the same of their cells, at twenty times the cost.
        """
        if self._settled is None:
            settled: set[int] = set()
            if self.layout is not None:
                figures: Sequence[Any] = self.figures
                sums = self.layout.sums
                results = {one.figure for one in sums}
                for figure, terms in sums:
                    if all(t in settled or t not in results for t in terms) and figures[figure] is not None:
                        total = sum([figures[t] for t in terms if figures[t] is not None])
                        if total == figures[figure]:
                            settled.add(figure)
            self._settled = frozenset(settled)
        return self._settled

    def address(self, row: int, column: int) -> str:
        """Return the address of a place in this grid, also where it has no cell."""
        return f"{column_letters(column)}{row}" if self.a1 else f"第{row}行第{column}列"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document that stands outside its tables."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What one file holds."""

    path: str
    kind: str
    """``xlsx``, ``docx`` …"""
    sha256: str
    grids: tuple[Grid, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
    exchange: str = ""
    """Content of a data file of ours (kind ``json``), which needs no recogniser."""
    pictures: int = 0
    """How many pictures it shows; a table may be one of them."""


_READERS = {
    "xlsx": "xlsx", "xlsm": "xlsx", "xls": "xls", "ods": "ods", "docx": "docx", "html": "html", "mht": "mht",
    "pdf": "pdf", "json": "json",
}  # fmt: skip
"""Kind of file → module of this package with ``read(path, data) -> Document``."""
_PACKAGES = {"docx", "xlsx", "xlsm"}
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
    from ..filenames import normal
    from ..files import read_input
    from .sniff import identify, refusal

    path = normal(path)
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
