"""A filed report against the sum of the bodies: which cells differ, and which body is most likely at fault.

Every hypothesis says what the filed report would then show besides the sum: a body left out, added
twice, taken from another of its reports (an earlier file, the last roll-up, last year's).  The one
that leaves the fewest cells unexplained comes first; what it leaves is explained in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from itertools import chain

import msgspec

from ..form import Cell, Form
from ..model.numbers import Number, show
from ..model.report import Report, Value
from ..repairs.slips import explain
from .filing import Figures, subtract

_CAUSES = 4
"""Independent causes that are looked for."""
_KEPT = 40
"""Hypotheses that are kept of all."""
_WEIGHTS = {"version": 0, "left out": 1, "twice": 2, "added": 3, "part": 4, "slip": 6, "unknown": 30}
"""Which of two hypotheses that explain as much is told first."""


class Body(msgspec.Struct, frozen=True):
    """A body as a suspect."""

    name: str
    figures: Figures
    """As they are in the sum; empty if it is not in it."""
    versions: Mapping[str, Figures] = {}
    """What its other reports say, by what they are called."""


class Cause(msgspec.Struct, frozen=True):
    """Why the filed report differs."""

    kind: str
    body: str
    """``""`` for the filed report itself."""
    text: str
    """In words for the user."""
    delta: Figures
    """By how much the filed figures differ because of it."""
    rank: tuple[int, int, int] = (0, 0, 0)
    """Cells it leaves unexplained, then the weight of its kind, then how unlikely it is."""


class Difference(msgspec.Struct, frozen=True):
    """One cell in which the filed report differs from the sum."""

    cell: str
    filed: Number
    summed: Number
    cause: Cause | None = None


class Compared(msgspec.Struct, frozen=True):
    """The filed report against the sum."""

    path: str
    differences: tuple[Difference, ...] = ()
    causes: tuple[Cause, ...] = ()
    """The most likely ones, the one that explains most first."""
    cells: int = 0
    """How many were compared."""
    unread: tuple[str, ...] = ()
    """Cells that the filed report has not, or that could not be read."""


def compare(filed: Report, summed: Figures, bodies: Iterable[Body]) -> Compared:
    """Compare a filed report with the sum, cell by cell.

    Args:
        filed: the parent's report.
        summed: the sum of all bodies' figures.
        bodies: those in the sum, with their other reports; and those whose reports do not count; gone over
            several times.
    """
    form = filed.form
    known = [cell for cell in form.cells if filed.values[cell].state not in ("problem", "missing")]
    unread = tuple(cell for cell in form.cells if cell not in set(known))
    off = subtract({c: filed.number(c) for c in known}, {c: summed.get(c, 0) for c in known})
    causes = tuple(_causes(form, off, summed, bodies, frozenset(unread)))
    explained: dict[str, Cause] = {}
    for cause in causes:
        for cell in cause.delta:
            explained.setdefault(cell, cause)
    found = tuple(Difference(c, filed.number(c), summed.get(c, 0), explained.get(c)) for c in known if c in off)
    return Compared(filed.path, found, causes, len(known), unread)


def _causes(
    form: Form, off: Figures, summed: Figures, bodies: Iterable[Body], unread: frozenset[str]
) -> Iterator[Cause]:
    """Yield causes, each for what those before it leave unexplained."""
    for _ in range(_CAUSES):
        if not off:
            return
        best = next(iter(suspects(form, off, summed, bodies, unread)), None)
        if best is None:
            return
        yield best
        off = subtract(off, best.delta)


def suspects(
    form: Form, off: Figures, summed: Figures, bodies: Iterable[Body], unread: Iterable[str] = ()
) -> list[Cause]:
    """Return the hypotheses that explain most, the most likely one first.

    Args:
        form: the edition.
        off: filed minus summed, where it is not 0.
        summed: the sum.
        bodies: the suspects, gone over several times.
        unread: cells that cannot be compared.
    """
    out = frozenset(unread) | {field.id for field in form.fields}
    details = {cell: number for cell, number in off.items() if not form.cells[cell].total}
    found: list[Cause] = []
    for more in (
        _wholes(off, bodies, out), _parts(form, off, bodies),
        _entered_otherwise(form, off, details or off, summed, bodies),
    ):  # fmt: skip
        found = nsmallest(_KEPT, chain(found, more), key=lambda one: (one.rank, one.body))
        if found and not found[0].rank[0]:
            break
    return found


def _wholes(off: Figures, bodies: Iterable[Body], out: frozenset[str]) -> Iterator[Cause]:
    """Yield the hypotheses about whole reports that explain something."""
    for body in bodies:
        for kind, text, whole in _hypotheses(body):
            delta = {cell: number for cell, number in whole.items() if cell not in out}
            left = len(subtract(off, delta))
            if delta and left < len(off):
                yield Cause(kind, body.name, text, delta, (left, _WEIGHTS[kind], 0))


def _hypotheses(body: Body) -> Iterator[tuple[str, str, Figures]]:
    """Yield what may have been done with a whole report: kind, words, and what that adds to the sum."""
    for called, figures in body.versions.items():
        if not body.figures:
            yield "added", f"把“{body.name}”没有计入的{called}也加上了", figures
        else:
            yield "version", f"“{body.name}”用的是{called}", subtract(figures, body.figures)
    if body.figures:
        yield "left out", f"漏加了“{body.name}”", {cell: -number for cell, number in body.figures.items()}
        yield "twice", f"把“{body.name}”加了两次", body.figures


def _parts(form: Form, off: Figures, bodies: Iterable[Body]) -> Iterator[Cause]:
    """Yield the hypotheses about a table of a body, or a row: a document that two count is counted once."""
    for body in bodies:
        parts: dict[str, dict[str, Number]] = {}
        for cell, number in body.figures.items():
            at = form.cells.get(cell)
            for name in (at.table, f"{at.table}“{at.row_label}”") if at else ():
                parts.setdefault(name, {})[cell] = number
        for name, figures in parts.items():
            if figures.keys() <= off.keys():
                fewer = {cell: -number for cell, number in figures.items()}
                for text, delta in (
                    (f"漏加了“{body.name}”的{name}", fewer), (f"把“{body.name}”的{name}加了两次", figures),
                ):  # fmt: skip
                    yield Cause("part", body.name, text, delta, (len(subtract(off, delta)), _WEIGHTS["part"], 0))


# --------------------------------------------------------------------------- single figures


def _entered_otherwise(
    form: Form, off: Figures, details: Figures, summed: Figures, bodies: Iterable[Body]
) -> Iterator[Cause]:
    """Yield which body's figures may have been entered otherwise than they are reported.

    One figure: how likely a slip of the key makes the one of the other.  Several: the body must have
    had a report with these figures, none below 0; the nearer to its own the likelier.
    """
    if len(details) == 1:
        (cell, number), = details.items()  # fmt: skip
        yield from _slips(form, off, form.cells[cell], number, summed, bodies)
    for body in bodies:
        if body.figures and all(body.figures.get(cell, 0) + number >= 0 for cell, number in details.items()):
            new = sum(cell not in body.figures for cell in details)
            moved = sum(
                int(10 * max(number, -number) / (body.figures.get(cell, 0) + 1)) for cell, number in details.items()
            )
            text = f"可能“{body.name}”用的是另一份报告，或有几个数填得不同"
            yield Cause("unknown", body.name, text, off, (0, _WEIGHTS["unknown"], 1000 * new + moved))


def _slips(
    form: Form, off: Figures, cell: Cell, number: Number, summed: Figures, bodies: Iterable[Body]
) -> Iterator[Cause]:
    """Yield who may have mistyped one figure: a body's, or the sum itself."""
    owners = [(body.name, body.figures.get(cell.id, 0)) for body in bodies if body.figures]
    for name, right in [*owners, ("", summed.get(cell.id, 0))]:
        typed = right + number
        if typed < 0 or (not right and name):
            continue
        slip = explain(cell, Value("number", typed), right, ())
        whose = f"“{name}”的“{cell.label}”" if name else f"上报的“{cell.label}”"
        text = f"{whose}可能填错了：{show(right)}填成了{show(typed)}"
        yield Cause("slip", name, text, off, (0, _WEIGHTS["slip"], slip.cost))
