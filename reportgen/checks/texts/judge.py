"""The verdict on every number of a report's texts."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Literal, NamedTuple, TypeAlias

from ...form.phrases import Reading, Topic
from ...model.findings import CellRef
from ...model.numbers import Number, show
from ...model.placeholders import filled
from ...model.report import Passage, Report
from ..placeholders import passage_label
from .claims import DOUBTFUL, SURE, UNSURE, Claim, claims
from .figures import Figures, Side, agrees
from .numerals import Compact, compact
from .percent import Shares
from .sentences import Item, items
from .vocabulary import Vocabulary, vocabulary

__all__ = ["JudgedNumber", "Verdict", "judge_numbers", "judged"]

Verdict: TypeAlias = Literal[
    "matched", "contradicts", "last_year", "percentage_ok", "percentage_wrong", "unattributed"
]


class JudgedNumber(NamedTuple):
    """A number of the texts and what it was found to be."""

    passage: int
    """Index into the report's passages."""
    paragraph: int
    """Index into the passage's paragraphs, placeholders filled."""
    start: int
    end: int
    """Characters of the filled paragraph, unit included."""
    text: str
    """As written; 未收到…申请 for a 0 said in words."""
    value: Number
    unit: str
    verdict: Verdict
    sentence: str
    quantities: tuple[str, ...] = ()
    """Placeholder names of the figures that make it right, or should have."""
    expected: Number | None = None
    rule: str = ""
    severity: str = ""
    """Of the finding it leads to; ``""`` if to none."""
    says: str = ""
    """What the form has to say, for the message."""
    refs: tuple[CellRef, ...] = ()
    """The place of its text where the words say what it counts; in a complaint, then the cells or fields
    of the form."""
    key: tuple[object, ...] = ()
    """Numbers with the same key should be the same number (X-17)."""


class Judged:
    """The verdicts on a report's numbers."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.numbers = tuple(judge_numbers(report))
        self.complaints: dict[str, list[JudgedNumber]] = {}
        """Those that lead to a finding, by rule."""
        for number in self.numbers:
            if number.severity:
                self.complaints.setdefault(number.rule, []).append(number)


_last: list[Judged] = []


def judged(report: Report) -> Judged:
    """The verdicts on a report, computed once for all the rules that ask in turn."""
    if not _last or _last[0].report is not report:
        _last[:] = [Judged(report)]
    return _last[0]


def judge_numbers(report: Report) -> list[JudgedNumber]:
    """Account for every number in a report's texts (FORMAT.md 6.5).

    Args:
        report: what was read; placeholders are filled first, so their numbers agree by nature.

    Returns:
        one verdict per number, and per statement that says a number in words (未收到, 全部办结),
        in the order of the texts.  A form without vocabulary (``[narrative]``) judges nothing.
    """
    if not report.form.narrative.phrases:
        return []
    words, figures = vocabulary(report.form, report.year), Figures(report)
    result: list[JudgedNumber] = []
    for index, passage in enumerate(filled(report)):
        heading = _heading(passage, words)
        for paragraph, text in enumerate(passage.paragraphs):
            short = compact(text)
            said = items(short, words, report.org, heading)
            if said:
                one = _Paragraph(report, words, figures, index, passage, paragraph, text, short, said)
                result += one.judge()
            heading = heading or words.topic_of_heading(text[:20])
    return result


def _heading(passage: Passage, words: Vocabulary) -> Topic | None:
    start = passage.paragraphs[0][:16] if passage.paragraphs else ""
    return words.topic_of_heading(passage.heading or start)


_LOWER = {"error": "warning", "warning": "ask"}


class _Paragraph:
    def __init__(
        self, report: Report, words: Vocabulary, figures: Figures, index: int, passage: Passage, paragraph: int,
        original: str, text: Compact, said: Sequence[Item],
    ) -> None:  # fmt: skip
        self.report, self.words, self.index, self.passage = report, words, index, passage
        self.paragraph, self.original, self.text = paragraph, original, text
        self.figures, self.items = figures, said
        self.claims = claims(self.items, words, report.org)
        self.shares = Shares(self.text.text, self.items, self.claims, words, self.figures)
        self.sentences: dict[tuple[int, int], str] = {}
        """As written, by their place in the compact text."""
        self.here: tuple[CellRef, ...] = ()

    def judge(self) -> list[JudgedNumber]:
        found = [self.by_claim(claim) for claim in self.claims]
        taken = {c.item.start for c in self.claims}
        found += [self.by_share(item) for item in self.items if item.token and item.start not in taken]
        return sorted(found, key=itemgetter(2, 3))  # by start and end

    def number(
        self, item: Item, verdict: Verdict = "unattributed", quantities: Reading = (), expected: Number | None = None,
        rule: str = "", severity: str = "", says: str = "", refs: tuple[CellRef, ...] = (),
        key: tuple[object, ...] = (),
    ) -> JudgedNumber:  # fmt: skip
        """A number with its place, and what it was found to be."""
        start, end = self.text.span(item.start, item.end)
        sentence = self.sentences.get(item.sentence)
        if sentence is None:
            first, last = self.text.span(*item.sentence)
            sentence = self.sentences[item.sentence] = self.original[first:last].strip()
        token = item.token if item.kind == "number" else None
        return JudgedNumber(
            self.index, self.paragraph, start, end, self.original[start:end],
            token.value if token else 0, token.unit if token else "", verdict, sentence,
            quantities, expected, rule, severity, says, refs, key,
        )  # fmt: skip

    def by_claim(self, claim: Claim) -> JudgedNumber:
        item = claim.item
        if item.compared and item.token and item.kind == "number":
            return self.by_share(item)
        if item.year is not None:
            return self.of_last_year(claim)
        sides = self.figures.sides(claim.readings)
        right = [s for s in sides if self.agrees(s, item)]
        if claim.every:
            right = right if len(right) == len(claim.readings) else []
        if right:
            key = claim.key if claim.doubt == SURE and item.kind != "done" else ()
            return self.number(
                item,
                "matched",
                right[0].reading,
                right[0].value,
                claim.rule,
                refs=self.refs(),
                key=key,
            )
        if claim.doubt == UNSURE or len(sides) < len(claim.readings) or not claim.rule:
            return self.number(item, key=claim.key if claim.doubt == SURE and item.kind != "done" else ())
        return self.wrong(claim, [s for s in sides if not self.agrees(s, item)])

    def wrong(self, claim: Claim, sides: list[Side]) -> JudgedNumber:
        rule = self.report.form.rules[claim.rule]
        doubt = claim.doubt
        if rule.options.get("year_first") and not claim.item.year_said:
            doubt = max(doubt, DOUBTFUL)
        severity = rule.severity if doubt == SURE else _LOWER.get(rule.severity, rule.severity)
        shown = list(dict.fromkeys((s.name, self.shown(s)) for s in sides))
        says = "表中" + "，".join(f"{name}是{value}" for name, value in shown)
        return self.number(
            claim.item, "contradicts", sides[0].reading, sides[0].value, claim.rule, severity, says,
            self.refs(sides), claim.key if claim.doubt == SURE else (),
        )  # fmt: skip

    def shown(self, side: Side) -> str:
        return show(side.value) + ("元" if side.money else "")

    def agrees(self, side: Side, item: Item) -> bool:
        return agrees(side.value, item.token) if item.token else side.value == 0

    def of_last_year(self, claim: Claim) -> JudgedNumber:
        """A number of the year before: compared with last year's figures where they are known."""
        year, item = self.report.year, claim.item
        if year is None or item.year != year - 1:
            return self.number(item)
        sides = self.figures.sides(claim.readings, last_year=True)
        right = [s for s in sides if self.agrees(s, item)]
        if right:
            return self.number(item, "last_year", right[0].reading, right[0].value, claim.rule)
        if claim.doubt != SURE or len(sides) < len(claim.readings) or not claim.rule:
            return self.number(item)
        says = "上年数据中" + "，".join(f"{s.name}是{self.shown(s)}" for s in sides)
        return self.number(
            item, "contradicts", sides[0].reading, sides[0].value, claim.rule, "warning", says, self.refs()
        )

    def by_share(self, item: Item) -> JudgedNumber:
        share = self.shares.judge(item)
        if share is None:
            return self.number(item)
        severity = share.severity or ""
        if severity == "rule":
            severity = self.report.form.rules[share.rule].severity
        return self.number(
            item,
            share.verdict,
            share.quantities,
            share.expected,
            share.rule,
            severity,
            share.says,
            self.refs(),
        )

    def refs(self, sides: Sequence[Side] = ()) -> tuple[CellRef, ...]:
        """The places a number speaks of: its text, then the cells or fields of the form."""
        report = self.report
        if not self.here:
            label = passage_label(report.form, self.passage)
            self.here = (CellRef(self.passage.origin, label),)
        if not sides:
            return self.here
        found = [*self.here]
        for side in sides:
            found += [report.ref(c) for c in side.cells]
            for name in side.fields:
                origin = report.field_origins.get(name)
                value = report.fields[name]
                found.append(CellRef(origin, report.form.field(name).label,
                                     None if isinstance(value, str) else value))  # fmt: skip
        return tuple(dict.fromkeys(found))


def spoken(number: JudgedNumber) -> Number:
    """The number in 元 where it is money."""
    return number.value * 10_000 if number.unit == "万元" else number.value
