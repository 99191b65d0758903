"""Who reports and of which year: the title, and the fields of 基本信息."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ..form import Field, Form
from ..model.findings import CellRef, finding
from ..model.numbers import exact, parse_number
from ..model.report import Origin
from ..sources import Document
from .index import LabelIndex
from .labels import key
from .prose import split_at_title
from .texts import text_head
from .wording import Texts, chinese_date, clean, parse_title, possible_titles

__all__ = ["read_fields"]


def read_fields(form: Form, document: Document, indexes: Sequence[LabelIndex]) -> Texts:
    """Find the title and the fields in sheets and paragraphs.

    Args:
        form: the edition.
        document: what the file holds.
        indexes: its grids.

    Returns:
        texts with fields, title and the paragraphs behind it; the passages are still to be read.
    """
    texts = Texts()
    for index in indexes:
        if not text_head(form, index):
            _sheet(form, index, texts)
    texts.title, texts.body = split_at_title(form, document)
    if not texts.title:
        titles = (_title_in(form, index) for index in indexes if not index.grid.hidden)
        texts.title = next((text for text in titles if text), "")
    found = parse_title(form, texts.title) if texts.title else None
    if found:
        texts.fields.setdefault("org", found[0])
        texts.fields.setdefault("year", found[1])
    return texts


def _title_in(form: Form, index: LabelIndex) -> str:
    """Return the first cell of a grid that is a title of the report, ``""`` if none is."""
    cells = (cell for label in possible_titles(form, index.labels) for cell in index.cells(label))
    return next((text for cell in cells if parse_title(form, text := str(cell.value).strip())), "")


def _sheet(form: Form, index: LabelIndex, texts: Texts) -> None:
    """Read the entries of a sheet, each right of its label; the first of a field counts."""
    for one, label in _wordings(form):
        if label not in index.labels:
            continue
        for place in index.beside(label):
            if one.id in texts.fields:
                break
            origin = Origin(index.grid.name, index.grid.address(*place), *place)
            texts.field_origins.setdefault(one.id, origin)
            entry = index.grid.entry(*place)
            if entry is not None and entry.value is not None:
                _field(form, one, entry.value, origin, texts)


@lru_cache(maxsize=16)
def _wordings(form: Form) -> list[tuple[Field, str]]:
    """The fields with the key of each of their wordings."""
    return [(one, key(wording)) for one in form.fields for wording in (one.label, *one.variants)]


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
        ref = CellRef(origin, one.label)
        texts.findings.append(finding(form.rules["F-01"], [ref], place=f"“{one.label}”", raw=text, what=problem))
