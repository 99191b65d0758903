"""Labels as they are compared, and when one text is nearly another: by the thresholds of the form file.

Exact comparison is by :func:`key` (FORMAT.md 3.4).  A text that is no label of the form may be one with a
slip, shortened or lengthened: :meth:`Likeness.near`.  What is near two labels is none of them.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from ..errors import INVISIBLE
from .words import LONGEST_LABEL

_DROPPED = re.compile(rf"[\s{INVISIBLE}“”‘’\"'＂＇「」『』]+")
_SEPARATORS = re.compile(r"[-—–/\\>|·_]+")
_NUMBER = re.compile(
    r"(?:第?\(?(?P<han>[一二三四五六七八九十]{1,3})[部分]*[)、.,:]+|第?\(?(?P<digits>\d{1,2})[部分]*(?:[)、.,:]+|(?=[^\d.])))"
)
_REMARK = re.compile(r"\([^()]*\)")
_HAN = "〇一二三四五六七八九十"
_PIECES = 3
"""Into how many pieces the shorter of two wordings may be torn in the longer."""


def key(text: str) -> str:
    """Reduce a label to what counts: NFKC, no white space, no quotes, half-width punctuation."""
    return _short_key(text) if len(text) <= LONGEST_LABEL else _reduced(text)


def _reduced(text: str) -> str:
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text))


_short_key = lru_cache(maxsize=4096)(_reduced)


def loose(text: str) -> str:
    """Like :func:`key`, also without the separators people put between the levels of a label."""
    return _SEPARATORS.sub("", key(text))


@lru_cache(maxsize=4096)
def labels_of(text: str) -> tuple[str, ...]:
    """Return the labels that a text may be: itself, also without separators; none if nothing is left."""
    label, short = key(text), loose(text)
    return () if not label else (label,) if short == label else (label, short)


def number_of(label: str) -> tuple[int, str]:
    """Return the number before a label's key, in whatever style (0: none), and the rest: ``(3, "其他")``."""
    match = _NUMBER.match(label)
    if not match or match.end() == len(label):
        return 0, label
    han = match["han"]
    return (_value(han) if han else int(match["digits"])), label[match.end() :]


def _value(han: str) -> int:
    tens, ten, ones = han.rpartition("十")
    return (_HAN.index(tens[:1] or "一") * 10 if ten else 0) + (_HAN.index(ones[:1]) if ones else 0)


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """Return the key of a label without number and without remarks in brackets, unless that is all of it."""
    rest = number_of(key(text))[1]
    return _REMARK.sub("", rest).rstrip(":。.;,") or rest


class Likeness(Struct, frozen=True, forbid_unknown_fields=True):
    """When a text is nearly a label of the form."""

    slips: Annotated[int, Meta(ge=0)] = 0
    """至多几个字多、少、错，仍算那个标签"""
    percent: Annotated[int, Meta(ge=0, le=40)] = 0
    """长的标签：多、少、错的字至多占百分之几"""
    least: Annotated[int, Meta(ge=2)] = 4
    """缩短的写法至少几个字；只添字或只减字，字数相差不到两倍（减字：不到四倍），也算那个标签"""
    opposed: tuple[tuple[str, ...], ...] = ()
    """每组是互不相容的词：写的有而标签没有，就不是那个标签"""
    kept: tuple[str, ...] = ()
    """标签有这些词，写的也要有，例如单位"""

    def near(self, text: str, labels: Collection[str]) -> set[str]:
        """Return those of the labels that a text nearly is.

        Labels with the same words but for number and remark go before all others; of several those with the
        same number.

        Args:
            text: as it stands in a file.
            labels: labels of the form.
        """
        ours, plain = key(text), bare(text)
        number, _ = number_of(ours)

        def of(test: Callable[[str], bool]) -> set[str]:
            return {label for label in labels if test(label) and self._may_be(ours, key(label))}

        found = (
            of(lambda label: bare(label) == plain)
            or of(lambda label: self._alike(plain, bare(label)))
            or of(lambda label: self._slipped(ours, key(label)))
        )
        return {label for label in found if number and number_of(key(label))[0] == number} or found

    def _may_be(self, text: str, label: str) -> bool:
        """Tell that no word speaks against it."""
        if any(word in label and word not in text for word in self.kept):
            return False
        return not any(_words(text, group) - _words(label, group) for group in self.opposed)

    def _alike(self, text: str, label: str) -> bool:
        shorter, longer = sorted((text, label), key=len)
        if self._slipped(text, label):
            return True
        if len(shorter) < self.least or len(longer) > (4 if shorter == text else 2) * len(shorter):
            return False
        if len(set(shorter) - set(longer)) > 0:
            return False
        from difflib import SequenceMatcher  # few files have a text that comes so far

        blocks = SequenceMatcher(None, text, label, autojunk=False).get_matching_blocks()
        pieces = [block.size for block in blocks if block.size]
        return sum(pieces) == len(shorter) and len(pieces) <= _PIECES

    def _slipped(self, text: str, label: str) -> bool:
        """Tell that few characters are wrong."""
        most = max(self.slips, self.percent * len(label) // 100)
        if len(label) < 2 or abs(len(text) - len(label)) > most or len(set(label) - set(text)) > most:
            return False
        from difflib import SequenceMatcher

        matcher = SequenceMatcher(None, text, label, autojunk=False)
        wrong = sum(max(i2 - i1, j2 - j1) for what, i1, i2, j1, j2 in matcher.get_opcodes() if what != "equal")
        return wrong <= most


def _words(text: str, group: tuple[str, ...]) -> set[str]:
    """Return the words of a group that stand in a text, the longest where one holds another."""
    found: set[str] = set()
    for word in sorted(group, key=len, reverse=True):
        if word in text:
            found.add(word)
            text = text.replace(word, " ")
    return found
