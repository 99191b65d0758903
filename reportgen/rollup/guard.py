"""Which report is the sum of others: it is never added together with its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ..model.numbers import Number
from .filing import Figures, Filing, add, subtract

_STEPS = 2000
"""Choices that the search for the parts of one sum makes at most."""
_WHOLES = 200
"""Reports that are tried as sums at most, those with the largest figures first: parts are smaller."""
_BITS = 32
"""Bits of information in figures that chance does not bring together: all choices of up to four out
of sixty reports are 19 bits."""


class Summed(msgspec.Struct, frozen=True):
    """A report whose figures are the sum of others'."""

    whole: int
    """Its place in the sequence."""
    parts: tuple[int, ...]
    certain: bool
    """The figures are too many to agree by chance."""


def find_sums(filings: Sequence[Filing], details: Iterable[str]) -> tuple[Summed, ...]:
    """Find the reports that are the exact sum of two or more others.

    Args:
        filings: the reports.
        details: the figures that are no totals; they are compared.

    Returns:
        those found, in order.  The search is bounded: a sum of so many like reports that it cannot be
        taken apart in time is not found.
    """
    names = {cell: 1 << n for n, cell in enumerate(sorted(details))}

    def vector(n: int) -> Figures:
        return {cell: number for cell, number in filings[n].figures.items() if cell in names}

    # Of thousands of reports few fit into one: only what tells that is kept of all.
    shapes, sizes = [], []
    for one in map(vector, range(len(filings))):
        shapes.append(sum(map(names.__getitem__, one)))
        sizes.append(sum(one.values()))
    found = []
    for n in sorted(sorted(range(len(filings)), key=lambda n: -sizes[n])[:_WHOLES]):
        fitting = [
            m for m, shape in enumerate(shapes) if m != n and shape and not shape & ~shapes[n] and sizes[m] < sizes[n]
        ]
        parts = _Search({m: vector(m) for m in fitting}).parts(vector(n)) if len(fitting) > 1 else None
        if parts:
            found.append(Summed(n, tuple(sorted(parts)), _bits(vector(n)) >= _BITS))
    return tuple(found)


def _bits(vector: Figures) -> int:
    return sum(int(number).bit_length() for number in vector.values())


class _Search:
    """Looks for reports that add up to a whole, by what each figure still needs."""

    def __init__(self, reports: Mapping[int, Figures]) -> None:
        self.reports = reports
        self.steps = 0

    def parts(self, whole: Figures) -> list[int] | None:
        return self._choose(dict(whole), sorted(self.reports))

    def _choose(self, left: dict[str, Number], among: list[int]) -> list[int] | None:
        """Return the parts of what is left, None if there are none."""
        self.steps += 1
        if not left or self.steps > _STEPS:
            return None if left else []
        among = [n for n in among if _is_within(self.reports[n], left)]
        there = add(self.reports[n] for n in among)
        if any(there.get(cell, 0) < number for cell, number in left.items()):
            return None
        needed = {n for n in among for cell in self.reports[n] if there[cell] == left[cell]}
        if needed:
            return self._take(left, among, needed)
        cell = min(left, key=lambda one: (sum(one in self.reports[n] for n in among), one))
        for n in among:
            if cell in self.reports[n]:
                found = self._take(left, among, {n})
                if found is not None:
                    return found
                among = [m for m in among if m != n]
        return None

    def _take(self, left: dict[str, Number], among: list[int], chosen: set[int]) -> list[int] | None:
        """Go on without some reports, which are parts."""
        rest = subtract(left, add(self.reports[n] for n in chosen))
        if any(number < 0 for number in rest.values()):
            return None
        found = self._choose(rest, [n for n in among if n not in chosen])
        return None if found is None else [*chosen, *found]


def _is_within(part: Figures, whole: Figures) -> bool:
    return all(cell in whole and number <= whole[cell] for cell, number in part.items())
