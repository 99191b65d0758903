"""An earlier merged workbook, read back: which bodies were in it, from which files, with which figures.

Its sheets are found by their names and heads in the form, so that it is known as a sum however often it
was opened and saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from ..form import Form
from ..model.numbers import Number, exact
from ..recogniser.labels import key
from ..sources import Document, Grid
from .filing import Figures, Part, figure_ids

__all__ = ["BODY_HEADS", "DETAIL_HEADS", "Previous", "detail_label", "read_parts", "read_previous"]

DETAIL_HEADS = ("序号", "报送单位", "所在分组", "状态")
"""Heads of 汇总明细 before those of the figures."""
BODY_HEADS = (
    "报送单位", "所在分组", "状态", "是否计入", "文件", "SHA-256", "哪一年", "格式", "错误", "警告", "待核实", "填写人", "说明",
)  # fmt: skip
"""Heads of 单位清单."""
YES = "计入"


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


def _sheet(document: Document, name: str) -> Grid | None:
    return next((grid for grid in document.grids if grid.name == name), None)


def _rows(grid: Grid, heads: tuple[str, ...]) -> list[dict[str, object]]:
    """Return the rows below a row that begins with these heads, each cell by its head; none if there is no such row."""
    lines: dict[int, dict[int, object]] = {}
    for cell in grid.cells:
        if cell.value is not None:
            lines.setdefault(cell.row, {})[cell.column] = cell.value
    found: list[dict[str, object]] = []
    words: dict[int, str] = {}
    for line in lines.values():
        if words:
            found.append({words[column]: value for column, value in line.items() if column in words})
        elif [key(str(line.get(n, ""))) for n in range(1, len(heads) + 1)] == [key(head) for head in heads]:
            words = {column: str(value) for column, value in line.items()}
    return found


def read_parts(document: Document, form: Form) -> tuple[Part, ...]:
    """Return the bodies that a merged workbook has added up; none if it is no merged workbook."""
    grid = _sheet(document, form.rollup.sheets.bodies)
    rows = _rows(grid, BODY_HEADS) if grid else []
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
    grid = _sheet(document, form.rollup.sheets.details)
    labels = {detail_label(form, figure): figure for figure in figure_ids(form)}
    figures: dict[str, Figures] = {}
    parts = {part.body: part for part in read_parts(document, form)}
    for row in _rows(grid, DETAIL_HEADS) if grid else ():
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
