"""Patterns of sheets: the markup of a sheet understood once, of the next one only the values read.

Sheets of one origin have the same markup around other values.  A sheet is cut at the ends of its
values; what is left is looked up as a whole, and says what each value is.  If that is not known, its texts
are cut out as well: sheets of a prescribed table share theirs, those that are written in do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import compress, count
from operator import not_

import msgspec

from ..memory import Memory
from ..model.numbers import MAX_DIGITS, exact
from ..opc.package import checksum
from .markup import unescaped
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
]


class OddShapeError(Exception):
    """The XML is not of the plain shape; openpyxl has to read this workbook."""


_ENTITY = rb"&(?:amp|lt|gt|quot|apos|#(?:9|10|13|3[2-9]|[4-9]\d|1[01]\d|12[0-6]));"
"""References to what XML names, and to ASCII characters by their number."""
_CONTROLS = bytes({*range(1, 32)} - {9, 10, 13})
# Bytes cannot be kept compiled, and are not needed for the one workbook of a process: compiled when used.
_VALUE, _TEXT = rb"<v>([^<]*)</v>", rb"<t>([^<]*)</t>"
_NO_READING = rb'<phoneticPr fontId="\d+"(?: type="\w+")?(?: alignment="\w+")?/></si>'
"""Excel says of most Chinese texts how their reading would be shown, if they had one."""
_PRESERVED = b'<t xml:space="preserve">'
_SHAPES = 2
_FIRST_SURE_DAY, _LAST_DAY = 61, 2958466


class Meaning(msgspec.Struct):
    """What cells refer to."""

    strings: list[str]
    dates: frozenset[str]
    """Styles that show a number as a date."""
    from_1904: bool
    """Days count from 1904-01-01 on, not from 1899-12-30."""
    again: bool
    """Not the first workbook of this process: the others may be like it."""

    def read(self, text: str, kind: str | None, style: str | None) -> object:
        """Return what a cell's text means that is no number of a shared string."""
        if kind is None or kind == "n":
            number = _number(text)
            return _date(number, from_1904=self.from_1904) if style in self.dates else number
        if kind in ("str", "e"):
            return text
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


class Pattern(msgspec.Struct):
    """The markup of a sheet, understood once: what each of its slots is.

    The slots are the contents of ``<v>…</v>`` in order, then those of ``<t>…</t>`` if the texts are
    cut out, too; as they are meant, without XML's references.
    """

    dates: frozenset[str]
    from_1904: bool
    figures: list[int]
    """Slots of numbers."""
    strings: list[tuple[int, tuple[int, int]]]
    """Slots of numbers of shared strings, with their places."""
    others: list[tuple[int, tuple[int, int], str | None, str | None]]
    """Other slots of values, with place, kind and style."""
    texts: list[tuple[int, int, tuple[int, int]]]
    """First and last slot of each text, with its place; a text of several letterings has several."""
    plain_texts: bool
    """There are texts, and each has one slot."""
    frame: Shape
    """What does not depend on the slots."""
    cost: int = 0
    """Cells and places under merged cells."""
    shapes: dict[tuple[object, ...], Shape] = {}
    """The latest shapes made of it, by their texts."""
    places: list[tuple[int, int]] = []
    """Of ``others``, then of ``strings``; made when needed."""

    def read(self, slots: Sequence[str], meaning: Meaning, *, again: bool) -> tuple[Shape, list[object]]:
        """Return shape and numbers of a sheet of this pattern; ``again``: one of many."""
        figures = [slots[n] for n in self.figures]
        numbers: list[object]
        # All at once is a third of the time of one by one.
        if "".join(figures).isdecimal() and "" not in figures and max(map(len, figures)) <= MAX_DIGITS:
            numbers = list(map(int, figures))
        else:
            numbers = [_number(text) if text else None for text in figures]
        others: list[object] = [
            meaning.read(text, kind, style) if (text := slots[n]) else ("" if kind == "str" else None)
            for n, _, kind, style in self.others
        ]
        if self.strings:
            chosen = [slots[n] for n, _ in self.strings]
            others += (
                map(meaning.strings.__getitem__, map(int, chosen)) if all(chosen)
                else [meaning.strings[int(text)] if text else None for text in chosen]
            )  # fmt: skip
        if self.plain_texts:
            texts = slots[-len(self.texts) :]
        else:
            texts = ["".join(slots[first:last]) for first, last, _ in self.texts]
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
        if not self.places:
            self.places = [place for _, place, _, _ in self.others] + [place for _, place in self.strings]
        stored = dict(frame.texts)
        stored.update(zip([place for _, _, place in self.texts], texts, strict=True))
        stored.update(zip(self.places, others, strict=True))
        full = True
        for place in compress(self.places, map(not_, others)):  # empty, or false
            if stored[place] is None or (stored[place] == "" and place in frame.formulas):
                full = False
                del stored[place]
        return Shape(
            stored, frame.numbers, frame.formulas, frame.merged, frame.hidden_rows, frame.hidden_columns,
            frame if again else None, full,
        )  # fmt: skip

    def with_texts(self, slots: Sequence[str]) -> Pattern:
        """Return the pattern of the sheets that have these very texts; its slots are values only."""
        frame = self.frame
        texts = {place: "".join(slots[first:last]) for first, last, place in self.texts}
        filled = Shape(
            {**frame.texts, **texts}, frame.numbers, frame.formulas, frame.merged, frame.hidden_rows,
            frame.hidden_columns,
        )  # fmt: skip
        return Pattern(
            self.dates, self.from_1904, self.figures, self.strings, self.others, [], False, filled, self.cost
        )  # fmt: skip


_patterns: Memory[tuple[int, int], tuple[bytes, Pattern]] = Memory(24, 64)
"""By checksum and length of their markup: the markup, and the pattern."""
_books = count()


def another_book() -> bool:
    """Tell whether workbooks have been read before this one."""
    return next(_books) > 0


def known_pattern(markup: bytes, meaning: Meaning) -> Pattern | None:
    """Return the pattern of a markup that has been seen before."""
    whole, pattern = _patterns.find((checksum(markup), len(markup))) or (b"", None)
    if pattern is None or whole != markup:
        return None
    same = (pattern.dates, pattern.from_1904) == (meaning.dates, meaning.from_1904)
    return pattern if same else None


def remember_pattern(markup: bytes, pattern: Callable[[], Pattern]) -> None:
    """Keep the pattern of a markup, made only if it comes again."""
    mark = (checksum(markup), len(markup))
    if _patterns.comes_again(mark):
        _patterns.keep(mark, (markup, pattern()))


def cut_values(part: bytes) -> tuple[bytes, list[str]] | None:
    """Cut the values out of a sheet.

    Returns:
        the markup that is left and the values; None if there is anything in them that one has to
        look at more closely.
    """
    return _cut(part, _VALUE)


def cut_texts(markup: bytes) -> tuple[bytes, list[str]] | None:
    """Cut the texts out of what :func:`cut_values` has left; results likewise."""
    return _cut(markup.replace(_PRESERVED, b"<t>"), _TEXT)


def shared_strings(part: bytes) -> tuple[bytes, list[str]] | None:
    """Take the strings out of a part of shared strings.

    Nearly all are one text each; the part is cut at what stands between two of these.

    Returns:
        what is left of the part without those that are one text, and all strings; None if there is
        anything that one has to look at more closely.
    """
    plain = part.replace(_PRESERVED, b"<t>")
    if b"<phoneticPr" in plain:
        plain = re.sub(_NO_READING, b"</si>", plain)
    head, begin, body = plain.partition(b"<si>")
    body, end, tail = body.rpartition(b"</si>")
    if not begin or not end or b"\0" in body:
        return None
    # As if there were an empty one before and behind them.
    pieces = (b"</t></si><si>" + body + b"</si><si><t>").split(b"</t></si><si><t>")
    odd = {n: pieces[n] for n in _with_markup(b"\0".join(pieces))}
    for n in reversed(odd):
        del pieces[n]
    texts = _decoded(b"\0".join(pieces))
    strings = [] if texts is None or not pieces else texts.split("\0")
    if texts is None or len(strings) != len(pieces):
        return None
    rest = [head]
    for before, (n, piece) in reversed([*enumerate(odd.items())]):
        left = _uncommon_strings(b"<si><t>" + piece + b"</t></si>")
        if left is None:
            return None
        rest.insert(1, left[0])
        strings[n - before : n - before] = left[1]
    return b"".join([*rest, tail]), strings[1:-1]


def _with_markup(joined: bytes) -> Iterator[int]:
    """Yield the numbers of the pieces, with NULs between, that have markup in them; as a rule, a few."""
    n = at = 0
    while (found := joined.find(b"<", at)) >= 0:
        n += joined.count(b"\0", at, found)
        yield n
        at = joined.find(b"\0", found)
        if at < 0:
            return


def _uncommon_strings(items: bytes) -> tuple[bytes, list[str]] | None:
    """Do the same with some items that are not one text each: of several letterings, or of none."""
    cut = cut_texts(items)
    if cut is None:
        return None
    *found, last = cut[0].split(b"</si>")
    strings: list[str] = []
    rest: list[bytes] = []
    at = 0
    for item in found:
        count = item.count(b"</t>")
        odd = not item.startswith(b"<si>") or item.count(b"<si") > 1 or b"<t" in item
        if odd or b"<phoneticPr" in item or b"<rPh" in item:  # a reading aid is no text of the cell
            return None
        strings.append("".join(cut[1][at : at + count]))
        at += count
        rest += (item, b"</si>")
    return (b"".join(rest), strings) if at == len(cut[1]) and not last else None


def _cut(part: bytes, pattern: bytes) -> tuple[bytes, list[str]] | None:
    pieces = re.split(pattern, part)
    if len(pieces) == 1:
        return part, []
    texts = _decoded(b"\0".join(pieces[1::2]))
    values = [] if texts is None else texts.split("\0")
    return (pattern[-4:].join(pieces[::2]), values) if len(values) == len(pieces) // 2 else None


def _decoded(slots: bytes) -> str | None:
    """Return texts, with NULs between, as they are meant; None if only the parser can judge what is in them."""
    if b"\r" in slots or (b">" in slots and b"]]>" in slots) or slots.translate(None, _CONTROLS) != slots:
        return None
    if b"&" in slots and slots.count(b"&") != len(re.findall(_ENTITY, slots)):
        return None
    found = slots.decode()
    return None if "\ufffe" in found or "\uffff" in found else unescaped(found)
