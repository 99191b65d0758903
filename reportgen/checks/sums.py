"""Arithmetic rules: 勾稽关系 as equations over cells (FORMAT.md 6.3, 6.4)."""

from __future__ import annotations

from collections.abc import Iterator

from ..form import Equation, Rule
from ..form.kinds import AtMost, Equal, RegisterRule
from ..model.findings import CellRef, Finding, finding, what_of
from ..model.numbers import Number, difference, show
from ..model.report import Value
from .facts import Facts


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


def register(rule: RegisterRule, facts: Facts) -> Iterator[Finding]:
    """R-01: what the register has for a total is the total; one finding per table."""
    report = facts.report
    for table in facts.form.tables if report.register else ():
        odd: list[tuple[CellRef, str]] = []
        for cell in (c for c in table.register_cells if c in report.register and c not in facts.unknown):
            if said := _apart(facts.numbers[cell], report.register[cell]):
                odd.append((report.register_ref(cell), f"“{facts.form.cells[cell].row_label}”{said}"))
        if odd:
            refs = [ref for ref, _ in odd]
            totals = [report.ref(ref.id.partition(".")[2]) for ref in refs]
            yield finding(
                rule, [*refs, *totals], strict=facts.strict, table=table.id, count=len(odd),
                what=what_of(refs, [said for _, said in odd]),
            )  # fmt: skip


def _apart(number: Number, register: Value) -> str:
    """Say how a figure differs from the register's, ``""`` if it does not."""
    if register.number is None:
        return f"台账填的“{register.raw.strip()}”不是可用的数字，没有核对"
    apart = difference(max(number, register.number), min(number, register.number))
    return f"表中{show(number)}，台账{show(register.number)}，相差{show(apart)}" if apart else ""


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
