"""Checks: a Report against the rules of its form → findings.

One small generator per rule kind, registered by kind in a module of this package; the rules
themselves, their texts and severities are form data.  Nothing here reads files or prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from ..form import Form, Rule
from ..model.explanations import settle
from ..model.findings import Finding, sort_findings
from ..model.report import Report
from . import cells, content, last_year, relations, shape, sums
from . import placeholders as texts

__all__ = ["check"]

Generator = Callable[[Rule, Report, bool], Iterable[Finding]]


def _narrative(rule: Rule, report: Report, strict: bool) -> Iterable[Finding]:
    """The engine behind the X rules is loaded when there is a text to judge."""
    return _engine()(rule, report, strict) if report.passages else ()


@cache
def _engine() -> Generator:
    from .texts import narrative

    return narrative


KINDS: dict[str, Generator] = {
    "equal": sums.equal,
    "at_most": sums.at_most,
    "blanks": cells.blanks,
    "whole": cells.whole,
    "decimals": cells.decimals,
    "remarks": cells.remarks,
    "identity": cells.identity,
    "headings": shape.headings,
    "edition": shape.edition,
    "selves": shape.selves,
    "placeholders": texts.placeholders,
    "relation": relations.relation,
    "jump": relations.jump,
    "repeated": last_year.repeated,
    "leftovers": last_year.leftovers,
    "period": last_year.period,
    "deadline": last_year.deadline,
    "narrative": _narrative,
    "coverage": _narrative,
    "contradictions": _narrative,
    "mentions": content.mentions,
    "length": content.length,
    "present": content.present,
    "marks": content.marks,
    "personal": content.personal,
}


@lru_cache(maxsize=16)
def _generators(form: Form) -> list[tuple[Rule, Generator]]:
    return [(rule, KINDS[rule.kind]) for rule in form.rules.values() if rule.kind in KINDS and not rule.off]


def check(report: Report, *, strict: bool = False) -> list[Finding]:
    """Judge a report by every rule of its form.

    Args:
        report: what was read.
        strict: blanks and placeholders in number cells are errors (N-01).

    Returns:
        the findings of the reader and of the rules, errors first; explained ones are ``info``.
    """
    found: list[Finding] = [*report.notices]
    for rule, generator in _generators(report.form):
        found += generator(rule, report, strict)
    return sort_findings(settle(report, found), report.form)
