"""Rules about placeholders in the texts."""

from __future__ import annotations

from collections.abc import Iterator

from ..form.kinds import Placeholders
from ..model.findings import Finding, finding
from ..model.placeholders import Unknown, unknown
from .facts import Facts


def placeholders(rule: Placeholders, facts: Facts) -> Iterator[Finding]:
    """P-01: placeholders whose name the form does not know, whose field is empty, or with one pair of braces."""
    for one in unknown(facts.report):
        ref = facts.report.passage_ref(one.passage)
        yield finding(rule, [ref], place=f"“{ref.label}”", raw=one.raw, what=_why(one))


def _why(one: Unknown) -> str:
    if one.single:
        return f"只有一层花括号，不会换成数，应写成 {{{{ {one.near[0]} }}}}"
    return f"不认得，是不是“{'”或“'.join(one.near)}”？" if one.near else "不认得，或对应的内容还没有填"
