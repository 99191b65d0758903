"""The numbers of a sentence read together: wholes and their parts, totals, classes that add up.

By itself a number agrees with the form, contradicts it, or is nobody's.  Together a sentence may be right where
a number by itself is not (答复7件、不予受理4件、不明确1件 of 12件: classes, not answers), and wrong where no number
by itself is (网上105件、快递17件，合计132件).  What is left wrong is the fewest numbers that have to be.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise

from msgspec.structs import replace

from ...form.phrases import Division
from ...model.numbers import Number, show
from .claim import DOUBTFUL, SURE, UNSURE, Claim, adds_up_to_a_whole, columns_of
from .numerals import PIECES
from .parts import AMONG, KINDS_ARE, PARTS, THE_REST, Numbers
from .statements import Statement
from .told import Judge, Told, in_a_row, says_itself, two_agree, whole_of
from .verdicts import Judgement
from .vocabulary import Vocabulary
from .wording import PUNCTUATION

_FREE = Judgement()
_ALL_KINDS = Division("", "", complete=True, all=1)
_AND_MORE = "等"
"""Behind parts: there are others."""
_SLIP = 10
"""One part in so many may be missing by a slip; where more is, parts were left out on purpose."""
_RUN = 10
"""Numbers on either side that one figure may be told in."""
_FEW, _WHOLE = 1, 100  # letters that do not yet say what is counted; per cent


def together(text: str, told: Sequence[Told], words: Vocabulary, judge: Judge) -> list[Told]:
    """Return what the numbers of a paragraph are found to be when each sentence is read as a whole.

    Args:
        text: the paragraph, compact.
        told: its numbers by themselves, in order.
        words: the form's vocabulary.
        judge: compares with the form.
    """
    found: list[Told] = []
    for sentence in by_sentence(text, told, words):
        numbers = [n for n, one in enumerate(sentence) if is_plain(one.item)]
        if _need_each_other([sentence[n] for n in numbers]):
            for n, one in zip(numbers, _Whole(text, sentence, words, judge).read(), strict=True):
                sentence[n] = one
        found += [replace(one, judgement=_FREE) if _denies_less(one, sentence) else one for one in sentence]
    return found


def _need_each_other(numbers: Sequence[Told]) -> bool:
    """Whether the numbers of a sentence may be found to be something else when they are read together."""
    return len(numbers) > 2 or any(one.wrong or (one.claim and len(numbers) > 1) for one in numbers)


def _denies_less(one: Told, sentence: Sequence[Told]) -> bool:
    """接到申请7项，未产生申请案例: whether words deny what a number of their sentence says rightly."""
    if one.item.kind != "none" or not one.wrong or one.claim is None:
        return False
    return any(
        other.judgement.verdict == "matched" and other.claim and is_plain(other.item) and other.value
        and not set(one.claim.readings).isdisjoint(other.claim.readings)
        for other in sentence
    )  # fmt: skip


def is_plain(item: Statement) -> bool:
    """Whether it is a number that counts something: no percentage, and not compared with another year."""
    return item.kind == "number" and item.token is not None and not item.token.percent and not item.compared


def by_sentence(text: str, told: Sequence[Told], words: Vocabulary) -> Iterator[list[Told]]:
    """Yield the numbers of each sentence, with those of the next one that names its parts (。其中：)."""
    gathered: list[Told] = []
    for span, some in groupby(told, key=lambda one: one.item.sentence):
        if gathered and not words.including.match(text[span[0] : span[1]]):
            yield gathered
            gathered = []
        gathered += some
    if gathered:
        yield gathered


class _Whole(Numbers):
    """The numbers of one sentence."""

    def __init__(self, text: str, sentence: Sequence[Told], words: Vocabulary, judge: Judge) -> None:
        super().__init__(text, [one for one in sentence if is_plain(one.item)], words)
        self.judge = judge
        self.shared = {
            one.item.start for one, share in pairwise(sentence)
            if share.judgement.verdict == "percentage_ok" and not share.judgement.quantities and share.token.value != _WHOLE
            and not words.including.match(share.item.before)
        }  # fmt: skip

    def read(self) -> list[Told]:
        """Return the numbers as the whole sentence makes them right or wrong."""
        if any(one.wrong for one in self.numbers):
            readings = (
                self.shares,
                self.kinds,
                self.of_others,
                self.of_some,
                self.of_flows,
                self.subsets,
                self.classes,
                self.beside,
                self.split,
            )
            for reading in readings:
                reading()
        self.totals()
        self.left()
        self.divided()
        self.larger()
        return self.numbers

    def free(self, *places: int) -> None:
        """Say nothing of some numbers: they count something else."""
        for n in places:
            if self.numbers[n].wrong:
                self.numbers[n] = replace(self.numbers[n], judgement=_FREE)

    # ---- readings that make a sentence right

    def kinds(self) -> None:
        """行政复议86件，其中涉及政府信息公开的5件: only the part is of the form's kind."""
        for whole, (part, *_) in self.parts:
            one, other = self.numbers[whole], self.numbers[part]
            of_all = one.claim and one.claim.topic and one.claim.topic.own_business
            gap = self.gap(whole).removeprefix(one.item.after)
            if one.claim and of_all and self.words.ours.search(gap):
                self.free(whole)
                if other.claim is None or other.claim.doubt == UNSURE:
                    claim = replace(one.claim, item=other.item, doubt=DOUBTFUL)
                    self.numbers[part] = Told(other.item, claim, self.judge.claim(claim))

        for whole, parts in self.parts:
            one = self.numbers[whole]
            figures = self.judge.figures(one.claim)[:1] if one.wrong and one.claim else ()
            if any(self.numbers[n].value in figures and self.words.owners.search(self.around(n)) for n in parts):
                self.free(whole)  # 教育系统收到31件，其中区教育局12件
        for n, one in enumerate(self.numbers):
            decided = one.wrong and one.claim and one.claim.topic and one.claim.topic.own_business
            if (
                decided
                and one.claim
                and not any(p.outcome for p in one.claim.phrases)
                and any(m.judgement.verdict == "matched" for m in self._alike(n))
            ):
                self.free(n)  # 受理复议0件，作为被申请人的复议3件

    def _alike(self, n: int) -> Iterator[Told]:
        """Yield the other numbers that claim the same."""
        claim = self.numbers[n].claim
        for m, one in enumerate(self.numbers):
            if m != n and claim and one.claim and one.claim.readings == claim.readings:
                yield one

    def of_others(self) -> None:
        """公示信息467条，其中行政许可410条: parts of what is no figure of the form are none either."""
        for whole, parts in self.parts:
            if self._other(self.numbers[whole]) and not two_agree([self.numbers[n] for n in parts]):
                self.free(*(n for n in parts if not says_itself(self.numbers[n], self.numbers[whole])))

    def of_some(self) -> None:
        """涉及征地拆迁的180件，予以公开90件: results of what a sentence begins with, if that is not all."""
        one, *others = self.numbers
        selects = one.judgement.verdict == "unattributed" and self.words.restrict.search(one.item.before)
        if not selects or two_agree(others):
            return
        for n, other in enumerate(others, 1):
            result = other.claim is not None and any(p.result for p in other.claim.phrases)
            if result and other.value <= one.value and self.gap(n - 1).startswith(","):
                self.free(n)

    def _other(self, one: Told) -> bool:
        """Whether words that are not understood say what a number counts, and no topic of the form."""
        unknown = PUNCTUATION.sub("", self.words.without_neutral(one.item.before))
        unsaid = one.claim is None and one.item.how in ("", "behind")
        return one.item.how == "foreign" or (unsaid and len(unknown) > _FEW)

    def of_flows(self) -> None:
        """上年结转69件，其中公民60件、予以公开5件: parts of what was carried over, by applicant or by result."""
        for whole, parts in self.parts:
            one = self.numbers[whole]
            if one.claim is None or one.claim.topic is None or one.wrong:
                continue
            carried = all(phrase.shared for phrase in one.claim.phrases) and not one.claim.topic.own_business
            if not carried or self.sum(parts) > one.value:
                continue
            for n in parts:
                claim = self.numbers[n].claim
                if claim is None or not claim.readings or claim.topic is not one.claim.topic:
                    continue
                if self.judge.within(claim, one.claim):
                    continue
                if columns := columns_of(claim.readings[0], one.claim.readings):
                    claim = replace(claim, readings=columns)
                    self.numbers[n] = replace(self.numbers[n], claim=claim, judgement=self.judge.claim(claim))
                elif self.numbers[n].value <= one.value:
                    self.free(n)

    def subsets(self) -> None:
        """制定9件，其中新制定5件: a part of what its whole counts, if no more than that."""
        for whole, parts in self.parts:
            for n in parts:
                one, other = self.numbers[whole], self.numbers[n]
                same = one.claim and other.claim and one.claim.key == other.claim.key
                among = n == whole + 1 and AMONG.match(self.gap(whole)) and other.claim and other.claim.weak
                if (same or among) and not one.wrong and other.value <= one.value:
                    self.free(n)

    def classes(self) -> None:
        """答复7件、不予受理4件、不明确1件, of 12件 before them: what adds up may be classes of that."""
        for whole, one in enumerate(self.numbers):
            if one.item.year is not None or one.wrong:
                continue
            first = whole + 2 if self.in_brackets(whole + 1) else whole + 1
            sums = list(accumulate(other.value for other in self.numbers[first:]))
            last = first + bisect_left(sums, one.value)
            claims = [other.claim for other in self.numbers[first : last + 1] if other.claim and other.claim.readings]
            complete = adds_up_to_a_whole(claims)  # 收到67件，上年结转2件，答复65件: 67 is not their sum
            if first < last < len(self.numbers) and sums[last - first] == one.value and complete:
                self.free(*(n for n in range(first, last + 1) if self._may_be_class(whole, n)))

    def _may_be_class(self, whole: int, n: int) -> bool:
        claim = self.numbers[n].claim
        if claim is None or claim.weak:
            return True
        one = self.numbers[whole]
        if one.claim and claim.topic and set(claim.topic.wholes).intersection(one.claim.readings):
            return False  # 行政诉讼4件（直接起诉3件，复议后起诉1件）: a row of the form, named
        apart = ";" in self.text[one.item.end : self.numbers[n].item.start]
        if claim.topic and claim.topic.own_business and not any(p.outcome for p in claim.phrases):
            return False  # 行政复议6件、行政诉讼1件: cases of another kind
        other = one.claim is not None and one.claim.topic != claim.topic and not apart
        return other or (one.judgement.verdict == "unattributed" and one.item.topic == claim.topic)

    def beside(self) -> None:
        """逾期不补正1件，其他处理5件: what a class has left beside one of its own rows."""
        for n, one in enumerate(self.numbers):
            if one.wrong and one.claim and not one.claim.weak:
                rows = [
                    m for m, row in enumerate(self.numbers) if row.claim and self.judge.within(row.claim, one.claim)
                ]
                for places in (rows, self._nameless(n)):
                    if places and one.value + self.sum(places) in self.judge.figures(one.claim):
                        self.free(n)

    def _nameless(self, n: int) -> Sequence[int]:
        """撤销申请7件，其他处理3件: return the number before one in its list, if it is of no row of the form."""
        before = self.numbers[n - 1] if n else None
        listed = before and before.token.unit == self.numbers[n].token.unit and self.gap(n - 1)[:1] in ",、"
        return [n - 1] if before and listed and before.judgement.verdict == "unattributed" else []

    def split(self) -> None:
        """废止1件、宣布失效2件; 按时答复430件，延期答复2件: one figure of the form in several numbers."""
        for n, one in enumerate(self.numbers):
            if one.wrong and one.claim:
                figures = self.judge.figures(one.claim)
                bare = all(p.rank < 0 for p in one.claim.phrases)  # 2条依申请公开，1条部分公开，4条不予公开
                for places in (self._same(n), *self._runs(n), *([range(len(self.numbers))] if bare else [])):
                    if len(places) > 1 and self.sum(places) in figures:
                        self.free(*places)
                        break

    def _same(self, n: int) -> list[int]:
        """Return the numbers that claim the same as one of them, without those that agree."""
        claim = self.numbers[n].claim
        return [
            m for m, one in enumerate(self.numbers)
            if one.claim and claim and one.claim.readings == claim.readings and one.judgement.verdict != "matched"
        ]  # fmt: skip

    def _runs(self, n: int) -> Iterator[Sequence[int]]:
        """Yield the numbers next to one said with a verb alone, that agree with nothing."""
        claim = self.numbers[n].claim
        if claim is None or not claim.weak:
            return
        matched = [m for m, one in enumerate(self.numbers) if one.judgement.verdict == "matched"]
        first = max([n - _RUN, 0, *(m + 1 for m in matched if m < n)])
        last = min([n + _RUN + 1, len(self.numbers), *(m for m in matched if m > n)])
        yield from (range(a, b) for a in range(first, n + 1) for b in range(n + 1, last + 1))

    def shares(self) -> None:
        """区政府收到210件，占23.3%: a right share of a figure of the form is a part of it, not the whole."""
        for n, one in enumerate(self.numbers):
            part = one.item.start in self.shared or (one.item.office and self.shared)
            if one.claim and one.claim.weak and part:
                self.free(n)

    # ---- readings that make a sentence wrong

    def totals(self) -> None:
        """…，合计132件: the sum of numbers before it, or a figure of the form."""
        for n, one in enumerate(self.numbers):
            before = one.item.before.lstrip(",、")
            if n < 2 or one.wrong or not self.words.total.fullmatch(before):
                continue
            division = self.division(range(n))
            if one.judgement.verdict == "matched" and not (division and division.complete):
                continue
            sums = [self.sum(range(first, n)) for first in range(max(0, n - PARTS), n - 1)]
            if one.value in sums:
                places = range(n - len(sums) - 1 + sums.index(one.value), n)
                self.made_up(places, one.value)
                division = self.division(places)
                if division and division.complete and one.claim and one.item.how in ("here", "before"):
                    self.numbers[n] = replace(one, judgement=self.judge.claim(replace(one.claim, doubt=SURE)))
            same = {m.token.unit for m in self.numbers[:n]} == {one.token.unit}
            named = (division and division.complete) or any(m.claim for m in self.numbers[:n])
            ours = one.item.topic is not None or (named and one.item.how != "foreign")
            if same and ours and one.value not in sums:
                self.accuse(n, f"前面各项相加是{show(sums[0])}", sums[0])

    def left(self) -> None:
        """收到89件，办结84件，其余7件: what is left is a whole less what is told of it."""
        for n, one in enumerate(self.numbers):
            topic = one.item.topic
            if n < 2 or topic is None or one.wrong or not self.words.left.match(one.item.before):
                continue
            figures = self.judge.figures(Claim(one.item, (*topic.wholes, self.words.all_done_names), topic.rule))
            if one.value in figures or not any(m.value in figures for m in self.numbers[: n - 1]):
                continue
            so_far = [self.sum(range(m)) for m in range(n + 1)]
            left = [
                2 * so_far[b] - so_far[a] - so_far[c]
                for a in range(n) for b in range(a + 1, n) for c in range(b + 1, n + 1)
            ]  # fmt: skip
            # 26件复议、12件诉讼，14件维持，5件纠正，其余7件: what is told of it need not stand next to it.
            left += [self.numbers[a].value - so_far[n] + so_far[b] for a in range(n) for b in range(a + 2, n)]
            gaps = [self.gap(m) for m in range(n, len(self.numbers) - 1)]
            possible = [value for value in left if value >= 0]
            if possible and not any(value in left for value in in_a_row(self.numbers[n:], gaps)):
                expected = min(possible, key=lambda value: (abs(value - one.value), value))
                self.accuse(n, f"前面各数相减是{show(expected)}", expected)

    def made_up(self, places: Sequence[int], total: Number) -> None:
        """新增5件，上年转入2件，共7件: the total is the figure of the form, what it is made of is not."""
        claims = [self.numbers[n].claim for n in places if self.numbers[n].wrong]
        if any(claim and total in self.judge.figures(claim) for claim in claims):
            self.free(*places)

    def divided(self) -> None:
        """其中网络27件、信函16件, of 42件: parts of one division add up to the whole, or at least to no more."""
        for whole, all_parts in self.parts:
            one = self.numbers[whole]
            if one.item.topic is None or one.wrong:
                continue
            kind, parts = self._of_one_kind(whole, all_parts)
            if one.claim is None and not (kind and kind.stated):
                continue
            verdicts = {self.numbers[n].judgement.verdict for n in parts}
            if "contradicts" in verdicts or all(self._is_first_reading(n) for n in parts):
                continue
            gaps = [self.gap(n) for n in parts[:-1]]
            named = any(self.words.included.search(gap) or AMONG.match(gap.lstrip(",")) for gap in gaps)
            nested = named or any(map(self._holds_others, parts))
            units = {self.numbers[n].token.unit for n in parts}
            total, value = self.sum(parts), whole_of(self.numbers[: whole + 1], self.sum(parts))
            other = one.token.unit not in units and not any(self.numbers[n].claim for n in parts)
            if kind is None or nested or other or not units <= {one.token.unit, *PIECES}:
                continue
            if self._is_of_one_before(whole, total):
                continue
            missing = value - total
            rest = THE_REST.match(self.numbers[parts[-1]].item.before)
            more = self.numbers[parts[-1]].item.after.startswith(_AND_MORE)
            more = more or self._goes_on_with_the_rest(parts[-1])
            slip = kind.complete and not more and (rest or len(parts) >= kind.all or missing * _SLIP <= value)
            if missing < 0 or (missing > 0 and slip):
                self.accuse(parts[-1], f"各项相加是{show(total)}，前面写的是{show(value)}", value)

    def larger(self) -> None:
        """收到26件，其中网络件27件: a part is more than all that was counted before it."""
        for whole, (n, *_) in self.parts:
            one, part = self.numbers[whole], self.numbers[n]
            named = self.words.including.match(part.item.before) and part.token.unit == one.token.unit
            if named and one.claim and part.claim is None and part.value > self.sum(range(n)):
                self.accuse(n, f"前面写的是{show(one.value)}", one.value)

    def _is_of_one_before(self, whole: int, total: Number) -> bool:
        """收到76件，答复75件，结转3件。其中当面7件、网上69件: whether parts come to what was counted before their whole."""
        return any(one.value == total and one.claim and not one.wrong for one in self.numbers[:whole])

    def _goes_on_with_the_rest(self, n: int) -> bool:
        """15件为其他结果，其余未结: whether what is left is said behind a part, without a number."""
        item = self.numbers[n].item
        return self.words.left.search(self.text[: item.sentence[1]], item.end) is not None

    def _are_all_kinds(self, whole: int, parts: Sequence[int]) -> bool:
        """Whether parts are said to be all there are: 具体为土地类12件、规划类3件; 其中3件…，其余9件…."""
        claims = [self.numbers[n].claim for n in parts]
        if any(claim and claim.weak for claim in claims):
            return False  # 办结84件，其余5件: left() knows what is carried over
        last = self.numbers[parts[-1]].item.before
        return len(parts) > 1 and bool(THE_REST.match(last) or KINDS_ARE.search(self.gap(whole)))

    def _of_one_kind(self, whole: int, parts: Sequence[int]) -> tuple[Division | None, Sequence[int]]:
        """Return the division that all parts are of, or the first ones up to another count (…，已办结33件)."""
        if self._are_all_kinds(whole, parts):
            return _ALL_KINDS, parts
        kind, total = self.division(parts), self.numbers[whole].value
        for last in range(len(parts) - 1, 1, -1):
            if kind is None and self.sum(parts) != total and self.gap(parts[last - 1]).startswith(","):
                kind, parts = self.division(parts[:last]), parts[:last]
        return kind, parts

    def _is_first_reading(self, n: int) -> bool:
        claim = self.numbers[n].claim
        return claim is not None and self.numbers[n].value in self.judge.figures(claim)[:1]

    def _holds_others(self, n: int) -> bool:
        """已审结36件，纠正7件: whether a part is all but one of the kinds that are told beside it."""
        claim = self.numbers[n].claim
        return claim is not None and any(phrase.column.startswith("-") for phrase in claim.phrases)

    def accuse(self, n: int, says: str, expected: Number) -> None:
        """Complain of a sum, at one of its numbers."""
        one = self.numbers[n]
        if self.words.sums_rule and not one.wrong and one.item.year is None:
            self.numbers[n] = replace(one, judgement=self.judge.wrong_sum(says, expected))
