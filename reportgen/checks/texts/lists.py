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

from ...form.phrases import Phrase
from .cases import parts_of
from .claim import SURE, UNSURE, Claim, readings
from .claims import fitting, made, may_be_of_others
from .numerals import PIECES
from .quantities import YUAN
from .statements import Statement
from .told import Judge, Told
from .vocabulary import Hit, Vocabulary
from .wording import plain, remainder, without_own

_LEAST, _TELLING, _MORE = 2, 10, 3
"""How many others of a list have to agree, or how large one; how many where the list is of another scope."""
_ITEM, _CASE = "条", "件"
_TOLD = ("error", "warning")
_UNITS = {*PIECES, *YUAN}
_LONGEST = 24  # letters before a name
_JOINT = re.compile(r"^(?:[,、;:(和及与以]|并)+")
_BRACKETED = re.compile(r"\([^()0-9]*\)$")
_NAME = re.compile(r"[^,;。、:()]*$")
_BECAUSE = re.compile(r".*等(?:原因|情形|情况|理由)?(?:的|而|导致)?$")
"""申请人撤回等其他处理4件: what stands before a name as an example."""
_SOME = "等"
"""Behind names: they are not all that is counted."""
_LISTED = "列举的其他数与表相符"


class _Member(Struct, frozen=True):
    """A number of a list and what its name says that it counts."""

    place: int
    """Among the numbers of the sentence."""
    claim: Claim
    lead: str
    """The words before the name."""

    @property
    def item(self) -> Statement:
        """The number with its words."""
        return self.claim.item


def in_lists(text: str, told: Sequence[Told], words: Vocabulary, org: str, judge: Judge) -> list[Told]:
    """Return the numbers of a paragraph with what the lists they stand in say of those not judged by themselves.

    Args:
        text: the paragraph, compact.
        told: its numbers by themselves, in order.
        words: the form's vocabulary.
        org: the reporting body, whose own name narrows nothing.
        judge: compares with the form.
    """
    found = list(told)
    for _, group in groupby(range(len(told)), key=lambda n: told[n].item.sentence):
        some = list(group)
        places = [n for n in some if _plain(told[n].item)]
        if len(places) > 1 and any(_unjudged(told[n]) for n in places):
            denied = {claim.readings for n in some if told[n].item.kind == "none" and (claim := told[n].claim)}
            for members in _Sentence(text, [told[n] for n in places], words, org).lists():
                for n, one in _judged(members, judge):
                    said = one.claim and one.wrong and one.claim.readings in denied  # 无废止的，失效的7件
                    found[places[n]] = one if _unjudged(told[places[n]]) and not said else told[places[n]]
    return found


def _plain(item: Statement) -> bool:
    token = item.token
    counted = item.kind == "number" and token is not None and token.unit in _UNITS and not token.about
    return counted and not item.compared and item.year is None


def _published(item: Statement) -> bool:
    """公示行政许可1286条: whether a number has the unit of lists of published items, which may hold others than decisions."""
    return item.token is not None and item.token.unit == _ITEM


def _unjudged(one: Told) -> bool:
    """Whether nothing is told of a number, or only asked."""
    return one.judgement.verdict == "unattributed" or (one.wrong and one.judgement.severity not in _TOLD)


def _judged(members: Sequence[_Member], judge: Judge) -> Iterator[tuple[int, Told]]:
    """Yield the members of a list with their verdicts, if the list counts figures of the form."""
    members = [one for one in members if not _may_be_part(one, judge)]
    right = [one for one in members if judge.claim(one.claim).verdict == "matched"]
    if _vouch(right, [one for one in members if one not in right]):
        for one in members:
            if one not in right and not _is_told(one, right):
                continue
            item = replace(one.item, scope="", office=False)
            claim = replace(one.claim, item=item, doubt=SURE, unknown=_LISTED)
            yield one.place, Told(one.item, claim, replace(judge.claim(claim), key=()))


def _may_be_part(member: _Member, judge: Judge) -> bool:
    """撤回2件, of 其他处理3件: whether a number is less than the figure of which its name is one kind."""
    if not any(phrase.some for phrase in member.claim.phrases):
        return False
    part = replace(member.claim, least=True)
    return judge.claim(part).verdict == "matched" and judge.claim(member.claim).verdict != "matched"


def _is_told(member: _Member, right: Sequence[_Member]) -> bool:
    """Whether others of a list vouch for one that does not agree."""
    claim = member.claim
    outcome = any(phrase.outcome for phrase in claim.phrases)
    if not outcome and any(set(one.claim.readings) == set(claim.readings) for one in right):
        return False  # 收到120件，机关收到85件，合计205件: a part of it
    if all(phrase.accuse for phrase in claim.phrases):
        return True
    rules = {phrase.rule for phrase in claim.phrases} if any(phrase.result for phrase in claim.phrases) else set()
    return any(one.claim.topic is claim.topic and (not rules or one.claim.rule in rules) for one in right)


def _vouch(right: Sequence[_Member], wrong: Sequence[_Member]) -> bool:
    """Whether the numbers that agree show that a list counts figures of the form."""
    values = [token.value for one in right if (token := one.item.token) and token.value]
    large = any(value >= _TELLING for value in values)
    if len(wrong) > max(1, len(values) // 2):
        return False
    if any(_published(one.item) for one in wrong):
        return sum(value >= _TELLING for value in values) >= _LEAST
    if any(one.item.scope or one.item.office for one in (*right, *wrong)):
        return len(values) >= (_LEAST if large else _MORE)
    return len(values) >= _LEAST or large


class _Sentence:
    """The numbers of one sentence."""

    def __init__(self, text: str, told: Sequence[Told], words: Vocabulary, org: str) -> None:
        self.text, self.told, self.words, self.org = text, told, words, org
        self.topics = list(dict.fromkeys(one.item.topic for one in told if one.item.topic))

    def lists(self) -> Iterator[list[_Member]]:
        """Yield the lists with two members or more."""
        unjudged = {n: self.member(n) for n, one in enumerate(self.told) if _unjudged(one)}
        if not any(unjudged.values()):
            return
        run: list[_Member] = []
        for n, one in enumerate(self.told):
            member = unjudged[n] if n in unjudged else self.member(n)
            if member is None and run and (self.in_brackets(one.item) or self.interrupts(one.item, run)):
                continue
            if member and (not run or self.goes_on(member, run[-1])):
                run.append(member)
                continue
            if len(run) > 1:
                yield run
            run = [member] if member else []
        if len(run) > 1:
            yield run

    def interrupts(self, item: Statement, run: Sequence[_Member]) -> bool:
        """公开251件，…，16件撤销，14件结转下年: whether a number is another one of a long list, though nobody knows which."""
        last = run[-1].item
        same = last.token is not None and item.token is not None and last.token.unit == item.token.unit
        return len(run) >= _MORE and same and item.scope == last.scope and ";" not in self.text[last.end : item.start]

    def in_brackets(self, item: Statement) -> bool:
        """Whether a number stands between brackets."""
        opened = self.text.rfind("(", item.sentence[0], item.start)
        return opened > self.text.rfind(")", item.sentence[0], item.start)

    def goes_on(self, member: _Member, previous: _Member) -> bool:
        """Whether a number belongs to the list of the one before it: no other body, time or selection between them."""
        words, phrases = self.words, previous.claim.phrases
        units = {_unit(one) for one in (member, previous)}
        if (
            (len(units) > 1 and units.isdisjoint(YUAN))
            or member.item.scope != previous.item.scope
            or len(member.lead) > _LONGEST
        ):
            return False
        kinds = {(phrase.rule, phrase.result) for phrase in member.claim.phrases if phrase.listed}
        if kinds and kinds.isdisjoint((phrase.rule, phrase.result) for phrase in phrases):
            return False  # 网上3件，其他5件; 不掌握3件，其他5件: no row of its own
        others = (words.owners, words.restrict, words.periods, words.foreign)
        return not any(kind.search(member.lead) for kind in others)

    # ---- what the name of a number says

    def member(self, n: int) -> _Member | None:
        """Return a number as a member of a list: words right before or behind it name a row or a column, or it is sure."""
        one, words = self.told[n], self.words
        before = self.name_of(n)
        words_around = [before] if plain(before, words) else [before, one.item.after]
        listed_as = None if _published(one.item) else words.listed_as.search(before)
        words_around += [listed_as[1]] if listed_as else []
        for topic in dict.fromkeys([one.item.topic, *self.topics]):
            for said in words_around:
                found = [hit for hit in words.hits(said, topic) if not may_be_of_others(one.item, hit.phrase)]
                if not found:
                    continue
                named = replace(one.item, before=said, topic=topic)
                hits = self.naming(fitting(found, named) or fitting(found, _in_cases(named)), said)
                if hits and (lead := self.lead(said, hits, behind=said is one.item.after)) is not None:
                    return _Member(n, self.claim(named, hits), lead)
        if one.claim is None or words.left.match(one.item.before):
            return None
        matched = one.judgement.verdict == "matched" and (one.claim.doubt == SURE or one.token.value >= _TELLING)
        clear = one.claim.doubt != UNSURE and not one.claim.unknown
        return _Member(n, one.claim, "") if matched or clear else None

    def naming(self, hits: Sequence[Hit], said: str) -> list[Hit]:
        """Return the hits that say for sure what is counted, of the highest rank: a row, a column, a verb with its noun."""
        nouns = {topic.id for topic, *_ in self.words.nouns(said)}
        naming = [hit for hit in hits if _names(hit.phrase, nouns)]
        top = max((hit.phrase.rank for hit in naming), default=0)
        return [hit for hit in naming if hit.phrase.rank == top]

    def name_of(self, n: int) -> str:
        """Return the words before a number, or before the bracket in which it stands alone: 本机关不掌握（9件）."""
        item = self.told[n].item
        end = self.told[n - 1].item.end if n else item.sentence[0]
        opened = item.start - len(item.before) - 1
        if self.text[opened : opened + 1] == "(" and opened > end and not plain(item.before, self.words):
            name = _NAME.search(self.text, end, opened)
            return name[0] if name else ""
        if not item.before and self.text[item.start - 1] == ")":
            return _JOINT.sub("", _BRACKETED.sub("", self.text[end : item.start]))  # 不予公开（含国家秘密等）23件
        return _JOINT.sub("", item.before)

    def lead(self, said: str, hits: Sequence[Hit], *, behind: bool) -> str | None:
        """Return what is not understood of the words before a name; None if it is not right at its number.

        Nor is it a name that stands without its verb behind another one: 清理规范性文件9件.
        """
        words, lead, tail = self.words, said[: hits[0].start], said[hits[-1].end :]
        lead = without_own(lead, self.org, words)
        lead = plain(lead if words.owners.search(lead) else _BECAUSE.sub("", lead), words)
        if any(not words.not_negation.match(said, none.start()) for none in words.negation.finditer(said)):
            return None  # 未引发复议的33件
        if _SOME in tail or (lead and (behind or not hits[0].phrase.accuse)):
            return None
        # 对42件涉及政府信息公开的行政复议案件逐案建立台账: of our kind, and all of them.
        ours = behind and hits[-1].phrase.topic in words.own_business and words.ours.search(said[: hits[-1].end])
        return None if remainder(tail, words, self.org).rest and not ours else lead

    def claim(self, item: Statement, hits: list[Hit]) -> Claim:
        """Return what a name claims; an outcome, of any kind of case that its sentence names, or of all."""
        claim = replace(made(item, hits, self.words, SURE), doubt=SURE)
        cases = [topic for topic in self.topics if topic.own_business]
        kinds = parts_of(cases, self.topics, self.words)
        if not hits[0].phrase.outcome or (len(cases) == 1 and not kinds):
            return claim
        each = [reading for topic in (*cases, *kinds) for reading in readings(hits[0], topic)[:1]]
        of_all = tuple(name for reading in each[: len(cases)] for name in reading)
        return replace(claim, readings=tuple(dict.fromkeys([*claim.readings, *each, of_all])))


def _unit(member: _Member) -> str:
    """Return the unit of a number; 件次 is 件."""
    token = member.item.token
    return token.unit.removesuffix("次") or token.unit if token else ""


def _in_cases(item: Statement) -> Statement:
    """公示行政许可12083条、行政处罚3461条: return a number with the usual unit, whatever its list counts in."""
    pieces = item.token is not None and item.token.unit in PIECES
    return replace(item, token=replace(item.token, unit=_CASE)) if item.token and pieces else item


def _names(phrase: Phrase, nouns: set[str]) -> bool:
    verb = phrase.accuse and phrase.rank >= 0 and not nouns.isdisjoint(phrase.topics)
    return bool(phrase.topic or phrase.column or phrase.listed or verb) and (phrase.outcome or not phrase.beside)
