"""Numbers as they are written in Chinese official texts → exact values with their place.

Handled spellings: ``1234``, full-width digits, ``1,234`` and ``1，234``, ``1.2万``, 一百二十, 两, 〇,
百分之十二点五.  Years, dates, document numbers, article numbers, telephone numbers, addresses on
the web and what stands in 《》 are no quantities and are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from ...model.numbers import Number

__all__ = ["Compact", "Token", "chinese_number", "compact", "tokens"]

_DIGITS = {c: n for n, cs in enumerate(["零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"])
           for c in cs}  # fmt: skip
_STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

UNITS = (
    "个百分点", "百分点", "工作日", "个工作日", "万元", "亿元", "件次", "人次", "小时", "元", "件", "宗",
    "起", "份", "例", "个", "条", "部", "项", "次", "笔", "名", "人", "篇", "期", "场", "家", "户", "页",
    "天", "日", "倍", "字", "种", "批", "届", "周年", "分", "辆", "幅", "张", "封", "通", "套", "支", "座",
)  # fmt: skip
PIECES = frozenset(["", "件", "宗", "起", "份", "例", "个", "条", "部", "项", "次", "件次", "笔"])
"""Units in which applications, cases and documents are counted."""


class Compact(NamedTuple):
    """A text without blanks, in half-width characters, and where each of its characters stood."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place of ``text[start:end]`` in the original text."""
        return (self.places[start], self.places[end - 1] + 1) if end > start else (0, 0)


class Token(NamedTuple):
    """A number in a compact text."""

    start: int
    end: int
    """Behind the number and its multiplier, before the unit."""
    stop: int
    """Behind the unit."""
    value: Number
    quantum: Number
    """What one unit of the last printed digit is worth: 1.2万 → 1000."""
    unit: str
    about: str = ""
    """余, 近, 约 …: not meant exactly."""

    @property
    def percent(self) -> bool:
        return self.unit == "%"


class _HalfWidth(dict[int, str]):
    """Code of a character → its half-width form, itself if that is not one character."""

    def __missing__(self, code: int) -> str:
        original = chr(code)
        character = unicodedata.normalize("NFKC", original)
        if len(character) > 1 or original == "…":
            character = original
        # Digits of other scripts, so that a digit is always one of ten characters below.
        self[code] = str(unicodedata.decimal(character)) if character.isdecimal() else character
        return self[code]


_half_width = _HalfWidth()
_COMMON = tuple(zip("，：；（）！？％", ",:;()!?%"))  # noqa: B905 - as many
_UNUSUAL = re.compile(r"[^一-鿿!-~、。“”‘’《》〈〉【】〔〕—…·]")
"""A blank, or a character that half-width form may change."""
_BLANK = re.compile(r"[\s\u200b\ufeff]")


def compact(text: str) -> Compact:
    """Drop the blanks of a text (but one between two digits) and make it half-width.

    Texts of the usual characters alone are not looked up one by one: 0.05 to 0.01 ms a report.
    """
    half = text
    for wide, narrow in _COMMON:
        half = half.replace(wide, narrow)
    if not _UNUSUAL.search(half):
        return Compact(half, range(len(half)))
    half = text.translate(_half_width)
    if not _BLANK.search(half):
        return Compact(half, range(len(half)))
    characters: list[str] = []
    places: list[int] = []
    gap = False
    for place, character in enumerate(half):
        if character.isspace() or character in "\u200b\ufeff":
            gap = True
            continue
        if gap and characters and characters[-1].isdigit() and character.isdigit():
            characters.append(" ")
            places.append(place - 1)
        gap = False
        characters.append(character)
        places.append(place)
    return Compact("".join(characters), tuple(places))


def chinese_number(text: str) -> int | None:
    """Return the value of a Chinese numeral; None for what is none or can be read two ways (二万五).

    Both 一百二十三 and digit by digit 一二三 are read, up to 亿.
    """
    if not text or any(c not in _DIGITS and c not in _STEPS and c not in "万亿" for c in text):
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if len(text) > 1 else _DIGITS[text]
    total = 0
    rest = text
    for scale, worth in (("亿", 100_000_000), ("万", 10_000)):
        if scale in rest:
            head, _, rest = rest.partition(scale)
            part = _below_ten_thousand(head)
            if not part:
                return None
            total += part * worth
            if len(rest) == 1 and rest in _DIGITS:
                return None
    if rest:
        part = _below_ten_thousand(rest)
        if part is None:
            return None
        total += part
    return total


def _below_ten_thousand(text: str) -> int | None:
    total, digit, last = 0, None, 10_000
    zero = False
    for character in text:
        if character in _STEPS:
            step = _STEPS[character]
            if step >= last or (digit is None and not (step == 10 and total == 0)):
                return None
            total, digit, last, zero = total + (1 if digit is None else digit) * step, None, step, False
        elif _DIGITS.get(character) == 0:
            if digit is not None:
                return None
            zero = True
        elif character in _DIGITS and digit is None:
            digit = _DIGITS[character]
        else:
            return None
    if digit is not None:
        if total and last > 10 and not zero:
            return None
        total += digit
    return total if total or zero else None


_TITLE = r"《[^》]*》"
_DIGITAL = (
    r"(?:19|20)\d\d(?:[-—~–至到](?:19|20)?\d\d)?年(?:度|\d{1,2}月(?:\d{1,2}[日号])?)?"
    r"|(?<![\d.])(?:19|20)\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?![\d.])"
    r"|(?<!\d)\d{1,2}(?:[-—至到~–]\d{1,2})?月(?:份|\d{1,2}[日号])?|(?<!\d)\d{1,2}[日号](?=[至前起止,。;、]|$)"
    r"|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)"
    r"|\d{17}[\dXx]|123\d\d(?=政|市民|热|平|网|便|工单|消费|投诉|举报|公积金|”)|7[x×*]24|\d+号(?!码)|\d+[A-Za-z]+"
)
"""Those that begin with a digit; all of them need what :data:`_DIGITAL_NEEDS` asks for."""
_DIGITAL_NEEDS = r"(?=[0-9]+[-—~–至到年月日号/.A-Za-z×*]|[0-9]{5})"
_OTHERS = (
    r"[〔\[]\d{4}[〕\]](?:第?\d+号)?"
    r"|第[\d零〇一二三四五六七八九十百]+(?:[条款项届次号期批章节名位]|部分|季度)?"
    r"|(?:电话|邮编|邮政编码|传真|手机|热线|号码|邮箱)[:为]?(?:是)?\d[\d\-、/ ]{4,}"
    r"|[A-Za-z]+[-_]?\d+"
    r"|[“\"][^”\"]{0,12}[\d一二三四五六七八九十][^”\"]{0,12}[”\"](?:制度|机制|工程|行动|模式|平台|体系|程序|原则|活动)?"
)
_FIRST = r"(?=[《〔\[0-9第电邮传手热号A-Za-z“\"])"
"""The characters with which any of these begin: with what digits need, 0.18 to 0.04 ms for the texts of a report."""
_MAIL = r"[\w.+-]+@[\w.-]+"
_ADDRESS = r"https?://[^,;。()、\s一-龥]+|www\.[^,;。()、\s一-龥]+"
_BULLET = re.compile(r"^\(?\d{1,2}(?:[.、)]|\.(?=\D))(?!\d)")
_ABOUT_BEFORE = re.compile(r"(?:约|近|大约|超过|超|逾|不足|不到|将近|接近|达到近|突破)$")
_ABOUT_LONGEST = 3
_ABOUT_ENDS = frozenset("约近过超逾足到破")
"""With which :data:`_ABOUT_BEFORE` ends."""
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_ARABIC = re.compile(
    # Its first character is a digit, so that the matcher runs to the next one: 0.08 to 0.05 ms a report.
    # Digits of other scripts are gone by now; for \d the matcher would ask Unicode about every letter.
    r"(?P<number>[0-9](?<![0-9.][0-9])(?:[0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9%‰])|[0-9]*(?:\.[0-9]+)?))"
    rf"(?P<scale>[百千万亿](?!元)|)(?P<about>余|多(?!元)|几|)(?P<unit>%|‰|{_UNIT}|)(?P<after>余|左右|以上|上下|)"
)
_CHINESE = re.compile(
    r"(?P<number>[零〇一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾][零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]*)"
    r"(?P<about>余|多|几|)(?P<unit>件次|万元|件|宗|起|份|例|部|条|项|次|笔|元)(?P<after>余|左右|以上|)"
)
_CHINESE_PERCENT = re.compile(
    r"百分之(?P<whole>[零〇一二两三四五六七八九十百]+)(?:点(?P<part>[零〇一二三四五六七八九]+))?"
)
_IDIOM_BEFORE = re.compile(r"[第每进统唯逐同这某上下另首任专单初有]$|(?<![获为])之$")
_IDIOM_AFTER = re.compile(r"合计|之和|事|性|套|龙|条件|起来|部分|部门|份子|步")
_TOGETHER = re.compile(r"(?:[,。;、()]|$|行政|案|复议|诉讼|为|均|系|未|,)")
_ZERO_WORD = re.compile(r"(?:(?<=为)|(?<=是))零(?=[,。;、()]|$)")


@cache
def _no_quantity(mail: bool, addresses: bool) -> re.Pattern[str]:
    """What is no quantity; mail and web addresses only for texts that have some.

    The one takes two thirds of the time of all the others, the other 2 ms to compile.
    """
    if mail:
        # As the first that fits at a place is taken, before the others.
        return re.compile("|".join([_TITLE, *[_ADDRESS] * addresses, _MAIL, _DIGITAL, _OTHERS]))
    others = "|".join([_TITLE, *[_ADDRESS] * addresses, _OTHERS])
    return re.compile(f"{_FIRST}(?:{_DIGITAL_NEEDS}(?:{_DIGITAL})|{others})")


def tokens(text: str) -> list[Token]:
    """Return the quantities of a compact text, in order."""
    found, chinese = _arabic(text), _chinese(text)
    if chinese:
        found = sorted(found + chinese, key=lambda t: (t.start, -t.end))
    elif not found:
        return found
    none = _no_quantity("@" in text, "://" in text or "www." in text)
    hidden = [m.span() for m in none.finditer(text)]
    if (bullet := _BULLET.match(text)) is not None:
        hidden.append(bullet.span())
    kept: list[Token] = []
    end = 0
    for token in found:
        start, stop = token.start, token.end
        if start < end:
            continue
        for first, last in hidden:
            if first < stop and start < last:
                break
        else:
            end = token.stop
            kept.append(token)
    return kept


def _whole(number: Decimal) -> Number:
    return int(number) if number == number.to_integral_value() else number


def _arabic(text: str) -> list[Token]:
    found: list[Token] = []
    for match in _ARABIC.finditer(text):
        number, scaled, about, unit, after = match.groups()
        digits = number.replace(",", "") if "," in number else number
        start, end = match.span()
        about = about or after
        if not about and text[start - 1 : start] in _ABOUT_ENDS:
            about = _about_before(text, start)
        value: Number
        quantum: Number
        if not scaled and unit != "亿元" and "." not in digits:
            value, quantum = int(digits), 1
        else:
            scale = Decimal(_SCALES[scaled])
            if unit == "亿元":
                scale, unit = scale * 10_000, "万元"
            value = _whole(Decimal(digits) * scale)
            quantum = _whole(scale.scaleb(-len(digits.partition(".")[2])))
        found.append(Token(start, start + len(number) + len(scaled), end, value, quantum, unit, about))
    return found


def _about_before(text: str, end: int) -> str:
    """余, 近, 约 … right before a place."""
    found = _ABOUT_BEFORE.search(text[max(0, end - _ABOUT_LONGEST) : end])
    return found[0] if found else ""


def _chinese(text: str) -> list[Token]:
    found: list[Token] = []
    for match in _CHINESE.finditer(text):
        value = chinese_number(match["number"])
        start, end = match.start(), match.end("unit")
        # What stands before is looked for in the two characters that can matter.
        if (
            value is None
            or _IDIOM_BEFORE.search(text[max(0, start - 2) : start])
            or _IDIOM_AFTER.match(text, end)
        ):
            continue
        if match["unit"] == "起" and not _TOGETHER.match(text, end):
            continue
        about = match["about"] or match["after"] or _about_before(text, start)
        found.append(Token(match.start(), match.end("number"), match.end(), value, 1, match["unit"], about))
    for match in _CHINESE_PERCENT.finditer(text) if "百分之" in text else ():
        whole, part = chinese_number(match["whole"]), match["part"] or ""
        if whole is not None:
            digits = "".join(str(_DIGITS[c]) for c in part)
            number = Decimal(f"{whole}.{digits}") if digits else Decimal(whole)
            quantum = Decimal(1).scaleb(-len(digits))
            found.append(Token(match.start(), match.end(), match.end(), _whole(number), _whole(quantum), "%"))
    for match in _ZERO_WORD.finditer(text) if "零" in text else ():
        found.append(Token(match.start(), match.end(), match.end(), 0, 1, ""))
    return found
