"""Last year's report joined to this year's, so that the checks can compare the two, and from one year to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from ..errors import InputError
from ..form import Form
from .findings import Finding, finding
from .placeholders import filled
from .report import Report, Value

_LASTING = ("org", "unit_type", "review_body", "summary", "website", "address", "postcode", "phone")
"""Fields that hold from one year to the next."""


def with_last_year(report: Report, last: Report) -> Report:
    """Return ``report`` with last year's figures and texts taken from last year's report.

    Figures typed on the sheet 上年数据 that differ from it become findings L-01; the report
    counts.  From another edition of the form only the tables that mean the same are taken
    (FORMAT.md 4).
    """
    figures = _shared_figures(report, last)
    texts: dict[str, list[str]] = {}
    for passage in filled(last):
        texts.setdefault(passage.section, []).extend(passage.paragraphs)
    return msgspec.structs.replace(
        report,
        last_year={**report.last_year, **figures},
        last_year_texts={**report.last_year_texts, **{k: "\n".join(v) for k, v in texts.items()}},
        notices=(*report.notices, *_typed_otherwise(report, figures)),
    )


def _shared_figures(report: Report, last: Report) -> dict[str, Value]:
    """Return last year's figures of the tables that mean the same in both editions."""
    form = report.form
    tables = set(form.last_year_tables.get(last.form.id, ()))
    if last.form.id == form.id:
        tables = {table.id for table in form.tables}
    return {
        cell: msgspec.structs.replace(
            # Its address is not one of this year's file.
            value, origin=value.origin and msgspec.structs.replace(value.origin, file=last.path)
        ) for cell, value in last.values.items()
        if cell in form.cells and form.cells[cell].table in tables and value.number is not None
    }  # fmt: skip


def _typed_otherwise(report: Report, figures: Mapping[str, Value]) -> Iterator[Finding]:
    """L-01: figures on the sheet 上年数据 that last year's report does not have."""
    for cell, typed in report.last_year.items():
        if cell in figures and typed.number is not None and typed.number != figures[cell].number:
            ref = msgspec.structs.replace(report.ref(cell), origin=typed.origin, value=typed.number, id=f"上年.{cell}")
            place = f"“{report.form.cells[cell].label}”"
            yield finding(
                report.form.rules["L-01"], [ref],
                place=place, actual=typed.number, expected=figures[cell].number,
            )  # fmt: skip


def nil_report(form: Form, report: Report | None = None) -> Report:
    """Return a report with 0 in every figure: for a body that had next to nothing, which types what it had.

    Args:
        report: without figures of its own; the other things it holds are kept.

    Raises:
        InputError: ``report`` holds figures, which would be lost.
    """
    report = report or Report(form, {})
    if any(value.number is not None for value in report.values.values()):
        raise InputError(f"“{Path(report.path).name}”里已经有今年的数，不能再都填成 0。请去掉 --nil。")
    return msgspec.structs.replace(report, values=dict.fromkeys(form.cells, Value("number", 0)))


def next_year(last: Report, form: Form, year: int | None = None) -> Report:
    """Return an empty report for the year after ``last``, with what carries over.

    The body's own data (name, type, contact) is taken over; last year's figures and texts become
    those to compare with.  No text of last year becomes one of this year: its figures would stand
    in it.

    Args:
        last: last year's report, of any edition; only what means the same is taken (FORMAT.md 4).
        form: the edition of the new report.
        year: of the new data; one more than last year's if None.

    Raises:
        InputError: the year of ``last`` is not known, or does not come before ``year``.
    """
    if last.year is None:
        raise InputError(f"“{Path(last.path).name}”里没有数据年度，不能作为上年报告。请先补上年度。")
    year = year or last.year + 1
    if year != last.year + 1:
        raise InputError(f"“{Path(last.path).name}”是{last.year}年的报告，不是{year}年的上一年。")
    fields = {key: last.fields[key] for key in _LASTING if key in last.fields}
    empty = Report(form, dict.fromkeys(form.cells, Value("missing")), {**fields, "year": year})
    return msgspec.structs.replace(with_last_year(empty, last), notices=())
