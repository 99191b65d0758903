"""The X rules: what the texts say in numbers against the tables (FORMAT.md 6.5)."""

from __future__ import annotations

from collections.abc import Iterator

from ..form.kinds import Contradictions, Coverage, Crowded, NarrativeRule
from ..model.findings import Finding, finding
from ..model.numbers import difference, show
from .facts import Facts
from .texts import JudgedNumber

_WRONG = ("contradicts", "percentage_wrong")
_NAMED = 20
"""Numbers that were not judged and are named."""


def narrative(rule: NarrativeRule, facts: Facts) -> Iterator[Finding]:
    """X-01 … X-16: numbers that are not what the form says."""
    for number in facts.complaints.get(rule.id, ()):
        value, expected = number.in_yuan, number.expected
        yield finding(
            rule, number.refs, strict=facts.strict, severity=number.severity, actual=value, expected=expected,
            difference=None if expected is None else difference(value, expected),
            sentence=number.sentence, written=number.text, says=number.says,
        )  # fmt: skip


def coverage(rule: Coverage, facts: Facts) -> Iterator[Finding]:
    """X-00: how many of the numbers were judged, and which were not."""
    verdicts: list[str] = [number.verdict for number in facts.judged if number.verdict != "crowded"]
    if not verdicts:
        return
    wrong, rest = sum(map(verdicts.count, _WRONG)), verdicts.count("unattributed")
    judged = len(verdicts) - rest
    named = list(dict.fromkeys(number.text for number in facts.judged if number.verdict == "unattributed"))
    which = f"（{'、'.join(named[:_NAMED])}{'等' if len(named) > _NAMED else ''}）" if named else ""
    yield finding(
        rule, (), total=len(verdicts), judged=judged, right=judged - wrong, wrong=wrong, rest=rest, which=which
    )  # fmt: skip


def crowded(rule: Crowded, facts: Facts) -> Iterator[Finding]:
    """X-18: texts with more numbers than sentences have; nothing in them was judged."""
    for number in facts.judged:
        if number.verdict == "crowded":
            place = f"“{number.refs[0].label}”"
            yield finding(rule, number.refs, strict=facts.strict, place=place, what=number.says)


def contradictions(rule: Contradictions, facts: Facts) -> Iterator[Finding]:
    """X-17: one quantity said twice with two values, unless both are right in their way."""
    by_key: dict[tuple[object, ...], list[JudgedNumber]] = {}
    for number in facts.judged:
        if number.key:
            by_key.setdefault(number.key, []).append(number)
    for group in by_key.values():
        values = {number.in_yuan for number in group}
        if len(values) > 1 and not all(number.verdict == "matched" for number in group):
            named = next((number.quantities for number in group if number.quantities), ())
            yield finding(
                rule, [ref for number in group for ref in number.refs[:1]], actual=group[0].in_yuan,
                sentence="".join(dict.fromkeys(number.sentence for number in group)),
                name="＋".join(named).replace(".", "／") or group[0].text,
                says="；".join(f"“{number.sentence}”写{show(number.value)}" for number in group),
            )  # fmt: skip
