"""Rules about single cells and about whose report it is (FORMAT.md 6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from ..form import Cell, Rule
from ..model.findings import CellRef, Finding, finding
from ..model.report import Report, Value
from .facts import facts_of
from .shape import title_wording

__all__ = ["blanks", "decimals", "identity", "remarks", "whole"]

_LISTED = 8  # addresses named in one message before it says 等


def blanks(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """N-01: one finding per table, listing the cells that hold no number."""
    blank_or_word = [(c, v) for c, v in facts_of(report).odd if v.state in ("blank", "placeholder")]
    for table in report.form.tables:
        empty = [c for c, _ in blank_or_word if c.table == table.id]
        if empty:
            raws = sorted(
                {report.values[c.id].raw.strip() for c in empty if report.values[c.id].state == "placeholder"}
            )
            blank = sum(report.values[c.id].state == "blank" for c in empty)
            what = [f"空白{blank}格"] if blank else []
            what += [f"填“{raw}”" for raw in raws]
            yield finding(
                rule, [report.ref(c.id) for c in empty], strict=strict,
                table=table.id, count=len(empty), what="、".join(what),
            )  # fmt: skip


def _problems(report: Report, kind: str) -> Iterator[tuple[Cell, Value]]:
    for cell, value in facts_of(report).odd:
        if value.state == "problem" and cell.kind == kind:
            yield cell, value


def whole(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """N-02: a count that is negative, broken or no number."""
    yield from _unreadable(rule, report, "count")


def decimals(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """N-03: an amount that is negative, too fine or no number."""
    yield from _unreadable(rule, report, "amount")


def _unreadable(rule: Rule, report: Report, kind: str) -> Iterator[Finding]:
    for cell, value in _problems(report, kind):
        yield finding(rule, [report.ref(cell.id)], place=f"“{cell.label}”", raw=value.raw, what=value.remark)


def remarks(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """N-04: a number that had to be stripped of something to be read."""
    for cell, value in facts_of(report).odd:
        if value.state == "number" and value.remark:
            yield finding(
                rule, [report.ref(cell.id)], actual=value.number,
                place=f"“{cell.label}”", raw=value.raw, what=value.remark, value=value.number,
            )  # fmt: skip


def identity(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """S-02, S-03: the body's name and the year of the data, and the title that follows."""
    form, field_id = report.form, str(rule.options["field"])
    field = form.field(field_id)
    origin = report.field_origins.get(field_id)
    ref = [CellRef(origin, field.label)] if origin else []
    value = report.fields.get(field_id)
    if not value:
        yield finding(rule, ref, what=f"没有填写{field.label}，无法确定标题")
    elif field.kind == "year" and not isinstance(value, int):
        yield finding(rule, ref, what=f"{field.label}“{value}”不是四位数字的年份")
    elif report.title and str(value) not in report.title:
        yield finding(rule, ref, what=f"标题“{report.title}”里没有{field.label}“{value}”")
    if rule.options.get("wording"):
        yield from title_wording(rule, report)
