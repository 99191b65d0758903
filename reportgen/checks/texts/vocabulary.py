"""The form's vocabulary as expressions, made once for a form and a year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Generic, TypeAlias, TypeVar

from msgspec import Struct

from ...form import Form
from ...form.phrases import Phrase, Topic, expand
from .numerals import SHORT_YEAR

T = TypeVar("T")
Span: TypeAlias = tuple[int, int]
Noun: TypeAlias = tuple[Topic, int, int]
"""A topic, and where it is named."""

YEAR = re.compile(rf"(?<!\d)((?:19|20)\d\d年|{SHORT_YEAR})|(?:去年|上一?年度?(?!度))|(前年)|(今年|本年|当年)")
COMPARED = re.compile(
    r"(?:比|较|与|(?<!连)同|和|相比|对比)(?:于)?(?:上一?年度?|去年|前年|往年|(?:19|20)\d\d年度?)(?:同期)?|同比|环比|相比"
)
_NEVER = "(?!)"
_SET = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.S)
"""In an expression: an escape or a set of characters."""
_GROUP = re.compile(r"\([^()]*\)")
_UNCLEAR = re.compile(r"[()\[\]\\]")
"""What is left of an expression that :func:`literals` does not understand."""
_FLAGS = re.compile(r"\(\?[a-zA-Z-]+[:)]")
_OPTIONAL = re.compile(r".(?:[*?]|\{[^}]*\})[?+]?|[\0.^$+?]", re.S)
"""What need not be there, or is no literal."""
_CENTURY = 100
KEPT = 512
"""Texts for which is remembered what was found in them; reports share most of their wording."""


class Hit(Struct, frozen=True):
    """A phrase found in a text."""

    phrase: Phrase
    start: int
    end: int
    order: int
    """Place of the phrase in the form file."""


class Words:
    """An expression that few texts need: it is compiled and tried where one of its literals is in the text."""

    def __init__(self, expression: str) -> None:
        self._expression, self._literals = expression, literals(expression)

    def _may_be_in(self, text: str) -> bool:
        for literal in self._literals:  # noqa: SIM110 - hundreds of these for every number: any() takes three times as long
            if literal in text:
                return True
        return False

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the first place from ``start`` on where it is."""
        return re.compile(self._expression).search(text, start) if self._may_be_in(text) else None

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return whether it is at ``start``."""
        return re.compile(self._expression).match(text, start) if self._may_be_in(text) else None

    def without(self, text: str) -> str:
        """Return a text from which it is taken out."""
        return re.sub(self._expression, "", text) if self._may_be_in(text) else text

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return all places where it is."""
        return re.finditer(self._expression, text) if self._may_be_in(text) else iter(())


class _Group(Generic[T]):
    """Things with their expressions, few of which are in any one text."""

    def __init__(self, members: Iterable[tuple[T, str]]) -> None:
        self._members = [(thing, Words(expression)) for thing, expression in members]

    def found(self, text: str) -> Iterator[tuple[T, int, int]]:
        """Yield what is found in a text, and where."""
        for thing, words in self._members:
            for match in words.finditer(text):
                yield thing, match.start(), match.end()


def literals(expression: str) -> tuple[str, ...]:
    """Return texts of which one stands in whatever an expression finds; ``""``, which is in any, if that cannot be told."""
    flat, groups = _SET.sub("\0", expression), 1
    while groups:
        flat, groups = _GROUP.subn("\0", flat)
    if _FLAGS.search(expression) or _UNCLEAR.search(flat):
        return ("",)
    found = {max(_OPTIONAL.split(branch), key=len) for branch in flat.split("|")}
    return tuple(one for one in found if not any(other in one for other in found - {one}))


class Vocabulary:
    """The words of a form as expressions.

    Args:
        form: a form with a ``[narrative]``.
        year: of the report, for the expressions that name it; None if unknown.
    """

    def __init__(self, form: Form, year: int | None) -> None:
        data = form.narrative
        any_of, rare = self._any_of, self._rare
        self.year = year
        self.topics = {t.id: t for t in data.topics}
        self._nouns = _Group([(t, expand(t.noun, year)) for t in data.topics])
        self._headings = [(t, rare(t.heading)) for t in data.topics if t.heading]
        self._phrases = self._grouped(data.phrases)
        longest_first = sorted(data.neutral, key=len, reverse=True)
        self._neutral = [w if re.escape(w) == w else Words(expand(w, year)) for w in longest_first if len(w) > 1]
        self._letters = str.maketrans("", "", "".join(word for word in data.neutral if len(word) == 1))
        self.restrict, self.periods = rare(*data.restrict), any_of(*data.periods)
        self.averages = any_of(data.averages)
        self.foreign, self.owners = any_of(*data.foreign), any_of(data.owners)
        self.whole, self.including, self.aside = any_of(data.whole), any_of(data.including), rare(data.aside)
        self.inserted = any_of(data.inserted)
        self.included = any_of(data.including.removeprefix("^"))
        self.places = rare(data.places)
        self.with_office = any_of(data.with_office)
        self.wider, self.government = any_of(data.wider), any_of(data.government)
        self.short_names, self.own_office = data.short_names, any_of(data.own_office)
        self.ours, self.total, self.left = any_of(data.ours), any_of(data.total), rare(data.left)
        self.sums_rule, self.shares_rule, self.done_rule = data.sums_rule, data.shares_rule, data.done_rule
        self.applications, self.own_field = data.applications, data.own_field
        self.channels = rare(*(one.key for one in data.divisions if one.singly))
        self.divided = rare(*(one.key for one in data.divisions if one.denied_whole))
        self.divisions = [(one, rare(one.key)) for one in data.divisions]
        self.rates = [(one, rare(one.key)) for one in data.rates]
        self.authorities = rare(data.authorities)
        self.own_business = {t.id: rare(t.own_business) for t in data.topics if t.own_business}
        self.not_by = {t.id: rare(t.not_by) for t in data.topics if t.not_by}
        self.negation, self.not_negation = any_of(data.negation), rare(data.not_negation)
        self.denied_too, self.denied_before = any_of(data.denied_too), any_of(data.denied_before)
        self.reason, self.these = any_of(data.reason), any_of(data.these)
        self.listed_as = any_of(data.listed_as)
        self.kind_behind, self.everybody = rare(data.kind_behind), rare(data.everybody)
        self.short = {t: rare(t.short) for t in data.topics if t.short}
        self.deciders, self.about = any_of(data.deciders), rare(data.about)
        self.kept = rare(data.kept)
        self.examples = any_of(data.examples)
        self.decides, self.published = rare(data.decides), any_of(data.published)
        self.each, self.respectively = rare(data.each), any_of(data.respectively)
        self.all_done, self.all_done_rates = any_of(data.all_done), any_of(data.all_done_rates)
        self.done_rates = any_of(data.done_rates)
        self.all_ended = any_of(data.all_ended)
        self.all_done_names: tuple[str, ...] = data.all_done_names
        self.done_of: tuple[tuple[str, ...], ...] = data.done_of

    def without_neutral(self, text: str, *, letters: bool = True) -> str:
        """Return a text without words that change nothing, the longest first.

        Args:
            text: some words.
            letters: whether single ones go too, which are a part of other words as well (件 of 信件).
        """
        for word in self._neutral:
            text = text.replace(word, "") if isinstance(word, str) else word.without(text)
        return text.translate(self._letters) if letters else text

    def _joined(self, *expressions: str) -> str:
        longest_first = "|".join(sorted(expressions, key=len, reverse=True))
        return expand(longest_first or _NEVER, self.year)

    def _any_of(self, *expressions: str) -> re.Pattern[str]:
        return re.compile(self._joined(*expressions))

    def _rare(self, *expressions: str) -> Words:
        return Words(self._joined(*expressions))

    def _grouped(self, phrases: Sequence[Phrase]) -> dict[str, list[_Group[tuple[int, Phrase]]]]:
        """Return the phrases by the topics they need, ``""`` for those that name their own."""
        groups: dict[str, list[_Group[tuple[int, Phrase]]]] = {}
        for (topics, _), some in groupby(enumerate(phrases), key=lambda p: (p[1].topics, p[1].topic)):
            group = _Group([(one, expand(one[1].key, self.year)) for one in some])
            for topic in topics or ("",):
                groups.setdefault(topic, []).append(group)
        return groups

    def hits(self, text: str, topic: Topic | None = None) -> tuple[Hit, ...]:
        """Return the phrases in a text by place; of overlapping ones the longest, then the highest.

        Phrases that name no topic of their own count only if the talk is of theirs.
        """
        return self._hits(text, topic.id if topic else "")

    @lru_cache(maxsize=KEPT)  # noqa: B019 - a vocabulary is kept for as long as the process runs
    def _hits(self, text: str, topic: str) -> tuple[Hit, ...]:
        found = [
            Hit(phrase, start, end, order)
            for id_ in dict.fromkeys(("", topic))
            for group in self._phrases.get(id_, ())
            for (order, phrase), start, end in group.found(text)
        ]
        kept: list[Hit] = []
        for hit in sorted(found, key=lambda h: (h.start - h.end, -h.phrase.rank, h.order)):
            same = [k for k in kept if (k.start < hit.end and hit.start < k.end) or k.start == hit.start]
            # two phrases may share the same words (a topic decides later which is meant)
            if all((k.start, k.end) == (hit.start, hit.end) for k in same):
                kept.append(hit)
        return tuple(sorted(kept, key=lambda h: h.start))

    @lru_cache(maxsize=KEPT)  # noqa: B019
    def nouns(self, text: str) -> tuple[Noun, ...]:
        """Return the topics named in a text by place; of overlapping nouns the longest."""
        kept: list[Noun] = []
        for noun in sorted(self._nouns.found(text), key=lambda n: n[1] - n[2]):
            if not any(k[1] < noun[2] and noun[1] < k[2] for k in kept):
                kept.append(noun)
        return tuple(sorted(kept, key=lambda n: n[1]))

    @lru_cache(maxsize=KEPT)  # noqa: B019
    def topic_of_heading(self, heading: str) -> Topic | None:
        """Return the topic a sub-heading is about, if it is about just one."""
        found = [t for t, pattern in self._headings if pattern.search(heading)]
        return found[0] if len(found) == 1 else None

    def year_of(self, match: re.Match[str]) -> int:
        """Return the year that :data:`YEAR` has found; 0 if it is unclear."""
        if match[1]:
            year = int(match[1].removesuffix("年"))
            return year if year > _CENTURY else year + 2000  # 23年我局收到…
        if match[3]:
            return self.year or 0
        return 0 if self.year is None else self.year - (2 if match[2] else 1)


@lru_cache(maxsize=8)
def vocabulary(form: Form, year: int | None) -> Vocabulary:
    """Return the vocabulary of a form for reports of a year."""
    return Vocabulary(form, year)
