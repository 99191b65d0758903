"""What other programs read: the JSON of the contract (docs/architecture.md, JSON), made only when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

from ..errors import escaped
from ..form import Form
from ..model.findings import Finding, json_number, worst
from ..model.report import Report
from ..repairs import Repairs

BEGIN, END = '{\n "version": 1,\n "reports": [', "\n ]\n}"
"""How the one document on stdout begins and ends; between them the texts of its reports, with commas between."""


def report_text(report: dict[str, Any]) -> str:
    """Return what :func:`report_json` or :func:`unreadable_json` gave as text inside the document."""
    return indent(_text(report), "  ")


def _text(data: dict[str, Any]) -> str:
    """Return data as JSON that a terminal can show: characters that command it stand there by their numbers."""
    return escaped(json.dumps(data, ensure_ascii=False, indent=1), lines=True)


def report_json(report: Report, findings: Sequence[Finding], repairs: Repairs | None = None) -> dict[str, Any]:
    """Return one report with its findings and likely corrections (None: not looked for)."""
    return {
        "input": report.path, "kind": report.kind, "form": report.form.id, "org": report.org,
        "year": report.year, "status": worst(findings),
        "findings": [finding_json(one) for one in findings],
        "repairs": repairs.to_json(report) if repairs is not None else [],
        "values": {cell: json_number(value.number) for cell, value in report.values.items()},
        "groups": {name: json_number(value.number) for name, value in report.groups.items()},
        "compared": 0,
    }  # fmt: skip


def finding_json(one: Finding) -> dict[str, Any]:
    """Return one finding; its sentence and its explanation only where it has them."""
    data: dict[str, Any] = {
        "rule": one.rule, "severity": one.severity, "message": one.message, "advice": one.advice,
        "cells": [
            {"id": c.id, "address": c.address, "label": c.label, "value": json_number(c.value)}
            for c in one.cells
        ],
        "expected": json_number(one.expected), "actual": json_number(one.actual),
        "difference": json_number(one.difference), "code": one.code,
    }  # fmt: skip
    if one.sentence:
        data["sentence"] = one.sentence
    if one.explanation:
        data["explanation"] = one.explanation
    return data


def unreadable_json(path: Path | str, message: str) -> dict[str, Any]:
    """Return what stands for a file that could not be read, with the reason."""
    return {
        "input": str(path), "kind": None, "form": None, "org": "", "year": None, "status": "unreadable",
        "message": message, "findings": [], "repairs": [], "values": {}, "groups": {}, "compared": 0,
    }  # fmt: skip


def rules_json(form: Form) -> str:
    """Return every rule of a form as one document."""
    rules = [
        {"id": r.id, "severity": r.severity, "title": r.title, "source": r.source, "advice": r.advice}
        | ({"off": r.off, "reason": r.reason} if r.reason else {})
        for r in form.rules.values()
    ]
    return _text({"version": 1, "form": form.id, "rules": rules})
