"""Explanations on the sheet 校验: answers to findings that ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..form import Form
from ..model.report import Explanation, Origin
from ..sources import Grid
from .index import LabelIndex
from .labels import key
from .wording import chinese_date, clean

__all__ = ["find_answers"]

_YES = ("是", "印", "√", "✓", "Y", "YES", "1")


def find_answers(form: Form, indexes: Iterable[LabelIndex]) -> Iterator[Explanation]:
    """Yield every explanation given, in the order of the sheets."""
    heads = _heads(form)
    for index in indexes:
        for first in index.cells(heads[0]) if heads[0] in index.labels else ():
            columns = [next((c.column for c in index.cells(head) if c.row == first.row), 0) for head in heads]
            if all(columns[:3]):
                yield from _rows(index.grid, first.row, columns)
                break


@lru_cache(maxsize=16)
def _heads(form: Form) -> list[str]:
    return [key(head) for head in form.sheets.explanation_heads]


def _rows(grid: Grid, head: int, columns: list[int]) -> Iterator[Explanation]:
    """Read the answers below their header row; columns of heads that are missing are 0."""
    for row in grid.rows_of(columns[2]):
        if row <= head or not _text(grid, row, columns[2]):
            continue  # most rows
        rule, code, text, name, date, printed = (_text(grid, row, column) for column in columns)
        if rule and text:
            origin = Origin(grid.name, grid.address(row, columns[2]), row, columns[2])
            yield Explanation(rule, code, text, name, date, printed.upper() in _YES, origin)


def _text(grid: Grid, row: int, column: int) -> str:
    cell = grid.entry(row, column) if column else None
    if cell is None or cell.value is None:
        return ""
    return chinese_date(cell.value) or clean(str(cell.value)).strip()
