"""Rules that relate figures of this year and last year (FORMAT.md 6.2–6.4)."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from decimal import Decimal

from ..form import Comparison, Relation, Term
from ..form.kinds import Jump, Magnitude, RelationRule
from ..model.findings import Finding, finding
from ..model.numbers import Number, difference, format_number
from ..model.report import Report
from .facts import Facts

_OPERATORS = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def relation(rule: RelationRule, facts: Facts) -> Iterator[Finding]:
    """Every instance of the rule whose conditions hold and whose comparison does not."""
    for one in facts.relations.get(rule.id, ()):
        sides = _sides(one.expect, facts)
        if sides and not _OPERATORS[one.expect.operator](*sides) and _applies(one, facts):
            yield _finding(rule, one, facts, *sides)


def _finding(rule: RelationRule, one: Relation, facts: Facts, left: Number, right: Number) -> Finding:
    report = facts.report
    refs = [
        report.last_year_ref(cell) if term.last else report.ref(cell)
        for term in (*one.expect.left, *one.expect.right) for cell in term.cells
    ]  # fmt: skip
    return finding(
        rule, refs, strict=facts.strict, actual=left, expected=right, difference=difference(left, right),
        place=_place(one, facts), left=left, right=right,
    )  # fmt: skip


def _place(one: Relation, facts: Facts) -> str:
    """Name the figure it is about: the first one, or the group it is the sum of."""
    terms = (*one.expect.left, *one.expect.right)
    term = next((t for t in terms if t.cells), None)
    if term is None:
        return f"“{facts.form.field(next(t.field for t in terms if t.field)).label}”"
    label = facts.form.cells[term.cells[0]].label
    if len(term.cells) > 1:
        label = label.rsplit("／", 2)[0]
    return f"{'上年' if term.last else ''}“{label}”"


def _applies(one: Relation, facts: Facts) -> bool:
    report = facts.report
    for name, values in one.fields:
        if report.fields.get(name) not in values:
            return False
    for name, values in one.unless_fields:
        if not report.fields.get(name) or report.fields.get(name) in values:
            return False
    if one.from_year and (report.year or 0) < one.from_year:
        return False
    if one.text:
        section, pattern = one.text
        said = "\n".join(t for p in report.passages if p.section == section for t in p.paragraphs)
        if not re.search(pattern, said):
            return False
    return all(_holds(condition, facts) for condition in one.when)


def _holds(comparison: Comparison, facts: Facts) -> bool:
    sides = _sides(comparison, facts)
    return sides is not None and bool(_OPERATORS[comparison.operator](*sides))


def _sides(comparison: Comparison, facts: Facts) -> tuple[Number, Number] | None:
    """Return the two sums that are compared; None if a figure is missing or cannot be read."""
    left = _sum(comparison.left, facts)
    right = None if left is None else _sum(comparison.right, facts)
    return None if left is None or right is None else (left, right)


def _sum(terms: tuple[Term, ...], facts: Facts) -> Number | None:
    total: Number = 0
    for term in terms:
        known = facts.total(term.cells) if term.cells and not term.last else _term(term, facts.report)
        if known is None:
            return None
        total += term.factor * known
    return total if isinstance(total, int) or total != total.to_integral_value() else int(total)


def _term(term: Term, report: Report) -> Number | None:
    """Return the value of a term that is not a figure of this year: a field, last year's, a number."""
    if term.field:
        value = report.fields.get(term.field, report.form.field(term.field).default)
        return None if isinstance(value, str) else value
    if not term.cells:
        return 1
    total: Number = 0
    for cell in term.cells:
        known = report.last_year.get(cell)
        if known is None or known.number is None:
            return None
        total += known.number
    return total


def magnitude(rule: Magnitude, facts: Facts) -> Iterator[Finding]:
    """T2-09 and the like: a figure too large for such a body, or for what stands beside it."""
    units = facts.units
    limits = [rule.most[unit] for unit in units if unit in rule.most]
    beside = [cell for cell in rule.beside if facts.report.number(cell)]
    pieces = facts.report.total(beside)
    for cell in rule.cells if limits and len(limits) == len(units) else ():
        number, unit = facts.report.number(cell), facts.form.cells[cell].unit or "件"
        why = []
        if number > max(limits):
            why.append(f"“{'”或“'.join(units)}”一般不超过{max(limits)}{unit}")
        if rule.each and pieces and number > rule.least and number > rule.each * pieces:
            why.append(f"平均每件{format_number(round(Decimal(number) / Decimal(pieces), 2))}{unit}")
        if why:
            names = [
                f"{facts.form.cells[c].label.split('／')[0]}{format_number(facts.report.number(c))}件" for c in beside
            ]
            told = [*why, f"同表{'、'.join(names)}"] if names else why
            yield finding(
                rule, [facts.report.ref(c) for c in (cell, *beside)], strict=facts.strict, actual=number,
                place=f"“{facts.form.cells[cell].label}”", what="，".join(told),
            )  # fmt: skip


def jump(rule: Jump, facts: Facts) -> Iterator[Finding]:
    """T2-07, T2-08: a figure that changed by more than ``least`` and ``percent`` against last year.

    More than 100 percent are of the smaller of the two, so that a fall counts as a rise does.
    """
    for cell in rule.cells:
        last, now = facts.report.last_year.get(cell), facts.report.values[cell]
        if last is None or last.number is None or now.number is None:
            continue
        if _jumps(now.number, last.number, rule.percent, rule.least):
            times = Decimal(now.number) / Decimal(last.number)
            yield finding(
                rule, [facts.report.ref(cell), facts.report.last_year_ref(cell)], strict=facts.strict,
                actual=now.number, expected=last.number, place=f"“{facts.form.cells[cell].label}”",
                what=f"为上年的 {format_number(round(times * 100, 1))}%",
            )  # fmt: skip


def _jumps(now: Number, last: Number, percent: int, least: int) -> bool:
    change = difference(now, last)
    base = min(now, last) if percent > 100 else last
    return base != 0 and change > least and change * 100 > percent * base
