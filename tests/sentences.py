"""Sentences that are true or false of some figures: the published cases and a corpus of our own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
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


def siblings() -> list[Said]:
    """Return records of the same kinds as the cases, written by others who knew those only."""
    records = json.loads((DATA / "texts_siblings.json").read_text(encoding="utf-8"))
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
            cells["表二.fee.amount"] = Decimal(str(value))
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


# --------------------------------------------------------------------------- planted in published wording

MARK = re.compile(r"\{([\d.]+)\}|\[([\d.]+)\]|\{([a-z_]+)\}")
"""``{31}`` is a figure of the tables, ``[26]`` follows from other numbers, ``{review}`` stands behind words for 0."""
FREE = re.compile(r"(?<![\d.\[{第])\d+(?![\d.\]}%年月日号时-])")
"""A number that is nothing of the tables'."""
INSTEAD: dict[str, tuple[str, dict[str, Any]]] = {
    "new": ("table3", {"new": 3, "granted": 3}),
    "carried_in": ("table3", {"carried_in": 2, "granted": 2}),
    "review": ("table4", {"review": [0, 0, 0, 2]}),
    "suit": ("table4", {"direct": [2, 0, 0, 0]}),
    "norm": ("table2", {"norm": [2, 0, 2]}),
    "permit": ("table2", {"permit": 7}),
    "penalty": ("table2", {"penalty": 7}),
    "coercion": ("table2", {"coercion": 7}),
    "charge": ("table2", {"charge": 7}),
}
"""What the tables say instead where words for 0 are to be wrong."""


class Planted(NamedTuple):
    """A paragraph of published wording with one number changed."""

    said: Said
    kind: str
    """``figure`` of the tables, ``derived`` from other numbers, ``denied``, or ``free``: then it must stay silent."""


def published() -> list[Said]:
    """Return the marked paragraphs, worded as reports were published; each is true."""
    groups = json.loads((DATA / "texts_published.json").read_text(encoding="utf-8"))["groups"]
    return [
        Said(group, (text,), true=True, kept_back=kept == "kept back")
        for group in groups for text, kept in group["sentences"]
    ]  # fmt: skip


def unmarked(marked: Said) -> Said:
    """Return a paragraph as it was written."""
    return marked._replace(paragraphs=(_plain(marked.paragraphs[0]),))


def planted(marked: Said) -> Iterator[Planted]:
    """Yield a paragraph with each of its numbers changed in the ways in which numbers go wrong.

    Another number than the changed one may be told: what counts is that the paragraph is not passed over.
    """
    text = marked.paragraphs[0]
    for match in MARK.finditer(text):
        if match[3]:
            table, rows = INSTEAD[match[3]]
            record = marked.record | {table: _added(marked.record[table], rows)}
            yield Planted(Said(record, (_plain(text),), true=False), "denied")
            continue
        figure = match[1] or match[2]
        for changed in dict.fromkeys(change(figure) for change in SLIPS):
            if changed != figure and not (match[1] and _may_mean(marked.record["table3"], figure, changed)):
                wrong = _plain(text[: match.start()]) + changed + _plain(text[match.end() :])
                yield Planted(Said(marked.record, (wrong,), true=False), "figure" if match[1] else "derived")
    free = _plain(FREE.sub(lambda match: str(int(match[0]) + 7), text))
    if free != _plain(text):
        yield Planted(Said(marked.record, (free,), true=True), "free")


def _plain(text: str) -> str:
    return MARK.sub(lambda match: match[1] or match[2] or "", text)


def _added(rows: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return rows | {row: more[row] if isinstance(more[row], list) else _total(rows, row) + more[row] for row in more}


def _total(rows: dict[str, Any], row: str) -> int:
    value = rows.get(row, 0)
    return sum(value) if isinstance(value, list) else int(Decimal(value))


def _may_mean(rows: dict[str, Any], figure: str, changed: str) -> bool:
    """Whether a changed figure is another one that the same words may mean."""
    new, before, left = (_total(rows, row) for row in FLOWS)
    same = {str(n) for n in (new, new + before, new + before - left, new - left)}
    return figure in same and changed in same


def _one_more(figure: str) -> str:
    return str(Decimal(figure) + 1)


def _other_digit(figure: str) -> str:
    return str((int(figure[0]) + 3) % 9 + 1) + figure[1:]


def _swapped(figure: str) -> str:
    return (
        figure[:-2] + figure[-1] + figure[-2] if len(figure) > 1 and figure[-1] != "0" and figure[-2] != "." else figure
    )


def _dropped(figure: str) -> str:
    return figure if "." in figure else figure[:-1] or figure


SLIPS: tuple[Callable[[str], str], ...] = (_one_more, _other_digit, _swapped, _dropped)
