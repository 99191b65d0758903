"""核实性审核: answers to the findings that ask for one, and what becomes of them.

An answer names the finding by rule and 核对码.  The code is made of the values the finding speaks
of, so an answer holds for these values only: when one changes, so does the code, and the answer
lapses with a message.  Errors cannot be explained away, except the few that the form itself allows
(``explainable``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from .findings import CellRef, Finding, finding
from .report import Explanation, Report

_CODE = re.compile(r"[0-9A-Z]{5}")


def settle(report: Report, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with explanations applied.

    An explained finding becomes ``info`` and carries the explanation.  Explanations that no longer
    fit anything become E-01, those for errors E-02.
    """
    if not report.explanations:
        return list(findings)
    given = _by_code(report.explanations)
    settled: list[Finding] = []
    used: set[Explanation] = set()
    refused: set[Explanation] = set()
    for one in findings:
        answer = given.get((one.rule, one.code))
        if answer is None:
            settled.append(one)
        elif one.is_answerable:
            used.add(answer)
            explained = {"severity": "info", "explanation": _signed(answer), "advice": "已有说明。"}
            settled.append(msgspec.structs.replace(one, **explained))
        else:
            refused.add(answer)
            settled.append(one)
    return [*settled, *_left_over(report, findings, used, refused)]


def _by_code(explanations: Sequence[Explanation]) -> dict[tuple[str, str], Explanation]:
    """Return the explanations by rule and code; of several for one code the first counts."""
    given: dict[tuple[str, str], Explanation] = {}
    for explanation in explanations:
        for code in _CODE.findall(explanation.code.upper()):
            given.setdefault((explanation.rule, code), explanation)
    return given


def _signed(explanation: Explanation) -> str:
    by = "，".join(part for part in (explanation.name, explanation.date) if part)
    return f"{explanation.text}（{by}）" if by else explanation.text


def _left_over(
    report: Report, findings: Sequence[Finding], used: set[Explanation], refused: set[Explanation]
) -> Iterator[Finding]:
    rules = report.form.rules
    for explanation in report.explanations:
        rule = rules.get(explanation.rule)
        if explanation in used or (rule is not None and rule.of_sum and not any(f.rule == rule.id for f in findings)):
            continue  # what is about a sum is judged where it is added up
        ref = CellRef(explanation.origin, explanation.rule)
        same = [f for f in findings if f.rule == explanation.rule]
        if explanation in refused or (same and not any(f.is_answerable for f in same)):
            yield finding(rules["E-02"], [ref], about=explanation.rule)
            continue
        now = "、".join(dict.fromkeys(f.code for f in same if f.is_answerable))
        what = f"现在的核对码是 {now}" if now else "现在没有需要说明的问题"
        yield finding(rules["E-01"], [ref], about=explanation.rule, what=what)


class Note(msgspec.Struct, frozen=True):
    """An explanation to print below a table."""

    table: str
    text: str


def notes(report: Report, findings: Sequence[Finding]) -> tuple[Note, ...]:
    """Return the accepted explanations that the clerk wants printed, by table, each once.

    A finding that names no table has its note below none and is left to the texts.
    """
    wanted = {_signed(e): e.text for e in report.explanations if e.printed}
    found: dict[Note, None] = {}
    for one in findings:
        if one.explanation in wanted:
            cell = next((c.id for c in one.cells if c.id in report.form.cells), "")
            if cell:
                found[Note(report.form.cells[cell].table, wanted[one.explanation])] = None
    return tuple(found)
