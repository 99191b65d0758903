"""One grid by its labels: which cells say what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from ..form import LONGEST_LABEL
from ..form.likeness import key
from ..sources import Grid, GridCell
from .labels import loose


class LabelIndex:
    """A grid and the cells that carry each label; made once per grid and passed along."""

    def __init__(self, grid: Grid) -> None:
        """Texts that no label is as long as are left out."""
        self.grid = grid
        self._cells: defaultdict[str, Sequence[GridCell]] = defaultdict(list)
        for text, cells in grid.cells.by_text.items():
            if len(text) <= LONGEST_LABEL:
                for label in _labels(text):
                    known = self._cells[label]
                    self._cells[label] = sorted([*known, *cells], key=lambda cell: cell.place) if known else cells

    @property
    def labels(self) -> Mapping[str, object]:
        """The labels, in the order of their first cells."""
        return self._cells

    def cells(self, label: str) -> list[GridCell]:
        """Return the cells that carry a label; for one under a merged cell, that."""
        covering = (self.grid.cell(cell.row, cell.column) for cell in self._cells.get(label, ()))
        return [cell for cell in covering if cell is not None]

    def beside(self, label: str) -> list[tuple[int, int]]:
        """Return the places right of the cells that carry a label."""
        return [(cell.row, cell.column + cell.column_span) for cell in self.cells(label)]

    def find(self, wordings: Mapping[str, str]) -> Iterator[tuple[str, GridCell]]:
        """Yield (leaf id, cell) for every cell that carries one of the wordings."""
        if wordings.keys().isdisjoint(self._cells.keys()):
            return  # most sheets
        for wording, leaf in wordings.items():
            if wording in self._cells:
                for cell in self.cells(wording):
                    yield leaf, cell


@lru_cache(maxsize=4096)
def _labels(text: str) -> tuple[str, ...]:
    """Return the labels that a text may be: itself, also without separators; none if nothing is left."""
    label = key(text)
    short = loose(text)
    return () if not label else (label,) if short == label else (label, short)
