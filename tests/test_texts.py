"""Whole sentences that are true or false of the tables: a true one is never accused, a false one noticed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from support import DATA, T3_COLUMNS, T4_COLUMNS, make_report

from reportgen.checks import check
from reportgen.model.findings import Finding
from reportgen.model.report import Passage, Report

GROUPS = {"deny": 8, "unable": 3, "noproc": 5, "other": 3}


class Said(NamedTuple):
    """Paragraphs about some figures, and whether they are true of them."""

    record: dict[str, Any]
    paragraphs: tuple[str, ...]
    true: bool
    kept_back: bool = False


def report_of(said: Said) -> Report:
    """The figures of a record as a report, its totals added up."""
    record = said.record
    cells: dict[str, object] = {}
    for row, value in record["table2"].items():
        if isinstance(value, list):
            name = "normative" if row == "norm" else row
            cells |= {f"表二.{name}.{c}": v for c, v in zip(("made", "abolished", "valid"), value, strict=True)}
        elif row == "charge":
            cells["表二.fee.amount"] = Decimal(value)
        else:
            cells[f"表二.{row}.decisions"] = value
    done = [0] * 7
    for row, value in record["table3"].items():
        figures = (value if isinstance(value, list) else [value]) + [0] * 6
        figures = [*figures[:6], sum(figures)]
        cells |= {f"表三.{row}.{c}": v for c, v in zip(T3_COLUMNS, figures, strict=True)}
        if row not in ("new", "carried_in", "carried_out"):
            done = [a + b for a, b in zip(done, figures, strict=True)]
    cells |= {f"表三.total_done.{c}": v for c, v in zip(T3_COLUMNS, done, strict=True)}
    for row, figures in record["table4"].items():
        name = "after_review" if row == "after" else row
        cells |= {f"表四.{name}.{c}": v for c, v in zip(T4_COLUMNS, [*figures, sum(figures)], strict=True)}
    return make_report(
        cells, org=record["org"], year=record["year"], passages=(Passage("overall", "", said.paragraphs),)
    )  # fmt: skip


def cases() -> list[Said]:
    """The published cases, one record each."""
    records = json.loads((DATA / "cases" / "texts.json").read_text(encoding="utf-8"))
    return [Said(one, tuple(one["paragraphs"]), one["truth"] == "true") for one in records]


def corpus() -> list[Said]:
    """The sentences of our own, in groups with the same figures."""
    groups = json.loads((DATA / "texts_corpus.json").read_text(encoding="utf-8"))["groups"]
    return [
        Said(group, (text,), group["truth"] == "true", kept == "kept back")
        for group in groups for text, kept in group["sentences"]
    ]  # fmt: skip


def complaints(said: Said) -> list[Finding]:
    """What is said of the numbers in the texts of a record."""
    found = check(report_of(said))
    return [one for one in found if one.rule.startswith("X-") and one.severity in ("error", "warning")]


@pytest.mark.parametrize("said", cases(), ids=lambda said: said.record["id"])
def test_cases(said: Said) -> None:
    assert (complaints(said) == []) == said.true
