"""What the numbers of a paragraph were found to be, and who compares them with the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from ...model.numbers import Number
from .claim import Claim
from .numerals import Token
from .quantities import said
from .statements import Statement
from .verdicts import Judgement


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
