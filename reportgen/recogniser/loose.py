"""Texts on sheets of any layout: a heading of the form in a cell, its text in the same cell, beside it or below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, takewhile

import msgspec

from ..form import Form, Section
from ..form.likeness import key
from ..model.findings import CellRef, Finding, finding
from ..model.report import Origin, Passage
from ..sources import Grid, GridCell, Paragraph
from ..sources.base import LAST_COLUMN
from .entries import guarded_text
from .index import LabelIndex
from .labels import known_labels
from .prose import opening, read_paragraphs, section_of_line, sections_of
from .titles import parse_title
from .wording import Texts, split_paragraphs

_FOOT = r"[\u4e00-\u9fff]{2,8}[：:][^。]*$"  # compiled when first needed: a wide range takes long
_LONG = 30
"""Characters of a sentence that is no remark on how to fill in a form."""


class LooseTexts(msgspec.Struct):
    """What a sheet says under headings of the form, or in no known part."""

    grid: Grid
    passages: list[Passage] = []
    headings: list[tuple[str, str]] = []
    """(section id, heading as it stands) of every part found."""
    findings: list[Finding] = []
    nowhere: list[GridCell] = []
    """Sentences under no heading."""


def loose_texts(
    form: Form, index: LabelIndex, rows: Mapping[str, Collection[int]], fields: Texts, *,
    named: Section | None = None, near: bool = True,
) -> LooseTexts:  # fmt: skip
    """Read the texts of a sheet that is not laid out as the standard one.

    Hidden ones are not read, and reported (N-07); errors, and formulas without a result, likewise (F-02, N-05, in
    ``fields``).

    Args:
        form: the edition.
        index: the sheet.
        rows: those of figures by sheet (:meth:`.Found.rows`), which are no text.
        fields: who reports of which year.
        named: the part that the sheet is called after.
        near: words that are only nearly a heading of the form may be one.
    """
    found = LooseTexts(index.grid)
    cells = _text_cells(form, index.grid, rows.get(index.grid.name, ()))
    headings = _headings(form, cells, near=near)
    found.headings = [(section.id, str(cells[n].value)) for n, section in sorted(headings.items())]
    first = str(cells[0].value) if cells else ""
    alone = next((one.title for one in form.sections if one.optional and _is_called(one, (index.grid.name, first))), "")
    if not any(not section.table for section in headings.values()) and not (named and not named.table) and not alone:
        if index.grid.name not in rows:  # remarks stand beside tables
            found.nowhere = _sentences(index.grid, cells)
        return found
    start = [Paragraph(named.heading)] if named and not headings else []
    beside = _remarks(cells, headings)
    tops = {cells[n]: section for n, section in headings.items()}
    read = [cell for cell in _in_order(cells, headings) if cell not in beside]
    if foot := _foot(read, tops) if index.grid.a1 else []:
        read = read[: -len(foot)]
        refs = [CellRef(Origin(index.grid.name, cell.address, cell.row, cell.column, cell.hidden), "") for cell in foot]
        what = f"工作表“{index.grid.name}”末尾的“{foot[0].value}”等{len(foot)}格不像报告的文字，没有读"
        found.findings.append(finding(form.rules["S-04"], refs, severity="warning", what=what))
    title = fields.title if not index.grid.a1 and not fields.headings else ""  # of a document, above its one table
    _read(form, found, read, tops, start, fields, alone or title)
    return found


def _foot(cells: Sequence[GridCell], tops: Collection[GridCell]) -> list[GridCell]:
    """Return the last cells that name somebody or something and are no sentence: 填报人：某某."""
    marks = [isinstance(cell.value, str) and re.match(_FOOT, cell.value) and cell not in tops for cell in cells]
    last = next((n for n in range(len(cells) - 1, -1, -1) if not marks[n]), -1)
    return [*cells[last + 1 :]] if last >= 0 and cells[last] not in tops else []


def _is_called(section: Section, names: Iterable[str]) -> bool:
    """Tell whether a sheet or its first cell has the title of a part without a heading."""
    return any(key(name) in {key(text) for text in (section.title, *section.brief)} for name in names)


def _sentences(grid: Grid, cells: Iterable[GridCell]) -> list[GridCell]:
    """Return the cells with sentences that are seen and are no remarks."""
    texts = (c for c in cells if isinstance(c.value, str) and len(c.value) >= _LONG and "。" in c.value)
    return [c for c in texts if not c.hidden and not grid.hidden]


def _text_cells(form: Form, grid: Grid, rows: Collection[int]) -> list[GridCell]:
    """Return the cells that hold something and belong to no table: a label alone in its row may be a short heading."""
    lines = (cells for row, cells in grid.cells.in_row.items() if row not in rows)
    cells = [cell for line in lines for cell in line if cell.value not in (None, "") or cell.formula]
    texts = [(cell, key(cell.value) if isinstance(cell.value, str) else "") for cell in cells]
    labels, brief = known_labels(form), _brief(form)
    in_row = Counter(cell.row for cell, text in texts if text in labels)
    return [cell for cell, text in texts if text not in labels or (in_row[cell.row] == 1 and text in brief)]


@lru_cache(maxsize=16)
def _brief(form: Form) -> frozenset[str]:
    return frozenset(key(text) for section in form.sections for text in section.brief)


def _headings(form: Form, cells: Sequence[GridCell], *, near: bool) -> dict[int, Section]:
    """Return the parts whose headings cells are, or begin with, by index.

    Words that are only nearly a heading may be a label of something else: they count beside a heading as the form has
    it, or where two parts with texts are told by them.
    """
    firsts = []
    for cell in cells:
        lines = split_paragraphs(cell.value) if isinstance(cell.value, str) else ()
        firsts.append(opening(form, lines[0])[0] if lines else "")
    sure = {n: section for n, first in enumerate(firsts) if (section := section_of_line(form, first))}
    if not near:
        return sure
    found = sections_of(form, firsts)
    return found if sure or sum(not section.table for section in found.values()) > 1 else sure


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


def _read(
    form: Form, found: LooseTexts, cells: Sequence[GridCell], tops: Mapping[GridCell, Section], start: list[Paragraph],
    fields: Texts, title: str,
) -> None:  # fmt: skip
    """Read cells in order as the paragraphs of a document are read.

    Args:
        form: the edition.
        found: takes the texts.
        cells: in the order in which they are read.
        tops: the part whose heading a cell is or begins with.
        start: a heading that stands before them, if any.
        fields: takes the findings on what cells hold.
        title: what stands before the first heading is called, "" if it is of no part unless a title stands there.
    """
    grid, origins = found.grid, {}
    unseen: list[CellRef] = []
    paragraphs = [*start]
    for place in cells:
        cell, top = grid.resolved(place), tops.get(place)
        origin = Origin(grid.name, cell.address, cell.row, cell.column, cell.hidden or grid.hidden)
        if origin.hidden:
            unseen.append(CellRef(origin, ""))
            continue
        text = guarded_text(form, cell, CellRef(origin, ""), f"“{grid.name}”{cell.address}", fields)
        if parse_title(form, text) and not any(section_of_line(form, one.text) for one in paragraphs):
            paragraphs, title = [], text
        else:
            origins[cell.address] = origin
            paragraphs += [Paragraph(line, cell.address) for line in _lines(form, text, top)]
    if not (title or start):  # what stands before the first heading is of no part
        found.nowhere = _sentences(grid, takewhile(lambda cell: cell not in tops, cells))
    texts = Texts(fields=fields.fields, title=title)
    read_paragraphs(form, texts, paragraphs, origins=origins)
    prose = {section.id: section.table or section.optional for section in form.sections}
    for passage in texts.passages:
        kept = tuple(p for p in passage.paragraphs if not prose[passage.section] or "。" in p)
        if kept:
            found.passages.append(msgspec.structs.replace(passage, paragraphs=kept))
    if unseen:
        what = f"工作表“{grid.name}”有{len(unseen)}格文字是隐藏的或看不见的，没有读，也不会印出"
        found.findings.append(finding(form.rules["N-07"], unseen, what=what))


def _lines(form: Form, text: str, section: Section | None) -> tuple[str, ...]:
    """Return the lines of a cell, the heading it begins with as the form has it."""
    lines = split_paragraphs(text)
    if section is None or not lines:
        return lines
    return (section.heading, *opening(form, lines[0])[1:], *lines[1:])
