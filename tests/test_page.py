"""The result page and the report as a page: structure, escaping, nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from lxml import html
from support import make_report, published_cells, published_report

from reportgen.api import build, read_report, write_result_page
from reportgen.checks import check
from reportgen.checks.texts import JudgedNumber, judge_numbers
from reportgen.cli import cli
from reportgen.errors import OutputError, ReportgenError
from reportgen.form import Form
from reportgen.model.report import Origin, Passage, Report
from reportgen.repairs import find_repairs
from reportgen.show.page import environment
from reportgen.show.published import report_page
from reportgen.show.result import make_result_page
from reportgen.show.review import CheckedReport
from reportgen.workbook import blank_workbook

CASES = Path(__file__).parent / "data" / "cases"
EXAMPLE = Path(__file__).parent.parent / "examples" / "liwan-2024.xlsx"
HOSTILE = "</script><script>alert('一')</script>{{ 7*7 }}\"'&<b>"
PASSAGES = (
    Passage("overall", "（二）依申请公开情况", ("2024年新收政府信息公开申请639件，上年结转36件，开会6次。",)),
    Passage("other", "", ("2024年未收取信息处理费。",)),
)


def reviewed(report: Report) -> CheckedReport:
    return CheckedReport(report, check(report), find_repairs(report), judge_numbers(report))


def broken(**cells: object) -> Report:
    """Published figures of 荔湾 with 111 → 74 in one cell."""
    figures = {**published_cells("liwan_2024"), "表三.granted.natural": 74, **cells}
    return make_report(figures, org="广州市荔湾区人民政府", passages=PASSAGES)


@pytest.fixture(scope="module")
def page() -> html.HtmlElement:
    return html.document_fromstring(
        make_result_page([reviewed(broken()), reviewed(published_report("huaian_city_2024"))]).text
    )


def classes(element: html.HtmlElement) -> list[str]:
    return element.get("class", "").split()


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


class Balance(HTMLParser):
    """Every tag that is opened is closed, in order."""

    VOID = frozenset({"meta", "col", "wbr", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# --------------------------------------------------------------------------- the result page


def test_summary_names_every_report_with_status_and_counts(page: html.HtmlElement) -> None:
    rows = page.xpath("//section//tbody/tr")
    assert words(rows[0].find("th")) == "广州市荔湾区人民政府"
    counts = [words(td) for td in rows[0].findall("td")]
    assert counts[2] == "有错误"
    assert int(counts[3]) == len(page.xpath("//details[@id='r1']//div[contains(@class,'is-error')]"))
    assert rows[0].xpath(".//a/@href") == ["#r1"]


def test_findings_are_grouped_errors_first(page: html.HtmlElement) -> None:
    levels = [words(h).partition("（")[0] for h in page.xpath("//details[@id='r1']/h4")]
    shown = [level for level in levels if level in ("错误", "警告", "待核实", "提示")]
    assert shown[0] == "错误"
    assert shown == sorted(shown, key=["错误", "警告", "待核实", "提示"].index)


def test_tables_have_every_figure_in_the_prescribed_grid(page: html.HtmlElement, form: Form) -> None:
    report = broken()
    tables = page.xpath("//details[@id='r1']//table[contains(@class,'form')]")
    assert len(tables) == len(form.tables)
    for table, drawn in zip(form.tables, tables, strict=True):
        taken: set[tuple[int, int]] = set()
        for row, tr in enumerate(drawn.iter("tr"), 1):
            column = 1
            for one in tr:
                while (row, column) in taken:
                    column += 1
                rows, columns = int(one.get("rowspan", "1")), int(one.get("colspan", "1"))
                cell = next(c for c in table.layout if (c.row, c.column) == (row, column))
                assert (cell.row_span, cell.column_span) == (rows, columns)
                if cell.cell:
                    figure = one.find_class("figure")[0].text_content()
                    assert figure == str(report.values[cell.cell].number)
                else:
                    assert one.tag == "th"
                    assert one.text_content() == cell.text + cell.note
                taken |= {(row + r, column + c) for r in range(rows) for c in range(columns)}
        assert len(taken) == table.width * table.height


def test_header_cells_say_what_they_head(page: html.HtmlElement) -> None:
    heads = page.xpath("//table[contains(@class,'form')]//th[not(contains(@class,'corner'))]")
    assert heads
    assert all(h.get("scope") in ("col", "colgroup", "row", "rowgroup") for h in heads)


def test_both_sides_of_a_broken_sum_are_marked(page: html.HtmlElement, form: Form) -> None:
    report = broken()
    broken_sums = [e for e in form.equations if report.total(e.left) != report.total(e.right) and e.relation == "equal"]
    owners = page.xpath("//details[@id='r1']//div[@data-left]")
    assert len(owners) == len(broken_sums) == 2
    by_id = {e.get("id"): e for e in page.iter("td") if e.get("id")}
    for owner in owners:
        sides = [owner.get(side).split() for side in ("data-left", "data-right")]
        totals = [sum(int(by_id[c].find_class("figure")[0].text) for c in side) for side in sides]
        assert totals[0] != totals[1]
        for cell in (c for side in sides for c in side):
            td = by_id[cell]
            assert td.get("tabindex") == "0"
            assert owner.get("id") in td.get("data-sums").split()
            assert owner.get("id") in td.get("aria-describedby").split()
        text = words(owner)
        assert f"左边 {totals[0]} 应等于右边 {totals[1]}，相差 {abs(totals[0] - totals[1])}" in text


def test_the_suspect_has_sign_word_and_correction(page: html.HtmlElement) -> None:
    (suspect,) = page.xpath("//td[contains(@class,'suspect')]")
    assert words(suspect) == "×错误：74应为111"
    assert "74 应为 111" in words(page.get_element_by_id("r1"))


def test_every_reference_leads_somewhere(page: html.HtmlElement) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for attribute in ("data-sums", "data-left", "data-right", "data-cell", "aria-describedby", "aria-labelledby"):
        for value in page.xpath(f"//@{attribute}"):
            assert set(value.split()) <= set(ids), attribute
    assert all(h[1:] in ids for h in page.xpath("//a/@href"))


def test_numbers_of_texts_are_judged_in_place(page: html.HtmlElement) -> None:
    marks = {words(m): classes(m)[0] for m in page.xpath("//details[@id='r1']//div[@class='text']//mark")}
    assert marks["639件（与表格相符）"] == "good"
    assert marks["×36件（与表格不符）"] == "bad"
    assert marks["6次（没有对应的表格数）"] == "open"
    (told,) = page.xpath("//div[@class='text']//span[@class='should']")
    assert "35" in words(told)


def verdict(passage: int, paragraph: int, start: int, end: int) -> JudgedNumber:
    return JudgedNumber(passage, paragraph, start, end, "", 0, "", "matched", "")


def test_no_character_of_a_text_is_lost_whatever_the_spans() -> None:
    report = make_report({}, passages=(Passage("overall", "", ("甲12乙34丙",)),))
    odd = [verdict(0, 0, 1, 3), verdict(0, 0, 2, 5), verdict(0, 0, 4, 99), verdict(0, 0, 5, 5), verdict(0, 7, 0, 1)]
    drawn = html.document_fromstring(make_result_page([CheckedReport(report, (), None, odd)]).text)
    (paragraph,) = drawn.xpath("//div[@class='text']//p")
    for hidden in paragraph.find_class("hidden-text"):
        hidden.drop_tree()
    assert paragraph.text_content() == "甲12乙34丙"


def test_texts_are_whole_and_folded_where_the_findings_are_elsewhere() -> None:
    long = Passage("overall", "（一）甲", ("长" * 20_000, "新收{{ 新收 }}件。"), Origin("甲.xlsx", "文字内容", 6, 3))
    right = make_report(published_cells("liwan_2024"), passages=(long,))
    wrong = make_report({**published_cells("liwan_2024"), "表三.granted.natural": 74}, passages=(long,))
    for report, findings, is_open in (
        (right, (), True), (wrong, reviewed(wrong).findings, True), (wrong, [f for f in check(wrong) if f.equation], False),
    ):  # fmt: skip
        drawn = html.document_fromstring(make_result_page([CheckedReport(report, findings)]).text)
        (texts,) = drawn.find_class("texts")
        assert ("open" in texts.attrib) is is_open
        assert [p.text_content() for p in texts.findall(".//p")][-2:] == ["长" * 20_000, "新收639件。"]


def test_clean_reports_are_folded_among_several(page: html.HtmlElement) -> None:
    assert page.get_element_by_id("r1").get("open") is not None
    alone = make_result_page([CheckedReport(make_report({}), ())]).text
    assert "open" in html.document_fromstring(alone).get_element_by_id("r1").attrib
    two = html.document_fromstring(make_result_page([CheckedReport(make_report({}), ())] * 2).text)
    assert [("open" in d.attrib) for d in two.iter("details")] == [False, False]


def test_unreadable_files_are_listed() -> None:
    drawn = html.document_fromstring(
        make_result_page([], unreadable=[(str(Path("甲") / "坏.xlsx"), "“坏.xlsx”已损坏")]).text
    )
    assert "读不出 1 份" in words(drawn)
    assert "“坏.xlsx”已损坏 坏.xlsx" in " ".join(drawn.itertext())


# --------------------------------------------------------------------------- safe and self-contained


def hostile_report() -> Report:
    passages = (Passage("overall", HOSTILE, (HOSTILE + "新收639件。",)),)
    figures = {**published_cells("liwan_2024"), "表三.granted.natural": HOSTILE}
    return make_report(figures, org=HOSTILE, passages=passages)


@pytest.mark.parametrize("kind", ["result", "report"])
def test_hostile_texts_stay_texts(kind: str) -> None:
    report = hostile_report()
    text = (
        make_result_page([reviewed(report)], unreadable=[(HOSTILE, HOSTILE)]).text
        if kind == "result"
        else report_page(report)
    )
    drawn = html.document_fromstring(text)
    assert len(drawn.xpath("//script")) == (1 if kind == "result" else 0)
    assert not drawn.xpath("//b")
    assert "alert('一')" in words(drawn)
    assert "{{ 7*7 }}" in words(drawn)
    assert not any(name.startswith("on") for one in drawn.iter() for name in one.attrib)


@pytest.mark.parametrize("kind", ["result", "report"])
def test_nothing_comes_from_outside(kind: str) -> None:
    report = broken()
    text = make_result_page([reviewed(report)]).text if kind == "result" else report_page(report)
    assert not re.search(r"https?:|//[a-z]|@import|url\(|\bsrc=|<link|<iframe|<img", text)
    drawn = html.document_fromstring(text)
    (policy,) = drawn.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy
    for script in drawn.xpath("//script"):
        digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert drawn.xpath("//meta[@name='viewport']")
    assert drawn.get("lang") == "zh-CN"


def test_pages_are_well_formed_and_the_same_every_time() -> None:
    for make in (lambda: make_result_page([reviewed(broken())]).text, lambda: report_page(broken())):
        text = make()
        assert text == make()
        balance = Balance()
        balance.feed(text)
        assert balance.open == []


def test_environment_escapes_and_refuses_the_undefined() -> None:
    jinja = environment()
    assert jinja.from_string("{{ a }}").render(a="<") == "&lt;"
    with pytest.raises(Exception, match="undefined"):
        jinja.from_string("{{ a }}").render()


# --------------------------------------------------------------------------- the report as a page


def test_report_page_has_headings_figures_and_texts_in_order(form: Form) -> None:
    report = broken()
    drawn = html.document_fromstring(report_page(report))
    assert "".join(drawn.find(".//h1").itertext()) == report.full_title
    assert [words(h) for h in drawn.iter("h2")] == [s.heading for s in form.sections if s.heading]
    cells = [c.cell for t in form.tables for c in sorted(t.layout, key=lambda c: (c.row, c.column)) if c.cell]
    assert [words(td) for td in drawn.iter("td")] == [str(report.number(c)) for c in cells]
    for passage in PASSAGES:
        assert all(text in words(drawn) for text in passage.paragraphs)


# --------------------------------------------------------------------------- command line


def test_validate_writes_page_and_marked_copy(tmp_path: Path, form: Form) -> None:
    book, page, copy = tmp_path / "甲.xlsx", tmp_path / "结果.html", tmp_path / "甲-审核.xlsx"
    book.write_bytes(blank_workbook(form, report=broken(), typed_totals=True))
    before = book.read_bytes()
    run = CliRunner().invoke
    result = run(cli, ["validate", str(book), "--html", str(page), "--mark", str(copy), "--format", "json"])
    assert result.exit_code == 1
    assert result.stdout.startswith('{\n "version"')  # messages go to stderr
    assert "T3-02" in page.read_text(encoding="utf-8")
    assert copy.stat().st_size > 0
    again = run(cli, ["validate", str(book), "--html", str(page)])
    assert again.exit_code == 4
    assert "已经存在" in again.stderr
    forced = run(cli, ["validate", str(book), str(tmp_path / "无.xlsx"), "--html", str(page), "--force"])
    assert forced.exit_code == 3
    assert "读不出 1 份" in page.read_text(encoding="utf-8")
    assert book.read_bytes() == before


def test_mark_of_several_needs_a_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["validate", "甲.xlsx", "乙.xlsx", "--mark", str(tmp_path / "丙.xlsx")])
    assert result.exit_code == 2
    assert "文件夹" in result.stderr


def test_a_page_has_the_name_of_a_page(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.html"):
        write_result_page([], tmp_path / "结果.txt")


def test_the_published_page_is_read_back_and_compared(tmp_path, monkeypatch):
    """``build -o x.html`` proves its page as it proves the Word file."""
    from reportgen.api import build
    from reportgen.errors import ProofError
    from reportgen.show import published

    report = published_report("liwan_2024")
    result = build(report, tmp_path / "r.html")
    assert result.path is not None
    assert result.compared >= 200
    with pytest.raises(OutputError, match=r"\.docx"):
        build(report, tmp_path / "r.odt")
    honest = published.report_page
    monkeypatch.setattr(published, "report_page", lambda *a, **k: honest(*a, **k).replace(">639<", ">693<"))
    with pytest.raises(ProofError, match="639"):
        build(report, tmp_path / "wrong.html")
    assert not (tmp_path / "wrong.html").exists()


def test_a_draft_page_says_so_and_marks_the_wrong_figures(tmp_path):
    from reportgen.api import build

    path = build(published_report("jinhu_county_2023"), tmp_path / "d.html", draft=True).path
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert 'class="draft"' in text
    assert text.count('class="marked"') == 5


# --------------------------------------------------------------------------- one file's oddity


def test_sections_of_every_sort_may_have_texts(form: Form) -> None:
    ids = [s.id for s in form.sections]
    texts = tuple(Passage(one, "", (f"{one}里的一句话。",)) for one in ids)
    report = make_report(published_cells("liwan_2024"), passages=texts)
    drawn = words(html.document_fromstring(make_result_page([reviewed(report)]).text))
    assert all(f"{one}里的一句话。" in drawn for one in ids)


def test_a_fault_in_one_reports_part_leaves_the_others_whole(tmp_path: Path) -> None:
    good, bad = reviewed(broken()), reviewed(published_report("huaian_city_2024"))
    odd = msgspec.structs.replace(bad.report, path="乙.xlsx", passages=(Passage("no such part", "", ("一",)),))
    made = make_result_page([good, CheckedReport(odd, bad.findings, bad.repairs), good])
    alone = make_result_page([good, good])
    assert [path for path, _ in made.failed] == ["乙.xlsx"]
    assert "乙.xlsx" in made.failed[0][1]
    drawn, whole = html.document_fromstring(made.text), html.document_fromstring(alone.text)
    assert [words(one) for one in drawn.iter("details")] == [words(one) for one in whole.iter("details")]
    assert "没能列出 1 份" in words(drawn)
    written = write_result_page([good, CheckedReport(odd, ())], tmp_path / "页.html")
    assert [path for path, _ in written.failed] == ["乙.xlsx"]


def test_the_fault_of_a_part_is_told_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reportgen.show import result

    whole = result.make_review

    def fails_for_one(report: Report, *rest: object) -> object:
        if report.path.endswith("乙.xlsx"):
            raise ZeroDivisionError("odd")
        return whole(report, *rest)

    monkeypatch.setattr(result, "make_review", fails_for_one)
    for name in ("甲", "乙"):
        shutil.copy(EXAMPLE, tmp_path / f"{name}.xlsx")
    page = tmp_path / "页.html"
    done = CliRunner().invoke(cli, ["validate", *(str(tmp_path / f"{n}.xlsx") for n in "甲乙"), "--html", str(page)])
    assert done.exit_code == 3
    assert "“乙.xlsx”没有处理" in done.stderr
    assert "已写出" in done.stderr
    assert "广州市荔湾区人民政府" in page.read_text("utf-8")


# What is wrong with each file's own copy is told; the other file's results do not change.
ODD = [
    "page-sentence.html",
    "page-keyerror-notable.html",
    "mark-row-d.xlsx",
    "esc-org.json",
    "surrogate.json",
    "cell-c1.xlsx",
]


@pytest.mark.parametrize("name", [ODD[0], *(pytest.param(name, marks=pytest.mark.slow) for name in ODD[1:])])
def test_the_example_beside_an_odd_file_is_whole(name: str, tmp_path: Path) -> None:
    good, page = tmp_path / "甲.xlsx", tmp_path / "页.html"
    shutil.copy(EXAMPLE, good)
    alone = CliRunner().invoke(cli, ["validate", str(good)]).output
    odd = CASES / "hostile" / name
    for last in ([], ["--last-year", str(odd)]):
        done = CliRunner().invoke(
            cli, ["validate", str(good), str(odd), "--html", str(page), "--mark", str(tmp_path), "--force", *last]
        )
        assert done.exit_code in (0, 1, 3)
        assert "内部出错" not in done.output
        assert page.read_text("utf-8").rstrip().endswith("</html>")
        if not last:
            assert "广州市荔湾区人民政府" in page.read_text("utf-8")
            assert alone in done.output
            assert (tmp_path / "甲（审核）.xlsx").is_file()
        for out in ("x.xlsx", "x.json"):
            taken = CliRunner().invoke(cli, ["extract", str(odd), "-o", str(tmp_path / out), "--force"])
            assert not taken.exception or isinstance(taken.exception, (SystemExit, ReportgenError)), taken.output


def test_a_fault_of_last_years_file_names_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import reportgen.api

    honest = reportgen.api.open_document

    def broken_last(path: Path) -> object:
        if Path(path).name == "上年.xlsx":
            raise KeyError("odd")
        return honest(path)

    monkeypatch.setattr(reportgen.api, "open_document", broken_last)
    (tmp_path / "上年.xlsx").write_bytes(b"odd")
    done = CliRunner().invoke(cli, ["validate", str(EXAMPLE), "--last-year", str(tmp_path / "上年.xlsx")])
    assert done.exit_code == 3
    assert "“上年.xlsx”没有处理" in done.stderr
    assert EXAMPLE.name not in done.stderr


def test_markup_that_cannot_be_edited_is_refused_in_chinese(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["validate", str(CASES / "hostile" / "mark-row-d.xlsx"), "--mark", str(tmp_path)])
    assert "mark-row-d.xlsx" in done.stderr
    assert "不能在里面做标记" in done.stderr or "已损坏" in done.stderr or list(tmp_path.iterdir())


def test_a_page_shows_one_blank_for_several(tmp_path: Path) -> None:
    """A browser does, and the proof compares what it shows; nobody is refused a page for it."""
    report = read_report(EXAMPLE)
    first, *others = report.passages
    odd = msgspec.structs.replace(
        first, heading="（一）  甲", paragraphs=("新收\t三件", "甲  乙\xa0丙", "\u3000\u3000丁")
    )
    build(msgspec.structs.replace(report, passages=(odd, *others)), out=tmp_path / "x.html")
    text = "\n".join(text for passage in read_report(tmp_path / "x.html").passages for text in passage.paragraphs)
    assert text.startswith("新收 三件\n甲 乙 丙\n丁")
