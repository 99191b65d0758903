"""The verdict on every number of a report's texts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from ...form.kinds import NarrativeRule
from ...form.phrases import Topic
from ...form.words import Reading
from ...model.findings import CellRef
from ...model.numbers import Number, format_number, show
from ...model.placeholders import filled
from ...model.report import Passage, Report
from .claim import DOUBTFUL, SURE, UNSURE, Claim
from .claims import claims
from .documents import with_columns
from .itemised import itemised
from .lists import in_lists
from .numerals import Compact, compact
from .percent import Shares
from .quantities import YUAN, Quantities, ReadingSum, agrees, said
from .statements import Mention, Statement, mentions, sentences, statements
from .together import together
from .told import Told
from .verdicts import JudgedNumber, Judgement
from .vocabulary import Span, Vocabulary, vocabulary

_LOWER = {"error": "warning", "warning": "ask"}
_NOTHING = Judgement()
_OTHER_COLUMNS = 2
"""Columns of a document that have to agree for one that is not said in the form's words."""
_TELLING = 10
"""From here on a number hardly agrees by chance."""
_BEGINNING = re.compile(
    r"(?:[（(]?[一二三四五六七八九十\d]{1,2}[)）、.．]+)?(?:\d{4}年度?)?[^\d，,。；;：:（(、]{0,16}"
)
"""What may be a sub-heading that its paragraph goes on behind."""

IN_PASSAGE, IN_SENTENCE, SENTENCE = 1000, 200, 3000
"""Numbers in a passage, numbers in a sentence, characters of a sentence; beyond them nothing is judged."""


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
        paragraphs = [
            _Paragraph(passage, (index, n), text, compact(text), quantities)
            for n, text in enumerate(passage.paragraphs)
        ]  # fmt: skip
        numbers = [mentions(one.compact.text, words) for one in paragraphs]
        if crowded := _crowded(report, paragraphs, numbers):
            found.append(crowded)
            continue
        heading = _heading(passage, words)
        for n, (paragraph, named) in enumerate(zip(paragraphs, numbers, strict=True)):
            if n and not heading:
                heading = words.topic_of_heading(paragraphs[n - 1].text[:20])
            said = with_columns(statements(paragraph.compact.text, named, words, report.org, heading), words)
            if said:
                judge = _Judge(words, quantities, paragraph.compact.text, said)
                found += [paragraph.judged(one.item, one.judgement) for one in judge.all()]
    return found


def _crowded(
    report: Report, paragraphs: Sequence[_Paragraph], numbers: Sequence[Sequence[Mention]]
) -> JudgedNumber | None:
    """Return what stands for a passage that no sentences are made of: nothing of it is judged."""
    count = sum(map(len, numbers))
    if count <= IN_SENTENCE and all(len(one.compact.text) <= SENTENCE for one in paragraphs):
        return None
    if count <= IN_PASSAGE:
        longest, most = 0, 0
        for paragraph, named in zip(paragraphs, numbers, strict=True):
            for start, end in sentences(paragraph.compact.text):
                longest = max(longest, end - start if named else 0)
                most = max(most, _between(named, start, end))
        if most <= IN_SENTENCE and longest <= SENTENCE:
            return None
        says = f"一句话里有{most}个数" if most > IN_SENTENCE else f"一句话有{longest}字"
    else:
        says = f"有{count}个数"
    first = paragraphs[0]
    return JudgedNumber(
        *first.place, 0, 0, "", 0, "", "crowded", "", says=says, refs=(report.passage_ref(first.passage),)
    )  # fmt: skip


def _between(named: Sequence[Mention], start: int, end: int) -> int:
    """Count the numbers that begin in a span."""
    place = attrgetter("start")
    return bisect_left(named, end, key=place) - bisect_left(named, start, key=place)


def _heading(passage: Passage, words: Vocabulary) -> Topic | None:
    start = _BEGINNING.match(passage.paragraphs[0]) if passage.paragraphs else None
    return words.topic_of_heading(passage.heading or (start[0] if start else ""))


def _certain(claims: Sequence[Claim], agrees: Callable[[Claim], Sequence[Reading]], words: Vocabulary) -> list[Claim]:
    """Return claims with the certainty that the rest of their sentence gives or takes.

    A number that agrees for sure shows that the sentence speaks of the form's figures; one of unclear scope
    that does not agree (区本级受理210件) makes what is said of the same thing behind it unclear too.
    """
    found = []
    for _, some in groupby(claims, key=lambda c: c.item.sentence):
        sentence = list(some)
        agreeing = [agrees(c) for c in sentence]
        sure = {c.topic.id for c, right in zip(sentence, agreeing, strict=True) if right and c.topic and _counts(c)}
        harmless = {c.unknown for c, right in zip(sentence, agreeing, strict=True) if right and _telling(c.item)}
        unclear: set[str] = set()
        told = {right[0] for right in agreeing if right}
        vouching = [claim for claim, right in zip(sentence, agreeing, strict=True) if right]
        for claim, right in zip(sentence, agreeing, strict=True):
            found.append(_weighed(claim, sure, harmless, unclear))
            if told.isdisjoint(claim.readings) and _nearly(found[-1], words):
                found[-1] = replace(found[-1], doubt=SURE)
            if any(phrase.beside for phrase in claim.phrases) and not _seconded(claim, vouching, words):
                found[-1] = replace(claim, doubt=UNSURE)
            if claim.topic and (claim.item.how == "here" or not claim.weak):
                change = unclear.add if claim.doubt == UNSURE and not right else unclear.discard
                change(claim.topic.id)
    return found


def _weighed(claim: Claim, sure: set[str], harmless: set[str], unclear: set[str]) -> Claim:
    topic = claim.topic.id if claim.topic else ""
    rounded = claim.item.token is not None and claim.item.token.about
    if topic in unclear and claim.weak and claim.item.how != "here":
        return replace(claim, doubt=UNSURE)
    if claim.doubt == DOUBTFUL and not rounded and (claim.unknown in harmless if claim.unknown else topic in sure):
        return replace(claim, doubt=SURE)
    return claim


def _seconded(claim: Claim, right: Sequence[Claim], words: Vocabulary) -> bool:
    """办结行政许可事项10件、行政处罚3件: whether a number of another topic agrees beside it, and none of its own."""
    if any(phrase.outcome for phrase in claim.phrases):
        said = f"{claim.item.before}#{claim.item.after}"
        clear = claim.item.how == "here" and words.ours.search(said)
        return bool(clear) or any(one.topic is claim.topic and _counts(one) for one in right)
    if any(phrase.column for phrase in claim.phrases):
        columns = {one.readings[0] for one in right if one.topic is claim.topic and one.readings != claim.readings}
        return len(columns) >= _OTHER_COLUMNS
    peers = [one for one in right if one.rule == claim.rule and _counts(one)]
    return bool(peers) and not claim.unknown and all(one.topic is not claim.topic for one in peers)


def _nearly(claim: Claim, words: Vocabulary) -> bool:
    """Whether a letter or two are not understood in a number of an application or a document that is no part."""
    topic, item = claim.topic, claim.item
    ours = topic is not None and topic.nearly
    rounded = item.token is not None and item.token.about
    part = words.including.match(item.before) or words.respectively.search(claim.unknown)
    return (
        claim.doubt == DOUBTFUL
        and bool(claim.unknown)
        and ours
        and not rounded
        and not part
        and item.how in ("here", "before")
    )


def _telling(item: Statement) -> bool:
    """Whether a number is too large to agree by chance."""
    return item.kind == "number" and item.token is not None and item.token.value >= _TELLING


def _counts(claim: Claim) -> bool:
    token = claim.item.token
    return claim.doubt == SURE and claim.item.kind == "number" and token is not None and token.value != 0


def _vouched(
    claims: Sequence[Claim], agrees: Callable[[Claim], Sequence[Reading]]
) -> set[tuple[Span, str, Topic | None]]:
    """Return the scopes in which a number agrees with the form: in that sentence they narrow nothing of its topic.

    Where two numbers agree, they narrow nothing at all, and the topic is None.
    """
    agreeing = [claim.item for claim in claims if claim.item.scope and _telling(claim.item) and agrees(claim)]
    places = [(item.sentence, item.scope) for item in agreeing]
    found = {(item.sentence, item.scope, item.topic) for item in agreeing}
    return {*found, *((*place, None) for place in places if places.count(place) > 1)}


class _Paragraph(Struct, frozen=True):
    """A paragraph and its place in the report."""

    passage: Passage
    place: tuple[int, int]
    """Index of the passage in the report, and of the paragraph in the passage."""
    text: str
    compact: Compact
    quantities: Quantities

    def judged(self, item: Statement, judgement: Judgement) -> JudgedNumber:
        """Return a judgement with the place of its number in the text as written."""
        start, end = self.compact.span(item.start, item.end)
        first, last = self.compact.span(*item.sentence)
        value, unit = (item.token.value, item.token.unit) if item.token and item.kind == "number" else (0, "")
        return JudgedNumber(
            *self.place, start, end, self.text[start:end], value, unit, judgement.verdict,
            self.text[first:last].strip(), judgement.quantities, judgement.expected, judgement.rule,
            judgement.severity, judgement.says, self.refs(judgement), judgement.key,
        )  # fmt: skip

    def refs(self, judgement: Judgement) -> tuple[CellRef, ...]:
        """Point at this text, then at the figures of the form that a judgement is about, if it is."""
        if judgement.about is None:
            return ()
        return (self.quantities.report.passage_ref(self.passage), *self.quantities.refs(judgement.about))


class _Judge:
    """Judges the statements of one paragraph."""

    def __init__(self, words: Vocabulary, quantities: Quantities, text: str, said: Sequence[Statement]) -> None:
        self.report, self.quantities, self.items = quantities.report, quantities, said
        self.text, self.words = text, words
        found = claims(text, said, words, quantities.report.org)
        if clear := _vouched(found, self.right):
            said = [
                replace(item, scope="")
                if not clear.isdisjoint((item.sentence, item.scope, topic) for topic in (item.topic, None)) else item
                for item in said
            ]  # fmt: skip
            found, self.items = claims(text, said, words, quantities.report.org), said
        self.claims = _certain(found, self.right, words)
        self.shares = Shares(text, said, [c for c in self.claims if not c.least], words, quantities)

    def all(self) -> list[Told]:
        """Return every statement, and what is claimed of several quantities once for each, in order."""
        alone = [Told(claim.item, claim, self.claim(claim)) for claim in self.claims]
        alone = [one for one in alone if one.wrong or not (one.claim and one.claim.least) or self.is_all(one.claim)]
        claimed = {one.item.start for one in alone}
        alone += [Told(i, None, self.share(i)) for i in self.items if i.token and i.start not in claimed]
        alone.sort(key=lambda one: (one.item.start, one.item.end))
        listed = in_lists(self.text, alone, self.words, self.report.org, self)
        return itemised(self.text, together(self.text, listed, self.words, self), self.words, self)

    def is_all(self, claim: Claim) -> bool:
        """Whether a number that may be less than a figure is the figure (撤销1件, of 1件 corrected)."""
        some = claim.item.by or any(phrase.some for phrase in claim.phrases)
        return bool(some) and bool(self.right(claim))

    def figures(self, claim: Claim) -> list[Number]:
        """Return the figures of the form that a claim may mean."""
        return [one.value for one in self.quantities.sums_of(claim.readings)]

    def within(self, part: Claim, whole: Claim) -> bool:
        """Whether the figures of one claim are some of those of another."""
        some, all_ = (self.quantities.sums_of(claim.readings) for claim in (part, whole))
        return any(set(a.cells) < set(b.cells) for a in some for b in all_)

    def wrong_sum(self, says: str, expected: Number) -> Judgement:
        """Complain of numbers that do not add up."""
        rule = self.words.sums_rule
        severity = self.report.form.rules[rule].severity
        return Judgement("contradicts", rule, (), expected, severity, says, about=())

    def right(self, claim: Claim) -> list[Reading]:
        """Return the readings of a claim with which a figure of this year agrees."""
        sums = self.quantities.sums_of(claim.readings) if claim.item.year is None else ()
        return [one.reading for one in sums if self.agrees(one, claim.item)]

    def claim(self, claim: Claim) -> Judgement:
        """Compare a number with the figures it may be."""
        item = claim.item
        if item.compared and item.token and item.kind == "number":
            return self.share(item)
        if item.year is not None:
            return self.of_last_year(claim)
        sums = self.quantities.sums_of(claim.readings)
        right = [
            one
            for one in sums
            if self.agrees(one, item) or (claim.least and item.token and one.value > said(item.token))
        ]
        key = claim.key if claim.doubt == SURE and item.kind != "done" else ()
        if right and not (claim.every and len(right) < len(claim.readings)):
            return Judgement("matched", claim.rule, right[0].reading, right[0].value, about=(), key=key)
        part = item.office and item.token and not any(one.value < item.token.value for one in sums)
        if claim.doubt == UNSURE or len(sums) < len(claim.readings) or not claim.rule or part:
            return Judgement(key=() if part else key)
        return self.wrong(claim, [one for one in sums if one not in right])

    def wrong(self, claim: Claim, sums: Sequence[ReadingSum]) -> Judgement:
        """Return a complaint; milder where the words are not understood to the last."""
        rule, doubt = self.report.form.rules[claim.rule], claim.doubt
        if isinstance(rule, NarrativeRule) and rule.year_first and not claim.item.year_said:
            doubt = max(doubt, DOUBTFUL)
        severity = rule.severity if doubt == SURE else _LOWER.get(rule.severity, rule.severity)
        unsaid = claim.unknown or any(phrase.beside for phrase in claim.phrases)
        severity = "warning" if unsaid and severity == "error" else severity
        key = claim.key if claim.doubt == SURE else ()
        return Judgement(
            "contradicts", claim.rule, sums[0].reading, sums[0].value, severity,
            "表中" + _shown(sums, claim.item), tuple(sums), key,
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
        says = "上年数据中" + _shown(sums, item)
        return Judgement("contradicts", claim.rule, sums[0].reading, sums[0].value, "warning", says, about=())

    def share(self, item: Statement) -> Judgement:
        """Recompute a percentage or a change; nothing is said of other numbers."""
        return self.shares.judge(item) or _NOTHING


def _shown(sums: Sequence[ReadingSum], item: Statement) -> str:
    """Return figures by name, money in the unit of the text."""
    unit = item.token.unit if item.token and item.token.unit in YUAN else "元"
    shown = [f"{format_number(Decimal(s.value) / YUAN[unit])}{unit}" if s.money else show(s.value) for s in sums]
    return "，".join(dict.fromkeys(f"{s.name}是{value}" for s, value in zip(sums, shown, strict=True)))
