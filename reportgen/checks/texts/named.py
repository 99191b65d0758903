"""What a number counts where its name stands elsewhere: before or behind its bracket, or in the names of all cases."""

from __future__ import annotations

import re

from msgspec.structs import replace

from ...form.phrases import Phrase
from .claim import JOINED, Claim, readings
from .statements import Statement
from .vocabulary import Vocabulary
from .wording import plain

_NAME = re.compile(r"[^,;。、:()0-9]*$")
_CLOSED = re.compile(r"[^()。;]*\)([^,;。、:()0-9]*)")
_BOTH = 2  # kinds of cases


def with_name(item: Statement, text: str, end: int, words: Vocabulary) -> Statement:
    """“本机关不掌握”类答复（全年17件，…）: a number alone in a bracket is of the row that is named before it.

    Or behind it: 超过半数（67件，…）予以公开或部分公开.
    """
    opened = item.start - len(item.before) - 1
    alone = text[opened : opened + 1] == "(" and opened > end and not item.after
    if not alone or words.including.match(item.before) or plain(item.before, words):
        return item
    before, behind = _NAME.search(text, end, opened), _CLOSED.match(text, item.end)
    said = before[0] if before else ""
    for name in (said, behind[1] if behind and not words.nouns(said) else ""):
        hits = [hit for hit in words.hits(name, item.topic) if _is_named(hit.phrase, words)]
        if hits and not plain(name[hits[-1].end :], words):
            topic = item.topic if hits[-1].phrase.outcome else words.topics[words.applications]
            return replace(item, before=name, topic=topic, how="before")
    return item


def _is_named(phrase: Phrase, words: Vocabulary) -> bool:
    return phrase.outcome or (phrase.topic == words.applications and phrase.rank > 1)


def of_the_name(claim: Claim, text: str, words: Vocabulary) -> Claim:
    """“过程性信息”（以此理由不予公开6件）: in a bracket, a result may be the row that is named before it."""
    opened = claim.item.start - len(claim.item.before) - 1
    if not claim.result or claim.item.token is None or text[opened : opened + 1] != "(":
        return claim
    name = _NAME.search(text, claim.item.sentence[0], opened)
    hits = words.hits(name[0], claim.topic) if name else ()
    rows = [reading for hit in hits if hit.phrase.rank > claim.phrases[0].rank for reading in hit.phrase.any_of]
    return replace(claim, readings=(*claim.readings, *rows))


def of_both(claim: Claim, text: str, words: Vocabulary) -> Claim:
    """42件行政复议、行政诉讼案件，其中已审结36件: an outcome may be of all cases that are named together."""
    if not any(phrase.outcome for phrase in claim.phrases):
        return claim
    said = text[claim.item.sentence[0] : claim.item.start]
    cases = [noun for noun in words.nouns(said) if noun[0].own_business]
    if len(cases) < _BOTH or cases[-1][0] is cases[-2][0] or not JOINED.fullmatch(said[cases[-2][2] : cases[-1][1]]):
        return claim
    around = words.hits(claim.item.before + claim.item.after, claim.topic)
    hit = next((h for h in around if h.phrase.outcome), None)
    if hit is None:
        return claim
    both = tuple(name for topic, *_ in cases[-2:] for reading in readings(hit, topic)[:1] for name in reading)
    return replace(claim, readings=(*claim.readings, both))
