"""What the cells of a workbook hold, and what of it their styles let be seen, whatever its file format."""

from __future__ import annotations

import re
from math import isfinite
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec.structs import replace

from ..model.numbers import MAX_DIGITS, Number, exact
from .base import BEYOND_CALENDAR
from .numberformats import date_of, iso_date, shown_date, shown_number
from .runs import STRUCK, UNSEEN, WHITE, Run, is_seen, only_unseen, told_apart

TRUTH = {"1": True, "true": True, "0": False, "false": False}
"""How XML writes truth values."""
_BY_NUMBER = re.compile("(?:_x[0-9A-Fa-f]{4}_)+")


class Look(NamedTuple):
    """What a cell style says of how a value is shown."""

    kind: str = ""
    """``date`` or ``duration`` if it shows a number as such."""
    code: str = ""
    """Of the number format; ``""`` if it has none or it is not known."""
    struck: bool = False
    """The cell's font is struck out."""
    unseen: bool = False
    """The cell's font cannot be seen: it has the colour of what is behind it, or no size."""
    behind: str = WHITE
    """The colour of what is behind the text; ``""`` if it is not known."""

    @property
    def hides_text(self) -> bool:
        """Whether the number format shows nothing of a text, as ``;;;`` does."""
        return self.code.endswith(";") and self.code.count(";") == 3


class Content(msgspec.Struct, frozen=True, gc=False):
    """What a cell holds; see :class:`~.base.GridCell`."""

    value: object = None
    formula: str = ""
    shown: str | None = ""
    beside: str = ""
    hidden: bool = False
    """By its number format or font."""
    mixed: bool = False
    """Its text is of several fonts, whose looks are in ``beside`` and ``hidden``."""


NOTHING = Content()


class Piece(NamedTuple):
    """Text of one font in a cell."""

    text: str
    mark: str = ""
    """As of :class:`~.runs.Run`."""
    colour: str | None = None
    """None: the piece has the cell's own font."""


String: TypeAlias = str | tuple[Piece, ...]
"""A text of one font, or the pieces of one of several."""


class Values(NamedTuple):
    """What the cells of a workbook refer to."""

    strings: tuple[String, ...]
    """The texts that cells share, by number."""
    looks: tuple[Look, ...]
    """The cell styles by number."""
    from_1904: bool
    """Days count from 1904-01-01 on, not from 1899-12-30."""

    def content(self, kind: str, look: Look | None, text: str) -> Content:
        """Return what a cell stores as text.

        Args:
            kind: attribute ``t`` of the cell.
            look: its style, None if there is none of its number.
            text: not empty.

        Raises:
            ValueError, LookupError, OverflowError: it is not what its kind promises.
        """
        if kind == "n" and look:
            return self.number(look, _number(text))
        if kind == "s":
            return told(self.strings[_natural(text)], look)
        if kind in ("str", "e"):
            return Content(decoded(text))
        if kind == "b":
            return Content(TRUTH[text.strip()])
        if kind == "d" and look:
            date = iso_date(text)
            return Content(date, shown=shown_date(date, look.code))
        raise ValueError(kind)

    def number(self, look: Look, number: Number) -> Content:
        """Return a number, or the date that it is shown as."""
        if look.kind:
            date = date_of(float(number), look.kind, from_1904=self.from_1904)
            if date is not None:
                return Content(date, shown=shown_date(date, look.code))
            return Content(number, shown=BEYOND_CALENDAR)
        return Content(number, shown=shown_number(number, look.code) if look.code else "")

    def look(self, style: str) -> tuple[Look | None, bool]:
        """Return a cell style, None if there is none of this number, and whether it may hide what a cell holds."""
        try:
            look = self.looks[_natural(style)]
        except (ValueError, LookupError):
            return None, False
        return look, look.struck or look.unseen or look.hides_text


def _natural(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _number(text: str) -> Number:
    if text.isdecimal() and len(text) <= MAX_DIGITS:
        return int(text)
    number = float(text)
    if not isfinite(number) or "_" in text:
        raise ValueError(text)
    return exact(number)


def told(string: String, look: Look | None) -> Content:
    """Return what a cell with a text holds: pieces that are struck out or unseen stand beside it.

    Where nobody sees any of it, it is all there, and hidden.
    """
    if isinstance(string, str):
        return Content(string)
    look = look or Look()
    runs = [Run(text, mark or ("" if _stands_out(colour, look) else UNSEEN)) for text, mark, colour in string]
    hidden = only_unseen(runs)
    text, beside = told_apart([Run(run.text) for run in runs] if hidden else runs, cell=True)
    return Content(text, beside=beside, hidden=hidden, mixed=True)


def _stands_out(colour: str | None, look: Look) -> bool:
    return not look.unseen if colour is None else is_seen(colour, look.behind)


def decoded(text: str) -> str:
    """Return a text with the characters that are written by number: ``_x000D_`` (18.9, ST_Xstring)."""
    if "_x" not in text:
        return text

    def characters(match: re.Match[str]) -> str:
        units = "".join([chr(int(unit, 16)) for unit in re.findall("_x(....)_", match[0])])
        # Two of them may be the halves of one character; a half alone is none.
        return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    return _BY_NUMBER.sub(characters, text)


def seen(content: Content, look: Look) -> Content:
    """Return what a cell holds as its style lets it be seen."""
    if look.struck:
        content = _struck(content)
    hidden = (look.unseen and content != NOTHING and not content.mixed) or (
        look.hides_text and isinstance(content.value, str)
    )
    return replace(content, hidden=True) if hidden else content


def _struck(content: Content) -> Content:
    """Return what is left of a cell whose font is struck out: nothing that counts."""
    text = content.shown or ("" if content.value is None else str(content.value)) or content.formula
    return Content(beside="、".join(filter(None, (told_apart([Run(text, STRUCK)])[1], content.beside))))
