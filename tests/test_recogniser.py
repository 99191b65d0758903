"""Reading workbooks we did not lay out: every figure exactly, or a finding with its cell."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from support import COSTLY, published_cells

from reportgen.api import read_report
from reportgen.checks import check
from reportgen.errors import InputError
from reportgen.form import load_form
from reportgen.recogniser.wording import clean, split_paragraphs
from reportgen.repairs import find_repairs

FORM = load_form("2021")
TITLE = "淮安市人民政府2024年政府信息公开工作年度报告"
HUAIAN = published_cells("huaian_city_2024")


def draw(
    book, cells, *, top=3, left=2, gap=3, label=lambda text: text, sheets=False, merge=True, only=None
):  # fmt: skip
    """Draw the prescribed tables at some place; return cell id → openpyxl cell."""
    sheet = book.active
    sheet.cell(1, 1, TITLE)
    places = {}
    row = top
    for table in FORM.tables:
        if only and table.id not in only:
            continue
        if sheets:
            sheet, row = book.create_sheet(table.id), top
        for at in table.layout:
            cell = sheet.cell(row + at.row, left + at.column)
            if at.cell:
                cell.value = cells[at.cell]
                places[at.cell] = cell
            else:
                cell.value = label(at.text + at.note)
            if merge and at.row_span * at.column_span > 1:
                sheet.merge_cells(
                    start_row=cell.row, start_column=cell.column,
                    end_row=cell.row + at.row_span - 1, end_column=cell.column + at.column_span - 1,
                )  # fmt: skip
        row += table.height + gap
    return places


@pytest.fixture
def saved(tmp_path):
    def save(book, name="foreign.xlsx"):
        path = tmp_path / name
        book.save(path)
        return path

    return save


def judged(report):
    """What reading says (rules N and S); what the figures mean is tested elsewhere."""
    return [f for f in check(report) if f.rule[0] in "NS"]


def found(report, level=None):
    return [(f.rule, [c.address for c in f.cells]) for f in judged(report) if level in (None, f.severity)]


def assert_figures(report, cells=HUAIAN):
    assert {c: report.number(c) for c in FORM.cells} == cells
    assert all(v.state == "number" for v in report.values.values())


@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"top": 1, "left": 0},
        {"top": 9, "left": 5, "gap": 1},
        {"sheets": True},
        {"merge": False},
        {"label": lambda t: t.replace("（", "(").replace("）", ")").replace("：", ":")},
        {"label": lambda t: re.sub(r"(\d)\.", r"\1. ", t)},
        {"label": lambda t: "\n".join(t[i : i + 4] for i in range(0, len(t), 4))},
        {"label": " ".join},
        {"label": lambda t: t.replace("“", '"').replace("”", '"')},
    ],
    ids=["plain", "A1", "shifted", "sheets", "unmerged", "half-width", "space", "breaks", "spaced", "quotes"],
)
def test_foreign_layouts_give_the_same_values(saved, layout):
    book = Workbook()
    draw(book, HUAIAN, **layout)
    report = read_report(saved(book))
    assert_figures(report)
    assert (report.org, report.year) == ("淮安市人民政府", 2024)
    assert found(report) == []


@COSTLY
@given(top=st.integers(0, 30), left=st.integers(0, 20), gap=st.integers(0, 5), sheets=st.booleans())
def test_any_place_of_the_tables_gives_the_same_values(saved, top, left, gap, sheets):
    book = Workbook()
    draw(book, HUAIAN, top=max(top, 1), left=left, gap=gap, sheets=sheets)
    assert_figures(read_report(saved(book)))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("本年度止件数", "本年废止件数"),
        ("2. 其他法律法规禁止公开", "2.其他法律行政法规禁止公开"),
        ("规范性文件", "行政规范性文件"),
        ("属于国家秘密", "1.属于国家秘密"),
        ("部分公开", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    ],
)
def test_published_label_variants_are_read_with_a_notice(saved, wrong, right):
    book = Workbook()
    draw(book, HUAIAN, label=lambda t: wrong if t == right else t)
    report = read_report(saved(book))
    assert_figures(report)
    assert {rule for rule, _ in found(report)} == {"S-07"}
    assert right in " ".join(f.message for f in judged(report))


@pytest.mark.parametrize(
    ("typed", "value", "rules"),
    [
        ("3001", 3001, ["N-04"]),
        ("３００１", 3001, ["N-04"]),
        ("3,001", 3001, ["N-04"]),
        ("3，001", 3001, ["N-04"]),
        (" 3001 ", 3001, ["N-04"]),
        ("3001件", 3001, ["N-04"]),
        ("3001 件", 3001, ["N-04"]),
        (3001.0, 3001, []),
        ("3001.0", 3001, ["N-04"]),
    ],
)
def test_numbers_as_people_type_them(saved, typed, value, rules):
    book = Workbook()
    places = draw(book, HUAIAN)
    places["表三.new.natural"].value = typed
    report = read_report(saved(book))
    assert report.number("表三.new.natural") == value
    assert [rule for rule, _ in found(report)] == rules


@pytest.mark.parametrize(
    "typed", ["3001.5", 3001.5, -3001, "-3001", "三千零一", "约3001", "3 001 2", "1e3", "12/3", True, "#REF!", "3001元"]
)
def test_what_is_no_count_is_an_error_with_its_cell(saved, typed):
    book = Workbook()
    places = draw(book, HUAIAN)
    places["表三.deny_3.natural"].value = typed
    cell = places["表三.deny_3.natural"]
    report = read_report(saved(book))
    assert found(report) == [("N-02", [f"{cell.parent.title}!{cell.coordinate}"])]


@pytest.mark.parametrize(
    "typed",
    [
        "618（其中7）", "618件（其中7件）", "约618", "618 注：含1件转办", "见附件", "618/其中7", "六百一十八件", "618（含上年结转7件）", "其中：618",
        "一、共618件",
    ],
)  # fmt: skip
def test_words_typed_for_figures_are_errors_at_their_cells(saved, typed):
    book = Workbook()
    places = draw(book, HUAIAN)
    wrong = ["表二.rule.made", "表三.new.natural", "表三.new.total", "表三.deny_3.business", "表四.direct.total"]
    for id_ in wrong:
        places[id_].value = typed
    report = read_report(saved(book))
    cells = [f"{cell.parent.title}!{cell.coordinate}" for cell in map(places.get, wrong)]
    assert {rule for rule, _ in found(report)} == {"N-02"}
    assert [cell for _, here in found(report) for cell in here] == cells
    assert all(f"实际是“{typed}”" in f.message for f in judged(report))
    assert {c: report.values[c].number for c in FORM.cells} == {**HUAIAN, **dict.fromkeys(wrong)}


def test_the_word_of_a_column_typed_for_a_figure_is_no_header_of_the_rows_below(saved):
    book = Workbook()
    places = draw(book, HUAIAN)
    places["表三.noproc_3.total"].value = "自然人"
    cell = places["表三.noproc_3.total"]
    report = read_report(saved(book))
    assert found(report) == [("N-02", [f"{cell.parent.title}!{cell.coordinate}"])]
    assert {c: report.values[c].number for c in FORM.cells} == {**HUAIAN, "表三.noproc_3.total": None}


@pytest.mark.parametrize("typed", ["/", "—", "-", "－", "无", "", "  ", None])
def test_blanks_and_placeholders_count_as_0_with_one_warning_a_table(saved, typed):
    book = Workbook()
    places = draw(book, HUAIAN)
    blank = [places[c] for c in ("表三.deny_1.business", "表三.deny_3.business")]
    for cell in blank:
        assert cell.value in (0, 1)
        cell.value = typed
    report = read_report(saved(book))
    warned = [(r, a) for r, a in found(report) if r == "N-01"]
    assert warned == [("N-01", [f"{c.parent.title}!{c.coordinate}" for c in blank])]


def test_money_is_exact_and_more_than_two_places_an_error(saved):
    book = Workbook()
    places = draw(book, HUAIAN)
    places["表二.fee.amount"].value = 5230.52
    assert read_report(saved(book)).number("表二.fee.amount") == Decimal("5230.52")
    places["表二.fee.amount"].value = 0.1 + 0.2
    assert read_report(saved(book)).number("表二.fee.amount") == Decimal("0.3")
    places["表二.fee.amount"].value = 5230.525
    assert [r for r, _ in found(read_report(saved(book)))] == ["N-03"]


def column_sum(places, row, parts):
    cells = [places[f"表三.{row}.{p}"].coordinate for p in parts]
    return f"=SUM({cells[0]}:{cells[-1]})"


APPLICANTS = ("natural", "business", "research", "charity", "law", "other")


def test_formulas_without_results_are_computed_and_said(saved):
    book = Workbook()
    places = draw(book, HUAIAN)
    places["表三.new.total"].value = column_sum(places, "new", APPLICANTS)
    places["表三.carried_in.total"].value = "=" + "+".join(
        places[f"表三.carried_in.{p}"].coordinate for p in APPLICANTS
    )
    report = read_report(saved(book))
    assert_figures(report)
    assert [(f.rule, f.severity, len(f.cells)) for f in judged(report)] == [("N-06", "info", 2)]


def test_a_total_formula_we_cannot_compute_is_unknown(saved):
    book = Workbook()
    places = draw(book, HUAIAN)
    places["表三.new.total"].value = "=SUBTOTAL(9,A1:A1)"
    report = read_report(saved(book))
    assert report.values["表三.new.total"].number is None
    assert [f.rule for f in judged(report)] == ["N-05"]


def test_what_is_wrong_with_several_cells_of_a_table_is_told_once(saved):
    book = Workbook()
    places = draw(book, HUAIAN)
    for cell in ("表三.new.total", "表三.granted.total", "表四.review.total"):
        places[cell].value = "=SUBTOTAL(9,A1:A1)"
    for cell in ("表三.new.natural", "表三.granted.natural", "表三.partial.natural"):
        places[cell].font = Font(strike=True)
    found = [f for f in read_report(saved(book)).notices if f.rule in ("N-05", "N-09")]
    assert [(f.rule, len(f.cells)) for f in found] == [("N-05", 2), ("N-05", 1), ("N-09", 3)]
    assert all(places[ref.id].coordinate in one.message for one in found for ref in one.cells if len(one.cells) > 1)


def test_results_that_are_not_those_of_the_formulas_are_told_once_per_table(tmp_path):
    with zipfile.ZipFile(EXAMPLE) as old, zipfile.ZipFile(tmp_path / "甲.xlsx", "w") as new:
        for name in old.namelist():
            total = rb'(<c r="J([78])"[^>]*>)<v>\d+</v>'
            new.writestr(name, re.sub(total, rb"\1<f>SUM(D\2:I\2)</f><v>7</v>", old.read(name)))
    found = [one for one in read_report(tmp_path / "甲.xlsx").notices if one.rule == "N-08"]
    assert [len(one.cells) for one in found] == [2]
    assert "存储的却是 7" in found[0].message


# ---------------------------------------------------------------- guards of figures, texts and fields

CASES = Path(__file__).parent / "data" / "cases" / "workbooks"
EXAMPLE = Path(__file__).parent.parent / "examples" / "liwan-2024.xlsx"


def texts_of(report):
    return "\n".join(text for passage in report.passages for text in passage.paragraphs)


@pytest.mark.parametrize(
    ("name", "rule", "address"),
    [
        ("d-text-hidden", "N-07", "文字内容 (2)!C3"), ("u-hidrow-text", "N-07", "文字内容!C9"),
        ("u-strike-text", "S-11", "文字内容!C16"), ("tx-ref", "F-02", "文字内容!C9"),
        ("w-dispimg-text", "F-02", "文字内容!C16"), ("tx-nov", "N-05", "文字内容!C9"),
        ("tx-org-err", "F-01", "基本信息!B4"), ("g-dnum", "F-01", "基本信息!B12"),
        ("f-wan2", "N-10", "表二!B16"), ("m-circ", "N-05", "表三!J6"), ("y-over", "N-08", "表三!J6"),
        ("v-lrm", "N-04", "表三!D8"),
    ],
)  # fmt: skip
def test_what_is_hidden_struck_out_or_without_a_value_is_reported(name, rule, address):
    found = [one for one in read_and_check(name) if one.rule == rule]
    if name == "d-text-hidden":
        assert all(cell.address.startswith("文字内容 (2)!") for one in found for cell in one.cells)
    else:
        assert any(cell.address == address for one in found for cell in one.cells)
    assert found


def read_and_check(name):
    return check(read_report(CASES / f"{name}.xlsx"))


def edited(tmp_path, change):
    """The example with a change made by openpyxl."""
    book = load_workbook(EXAMPLE)
    change(book)
    book.save(tmp_path / "甲.xlsx")
    return read_report(tmp_path / "甲.xlsx")


def test_hidden_text_is_not_printed(tmp_path):
    def hide(book):
        book["文字内容"].row_dimensions[16].hidden = True

    report = edited(tmp_path, hide)
    assert texts_of(report) != texts_of(read_report(EXAMPLE))
    assert any("不会印出" in one.message for one in report.notices if one.rule == "N-07")


def test_text_that_nobody_can_see_is_hidden(tmp_path):
    def hide(book):
        book["文字内容"]["C16"].number_format = ";;;"

    report = edited(tmp_path, hide)
    assert [str(ref.origin) for one in report.notices if one.rule == "N-07" for ref in one.cells] == ["文字内容!C16"]


def test_a_row_without_height_is_hidden(tmp_path):
    with zipfile.ZipFile(EXAMPLE) as old, zipfile.ZipFile(tmp_path / "甲.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb'<row r="16"( ht="[^"]*")?', rb'<row r="16" ht="0"', old.read(name)))
    report = read_report(tmp_path / "甲.xlsx")
    assert "N-07" in [one.rule for one in report.notices]


@pytest.mark.parametrize("sheet", ["文字内容", "基本信息"])
def test_two_visible_sets_are_an_error(tmp_path, sheet):
    report = edited(tmp_path, lambda book: book.copy_worksheet(book[sheet]))
    assert [one.rule for one in report.notices if one.severity == "error"] == ["S-04"]


def test_struck_characters_are_no_digits(tmp_path):
    def strike(book):
        book["表三"]["D8"].font = Font(strike=True)

    report = edited(tmp_path, strike)
    value = next(v for v in report.values.values() if str(v.origin) == "表三!D8")
    assert value.number is None
    assert "删除线" in next(one.message for one in report.notices if one.rule == "N-09")


@pytest.mark.parametrize(
    ("value", "number_format", "said"),
    [(True, "General", "F-02"), (dt.datetime(2024, 12, 31), "mmmm", "F-02"), (10010, "000000", "010010"),
     (dt.datetime(2024, 12, 31), "yyyy/m/d", "2024/12/31"), ("#N/A", "General", "F-02")],
)  # fmt: skip
def test_a_text_reads_as_the_cell_shows_it(tmp_path, value, number_format, said):
    def put(book):
        cell = book["文字内容"]["C16"]
        cell.value, cell.number_format = value, number_format

    report = edited(tmp_path, put)
    assert said in texts_of(report) or said in [one.rule for one in report.notices]


def test_a_text_by_a_formula_without_a_result_is_computed_and_said(tmp_path):
    def put(book):
        book["文字内容"]["C16"] = '="没有"&"其他事项。"'
        book["基本信息"]["B4"] = '="甲市"&"乙局"'

    report = edited(tmp_path, put)
    assert "没有其他事项。" in texts_of(report)
    assert report.org == "甲市乙局"
    found = [one for one in report.notices if one.rule == "N-06"]
    assert [(str(ref.origin), one.severity) for one in found for ref in one.cells] == [
        ("基本信息!B4", "info"), ("文字内容!C16", "info"),
    ]  # fmt: skip
    assert "“没有其他事项。”" in found[1].message


def test_a_text_whose_formula_gives_another_now_is_an_error(tmp_path):
    book = load_workbook(EXAMPLE)
    book["文字内容"]["C16"] = '="没有"&"其他事项。"'
    book.save(tmp_path / "乙.xlsx")
    with zipfile.ZipFile(tmp_path / "乙.xlsx") as old, zipfile.ZipFile(tmp_path / "甲.xlsx", "w") as new:
        for name in old.namelist():
            xml = re.sub(
                rb'(<c r="C16"[^>]*)>(<f>[^<]*</f>)<v ?/?>(</v>)?', rb'\1 t="str">\2<v>old</v>', old.read(name)
            )
            new.writestr(name, xml)
    (found,) = [one for one in read_report(tmp_path / "甲.xlsx").notices if one.rule == "N-08"]
    assert str(found.cells[0].origin) == "文字内容!C16"
    assert "“old”" in found.message
    assert "“没有其他事项。”" in found.message


@pytest.mark.parametrize(
    ("sheet", "hide"),
    [("校验", lambda sheet, row: setattr(sheet.row_dimensions[row], "hidden", True)),
     ("校验", lambda sheet, row: setattr(sheet, "sheet_state", "veryHidden"))],
)  # fmt: skip
def test_a_hidden_explanation_does_not_count(tmp_path, sheet, hide):
    def put(book, hide=hide):
        heads = FORM.sheets.explanation_heads
        row = next(c.row for line in book[sheet].iter_rows() for c in line if c.value == heads[0]) + 1
        book[sheet].cell(row, 9).value = "已写入专项报告"
        hide(book[sheet], row)

    report = edited(tmp_path, put)
    assert not report.explanations
    assert ["不算数" in one.message for one in report.notices if one.rule == "N-07"] == [True]


def test_an_explanation_that_is_an_error_value_is_told(tmp_path):
    def put(book):
        heads = FORM.sheets.explanation_heads
        row = next(c.row for line in book["校验"].iter_rows() for c in line if c.value == heads[0]) + 1
        book["校验"].cell(row, 9).value = "#REF!"

    report = edited(tmp_path, put)
    assert not report.explanations
    assert [one.rule for one in report.notices if one.severity == "error"] == ["F-02"]


def test_last_years_hidden_entries_are_said(tmp_path):
    def put(book):
        sheet = book["上年数据"]
        rows = {str(line[0].value): line[0].row for line in sheet.iter_rows()}
        figure = next(row for label, row in rows.items() if label == FORM.last_year_label(FORM.last_year_cells[0]))
        text = rows[FORM.last_year_text_label(FORM.last_year_sections[0])]
        sheet.cell(figure, 2).value, sheet.cell(text, 2).value = 37, "上年的文字。"
        sheet.row_dimensions[figure].hidden = sheet.row_dimensions[text].hidden = True

    report = edited(tmp_path, put)
    assert report.last_year[FORM.last_year_cells[0]].number == 37
    assert FORM.last_year_sections[0] not in report.last_year_texts
    assert len([one for one in report.notices if one.rule == "N-07"]) == 2


def test_what_looks_like_a_character_by_number_is_kept():
    """Readers of workbooks have decoded those that are."""
    assert clean("甲_x000D_乙") == "甲_x000D_乙"
    assert clean("甲\x07乙") == "甲乙"
    assert split_paragraphs("甲_x000D_\n乙") == ("甲_x000D_", "乙")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"B34": "五、补报", "D34": 3, "J34": 3}, "第34行“五、补报”（D34＝3等2格）"),
        ({"A52": "另：信函申请", "E52": "2件"}, "第52行“另：信函申请”（E52＝2件）"),
        ({"D40": 7}, "第40行（D40＝7）"),
        ({"Q5": "其中线上", "Q6": 12, "Q7": 3}, "Q列（Q6＝12等2格）"),
    ],
)  # fmt: skip
def test_figures_around_a_table_are_named(tmp_path, cells, said):
    """Whatever gap parts them from it; they may be anybody's reckoning, so nothing follows."""

    def add(book):
        for address, value in cells.items():
            book["表三"][address] = value

    (found,) = [one for one in edited(tmp_path, add).notices if one.rule == "S-17"]
    assert said in found.message
    assert {str(ref.origin) for ref in found.cells} <= {f"表三!{address}" for address in cells}
    assert found.severity == "warning"


def test_a_formula_or_a_text_beside_a_table_is_nothing_odd(tmp_path):
    def add(book):
        sheet = book["表三"]
        sheet["N6"], sheet["D40"], sheet["D41"] = "=SUM(D6:I6)-J6", "=SUM(D6:D9)", "经办人签字"

    assert "S-17" not in [one.rule for one in edited(tmp_path, add).notices]


def test_tables_below_and_beside_each_other_are_no_strays(saved):
    book = Workbook()
    draw(book, HUAIAN)
    assert not found(read_report(saved(book)))


def test_another_formula_we_cannot_compute_asks_to_open_and_save(saved):
    book = Workbook()
    places = draw(book, HUAIAN)
    places["表三.new.natural"].value = "=VLOOKUP(1,A1:B2,2)"
    findings = judged(read_report(saved(book)))
    assert ("N-05", "error") in [(f.rule, f.severity) for f in findings]
    assert any("打开工作簿" in f.advice for f in findings)


def test_a_formula_that_leaves_out_a_column_is_caught(saved):
    book = Workbook()
    places = draw(book, HUAIAN)
    places["表三.new.total"].value = column_sum(places, "new", APPLICANTS[:4])
    assert "T3-03" in [f.rule for f in check(read_report(saved(book)))]


def test_hidden_row_with_a_figure_is_read_and_said(saved):
    book = Workbook()
    places = draw(book, HUAIAN)
    cell = places["表三.granted.natural"]
    cell.parent.row_dimensions[cell.row].hidden = True
    report = read_report(saved(book))
    assert_figures(report)
    assert [r for r, _ in found(report)] == ["N-07"]


def test_hidden_column_with_a_figure_is_read_and_said(saved):
    book = Workbook()
    places = draw(book, HUAIAN, sheets=True)
    cell = places["表三.granted.natural"]
    cell.parent.column_dimensions[get_column_letter(cell.column)].hidden = True
    report = read_report(saved(book))
    assert_figures(report)
    assert [r for r, _ in found(report)] == ["N-07"]


def test_inserted_row_with_a_figure_is_an_error(saved):
    book = Workbook()
    places = draw(book, HUAIAN, merge=False)
    sheet = places["表三.granted.natural"].parent
    row = places["表三.deny_1.natural"].row
    sheet.insert_rows(row)
    sheet.cell(row, places["表三.granted.natural"].column, 7)
    report = read_report(saved(book))
    assert_figures(report)
    assert [r for r, _ in found(report, "error")] == ["S-04"]


def test_an_added_row_is_named_and_no_sum_or_repair_follows(saved):
    book = Workbook()
    grown = [f"表三.{row}.{column}" for row in ("new", "total_done") for column in ("natural", "total")]
    places = draw(book, {**HUAIAN, **{cell: HUAIAN[cell] + 7 for cell in grown}}, merge=False)
    sheet = places["表三.granted.natural"].parent
    row, column = places["表三.deny_1.natural"].row, places["表三.granted.natural"].column
    sheet.insert_rows(row)
    sheet.cell(row, column - 1, "7.自己加的情形")
    cell = sheet.cell(row, column, 7)
    report = read_report(saved(book))
    (found,) = (f for f in check(report) if f.severity == "error" and f.rule[0] in "SNT")
    assert found.rule == "S-04"
    assert f"第{row}行“7.自己加的情形”（{cell.coordinate}＝7）" in found.message
    assert not find_repairs(report).repairs


def test_a_row_right_below_a_table_is_named_but_no_note(saved):
    book = Workbook()
    places = draw(book, HUAIAN, sheets=True)
    cell = places["表三.carried_out.natural"]
    sheet, row = cell.parent, cell.row + 1
    sheet.cell(row, 1, "五、其他")
    sheet.cell(row, cell.column, 3)
    (message,) = (f.message for f in judged(read_report(saved(book))) if f.severity == "error")
    assert f"第{row}行“五、其他”" in message
    sheet.cell(row, 1, "填表人")
    sheet.cell(row, cell.column, "张三")
    sheet.cell(row, cell.column + 1, 2025)
    assert not [f for f in judged(read_report(saved(book))) if f.severity == "error"]


def test_missing_row_and_doubled_row_are_errors(saved):
    book = Workbook()
    draw(book, HUAIAN, label=lambda t: "" if t == "2.重复申请" else t)
    findings = judged(read_report(saved(book)))
    assert any(f.rule == "S-04" and "重复申请" in f.message for f in findings)
    book = Workbook()
    draw(book, HUAIAN, label=lambda t: "2.重复申请" if t == "3.要求提供公开出版物" else t)
    messages = [f.message for f in judged(read_report(saved(book))) if f.rule == "S-04"]
    assert any("出现了2次" in m for m in messages)
    assert any("缺少" in m and "公开出版物" in m for m in messages)


def test_two_copies_of_a_table_are_not_guessed_between(saved):
    book = Workbook()
    draw(book, HUAIAN)
    book.active = book.create_sheet("上年")
    draw(book, HUAIAN)
    assert "S-04" in [r for r, _ in found(read_report(saved(book)), "error")]


def test_a_hidden_copy_does_not_disturb(saved):
    book = Workbook()
    draw(book, HUAIAN)
    book.active = book.create_sheet("旧")
    draw(book, dict.fromkeys(HUAIAN, 9))
    book["旧"].sheet_state = "hidden"
    assert_figures(read_report(saved(book)))


def test_a_missing_table_is_an_error_and_no_table_at_all_is_not_this_form(saved):
    book = Workbook()
    draw(book, HUAIAN, only={"表二", "表三"})
    messages = [f.message for f in judged(read_report(saved(book))) if f.severity == "error"]
    assert len(messages) == 1
    assert "表四" in messages[0]
    book = Workbook()
    book.active["A1"] = "预算表"
    with pytest.raises(InputError, match="没有规定的表格"):
        read_report(saved(book))


def test_body_and_year_come_from_labels_before_the_title(saved):
    book = Workbook()
    draw(book, HUAIAN)
    book.active["K1"], book.active["L1"] = "填报单位", "淮安市人民政府"
    book.active["K2"], book.active["L2"] = "年度", "2024年"
    report = read_report(saved(book))
    assert (report.org, report.year, found(report)) == ("淮安市人民政府", 2024, [])
    book.active["L2"] = 2023
    assert [r for r, _ in found(read_report(saved(book)))] == ["S-03"]


def test_of_editions_with_the_same_labels_the_year_decides(saved):
    from msgspec.structs import replace

    from reportgen.recogniser import recognise
    from reportgen.sources import open_document

    book = Workbook()
    draw(book, HUAIAN)
    document = open_document(saved(book))
    later = replace(FORM, id="2027", first_year=2027)
    assert recognise(document, [later, FORM]).form.id == "2021"
    assert recognise(document, [later]).form.id == "2027"
    assert "S-08" in [f.rule for f in judged(recognise(document, [later]))]


ODD = st.text(st.one_of(st.characters(), st.sampled_from("\n\r\v\f\u2028\u3000\x00\x7f\ufffe_x0017BF数")), max_size=12)


@given(ODD, st.sampled_from(["", "_x0007_", "_X001f_", "_x000A_", "\r\n"]))
def test_texts_with_nothing_to_drop_are_told_rightly(text, more):
    """A text that is plain is taken as it is; with a control character at its end no text is plain."""
    text += more
    assert clean(text) == clean(text + "\x00")
    assert split_paragraphs(text) == split_paragraphs(text + "\x00")


def test_no_character_to_drop_or_to_break_at_counts_as_plain():
    for code in range(0x10000):
        text = f"a{chr(code)}b"
        assert clean(text) == clean(text + "\x00")
        assert split_paragraphs(text) == split_paragraphs(text + "\x00")
