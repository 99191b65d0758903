"""The sheet 汇总明细: a row per body, a column per figure; what the prescribed tables add up.

The bodies' rows stand together, groups one after another, so that every total is one sum over rows.
"""

from __future__ import annotations

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..form import Form
from ..model.numbers import format_number
from ..rollup import STATES, Rollup, figure_ids
from ..rollup.filing import Figures
from ..rollup.previous import DETAIL_HEADS, detail_label
from .cellstyle import Formula, Look, begin, finish, put
from .streamed import Streamed

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
        self.totals: list[tuple[str, Figures, list[tuple[int, int]]]] = []
        """Name, figures and rows of each total."""
        first = self.top = HEAD_ROW + 3 + len(rollup.groups)
        spans = []
        for one in rollup.groups:
            spans.append((first, first + len(one.bodies) - 1))
            first += len(one.bodies)
        own = [span for span, one in zip(spans, rollup.groups, strict=True) if one.group.own]
        self.last = first - 1
        self.totals.append((form.rollup.region_total, rollup.region, [(self.top, self.last)]))
        self.totals.append((form.rollup.own_total, rollup.own, own))
        for span, one in zip(spans, rollup.groups, strict=True):
            self.totals.append((f"{one.group.name}小计", one.figures, [span]))

    def links(self) -> dict[str, str]:
        """Return for every figure the formula that adds up the bodies' rows."""
        sheet = quote_sheetname(self.name)
        letters = {figure: get_column_letter(n) for n, figure in enumerate(self.figures, FIRST_FIGURE)}
        return {f: f"=SUM({sheet}!{letter}{self.top}:{letter}{self.last})" for f, letter in letters.items()}

    def write(self, book: Workbook) -> dict[tuple[str, str], str]:
        """Add the sheet without the bodies' rows; return what its formulas give, by sheet and address."""
        heads = (*DETAIL_HEADS, *(detail_label(self.form, one) for one in self.figures))
        sizes = [6, 30, 12, 12, *([9.0] * len(self.figures))]
        sheet = begin(
            book,
            self.name,
            sizes,
            INTRO_TEXT,
            heads,
            spans=(FIRST_FIGURE - 1, FIRST_FIGURE + 11),
            tall=(32, 62),
            head=HEAD,
        )
        results = self._totals(sheet)
        self.rows = Streamed(sheet, self.top, (NUMBER, NAME, NUMBER, NUMBER, NUMBER))
        self._bodies(self.rows)
        finish(sheet, f"{get_column_letter(FIRST_FIGURE)}{self.top}", heads=HEAD_ROW)
        sheet.page_setup.fitToWidth = 0  # two hundred columns on one page could not be read
        sheet.print_title_cols = "A:D"
        return results

    def _totals(self, sheet: Worksheet) -> dict[tuple[str, str], str]:
        results = {}
        for row, (name, figures, spans) in enumerate(self.totals, HEAD_ROW + 1):
            for column, value in enumerate((None, name, None, None), 1):
                put(sheet, row, column, value, TOTAL_NAME)
            for n, figure in enumerate(self.figures, FIRST_FIGURE):
                letter = get_column_letter(n)
                ranges = ",".join(f"{letter}{top}:{letter}{bottom}" for top, bottom in spans)
                put(sheet, row, n, Formula(f"=SUM({ranges})") if spans else 0, TOTAL)
                if spans:
                    results[self.name, f"{letter}{row}"] = format_number(figures.get(figure, 0))
        return results

    def _bodies(self, rows: Streamed) -> None:
        """Write a row for each body; after them those that do not count, without figures."""
        for total in self.rollup.groups:
            for one in total.bodies:
                figures = one.filing.figures if one.filing else {}
                numbers = (figures.get(figure, 0) for figure in self.figures)
                rows.add([len(rows.rows) + 1, one.body, total.group.name, STATES[one.state], *numbers])
        left = [one for one in self.rollup.collection.bodies if not one.counts]
        if left:
            rows.add([])
            rows.add([None, f"以下{len(left)}个单位没有计入："])
        names = {group.id: group.name for group in self.form.rollup.known_groups}
        for one in left:
            rows.add([None, one.body, names[one.group], STATES[one.state]])


INTRO_TEXT = (
    "一行一个单位，一列一个数；规定的各表用公式从这里相加。要改数，请改单位自己的报告再重新汇总，不要在这里改。"
    "“本级”是政府本级机关及其部门，“行政区域”是全部单位；规定的各表取行政区域合计。"
)
