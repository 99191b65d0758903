"""Arithmetic rules: 勾稽关系 as equations over cells (FORMAT.md 6.3, 6.4)."""

from __future__ import annotations

from collections.abc import Iterator

from ..form import Equation, Rule
from ..model.findings import Finding, finding
from ..model.numbers import Number, difference
from ..model.report import Report
from .facts import equations_of, facts_of

__all__ = ["at_most", "equal"]


def _judged(rule: Rule, report: Report) -> Iterator[tuple[Equation, Number, Number]]:
    """Yield the rule's equations that can be judged, with both sums.

    An equation with an unreadable or missing cell cannot be judged; that cell has a finding of
    its own (N-02, S-04).  Blanks count as 0 (N-01).
    """
    facts = facts_of(report)
    number = facts.numbers.__getitem__
    for equation in equations_of(report.form).get(rule.id, ()):
        if not facts.unknown or facts.unknown.isdisjoint(equation.cells):
            yield equation, sum(map(number, equation.left)), sum(map(number, equation.right))


def equal(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    for equation, left, right in _judged(rule, report):
        if left != right:
            yield _finding(rule, report, equation, left, right, strict)


def at_most(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    for equation, left, right in _judged(rule, report):
        if left > right:
            yield _finding(rule, report, equation, left, right, strict)


def _finding(
    rule: Rule, report: Report, equation: Equation, left: Number, right: Number, strict: bool
) -> Finding:
    return finding(
        rule, [report.ref(cell) for cell in equation.cells], strict=strict,
        actual=left, expected=right, difference=difference(left, right), equation=equation,
        place=equation.place, left=left, right=right,
    )  # fmt: skip
