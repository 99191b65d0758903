"""Rules about what the texts must, should and must not hold (FORMAT.md 6.6).

The words looked for are options of the rules.  A report without any text that was not read from a
file is figures alone (a roll-up in the making, a table handed over by a program): nothing is
missing from it, so the rules about emptiness keep silent there.  Once there is a text or a file,
a part that is empty is a part somebody forgot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from ..form import Rule
from ..model.findings import CellRef, Finding, finding
from ..model.placeholders import filled
from ..model.report import Passage, Report
from .placeholders import passage_label

__all__ = ["length", "marks", "mentions", "personal", "present"]

_STOPS = " \t\n　。，、；;,."


def _passages(report: Report, section: str) -> list[Passage]:
    return [p for p in filled(report) if p.section == section]


def _text(passages: Sequence[Passage]) -> str:
    return "\n".join(t for p in passages for t in (p.heading, *p.paragraphs) if t)


def _body(passages: Sequence[Passage]) -> str:
    return "\n".join(t for p in passages for t in p.paragraphs)


def _expects_texts(report: Report) -> bool:
    return bool(report.passages or report.path)


def _refs(report: Report, passages: Sequence[Passage], section: str) -> list[CellRef]:
    if passages:
        return [CellRef(p.origin, passage_label(report.form, p)) for p in passages[:1]]
    part = report.form.section(section)
    return [CellRef(None, part.heading or part.title)]


def _missing(groups: Sequence[Mapping[str, Any]], text: str) -> list[str]:
    return [str(g["name"]) for g in groups if not _said(g["words"], text)]


def _said(words: Sequence[str], text: str) -> bool:
    """Whether one of some expressions is found; plain words need no compiling (15 % of cold checks)."""
    plain, other = _split(tuple(words))
    return _has_any(plain, text) or (bool(other) and re.search(other, text) is not None)


def _has_any(words: Sequence[str], text: str) -> bool:
    for word in words:  # noqa: SIM110 - a loop is half the time of any() here
        if word in text:
            return True
    return False


@cache
def _split(words: tuple[str, ...]) -> tuple[list[str], str]:
    """The plain words, and the others as one expression."""
    other = [word for word in words if re.escape(word) != word]
    return [word for word in words if re.escape(word) == word], "|".join(other)


def _concerns(rule: Rule, report: Report) -> bool:
    """Whether the rule is meant for this kind of body: ``unit_types``, else the end of its name."""
    ends = rule.options.get("org_ends")
    if not ends:
        return True
    unit = report.fields.get("unit_type")
    if unit and unit in rule.options.get("unit_types", ()):
        return True
    named = report.org.endswith(tuple(ends))
    return named and (not unit or unit in rule.options.get("unit_types_by_name", ()))


def mentions(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """C-01, C-02, C-06, C-10: a part speaks of everything it should.

    Options: ``section``; ``groups``, each a name and the words of which one must occur;
    ``if_any``: say nothing of a part that is empty.
    """
    section = str(rule.options["section"])
    passages = _passages(report, section)
    text = _text(passages)
    if not _expects_texts(report) or not _concerns(rule, report):
        return
    if rule.options.get("if_any") and not _body(passages).strip(_STOPS):
        return
    missing = _missing(rule.options["groups"], text)
    if missing:
        yield finding(rule, _refs(report, passages, section), strict=strict, what="、".join(missing))


def length(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """C-03: a part is not longer than ``limit`` characters, blanks and headings not counted."""
    section = str(rule.options["section"])
    passages = _passages(report, section)
    count, limit = len("".join(_body(passages).split())), int(rule.options["limit"])
    if count > limit:
        yield finding(
            rule, _refs(report, passages, section), strict=strict, actual=count, expected=limit,
            difference=count - limit, count=count, limit=limit,
        )  # fmt: skip


def present(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """C-04, C-07: a part is written, not left empty or dismissed with 无, and holds what it needs.

    Options: ``section``; ``nothing``: whole texts that say nothing; ``groups`` as in
    :func:`mentions`; ``weak``: severity where something is written but not enough.
    """
    section = str(rule.options["section"])
    if not _expects_texts(report):
        return
    passages = _passages(report, section)
    text = "".join(_body(passages).split()).strip(_STOPS)
    refs = _refs(report, passages, section)
    weak = str(rule.options.get("weak", rule.severity))
    heading = report.form.section(section).heading
    if not text:
        yield finding(rule, refs, strict=strict, what=f"“{heading}”是空的")
    elif text in rule.options.get("nothing", ()):
        yield finding(rule, refs, strict=strict, severity=weak, what=f"“{heading}”只写了“{text}”")
    elif missing := _missing(rule.options.get("groups", ()), text):
        what = f"“{heading}”里没有看到{'、'.join(missing)}"
        yield finding(rule, refs, strict=strict, severity=weak, what=what)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.M)


def marks(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """C-08: marks that a draft or a template left behind; option ``patterns``."""
    passages = filled(report)
    whole, needs = _body(passages), report.form.narrative.needs
    patterns = [
        (_compiled(one["pattern"]), one) for one in rule.options["patterns"]
        if not (words := needs.get(one["pattern"])) or _has_any(words, whole)
    ]  # fmt: skip
    if not patterns:
        return
    for passage in passages:
        for text in passage.paragraphs:
            for pattern, one in patterns:
                for match in pattern.finditer(text):
                    label = passage_label(report.form, passage)
                    around = text[max(0, match.start() - 12) : match.end() + 8].strip()
                    yield finding(
                        rule, [CellRef(passage.origin, label)], strict=strict,
                        sentence=around, place=f"“{label}”", raw=match[0].strip(), what=one["what"],
                    )  # fmt: skip


_ID_NUMBER = re.compile(r"(?<!\d)(\d{17})([\dXx])(?![\dXx])")
_MOBILE = re.compile(r"(?<![\d-])(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_FIGURES = re.compile(r"[^一-鿿a-zA-Z，。、；：（）《》“”！？]{6}")
"""What a text must have to hold either number: eleven digits are six characters at least, none of
them a letter or a common mark, however they are written (⑩ is two digits)."""
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


def personal(rule: Rule, report: Report, strict: bool) -> Iterator[Finding]:
    """C-09: identity numbers and mobile numbers in the texts, but the body's own contact.

    The contact is the field of option ``contact``, or a number right behind one of
    ``contact_words`` in the part of option ``contact_section``.
    """
    contact = re.sub(r"\D", "", str(report.fields.get(str(rule.options["contact"]), "")))
    introduced = _compiled(rf"(?:{'|'.join(rule.options['contact_words'])})[^\d,。;]{{0,8}}$")
    for passage in filled(report):
        if not any(_FIGURES.search(raw) for raw in passage.paragraphs):
            continue
        label = passage_label(report.form, passage)
        refs = [CellRef(passage.origin, label)]
        for raw in passage.paragraphs:
            text = unicodedata.normalize("NFKC", raw)
            for match in _ID_NUMBER.finditer(text):
                if is_id_number(match[0]):
                    yield finding(
                        rule, refs, strict=strict, place=f"“{label}”", what=f"身份证号码 {_masked(match[0])}"
                    )
            for match in _MOBILE.finditer(text):
                number = re.sub(r"\D", "", match[1])
                own = passage.section == rule.options["contact_section"] and introduced.search(
                    text[: match.start()]
                )
                if number not in contact and not own:
                    yield finding(
                        rule, refs, strict=strict, place=f"“{label}”", what=f"手机号码 {_masked(number)}"
                    )


def _masked(number: str) -> str:
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
