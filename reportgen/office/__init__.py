"""The double click: workbooks in, everything about them beside them; for who never sees a command line.

:func:`look` finds the workbooks and what lies beside them, :func:`deal` does the work on one,
:func:`begin` makes the first workbook of a folder.  What is to be said comes back as lines, what is
to be opened as paths; nothing here prints, asks or opens.
"""

from __future__ import annotations

from .begin import begin, year_of
from .folder import RESULT_SUFFIX, Found, Job, look, workbooks_in
from .work import Dealt, Fate, deal

__all__ = [
    "RESULT_SUFFIX", "Dealt", "Fate", "Found", "Job", "begin", "deal", "look", "workbooks_in", "year_of",
]  # fmt: skip
