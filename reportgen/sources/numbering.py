"""Automatic numbers of Word paragraphs, computed as Word prints them from ``word/numbering.xml`` and the styles."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping

import msgspec

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = _W + "val"
_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9
_DEEP = 20
"""Styles based on each other; Word allows 10."""
_HAN, _LEGAL = "〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"

_DIGITAL = ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital")
_MOST = 10_000
"""Numbers from here on print as digits."""
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_ENCLOSED = {  # first character, of how many
    "decimalEnclosedCircle": (0x2460, 20), "decimalEnclosedCircleChinese": (0x2460, 20),
    "decimalEnclosedParen": (0x2474, 20), "decimalEnclosedFullstop": (0x2488, 20),
    "ideographEnclosedCircle": (0x3280, 10),
}  # fmt: skip
_CHINESE = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
    "koreanCounting",
}  # fmt: skip


class _Level(msgspec.Struct, frozen=True):
    """One level of a list."""

    start: int = 1
    style: str = "decimal"
    """``w:numFmt``."""
    text: str = ""
    """``w:lvlText``: ``%1、``."""
    paragraphs: str = ""
    """Style whose paragraphs are of this level."""
    apart: bool = True
    """A tab or a blank follows."""
    after: int = _LEVELS
    """It begins anew after numbers of so many of the highest levels (``w:lvlRestart``), by default of all above."""
    digits: bool = False
    """All numbers print as digits, those of higher levels too (``w:isLgl``)."""


class _List(msgspec.Struct, frozen=True):
    """``w:num``: the abstract list it counts in, its levels, and which of them begin anew."""

    counts_in: str
    levels: Mapping[int, _Level]
    starts: Mapping[int, int]


class Numbering:
    """Counts the numbered paragraphs of one document, in order."""

    def __init__(self, lists: Mapping[str, _List], styles: Mapping[str, tuple[str, int | None]]) -> None:
        """
        Args:
            lists: by ``w:numId``.
            styles: style → list and level that it gives to its paragraphs.
        """
        self.lists, self.styles = lists, styles
        self.counts: dict[str, list[int | None]] = {}
        self.begun: set[tuple[str, int]] = set()

    def next(self, properties: ET.Element | None) -> str:
        """Return what is printed before the next paragraph, ``""`` if it has no number.

        Args:
            properties: its ``w:pPr``.
        """
        number, level = self._place(properties)
        one = self.lists.get(number)
        if one is None or level not in one.levels:
            return ""
        counts = self.counts.setdefault(one.counts_in, [None] * _LEVELS)
        self._count(number, one, level, counts)
        form = one.levels[level]
        if form.style in ("bullet", "none") and not _PLACE.search(form.text):
            return ""

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = one.levels.get(at, _Level())
            count = counts[at]
            style = "decimal" if form.digits and other.style not in ("decimalZero", "none") else other.style
            return printed_number(other.start if count is None else count, style)

        text = _PLACE.sub(shown, form.text)
        return text + " " if form.apart and text[-1:].isalnum() else text

    def _place(self, properties: ET.Element | None) -> tuple[str, int]:
        """Return list and level of a paragraph, ``""`` if it stands in none."""
        if properties is None or not self.lists:
            return "", 0
        style = properties.find(_W + "pStyle")
        number, level = self.styles.get("" if style is None else style.get(_VAL, ""), ("", None))
        own = properties.find(_W + "numPr")
        if own is not None:
            number, level = _of(own, "numId") or number, _number(_of(own, "ilvl"), level)
        elif level is None and number in self.lists and style is not None:
            named = (at for at, one in self.lists[number].levels.items() if one.paragraphs == style.get(_VAL))
            level = next(named, 0)
        return number, level or 0

    def _count(self, number: str, one: _List, level: int, counts: list[int | None]) -> None:
        if level in one.starts and (number, level) not in self.begun:
            counts[level] = one.starts[level] - 1
        self.begun.add((number, level))
        last = counts[level]
        counts[level] = one.levels[level].start if last is None else last + 1
        for below in range(level + 1, _LEVELS):
            if level < one.levels.get(below, _Level()).after:
                counts[below] = None


def numbering_of(numbering: ET.Element | None, styles: ET.Element | None) -> Numbering:
    """Return the numbering of a document.

    Args:
        numbering: the root of ``word/numbering.xml``, None if there is none.
        styles: the root of ``word/styles.xml``, likewise.
    """
    if numbering is None:
        return Numbering({}, {})
    given = {} if styles is None else _given_by_styles(styles)
    abstract = {one.get(_W + "abstractNumId", ""): one for one in numbering.iterfind(_W + "abstractNum")}
    named = {one.get(_W + "numId", ""): _of(one, "abstractNumId") for one in numbering.iterfind(_W + "num")}
    lists = {}
    for one in numbering.iterfind(_W + "num"):
        id_ = _of(one, "abstractNumId")
        link = _of(abstract[id_], "numStyleLink") if id_ in abstract else ""
        source = abstract.get(named.get(given.get(link, ("", None))[0], "") if link else id_)
        if source is not None:
            lists[one.get(_W + "numId", "")] = _list(one, source)
    return Numbering(lists, given)


def _list(one: ET.Element, abstract: ET.Element) -> _List:
    levels = {_number(level.get(_W + "ilvl"), 0) or 0: _level(level) for level in abstract.iterfind(_W + "lvl")}
    starts: dict[int, int] = {}
    for override in one.iterfind(_W + "lvlOverride"):
        at = _number(override.get(_W + "ilvl"), 0) or 0
        if (level := override.find(_W + "lvl")) is not None:
            levels[at] = _level(level)
        if (start := _number(_of(override, "startOverride"), None)) is not None:
            starts[at] = start
    return _List(abstract.get(_W + "abstractNumId", ""), levels, starts)


def _level(level: ET.Element) -> _Level:
    after = _number(_of(level, "lvlRestart"), None)
    return _Level(
        _number(_of(level, "start"), 0) or 0, _of(level, "numFmt") or "decimal", _of(level, "lvlText"),
        _of(level, "pStyle"), _of(level, "suff") != "nothing", _LEVELS if after is None else after,
        level.find(_W + "isLgl") is not None and _of(level, "isLgl") not in ("0", "false", "off"),
    )  # fmt: skip


def _given_by_styles(root: ET.Element) -> dict[str, tuple[str, int | None]]:
    """Return list and level that each style gives, its own or that of the style it is based on."""
    styles = {style.get(_W + "styleId", ""): style for style in root.iterfind(_W + "style")}

    def given(id_: str, depth: int = 0) -> tuple[str, int | None]:
        style = styles.get(id_)
        if style is None or depth > _DEEP:
            return "", None
        own = style.find(f"{_W}pPr/{_W}numPr")
        number, level = given(_of(style, "basedOn"), depth + 1)
        return (number, level) if own is None else (_of(own, "numId") or number, _number(_of(own, "ilvl"), level))

    return {id_: found for id_ in styles if (found := given(id_))[0]}


def _of(element: ET.Element, name: str) -> str:
    child = element.find(_W + name)
    return "" if child is None else child.get(_VAL, "")


def _number(value: str | None, default: int | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 6 else default


def printed_number(number: int, style: str) -> str:
    """Return a number as Word prints it in a style (``w:numFmt``); what is not known prints as digits."""
    if style in _ENCLOSED:
        first, count = _ENCLOSED[style]
        return chr(first + number - 1) if 0 < number <= count else str(number)
    write = _STYLES.get(style, str)
    text = write(number) if 0 < number < _MOST else str(number)
    return text.upper() if style.startswith("upper") else text


def _letters(number: int) -> str:
    return chr(97 + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)


def _counted(number: int, digits: str, powers: str) -> str:
    """Return a number below 10,000 in Chinese words: 10 is 十, 21 二十一, 105 一百〇五."""
    text, skipped = "", False
    for power, name in ((1000, powers[2]), (100, powers[1]), (10, powers[0]), (1, "")):
        digit = number // power % 10
        if digit:
            text += (digits[0] if skipped and text else "") + digits[digit] + name
        skipped = not digit
    tens = digits[1] + powers[0]
    return text[1:] if text.startswith(tens) and number < 20 and digits is _HAN else text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


_STYLES: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(_CHINESE, lambda number: _counted(number, _HAN, "十百千")),
    **dict.fromkeys(_DIGITAL, lambda number: "".join(_HAN[int(digit)] for digit in str(number))),
    "chineseLegalSimplified": lambda number: _counted(number, _LEGAL, "拾佰仟"),
    "lowerLetter": _letters, "upperLetter": _letters, "lowerRoman": _roman, "upperRoman": _roman,
    "decimalZero": lambda number: f"{number:02}", "none": lambda number: "", "bullet": lambda number: "",
}  # fmt: skip
