"""Formulas of one workbook against the results stored with them, whatever its file format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import formulas
from .base import GridCell, Place

__all__ = ["Results"]

Spot = tuple[str, int, int]
"""Sheet name, row, column."""

_MAX_DEPTH = 50
"""Formulas that refer to formulas."""


class Results:
    """Stored results, and what we compute ourselves."""

    def __init__(self, sheets: Mapping[str, Sequence[GridCell]]) -> None:
        """``sheets``: all cells of the workbook by sheet name, formulas with their stored results."""
        self._sheets = sheets
        self._cells: dict[str, dict[Place, GridCell]] = {}
        """Those of the sheets that formulas have asked for."""
        self._own: dict[Spot, object] = {}
        """What formulas give by our own reckoning; UnknownError where we cannot tell."""

    def resolve(self, sheet: str, cell: GridCell) -> GridCell:
        """Return a cell with its formula's result, and where that is from, settled.

        Args:
            sheet: name of its sheet.
            cell: a cell of it with a formula and no ``result`` yet.
        """
        stored = cell.value
        try:
            own = self._value((sheet, cell.row, cell.column))
        except formulas.UnknownError:
            return cell._replace(result="unknown" if stored is None else "stored")
        if stored is None and own not in (None, ""):
            return cell._replace(value=own, result="computed")
        if own == stored or (own in ("", None) and stored in ("", None)):
            return cell._replace(result="stored")
        return cell._replace(result="stale", now=own)

    def _value(self, spot: Spot, depth: int = 0) -> object:
        """Return a cell's value as the formulas give it now.

        Raises:
            UnknownError: we cannot tell, and the file does not say.
        """
        cell = self._cell(spot)
        if cell is None or not cell.formula:
            return cell.value if cell else None
        if spot not in self._own:
            if depth > _MAX_DEPTH:
                raise formulas.UnknownError("depth")
            try:
                self._own[spot] = formulas.evaluate(
                    cell.formula,
                    lambda sheet, row, column: self._value((sheet or spot[0], row, column), depth + 1),
                )
            except formulas.UnknownError:
                self._own[spot] = formulas.UnknownError
        found = self._own[spot]
        if found is not formulas.UnknownError:
            return found
        if cell.value is None:
            raise formulas.UnknownError(str(spot))
        return cell.value

    def _cell(self, spot: Spot) -> GridCell | None:
        """Return the cell that begins at a spot."""
        name, row, column = spot
        if name not in self._cells:
            self._cells[name] = {(cell.row, cell.column): cell for cell in self._sheets.get(name, ())}
        return self._cells[name].get((row, column))
