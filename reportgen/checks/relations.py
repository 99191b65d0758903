"""Rules that relate figures of this year and last year (FORMAT.md 6.2–6.4)."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from decimal import Decimal

from ..form import Comparison, Relation, Rule, Term
from ..model.findings import CellRef, Finding, finding
from ..model.numbers import Number, difference, format_number
from ..model.report import Report
from .facts import Facts, facts_of, relations_of

__all__ = ["jump", "last_ref", "relation"]

_OPERATORS = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class _CannotJudge(Exception):  # noqa: N818 - a signal inside this module, not an error
    """A figure it needs is missing, unreadable, or last year's is not known."""


def relation(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """Every instance of the rule whose conditions hold and whose comparison does not."""
    facts = facts_of(report)
    for one, needs_last in relations_of(report.form).get(rule.id, ()):
        if needs_last and not report.last_year:
            continue
        try:
            if not _applies(one, facts) or _holds(one.expect, facts):
                continue
        except _CannotJudge:
            continue
        left, right = _sum(one.expect.left, facts), _sum(one.expect.right, facts)
        terms = (*one.expect.left, *one.expect.right)
        refs = [
            last_ref(report, cell) if term.last else report.ref(cell) for term in terms for cell in term.cells
        ]
        yield finding(
            rule, refs, strict=strict, actual=left, expected=right, difference=difference(left, right),
            place=_place(one, report), left=left, right=right,
        )  # fmt: skip


def last_ref(report: Report, cell: str) -> CellRef:
    """Point at one of last year's figures."""
    value = report.last_year[cell]
    return CellRef(value.origin, f"上年 {report.form.cells[cell].label}", value.number, f"上年.{cell}")


def _place(one: Relation, report: Report) -> str:
    """Name the figure it is about: the first one, or the group it is the sum of."""
    term = next(t for t in (*one.expect.left, *one.expect.right) if t.cells)
    label = report.form.cells[term.cells[0]].label
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
    left, right = _sum(comparison.left, facts), _sum(comparison.right, facts)
    result: bool = _OPERATORS[comparison.operator](left, right)
    return result


def _sum(terms: tuple[Term, ...], facts: Facts) -> Number:
    total: Number = 0
    for term in terms:
        if not term.cells or term.last:
            total += term.factor * _term(term, facts.report)
        elif facts.unknown and not facts.unknown.isdisjoint(term.cells):
            raise _CannotJudge
        else:
            total += term.factor * sum(map(facts.numbers.__getitem__, term.cells))
    return total if isinstance(total, int) or total != total.to_integral_value() else int(total)


def _term(term: Term, report: Report) -> Number:
    """The value of a term that is no figure of this year."""
    if term.field:
        field = report.form.field(term.field)
        value = report.fields.get(term.field, field.default)
        if isinstance(value, str) or value is None:
            raise _CannotJudge
        return value
    if not term.cells:
        return 1
    total: Number = 0
    for cell in term.cells:
        known = report.last_year.get(cell)
        if known is None or known.number is None:
            raise _CannotJudge
        total += known.number
    return total


def jump(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """A figure that changed by more than ``percent`` and more than ``least`` against last year."""
    percent, least = int(rule.options["percent"]), int(rule.options["least"])
    for cell in rule.options["cells"]:
        last = report.last_year.get(cell)
        now = report.values[cell]
        if last is None or last.number is None or now.number is None:
            continue
        change = difference(now.number, last.number)
        base = min(now.number, last.number) if percent > 100 else last.number
        if base == 0 or change <= least or change * 100 <= percent * base:
            continue
        times = Decimal(now.number) / Decimal(last.number) if last.number else Decimal(0)
        what = f"为上年的 {format_number(round(times * 100, 1))}%"
        refs = [report.ref(cell), last_ref(report, cell)]
        label = f"“{report.form.cells[cell].label}”"
        yield finding(
            rule, refs, strict=strict, actual=now.number, expected=last.number, place=label, what=what
        )
