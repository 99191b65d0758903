"""Texts against last year's report (FORMAT.md 6.6), and the period of the data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from ..form.kinds import Leftovers, Period, Repeated
from ..model.findings import Finding
from ..model.placeholders import filler, standard_sentence, typed
from ..model.report import Passage
from .facts import Facts

_SENTENCE = re.compile(r"[^。！？；;\n]+")
_LAW = re.compile("《[^》]*》")
_PERIOD = (
    r"(?P<of>(?:统计|数据|报告)[^，。；：\d]{0,6}(?:期限?|时限|时间|范围)[^，。；\d]{0,4})?"
    r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?起?(?:至|到|[—–～~－-]+)(?:(\d{4})[年./-])?(\d{1,2})[月./-](\d{1,2})(?!\d)"
)
_DAYS = re.compile(r"[年./-]\d{1,2}[月./-]\d")
"""Every period has some."""
_SHORTEST = 40  # characters of a part below which likeness says nothing
_SENTENCE_LENGTH = 12


def similarity(text: str, other: str) -> int:
    """Return how much of ``text`` stands in ``other`` too, in percent of its pairs of characters."""
    pairs, others = _pairs(text), _pairs(other)
    common = sum((pairs & others).values())
    return 100 * common // max(1, sum(pairs.values()))


def _pairs(text: str) -> Counter[str]:
    text = re.sub(r"[\s\d，。、；：（）“”％%]+", "", text)
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


def repeated(rule: Repeated, facts: Facts) -> Iterator[Finding]:
    """C-05: a part of which ``percent`` or more is last year's; names of laws and of the body are no copy."""
    own = list(_own_sentences(facts)) if facts.report.last_year_texts else []
    for section, passages in facts.sections.items():
        last = facts.report.last_year_texts.get(section, "")
        text = "\n".join(s for passage, s in own if passage.section == section and s == typed(s))
        text = _LAW.sub("", text.replace(facts.report.org, ""))
        if section not in rule.sections or min(len(text), len(last)) < _SHORTEST:
            continue
        percent = similarity(text, last)
        if percent >= (rule.percent if len(text) > rule.short else rule.short_percent):
            place = f"“{facts.form.section(section).heading}”"
            yield facts.about(rule, passages[0], place=place, percent=percent)


def _own_sentences(facts: Facts) -> Iterator[tuple[Passage, str]]:
    """Yield the sentences as typed, the form's standard ones left out: those are alike every year."""
    standard, fill = standard_sentence(facts.form), filler(facts.report)
    for passage in facts.report.passages:
        for sentence in (s for text in passage.paragraphs for s in _SENTENCE.findall(text)):
            if not standard.fullmatch(_bare(fill(sentence))):
                yield passage, sentence


def leftovers(rule: Leftovers, facts: Facts) -> Iterator[Finding]:
    """C-11: a sentence with figures that stands word for word in last year's report.

    Years and figures left standing are found this way without accusing honest comparisons.
    Figures that placeholders filled in are this year's, and those of our own sentences are compared
    with the tables.
    """
    report = facts.report
    if not report.last_year_texts:
        return
    last = {_bare(s) for text in report.last_year_texts.values() for s in _SENTENCE.findall(text)}
    fill = filler(report)
    for passage, written in _own_sentences(facts):
        sentence = fill(written)
        bare = _bare(sentence)
        if len(bare) >= _SENTENCE_LENGTH and bare in last and re.search(r"\d", typed(written)):
            yield facts.about(rule, passage, sentence=sentence.strip())


def period(rule: Period, facts: Facts) -> Iterator[Finding]:
    """S-09: a statement of period that is not the whole data year."""
    year = facts.report.year
    for passage in chain.from_iterable(facts.sections.values()):
        texts = filter(_DAYS.search, map(_bare, passage.paragraphs))
        for match in (m for text in texts for m in re.finditer(_PERIOD, text)):
            of_data, first, month, day, last, until_month, until_day = match.groups()
            whole = (int(month), int(day), int(until_month), int(until_day)) == (1, 1, 12, 31)
            # Another period (a campaign, a month) is not that of the data unless it is said to be.
            if (int(first) != year or int(last or first) != year or not whole) and (whole or of_data):
                yield facts.about(rule, passage, year=str(year), sentence=match[0])


def _bare(text: str) -> str:
    return "".join(text.split())
