"""Rules about the texts of the report."""

from __future__ import annotations

from collections.abc import Iterator

from ..form import Form, Rule
from ..model.findings import CellRef, Finding, finding
from ..model.placeholders import unknown
from ..model.report import Passage, Report

__all__ = ["passage_label", "placeholders"]


def passage_label(form: Form, passage: Passage) -> str:
    """Name a passage in the form's words: part, then sub-heading."""
    section = form.section(passage.section)
    heading = section.heading or section.title
    return f"{heading}／{passage.heading}" if passage.heading else heading


def placeholders(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """P-01: placeholders whose name the form does not know, or whose field is empty."""
    for one in unknown(report):
        label = passage_label(report.form, one.passage)
        near = f"，是不是“{'”或“'.join(one.near)}”？" if one.near else "，或对应的内容还没有填"
        yield finding(rule, [CellRef(one.passage.origin, label)], place=f"“{label}”", raw=one.raw, what=near)
