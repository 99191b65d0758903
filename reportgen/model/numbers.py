"""What a person typed into a number cell → an exact number, or why it is not one.

``int`` for counts and ``Decimal`` for amounts, never binary floats.  A cell is *blank*, holds a
*placeholder* (``/``, ``—``, 无), a *number* (with a remark where anything had to be stripped to
read it) or a *problem*; nothing is guessed (FORMAT.md N-01 … N-04).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from math import isfinite
from typing import Literal, TypeAlias

import msgspec

Number: TypeAlias = int | Decimal
State: TypeAlias = Literal["number", "blank", "placeholder", "problem"]

PLACEHOLDERS = frozenset([
    "/", "\\", "-", "--", "---", "–", "—", "——", "―", "─", "──", "_", "无", "没有", "未发生", "不涉及", "N/A", "n/a",
])  # fmt: skip
"""What people type where there is nothing to count."""
_COUNTERS = "件宗起份条部个次项人"
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.[0-9]+)?")
_BEGINS = re.compile(r"[\s\u200b\ufeff]*[0-9０-９+＋\-－−]")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
# Only the forms a Chinese input method types; ², ① and the like are not digits of a figure.
_HALF_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | dict.fromkeys((0x3000, 0xA0, 0x2002, 0x2003), 0x20)
MAX_DIGITS = 15
"""What Excel and WPS can hold exactly; more digits in a figure are a slip of the key (N-02)."""


class Parsed(msgspec.Struct, frozen=True):
    """Result of reading one number cell."""

    state: State
    number: Number | None = None
    remark: str = ""
    """Chinese: what was stripped from a number, or why it is a problem."""


def exact(value: float) -> Number:
    """Return the decimal number that a spreadsheet shows for a stored double.

    Excel, WPS and LibreOffice keep 15 significant digits; ``0.1 + 0.2`` is 0.3 to its user.
    """
    return whole(Decimal(format(value, ".15g")))


def parse_year(text: str) -> int | None:
    """Return the year that a text is, with or without 年: four digits; None if it is anything else."""
    match = re.fullmatch(r"([1-9][0-9]{3})(?:年|年度)?", text)
    return int(match[1]) if match else None


def parse_number(
    raw: object, *, kind: str = "count", decimals: int = 0, unit: str = "件", text: bool = False
) -> Parsed:
    """Read one number cell.

    Args:
        raw: the stored value: ``None``, ``int``, ``float``, ``Decimal``, ``bool`` or text.
        kind: ``count`` (whole number ≥ 0), ``change`` (whole number, also negative) or ``amount``
            (≥ 0, at most ``decimals`` places).
        decimals: places allowed for an amount.
        unit: the unit of the cell; only this unit may stand behind the number.
        text: the source has no other way to hold a number than as text (a document): nothing to remark.

    Returns:
        a :class:`Parsed`; ``number`` is set for the state ``number`` only.
    """
    if raw is None:
        return Parsed("blank")
    if isinstance(raw, bool):
        return _problem("是逻辑值，不是数字")
    if isinstance(raw, float):
        return _judge(exact(raw), kind, decimals, "") if isfinite(raw) else _problem("不是有效的数字")
    if isinstance(raw, (int, Decimal)):
        return _judge(raw, kind, decimals, "")
    if isinstance(raw, str):
        return _parse_text(raw, kind, decimals, unit, text)
    return _problem("是日期或其他格式，不是数字")


def is_number(raw: object) -> bool:
    """Tell whether :func:`parse_number` reads a count from what a cell holds."""
    if isinstance(raw, str) and not _BEGINS.match(raw):
        return False  # most texts
    return parse_number(raw).state == "number"


def _problem(remark: str) -> Parsed:
    return Parsed("problem", remark=remark)


def _parse_text(raw: str, kind: str, decimals: int, unit: str, in_document: bool) -> Parsed:
    text = raw.translate(_HALF_WIDTH).strip().strip("\u200b\ufeff").strip()
    if not text:
        return Parsed("blank")
    if text in PLACEHOLDERS:
        return Parsed("placeholder")
    if text.startswith("#"):
        return _problem("公式出错")
    digits, remarks = _stripped(text, unit if kind == "amount" else text[-1] if text[-1] in _COUNTERS else "")
    if not _PLAIN.fullmatch(digits):
        return _problem("不能确定是多少")
    if text != raw:
        remarks.insert(0, "有全角字符或空格")
    remark = "、".join(remarks) or ("" if in_document else "数字存成了文本")
    return _judge(whole(Decimal(digits)), kind, decimals, remark)


def _stripped(text: str, suffix: str) -> tuple[str, list[str]]:
    """Return a number without its unit and its grouping, and what there is to remark on that."""
    remarks = []
    if suffix and text.endswith(suffix):
        text = text[: -len(suffix)].rstrip()
        remarks.append(f"带单位“{suffix}”")
    text = text.replace("−", "-").replace("－", "-")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "").replace(" ", "")
        remarks.append("带千位分隔")
    return text, remarks


def whole(number: Decimal) -> Number:
    """Return a number that is whole as an ``int``."""
    return int(number) if number == number.to_integral_value() else number


def _judge(number: Number, kind: str, decimals: int, remark: str) -> Parsed:
    """Return a number as read, or a problem if such a cell cannot hold it."""
    if number < 0 and kind != "change":
        return _problem("是负数")
    if len(Decimal(number).as_tuple().digits) > MAX_DIGITS:
        return _problem(f"超过 {MAX_DIGITS} 位数字")
    if kind in ("count", "change"):
        return Parsed("number", int(number), remark) if number == int(number) else _problem("有小数")
    amount = Decimal(number)
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals and amount != round(amount, decimals):
        return _problem(f"小数超过 {decimals} 位")
    return Parsed("number", amount, remark)


def format_number(number: Number | None) -> str:
    """Return the number as the report prints it: plain digits, no separators; None prints 0.

    Amounts keep the decimals they were entered with (FORMAT.md 7.6).
    """
    if number is None:
        return "0"
    if isinstance(number, int):
        return str(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def show(number: Number | None) -> str:
    """Return the number for a message; None is said as 空."""
    return "空" if number is None else format_number(number)


def total(numbers: Iterable[Number]) -> Number:
    """Return the exact sum of counts and amounts."""
    result: Number = 0
    for number in numbers:
        result = Decimal(result) + number if isinstance(number, Decimal) else result + number
    return result


def difference(left: Number, right: Number) -> Number:
    """Return the exact absolute difference."""
    if isinstance(left, int) and isinstance(right, int):
        return abs(left - right)
    return abs(Decimal(left) - Decimal(right))
