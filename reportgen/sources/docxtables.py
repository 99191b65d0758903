"""Tables of Word documents whose markup has been seen before: only their texts are read.

Documents of one template differ in the texts of their tables and in nothing else there.  So the
markup of a table is read once, by the ordinary reader (:mod:`.docxbody`) with a number in the place
of each text; where it puts the numbers is where it puts the texts of every table with that markup.

Nothing is taken on trust.  The document without its tables is parsed and read as ever, and so is
each new markup.  Equal markup with other plain texts is as well-formed, and reads the same; so does
a document with a whole table in the place of an empty one.  Comments and the like, in which a table
would be none, are refused by :func:`.markup.cut`; then, and at the first text that is not plain,
the ordinary reader gets the whole document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from xml.parsers import expat

from . import docxbody
from .base import Grid, GridCell
from .docxbody import Block, Reader, Table, grid_cell, in_order
from .markup import UnusualError, cut

__all__ = ["Shape", "blocks", "read_body", "shape_of"]

_START, _END, _TEXT_END = b"<w:tbl>", b"</w:tbl>", b"</w:t>"
_NOT_PLAIN = re.compile("[&<\x01-\x08\x0b-\x1f\ufffe\uffff]")
"""Markup, what XML cannot hold, and line ends it would change; not the NUL that joins the texts."""
_LONGEST = 1 << 17
"""Longer markup is not kept: a hostile file would fill the memory.  The longest of a report has 77 KB."""
_PICTURES = (b"<a:blip ", b"<v:imagedata ")
_SHAPE = "shape"


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """What tables of equal markup have in common: all but their texts; the same object for them."""

    cells: tuple[GridCell, ...]
    """Without values."""
    source: tuple[int, ...]
    """For each cell the number of its text; behind the texts come an empty one and :attr:`made`."""
    made: tuple[tuple[str | int, ...], ...]
    """Contents of cells that hold several texts: line breaks and the like, and numbers of texts."""
    pictures: int

    def values(self, texts: list[str]) -> list[str | None]:
        """Return the values of the cells of a table with these texts; None for a blank one."""
        every = [*texts, ""]
        every += ["".join([texts[p] if isinstance(p, int) else p for p in parts]) for parts in self.made]
        return [text if text.strip() else None for text in map(every.__getitem__, self.source)]

    def grid(self, name: str, texts: list[str]) -> Grid:
        """Return a table with these texts."""
        new = tuple.__new__
        cells = [
            new(GridCell, (row, column, value, *rest))
            for (row, column, _, *rest), value in zip(self.cells, self.values(texts), strict=True)
        ]
        return Grid(name, tuple(cells), memo={_SHAPE: (self, texts)})


def shape_of(grid: Grid) -> tuple[Shape, list[str]] | None:
    """Return shape and texts of a grid; None if it was not made of them.

    Grids of one shape differ in nothing but their names and texts.
    """
    found = grid.memo.get(_SHAPE)
    return found if isinstance(found, tuple) else None


def blocks(xml: bytes) -> list[Block]:
    """Return the tables and non-blank paragraphs of a document part, as :func:`.docxbody.blocks` does."""
    return read_body(xml)[0]


def read_body(xml: bytes) -> tuple[list[Block], int]:
    """Return the tables and non-blank paragraphs of a document part, and how many pictures it shows.

    Args:
        xml: the part, e.g. ``word/document.xml``.

    Raises:
        ValueError: not well-formed, or with a document type declaration.
    """
    try:
        return _by_shapes(xml)
    except (UnusualError, expat.ExpatError, ValueError, IndexError, RecursionError):
        return docxbody.blocks(xml), _pictures(xml)


def _pictures(xml: bytes) -> int:
    return sum(map(xml.count, _PICTURES))


def _by_shapes(xml: bytes) -> tuple[list[Block], int]:
    before, *rest = xml.split(_START)
    outside, tables = [before], []
    for piece in rest:
        table, end, after = piece.partition(_END)
        if not end:  # a table within a table
            raise UnusualError
        tables.append(table)
        outside.append(after)
    bare = b"<w:tbl/>".join(outside)
    root, pieces = cut(bare)
    reader = Reader()
    reader.read(root, pieces)
    places = [item for item in reader.found if isinstance(item, Table)]
    if len(places) != len(tables) or not all(place.alone for place in places):
        raise UnusualError
    shapes = [_taken_apart(root, table) for table in tables]
    here = iter(shapes)

    def grid(_: Table, name: str) -> Grid:
        shape, texts = next(here)
        return shape.grid(name, texts)

    return in_order(reader.found, grid), _pictures(bare) + sum(shape.pictures for shape, _ in shapes)


def _taken_apart(root: str, table: bytes) -> tuple[Shape, list[str]]:
    """Return shape and texts of a table, given what stands between its tags."""
    *pieces, tail = table.split(_TEXT_END)
    cuts = [piece.rpartition(b">") for piece in pieces]
    texts = b"\0".join([text for _, _, text in cuts]).decode()
    # Without the texts.  A ">" in one is here, too, which shows when it is read.
    markup = b"></w:t>".join([*[before for before, _, _ in cuts], tail])
    shape = (_shape if len(markup) < _LONGEST else _read_shape)(root, markup)
    if shape is None or _NOT_PLAIN.search(texts):
        raise UnusualError
    apart = texts.split("\0") if pieces else []
    if len(apart) != len(pieces):  # a NUL in one of them
        raise UnusualError
    return shape, apart


def _read_shape(root: str, markup: bytes) -> Shape | None:
    """Read the markup of a table with the number of each text in its place.

    None if it depends on its texts or on what stands around it how it is read.
    """
    *pieces, tail = markup.split(b"></w:t>")
    numbered = b"".join([b"%b>%d</w:t>" % (piece, n) for n, piece in enumerate(pieces)])
    tag = root.encode()
    whole = b"<%b><w:tbl>%b%b</w:tbl></%b>" % (tag, numbered, tail, tag.split()[0])
    reader = Reader()
    try:
        again, cuts = cut(whole)
        reader.read(again, cuts)
    except (UnusualError, expat.ExpatError, ValueError, IndexError, RecursionError):
        return None
    if cuts[1::2] != [str(n) for n in range(len(pieces))] or not reader.idle or len(reader.found) != 1:
        return None
    (table,) = reader.found
    if not isinstance(table, Table):
        return None
    source: list[int] = []
    made: list[tuple[str | int, ...]] = []
    for cell in table.cells:
        # What is no number here was put there by the reader: a line break, a tab, a hyphen.
        parts = [part for n, para in enumerate(cell.content) for part in ["\n"][: n > 0] + para.text]
        content = tuple(int(part) if part.isdigit() else part for part in parts)
        if len(content) == 1 and isinstance(content[0], int):
            source.append(content[0])
        elif not content:
            source.append(len(pieces))
        else:
            made.append(content)
            source.append(len(pieces) + len(made))
    cells = tuple(grid_cell(cell)._replace(value=None) for cell in table.cells)
    return Shape(cells, tuple(source), tuple(made), _pictures(markup))


_shape = lru_cache(maxsize=8)(_read_shape)
