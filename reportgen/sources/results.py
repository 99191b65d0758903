"""Formulas of one workbook against the results stored with them, whatever its file format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import formulas
from .base import GridCell, Place

__all__ = ["Results"]

_MAX_DEPTH = 50
"""Formulas that refer to formulas."""


class Results:
    """Stored results, and what we compute ourselves."""

    def __init__(self, sheets: Mapping[str, Sequence[GridCell]]) -> None:
        """``sheets``: all cells of the workbook by sheet name, formulas with their stored results."""
        self._sheets = sheets
        self._cells: dict[str, dict[Place, GridCell]] = {}
        """Those of the sheets that formulas have asked for, by the place where each begins."""
        self._own: dict[tuple[str, Place], object] = {}
        """What formulas give by our own reckoning; UnknownError where we cannot tell."""

    def resolve(self, sheet: str, cell: GridCell) -> GridCell:
        """Return a cell with its formula's result, and where that is from, settled.

        Args:
            sheet: name of its sheet.
            cell: a cell of it with a formula and no ``result`` yet.
        """
        stored = cell.value
        try:
            own = self._value(sheet, (cell.row, cell.column))
        except formulas.UnknownError:
            return cell._replace(result="unknown" if stored is None else "stored")
        if stored is None and own not in (None, ""):
            return cell._replace(value=own, result="computed")
        if own == stored or (own in ("", None) and stored in ("", None)):
            return cell._replace(result="stored")
        return cell._replace(result="stale", now=own)

    def _value(self, sheet: str, place: Place, depth: int = 0) -> object:
        """Return a cell's value as the formulas give it now.

        Raises:
            UnknownError: we cannot tell, and the file does not say.
        """
        if sheet not in self._cells:
            self._cells[sheet] = {(cell.row, cell.column): cell for cell in self._sheets.get(sheet, ())}
        cell = self._cells[sheet].get(place)
        if cell is None or not cell.formula:
            return cell.value if cell is not None else None
        if (sheet, place) not in self._own:
            self._own[sheet, place] = self._computed(sheet, cell, depth)
        own = self._own[sheet, place]
        if own is not formulas.UnknownError:
            return own
        if cell.value is None:
            raise formulas.UnknownError(cell.formula)
        return cell.value

    def _computed(self, sheet: str, cell: GridCell, depth: int) -> object:
        """Return what a formula gives, ``UnknownError`` where we cannot tell.

        Raises:
            UnknownError: it stands too deep for us among formulas that refer to formulas.
        """
        if depth > _MAX_DEPTH:
            raise formulas.UnknownError("depth")
        try:
            return formulas.evaluate(
                cell.formula, lambda name, row, column: self._value(name or sheet, (row, column), depth + 1)
            )
        except formulas.UnknownError:
            return formulas.UnknownError
