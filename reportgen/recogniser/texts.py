"""The texts of the parts: sheets of the workbook, or the paragraphs of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from ..form import Form, Section
from ..form.likeness import key
from ..model.findings import RESULT_SIGN, CellRef, Finding, finding
from ..model.report import Origin, Passage
from ..sources import GridCell
from .entries import guarded_text
from .index import LabelIndex
from .loose import loose_texts
from .prose import section_of_line, sections_of
from .tables import Found
from .wording import Texts, clean, section_of, split_paragraphs


def read_sheets(form: Form, indexes: Sequence[LabelIndex], tables: Found, texts: Texts) -> None:
    """Add the passages of a workbook's sheets to ``texts``.

    A sheet has a header row 部分 | 小标题 | 正文, or headings of the form in any of its cells.  Hidden texts are not
    read, and reported (N-07); of two visible sets of the same text neither can be preferred (S-04).

    Args:
        form: the edition.
        indexes: the sheets.
        tables: the figures found in them.
        texts: with the fields; the passages are added to it.
    """
    sets: list[tuple[str, list[Passage]]] = []
    nowhere: list[tuple[str, list[GridCell]]] = []
    own = {form.sheets.guide, form.sheets.fields, form.sheets.last_year, form.sheets.checks, form.sheets.names}
    rows = tables.rows()
    own |= set(msgspec.structs.astuple(form.rollup.sheets))  # of a sum: the texts of others
    heads = [text_head(form, index) for index in indexes]
    names = [index.grid.name for index in indexes]
    # Beside a sheet of texts, names that are only nearly headings are something else.
    exact = {n: section for n, name in enumerate(names) if (section := section_of_line(form, name))}
    named = exact if any(heads) else sections_of(form, names)
    for n, (index, head) in enumerate(zip(indexes, heads, strict=True)):
        if head:
            sheet = _TextSheet(form, index, head, texts)
            sheet.read()
            sets.append((index.grid.name, sheet.found))
        elif index.grid.a1 and index.grid.name not in own and not _is_ours(index):
            loose = loose_texts(form, index, rows, texts, named=named.get(n), near=not any(heads))
            texts.findings += loose.findings
            texts.passages += loose.passages
            sets += [(index.grid.name, some) for some in _once_each(loose.passages)]
            nowhere += [(index.grid.name, loose.nowhere)] if loose.nowhere else []
    texts.findings.extend(_several(form, sets))
    told = {passage.section for passage in texts.passages}
    if any(not (section.table or section.optional or section.id in told) for section in form.sections):
        texts.findings.extend(_nowhere(form, nowhere))


def _is_ours(index: LabelIndex) -> bool:
    """Tell whether a sheet is that with the results in a marked copy."""
    return any(cell.value == RESULT_SIGN for cell in index.labels.get(RESULT_SIGN, ()))


def read_cells(form: Form, indexes: Iterable[LabelIndex], tables: Found, texts: Texts) -> None:
    """Add the parts of a document whose headings stand in cells of its tables only, after those of its paragraphs.

    Args:
        form: the edition.
        indexes: the tables of the document.
        tables: the figures found in them.
        texts: with headings and passages of the paragraphs; those found are added.
    """
    order = [section.id for section in form.sections]
    seen = [index for index in indexes if not (index.grid.a1 or index.grid.hidden)]
    rows = tables.rows() if seen else {}
    for index in seen:
        loose = loose_texts(form, index, rows, texts, near=False)
        known = {section for section, _ in texts.headings}
        for section, text in dict(loose.headings).items():
            if section not in known:
                later = (n for n, (id_, _) in enumerate(texts.headings) if order.index(id_) > order.index(section))
                texts.headings.insert(next(later, len(texts.headings)), (section, text))
        texts.passages += [one for one in loose.passages if one.section not in known]


def _once_each(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Return the passages of a sheet as sets in which each heading stands once."""
    sets: list[list[Passage]] = []
    for passage in passages:
        mine = (passage.section, passage.heading)
        free = (some for some in sets if all((one.section, one.heading) != mine for one in some))
        some = next(free, None)
        if some is None:
            sets.append(some := [])
        some.append(passage)
    return sets


def _nowhere(form: Form, sheets: Sequence[tuple[str, Sequence[GridCell]]]) -> Iterator[Finding]:
    """S-04: sentences that stand under no heading, while a part has no text."""
    for name, cells in sheets:
        refs = [CellRef(Origin(name, cell.address, cell.row, cell.column), "") for cell in cells]
        what = f"工作表“{name}”里的文字（{cells[0].address}等{len(cells)}格）不知道属于哪一部分，没有读"
        yield finding(form.rules["S-04"], refs, severity="warning", what=f"{what}；请在前面写上该部分的标题")


def _several(form: Form, sets: Sequence[tuple[str, Sequence[Passage]]]) -> Iterator[Finding]:
    """S-04: texts under one heading in several sets."""
    first: dict[tuple[str, str], Passage] = {}
    twice: list[Passage] = []
    for _, found in sets:
        twice += [passage for passage in found if (passage.section, passage.heading) in first]
        first |= {(passage.section, passage.heading): passage for passage in found}
    if twice:
        refs = [CellRef(passage.origin, passage.heading) for passage in twice]
        names = "、".join(f"“{name}”" for name in dict.fromkeys(name for name, found in sets if found))
        what = f"文件里有不止一套文字（{names}），不能确定用哪一套；请把不要的一套删去"
        yield finding(form.rules["S-04"], refs, what=what)


def text_head(form: Form, index: LabelIndex) -> list[GridCell]:
    """Return the header cells 部分 | 小标题 | 正文 of a sheet of texts, none if it has no such row."""
    heads = _heads(form)
    for cell in index.cells(heads[0]) if heads[0] in index.labels else ():
        row = [next((c for c in index.cells(head) if c.row == cell.row), None) for head in heads]
        found = [c for c in row if c is not None]
        if len(found) == len(heads):
            return found
    return []


@lru_cache(maxsize=16)
def _heads(form: Form) -> list[str]:
    return [key(head) for head in form.sheets.text_heads]


class _TextSheet:
    """Reads a sheet of texts, row by row."""

    def __init__(self, form: Form, index: LabelIndex, head: Sequence[GridCell], texts: Texts) -> None:
        self.form, self.index, self.texts = form, index, texts
        self.first = head[0].row + 1
        self.columns = [cell.column for cell in head]
        self.section: Section | None = None
        self.found: list[Passage] = []

    def read(self) -> None:
        part, _, body = self.columns
        unseen: list[CellRef] = []
        for row in self.index.grid.rows_of(part, body):
            if row < self.first:
                continue
            cell = self._begins(row, part)
            if cell is not None and cell.value:
                self.section = section_of(self.form, str(cell.value))
            entry = self._begins(row, body)
            if entry is None:
                continue
            if (entry.hidden or self.index.grid.hidden) and (entry.value not in (None, "") or entry.formula):
                unseen.append(self._ref(entry))
            elif not entry.hidden and not self.index.grid.hidden:
                self._passage(row, entry)
        self.texts.passages.extend(self.found)
        if unseen:
            self._unseen(unseen)

    def _begins(self, row: int, column: int) -> GridCell | None:
        """Return the cell that begins in a row, None for one that only reaches into it."""
        cell = self.index.grid.entry(row, column)
        return cell if cell is not None and cell.row == row else None

    def _passage(self, row: int, entry: GridCell) -> None:
        """Take the text of a row."""
        paragraphs = split_paragraphs(self._text(entry))
        if not paragraphs:
            return
        if self.section is None:
            what = f"“{self.index.grid.name}”第{row}行的正文不知道属于哪一部分"
            self.texts.findings.append(finding(self.form.rules["S-04"], [self._ref(entry)], what=what))
            return
        sub = self.index.grid.entry(row, self.columns[1])
        heading = clean(self._text(sub)).strip() if sub is not None else ""
        self.found.append(Passage(self.section.id, heading, paragraphs, self._ref(entry).origin))

    def _text(self, cell: GridCell) -> str:
        """Return the text of a cell, and say why it has none."""
        place = f"“{self.index.grid.name}”第{cell.row}行"
        return guarded_text(self.form, cell, self._ref(cell), place, self.texts)

    def _unseen(self, refs: Sequence[CellRef]) -> None:
        """N-07: texts that nobody sees."""
        grid = self.index.grid
        what = (
            f"工作表“{grid.name}”是隐藏的，里面的文字没有读，也不会印出"
            if grid.hidden
            else f"“{grid.name}”有{len(refs)}段文字在隐藏的行或列里，或者字看不见（与底色同色、极小），没有读，也不会印出"
        )
        self.texts.findings.append(finding(self.form.rules["N-07"], refs, what=what))

    def _ref(self, cell: GridCell) -> CellRef:
        hidden = cell.hidden or self.index.grid.hidden
        return CellRef(Origin(self.index.grid.name, cell.address, cell.row, cell.column, hidden), "")


def last_year_texts(form: Form, indexes: Iterable[LabelIndex], texts: Texts) -> Mapping[str, str]:
    """Return last year's texts from the sheet 上年数据, by section id; hidden ones are not read, and reported."""
    found: dict[str, str] = {}
    for index in indexes:
        for section, label in _last_year_labels(form).items():
            for row, column in index.beside(label) if label in index.labels else ():
                entry = index.grid.entry(row, column)
                if entry is None or section in found or (entry.value in (None, "") and not entry.formula):
                    continue
                hidden = entry.hidden or index.grid.hidden
                ref = CellRef(Origin(index.grid.name, entry.address, entry.row, entry.column, hidden), "")
                place = f"“{form.last_year_text_label(section)}”"
                if hidden:
                    what = f"{place}填在隐藏的行、列或工作表里，没有读"
                    texts.findings.append(finding(form.rules["N-07"], [ref], what=what))
                elif text := clean(guarded_text(form, entry, ref, place, texts)).strip():
                    found[section] = text
    return found


@lru_cache(maxsize=16)
def _last_year_labels(form: Form) -> dict[str, str]:
    """Section id → key of the label of its text."""
    return {section: key(form.last_year_text_label(section)) for section in form.last_year_sections}
