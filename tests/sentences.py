"""Sentences that are true or false of some figures: the published cases and a corpus of our own."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec.structs import replace
from support import DATA, T3_COLUMNS, T4_COLUMNS, make_report

from reportgen.checks import check
from reportgen.checks.texts import JudgedNumber, judge_numbers
from reportgen.model.findings import Finding
from reportgen.model.report import Passage, Report

FLOWS = ("new", "carried_in", "carried_out")
"""Rows of 表三 that are no results."""


class Said(NamedTuple):
    """Paragraphs about some figures, and whether they are true of them."""

    record: dict[str, Any]
    """``org``, ``year`` and the figures by row: ``table2``, ``table3``, ``table4``."""
    paragraphs: tuple[str, ...]
    true: bool
    kept_back: bool = False
    """The judge was never mended after it."""


def cases() -> list[Said]:
    """Return the cases after published reports, one record each."""
    records = json.loads((DATA / "cases" / "texts.json").read_text(encoding="utf-8"))
    return [Said(one, tuple(one["paragraphs"]), one["truth"] == "true") for one in records]


def corpus() -> list[Said]:
    """Return the sentences of our own, which stand in groups about the same figures."""
    groups = json.loads((DATA / "texts_corpus.json").read_text(encoding="utf-8"))["groups"]
    return [
        Said(group, tuple(text.split("\n")), group["truth"] == "true", kept == "kept back")
        for group in groups for text, kept in group["sentences"]
    ]  # fmt: skip


def complaints(said: Said) -> list[Finding]:
    """Return what is complained of in the numbers of some paragraphs."""
    found = check(report_of(said))
    return [one for one in found if one.rule.startswith("X-") and one.severity in ("error", "warning")]


def wrong_numbers(said: Said) -> list[JudgedNumber]:
    """Return the numbers that are found wrong by themselves or in their sentence, at the level of a complaint."""
    return [one for one in judge_numbers(report_of(said)) if one.severity in ("error", "warning")]


def report_of(said: Said) -> Report:
    """Return the figures of a record as a report with the paragraphs."""
    figures = figures_of(json.dumps({key: said.record[key] for key in ("org", "year", "table2", "table3", "table4")}))
    return replace(figures, passages=(Passage("overall", "", said.paragraphs),))


@lru_cache(maxsize=64)
def figures_of(record: str) -> Report:
    """Return the figures of a record as a report, totals added up."""
    data = json.loads(record)
    cells = {**documents(data["table2"]), **requests(data["table3"]), **disputes(data["table4"])}
    return make_report(cells, org=data["org"], year=data["year"])


def documents(rows: dict[str, Any]) -> dict[str, object]:
    """Return the cells of 表二: made, abolished and valid of a kind of document, or one figure."""
    cells: dict[str, object] = {}
    for row, value in rows.items():
        if isinstance(value, list):
            name = "normative" if row == "norm" else row
            cells |= {f"表二.{name}.{c}": v for c, v in zip(("made", "abolished", "valid"), value, strict=True)}
        elif row == "charge":
            cells["表二.fee.amount"] = Decimal(value)
        else:
            cells[f"表二.{row}.decisions"] = value
    return cells


def requests(rows: dict[str, Any]) -> dict[str, object]:
    """Return the cells of 表三: figures by kind of applicant, or one for natural persons."""
    cells: dict[str, object] = {}
    done = [0] * len(T3_COLUMNS)
    for row, value in rows.items():
        figures = value if isinstance(value, list) else [value]
        figures = [*figures, *[0] * (len(T3_COLUMNS) - 1 - len(figures)), sum(figures)]
        cells |= {f"表三.{row}.{c}": v for c, v in zip(T3_COLUMNS, figures, strict=True)}
        if row not in FLOWS:
            done = [a + b for a, b in zip(done, figures, strict=True)]
    return cells | {f"表三.total_done.{c}": v for c, v in zip(T3_COLUMNS, done, strict=True)}


def disputes(rows: dict[str, list[int]]) -> dict[str, object]:
    """Return the cells of 表四: maintained, corrected, other, pending."""
    names = {"after": "after_review"}
    return {
        f"表四.{names.get(row, row)}.{c}": v
        for row, figures in rows.items() for c, v in zip(T4_COLUMNS, [*figures, sum(figures)], strict=True)
    }  # fmt: skip
