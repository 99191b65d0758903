"""Fields, title and texts of a workbook: 基本信息, 文字内容, 上年数据."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..findings import CellRef, finding
from ..form import Field, Form, Section
from ..numbers import exact, parse_number
from ..report import Origin, Passage
from ..sources import Document, Grid, GridCell
from .labels import key
from .prose import read_prose
from .tables import GridIndex
from .wording import Texts, chinese_date, clean, parse_title, section_of, split_paragraphs

__all__ = ["find_texts", "last_year_texts"]


def find_texts(form: Form, document: Document) -> Texts:
    """Find fields, title and passages in sheets and paragraphs."""
    texts = Texts()
    heads = [key(h) for h in form.sheets.text_heads]
    for grid in document.grids:
        index = GridIndex.of(grid)
        head = _head_row(index, heads)
        if head:
            _text_sheet(form, index, head, texts)
        else:
            _fields(form, index, texts)
    read_prose(form, document, texts)
    cells = (c.value for g in document.grids if not g.hidden for c in g.cells if isinstance(c.value, str))
    _title(form, cells, texts)
    return texts


# --------------------------------------------------------------------------- title


def _title(form: Form, candidates: Iterable[str], texts: Texts) -> None:
    if not texts.title:
        for text in candidates:
            if len(text) <= 120 and parse_title(form, text):
                texts.title = text.strip()
                break
    found = parse_title(form, texts.title) if texts.title else None
    if found:
        texts.fields.setdefault("org", found[0])
        texts.fields.setdefault("year", found[1])


# --------------------------------------------------------------------------- 基本信息


def _fields(form: Form, index: GridIndex, texts: Texts) -> None:
    for one in form.fields:
        for wording in (one.label, *one.variants):
            for cell in index.labels.get(key(wording), ()):
                if one.id in texts.fields:
                    continue
                place = (cell.row, cell.column + cell.column_span)
                entry = index.entry(*place)
                origin = Origin(index.grid.name, index.grid.address(*place))
                texts.field_origins.setdefault(one.id, origin)
                if entry is not None and entry.value is not None:
                    _field(form, one, entry.value, origin, texts)


def _field(form: Form, one: Field, value: object, origin: Origin, texts: Texts) -> None:
    """Read one entry; what cannot be read exactly is a finding F-01."""
    text = clean(str(value)).strip()
    if not text:
        return
    texts.field_origins[one.id] = origin
    problem = ""
    if one.kind in ("count", "amount"):
        parsed = parse_number(value, kind=one.kind, decimals=2, unit="元")
        problem = parsed.remark if parsed.state == "problem" else ""
        if parsed.number is not None:
            texts.fields[one.id] = parsed.number
    elif one.kind == "year":
        number = exact(value) if isinstance(value, float) else value
        match = re.fullmatch(r"(\d{4})年?(?:度)?", key(str(number)))
        texts.fields[one.id] = int(match[1]) if match else text
    elif one.kind == "date":
        date = chinese_date(value)
        problem = "" if date else "不是日期"
        texts.fields[one.id] = date or text
    elif one.kind == "choice":
        chosen = next((c for c in one.choices if key(c) == key(text)), "")
        problem = "" if chosen else f"应是{'、'.join(one.choices)}之一"
        texts.fields[one.id] = chosen or text
    else:
        texts.fields[one.id] = text
    if problem:
        ref = CellRef(str(origin), one.label)
        texts.findings.append(
            finding(form.rules["F-01"], [ref], place=f"“{one.label}”", raw=text, what=problem)
        )


# --------------------------------------------------------------------------- texts


def _head_row(index: GridIndex, heads: list[str]) -> dict[str, GridCell]:
    """Find the header row 部分 | 小标题 | 正文 of a sheet."""
    for cell in index.labels.get(heads[0], ()):
        row = {head: other for head in heads for other in index.labels.get(head, ()) if other.row == cell.row}
        if len(row) == len(heads):
            return row
    return {}


def _text_sheet(form: Form, index: GridIndex, head: dict[str, GridCell], texts: Texts) -> None:
    part, sub, body = (c.column for c in head.values())
    first = next(iter(head.values())).row + 1
    section: Section | None = None
    for row in range(first, index.last_row + 1):
        part_cell = index.entry(row, part)
        if part_cell is not None and part_cell.value and part_cell.row == row:
            section = section_of(form, str(part_cell.value))
        body_cell = index.entry(row, body)
        if body_cell is None or body_cell.value is None or body_cell.row != row:
            continue
        paragraphs = split_paragraphs(str(body_cell.value))
        if not paragraphs:
            continue
        origin = Origin(index.grid.name, body_cell.address)
        if section is None:
            what = f"“{index.grid.name}”第{row}行的正文不知道属于哪一部分"
            texts.findings.append(finding(form.rules["S-04"], [CellRef(str(origin), "")], what=what))
            continue
        sub_cell = index.entry(row, sub)
        heading = clean(str(sub_cell.value)).strip() if sub_cell is not None and sub_cell.value else ""
        texts.passages.append(Passage(section.id, heading, paragraphs, origin))


def last_year_texts(form: Form, grids: tuple[Grid, ...]) -> Mapping[str, str]:
    """Last year's texts from the sheet 上年数据, by section id."""
    found: dict[str, str] = {}
    for grid in grids:
        index = GridIndex.of(grid)
        for section_id in form.last_year_sections:
            for cell in index.labels.get(key(form.last_year_text_label(section_id)), ()):
                entry = index.entry(cell.row, cell.column + cell.column_span)
                if entry is not None and isinstance(entry.value, str) and entry.value.strip():
                    found.setdefault(section_id, clean(entry.value).strip())
    return found
