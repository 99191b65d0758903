"""The published report of 荔湾区 2024, from workbook to Word, read by python-docx alone.

Nothing of ours reads the result here: places, spans and labels are written out as the official
form has them, figures and paragraphs are those of the published report.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import pytest
from docx.table import Table

from reportgen.api import build

ROOT = Path(__file__).parent
PUBLISHED = json.loads((ROOT / "data" / "liwan_2024.json").read_text(encoding="utf-8"))
TEXT = (ROOT / "data" / "liwan_2024.txt").read_text(encoding="utf-8")
EXAMPLE = ROOT.parent / "examples" / "liwan-2024.xlsx"


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    result = build(EXAMPLE, tmp_path_factory.mktemp("golden") / "r.docx")
    assert result.compared >= 200
    return docx.Document(str(result.path))


def figures(table: Table, row: int, first: int, count: int) -> list[str]:
    return [table.cell(row - 1, first - 1 + n).text for n in range(count)]


def spans(table: Table) -> set[tuple[int, int, int, int]]:
    """(row, column, rows, columns) of every merged cell, 1-based."""
    found: dict[object, list[tuple[int, int]]] = {}
    for r in range(len(table.rows)):
        for c in range(len(table.columns)):
            found.setdefault(table.cell(r, c)._tc, []).append((r + 1, c + 1))
    merged = set()
    for places in found.values():
        (top, left), (bottom, right) = min(places), max(places)
        assert len(places) == (bottom - top + 1) * (right - left + 1)
        if len(places) > 1:
            merged.add((top, left, bottom - top + 1, right - left + 1))
    return merged


def test_table_two(document):
    table, t2 = document.tables[0], PUBLISHED["t2"]
    assert (len(table.rows), len(table.columns)) == (14, 4)
    assert figures(table, 3, 2, 3) == [str(n) for n in t2["规章"]]
    assert figures(table, 4, 2, 3) == [str(n) for n in t2["行政规范性文件"]]
    for row, label in ((7, "行政许可"), (10, "行政处罚"), (11, "行政强制"), (14, "行政事业性收费")):
        assert table.cell(row - 1, 0).text == label
        assert table.cell(row - 1, 1).text == str(t2[label])
    assert table.cell(1, 2).text == "本年废止件数"
    wide = {(r, 1, 1, 4) for r in (1, 5, 8, 12)} | {(r, 2, 1, 3) for r in (6, 7, 9, 10, 11, 13, 14)}
    assert spans(table) == wide


def test_table_three(document):
    table, t3 = document.tables[1], PUBLISHED["t3"]
    assert (len(table.rows), len(table.columns)) == (28, 10)
    keys = ["new", "carried_in", "r1", "r2", *(f"r3_{n}" for n in range(1, 9)), *(f"r4_{n}" for n in range(1, 4)),
            *(f"r5_{n}" for n in range(1, 6)), *(f"r6_{n}" for n in range(1, 4)), "r_total", "carried_out"]  # fmt: skip
    for row, key in enumerate(keys, 4):
        assert figures(table, row, 4, 7) == [str(n) for n in t3[key]], key
    assert table.cell(8, 2).text == "2.其他法律行政法规禁止公开"
    assert table.cell(9, 2).text == "3.危及“三安全一稳定”"
    assert table.cell(6, 1).text == "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"
    assert spans(table) == {
        (1, 1, 3, 3), (1, 4, 1, 7), (2, 4, 2, 1), (2, 5, 1, 5), (2, 10, 2, 1),
        (4, 1, 1, 3), (5, 1, 1, 3), (6, 1, 22, 1), (6, 2, 1, 2), (7, 2, 1, 2),
        (8, 2, 8, 1), (16, 2, 3, 1), (19, 2, 5, 1), (24, 2, 3, 1), (27, 2, 1, 2), (28, 1, 1, 3),
    }  # fmt: skip


def test_table_four(document):
    table, t4 = document.tables[2], PUBLISHED["t4"]
    assert (len(table.rows), len(table.columns)) == (4, 15)
    groups = ["行政复议", "未经复议直接起诉", "复议后起诉"]
    assert figures(table, 4, 1, 15) == [str(n) for group in groups for n in t4[group]]
    assert figures(table, 2, 1, 5) == ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    assert spans(table) == {
        (1, 1, 1, 5), (1, 6, 1, 10), (2, 6, 1, 5), (2, 11, 1, 5), *((2, c, 2, 1) for c in range(1, 6))
    }  # fmt: skip


def test_every_published_paragraph_in_its_order(document):
    printed = [p.text for p in document.paragraphs if p.text.strip()]
    assert "".join(printed[:2]) == "广州市荔湾区人民政府2024年政府信息公开工作年度报告"
    bare = re.sub(r"\s", "", "".join(printed))
    at = 0
    paragraphs = 0
    for line in TEXT.splitlines():
        if "\t" in line or not line.strip():
            continue  # a row of a table
        wanted = re.sub(r"\s", "", line)
        if re.fullmatch(r"（[一二三四五]）.{1,12}。", wanted):
            wanted = wanted[:-1]  # sub-headings stand on a line of their own, without end mark
        at = bare.index(wanted, at) + len(wanted)
        paragraphs += 1
    assert paragraphs >= 20
    assert at == len(bare)


def test_only_the_published_words_and_no_leftover_of_the_template(document):
    everything = "".join(p.text for p in document.paragraphs)
    assert not re.search(r"[{}｛｝]|草稿", everything)
    for section in document.sections:
        assert "".join(p.text for p in section.header.paragraphs).strip() == ""
