"""The standard workbook: a form, blank or prefilled, as .xlsx with live checks and no macros.

Sheets: guide, 基本信息, texts, one sheet per prescribed table, last year's figures, checks.  All
labels, rules and hints come from the form; only the furniture of the sheets is worded here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..form import Form
from ..model.report import Report
from ..rollup import Rollup
from ..show.entries import Entry

__all__ = ["blank_workbook", "findings_workbook", "merged_workbook", "roster_workbook"]


def blank_workbook(
    form: Form,
    *,
    year: int | None = None,
    org: str = "",
    typed_totals: bool = False,
    report: Report | None = None,
    last_year: Report | None = None,
    lock: bool = False,
) -> bytes:
    """Return the standard workbook of a form as the bytes of an .xlsx file.

    Args:
        form: the edition of the form.
        year: the year of the data; overrides the report's.
        org: the body's full name; overrides the report's.
        typed_totals: leave the totals open for typing instead of giving them by formula.
        report: prefill everything this report holds: figures, fields, texts, last year's figures.
            Without ``typed_totals``, a total that is not the sum of its parts is still written as
            it was reported, so that no figure is lost and the sheet shows the break.
        last_year: last year's report, for the sheet of last year's figures; goes before what
            ``report`` holds of them.
        lock: what is known of the year before, and the figures that begin where it ended, are not open for
            typing; the sheets have no password.

    Returns:
        the file; the same arguments give the same bytes.

    Raises:
        OutputError: a text is longer than a cell can hold (32767 characters).
    """
    from ..opc.archive import write_zip
    from .book import assemble

    return write_zip(assemble(form, year, org, typed_totals, report, last_year, lock))


def merged_workbook(rollup: Rollup, *, folder: Path | None = None) -> bytes:
    """Return the standard workbook of a sum, its figures added up by formula from a row per body.

    Besides the sheets of every workbook it has those of ``[rollup.sheets]`` of the form: the bodies'
    figures, the list of bodies and files, findings, explanations, texts and changes.

    Args:
        rollup: the sum.
        folder: where the file will be: links to the bodies' files are relative to it.

    Returns:
        the file; the same arguments give the same bytes.

    Raises:
        OutputError: a text is longer than a cell can hold (32767 characters).
    """
    from ..opc.archive import write_zip
    from .book import assemble_rollup

    return write_zip(assemble_rollup(rollup, folder))


def findings_workbook(
    form: Form, entries: Sequence[Entry], found: Sequence[tuple[str, Sequence[Sequence[str]]]], *,
    folder: Path | None = None,
) -> bytes:  # fmt: skip
    """Return the findings of many reports as an .xlsx file: a sheet with all of them, and one with a row per file.

    Args:
        form: the edition, for the date of the file.
        entries: a line of the overview for each file.
        found: files, each with its findings: rule, level, place, message, advice.
        folder: where the file will be: links to the reports are relative to it.
    """
    from ..opc.archive import write_zip
    from .lists import assemble_findings

    return write_zip(assemble_findings(form, entries, found, folder))


def roster_workbook(form: Form) -> bytes:
    """Return an empty list of bodies to fill in, as the bytes of an .xlsx file (``[rollup.roster]`` of the form)."""
    from ..opc.archive import write_zip
    from .lists import assemble_roster

    return write_zip(assemble_roster(form))
