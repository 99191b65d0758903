"""Faults of a Word template as values, and what judging a template and proving a report have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from ..sources import Grid, GridCell


class TagError(Exception):
    """A tag that cannot be used; ``str()`` is the Chinese reason."""


class TemplateFault(msgspec.Struct, frozen=True):
    """One mistake in a template."""

    part: str
    """``正文``, ``页眉（header1.xml）`` …"""
    text: str
    """The paragraph or cell it stands in, shortened; ``""`` for what is missing."""
    message: str
    """What is wrong and what to do, in Chinese."""
    severity: Literal["error", "warning"] = "error"
    """A template with warnings can be used."""

    def line(self) -> str:
        """One line: place, what, advice."""
        place = f"{self.part}“{self.text}”" if self.text else self.part
        return f"{'提醒：' if self.severity == 'warning' else ''}{place}：{self.message}"


def shorten(text: str, limit: int = 40) -> str:
    """Return a text on one line, cut to ``limit`` characters."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def squeeze(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


def squeezed(grid: Grid) -> Iterator[GridCell]:
    """Number a grid's columns by the edges that cells really have: Word keeps stray grid lines."""
    edges = sorted({edge for c in grid.cells for edge in (c.column, c.column + c.column_span)})
    if edges[-1:] == [len(edges)]:  # there are none
        yield from grid.cells
        return
    number = {edge: n for n, edge in enumerate(edges, 1)}
    for c in grid.cells:
        left, right = number[c.column], number[c.column + c.column_span]
        yield GridCell(c.row, left, c.value, c.row_span, right - left, c.address)
