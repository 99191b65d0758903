"""Numbers as they are written in Chinese official texts → exact values with their place.

Handled spellings: ``1234``, full-width digits, ``1,234`` and ``1，234``, ``1.2万``, 一百二十, 两, 〇,
百分之十二点五.  Years, dates, document numbers, article numbers, telephone numbers, addresses on
the web and what stands in 《》 are not quantities and are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter

from msgspec import Struct

from ...model.numbers import Number, whole

_DIGITS = {c: n for n, cs in enumerate(["零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"])
           for c in cs}  # fmt: skip
_STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

_LONGEST = 100  # characters; whatever is longer counts nothing

UNITS = (
    "个百分点", "百分点", "条次", "工作日", "个工作日", "万元", "亿元", "件次", "人次", "小时", "元", "件", "宗",
    "起", "份", "例", "个", "条", "部", "项", "次", "笔", "名", "人", "篇", "期", "场", "家", "户", "户次", "家次", "本", "页",
    "天", "日", "倍", "字", "种", "批", "届", "周年", "分", "辆", "幅", "张", "封", "通", "套", "支", "座",
)  # fmt: skip
PIECES = frozenset(["", "件", "宗", "起", "份", "例", "个", "条", "部", "项", "次", "件次", "笔", "人次", "条次"])
"""Units in which applications, cases and documents are counted."""


class Compact(Struct, frozen=True):
    """A text without blanks, in half-width characters, and where each of its characters stood."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place of ``text[start:end]`` in the original text."""
        return (self.places[start], self.places[end - 1] + 1) if end > start else (0, 0)


class Token(Struct, frozen=True):
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
    def digits(self) -> int:
        """How many digits are printed on purpose: 3 of 2.80亿, 2 of 280, 1 of 300."""
        shown = str(self.value / self.quantum)
        return len(shown if self.quantum != 1 else shown.rstrip("0").removesuffix(".").rstrip("0"))

    @property
    def percent(self) -> bool:
        """Whether it is a percentage."""
        return self.unit == "%"


_FULL_WIDTH = list(zip("，：；（）！？％", ",:;()!?%", strict=True))
"""What most texts have of full-width characters."""
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_BLANK = re.compile(r"[\s\u200b\ufeff]")
_GAP_IN_DIGITS = re.compile(r"(?<=[0-9])[\s\u200b\ufeff]+(?=[0-9])")


@lru_cache(maxsize=4096)
def _half_width(character: str) -> str:
    """Return the half-width form of a character, or itself if that is not one character."""
    half = unicodedata.normalize("NFKC", character)
    if len(half) > 1 or half == "…":
        return character
    # Digits of other scripts too, so that a digit is always one of ten characters below.
    return str(unicodedata.decimal(half)) if half.isdecimal() else half


def half_width(text: str) -> str:
    """Return the NFKC form of a text, which is found much faster for a text that is in it already."""
    return unicodedata.normalize("NFKC", _narrow(text))


def _narrow(text: str) -> str:
    """Return a text with the usual punctuation half-width."""
    for full, half in _FULL_WIDTH:
        text = text.replace(full, half)
    return text


def compact(text: str) -> Compact:
    """Make a text half-width and drop its blanks, but one between two digits."""
    half = _narrow(text)
    if not unicodedata.is_normalized("NFKC", half) or _OTHER_DIGIT.search(half):
        half = "".join(map(_half_width, text))
    if not _BLANK.search(half):
        return Compact(half, range(len(half)))
    kept = {match.end() - 1 for match in _GAP_IN_DIGITS.finditer(half)}
    places = [n for n, character in enumerate(half) if n in kept or not _BLANK.match(character)]
    return Compact("".join(" " if n in kept else half[n] for n in places), places)


def chinese_number(text: str) -> int | None:
    """Return the value of a Chinese numeral; None for what is not one or can be read two ways (二万五).

    Both 一百二十三 and digit by digit 一二三 are read, up to 亿.
    """
    if not 0 < len(text) <= _LONGEST or any(c not in _DIGITS and c not in _STEPS and c not in "万亿" for c in text):
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


SHORT_YEAR = r"(?:1[6-9]|2\d)年(?=度|[底末我本全共]|收到|受理|新收|,)"
"""23年我局收到…: a year without its century, by what stands behind it."""
_NO_QUANTITY = re.compile(
    # Begins with a set of characters, so that the matcher runs to the next of them.
    r"""(?=[《〔\[0-9第电邮传手热号A-Za-z“"])(?:
    《[^》]{0,300}》
    |[〔\[]\d{4}[〕\]](?:第?\d+号)?
    |(?<![\d近满第])"""
    + SHORT_YEAR
    + r"""
    |(?:19|20)\d\d(?:[-—~–至到](?:19|20)?\d\d)?年(?:度|\d{1,2}月(?:\d{1,2}[日号])?)?
    |(?<![\d.])(?:19|20)\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?![\d.万亿元%])
    |(?<!\d)\d{1,2}(?:[-—至到~–]\d{1,2})?月(?:份|\d{1,2}[日号])?
    |(?<!\d)\d{1,2}[日号](?=[至前起止,。;、]|$)
    |(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)
    |(?<!\d)1[3-9]\d{9}(?!\d)
    |\d{17}[\dXx]
    |123\d\d(?=政|市民|热|平|网|便|工单|消费|投诉|举报|公积金|”)
    |7[x×*]24
    |(?<!\d)\d+号(?!码)
    |(?<!\d)\d+[A-Za-z]+
    |第[\d零〇一二三四五六七八九十百]+(?:[条款项届次号期批章节名位]|部分|季度)?
    |(?:电话|邮编|邮政编码|传真|手机|热线|号码|邮箱)[:为]?(?:是)?\d[\d\-、/\ ]{4,}
    |(?<![A-Za-z])[A-Za-z]+[-_]?\d+
    |[“"][^”"]{0,12}[\d一二三四五六七八九十][^”"]{0,12}[”"](?:制度|机制|工程|行动|模式|平台|体系|程序|原则|活动)?
    )""",
    re.VERBOSE,
)
"""Titles, numbers of documents, dates, telephone numbers, articles and names with digits in them."""
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]+")
_ADDRESS = r"https?://[^,;。()、\s一-龥]+|www\.[^,;。()、\s一-龥]+"
"""Compiled where a text has one: ranges of thousands of characters take long."""
_BULLET = re.compile(r"^\(?\d{1,2}(?:[.、)]|\.(?=\D))(?!\d)")
_ABOUT_BEFORE = re.compile(r"(?:约|近|大约|超过|超|逾|不足|不到|将近|接近|达到近|突破)$")
_ABOUT_LONGEST, _ABOUT_LAST = 3, "约近过超逾足到破"
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True)) + "|处(?![理罚置于以分])"
_ARABIC = re.compile(
    r"(?P<number>[0-9](?<![0-9.][0-9])(?:[0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9%‰])|[0-9]*(?:\.[0-9]+)?))"
    rf"(?P<scale>[百千万亿](?!元)|)(?P<about>余|多(?!元)|几|)(?P<unit>%|‰|{_UNIT}|)(?P<after>余|左右|以上|上下|)"
)
_CHINESE = re.compile(
    r"(?P<number>[零〇一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾]"
    r"(?<![零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟].)[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]*)"
    r"(?P<about>余|多|几|)(?P<unit>件次|万元|件|宗|起|份|例|部|条|项|次|笔|元)(?P<after>余|左右|以上|)"
)
_CHINESE_PERCENT = re.compile(
    r"百分之(?P<whole>[零〇一二两三四五六七八九十百]+)(?:点(?P<part>[零〇一二三四五六七八九]+))?"
)
_IDIOM_BEFORE = re.compile(r"[第每进统唯逐同这某上下另首任专单初有]$|(?<![获为])之$")
_IDIOM_AFTER = re.compile(r"(?<=一项)[即便就]|合计|之和|相加|事|性|套|龙|条件|起来|部分|部门|份子|步|(?:为|是)[零0]")
_TOGETHER = re.compile(r"(?:[,。;、()]|$|行政|案|复议|诉讼|为|均|系|未|,)")
_ZERO_WORD = re.compile(r"零(?<=[为是]零)(?=[,。;、()]|$)")


def tokens(text: str) -> list[Token]:
    """Return the quantities of a compact text, in order."""
    found = [*_arabic(text), *_chinese(text), *_chinese_percentages(text), *_zero_words(text)]
    if not found:
        return []
    hidden = sorted([m.span() for pattern in _not_quantities(text) for m in pattern.finditer(text)])
    hidden.append((len(text), 0))
    kept: list[Token] = []
    end = reach = n = 0
    for token in sorted(found, key=attrgetter("start")):
        # How far the spans that begin before its end reach: spans of different patterns may overlap.
        while hidden[n][0] < token.end:
            reach = max(reach, hidden[n][1])
            n += 1
        if token.start >= max(end, reach):
            end = token.stop
            kept.append(token)
    return kept


def _not_quantities(text: str) -> Iterator[re.Pattern[str]]:
    yield _NO_QUANTITY
    yield _BULLET
    if "@" in text:
        yield _MAIL
    if "://" in text or "www." in text:
        yield re.compile(_ADDRESS)


def _arabic(text: str) -> Iterator[Token]:
    for match in _ARABIC.finditer(text):
        number, scaled, about, unit, after = match.groups()
        start, end = match.span()
        scale = _SCALES[scaled]
        if len(number) > _LONGEST:
            continue
        if unit == "亿元":
            scale, unit = scale * 10_000, "万元"
        value, quantum = _value(number.replace(",", ""), scale)
        about = about or after or _about_before(text, start)
        yield Token(start, start + len(number) + len(scaled), end, value, quantum, unit, about)


def _value(digits: str, scale: int) -> tuple[Number, Number]:
    """Return an exact value, and what one unit of its last digit is worth."""
    if scale == 1 and "." not in digits:
        return int(digits), 1
    quantum = Decimal(scale).scaleb(-len(digits.partition(".")[2]))
    return whole(Decimal(digits) * scale), whole(quantum)


def _about_before(text: str, end: int) -> str:
    """Return 余, 近, 约 … right before a place; ``""`` if there is none."""
    if text[end - 1 : end] not in _ABOUT_LAST:
        return ""
    found = _ABOUT_BEFORE.search(text[max(0, end - _ABOUT_LONGEST) : end])
    return found[0] if found else ""


def _chinese(text: str) -> Iterator[Token]:
    for match in _CHINESE.finditer(text):
        start, end, value = match.start(), match.end("unit"), chinese_number(match["number"])
        if value is None or _is_idiom(text, start, end, match["unit"]):
            continue
        about = match["about"] or match["after"] or _about_before(text, start)
        quantum = _SCALES.get(match["number"][-1], 1) if match["number"][-1] in "万亿" else 1
        yield Token(start, match.end("number"), match.end(), value, quantum, match["unit"], about)


def _is_idiom(text: str, start: int, end: int, unit: str) -> bool:
    """Whether a numeral with its unit counts nothing: 第一条, 统一, 一起推进."""
    if _IDIOM_BEFORE.search(text[max(0, start - 2) : start]) or _IDIOM_AFTER.match(text, end):
        return True
    return unit == "起" and _TOGETHER.match(text, end) is None


def _chinese_percentages(text: str) -> Iterator[Token]:
    for match in _CHINESE_PERCENT.finditer(text):
        whole, part = chinese_number(match["whole"]), "".join(str(_DIGITS[c]) for c in match["part"] or "")
        if whole is not None:
            value, quantum = _value(f"{whole}.{part}" if part else str(whole), 1)
            yield Token(match.start(), match.end(), match.end(), value, quantum, "%")


def _zero_words(text: str) -> Iterator[Token]:
    for match in _ZERO_WORD.finditer(text):
        yield Token(match.start(), match.end(), match.end(), 0, 1, "")
