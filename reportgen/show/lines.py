"""What a terminal shows, as lines: each with the severity it is about, until it is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from msgspec import Struct

from ..errors import escaped
from ..form import SEVERITIES, Form
from ..model.findings import SEVERITY_LABELS, Finding
from ..model.report import Report
from ..repairs import Repairs

_PLACE_WIDTH = 24
"""Columns; longer places push the text of their line to the right."""
_LEVEL_WIDTH = max(2 * len(label) for label in SEVERITY_LABELS.values())


class OutputLine(Struct, frozen=True):
    """A line to print.  A named tuple because a run over many files makes thousands."""

    text: str
    """One line on every screen: what a file brought into it is escaped (:func:`~reportgen.errors.escaped`)."""
    severity: str = ""
    """Of the finding it tells, for its colour; ``""`` for every other line."""


def _line(text: str, severity: str = "") -> OutputLine:
    return OutputLine(escaped(text), severity)


def summary(findings: Sequence[Finding]) -> str:
    """Return how many findings of each severity there are: ``错误 2、警告 1``."""
    count = Counter(one.severity for one in findings)
    counts = [f"{SEVERITY_LABELS[level]} {count[level]}" for level in SEVERITIES if count[level]]
    return "、".join(counts) or "全部通过"


def report_lines(report: Report, findings: Sequence[Finding], repairs: Repairs | None = None) -> Iterator[OutputLine]:
    """Yield the lines of one report: its findings in columns, likely corrections, a summary.

    Args:
        findings: what the checks said, errors first; a blank line parts the severities.
        repairs: what the search for corrections said; None if it was not run.
    """
    yield from _in_columns(findings)
    corrections = repairs.lines(report) if repairs is not None else []
    if corrections:
        yield OutputLine("")
    yield from map(_line, corrections)
    if findings:
        yield OutputLine("")
    title = report.full_title if report.org else report.path
    yield _line(f"{title}：{summary(findings)}")


def finding_lines(findings: Sequence[Finding]) -> Iterator[OutputLine]:
    """Yield findings one by one, each complete in its line."""
    return (_line(one.line(), one.severity) for one in findings)


def _in_columns(findings: Sequence[Finding]) -> Iterator[OutputLine]:
    ids = max((len(f.rule) for f in findings), default=0)
    shown = [escaped(f.place) for f in findings]
    places = min(max(map(_width, shown), default=0), _PLACE_WIDTH)
    before = ""
    for one, place in zip(findings, shown, strict=True):
        if before and one.severity != before:
            yield OutputLine("")
        before = one.severity
        level = _pad(SEVERITY_LABELS[one.severity], _LEVEL_WIDTH)
        yield _line(f"{level}  {one.rule:<{ids}}  {_pad(place, places)}  {one.text}", one.severity)


def _width(text: str) -> int:
    """Return columns on a terminal: Chinese characters and full-width punctuation take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    return text + " " * max(0, width - _width(text))


def rules_lines(form: Form) -> Iterator[OutputLine]:
    """Yield every rule of a form, one line each."""
    for rule in form.rules.values():
        level = "停用" if rule.off else SEVERITY_LABELS[rule.severity]
        reason = f"　理由：{rule.reason}" if rule.reason else ""
        yield _line(f"{rule.id}　{level}　{rule.title}　（{rule.source}）{reason}")
