"""The words around a number: what they count, what they bring to it, and what of them is not understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from ...form.phrases import Topic
from .vocabulary import COMPARED, KEPT, YEAR, Hit, Noun, Span, Vocabulary

PUNCTUATION = re.compile(r"[\s,;:、。()“”\"'‘’!?#/—\-《》【】\d.]+")
_LEAD = re.compile(
    r"^(?:[,;:、]|[一二三四五六七八九十]是(?!否)|其中|另外?|此外|同时|而|但|在|由|以|(?:(?:19|20)\d\d年[度末底内初]?)|本年度?|全年|年度?内|一年来|(?:街道|[镇乡])综合(?:行政)?执法(?:办公室|办|大队|中队|队)|截至.{0,12}?日)+"
)
_IN_ALL = re.compile("^[总一]?共?计?")
_NEAR_THE_END = 12  # letters
_BEGINNING = 4  # letters of examples without a verb before them
_AGAINST = re.compile(rf".{{0,{_BEGINNING}}}?对")
_EXAMPLES = "等#"
_JOINS = re.compile(r"[及和与、]")


class Remainder(Struct, frozen=True):
    """What is left of some words without what is understood of them."""

    text: str
    """The words with # for what is understood."""
    rest: str
    """Without words that change nothing."""

    def lead(self, words: Vocabulary) -> str:
        """Return what is not understood before the first words that are."""
        head, _, _ = self.text.partition("#")
        return plain(f"{head}#", words)


def remainder(text: str, words: Vocabulary, org: str, hits: Sequence[Hit] = ()) -> Remainder:
    """Return what is left of a text without some phrases in it, the form's nouns and the body's own name."""
    spans = [*((h.start, h.end) for h in hits), *((start, end) for _, start, end in words.nouns(text))]
    kept = _replaced(text, spans, "#")
    rest = plain(kept, words)
    if rest and (others := without_own(kept, org, words)) != kept:
        kept, rest = others, plain(others, words)
    return Remainder(kept, "" if rest and is_own(rest, org, words) else rest)


@lru_cache(maxsize=KEPT)
def plain(text: str, words: Vocabulary) -> str:
    """Return a text without words that change nothing."""
    if not PUNCTUATION.sub("", text):
        return ""
    rest = words.without_neutral(text)
    # Where words have gone, the letters around them may make another one.
    if rest and rest != text:
        rest = words.without_neutral(rest)
    return PUNCTUATION.sub("", rest)


@lru_cache(maxsize=KEPT)
def narrows(left: Remainder, words: Vocabulary) -> bool:
    """Whether what is left narrows what is counted."""
    return words.restrict.search(words.without_neutral(left.text, letters=False)) is not None


def without_examples(left: Remainder, words: Vocabulary) -> Remainder:
    """办理施工许可、河道管理等行政许可: return the words without the examples, which are trades and narrow nothing."""
    listed = words.examples.search(left.text)
    if listed is None:
        return left
    head, tail = left.text[: listed.start()], left.text[listed.end() :]
    against = _AGAINST.match(head)  # 对占道经营、出店经营等违法行为作出行政处罚
    verbs = [against.end()] if against else [verb.end() for verb in words.decides.finditer(head)]
    fields = len(listed[0]) > len(_EXAMPLES)
    if fields and (not verbs or words.including.match(head)):
        return left  # 对3家企业违法排污等行为作出行政处罚3件
    return Remainder(f"{head[: verbs[0] if verbs else _BEGINNING]}#{tail}", "")


@lru_cache(maxsize=KEPT)
def counted(before: str, after: str, words: Vocabulary) -> tuple[Topic | None, str]:
    """Return the topic that is counted between the words before and behind a number, and where it is named.

    ``here``; or ``foreign``, then it is none of ours; ``""`` where they do not say.
    """
    first = _counted_nouns(before, words)
    if first:
        tail = before[first[-1][2] :]
        if not words.without_neutral(tail) and not words.foreign.search(tail):
            return first[-1][0], "here"
    if then := _counted_nouns(after, words):
        return then[0][0], "here"
    said = words.published.sub("", after)
    if words.foreign.search(f"{_unknown(before, words)}#{_unknown(said, words)}"):
        return None, "foreign"
    return (first[-1][0], "here") if first else (None, "")


@lru_cache(maxsize=KEPT)
def left_with(text: str, words: Vocabulary) -> tuple[Topic | None, str]:
    """Return the topic the talk is of behind a text and ``before``; or ``foreign``; ``""`` as it was."""
    nouns = _counted_nouns(text, words)
    if nouns and nouns[-1][2] >= len(text) - _NEAR_THE_END:
        return nouns[-1][0], "before"
    if text and not words.aside.match(text) and words.foreign.search(_unknown(text, words)):
        return None, "foreign"
    return (nouns[-1][0], "before") if nouns else (None, "")


def _counted_nouns(text: str, words: Vocabulary) -> list[Noun]:
    return [noun for noun in words.nouns(text) if not noun[0].only_zero]


def _unknown(text: str, words: Vocabulary) -> str:
    """Return a text without what the form's phrases and nouns cover."""
    spans = [(h.start, h.end) for h in words.hits(text) if h.phrase.rank > 0]
    return _replaced(text, [*spans, *((start, end) for _, start, end in words.nouns(text))], "")


def _replaced(text: str, spans: Iterable[Span], mark: str) -> str:
    """Return a text with ``mark`` for every character of some spans."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        if end > at:
            pieces += [text[at:start], mark * (end - max(start, at))]
            at = end
    return "".join([*pieces, text[at:]])


@lru_cache(maxsize=KEPT)
def is_own(name: str, org: str, words: Vocabulary) -> bool:
    """Whether ``name`` is the reporting body itself, in full or cut short (县发改局, 市政府, 县府办)."""
    if len(name) < 2 or not org:
        return False
    if name.endswith(org) or (len(name) > 5 and name in org):
        return True  # 主动公开甲省司法厅: with a verb before it
    if words.wider.match(name) and words.government.search(org):
        return True
    return any(
        name.endswith(short) and _abbreviates(name.removesuffix(short), org.removesuffix(tail), words)
        for tail, short in _ends(org, words)
    )  # fmt: skip


def _ends(org: str, words: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yield the ends a name has, with what may stand for each in short."""
    yield org[-1], org[-1]
    for tail, *short in words.short_names:
        if org.endswith(tail):
            yield from ((tail, one) for one in (tail, *short))


def _abbreviates(name: str, full: str, words: Vocabulary) -> bool:
    """Whether the letters of a name stand in the full one in that order; a single one at its end or its place's (市局)."""
    place = [found[0] for found in words.places.finditer(full)]
    if len(name) == 1:
        return full.endswith(name) or place[-1:] == [name]
    if name and place[-1:] == [name[0]]:
        name = name[1:]  # 区公安分局: 甲市公安局丙区分局
    letters = iter(full)
    return all(letter in letters for letter in name)


def without_own(text: str, org: str, words: Vocabulary) -> str:
    """Return a text without the name of the reporting body."""
    if org and org in text:
        return text.replace(org, "")
    lead = _LEAD.sub("", text)
    owner = words.owners.match(lead)
    return lead[owner.end() :] if owner and is_own(owner[0], org, words) else text


class Brought(Struct, frozen=True):
    """What the words of a clause bring to the numbers behind them."""

    years: tuple[int, ...]
    """The years they are about, in order; 0 for several or an unclear one."""
    period: str
    owner: str
    """Another body that they may be about."""
    joined: bool
    """More bodies are named behind it."""
    with_office: bool
    """It is a government that is named together with its office."""
    whole: bool
    """They say that the whole body is meant."""
    compared: bool
    """They compare with another year."""


@lru_cache(maxsize=KEPT)
def brought(clause: str, words: Vocabulary) -> Brought:
    """Return what the words of a clause bring to the numbers behind them."""
    period = words.periods.search(clause)
    lead = _LEAD.sub("", clause)
    verb = len(lead) - len(_IN_ALL.sub("", lead))
    topic = next((noun[0] for noun in words.nouns(lead)), None)
    made = next((h.end for h in words.hits(lead, topic) if h.start == verb and h.phrase.rank == 1), 0)
    lead = lead[made:]  # 共制定市政府规范性文件9件
    wider = words.wider.match(lead)
    owner = wider or words.owners.match(lead)
    joined = owner is not None and _JOINS.match(lead, owner.end()) is not None
    pair = words.with_office.search(lead) if owner else None
    other = wider or (owner and not words.whole.match(lead) and words.without_neutral(owner[0]))
    return Brought(
        _years(clause, words), period[0] if period else "", owner[0] if owner and other else "", joined,
        pair is not None and owner is not None and pair.start() < owner.end() <= pair.end(),
        words.whole.match(lead) is not None, COMPARED.search(clause) is not None,
    )  # fmt: skip


def _years(clause: str, words: Vocabulary) -> tuple[int, ...]:
    """Return the years a clause is about: not those it compares with, nor those inside a phrase (上年结转)."""
    named = list(YEAR.finditer(clause))
    phrases = words.hits(clause) if named else ()
    years = []
    for match in named:
        inside = any(h.start < match.end() and match.start() < h.end for h in phrases)
        compared = COMPARED.search(clause[: match.end()])
        if not inside and not (compared and compared.end() >= match.end()):
            years.append(words.year_of(match))
    return tuple(years)
