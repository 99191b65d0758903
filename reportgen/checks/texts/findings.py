"""The verdicts on the numbers of the texts as findings of the X rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...form import Rule
from ...model.findings import Finding, finding
from ...model.numbers import difference, show
from ...model.report import Report
from .judge import JudgedNumber, judged, spoken

__all__ = ["narrative"]

_COVERAGE, _REPEATED = "X-00", "X-17"
_WRONG = ("contradicts", "percentage_wrong")


def narrative(rule: Rule, report: Report, strict: bool) -> Iterable[Finding]:
    """X-00 … X-17: what the texts say in numbers against the tables."""
    verdicts = judged(report)
    if rule.id == _COVERAGE:
        return _coverage(rule, verdicts.numbers)
    if rule.id == _REPEATED:
        return _repeated(rule, verdicts.numbers)
    return [_against_table(rule, number, strict) for number in verdicts.complaints.get(rule.id, ())]


def _against_table(rule: Rule, number: JudgedNumber, strict: bool) -> Finding:
    value = spoken(number)
    expected = number.expected
    return finding(
        rule, number.refs, strict=strict, severity=number.severity, actual=value, expected=expected,
        difference=None if expected is None else difference(value, expected),
        sentence=number.sentence, written=number.text, says=number.says,
    )  # fmt: skip


def _coverage(rule: Rule, numbers: tuple[JudgedNumber, ...]) -> Iterator[Finding]:
    if not numbers:
        return
    verdicts: list[str] = [n.verdict for n in numbers]
    wrong, rest = sum(map(verdicts.count, _WRONG)), verdicts.count("unattributed")
    yield finding(
        rule, (), total=len(numbers), judged=len(numbers) - rest, right=len(numbers) - rest - wrong,
        wrong=wrong, rest=rest,
    )  # fmt: skip


def _repeated(rule: Rule, numbers: tuple[JudgedNumber, ...]) -> Iterator[Finding]:
    """X-17: one quantity said twice with two values, unless both are right in their way."""
    by_key: dict[tuple[object, ...], list[JudgedNumber]] = {}
    for number in numbers:
        if number.key:
            by_key.setdefault(number.key, []).append(number)
    for group in by_key.values():
        values = {spoken(n) for n in group}
        if len(values) < 2 or all(n.verdict == "matched" for n in group):
            continue
        named = next((n.quantities for n in group if n.quantities), ())
        yield finding(
            rule, [ref for n in group for ref in n.refs[:1]], actual=spoken(group[0]),
            sentence="".join(dict.fromkeys(n.sentence for n in group)),
            name="＋".join(named).replace(".", "／") or group[0].text, says="；".join(f"“{n.sentence}”写{show(n.value)}" for n in group),
        )  # fmt: skip
