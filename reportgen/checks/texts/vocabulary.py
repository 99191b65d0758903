"""The form's vocabulary, compiled once per form and year: words around a number → phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from ...form import Form
from ...form.phrases import Phrase, Topic, expand

T = TypeVar("T")
Noun: TypeAlias = "tuple[Topic, int, int]"
"""A topic, and where it is named."""
_KEPT = 1024
"""Answers kept of each question to a vocabulary."""

__all__ = ["Hit", "Noun", "Vocabulary", "vocabulary"]


YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年|(?:去年|上一?年度?(?!度))|(前年)|(今年|本年|当年)")
COMPARED = re.compile(
    r"(?:比|较|与|同|和|相比|对比)(?:于)?(?:上一?年度?|去年|前年|往年|(?:19|20)\d\d年度?)(?:同期)?|同比|环比|相比"
)
_LEAD = re.compile(
    r"^(?:[,;:、]|其中|另外?|此外|同时|而|但|在|由|以|(?:(?:19|20)\d\d年度?)|本年度?|全年|截至.{0,12}?日)+"
)


PUNCTUATION = re.compile(r"[\s,;:、。()“”\"'‘’!?#/—\-《》【】\d.]+")
Spans: TypeAlias = "tuple[tuple[int, int], ...]"


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


NOTHING = Brought((), "", "", False, False)
"""What most words bring."""


class Hit(NamedTuple):
    """A phrase found in a text."""

    phrase: Phrase
    start: int
    end: int


class Left(NamedTuple):
    """What is left of a text without what is understood of it."""

    text: str
    """The text with # for what is."""
    rest: str
    """Without words that change nothing."""
    whole: str
    """Without punctuation alone."""
    narrows: bool
    """It narrows what is counted."""


class _Expression:
    """A pattern compiled when a text first has one of the words that it needs.

    A judge compiles 20 of 80 and takes 4.9 instead of 7.9 ms afterwards.
    """

    __slots__ = ("_pattern", "_text", "_words", "_year")

    def __init__(self, text: str, year: int | None, words: Sequence[str]) -> None:
        self._text, self._year, self._words = text, year, words
        self._pattern: re.Pattern[str] | None = None

    def _compiled(self) -> re.Pattern[str]:
        if self._pattern is None:
            self._pattern = re.compile(expand(self._text, self._year))
        return self._pattern

    def _possible(self, text: str) -> bool:
        for word in self._words:  # a loop is half the time of any() here
            if word in text:
                return True
        return not self._words

    @property
    def letters(self) -> frozenset[str]:
        """First letters of the needed words; none if nothing is known of them."""
        return frozenset(word[0] for word in self._words)

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
        return self._compiled().finditer(text) if self._possible(text) else ()

    def search(self, text: str) -> re.Match[str] | None:
        return self._compiled().search(text) if self._possible(text) else None

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        return self._compiled().match(text, start) if self._possible(text) else None


class _Index(Generic[T]):
    """Things with their expressions, of which few need to be tried on a text.

    Asking the letters of the text before the words takes 12 % off the time of the judge (4.9 to 4.3 ms).
    """

    def __init__(self, things: Iterable[tuple[T, _Expression]]) -> None:
        self._things = list(things)
        self._always: list[int] = []
        self._by_letter: dict[str, list[int]] = {}
        for n, (_, expression) in enumerate(self._things):
            for letter in expression.letters:
                self._by_letter.setdefault(letter, []).append(n)
            if not expression.letters:
                self._always.append(n)

    def __iter__(self) -> Iterator[tuple[T, _Expression]]:
        return iter(self._things)

    def possible(self, text: str) -> Iterator[tuple[T, _Expression]]:
        """Yield those that can match, in their order."""
        chosen = set(self._always)
        for letter in self._by_letter.keys() & set(text):
            chosen.update(self._by_letter[letter])
        for n in sorted(chosen):
            yield self._things[n]


class Vocabulary:
    """A form's expressions, each compiled when needed; ``year`` is the report's, None if unknown."""

    def __init__(self, form: Form, year: int | None) -> None:
        data = form.narrative
        self.year = year
        self.topics = {t.id: t for t in data.topics}
        self._year, self._needs = year, data.needs
        words = data.words
        self._phrases = _Index((p, self._compile(p.key)) for p in data.phrases)
        self._nouns = _Index((t, self._compile(t.noun)) for t in data.topics)
        self._headings = [(t, self._compile(t.heading)) for t in data.topics if t.heading]
        neutral: tuple[str, ...] = words.get("neutral", ())
        self.neutral = self._any(neutral)
        self.neutral_words = self._any(tuple(w for w in neutral if len(w) > 1))
        """Without the single letters, which are parts of other words too (件 of 信件)."""
        self.restrict = self._any(words.get("restrict", ()))
        self.periods = self._any(words.get("periods", ()))
        self.foreign = self._any(words.get("foreign", ()))
        self.owners = self._compile(words.get("owners", "(?!)"))
        self.whole = self._compile(words.get("whole", "(?!)"))
        self.negation = self._compile(words.get("negation", "(?!)"))
        self.not_negation = self._compile(words.get("not_negation", "(?!)"))
        self.all_done = self._compile(words.get("all_done", "(?!)"))
        self.all_done_rates = self._compile(words.get("all_done_rates", "(?!)"))
        self.all_done_names: tuple[str, ...] = words.get("all_done_names", ())
        self.done_of: tuple[tuple[str, ...], ...] = words.get("done_of", ())
        self.all_upheld = self._compile(words.get("all_upheld", "(?!)"))
        self.upheld_column: str = words.get("all_upheld_column", "")
        self.each = self._compile(words.get("each", "(?!)"))
        self.respectively = self._compile(words.get("respectively", "(?!)"))
        self.including = self._compile(words.get("including", "(?!)"))
        # The words between numbers are asked about again and again, in one text and from text to text.
        self._hits = lru_cache(_KEPT)(self._find_hits)
        self.nouns = lru_cache(_KEPT)(self._find_nouns)
        """The topics named in a text by place; of overlapping nouns the longest."""
        self.brought = lru_cache(_KEPT)(self._find_brought)
        """What a clause brings to the numbers behind it."""
        self.counted = lru_cache(_KEPT)(self._find_counted)
        """The topic that is counted between the words before and behind a number, and where it is named:
        ``here``; or ``foreign``, then it is none of ours; ``""`` where they do not say."""
        self.left_with = lru_cache(_KEPT)(self._find_left_with)
        """The topic the talk is of behind a clause and ``before``; or ``foreign``; ``""`` as it was."""
        self._left = lru_cache(_KEPT)(self._find_left)
        self.plain = lru_cache(_KEPT)(self._find_plain)
        """A text without words that change nothing; and without punctuation alone."""
        self.topic_of_heading = lru_cache(_KEPT)(self._find_topic_of_heading)
        """The topic a sub-heading is about, if it is about just one."""

    def _compile(self, text: str) -> _Expression:
        return _Expression(text, self._year, self._needs.get(text, ()))

    def _any(self, texts: tuple[str, ...]) -> re.Pattern[str]:
        return re.compile(expand("|".join(sorted(texts, key=len, reverse=True)) or "(?!)", self._year))

    def hits(self, text: str, topic: Topic | None = None) -> tuple[Hit, ...]:
        """Return the phrases in a text by place; of overlapping ones the longest, then the highest.

        Phrases that name no topic of their own count only if the talk is of theirs.
        """
        return self._hits(text, "" if topic is None else topic.id)

    def _find_hits(self, text: str, topic: str) -> tuple[Hit, ...]:
        found = [
            Hit(phrase, match.start(), match.end())
            for phrase, pattern in self._phrases.possible(text)
            if not phrase.topics or topic in phrase.topics
            for match in pattern.finditer(text)
        ]
        found.sort(key=lambda h: (h.start - h.end, -h.phrase.rank))
        kept: list[Hit] = []
        for hit in found:
            same = [k for k in kept if (k.start < hit.end and hit.start < k.end) or k.start == hit.start]
            # two phrases may share the same words (a topic decides later which is meant)
            if all((k.start, k.end) == (hit.start, hit.end) for k in same):
                kept.append(hit)
        return tuple(sorted(kept, key=lambda h: h.start))

    def _find_nouns(self, text: str) -> tuple[Noun, ...]:
        found = [
            (t, m.start(), m.end())
            for t, pattern in self._nouns.possible(text)
            for m in pattern.finditer(text)
        ]
        found.sort(key=lambda n: n[1] - n[2])
        kept: list[Noun] = []
        for noun in found:
            if not any(k[1] < noun[2] and noun[1] < k[2] for k in kept):
                kept.append(noun)
        return tuple(sorted(kept, key=lambda n: n[1]))

    def _find_brought(self, clause: str) -> Brought:
        years = []
        named = list(YEAR.finditer(clause)) if "年" in clause else ()
        taken = [(h.start, h.end) for h in self.hits(clause)] if named else []
        for match in named:
            inside = any(s < match.end() and match.start() < e for s, e in taken)
            compared = COMPARED.search(clause[: match.end()])
            if not inside and not (compared and compared.end() >= match.end()):
                years.append(self.year_of(match))
        period = self.periods.search(clause)
        lead = _LEAD.sub("", clause)
        owner = self.owners.match(lead)
        other = owner is not None and not self.whole.match(owner[0]) and self.neutral.sub("", owner[0])
        compares = ("年" in clause or "比" in clause) and COMPARED.search(clause) is not None
        brought = Brought(
            tuple(years), period[0] if period else "", owner[0] if owner and other else "",
            self.whole.match(lead) is not None, compares,
        )  # fmt: skip
        return NOTHING if brought == NOTHING else brought

    def year_of(self, match: re.Match[str]) -> int:
        """Return the year that :data:`YEAR` has found."""
        if match[1]:
            return int(match[1])
        if match[3]:
            return self.year or 0
        return 0 if self.year is None else self.year - (2 if match[2] else 1)

    def _find_counted(self, before: str, after: str) -> tuple[Topic | None, str]:
        first = [n for n in self.nouns(before) if not n[0].only_zero]
        if first and not self.neutral.sub("", before[first[-1][2] :]):
            tail = before[first[-1][2] :]
            if not self.foreign.search(tail):
                return first[-1][0], "here"
        then = [n for n in self.nouns(after) if not n[0].only_zero]
        if then:
            return then[0][0], "here"
        if self.foreign.search(self._blank(before) + "#" + self._blank(after)):
            return None, "foreign"
        return (first[-1][0], "here") if first else (None, "")

    def _find_left_with(self, text: str) -> tuple[Topic | None, str]:
        nouns = [n for n in self.nouns(text) if not n[0].only_zero]
        foreign = [m.end() for m in self.foreign.finditer(self._blank(text))]
        if nouns and (not foreign or nouns[-1][2] >= len(text) - 12):
            return nouns[-1][0], "before"
        return (None, "foreign") if foreign and text else (None, "")

    def _blank(self, text: str) -> str:
        """The text without what the form's phrases and nouns cover."""
        spans = [(h.start, h.end) for h in self.hits(text) if h.phrase.rank > 0]
        spans += [(s, e) for _, s, e in self.nouns(text)]
        return "".join(c for n, c in enumerate(text) if not any(s <= n < e for s, e in spans))

    def left(self, text: str, hits: Sequence[Hit] = ()) -> Left:
        """Return what is left of a text without some phrases in it and the form's nouns."""
        return self._left(text, tuple([(hit.start, hit.end) for hit in hits]))

    def _find_left(self, text: str, spans: Spans) -> Left:
        every = [*spans, *((s, e) for _, s, e in self.nouns(text))]
        kept = "".join("#" if any(s <= n < e for s, e in every) else c for n, c in enumerate(text))
        narrows = self.restrict.search(self.neutral_words.sub("", kept)) is not None
        return Left(kept, *self.plain(kept), narrows)

    def _find_plain(self, text: str) -> tuple[str, str]:
        rest = PUNCTUATION.sub("", self.neutral.sub("", self.neutral.sub("", text)))
        return rest, PUNCTUATION.sub("", text)

    def _find_topic_of_heading(self, heading: str) -> Topic | None:
        found = [t for t, pattern in self._headings if pattern.search(heading)]
        return found[0] if len(found) == 1 else None


@lru_cache(maxsize=8)
def vocabulary(form: Form, year: int | None) -> Vocabulary:
    """Return the compiled vocabulary of a form."""
    return Vocabulary(form, year)
