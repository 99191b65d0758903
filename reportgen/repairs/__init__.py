"""Repairs: which cell is wrong and what it should be.  Suggestions only; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping

from ..model.numbers import Number
from ..model.report import Report
from .records import Change, Place, Repair, Repairs

__all__ = ["Change", "Place", "Repair", "Repairs", "find_repairs"]


def find_repairs(report: Report, *, limit: int = 12, hints: Mapping[str, Number] | None = None) -> Repairs:
    """Return the minimal corrections that would settle the broken sums of a report.

    The report is not changed.  Typed figures are evidence; a total filled by formula follows its
    parts; a cell that cannot be read gets the figure the others imply.

    Args:
        limit: repairs to return at most (at least 1).
        hints: figures known from elsewhere by cell id: evidence like the register (台账), what the texts say
            for sure and last year's figures, which are used without being asked for.  Each counts as one
            more sum.  Where every sum of the form holds and only evidence differs, nothing is proposed but
            that a text is wrong, if it alone can be: the register may be the part that is right.

    Returns:
        the repairs, most likely first, and what the evidence can and cannot tell.
    """
    from .evidence import evidence_of  # of a report without errors nothing is looked for
    from .find import Finder
    from .gaps import with_gap, without_gaps

    filled, gap = without_gaps(report)
    if gap and not gap.changes:
        return Repairs(note="空着的不止一行，推算不出各是多少；请先对照原始材料补填，再核对一次。", complete=False)
    evidence = evidence_of(filled, hints or {})
    found = Finder(filled, max(1, limit), evidence).run()
    if evidence and (found.cut or not found.complete):
        # Evidence at odds with everything else is no help.
        found = Finder(filled, max(1, limit)).run()
    return with_gap(found, gap) if gap else found
