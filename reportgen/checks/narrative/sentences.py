"""From a paragraph to its numbers with the words they are said in: clause, topic, year, scope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter

from ...form.phrases import Topic
from ...hints import NamedTuple
from ...patterns import compiled
from .numerals import Compact, Token, tokens
from .vocabulary import COMPARED, YEAR, Brought, Vocabulary

__all__ = ["Item", "items"]


class Item(NamedTuple):
    """A number, or words that say a number (未收到, 全部办结, 均获维持), with its surroundings."""

    kind: str
    """``number``, ``none``, ``done`` or ``upheld``."""
    start: int
    end: int
    token: Token | None
    before: str
    """The words before it, up to the last mark or number."""
    after: str
    """The words behind it, up to the next mark or number."""
    cut: bool
    """``after`` ends at another number, to which its words may belong."""
    sentence: tuple[int, int]
    clause: int
    """Counts the clauses of the paragraph."""
    depth: int
    """Brackets around it."""
    topic: Topic | None = None
    how: str = ""
    """Where the topic is named: ``here``, ``before`` in the sentence, ``heading`` or ``foreign``."""
    year: int | None = None
    """The year it is about where that is not the data year; 0 if several or unclear."""
    year_said: bool = False
    """The sentence names the data year."""
    compared: bool = False
    """The clause compares with another year."""
    scope: str = ""
    """The words that narrow the scope of this part of the sentence: a period, another body."""
    inner: str = ""
    """Words inside a denial that may narrow it: 未因…引发."""


class _State(NamedTuple):
    topic: Topic | None = None
    how: str = ""
    year: int | None = None
    year_said: bool = False
    scope: str = ""


_SENTENCE = compiled(r"[^。!?！？\n]+[。!?！？\n]?")
_MARK = compiled(r"[,;:()。!?]|——")
_FROM = compiled(r"[由从](?:上一?年度?的?|去年的?|(?:19|20)\d\d年的?)?$")
_CHANGED_TO = compiled(r"(?:增|升|减|降|增加|上升|增长|减少|下降|提高)[至到为]")
_LISTED = compiled(r"[、和及与]|以及")


def items(text: Compact, words: Vocabulary, org: str, heading: Topic | None) -> Iterator[Item]:
    """Yield what a paragraph says in numbers, in order.

    Args:
        text: the paragraph.
        words: the form's vocabulary.
        org: the reporting body, whose own name narrows nothing.
        heading: the topic of the sub-heading above, if it names one.
    """
    every = sorted(_found(text.text, words), key=itemgetter(0, 1))
    spans = [sentence.span() for sentence in _SENTENCE.finditer(text.text)]
    base = last = _State(heading, "heading" if heading else "")
    for n, (first, end) in enumerate(spans):
        inside = [i for i in every if first <= i.start < end]
        following = spans[n + 1] if n + 1 < len(spans) else None
        wanted = following is not None and _goes_on(text.text, following, words)
        if not inside and not wanted:
            continue
        walker = _Sentence(text.text, (first, end), inside, words, org, 1000 * n)
        yield from walker.walk(last if _goes_on(text.text, (first, end), words) else base, to_end=wanted)
        last = walker.last._replace(how="before" if walker.last.topic else walker.last.how)


def _goes_on(text: str, sentence: tuple[int, int], words: Vocabulary) -> bool:
    """Whether a sentence goes on with what the one before it was about."""
    return words.including.match(text[slice(*sentence)]) is not None


class _Found(NamedTuple):
    """Where an item stands, before the words around it are looked at."""

    start: int
    end: int
    kind: str
    token: Token | None
    inner: str


def _found(text: str, words: Vocabulary) -> Iterator[_Found]:
    for token in tokens(text):
        yield _Found(token.start, token.stop, "number", token, "")
    for match in words.all_done.finditer(text):
        yield _Found(match.start(), match.end(), "done", None, "")
    for match in words.all_upheld.finditer(text):
        yield _Found(match.start(), match.end(), "upheld", None, "")
    for match in words.negation.finditer(text):
        if not words.not_negation.match(text, match.start()):
            yield _Found(match.start(), match.end(), "none", None, match["inner"] or "")


def is_own(name: str, org: str) -> bool:
    """Whether ``name`` is the reporting body itself, in full or cut short (县发改局).

    A government's report adds up its departments, so 区政府 alone may mean less than the whole.
    """
    if not name or not org:
        return False
    if name in org and len(name) > 5:
        return True
    government = re.search(r"(?:省|市|县|区|州|旗)人民政府$", org) is not None
    if government:
        return org.endswith(name + "人民政府") or name == org
    if name in org and len(name) > 2:
        return True
    letters = iter(org)
    return len(name) > 1 and name[-1] == org[-1] and all(c in letters for c in name)


class _Sentence:
    def __init__(
        self, text: str, span: tuple[int, int], inside: list[_Found], words: Vocabulary, org: str, clause: int
    ) -> None:
        self.text, self.span, self.items, self.words, self.org = text, span, inside, words, org
        self.clause = clause
        self.last = _State()
        """What a next sentence beginning with 其中 goes on with."""

    def clauses(self) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and the mark behind each clause; marks inside numbers do not count."""
        start = self.span[0]
        numbers = [
            (i.start, i.end) for i in self.items if i.token and _MARK.search(self.text, i.start, i.end)
        ]
        for mark in _MARK.finditer(self.text, *self.span):
            place = mark.start()
            if not numbers or not any(s < place < e for s, e in numbers):
                yield start, place, mark[0]
                start = mark.end()
        if start < self.span[1]:
            yield start, self.span[1], ""

    def walk(self, base: _State, *, to_end: bool) -> Iterator[Item]:
        """Yield the items; only ``to_end`` does :attr:`last` say what the sentence ends with."""
        state, left = base, len(self.items)
        stack: list[_State] = []
        for number, (start, end, mark) in enumerate(self.clauses()):
            here = [i for i in self.items if start <= i.start < end]
            position, part = start, state
            for n, item in enumerate(here):
                stop = here[n + 1].start if n + 1 < len(here) else end
                after, handed = self.between(item.end, stop, n + 1 == len(here))
                before = self.text[position : item.start]
                brought = self.words.brought(self.text[start : item.start])
                part = self.scoped(part, brought)
                cut = n + 1 < len(here) and handed == item.end
                topic, how = self.topic(part, before, "" if cut or item.kind == "none" else after)
                yield Item(
                    item.kind, item.start, item.end, item.token, before, after, cut, self.span,
                    self.clause + number, len(stack), topic, how, self.year_before(before, after, part.year),
                    part.year_said, brought.compared, part.scope, item.inner,
                )  # fmt: skip
                part = part._replace(topic=topic, how="before" if how == "here" else how)
                position = handed
            left -= len(here)
            if not left and not to_end:
                return
            clause = self.text[start:end]
            state = self.scoped(part, self.words.brought(clause))
            state = self.after_clause(state, self.text[position:end] if here else clause)
            if mark == "(":
                stack.append(state)
                state = state._replace(year=self.year_named_last(clause, state.year))
            elif mark == ")" and stack:
                state = stack.pop()
            elif mark == ";":
                state = state._replace(scope=base.scope, year=base.year)
        self.last = state

    def between(self, start: int, stop: int, last: bool) -> tuple[str, int]:
        """The words behind a number, and where those of the next one begin.

        In a list (2件维持、1件未审结) the words up to the mark belong to the number before them.
        """
        text = self.text[start:stop]
        if last:
            return text, start
        if _LISTED.match(text):
            return "", start
        head, mark, _ = text.partition("、")
        return (head, start + len(head)) if mark else (text, start)

    def year_before(self, before: str, after: str, year: int | None) -> int | None:
        """由20件增至26件: the first of the two is last year's number."""
        if _FROM.search(before) and _CHANGED_TO.match(after):
            return None if self.words.year is None else self.words.year - 1
        return year

    def year_named_last(self, clause: str, year: int | None) -> int | None:
        """比2023年（20件）: what stands in the bracket is of the year named just before it."""
        match = YEAR.search(clause, max(0, len(clause) - 6))
        named = match is not None and COMPARED.search(clause) and match.end() >= len(clause) - 1
        return self.words.year_of(match) if match and named else year

    def scoped(self, state: _State, brought: Brought) -> _State:
        """Take in the year and the scope that the words up to a number bring."""
        topic, how, year, said, scope = state
        for one in brought.years:
            if one == self.words.year:
                year, said = None, True
            else:
                year = one
        scope = brought.period or scope
        if brought.owner and not is_own(brought.owner, self.org):
            scope = brought.owner
        elif brought.whole and scope and not self.words.periods.search(scope):
            scope = ""
        return _State(topic, how, year, said, scope)

    def topic(self, state: _State, before: str, after: str) -> tuple[Topic | None, str]:
        """Return what the number counts: the noun next to it, else what the talk is of."""
        named, how = self.words.counted(before, after)
        return (named, how) if how else (state.topic, state.how)

    def after_clause(self, state: _State, text: str) -> _State:
        """The topic the talk is of behind a clause: its last noun, ours or not."""
        named, how = self.words.left_with(text)
        return state._replace(topic=named, how=how) if how else state
