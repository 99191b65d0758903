"""From a paragraph to its numbers with the words they are said in: clause, topic, year, scope."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import NamedTuple

from ...form.phrases import Topic
from .numerals import Compact, Token, tokens
from .vocabulary import COMPARED, NOTHING, YEAR, Brought, Vocabulary

__all__ = ["CHANGED_TO", "Item", "is_own", "items"]


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


_NO_STATE = _State()
_SENTENCE = re.compile(r"[^。!?！？\n]+[。!?！？\n]?")
_MARK = re.compile(r"[,;:()。!?]|——")
_FROM = re.compile(r"[由从](?:上一?年度?的?|去年的?|(?:19|20)\d\d年的?)?$")
CHANGED_TO = re.compile(r"(?:增|升|减|降|增加|上升|增长|减少|下降|提高)[至到为]")
"""Before the figure that a change led to."""
_GROUPED = len("1,000")
_LISTED = re.compile(r"[、和及与]|以及")


def items(text: Compact, words: Vocabulary, org: str, heading: Topic | None) -> list[Item]:
    """Return what a paragraph says in numbers, in order.

    Args:
        text: the paragraph.
        words: the form's vocabulary.
        org: the reporting body, whose own name narrows nothing.
        heading: the topic of the sub-heading above, if it names one.
    """
    every = _mentions(text.text, words)
    made: list[Item] = []
    if not every:
        return made
    spans = [sentence.span() for sentence in _SENTENCE.finditer(text.text)]
    base = last = _State(heading, "heading" if heading else "")
    at, count = 0, len(every)
    goes_on = False
    for n, (first, end) in enumerate(spans):
        while at < count and every[at].start < first:
            at += 1  # a mark between sentences
        inside = []
        while at < count and every[at].start < end:
            inside.append(every[at])
            at += 1
        wanted = at < count and n + 1 < len(spans) and _goes_on(text.text, spans[n + 1], words)
        if inside or wanted:
            walker = _Sentence(text.text, (first, end), inside, words, org, 1000 * n)
            made += walker.walk(last if goes_on else base, to_end=wanted)
            if at == count:
                return made
            last = walker.last._replace(how="before" if walker.last.topic else walker.last.how)
        goes_on = wanted
    return made


def _goes_on(text: str, sentence: tuple[int, int], words: Vocabulary) -> bool:
    """Whether a sentence goes on with what the one before it was about."""
    return words.including.match(text[slice(*sentence)]) is not None


class _Said(NamedTuple):
    """Words that say a number, before those around them are looked at."""

    start: int
    stop: int
    kind: str
    inner: str = ""


def _mentions(text: str, words: Vocabulary) -> list[Token | _Said]:
    """Return the numbers of a text and the words that say one, in order."""
    said = [_Said(*match.span(), "done") for match in words.all_done.finditer(text)]
    said += [_Said(*match.span(), "upheld") for match in words.all_upheld.finditer(text)]
    for match in words.negation.finditer(text):
        if not words.not_negation.match(text, match.start()):
            said.append(_Said(*match.span(), "none", match["inner"] or ""))
    found: list[Token | _Said] = [*tokens(text), *said]
    if said:
        found.sort(key=attrgetter("start", "stop"))
    return found


def _in_words(item: Token | _Said, text: str) -> str:
    """Return what stands there with 0 for its figure: what words bring does not depend on figures."""
    return "0" + text[item.end : item.stop] if isinstance(item, Token) else text[item.start : item.stop]


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
        self, text: str, span: tuple[int, int], inside: list[Token | _Said], words: Vocabulary, org: str,
        clause: int,
    ) -> None:  # fmt: skip
        self.text, self.span, self.items, self.words, self.org = text, span, inside, words, org
        self.clause = clause
        self.last = _NO_STATE
        """What a next sentence beginning with 其中 goes on with."""

    def clauses(self) -> list[tuple[int, int, str]]:
        """Return start, end and the mark behind each clause; marks inside numbers do not count."""
        start, end = self.span
        # The only mark inside a number is the comma between its thousands.
        spans = [(i.start, i.stop) for i in self.items if isinstance(i, Token)]
        numbers = [(s, e) for s, e in spans if e - s >= _GROUPED and "," in self.text[s:e]]
        found = []
        for mark in _MARK.finditer(self.text, start, end):
            place, behind = mark.span()
            if not numbers or not any(s < place < e for s, e in numbers):
                found.append((start, place, mark[0]))
                start = behind
        if start < end:
            found.append((start, end, ""))
        return found

    def walk(self, base: _State, *, to_end: bool) -> list[Item]:
        """Return the items; only ``to_end`` does :attr:`last` say what the sentence ends with."""
        state, text, brought_by, counted = base, self.text, self.words.brought, self.words.counted
        at, every = 0, self.items
        made: list[Item] = []
        stack: list[_State] = []
        for number, (start, end, mark) in enumerate(self.clauses()):
            position, part, first = start, state, at
            said, behind = "", start
            while at < len(every) and every[at].start < end:
                item = every[at]
                at += 1
                final = at == len(every) or every[at].start >= end
                stop = handed = item.stop
                token, kind, inner = (
                    (item, "number", "") if isinstance(item, Token) else (None, item.kind, item.inner)
                )
                if final:
                    after = text[handed:end]
                else:
                    after, handed = self.between(handed, every[at].start)
                before = text[position : item.start]
                apart = item.start >= behind  # a denial may have a number in it
                lead = said + text[behind : item.start] if apart else text[start : item.start]
                brought = brought_by(lead)
                said = lead + _in_words(item, text) if apart else said + text[behind:stop]
                behind = max(behind, stop)
                if brought is not NOTHING:
                    part = self.scoped(part, brought)
                cut = not final and handed == stop
                topic, how = counted(before, "" if cut or kind == "none" else after)
                if not how:
                    topic, how = part.topic, part.how
                year = self.year_before(before, after, part.year)
                made.append(Item(
                    kind, item.start, stop, token, before, after, cut, self.span, self.clause + number,
                    len(stack), topic, how, year, part.year_said, brought.compared, part.scope, inner,
                ))  # fmt: skip
                if topic is not part.topic or how != part.how:
                    part = _State(topic, "before" if how == "here" else how, *part[2:])
                position = handed
            if at == len(every) and not to_end:
                return made
            clause = text[start:end]
            brought = brought_by(said + text[behind:end])
            state = part if brought is NOTHING else self.scoped(part, brought)
            named, how = self.words.left_with(text[position:end] if at > first else clause)
            if how:
                state = _State(named, how, *state[2:])
            if mark == "(":
                stack.append(state)
                state = state._replace(year=self.year_named_last(clause, state.year))
            elif mark == ")" and stack:
                state = stack.pop()
            elif mark == ";":
                state = state._replace(scope=base.scope, year=base.year)
        self.last = state
        return made

    def between(self, start: int, stop: int) -> tuple[str, int]:
        """The words behind a number that is not the last of its clause, and where those of the next one begin.

        In a list (2件维持、1件未审结) the words up to the mark belong to the number before them.
        """
        text = self.text[start:stop]
        if _LISTED.match(text):
            return "", start
        head, mark, _ = text.partition("、")
        return (head, start + len(head)) if mark else (text, start)

    def year_before(self, before: str, after: str, year: int | None) -> int | None:
        """由20件增至26件: the first of the two is last year's number."""
        if ("由" in before or "从" in before) and _FROM.search(before) and CHANGED_TO.match(after):
            return None if self.words.year is None else self.words.year - 1
        return year

    def year_named_last(self, clause: str, year: int | None) -> int | None:
        """比2023年（20件）: what stands in the bracket is of the year named just before it."""
        match = YEAR.search(clause, max(0, len(clause) - 6))
        named = match is not None and COMPARED.search(clause) and match.end() >= len(clause) - 1
        return self.words.year_of(match) if match and named else year

    def scoped(self, state: _State, brought: Brought) -> _State:
        """Take in the year and the scope that the words up to a number bring."""
        if not (brought.years or brought.period or brought.owner or (brought.whole and state.scope)):
            return state
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
