"""The texts of the parts: sheets of the workbook, or the paragraphs of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from ..form import Form, Section
from ..model.findings import CellRef, finding
from ..model.report import Origin, Passage
from ..sources import GridCell
from .index import LabelIndex
from .labels import key
from .wording import Texts, clean, section_of, split_paragraphs

__all__ = ["last_year_texts", "read_sheets", "text_head"]


def read_sheets(form: Form, indexes: Sequence[LabelIndex], texts: Texts) -> None:
    """Add the passages of the sheets with a header row 部分 | 小标题 | 正文 to ``texts``."""
    for index in indexes:
        head = text_head(form, index)
        if head:
            _text_sheet(form, index, head, texts)


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


def _text_sheet(form: Form, index: LabelIndex, head: Sequence[GridCell], texts: Texts) -> None:
    grid = index.grid
    part, sub, body = (cell.column for cell in head)
    section: Section | None = None
    for row in grid.rows_of(part, body):
        if row <= head[0].row:
            continue
        part_cell, body_cell = grid.entry(row, part), grid.entry(row, body)
        if part_cell is not None and part_cell.value and part_cell.row == row:
            section = section_of(form, str(part_cell.value))
        if body_cell is None or body_cell.value is None or body_cell.row != row:
            continue
        paragraphs = split_paragraphs(str(body_cell.value))
        if not paragraphs:
            continue
        origin = Origin(grid.name, body_cell.address, body_cell.row, body_cell.column)
        if section is None:
            what = f"“{grid.name}”第{row}行的正文不知道属于哪一部分"
            texts.findings.append(finding(form.rules["S-04"], [CellRef(origin, "")], what=what))
            continue
        sub_cell = grid.entry(row, sub)
        heading = clean(str(sub_cell.value)).strip() if sub_cell is not None and sub_cell.value else ""
        texts.passages.append(Passage(section.id, heading, paragraphs, origin))


def last_year_texts(form: Form, indexes: Iterable[LabelIndex]) -> Mapping[str, str]:
    """Return last year's texts from the sheet 上年数据, by section id."""
    found: dict[str, str] = {}
    for index in indexes:
        for section, label in _last_year_labels(form).items():
            for place in index.beside(label) if label in index.labels else ():
                entry = index.grid.entry(*place)
                if entry is not None and isinstance(entry.value, str) and entry.value.strip():
                    found.setdefault(section, clean(entry.value).strip())
    return found


@lru_cache(maxsize=16)
def _last_year_labels(form: Form) -> dict[str, str]:
    """Section id → key of the label of its text."""
    return {section: key(form.last_year_text_label(section)) for section in form.last_year_sections}
