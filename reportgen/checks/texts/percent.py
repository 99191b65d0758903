"""Percentages and changes in the texts, recomputed (FORMAT.md X-13, X-14)."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate
from operator import attrgetter

from msgspec.structs import replace

from ...form.phrases import Rate, Topic
from ...form.words import Reading
from ...model.numbers import Number, format_number
from .claim import SURE, UNSURE, Claim
from .numerals import Token
from .quantities import Quantities, printed
from .statements import CHANGED_TO, Statement
from .verdicts import Judgement, Verdict
from .vocabulary import Hit, Span, Vocabulary
from .wording import remainder

_UP = "增长|上升|增加|提高|提升|增幅|上涨|上浮|多"
_DOWN = "下降|减少|降低|回落|下滑|降幅|减幅|少"
_CHANGE = re.compile(rf"(?P<up>{_UP})|(?P<down>{_DOWN})")
_CHANGED = rf"(?:{_UP}|{_DOWN})(?:了|约|为|达|近|到)*$"
_PART_OF = re.compile(r"占|比例|比重|率|\($")
_LAST_WORDS = re.compile(r"[^,;:、。()]*$")
_ADDED = r"[合共总]计|[二两三四]者|两项|共占"
_BRACKET = re.compile(r"\([^()]*\)")
_ALL = 100  # per cent
_WHOLES = 100
"""Numbers before a percentage that it may be a share of."""
_OF_THAT = r"^[,、(]*(?:约|共|分别|所)?占?[^,;。()、\d]{0,14}\(?$"
_RATE = re.compile(r"率(?=(?:为|是|达到?|约|:)*$)")


def _as_stated(token: Token, shown: list[tuple[Decimal, Decimal]], rule: str) -> Judgement | None:
    """Return that a percentage is right: rounded, or with a note cut off; None if it is neither."""
    stated = Decimal(token.value)
    if any(stated == rounded for rounded, _ in shown):
        return Judgement("percentage_ok", rule, about=())
    for rounded, cut in shown:
        if stated == cut:
            says = f"按四舍五入应为{format_number(rounded)}%，文字是截去尾数的结果"
            return Judgement("percentage_ok", rule, expected=rounded, severity="info", says=says, about=())
    return None


def _column(name: str, column: str) -> str:
    """Return the name of a column; ``-`` before it, of the column taken off."""
    return f"-{name}.{column[1:]}" if column.startswith("-") else f"{name}.{column}"


def rated(rate: Rate, topics: Sequence[Topic], quantities: Quantities) -> Iterator[Decimal]:
    """Yield what a rate of some topics may be by the figures of the form: of each of them, and of all."""
    for some in [*([topic] for topic in topics), topics]:
        names = tuple(topic.name for topic in some)
        wholes = [names, tuple(f"-{name}.{rate.without}" for name in names)] if rate.without else []
        wholes = [wholes[0], (*wholes[0], *wholes[1])] if wholes else [w for topic in some for w in topic.wholes]
        columns = tuple(_column(name, rate.column) for name in names)
        parts = rate.any_of or ((*(names if rate.column.startswith("-") else ()), *columns),)
        for part in quantities.sums_of(parts):
            for whole in quantities.sums_of(tuple(wholes)):
                if whole.value and part.value <= whole.value:
                    yield Decimal(part.value) * _ALL / Decimal(whole.value)


class Shares:
    """Judges the percentages of one paragraph."""

    def __init__(
        self, text: str, said: Sequence[Statement], claims: Sequence[Claim], words: Vocabulary,
        quantities: Quantities,
    ) -> None:  # fmt: skip
        self.text, self.words, self.quantities = text, words, quantities
        self.claims = {c.item.start: c for c in claims}
        self.numbers = [item for item in said if item.token]
        self.sentences: dict[Span, list[Statement]] = {}
        last: list[Statement] = []
        for item in said:
            if item.sentence not in self.sentences:
                goes_on = words.including.match(text[item.sentence[0] : item.sentence[1]])
                last = self.sentences[item.sentence] = [*last] if goes_on else []
            last.append(item)

    def judge(self, item: Statement) -> Judgement | None:
        """Return the verdict on a percentage, or on a number in a comparison; None if it says nothing."""
        token = item.token
        if token is None:
            return None
        change = _CHANGE.search(item.before)
        if item.compared or change:
            if not (change or re.search(_CHANGED, item.before)):
                return self.named_last_year(item, token)
            return self.changed(item, token, bool(change and change["up"]))
        return self.part_of_whole(item, token) if token.percent else None

    def part_of_whole(self, item: Statement, token: Token) -> Judgement | None:
        """Return the verdict on a percentage that is no change."""
        if self.words.all_done_rates.search(item.before):
            return self.rate(item, token)
        done = self.words.done_rates.search(item.before)
        if done and token.value > _ALL:
            return self.above()
        return self.share(item, token) or (done and self.rate_of(item, token, done[0])) or self.named_rate(item, token)

    def wrong(
        self, rule: str, says: str, quantities: Reading = (), expected: Number | None = None,
        verdict: Verdict = "percentage_wrong",
    ) -> Judgement:  # fmt: skip
        """Return a complaint of a rule."""
        severity = self.quantities.report.form.rules[rule].severity
        return Judgement(verdict, rule, quantities, expected, severity, says, about=())

    # ---- shares of a whole

    def share(self, item: Statement, token: Token) -> Judgement | None:
        """占x%: of the form's totals or of a number said before, whichever fits."""
        part = self.part_before(item)
        bracket = self.text[item.start - 1 : item.start] == "("
        if part is None:
            item = self.named(item, bracketed=bracket)
        if not (_PART_OF.search(item.before) or bracket) or (part is None and "率" in item.before):
            return None
        claim = self.claims.get(part.start) if part else None
        named = self.quantities.sums_of(self.readings_of(item)) if part else ()
        wholes = [*(one.value for one in named), *self.form_wholes(item, claim), *self.text_wholes(item, part)]
        rates = [
            Decimal(one) * 100 / Decimal(whole)
            for one in self.parts(item, part, claim) for whole in wholes if whole and one <= whole
        ]  # fmt: skip
        return self.share_of(item, token, rates, sure=self.is_sure(item, part, claim))

    def named(self, item: Statement, *, bracketed: bool) -> Statement:
        """予以公开占35.4%, or before a bracket: the words may say the topic."""
        last = _LAST_WORDS.search(self.text, 0, item.start - 1) if bracketed else None
        before = last[0] if last else item.before
        named = [self.words.topics[h.phrase.topic] for h in self.words.hits(before) if h.phrase.topic]
        return replace(item, before=before, topic=item.topic or (named[0] if named else None))

    def share_of(self, item: Statement, token: Token, rates: Sequence[Decimal], *, sure: bool) -> Judgement | None:
        """Compare a percentage with what it may be; a complaint only where its part and whole are sure."""
        stated, quantum = Decimal(token.value), Decimal(token.quantum)
        shown = [printed(rate, quantum) for rate in rates]
        if (right := _as_stated(token, shown, self.words.shares_rule)) is not None:
            return right
        if token.about and any(abs(rate - stated) <= max(quantum, Decimal(5)) for rate in rates):
            return Judgement("percentage_ok", self.words.shares_rule, about=())
        if not rates or not sure or item.scope or item.year is not None or token.about:
            return None
        best = min(shown, key=lambda s: abs(s[0] - stated))[0]
        return self.wrong(self.words.shares_rule, f"按表中的数重算，最接近的是{format_number(best)}%", expected=best)

    def is_sure(self, item: Statement, part: Statement | None, claim: Claim | None) -> bool:
        """Whether it is clear what a percentage is a share of."""
        if part is None:
            return item.topic is not None
        whole = [topic.own_business for topic, *_ in self.words.nouns(item.before)]
        outcome = claim is not None and any(p.outcome for p in claim.phrases)
        if any(whole) and not (outcome or self.words.ours.search(item.before)):
            return False  # 占全县行政复议案件的12.3%: of all cases, not of those of the form
        of = item.before.partition("占")[2]
        if any(kind.search(of) for kind in (self.words.channels, self.words.restrict, self.words.owners)):
            return False  # 占网上受理数的31%
        if claim is None and part.how in ("here", "before") and part.topic and self.whole_named(item, part.topic):
            return not part.scope and part.year is None
        return (claim is not None and claim.doubt != UNSURE) or self.stated_whole(item, part)

    def whole_named(self, item: Statement, topic: Topic) -> bool:
        """占全部办结件的30.2%: whether the words say of which of the form's figures, and nothing else."""
        of = item.before.partition("占")[2]
        hits = self.words.hits(of, topic)
        wholes = [set(h.phrase.any_of) & set(topic.wholes) for h in hits]
        return bool(wholes) and all(wholes) and not remainder(of, self.words, self.quantities.report.org, hits).rest

    def parts(self, item: Statement, part: Statement | None, claim: Claim | None) -> list[Number]:
        """Return the numbers whose share a percentage may be: the one before it, or those of the form."""
        if part is None or part.token is None:
            return [one.value for one in self.quantities.sums_of(self.readings_of(item))]
        known = self.quantities.sums_of(claim.readings) if claim else ()
        own = [part.token.value, *(one.value for one in known)]
        each = self.words.respectively.search(item.before)
        if not each and not re.search(_ADDED, item.before):
            return own
        earlier = [n.token.value for n in self.sentences[item.sentence] if n.token and n.start <= part.start]
        return [*own, *(earlier if each else accumulate(reversed(earlier)))]

    def part_before(self, item: Statement) -> Statement | None:
        """Return the number whose share this is: the one before it with only 占… in between."""
        earlier = bisect_right(self.numbers, item.start, key=attrgetter("end"))
        if not earlier or self.numbers[earlier - 1].sentence != item.sentence:
            return None
        last = self.numbers[earlier - 1]
        between = self.text[last.end : item.start]
        if (last.token and last.token.percent) or (self.readings_of(item) and self.words.included.match(between, 1)):
            return None  # 共办理1521件，其中予以公开占58.5%
        share_of = between in ("(", ",") or "占" in between or "比" in between
        return last if share_of and re.fullmatch(_OF_THAT, between) else None

    def readings_of(self, item: Statement) -> tuple[Reading, ...]:
        """Return what the words before a percentage name: 予以公开或部分公开占58.5%."""
        hits = [h.phrase for h in self.words.hits(item.before) if h.phrase.rank >= 2 and h.phrase.any_of]
        if len(hits) == 1:
            return hits[0].any_of
        if not hits or not all(p.result for p in hits):
            return ()
        return (tuple(name for p in hits for name in p.any_of[0]),)

    def form_wholes(self, item: Statement, claim: Claim | None) -> list[Number]:
        """Return the totals of the form that a share may be of."""
        topics = dict.fromkeys([claim.topic if claim and claim.topic else item.topic, item.topic])
        return [one.value for topic in topics if topic for one in self.quantities.sums_of(topic.wholes)]

    def text_wholes(self, item: Statement, part: Statement | None) -> list[Number]:
        """Return the numbers said before that a share may be of."""
        earlier = bisect_left(self.numbers, item.start, key=attrgetter("start"))
        return [
            other.token.value for other in self.numbers[max(0, earlier - _WHOLES) : earlier]
            if other.token and not other.token.percent and other is not part
        ]  # fmt: skip

    def stated_whole(self, item: Statement, part: Statement) -> bool:
        """Whether the sentence itself states the whole: 收到29件，其中网络25件，占86%."""
        for other in self.sentences[item.sentence]:
            claim = self.claims.get(other.start)
            before = other.start < part.start
            carried = claim is not None and any(p.shared for p in claim.phrases)  # 连同上年结转的4件，答复130件
            if before and claim and not carried and claim.doubt != UNSURE:
                phrases = claim.phrases
                return bool(phrases) and all(p.rank <= 1 and self.words.applications in p.topics for p in phrases)
        return False

    def is_said_of_all(self, item: Statement, said: str, hits: Sequence[Hit]) -> bool:
        """Whether the words before a rate narrow nothing, and a number of what it is of is sure in the sentence."""
        starts = (one.start for one in self.sentences[item.sentence])
        claims = [self.claims[start] for start in starts if start in self.claims]
        rest = remainder(said, self.words, self.quantities.report.org, hits).rest
        return not rest and any(c.topic is item.topic and c.doubt == SURE for c in claims)

    def rate(self, item: Statement, token: Token) -> Judgement | None:
        """办结率x%: 100 means that nothing is carried over (X-14)."""
        if item.topic is None or item.topic.id != self.words.applications or item.how not in ("here", "before"):
            return None
        left = self.quantities.sum_of(self.words.all_done_names)
        if token.value == 100 and left is not None:
            if left.value == 0:
                return Judgement("percentage_ok", self.words.done_rule, left.reading, about=())
            if item.scope or item.year is not None:
                return None
            says = f"表中{left.name}是{format_number(left.value)}"
            return self.wrong(self.words.done_rule, says, left.reading, left.value)
        return self.rate_below(item, token)

    def rate_below(self, item: Statement, token: Token) -> Judgement | None:
        """办结率98%: what was answered of what came in, carried over or not."""
        sums = self.quantities.sums_of(self.words.done_of)
        if len(sums) < len(self.words.done_of):
            return None
        done, *wholes = sums
        rates = [Decimal(done.value) * 100 / Decimal(w.value) for w in wholes if w.value]
        if any(Decimal(token.value) in printed(rate, Decimal(token.quantum)) for rate in rates):
            return Judgement("percentage_ok", self.words.shares_rule, done.reading, about=())
        told = list(self.rates_told(item))
        if any(Decimal(token.value) in printed(rate, Decimal(token.quantum)) for rate in told):
            return Judgement("percentage_ok", self.words.shares_rule, about=())
        if token.value > _ALL:
            return self.above()
        said = self.words.all_done_rates.sub("", item.before)
        begins = self.words.all_done_rates.match(item.before) is not None  # 当场答复率85%: not of all
        sure = begins or self.is_said_of_all(item, said, self.words.hits(said, item.topic))
        return self.share_of(item, token, [*rates, *told], sure=sure)

    def rate_of(self, item: Statement, token: Token, done: str) -> Judgement | None:
        """收到38件，按期办结38件，按期办结率100%: the share of the number that is told in the words of the rate."""
        told = [n for n in self.sentences[item.sentence] if n.token and n.start < item.start and not n.token.percent]
        part = next((n for n in reversed(told) if n.before.endswith(done)), None)
        whole = part and next((n for n in told if n.start < part.start and n.start in self.claims), None)
        if item.topic is None or part is None or part.token is None or whole is None:
            return None
        totals = [one.value for one in self.quantities.sums_of(item.topic.wholes)]
        rates = [Decimal(part.token.value) * _ALL / Decimal(n) for n in totals if n >= part.token.value > 0]
        return self.share_of(item, token, [*rates, *self.rates_told(item)], sure=bool(rates))

    def named_rate(self, item: Statement, token: Token) -> Judgement | None:
        """公开率x%, 维持率x%: a percentage whose name says of what; right too if two numbers of its sentence make it."""
        said = self.before_brackets(item)
        for rate, key in self.words.rates:
            if key.search(said) and (topics := self.topics_of(rate, item, said)):
                rates = [*rated(rate, topics, self.quantities), *self.rates_told(item)]
                return self.share_of(item, token, rates, sure=True)
        return None

    def before_brackets(self, item: Statement) -> str:
        """Return the words before a percentage, without a bracket between: 公开率（含部分公开）33.7%."""
        said = _BRACKET.sub("", self.text[item.sentence[0] : item.start])
        last = _LAST_WORDS.search(said)
        return last[0] if last else ""

    def topics_of(self, rate: Rate, item: Statement, said: str) -> list[Topic]:
        """Return the topics of a rate: those it names, else those that its sentence speaks of."""
        sentence = self.text[item.sentence[0] : item.start]
        named = [topic for topic, *_ in self.words.nouns(said)] or [topic for topic, *_ in self.words.nouns(sentence)]
        told = [claim.topic for other in self.sentences[item.sentence] if (claim := self.claims.get(other.start))]
        topics = [topic for topic in dict.fromkeys([*named, item.topic, *told]) if topic and topic.id in rate.topics]
        cases = any(topic.own_business for topic in topics)
        return topics if not cases or self.words.ours.search(sentence) or self.agrees(item, topics) else []

    def agrees(self, item: Statement, topics: Sequence[Topic]) -> bool:
        """Whether a number of the sentence is the figure of one of some topics."""
        for other in self.sentences[item.sentence]:
            claim = self.claims.get(other.start)
            if claim and claim.topic in topics and claim.doubt != UNSURE and other.token and other.token.value:
                return other.token.value in [one.value for one in self.quantities.sums_of(claim.readings)]
        return False

    def rates_told(self, item: Statement) -> Iterator[Decimal]:
        """Yield what any two numbers of the sentence make."""
        told = [n.token.value for n in self.sentences[item.sentence] if n.token and not n.token.percent]
        for whole in told[-_WHOLES:]:
            yield from (Decimal(part) * _ALL / Decimal(whole) for part in told[-_WHOLES:] if whole and part <= whole)

    def above(self) -> Judgement:
        """办结率101%: no more than all can be done."""
        return self.wrong(self.words.shares_rule, "办结、答复的比例不会超过100%", expected=_ALL)

    # ---- changes against last year

    def changed(self, item: Statement, token: Token, up: bool) -> Judgement | None:
        """同比增长x%, 较上年增加n件: recomputed from last year's figures or the number in the text."""
        if token.unit not in ("%", "件", "宗", "起", "份", "例", "个", "条"):
            return None
        pairs = list(self.pairs(item)) or list(self.stated_pair(item))
        if not pairs:
            return None
        if token.percent:
            return self.changed_by(token, up, pairs)
        stated = Decimal(token.value) * (1 if up else -1)
        differences = [Decimal(now) - Decimal(then) for now, then in pairs]
        if stated in differences:
            return Judgement("last_year", self.words.shares_rule, about=())
        if token.about:
            return None
        says = f"按上年和本年的数相差{format_number(int(abs(differences[0])))}"
        return self.wrong(self.words.shares_rule, says, expected=int(abs(differences[0])), verdict="contradicts")

    def changed_by(self, token: Token, up: bool, pairs: list[tuple[Number, Number]]) -> Judgement | None:
        """增长x%: of any pair of this year's and last year's number."""
        changes = [(Decimal(now) - Decimal(then)) * 100 / Decimal(then) for now, then in pairs if then]
        quantum = Decimal(token.quantum)
        shown = [printed(abs(c), quantum) for c in changes if (c >= 0) == up or c == 0]
        if (right := _as_stated(token, shown, self.words.shares_rule)) is not None:
            return right
        if not changes or token.about:
            return None
        best = printed(abs(changes[0]), quantum)[0]
        way = "增长" if changes[0] >= 0 else "下降"
        says = f"按上年和本年的数重算是{way}{format_number(best)}%"
        return self.wrong(self.words.shares_rule, says, expected=best)

    def pairs(self, item: Statement) -> Iterator[tuple[Number, Number]]:
        """Yield this year's and last year's number of what is compared, figures of the form first."""
        claim = self.compared_claim(item)
        if claim is None or claim.doubt == UNSURE:
            return
        office = claim.item.token if claim.item.office else None
        for reading in claim.readings:
            now, then = self.quantities.sum_of(reading), self.quantities.sum_of(reading, last_year=True)
            if now and then and (office is None or office.value == now.value):
                yield now.value, then.value
                if claim.item.token:
                    yield claim.item.token.value, then.value
        token = claim.item.token
        for other in self.sentences[item.sentence]:
            said = self.claims.get(other.start)
            year = self.words.year
            bracketed = other.start > item.end and self.text[item.end : other.start].startswith("(")
            same = said.topic == claim.topic if said else bracketed and other.clause == item.clause + 1
            if same and other.token and token and year and other.year == year - 1 and not other.token.percent:
                yield token.value, other.token.value

    def stated_pair(self, item: Statement) -> Iterator[tuple[Number, Number]]:
        """新收448件，较2023年的412件增加36件，增长8.7%: numbers told just before a change, whatever they count."""
        earlier = bisect_left(self.numbers, item.start, key=attrgetter("start"))
        now, then = ([None, None, *(n for n in self.numbers[:earlier] if n.sentence == item.sentence)])[-2:]
        if now is None or then is None or now.token is None or then.token is None:
            return
        if now.token.unit != then.token.unit or then.token.percent or then.token.about or now.token.about:
            return
        change = _CHANGE.search(then.before)
        if now.year == (self.words.year or 0) - 1 and CHANGED_TO.fullmatch(then.before):
            yield then.token.value, now.token.value
            return
        if change and (now.compared or now.year):
            yield now.token.value + then.token.value * (1 if change["up"] else -1), now.token.value
        bracketed = self.text[then.end : item.start].startswith(")")
        if not (now.compared or change) and then.clause + bracketed == item.clause and (then.compared or then.year):
            yield now.token.value, then.token.value

    def compared_claim(self, item: Statement) -> Claim | None:
        """Return the claim a comparison is about: the number said last before it in the sentence."""
        own = self.words.hits(item.before, item.topic)
        for other in reversed(self.sentences[item.sentence]):
            claim = self.claims.get(other.start)
            if other.end > item.start or claim is None:
                continue
            if other.kind == "number" and not other.compared and other.year is None:
                if own and not any(h.phrase in claim.phrases for h in own if h.phrase.rank >= 0):
                    continue
                return claim
        ranks = [h.phrase.rank for h in own if h.phrase.accuse]
        readings = tuple(r for h in own if h.phrase.rank == max(ranks) for r in h.phrase.any_of) if ranks else ()
        return (
            Claim(replace(item, token=None), readings, self.words.shares_rule) if readings and not item.scope else None
        )

    def named_last_year(self, item: Statement, token: Token) -> Judgement | None:
        """比2023年的520件…: last year's number, named in a comparison."""
        claim = self.claims.get(item.start) or self.compared_claim(item)
        if token.percent or claim is None or (claim.doubt == UNSURE and claim.item is not item):
            return None
        sums = self.quantities.sums_of(claim.readings, last_year=True)
        if any(s.value == token.value for s in sums):
            return Judgement("last_year", claim.rule, sums[0].reading, about=())
        return None
