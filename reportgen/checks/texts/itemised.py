"""Lists of what was published, by kind or by channel, that do not add up: 公开信息544条，其中工作动态162条、财政信息19条….

Such a list may leave kinds out, so it is wrong where it comes to more than its whole, or to what is a slip of the
pen away from it.  Channels may carry the same information: they are wrong only where they come close to their whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate

from msgspec.structs import replace

from ...model.numbers import Number, show
from .together import by_sentence, is_plain
from .told import Judge, Told
from .vocabulary import Vocabulary

_UNITS = frozenset("条件篇期份项部")
_MARKS = re.compile(r"[,。;:(]+")
_AMONG = re.compile(r",在?[^,;。、]{0,12}中,")
_JOINED = re.compile(r"(?:[^()]*\))?[、,](?:以及|和|及)?([^,;。:()\d]{1,20})$")
_ANOTHER_COUNT = re.compile("另|并|已|共|合计|此外|其余|利用|经(?!济)")
"""Begins the words of a number that is no part of the list before it."""
_NO_KIND = re.compile(
    "^(?:在|组织|开展|举办|召开|公开(?!类|指南)|公示(?!公告|类)|更新|编发|转发|报送|发放|制作|新增|收到|接受|接听|办理|办结|处理|"
    "作出|答复|回复|回应|参加)|发布|推送|受理|转载|采用|采纳|阅读|浏览|点击|关注"
)
"""In the words of a number behind a comma, likewise."""
_BY_WAY_OF = "通过"
_NEAR = 100
"""Channels that lack no more than one in so many are meant to be all."""
_PRINTED = 3  # digits of a number, from which one wrong digit is no accident
_MANY = 3  # parts, likewise
_LEAST = 2  # numbers that may have been added up


def itemised(text: str, told: Sequence[Told], words: Vocabulary, judge: Judge) -> list[Told]:
    """Return the numbers of a paragraph with what lists of parts say of the numbers before them.

    Args:
        text: the paragraph, compact.
        told: its numbers, read together.
        words: the form's vocabulary.
        judge: makes the complaint.
    """
    if len(told) < _MANY:
        return list(told)
    found = list(told)
    for sentence in by_sentence(text, told, words):
        numbers = [one for one in sentence if is_plain(one.item)]
        for one, says, expected in (*_wrong_lists(text, numbers, words), *_wrong_totals(text, numbers, words)):
            found[found.index(one)] = replace(one, judgement=judge.wrong_sum(says, expected))
    return found


def _wrong_lists(text: str, numbers: Sequence[Told], words: Vocabulary) -> Iterator[tuple[Told, str, Number]]:
    """Yield the last number of each list that does not add up, what to say of it, and what it should come to."""
    for n in range(len(numbers) - 2):
        whole, gap = numbers[n], _between(text, numbers, n)
        if not _countable(whole) or not _opens(gap, words):
            continue
        parts = list(_parts(text, numbers[n:], words, bracketed=gap.startswith("(")))
        ours = whole.claim is not None or whole.item.topic is not None
        mixed = ours and any(part.claim for part in parts)  # 收到42件，其中网上30件，自然人35件
        if len(parts) > 1 and not mixed:
            total = sum(part.value for part in parts)
            earlier = numbers[:n] if gap.startswith("。") else []  # 公开275条，互动信息52条。其中…
            if all(one.value < total for one in earlier) and _is_wrong(whole, parts, words):
                yield parts[-1], f"各项相加是{show(total)}，前面写的是{show(whole.value)}", whole.value


def _wrong_totals(text: str, numbers: Sequence[Told], words: Vocabulary) -> Iterator[tuple[Told, str, Number]]:
    """网站1190条，微信655条，微博339条，共2185条: yield totals that come close to the numbers before them."""
    for n in range(_LEAST, len(numbers)):
        total = numbers[n]
        if not _countable(total) or not words.total.fullmatch(total.item.before):
            continue
        first = n - 1
        while first and _countable(numbers[first]) and _goes_on(_between(text, numbers, first - 1), words):
            first -= 1
        so_far = list(accumulate(one.value for one in reversed(numbers[first:n])))
        same = {one.token.unit for one in numbers[first:n]} == {total.token.unit}
        if len(so_far) >= _LEAST and same and total.value not in so_far and _is_near(total.value, so_far[-1]):
            yield total, f"前面各项相加是{show(so_far[-1])}", so_far[-1]


def _between(text: str, numbers: Sequence[Told], n: int) -> str:
    return text[numbers[n].item.end : numbers[n + 1].item.start]


def _countable(one: Told) -> bool:
    token = one.item.token
    exact = token is not None and token.quantum == 1 and not token.about and token.unit in _UNITS
    return exact and not one.wrong and one.item.year is None


def _opens(gap: str, words: Vocabulary) -> bool:
    """Whether a number is followed by its parts: 其中, 包括, 在公开的信息中, a colon or a bracket."""
    named = any(words.including.match(gap[mark.end() :]) for mark in _MARKS.finditer(gap))
    return named or gap.startswith((":", "(")) or _AMONG.match(gap) is not None


def _parts(text: str, numbers: Sequence[Told], words: Vocabulary, *, bracketed: bool) -> Iterator[Told]:
    """Yield the parts of the first of some numbers, without what stands in brackets behind one of them."""
    depth = 0
    for n in range(1, len(numbers)):
        gap = _between(text, numbers, n - 1) if n > 1 else ""
        depth += gap.count("(") - gap.count(")")
        if depth > 0:
            continue
        if depth < 0 or not _countable(numbers[n]) or (gap and not _goes_on(gap, words)):
            return
        yield numbers[n]


def _goes_on(gap: str, words: Vocabulary) -> bool:
    name = _JOINED.match(gap)
    if name is None or _ANOTHER_COUNT.match(name[1]):
        return False
    if words.channels.search(name[1]):
        return True
    return not name[1].startswith(_BY_WAY_OF) and ("、" in gap or not _NO_KIND.search(name[1]))


def _alike(whole: Told, parts: Sequence[Told]) -> bool:
    """Whether most parts have the unit of their whole."""
    same = sum(part.token.unit == whole.token.unit for part in parts)
    return 2 * same > len(parts)


def _is_wrong(whole: Told, parts: Sequence[Told], words: Vocabulary) -> bool:
    so_far = list(accumulate(part.value for part in parts))
    if whole.value in so_far:
        return False
    total = so_far[-1]
    slip = len(parts) >= _MANY and _is_slip(whole.value, total)
    if not _alike(whole, parts):
        return _is_near(whole.value, total)
    if any(words.channels.search(part.item.before) for part in parts):
        return slip or _is_near(whole.value, total)
    loose = any(part.item.before.startswith(",") for part in parts)  # 原创210篇，阅读量过千的180篇
    return (total > whole.value and len(parts) >= (_MANY if loose else 2)) or slip


def _is_near(one: Number, other: Number) -> bool:
    return _NEAR * abs(Decimal(one) - Decimal(other)) <= one


def _is_slip(one: Number, other: Number) -> bool:
    """Whether two numbers differ in one digit, not the last, or in two neighbours that changed places."""
    a, b = str(one), str(other)
    if len(a) != len(b) or len(a) < _PRINTED:
        return False
    places = [n for n in range(len(a)) if a[n] != b[n]]
    if len(places) == 1:
        return places[0] < len(a) - 1
    return (
        len(places) == 2 and places[0] + 1 == places[1] and a[places[0]] + a[places[1]] == b[places[1]] + b[places[0]]
    )
