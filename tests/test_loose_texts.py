"""Texts on sheets of any layout: under headings of the form, with the guards of the standard sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from reportgen import check, read_report
from reportgen.model.findings import Finding
from reportgen.model.report import Report

EXAMPLE = Path(__file__).parent.parent / "examples" / "liwan-2024.xlsx"
TEXTS = {
    "一、总体情况": "全年主动公开政府信息一千条。",
    "五、存在的主要问题及改进情况": "公开不够及时。下一步加强培训。",
    "六、其他需要报告的事项": "2024年未收取信息处理费。",
}
Fill = Callable[[Worksheet, Workbook], None]


def read(tmp_path: Path, fill: Fill, *, keep: bool = False) -> Report:
    """The example with its texts on a sheet of another layout."""
    book = load_workbook(EXAMPLE)
    if not keep:
        del book["文字内容"]
    fill(book.create_sheet("报告"), book)
    book.save(tmp_path / "甲.xlsx")
    return read_report(tmp_path / "甲.xlsx")


def told(report: Report, *rules: str) -> list[Finding]:
    return [one for one in check(report) if one.rule in rules]


def rows(*lines: tuple[object, ...]) -> Fill:
    def fill(sheet: Worksheet, book: Workbook) -> None:
        for line in lines:
            sheet.append(line)

    return fill


def below(sheet: Worksheet, book: Workbook) -> None:
    for heading, text in TEXTS.items():
        for line in (heading, text, None):
            sheet.append([line])


def merged(sheet: Worksheet, book: Workbook) -> None:
    for n, line in enumerate(line for pair in TEXTS.items() for line in pair):
        sheet.cell(4 * n + 1, 2, line)
        sheet.merge_cells(start_row=4 * n + 1, end_row=4 * n + 4, start_column=2, end_column=7)


def sheets(sheet: Worksheet, book: Workbook) -> None:
    del book["报告"]
    for heading, text in TEXTS.items():
        book.create_sheet(heading)["A1"] = text


SHORT = ("概述", "问题和改进", "其他")


def sheets_called(names: Iterable[str]) -> Fill:
    def fill(sheet: Worksheet, book: Workbook) -> None:
        del book["报告"]
        for name, text in zip(names, TEXTS.values(), strict=True):
            book.create_sheet(name)["A1"] = text

    return fill


def pasted() -> Iterator[tuple[object, ...]]:
    yield ("广州市荔湾区人民政府2024年政府信息公开工作年度报告",)
    yield from ((line,) for pair in TEXTS.items() for line in pair)


LAYOUTS = {
    "beside": rows(*TEXTS.items()),
    "under a header": rows(("部分", "内容"), *TEXTS.items()),
    "numbered": rows(*((n, *pair) for n, pair in enumerate(TEXTS.items(), 1))),
    "below": below,
    "merged": merged,
    "in columns": rows(tuple(TEXTS), tuple(TEXTS.values())),
    "in one cell each": rows(*((f"{heading}\n{text}",) for heading, text in TEXTS.items())),
    "all in one cell": rows(("\n".join(f"{heading}\n{text}" for heading, text in TEXTS.items()),)),
    "a sheet each": sheets,
    "in one line each": rows(*((f"{heading}。{text}",) for heading, text in TEXTS.items())),
    "in one line each, wrongly worded": rows(*((f"{h.replace('要', '')[:-1]}：{t}",) for h, t in TEXTS.items())),
    "without numbers": rows(*((heading[2:], text) for heading, text in TEXTS.items())),
    "without numbers, in one cell": rows(*((f"{heading[2:]}\n{text}",) for heading, text in TEXTS.items())),
    "without numbers, in one line": rows(*((f"【{heading[2:]}】{text}",) for heading, text in TEXTS.items())),
    "other numbers": rows(*((f"第{heading[0]}部分 {heading[2:]}", text) for heading, text in TEXTS.items())),
    "other numbers with a colon": rows(
        *((f"第{heading[0]}部分：{heading[2:]}", text) for heading, text in TEXTS.items())
    ),
    "numbered as sub-headings are": rows(
        *((f"（{heading[0]}）{heading[2:]}", text) for heading, text in TEXTS.items())
    ),
    "in short": rows(*zip(SHORT, TEXTS.values(), strict=True)),
    "a sheet each, called in short": sheets_called(SHORT),
    "with remarks": rows(*((f"{heading}（必填）", text) for heading, text in TEXTS.items())),
    "the number in a cell": rows(*((heading[0], heading[2:], text) for heading, text in TEXTS.items())),
    "the whole report": rows(*pasted()),
}


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_texts_are_read_by_their_headings(tmp_path: Path, layout: str) -> None:
    report = read(tmp_path, LAYOUTS[layout])
    assert [(one.section, one.heading, one.paragraphs) for one in report.passages] == [
        (section, "", (text,)) for section, text in zip(("overall", "problems", "other"), TEXTS.values(), strict=True)
    ]
    assert all(one.origin is not None and one.origin.address for one in report.passages)
    assert not [one for one in check(report) if one.severity == "error"]


def test_sub_headings_and_a_preamble_are_kept_apart(tmp_path: Path) -> None:
    title, *rest = pasted()
    fill = rows(title, ("根据条例编制本报告。",), rest[0], ("（一）主动公开情况", "公开一千条。"), *rest[2:])
    report = read(tmp_path, fill)
    assert [(one.section, one.heading) for one in report.passages][:2] == [
        ("preamble", ""), ("overall", "（一）主动公开情况"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [("前言", ("本报告根据条例编制，统计期限为2024年。",)), ("甲", ("引言", "本报告根据条例编制，统计期限为2024年。"))],
)
def test_the_part_before_all_headings_may_have_a_sheet(tmp_path: Path, line: tuple[str, tuple[str, ...]]) -> None:
    def fill(sheet: Worksheet, book: Workbook) -> None:
        below(sheet, book)
        first = book.create_sheet(line[0])
        for text in line[1]:
            first.append([text])

    assert [one.paragraphs for one in read(tmp_path, fill).passages if one.section == "preamble"] == [line[1][-1:]]


def test_a_hidden_text_is_not_read_and_told(tmp_path: Path) -> None:
    def fill(sheet: Worksheet, book: Workbook) -> None:
        below(sheet, book)
        sheet.row_dimensions[2].hidden = True

    report = read(tmp_path, fill)
    assert "overall" not in [one.section for one in report.passages]
    assert [[cell.address for cell in one.cells] for one in told(report, "N-07")] == [["报告!A2"]]


@pytest.mark.parametrize(("value", "rule"), [("#REF!", "F-02"), (True, "F-02"), ("=甲!A1", "N-05")])
def test_a_cell_that_shows_no_text_is_told(tmp_path: Path, value: object, rule: str) -> None:
    def fill(sheet: Worksheet, book: Workbook) -> None:
        below(sheet, book)
        sheet["A2"] = value

    found = told(read(tmp_path, fill), rule)
    assert [cell.address for one in found for cell in one.cells] == ["报告!A2"]


def test_struck_out_text_is_told(tmp_path: Path) -> None:
    def fill(sheet: Worksheet, book: Workbook) -> None:
        below(sheet, book)
        sheet["A2"].font = Font(strike=True)

    assert told(read(tmp_path, fill), "S-11")


def again(sheet: Worksheet, book: Workbook) -> None:
    below(sheet, book)
    below(book.create_sheet("报告2"), book)


def again_below(sheet: Worksheet, book: Workbook) -> None:
    below(sheet, book)
    below(sheet, book)


@pytest.mark.parametrize(("fill", "keep"), [(again, False), (again_below, False), (below, True)])
def test_of_two_sets_neither_is_preferred(tmp_path: Path, fill: Fill, keep: bool) -> None:
    (found,) = told(read(tmp_path, fill, keep=keep), "S-04")
    assert (found.severity, "不止一套文字" in found.message) == ("error", True)


@pytest.mark.parametrize("line", [("存在的问题", "台账不全。"), ("总体情况：好",), ("其他事项", "见附件。")])
def test_words_that_are_nearly_one_heading_make_no_text(tmp_path: Path, line: tuple[str, ...]) -> None:
    assert not read(tmp_path, rows(line)).passages


def test_beside_the_standard_sheet_words_that_are_nearly_headings_are_something_else(tmp_path: Path) -> None:
    fill = rows(("总体情况", "存在的问题", "其他事项"), ("较好。", "台账不全。", "无。"))
    assert not told(read(tmp_path, fill, keep=True), "S-04")


def test_a_text_before_the_first_heading_is_named(tmp_path: Path) -> None:
    text = "全年主动公开政府信息一千条，内容很多，都在这里写着，请看这段文字。"
    (found,) = told(read(tmp_path, rows((text,), *[*TEXTS.items()][1:])), "S-04")
    assert "A1" in found.message


def test_who_filled_in_a_sheet_is_no_text_of_it(tmp_path: Path) -> None:
    report = read(tmp_path, rows(*TEXTS.items(), ("填报人：张三", "审核人：李四"), ("联系电话：123",)))
    assert [one.paragraphs for one in report.passages] == [(text,) for text in TEXTS.values()]
    assert ["填报人：张三" in one.message for one in told(report, "S-04")] == [True]


def test_a_text_of_no_part_is_named(tmp_path: Path) -> None:
    text = "全年主动公开政府信息一千条，内容很多，都在这里写着，请看这段文字。"
    (found,) = told(read(tmp_path, rows((text,))), "S-04")
    assert "A1" in found.message
