"""The marked copy of a workbook: findings and likely corrections as colours and notes in place.

The clerk's own file is edited as XML: formulas with their stored results, widths, merged cells,
input limits, conditional formats, protection, pictures and whatever else is in it stay as they are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from ..disk.names import shown_name
from ..errors import InputError, ReportgenError
from ..model.findings import Finding
from ..model.report import Report
from ..repairs import Repairs

__all__ = ["mark_workbook", "unmark_workbook"]


def mark_workbook(data: bytes, report: Report, findings: Sequence[Finding], repairs: Repairs | None = None) -> bytes:
    """Return a copy of a workbook with the findings marked in it.

    Wrong cells get a colour (error red, warning yellow, to be confirmed blue; the strongest red where
    a likely correction points at the cell) and a note; a sheet 审核结果 at the end, which is shown
    first, lists every finding.  Marks of an earlier run are removed first.

    Args:
        data: the .xlsx or .xlsm file the report was read from.
        report: what was read from it.
        findings: what the checks said.
        repairs: what the search for corrections said; None if it was not run.

    Returns:
        the copy; the same arguments give the same bytes.

    Raises:
        InputError: the file cannot be marked (not a workbook of this kind, or of irregular markup).
    """
    from ..show.review import make_review
    from .mark import marked

    review = make_review(report, findings, repairs)
    try:
        return marked(data, review)
    except ReportgenError:
        raise
    except Exception as error:  # whatever stands in the markup of a stranger's file
        if os.environ.get("REPORTGEN_DEBUG"):
            raise
        raise InputError(
            f"{shown_name(report.path)}里有不合规范的写法，不能在里面做标记。"
            "请用 Excel 或 WPS 打开、另存后再试；也可以用 --html 得到审核结果网页。"
        ) from error


def unmark_workbook(data: bytes) -> bytes:
    """Return a workbook without the marks of :func:`mark_workbook`.

    Cells have their former fills again, even after the copy was edited and saved elsewhere; what
    the clerk wrote into one of our notes stays as a note of the clerk's.

    Raises:
        InputError: the file cannot be read.
    """
    from .mark import unmarked

    return unmarked(data)
