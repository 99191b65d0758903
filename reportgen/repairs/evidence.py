"""What is known of the figures from elsewhere: the register, the texts, last year's report.

Each statement is a cell of its own, typed like the others, with one equation: the figures it speaks of add
up to it.  So it tells wrong cells from right ones as a sum does, and may be wrong itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from ..checks.texts import JudgedNumber, judge_numbers
from ..form import Equation, Relation
from ..form.kinds import RegisterRule
from ..form.words import Reading
from ..model.numbers import Number, show
from ..model.report import Origin, Report, Value


class Evidence(msgspec.Struct, frozen=True):
    """One statement about figures of the report, made elsewhere."""

    id: str
    """Of its own cell; no cell of a form is called so."""
    kind: Literal["register", "text", "last_year", "hint"]
    rule: str
    """The rule that compares it with the figures."""
    cells: tuple[str, ...]
    """The figures it speaks of, added up."""
    less: tuple[str, ...]
    """Figures taken off."""
    number: Number
    says: str
    """Chinese: ``正文写新收63件``."""
    label: str
    """Where it stands."""
    origin: Origin | None = None
    quote: str = ""
    """The words of a text."""


def with_evidence(report: Report, evidence: Sequence[Evidence]) -> Report:
    """Return a report in which each statement is a cell of its own with its equation."""
    form = report.form
    cells, values, equations = dict(form.cells), dict(report.values), list(form.equations)
    for one in evidence:
        cells[one.id] = replace(cells[one.cells[0]], id=one.id, label=one.label, total=False)
        values[one.id] = Value("number", one.number, show(one.number), one.origin)
        equations.append(Equation(one.rule, one.cells, (one.id, *one.less), "equal", f"“{one.says}”"))
    return replace(report, form=replace(form, cells=cells, equations=tuple(equations)), values=values)


def evidence_of(report: Report, hints: Mapping[str, Number]) -> tuple[Evidence, ...]:
    """Return what else is said of the figures of a report.

    Args:
        hints: figures known to the caller, by cell id.

    Returns:
        statements that for sure speak of these figures; none where rows or columns were not read.
    """
    if report.unread:
        return ()
    cells = report.form.cells
    known = [
        Evidence(f"已知.{c}", "hint", "", (c,), (), n, f"已知“{cells[c].label}”是{show(n)}", cells[c].label)
        for c, n in hints.items()
    ]  # fmt: skip
    return (*_of_register(report), *_of_texts(report), *_of_last_year(report), *known)


def _of_register(report: Report) -> Iterator[Evidence]:
    form = report.form
    rule = next((rule.id for rule in form.rules.values() if isinstance(rule, RegisterRule)), "")
    for cell, value in report.register.items():
        entry = form.table(form.cells[cell].table).register
        if entry is not None and value.number is not None:
            ref = report.register_ref(cell)
            one = form.cells[cell]
            says = f"{entry.label}写{one.name.split('.')[0]}{show(value.number)}{one.unit}"
            yield Evidence(ref.id, "register", rule, (cell,), (), value.number, says, ref.label, ref.origin)


def _of_texts(report: Report) -> Iterator[Evidence]:
    """Yield what the texts say; not where they say two things of one figure."""
    found: dict[Reading, list[Evidence]] = {}
    for number in judge_numbers(report) if report.passages else ():
        reading = _reading(report, number)
        if reading:
            found.setdefault(reading, []).append(_of_text(report, number, reading))
    for said in found.values():
        if len({one.number for one in said}) == 1:
            yield said[0]


def _reading(report: Report, number: JudgedNumber) -> Reading:
    """Return what a number of the texts counts, () if it is no evidence.

    Only numbers that somebody typed, in words that leave one reading and no doubt: what a placeholder filled
    in agrees by nature, and what only might speak of a cell says nothing about it.
    """
    match number.key:
        case (_, ((*names,),), False) if number.verdict == "contradicts" or number.value == number.expected:
            reading = tuple(map(str, names))
        case _:
            return ()
    typed = number.sentence in report.passages[number.passage].paragraphs[number.paragraph]
    cells = [report.form.quantities.get(name.removeprefix("-"), ()) for name in reading]
    counts = all(cells) and all(report.form.cells[c].kind == "count" for some in cells for c in some)
    return reading if typed and counts and number.verdict in ("matched", "contradicts") else ()


def _of_text(report: Report, number: JudgedNumber, reading: Reading) -> Evidence:
    ref = report.passage_ref(report.passages[number.passage])
    quantities = report.form.quantities
    of = "、".join(name.removeprefix("-").replace(".", "／") for name in reading)
    said = f"{of}{number.text}" if number.text[:1].isdigit() else f"“{number.text}”"
    return Evidence(
        f"正文.{'.'.join(reading)}", "text", number.rule,
        tuple(c for name in reading if not name.startswith("-") for c in quantities[name]),
        tuple(c for name in reading if name.startswith("-") for c in quantities[name[1:]]),
        number.value, f"正文写{said}", ref.label, ref.origin, number.text,
    )  # fmt: skip


def _of_last_year(report: Report) -> Iterator[Evidence]:
    for relation in report.form.relations:
        if not _equates_with_last_year(relation):
            continue
        this, last = relation.expect.left[0].cells[0], relation.expect.right[0].cells[0]
        value = report.last_year.get(last)
        if value is not None and value.number is not None:
            ref = report.last_year_ref(last)
            says = f"上年报告的“{report.form.cells[last].label}”是{show(value.number)}"
            yield Evidence(ref.id, "last_year", relation.rule, (this,), (), value.number, says, ref.label, ref.origin)


def _equates_with_last_year(relation: Relation) -> bool:
    """Whether a relation says, without a condition, that a cell is one of last year's."""
    expect = relation.expect
    conditions = (
        relation.when, relation.fields, relation.unless_fields, relation.from_year, relation.text,
    )  # fmt: skip
    if any(conditions) or expect.operator != "=" or len(expect.left) != 1 or len(expect.right) != 1:
        return False
    this, last = expect.left[0], expect.right[0]
    one_cell = len(this.cells) == len(last.cells) == 1
    return one_cell and last.last and not this.last and this.factor == last.factor
