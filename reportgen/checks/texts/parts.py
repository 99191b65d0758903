"""How the numbers of a sentence stand to each other: which are the whole, and which its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...form.phrases import Division
from ...model.numbers import Number
from .claim import is_whole
from .quantities import YUAN
from .told import Told
from .vocabulary import Vocabulary, Words

AMONG = re.compile(r"[^,;。、(]{0,6}(?<!其)中[,已的]?")
KINDS_ARE = re.compile(r"具体(?:为|是|包括|有)")
THE_REST = re.compile(r"、?(?:(?:[^,;。、(]{1,10}等)?(?:其他|其它|其余)|[^,;。、(]{1,10}[及和]其[他它]类?$)")
PARTS = 30
"""Parts of a whole; beyond them nobody adds up."""
_MARKS = re.compile(r"[,、。;:(]+")
_COLON = re.compile(r"[^,;。]*:")
_ENDS_PARTS = re.compile(r"[;。]|另[有外]?|此外|合计|共计|总计|[,、]共")


class Numbers:
    """The numbers of one sentence.

    Args:
        text: the paragraph, compact.
        numbers: those of the sentence that count something.
        words: the form's vocabulary.
    """

    def __init__(self, text: str, numbers: Sequence[Told], words: Vocabulary) -> None:
        self.text, self.words, self.numbers = text, words, list(numbers)
        self.parts = list(self._parts())

    def gap(self, n: int) -> str:
        """Return the words between a number and the next one."""
        return self.text[self.numbers[n].item.end : self.numbers[n + 1].item.start]

    def _parts(self) -> Iterator[tuple[int, Sequence[int]]]:
        """Yield the places of wholes and of the numbers named behind 其中, 含, a colon or a bracket."""
        for whole in range(len(self.numbers) - 1):
            gap = self.gap(whole)
            opened = "(" in gap and ")" not in gap
            named = any(self.words.including.match(gap[lead.end() :]) for lead in _MARKS.finditer(gap))
            if not (opened or named or _COLON.match(gap) or AMONG.match(gap) or KINDS_ARE.search(gap)):
                if gap.startswith(","):
                    yield from self._listed(whole)
                    yield from self._with_the_rest(whole)
                continue
            last = whole + 1
            while last + 1 < min(len(self.numbers), whole + PARTS) and not self._ends(last, bracketed=opened):
                last += 1
            yield self._divided_before(whole), range(whole + 1, last + 1)

    def _divided_before(self, n: int) -> int:
        """处罚3842件，罚款587万元，其中简易程序…件: return the place of what is divided, which no money before it is."""
        unit, before = self.numbers[n].token.unit, self.numbers[n - 1].token.unit if n else ""
        other = unit in YUAN and before not in YUAN and before == self.numbers[n + 1].token.unit
        return n - 1 if other else n

    def _listed(self, whole: int) -> Iterator[tuple[int, Sequence[int]]]:
        """Yield the numbers behind a comma that are of one complete division: 新收68件，网站41件、邮寄27件."""
        claim = self.numbers[whole].claim
        topic = claim.topic if claim else None
        some = claim and topic and topic.wholes and not is_whole(claim, topic)
        if claim is None or some or any(phrase.outcome for phrase in claim.phrases):
            return
        for kind, key in self.words.divisions:
            last = whole
            while kind.complete and last + 1 < min(len(self.numbers), whole + PARTS) and self._is_of(last + 1, key):
                last += 1
                if self._ends(last - 1, bracketed=False):
                    break
            if last > whole + 1 and not self._is_of(whole, key):
                yield whole, range(whole + 1, last + 1)

    def _with_the_rest(self, whole: int) -> Iterator[tuple[int, Sequence[int]]]:
        """Yield a list of kinds behind a comma that ends with all others: 处罚120件，城管78件、安监30件、其他12件."""
        last = whole + 1
        while last + 1 < len(self.numbers) and self.gap(last).startswith("、"):
            last += 1
        if last > whole + 2 and THE_REST.match(self.numbers[last].item.before):
            yield whole, range(whole + 1, last + 1)

    def _is_of(self, n: int, key: Words) -> bool:
        return self.numbers[n].item.how != "foreign" and self._is(n, key)

    def _is(self, n: int, key: Words) -> bool:
        """Whether the words around a number say that it is of a division."""
        return key.search(self.around(n)) is not None

    def _ends(self, n: int, *, bracketed: bool) -> bool:
        """Whether a list of parts ends behind a number."""
        gap = self.gap(n)
        other_unit = self.numbers[n].token.unit != self.numbers[n + 1].token.unit
        return other_unit or (bracketed and ")" in gap) or _ENDS_PARTS.search(gap) is not None

    def sum(self, places: Sequence[int]) -> Number:
        """Return the sum of some numbers."""
        return sum(self.numbers[n].value for n in places)

    def in_brackets(self, n: int) -> bool:
        """办理9件（含上年结转2件），其中…: whether a number stands in brackets of its own behind the one before it."""
        return n + 1 < len(self.numbers) and self.gap(n - 1).startswith("(") and self.gap(n).startswith(")")

    def division(self, parts: Sequence[int]) -> Division | None:
        """Return the division that all of some parts are of."""
        for division, key in self.words.divisions:
            if len(parts) > 1 and all(self._is(n, key) for n in parts):
                return division
        return None

    def around(self, n: int) -> str:
        """Return the words around a number; those behind it count only if they are its own."""
        item = self.numbers[n].item
        return item.before if item.cut else f"{item.before}#{item.after}"
