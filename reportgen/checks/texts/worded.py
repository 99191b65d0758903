"""Words that say a number without one: 未收到, 全部办结, 均获维持."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from ...form.phrases import Topic
from ...form.words import Reading
from .claim import JOINED, SURE, UNSURE, Claim, is_whole, readings
from .numerals import chinese_number
from .statements import Statement
from .vocabulary import Hit, Noun, Vocabulary
from .wording import Remainder, remainder

_ALL = re.compile("^(?:全部|均|都)")
_YEAR_BEFORE = re.compile("(?:上一?年度?|去年)[亦也均]?$")
_ITEMS = re.compile("[、,]|以及|[和及与或]")
_CAUSE = re.compile("[因由对就针于的]|引发|产生|引起|导致")
_BRINGS = re.compile("而?(?:所|被)?(?:引发|产生|引起|导致|提起|申请)")
_ALL_OTHERS = re.compile("其[他它]")
"""Of channels or applicants: then all of them are denied."""
_FEW = 8  # letters between our kind of cause and what came of it
_BESIDE = re.compile("[、和及与或]|以及|并")


def absent(item: Statement, paragraph: str, words: Vocabulary, org: str) -> list[Claim]:
    """未收到…、无…、…情况：无: everything named behind it, or before it, is 0."""
    verb = paragraph[item.start : item.end]
    text, place = (item.after, item.end) if item.after else (item.before, item.start - len(item.before))
    if (year := _YEAR_BEFORE.search(item.before)) and item.after:
        text, place = year[0] + text, place - len(year[0])  # 上年无结转
    cases, named = _kind_of_cases(item, text, words), words.nouns(text)
    hits = [
        h for h in words.hits(text, cases or next((t for t in words.topics.values() if t.own_business), None))
        if h.phrase.outcome or (h.phrase.topic and h.phrase.rank >= 2 and h.phrase.accuse)
    ]  # fmt: skip
    text = _denied_alone(text, hits, words)
    around = (
        remainder(item.before, words, org, words.hits(item.before, item.topic)),
        remainder(item.inner, words, org), remainder(text, words, org, hits),
    )  # fmt: skip
    unknown = "".join(one.rest for one in around)
    rest = unknown and around[0].rest + _narrowing(item.inner, around[2], words, org)
    some = any(hit.phrase.some or not hit.phrase.accuse or _for_a_reason(hit, text) for hit in hits)
    if not named and any(hit.phrase.outcome for hit in hits):  # 应诉5件，均不涉及败诉: perhaps of others than ours
        some = some or not words.ours.search(item.before + item.inner + text)
    doubt = UNSURE if rest or item.scope or item.compared or some else SURE
    found = []
    for n, denied in enumerate(_denied(text, hits, cases, words)):
        column = [hit for hit in words.hits(verb, denied.topic) if hit.phrase.column]  # 未废止规范性文件
        meant = readings(column[-1], denied.topic) if column else denied.readings
        start = place + denied.start if n or not item.after else item.start
        part = replace(item, start=start, end=place + denied.end if item.after else item.end)
        if meant:
            found.append(Claim(part, meant, denied.rule, doubt, topic=denied.topic, unknown=unknown))
    return found


def _kind_of_cases(item: Statement, text: str, words: Vocabulary) -> Topic | None:
    """Return the kind of cases that a denial names, or whose outcome it denies (被复议机关纠正, 诉讼无一败诉)."""
    named = [topic for topic, _, _ in words.nouns(text) if topic.own_business]
    told = item.topic and (item.topic.own_business or any(h.phrase.outcome for h in words.hits(text, item.topic)))
    if told and not named:
        return item.topic
    kinds = named or [t for t in words.topics.values() if t.own_business and _may_decide(t, text, words)]
    return kinds[0] if named or len(kinds) == 1 else None


def _may_decide(topic: Topic, text: str, words: Vocabulary) -> bool:
    return topic.id in words.not_by and words.not_by[topic.id].search(text) is None


def _for_a_reason(hit: Hit, text: str) -> bool:
    """Whether a result is one for a reason (因国家秘密不予公开), or a reason itself (因不予公开引起的复议)."""
    return hit.phrase.result and bool(_CAUSE.match(text, hit.start) or _BRINGS.match(text, hit.end))


def _narrowing(inner: str, denied: Remainder, words: Vocabulary, org: str) -> str:
    """Return the words of a denial that may narrow what is denied.

    Other things in its list (举报、行政征收), a cause of our kind (因信息公开纠纷而引起的) and what stands behind
    (出台情况) narrow nothing.
    """
    kept, text = [], inner + denied.text
    all_others, text = _ALL_OTHERS.search(text), words.everybody.without(text)
    if all_others:
        text = words.divided.without(text)
    for piece in _ITEMS.split(text):
        head, named, tail = words.foreign.sub("", piece).partition("#")
        if ours := words.ours.search(head):
            head = _CAUSE.split(head[: ours.start()])[0] + (head[ours.end() :] if len(head) > ours.end() + _FEW else "")
        kept += [head] if named or _CAUSE.search(piece) else []
        kept += [tail] if words.restrict.search(tail) else []
    return "".join(remainder(one, words, org).rest for one in kept)


def _denied_alone(text: str, hits: Sequence[Hit], words: Vocabulary) -> str:
    """未发生行政诉讼或出现申诉情况: return a text without what is denied beside the form's quantities."""
    end = max([hit.end for hit in hits] + [end for _, _, end in words.nouns(text)], default=len(text))
    return text[:end] if _BESIDE.match(text, end) and not words.restrict.search(text, end) else text


def nothing(item: Statement, text: str, words: Vocabulary, org: str) -> list[Claim]:
    """依申请公开情况。本年度未收到。: what the talk is of is 0 where the denial has no object of its own."""
    topic, verb = item.topic, text[item.start : item.end]
    if topic is None or not topic.zero or item.how not in ("here", "before", "heading"):
        return []
    done = [
        hit for hit in words.hits(item.after, topic) if topic.id in hit.phrase.topics and not hit.phrase.column
    ]  # 零受理
    if not (words.hits(verb, topic) and item.how != "here") and not (done and done[0].start == 0):
        return []
    rest = remainder(item.before, words, org).rest + remainder(item.after, words, org, done).rest
    if rest or item.scope:
        return []
    column = [hit for hit in words.hits(verb, topic) if hit.phrase.column]  # 制定2件，未废止
    if column:
        return [Claim(item, readings(column[-1], topic), column[-1].phrase.rule, SURE, topic=topic)]
    part = replace(item, end=item.end + done[0].end) if done else item
    return [Claim(part, topic.zero, topic.zero_rule, SURE, topic=topic)]


class _Denied(Struct, frozen=True):
    """What words behind a denial name, and where."""

    readings: tuple[Reading, ...]
    rule: str
    topic: Topic | None
    start: int
    end: int


def _denied(text: str, hits: Sequence[Hit], cases: Topic | None, words: Vocabulary) -> list[_Denied]:
    """Return the phrases, then the topics that are denied; a topic counts for the phrase that names it."""
    nouns = words.nouns(text)
    found = [
        _Denied(hit.phrase.any_of, hit.phrase.rule, None, hit.start, hit.end)
        for hit in hits if hit.phrase.topic and not any(_names(noun, hit) for noun in nouns)
    ]  # fmt: skip
    phrases = tuple(found)
    outcomes = [hit for hit in hits if hit.phrase.outcome]
    for n, (topic, start, end) in enumerate(nouns):
        if any(one.start < end and start < one.end for one in phrases) or (found and topic.id == words.applications):
            continue
        if topic.id != words.applications or _named_itself(text, nouns, n):
            ended = next((readings(hit, topic) for hit in outcomes), ())
            found.append(_Denied(ended or topic.zero, topic.zero_rule, topic, start, end))  # 没有被纠正的复议
    if outcomes and cases and not found:
        hit = outcomes[0]
        found.append(_Denied(readings(hit, cases), cases.zero_rule, cases, hit.start, hit.end))
    return found


def _names(noun: Noun, hit: Hit) -> bool:
    """Whether a noun names what a phrase does, and no less (行政复议案件; but 重复申请 are some of 申请)."""
    topic, start, end = noun
    return start < hit.end and hit.start < end and (start <= hit.start or hit.phrase.any_of == topic.zero)


def _named_itself(text: str, nouns: Sequence[Noun], n: int) -> bool:
    """Whether applications are themselves denied, not only a modifier (因政府信息公开申请引发的行政复议)."""
    return n + 1 == len(nouns) or JOINED.match(text[nouns[n][2] :]) is not None


def ended(item: Statement, found: list[Claim], text: str, words: Vocabulary, org: str) -> list[Claim]:
    """均获维持, 均为自然人申请: what was counted before it in the sentence, and not divided since, is all of that."""
    made: list[Claim] = []
    told = (claim for claim in reversed(found) if not claim.least)
    for claim in takewhile(lambda claim: claim.item.sentence == item.sentence, told):
        if claim.item.kind != "number" or claim.topic is None:
            break
        if any(p.outcome or p.result or p.shared for p in claim.phrases):
            break  # 新收89件，上年结转3件，均为自然人申请: said of the 3, or of all
        if made and (";" in text[claim.item.end : item.start] or claim.topic.id == words.applications):
            break
        if claim.doubt == UNSURE and claim.item.how == "here":
            break  # 起诉1件，在审；结转起诉2件，结果维持: said of the last ones
        class_ = next((h for h in words.hits(item.after, claim.topic) if _is_class(h, words)), None)
        if class_ and claim.doubt == SURE and is_whole(claim, claim.topic):
            rest = remainder(item.before, words, org).rest + remainder(item.after, words, org, [class_]).rest
            part = replace(item, token=claim.item.token, year=claim.item.year, end=item.end + class_.end)
            rule = claim.topic.rule if class_.phrase.outcome else class_.phrase.rule
            meant = readings(class_, claim.topic)
            made.append(Claim(part, meant, rule, UNSURE if rest else SURE, topic=claim.topic))
        if words.including.match(claim.item.before):
            break  # 诉讼4件，其中直接起诉3件，均未审结: said of the 3
    return made[::-1]


def rows_before(item: Statement, text: str, words: Vocabulary, org: str) -> Claim | None:
    """行政执法案卷、行政查询事项界限不清，此两类申请共133件: the rows named before it in the sentence, if they are so many."""
    these = words.these.search(item.before)
    many = next(filter(None, map(chinese_number, these[0])), None) if these else None
    if these is None or item.scope or item.year is not None or item.compared:
        return None
    said = text[item.sentence[0] : item.start - len(item.before)]
    rows = {h.phrase.any_of[0]: h for h in words.hits(said) if h.phrase.topic == words.applications and h.phrase.any_of}
    rest = item.before[: these.start()] + item.before[these.end() :]
    if len(rows) != many or remainder(rest, words, org).rest or remainder(item.after, words, org).rest:
        return None
    hits, meant = list(rows.values()), tuple(name for row in rows for name in row)
    return Claim(item, (meant,), hits[0].phrase.rule, SURE, topic=words.topics[words.applications], unknown=these[0])


def _is_class(hit: Hit, words: Vocabulary) -> bool:
    """Whether a phrase names a class of what is counted."""
    return hit.start == 0 and (hit.phrase.outcome or (hit.phrase.topic == words.applications and hit.phrase.rank >= 2))


def all_done(item: Statement, words: Vocabulary) -> list[Claim]:
    if item.topic is None or item.topic.id != words.applications or item.how not in ("here", "before"):
        return []
    doubt = UNSURE if item.scope else SURE
    return [Claim(item, (words.all_done_names,), words.done_rule, doubt, topic=item.topic)]


def said_of_all(item: Statement, text: str) -> Statement:
    """Return 均已办结 as 均 with its words behind it."""
    after = _ALL.sub("", text[item.start : item.end])
    return replace(item, after=after, end=item.end - len(after))
