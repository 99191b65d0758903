"""The sheet 校验: every arithmetic rule and number check of the form as live formulas.

Each number cell of the form has a hidden cell here that judges its content alone (0 right,
1 nothing entered, 2 count refused, 3 amount refused, 4 text); the rules look only at those and at
sums, so that a stray text or error never turns into ``#VALUE!`` and all three spreadsheet programs
agree.  What a rule means is decided by ``reportgen.checks``; this sheet says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ..form import Comparison, Equation, Form, Relation, Rule, Table, Term
from ..form.kinds import Blanks
from ..model.numbers import PLACEHOLDERS
from .cellstyle import HEAD, INTRO, TITLE, Colour, Formula, Look, finish, height, put, tint, tint_verdict, widths
from .entries import FIELD_TOP, LAST_YEAR_TOP
from .figures import Figures, Places, area_name

HOLDS, BREAKS, EMPTY, UNSURE, ASKS, NOTED = "通过", "不符", "未填", "不能判断", "待核实", "提示"
HEAD_ROW = 4
COLUMNS = {"rule": 1, "table": 2, "what": 3, "left": 4, "right": 5, "off": 6, "result": 7}
LAST = 12
"""Last visible column: the answers to findings that ask follow the result."""
STATES = 14
"""First column of the hidden judgements."""

SUMMARY = Look(size=12, bold=True, indent=1, border="lines")
TEXT = Look(size=10, border="lines", indent=1)
SMALL = Look(size=10, border="lines", horizontal="center")
LINKED = Look(size=10, border="lines", horizontal="center", colour=Colour.LINK)
COUNT = Look(size=10, border="lines", horizontal="center", number_format='0" 格"')
RESULT = Look(size=10, bold=True, border="lines", horizontal="center")
ANSWER = Look(size=10, border="lines", open=True)
GREY = Look(size=8, colour="A6A6A6", horizontal="center")
WHAT_WIDTH = 66.0
DECLARED = -1
"""Judgement of an empty cell where 基本信息 says that those are 0; not 1, so that sums count it as filled."""
SINGLE_CELL_CODES = {"blanks": 1, "whole": 2, "decimals": 3, "remarks": 4}
"""Kind of rule → the judgement it counts; text that can be read (12件) and text that cannot
both break "numbers only"."""


class Line(msgspec.Struct, frozen=True):
    """One row of the sheet."""

    rule: Rule
    what: str
    table: str = ""
    left: str = ""
    right: str = ""
    off: str = ""
    result: str = ""
    target: str = ""
    """Cells to look at, as a formula would name them."""
    counts: bool = False
    """``off`` is a number of cells."""
    answered: bool = False
    """No formula: judged by the program, explained here."""


class CheckSheet:
    """Writes the sheet; knows its rows beforehand, because the tables' status points at them."""

    def __init__(self, form: Form, where: Places, figures: Figures, *, summed: bool = False) -> None:
        """``summed``: the workbook is a sum; the rules about that can be explained, too."""
        self.form, self.where, self.figures, self.summed = form, where, figures, summed
        self.name = quote_sheetname(form.sheets.checks)
        self.shift: dict[str, int] = {}
        column = STATES
        for table in form.tables:
            self.shift[table.id] = column - 1
            column += table.width + 1
        self.list_column = column
        self.lines = list(self._lines())
        self.last = HEAD_ROW + len(self.lines)

    # ---- what stands where

    def state_ranges(self, cells: Iterable[str]) -> list[str]:
        """Return the judgements of cells, as ranges of this sheet."""
        return [
            area_name(top, left + self.shift[table], bottom, right + self.shift[table], "$")
            for table, top, left, bottom, right in self.where.areas(cells)
        ]

    def counted(self, cells: Iterable[str], test: str, *, sheet: str = "") -> str:
        """Return a formula part: how many of the cells have a judgement that passes ``test``."""
        ranges = (f"{sheet}!{r}" if sheet else r for r in self.state_ranges(cells))
        return "+".join(f"COUNTIF({r},{test})" for r in ranges)

    def status(self, table: Table) -> str:
        """Return the formula for the top of a table's sheet."""
        cells = [c.id for c in self.form.cells.values() if c.table == table.id]
        first, last = HEAD_ROW + 1, self.last
        on = f'{self.name}!$B${first}:$B${last},"{table.id}",{self.name}!$G${first}:$G${last}'
        wrong = f'COUNTIFS({on},"{BREAKS}")+COUNTIFS({on},"{UNSURE}")'
        return _verdict(wrong, self.counted(cells, "1", sheet=self.name), "本表")

    # ---- the rows

    def _lines(self) -> Iterator[Line]:
        row = HEAD_ROW + 1
        for rule in (rule for rule in self.form.rules.values() if not rule.off):
            lines: Iterable[Line] = ()
            if rule.kind in ("equal", "at_most"):
                equations = (e for e in self.form.equations if e.rule == rule.id)
                lines = (self._equation(rule, e, n) for n, e in enumerate(equations, row))
            elif rule.kind in SINGLE_CELL_CODES:
                lines = self._single(rule, row)
            elif rule.kind == "relation":
                links = (r for r in self.form.relations if r.rule == rule.id)
                lines = (self._relation(rule, r, n) for n, r in enumerate(links, row))
            elif (rule.severity == "ask" or rule.explainable) and (self.summed or not rule.of_sum):
                lines = [Line(rule, rule.title, answered=True)]
            for line in lines:
                yield line
                row += 1

    def _equation(self, rule: Rule, equation: Equation, row: int) -> Line:
        table = self.form.cells[equation.left[0]].table
        left, right = (self.where.total(s, full=True) for s in (equation.left, equation.right))
        exact = equation.relation == "equal"
        # Totals by formula are never empty; what was typed decides whether there is anything to judge.
        entries = [c for c in equation.cells if c in self.figures.entries] or [
            c for c in self.figures.entries if self.form.cells[c].table == table
        ]
        filled = self.counted(entries, '"<>1"') or "1"  # nothing to enter: all by formula
        wrong = self.counted(equation.cells, '">1"')
        off = f"ABS(D{row}-E{row})" if exact else f"MAX(0,D{row}-E{row})"
        return Line(
            rule, f"{equation.place}：{rule.title}", table,
            left=f'=IFERROR({left},"出错")', right=f'=IFERROR({right},"出错")', off=f'=IFERROR({off},"")',
            result=f'=IF({wrong}>0,"{UNSURE}",IF({filled}=0,"{EMPTY}",'
                   f'IF(D{row}{"=" if exact else "<="}E{row},"{HOLDS}","{BREAKS}")))',
            target=self.where.ranges(equation.cells, full=True)[0],
        )  # fmt: skip

    def _relation(self, rule: Rule, one: Relation, row: int) -> Line:
        formulas = _relation(self.form, self.where, one)
        if formulas is None:
            return Line(rule, rule.title, answered=True)
        cells = formulas.cells
        table = self.form.cells[cells[0]].table
        label = self.form.cells[cells[0]].label
        wrong = self.counted(cells, '">1"')
        verdict = {"error": BREAKS, "info": NOTED}.get(rule.severity, ASKS)
        return Line(
            rule, f"“{label}”：{rule.title}", table,
            left=f'=IFERROR({formulas.left},"出错")', right=f'=IFERROR({formulas.right},"出错")',
            off=f'=IFERROR(ABS(D{row}-E{row}),"")',
            result=f'=IF({wrong}>0,"{UNSURE}",IF(NOT({formulas.known}),"{EMPTY}",'
                   f'IF({formulas.applies},IF(D{row}{formulas.operator}E{row},"{HOLDS}","{verdict}"),"{HOLDS}")))',
            target=self.where.ranges(cells, full=True)[0],
        )  # fmt: skip

    def _single(self, rule: Rule, row: int) -> Iterator[Line]:
        kind = {"whole": "count", "decimals": "amount"}.get(rule.kind)
        code = DECLARED if isinstance(rule, Blanks) and rule.declared else SINGLE_CELL_CODES[rule.kind]
        verdict = NOTED if code == DECLARED else EMPTY if isinstance(rule, Blanks) else BREAKS
        for table in self.form.tables:
            cells = [c for c in self.form.cells.values() if c.table == table.id and kind in (None, c.kind)]
            if cells:
                ids = [c.id for c in cells]
                yield Line(
                    rule, rule.title, table.id, counts=True,
                    off=f"={self.counted(ids, str(code))}",
                    result=f'=IF(F{row}=0,"{HOLDS}","{verdict}")',
                    target=self.where.ranges(ids, full=True)[0],
                )  # fmt: skip
                row += 1

    # ---- writing

    def write(self, book: Workbook) -> None:
        """Add the sheet."""
        sheet = book.create_sheet(self.form.sheets.checks)
        heads = self.form.sheets.explanation_heads
        widths(sheet, [9, 8, WHAT_WIDTH, 11, 11, 10, 11, 10, 40, 11, 14, 10, 2])
        put(sheet, 1, 1, "勾稽校验", TITLE, columns=LAST, tall=30)
        first, span = HEAD_ROW + 1, f"$G${HEAD_ROW + 1}:$G${self.last}"
        wrong = f'COUNTIF({span},"{BREAKS}")+COUNTIF({span},"{UNSURE}")'
        blank = self.counted(self.form.cells, "1")
        put(sheet, 2, 1, Formula(_verdict(wrong, blank, "全部")), SUMMARY, columns=LAST, tall=26)
        put(sheet, 3, 1, INTRO_TEXT, INTRO, columns=LAST, tall=44)
        names = [heads[0], "表", "检查内容", "左边", "右边", "相差", "结果", *heads[1:]]
        for column, name in enumerate(names, 1):
            put(sheet, HEAD_ROW, column, name, HEAD, tall=22)
        for row, line in enumerate(self.lines, first):
            self._line(sheet, row, line)
        self._states(sheet)
        self._colours(sheet)
        finish(sheet, f"A{first}", area=f"A1:{get_column_letter(LAST)}{self.last}", heads=HEAD_ROW)

    def _line(self, sheet: Worksheet, row: int, line: Line) -> None:
        put(sheet, row, COLUMNS["rule"], line.rule.id, SMALL)
        put(sheet, row, COLUMNS["what"], line.what, TEXT, tall=height(line.what, WHAT_WIDTH))
        cell = put(sheet, row, COLUMNS["table"], line.table, LINKED)
        if line.target:
            cell.hyperlink = Hyperlink(cell.coordinate, location=line.target, tooltip="到要核对的单元格")
        for name, look in (("left", SMALL), ("right", SMALL), ("off", COUNT if line.counts else SMALL)):
            text = getattr(line, name)
            put(sheet, row, COLUMNS[name], Formula(text) if text else None, look)
        result = "由程序核对" if line.answered else Formula(line.result)
        put(sheet, row, COLUMNS["result"], result, SMALL if line.answered else RESULT)
        for column in range(COLUMNS["result"] + 1, LAST + 1):
            put(sheet, row, column, None, ANSWER)

    def _states(self, sheet: Worksheet) -> None:
        """Judge every number cell on its own, in hidden columns laid out like the tables."""
        blanks = sorted({normal for word in PLACEHOLDERS for normal in (word, _full_width(word))})
        column = get_column_letter(self.list_column)
        empty = f"${column}${HEAD_ROW - 1}"
        put(sheet, HEAD_ROW - 1, self.list_column, Formula(f"={self._of_empty()}"), GREY)
        known = f"${column}${HEAD_ROW}:${column}${HEAD_ROW + len(blanks) - 1}"
        for row, word in enumerate(blanks, HEAD_ROW):
            put(sheet, row, self.list_column, word, GREY)
        for cell in self.form.cells.values():
            row, at = self.where.at[cell.id]
            x = self.where.ranges([cell.id], full=True)[0]
            if cell.kind == "count":
                code, exact = 2, f"INT({x})"
            else:
                code, exact = 3, f"ROUND({x},{cell.decimals})"
            judged = (
                f"=IF(ISERROR({x}),{code},IF(ISLOGICAL({x}),{code},IF(ISNUMBER({x}),"
                f"IF(OR({x}<0,{x}>999999999999999,{x}<>{exact}),{code},0),"
                f"IF(LEN(TRIM({x}))=0,{empty},IF(ISNUMBER(MATCH(TRIM({x}),{known},0)),1,4)))))"
            )
            put(sheet, row, at + self.shift[cell.table], Formula(judged), GREY)
        for n in range(STATES, self.list_column + 1):
            sheet.column_dimensions[get_column_letter(n)].hidden = True

    def _of_empty(self) -> str:
        """Return the judgement of an empty cell, as a formula."""
        rules = (rule for rule in self.form.rules.values() if isinstance(rule, Blanks))
        zeros = [_among(self.form, name, values) for rule in rules for name, values in rule.zeros.items()]
        return f"IF(OR({','.join(dict.fromkeys(zeros))}),{DECLARED},1)" if zeros else "1"

    def _colours(self, sheet: Worksheet) -> None:
        area, first = f"G{HEAD_ROW + 1}:G{self.last}", f"$G{HEAD_ROW + 1}"
        for word, colour in (
            (BREAKS, Colour.BROKEN),
            (UNSURE, Colour.INVALID),
            (ASKS, Colour.BLANK),
            (EMPTY, Colour.BLANK),
            (HOLDS, Colour.DONE),
        ):
            tint(sheet, area, f'{first}="{word}"', colour, stop=True)
        tint_verdict(sheet, f"A2:{get_column_letter(LAST)}2")


INTRO_TEXT = (
    "这里随填随算，不用改动。“不符”是两边不相等（或填了负数、小数、文字），点“表”一栏可以跳到要核对的单元格；"
    "空格和“/”“—”按 0 计算，确实没有请填 0；“不能判断”是算式里有文字或不合要求的数。"
    "“待核实”的问题属实的，在右边写明说明，并填上检查结果里给出的核对码；数值变了说明就失效。"
)


def _verdict(wrong: str, blank: str, scope: str) -> str:
    """Return the formula of a summary line."""
    return (
        f'=IF({wrong}>0,"{scope}：有 "&({wrong})&" 处不符，请看“校验”表标色的行",'
        f'IF({blank}>0,"{scope}：已填的数都对得上，还有 "&({blank})&" 格没有填",'
        f'"{scope}：全部通过"))'
    )


def _full_width(word: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)


# --------------------------------------------------------------------------- rules of kind relation


class _Relation(msgspec.Struct, frozen=True):
    """Parts of a row; none of them with a leading ``=``."""

    left: str
    right: str
    operator: str
    applies: str
    """True where the rule's conditions hold; ``TRUE`` if it has none."""
    known: str
    """True where every one of last year's figures it needs is filled in."""
    cells: tuple[str, ...]
    """This year's cells it names."""


def _relation(form: Form, where: Places, one: Relation) -> _Relation | None:
    """Return the formulas of one relation; None if it looks at the wording of a text."""
    if one.text:
        return None
    comparisons = (one.expect, *one.when)
    terms = [t for c in comparisons for t in (*c.left, *c.right)]
    conditions = [_compared(form, where, c) for c in one.when]
    for name, values in one.fields:
        conditions.append(f"OR({_among(form, name, values)})")
    for name, values in one.unless_fields:
        conditions.append(f'AND({_field(form, name)}<>"",NOT(OR({_among(form, name, values)})))')
    if one.from_year:
        year = next(f.id for f in form.fields if f.kind == "year")
        conditions.append(f"N({_field(form, year)})>={one.from_year}")
    last = [_last(form, cell) for t in terms if t.last for cell in t.cells]
    return _Relation(
        _sum(form, where, one.expect.left), _sum(form, where, one.expect.right), one.expect.operator,
        f"AND({','.join(conditions)})" if conditions else "TRUE",
        f"AND({','.join(f'ISNUMBER({a})' for a in last)})" if last else "TRUE",
        tuple(cell for t in terms if not t.last for cell in t.cells),
    )  # fmt: skip


def _compared(form: Form, where: Places, comparison: Comparison) -> str:
    return f"{_sum(form, where, comparison.left)}{comparison.operator}{_sum(form, where, comparison.right)}"


def _sum(form: Form, where: Places, terms: tuple[Term, ...]) -> str:
    text = ""
    for term in terms:
        sign = "-" if term.factor < 0 else "+" if text else ""
        factor = abs(term.factor)
        value = _term(form, where, term)
        text += sign + (str(factor) if not value else value if factor == 1 else f"{factor}*{value}")
    return text


def _term(form: Form, where: Places, term: Term) -> str:
    if term.field:
        return f"N({_field(form, term.field)})"
    if term.last:
        return f"SUM({','.join(_last(form, cell) for cell in term.cells)})"
    return where.total(term.cells, full=True) if term.cells else ""


def _field(form: Form, field_id: str) -> str:
    row = FIELD_TOP + next(n for n, f in enumerate(form.fields) if f.id == field_id)
    return f"{quote_sheetname(form.sheets.fields)}!$B${row}"


def _last(form: Form, cell: str) -> str:
    return f"{quote_sheetname(form.sheets.last_year)}!$B${LAST_YEAR_TOP + form.last_year_cells.index(cell)}"


def _among(form: Form, field_id: str, values: tuple[str, ...]) -> str:
    """Return the conditions, one of which holds when a field has one of the values."""
    address = _field(form, field_id)
    return ",".join(f'{address}="{value}"' for value in values)
