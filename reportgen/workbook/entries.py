"""The sheets 基本信息 and 上年数据: one labelled entry per row."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ..form import Field, Form
from ..model.numbers import Number
from ..model.placeholders import filled
from ..model.report import Report, Value
from .cellstyle import HEI, SONG, Look, height, protect, put, set_page, widths  # fmt: skip
from .figures import typed
from .tables import limit

FIELD_TOP = 4
"""Row of the first entry of 基本信息; entries stand in column B."""
LAST_YEAR_TOP = 4
"""Row of the first figure of 上年数据; figures stand in column B, in the form's order."""

TITLE = Look(font=HEI, size=16)
INTRO = Look(size=9, colour="595959", indent=1)
HEAD = Look(bold=True, border="lines", horizontal="center", fill="E7EEF7")
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
    sheet = book.create_sheet(form.sheets.fields)
    widths(sheet, [30, 44, 70])
    put(sheet, 1, 1, form.sheets.fields, TITLE, columns=3)
    sheet.row_dimensions[1].height = 30
    put(sheet, 2, 1, "填中间一栏。这里的内容用于标题、正文和校验。", INTRO, columns=3)
    for column, head in enumerate(("项目", "填写内容", "提示"), 1):
        put(sheet, 3, column, head, HEAD)
    sheet.row_dimensions[3].height = 22
    for row, field in enumerate(form.fields, FIELD_TOP):
        put(sheet, row, 1, field.label, LABEL)
        look = {"text": WORDS, "choice": WORDS, "date": DAY}.get(field.kind, NUMBER)
        put(sheet, row, 2, values.get(field.id), look)
        hint = ("【必填】" if field.required else "") + field.hint
        put(sheet, row, 3, hint, HINT)
        sheet.row_dimensions[row].height = height(hint, 70, line=13, least=26)
        _limit(sheet, form, field, f"B{row}")
    sheet.freeze_panes = f"B{FIELD_TOP}"
    protect(sheet)
    set_page(sheet, landscape=True, area=f"A1:C{FIELD_TOP + len(form.fields) - 1}")


def _limit(sheet: Worksheet, form: Form, field: Field, address: str) -> None:
    if field.kind == "choice":
        rule = DataValidation(
            type="list", formula1=f'"{",".join(field.choices)}"', allow_blank=True,
            showErrorMessage=True, errorTitle="不能这样填", error="请从下拉列表中选择。",
        )  # fmt: skip
    elif field.kind == "year":
        rule = DataValidation(
            type="whole", operator="between", formula1=str(form.first_year), formula2=str(MAX_YEAR),
            allow_blank=True, showErrorMessage=True, errorTitle="不能这样填",
            error=f"请填四位数字的年份，{form.first_year} 年及以后。",
        )  # fmt: skip
    elif field.kind in ("count", "amount"):
        rule = limit(field.kind, "件" if field.kind == "count" else "元", 2, field.short)
    else:
        return
    rule.add(address)
    sheet.add_data_validation(rule)


def last_year_sheet(
    book: Workbook, form: Form, values: Mapping[str, Value], texts: Mapping[str, str], *, lock: bool = False
) -> None:
    """Add last year's figures and texts, labelled as :meth:`Form.last_year_label` says; ``lock`` those there are."""
    sheet = book.create_sheet(form.sheets.last_year)
    widths(sheet, [58, 16, 56])
    put(sheet, 1, 1, form.sheets.last_year, TITLE, columns=3)
    sheet.row_dimensions[1].height = 30
    intro = "照上年公布的报告填写。与今年的数衔接不上、确有原因的，在“校验”表写明说明。没有上年报告的可以不填。"
    if lock and values:
        intro = "已按上年的报告填好、锁定。与公布的报告不一致的，请告诉下发这份表的单位；衔接不上、确有原因的，在“校验”表写明说明。"
    put(sheet, 2, 1, intro, INTRO, columns=3)
    sheet.row_dimensions[2].height = 20
    for column, head in enumerate(form.sheets.last_year_heads, 1):
        put(sheet, 3, column, head, HEAD)
    sheet.row_dimensions[3].height = 22
    row = LAST_YEAR_TOP - 1
    for row, cell_id in enumerate(form.last_year_cells, LAST_YEAR_TOP):
        cell = form.cells[cell_id]
        put(sheet, row, 1, form.last_year_label(cell_id), LABEL)
        figure = typed(values.get(cell_id))
        put(sheet, row, 2, figure, KNOWN if lock and figure is not None else NUMBER)
        put(sheet, row, 3, None, LONG)
        sheet.row_dimensions[row].height = height(form.last_year_label(cell_id), 56, least=21)
        rule = limit(cell.kind, cell.unit, cell.decimals, "上年数")
        rule.add(f"B{row}")
        sheet.add_data_validation(rule)
    row += 1
    put(sheet, row, 1, "上年正文（用来检查是否雷同；可整段粘贴）", INTRO, columns=3)
    sheet.row_dimensions[row].height = 24
    for section_id in form.last_year_sections:
        row += 1
        text = texts.get(section_id, "")
        put(sheet, row, 1, form.last_year_text_label(section_id), LABEL_TOP)
        put(sheet, row, 2, text, KNOWN_LONG if lock and text else LONG, columns=2)
        sheet.row_dimensions[row].height = height(text, 72, least=90)
    sheet.freeze_panes = "A4"
    protect(sheet)
    set_page(sheet, landscape=True, area=f"A1:C{row}")


def last_year_texts(report: Report) -> dict[str, str]:
    """Return the texts of a whole report by section, as 上年数据 takes them."""
    texts: dict[str, list[str]] = {}
    for passage in filled(report):
        texts.setdefault(passage.section, []).extend(passage.paragraphs)
    return {section: "\n".join(paragraphs) for section, paragraphs in texts.items()}
