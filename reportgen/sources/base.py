"""What every source hands on, and which source reads which file."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping

from ..hints import TYPE_CHECKING, NamedTuple
from ..records import dataclass, field

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Document", "Grid", "GridCell", "Paragraph", "column_letters", "open_document", "read_document"]


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


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet, or a table of a document."""

    name: str
    cells: tuple[GridCell, ...]
    hidden: bool = False
    a1: bool = False
    """Addresses are ``D4``; else ``第4行第4列``."""
    resolve: Callable[[GridCell], GridCell] | None = field(default=None, repr=False, compare=False)
    """Works out a formula's result when it is asked for; few of a workbook's formulas ever are."""

    memo: dict[str, object] = field(default_factory=dict, repr=False, compare=False)
    """For readers of the grid to keep what they have worked out of it."""

    def resolved(self, cell: GridCell) -> GridCell:
        """Return the cell with its ``result`` and ``now`` settled."""
        if not cell.formula or cell.result or self.resolve is None:
            return cell
        return self.resolve(cell)

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
