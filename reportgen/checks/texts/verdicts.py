"""What was found of a number in the texts."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from ...form.words import Reading
from ...model.findings import CellRef
from ...model.numbers import Number
from .quantities import ReadingSum

Verdict: TypeAlias = Literal[
    "matched", "contradicts", "last_year", "percentage_ok", "percentage_wrong", "unattributed", "crowded"
]


class Judgement(Struct, frozen=True):
    """A verdict with its reasons; without any, that nothing can be said of the number."""

    verdict: Verdict = "unattributed"
    rule: str = ""
    quantities: Reading = ()
    """Placeholder names of the figures that make it right, or should have."""
    expected: Number | None = None
    severity: str = ""
    """Of the finding it leads to; ``""`` if to none."""
    says: str = ""
    """What the form has to say, for the message."""
    about: tuple[ReadingSum, ...] | None = None
    """The figures to point at beside the text; None if not even the text is pointed at."""
    key: tuple[object, ...] = ()
    """Numbers with the same key should be the same number (X-17)."""


class JudgedNumber(Struct, frozen=True):
    """A number of the texts and what it was found to be."""

    passage: int
    """Index into the report's passages."""
    paragraph: int
    """Index into the passage's paragraphs, placeholders filled."""
    start: int
    end: int
    """Characters of the filled paragraph, unit included."""
    text: str
    """As written; 未收到…申请 for a 0 said in words."""
    value: Number
    unit: str
    verdict: Verdict
    sentence: str
    quantities: tuple[str, ...] = ()
    """Placeholder names of the figures that make it right, or should have."""
    expected: Number | None = None
    rule: str = ""
    severity: str = ""
    """Of the finding it leads to; ``""`` if to none."""
    says: str = ""
    """What the form has to say, for the message."""
    refs: tuple[CellRef, ...] = ()
    """The place of its text where the words say what it counts; in a complaint, then the cells or fields
    of the form."""
    key: tuple[object, ...] = ()
    """Numbers with the same key should be the same number (X-17)."""

    @property
    def in_yuan(self) -> Number:
        """The value, in 元 where it is money."""
        return self.value * 10_000 if self.unit == "万元" else self.value
