"""What a spreadsheet shows a number as, by its number format (ECMA-376 part 1, 18.8.30–31)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from ..model.numbers import Number

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy/m/d", 22: "yyyy/m/d h:mm",
    20: "h:mm", 21: "h:mm:ss", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00", 31: 'yyyy"年"m"月"d"日"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"', 49: "@",
}  # fmt: skip
"""Codes of the built-in formats, as a Chinese Excel shows them."""

# The built-in formats of dates, the Chinese ones included, and of times.
_DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DURATION_ID = 46
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.', re.I)
"""Literals, colours, conditions, languages and fillers."""
_DATE_LETTERS = re.compile(r"[ymdhs]", re.I)
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.I)
_FAULTY_DAYS = 60
"""Spreadsheets count a 29 February 1900, so days before it are one too few."""
_AS_IT_IS = ("", "0", "@")
"""Codes that show whole numbers as they are."""
_TOKEN = (
    r'(?is)"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<condition>[<>=]+-?[\d.]+)\]'
    r"|(?P<nothing>\[[^\]]*\]|\*.)|(?P<blank>_.)|(?P<place>[0#?.,%])|(?P<date>y+|m+|d+|h+|s+)|(?P<other>.)"
)
_CONDITION = r"([<>=]+)(-?[\d.]+)"
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_LONGEST = 40
"""Places of a format that a person makes."""


@lru_cache(maxsize=1024)
def date_kind(number: int, code: str | None) -> str:
    """Return what a number format shows a number as: ``date``, ``duration`` or ``""``.

    Args:
        number: the format's id.
        code: its code; None for a built-in one.
    """
    if code is None:
        return "duration" if number == _DURATION_ID else "date" if number in _DATE_IDS else ""
    code = _NOT_FORMAT.sub("", code.partition(";")[0])
    if not _DATE_LETTERS.search(code) or code.lower() == "general":
        return ""
    return "duration" if _DURATION.search(code) else "date"


def date_of(serial: float, kind: str, *, from_1904: bool) -> dt.datetime | dt.time | dt.timedelta | None:
    """Return the date, time of day or duration that a serial number stands for, None if none.

    Args:
        serial: days, with the time of day as their fraction.
        kind: as of :func:`date_kind`.
        from_1904: days count from 1904-01-01 on, not from 1899-12-30.
    """
    try:
        if kind == "duration":
            return _rounded(serial)
        day, fraction = divmod(serial, 1)
        clock = _rounded(fraction)
        if day == 0 and clock.days == 0:
            return (dt.datetime.min + clock).time()
        if from_1904:
            return dt.datetime(1904, 1, 1) + dt.timedelta(days=day) + clock
        day += 0 < serial < _FAULTY_DAYS
        return dt.datetime(1899, 12, 30) + dt.timedelta(days=day) + clock
    except (OverflowError, ValueError):
        return None


def _rounded(days: float) -> dt.timedelta:
    return dt.timedelta(milliseconds=round(days * 86_400_000))


def iso_date(text: str) -> dt.datetime | dt.time:
    """Return a date or time of day as strict files write it.

    Raises:
        ValueError: it is neither.
    """
    text = text.strip().removesuffix("Z")
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return dt.time.fromisoformat(text.removeprefix("T"))


@lru_cache(maxsize=1024)
def shown_date(date: dt.datetime | dt.time | dt.timedelta, code: str) -> str | None:
    """Return what a cell shows of a date, None for a format beyond us.

    Args:
        date: what the cell holds.
        code: the format's; ``""`` if it is not known.
    """
    if not isinstance(date, dt.datetime) or not code:
        return None
    shown, hours = "", False
    for token in re.finditer(_TOKEN, code.partition(";")[0]):
        word = (token["date"] or "").lower()
        piece = _literal(token) if not word else _date_part(date, word, minutes=hours)
        if piece is None:
            return None
        shown += piece
        hours = (bool(word) and word[0] == "h") or (hours and not word)
    return shown


def _date_part(date: dt.datetime, word: str, *, minutes: bool) -> str | None:
    """Return year, month … of a date; None for names of months and days."""
    letter, length = word[0], len(word)
    if length > 2 and letter != "y":
        return None
    if letter == "y":
        return f"{date.year:04}" if length > 2 else f"{date.year % 100:02}"
    number = {"m": date.minute if minutes else date.month, "d": date.day, "h": date.hour, "s": date.second}[letter]
    return f"{number:0{length}}"


def _literal(token: re.Match[str]) -> str | None:
    """Return what a token of a format that is no placeholder shows; None for a word beyond us."""
    if token["nothing"] or token["condition"]:
        return "" if not _DURATION.fullmatch(token[0]) else None
    if token["blank"]:
        return " "
    if token["other"] and token["other"].isascii() and token["other"].isalpha():
        return None
    return next(part for part in token.group("quoted", "escaped", "currency", "place", "other") if part is not None)


@lru_cache(maxsize=4096)
def shown_number(number: Number, code: str) -> str | None:
    """Return what a cell shows of a number: ``""`` if it shows it as it is, None for a format beyond us.

    Args:
        number: what the cell holds.
        code: the format's; ``""`` for none.
    """
    if code.lower() in ("general", "g/通用格式") or (code in _AS_IT_IS and (isinstance(number, int) or code != "0")):
        return ""
    section = _section(Decimal(number), code)
    if section is None:
        return None
    if not section:
        return " "  # ;;; shows nothing
    return _filled(Decimal(number), section)


def _section(number: Decimal, code: str) -> list[re.Match[str]] | None:
    """Return the tokens of the section of a format that a number falls under, with its sign in the first."""
    sections: list[list[re.Match[str]]] = [[]]
    for token in re.finditer(_TOKEN, code):
        if token["other"] == ";":
            sections.append([])
        else:
            sections[-1].append(token)
    conditions = [next((t["condition"] for t in section if t["condition"]), "") for section in sections]
    if any(conditions):
        fits = (s for s, c in zip(sections, conditions, strict=True) if not c or _holds(number, c))
        return next(fits, None)
    if number < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if number == 0 and len(sections) > 2 else sections[0]


def _holds(number: Decimal, condition: str) -> bool | None:
    match = re.fullmatch(_CONDITION, condition)
    if match is None or match[2].count(".") > 1 or not any(c.isdigit() for c in match[2]):
        return None
    limit = Decimal(match[2])
    order = "<" if number < limit else ">" if number > limit else "="
    return order in match[1] if match[1] != "<>" else order != "="


def _filled(number: Decimal, section: list[re.Match[str]]) -> str | None:
    """Return the section of a format with the digits of a number in its places."""
    marks = "".join([token["place"] or " " for token in section])
    whole, _, fraction = marks.partition(".")
    last = max((at for at, mark in enumerate(marks) if mark in "0#?"), default=-1)
    pieces = [_literal(token) if not token["date"] else None for token in section]
    if any(piece is None for piece in pieces) or len(section) > _LONGEST or "/" in pieces:
        return None
    if last < 0:
        return "".join(filter(None, pieces))
    end = max((at for at, mark in enumerate(whole) if mark in "0#?"), default=-1)
    scale = 2 * marks.count("%") - 3 * (marks[last:].count(",") + whole[end + 1 :].count(",") * (last > len(whole)))
    decimals = sum(mark in "0#?" for mark in fraction)
    value = abs(number).scaleb(scale, _EXACT).quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    digits, _, rest = format(value, "f").partition(".")
    places = [at for at, mark in enumerate(whole) if mark in "0#?"]
    shown = _whole(digits, places, marks, grouped="," in whole[: end + 1])
    for at, digit in zip((n for n, m in enumerate(marks) if n > len(whole) and m in "0#?"), rest, strict=False):
        shown[at] = digit
    # Optional places at the end stay empty.
    for at in range(len(marks) - 1, len(whole), -1):
        if marks[at] in "0#?":
            if marks[at] != "#" or shown.get(at) != "0":
                break
            shown[at] = ""
    text = "".join([
        shown.get(at, "") if mark in "0#?" else "" if mark == "," else str(piece)
        for at, (mark, piece) in enumerate(zip(marks, pieces, strict=True))
    ])  # fmt: skip
    return f"-{text}" if number < 0 and not text.startswith(("-", "(")) else text


def _whole(digits: str, places: list[int], marks: str, *, grouped: bool) -> dict[int, str]:
    """Return which digits before the point stand at which place of a format, filled from the right."""
    shown: dict[int, str] = {}
    left = digits.lstrip("0")
    taken = 0
    for number, at in enumerate(reversed(places)):
        first = number == len(places) - 1
        piece = left if first else left[-1:]
        left = "" if first else left[:-1]
        piece = piece or ("0" if marks[at] == "0" else "")
        shown[at] = _grouped(piece, taken) if grouped else piece
        taken += len(piece)
    return shown


def _grouped(piece: str, taken: int) -> str:
    """Return digits with a comma behind every thousand; ``taken`` digits stand right of them."""
    text = ""
    for count, digit in enumerate(reversed(piece), taken):
        text = digit + ("," if count and count % 3 == 0 else "") + text
    return text
