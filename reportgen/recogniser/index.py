"""One grid by its labels: which cells say what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..sources import Grid, GridCell


class LabelIndex:
    """A grid and the cells that carry each label; made once per grid and passed along."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.labels: Mapping[str, list[GridCell]] = grid.cells.by_label
        """The labels, in the order of their first cells."""

    def cells(self, label: str) -> list[GridCell]:
        """Return the cells that carry a label; for one under a merged cell, that."""
        at = self.grid.cells.at
        return [covering for cell in self.labels.get(label, ()) if (covering := at.get((cell.row, cell.column)))]

    def beside(self, label: str) -> list[tuple[int, int]]:
        """Return the places right of the cells that carry a label."""
        return [(cell.row, cell.column + cell.column_span) for cell in self.cells(label)]

    def find(self, wordings: Mapping[str, str]) -> Iterator[tuple[str, GridCell]]:
        """Yield (leaf id, cell) for every cell that carries one of the wordings."""
        if wordings.keys().isdisjoint(self.labels.keys()):
            return  # most sheets
        for wording, leaf in wordings.items():
            if wording in self.labels:
                for cell in self.cells(wording):
                    yield leaf, cell
