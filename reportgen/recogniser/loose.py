"""Texts on sheets of any layout: a heading of the form in a cell, its text in the same cell, beside it or below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from ..form import Form, Section
from ..model.findings import CellRef, Finding, finding
from ..model.report import Origin, Passage
from ..sources import Grid, GridCell, Paragraph
from ..sources.base import LAST_COLUMN
from .entries import guarded_text
from .index import LabelIndex
from .labels import key, known_labels
from .prose import read_paragraphs, section_of_line
from .tables import Found
from .titles import parse_title
from .wording import Texts, split_paragraphs

__all__ = ["LooseTexts", "loose_texts"]

_LONG = 30
"""Characters of a sentence that is no remark on how to fill in a form."""


class LooseTexts(msgspec.Struct):
    """What a sheet says under headings of the form, or in no known part."""

    grid: Grid
    passages: list[Passage] = []
    findings: list[Finding] = []
    nowhere: list[GridCell] = []
    """Sentences under no heading."""


def loose_texts(form: Form, index: LabelIndex, tables: Found, fields: Texts) -> LooseTexts:
    """Read the texts of a sheet that is not laid out as the standard one.

    Hidden ones are not read, and reported (N-07); errors, and formulas without a result, likewise (F-02, N-05, in
    ``fields``).

    Args:
        form: the edition.
        index: the sheet.
        tables: the figures found; rows of figures are no text.
        fields: who reports of which year.
    """
    found = LooseTexts(index.grid)
    cells = list(_text_cells(form, index.grid, tables))
    headings = {n: section for n, cell in enumerate(cells) if (section := _heading(form, cell))}
    named = section_of_line(form, index.grid.name)
    if not any(not section.table for section in headings.values()) and not (named and not named.table):
        if index.grid.name not in {place.grid.name for place in tables.cells.values()}:  # remarks stand beside tables
            sentences = (c for c in cells if isinstance(c.value, str) and len(c.value) >= _LONG and "。" in c.value)
            found.nowhere = [c for c in sentences if not c.hidden and not index.grid.hidden]
        return found
    start = [Paragraph(named.heading)] if named and not headings else []
    beside = _remarks(cells, headings)
    _read(form, found, [cell for cell in _in_order(cells, headings) if cell not in beside], start, fields)
    return found


def _text_cells(form: Form, grid: Grid, tables: Found) -> Iterator[GridCell]:
    """Yield the cells that hold something and belong to no table."""
    rows = {place.row for place in tables.cells.values() if place.grid.name == grid.name}
    labels = known_labels(form)
    for cell in grid.cells:
        filled = cell.value not in (None, "") or cell.formula
        if filled and cell.row not in rows and not (isinstance(cell.value, str) and key(cell.value) in labels):
            yield cell


def _heading(form: Form, cell: GridCell) -> Section | None:
    """Return the part whose heading a cell is, or begins with."""
    lines = split_paragraphs(cell.value) if isinstance(cell.value, str) else ()
    return section_of_line(form, lines[0]) if lines else None


def _remarks(cells: Sequence[GridCell], headings: dict[int, Section]) -> set[GridCell]:
    """Return what stands beside the table of a part, not below its heading."""
    found = set()
    above: tuple[GridCell, Section] | None = None
    for n, cell in enumerate(cells):
        above = (cell, headings[n]) if n in headings else above
        if above is not None and above[1].table and cell.column >= above[0].column + above[0].column_span:
            found.add(cell)
    return found


def _in_order(cells: Sequence[GridCell], headings: dict[int, Section]) -> Iterator[GridCell]:
    """Yield the cells in the order in which they are read: by rows, or below headings that stand side by side.

    What stands left of a heading, a number of its row, is no text.
    """
    rows: dict[int, list[GridCell]] = {}
    for n in headings:
        rows.setdefault(cells[n].row, []).append(cells[n])
    tops = [*sorted(row for row, some in rows.items() if len(some) > 1), cells[-1].row + 1]
    first = tops[0]
    yield from (c for c in cells if c.row < first and not any(c.column < h.column for h in rows.get(c.row, ())))
    for top, end in pairwise(tops):
        edges = [*(h.column for h in rows[top]), LAST_COLUMN + 1]
        for left, right in pairwise(edges):
            yield from (c for c in cells if top <= c.row < end and left <= c.column < right)


def _read(form: Form, found: LooseTexts, cells: Sequence[GridCell], start: list[Paragraph], fields: Texts) -> None:
    """Read cells in order as the paragraphs of a document are read."""
    grid, origins = found.grid, {}
    unseen: list[CellRef] = []
    paragraphs = start
    title = ""
    for cell in map(grid.resolved, cells):
        origin = Origin(grid.name, cell.address, cell.row, cell.column, cell.hidden or grid.hidden)
        if origin.hidden:
            unseen.append(CellRef(origin, ""))
            continue
        place = f"“{grid.name}”{cell.address}"
        text = guarded_text(form, cell, CellRef(origin, ""), place, fields)
        if parse_title(form, text) and not any(section_of_line(form, one.text) for one in paragraphs):
            paragraphs, title = [], text
        else:
            origins[cell.address] = origin
            paragraphs += [Paragraph(line, cell.address) for line in split_paragraphs(text)]
    texts = Texts(fields=fields.fields, title=title)
    read_paragraphs(form, texts, paragraphs, origins=origins)
    prose = {section.id: section.table or section.optional for section in form.sections}
    for passage in texts.passages:
        kept = tuple(p for p in passage.paragraphs if not prose[passage.section] or "。" in p)
        if kept:
            found.passages.append(msgspec.structs.replace(passage, paragraphs=kept))
    if unseen:
        what = f"工作表“{grid.name}”有{len(unseen)}格文字是隐藏的，没有读，也不会印出"
        found.findings.append(finding(form.rules["N-07"], unseen, what=what))
