"""The numbers of one list: 公示行政许可12083件、行政处罚3461件、行政强制218件.

What is listed shares one verb, one scope and one unit.  Where the others of a list are figures of the form, so is the
one that is not, whatever stands before the list; where they are not, the list counts something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from ...form.phrases import Topic
from .claim import SURE, Claim, readings
from .claims import fitting, made
from .numerals import PIECES
from .statements import Statement
from .together import Judge, Told
from .vocabulary import Hit, Vocabulary
from .wording import plain

_LEAST, _TELLING, _MORE = 2, 10, 3
"""How many others of a list have to agree, or how large one; how many where the list is of another scope."""
_LONGEST = 24  # letters before a name
_JOINT = re.compile(r"^(?:[,、;:(和及与以]|并)+")
_SENTENCE_ENDS = re.compile(r"[。!?\n]")
_NAME = re.compile(r"[^,;。、:()]*$")
_SOME = "等"
"""Behind names: they are not all that is counted."""
_LISTED = "列举的其他数与表相符"


class _Member(Struct, frozen=True):
    """A number of a list and what its name says that it counts."""

    place: int
    """Among the numbers of the paragraph."""
    claim: Claim
    lead: str
    """The words before the name."""

    @property
    def item(self) -> Statement:
        """The number with its words."""
        return self.claim.item


def in_lists(text: str, told: Sequence[Told], words: Vocabulary, judge: Judge) -> list[Told]:
    """Return the numbers of a paragraph with what the lists they stand in say of those not judged by themselves.

    Args:
        text: the paragraph, compact.
        told: its numbers by themselves, in order.
        words: the form's vocabulary.
        judge: compares with the form.
    """
    found = list(told)
    for members in _lists(text, told, words):
        right = [one for one in members if _agrees(one, judge)]
        wrong = [one for one in members if one not in right]
        if _vouch(right, wrong):
            for one in members:
                if found[one.place].judgement.verdict == "unattributed":
                    found[one.place] = _judged(one, judge)
    return found


def _agrees(member: _Member, judge: Judge) -> bool:
    return judge.claim(member.claim).verdict == "matched"


def _vouch(right: Sequence[_Member], wrong: Sequence[_Member]) -> bool:
    """Whether the numbers that agree show that a list counts figures of the form."""
    values = [token.value for one in right if (token := one.item.token) and token.value]
    large = any(value >= _TELLING for value in values)
    if len(wrong) > max(1, len(values) // 2):
        return False
    if any(one.item.scope or one.item.office for one in (*right, *wrong)):
        return len(values) >= (_LEAST if large else _MORE)
    return len(values) >= _LEAST or large


def _judged(member: _Member, judge: Judge) -> Told:
    claim = replace(member.claim, item=replace(member.item, scope="", office=False), unknown=_LISTED)
    return Told(member.item, claim, replace(judge.claim(claim), key=()))


# ---- which numbers are one list


def _lists(text: str, told: Sequence[Told], words: Vocabulary) -> Iterator[list[_Member]]:
    """Yield the lists of a paragraph with two members or more."""
    for _, some in groupby(range(len(told)), key=lambda n: told[n].item.sentence):
        places = [n for n in some if _plain(told[n].item)]
        if len(places) > 1 and any(told[n].judgement.verdict == "unattributed" for n in places):
            yield from _runs(text, [told[n].item for n in places], places, words)


def _plain(item: Statement) -> bool:
    token = item.token
    counted = item.kind == "number" and token is not None and token.unit in PIECES and not token.about
    return counted and not item.compared and item.year is None


def _runs(text: str, items: Sequence[Statement], places: Sequence[int], words: Vocabulary) -> Iterator[list[_Member]]:
    topics = _topics(items, words)
    run: list[_Member] = []
    for n, item in enumerate(items):
        end = items[n - 1].end if n else item.sentence[0]
        member = _member(text, item, end, places[n], topics, words)
        if member and (not run or _goes_on(member, run[-1], words)):
            run.append(member)
            continue
        if member is None and run and _in_brackets(text, item):
            continue
        if len(run) > 1:
            yield run
        run = [member] if member else []
    if len(run) > 1:
        yield run


def _topics(items: Sequence[Statement], words: Vocabulary) -> list[Topic]:
    """Return the topics named in a sentence."""
    named = [topic for item in items for said in (item.before, item.after) for topic, *_ in words.nouns(said)]
    return list(dict.fromkeys([*(item.topic for item in items if item.topic), *named]))


def _in_brackets(text: str, item: Statement) -> bool:
    opened = text.rfind("(", item.sentence[0], item.start)
    return opened > text.rfind(")", item.sentence[0], item.start)


def _goes_on(member: _Member, previous: _Member, words: Vocabulary) -> bool:
    """Whether a number belongs to the list of the one before it: no other body, time or selection between them."""
    same = member.item.token and previous.item.token and member.item.token.unit == previous.item.token.unit
    if not same or member.item.scope != previous.item.scope or len(member.lead) > _LONGEST:
        return False
    return not any(kind.search(member.lead) for kind in (words.owners, words.restrict, words.periods, words.foreign))


# ---- what the name of a number says


def _member(
    text: str, item: Statement, end: int, place: int, topics: Sequence[Topic], words: Vocabulary
) -> _Member | None:
    """Return a number as a member of a list if words right before or behind it name a row or a column."""
    before = _name_of(text, item, end)
    for topic in dict.fromkeys([item.topic, *topics]):
        for said in (before, "" if plain(before, words) else item.after):
            named = replace(item, before=said, topic=topic)
            hits = _named(fitting(words.hits(said, topic), named))
            if hits and (lead := _lead(said, hits, words, behind=said is not before)) is not None:
                return _Member(place, _claim(named, hits, topics, words), lead)
    return None


def _lead(said: str, hits: Sequence[Hit], words: Vocabulary, *, behind: bool) -> str | None:
    """Return what is not understood of the words before a name; None if it is not right at its number.

    Nor is it a name that stands without its verb behind another one: 清理规范性文件9件.
    """
    lead, tail = plain(said[: hits[0].start], words), said[hits[-1].end :]
    if _SOME in tail or plain(tail, words) or (lead and (behind or hits[0].phrase.rank <= 0)):
        return None
    return lead


def _name_of(text: str, item: Statement, end: int) -> str:
    """Return the words before a number, or before the bracket in which it stands alone: 本机关不掌握（9件）."""
    opened = item.start - len(item.before) - 1
    if text[opened : opened + 1] == "(" and opened > end:
        name = _NAME.search(text, end, opened)
        return name[0] if name else ""
    return _JOINT.sub("", item.before)


def _named(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that name a row or a column for sure, of the highest rank."""
    naming = [hit for hit in hits if (hit.phrase.topic or hit.phrase.column) and not hit.phrase.beside]
    top = max((hit.phrase.rank for hit in naming), default=0)
    return [hit for hit in naming if hit.phrase.rank == top]


def _claim(item: Statement, hits: list[Hit], topics: Sequence[Topic], words: Vocabulary) -> Claim:
    """Return what a name claims; an outcome, of any kind of case that its sentence names, or of all."""
    claim = replace(made(item, hits, words, SURE), doubt=SURE)
    cases = [topic for topic in topics if topic.own_business]
    kinds = [topic for topic in words.topics.values() if any((case.name,) in topic.wholes for case in cases)]
    named = not set(topics).isdisjoint(topic for topic in kinds if topic not in cases)  # 直接起诉, of 行政诉讼
    if not hits[0].phrase.outcome or (len(cases) < 2 and not named):
        return claim
    each = [reading for topic in (*cases, *(kinds if named else [])) for reading in readings(hits[0], topic)[:1]]
    of_all = tuple(name for reading in each[: len(cases)] for name in reading)
    return replace(claim, readings=tuple(dict.fromkeys([*claim.readings, *each, of_all])))
