"""The results of reviews and lawsuits: of which of the cases a sentence names one may be."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ...form.phrases import Topic
from ...form.words import Reading
from .claim import Claim, readings
from .vocabulary import Hit, Span, Vocabulary


def of_all_suits(found: list[Claim], words: Vocabulary) -> list[Claim]:
    """行政诉讼29件，其中经复议后起诉的21件，尚有9件未审结: a result behind one part may be that of all as well."""
    if not any(claim.item.how == "before" and _is_outcome(claim) for claim in found):
        return found
    named: dict[Span, set[str]] = {}
    for claim in found:
        if claim.topic and claim.item.how == "here":
            named.setdefault(claim.item.sentence, set()).add(claim.topic.name)
    return [replace(c, readings=(*c.readings, *_wider(c, named.get(c.item.sentence, set()), words))) for c in found]


def _is_outcome(claim: Claim) -> bool:
    return any(phrase.outcome for phrase in claim.phrases)


def _wider(claim: Claim, named: set[str], words: Vocabulary) -> list[Reading]:
    """Return what a result says of all that its topic is a part of, if that and no other part is named beside it."""
    topic = claim.topic
    if topic is None or claim.item.how != "before" or not _is_outcome(claim):
        return []
    whole = next((t for t in words.topics.values() if t is not topic and (t.name,) in topic.wholes), None)
    if whole is None:
        return []
    parts = {t.id for t in words.topics.values() if t.name in named and (whole.name,) in t.wholes}
    hits = [Hit(phrase, 0, 0, 0) for phrase in claim.phrases]
    return [one for hit in hits for one in readings(hit, whole)] if parts == {topic.id, whole.id} else []


def parts_of(cases: Sequence[Topic], named: Sequence[Topic], words: Vocabulary) -> list[Topic]:
    """Return the kinds of some cases (直接起诉, of 行政诉讼), if one of them is named."""
    kinds = [t for t in words.topics.values() if t not in cases and any((case.name,) in t.wholes for case in cases)]
    return [] if set(kinds).isdisjoint(named) else kinds
