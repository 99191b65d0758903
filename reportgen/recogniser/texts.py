"""Fields, title and texts: 基本信息, 文字内容 and the paragraphs of a document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..findings import CellRef, Finding, finding
from ..form import Field, Form, Section
from ..numbers import Number, exact, parse_number
from ..report import Origin, Passage
from ..sources import Document, Grid, GridCell, Paragraph
from .labels import key
from .tables import GridIndex

__all__ = ["Texts", "chinese_date", "find_texts", "parse_title"]

_ILLEGAL = re.compile(r"[\x00-\x08\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_BREAKS = re.compile(r"\r\n|[\r\n\x0b\x0c\u2028\u2029]")
_SUBHEADING = re.compile(r"^[（(][一二三四五六七八九十]+[）)][^。；;，,：:]{1,28}。?$")
_DATE = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*日?")
_CONTROL = re.compile(r"_x00(?:0[0-8BCEF]|1[0-9A-F])_", re.I)


@dataclass(slots=True)
class Texts:
    """What a document says outside its tables."""

    fields: dict[str, str | Number] = field(default_factory=dict)
    field_origins: dict[str, Origin] = field(default_factory=dict)
    title: str = ""
    passages: list[Passage] = field(default_factory=list)
    headings: list[tuple[str, str]] = field(default_factory=list)
    """(section id, heading as it stands), in the order found."""
    findings: list[Finding] = field(default_factory=list)
    last_year_texts: dict[str, str] = field(default_factory=dict)


def find_texts(form: Form, document: Document) -> Texts:
    """Find fields, title and passages in sheets and paragraphs."""
    texts = Texts()
    heads = [key(h) for h in form.sheets.text_heads]
    for grid in document.grids:
        index = GridIndex(grid)
        head = _head_row(index, heads)
        if head:
            _text_sheet(form, index, head, texts)
        else:
            _fields(form, index, texts)
    _paragraphs(form, document.paragraphs, texts)
    cells = (c.value for g in document.grids if not g.hidden for c in g.cells if isinstance(c.value, str))
    _title(form, cells, texts)
    return texts


# --------------------------------------------------------------------------- title


def parse_title(form: Form, text: str) -> tuple[str, int] | None:
    """Return body and year if ``text`` is a title of this report, in any wording in use."""
    for pattern in form.title_patterns:
        match = pattern.fullmatch(key(text))
        if match:
            return match["org"], int(match["year"])
    return None


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
                entry = index.at.get(place)
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


def chinese_date(value: object) -> str:
    """Return a date as ``2025年1月20日`` (GB/T 9704 7.3.5.4), ``""`` if it is none."""
    if isinstance(value, (dt.datetime, dt.date)):
        return f"{value.year}年{value.month}月{value.day}日"
    match = _DATE.fullmatch(key(str(value)).replace(" ", ""))
    if not match:
        return ""
    try:
        date = dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return ""
    return f"{date.year}年{date.month}月{date.day}日"


# --------------------------------------------------------------------------- texts


def clean(text: str) -> str:
    """Drop what no document can hold: control characters, also as workbooks escape them."""
    return _ILLEGAL.sub("", _CONTROL.sub("", text))


def split_paragraphs(text: str) -> tuple[str, ...]:
    """Line breaks make paragraphs; blank lines and surrounding blanks do not count."""
    return tuple(p for p in (clean(line).strip() for line in _BREAKS.split(text)) if p)


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
    for row in range(first, max((r for r, _ in index.at), default=0) + 1):
        part_cell = index.at.get((row, part))
        if part_cell is not None and part_cell.value and part_cell.row == row:
            section = _section(form, str(part_cell.value))
        body_cell = index.at.get((row, body))
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
        sub_cell = index.at.get((row, sub))
        heading = clean(str(sub_cell.value)).strip() if sub_cell is not None and sub_cell.value else ""
        texts.passages.append(Passage(section.id, heading, paragraphs, origin))


def _section(form: Form, text: str) -> Section | None:
    """Return the part whose heading (or a known variant) this is."""
    wanted = key(text).rstrip("。.:")
    for section in form.sections:
        if wanted in {key(t) for t in (section.heading, section.title, *section.variants) if t}:
            return section
    return None


def _paragraphs(form: Form, paragraphs: tuple[Paragraph, ...], texts: Texts) -> None:
    """Split a document's paragraphs by the prescribed headings."""
    current = form.sections[0].id if form.sections[0].optional else ""
    heading = ""
    held: list[str] = []
    origin: Origin | None = None
    seen_title: list[str] = []

    def close() -> None:
        if current and held:
            texts.passages.append(Passage(current, heading, tuple(held), origin))

    for paragraph in paragraphs:
        lines = split_paragraphs(paragraph.text)
        text = " ".join(lines)
        if not text:
            continue
        section = _section(form, text) if len(text) <= 60 else None
        if not texts.headings and section is None and not texts.title and len(seen_title) < 6:
            # The title may stand on several lines.
            seen_title.append(text)
            for start in range(len(seen_title)):
                joined = "".join(seen_title[start:])
                if parse_title(form, joined):
                    texts.title, held = joined, []
                    break
            if texts.title:
                continue
        if section is not None and section.heading:
            close()
            texts.headings.append((section.id, text))
            current, heading, held, origin = section.id, "", [], None
        elif _SUBHEADING.match(text) and current:
            close()
            heading, held = text, []
            origin = Origin("正文", paragraph.address)
        else:
            origin = origin or Origin("正文", paragraph.address)
            held = [*held, *lines]
    if (
        held
        and len(held) >= 2
        and key(held[-2]) == key(str(texts.fields.get("org", "")))
        and chinese_date(held[-1])
    ):
        texts.fields.setdefault("signature_date", chinese_date(held[-1]))
        held = held[:-2]
    close()


def last_year_texts(form: Form, grids: tuple[Grid, ...]) -> Mapping[str, str]:
    """Last year's texts from the sheet 上年数据, by section id."""
    found: dict[str, str] = {}
    for grid in grids:
        index = GridIndex(grid)
        for section_id in form.last_year_sections:
            for cell in index.labels.get(key(form.last_year_text_label(section_id)), ()):
                entry = index.at.get((cell.row, cell.column + cell.column_span))
                if entry is not None and isinstance(entry.value, str) and entry.value.strip():
                    found.setdefault(section_id, clean(entry.value).strip())
    return found
