"""The sheet 审核结果: summary, one row per finding, and, in hidden columns, what to restore."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from ..model.findings import RESULT_SIGN, CellRef
from ..model.numbers import show
from ..opc.parts import MAIN, Element, Parts, main, parse, text_of
from ..show.review import Review, ReviewedFinding
from ..sources.base import column_letters
from .cells import split_address
from .notes import safe_text
from .stylesheet import NO_BORDER, NO_FILL, StyleSheet, frame, solid

NAME = "审核结果"
COLOURS = {"error": "FFC9CB", "warning": "FFEFA3", "ask": "BEDAFB", "info": "EDEDED"}
SUSPECT = "FF8F94"
"""Cells a likely correction changes."""

_HEADS = ("级别", "编号", "位置", "项目", "问题", "应为", "相差", "建议", "可能的更正")
_WIDTHS = (10, 9, 16, 28, 48, 10, 9, 36, 44)
_HEAD_ROW = 6
_HIDDEN = 12
"""First hidden column."""
_SEAL = _HIDDEN + 2
_FORMULA = re.compile(r"=?(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Za-z]{1,3}\$?[1-9][0-9]*)")


class Record(msgspec.Struct, frozen=True):
    """What a marked cell was before."""

    sheet: str
    row: int
    column: int
    style: int | None
    """Number of its style, None if it had none of its own."""
    made: str
    """What was made for the mark: ``""``, ``cell`` or ``row``."""
    look: str
    """Its fill and border as XML."""
    note: str
    """Our note on it."""

    @property
    def formula(self) -> str:
        """A reference: it moves along when the clerk inserts rows or renames the sheet."""
        name = self.sheet.replace("'", "''")
        return f"'{name}'!${column_letters(self.column)}${self.row}"


# --------------------------------------------------------------------------- reading


def _text_of(cell: Element, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return text_of(cell, main("t"))
    value = cell.findtext(main("v")) or ""
    if cell.get("t") == "s":
        return shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
    return value


def _hidden_cells(parts: Parts, root: Element) -> Iterator[tuple[int, int, str, str]]:
    """Yield row, column, text and formula of the cells in hidden columns."""
    name = parts.related(parts.workbook_name, "sharedStrings")
    items = parts.tree(name).iterfind(main("si")) if name else ()
    shared = [text_of(item, main("t")) for item in items]
    for cell in root.iter(main("c")):
        row, column = split_address(cell.get("r", "A1"))
        if column >= _HIDDEN:
            yield row, column, _text_of(cell, shared), cell.findtext(main("f")) or ""


def is_result_sheet(parts: Parts, root: Element) -> bool:
    """Tell whether a sheet is one of ours, whatever it is called now."""
    return any(text == RESULT_SIGN for row, _, text, _ in _hidden_cells(parts, root) if row == 1)


def read_records(parts: Parts, root: Element) -> tuple[list[Record], dict[str, Any]]:
    """Return what was marked, and the state of the workbook before."""
    lines: dict[int, dict[int, str]] = {}
    state: dict[str, Any] = {}
    for row, column, text, formula in _hidden_cells(parts, root):
        if row == 1 and text.startswith("{"):
            state = json.loads(text)
        elif row > 1:
            lines.setdefault(row, {})[column - _HIDDEN] = formula or text
    records = (_record(line) for line in lines.values())
    return [one for one in records if one is not None], state


def _record(line: Mapping[int, str]) -> Record | None:
    """Return what a row of hidden cells says; None if the marked cell has been deleted."""
    match = _FORMULA.fullmatch(line.get(0, ""))
    if match is None:
        return None
    sheet, style = (match[1] or match[2]).replace("''", "'"), line.get(1, "")
    return Record(
        sheet, *split_address(match[3]), int(style) if style.isdecimal() else None,
        line.get(2, ""), line.get(3, ""), line.get(4, "").replace("_x005F_", "_"),
    )  # fmt: skip


# --------------------------------------------------------------------------- writing


_BOX = frame("thin", "BFBFBF")
_MIDDLE = '<alignment vertical="center"/>'
_WRAP = '<alignment vertical="center" wrapText="1"/>'
_CENTRE = '<alignment horizontal="center" vertical="center" wrapText="1"/>'


def _font(size: int, *, bold: bool = False, colour: str = "000000", line: bool = False) -> str:
    return (
        f'<font>{"<b/>" if bold else ""}{"<u/>" if line else ""}<sz val="{size}"/>'
        f'<color rgb="FF{colour}"/><name val="宋体"/><family val="3"/><charset val="134"/></font>'
    )


class _Looks:
    """Styles of the sheet, added to the workbook's."""

    def __init__(self, styles: StyleSheet) -> None:
        add = styles.add_style
        self.title = add(_font(16, bold=True), NO_FILL, NO_BORDER, _MIDDLE)
        self.plain = add(_font(10), NO_FILL, NO_BORDER, _MIDDLE)
        self.bold = add(_font(12, bold=True), NO_FILL, NO_BORDER, _MIDDLE)
        self.head = add(_font(10, bold=True), solid("E7EEF7"), _BOX, _CENTRE)
        self.text = add(_font(10), NO_FILL, _BOX, _WRAP)
        self.centre = add(_font(10), NO_FILL, _BOX, _CENTRE)
        self.link = add(_font(10, colour="1F4E9E", line=True), NO_FILL, _BOX, _WRAP)
        self.level = {
            key: add(_font(10, bold=True), solid(rgb), _BOX, _CENTRE)
            for key, rgb in (*COLOURS.items(), ("suspect", SUSPECT))
        }


def result_sheet(review: Review, records: Sequence[Record], state: dict[str, Any], styles: StyleSheet) -> Element:
    """Return the sheet as XML.

    Args:
        records: the marked cells, to be restored by a later run.
        state: the rest that is to be restored, as JSON can hold it.
        styles: the workbook's styles; the sheet's own are added.
    """
    return _Sheet(review, styles).build(records, state)


def seal(root: Element, checksum: str) -> None:
    """Write a checksum of the rest of the workbook into the sheet; :func:`sealed` reads it."""
    root.find(f"{main('sheetData')}/{main('row')}").append(_cell(1, _SEAL, checksum))


def sealed(parts: Parts, root: Element) -> str:
    """Return the checksum that :func:`seal` wrote, ``""`` if there is none."""
    return next((text for row, at, text, _ in _hidden_cells(parts, root) if (row, at) == (1, _SEAL)), "")


def _cell(row: int, column: int, text: str = "", style: int = 0, formula: str = "") -> Element:
    cell = etree.Element(main("c"), r=f"{column_letters(column)}{row}")
    if style:
        cell.set("s", str(style))
    if formula:
        etree.SubElement(cell, main("f")).text = formula
    elif text:
        cell.set("t", "inlineStr")
        piece = etree.SubElement(etree.SubElement(cell, main("is")), main("t"))
        piece.text = safe_text(text)
        piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return cell


class _Sheet:
    def __init__(self, review: Review, styles: StyleSheet) -> None:
        self.review, self.looks = review, _Looks(styles)
        self.rows: dict[int, list[tuple[int, Element]]] = {}
        self.heights: dict[int, float] = {}
        self.links: list[tuple[str, str]] = []

    def build(self, records: Sequence[Record], state: dict[str, Any]) -> Element:
        self._top()
        for column, head in enumerate(_HEADS, 1):
            self._put(_HEAD_ROW, column, head, self.looks.head)
        self.heights[_HEAD_ROW] = 22
        for row, item in enumerate(self.review.items, _HEAD_ROW + 1):
            self._item(row, item)
        if not self.review.items:
            self._put(_HEAD_ROW + 1, 1, "没有发现问题。", self.looks.plain)
        self._put(1, _HIDDEN, RESULT_SIGN)
        self._put(1, _HIDDEN + 1, json.dumps(state, ensure_ascii=False, sort_keys=True))
        for row, record in enumerate(records, 2):
            self._put(row, _HIDDEN, formula=record.formula)
            style = "" if record.style is None else str(record.style)
            for column, text in enumerate((style, record.made, record.look, record.note), 1):
                self._put(row, _HIDDEN + column, text)
        return self._xml()

    def _top(self) -> None:
        report, looks = self.review.report, self.looks
        self._put(1, 1, NAME, looks.title)
        self.heights[1] = 30
        # Not the title itself: a reader must not take this line for the report's.
        name = Path(report.path).name
        who = [f"机关：{report.org or '未填'}", f"数据年度：{report.year or '未填'}"]
        self._put(2, 1, "　　".join([*who, *([f"文件：{name}"] if name else [])]), looks.plain)
        self._put(3, 1, f"结果：{self.review.counts}", looks.bold)
        self.heights[3] = 22
        told = "点“位置”一栏跳到单元格；带红色小三角的单元格有批注，红色粗框是很可能填错的格。改好后保存，再核对一次，这些颜色和批注会自动清除。"
        self._put(4, 1, told, looks.plain)
        legend = (("suspect", "很可能错"), ("error", "错误"), ("warning", "警告"), ("ask", "待核实"))
        for column, (key, word) in zip((1, 2, 3, 4), legend, strict=True):
            self._put(5, column, word, looks.level[key])
        self.heights[5] = 18

    def _item(self, row: int, item: ReviewedFinding) -> None:
        finding, looks = item.finding, self.looks
        self._put(row, 1, item.level, looks.level[finding.severity])
        self._put(row, 2, finding.rule, looks.centre)
        self._put(row, 3, item.place, looks.link if self._link(row, item.target) else looks.text)
        apart = "" if finding.difference is None else show(finding.difference)
        corrections = "\n".join(item.corrections)
        # A field's own label with a message beside it would be read as that field filled in.
        is_field = any(item.label == field.label for field in self.review.report.form.fields)
        label = f"{item.label}一栏" if is_field else item.label
        texts = (label, finding.message, item.should_be, apart, finding.what_to_do, corrections)
        for column, text in enumerate(texts, 4):
            self._put(row, column, text, looks.centre if column in (6, 7) else looks.text)
        self.heights[row] = max(20.0, *(_height(t, _WIDTHS[c - 1]) for c, t in enumerate((item.place, *texts), 3)))

    def _link(self, row: int, target: CellRef | None) -> bool:
        """Link the place of a finding to its cell; return False if it is not a cell of this workbook."""
        origin = target.origin if target else None
        if origin is None or not origin.is_own_cell:
            return False
        sheet = origin.sheet.replace("'", "''")
        self.links.append((f"C{row}", f"'{sheet}'!{origin.address}"))
        return True

    def _put(self, row: int, column: int, text: str = "", style: int = 0, *, formula: str = "") -> None:
        self.rows.setdefault(row, []).append((column, _cell(row, column, text, style, formula)))

    def _xml(self) -> Element:
        root = parse(_WORKSHEET.encode())
        data = root.find(main("sheetData"))
        for number in sorted(self.rows):
            row = etree.SubElement(data, main("row"), r=str(number))
            if number in self.heights:
                row.set("ht", f"{self.heights[number]:g}")
                row.set("customHeight", "1")
            row.extend(cell for _, cell in sorted(self.rows[number], key=lambda found: found[0]))
        if self.links:
            links = etree.Element(main("hyperlinks"))
            for ref, location in self.links:
                etree.SubElement(links, main("hyperlink"), ref=ref, location=location, tooltip="到这个单元格")
            root.insert(root.index(root.find(main("pageMargins"))), links)
        return root


_COLUMNS = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(_WIDTHS, 1))
_WORKSHEET = (
    f'<worksheet xmlns="{MAIN}"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/>'
    f'</sheetPr><sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
    f'<pane ySplit="{_HEAD_ROW}" topLeftCell="A{_HEAD_ROW + 1}" activePane="bottomLeft" state="frozen"/>'
    f'<selection pane="bottomLeft" activeCell="A{_HEAD_ROW + 1}" sqref="A{_HEAD_ROW + 1}"/>'
    f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="16"/><cols>{_COLUMNS}'
    f'<col min="{_HIDDEN}" max="{_HIDDEN + 4}" width="9" hidden="1" customWidth="1"/></cols>'
    '<sheetData/><pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
)


def _height(text: str, width: float) -> float:
    """Return the points that a wrapped text of 10 pt needs in a column of ``width`` digits."""
    lines = 0
    for line in text.split("\n"):
        size = sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1.1 for c in line)
        lines += max(1, math.ceil(size / max(1.0, width - 2)))
    return min(400.0, lines * 13.5 + 6)
