"""Workbooks that are lists: the findings of many reports, the roster to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from openpyxl.workbook import Workbook

from ..form import SEVERITIES, Form
from ..model.findings import SEVERITY_LABELS
from ..rollup import STATES
from ..show.entries import Entry
from .book import dated, saved
from .cellstyle import HEAD, Look, height, put, restrict, set_page, widths
from .rollupsheets import Row, file_link, listed

_ROWS = 1_000_000
"""Of the 1,048,576 that a sheet can hold."""
_ROSTER_ROWS = 2000
"""Rows of the roster with lists to choose from; more can be filled in."""
_ENTRY = Look(size=11, border="lines", indent=1, number_format="@")
_GUIDE = Look(size=11, indent=1, vertical="top")


def findings_workbook(
    form: Form, entries: Sequence[Entry], found: Sequence[tuple[str, Sequence[Sequence[str]]]], *,
    folder: Path | None = None,
) -> bytes:  # fmt: skip
    """Return the findings of many reports as an .xlsx file: a sheet with all of them, and one with a row per file.

    Args:
        form: the edition, for the date of the file.
        entries: a line of the overview for each file.
        found: files, each with its findings: rule, level, place, message, advice.
        folder: where the file will be: links to the reports are relative to it.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    bodies = {one.file: one for one in entries}
    rows = [row for file, many in found for row in _findings(bodies.get(file), file, many, folder)]
    files: list[Row] = [
        (n, one.body, one.group, STATES[one.state], *(one.counts or (None,) * len(SEVERITIES)),  # type: ignore[index]
         one.reason, file_link(one.file, folder))
        for n, one in enumerate(entries, 1)
    ]  # fmt: skip
    levels = [SEVERITY_LABELS[one] for one in SEVERITIES]
    lists = (
        listed(book, "问题清单", "所有文件里的问题，一条一行；点文件名打开那个文件。",
               ("单位", "级别", "规则", "位置", "问题", "怎么办", "文件"), [30, 10, 9, 18, 62, 48, 30], rows, _ROWS),
        listed(book, "文件清单", "每个文件一行。", ("序号", "单位", "分组", "状态", *levels, "原因", "文件"),
               [7, 32, 14, 16, 8, 8, 8, 8, 50, 34], files, _ROWS),
    )  # fmt: skip
    for sheet in book.worksheets:
        sheet.protection.sheet = False  # so that they can be sorted, too
    _describe(book, form, "问题清单")
    return saved(book, {}, form, lists)


def _findings(one: Entry | None, file: str, found: Sequence[Sequence[str]], folder: Path | None) -> Iterator[Row]:
    body = one.body if one else ""
    for rule, level, place, message, advice in found:
        yield body, level, rule, place, message, advice, file_link(file, folder)


def roster_workbook(form: Form) -> bytes:
    """Return an empty list of bodies to fill in, as the bytes of an .xlsx file (``[rollup.roster]`` of the form)."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "名册"
    heads: Mapping[str, tuple[str, ...]] = msgspec.structs.asdict(form.rollup.roster)
    widths(sheet, [40, 24, 18, 16, 44])
    # No title above: the first row says what the columns are.
    for column, words in enumerate(heads.values(), 1):
        put(sheet, 1, column, words[0], HEAD, tall=26)
        for row in range(2, 42):
            put(sheet, row, column, None, _ENTRY)
    sheet.freeze_panes = "B2"
    kinds = next((field.choices for field in form.fields if field.id == "unit_type"), ())
    groups = tuple(one.name for one in form.rollup.groups)
    for letter, choices in zip("CD", (kinds, groups), strict=True):
        area, listed_choices = f"{letter}2:{letter}{_ROSTER_ROWS}", f'"{",".join(choices)}"'
        restrict(sheet, [area], type="list", formula1=listed_choices, showErrorMessage=False)
    set_page(sheet, landscape=True)
    _guide(book, [words[0] for words in heads.values()], groups)
    _describe(book, form, "单位名册")
    return saved(book, {}, form)


def _guide(book: Workbook, heads: Sequence[str], groups: Sequence[str]) -> None:
    name, aliases, kind, group, former = heads
    sheet = book.create_sheet("填写说明")
    widths(sheet, [96])
    lines = (
        "在“名册”表里，每行写一个应当报送年度报告的单位。填好后存成文件名以“单位名册”结尾的文件，和报来的文件放在一起。",
        f"“{name}”写公章上的全称，不能重复；“{aliases}”写文件名、报告里会用的其他叫法，有几个时用顿号隔开。",
        f"“{kind}”从下拉列表里选，会预填在发下去的工作簿里。",
        f"“{group}”分为{'、'.join(groups)}：汇总时各有小计；不写时按单位类型归组。",
        f"“{former}”写更名以前的名称，或并入这个单位的各单位，用顿号隔开：用来找它上年的报告。",
    )
    for row, line in enumerate(lines, 1):
        put(sheet, row, 1, line, _GUIDE, tall=height(line, 96, least=24))
    set_page(sheet)


def _describe(book: Workbook, form: Form, title: str) -> None:
    properties = book.properties
    properties.creator, properties.title = "reportgen", title
    properties.created = properties.modified = dated(form)
