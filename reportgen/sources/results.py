"""Formulas of one workbook against the results stored with them, whatever its file format."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cached_property

from ..hints import TypeAlias
from . import formulas
from .base import GridCell, Layout, PlainSum, column_letters

__all__ = ["Place", "Results", "Shape", "SheetData"]

Place: TypeAlias = "tuple[str, int, int]"
"""Sheet name, row, column."""


class Shape(Layout):
    """What a sheet is apart from its figures; sheets that differ in nothing else share one.

    Places are (row, column).
    """

    def __init__(
        self,
        texts: dict[tuple[int, int], object] | None = None,
        numbers: tuple[tuple[int, int], ...] = (),
        formulas: dict[tuple[int, int], str] | None = None,
        merged: list[tuple[int, int, int, int]] | None = None,
        hidden_rows: set[int] | None = None,
        hidden_columns: set[int] | None = None,
        frame: Shape | None = None,
    ) -> None:
        """
        Args:
            texts: every value that is no figure: texts, dates, truth values, errors.
            numbers: places of the figures.
            formulas: with their ``=``.
            merged: first row and column, last row and column.
            hidden_rows, hidden_columns: their numbers.
            frame: a shape with cells at the same places and nothing in them.
        """
        self.texts = {} if texts is None else texts
        self.numbers = numbers
        self.formulas = {} if formulas is None else formulas
        self.merged = [] if merged is None else merged
        self.hidden_rows = set() if hidden_rows is None else hidden_rows
        self.hidden_columns = set() if hidden_columns is None else hidden_columns
        self.frame = frame
        self.memo = {}

    def _places(self) -> list[tuple[int, int]]:
        spans = ((top, left) for top, left, _, _ in self.merged)
        return sorted({*self.texts, *self.numbers, *self.formulas, *spans})

    # Most cells of most sheets are never asked for.
    @cached_property
    def figures(self) -> tuple[int, ...]:  # type: ignore[override]
        if self.frame is not None:
            return self.frame.figures
        at = {place: n for n, place in enumerate(self._places())}
        return tuple(at[place] for place in self.numbers)

    @cached_property
    def cells(self) -> tuple[GridCell, ...]:  # type: ignore[override]
        if self.frame is not None:
            return tuple(
                [
                    cell if (text := self.texts.get((cell.row, cell.column))) is None
                    else GridCell(
                        cell.row, cell.column, text, cell.row_span, cell.column_span, cell.address, cell.formula,
                        "", cell.hidden,
                    )
                    for cell in self.frame.cells
                ]
            )  # fmt: skip
        texts, formulas, letters = self.texts, self.formulas, _Letters()
        hidden_rows, hidden_columns = self.hidden_rows, self.hidden_columns
        spans = {
            (top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in self.merged
        }
        cells = []
        for place in self._places():
            row, column = place
            height, width = spans.get(place, (1, 1))
            hidden = row in hidden_rows or column in hidden_columns
            address, formula = f"{letters[column]}{row}", formulas.get(place, "")
            cells.append(GridCell(row, column, texts.get(place), height, width, address, formula, "", hidden))
        return tuple(cells)

    @cached_property
    def sums(self) -> tuple[PlainSum, ...]:  # type: ignore[override]
        """Sums of cells of this sheet that are figures or such sums themselves, in their order."""
        number = {place: n for n, place in enumerate(self.numbers)}
        areas = {
            place: area for place, formula in self.formulas.items()
            if place in number and (area := formulas.plain_sum(formula)) is not None
        }  # fmt: skip
        sums: dict[tuple[int, int], PlainSum] = {}
        while True:
            found = dict(sums)
            for place, (top, left, bottom, right) in areas.items():
                inside = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
                if place not in sums and all(self._adds(p, number, sums) for p in inside):
                    found[place] = PlainSum(number[place], tuple(number[p] for p in inside if p in number))
            if len(found) == len(sums):
                return tuple(sums.values())
            sums = found

    def _adds(
        self, place: tuple[int, int], number: Mapping[tuple[int, int], int], sums: Container[object]
    ) -> bool:
        """Whether SUM sees nothing but a figure there, or nothing at all."""
        if place in self.formulas:
            return place in sums
        text = self.texts.get(place)
        return place in number or text is None or (isinstance(text, str) and not text.startswith("#"))


class _Letters(dict[int, str]):
    """Column number → letters, each worked out once."""

    def __missing__(self, column: int) -> str:
        letters = self[column] = column_letters(column)
        return letters


class SheetData:
    """The cells of one sheet of a workbook."""

    __slots__ = ("hidden", "name", "numbers", "shape")

    def __init__(self, name: str, hidden: bool, shape: Shape, numbers: Sequence[object] = ()) -> None:
        """
        Args:
            numbers: the figures in the order of the shape, None for one that is empty.
        """
        self.name, self.hidden, self.shape, self.numbers = name, hidden, shape, numbers

    @property
    def stored(self) -> dict[tuple[int, int], object]:
        """Values typed, and the stored results of formulas, by place."""
        numbers = {p: n for p, n in zip(self.shape.numbers, self.numbers, strict=True) if n is not None}
        return {**self.shape.texts, **numbers}


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
