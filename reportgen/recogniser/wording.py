"""Titles, headings, dates and texts as people word them, and what a document says in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from ..form import Form, Section
from ..form.likeness import key
from ..model.findings import CellRef, Finding
from ..model.numbers import Number
from ..model.report import Origin, Passage
from ..sources import Paragraph

_ILLEGAL = r"[\x00-\x08\x0c\x0e-\x1f\x7f\ufffe\uffff]"
_BREAKS = re.compile(r"\r\n|[\r\n\x0b\x0c\u2028\u2029]")
_DATE = r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*日?"


class Texts(msgspec.Struct):
    """What a document says outside its tables, filled in step by step."""

    fields: dict[str, str | Number] = {}
    field_origins: dict[str, Origin] = {}
    title: str = ""
    body: Sequence[Paragraph] = ()
    """The paragraphs behind the title."""
    passages: list[Passage] = []
    headings: list[tuple[str, str]] = []
    """(section id, heading as it stands), in the order found."""
    findings: list[Finding] = []
    computed: list[tuple[CellRef, str]] = []
    """Cells whose formula had no stored result and was computed by us; each with what it gives."""
    invisible: list[tuple[CellRef, str]] = []
    """Texts with characters that nobody sees, and which; they are left out."""


def chinese_date(value: object) -> str:
    """Return a date as ``2025年1月20日`` (GB/T 9704 7.3.5.4), ``""`` if it is none."""
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    match = re.fullmatch(_DATE, key(str(value)).replace(" ", ""))
    if not match:
        return ""
    try:
        date = dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return ""
    return f"{date.year}年{date.month}月{date.day}日"


def clean(text: str) -> str:
    """Drop what no document can hold: control characters."""
    return text if text.isprintable() else re.sub(_ILLEGAL, "", text)


def split_paragraphs(text: str) -> tuple[str, ...]:
    """Line breaks make paragraphs; blank lines and surrounding blanks do not count."""
    if text.isprintable():  # nothing to break at and nothing to drop
        return (line,) if (line := text.strip()) else ()
    return tuple(p for p in (clean(line).strip() for line in _BREAKS.split(text)) if p)


def section_of(form: Form, text: str) -> Section | None:
    """Return the part whose heading (or a known variant) this is."""
    return _headings(form).get(key(text).rstrip("。.:"))


@lru_cache(maxsize=16)
def _headings(form: Form) -> dict[str, Section]:
    """Key of a heading → the first part that has it, in any wording."""
    return {
        key(text): section
        for section in reversed(form.sections)
        for text in (section.heading, section.title, *section.also, *section.variants)
        if text
    }
