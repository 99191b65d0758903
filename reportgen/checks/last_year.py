"""Texts against last year's report, and the dates of this one (FORMAT.md 6.6, 6.8)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ..form import Rule
from ..model.findings import CellRef, Finding, finding
from ..model.placeholders import filled
from ..model.report import Passage, Report
from .placeholders import passage_label

__all__ = ["deadline", "leftovers", "period", "repeated", "similarity"]

_SENTENCE = re.compile(r"[^。！？；;\n]+")
_SPACE = re.compile(r"\s+")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_PERIOD = re.compile(
    r"(\d{4})年(\d{1,2})月(\d{1,2})日(?:起)?(?:至|到|—|-|～|~|－)(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日"
)
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


def _sections(report: Report) -> dict[str, list[Passage]]:
    found: dict[str, list[Passage]] = {}
    for passage in filled(report):
        found.setdefault(passage.section, []).append(passage)
    return found


def _ref(report: Report, passage: Passage) -> CellRef:
    return CellRef(passage.origin, passage_label(report.form, passage))


def repeated(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """C-05: a part of which half or more is last year's."""
    if not report.last_year_texts:
        return
    for section, passages in _sections(report).items():
        last = report.last_year_texts.get(section, "")
        text = "\n".join(t for p in passages for t in p.paragraphs)
        if section not in rule.options["sections"] or min(len(text), len(last)) < _SHORTEST:
            continue
        percent = similarity(text, last)
        if percent >= int(rule.options["percent"]):
            place = f"“{report.form.section(section).heading}”"
            yield finding(rule, [_ref(report, passages[0])], strict=strict, place=place, percent=percent)


def leftovers(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """C-11: a sentence with figures that stands word for word in last year's report.

    Years and figures left standing are found this way without accusing honest comparisons.
    """
    if not report.last_year_texts:
        return
    last = {_SPACE.sub("", s) for text in report.last_year_texts.values() for s in _SENTENCE.findall(text)}
    for passages in _sections(report).values():
        for passage in passages:
            for sentence in (s for t in passage.paragraphs for s in _SENTENCE.findall(t)):
                bare = _SPACE.sub("", sentence)
                if len(bare) >= _SENTENCE_LENGTH and re.search(r"\d", bare) and bare in last:
                    place = f"“{passage_label(report.form, passage)}”"
                    yield finding(
                        rule, [_ref(report, passage)], strict=strict, place=place, sentence=sentence.strip()
                    )


def period(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """S-09: a statement of period that is not the whole data year."""
    year = report.year
    for passages in _sections(report).values():
        for passage in passages:
            texts = [_SPACE.sub("", t) for t in passage.paragraphs if "月" in t]
            for match in (m for t in texts for m in _PERIOD.finditer(t)):
                first, month, day, last, until_month, until_day = match.groups()
                span = (int(month), int(day), int(until_month), int(until_day))
                if span[:2] != (1, 1) or span[2:] != (12, 31):
                    continue  # another period (a campaign, a month) is not the statement of period
                if int(first) != year or int(last or first) != year:
                    place = f"“{passage_label(report.form, passage)}”"
                    yield finding(
                        rule,
                        [_ref(report, passage)],
                        strict=strict,
                        place=place,
                        year=str(year),
                        sentence=match[0],
                    )


def deadline(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """D-01, D-02: published later than the law allows; D-03: dated inside its own year."""
    published, year = _DATE.fullmatch(str(report.fields.get("published", ""))), report.year
    units = rule.options.get("unit_types")
    if published is None or year is None or (units and report.fields.get("unit_type") not in units):
        return
    import datetime as dt  # 0.8 ms to load, for reports that name the day

    date = dt.date(*(int(part) for part in published.groups()))
    month = rule.options.get("month")
    limit = dt.date(year + 1, int(month), int(rule.options["day"])) if month else dt.date(year, 12, 31)
    if (date > limit) == bool(month):
        refs = [CellRef(report.field_origins.get("published"), report.form.field("published").label)]
        until = f"{limit.year}年{limit.month}月{limit.day}日"
        yield finding(rule, refs, strict=strict, what=published[0], limit=until)
