"""The sheet 汇总明细: a row per body, a column per figure; what the prescribed tables add up.

The bodies' rows stand together, groups one after another, so that every total is one sum over rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..form import Form
from ..model.numbers import format_number
from ..rollup import STATES, Rollup, figure_ids
from ..rollup.filing import Figures
from ..rollup.previous import DETAIL_HEADS, detail_label
from .cellstyle import HEI, Formula, Look, protect, put, set_page, widths
from .streamed import Line, Streamed

__all__ = ["Details"]

TITLE = Look(font=HEI, size=16)
INTRO = Look(size=9, colour="595959", indent=1)
HEAD = Look(size=9, bold=True, border="lines", horizontal="center", fill="E7EEF7")
TOTAL = Look(bold=True, border="lines", horizontal="center", fill="F2F2F2")
TOTAL_NAME = Look(bold=True, border="lines", indent=1, fill="F2F2F2")
NAME = Look(border="lines", indent=1)
NUMBER = Look(border="lines", horizontal="center")
HEAD_ROW = 3
FIRST_FIGURE = len(DETAIL_HEADS) + 1


class Details:
    """Where everything stands on the sheet, and its writing."""

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
        sheet = book.create_sheet(self.name)
        widths(sheet, [6, 30, 12, 18, *([9.0] * len(self.figures))])
        put(sheet, 1, 1, self.name, TITLE, columns=FIRST_FIGURE - 1)
        sheet.row_dimensions[1].height = 30
        total = self.totals[self.rollup.own_only][0]
        put(
            sheet, 2, 1, INTRO_TEXT.format(total=total), INTRO, columns=FIRST_FIGURE + 6
        )  # as far as the first page goes
        sheet.row_dimensions[2].height = 32
        for column, head in enumerate((*DETAIL_HEADS, *(detail_label(self.form, one) for one in self.figures)), 1):
            put(sheet, HEAD_ROW, column, head, HEAD)
        sheet.row_dimensions[HEAD_ROW].height = 62
        results = self._totals(sheet)
        self.rows = Streamed(sheet, self.top, (NUMBER, NAME, NUMBER, NUMBER, NUMBER), self._bodies())
        sheet.freeze_panes = f"{get_column_letter(FIRST_FIGURE)}{self.top}"
        protect(sheet)
        set_page(sheet, landscape=True)
        sheet.page_setup.fitToWidth = 0  # two hundred columns on one page could not be read
        sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        sheet.print_title_cols = "A:D"
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


INTRO_TEXT = (
    "一行一个单位，一列一个数；规定的各表用公式从这里相加。要改数，请改单位自己的报告再重新汇总，不要在这里改。"
    "“本级”是政府本级机关及其部门，“行政区域”是全部单位；规定的各表取{total}。"
)
