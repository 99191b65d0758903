"""Rules about what the texts must, should and must not hold (FORMAT.md 6.6).

The words looked for are options of the rules.  A report without any text that was not read from a
file is figures alone (a roll-up in the making, a table handed over by a program): nothing is
missing from it, so the rules about emptiness keep silent there.  Once there is a text or a file,
a part that is empty is a part somebody forgot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from ..form.rule import Group, Length, Marks, Mentions, Personal, Present
from ..model.findings import CellRef, Finding, finding
from ..model.report import Passage, Report
from .facts import Facts
from .texts.numerals import half_width

_EACH = 20
"""Finds of one rule in one passage that are reported one by one."""
_STOPS = " \t\n　。，、；;,."


def _body(passages: Sequence[Passage]) -> str:
    return "\n".join(t for p in passages for t in p.paragraphs)


def _with_headings(passages: Sequence[Passage]) -> str:
    return "\n".join(t for p in passages for t in (p.heading, *p.paragraphs) if t)


def _expects_texts(report: Report) -> bool:
    return bool(report.passages or report.path)


def _refs(report: Report, passages: Sequence[Passage], section: str) -> list[CellRef]:
    if passages:
        return [report.passage_ref(passages[0])]
    part = report.form.section(section)
    return [CellRef(None, part.heading or part.title)]


def _missing(groups: Sequence[Group], text: str) -> str:
    """Name the groups of which no word is said."""
    return "、".join(group.name for group in groups if not _says_any(text, group.words))


def _says_any(text: str, words: Sequence[str]) -> bool:
    # Most of the words are plain: those need no expression to be compiled.
    return any(word in text if word.isalnum() else re.search(word, text) for word in words)


def _concerns(rule: Mentions, report: Report) -> bool:
    """Whether the rule is meant for this kind of body: ``unit_types``, else the end of its name."""
    unit = report.fields.get("unit_type")
    if not rule.org_ends or (unit and unit in rule.unit_types):
        return True
    return report.org.endswith(rule.org_ends) and (not unit or unit in rule.unit_types_by_name)


def mentions(rule: Mentions, facts: Facts) -> Iterator[Finding]:
    """C-01, C-02, C-06, C-10: a part speaks of everything it should."""
    report, section = facts.report, rule.section
    if not _expects_texts(report) or not _concerns(rule, report):
        return
    passages = facts.sections.get(section, ())
    if rule.if_any and not _body(passages).strip(_STOPS):
        return
    missing = _missing(rule.groups, _with_headings(passages))
    if missing:
        yield finding(rule, _refs(report, passages, section), strict=facts.strict, what=missing)


def length(rule: Length, facts: Facts) -> Iterator[Finding]:
    """C-03: a part is not longer than ``limit`` characters, blanks and headings not counted."""
    passages, limit = facts.sections.get(rule.section, ()), rule.limit
    count = len("".join(_body(passages).split()))
    if count > limit:
        yield finding(
            rule, _refs(facts.report, passages, rule.section), strict=facts.strict, actual=count,
            expected=limit, difference=count - limit, count=count, limit=limit,
        )  # fmt: skip


def present(rule: Present, facts: Facts) -> Iterator[Finding]:
    """C-04, C-07: a part is written, not left empty or dismissed with 无, and holds what it needs."""
    passages, heading = facts.sections.get(rule.section, ()), facts.form.section(rule.section).heading
    if not _expects_texts(facts.report):
        return
    text = "".join(_body(passages).split()).strip(_STOPS)
    severity, what = rule.weak or rule.severity, ""
    if not text:
        severity, what = rule.severity, f"“{heading}”是空的"
    elif text in rule.nothing:
        what = f"“{heading}”只写了“{text}”"
    elif missing := _missing(rule.groups, text):
        what = f"“{heading}”里没有看到{missing}"
    if what:
        refs = _refs(facts.report, passages, rule.section)
        yield finding(rule, refs, strict=facts.strict, severity=severity, what=what)


def marks(rule: Marks, facts: Facts) -> Iterator[Finding]:
    """C-08: marks that a draft or a template left behind."""
    patterns = _patterns(rule)
    for passage in facts.passages:
        for what, match in islice(_marked(patterns, passage), _EACH):
            around = match.string[max(0, match.start() - 12) : match.end() + 8].strip()
            yield facts.about(rule, passage, sentence=around, raw=match[0].strip(), what=what)


def _marked(patterns: Sequence[tuple[str, re.Pattern[str]]], passage: Passage) -> Iterator[tuple[str, re.Match[str]]]:
    for text in passage.paragraphs:
        for what, pattern in patterns:
            for match in pattern.finditer(text):
                yield what, match


@lru_cache(maxsize=16)
def _patterns(rule: Marks) -> list[tuple[str, re.Pattern[str]]]:
    return [(one.what, re.compile(one.pattern, re.M)) for one in rule.patterns]


_ID_NUMBER = re.compile(r"(?<!\d)(\d{17})([\dXx])(?![\dXx])")
_MOBILE = re.compile(r"(?<![\d-])(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_SIX_DIGITS = re.compile(r"\d(?<!\d\d)(?:[\s\-－﹣]?\d){5}")
_INTRODUCED = 40
"""Characters before a number in which the word that introduces it is looked for."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_id_number(text: str) -> bool:
    """Whether 18 characters are a resident's identity number: date and check digit (GB 11643)."""
    match = _ID_NUMBER.fullmatch(text)
    if not match:
        return False
    digits, check = match[1], match[2].upper()
    month, day, year = int(digits[10:12]), int(digits[12:14]), int(digits[6:10])
    if not (1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31):
        return False
    total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == check


def personal(rule: Personal, facts: Facts) -> Iterator[Finding]:
    """C-09: identity numbers and mobile numbers in the texts, but the body's own contact.

    The contact is the field ``contact``, or a number right behind one of ``contact_words`` in the
    part ``contact_section``.
    """
    contact = re.sub(r"\D", "", str(facts.report.fields.get(rule.contact, "")))
    introduced = rf"(?:{'|'.join(rule.contact_words)})[^\d,。;]{{0,8}}$"
    for passage in facts.passages:
        own = introduced if passage.section == rule.contact_section else ""
        found = [what for text in passage.paragraphs for what in _personal(text, contact, own)]
        for what in _few(found):
            yield facts.about(rule, passage, what=what)


def _personal(paragraph: str, contact: str, own: str) -> Iterator[str]:
    """Yield the personal numbers in a paragraph.

    Args:
        paragraph: the text.
        contact: digits of the body's own contact.
        own: expression for what stands before the body's own number, ``""`` if none is expected.
    """
    if not _SIX_DIGITS.search(paragraph):
        return
    text = half_width(paragraph)
    yield from (f"身份证号码 {_masked(m[0])}" for m in _ID_NUMBER.finditer(text) if is_id_number(m[0]))
    for match in _MOBILE.finditer(text):
        number = re.sub(r"\D", "", match[1])
        before = text[max(0, match.start() - _INTRODUCED) : match.start()]
        if number not in contact and not (own and re.search(own, before)):
            yield f"手机号码 {_masked(number)}"


def _few(found: list[str]) -> list[str]:
    """Return what was found in a passage; of very many one that counts them."""
    return found if len(found) <= _EACH else [f"{found[0]}、{found[1]}等{len(found)}个号码"]


def _masked(number: str) -> str:
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
