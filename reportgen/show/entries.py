"""What an overview shows of one report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from ..form import SEVERITIES
from ..model.findings import Finding, worst
from ..model.numbers import Number
from ..model.report import Report, Value


class Entry(msgspec.Struct, frozen=True):
    """One line of the overview.  Small: there may be ten thousand."""

    file: str
    body: str = ""
    group: str = ""
    """Name of its group, ``""`` for none."""
    state: str = "unreadable"
    """As in :data:`~reportgen.rollup.STATES`."""
    reason: str = ""
    counts: tuple[int, ...] = ()
    """Findings of each severity."""
    mistakes: Mapping[str, int] = {}
    """Rule → findings of it that somebody has to look at."""
    figures: tuple[Number, ...] = ()
    """Applications received, then how they were answered (``received`` and ``outcomes`` of the form);
    empty if one of them could not be read."""
    last: tuple[Number, ...] = ()
    """The same of the year before; empty if it is not known."""
    page: str = ""
    """Where its own page is, seen from the overview."""


def entry_of(report: Report, findings: Sequence[Finding], *, state: str = "") -> Entry:
    """Return the line of one report.

    Args:
        state: what it is besides ``ok``, ``warnings`` or ``errors``.
    """
    form = report.form
    count = Counter(one.severity for one in findings)
    mistakes = Counter(one.rule for one in findings if one.severity != "info")
    kind = str(report.fields.get("unit_type", ""))
    group = next((one.name for one in form.rollup.groups if kind in one.unit_types), "")
    names = [form.quantities[name] for name in (form.rollup.received, *form.rollup.outcomes) if name]
    figures, last = (_totals(values, names) for values in (report.values, report.last_year))
    return Entry(
        report.path, report.org, group, state or worst(findings), "", tuple(count[one] for one in SEVERITIES),
        dict(mistakes), figures, last,
    )  # fmt: skip


def _totals(values: Mapping[str, Value], names: Sequence[tuple[str, ...]]) -> tuple[Number, ...]:
    """Return the sums of some figures; nothing where one of them is not known."""
    wanted = [values.get(cell) for cells in names for cell in cells]
    if any(one is None or one.state in ("problem", "missing") for one in wanted):
        return ()
    return tuple(sum((values[cell].number or 0 for cell in cells), start=0) for cells in names)


def unread_entry(path: str, error: str) -> Entry:
    """Return the line of a file that could not be read."""
    return Entry(path, reason=error)
