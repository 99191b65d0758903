"""The sheet 填报说明: what the clerk has to do, on one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..form import Form
from .cellstyle import BLANK, BROKEN, DONE, HEI, INVALID, LINK, Look, finish, height, lead, put, widths

TITLE = Look(font=HEI, size=18, horizontal="center")
SUBTITLE = Look(size=10, colour="595959", horizontal="center")
HEAD = Look(font=HEI, size=12, colour="1F3864")
STEP = Look(size=11, horizontal="center", bold=True, vertical="top")
GO = Look(size=11, colour=LINK, vertical="top")
TEXT = Look(size=11, vertical="top")
SMALL = Look(size=9, colour="595959", vertical="top")
WIDTH = 78.0


def guide_sheet(book: Workbook, form: Form, typed_totals: bool) -> None:
    """Add the guide; it stands first."""
    sheet = book.create_sheet(form.sheets.guide)
    sheet.sheet_view.showGridLines = False
    widths(sheet, [5, 16, WIDTH])
    put(sheet, 1, 1, f"{form.title}填报工作簿", TITLE, columns=3, tall=42)
    issued = f"{form.issued_by}　{form.document}".strip()
    put(sheet, 2, 1, f"按{issued}规定的格式，适用于 {_years(form)}的数据", SUBTITLE, columns=3, tall=20)
    row = _step_rows(sheet, 4, _steps(form, typed_totals))
    row = _head(sheet, row + 2, "颜色")
    for colour, text in _colours(typed_totals):
        row += 1
        put(sheet, row, 2, None, Look(border="lines", fill=colour))
        put(sheet, row, 3, text, TEXT, tall=20)
    row = _remarks(sheet, row + 2, "请注意", TEXT, _notes(form))
    row = _remarks(sheet, row + 2, "尚未查到官方规定的问题（由各单位自行掌握）", SMALL, form.unverified)
    finish(sheet, area=f"A1:C{row}", landscape=False, one_page=True)


def _years(form: Form) -> str:
    return f"{form.first_year} 至 {form.final_year} 年" if form.final_year else f"{form.first_year} 年及以后"


def _head(sheet: Worksheet, row: int, text: str) -> int:
    put(sheet, row, 1, text, HEAD, columns=3, tall=24)
    return row


def _step_rows(sheet: Worksheet, top: int, steps: Iterable[tuple[str, str]]) -> int:
    """Write the steps, each with a link to its sheet; returns the last row."""
    row = _head(sheet, top, "填报步骤")
    for number, (target, text) in enumerate(steps, 1):
        row += 1
        put(sheet, row, 1, number, STEP)
        lead(put(sheet, row, 2, target, GO), target)
        put(sheet, row, 3, text, TEXT, tall=height(text, WIDTH, line=16))
    return row


def _remarks(sheet: Worksheet, top: int, head: str, look: Look, texts: Iterable[str]) -> int:
    """Write a list of remarks; returns the last row."""
    row = _head(sheet, top, head)
    for text in texts:
        row += 1
        put(sheet, row, 1, "·", STEP)
        tall = height(text, WIDTH + 16, line=16 if look is TEXT else 13)
        put(sheet, row, 2, text, look, columns=2, tall=tall)
    return row


def _steps(form: Form, typed_totals: bool) -> Iterator[tuple[str, str]]:
    sheets = form.sheets
    required = "、".join(field.label for field in form.fields if field.required)
    yield sheets.fields, f"先填{required}等基本信息，标题由此生成。"
    totals = "总计也要填，用来核对各项有没有填错。" if typed_totals else "灰色的总计由公式算出，不用填。"
    for table in form.tables:
        heading = form.section_of(table).heading
        extra = totals if any(c.total for c in form.cells.values() if c.table == table.id) else ""
        extra += f"表外的“{table.register.label}”选填，用来再核对一遍。" if table.register else ""
        yield table.id, f"{heading}。没有数据的格填 0，不要留空。{extra}"
    yield sheets.texts, f"写各部分的正文。文字里的数可以用占位符从表里自动取，名称见“{sheets.names}”表。"
    yield sheets.last_year, "照上年公布的报告填写，用来和今年的数衔接；没有可以不填。"
    yield sheets.checks, "看勾稽关系是否全部通过。有“不符”的，点表名跳过去改；需要说明的写在右边三栏。"


def _colours(typed_totals: bool) -> Iterator[tuple[str, str]]:
    yield BLANK, "浅黄：还没有填的格"
    yield "FFFFFF", "白色：已经填好的格"
    if not typed_totals:
        yield "F2F2F2", "灰色：公式算出的总计，已锁定"
    yield BROKEN, "红色：所在的行或列勾稽关系不符，先核对这些格"
    yield INVALID, "橙色：填了文字、负数或不该有的小数"
    yield DONE, "绿色：本项校验通过"


def _notes(form: Form) -> Iterator[str]:
    yield "各表已加保护（没有密码），只有要填的格可以改；表格的行、列和文字是规定格式，请不要增删改动。"
    yield "从别的文件粘贴时，请用“选择性粘贴→数值”，以免带来文字格式和公式。"
    for field in form.fields:
        if field.kind == "date" and field.id == "published":
            yield field.hint.partition("。")[0] + "。"
    yield "填完保存即可。生成报告和完整的检查（包括文字与表格是否一致、与上年是否衔接）由 reportgen 完成。"
