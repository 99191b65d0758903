"""Explanations on the sheet 校验: answers to findings that ask."""

from __future__ import annotations

from collections.abc import Iterator

from ..form import Form
from ..report import Explanation, Origin
from ..sources import Grid
from .labels import key
from .tables import GridIndex
from .wording import chinese_date, clean

__all__ = ["find_answers"]

_YES = ("是", "印", "√", "✓", "Y", "YES", "1")


def find_answers(form: Form, grids: tuple[Grid, ...]) -> Iterator[Explanation]:
    """Yield every explanation given, in the order of the sheets."""
    heads = [key(h) for h in form.sheets.explanation_heads]
    for grid in grids:
        index = GridIndex.of(grid)
        for first in index.labels.get(heads[0], ()):
            columns = [
                next((c.column for c in index.labels.get(head, ()) if c.row == first.row), 0)
                for head in heads
            ]
            if all(columns[:3]):
                yield from _rows(index, first.row + 1, columns)
                break


def _rows(index: GridIndex, first: int, columns: list[int]) -> Iterator[Explanation]:
    last = index.last_row
    for row in range(first, last + 1):
        rule, code, text, name, date, printed = (_text(index, row, column) for column in columns)
        if rule and text:
            origin = Origin(index.grid.name, index.grid.address(row, columns[2]))
            yield Explanation(rule, code, text, name, date, printed.upper() in _YES, origin)


def _text(index: GridIndex, row: int, column: int) -> str:
    cell = index.entry(row, column) if column else None
    if cell is None or cell.value is None:
        return ""
    return chinese_date(cell.value) or clean(str(cell.value)).strip()
