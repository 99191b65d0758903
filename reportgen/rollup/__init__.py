"""Roll-up: many reports → one, traceable cell by cell (FORMAT.md 6.7, 10).

A *filing* is one file that was read and checked, a *collection* what came in for one year, a *rollup*
the sum with everything that is to be said of it.  Nothing here reads the bodies' files or writes any.
"""

from __future__ import annotations

from .blame import Cause, Compared, Difference
from .collect import COUNTED, RETURNED, STATES, Collected, Collection, Left, collect, year_of
from .filing import Filing, Part, figure_ids, filing_of, unreadable
from .letters import reminder
from .previous import Previous, read_parts, read_previous
from .roster import Member, Roster, read_roster
from .total import Change, GroupTotal, Rollup, roll_up

__all__ = [
    "COUNTED", "RETURNED", "STATES", "Cause", "Change", "Collected", "Collection", "Compared", "Difference", "Filing", "GroupTotal",
    "Left", "Member", "Part", "Previous", "Rollup", "Roster", "collect", "figure_ids", "filing_of", "read_parts",
    "read_previous", "read_roster", "reminder", "roll_up", "unreadable", "year_of",
]  # fmt: skip
