"""Patterns of sheets: the markup of a sheet understood once, of the next one only the values read.

Sheets of one origin have the same markup around other values.  A sheet is cut at the ends of its
values; what is left is looked up as a whole, and says what each value is.  If that is not known, its texts
are cut out as well: sheets of a prescribed table share theirs, those that are written in do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from ..numbers import MAX_DIGITS, exact
from ..records import dataclass, field
from .results import Shape

__all__ = [
    "Meaning",
    "OddShapeError",
    "Pattern",
    "another_book",
    "cut_texts",
    "cut_values",
    "known_pattern",
    "remember_pattern",
    "shared_strings",
    "unescaped",
]


class OddShapeError(Exception):
    """The XML is not of the plain shape; openpyxl has to read this workbook."""


_ENTITY = re.compile(rb"&(?:amp|lt|gt|quot|apos|#(?:9|10|13|3[2-9]|[4-9]\d|1[01]\d|12[0-6]));")
"""References to what XML names, and to ASCII characters by their number."""
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_CONTROLS = bytes({*range(1, 32)} - {9, 10, 13})
_PRESERVED = b'<t xml:space="preserve">'
_MOST, _NOTICED, _SHAPES = 24, 64, 2
_FIRST_SURE_DAY, _LAST_DAY = 61, 2958466


def unescaped(text: str) -> str:
    """The text an XML writer meant; two in three formulas have entities."""
    if "&" not in text:
        return text
    if "&#" in text:
        from html import unescape  # its table of names takes 1 ms to load

        return unescape(text)
    for entity, letter in _ENTITIES:
        text = text.replace(entity, letter)
    return text


@dataclass(slots=True)
class Meaning:
    """What cells refer to."""

    strings: list[str]
    dates: frozenset[str]
    """Styles that show a number as a date."""
    from_1904: bool
    """Days count from 1904-01-01 on, not from 1899-12-30."""
    again: bool
    """Not the first workbook of this process: the others may be like it."""

    def read(self, text: str, kind: str | None, style: str | None) -> object:
        """Return what a cell's text means."""
        if kind is None or kind == "n":
            number = _number(text)
            return _date(number, from_1904=self.from_1904) if style in self.dates else number
        if kind == "s":
            return self.strings[int(text)]
        if kind in ("str", "e"):
            return unescaped(text)
        if kind == "b":
            return text in ("1", "true")
        raise OddShapeError(kind)


def _number(text: str) -> int | Decimal:
    digits = text[1:] if text.startswith("-") else text
    return int(text) if digits.isdecimal() and len(text) <= MAX_DIGITS else exact(float(text))


def _date(number: int | Decimal, *, from_1904: bool) -> object:
    """A serial number shown as a date.

    Times of day, durations and the days before 1900-03-01, which spreadsheets count wrongly, are
    left to the reference.
    """
    if not isinstance(number, int) or not _FIRST_SURE_DAY <= number < _LAST_DAY:
        raise OddShapeError("date")
    import datetime as dt

    return (dt.datetime(1904, 1, 1) if from_1904 else dt.datetime(1899, 12, 30)) + dt.timedelta(days=number)


@dataclass(slots=True)
class Pattern:
    """The markup of a sheet, understood once: what each of its slots is.

    The slots are the contents of ``<v>…</v>`` in order, then those of ``<t>…</t>`` if the texts are
    cut out, too.
    """

    dates: frozenset[str]
    from_1904: bool
    figures: list[tuple[int, tuple[int, int]]]
    """Slots of numbers, with their places."""
    others: list[tuple[int, tuple[int, int], str | None, str | None]]
    """Other slots of values, with place, kind and style."""
    texts: list[tuple[int, int, tuple[int, int]]]
    """First and last slot of each text, with its place; a text of several letterings has several."""
    frame: Shape
    """What does not depend on the slots."""
    cost: int = 0
    """Cells and places under merged cells."""
    shapes: dict[tuple[object, ...], Shape] = field(default_factory=dict)
    """The latest shapes made of it, by their texts."""

    def read(self, slots: Sequence[str], meaning: Meaning, *, again: bool) -> tuple[Shape, list[object]]:
        """Return shape and numbers of a sheet of this pattern; ``again``: one of many."""
        figures = [slots[n] for n, _ in self.figures]
        numbers: list[object]
        # All at once is a third of the time of one by one.
        if "".join(figures).isdecimal() and "" not in figures and max(map(len, figures)) <= MAX_DIGITS:
            numbers = list(map(int, figures))
        else:
            numbers = [_number(text) if text else None for text in figures]
        strings = meaning.strings
        others = [
            (strings[int(text)] if kind == "s" else meaning.read(text, kind, style))
            if (text := slots[n])
            else ("" if kind == "str" else None)
            for n, _, kind, style in self.others
        ]
        texts = [unescaped("".join(slots[first:last])) for first, last, _ in self.texts]
        key = (*others, *texts)
        shape = self.shapes.get(key)
        if shape is None:
            shape = self._shape(others, texts, again)
            if len(self.shapes) >= _SHAPES:
                del self.shapes[next(iter(self.shapes))]
            self.shapes[key] = shape
        return shape, numbers

    def _shape(self, others: Sequence[object], texts: Sequence[str], again: bool) -> Shape:
        frame = self.frame
        stored = dict(frame.texts)
        stored.update((place, text) for (_, _, place), text in zip(self.texts, texts, strict=True))
        full = again and bool(self.texts or self.others)
        for (_, place, *_), value in zip(self.others, others, strict=True):
            if value is None or (value == "" and place in frame.formulas):
                full = False
                stored.pop(place, None)
            else:
                stored[place] = value
        return Shape(
            stored, frame.numbers, frame.formulas, frame.merged, frame.hidden_rows, frame.hidden_columns,
            frame if full else None,
        )  # fmt: skip

    def with_texts(self, slots: Sequence[str]) -> Pattern:
        """Return the pattern of the sheets that have these very texts; its slots are values only."""
        frame = self.frame
        texts = {place: unescaped("".join(slots[first:last])) for first, last, place in self.texts}
        filled = Shape(
            {**frame.texts, **texts}, frame.numbers, frame.formulas, frame.merged, frame.hidden_rows,
            frame.hidden_columns,
        )  # fmt: skip
        return Pattern(self.dates, self.from_1904, self.figures, self.others, [], filled, self.cost)


class _Patterns:
    """The patterns seen at least twice, by their markup, the latest :data:`_MOST` of them."""

    def __init__(self) -> None:
        self.books = 0
        self.noticed: dict[int, None] = {}
        self.known: dict[bytes, Pattern] = {}

    def find(self, markup: bytes, meaning: Meaning) -> Pattern | None:
        pattern = self.known.get(markup)
        if pattern is None or (pattern.dates, pattern.from_1904) != (meaning.dates, meaning.from_1904):
            return None
        self.known[markup] = self.known.pop(markup)  # the latest stands last
        return pattern

    def take(self, markup: bytes, pattern: Callable[[], Pattern]) -> None:
        mark = hash(markup)
        if mark in self.noticed:
            self.known[markup] = pattern()
            if len(self.known) > _MOST:
                del self.known[next(iter(self.known))]
        else:
            self.noticed[mark] = None
            if len(self.noticed) > _NOTICED:
                del self.noticed[next(iter(self.noticed))]


_patterns = _Patterns()


def another_book() -> bool:
    """Tell whether workbooks have been read before this one."""
    _patterns.books += 1
    return _patterns.books > 1


def known_pattern(markup: bytes, meaning: Meaning) -> Pattern | None:
    """Return the pattern of a markup that has been seen before."""
    return _patterns.find(markup, meaning)


def remember_pattern(markup: bytes, pattern: Callable[[], Pattern]) -> None:
    """Keep the pattern of a markup, made only if it comes again."""
    _patterns.take(markup, pattern)


def cut_values(part: bytes) -> tuple[bytes, list[str]] | None:
    """Cut the values out of a sheet.

    Returns:
        the markup that is left and the values; None if there is anything in them that one has to
        look at more closely.
    """
    return _cut(part.replace(_PRESERVED, b"<t>"), b"<v>", b"</v>")


def cut_texts(markup: bytes) -> tuple[bytes, list[str]] | None:
    """Cut the texts out of what :func:`cut_values` has left; results likewise."""
    return _cut(markup, b"<t>", b"</t>")


def shared_strings(part: bytes) -> tuple[bytes, list[str]] | None:
    """Take the strings out of a part of shared strings.

    Returns:
        what is left of the part without those that are one text, and all strings; None if there is
        anything that one has to look at more closely.
    """
    pieces = cut_texts(part.replace(_PRESERVED, b"<t>"))
    head, begin, body = pieces[0].partition(b"<si>") if pieces else (b"", b"", b"")
    if pieces is None or not begin:
        return None
    *items, tail = (begin + body).split(b"</si>")
    strings: list[str] = []
    rest, slots, at = [head], pieces[1], 0
    for item in items:
        if item == b"<si></t>":
            strings.append(slots[at])
            at += 1
            continue
        count = item.count(b"</t>")
        odd = not item.startswith(b"<si>") or item.count(b"<si") > 1 or b"<t" in item
        if odd or b"<phoneticPr" in item or b"<rPh" in item:  # a reading aid is no text of the cell
            return None
        strings.append("".join(slots[at : at + count]))
        at += count
        rest += (item, b"</si>")
    return (b"".join([*rest, tail]), [unescaped(text) for text in strings]) if at == len(slots) else None


def _cut(part: bytes, begin: bytes, end: bytes) -> tuple[bytes, list[str]] | None:
    pieces = part.split(end)
    last = pieces.pop()
    if not pieces:
        return part, []
    cuts = [piece.rpartition(begin) for piece in pieces]
    slots = b"\0".join([slot for _, _, slot in cuts])
    # A slot with a "<" is none; the others hold what only the parser can judge.
    odd = b"<" in slots or b"\r" in slots or b"]]>" in slots or slots.translate(None, _CONTROLS) != slots
    if odd or (b"&" in slots and slots.count(b"&") != len(_ENTITY.findall(slots))):
        return None
    found = slots.decode()
    if "\ufffe" in found or "\uffff" in found:
        return None
    values = found.split("\0")
    markup = end.join([head for head, _, _ in cuts] + [last])
    return (markup, values) if len(values) == len(cuts) else None
