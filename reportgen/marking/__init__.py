"""The marked copy of a workbook: findings and likely corrections as colours and notes in place.

The clerk's own file is edited as XML: formulas with their stored results, widths, merged cells,
input limits, conditional formats, protection, pictures and whatever else is in it stay as they are.
"""

from __future__ import annotations

from .mark import is_untouched, mark_workbook, unmark_workbook

__all__ = ["is_untouched", "mark_workbook", "unmark_workbook"]
