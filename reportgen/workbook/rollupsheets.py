"""The other sheets of a merged workbook: the bodies' figures, who filed what, what is wrong with it, what changed."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..form import Form
from ..model.findings import SEVERITY_LABELS, Finding
from ..model.numbers import format_number
from ..rollup import STATES, Collected, Compared, Filing, Left, Rollup, figure_ids
from ..rollup.filing import Figures
from ..rollup.previous import BODY_HEADS, DETAIL_HEADS, NO, ONLY_REGION, YES, detail_label
from .cellstyle import HEI, INTRO, Colour, Formula, Look, begin, finish, height, put
from .streamed import Content, Line, Link, Streamed

TEXT = Look(size=10, border="lines", vertical="top", indent=1)
SMALL = Look(size=10, border="lines", vertical="top", horizontal="center")
GO = Look(size=10, border="lines", vertical="top", indent=1, colour=Colour.LINK)
DETAIL_HEAD = Look(size=9, bold=True, border="lines", horizontal="center", fill="E7EEF7")
TOTAL = Look(bold=True, border="lines", horizontal="center", fill="F2F2F2")
TOTAL_NAME = Look(bold=True, border="lines", indent=1, fill="F2F2F2")
BODY_NAME = Look(border="lines", indent=1)
FIGURE = Look(border="lines", horizontal="center")
HEAD_ROW = 3
FIRST_FIGURE = len(DETAIL_HEADS) + 1
TOP = 4
_NARROW = 14
"""Columns narrower than this are centred: numbers, levels, states."""
_LAST_ROW = 1_048_576
MOST = 10_000
"""Rows of a list; beyond them it says how many more there are."""
_LONGEST_TEXT = 30_000
"""Characters of a text that are shown; a cell holds some more."""
_CHANGES = {"added": "新增", "removed": "不再计入", "replaced": "换了一份报告", "figure": "数有变动",
            "unknown": "上次的数没有读到"}  # fmt: skip
_ESCAPES = str.maketrans({"%": "%25", " ": "%20", "#": "%23", "?": "%3F"})


Row = Sequence[Content]


def listed(
    book: Workbook, name: str, intro: str, heads: Sequence[str], sizes: Sequence[float], rows: Iterable[Row],
    most: int = MOST,
) -> Streamed:  # fmt: skip
    """Add a sheet with a list: title, what it is, heads, a row for each up to ``most``, made while it is written."""
    sheet = begin(book, name, sizes, intro, heads, tall=(height(intro, sum(sizes), line=13, least=20), 0))
    looks = [SMALL if size < _NARROW else TEXT for size in sizes]
    streamed = Streamed(sheet, TOP, looks, _lines(rows, sizes, most), link=GO)
    finish(sheet, f"A{TOP}", heads=TOP - 1)
    sheet.auto_filter.ref = f"A{TOP - 1}:{get_column_letter(len(sizes))}{_LAST_ROW}"
    sheet.protection.autoFilter = False  # is allowed
    return streamed


def _lines(rows: Iterable[Row], sizes: Sequence[float], most: int) -> Iterator[Line]:
    count = 0
    for count, values in enumerate(rows, 1):
        if count <= most:
            words = (value.text if isinstance(value, Link) else str(value or "") for value in values)
            yield values, max(height(text, size, line=13) for text, size in zip(words, sizes, strict=False))
    if count > most:
        yield [f"还有 {count - most} 条没有列出，见各单位的报告。"], 0
    elif not count:
        yield ["没有。"], 0


def file_link(path: str, folder: Path | None, cell: str = "") -> Link | str:
    """Return a file's name, leading to it from a workbook in ``folder``."""
    if not path:
        return ""
    target = os.path.abspath(path)
    if folder is not None:
        with contextlib.suppress(ValueError):  # on another drive
            target = os.path.relpath(target, os.path.abspath(folder))
    return Link(os.path.basename(path), target.replace(os.sep, "/").translate(_ESCAPES), cell)


def rollup_sheets(book: Workbook, rollup: Rollup, folder: Path | None) -> Iterator[Streamed]:
    """Add the lists of a merged workbook; yield their rows, which go into the parts of the sheets.

    Args:
        folder: where the workbook will be, so that links to the bodies' files are relative; None for
            links by whole paths.
    """
    sheets = _Sheets(book, rollup, folder)
    yield sheets.bodies()
    yield sheets.findings()
    if rollup.compared is not None:
        yield sheets.compared(rollup.compared)
    yield sheets.explanations()
    yield sheets.texts()
    if rollup.has_previous:
        yield sheets.changes()


class _Sheets:
    def __init__(self, book: Workbook, rollup: Rollup, folder: Path | None) -> None:
        self.book, self.rollup, self.folder = book, rollup, folder
        self.form = rollup.report.form
        self.names = self.form.rollup.sheets

    def filed(self) -> Iterator[tuple[Collected, Filing]]:
        """Yield the bodies that have a report, with the one that counts."""
        return ((one, one.filing) for one in self.rollup.collection.bodies if one.filing)

    def link(self, path: str, cell: str = "") -> Link | str:
        return file_link(path, self.folder, cell)

    # ---- 单位清单

    def bodies(self) -> Streamed:
        intro = "每个单位、每份文件各一行；SHA-256 是文件的指纹，文件改过就不同。再次汇总时靠这张表认出已经汇总过的单位，请保留。"
        sizes = [26, 10, 16, 9, 26, 34, 7, 7, 6, 6, 8, 10, 32]
        return listed(self.book, self.names.bodies, intro, BODY_HEADS, sizes, self._bodies(), most=sys.maxsize)

    def _bodies(self) -> Iterator[Row]:
        inside = {one.body for one in self.rollup.inside}
        for one in self.rollup.collection.bodies:
            yield self.body(one, YES if one.body in inside else ONLY_REGION if one.counts else NO)
            yield from map(self.left, one.others)
        yield from map(self.left, self.rollup.collection.strays)

    def group(self, id_: str) -> str:
        return next((group.name for group in self.form.rollup.known_groups if group.id == id_), "")

    def body(self, one: Collected, counts: str) -> Row:
        return (one.body, self.group(one.group), STATES[one.state], counts, *self.file(one.filing), one.reason)

    def left(self, one: Left) -> Row:
        return (one.body or one.filing.org, "", STATES[one.state], NO, *self.file(one.filing), one.reason)

    def file(self, one: Filing | None) -> Row:
        if one is None:
            return ("", "", None, "", None, None, None, "")
        said = one.contents()
        counts = [sum(found.severity == level for found in said.findings) for level in ("error", "warning", "ask")]
        by = "、".join(dict.fromkeys(answer.name for answer in said.explanations if answer.name))
        return (self.link(one.path), one.sha256, one.year, one.form, *counts, by)

    # ---- 问题汇总

    def findings(self) -> Streamed:
        heads = ("报送单位", "级别", "规则编号", "位置", "问题", "怎么办", "文件")
        intro = "先是整套报告的问题，再是合计数的问题，然后是各单位报告的问题；点“位置”到要看的格。"
        return listed(self.book, self.names.findings, intro, heads, [26, 8, 10, 18, 54, 36, 24], self._findings())

    def _findings(self) -> Iterator[Row]:
        own = f"{self.rollup.report.org}（合计）"
        yield from (self.finding("（全部）", one, "") for one in self.rollup.findings)
        yield from (self.finding(own, one, "", inside=True) for one in self.rollup.checked)
        for body, filing in self.filed():
            for one in filing.contents().findings:
                if one.severity != "info" or one.explanation:
                    yield self.finding(body.body, one, filing.path)

    def finding(self, whose: str, one: Finding, path: str, *, inside: bool = False) -> Row:
        place: str | Link = one.place
        cell = next((ref.origin for ref in one.cells if ref.origin and ref.origin.is_own_cell), None)
        if cell is not None and path.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods")):
            target = self.link(path)
            if isinstance(target, Link):
                place = Link(one.place, target.target, f"'{cell.sheet}'!{cell.address}")
        elif inside and one.cells and one.cells[0].id in self.form.cells:
            place = Link(self.form.cells[one.cells[0].id].name, "", f"'{self.form.cells[one.cells[0].id].table}'!A1")
        message = (
            f"“{one.sentence}”：{one.message}" if one.sentence and one.sentence not in one.message else one.message
        )
        return (whose, SEVERITY_LABELS[one.severity], one.rule, place, message, one.what_to_do, self.link(path))

    # ---- the other lists

    def compared(self, compared: Compared) -> Streamed:
        rows: list[Row] = [
            (detail_label(self.form, one.cell), one.filed, one.summed, one.filed - one.summed,
             one.cause.body if one.cause else "", one.cause.text if one.cause else "没有找到能说明差数的单位")
            for one in compared.differences
        ]  # fmt: skip
        rows += [
            (detail_label(self.form, cell), "没有读到", "", "", "", "上报的报告里没有读到这个数")
            for cell in compared.unread
        ]
        heads = ("哪一格", "上报", "各单位之和", "相差多少", "最可能的单位", "最可能的原因")
        intro = f"上报的报告“{Path(compared.path).name}”与各单位之和逐格比较，共 {compared.cells} 格；只列出不同的。"
        return listed(self.book, self.names.compared, intro, heads, [32, 12, 12, 12, 26, 64], rows)

    def explanations(self) -> Streamed:
        rows = (
            (body.body, answer.rule, answer.code, answer.text, answer.name, answer.date)
            for body, filing in self.filed() for answer in filing.contents().explanations
        )  # fmt: skip
        heads = ("报送单位", "所说明的规则", "所填核对码", "说明的内容", "谁填写", "何时填写")
        intro = "各单位在自己的“校验”表里写的说明，供汇总时参考；不会自动写进报告。"
        return listed(self.book, self.names.explanations, intro, heads, [28, 15, 13, 70, 12, 13], rows)

    def texts(self) -> Streamed:
        """The bodies' texts by part, for the writer; worded so that nobody's text is read as the report's own."""
        heads = ("哪一部分", "报送单位", "哪一段", "单位写的文字")
        intro = "各单位写的文字，按部分排在一起，供写稿参考；不会自动写进报告。"
        return listed(self.book, self.names.texts, intro, heads, [20, 26, 18, 90], self._texts())

    def _texts(self) -> Iterator[Row]:
        for section in self.form.text_sections:
            part = f"〔{section.heading or section.title}〕"
            for body, filing in self.filed():
                for passage in filing.contents().passages if body.counts else ():
                    if passage.section == section.id:
                        text = "\n".join(passage.paragraphs)
                        if len(text) > _LONGEST_TEXT:
                            text = f"{text[:_LONGEST_TEXT]}……（太长，其余见单位的报告）"
                        yield part, body.body, f"〔{passage.heading}〕" if passage.heading else "", text

    def changes(self) -> Streamed:
        rows = (
            (one.body, _CHANGES[one.what], detail_label(self.form, one.cell) if one.cell else "",
             one.old if one.cell else None, one.new if one.cell else None, self.link(one.file))
            for one in self.rollup.changes
        )  # fmt: skip
        heads = ("报送单位", "变化", "哪一格", "上次", "这次", "文件")
        return listed(self.book, self.names.changes, "与上次汇总相比。", heads, [28, 15, 34, 12, 12, 30], rows)


def warn_of_drafts(book: Workbook, rollup: Rollup) -> None:
    """Say on top of every sheet that reports with errors are in the sum."""
    said = f"【草稿：含{len(rollup.drafts)}份有错误的报告】" if rollup.drafts else ""
    for sheet in book.worksheets if said else ():
        cell = sheet.cell(1, 1)
        put(sheet, 1, 1, f"{said}{cell.value}", Look(font=HEI, size=14, fill=Colour.BROKEN))


# --------------------------------------------------------------------------- 汇总明细


class Details:
    """The sheet 汇总明细: a row per body, a column per figure; what the prescribed tables add up.

    The bodies' rows stand together, groups one after another, so that every total is one sum over rows.
    """

    def __init__(self, form: Form, rollup: Rollup) -> None:
        self.form, self.rollup = form, rollup
        self.figures = figure_ids(form)
        self.name = form.rollup.sheets.details
        self.totals: list[tuple[str, Figures, tuple[int, int] | None]] = []
        """Name, figures, first and last row of each total."""
        self.top = HEAD_ROW + 3 + len(rollup.groups)
        ends = list(accumulate((len(one.bodies) for one in rollup.groups), initial=self.top - 1))
        spans = [(before + 1, end) for before, end in pairwise(ends)]
        own = [end for end, one in zip(ends[1:], rollup.groups, strict=True) if one.group.own]
        self.region, self.own = (self.top, ends[-1]), (self.top, own[-1]) if own else None
        """Groups of the body's own stand first."""
        self.totals.append((form.rollup.region_total, rollup.region, self.region))
        self.totals.append((form.rollup.own_total, rollup.own, self.own))
        for span, one in zip(spans, rollup.groups, strict=True):
            self.totals.append((f"{one.group.name}小计", one.figures, span))

    def links(self) -> dict[str, str]:
        """Return for every figure the formula that adds up the bodies' rows."""
        sheet = quote_sheetname(self.name)
        letters = {figure: get_column_letter(n) for n, figure in enumerate(self.figures, FIRST_FIGURE)}
        top, last = (self.own if self.rollup.own_only else None) or self.region
        return {f: f"=SUM({sheet}!{letter}{top}:{letter}{last})" for f, letter in letters.items()}

    def write(self, book: Workbook) -> dict[tuple[str, str], str]:
        """Add the sheet without the bodies' rows; return what its formulas give, by sheet and address."""
        heads = (*DETAIL_HEADS, *(detail_label(self.form, one) for one in self.figures))
        sizes = [6, 30, 12, 18, *([9.0] * len(self.figures))]
        sheet = begin(book, self.name, sizes, "", heads, spans=(2, 2), tall=(44, 62), head=DETAIL_HEAD)
        # Right of the columns that are repeated, as far as the first page goes.
        intro = DETAIL_INTRO.format(total=self.totals[self.rollup.own_only][0])
        put(sheet, 2, 3, intro, INTRO, columns=FIRST_FIGURE + 4)
        results = self._totals(sheet)
        self.rows = Streamed(sheet, self.top, (FIGURE, BODY_NAME, FIGURE, FIGURE, FIGURE), self._bodies())
        finish(sheet, f"{get_column_letter(FIRST_FIGURE)}{self.top}", heads=HEAD_ROW)
        sheet.page_setup.fitToWidth = 0  # two hundred columns on one page could not be read
        sheet.print_title_cols = "A:B"
        return results

    def _totals(self, sheet: Worksheet) -> dict[tuple[str, str], str]:
        results = {}
        for row, (name, figures, span) in enumerate(self.totals, HEAD_ROW + 1):
            for column, value in enumerate((None, name, None, None), 1):
                put(sheet, row, column, value, TOTAL_NAME)
            for n, figure in enumerate(self.figures, FIRST_FIGURE):
                letter = get_column_letter(n)
                put(sheet, row, n, Formula(f"=SUM({letter}{span[0]}:{letter}{span[1]})") if span else 0, TOTAL)
                if span:
                    results[self.name, f"{letter}{row}"] = format_number(figures.get(figure, 0))
        return results

    def _bodies(self) -> Iterator[Line]:
        """Yield a row for each body; after them those that do not count, without figures."""
        bodies = ((one, total.group.name) for total in self.rollup.groups for one in total.bodies)
        for number, (one, group) in enumerate(bodies, 1):
            figures = one.filing.figures if one.filing else {}
            yield (number, one.body, group, STATES[one.state], *(figures.get(each, 0) for each in self.figures)), 0
        left = [one for one in self.rollup.collection.bodies if not one.counts]
        if left:
            yield (), 0
            yield (None, f"以下{len(left)}个单位没有计入："), 0
        names = {group.id: group.name for group in self.form.rollup.known_groups}
        for one in left:
            yield (None, one.body, names[one.group], STATES[one.state]), 0


DETAIL_INTRO = (
    "一行一个单位，一列一个数；规定的各表用公式从这里相加。要改数，请改单位自己的报告再重新汇总，不要在这里改。"
    "“本级”是政府本级机关及其部门，“行政区域”是全部单位；规定的各表取{total}。"
)
