"""``{{ 新收 }}`` in a text: the one mechanism by which text of a workbook is more than data.

A placeholder is a name between double braces, nothing else: no expressions, no calls, no loops.
It can only be looked up in the names the form gives its figures and fields, so nothing a
workbook says is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import chain, islice

import msgspec

from ..form import Form, Section
from .numbers import Number, format_number
from .report import Passage, Report

# Word processors turn typed braces into full-width ones.
_TAG = re.compile(r"[{｛]\s{0,9}[{｛](.{0,200}?)[}｝]\s{0,9}[}｝]", re.S)
_SINGLE = r"[{｛]([^{}｛｝\n]{1,60})[}｝]"
_LEFTOVER = r"[{｛]\s{0,9}[{｛%％#＃]|[}｝%％#＃]\s{0,9}[}｝]"

_EACH = 20
"""Placeholders of one passage that are reported at most."""


class Unknown(msgspec.Struct, frozen=True):
    """A placeholder no name matches."""

    passage: Passage
    raw: str
    near: tuple[str, ...]
    single: bool = False
    """The name is known; it stands in one pair of braces, so nothing is filled in."""


def names(form: Form) -> tuple[str, ...]:
    """Return every placeholder name of the form, fields first."""
    return (*(f.short for f in form.fields), *form.quantities)


def near(name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return up to three known names that look like ``name``."""
    from difflib import get_close_matches  # only mistakes need it

    close = get_close_matches(name, known, n=3, cutoff=0.5)
    held = [k for k in known if name and (name in k or k in name)][:3]
    return tuple(dict.fromkeys([*close, *held]))[:3]


def _has_brace(text: str) -> bool:
    return "{" in text or "｛" in text or "}" in text or "｝" in text


def _clean(name: str) -> str:
    return re.sub(r"\s+", "", name).replace("．", ".").replace("。", ".")


def entry_text(value: str | Number | None) -> str:
    """Return an entry of 基本信息 as it is printed."""
    return value if isinstance(value, str) else "" if value is None else format_number(value)


class _Lookup:
    """Names → texts of one report, looked up when asked for."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.fields = {f.short: f for f in report.form.fields}

    def __getitem__(self, name: str) -> str:
        cells = self.report.form.quantities.get(name)
        if cells is not None:
            return format_number(self.report.total(cells))
        field = self.fields[name]
        value = self.report.fields.get(field.id, field.default)
        return entry_text(value)


def filler(report: Report) -> Callable[[str], str]:
    """Return what replaces every placeholder in a text; unknown and empty ones stay as typed."""
    lookup = _Lookup(report)

    def put(match: re.Match[str]) -> str:
        try:
            return lookup[_clean(match[1])] or match[0]
        except KeyError:
            return match[0]

    return partial(_TAG.sub, put)


def filled(report: Report) -> tuple[Passage, ...]:
    """Return the passages with every placeholder replaced; see :func:`filler`."""
    fill = filler(report)
    return tuple(
        msgspec.structs.replace(p, paragraphs=tuple(map(fill, p.paragraphs)))
        if any(map(_has_brace, p.paragraphs)) else p
        for p in report.passages
    )  # fmt: skip


def filled_lines(report: Report, lines: Iterable[str]) -> tuple[str, ...]:
    """Return lines of the form with every placeholder replaced, without those that name an empty field."""
    lookup = _Lookup(report)
    return tuple(
        _TAG.sub(lambda match: lookup[_clean(match[1])], line) for line in lines
        if all(lookup[_clean(name)] for name in _TAG.findall(line))
    )  # fmt: skip


def typed(text: str) -> str:
    """Return a text without its placeholders: what somebody wrote himself."""
    return _TAG.sub("", text)


@lru_cache(maxsize=16)
def standard_sentence(form: Form) -> re.Pattern[str]:
    """Return the expression that the form's standard sentences match, whatever figures are filled in.

    One clause between full stops or semicolons at a time, without blanks.
    """
    texts = [sub.standard for section in form.sections for sub in section.subheadings]
    for section in form.sections:
        texts += [section.standard, section.standard_when_zero.text if section.standard_when_zero else ""]
    clauses = [clause for text in texts for clause in re.split("[。；]", _TAG.sub("\0", text)) if clause.strip()]
    return re.compile("|".join(re.escape("".join(c.split())).replace("\0", r"[\d.,]+") for c in clauses) or "(?!)")


def unknown(report: Report) -> Iterator[Unknown]:
    """Yield what looks like a placeholder but is not one: unknown names, empty fields, stray tags."""
    lookup = _Lookup(report)
    known = names(report.form)
    for passage in report.passages:
        some = (_unknown(passage, text, lookup, known) for text in passage.paragraphs if _has_brace(text))
        yield from islice(chain.from_iterable(some), _EACH)


def _unknown(passage: Passage, text: str, lookup: _Lookup, known: tuple[str, ...]) -> Iterator[Unknown]:
    for match in _TAG.finditer(text):
        name = _clean(match[1])
        if name not in known:
            yield Unknown(passage, match[0], near(name, known))
        elif not lookup[name]:
            yield Unknown(passage, match[0], ())
    rest = typed(text)
    for match in re.finditer(_LEFTOVER, rest):
        yield Unknown(passage, match[0], ())
    for match in re.finditer(_SINGLE, rest):
        if _clean(match[1]) in known:
            yield Unknown(passage, match[0], (_clean(match[1]),), single=True)


def standard_text(section: Section, report: Report) -> str:
    """Return the section's standard sentence, by what the report holds; ``""`` if none."""
    if section.standard_when_zero:
        when_zero = section.standard_when_zero
        if _Lookup(report)[when_zero.name] in ("", "0"):
            return when_zero.text
    return section.standard
