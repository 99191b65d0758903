"""Numbers with what they were found to be, and what a few of them together are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Protocol

from msgspec import Struct

from ...model.numbers import Number
from .claim import SURE, Claim, is_whole
from .numerals import Token
from .quantities import said
from .statements import Statement
from .verdicts import Judgement

_TELLING = 10
"""From here on a number hardly agrees by chance."""
_TWO = 2  # kinds of cases


class Told(Struct, frozen=True):
    """A number of a paragraph, what it claims, and what it was found to be."""

    item: Statement
    claim: Claim | None
    judgement: Judgement

    @property
    def wrong(self) -> bool:
        """Whether it contradicts the form."""
        return self.judgement.verdict == "contradicts"

    @property
    def token(self) -> Token:
        """The number; only numbers are read together."""
        assert self.item.token is not None
        return self.item.token

    @property
    def value(self) -> Number:
        """The number, money in 元."""
        return said(self.token)


class Judge(Protocol):
    """Compares with the form."""

    def figures(self, claim: Claim) -> Sequence[Number]:
        """Return the figures that a claim may mean."""

    def within(self, part: Claim, whole: Claim) -> bool:
        """Whether the figures of one claim are some of those of another."""

    def claim(self, claim: Claim) -> Judgement:
        """Judge a claim by itself."""

    def wrong_sum(self, says: str, expected: Number) -> Judgement:
        """Complain of a sum."""


def two_agree(parts: Sequence[Told]) -> bool:
    """其中行政许可1286条、行政处罚342条: whether two parts agree that are too large to agree by chance."""
    right = [one for one in parts if one.judgement.verdict == "matched" and one.value >= _TELLING]
    return len(right) >= _TWO


def says_itself(part: Told, whole: Told) -> bool:
    """通知公告38份，其中新制定的规范性文件6件: whether a part has a unit and a verb of its own."""
    claim = part.claim
    verb = claim is not None and claim.doubt == SURE and any(p.column and p.rank and p.accuse for p in claim.phrases)
    return verb and part.token.unit != whole.token.unit


def in_a_row(numbers: Sequence[Told], gaps: Sequence[str]) -> Iterator[Number]:
    """其余为不掌握1件、仍不明确1件: yield a number, and what it comes to with those listed behind it."""
    listed = next((n for n, gap in enumerate(gaps) if not gap.startswith("、")), len(gaps))
    yield from accumulate(one.value for one in numbers[: listed + 1])


def whole_of(numbers: Sequence[Told], parts: Number) -> Number:
    """Return what some parts are of: the last number, or what it comes to with those before it if the parts are more.

    行政复议6件，行政诉讼0件，其中…: of all cases; 收到14件，上年结转1件，其中…: of both, or of what came in.
    """
    *before, last = numbers
    value = last.value
    for one in reversed(before):
        topics = {told.claim.topic for told in (one, last) if told.claim and told.claim.topic}
        cases = len([topic for topic in topics if topic.own_business]) == _TWO
        if parts <= value or not (cases or _carried(one, last)):
            break
        value = one.value if parts == one.value and not cases else value + one.value
    return value


def _carried(one: Told, last: Told) -> bool:
    """收到14件，上年结转1件: whether the first of two numbers is a whole, and the second what was there before it."""
    first, second = one.claim, last.claim
    if first is None or second is None or first.topic is None or first.topic is not second.topic:
        return False
    return is_whole(first, first.topic) and not is_whole(second, first.topic)
