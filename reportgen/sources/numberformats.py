"""Numbers that a spreadsheet shows as dates, by their number format (ECMA-376 part 1, 18.8.30–31)."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

__all__ = ["date_kind", "date_of", "iso_date"]

# The built-in formats of dates, the Chinese ones included, and of times.
_DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DURATION_ID = 46
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.', re.I)
"""Literals, colours, conditions, languages and fillers."""
_DATE_LETTERS = re.compile(r"[ymdhs]", re.I)
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.I)
_FAULTY_DAYS = 60
"""Spreadsheets count a 29 February 1900, so days before it are one too few."""


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
    if not _DATE_LETTERS.search(code):
        return ""
    return "duration" if _DURATION.search(code) else "date"


def date_of(serial: float, kind: str, *, from_1904: bool) -> dt.datetime | dt.time | dt.timedelta | str:
    """Return the date, time of day or duration that a serial number stands for.

    Args:
        serial: days, with the time of day as their fraction.
        kind: as of :func:`date_kind`.
        from_1904: days count from 1904-01-01 on, not from 1899-12-30.

    Returns:
        ``#VALUE!`` for what no calendar has.
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
        return "#VALUE!"


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
