"""The sheets of the texts: a row per heading and sub-heading, and the names a text may use.

A row has no height of its own, so that Excel, WPS and LibreOffice make it as high as its text; what
one row cannot hold goes on in the next, with the sub-heading left empty: rows can be inserted.

The names have a sheet of their own: it is the same in every workbook of a form, so a program that
reads many of them reads it once, and nobody's rows of text stand beside hundreds of names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from openpyxl.utils import quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..form import Form, Section
from ..form.rule import Length
from ..form.tables import paths
from ..model.placeholders import names, standard_text
from ..model.report import Passage, Report
from .cellstyle import MAX_HEIGHT, TITLE, Colour, Formula, Look, begin, finish, height, lead, put, tint
from .entries import FIELD_TOP
from .figures import Places

SPARE = 2
"""Empty rows after each part for sub-headings of the body's own."""

PART = Look(bold=True, border="lines", vertical="top", fill="F7F9FC", indent=1)
FIXED = Look(border="lines", vertical="top", fill="F7F9FC", colour="A6A6A6", indent=1)
SUB = Look(size=11, border="lines", vertical="top", open=True, fill="FFFDF3", indent=1)
BODY = Look(size=11, border="lines", vertical="top", open=True, fill="FFFDF3", indent=1)
HINT = Look(size=9, border="lines", vertical="top", colour="595959", indent=1)
GUIDE = Look(size=10, vertical="top", colour="404040", indent=1)
NAME = Look(size=10, border="lines", indent=1)
NOW = Look(size=10, border="lines", horizontal="center")
GO = Look(size=10, colour=Colour.LINK, indent=1)
COUNT = Look(size=10, border="lines", horizontal="center", vertical="top")
BODY_WIDTH, HINT_WIDTH, TOP = 82.0, 34.0, 4
HINT_LINE = 12.5
COUNTED = 5
"""Column of the numbers of characters."""
LINE_HOLDS = int(BODY_WIDTH - 1) // 2
"""Chinese characters in a line of a text, as :func:`~.cellstyle.height` breaks it."""
ROW_HOLDS = int(MAX_HEIGHT - 5) // 15
"""Lines in the highest row: Excel makes none higher than 409 points, and a line takes 15."""


class TextRow(msgspec.Struct, frozen=True):
    """A row of the sheet: a text under a heading or sub-heading."""

    section: Section
    heading: str
    text: str
    hint: str
    spare: bool = False


def text_rows(form: Form, report: Report, *, standard: bool) -> Iterator[TextRow]:
    """Yield the rows of the sheet in order.

    Args:
        report: its passages fill the rows; where a part has passages of its own, these replace
            the proposed sub-headings, in their order.
        standard: fill the rows of parts without passages with the form's standard sentences.
    """
    for section in form.text_sections:
        passages = [p for p in report.passages if p.section == section.id]
        if passages:
            yield from _reported(section, passages)
        else:
            yield TextRow(section, "", standard_text(section, report) if standard else "", section.hint)
            for sub in section.subheadings:
                yield TextRow(section, sub.heading, sub.standard if standard else "", sub.hint)
        if section.heading:
            for _ in range(SPARE):
                yield TextRow(section, "", "", "需要另加小标题时用，不用可以空着。", spare=True)


def _reported(section: Section, passages: list[Passage]) -> Iterator[TextRow]:
    hints = {sub.heading: sub.hint for sub in section.subheadings}
    if passages[0].heading:
        yield TextRow(section, "", "", section.hint)
    for passage in passages:
        hint = hints.get(passage.heading, "") if passage.heading else section.hint
        heading = passage.heading
        for text in _row_texts(passage.paragraphs):
            yield TextRow(section, heading, text, hint)
            heading, hint = "", "接上一行。"


def _row_texts(paragraphs: Sequence[str]) -> Iterator[str]:
    """Yield the texts of the rows that a passage needs: each as much as a row can show."""
    text = ""
    for paragraph in paragraphs:
        longer = f"{text}\n{paragraph}" if text else paragraph
        if text and height(longer, BODY_WIDTH) >= MAX_HEIGHT:
            yield text
            longer = paragraph
        text = longer
    yield text


def text_sheet(book: Workbook, form: Form, rows: list[TextRow]) -> None:
    """Add the sheet: entries at the left, a guide to placeholders at the right."""
    sizes, heads = [24, 26, BODY_WIDTH, HINT_WIDTH, 11, 2, 62], (*form.sheets.text_heads, "提示", "字数")
    sheet = begin(book, form.sheets.texts, sizes, INTRO_TEXT, heads, tall=(32, 22))
    shown = ""
    for row, one in enumerate(rows, TOP):
        section = one.section
        put(sheet, row, 1, section.heading or section.title, PART if section.id != shown else FIXED)
        shown = section.id
        # 引言 has no sub-headings.
        put(sheet, row, 2, one.heading, SUB if section.heading else FIXED)
        put(sheet, row, 3, one.text, BODY)
        least = 32.0 if one.spare else 66.0
        tall = max(height(one.text, BODY_WIDTH, least=least), height(one.hint, HINT_WIDTH, line=HINT_LINE))
        put(sheet, row, 4, _with_room(one.hint, least), HINT, tall=max(tall, height(one.heading, 24)))
    _counters(sheet, form, rows)
    last = TOP + len(rows) - 1
    _guide(sheet, form, last)
    finish(sheet, f"A{TOP}", area=f"A1:E{last}", heads=TOP - 1)
    sheet.protection.insertRows = False  # not forbidden


def _with_room(hint: str, least: float) -> str:
    """Return a hint with empty lines below it that keep a row inviting where a program sets its height."""
    missing = (least - height(hint, HINT_WIDTH, line=HINT_LINE, least=0)) // HINT_LINE
    return hint + "\n" * max(0, int(missing))


def _counters(sheet: Worksheet, form: Form, rows: Sequence[TextRow]) -> None:
    """Count the characters of each row, without blanks; of a part with a limit all together, red beyond it."""
    limits = {rule.section: rule.limit for rule in form.rules.values() if isinstance(rule, Length) and not rule.off}
    parts = [one.section.id for one in rows]
    for row, part in enumerate(parts, TOP):
        long, own = _is_too_long(row), _length(f"C{row}")
        counter = f'=IF(LEN(C{row})=0,"",IF({long},{own}&"{TOO_LONG}",{own}))'
        if part in limits and part not in parts[: row - TOP]:
            last = TOP + len(parts) - 1 - parts[::-1].index(part)
            # The cells of the texts, not of their numbers: an inserted row has no number.
            total = f"SUMPRODUCT({_length(f'$C${row}:$C${last}')})"
            whole = f'"共 "&{total}&CHAR(10)&"限 {limits[part]}"&IF({long},"{TOO_LONG}","")'
            counter = f'=IF(LEN(C{row})=0,"",{own}&CHAR(10))&{whole}'
            tint(sheet, f"E{row}:E{last}", f"{total}>{limits[part]}", Colour.BROKEN)
        put(sheet, row, COUNTED, Formula(counter), COUNT)


def _length(cells: str) -> str:
    """Return a formula part: how many characters texts have, blanks and line breaks left out."""
    for blank in ('" "', '"\u3000"', "CHAR(10)"):
        cells = f'SUBSTITUTE({cells},{blank},"")'
    return f"LEN({cells})"


def _is_too_long(row: int) -> str:
    """Return a formula part: whether the row can hardly show its text; a line break leaves half a line empty."""
    breaks = f'(LEN(C{row})-LEN(SUBSTITUTE(C{row},CHAR(10),"")))'
    return f"OR({breaks}>={ROW_HOLDS},LEN(C{row})+{LINE_HOLDS // 2}*{breaks}>{ROW_HOLDS * LINE_HOLDS})"


def _ordered(form: Form) -> list[str]:
    """Return the names of placeholders, those most used first."""
    return sorted(names(form), key=lambda name: "." in name)


def _guide(sheet: Worksheet, form: Form, last: int) -> None:
    """Write how placeholders are typed, beside the entries."""
    common = [name for name in _ordered(form) if "." not in name]
    where = form.sheets.names
    put(sheet, 1, 7, where, TITLE)
    lead(put(sheet, 2, 7, f"完整的名称表在“{where}”表 →", GO), where)
    guide = GUIDE_TEXT.format(example="{{ " + common[len(form.fields)] + " }}", names="、".join(common))
    put(sheet, TOP - 1, 7, guide, GUIDE, rows=last - TOP + 2)


NAMES_TOP = 3


def names_sheet(book: Workbook, form: Form, where: Places) -> None:
    """Add the table of all names that a text may use, with live values."""
    intro, heads = NAMES_TEXT.format(texts=form.sheets.texts), ("名称", "含义", "当前值")
    sheet = begin(book, form.sheets.names, [30, 70, 28], intro, heads, tall=(0, 22), intro_look=GO)
    lead(sheet["A2"], form.sheets.texts)
    meaning = _meanings(form)
    fields = {field.short: n for n, field in enumerate(form.fields)}
    row = NAMES_TOP
    for row, name in enumerate(_ordered(form), NAMES_TOP + 1):
        put(sheet, row, 1, "{{ " + name + " }}", NAME)
        put(sheet, row, 2, meaning[name], NAME)
        if name in fields:
            field = form.fields[fields[name]]
            at = f"{quote_sheetname(form.sheets.fields)}!B{FIELD_TOP + fields[name]}"
            empty = '""' if field.default is None else str(field.default)
            now = f'=IF({at}="",{empty},{at})'
            look = DATE if field.kind == "date" else NOW
        else:
            now, look = "=" + where.total(form.quantities[name], full=True), NOW
        put(sheet, row, 3, Formula(now), look, tall=height(meaning[name], 68))
    finish(sheet, f"A{NAMES_TOP + 1}", area=f"A1:C{row}", heads=NAMES_TOP, landscape=False)


DATE = Look(size=10, border="lines", horizontal="center", number_format='yyyy"年"m"月"d"日"')


def _meanings(form: Form) -> dict[str, str]:
    """Return where the figure of every name stands, in the form's words."""
    # Worded unlike the labels that the reader looks for on other sheets.
    found = {field.short: f"{form.sheets.fields}：{field.label}" for field in form.fields}
    for table in form.tables:
        for block in table.blocks:
            columns = block.column_leaves()
            for path in paths(block.rows):
                row = path[-1]
                label = "／".join(n.label for n in path)
                for column in columns:
                    text = f"{table.id}：{label}／{column.label}" + ("（各项之和）" if row.children else "")
                    found[f"{row.short}.{column.short}"] = text
                    if column.id == table.default_column or len(columns) == 1:
                        found[row.short] = text
    return found


INTRO_TEXT = (
    "正文写在“正文”一栏，每按一次 Alt+Enter 换行就是一个自然段。"
    "小标题可以修改，也可以不用；某个小标题下没有正文，报告里就不出现这个小标题。"
    "一格放不下的，接着写在下面一行，小标题空着；下面没有空行的，插入一行。"
)
TOO_LONG = (
    "。这一格文字太长，屏幕上和打印时可能显示不全。请在下面一行接着写（没有空行就插入一行），小标题空着。"
    "全文看结果页或生成的报告。"
)
NAMES_TEXT = "把名称连同双花括号抄进“{texts}”的正文，生成报告时换成当前的数。 ← 回到“{texts}”"
GUIDE_TEXT = (
    "怎样用占位符\n"
    "在正文里写 {example}，生成报告时自动换成表里的数，文字和表格就不会对不上。\n"
    "双花括号用英文半角，名称照抄。\n\n"
    "常用名称（写在双花括号里）\n{names}"
)
