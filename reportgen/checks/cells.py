"""Rules about single cells and about whose report it is (FORMAT.md 6.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..form import Cell, Rule
from ..form.kinds import Blanks, Decimals, Identity, Remarks, Room, Whole
from ..form.likeness import key
from ..model.findings import CellRef, Finding, by_table, finding
from ..model.numbers import format_number, show
from ..model.report import Report, Value
from ..recogniser.titles import parse_title
from .facts import Facts
from .shape import title_wording


def blanks(rule: Blanks, facts: Facts) -> Iterator[Finding]:
    """N-01: one finding per table, listing the cells that hold no number and break no sum; N-12: those declared 0."""
    zero = any(facts.report.fields.get(name) in values for name, values in rule.zeros.items())

    def concerned(value: Value) -> bool:
        return zero == rule.declared if value.state == "blank" else value.state == "placeholder" and not rule.declared

    empty = [(c, value) for c, value in facts.odd if concerned(value) and c.id not in facts.filling.blank]
    for table in facts.form.tables:
        here = [(cell, value) for cell, value in empty if cell.table == table.id]
        if here:
            yield finding(
                rule, [facts.report.ref(cell.id) for cell, _ in here], strict=facts.strict,
                table=table.id, count=len(here), what=_what_stands_there([value for _, value in here]),
            )  # fmt: skip


def _what_stands_there(values: Sequence[Value]) -> str:
    blank = sum(value.state == "blank" for value in values)
    words = sorted({value.raw.strip() for value in values if value.state == "placeholder"})
    return "、".join([*([f"空白{blank}格"] if blank else []), *(f"填“{word}”" for word in words)])


def whole(rule: Whole, facts: Facts) -> Iterator[Finding]:
    """N-02: a count that is negative, broken or not a number."""
    yield from _unreadable(rule, facts, "count")


def decimals(rule: Decimals, facts: Facts) -> Iterator[Finding]:
    """N-03: an amount that is negative, has too many decimals or is not a number."""
    yield from _unreadable(rule, facts, "amount")


def _unreadable(rule: Rule, facts: Facts, kind: str) -> Iterator[Finding]:
    alike: dict[tuple[str, str, str], list[Cell]] = {}
    for cell, value in facts.odd:
        # A formula without a result is the reader's to report (N-05).
        uncomputed = bool(value.formula) and value.raw == value.formula
        if value.state == "problem" and cell.kind == kind and not uncomputed:
            alike.setdefault((cell.table, value.raw, value.remark), []).append(cell)
    for (_, raw, remark), cells in alike.items():
        place = _named(cells[0]) + (f"等{len(cells)}格" if len(cells) > 1 else "")
        yield finding(rule, [facts.report.ref(cell.id) for cell in cells], place=place, raw=raw, what=remark)


def remarks(rule: Remarks, facts: Facts) -> Iterator[Finding]:
    """N-04: numbers that had to be stripped of something to be read; one finding per table."""
    stripped = [
        (cell.table, facts.report.ref(cell.id), f"“{value.raw}”（{value.remark}）读作 {show(value.number)}")
        for cell, value in facts.odd if value.state == "number" and value.remark
    ]  # fmt: skip
    yield from by_table(rule, stripped, strict=facts.strict)


def room(rule: Room, facts: Facts) -> Iterator[Finding]:
    """N-13: one finding per table, listing the numbers that are wider than their cells."""
    limit = 10 ** min(rule.most.values(), default=0)  # most numbers are below it and need not be shown
    shown = {id_: format_number(n) for id_, n in facts.numbers.items() if not isinstance(n, int) or not 0 <= n < limit}
    cells = [facts.form.cells[id_] for id_ in shown]
    for table, most in rule.most.items():
        wide = [cell for cell in cells if cell.table == table and len(shown[cell.id]) > most]
        if wide:
            what = "、".join(shown[cell.id] for cell in wide[:3])
            yield finding(
                rule, [facts.report.ref(cell.id) for cell in wide],
                table=table, count=len(wide), most=most, what=what + ("等" if len(wide) > 3 else ""),
            )  # fmt: skip


def _named(cell: Cell) -> str:
    return f"“{cell.label}”"


def _titled(report: Report, value: object) -> bool:
    """Tell whether the title says a value, or says nothing of its kind: its wording is another matter."""
    told = parse_title(report.form, report.title)
    if told is None:
        return str(value) in report.title
    said = told[1] if isinstance(value, int) else told[0]
    return not said or key(str(said)) == key(str(value))


def identity(rule: Identity, facts: Facts) -> Iterator[Finding]:
    """S-02, S-03: the body's name and the year of the data, and the title that follows."""
    report, field = facts.report, facts.form.field(rule.field)
    value, origin = report.fields.get(field.id), report.field_origins.get(field.id)
    ref = [CellRef(origin, field.label)] if origin else []
    if not value:
        yield finding(rule, ref, what=f"没有填写{field.label}，无法确定标题")
    elif field.kind == "year" and not isinstance(value, int):
        yield finding(rule, ref, what=f"{field.label}“{value}”不是四位数字的年份")
    elif report.title and not _titled(report, value):
        yield finding(rule, ref, what=f"标题“{report.title}”里没有{field.label}“{value}”")
    if rule.wording:
        yield from title_wording(rule, report)
