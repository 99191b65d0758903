"""Explanations on the sheet 校验: answers to findings that ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..form import Form
from ..form.likeness import key
from ..model.findings import CellRef, finding
from ..model.report import Explanation, Origin
from ..sources import Grid, GridCell
from .entries import guarded_text
from .index import LabelIndex
from .wording import Texts, chinese_date, clean

_YES = ("是", "印", "√", "✓", "Y", "YES", "1")


def find_answers(form: Form, indexes: Iterable[LabelIndex], texts: Texts) -> Iterator[Explanation]:
    """Yield every explanation given, in the order of the sheets; hidden ones are not read, and reported.

    Args:
        form: the edition.
        indexes: the sheets.
        texts: takes the findings: N-05, N-07, N-08 and F-02.
    """
    heads = _heads(form)
    for index in indexes:
        for first in index.cells(heads[0]) if heads[0] in index.labels else ():
            columns = [next((c.column for c in index.cells(head) if c.row == first.row), 0) for head in heads]
            if all(columns[:3]):
                yield from _Answers(form, index.grid, texts).below(first.row, columns)
                break


@lru_cache(maxsize=16)
def _heads(form: Form) -> list[str]:
    return [key(head) for head in form.sheets.explanation_heads]


class _Answers:
    """Reads the explanations of one sheet."""

    def __init__(self, form: Form, grid: Grid, texts: Texts) -> None:
        self.form, self.grid, self.texts = form, grid, texts

    def below(self, head: int, columns: list[int]) -> Iterator[Explanation]:
        """Yield the answers below their header row; columns of heads that are missing are 0."""
        hidden: list[CellRef] = []
        for row in self.grid.rows_of(columns[2]):
            answer = self.grid.entry(row, columns[2]) if row > head else None
            if answer is None or (answer.value in (None, "") and not answer.formula):
                continue  # most rows
            if answer.hidden or self.grid.hidden:
                hidden.append(self._ref(answer))
                continue
            rule, code, text, name, date, printed = (self._text(row, column) for column in columns)
            if rule and text:
                origin = self._ref(answer).origin
                yield Explanation(rule, code, text, name, date, printed.upper() in _YES, origin)
        if hidden:
            what = f"“{self.grid.name}”有{len(hidden)}条说明在隐藏的行、列或工作表里，没有读，不算数"
            self.texts.findings.append(finding(self.form.rules["N-07"], hidden, what=what))

    def _ref(self, cell: GridCell) -> CellRef:
        hidden = cell.hidden or self.grid.hidden
        return CellRef(Origin(self.grid.name, cell.address, cell.row, cell.column, hidden), "")

    def _text(self, row: int, column: int) -> str:
        cell = self.grid.entry(row, column) if column else None
        if cell is None or (cell.value is None and not cell.formula):
            return ""
        place = f"“{self.grid.name}”第{row}行"
        return (
            chinese_date(cell.value) or clean(guarded_text(self.form, cell, self._ref(cell), place, self.texts)).strip()
        )
