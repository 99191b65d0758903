"""What many rules ask of a report, worked out once for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from msgspec.structs import replace

from ..form import Cell, Equation, Form, Relation, Rule
from ..form.kinds import Unit
from ..model.findings import Finding, finding
from ..model.numbers import Number
from ..model.placeholders import filled
from ..model.report import Passage, Report, Value
from .gaps import Filling, fill
from .texts import JudgedNumber, judge_numbers


class Facts:
    """A report as the rules see it; made anew for every check of a report.

    Args:
        report: what was read.
        strict: blanks and placeholders in number cells are errors (N-01).
    """

    def __init__(self, report: Report, *, strict: bool = False) -> None:
        self.report, self.form, self.strict = report, report.form, strict
        self.equations, self.relations = _instances(report.form)
        """The form's sums and relations by the id of their rule."""
        values, cells = report.values, report.form.cells
        self.numbers: dict[str, Number] = {id_: n if (n := values[id_].number) is not None else 0 for id_ in cells}
        """Figures by cell id; blank, placeholder and unreadable cells count as 0 (N-01), but for gaps (N-11)."""
        self.odd: list[tuple[Cell, Value]] = [
            (cell, value) for id_, cell in cells.items() if (value := values[id_]).state != "number" or value.remark
        ]  # fmt: skip
        """Cells that hold anything but a clean number, in the order of the form."""
        self.filling: Filling = fill(report, self.numbers, self.odd) if self.odd else Filling()
        """What cells left blank must hold; the other rules go by these figures, so that one gap is one finding."""
        self.numbers.update(self.filling.figures)
        unknown = {c.id for c, value in self.odd if value.state in ("problem", "missing")}
        self.unknown = frozenset(unknown and _with_totals(report, unknown))
        """Cells whose figure is missing or cannot be read, and the totals that formulas make of them; nothing
        that needs them can be judged."""

    def total(self, cells: Sequence[str]) -> Number | None:
        """Return the sum of some figures, None if one is not known; of a group only its sum need be."""
        if not self.unknown or self.unknown.isdisjoint(cells):
            return sum(map(self.numbers.__getitem__, cells))
        total: Number = 0
        left = set(cells)
        for name, value in self.report.groups.items():
            items = self.form.quantities[name]
            if value.number is not None and left.issuperset(items):
                left.difference_update(items)
                total += value.number
        return total + sum(map(self.numbers.__getitem__, left)) if self.unknown.isdisjoint(left) else None

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The texts with their placeholders filled."""
        return filled(self.report)

    @cached_property
    def sections(self) -> Mapping[str, Sequence[Passage]]:
        """The texts by the id of their section; sections without a text are not in it."""
        found: dict[str, list[Passage]] = {}
        for passage in self.passages:
            found.setdefault(passage.section, []).append(passage)
        return found

    @cached_property
    def units(self) -> Sequence[str]:
        """What kind of body it is: as chosen, else all that its name fits."""
        rule = next((rule for rule in self.form.rules.values() if isinstance(rule, Unit)), None)
        chosen = rule and str(self.report.fields.get(rule.field, ""))
        return (chosen,) if chosen else units_by_name(rule, self.report.org) if rule else ()

    @cached_property
    def judged(self) -> Sequence[JudgedNumber]:
        """The verdict on every number of the texts."""
        values = self.report.values
        filled_in = {c: replace(values[c], state="number", number=n) for c, n in self.filling.figures.items()}
        return judge_numbers(replace(self.report, values={**values, **filled_in}) if filled_in else self.report)

    @cached_property
    def complaints(self) -> Mapping[str, Sequence[JudgedNumber]]:
        """The numbers of the texts that are not what the form says, by the id of their rule."""
        return _by_rule(number for number in self.judged if number.severity)

    def about(self, rule: Rule, passage: Passage, **said: Any) -> Finding:
        """Make a finding about a text; ``said`` as of :func:`~reportgen.model.findings.finding`."""
        ref = self.report.passage_ref(passage)
        return finding(rule, [ref], strict=self.strict, **{"place": f"“{ref.label}”", **said})


def units_by_name(rule: Unit, org: str) -> Sequence[str]:
    """Return the kinds of body that a name fits, () if the name does not tell."""
    return next((one.types for one in rule.names if re.search(one.pattern, org)), ())


def _with_totals(report: Report, unknown: set[str]) -> set[str]:
    """Return unknown cells with the totals that a formula makes of them: it leaves out what is no number."""
    for equation in report.form.equations:
        total, *others = equation.left
        if not others and report.values[total].formula and not unknown.isdisjoint(equation.right):
            unknown.add(total)
    return unknown


@lru_cache(maxsize=16)
def _instances(form: Form) -> tuple[Mapping[str, Sequence[Equation]], Mapping[str, Sequence[Relation]]]:
    return _by_rule(form.equations), _by_rule(form.relations)


_T = TypeVar("_T", Equation, Relation, JudgedNumber)


def _by_rule(instances: Iterable[_T]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = {}
    for one in instances:
        found.setdefault(one.rule, []).append(one)
    return found
