"""Formulas of one workbook against the results stored with them, whatever its file format."""

from __future__ import annotations

from ..hints import TypeAlias
from ..records import dataclass, field
from . import formulas

__all__ = ["Place", "Results", "SheetData"]

Place: TypeAlias = "tuple[str, int, int]"
"""Sheet name, row, column."""


@dataclass(slots=True)
class SheetData:
    """The cells of one sheet of a workbook by (row, column)."""

    name: str
    hidden: bool
    stored: dict[tuple[int, int], object] = field(default_factory=dict)
    """Values typed, and the stored results of formulas."""
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row and column, last row and column."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


_MAX_DEPTH = 50
"""Formulas that refer to formulas."""


class Results:
    """Stored results, and what we compute ourselves."""

    def __init__(self) -> None:
        self.formulas: dict[Place, str] = {}
        self.stored: dict[Place, object] = {}
        """Values typed, and results of formulas as the file has them."""
        self.own: dict[Place, object] = {}

    def formula_at(self, place: Place) -> str:
        """Return a cell's formula, ``""`` if it has none."""
        return self.formulas.get(place, "")

    def stored_at(self, place: Place) -> object:
        """Return what the file has in a cell."""
        return self.stored.get(place)

    def value(self, place: Place, depth: int = 0) -> object:
        """Return a cell's value as its formulas give it now.

        Raises:
            UnknownError: we cannot tell, and the file does not say.
        """
        formula = self.formula_at(place)
        if not formula:
            return self.stored_at(place)
        if place not in self.own:
            if depth > _MAX_DEPTH:
                raise formulas.UnknownError("depth")
            try:
                self.own[place] = formulas.evaluate(
                    formula,
                    lambda sheet, row, column: self.value((sheet or place[0], row, column), depth + 1),
                )
            except formulas.UnknownError:
                self.own[place] = formulas.UnknownError
        found = self.own[place]
        if found is formulas.UnknownError:
            stored = self.stored_at(place)
            if stored is None:
                raise formulas.UnknownError(str(place))
            return stored
        return found

    def result(self, place: Place) -> tuple[object, str]:
        """Return a cell's value and where it is from (see GridCell.result; ``""`` if typed)."""
        stored = self.stored_at(place)
        if not self.formula_at(place):
            return stored, ""
        try:
            own = self.value(place)
        except formulas.UnknownError:
            return stored, "unknown" if stored is None else "stored"
        if stored is None:
            return (own, "computed") if own not in (None, "") else (None, "stored")
        same = own == stored or (own in ("", None) and stored in ("", None))
        return stored, "stored" if same else "stale"
