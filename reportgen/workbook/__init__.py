"""The standard workbook: a form, blank or prefilled, as .xlsx with live checks and no macros.

Sheets: guide, 基本信息, texts, one sheet per prescribed table, last year's figures, checks.  All
labels, rules and hints come from the form; only the furniture of the sheets is worded here.
"""

from __future__ import annotations

from .book import blank_workbook, extract, merged_workbook
from .lists import findings_workbook, roster_workbook

__all__ = ["blank_workbook", "extract", "findings_workbook", "merged_workbook", "roster_workbook"]
