"""Whose report it is: the name, the kind of body, and the body that the texts speak as (FORMAT.md 6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..form import Rule
from ..form.kinds import Authors, Misnamed, Selves, Unit
from ..form.words import HAN
from ..model.findings import CellRef, Finding, finding
from ..model.report import Report
from .facts import Facts, units_by_name
from .texts.numerals import half_width
from .years import SENTENCE

_SHORTEST_NAME = 3  # characters; 省局 and the like name nobody
_JOINED = re.compile("[和与及、]|会同|联合")


def _field_ref(report: Report, id_: str) -> list[CellRef]:
    origin = report.field_origins.get(id_)
    return [CellRef(origin, report.form.field(id_).label)] if origin else []


def misnamed(rule: Misnamed, facts: Facts) -> Iterator[Finding]:
    """S-13, S-14: a name that holds the title, a year, a seal, a person; of names typed as such, not read from a title."""
    if facts.report.title and rule.field not in facts.report.field_origins:
        return
    name = str(facts.report.fields.get(rule.field, ""))
    what = [mark.what for mark in rule.patterns if re.search(mark.pattern, name)]
    if what:
        yield finding(
            rule, _field_ref(facts.report, rule.field), strict=facts.strict, raw=name, what="、".join(what)
        )  # fmt: skip


def unit(rule: Unit, facts: Facts) -> Iterator[Finding]:
    """S-15: the kind of body is blank, so that rules were not applied, or is not what the name says."""
    report = facts.report
    chosen, fits = str(report.fields.get(rule.field, "")), units_by_name(rule, report.org)
    refs = _field_ref(report, rule.field)
    likely = f"，看名称像是“{'”或“'.join(fits)}”" if fits else ""
    if not chosen and refs:
        rules = "、".join(one.id for one in facts.form.rules.values() if _needs(one, rule.field))
        what = f"没有选{facts.form.field(rule.field).label}{likely}；与它有关的规则（{rules}）没有核对"
    elif chosen and fits and chosen not in fits:
        what = f"{facts.form.field(rule.field).label}选的是“{chosen}”{likely}（“{report.org}”）"
    else:
        return
    yield finding(rule, refs, strict=facts.strict, what=what)


def _needs(rule: Rule, field: str) -> bool:
    """Whether a rule cannot be applied without the kind of body."""
    if getattr(rule, "org_ends", ()) or rule.off:
        return False
    conditions = {*getattr(rule, "fields", ()), *getattr(rule, "unless_fields", ())}
    return bool(getattr(rule, "unit_types", ())) or field in conditions


def selves(rule: Selves, facts: Facts) -> Iterator[Finding]:
    """S-06: a text calls its body by a word that does not fit the body's name: copied from elsewhere."""
    org = facts.report.org
    words = [word for word, part in rule.selves.items() if org and part not in org]
    for passage in facts.report.passages:
        text = "".join(passage.paragraphs)
        wrong = [word for word in words if word in text]
        if wrong:
            ref = facts.report.passage_ref(passage)
            yield finding(rule, [ref], place=f"“{ref.label}”", what="”“".join(wrong), org=org)


def authors(rule: Authors, facts: Facts) -> Iterator[Finding]:
    """S-16: a text speaks as another body of the same kind, or names it as the author of the report."""
    report = facts.report
    end = next((end for end in rule.ends if report.org and re.search(f"(?:{end})$", report.org)), "")
    ends = re.compile(end)
    for passage in facts.passages if end else ():
        found: dict[str, str] = {}
        for sentence in (s for text in passage.paragraphs for s in SENTENCE.findall(text)):
            plain = "".join(half_width(sentence).split())
            for body in _bodies(rule, end, plain) if ends.search(plain) else ():
                if not _is_own(body, report.org):
                    found.setdefault(body, sentence.strip())
        for body, sentence in found.items():
            yield facts.about(rule, passage, sentence=sentence, what=body, org=report.org)


def _bodies(rule: Authors, end: str, text: str) -> Iterator[str]:
    """Yield the bodies of the same kind, by the end of their names, that a sentence names as its author."""
    for saying in _sayings(rule, end):
        for match in saying.finditer(text):
            body = _JOINED.split(match["body"])[-1]
            if len(body) >= _SHORTEST_NAME:
                yield body


@lru_cache(maxsize=16)
def _sayings(rule: Authors, end: str) -> tuple[re.Pattern[str], ...]:
    """Return the sayings with the names of bodies of one kind in them."""
    body = f"(?P<body>(?!{rule.not_names}){HAN}{{1,20}}?(?:{end}))"
    return tuple(re.compile(saying.replace("<body>", body)) for saying in rule.sayings)


def _is_own(body: str, org: str) -> bool:
    """Whether a name is the body's own: the whole, or an abbreviation that leaves characters out."""
    return _is_short_for(body, org) or _is_short_for(org, body)


def _is_short_for(short: str, name: str) -> bool:
    rest = iter(name)
    return all(character in rest for character in short)
