"""Checks: a Report against the rules of its form → findings.

One small generator per rule kind, in the module of its subject; the rules themselves, their texts
and severities are form data.  Nothing here reads files or prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from msgspec.structs import replace

from ..form import Form, Rule
from ..model.explanations import settle
from ..model.findings import Finding, sort_findings
from ..model.report import Report
from . import cells, content, gaps, last_year, narrative, pasted, placeholders, relations, shape, sums, who, years
from .facts import Facts

__all__ = ["KINDS", "check"]

Generator: TypeAlias = Callable[[Any, Facts], Iterable[Finding]]
"""Takes a rule of its kind (:mod:`reportgen.form.kinds`) and what is known of the report."""

KINDS: dict[str, Generator] = {
    "equal": sums.equal,
    "at_most": sums.at_most,
    "register": sums.register,
    "blanks": cells.blanks,
    "gaps": gaps.gaps,
    "whole": cells.whole,
    "decimals": cells.decimals,
    "remarks": cells.remarks,
    "room": cells.room,
    "identity": cells.identity,
    "headings": shape.headings,
    "edition": shape.edition,
    "selves": who.selves,
    "authors": who.authors,
    "misnamed": who.misnamed,
    "unit": who.unit,
    "placeholders": placeholders.placeholders,
    "relation": relations.relation,
    "jump": relations.jump,
    "magnitude": relations.magnitude,
    "repeated": last_year.repeated,
    "leftovers": last_year.leftovers,
    "period": last_year.period,
    "deadline": years.deadline,
    "other_years": years.other_years,
    "narrative": narrative.narrative,
    "coverage": narrative.coverage,
    "contradictions": narrative.contradictions,
    "crowded": narrative.crowded,
    "mentions": content.mentions,
    "length": content.length,
    "present": content.present,
    "marks": content.marks,
    "pasted": pasted.pasted,
    "personal": content.personal,
}
"""The generator of each kind; rules of other kinds are those whose findings the reader makes."""


def check(report: Report, *, strict: bool = False) -> list[Finding]:
    """Judge a report by every rule of its form.

    Args:
        report: what was read.
        strict: blanks and placeholders in number cells are errors (N-01).

    Returns:
        the findings of the reader and of the rules, errors first; explained ones are ``info``.
    """
    facts = Facts(report, strict=strict)
    found: list[Finding] = [*report.notices]
    for rule, generator in _applied(report.form):
        found += generator(rule, facts)
    body = f"{report.org}{report.year or ''}"
    found = [replace(one, body=body) for one in found]
    return sort_findings(settle(report, found), report.form)


@lru_cache(maxsize=16)
def _applied(form: Form) -> tuple[tuple[Rule, Generator], ...]:
    """Return the rules of a form that are judged here, with their generators."""
    return tuple((r, KINDS[r.kind]) for r in form.rules.values() if r.kind in KINDS and not r.off)
