"""The overview of many reports: one page for all of them, small enough for thousands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from urllib.parse import quote

import msgspec

from ..disk.names import name_of
from ..errors import escaped
from ..form import SEVERITIES, Form
from ..model.findings import SEVERITY_LABELS, Finding
from ..model.numbers import Number, format_number
from ..rollup import STATES
from .entries import Entry
from .page import environment, policy, template_file

_BADGES = {"ok": "ok", "warnings": "warnings", "nil": "ok", "draft": "errors", "errors": "errors", "blank": "errors",
           "missing": "errors", "unreadable": "errors"}  # fmt: skip
_MISTAKES = 15
"""Mistakes that are told, the most frequent first."""
_NOTES = 40
"""Findings about the set of reports that are told."""


class _Bar(msgspec.Struct, frozen=True):
    """A figure beside the year before, and how long both are drawn."""

    name: str
    figure: str
    last: str
    length: str
    last_length: str


class _Mistake(msgspec.Struct, frozen=True):
    rule: str
    title: str
    level: str
    bodies: int
    findings: int


class _Note(msgspec.Struct, frozen=True):
    """What is to be said of the set by one rule."""

    level: str
    severity: str
    rule: str
    advice: str
    messages: tuple[str, ...]


class _Row(msgspec.Struct, frozen=True):
    entry: Entry
    body: str
    state: str
    badge: str
    file: str
    href: str
    rules: list[str]
    bar: _Bar | None


def overview_page(
    entries: Sequence[Entry], form: Form, *, title: str, notes: Sequence[Finding] = (), counted: Iterable[str] = (),
) -> str:  # fmt: skip
    """Return the overview as one self-contained HTML file; readable without its script, which sorts and filters.

    Args:
        entries: a line each, in order.
        form: the edition, for the names of rules and figures.
        title: of the page.
        notes: findings about the set of reports.
        counted: states whose figures are added up; all that have figures if empty.
    """
    script = template_file("overview.js")
    states = frozenset(counted)
    summed = [one for one in entries if one.figures and (not states or one.state in states)]
    most = max((number for one in entries for number in (*one.figures[:1], *one.last[:1])), default=0)
    count = Counter(STATES[one.state] for one in entries)  # type: ignore[index]
    told = [one for one in notes if one.severity != "info"]
    text = environment().get_template("overview.html").render(
        title=title, policy=policy(script), script=script,
        summary=f"一个单位或一份文件一行，共 {len(entries)} 行：" + "、".join(f"{name} {count[name]}" for name in STATES.values() if count[name]),
        levels=[SEVERITY_LABELS[one] for one in SEVERITIES], received=form.rollup.received,
        rows=[_row(one, most) for one in entries], bars=list(_bars(summed, form)), compared=_compared(summed),
        mistakes=list(_mistakes(entries, form)), states=[name for name in STATES.values() if count[name]],
        groups=sorted({one.group for one in entries if one.group}),
        rules=sorted({rule for one in entries for rule in one.mistakes}),
        notes=list(_notes(told[:_NOTES])), more=max(0, len(told) - _NOTES),
    )  # fmt: skip
    return escaped(text, lines=True)


def _notes(told: Sequence[Finding]) -> Iterator[_Note]:
    for (severity, rule, advice), group in groupby(told, lambda one: (one.severity, one.rule, one.advice)):
        yield _Note(SEVERITY_LABELS[severity], severity, rule, advice, tuple(one.message for one in group))


def _row(one: Entry, most: Number) -> _Row:
    file = name_of(one.file)
    bar = _bar("", one.figures[0], one.last[0] if one.last else None, most) if one.figures else None
    return _Row(
        one, one.body or file or "—", STATES[one.state], _BADGES.get(one.state, "info"),  # type: ignore[index]
        file, quote(one.page), sorted(one.mistakes), bar,
    )  # fmt: skip


def _bar(name: str, number: Number, last: Number | None, most: Number) -> _Bar:
    def length(of: Number) -> str:
        return f"{float(100 * of / most):.0f}" if most else "0"

    shown = "" if last is None else format_number(last)
    return _Bar(name, format_number(number), shown, length(number), "" if last is None else length(last))


def _bars(summed: Sequence[Entry], form: Form) -> Iterator[_Bar]:
    """Yield received and outcomes over all; the year before only where it is known of everybody."""
    names = [name for name in (form.rollup.received, *form.rollup.outcomes) if name]
    both = [one for one in summed if one.last]
    these = [sum(column) for column in zip(*(one.figures for one in both or summed), strict=True)]
    before = [sum(column) for column in zip(*(one.last for one in both), strict=True)] or [None] * len(names)
    most = max((number for number in (*these, *before) if number is not None), default=0)
    yield from (_bar(*one, most) for one in zip(names, these, before, strict=False))


def _compared(summed: Sequence[Entry]) -> str:
    both = sum(bool(one.last) for one in summed)
    if not both:
        return f"{len(summed)} 份报告的合计；没有上年的报告可比。"
    if both < len(summed):
        rest = f"另有 {len(summed) - both} 份没有上年数，没有算进来"
        return f"有上年数的 {both} 份报告的合计，粗的是今年，细的是上年；{rest}。"
    return f"{both} 份报告的合计，粗的是今年，细的是上年。"


def _mistakes(entries: Sequence[Entry], form: Form) -> Iterator[_Mistake]:
    bodies = Counter(rule for one in entries for rule in one.mistakes)
    findings = Counter[str]()
    for one in entries:
        findings.update(one.mistakes)
    for rule, count in sorted(bodies.items(), key=lambda item: (-item[1], item[0]))[:_MISTAKES]:
        known = form.rules.get(rule)
        level = SEVERITY_LABELS[known.severity] if known else ""
        yield _Mistake(rule, known.title if known else "", level, count, findings[rule])
