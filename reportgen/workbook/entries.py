"""The sheets 填报说明 (what the clerk has to do, on one page), 基本信息 and 上年数据 (one labelled entry per row)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..form import Field, Form
from ..model.numbers import Number
from ..model.report import Value
from .cellstyle import HEI, INTRO, SONG, Colour, Look, begin, finish, height, lead, put, restrict, widths
from .figures import typed
from .tables import limit

FIELD_TOP = 4
"""Row of the first entry of 基本信息; entries stand in column B."""
LAST_YEAR_TOP = 4
"""Row of the first figure of 上年数据; figures stand in column B, in the form's order."""

LABEL = Look(border="lines", indent=1, fill="F7F9FC")
HINT = Look(size=9, border="lines", colour="595959", indent=1)
WORDS = Look(font=SONG, size=11, border="lines", indent=1, open=True, fill="FFFDF3", number_format="@")
NUMBER = Look(size=11, border="lines", indent=1, open=True, fill="FFFDF3")
DAY = Look(size=11, border="lines", indent=1, open=True, fill="FFFDF3", number_format='yyyy"年"m"月"d"日"')
LONG = Look(size=11, border="lines", indent=1, open=True, fill="FFFDF3", vertical="top")
LABEL_TOP = Look(border="lines", indent=1, fill="F7F9FC", vertical="top")

KNOWN = Look(size=11, border="lines", indent=1, fill="F2F2F2")
KNOWN_LONG = Look(size=11, border="lines", indent=1, fill="F2F2F2", vertical="top")

MAX_YEAR = 2099

GUIDE_TITLE = Look(font=HEI, size=18, horizontal="center")
GUIDE_SUBTITLE = Look(size=10, colour="595959", horizontal="center")
GUIDE_HEAD = Look(font=HEI, size=12, colour="1F3864")
STEP = Look(size=11, horizontal="center", bold=True, vertical="top")
GO = Look(size=11, colour=Colour.LINK, vertical="top")
GUIDE_TEXT = Look(size=11, vertical="top")
GUIDE_SMALL = Look(size=9, colour="595959", vertical="top")
GUIDE_WIDTH = 78.0


def fields_sheet(book: Workbook, form: Form, values: Mapping[str, str | Number]) -> None:
    """Add 基本信息: label, entry, hint; ``values`` by field id."""
    intro = "填中间一栏。这里的内容用于标题、正文和校验。"
    sheet = begin(book, form.sheets.fields, [30, 44, 70], intro, ("项目", "填写内容", "提示"), tall=(0, 22))
    for row, field in enumerate(form.fields, FIELD_TOP):
        put(sheet, row, 1, field.label, LABEL)
        look = {"text": WORDS, "choice": WORDS, "date": DAY}.get(field.kind, NUMBER)
        put(sheet, row, 2, values.get(field.id), look)
        hint = ("【必填】" if field.required else "") + field.hint
        put(sheet, row, 3, hint, HINT, tall=height(hint, 70, line=13, least=26))
        _limit(sheet, form, field, f"B{row}")
    finish(sheet, f"B{FIELD_TOP}", area=f"A1:C{FIELD_TOP + len(form.fields) - 1}")


def _limit(sheet: Worksheet, form: Form, field: Field, address: str) -> None:
    if field.kind == "choice":
        restrict(
            sheet, [address], type="list", formula1=f'"{",".join(field.choices)}"',
            showErrorMessage=True, errorTitle="不能这样填", error="请从下拉列表中选择。",
        )  # fmt: skip
    elif field.kind == "year":
        restrict(
            sheet, [address], type="whole", operator="between", formula1=str(form.first_year), formula2=str(MAX_YEAR),
            showErrorMessage=True, errorTitle="不能这样填",
            error=f"请填四位数字的年份，{form.first_year} 年及以后。",
        )  # fmt: skip
    elif field.kind in ("count", "amount"):
        limit(sheet, [address], field.kind, "件" if field.kind == "count" else "元", 2, field.short)


def last_year_sheet(
    book: Workbook, form: Form, values: Mapping[str, Value], texts: Mapping[str, str], *, lock: bool = False
) -> None:
    """Add last year's figures and texts, labelled as :meth:`Form.last_year_label` says; ``lock`` those there are."""
    intro = "照上年公布的报告填写。与今年的数衔接不上、确有原因的，在“校验”表写明说明。没有上年报告的可以不填。"
    if lock and values:
        intro = "已按上年的报告填好、锁定。与公布的报告不一致的，请告诉下发这份表的单位；衔接不上、确有原因的，在“校验”表写明说明。"
    sheet = begin(book, form.sheets.last_year, [58, 16, 56], intro, form.sheets.last_year_heads, tall=(20, 22))
    row = LAST_YEAR_TOP - 1
    for row, cell_id in enumerate(form.last_year_cells, LAST_YEAR_TOP):
        cell = form.cells[cell_id]
        put(sheet, row, 1, form.last_year_label(cell_id), LABEL)
        figure = typed(values.get(cell_id))
        put(sheet, row, 2, figure, KNOWN if lock and figure is not None else NUMBER)
        put(sheet, row, 3, None, LONG, tall=height(form.last_year_label(cell_id), 56, least=21))
        limit(sheet, [f"B{row}"], cell.kind, cell.unit, cell.decimals, "上年数")
    row += 1
    put(sheet, row, 1, "上年正文（用来检查是否雷同；可整段粘贴）", INTRO, columns=3, tall=24)
    for section_id in form.last_year_sections:
        row += 1
        text = texts.get(section_id, "")
        put(sheet, row, 1, form.last_year_text_label(section_id), LABEL_TOP)
        look = KNOWN_LONG if lock and text else LONG
        put(sheet, row, 2, text, look, columns=2, tall=height(text, 72, least=90))
    finish(sheet, "A4", area=f"A1:C{row}")


# --------------------------------------------------------------------------- 填报说明


def guide_sheet(book: Workbook, form: Form, typed_totals: bool) -> None:
    """Add the guide; it stands first."""
    sheet = book.create_sheet(form.sheets.guide)
    sheet.sheet_view.showGridLines = False
    widths(sheet, [5, 16, GUIDE_WIDTH])
    put(sheet, 1, 1, f"{form.title}填报工作簿", GUIDE_TITLE, columns=3, tall=42)
    issued = f"{form.issued_by}　{form.document}".strip()
    put(sheet, 2, 1, f"按{issued}规定的格式，适用于 {_years(form)}的数据", GUIDE_SUBTITLE, columns=3, tall=20)
    row = _step_rows(sheet, 4, _steps(form, typed_totals))
    row = _head(sheet, row + 2, "颜色")
    for colour, text in _colours(typed_totals):
        row += 1
        put(sheet, row, 2, None, Look(border="lines", fill=colour))
        put(sheet, row, 3, text, GUIDE_TEXT, tall=20)
    row = _remarks(sheet, row + 2, "请注意", GUIDE_TEXT, _notes(form))
    row = _remarks(sheet, row + 2, "尚未查到官方规定的问题（由各单位自行掌握）", GUIDE_SMALL, form.unverified)
    finish(sheet, area=f"A1:C{row}", landscape=False, one_page=True)


def _years(form: Form) -> str:
    return f"{form.first_year} 至 {form.final_year} 年" if form.final_year else f"{form.first_year} 年及以后"


def _head(sheet: Worksheet, row: int, text: str) -> int:
    put(sheet, row, 1, text, GUIDE_HEAD, columns=3, tall=24)
    return row


def _step_rows(sheet: Worksheet, top: int, steps: Iterable[tuple[str, str]]) -> int:
    """Write the steps, each with a link to its sheet; returns the last row."""
    row = _head(sheet, top, "填报步骤")
    for number, (target, text) in enumerate(steps, 1):
        row += 1
        put(sheet, row, 1, number, STEP)
        lead(put(sheet, row, 2, target, GO), target)
        put(sheet, row, 3, text, GUIDE_TEXT, tall=height(text, GUIDE_WIDTH, line=16))
    return row


def _remarks(sheet: Worksheet, top: int, head: str, look: Look, texts: Iterable[str]) -> int:
    """Write a list of remarks; returns the last row."""
    row = _head(sheet, top, head)
    for text in texts:
        row += 1
        put(sheet, row, 1, "·", STEP)
        tall = height(text, GUIDE_WIDTH + 16, line=16 if look is GUIDE_TEXT else 13)
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
    yield Colour.BLANK, "浅黄：还没有填的格"
    yield "FFFFFF", "白色：已经填好的格"
    if not typed_totals:
        yield "F2F2F2", "灰色：公式算出的总计，已锁定"
    yield Colour.BROKEN, "红色：所在的行或列勾稽关系不符，先核对这些格"
    yield Colour.INVALID, "橙色：填了文字、负数或不该有的小数"
    yield Colour.DONE, "绿色：本项校验通过"


def _notes(form: Form) -> Iterator[str]:
    yield "各表已加保护（没有密码），只有要填的格可以改；表格的行、列和文字是规定格式，请不要增删改动。"
    yield "从别的文件粘贴时，请用“选择性粘贴→数值”，以免带来文字格式和公式。"
    for field in form.fields:
        if field.kind == "date" and field.id == "published":
            yield field.hint.partition("。")[0] + "。"
    yield "填完保存即可。生成报告和完整的检查（包括文字与表格是否一致、与上年是否衔接）由 reportgen 完成。"
