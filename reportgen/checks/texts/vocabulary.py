"""The form's vocabulary as expressions: from the words around a number to phrases, topics, years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple, TypeAlias

from ...form import Form
from ...form.phrases import Phrase, Topic, expand

__all__ = ["COMPARED", "PUNCTUATION", "YEAR", "Brought", "Hit", "Left", "Noun", "Vocabulary", "vocabulary"]

Span: TypeAlias = tuple[int, int]
Noun: TypeAlias = tuple[Topic, int, int]
"""A topic, and where it is named."""

YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年|(?:去年|上一?年度?(?!度))|(前年)|(今年|本年|当年)")
COMPARED = re.compile(
    r"(?:比|较|与|同|和|相比|对比)(?:于)?(?:上一?年度?|去年|前年|往年|(?:19|20)\d\d年度?)(?:同期)?|同比|环比|相比"
)
PUNCTUATION = re.compile(r"[\s,;:、。()“”\"'‘’!?#/—\-《》【】\d.]+")
_LEAD = re.compile(
    r"^(?:[,;:、]|其中|另外?|此外|同时|而|但|在|由|以|(?:(?:19|20)\d\d年度?)|本年度?|全年|截至.{0,12}?日)+"
)
_NEVER = "(?!)"


class Brought(NamedTuple):
    """What the words of a clause bring to the numbers behind them."""

    years: tuple[int, ...]
    """The years they are about, in order; 0 for several or an unclear one."""
    period: str
    owner: str
    """Another body that they may be about."""
    whole: bool
    """They say that the whole body is meant."""
    compared: bool
    """They compare with another year."""


class Hit(NamedTuple):
    """A phrase found in a text."""

    phrase: Phrase
    start: int
    end: int


class Left(NamedTuple):
    """What is left of a text without what is understood of it."""

    text: str
    """The text with # for what is understood."""
    rest: str
    """Without words that change nothing."""
    whole: str
    """Without punctuation alone."""
    narrows: bool
    """It narrows what is counted."""


class _Group(NamedTuple):
    """Phrases that stand together in the form file and share their topics."""

    topics: tuple[str, ...]
    any_of: re.Pattern[str]
    """Finds out whether a text holds one of them at all, so that most need not be compiled."""
    phrases: tuple[tuple[Phrase, str], ...]
    """Each with its expression."""


class Vocabulary:
    """The words of a form as expressions.

    Args:
        form: a form with a ``[narrative]``.
        year: of the report, for the expressions that name it; None if unknown.
    """

    def __init__(self, form: Form, year: int | None) -> None:
        data = form.narrative
        words, any_of = data.words, self._any_of
        self.year = year
        self.topics = {t.id: t for t in data.topics}
        self._nouns = [(t, any_of(t.noun)) for t in data.topics]
        self._headings = [(t, any_of(t.heading)) for t in data.topics if t.heading]
        self._groups = self._grouped(data.phrases)
        self.neutral = any_of(*words["neutral"])
        self.neutral_words = any_of(*(w for w in words["neutral"] if len(w) > 1))
        """Without the single letters, which are parts of other words too (件 of 信件)."""
        self.restrict, self.periods = any_of(*words["restrict"]), any_of(*words["periods"])
        self.foreign, self.owners = any_of(*words["foreign"]), any_of(words["owners"])
        self.whole, self.including = any_of(words["whole"]), any_of(words["including"])
        self.negation, self.not_negation = any_of(words["negation"]), any_of(words["not_negation"])
        self.each, self.respectively = any_of(words["each"]), any_of(words["respectively"])
        self.all_done, self.all_done_rates = any_of(words["all_done"]), any_of(words["all_done_rates"])
        self.all_upheld = any_of(words["all_upheld"])
        self.upheld_column: str = words["all_upheld_column"]
        self.all_done_names: tuple[str, ...] = words["all_done_names"]
        self.done_of: tuple[tuple[str, ...], ...] = words["done_of"]

    def _any_of(self, *texts: str) -> re.Pattern[str]:
        longest_first = "|".join(sorted(texts, key=len, reverse=True))
        return re.compile(expand(longest_first or _NEVER, self.year))

    def _grouped(self, phrases: Iterable[Phrase]) -> list[_Group]:
        groups = []
        for (topics, _), some in groupby(phrases, key=lambda p: (p.topics, p.topic)):
            members = tuple((phrase, expand(phrase.key, self.year)) for phrase in some)
            groups.append(_Group(topics, re.compile("|".join(key for _, key in members)), members))
        return groups

    def hits(self, text: str, topic: Topic | None = None) -> tuple[Hit, ...]:
        """Return the phrases in a text by place; of overlapping ones the longest, then the highest.

        Phrases that name no topic of their own count only if the talk is of theirs.
        """
        found = [
            Hit(phrase, *match.span())
            for group in self._groups
            if not group.topics or (topic is not None and topic.id in group.topics)
            if group.any_of.search(text)
            for phrase, key in group.phrases
            for match in re.finditer(key, text)
        ]
        found.sort(key=lambda h: (h.start - h.end, -h.phrase.rank))
        kept: list[Hit] = []
        for hit in found:
            same = [k for k in kept if (k.start < hit.end and hit.start < k.end) or k.start == hit.start]
            # two phrases may share the same words (a topic decides later which is meant)
            if all((k.start, k.end) == (hit.start, hit.end) for k in same):
                kept.append(hit)
        return tuple(sorted(kept, key=lambda h: h.start))

    def nouns(self, text: str) -> tuple[Noun, ...]:
        """Return the topics named in a text by place; of overlapping nouns the longest."""
        found = [(t, *m.span()) for t, pattern in self._nouns for m in pattern.finditer(text)]
        found.sort(key=lambda n: n[1] - n[2])
        kept: list[Noun] = []
        for noun in found:
            if not any(k[1] < noun[2] and noun[1] < k[2] for k in kept):
                kept.append(noun)
        return tuple(sorted(kept, key=lambda n: n[1]))

    def brought(self, clause: str) -> Brought:
        """Return what the words of a clause bring to the numbers behind them."""
        period = self.periods.search(clause)
        lead = _LEAD.sub("", clause)
        owner = self.owners.match(lead)
        other = owner is not None and not self.whole.match(owner[0]) and self.neutral.sub("", owner[0])
        return Brought(
            self._years(clause), period[0] if period else "", owner[0] if owner and other else "",
            self.whole.match(lead) is not None, COMPARED.search(clause) is not None,
        )  # fmt: skip

    def _years(self, clause: str) -> tuple[int, ...]:
        """Return the years a clause is about: not those it compares with, nor those inside a phrase (上年结转)."""
        named = list(YEAR.finditer(clause))
        phrases = self.hits(clause) if named else ()
        years = []
        for match in named:
            inside = any(h.start < match.end() and match.start() < h.end for h in phrases)
            compared = COMPARED.search(clause[: match.end()])
            if not inside and not (compared and compared.end() >= match.end()):
                years.append(self.year_of(match))
        return tuple(years)

    def year_of(self, match: re.Match[str]) -> int:
        """Return the year that :data:`YEAR` has found; 0 if it is unclear."""
        if match[1]:
            return int(match[1])
        if match[3]:
            return self.year or 0
        return 0 if self.year is None else self.year - (2 if match[2] else 1)

    def counted(self, before: str, after: str) -> tuple[Topic | None, str]:
        """Return the topic that is counted between the words before and behind a number, and where it is named.

        ``here``; or ``foreign``, then it is none of ours; ``""`` where they do not say.
        """
        first = [n for n in self.nouns(before) if not n[0].only_zero]
        if first:
            tail = before[first[-1][2] :]
            if not self.neutral.sub("", tail) and not self.foreign.search(tail):
                return first[-1][0], "here"
        then = [n for n in self.nouns(after) if not n[0].only_zero]
        if then:
            return then[0][0], "here"
        if self.foreign.search(self._unknown(before) + "#" + self._unknown(after)):
            return None, "foreign"
        return (first[-1][0], "here") if first else (None, "")

    def left_with(self, text: str) -> tuple[Topic | None, str]:
        """Return the topic the talk is of behind a text and ``before``; or ``foreign``; ``""`` as it was."""
        nouns = [n for n in self.nouns(text) if not n[0].only_zero]
        foreign = self.foreign.search(self._unknown(text)) is not None
        if nouns and (not foreign or nouns[-1][2] >= len(text) - 12):
            return nouns[-1][0], "before"
        return (None, "foreign") if foreign and text else (None, "")

    def _unknown(self, text: str) -> str:
        """Return a text without what the form's phrases and nouns cover."""
        spans = [(h.start, h.end) for h in self.hits(text) if h.phrase.rank > 0]
        return _replaced(text, [*spans, *((s, e) for _, s, e in self.nouns(text))], "")

    def left(self, text: str, hits: Sequence[Hit] = ()) -> Left:
        """Return what is left of a text without some phrases in it and the form's nouns."""
        spans = [*((h.start, h.end) for h in hits), *((s, e) for _, s, e in self.nouns(text))]
        kept = _replaced(text, spans, "#")
        narrows = self.restrict.search(self.neutral_words.sub("", kept)) is not None
        return Left(kept, *self.plain(kept), narrows)

    def plain(self, text: str) -> tuple[str, str]:
        """Return a text without words that change nothing; and without punctuation alone."""
        rest = PUNCTUATION.sub("", self.neutral.sub("", self.neutral.sub("", text)))
        return rest, PUNCTUATION.sub("", text)

    def topic_of_heading(self, heading: str) -> Topic | None:
        """Return the topic a sub-heading is about, if it is about just one."""
        found = [t for t, pattern in self._headings if pattern.search(heading)]
        return found[0] if len(found) == 1 else None


def _replaced(text: str, spans: Iterable[Span], mark: str) -> str:
    """Return a text with ``mark`` for every character of some spans."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        if end > at:
            start = max(start, at)
            pieces += [text[at:start], mark * (end - start)]
            at = end
    return "".join([*pieces, text[at:]])


@lru_cache(maxsize=8)
def vocabulary(form: Form, year: int | None) -> Vocabulary:
    """Return the vocabulary of a form for reports of a year."""
    return Vocabulary(form, year)
