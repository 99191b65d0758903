"""Formulas of one workbook against the results stored with them, whatever its file format."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from . import formulas
from .base import GridCell, Layout, PlainSum, column_letters

__all__ = ["Place", "Results", "Shape", "SheetData"]

Place: TypeAlias = "tuple[str, int, int]"
"""Sheet name, row, column."""


class _Letters(dict[int, str]):
    """Column number → letters, each worked out once."""

    def __missing__(self, column: int) -> str:
        letters = self[column] = column_letters(column)
        return letters


_LETTERS = _Letters()


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
        full: bool = False,
    ) -> None:
        """
        Args:
            texts: every value that is no figure: texts, dates, truth values, errors.
            numbers: places of the figures.
            formulas: with their ``=``.
            merged: first row and column, last row and column.
            hidden_rows, hidden_columns: their numbers.
            frame: a shape with nothing in its cells, which are at the same places.
            full: none of its cells is missing here.
        """
        self.texts = {} if texts is None else texts
        self.numbers = numbers
        self.formulas = {} if formulas is None else formulas
        self.merged = [] if merged is None else merged
        self.hidden_rows = set() if hidden_rows is None else hidden_rows
        self.hidden_columns = set() if hidden_columns is None else hidden_columns
        self.frame, self.full = frame, full
        self.memo = {}

    @property
    def ground(self) -> Shape:
        return self if self.frame is None else self.frame

    # What follows gives what Layout gives, without making all the cells: few are ever asked for.

    @cached_property
    def _spans(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Place of a merged cell → rows and columns it covers."""
        if self.frame is not None:
            return self.frame._spans
        return {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in self.merged}

    @cached_property
    def _covered(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Place under a merged cell → its place; of overlapping ones the first."""
        if self.frame is not None:
            return self.frame._covered
        return {
            (row, column): (top, left)
            for (top, left), (height, width) in sorted(self._spans.items(), reverse=True)
            for row in range(top, top + height)
            for column in range(left, left + width)
        }

    def _cell(self, place: tuple[int, int]) -> GridCell:
        row, column = place
        height, width = self._spans.get(place, (1, 1))
        hidden = row in self.hidden_rows or column in self.hidden_columns
        formula = self.formulas.get(place, "")
        return GridCell(
            row, column, self.texts.get(place), height, width, f"{_LETTERS[column]}{row}", formula, "", hidden
        )

    def covering(self, row: int, column: int) -> GridCell | None:
        place = self._covered.get((row, column), (row, column))
        here = (
            place in self.texts or place in self.figure_at or place in self.formulas or place in self._spans
        )
        return self._cell(place) if here else None

    @cached_property
    def filled(self) -> list[tuple[int, int]]:
        return sorted({*self.texts, *self.numbers})

    def own(self, place: tuple[int, int]) -> GridCell:
        if place not in self.texts and place not in self.figure_at and place not in self._spans:
            raise KeyError(place)
        return self._cell(place)

    def named(self, longest: int) -> list[tuple[tuple[int, int], str]]:
        texts, places = self.texts, self.ground._text_places
        return [
            (place, text) for place in places
            if isinstance(text := texts.get(place), str) and len(text) <= longest
        ]  # fmt: skip

    @cached_property
    def _text_places(self) -> list[tuple[int, int]]:
        return sorted(self.texts)

    @cached_property
    def figure_at(self) -> dict[tuple[int, int], int]:
        if self.frame is not None:
            return self.frame.figure_at
        return {place: n for n, place in enumerate(self.numbers)}

    @cached_property
    def last_row(self) -> int:
        if self.frame is not None and self.full:
            return self.frame.last_row
        rows = [row for row, _ in (*self.texts, *self.numbers, *self.formulas)]
        return max([*rows, *(max(bottom, top) for top, _, bottom, _ in self.merged)], default=0)

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        return sorted({*self.texts, *self.numbers, *self.formulas, *self._spans})

    @cached_property
    def figures(self) -> tuple[int, ...]:  # type: ignore[override]
        at = {place: n for n, place in enumerate(self._places)}
        return tuple(at[place] for place in self.numbers)

    @cached_property
    def cells(self) -> tuple[GridCell, ...]:  # type: ignore[override]
        return tuple([self._cell(place) for place in self._places])

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
