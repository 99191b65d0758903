"""Last year's report joined to this year's, so that the checks can compare the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from .findings import Finding, finding
from .placeholders import filled
from .report import Report, Value


def with_last_year(report: Report, last: Report) -> Report:
    """Return ``report`` with last year's figures and texts taken from last year's report.

    Figures typed on the sheet 上年数据 that differ from it become findings L-01; the report
    counts.  From another edition of the form only the tables that mean the same are taken
    (FORMAT.md 4).

    Args:
        report: this year's report.
        last: last year's, from any source.
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
        cell: _from_file(value, last.path) for cell, value in last.values.items()
        if cell in form.cells and form.cells[cell].table in tables and value.number is not None
    }  # fmt: skip


def _from_file(value: Value, path: str) -> Value:
    """Return a value whose origin names the file: its address is not one of this year's file."""
    if value.origin is None:
        return value
    return msgspec.structs.replace(value, origin=msgspec.structs.replace(value.origin, file=path))


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
