"""A published report in layouts that nobody designed for: read whole, or one finding names the cause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

import documents
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support import COSTLY, published_report

import reportgen
from reportgen.checks import check
from reportgen.form import load_form
from reportgen.model.findings import Finding
from reportgen.model.report import Passage, Report
from reportgen.recogniser import recognise
from reportgen.repairs import find_repairs
from reportgen.show.json import report_json
from reportgen.sources import read_document

pytestmark = pytest.mark.slow

TEXTS = (
    Passage("preamble", "", ("本报告根据《中华人民共和国政府信息公开条例》编制。",)),
    Passage("overall", "（一）主动公开情况", ("全年主动公开信息。",)),
    Passage("overall", "（二）依申请公开情况", ("受理申请3119件。", "另有103件顺延到下年度答复。")),
    Passage("problems", "", ("公开的深度不够。", "今后加强培训。")),
    Passage("other", "", ("全年收取信息处理费3940元。",)),
)
REPORT = replace(published_report("huaian_city_2024"), passages=TEXTS)


class Cell(NamedTuple):
    text: str
    rows: int = 1
    columns: int = 1
    figure: bool = False


Table = list[list[Cell]]
Tables = dict[str, list[Table]]
"""By id; a table may be torn into several."""


def tables() -> Tables:
    found: Tables = {}
    for table in REPORT.form.tables:
        rows: Table = [[] for _ in range(table.height)]
        for at in sorted(table.layout, key=lambda at: (at.row, at.column)):
            rows[at.row - 1].append(
                Cell(documents.content(REPORT, at), at.row_span, at.column_span, bool(at.cell))
            )  # fmt: skip
        found[table.id] = [rows]
    return found


def each(change: Callable[[Cell], Cell]) -> Tables:
    """The tables with every cell changed."""
    return {
        id_: [[[change(cell) for cell in row] for row in part] for part in parts] for id_, parts in tables().items()
    }


def each_table(change: Callable[[Table], Table | list[Table]]) -> Tables:
    found = {id_: change(parts[0]) for id_, parts in tables().items()}
    return {id_: made if made and made[0] and isinstance(made[0][0], list) else [made] for id_, made in found.items()}  # type: ignore[misc]


def labels(change: Callable[[str], str]) -> Tables:
    return each(lambda cell: cell if cell.figure else cell._replace(text=change(cell.text)))


def spelled(table: Table) -> str:
    lines = []
    for row in table:
        cells = []
        for cell in row:
            spans = (f' rowspan="{cell.rows}"' if cell.rows > 1 else "") + (
                f' colspan="{cell.columns}"' if cell.columns > 1 else ""
            )
            cells.append(f"<td{spans}>{escape(cell.text)}</td>")
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "<table>" + "\n".join(lines) + "</table>"


def in_divs(table: Table) -> str:
    rows = "".join(
        '<div class="t-row">' + "".join(f'<div class="t-cell">{escape(cell.text)}</div>' for cell in row) + "</div>"
        for row in table
    )
    return f'<div class="t">{rows}</div>'


def page(
    content: Tables, *, spell: Callable[[Table], str] = spelled, heading: Callable[[str], str] = "<p>{}</p>".format,
    copies: int = 1,
) -> bytes:  # fmt: skip
    body = [f"<h1>{REPORT.full_title}</h1>"]
    for section, texts, table in documents.parts(REPORT):
        body += [heading(section.heading)] if section.heading else []
        body += [f"<p>{text}</p>" for text in texts]
        body += [spell(part) for part in content[table.id]] * copies if table else []
    return ("<html><body>" + "\n".join(body) + "</body></html>").encode()


# ---------------------------------------------------------------- what is done to it


def slip(text: str) -> str:
    """One wrong character in the middle."""
    return text[: len(text) // 2] + "囗" + text[len(text) // 2 + 1 :] if len(text) > 3 else text


def lost(text: str) -> str:
    return text[:-2] + text[-1] if len(text) > 4 and "（单位" not in text and "总计" not in text else text


def doubled(text: str) -> str:
    return text[:-1] + text[-1] * 2 if len(text) > 2 else text


STYLES = ("（{}）", "{}、", "{} ", "{}．")


def renumbered(text: str) -> str:
    match = re.match(r"(\d)\.", text)
    if not match:
        return text
    number = int(match[1])
    return (chr(0x245F + number) if number % 5 == 0 else STYLES[number % 4].format(number)) + text[2:]


def unnumbered(text: str) -> str:
    return re.sub(r"^(?:\d\.|[一二三四]、|（[一二三四五六七]）)", "", text)


def spread(table: Table, *, repeat: bool) -> Table:
    """No merged cells: every part a cell of its own."""
    at: dict[tuple[int, int], Cell] = {}
    for y, row in enumerate(table):
        x = 0
        for cell in row:
            while (y, x) in at:
                x += 1
            for n in range(cell.rows * cell.columns):
                down, right = divmod(n, cell.columns)
                at[y + down, x + right] = Cell(cell.text if repeat or not n else "", figure=cell.figure)
    width = max(x for _, x in at) + 1
    return [[at[y, x] for x in range(width)] for y in range(len(table))]


def torn(table: Table, row: int, *, header: int = 0, cut: bool = False, least: int = 20) -> list[Table]:
    """Two tables, where it has so many rows; ``cut``: the merged cells, too."""
    if len(table) < least:
        return [table]
    upper, lower = [list(cells) for cells in table[:row]], [list(cells) for cells in table[row:]]
    if cut:
        rest = []
        for y, cells in enumerate(upper):
            for n, cell in enumerate(cells):
                if y + cell.rows > row:
                    cells[n] = cell._replace(rows=row - y)
                    rest.append(cell._replace(rows=y + cell.rows - row, text=cell.text if least > row + 1 else ""))
        lower[0] = rest + lower[0]
    return [upper, table[:header] + lower]


def repeated_in_part(table: Table) -> list[Table]:
    """Torn behind the header, of which two rows stand there again."""
    upper, *lower = torn(table, 3, cut=True, least=4)
    return [upper, *(torn(table, 2, cut=True, least=3)[0] + part for part in lower)]


def beside(table: Table) -> Table:
    """A column of numbers before, and one of remarks behind."""
    return [
        [Cell("序号" if not n else str(n)), *row, Cell("备注" if not n else "无")] for n, row in enumerate(table)
    ]  # fmt: skip


def unmerged_figures(table: Table) -> Table:
    return [
        [part for cell in row for part in ([cell._replace(columns=1), Cell("0"), Cell("/")] if cell.figure and cell.columns == 3 else [cell])]
        for row in table
    ]  # fmt: skip


def one_row(table: Table) -> Table:
    """（六） without its items: the figures are their sums."""
    if len(table) < 20:
        return table
    sums = [str(sum(int(table[row][-n].text) for row in (23, 24, 25))) for n in range(7, 0, -1)]
    group = [Cell("（六）其他处理", columns=2), *(Cell(figure, figure=True) for figure in sums)]
    table = [[cell._replace(rows=20) if cell.rows == 22 else cell for cell in row] for row in table]
    return [*table[:23], group, *table[26:]]


def titled(content: Tables) -> bytes:
    """The heading of a part with a table is the table's first row."""
    heads = {table: section.heading for section, _, table in documents.parts(REPORT) if table}
    for table, heading in heads.items():
        content[table.id][0].insert(0, [Cell(heading, columns=table.width)])
    return page(content, heading=lambda text: "" if text in heads.values() else f"<p>{text}</p>")


CONTENTS = "<p>目录</p>" + "".join(f"<p>{section.heading}</p>" for section in REPORT.form.sections if section.heading)
LINKS = (
    f"<p>上一篇：{REPORT.org}2023年政府信息公开工作年度报告</p><p>下一篇：没有了</p><p>分享到：微信 打印 关闭</p>"
    f"<ul><li>{REPORT.org}2022年政府信息公开工作年度报告</li></ul><p>主办：{REPORT.org}办公室 网站标识码：3208000001</p>"
)
LAYOUTS: dict[str, bytes] = {
    "a wrong character in each label": page(labels(slip)),
    "a character lost from each label": page(labels(lost)),
    "a character doubled in each label": page(labels(doubled)),
    "other numbers": page(labels(renumbered)),
    "no numbers": page(labels(unnumbered)),
    "other words for the totals": page(labels(lambda text: text.replace("总计", "合计").replace("其他", "其它"))),
    "remarks in brackets": page(labels(lambda text: text if "（单位" in text else f"{text}（见说明）")),
    "shortened": page(labels(lambda text: text.replace("政府信息公开申请", "申请").replace("属于", ""))),
    "no colspan": page(each(lambda cell: cell._replace(columns=1))),
    "no rowspan": page(each(lambda cell: cell._replace(rows=1))),
    "no merged cells": page(each(lambda cell: cell._replace(rows=1, columns=1))),
    "spans one too many": page(each(lambda cell: cell._replace(columns=cell.columns + (1 < cell.columns < 5)))),
    "spans one too few": page(each(lambda cell: cell._replace(rows=max(cell.rows - 1, 1)))),
    "labels repeated": page(each_table(lambda table: spread(table, repeat=True))),
    "blank parts": page(each_table(lambda table: spread(table, repeat=False))),
    "torn": page(each_table(lambda table: torn(table, 15))),
    "torn and cut": page(each_table(lambda table: torn(table, 17, cut=True))),
    "torn in the header": page(each_table(lambda table: torn(table, 2, cut=True, least=3))),
    "torn behind the header": page(each_table(lambda table: torn(table, 3, cut=True, least=4))),
    "torn behind the header, which is repeated in part": page(each_table(repeated_in_part)),
    "torn, header repeated": page(each_table(lambda table: torn(table, 10, header=3))),
    "header repeated inside": page(each_table(lambda table: [row for part in torn(table, 20, header=3) for row in part])),
    "columns beside": page(each_table(beside)),
    "figures not merged": page(each_table(unmerged_figures)),
    "divs": page(tables(), spell=in_divs),
    "divs with slips": page(labels(slip), spell=in_divs),
    "print copies": page(tables(), copies=2),
    "headings in lists": page(tables(), heading=lambda text: f"<ol><li>{text[2:]}</li></ol>"),
    "headings with their text": page(tables(), heading=lambda text: f"<p>{text}</p>").replace(
        "情况</p>\n<p>公开".encode(), "情况：公开".encode()
    ),
    "headings in one list": page(
        tables(), heading=lambda text: ("" if text[0] == "一" else "</li>") + f"<li>{text[2:]}"
    ).replace(b"<li>", b"<ol style='list-style-type: cjk-ideographic'><li>", 1),
    "headings numbered as sub-headings are": page(tables(), heading=lambda text: f"<p>（{text[0]}）{text[2:]}</p>"),
    "headings with a colon": page(tables(), heading=lambda text: f"<p>{text[0]}：{text[2:]}</p>"),
    "headings in short": page(
        tables(), heading=lambda text: f"<p>{text[2:].replace('总体情况', '概述').replace('其他需要报告的事项', '其他')}</p>"
    ),
    "headings in the tables": titled(tables()),
    "one table": page(
        tables(), heading=lambda text: f"<tr><td colspan=10>{text}</td></tr>", spell=lambda table: spelled(table)[7:-8]
    ).replace(b"<p>", b"<tr><td colspan=10>").replace(b"</p>", b"</td></tr>").replace(b"</h1>", b"</h1><table>"),
    "tables that go on": page(tables()).replace(b"<table", "<p>（续表）</p><table".encode()),
    "contents": page(tables()).replace(b"</h1>", f"</h1>{CONTENTS}".encode()),
    "contents with pages": page(tables()).replace(
        b"</h1>", f"</h1>{CONTENTS}".replace("</p><p>", "</p><p>（一）概述……1</p><p>").replace("情况</p>", "情况……12</p>").encode()
    ),
    "contents before the title": page(tables()).replace(b"<h1>", f"{CONTENTS}<h1>".encode()),
    "the whole page twice": page(tables()) * 2,
    "links to other years": page(tables()).replace(b"</body>", f"{LINKS}</body>".encode()),
    "headings with slips": page(tables(), heading=lambda text: f"<p>{slip(text)}：</p>"),
    "all in cells": documents.html(REPORT, layout=True),
    "one row for a group": page(each_table(one_row)),
}  # fmt: skip
UNKNOWN = {"one row for a group": 21}
"""Figures that the file does not have."""


def read(data: bytes, kind: str = "html") -> tuple[Report, list[Finding]]:
    report = recognise(read_document(Path(f"甲.{kind}"), data, kind), (load_form("2021"), load_form("2019")))
    return report, check(report)


def wrong_figures(report: Report) -> Iterator[str]:
    for id_, value in report.values.items():
        if value.number is not None and value.number != REPORT.values[id_].number:
            yield f"{id_}: {value.number} for {REPORT.values[id_].number}"


def texts(report: Report) -> list[str]:
    return [text for passage in report.passages for text in (passage.heading, *passage.paragraphs) if text]


def errors(findings: Iterable[Finding]) -> list[str]:
    return [one.line() for one in findings if one.severity == "error"]


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_report_in_any_layout_is_read(name: str) -> None:
    report, findings = read(LAYOUTS[name])
    assert not list(wrong_figures(report))
    assert sum(value.number is None for value in report.values.values()) == UNKNOWN.get(name, 0)
    assert not errors(findings)
    assert (report.org, report.year, report.form.id) == (REPORT.org, REPORT.year, "2021")
    assert texts(report) == texts(REPORT)
    assert len(report.headings) == 6


def _without(row: int, cell: int) -> Tables:
    found = tables()
    del found["表三"][0][row][cell]
    return found


def _with(row: int, cell: int) -> Tables:
    found = tables()
    found["表三"][0][row].insert(cell, Cell(""))
    return found


@pytest.mark.parametrize("cell", [1, 4, 7])
@pytest.mark.parametrize("change", [_without, _with])
def test_a_row_with_a_cell_too_few_or_too_many_is_one_finding(change: Callable[[int, int], Tables], cell: int) -> None:
    report, findings = read(page(change(4, cell)))
    assert not list(wrong_figures(report))
    told = errors(findings)
    if report.values["表三.carried_in.natural"].number is None:
        assert len(told) == 1
        assert "第5行“二、上年结转政府信息公开申请数量”" in told[0]
        assert not find_repairs(report).repairs
    else:
        assert not told


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("5.属于三类内部事务信息", "5.属于工作秘密", "可能是“5.属于三类内部事务信息”"),
        ("2.重复申请", "其中：重复申请", "可能是“2.重复申请”"),
        ("科研机构", "事业单位", "可能是“科研机构”"),
        ("（单位：万元）", "（单位：元）", "上面的栏目是“本年收费金额（单位：元）”"),
        ("本年废止件数", "上年废止件数", "可能是“本年废止件数”"),
    ],
)
def test_a_label_that_may_be_another_is_one_finding_with_what_it_may_be(old: str, new: str, said: str) -> None:
    report, findings = read(page(labels(lambda text: text.replace(old, new))))
    assert not list(wrong_figures(report))
    told = errors(findings)
    assert len(told) == 1
    assert said in told[0]
    assert any(value.number is None for value in report.values.values())
    assert not find_repairs(report).repairs


def test_figures_of_a_whole_group_count_in_sums() -> None:
    report, findings = read(LAYOUTS["one row for a group"])
    assert report_json(report, findings)["groups"]["其他处理.总计"] == 187
    assert report.groups["其他处理.总计"].number == 71 + 6 + 110
    assert any("（六）其他处理" in one.message and "总计＝187" in one.message for one in findings if one.rule == "S-07")
    table = each_table(one_row)
    table["表三"][0][23][1] = Cell("182", figure=True)
    report, findings = read(page(table))
    assert {one.rule for one in findings if one.severity == "error"} == {"T3-02"}


LABELS = [
    (id_, y, x) for id_, parts in tables().items() for y, row in enumerate(parts[0]) for x, cell in enumerate(row)
    if cell.text and not cell.figure
]  # fmt: skip


@COSTLY
@given(
    st.sets(st.sampled_from(LABELS), min_size=1, max_size=8), st.sampled_from(["", "（略）", "另外的话", "其他情形"])
)
def test_no_sum_is_judged_and_nothing_repaired_where_labels_are_lost(
    places: set[tuple[str, int, int]], word: str
) -> None:
    content = tables()
    for id_, y, x in places:
        content[id_][0][y][x] = content[id_][0][y][x]._replace(text=word)
    report, findings = read(page(content))
    assert not list(wrong_figures(report))
    assert {one.rule for one in findings if one.severity == "error"} <= {"S-04"}
    assert all(value.number is not None for value in report.values.values()) or "S-04" in {one.rule for one in findings}
    assert not find_repairs(report).repairs


@pytest.mark.parametrize(("slips", "kind"), [(slip, "docx"), (renumbered, "docx"), (slip, "xls"), (renumbered, "ods")])
def test_slips_in_files_of_other_kinds(slips: Callable[[str], str], kind: str) -> None:
    written = {"docx": documents.docx, "xls": documents.xls, "ods": documents.ods}[kind](REPORT, label=slips)  # type: ignore[operator]
    report, findings = read(written, kind)
    assert not list(wrong_figures(report))
    assert all(value.number is not None for value in report.values.values())
    assert not [one for one in errors(findings) if "S-04" in one]


def test_a_form_of_another_year_is_not_taken_for_it_by_likeness(tmp_path: Path) -> None:
    path = tmp_path / "甲.html"
    path.write_bytes(LAYOUTS["a wrong character in each label"])
    assert reportgen.read_report(path).form.id == "2021"
