"""Of which cases an outcome is told: of reviews, of lawsuits or of both, and by whom they were decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ...form.phrases import Phrase, Topic
from ...form.words import Reading
from .claim import Claim, is_whole, readings
from .statements import Statement
from .vocabulary import Hit, Span, Vocabulary


def of_which(found: Sequence[Claim]) -> Iterator[Claim]:
    """行政复议6件，行政诉讼0件，其中维持3件: outcomes are of the cases there are; where there are both, of one or both."""
    sentence, told, divided = (0, 0), dict[Topic, bool](), False
    for claim in found:
        if claim.item.sentence != sentence:
            sentence, told, divided = claim.item.sentence, {}, False
        if _counts_cases(claim):
            told, divided = ({} if divided else told), False
            some = claim.item.token is not None and claim.item.token.value != 0
            one_kind = claim.topic is not None and all(len(reading) == 1 for reading in claim.readings)
            told = {**told, claim.topic: some} if claim.topic and one_kind else {}
        elif claim.topic in told and claim.item.how == "before" and any(p.outcome for p in claim.phrases):
            divided = True
            yield _of(claim, [topic for topic, some in told.items() if some])
            continue
        yield claim


def _counts_cases(claim: Claim) -> bool:
    topic, outcome = claim.topic, any(p.outcome for p in claim.phrases)
    return topic is not None and bool(topic.own_business) and not outcome and is_whole(claim, topic)


def _of(claim: Claim, kinds: Sequence[Topic]) -> Claim:
    """Return an outcome as one of cases of some kinds."""
    if claim.topic is None or not kinds or kinds == [claim.topic]:
        return claim
    if len(kinds) == 1:
        return replace(claim, readings=_instead(claim, kinds[0]), topic=kinds[0], rule=kinds[0].rule)
    each = [_instead(claim, kind) for kind in kinds]
    both = tuple(tuple(name for reading in some for name in reading) for some in zip(*each, strict=True))
    return replace(claim, readings=tuple(dict.fromkeys((*claim.readings, *(r for one in each for r in one), *both))))


def _instead(claim: Claim, kind: Topic) -> tuple[Reading, ...]:
    """Return the readings of an outcome, said of another kind of cases."""
    said = claim.topic.name if claim.topic else ""
    return tuple(tuple(name.replace(said, kind.name, 1) for name in reading) for reading in claim.readings)


def by_whom(item: Statement, words: Vocabulary) -> Statement:
    """复议6件，直属海关维持1件: return an outcome without who decided it, of which there may be others."""
    outcomes = (
        [hit for hit in words.hits(item.before, item.topic) if hit.phrase.outcome] if item.how == "before" else []
    )
    lead = item.before[: outcomes[0].start] if outcomes else ""
    return replace(item, before=item.before[len(lead) :], by=lead) if words.deciders.fullmatch(lead) else item


def _is_outcome(item: Statement, words: Vocabulary) -> bool:
    return any(hit.phrase.outcome for said in (item.before, item.after) for hit in words.hits(said, item.topic))


def decided_by(items: Sequence[Statement], words: Vocabulary) -> Iterator[Statement]:
    """复议6件，区政府维持2件: who decided is no other body's business, but others may have decided more of them."""
    before: Statement | None = None
    for one in items:
        item = one
        told = before is not None and before.sentence == item.sentence and (before.by or not before.scope)
        named = told and item.scope and item.how == "before" and words.owners.fullmatch(item.scope)
        if named and _is_outcome(item, words):
            item = replace(item, before=item.before.replace(item.scope, "", 1), scope="", by=item.scope)
        yield item
        before = item


def decided_elsewhere(item: Statement, phrase: Phrase, words: Vocabulary) -> bool:
    """行政复议6件，其中1件后被法院撤销: whether it is said that other cases than those had the outcome."""
    others = words.not_by.get(item.topic.id) if item.topic and phrase.outcome and item.how != "here" else None
    return others is not None and others.search(f"{item.before}#{item.after}") is not None


def without_kinds(hits: list[Hit], said: str) -> list[Hit]:
    """驳回或终止等其他结果4件: without the kinds that are named before 等 as examples of an outcome."""
    kinds = said.rfind("等", 0, hits[-1].start) if hits and hits[-1].phrase.outcome else 0
    return [h for h in hits if h.start >= kinds]


def own_outcomes(behind: Sequence[Hit], item: Statement, words: Vocabulary) -> Sequence[Hit]:
    """11件复议案件已结9件: without the outcome behind the noun of a number, which is that of the next number."""
    ends = [end for _, _, end in words.nouns(item.after)] if item.cut else []
    return [h for h in behind if not (ends and h.phrase.outcome and h.start >= ends[0])]


def of_all_suits(found: list[Claim], words: Vocabulary) -> list[Claim]:
    """行政诉讼29件，其中经复议后起诉的21件，尚有9件未审结: a result behind one part may be that of all as well."""
    if not any(claim.item.how == "before" and _tells_outcome(claim) for claim in found):
        return found
    named: dict[Span, set[str]] = {}
    for claim in found:
        if claim.topic and claim.item.how == "here":
            named.setdefault(claim.item.sentence, set()).add(claim.topic.name)
    return [replace(c, readings=(*c.readings, *_wider(c, named.get(c.item.sentence, set()), words))) for c in found]


def _tells_outcome(claim: Claim) -> bool:
    return any(phrase.outcome for phrase in claim.phrases)


def _wider(claim: Claim, named: set[str], words: Vocabulary) -> list[Reading]:
    """Return what a result says of all that its topic is a part of, if that or each other part is named beside it."""
    topic = claim.topic
    if topic is None or claim.item.how != "before" or not _tells_outcome(claim):
        return []
    whole = next((t for t in words.topics.values() if t is not topic and (t.name,) in topic.wholes), None)
    if whole is None:
        return []
    kinds = {t.id for t in words.topics.values() if (whole.name,) in t.wholes} - {whole.id}
    told = {t.id for t in words.topics.values() if t.name in named and (whole.name,) in t.wholes}
    hits = [Hit(phrase, 0, 0, 0) for phrase in claim.phrases]
    of_all = told == {topic.id, whole.id} or kinds <= told  # 直接起诉3件，复议后起诉3件，已判决5件
    return [one for hit in hits for one in readings(hit, whole)] if of_all else []


def parts_of(cases: Sequence[Topic], named: Sequence[Topic], words: Vocabulary) -> list[Topic]:
    """Return the kinds of some cases (直接起诉, of 行政诉讼), if one of them is named."""
    kinds = [t for t in words.topics.values() if t not in cases and any((case.name,) in t.wholes for case in cases)]
    return [] if set(kinds).isdisjoint(named) else kinds
