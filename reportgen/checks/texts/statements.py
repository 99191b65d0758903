"""From a paragraph to its numbers with the words they are said in: clause, topic, year, scope."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ...form.phrases import Topic
from .numerals import Token, tokens
from .vocabulary import COMPARED, YEAR, Span, Vocabulary
from .wording import Brought, brought, counted, is_own, left_with


class Statement(Struct, frozen=True):
    """A number, or words that say a number (未收到, 全部办结, 均获维持), with its surroundings."""

    kind: str
    """``number``, ``none``, ``done`` or ``ended``."""
    start: int
    end: int
    token: Token | None
    before: str
    """The words before it, up to the last mark or number."""
    after: str
    """The words behind it, up to the next mark or number."""
    cut: bool
    """``after`` ends at another number, to which its words may belong."""
    sentence: Span
    clause: int
    """Counts the clauses of the sentence."""
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
    office: bool = False
    """Of a government: its name stands there so that only its own office may be meant."""
    by: str = ""
    """The body that decided, of an outcome."""


class _Words(Struct, frozen=True):
    """Words that say a number, before those around them are looked at."""

    start: int
    stop: int
    kind: str
    inner: str = ""


Mention: TypeAlias = Token | _Words


class _Clause(Struct, frozen=True):
    number: int
    """Counts the clauses of the sentence."""
    start: int
    end: int
    mark: str
    """The mark behind it, ``""`` at the end of the sentence."""
    mentions: Sequence[Mention]


class _Spot(Struct, frozen=True):
    """A mention and the words around it; the fields are those of :class:`Statement`."""

    mention: Mention
    before: str
    after: str
    cut: bool


class _State(Struct, frozen=True):
    """What the talk is of at a place of a sentence; the fields are those of :class:`Statement`."""

    topic: Topic | None = None
    how: str = ""
    year: int | None = None
    year_said: bool = False
    scope: str = ""
    office: bool = False
    whole: bool = False
    """The whole body has been named, or a part begun: 区政府 may then be one part."""


_SENTENCE = re.compile(r"[^。!?！？\n]+[。!?！？\n]?")
_MARK = re.compile(r"[,;()。!?]|:(?!\d)|——")
_FROM = re.compile(r"[由从](?:上一?年度?的?|去年的?|(?:19|20)\d\d年的?)?$")
CHANGED_TO = re.compile(r"(?:增|升|减|降|增加|上升|增长|减少|下降|提高)[至到为]")
"""Before the figure that a change led to."""
_REASON = re.compile("由于|因为|鉴于")
"""Begins a clause that says why: 由于处罚权自2020年起集中行使，…"""
_AMONG = re.compile(r"[^,;。、]{0,14}中,?")
_LISTED = re.compile(r"[、和及与]|以及")
_TIMES = "倍"
_NEXT = re.compile(r";[一二三四五六七八九十]是")
"""Between two things that are told one after the other: the scope of the first ends there."""


def statements(
    text: str, mentions: Sequence[Mention], words: Vocabulary, org: str, heading: Topic | None
) -> list[Statement]:
    """Return what a paragraph says in numbers, in order.

    Args:
        text: the paragraph, compact.
        mentions: its numbers and the words that say one, as :func:`mentions` finds them.
        words: the form's vocabulary.
        org: the reporting body, whose own name narrows nothing.
        heading: the topic of the sub-heading above, if it names one.
    """
    if not mentions:
        return []
    base = state = _State(heading, "heading" if heading else "")
    spans, starts = list(sentences(text)), [one.start for one in mentions]
    goes_on = [words.including.match(text[start:end]) is not None for start, end in spans]
    found: list[Statement] = []
    for (start, end), this, following in zip(spans, goes_on, [*goes_on[1:], False], strict=True):
        inside = mentions[bisect_left(starts, start) : bisect_left(starts, end)]
        if inside or following:
            sentence = _Sentence(text, (start, end), inside, words, org)
            made, state = sentence.statements(state if this else base, to_end=following)
            found += made
    return found


def sentences(text: str) -> Iterator[Span]:
    """Yield the place of every sentence of a compact text."""
    return (match.span() for match in _SENTENCE.finditer(text))


def mentions(text: str, words: Vocabulary) -> list[Mention]:
    """Return the numbers of a text and the words that say one, in order."""
    found: list[Mention] = [_Words(*match.span(), "done") for match in words.all_done.finditer(text)]
    found += [_Words(*match.span(), "ended") for match in words.all_ended.finditer(text)]
    found += [_Words(*match.span(), "none") for match in words.denied_before.finditer(text)]
    for match in words.negation.finditer(text):
        if not words.not_negation.match(text, match.start()):
            found.append(_Words(*match.span(), "none", "".join(filter(None, match.groupdict().values()))))
    denied = {place for one in found for place in range(one.start, one.stop)}  # 无一例: no number
    found += [token for token in tokens(text) if token.start not in denied]
    return sorted(found, key=attrgetter("start", "stop"))


class _Sentence:
    def __init__(self, text: str, span: Span, mentions: Sequence[Mention], words: Vocabulary, org: str) -> None:
        self.text, self.span, self.mentions, self.words, self.org = text, span, mentions, words, org

    def statements(self, base: _State, *, to_end: bool) -> tuple[list[Statement], _State]:
        """Return the statements; ``to_end``, also what the talk is of behind the sentence."""
        state = base
        found: list[Statement] = []
        brackets: list[_State] = []
        outside: _State | None = None
        clauses = self.clauses()
        while not (to_end or clauses[-1].mentions):
            clauses.pop()
        for clause in clauses:
            outside = outside or (state if self.is_aside(clause) else None)
            before, state = state, self.in_clause(clause, state, found)
            if clause.mentions and self.words.averages.fullmatch(self.text, clause.start, clause.mentions[0].start):
                state = replace(state, scope=before.scope)  # 办结2502件，日均约10件，其中…
            if clause.mark == "(":
                brackets.append(state)
                state = replace(state, year=self.year_named_last(clause, state.year))
            elif clause.mark == ")" and brackets:
                state = brackets.pop()
            elif clause.mark == ";":
                scope = base if _NEXT.match(self.text, clause.end) else outside or state
                state, outside = replace(state, year=base.year, scope=scope.scope), None
        return found, replace(state, how="before" if state.topic else state.how)

    def is_aside(self, clause: _Clause) -> bool:
        """其中市政府5件; 平均承诺时限压缩72%: whether the scope of a clause goes no further than to the semicolon."""
        part = self.words.including.match(self.text[clause.start : clause.end])
        return part is not None or self.words.averages.search(self.text, clause.start, clause.end) is not None

    def clauses(self) -> list[_Clause]:
        """Return the clauses in order; a comma between the thousands of a figure is not a mark."""
        start, end = self.span
        mentions, count = self.mentions, len(self.mentions)
        found: list[_Clause] = []
        inserted = {n for m in self.words.inserted.finditer(self.text, start, end) for n in range(*m.span())}
        first = last = reach = 0
        for match in _MARK.finditer(self.text, start, end):
            place, behind = match.span()
            while last < count and mentions[last].start <= place:  # 依申请公开:无 begins with the mark
                reach = max(reach, mentions[last].stop)
                last += 1
            if place >= reach and place not in inserted:
                found.append(_Clause(len(found), start, place, match[0], mentions[first:last]))
                start, first = behind, last
        return [*found, _Clause(len(found), start, end, "", mentions[first:])]

    def in_clause(self, clause: _Clause, state: _State, found: list[Statement]) -> _State:
        """Add the statements of a clause, and return what the talk is of behind it."""
        text, words = self.text, self.words
        # With 0 for figures: what words bring does not depend on them.
        worded, at, tail, year = "", clause.start, clause.start, state.year
        for spot in self.spots(clause):
            mention = spot.mention
            if words.including.match(spot.before):
                state = replace(state, whole=True)
            denied = spot.after if not isinstance(mention, Token) else ""
            bring = brought(worded + text[at : mention.start] + denied, words)
            state = self.scoped(state, bring)
            item = self.item(clause, spot, state, compared=bring.compared)
            found.append(item)
            how = "before" if item.how == "here" else item.how
            if item.topic is not state.topic or how != state.how:
                state = replace(state, topic=item.topic, how=how)
            tail = item.end
            if item.token:
                worded, at = f"{worded}{text[at : mention.start]}0", item.token.end
            elif spot.before:
                worded, at = worded + text[at : mention.start], mention.stop  # 上年无结转
        if clause.mentions or not _REASON.match(text, clause.start):
            state = self.scoped(state, brought(worded + text[at : clause.end], words))
        if clause.mentions and CHANGED_TO.fullmatch(found[-1].before):
            state = replace(state, year=None)  # 由上年的30件降至26件，其中…
        if clause.mentions and found[-1].token and found[-1].token.unit == _TIMES:
            state = replace(state, year=year)  # 是上年的5倍，办结57件
        topic, how = left_with(text[tail : clause.end], words)
        return replace(state, topic=topic, how=how) if how else state

    def spots(self, clause: _Clause) -> Iterator[_Spot]:
        """Yield the mentions of a clause with the words before and behind each."""
        start = clause.start
        for mention, following in zip(clause.mentions, [*clause.mentions[1:], None], strict=False):
            before = self.text[start : mention.start]
            if following is None:
                end = clause.end if isinstance(mention, Token) else self.denied_to(mention, clause)
                yield _Spot(mention, before, self.text[mention.stop : end], cut=False)
            else:
                end, start = self.between(mention, following)
                yield _Spot(mention, before, self.text[mention.stop : end], cut=start == mention.stop)

    def denied_to(self, mention: _Words, clause: _Clause) -> int:
        """无…行政复议，提起行政诉讼情况发生: return where the words of a denial end, else where the clause does."""
        goes_on = mention.kind == "none" and self.words.denied_too.match(self.text, clause.end)
        return goes_on.end() if goes_on else clause.end

    def item(self, clause: _Clause, spot: _Spot, state: _State, *, compared: bool) -> Statement:
        """Return an item with its topic and year."""
        mention, before, after = spot.mention, spot.before, spot.after
        token, kind, inner = (
            (mention, "number", "") if isinstance(mention, Token) else (None, mention.kind, mention.inner)
        )
        behind = "" if kind == "none" else self.own_noun(after) if spot.cut else after
        topic, how = counted(before, behind, self.words)
        if not how:
            topic, how = state.topic, state.how
        return Statement(
            kind, mention.start, mention.stop, token, before, after, spot.cut, self.span, clause.number, topic, how,
            self.year_before(before, after, state.year), state.year_said, compared, state.scope, inner,
            state.office,
        )  # fmt: skip

    def own_noun(self, after: str) -> str:
        """30件依申请公开件均未收费: return the noun right behind a number, before whatever is counted next."""
        return next((after[:end] for _, start, end in self.words.nouns(after) if not start), "")

    def between(self, mention: Mention, following: Mention) -> tuple[int, int]:
        """Return where the words behind a number end, and where those before the next one begin.

        In a list (2件维持、1件未审结) the words up to the mark belong to the number before them.
        """
        text = self.text[mention.stop : following.start]
        if _LISTED.match(text):
            return mention.stop, mention.stop
        if among := _AMONG.match(text):  # 296件办结件中，公开120件
            end = mention.stop + among.end()
            return end, end
        head, mark, _ = text.partition("、")
        listed = mention.stop + len(head)
        return (listed, listed) if mark else (following.start, mention.stop)

    def year_before(self, before: str, after: str, year: int | None) -> int | None:
        """由20件增至26件: the first of the two is last year's number."""
        if _FROM.search(before) and CHANGED_TO.match(after):
            return None if self.words.year is None else self.words.year - 1
        return year

    def year_named_last(self, clause: _Clause, year: int | None) -> int | None:
        """比2023年（20件）: what stands in the bracket is of the year named just before it."""
        text = self.text[clause.start : clause.end]
        match = YEAR.search(text, max(0, len(text) - 6))
        named = match is not None and COMPARED.search(text) and match.end() >= len(text) - 1
        return self.words.year_of(match) if match and named else year

    def scoped(self, state: _State, brought: Brought) -> _State:
        """Return a state with the year and the scope that the words up to a place bring."""
        if not (brought.years or brought.period or brought.owner or brought.whole):
            return state
        year, said, scope = state.year, state.year_said, brought.period or state.scope
        for one in brought.years:
            if one == self.words.year:
                year, said = None, True
            else:
                year = one
        own = self.is_own(brought, state)
        if brought.owner and not own:
            scope = brought.owner
        elif (brought.whole or (brought.owner and own)) and scope and not self.words.periods.search(scope):
            scope = ""
        some = self.words.own_office.search(brought.owner) and self.words.government.search(self.org)
        office = bool(some) and brought.owner != self.org
        return replace(
            state, year=year, year_said=said, scope=scope, whole=state.whole or brought.whole, office=office or state.office
        )  # fmt: skip

    def is_own(self, brought: Brought, state: _State) -> bool:
        """Whether the body named is the reporting one, and all of it."""
        name = brought.owner
        if brought.with_office and not self.words.government.search(self.org):
            return self.words.own_office.search(self.org) is not None
        if brought.joined or not is_own(name, self.org, self.words):
            return False
        return name == self.org or not (state.whole and self.words.own_office.search(name))
