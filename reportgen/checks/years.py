"""The year of the data: in the texts, and against the dates of signing and publishing (FORMAT.md S-03, 6.8)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise

import msgspec

from ..form.kinds import Deadline, OtherYears
from ..model.findings import CellRef, Finding, finding
from ..model.placeholders import filler, typed
from ..model.report import Passage, Report
from .facts import Facts
from .texts.numerals import half_width

_EACH = 20
"""Sentences of one passage that are reported one by one."""
_LONGEST = 3_000
"""Characters of a sentence up to which it is looked at; no honest one is longer (X-18)."""
SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_MAY_BE_YEAR = re.compile(r"(?:19|20)\d\d年")
_NAMED = r"(?<!\d)(?:19|20)\d\d年(?:度)?"
_IN_WORDS = re.compile("二[〇○零Ｏ0][〇○零Ｏ0一二三四五六七八九]{2}(?=年)")
_DIGITS = {ord(word): digit for word, digit in zip("〇○零Ｏ一二三四五六七八九", "0000123456789", strict=True)}
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")


class _Said(msgspec.Struct, frozen=True):
    """A sentence that speaks of another year."""

    passage: Passage
    sentence: str
    year: int


def other_years(rule: OtherYears, facts: Facts) -> Iterator[Finding]:
    """S-12: sentences that speak of another year without comparing; one finding where none names the data year."""
    report = facts.report
    if report.year is None:
        return
    said = list(_said(rule, facts))
    if said and _is_never_named(facts):
        yield _never(rule, facts, said)
        return
    for one in said:
        what = f"{one.year}年的情况，数据年度是{report.year}年"
        yield facts.about(rule, one.passage, sentence=one.sentence, what=what)


def _never(rule: OtherYears, facts: Facts, said: Sequence[_Said]) -> Finding:
    """Return the finding that the texts name years, and never that of the data."""
    report = facts.report
    refs = [report.passage_ref(passage) for passage in {one.passage: None for one in said}]
    origin = report.field_origins.get("year")
    refs += [CellRef(origin, facts.form.field("year").label)] if origin else []
    years = "、".join(f"{year}年" for year in sorted({one.year for one in said}))
    what = f"{years}的情况，没有一处写数据年度{report.year}年"
    return finding(
        rule, refs, strict=facts.strict, severity=rule.never, sentence=said[0].sentence, place="文字", what=what,
    )  # fmt: skip


def _is_never_named(facts: Facts) -> bool:
    """Whether no text names the data year, but for placeholders, which say nothing of their own."""
    texts = (_plain(typed(text)) for passage in facts.report.passages for text in passage.paragraphs)
    return not any(f"{facts.report.year}" in text for text in texts)


def _said(rule: OtherYears, facts: Facts) -> Iterator[_Said]:
    fill = filler(facts.report)
    for passage in facts.report.passages:
        yield from islice(_of_passage(rule, passage, facts.report.year or 0, fill), _EACH)


def _of_passage(rule: OtherYears, passage: Passage, year: int, fill: Callable[[str], str]) -> Iterator[_Said]:
    """Yield the sentences of a passage that speak of another year, each once."""
    for text in passage.paragraphs:
        if not _MAY_BE_YEAR.search(_plain(fill(text))):
            continue
        sentences = [fill(sentence) for sentence in SENTENCE.findall(text)]
        for sentence, following in pairwise([*sentences, ""]):
            found = _other_year(rule, _plain(sentence), year, passage.section)
            if found and not _is_compared(rule, _plain(following), year):
                yield _Said(passage, sentence.strip(), found)


def _other_year(rule: OtherYears, sentence: str, year: int, section: str) -> int:
    """Return the year that a sentence speaks of, 0 if that is the data year or none."""
    years = list(_YEAR.finditer(sentence)) if len(sentence) <= _LONGEST else []
    if not years or f"{year}年" in sentence or re.search(rule.comparing, sentence):
        return 0
    excused = [match.span() for match in _excuses(rule).finditer(sentence)]
    for match in years:
        named = int(match[1])
        planned = named > year and (section in rule.plans_in or re.search(rule.plans, sentence))
        if not planned and not any(start <= match.start() < end for start, end in excused):
            return named
    return 0


def _is_compared(rule: OtherYears, following: str, year: int) -> bool:
    """Whether the next sentence compares the data year with the year that was named."""
    return f"{year}年" in following and bool(re.search(rule.comparing, following))


@lru_cache(maxsize=16)
def _excuses(rule: OtherYears) -> re.Pattern[str]:
    return re.compile("|".join(rule.excused).replace("<named>", _NAMED))


def _plain(text: str) -> str:
    """Return a text without blanks, digits and punctuation half-width, years in digits."""
    text = "".join(half_width(text).split())
    return _IN_WORDS.sub(lambda match: match[0].translate(_DIGITS).replace("二", "2"), text)


def deadline(rule: Deadline, facts: Facts) -> Iterator[Finding]:
    """D-01, D-02: published later than the law allows; D-03: in another year than the next; D-04: in this order."""
    report, year = facts.report, facts.report.year
    if year is None or (rule.unit_types and report.fields.get("unit_type") not in rule.unit_types):
        return
    last = _last_day(rule, report, year)
    for id_ in rule.dates:
        said = str(report.fields.get(id_, ""))
        date = _date(said)
        if date is None or last is None or not _is_missed(rule, date, last):
            continue
        label = facts.form.field(id_).label
        yield finding(
            rule, [CellRef(report.field_origins.get(id_), label)], strict=facts.strict,
            severity=rule.late or "" if date > last else "", place=label, what=said, year=str(year),
            limit=f"{last.year}年{last.month}月{last.day}日",
        )  # fmt: skip


def _last_day(rule: Deadline, report: Report, year: int) -> dt.date | None:
    if rule.other:
        return _date(str(report.fields.get(rule.other, "")))
    return dt.date(year + 1, rule.month or 12, rule.day or 31)


def _is_missed(rule: Deadline, date: dt.date, last: dt.date) -> bool:
    """Whether a date is behind the last day; another year altogether is left to the rule without a day."""
    if rule.other:
        return date > last
    return date > last and date.year == last.year if rule.month else date.year != last.year


def _date(text: str) -> dt.date | None:
    match = _DATE.fullmatch(text)
    try:
        return dt.date(*(int(part) for part in match.groups())) if match else None
    except ValueError:  # 2月30日
        return None
