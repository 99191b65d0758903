"""Rules about placeholders in the texts."""

from __future__ import annotations

from collections.abc import Iterator

from ..form.kinds import Placeholders
from ..model.findings import Finding, finding
from ..model.placeholders import unknown
from .facts import Facts

__all__ = ["placeholders"]


def placeholders(rule: Placeholders, facts: Facts) -> Iterator[Finding]:
    """P-01: placeholders whose name the form does not know, or whose field is empty."""
    for one in unknown(facts.report):
        ref = facts.report.passage_ref(one.passage)
        near = f"，是不是“{'”或“'.join(one.near)}”？" if one.near else "，或对应的内容还没有填"
        yield finding(rule, [ref], place=f"“{ref.label}”", raw=one.raw, what=near)
