"""Texts that would not be read as texts: headings, the title, sub-headings and tables pasted into them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from ..form.rule import Pasted
from ..model.findings import Finding
from ..model.report import Passage, Report
from ..recogniser.prose import section_of_line
from ..recogniser.titles import parse_title
from .facts import Facts

_LONGEST_TITLE = 100  # characters
_NAMED = 6
"""Lines that a message names."""


def pasted(rule: Pasted, facts: Facts) -> Iterator[Finding]:
    """C-14: lines that the finished report would have as something else, or twice."""
    for passage in facts.passages:
        wrong = list(_headings(facts.report, passage.paragraphs))
        doubtful = [*_subheadings(facts, passage), *_tables(rule, passage.paragraphs)]
        if wrong or doubtful:
            what = _few(list(dict.fromkeys([*wrong, *doubtful])))
            yield facts.about(rule, passage, severity=rule.severity if wrong else rule.weak, what=what)


def _few(what: Sequence[str]) -> str:
    return "、".join(what[:_NAMED]) + (f"等{len(what)}处" if len(what) > _NAMED else "")


def _headings(report: Report, paragraphs: Sequence[str]) -> Iterator[str]:
    """Yield the lines that are the report's title or the heading of a part."""
    for text in paragraphs:
        if section_of_line(report.form, text) is not None:
            yield f"标题“{text}”"
        elif len(text) <= _LONGEST_TITLE and parse_title(report.form, text) is not None:
            yield f"报告标题“{text}”"


def _subheadings(facts: Facts, passage: Passage) -> Iterator[str]:
    """Yield the lines that stand as a sub-heading of the same part already."""
    known = {_plain(other.heading) for other in facts.sections[passage.section] if other.heading}
    for text in passage.paragraphs:
        if _plain(text) in known:
            yield f"已有的小标题“{text}”"


def _tables(rule: Pasted, paragraphs: Sequence[str]) -> Iterator[str]:
    """Yield the runs of lines that look like the rows of a table, by their first line."""
    if len(paragraphs) < rule.lines:
        return
    for alike, run in groupby(paragraphs, key=lambda text: re.search(rule.table, text) is not None):
        lines = list(run)
        if alike and len(lines) >= rule.lines:
            yield f"{len(lines)}行像是表格的内容（“{' '.join(lines[0].split())[:20]}”起）"


def _plain(text: str) -> str:
    return "".join(text.split())
