"""Findings and results as lines for a terminal and as the JSON of the contract (DESIGN.md 5)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol
from unicodedata import east_asian_width

from ..form import SEVERITIES, Form
from ..model.findings import SEVERITY_LABELS, Finding, json_number, worst
from ..model.report import Report

if TYPE_CHECKING:
    from pathlib import Path

    from ..repairs import Repairs

__all__ = [
    "built_lines", "json_document", "json_report", "json_unreadable", "report_lines", "rules_json",
    "rules_lines", "summary",
]  # fmt: skip


def summary(findings: Sequence[Finding]) -> str:
    """One line: how many findings of each level."""
    counts = [
        f"{SEVERITY_LABELS[level]} {n}"
        for level in SEVERITIES
        if (n := sum(f.severity == level for f in findings))
    ]
    return "、".join(counts) if counts else "全部通过"


def report_lines(
    report: Report, findings: Sequence[Finding], repairs: Repairs | None = None
) -> Iterator[str]:
    """The findings of one report, one line each, errors first, aligned; corrections; a summary line.

    Every line begins with its level (错误, 警告 …), so that whoever shows it can colour it.
    """
    ids = max((len(f.rule) for f in findings), default=0)
    places = max((_width(f.place) for f in findings), default=0)
    places = min(places, _PLACE_WIDTH)
    level = ""
    for one in findings:
        if level and one.severity != level:
            yield ""
        level = one.severity
        label = _pad(SEVERITY_LABELS[level], _LEVEL_WIDTH)
        yield f"{label}  {one.rule:<{ids}}  {_pad(one.place, places)}  {one.text}"
    if repairs is not None and (lines := repairs.lines(report)):
        yield ""
        yield from lines
    if findings:
        yield ""
    title = report.full_title if report.org else report.path
    yield f"{title}：{summary(findings)}"


_PLACE_WIDTH = 24
_LEVEL_WIDTH = max(2 * len(label) for label in SEVERITY_LABELS.values())


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters and full-width punctuation take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    return text + " " * max(0, width - _width(text))


class Delivered(Protocol):
    """What became of a build, as far as it is told here."""

    @property
    def status(self) -> str: ...
    @property
    def path(self) -> Path | None: ...
    @property
    def compared(self) -> int: ...
    @property
    def copy(self) -> Path | None: ...


def built_lines(result: Delivered) -> Iterator[str]:
    """What became of a build."""
    if result.path is None:
        yield "有错误，没有生成报告。改正后再试；只想先看看样子，可加 --draft 生成草稿。"
        return
    if result.copy is not None:
        yield f"原来的报告已另存为：{result.copy}"
    yield f"核对 {result.compared} 个数值，与工作簿完全一致"
    yield f"已生成{'草稿' if result.status == 'errors' else '报告'}：{result.path}"


def json_report(
    report: Report, findings: Sequence[Finding], repairs: Repairs | None = None, compared: int = 0
) -> dict[str, Any]:
    """One report in the JSON contract."""
    return {
        "input": report.path, "kind": report.kind, "form": report.form.id, "org": report.org,
        "year": report.year, "status": worst(findings),
        "findings": [f.to_json() for f in findings],
        "repairs": repairs.to_json(report) if repairs is not None else [],
        "values": {cell: json_number(value.number) for cell, value in report.values.items()},
        "compared": compared,
    }  # fmt: skip


def json_unreadable(path: str, message: str) -> dict[str, Any]:
    """A file that could not be read, in the JSON contract."""
    return {
        "input": path, "kind": None, "form": None, "org": "", "year": None, "status": "unreadable",
        "message": message, "findings": [], "repairs": [], "values": {}, "compared": 0,
    }  # fmt: skip


def json_document(reports: Sequence[dict[str, Any]]) -> str:
    """The one document on stdout."""
    return json.dumps({"version": 1, "reports": list(reports)}, ensure_ascii=False, indent=1)


def rules_lines(form: Form) -> Iterator[str]:
    """Every rule of a form, one line each."""
    for rule in form.rules.values():
        level = "停用" if rule.off else SEVERITY_LABELS[rule.severity]
        reason = f"　理由：{rule.reason}" if rule.reason else ""
        yield f"{rule.id}　{level}　{rule.title}　（{rule.source}）{reason}"


def rules_json(form: Form) -> str:
    """Every rule of a form as JSON."""
    rules = [
        {"id": r.id, "severity": r.severity, "title": r.title, "source": r.source, "advice": r.advice}
        | ({"off": r.off, "reason": r.reason} if r.reason else {})
        for r in form.rules.values()
    ]
    return json.dumps({"version": 1, "form": form.id, "rules": rules}, ensure_ascii=False, indent=1)
