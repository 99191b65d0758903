"""Whose report it is: the name, the kind of body, and the body that the texts speak as (FORMAT.md 6.1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ..form import Rule
from ..form.kinds import Authors, Misnamed, Selves, Unit
from ..form.words import HAN
from ..model.findings import CellRef, Finding, finding
from ..model.report import Report
from .facts import Facts

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
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
    chosen, fits = str(report.fields.get(rule.field, "")), _units_by_name(rule, report.org)
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


def _units_by_name(rule: Unit, org: str) -> Sequence[str]:
    """Return the kinds of body that a name fits, () if the name does not tell."""
    return next((one.types for one in rule.names if re.search(one.pattern, org)), ())


def likely_units(facts: Facts) -> Sequence[str]:
    """Return what kind of body it is: as chosen, else all that its name fits."""
    for rule in facts.form.rules.values():
        if isinstance(rule, Unit):
            chosen = str(facts.report.fields.get(rule.field, ""))
            return (chosen,) if chosen else _units_by_name(rule, facts.report.org)
    return ()


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
    sayings = _sayings(rule, report.org) if report.org else ()
    for passage in facts.passages if sayings else ():
        found: dict[str, str] = {}
        for sentence in (s for text in passage.paragraphs for s in _SENTENCE.findall(text)):
            for body in _bodies(sayings, sentence):
                if not _is_own(body, report.org):
                    found.setdefault(body, sentence.strip())
        ref = report.passage_ref(passage)
        for body, sentence in found.items():
            yield finding(
                rule, [ref], strict=facts.strict, sentence=sentence, place=f"“{ref.label}”", what=body, org=report.org,
            )  # fmt: skip


def _bodies(sayings: Sequence[re.Pattern[str]], sentence: str) -> Iterator[str]:
    text = "".join(unicodedata.normalize("NFKC", sentence).split())
    for saying in sayings:
        for match in saying.finditer(text):
            body = _JOINED.split(match["body"])[-1]
            if len(body) >= _SHORTEST_NAME:
                yield body


@lru_cache(maxsize=16)
def _sayings(rule: Authors, org: str) -> tuple[re.Pattern[str], ...]:
    """Return the sayings with the names of bodies of the same kind in them."""
    end = next((end for end in rule.ends if re.search(f"(?:{end})$", org)), "")
    body = f"(?P<body>(?!{rule.not_names}){HAN}{{1,20}}?(?:{end}))"
    return tuple(re.compile(saying.replace("<body>", body)) for saying in rule.sayings) if end else ()


def _is_own(body: str, org: str) -> bool:
    """Whether a name is the body's own: the whole, or an abbreviation that leaves characters out."""
    return _is_short_for(body, org) or _is_short_for(org, body)


def _is_short_for(short: str, name: str) -> bool:
    rest = iter(name)
    return all(character in rest for character in short)
