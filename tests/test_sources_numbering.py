"""Automatic numbers of Word and of web pages: as they print."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from reportgen.sources import Grid, Paragraph
from reportgen.sources.docx import blocks, read
from reportgen.sources.html import read as read_page
from reportgen.sources.limits import Budget
from reportgen.sources.numbering import printed_number

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LEVELS = (
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:pStyle w:val="Part"/>'
    '<w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>'
    '<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3.%4"/></w:lvl>'
    '<w:lvl w:ilvl="4"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="●"/></w:lvl>'
    '<w:lvl w:ilvl="5"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:suff w:val="nothing"/>'
    '<w:lvlText w:val="%1.%6 "/></w:lvl>'
    '<w:lvl w:ilvl="6"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlRestart w:val="1"/>'
    '<w:lvlText w:val="第%7条"/></w:lvl>'
)
NUMBERING = (
    f'<w:numbering {NAMESPACE}><w:abstractNum w:abstractNumId="7">{LEVELS}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="7"/>'
    '<w:lvlOverride w:ilvl="2"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>'
)
STYLES = (
    f'<w:styles {NAMESPACE}><w:style w:type="paragraph" w:styleId="Part"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
    '</w:pPr></w:style><w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="Part"/></w:style></w:styles>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    + "".join(
        f'<Relationship Id="{kind}" Target="{kind}.xml" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
        for kind in ("styles", "numbering")
    )
    + "</Relationships>"
)
PARTS = {
    "word/_rels/document.xml.rels": RELATIONS, "word/styles.xml": STYLES, "word/numbering.xml": NUMBERING,
}  # fmt: skip


def p(text: str, *, style: str = "", number: str = "", level: str = "", mark: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    at = f'<w:ilvl w:val="{level}"/>' if level else ""
    in_list = f'<w:numPr>{at}<w:numId w:val="{number}"/></w:numPr>' if number else ""
    return f"<w:p><w:pPr>{named}{in_list}{mark}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def texts(*paragraphs: str) -> list[str]:
    xml = f"<w:document {NAMESPACE}><w:body>{''.join(paragraphs)}</w:body></w:document>"
    parts = {name: text.encode() for name, text in PARTS.items()}
    found = blocks(xml.encode(), Budget("“甲.docx”"), parts, "word/document.xml")
    return [block.text for block in found if isinstance(block, Paragraph)]


def test_levels_count_and_begin_anew() -> None:
    assert texts(
        p("总体情况", number="1", level="0"), p("甲", number="1", level="1"), p("乙", number="1", level="1"),
        p("丙", number="1", level="2"), p("丁", number="1", level="3"), p("无序", number="1", level="4"),
        p("没有序号"), p("第二部分", number="1", level="0"), p("戊", number="1", level="1"),
    ) == [
        "一、总体情况", "（一）甲", "（二）乙", "1.丙", "1.1 丁", "无序", "没有序号", "二、第二部分", "（一）戊",
    ]  # fmt: skip


def test_a_level_may_count_on_and_print_digits_only() -> None:
    levels = ("0", "5", "6", "1", "6", "0", "5", "6")
    assert texts(*(p("甲", number="1", level=level) for level in levels)) == [
        "一、甲", "1.1 甲", "第1条 甲", "（一）甲", "第2条 甲", "二、甲", "2.1 甲", "第1条 甲",
    ]  # fmt: skip


def test_styles_give_numbers_and_zero_takes_them() -> None:
    assert texts(p("甲", style="Part"), p("乙", style="Own"), p("丙", style="Own", number="0"), p("丁", style="Part")) == [
        "一、甲", "二、乙", "丙", "三、丁",
    ]  # fmt: skip


def test_a_list_goes_on_in_another_unless_that_begins_anew() -> None:
    assert texts(
        p("甲", number="1", level="2"), p("乙", number="1", level="2"), p("丙", number="2", level="2"),
        p("丁", number="2", level="2"),
    ) == ["1.甲", "2.乙", "1.丙", "2.丁"]  # fmt: skip


def test_a_deleted_mark_joins_paragraphs_and_their_number_is_one() -> None:
    deleted = '<w:rPr><w:del w:id="1"/></w:rPr>'
    assert texts(p("总体", number="1", level="0", mark=deleted), p("情况", number="1", level="0"), p("乙", style="Part")) == [
        "一、总体情况", "二、乙",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("style", "printed"),
    [
        ("chineseCounting", ["一", "十", "十一", "二十", "三十五"]),
        ("chineseLegalSimplified", ["壹", "壹拾", "壹拾壹", "贰拾", "叁拾伍"]),
        ("decimalEnclosedCircle", ["①", "⑩", "⑪", "⑳", "35"]),
        ("upperRoman", ["I", "X", "XI", "XX", "XXXV"]),
        ("lowerLetter", ["a", "j", "k", "t", "ii"]),
        ("decimalZero", ["01", "10", "11", "20", "35"]),
        ("something new", ["1", "10", "11", "20", "35"]),
    ],
)
def test_numbers_in_many_styles(style: str, printed: list[str]) -> None:
    assert [printed_number(number, style) for number in (1, 10, 11, 20, 35)] == printed


def test_numbers_of_labels_count() -> None:
    row = f"<w:tr><w:tc>{p('属于国家秘密', number='1', level='2')}</w:tc><w:tc>{p('5')}</w:tc></w:tr>"
    xml = f"<w:document {NAMESPACE}><w:body><w:tbl>{row}{row}</w:tbl></w:body></w:document>"
    parts = {name: text.encode() for name, text in PARTS.items()}
    [grid] = blocks(xml.encode(), Budget("“甲.docx”"), parts, "word/document.xml")
    assert isinstance(grid, Grid)
    assert [cell.value for cell in grid.cells] == ["1.属于国家秘密", "5", "2.属于国家秘密", "5"]


def test_numbers_by_python_docx_are_read() -> None:
    document = docx.Document()
    document.add_paragraph("甲", style="List Number")
    document.add_paragraph("乙", style="List Number")
    document.add_paragraph("丙", style="List Bullet")
    last = document.add_paragraph("丁", style="List Number")
    last._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="0"/></w:numPr>'))
    buffer = io.BytesIO()
    document.save(buffer)
    assert [one.text for one in read(Path("甲.docx"), buffer.getvalue()).paragraphs] == ["1.甲", "2.乙", "丙", "丁"]


def _page(text: str) -> list[str]:
    return [one.text for one in read_page(Path("甲.html"), text.encode()).paragraphs]


@pytest.mark.parametrize(
    ("page", "printed"),
    [
        ("<ol><li>甲<li><p>乙</p><ol type=a><li>丙</ol><li value=7>丁</ol>", ["1. 甲", "2. 乙", "a. 丙", "7. 丁"]),
        ("<ol start=3 type=I><li>甲</ol><ol reversed><li>乙<li>丙</ol>", ["III. 甲", "2. 乙", "1. 丙"]),
        ("<ol style='list-style: cjk-ideographic' start=11><li> <b>甲</b></ol>", ["十一、甲"]),
        ("<style>.x{list-style:none}</style><ol class=x><li>甲</ol><ul><li>乙</ul>", ["甲", "乙"]),
    ],
)  # fmt: skip
def test_browsers_number_the_items_of_ordered_lists(page: str, printed: list[str]) -> None:
    assert _page(page) == printed


def test_what_a_table_is_called_stands_above_it() -> None:
    assert _page("<table><caption>一、甲</caption><tr><td>乙<td>1<tr><td>丙<td>2</table>") == ["一、甲"]
