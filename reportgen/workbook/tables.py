"""The sheets of the prescribed tables: printed grid, entry cells, limits, colours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..form import Block, Cell, Form, LayoutCell, Node, Table
from ..form.tables import walk
from .cellstyle import KAI, Colour, Formula, Look, finish, height, lead, put, restrict, tint, tint_verdict, widths
from .figures import TABLE_TOP, Figures, Places, register_place

SHADE = "C6D9F1"  # block titles, as in the official attachment
HEADING = Look(size=14, bold=True)
STATUS = Look(size=10, bold=True, indent=1)
TITLE = Look(bold=True, fill=SHADE, border="grid", horizontal="center")
COLUMN = Look(border="grid", horizontal="center")
NOTE = Look(font=KAI, border="grid", indent=1)
ROW = Look(border="grid", indent=1)
GROUP = Look(border="grid", horizontal="center")
ENTRY = Look(size=11, border="grid", horizontal="center", open=True)
TOTAL = Look(size=11, border="grid", horizontal="center", fill="F2F2F2")
HINT = Look(size=9, colour="595959", indent=1)
HINT_HEAD = Look(size=9, bold=True, colour="595959", indent=1)
ASIDE = Look(size=9, colour="595959", horizontal="center")
GO = Look(size=10, colour=Colour.LINK, indent=1)

MAX_PROMPT, MAX_TITLE = 255, 32  # limits of Excel; beyond them it calls the file damaged
SHALLOW, DEEP = 100.0, 126.0  # table widths in characters: simple header, header of several rows
HINT_WIDTH, LAW_WIDTH, REGISTER_WIDTH = 58.0, 24.0, 11.0


def limit(
    sheet: Worksheet, areas: Iterable[str], kind: str, unit: str, decimals: int, subject: str, hint: str = ""
) -> None:
    """Limit the input into number cells: whole number or amount, not below 0.

    Args:
        kind: ``count`` or ``amount``.
        decimals: places an amount may have.
        subject: what is entered, for title and error message.
        hint: put before the prompt.
    """
    what = f"不小于 0 的整数（{unit}）" if kind == "count" else f"不小于 0、最多 {decimals} 位小数的金额（{unit}）"
    prompt = f"填{what}，没有就填 0。"
    room = MAX_PROMPT - len(prompt)
    restrict(
        sheet, areas, type="whole" if kind == "count" else "decimal", operator="greaterThanOrEqual", formula1="0",
        showErrorMessage=True, showInputMessage=True, errorStyle="stop",
        errorTitle="不能这样填", error=f"这里只能填{what}，不带单位和文字；没有就填 0。",
        promptTitle=subject[:MAX_TITLE], prompt=hint[:room] + prompt,
    )  # fmt: skip


class TableSheet:
    """Writes the sheet of one prescribed table."""

    def __init__(self, book: Workbook, form: Form, table: Table, where: Places, figures: Figures,
                 locked: Collection[str] = ()):  # fmt: skip
        self.sheet = book.create_sheet(table.id)
        self.form, self.table, self.where, self.figures = form, table, where, figures
        self.locked = locked
        self.wide = any(block.wide for block in table.blocks)
        self.hints = table.width + (4 if table.register and not self.wide else 2)  # one narrow column between
        parts = table.widths or (1,) * table.width
        whole = DEEP if table.header_rows > 1 else SHALLOW
        self.sizes = [max(9.3, round(whole * part / sum(parts), 1)) for part in parts]
        self.cells = [c for c in form.cells.values() if c.table == table.id]

    def write(self, status: str) -> None:
        """Write everything; ``status`` is the formula that says whether this table's sums hold."""
        table, sheet = self.table, self.sheet
        beside = [REGISTER_WIDTH, 2] if self.hints == table.width + 4 else []
        widths(sheet, [*self.sizes, 2, *beside, *([] if self.wide else [HINT_WIDTH, LAW_WIDTH])])
        self.top(status)
        nodes = {n.text: n for b in table.blocks for t in (*b.rows, *b.columns) for n in walk(t)}
        for cell in table.layout:
            self.cell(cell, nodes.get(cell.text + cell.note))
        for row in range(1, table.height + 1):
            sheet.row_dimensions[row + TABLE_TOP].height = self.row_height(row)
        bottom = self.hints_below() if self.wide else self.hints_right()
        self.limits()
        self.colours()
        self.register()
        frozen = table.label_columns + 1 if table.header_rows else 1
        finish(
            sheet, f"{get_column_letter(frozen)}{TABLE_TOP + 1 + table.header_rows}", landscape=self.wide,
            area=f"A1:{get_column_letter(table.width)}{bottom}", one_page=True,
        )  # fmt: skip

    def top(self, status: str) -> None:
        """Write the heading, the status and the link to the checks."""
        sheet, width = self.sheet, self.table.width
        put(sheet, 1, 1, self.form.section_of(self.table).heading, HEADING, columns=width, tall=30)
        link_at, span = (width - 2, 3) if self.wide else (self.hints, 1)
        put(sheet, 2, 1, Formula(status), STATUS, columns=width - 3 if self.wide else width, tall=20)
        tint_verdict(sheet, "A2")
        lead(put(sheet, 2 if self.wide else 1, link_at, "查看校验 →", GO, columns=span), self.form.sheets.checks)
        if not self.wide:
            put(sheet, 2, self.hints, "填报提示", HINT_HEAD)
            put(sheet, 2, self.hints + 1, "依据", HINT_HEAD)

    # ---- the prescribed grid

    def cell(self, cell: LayoutCell, node: Node | None) -> None:
        """Write one cell of the printed grid, with the row or column it is the label of."""
        row = cell.row + TABLE_TOP
        value: object
        if cell.role == "value":
            value, look = self.figure(cell.cell)
        else:
            value = cell.text + cell.note
            look = {"title": TITLE, "column": COLUMN, "corner": COLUMN, "row": ROW}[cell.role]
            if cell.role == "row" and node is not None and node.children:
                look = GROUP
            if cell.note and not cell.text:
                look = NOTE
        made = put(self.sheet, row, cell.column, value, look, rows=cell.row_span, columns=cell.column_span)
        if cell.note and cell.text:
            # The note in 楷体, as the official attachment prints it.
            note = TextBlock(InlineFont(rFont=KAI, sz=ROW.size), cell.note)
            made.value = CellRichText(cell.text, note)

    def figure(self, cell: str) -> tuple[object, Look]:
        """Return what stands in the cell of a figure, and how it looks."""
        if cell in self.figures.totals:
            return Formula("=" + self.where.total(self.figures.totals[cell])), TOTAL
        if cell in self.figures.links:
            return Formula(self.figures.links[cell]), TOTAL
        return self.figures.entries[cell], TOTAL if cell in self.locked else ENTRY

    def row_height(self, row: int) -> float:
        """Return a height with room for every label of the row that does not span rows."""
        least = 24.0 if self.wide else 21.0
        for cell in self.table.layout:
            if cell.row == row and cell.row_span == 1 and cell.role != "value":
                size = sum(self.sizes[cell.column - 1 : cell.column - 1 + cell.column_span])
                least = max(least, height(cell.text + cell.note, size))
        return least

    # ---- hints

    def hints_right(self) -> int:
        """Write hints and sources beside the rows; returns the last printed row."""
        for block in self.table.blocks:
            top, rows = block.first_row + TABLE_TOP, block.header_rows
            columns = "\n".join(_said(n) for n in block.column_leaves() if n.hint)
            if columns:
                put(self.sheet, top, self.hints, columns, HINT, rows=rows)
                share = height(columns, HINT_WIDTH, line=12.5) / rows
                for row in range(top, top + rows):
                    self.taller(row, share)
            for row, node in enumerate(block.row_leaves(), top + rows):
                put(self.sheet, row, self.hints, node.hint, HINT)
                put(self.sheet, row, self.hints + 1, node.law, HINT)
                self.taller(row, height(node.hint, HINT_WIDTH, line=12.5))
        return self.table.height + TABLE_TOP

    def hints_below(self) -> int:
        """Write the hints in lines below the table; returns the last printed row."""
        row = self.table.height + TABLE_TOP + (7 if self.table.register else 5)
        put(self.sheet, row, 1, "填报提示", HINT_HEAD, columns=self.table.width)
        for block in self.table.blocks:
            nodes = [*block.column_leaves(), *block.row_leaves()]
            for node in nodes:
                if node.hint:
                    row += 1
                    tall = height(_said(node), sum(self.sizes))
                    put(self.sheet, row, 1, _said(node), HINT, columns=self.table.width, tall=tall)
        return self.table.height + TABLE_TOP

    def taller(self, row: int, points: float) -> None:
        """Give a row at least this height."""
        dimension = self.sheet.row_dimensions[row]
        dimension.height = max(dimension.height or 0, points)

    # ---- input limits and colours

    def open_runs(self) -> Iterator[tuple[Node, Node, list[Cell]]]:
        """Yield the entry cells row by row: row, first column, cells with one and the same hint."""
        for block in self.table.blocks:
            for row in block.row_leaves():
                runs: dict[str, list[tuple[Node, Cell]]] = {}
                for column in block.column_leaves():
                    cell = self.form.cells[f"{self.table.id}.{row.id}.{column.id}"]
                    if cell.id in self.figures.entries:
                        runs.setdefault(self.hint(block, row, column), []).append((column, cell))
                for run in runs.values():
                    yield row, run[0][0], [cell for _, cell in run]

    def hint(self, block: Block, row: Node, column: Node) -> str:
        """Return the hint of an entry cell."""
        # One applicant's row is explained by the row; few columns or a printed row by both.
        deep = self.table.header_rows > 1 and not block.wide
        return row.hint if deep else column.hint + row.hint

    def limits(self) -> None:
        """Set input limits with prompts; cells of one row share them where the hint is the same."""
        for row, column, cells in self.open_runs():
            deep = self.table.header_rows > 1 and not self.wide
            subject = row.short if deep or column.hint == "" else f"{row.short}·{column.short}"
            block = next(b for b in self.table.blocks if row in b.row_leaves())
            areas, first = self.where.ranges(c.id for c in cells), cells[0]
            hint = self.hint(block, row, column)
            limit(self.sheet, areas, first.kind, first.unit, first.decimals, subject, hint)

    def colours(self) -> None:
        """Colour wrong entries orange, sums that do not hold red, blank entries pale yellow."""
        sheet = self.sheet
        entries = [c for c in self.cells if c.id in self.figures.entries]
        for kind, decimals in sorted({(c.kind, c.decimals) for c in entries}):
            chosen = [c.id for c in entries if (c.kind, c.decimals) == (kind, decimals)]
            for area in self.where.ranges(chosen):
                first = area.split(":")[0]
                exact = f"INT({first})" if kind == "count" else f"ROUND({first},{decimals})"
                wrong = f"IF(ISNUMBER({first}),OR({first}<0,{first}<>{exact}),LEN(TRIM({first}))>0)"
                tint(sheet, area, wrong, Colour.INVALID, stop=True)
        for equation in self.form.equations:
            if self.form.cells[equation.left[0]].table == self.table.id:
                sides = (self.where.total(side, fixed=True) for side in (equation.left, equation.right))
                relation = "<>" if equation.relation == "equal" else ">"
                area = " ".join(self.where.ranges(equation.cells))
                tint(sheet, area, relation.join(sides), Colour.BROKEN)
        for area in self.where.ranges(c.id for c in entries):
            first = area.split(":")[0]
            tint(sheet, area, f"LEN(TRIM({first}))=0", Colour.BLANK)

    # ---- the register

    def register(self) -> None:
        """Write the entries for the register, outside the prescribed grid."""
        entry, cells = self.table.register, self.table.register_cells
        if entry is None:
            return
        first = self.where.at[cells[0]]
        top, left = register_place(self.table, first)
        if self.wide:
            put(self.sheet, top, 1, entry.label, ASIDE, columns=left - 1)
            put(self.sheet, top + 1, 1, entry.hint, HINT, columns=self.table.width)
        else:
            put(self.sheet, TABLE_TOP + 1, left, entry.label, ASIDE, rows=first[0] - TABLE_TOP - 1)
        for cell in cells:
            row, column = register_place(self.table, self.where.at[cell])
            put(self.sheet, row, column, self.figures.register[cell], ENTRY)
            here, figure = f"{get_column_letter(column)}{row}", self.where.address(cell)
            tint(self.sheet, here, f"AND(LEN(TRIM({here}))>0,{here}<>{figure})", Colour.BROKEN)
            one = self.form.cells[cell]
            limit(self.sheet, [here], one.kind, one.unit, one.decimals, entry.label, entry.hint)


def _said(node: Node) -> str:
    return f"{node.label}：{node.hint}"
