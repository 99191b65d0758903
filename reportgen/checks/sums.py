"""Arithmetic rules: 勾稽关系 as equations over cells (FORMAT.md 6.3, 6.4)."""

from __future__ import annotations

from collections.abc import Iterator

from ..form import Equation
from ..form.kinds import AtMost, Equal, Rule
from ..model.findings import Finding, finding
from ..model.numbers import Number, difference
from .facts import Facts

__all__ = ["at_most", "equal"]


def equal(rule: Equal, facts: Facts) -> Iterator[Finding]:
    """T3-01 … T4-01: both sums of an equation are the same."""
    broken = [one for one in _judged(rule, facts) if one[1] != one[2]]
    for equation, left, right in broken:
        if len(broken) == 1 or not _follows(equation, facts):
            yield _finding(rule, facts, equation, left, right)


def _follows(equation: Equation, facts: Facts) -> bool:
    """Whether formulas fill every cell of a sum: it is broken because others are, which are told."""
    return all(facts.report.values[cell].formula for cell in equation.cells)


def at_most(rule: AtMost, facts: Facts) -> Iterator[Finding]:
    """T3-06: the sum on the left is not greater than the one on the right."""
    for equation, left, right in _judged(rule, facts):
        if left > right:
            yield _finding(rule, facts, equation, left, right)


def _judged(rule: Rule, facts: Facts) -> Iterator[tuple[Equation, Number, Number]]:
    """Yield the rule's equations that can be judged, with both sums.

    An equation with an unreadable or missing cell cannot be judged; that cell has a finding of
    its own (N-02, S-04), as have rows that the form does not have.  Blanks count as 0 (N-01); those
    that break sums are told instead of these (N-11).
    """
    for equation in facts.equations.get(rule.id, ()):
        left, right = facts.total(equation.left), facts.total(equation.right)
        told = equation in facts.filling.settled
        if not told and left is not None and right is not None and facts.report.is_judgeable(equation):
            yield equation, left, right


def _finding(rule: Rule, facts: Facts, equation: Equation, left: Number, right: Number) -> Finding:
    return finding(
        rule, [facts.report.ref(cell) for cell in equation.cells], strict=facts.strict,
        actual=left, expected=right, difference=difference(left, right), equation=equation,
        place=equation.place, left=left, right=right,
    )  # fmt: skip
