"""The verdict on every number of a report's texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...form.kinds import NarrativeRule
from ...form.phrases import Topic
from ...model.findings import CellRef
from ...model.numbers import show
from ...model.placeholders import filled
from ...model.report import Passage, Report
from .claims import DOUBTFUL, SURE, UNSURE, Claim, claims
from .numerals import Compact, compact
from .percent import Shares
from .quantities import Quantities, ReadingSum, agrees
from .statements import Statement, statements
from .verdicts import JudgedNumber, Judgement
from .vocabulary import Vocabulary, vocabulary

__all__ = ["judge_numbers"]

_LOWER = {"error": "warning", "warning": "ask"}
_NOTHING = Judgement()


def judge_numbers(report: Report) -> list[JudgedNumber]:
    """Account for every number in a report's texts (FORMAT.md 6.5).

    Args:
        report: what was read; placeholders are filled first, so their numbers agree by nature.

    Returns:
        one verdict per number, and per item that says a number in words (未收到, 全部办结),
        in the order of the texts.  A form without vocabulary (``[narrative]``) judges nothing.
    """
    if not report.form.narrative.phrases:
        return []
    words, quantities = vocabulary(report.form, report.year), Quantities(report)
    found: list[JudgedNumber] = []
    for index, passage in enumerate(filled(report)):
        heading = _heading(passage, words)
        for number, text in enumerate(passage.paragraphs):
            paragraph = _Paragraph(passage, (index, number), text, compact(text))
            said = statements(paragraph.compact.text, words, report.org, heading)
            if said:
                judge = _Judge(words, quantities, paragraph.compact.text, said)
                found += [paragraph.judged(item, judgement, quantities) for item, judgement in judge.all()]
            heading = heading or words.topic_of_heading(text[:20])
    return found


def _heading(passage: Passage, words: Vocabulary) -> Topic | None:
    start = passage.paragraphs[0][:16] if passage.paragraphs else ""
    return words.topic_of_heading(passage.heading or start)


class _Paragraph(NamedTuple):
    """A paragraph and its place in the report."""

    passage: Passage
    place: tuple[int, int]
    """Index of the passage in the report, and of the paragraph in the passage."""
    text: str
    compact: Compact

    def judged(self, item: Statement, judgement: Judgement, quantities: Quantities) -> JudgedNumber:
        """Return a judgement with the place of its number in the text as written."""
        start, end = self.compact.span(item.start, item.end)
        first, last = self.compact.span(*item.sentence)
        token = item.token if item.kind == "number" else None
        refs: tuple[CellRef, ...] = ()
        if judgement.about is not None:
            refs = (quantities.report.passage_ref(self.passage), *quantities.refs(judgement.about))
        return JudgedNumber(
            *self.place, start, end, self.text[start:end], token.value if token else 0,
            token.unit if token else "", judgement.verdict, self.text[first:last].strip(),
            judgement.quantities, judgement.expected, judgement.rule, judgement.severity, judgement.says,
            refs, judgement.key,
        )  # fmt: skip


class _Judge:
    """Judges the statements of one paragraph."""

    def __init__(self, words: Vocabulary, quantities: Quantities, text: str, said: Sequence[Statement]) -> None:
        self.report, self.quantities, self.items = quantities.report, quantities, said
        self.claims = claims(said, words, quantities.report.org)
        self.shares = Shares(text, said, self.claims, words, quantities)

    def all(self) -> list[tuple[Statement, Judgement]]:
        """Return every statement, and what is claimed of several quantities once for each, in order."""
        return sorted(self._all(), key=lambda one: (one[0].start, one[0].end))

    def _all(self) -> Iterator[tuple[Statement, Judgement]]:
        for claim in self.claims:
            yield claim.item, self.claim(claim)
        claimed = {claim.item.start for claim in self.claims}
        for item in self.items:
            if item.token and item.start not in claimed:
                yield item, self.share(item)

    def claim(self, claim: Claim) -> Judgement:
        """Compare a number with the figures it may be."""
        item = claim.item
        if item.compared and item.token and item.kind == "number":
            return self.share(item)
        if item.year is not None:
            return self.of_last_year(claim)
        sums = self.quantities.sums_of(claim.readings)
        right = [one for one in sums if self.agrees(one, item)]
        key = claim.key if claim.doubt == SURE and item.kind != "done" else ()
        if right and not (claim.every and len(right) < len(claim.readings)):
            return Judgement(
                "matched", claim.rule, right[0].reading, right[0].value, about=(), key=key
            )  # fmt: skip
        if claim.doubt == UNSURE or len(sums) < len(claim.readings) or not claim.rule:
            return Judgement(key=key)
        return self.wrong(claim, [one for one in sums if one not in right])

    def wrong(self, claim: Claim, sums: Sequence[ReadingSum]) -> Judgement:
        """Return a complaint; milder where the words are not understood to the last."""
        rule, doubt = self.report.form.rules[claim.rule], claim.doubt
        if isinstance(rule, NarrativeRule) and rule.year_first and not claim.item.year_said:
            doubt = max(doubt, DOUBTFUL)
        severity = rule.severity if doubt == SURE else _LOWER.get(rule.severity, rule.severity)
        key = claim.key if claim.doubt == SURE else ()
        return Judgement(
            "contradicts", claim.rule, sums[0].reading, sums[0].value, severity,
            "表中" + _shown(sums), tuple(sums), key,
        )  # fmt: skip

    def agrees(self, one: ReadingSum, item: Statement) -> bool:
        """Whether a figure is what the text says; 未收到 says 0."""
        return agrees(one.value, item.token) if item.token else one.value == 0

    def of_last_year(self, claim: Claim) -> Judgement:
        """Compare a number of the year before with last year's figures where they are known."""
        year, item = self.report.year, claim.item
        if year is None or item.year != year - 1:
            return _NOTHING
        sums = self.quantities.sums_of(claim.readings, last_year=True)
        for one in sums:
            if self.agrees(one, item):
                return Judgement("last_year", claim.rule, one.reading, one.value)
        if claim.doubt != SURE or len(sums) < len(claim.readings) or not claim.rule:
            return _NOTHING
        says = "上年数据中" + _shown(sums)
        return Judgement(
            "contradicts", claim.rule, sums[0].reading, sums[0].value, "warning", says, about=()
        )  # fmt: skip

    def share(self, item: Statement) -> Judgement:
        """Recompute a percentage or a change; nothing is said of other numbers."""
        return self.shares.judge(item) or _NOTHING


def _shown(sums: Sequence[ReadingSum]) -> str:
    return "，".join(dict.fromkeys(f"{s.name}是{show(s.value)}{'元' if s.money else ''}" for s in sums))
