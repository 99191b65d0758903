"""Explanations on the sheet 校验: answers to findings that ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..form import Form
from ..model.report import Explanation, Origin
from .labels import key
from .tables import GridIndex
from .wording import chinese_date, clean

__all__ = ["find_answers"]

_YES = ("是", "印", "√", "✓", "Y", "YES", "1")


def find_answers(form: Form, indexes: Iterable[GridIndex]) -> Iterator[Explanation]:
    """Yield every explanation given, in the order of the sheets."""
    heads = _heads(form)
    for index in indexes:
        if heads[0] not in index.labels:
            continue
        if ("answers", form) not in index.memo:
            index.memo["answers", form] = _columns(heads, index)
        first, columns = index.memo["answers", form]
        if columns:
            yield from _rows(index, first + 1, columns)


def _columns(heads: list[str], index: GridIndex) -> tuple[int, list[int]]:
    """Return the row of the heads and their columns, 0 for one that is missing; none if there is no such row."""
    for first in index.cells(heads[0]):
        columns = [next((c.column for c in index.cells(head) if c.row == first.row), 0) for head in heads]
        if all(columns[:3]):
            return first.row, columns
    return 0, []


@lru_cache(maxsize=16)
def _heads(form: Form) -> list[str]:
    return [key(head) for head in form.sheets.explanation_heads]


def _rows(index: GridIndex, first: int, columns: list[int]) -> Iterator[Explanation]:
    for row in index.rows_with(columns[2], first):
        if not _text(index, row, columns[2]):
            continue  # most rows
        rule, code, text, name, date, printed = (_text(index, row, column) for column in columns)
        if rule and text:
            origin = Origin(index.grid.name, index.grid.address(row, columns[2]), row, columns[2])
            yield Explanation(rule, code, text, name, date, printed.upper() in _YES, origin)


def _text(index: GridIndex, row: int, column: int) -> str:
    cell = index.entry(row, column) if column else None
    if cell is None or cell.value is None:
        return ""
    return chinese_date(cell.value) or clean(str(cell.value)).strip()
