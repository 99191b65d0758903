"""View: a Report in finished strings, in the order and under the names templates use.

All thinking happens here; Word and HTML only place what they are given.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias
from unicodedata import east_asian_width

import msgspec

from ..form import Form, Table
from ..form.besides import Extra
from ..model.explanations import Note
from ..model.numbers import format_number
from ..model.placeholders import entry_text, filled, filled_lines
from ..model.report import Report, Value

TITLE_LINE = 20
"""Characters of 22 pt that fit the 156 mm type area (FORMAT.md 7.4)."""
HEAD_LINE = 12
"""Characters of 36 pt, of the red head."""
TEXT_LINE = 28
"""Characters of 16 pt on a line (FORMAT.md 7.1)."""

_LONG_WORD = re.compile(r"[!-~]{20}")
_HEADING = re.compile(r"（[一二三四五六七八九十]{1,3}）[^。；！？\n]{1,40}")
"""A paragraph that is a heading of the second level (FORMAT.md 7.4): its number, and no end of a sentence."""

HeadedText: TypeAlias = tuple[str, tuple[str, ...]]
"""Sub-heading and paragraphs."""


class SectionView(msgspec.Struct, frozen=True):
    """A part of the report: its heading and its passages (sub-heading, paragraphs)."""

    id: str
    heading: str
    passages: tuple[HeadedText, ...]


class View(msgspec.Struct, frozen=True):
    """One report, ready to print."""

    form: Form
    title: str
    title_lines: tuple[str, ...]
    sections: tuple[SectionView, ...]
    figures: Mapping[str, str]
    """Cell id → printed number."""
    notes: Mapping[str, tuple[str, ...]]
    """Table id → notes below it."""
    extras: Mapping[str, tuple[str, ...]]
    """Place → the lines of the optional parts that stand there (:class:`~reportgen.form.besides.Extra`)."""
    names: Mapping[str, Any]
    """What a template can name: nested mappings, lists and strings."""


def make_view(report: Report, *, draft: bool = False, notes: Sequence[Note] = ()) -> View:
    """Return the view of a report.

    Args:
        draft: templates see ``草稿`` as true and print their mark on every page.
        notes: accepted explanations to print below the tables.
    """
    form, texts = report.form, _texts(report)
    figures = {cell: _figure(report.values[cell]) for cell in form.cells}
    sections = tuple(SectionView(s.id, s.heading, tuple(texts[s.id])) for s in form.text_sections)
    below = _below_tables(form, texts, notes)
    extras = {one.name: tuple(_extra(report, one)) for one in form.extras}
    places: dict[str, tuple[str, ...]] = {}
    for one in form.extras:
        places[one.place] = (*places.get(one.place, ()), *extras[one.name])
    names: dict[str, Any] = {name: list(lines) for name, lines in extras.items()}
    names |= {
        "标题": report.full_title, "标题行": list(title_lines(report)), "落款行": list(signature_lines(report)),
        "表式": form.document, "草稿": "草稿" if draft else "",
    }  # fmt: skip
    names |= {field.short: entry_text(report.fields.get(field.id, field.default)) for field in form.fields}
    for part, shown in zip(form.text_sections, sections, strict=True):
        passages = [{"小标题": heading, "段落": list(paragraphs)} for heading, paragraphs in shown.passages]
        names[part.number or part.title] = passages
    for table in form.tables:
        rows: dict[str, dict[str, str]] = {}
        for row, column, cell in table.figures():
            rows.setdefault(row.short, {})[column.short] = figures[cell]
        names |= {table.id: rows, notes_name(table): list(below[table.id])}
    return View(form, report.full_title, title_lines(report), sections, figures, below, places, names)


def _extra(report: Report, extra: Extra) -> Iterator[str]:
    """Yield the lines of an optional part; nothing while it is switched off."""
    for line in filled_lines(report, extra.lines) if extra.on else ():
        yield from _balanced(line, HEAD_LINE) if extra.place == "top" else (line,)


def _texts(report: Report) -> dict[str, list[HeadedText]]:
    """Return section id → heading and paragraphs of each passage, placeholders filled."""
    texts: dict[str, list[HeadedText]] = {s.id: [] for s in report.form.sections}
    for passage in filled(report):
        if passage.paragraphs:
            texts[passage.section] += _by_headings(passage.heading, passage.paragraphs)
    return texts


def _by_headings(heading: str, paragraphs: Sequence[str]) -> Iterator[HeadedText]:
    """Yield a passage in pieces, each under the heading of the second level that was typed among its paragraphs."""
    start = 0
    for n, text in enumerate(paragraphs):
        if _HEADING.fullmatch(text):
            if heading or n > start:
                yield heading, tuple(paragraphs[start:n])
            heading, start = text, n + 1
    yield heading, tuple(paragraphs[start:])


def _below_tables(
    form: Form, texts: Mapping[str, list[HeadedText]], notes: Sequence[Note]
) -> dict[str, tuple[str, ...]]:
    """Return table id → what stands below it.  A document read in may have text there; it stays there."""
    below = {
        s.table: [text for _, paragraphs in texts[s.id] for text in paragraphs]
        for s in form.sections if s.table
    }  # fmt: skip
    for note in notes:
        below[note.table].append(f"注：{note.text}")
    return {table: tuple(lines) for table, lines in below.items()}


def notes_name(table: Table) -> str:
    """Return the name under which templates find the notes below a table: ``表二说明``."""
    return f"{table.id}说明"


def _figure(value: Value) -> str:
    """Return the printed number; a figure that could not be read is only ever printed in a draft."""
    return "？" if value.state in ("problem", "missing") else format_number(value.number)


def template_names(form: Form) -> dict[str, Any]:
    """Return the shape of :attr:`View.names`: what a template may name, for checking one.

    Leaves are ``""``; a list holds one specimen of its items.
    """
    names: dict[str, Any] = {"标题": "", "标题行": [""], "落款行": [""], "表式": "", "草稿": ""}
    names.update({field.short: "" for field in form.fields})
    names.update({extra.name: [""] for extra in form.extras})
    for section in form.text_sections:
        names[section.number or section.title] = [{"小标题": "", "段落": [""]}]
    for table in form.tables:
        rows: dict[str, dict[str, str]] = {}
        for row, column, _ in table.figures():
            rows.setdefault(row.short, {})[column.short] = ""
        names |= {table.id: rows, notes_name(table): [""]}
    return names


def title_lines(report: Report) -> tuple[str, ...]:
    """Break the title between body, year and name of the document, never inside 2024年.

    The year goes to the line of the body when that fits, as published reports do (FORMAT.md 7.4).
    """
    title = report.full_title
    if len(title) <= TITLE_LINE or not report.org:
        return (title,)
    head = f"{report.org}{report.year}年"
    tail = title.removeprefix(head)
    if len(head) <= TITLE_LINE:
        return (head, tail)
    return (*_balanced(report.org, TITLE_LINE), f"{report.year}年{tail}")


def _balanced(text: str, most: int) -> tuple[str, ...]:
    """Break a text into as few lines as there must be, all of nearly the same length."""
    count = math.ceil(len(text) / most)
    edges = [round(len(text) * n / count) for n in range(count + 1)]
    return tuple(text[start:end] for start, end in pairwise(edges))


def has_long_word(text: str) -> bool:
    """Tell whether a text has a word, such as a web address, before which a justified line would be stretched."""
    return _LONG_WORD.search(text) is not None


def signature_lines(report: Report) -> tuple[str, ...]:
    """Return body and date, moved to their place with full-width blanks; nothing without a date.

    The body ends two characters before the right edge and the date begins two characters right of
    the body; where that brings the date too near the edge, both move left (GB/T 9704 7.3.5.2).
    """
    date = str(report.fields.get("signature_date", ""))
    if not date:
        return ()
    width = math.ceil(sum(1 if east_asian_width(c) in "WF" else 0.5 for c in date))
    body = _balanced(report.org, TEXT_LINE - 2)
    start = max(0, TEXT_LINE - 2 - max(*map(len, body), width + 2))
    return (*("\u3000" * start + line for line in body), "\u3000" * (start + 2) + date)
