"""From any source to the standard workbook or JSON, and from one year to the next."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..disk.names import wrong_ending
from ..errors import InputError
from ..form import Form
from ..model.last_year import with_last_year
from ..model.report import Report, Value

__all__ = ["extract", "next_year", "nil_report"]

_LASTING = ("org", "unit_type", "review_body", "summary", "website", "address", "postcode", "phone")
"""Fields that hold from one year to the next."""


def extract(report: Report, out: Path | str, *, force: bool = False) -> tuple[int, Path | None]:
    """Write a report as a standard workbook (.xlsx) or as JSON (.json).

    Args:
        report: from any source.
        out: where to; its suffix says what.
        force: replace an existing file, keeping a dated copy of it.

    Returns:
        how many figures the source held, and the copy kept of what stood there before.

    Raises:
        OutputError: another suffix, or the file cannot be written.
    """
    from ..disk.files import write_output

    path = Path(out)
    suffix = path.suffix.lower()
    if suffix == ".json":
        from ..model.exchange import to_json

        data = to_json(report).encode("utf-8")
    elif suffix == ".xlsx":
        from . import blank_workbook

        data = blank_workbook(report.form, report=report)
    else:
        raise wrong_ending(path, "输出文件", ".xlsx", ".json")
    copy = write_output(path, data, force=force, inputs=[report.path] if report.path else [])
    return sum(value.number is not None for value in report.values.values()), copy


def nil_report(form: Form, report: Report | None = None) -> Report:
    """Return a report with 0 in every figure: for a body that had next to nothing, which types what it had.

    Args:
        form: the edition.
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
