"""Formulas of one workbook against the results stored with them, whatever its file format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec.structs import replace

from ..model.numbers import exact
from . import formulas
from .base import GridCell, Place

_MAX_DEPTH = 50
"""Formulas that refer to formulas."""
_MAX_LOOKUPS = 500_000
"""Cells that the formulas of a workbook may ask for in all."""


class Results:
    """Stored results, and what we compute ourselves."""

    def __init__(self, sheets: Mapping[str, Sequence[GridCell]], *, as_displayed: bool = False) -> None:
        """
        Args:
            sheets: all cells of the workbook by sheet name, formulas with their stored results.
            as_displayed: the workbook calculates with rounded numbers, as they are shown; another
                result than ours is then no contradiction.
        """
        self._sheets = {name.casefold(): cells for name, cells in sheets.items()}
        self._as_displayed = as_displayed
        self._lookups = 0
        self._under_way: set[tuple[str, Place]] = set()
        """Cells whose formulas are being worked out."""
        self._cells: dict[str, dict[Place, GridCell]] = {}
        """Those of the sheets that formulas have asked for, by the place where each begins."""
        self._own: dict[tuple[str, Place], object] = {}
        """What formulas give by our own reckoning; UnknownError where we cannot tell, CircularError
        where they refer to themselves."""

    def resolve(self, sheet: str, cell: GridCell) -> GridCell:
        """Return a cell with its formula's result, and where that is from, settled.

        Args:
            sheet: name of its sheet.
            cell: a cell of it with a formula and no ``result`` yet.
        """
        stored = cell.value
        try:
            own = self._value(sheet.casefold(), (cell.row, cell.column))
        except formulas.CircularError:
            return replace(cell, result="circular")
        except (formulas.UnknownError, RecursionError):
            return replace(cell, result="unknown" if stored is None else "stored")
        if stored is None and own not in (None, ""):
            return replace(cell, value=own, result="computed")
        if _is_same(own, stored) or self._as_displayed:
            return replace(cell, result="stored")
        return replace(cell, result="stale", now=own)

    def _value(self, sheet: str, place: Place, depth: int = 0) -> object:
        """Return a cell's value as the formulas give it now.

        Args:
            sheet: its name, case-folded.
            place: of the cell.
            depth: how many formulas have led here.

        Raises:
            UnknownError: we cannot tell, and the file does not say.
            CircularError: the cell's formula refers to itself.
        """
        cell = self._cell(sheet, place)
        if cell is None or not cell.formula:
            return cell.value if cell is not None else None
        if (sheet, place) not in self._own:
            self._own[sheet, place] = self._computed(sheet, cell, depth)
        own = self._own[sheet, place]
        if own is formulas.CircularError:
            if depth == 0:
                raise formulas.CircularError(sheet, *place)
            raise formulas.UnknownError(cell.formula)
        if own is not formulas.UnknownError:
            return own
        if cell.value is None:
            raise formulas.UnknownError(cell.formula)
        return cell.value

    def _cell(self, sheet: str, place: Place) -> GridCell | None:
        """Return a cell, None where the sheet has none there.

        Raises:
            UnknownError: there is no such sheet in this file, or too much has been asked for.
        """
        self._lookups += 1
        if sheet not in self._sheets or self._lookups > _MAX_LOOKUPS:
            raise formulas.UnknownError(sheet)
        if sheet not in self._cells:
            self._cells[sheet] = {(cell.row, cell.column): cell for cell in self._sheets[sheet]}
        return self._cells[sheet].get(place)

    def _computed(self, sheet: str, cell: GridCell, depth: int) -> object:
        """Return what a formula gives, ``UnknownError`` or ``CircularError`` where it has no result.

        Raises:
            UnknownError: it stands too deep for us among formulas that refer to formulas.
            CircularError: it is part of a circle that closes further up.
        """
        here = sheet, (cell.row, cell.column)
        if here in self._under_way:
            raise formulas.CircularError(sheet, cell.row, cell.column)
        if depth > _MAX_DEPTH:
            raise formulas.UnknownError("depth")
        self._under_way.add(here)
        try:
            return formulas.evaluate(
                cell.formula, lambda name, row, column: self._value(name.casefold() or sheet, (row, column), depth + 1)
            )
        except formulas.CircularError as error:
            if error.place != here:
                self._own[here] = formulas.CircularError
                raise
            return formulas.CircularError
        except formulas.UnknownError:
            return formulas.UnknownError
        finally:
            self._under_way.discard(here)


def _is_same(own: object, stored: object) -> bool:
    """Tell whether a result is the stored one, at the 15 digits that spreadsheets keep."""
    if own == stored or (own in ("", None) and stored in ("", None)):
        return True
    if isinstance(own, Decimal) and isinstance(stored, (int, Decimal)):
        return exact(float(own)) == stored
    return False
