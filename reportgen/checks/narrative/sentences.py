"""From a paragraph to its numbers with the words they are said in: clause, topic, year, scope."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...form.phrases import Topic
from ...patterns import compiled
from ...records import dataclass, replace
from .numerals import Compact, Token, tokens
from .vocabulary import Vocabulary

__all__ = ["Item", "items"]


@dataclass(frozen=True, slots=True)
class Item:
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


@dataclass(frozen=True, slots=True)
class _State:
    topic: Topic | None = None
    how: str = ""
    year: int | None = None
    year_said: bool = False
    scope: str = ""


_SENTENCE = compiled(r"[^。!?！？\n]+[。!?！？\n]?")
_MARK = compiled(r"[,;:()。!?]|——")
_YEAR = compiled(r"(?<!\d)((?:19|20)\d\d)年|(?:去年|上一?年度?(?!度))|(前年)|(今年|本年|当年)")
_COMPARED = compiled(
    r"(?:比|较|与|同|和|相比|对比)(?:于)?(?:上一?年度?|去年|前年|往年|(?:19|20)\d\d年度?)(?:同期)?|同比|环比|相比"
)
_FROM = compiled(r"[由从](?:上一?年度?的?|去年的?|(?:19|20)\d\d年的?)?$")
_CHANGED_TO = compiled(r"(?:增|升|减|降|增加|上升|增长|减少|下降|提高)[至到为]")
_LISTED = compiled(r"[、和及与]|以及")
_LEAD = compiled(
    r"^(?:[,;:、]|其中|另外?|此外|同时|而|但|在|由|以|(?:(?:19|20)\d\d年度?)|本年度?|全年|截至.{0,12}?日)+"
)


def items(text: Compact, words: Vocabulary, org: str, heading: Topic | None) -> Iterator[Item]:
    """Yield what a paragraph says in numbers, in order.

    Args:
        text: the paragraph.
        words: the form's vocabulary.
        org: the reporting body, whose own name narrows nothing.
        heading: the topic of the sub-heading above, if it names one.
    """
    every = sorted(_found(text.text, words), key=lambda i: (i.start, i.end))
    clause = 0
    base = last = _State(heading, "heading" if heading else "")
    for sentence in _SENTENCE.finditer(text.text):
        inside = [i for i in every if sentence.start() <= i.start < sentence.end()]
        goes_on = last if words.including.match(sentence[0]) else base
        walker = _Sentence(text.text, sentence.span(), inside, words, org, clause)
        yield from walker.walk(goes_on)
        last = replace(walker.last, how="before" if walker.last.topic else walker.last.how)
        clause += 1000


def _found(text: str, words: Vocabulary) -> Iterator[Item]:
    blank = Item("number", 0, 0, None, "", "", False, (0, 0), 0, 0)
    for token in tokens(text):
        yield replace(blank, start=token.start, end=token.stop, token=token)
    for match in words.all_done.finditer(text):
        yield replace(blank, kind="done", start=match.start(), end=match.end())
    for match in words.all_upheld.finditer(text):
        yield replace(blank, kind="upheld", start=match.start(), end=match.end())
    for match in words.negation.finditer(text):
        if not words.not_negation.match(text, match.start()):
            yield replace(
                blank, kind="none", start=match.start(), end=match.end(), inner=match["inner"] or ""
            )


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
        self, text: str, span: tuple[int, int], inside: list[Item], words: Vocabulary, org: str, clause: int
    ) -> None:
        self.text, self.span, self.items, self.words, self.org = text, span, inside, words, org
        self.clause = clause
        self.last = _State()
        """What a next sentence beginning with 其中 goes on with."""

    def clauses(self) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and the mark behind each clause; marks inside numbers do not count."""
        start = self.span[0]
        for mark in _MARK.finditer(self.text, *self.span):
            if not any(i.start < mark.start() < i.end for i in self.items if i.token):
                yield start, mark.start(), mark[0]
                start = mark.end()
        if start < self.span[1]:
            yield start, self.span[1], ""

    def walk(self, base: _State) -> Iterator[Item]:
        state = base
        stack: list[_State] = []
        for number, (start, end, mark) in enumerate(self.clauses()):
            here = [i for i in self.items if start <= i.start < end]
            position, part = start, state
            for n, item in enumerate(here):
                stop = here[n + 1].start if n + 1 < len(here) else end
                after, handed = self.between(item.end, stop, n + 1 == len(here))
                before = self.text[position : item.start]
                part = self.scoped(part, self.text[start : item.start], before)
                cut = n + 1 < len(here) and handed == item.end
                topic, how = self.topic(part, before, "" if cut else after, item)
                yield replace(
                    item, before=before, after=after, cut=cut, sentence=self.span,
                    clause=self.clause + number, depth=len(stack), topic=topic, how=how,
                    year=self.year_before(before, after, part.year), year_said=part.year_said, scope=part.scope,
                    compared=bool(_COMPARED.search(self.text[start : item.start])),
                )  # fmt: skip
                part = replace(part, topic=topic, how="before" if how == "here" else how)
                position = handed
            state = self.scoped(part, self.text[start:end], self.text[position:end])
            state = self.after_clause(state, self.text[position:end] if here else self.text[start:end])
            if mark == "(":
                stack.append(state)
                state = replace(state, year=self.year_named_last(self.text[start:end], state.year))
            elif mark == ")" and stack:
                state = stack.pop()
            elif mark == ";":
                state = replace(state, scope=base.scope, year=base.year)
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
        match = _YEAR.search(clause, max(0, len(clause) - 6))
        named = match is not None and _COMPARED.search(clause) and match.end() >= len(clause) - 1
        return self.year_of(match) if match and named else year

    def scoped(self, state: _State, clause: str, fresh: str) -> _State:
        """Take in the year and the scope that the words up to a number bring."""
        taken = [(h.start, h.end) for h in self.words.hits(clause)]
        for match in _YEAR.finditer(clause):
            inside = any(s < match.end() and match.start() < e for s, e in taken)
            compared = _COMPARED.search(clause[: match.end()])
            if inside or (compared and compared.end() >= match.end()):
                continue
            year = self.year_of(match)
            if year == self.words.year:
                state = replace(state, year=None, year_said=True)
            else:
                state = replace(state, year=year)
        if period := self.words.periods.search(clause):
            state = replace(state, scope=period[0])
        lead = _LEAD.sub("", clause)
        owner = self.words.owners.match(lead)
        if owner and not self.words.whole.match(owner[0]) and not is_own(owner[0], self.org) and (
            self.words.neutral.sub("", owner[0])
        ):  # fmt: skip
            state = replace(state, scope=owner[0])
        elif self.words.whole.match(lead) and state.scope and not self.words.periods.search(state.scope):
            state = replace(state, scope="")
        return state

    def year_of(self, match: re.Match[str]) -> int:
        if match[1]:
            return int(match[1])
        if match[3]:
            return self.words.year or 0
        return 0 if self.words.year is None else self.words.year - (2 if match[2] else 1)

    def topic(self, state: _State, before: str, after: str, item: Item) -> tuple[Topic | None, str]:
        """Return what the number counts: the noun next to it, else what the talk is of."""
        if item.kind == "none":
            after = ""
        first = [n for n in self.words.nouns(before) if not n[0].only_zero]
        if first and not self.words.neutral.sub("", before[first[-1][2] :]):
            tail = before[first[-1][2] :]
            if not self.words.foreign.search(tail):
                return first[-1][0], "here"
        then = [n for n in self.words.nouns(after) if not n[0].only_zero]
        if then:
            return then[0][0], "here"
        foreign = self.words.foreign.search(self.blank(before) + "#" + self.blank(after))
        if foreign:
            return None, "foreign"
        if first:
            return first[-1][0], "here"
        return state.topic, state.how

    def blank(self, text: str) -> str:
        """The text without what the form's phrases and nouns cover."""
        spans = [(h.start, h.end) for h in self.words.hits(text) if h.phrase.rank > 0]
        spans += [(s, e) for _, s, e in self.words.nouns(text)]
        return "".join(c for n, c in enumerate(text) if not any(s <= n < e for s, e in spans))

    def after_clause(self, state: _State, text: str) -> _State:
        """The topic the talk is of behind a clause: its last noun, ours or not."""
        nouns = [n for n in self.words.nouns(text) if not n[0].only_zero]
        foreign = [m.end() for m in self.words.foreign.finditer(self.blank(text))]
        if nouns and (not foreign or nouns[-1][2] >= len(text) - 12):
            return replace(state, topic=nouns[-1][0], how="before")
        if foreign and text:
            return replace(state, topic=None, how="foreign")
        return state
