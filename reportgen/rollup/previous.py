"""An earlier merged workbook, read back: which bodies were in it, from which files, with which figures.

Its sheets are found by their names and heads in the form, so that it is known as a sum however often it
was opened and saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby

import msgspec

from ..form import Form
from ..form.likeness import key
from ..model.numbers import Number, exact
from ..sources import Document, Row
from .filing import Figures, Part, figure_ids

DETAIL_HEADS = ("序号", "报送单位", "所在分组", "状态")
"""Heads of 汇总明细 before those of the figures."""
BODY_HEADS = (
    "报送单位", "所在分组", "状态", "是否计入", "文件", "SHA-256", "哪一年", "格式", "错误", "警告", "待核实", "填写人", "说明",
)  # fmt: skip
"""Heads of 单位清单."""
YES, ONLY_REGION, NO = "计入", "只计入行政区域", "不计入"
"""Whether a body's figures are in the report: a report of 本级 leaves out the other groups."""


class Previous(msgspec.Struct, frozen=True):
    """What was added up the last time."""

    figures: Mapping[str, Figures]
    """The figures of each body that counted, those that are not 0."""
    parts: Mapping[str, Part]
    """The file of each."""


def detail_label(form: Form, figure: str) -> str:
    """Return the head of a figure's column in 汇总明细: short, and worded unlike the labels of the form."""
    if figure in form.cells:
        return f"{form.cells[figure].table}·{form.cells[figure].name}"
    return f"{form.sheets.fields}·{form.field(figure).short}"


def _lines(document: Document, name: str) -> Iterator[Row]:
    """Yield the rows of a sheet, however long it is; nothing if there is no such sheet."""
    if name in document.too_large:
        yield from document.too_large[name]()
    for grid in document.grids:
        if grid.name == name:
            for _, cells in groupby(grid.cells, lambda cell: cell.row):
                yield {cell.column: cell.value for cell in cells if cell.value is not None}


def _rows(document: Document, name: str, heads: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """Yield the rows below one that begins with these heads, each cell by its head; none if there is no such row."""
    words: dict[int, str] = {}
    for line in _lines(document, name):
        if words:
            yield {words[column]: value for column, value in line.items() if column in words}
        elif [key(str(line.get(n, ""))) for n in range(1, len(heads) + 1)] == [key(head) for head in heads]:
            words = {column: str(value) for column, value in line.items()}


def read_parts(document: Document, form: Form) -> tuple[Part, ...]:
    """Return the bodies that a merged workbook has added up; none if it is no merged workbook."""
    rows = _rows(document, form.rollup.sheets.bodies, BODY_HEADS)
    name, counts, digest = BODY_HEADS[0], BODY_HEADS[3], BODY_HEADS[5]
    return tuple(
        Part(str(row[name]), str(row.get(digest, "")))
        for row in rows if row.get(counts) == YES and row.get(name)
    )  # fmt: skip


def read_previous(document: Document, form: Form) -> Previous:
    """Read a merged workbook for comparison; without its own sheets nobody was in it.

    Args:
        document: what the file holds.
        form: the edition.
    """
    labels = {detail_label(form, figure): figure for figure in figure_ids(form)}
    figures: dict[str, Figures] = {}
    parts = {part.body: part for part in read_parts(document, form)}
    for row in _rows(document, form.rollup.sheets.details, DETAIL_HEADS):
        name = str(row.get(DETAIL_HEADS[1], ""))
        if name in parts:
            there = ((labels[head], _number(value)) for head, value in row.items() if head in labels)
            figures[name] = {figure: number for figure, number in there if number}
    return Previous(figures, parts)


def _number(value: object) -> Number:
    """Return a stored figure; the sheet holds numbers only, so that anything else is somebody's remark."""
    if isinstance(value, float):
        return exact(value)
    return value if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else 0
