"""The sheets 基本信息 and 上年数据: one labelled entry per row."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..form import Field, Form
from ..model.numbers import Number
from ..model.report import Value
from .cellstyle import INTRO, SONG, Look, begin, finish, height, put, restrict
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
