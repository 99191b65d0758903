"""The same report from every kind of source gives the same figures and texts."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal

import documents
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support import COSTLY, DATA, make_report, published_2019, published_report

from reportgen.api import read_report
from reportgen.checks import check
from reportgen.errors import InputError
from reportgen.form import Form, load_form
from reportgen.model.exchange import from_json, to_json
from reportgen.model.report import Explanation, Passage, Report, Value
from reportgen.sources import open_document

FORM = load_form("2021")
TEXTS = (
    Passage("preamble", "", ("本报告按照条例编制，数据统计期限为2024年1月1日至2024年12月31日。",)),
    Passage("overall", "（一）主动公开情况", ("全年公开信息，及时准确。", "第二段，接着说。")),
    Passage("overall", "（二）依申请公开情况", ("全市共受理政府信息公开申请3119件。",)),
    Passage("problems", "", ("存在的问题：公开不够。下一步改进。",)),
    Passage("other", "", ("全年收取政府信息公开信息处理费3940元。",)),
)
HUAIAN = replace(published_report("huaian_city_2024"), passages=TEXTS)


def texts(report: Report) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(p.section, p.heading, p.paragraphs) for p in report.passages]


def figures(report: Report) -> dict[str, object]:
    return {cell: report.values[cell].number for cell in report.form.cells}


@pytest.fixture
def saved(tmp_path):
    def save(data: bytes, name: str):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return save


def assert_same(report: Report, wanted: Report, *, prose: bool = True) -> None:
    assert report.form.id == wanted.form.id
    assert figures(report) == figures(wanted)
    assert (report.org, report.year) == (wanted.org, wanted.year)
    if prose:
        assert texts(report) == texts(wanted)
        assert [s for s, _ in report.headings] == [s.id for s in wanted.form.sections if s.heading]


def shape(report: Report) -> list[tuple[str, str]]:
    """Findings about shape, title, cells and sums: none of them is about the story told."""
    return [(f.rule, f.message) for f in check(report) if f.rule[0] in "SNFP" or f.rule[:2] in ("T3", "T4")]


def errors(report: Report) -> list[str]:
    return [f.rule for f in check(report) if f.severity == "error"]


LABELS = {
    "exact": documents.plain,
    "half-width": lambda t: t.replace("（", "(").replace("）", ")").replace("：", ":"),
    "space": lambda t: re.sub(r"(\d)\.", r"\1. ", t),
    "vertical": "\n".join,
    "quotes": lambda t: t.replace("“", '"').replace("”", '"'),
}


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("kind", ["html", "mht", "docx", "xls", "ods"])
def test_every_kind_gives_the_same_values(saved, kind, label):
    report = read_report(saved(getattr(documents, kind)(HUAIAN, label=label), f"甲.{kind}"))
    assert report.kind == kind
    assert_same(report, HUAIAN, prose=kind in ("html", "mht", "docx"))
    assert all(value.state == "number" and not value.remark for value in report.values.values())
    assert not [f for f in check(report) if f.severity in ("error", "warning") and f.rule[0] in "SNFTPX"]


def test_amounts_are_exact(saved):
    wanted = make_report({"表二.fee.amount": Decimal("5230.52")})
    for kind in ("html", "docx", "xls", "ods"):
        report = read_report(saved(getattr(documents, kind)(wanted), f"甲.{kind}"))
        assert report.number("表二.fee.amount") == Decimal("5230.52")


WORDS = st.text("甲乙丙丁公开信息办理情况0123456789，、", min_size=1, max_size=40).map(lambda t: t + "。")


@st.composite
def reports(draw):
    """Figures, year and passages of any report that can be printed."""
    cells = {
        cell: draw(st.decimals(0, 99999999, places=2) if FORM.cells[cell].kind == "amount" else st.integers(0, 10**8))
        for cell in draw(st.lists(st.sampled_from(list(FORM.cells)), max_size=12))
    }
    sections = [s.id for s in FORM.sections if s.heading and not s.table]
    passages = tuple(
        Passage(section, "", tuple(draw(st.lists(WORDS, min_size=1, max_size=3))))
        for section in draw(
            st.lists(st.sampled_from(sections), unique=True).map(lambda s: sorted(s, key=sections.index))
        )
    )
    return cells, draw(st.integers(2021, 2030)), passages


@pytest.mark.parametrize("kind", ["html", "mht", "docx", "xls", "ods"])
@COSTLY
@given(made=reports())
def test_any_report_comes_back(tmp_path, kind, made):
    wanted = make_report(made[0], year=made[1], passages=made[2])
    path = tmp_path / f"甲.{kind}"
    path.write_bytes(getattr(documents, kind)(wanted))
    assert_same(read_report(path), wanted, prose=kind in ("html", "mht", "docx"))


@given(made=reports())
def test_json_comes_back_whole(made):
    wanted = make_report(made[0], year=made[1], passages=made[2])
    again = from_json(to_json(wanted))
    assert figures(again) == figures(wanted)
    assert {c: v.state for c, v in again.values.items()} == {c: v.state for c, v in wanted.values.items()}
    assert texts(again) == texts(wanted)
    assert dict(again.fields) == dict(wanted.fields)
    assert to_json(again).partition('"fields"')[2] == to_json(wanted).partition('"fields"')[2]


# ---------------------------------------------------------------- title and headings


@pytest.mark.parametrize(
    ("lines", "org"),
    [
        (("淮安市人民政府", "2024年政府信息公开工作年度报告"), "淮安市人民政府"),
        (("淮安市人民政府2024年", "政府信息公开工作年度报告"), "淮安市人民政府"),
        (("淮安市", "人民政府2024年政府信息", "公开工作年度报告"), "淮安市人民政府"),
        (("附件1", "淮安市人民政府2024年政府信息公开工作年度报告"), "淮安市人民政府"),
        (("淮安市人民政府 2024 年政府信息公开工作年度报告",), "淮安市人民政府"),
    ],
)
def test_titles_over_lines(saved, lines, org):
    report = read_report(saved(documents.docx(HUAIAN, title_lines=lines), "甲.docx"))
    assert (report.org, report.year) == (org, 2024)
    assert "S-02" not in [f.rule for f in check(report)]


@pytest.mark.parametrize("above", [0, 1, 19, 40])
def test_a_title_is_found_however_many_lines_stand_above_it(saved, above):
    lines = (*(f"栏目{n}，导航" for n in range(above)), HUAIAN.full_title)
    report = read_report(saved(documents.docx(HUAIAN, title_lines=lines), "甲.docx"))
    assert (report.title, report.org, report.year) == (HUAIAN.full_title, HUAIAN.org, HUAIAN.year)


@pytest.mark.parametrize(
    "title",
    [
        "2024年淮安市人民政府政府信息公开工作年度报告",
        "淮安市人民政府2024年度政府信息公开工作年度报告",
        "淮安市人民政府2024年政府信息公开工作报告",
        "淮安市人民政府政府信息公开工作2024年度报告",
    ],
)
def test_other_titles_are_read_with_a_warning(saved, title):
    report = read_report(saved(documents.html(HUAIAN, title=title), "甲.html"))
    assert (report.org, report.year) == ("淮安市人民政府", 2024)
    assert [(f.rule, f.severity) for f in check(report) if f.rule == "S-02"] == [("S-02", "warning")]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("五、存在的主要问题及改进情况", "五、存在问题及改进情况", ["五、存在问题及改进情况”应为“五、存在的主要问题"]),
        ("二、主动公开政府信息情况", "二、政府信息主动公开情况", ["应为“二、主动公开政府信息情况"]),
        ("四、政府信息公开行政复议、行政诉讼情况", "", ["缺少标题“四、"]),
        ("六、其他需要报告的事项", "一、总体情况", ["“一、总体情况”出现了2次", "缺少标题“六、", "顺序不对"]),
    ],
)
def test_headings_must_be_the_prescribed_ones(saved, old, new, words):
    page = documents.html(HUAIAN).decode().replace(f"　　{old}<", f"　　{new}<")
    report = read_report(saved(page.encode(), "甲.html"))
    messages = [f.message for f in check(report) if f.rule == "S-01"]
    assert len(messages) == len(words)
    assert all(any(word in message for message in messages) for word in words)
    assert figures(report) == figures(HUAIAN)


def test_a_list_in_a_text_is_no_heading(saved):
    wanted = replace(
        HUAIAN, passages=(*TEXTS[:3], Passage("problems", "", ("一、公开不够及时。", "二、解读形式单一", "三、收到申请多")), TEXTS[4])
    )  # fmt: skip
    report = read_report(saved(documents.docx(wanted), "甲.docx"))
    assert texts(report) == texts(wanted)
    assert "S-01" not in errors(report)


def test_workbooks_have_no_headings_to_miss(saved):
    assert "S-01" not in errors(read_report(saved(documents.ods(HUAIAN), "甲.ods")))
    assert "S-01" not in errors(from_json(to_json(HUAIAN)))


# ---------------------------------------------------------------- web pages


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("utf-8", None), ("gbk", None), ("gb18030", ""), ("utf-8", ""), ("utf-8", "gb2312"), ("gb18030", "utf-8"),
     ("utf-8-sig", "gbk"), ("utf-16", ""), ("gbk", "iso-8859-1")],
)  # fmt: skip
def test_encodings(saved, charset, declared):
    page = documents.html(HUAIAN, charset=charset, declared=declared)
    assert_same(read_report(saved(page, "甲.htm")), HUAIAN)


def test_a_page_laid_out_by_tables(saved):
    report = read_report(saved(documents.html(HUAIAN, layout=True), "甲.html"))
    assert_same(report, HUAIAN)


def test_what_the_page_adds_is_left_out(saved):
    before = "<div>首页 &gt; 政务公开</div><p style='display:none'>一、总体情况</p><noscript>六、其他需要报告的事项</noscript>"
    after = "<div>打印</div><div>关闭窗口</div><footer>版权所有：某某市<br>ICP备09号</footer>"
    page = documents.html(HUAIAN, before=before, after=after).replace(
        b"</h1>", "</h1><div>发布日期 2025-01-20　来源 政府办　浏览次数 9</div>".encode()
    )
    assert_same(read_report(saved(page, "甲.html")), HUAIAN)


def test_nbsp_br_and_nested_single_cells(saved):
    wrapped = documents.html(HUAIAN, cell=lambda t: f"<table><tr><td>&nbsp;{t}<br>&nbsp;</td></tr></table>")
    assert_same(read_report(saved(wrapped, "甲.html")), HUAIAN)
    blank = make_report({"表三.new.natural": ""})
    report = read_report(saved(documents.html(blank, cell=lambda t: t or "&nbsp;"), "甲.html"))
    assert report.values["表三.new.natural"].state == "blank"


def test_html_under_the_name_xls(saved):
    tables = "".join(documents.html_table(HUAIAN, t) for t in FORM.tables)
    report = read_report(saved(f"<html><table><tr><td>机关名称</td><td>淮安市人民政府</td></tr><tr><td>数据年度</td>"
                               f"<td>2024</td></tr></table>{tables}</html>".encode("gbk"), "导出.xls"))  # fmt: skip
    assert_same(report, HUAIAN, prose=False)
    assert "S-01" not in errors(report)


def test_two_reports_in_one_page_are_not_guessed_between(saved):
    other = make_report({}, org="另一个局")
    page = documents.html(HUAIAN) + documents.html(other)
    report = read_report(saved(page, "甲.html"))
    messages = [f.message for f in check(report) if f.rule == "S-04"]
    assert [m[:8] for m in messages] == ["文件里有2套表二", "文件里有2套表三", "文件里有2套表四"]
    assert {v.state for v in report.values.values()} == {"missing"}


def test_spans_as_the_html_standard_forms_tables(saved):
    page = (
        "<p>甲</p><table><tr><td rowspan=0>a<td colspan=2>b</tr><tr><td>c<td rowspan=9>d</tr><tr><td>e</tr>"
        "<tfoot><tr><td>z</tfoot><tbody><tr><td>f<td colspan=abc>g<td colspan=0>h</tr></tbody></table>"
    )
    (grid,) = open_document(saved(page.encode(), "甲.html")).grids
    assert [(c.row, c.column, c.row_span, c.column_span, c.value) for c in grid.cells] == [
        (1, 1, 3, 1, "a"), (1, 2, 1, 2, "b"), (2, 2, 1, 1, "c"), (2, 3, 2, 1, "d"), (3, 2, 1, 1, "e"),
        (4, 1, 1, 1, "f"), (4, 2, 1, 1, "g"), (4, 3, 1, 1, "h"), (5, 1, 1, 1, "z"),
    ]  # fmt: skip


def test_hidden_table_is_read_and_said(saved):
    page = documents.html(HUAIAN).replace(b'<table border="1">', b'<table style="display: none">', 1)
    report = read_report(saved(page, "甲.html"))
    assert figures(report) == figures(HUAIAN)
    assert "N-07" in [f.rule for f in check(report)]


def split(table, at: int, *, header: int = 0) -> str:
    """A table of a page in two, the second part with or without the header repeated."""
    first = documents.html_table(HUAIAN, table, rows=range(1, at))
    rest = documents.html_table(HUAIAN, table, rows=[*range(1, header + 1), *range(at, table.height + 1)])
    return first + "<p>（续）</p>" + rest


@pytest.mark.parametrize("header", [0, 3])
def test_tables_split_over_grids(saved, header):
    table = FORM.table("表三")
    whole = documents.html_table(HUAIAN, table)
    # After the last row of a group, where no merged cell is cut.
    page = documents.html(HUAIAN).decode().replace(whole, split(table, 28, header=header))
    assert "（续）" in page
    assert figures(read_report(saved(page.encode(), "甲.html"))) == figures(HUAIAN)


def test_rows_torn_by_a_page_break_are_joined(saved):
    page = documents.html(HUAIAN).decode()
    row = re.search(r"<tr>(?:(?!</tr>).)*2\.重复申请.*?</tr>", page)
    assert row
    torn = row[0].replace("2.重复申请", "2.重复") + "<tr><td>申请</td>" + "<td></td>" * 7 + "</tr>"
    page = page.replace(row[0], torn).replace('rowspan="5"', 'rowspan="6"').replace('rowspan="22"', 'rowspan="23"')
    report = read_report(saved(page.encode(), "甲.html"))
    assert figures(report) == figures(HUAIAN)
    assert shape(report) == shape(read_report(saved(documents.html(HUAIAN), "乙.html")))


# ---------------------------------------------------------------- sheets


def test_ods_formulas_are_computed_and_hidden_rows_said(saved):
    marks = {("表三", 6): ' table:visibility="collapse"'}
    report = read_report(saved(documents.ods(HUAIAN, formulas=True, row_marks=marks), "甲.ods"))
    assert figures(report) == figures(HUAIAN)
    assert {"N-06", "N-07"} <= {f.rule for f in check(report)}


def test_hidden_ods_sheets_are_said(saved):
    report = read_report(saved(documents.ods(HUAIAN, sheet_marks=' table:style-name="no"'), "甲.ods"))
    assert figures(report) == figures(HUAIAN)
    assert "N-07" in [f.rule for f in check(report)]


def test_ods_cells(saved):
    rows = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2" '
        'office:value-type="float" office:value="7"/></table:table-row><table:table-row>'
        '<table:table-cell office:value-type="string"><office:annotation><text:p xmlns:text="x">注</text:p>'
        '</office:annotation><text:p>甲<text:line-break/>乙<text:s text:c="2"/>丙</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=[$&apos;表&apos;.A1]+SUM([.A1:.B2])" office:value-type="float" '
        'office:value="99"/></table:table-row>'
    )
    data = documents.ods_file(f'<table:table table:name="表">{rows}</table:table>')
    (grid,) = open_document(saved(data, "甲.ods")).grids
    assert [(c.address, c.value) for c in grid.cells] == [
        ("A1", 7), ("B1", 7), ("A2", 7), ("B2", 7), ("A3", "甲\n乙  丙"), ("B3", 99),
    ]  # fmt: skip
    last = grid.resolved(grid.cells[-1])
    assert (last.result, last.now) == ("stale", 35)


def test_xls_keeps_errors_dates_and_what_is_hidden(saved):

    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    sheet.write(0, 0, True)
    sheet.write(1, 0, 0.1 + 0.2)
    sheet.write(2, 0, "甲\n乙")
    sheet.row(1).hidden = True
    hidden = book.add_sheet("藏")
    hidden.write(0, 0, 1)
    hidden.visibility = 1
    buffer = io.BytesIO()
    book.save(buffer)
    one, other = open_document(saved(buffer.getvalue(), "甲.xls")).grids
    assert [(c.address, c.value, c.hidden) for c in one.cells] == [
        ("A1", True, False), ("A2", Decimal("0.3"), True), ("A3", "甲\n乙", False),
    ]  # fmt: skip
    assert (one.hidden, other.hidden) == (False, True)


def test_xls_says_how_a_cell_looks(saved):
    """What is struck out or raised is no digit; scaling, per cent, padded zeros and dates are told, as of .xlsx."""
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    plain, struck, raised = xlwt.Font(), xlwt.Font(), xlwt.Font()
    struck.struck_out, raised.escapement = True, 1
    sheet.write_rich_text(0, 0, [("𠮷1133", plain), ("1", struck), ("1", plain)])
    sheet.write_rich_text(1, 0, [("1133", plain), ("1", raised)])
    sheet.write_rich_text(2, 0, [("面积为100m", plain), ("2", raised)])
    style = xlwt.XFStyle()
    style.font = struck
    sheet.write(3, 0, 47, style)
    codes = ["#,##0.00,", "0%", "000000", 'yyyy"年"m"月"d"日"', "General"]
    for row, (value, code) in enumerate(zip([5230520, 0.5, 10010, 45657, 12], codes, strict=True), 4):
        sheet.write(row, 0, value, xlwt.easyxf(num_format_str=code))
    buffer = io.BytesIO()
    book.save(buffer)
    (grid,) = open_document(saved(buffer.getvalue(), "甲.xls")).grids
    assert [(c.value, c.shown, c.beside) for c in grid.cells] == [
        ("𠮷11331", "", "“1”（删除线）"), ("1133", "", "“1”（上标）"), ("面积为100m2", "", ""), (None, "", "“47”（删除线）"),
        (5230520, "5,230.52", ""), (Decimal("0.5"), "50%", ""), (10010, "010010", ""),
        (dt.datetime(2024, 12, 31), "2024年12月31日", ""), (12, "", ""),
    ]  # fmt: skip


# ---------------------------------------------------------------- editions


def test_the_official_form_is_recognised_and_blank():
    report = read_report(DATA / "official-form.docx")
    assert report.form.id == "2021"
    assert {value.state for value in report.values.values()} == {"blank"}
    assert [section for section, _ in report.headings] == [s.id for s in FORM.sections if s.heading]
    assert not [f for f in check(report) if f.rule in ("S-01", "S-04", "S-07")]


@pytest.mark.parametrize("kind", ["docx", "html"])
def test_a_report_of_the_2019_form(saved, kind):
    wanted = published_2019()
    report = read_report(saved(getattr(documents, kind)(wanted), f"甲.{kind}"))
    assert report.form.id == "2019"
    for cell, value in wanted.values.items():
        if value.raw != "251000元":
            assert report.values[cell].number == value.number, cell
    assert report.number("表二.purchase.amount") == 251000
    assert report.values["表三.granted.total"].state == "blank"
    findings = check(report)
    assert not {"S-01", "S-02", "S-03", "S-04", "S-08"} & {f.rule for f in findings}
    # Blank totals are said, row by row, and never filled in.
    said = {f.cells[0].id for f in findings if f.rule == "T3-03"} | {
        c.id for f in findings if f.rule == "T3-03" for c in f.cells
    }
    assert "表三.granted.total" in said


def test_change_columns_of_2019_may_be_negative(saved):
    wanted = make_report({"表二.permit.change": -3}, form=load_form("2019"), year=2020)
    report = read_report(saved(documents.html(wanted), "甲.html"))
    assert report.number("表二.permit.change") == -3
    assert "N-02" not in errors(report)


@pytest.mark.parametrize(("edition", "year", "wrong"), [("2019", 2022, True), ("2021", 2020, True), ("2021", 2021, False),
                                                         ("2019", 2020, False)])  # fmt: skip
def test_wrong_edition_for_the_year(saved, edition, year, wrong):
    report = make_report({}, form=load_form(edition), year=year)
    found = read_report(saved(documents.html(report), "甲.html"))
    assert found.form.id == edition
    assert ("S-08" in errors(found)) is wrong


def test_editions_by_asking_for_one(saved, form: Form):
    path = saved(documents.html(published_2019()), "甲.html")
    messages = [f.message for f in check(read_report(path, form)) if f.rule == "S-04"]
    assert any("表二" in message for message in messages)


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ("3001<sup>1</sup>", "“1”（上标）"),
        ("3001<sub>1</sub>", "“1”（下标）"),
        ("<s>29</s>3001", "“29”（删除线）"),
        ("<strike>29</strike>3001", "“29”（删除线）"),
        ("<del>29</del>3001", "“29”（删除线）"),
        ('<span style="color: red; text-decoration: underline line-through">29</span>3001', "“29”（删除线）"),
        ('3001<span style="vertical-align: super; font-size: 7pt">注1</span>', "“注1”（上标）"),
        ('<span class="big old">29</span>3001', "“29”（删除线）"),
        ("<s>29<sup>2</sup></s>3001<sup>注</sup>", "“292”（删除线）、“注”（上标）"),
    ],
)
@pytest.mark.parametrize("kind", ["html", "mht"])
def test_struck_out_and_raised_characters_are_no_digits(saved, kind, markup, what):
    style = "<style><!-- p.old, td .new { } .old { text-decoration : line-through; } --></style></head>"
    page = documents.html(HUAIAN).decode().replace(">3001<", f">{markup}<", 1).replace("</head>", style, 1)
    if kind == "mht":
        page = f"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{page}"
    report = read_report(saved(page.encode(), f"甲.{kind}"))
    assert figures(report) == figures(HUAIAN)
    (found,) = [f for f in report.notices if f.rule == "N-09"]
    assert (found.severity, found.actual) == ("warning", 3001)
    assert what in found.message
    assert found.cells[0].id == "表三.new.natural"


def test_a_figure_that_is_struck_out_is_not_known(saved):
    page = documents.html(HUAIAN).replace(b">3001<", b"><s>3001</s><", 1)
    report = read_report(saved(page, "甲.html"))
    assert report.values["表三.new.natural"].number is None
    assert [f.severity for f in report.notices if f.rule == "N-09"] == ["error"]


@pytest.mark.parametrize(
    ("look", "what"),
    [
        ('style:text-line-through-style="solid"', "“29”（删除线）"),
        ('style:text-position="super 58%"', "“29”（上标）"),
        ('style:text-position="-33% 58%"', "“29”（下标）"),
        ('style:text-position="0% 100%"', ""),
    ],
)
def test_struck_out_and_raised_characters_in_an_opendocument_workbook(saved, look, what):
    cell = '<table:table-cell office:value-type="string"><text:p>31<text:span text:style-name="T1">29</text:span></text:p></table:table-cell>'
    style = f'<style:style style:name="T1"><style:text-properties {look}/></style:style>'
    data = documents.ods_file(
        f'<table:table table:name="表">{style}<table:table-row>{cell}</table:table-row></table:table>'
    )
    ((found,),) = [grid.cells for grid in open_document(saved(data, "甲.ods")).grids]
    assert (found.value, found.beside) == ("31" if what else "3129", what)


def test_what_is_struck_out_in_another_cell_is_named_too(saved):
    page = documents.html(HUAIAN).decode().replace(">自然人<", ">自然人<s>甲乙</s><", 1)
    report = read_report(saved(page.encode(), "甲.html"))
    assert figures(report) == figures(HUAIAN)
    (found,) = [f for f in report.notices if f.rule == "S-11"]
    assert "“甲乙”（删除线）" in found.line()
    assert found.cells[0].address.startswith("第2个表格!")


def test_struck_out_text_of_a_page_is_not_read_and_is_named(saved):
    page = documents.html(HUAIAN).decode().replace("及时准确", "<s>及时</s>准确m<sup>2</sup>")
    report = read_report(saved(page.encode(), "甲.html"))
    assert "全年公开信息，准确m2。" in [text for p in report.passages for text in p.paragraphs]
    (found,) = [f for f in report.notices if f.rule == "S-11"]
    assert found.severity == "warning"
    assert "“及时”（删除线）" in found.line()


# ---------------------------------------------------------------- JSON


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"form": "2021"', '"form": "1999"', "格式版本“1999”不认得"),
        ('"表三.new.natural": 3001', '"表三.new.natural": 3001, "表三.new.natural": 3', "出现了两次"),
        ('"表三.new.natural"', '"表三.new.nobody"', "没有的数据“表三.new.nobody”"),
        ('"表三.new.natural": 3001', '"表三.new.natural": [1]', "不是数字"),
        ('"values": {', '"values": 7, "x": {', "“values”应是一组 {…}，写的是整数"),
        ('"version": 1', '"version": 2', "别的版本"),
        ("}", "", "不是正确的 JSON"),
        ('"section": "preamble"', '"section": ["preamble"]', "“texts[0].section”应是文字"),
        ('"heading": ""', '"heading": 3', "“texts[0].heading”应是文字，写的是整数"),
        ('"remarks": {}', '"remarks": {"表三.new.natural": {"state": "gone"}}', "“remarks[...].state”"),
        ('"section": "preamble",', "", "“texts[0]”缺少“section”"),
        ('"last_year": {', '"last_year": [], "x": {', "“last_year”应是一组 {…}，写的是列表 […]"),
        ('"title": "', '"title": "\\ud800', "不能显示的字符 U+D800"),
        ('"title": "', '"title": "\\u001b[31m', "不能显示的字符 U+001B"),
    ],
)
def test_wrong_json_is_refused_with_its_place(old, new, words):
    with pytest.raises(InputError, match=re.escape(words)):
        from_json(to_json(HUAIAN).replace(old, new, 1) if old != "}" else to_json(HUAIAN)[:-9], path="甲.json")


@pytest.mark.parametrize(("literal", "state"), [("3001.5", "problem"), ("1e400", "problem"), ("NaN", "problem"),
                                                ("9" * 5000, "problem"), ("-3", "problem"), ("null", "blank")])  # fmt: skip
def test_json_numbers_are_never_floats(literal, state):
    data = to_json(HUAIAN).replace('"表三.new.natural": 3001', f'"表三.new.natural": {literal}')
    value = from_json(data).values["表三.new.natural"]
    assert (value.state, value.number) == (state, None)


def test_a_figure_of_json_that_nobody_typed_is_not_quoted_in_full():
    data = to_json(HUAIAN).replace('"表三.new.natural": 3001', f'"表三.new.natural": {"9" * 5000}')
    assert len(from_json(data).values["表三.new.natural"].raw) < 100


def test_what_is_missing_in_json_is_an_error_as_in_any_source(saved):
    page = documents.html(HUAIAN)
    second = page.index(b"<table", page.index(b"<table") + 1)
    report = read_report(saved(page[:second] + page[page.index(b"</table>", second) + 8 :], "甲.html"))
    wanted = [f.line() for f in report.notices if f.rule == "S-04"]
    assert wanted
    assert [f.line() for f in from_json(to_json(report)).notices] == wanted
    one = replace(HUAIAN, values={**HUAIAN.values, "表三.new.natural": Value("missing")})
    (found,) = from_json(to_json(one)).notices
    assert (found.rule, found.severity) == ("S-04", "error")
    assert "表三缺少“一、本年新收政府信息公开申请数量／自然人”这一格" in found.message


def test_explanations_survive_json():
    said = Explanation("T3-04", "ESH4G", "清理后更正。", "张三", "2025年1月20日", printed=True)
    again = from_json(to_json(replace(HUAIAN, explanations=(said,))))
    assert again.explanations == (said,)


def test_states_survive_json():
    report = published_report("shuyang_ndrc_2023")
    report = replace(report, values={**report.values, "表三.new.natural": replace(report.values["表三.new.natural"], state="placeholder", number=None, raw="/")})  # fmt: skip
    again = from_json(to_json(report))
    assert {c: (v.state, v.number) for c, v in again.values.items()} == {
        c: (v.state, v.number) for c, v in report.values.items()
    }
    assert again.values["表三.new.natural"].raw == "/"
