"""Small inputs after public bug reports (tests/data/cases): what is right for each workbook and each hostile file."""

from __future__ import annotations

import contextlib
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from openpyxl.styles import Color, Font, PatternFill
from xlsxkit import rewritten

import reportgen
from reportgen.cli import cli
from reportgen.errors import InputError, ReportgenError
from reportgen.model.findings import Finding
from reportgen.model.last_year import with_last_year
from reportgen.model.report import Report
from reportgen.repairs import Repairs, find_repairs
from reportgen.show.json import report_json
from reportgen.show.result import make_result_page
from reportgen.show.review import CheckedReport

CASES = Path(__file__).parent / "data" / "cases"
EXAMPLE = Path(__file__).parent.parent / "examples" / "liwan-2024.xlsx"
HOSTILE = sorted(path.relative_to(CASES).as_posix() for path in (CASES / "hostile").iterdir())
EVERY = sorted(
    path.relative_to(CASES).as_posix()
    for room in ("documents", "hostile", "workbooks")
    for path in (CASES / room).iterdir()
)


def judged(name: str) -> tuple[Report, list[Finding]]:
    report = reportgen.read_report(CASES / name)
    return report, reportgen.check(report)


def at(findings: list[Finding], address: str) -> list[Finding]:
    """Return the findings that name a cell."""
    return [one for one in findings if any(cell.address == address for cell in one.cells)]


def rules(findings: list[Finding], *severities: str) -> set[str]:
    return {one.rule for one in findings if not severities or one.severity in severities}


def texts_of(report: Report) -> str:
    return "\n".join(text for passage in report.passages for text in passage.paragraphs)


def run(*arguments: str | Path) -> Result:
    """Run the command line; an unexpected exception is never swallowed."""
    result = CliRunner().invoke(cli, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, (SystemExit, ReportgenError)):
        raise result.exception
    return result


# --------------------------------------------------------------------------- texts and fields


def test_a_visible_sheet_counts_before_a_hidden_one() -> None:
    report, _ = judged("workbooks/d-info-hidden-first.xlsx")
    assert report.year == 2024


def test_a_hidden_sheet_of_texts_is_not_printed_and_is_named() -> None:
    report, findings = judged("workbooks/d-text-hidden.xlsx")
    assert texts_of(report) == texts_of(reportgen.read_report(EXAMPLE))
    assert any("文字内容 (2)" in one.line() for one in findings)


def test_text_in_a_hidden_row_is_reported() -> None:
    _, findings = judged("workbooks/u-hidrow-text.xlsx")
    assert "N-07" in rules(at(findings, "文字内容!C9"), "error", "warning")


def test_struck_out_text_is_reported() -> None:
    _, findings = judged("workbooks/u-strike-text.xlsx")
    assert rules(at(findings, "文字内容!C16"), "error", "warning") - {"C-06"}


@pytest.mark.parametrize(
    ("name", "address"), [("tx-ref", "文字内容!C9"), ("tx-org-err", "基本信息!B4"), ("w-dispimg-text", "文字内容!C16")]
)
def test_an_error_value_or_a_picture_is_no_text(name: str, address: str) -> None:
    report, findings = judged(f"workbooks/{name}.xlsx")
    assert rules(at(findings, address), "error")
    assert "#REF!" not in texts_of(report)
    assert "DISPIMG" not in texts_of(report)


def test_a_text_whose_formula_has_no_result_is_not_left_out_silently() -> None:
    _, findings = judged("workbooks/tx-nov.xlsx")
    assert "N-05" in rules(at(findings, "文字内容!C9"), "error")


def test_a_date_among_the_texts_reads_as_the_cell_shows_it() -> None:
    report, findings = judged("workbooks/tx-date2.xlsx")
    assert "2024/12/31" in texts_of(report) or rules(at(findings, "文字内容!C16"), "error")
    assert "2024-12-31" not in texts_of(report)


def test_a_post_code_reads_as_shown() -> None:
    report, findings = judged("workbooks/g-post-format.xlsx")
    assert report.fields["postcode"] == "010010" or at(findings, "基本信息!B15")


def test_a_date_that_cannot_be_is_quoted_as_typed() -> None:
    _, findings = judged("workbooks/g-dnum.xlsx")
    found = at(findings, "基本信息!B12")
    assert rules(found, "error")
    assert not any("#VALUE!" in one.line() for one in found)


# --------------------------------------------------------------------------- figures


def test_a_scaling_number_format_is_reported() -> None:
    _, findings = judged("workbooks/f-wan2.xlsx")
    lines = [one.line() for one in at(findings, "表二!B16") if one.severity in ("error", "warning")]
    assert any("5,230.52" in line or "5230.52" in line for line in lines)


def test_a_circular_formula_is_named_as_such() -> None:
    _, findings = judged("workbooks/m-circ.xlsx")
    lines = [one.line() for one in at(findings, "表三!J6")]
    assert any("引用自己" in line or "循环引用" in line for line in lines)
    assert not any("31950" in line for line in lines)


@pytest.mark.parametrize("name", ["x-missing-sheet", "x-sum-missing"])
def test_a_reference_that_cannot_be_followed_is_unknown(name: str) -> None:
    report, findings = judged(f"workbooks/{name}.xlsx")
    number = report.values["表二.penalty.decisions"].number
    assert number in (None, 11331)
    assert number is not None or "N-05" in rules(at(findings, "表二!B12"), "error")


def test_a_link_to_another_file_keeps_its_stored_result() -> None:
    _, findings = judged("workbooks/y-extquoted.xlsx")
    assert "N-08" not in rules(findings)
    assert not rules(findings, "error")


def test_a_workbook_that_calculates_as_displayed_is_right() -> None:
    _, findings = judged("workbooks/z-asdisplayed.xlsx")
    assert not rules(findings, "error")


def test_only_what_was_computed_is_said_to_be() -> None:
    _, findings = judged("workbooks/x-sumproduct.xlsx")
    assert "N-06" not in rules(at(findings, "表三!J6")) or any(
        "J6＝638" in one.line() for one in at(findings, "表三!J6")
    )


@pytest.mark.parametrize("name", ["y-inf", "y-over"])
def test_arithmetic_without_a_result_ends_in_unknown(name: str) -> None:
    _, findings = judged(f"workbooks/{name}.xlsx")
    assert rules(at(findings, "表三!J6"), "error", "warning")


def test_an_invisible_character_is_no_mystery() -> None:
    report, findings = judged("workbooks/v-lrm.xlsx")
    value = next(v for v in report.values.values() if str(v.origin) == "表三!D8")
    lines = [one.line() for one in at(findings, "表三!D8")]
    assert value.number == 111 or any("看不见" in line or "U+202A" in line for line in lines)
    assert not any("\u202a" in line for line in lines)


@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\ufeff", "\u3164"])
def test_an_invisible_character_in_a_name_is_named_and_not_printed(character: str, tmp_path: Path) -> None:
    book = load_workbook(EXAMPLE)
    book["基本信息"]["B4"] = f"广州市{character}荔湾区人民政府"
    book.save(tmp_path / "甲.xlsx")
    report = reportgen.read_report(tmp_path / "甲.xlsx")
    assert report.org == "广州市荔湾区人民政府"
    (told,) = at(reportgen.check(report), "基本信息!B4")
    assert f"U+{ord(character):04X}" in told.line()
    assert told.severity == "warning"


WHITE, PAPER = Font(color="FFFFFFFF"), PatternFill()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("look", "seen"),
    [
        ({"font": WHITE, "fill": PAPER}, False),
        ({"font": Font(color=Color(theme=0)), "fill": PAPER}, False),
        ({"font": Font(color=Color(indexed=9)), "fill": PAPER}, False),
        ({"font": Font(color="FFABCDEF"), "fill": PatternFill("solid", start_color="00ABCDEF")}, False),
        ({"font": Font(), "fill": PatternFill("solid", start_color="FF000000")}, False),
        ({"font": Font(size=1)}, False),
        ({"font": WHITE, "fill": PatternFill("solid", start_color="FF1F3864")}, True),
        ({"font": Font(color=Color(theme=0, tint=-0.5)), "fill": PAPER}, True),
        ({"font": WHITE, "fill": PatternFill("lightGray")}, True),
    ],
)
def test_what_has_the_colour_of_the_paper_or_no_size_is_hidden(
    look: dict[str, object], seen: bool, tmp_path: Path
) -> None:
    book = load_workbook(EXAMPLE)
    for sheet, address in (("文字内容", "C9"), ("表二", "B6"), ("基本信息", "B4")):
        for name, value in look.items():
            setattr(book[sheet][address], name, value)
    book.save(tmp_path / "甲.xlsx")
    found = [one for one in reportgen.check(reportgen.read_report(tmp_path / "甲.xlsx")) if one.rule == "N-07"]
    assert {cell.address for one in found for cell in one.cells} == (
        set() if seen else {"文字内容!C9", "表二!B6", "基本信息!B4"}
    )


def test_a_column_without_width_is_hidden(tmp_path: Path) -> None:
    def flat(part: str, xml: bytes) -> bytes:
        return re.sub(rb'(<col )width="\d+"', rb'\1width="0"', xml) if part == "xl/worksheets/sheet3.xml" else xml

    (tmp_path / "甲.xlsx").write_bytes(rewritten(EXAMPLE.read_bytes(), flat))
    report = reportgen.read_report(tmp_path / "甲.xlsx")
    assert not report.passages
    assert "N-07" in rules(reportgen.check(report), "warning")


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/_rels/workbook.xml.rels", (b"worksheets/sheet3.xml", b"worksheets/sheet99.xml")),
        ("xl/_rels/workbook.xml.rels", (b"worksheets/sheet3.xml", b"styles.xml")),
        ("xl/_rels/workbook.xml.rels", (b'"rId4"', b'"rId3"')),
        ("xl/workbook.xml", ('name="表二"'.encode(), 'name="表三"'.encode())),
        *((part, None) for part in ("xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml")),
        *(
            (part, (b"</", b"<"))
            for part in ("xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels")
        ),
    ],
)
def test_a_lost_or_malformed_part_is_damage(part: str, change: tuple[bytes, bytes] | None, tmp_path: Path) -> None:
    def lose(name: str, xml: bytes) -> bytes | None:
        return xml if name != part else None if change is None else xml.replace(*change)

    (tmp_path / "甲.xlsx").write_bytes(rewritten(EXAMPLE.read_bytes(), lose))
    with pytest.raises(InputError, match="损坏"):
        reportgen.read_report(tmp_path / "甲.xlsx")


def test_characters_written_by_number_are_decoded() -> None:
    report, _ = judged("workbooks/t-x000D.xlsx")
    assert "_x000D_" not in texts_of(report)
    _, findings = judged("workbooks/tx-label-x000d.xlsx")
    assert not rules(findings, "error")


def test_a_part_of_another_spelling_is_not_dropped_silently() -> None:
    """Names of parts are the same in any case of letters (ECMA-376 part 2, 6.2.2); read, or told as damaged."""
    with contextlib.suppress(InputError):
        assert judged("workbooks/p-Sheet1-case.xlsx")[0].values["表三.new.total"].number == 639


# --------------------------------------------------------------------------- what the clerk added


@pytest.mark.slow
@pytest.mark.parametrize(("name", "address"), [("q1_head6", "文字内容!C13"), ("s09_pasted", "文字内容!C6")])
def test_what_was_pasted_into_a_text_is_a_finding_at_its_cell(name: str, address: str) -> None:
    _, findings = judged(f"workbooks/clerk-{name}.xlsx")
    assert "C-14" in rules(at(findings, address), "error", "warning")


def test_a_heading_pasted_into_a_text_is_not_built(tmp_path: Path) -> None:
    name = CASES / "workbooks" / "clerk-q1_head6.xlsx"
    assert run("build", name, "-o", tmp_path / "x.docx").exit_code == 1
    assert not (tmp_path / "x.docx").exists()


def test_a_row_that_is_not_the_forms_is_one_finding_and_nothing_follows() -> None:
    report, findings = judged("workbooks/clerk-s10_extrarow.xlsx")
    errors = [one for one in findings if one.severity == "error"]
    assert [one.rule for one in errors] == ["S-04"]
    assert "第31行“五、其他”" in errors[0].message
    assert errors[0].cells[0].address.startswith("表三!")
    assert not find_repairs(report).repairs


def test_a_label_that_is_nearly_the_forms_is_read_and_a_row_without_one_is_named() -> None:
    report, findings = judged("workbooks/clerk-i3_label.xlsx")
    assert {one.rule for one in at(findings, "表三!C17")} == {"S-07"}
    errors = [one for one in findings if one.severity == "error"]
    assert [one.rule for one in errors] == ["S-04"]
    assert "第19行（没有标签）" in errors[0].message
    assert "可能是“2.没有现成信息需要另行制作”" in errors[0].message
    assert report.values["表三.unable_2.total"].number is None
    assert not find_repairs(report).repairs


# --------------------------------------------------------------------------- years, names, magnitude


def lines_of(findings: list[Finding], rule: str) -> list[str]:
    return [one.line() for one in findings if one.rule == rule]


def test_texts_that_never_name_the_data_year_are_an_error() -> None:
    _, findings = judged("workbooks/clerk-s07_wrongyear.xlsx")
    (line,) = lines_of(findings, "S-12")
    assert line.startswith("错误")
    assert "2026年" in line
    assert "2025年" in line
    assert lines_of(findings, "D-03"), "published two years after"
    assert not lines_of(findings, "D-01"), "a wrong year is told once"


def test_a_sentence_about_another_year_is_asked_about() -> None:
    _, findings = judged("workbooks/clerk-u02_year_claim_2025.xlsx")
    assert [one.severity for one in findings if one.rule == "S-12"] == ["ask"]
    assert "S-12" in rules(at(findings, "文字内容!C7"))


def test_a_name_that_holds_the_title_is_an_error() -> None:
    _, findings = judged("workbooks/clerk-s08b_name_with_title.xlsx")
    assert "S-13" in rules(at(findings, "基本信息!B4"), "error")


def test_a_blank_kind_of_body_is_asked_about_and_the_rules_left_out_are_named() -> None:
    _, findings = judged("workbooks/clerk-g1_notype.xlsx")
    (line,) = lines_of(findings, "S-15")
    assert "县级政府" in line
    assert "D-02" in line


def test_yuan_for_ten_thousands_is_asked_about_with_its_evidence() -> None:
    _, findings = judged("workbooks/clerk-s04_yuan.xlsx")
    (line,) = lines_of(findings, "T2-09")
    assert all(word in line for word in ("356200", "政府部门", "行政许可1250件", "元填写"))


def test_our_own_sentences_are_no_copy_of_last_years() -> None:
    last = reportgen.read_report(CASES / "workbooks" / "clerk-nil2025.xlsx")
    report = with_last_year(reportgen.read_report(CASES / "workbooks" / "clerk-n1_nil.xlsx"), last)
    assert not rules(reportgen.check(report)) & {"C-05", "C-11"}


# --------------------------------------------------------------------------- one cause, one finding; repairs


def repaired(name: str) -> tuple[Report, list[Finding], Repairs]:
    report, findings = judged(f"workbooks/clerk-{name}.xlsx")
    return report, findings, find_repairs(report)


def test_the_code_shows_wherever_an_explanation_settles() -> None:
    _, findings = judged("workbooks/clerk-e1_nocode.xlsx")
    (one,) = [one for one in findings if one.rule == "T3-04"]
    assert one.severity == "error"
    assert f"核对码 {one.code}" in one.line()


def test_the_transposed_figure_comes_first_and_few_follow() -> None:
    report, findings, repairs = repaired("s01_transposed")
    assert len([one for one in findings if one.rule == "T3-01"]) == 1, "the total column follows by formula"
    (place,) = repairs.shown
    assert [(c.old, c.new) for c in place.repairs[0].changes] == [(64, 46)]
    assert len(place.repairs) <= 3
    assert f"还有{place.more}种" in "".join(repairs.lines(report))


def test_a_blank_row_is_one_sentence_and_one_repair() -> None:
    report, findings, repairs = repaired("s03_blankrow")
    (error,) = [one for one in findings if one.severity in ("error", "warning")]
    assert "第18行" in error.message
    assert "整行没有填" in error.message
    (place,) = repairs.shown
    assert place.is_certain
    changed = [(report.ref(c.cell).address, c.new) for c in place.repairs[0].changes]
    assert changed == [("表三!D18", 9), ("表三!E18", 2), ("表三!H18", 2)]


def test_typed_totals_left_blank_are_one_finding() -> None:
    report, findings, repairs = repaired("typed1")
    (error,) = [one for one in findings if one.severity in ("error", "warning")]
    assert "总计没有填" in error.message
    assert len(error.cells) == 34
    assert len(repairs.shown) == 1
    assert {report.form.cells[c.cell].total for c in repairs.repairs[0].changes} == {True}


@pytest.mark.parametrize("name", ["s01_transposed", "s03_blankrow", "typed1"])
def test_lines_page_and_json_tell_the_same_repairs(name: str) -> None:
    report, findings, repairs = repaired(name)
    lines = [line for line in repairs.lines(report) if line.startswith("可能的更正")]
    data = report_json(report, findings, repairs)["repairs"]
    page = make_result_page([CheckedReport(report, findings, repairs)]).text
    assert 1 <= len(lines) == len(data) <= 3
    listed = page[page.index("<h3>可能的更正</h3>") :].partition("<h3>表格</h3>")[0]
    assert listed.count("<li>") == len(lines)
    more = {one["more"] for one in data}
    assert all((f"还有 {n} 种" in listed) == bool(n) for n in more)


# --------------------------------------------------------------------------- hostile


@pytest.mark.office
@pytest.mark.parametrize("name", HOSTILE)
def test_every_hostile_file_is_read_or_refused_in_chinese(name: str, tmp_path: Path) -> None:
    result = run("validate", CASES / name)
    assert result.exit_code in (0, 1, 3)
    assert "内部" not in result.output or "内部的 XML" in result.output
    assert "Error" not in result.output
    assert not any(c in result.output for c in "\x1b\x9b\x85\u202e\u2066"), "sent raw to a terminal"
    for target in ("x.docx", "x.html"):
        result = run("build", CASES / name, "-o", tmp_path / target)
        assert "Error" not in result.output
        assert "内部出错" not in result.output
    run("extract", CASES / name, "-o", tmp_path / "x.xlsx")
    run("extract", CASES / name, "-o", tmp_path / "x.json")


@pytest.mark.parametrize("name", ["json-no-t3.json", "json-one-missing.json", "missing-table.json"])
def test_a_missing_figure_is_an_error_whatever_the_source(name: str, tmp_path: Path) -> None:
    _, findings = judged(f"hostile/{name}")
    assert rules(findings, "error")
    assert run("build", CASES / "hostile" / name, "-o", tmp_path / "x.docx").exit_code == 1
    assert not (tmp_path / "x.docx").exists()


def test_malformed_markup_is_damage() -> None:
    with pytest.raises(InputError, match="损坏"):
        reportgen.read_report(CASES / "hostile" / "malformed-10486.xlsx")


def test_a_line_break_in_a_value_forges_no_line() -> None:
    result = run("validate", CASES / "hostile" / "cell-nl.xlsx")
    assert not any(line.startswith("错误 0") for line in result.output.splitlines())


def test_the_section_that_is_a_list_is_refused() -> None:
    with pytest.raises(InputError):
        reportgen.read_report(CASES / "hostile" / "section-list.json")


def test_last_years_bad_figure_is_told_of_the_right_file(tmp_path: Path) -> None:
    result = run("validate", EXAMPLE, "--last-year", CASES / "hostile" / "v-nan.xlsx")
    assert result.exit_code in (0, 1, 3)
    assert "内部出错" not in result.output
    lines = [line for line in result.output.splitlines() if "NaN" in line]
    assert all("v-nan" in line or "上年" in line for line in lines)


def test_both_kinds_of_document_are_proved_alike(tmp_path: Path) -> None:
    name = CASES / "hostile" / "proof-11242.json"
    codes = {run("build", name, "-o", tmp_path / out).exit_code for out in ("x.docx", "x.html")}
    assert len(codes) == 1


# --------------------------------------------------------------------------- documents


@pytest.mark.parametrize("name", ["ht-sup.html", "re-strike.docx"])
def test_marks_and_struck_characters_are_no_digits(name: str) -> None:
    report, _ = judged(f"documents/{name}")
    assert next(v.number for c, v in report.values.items() if v.number in (11331, 113311, 111331)) == 11331


def test_a_note_mark_beside_a_figure_is_reported() -> None:
    _, findings = judged("documents/ht-sup.html")
    assert any(11331 in [cell.value for cell in one.cells] for one in findings if one.severity != "info")


def test_revisions_not_yet_accepted_are_reported() -> None:
    _, findings = judged("documents/rd-ins.docx")
    assert any("修订" in one.line() for one in findings)


# --------------------------------------------------------------------------- who and which year, PDF

BASE = "documents/lay_base.html"


def numbers(report: Report) -> dict[str, object]:
    return {id_: value.number for id_, value in report.values.items()}


@pytest.mark.parametrize(
    "name",
    ["lay_title_guanyu.html", "lay_title_nianbao.html", "ttl_crumb.html", "ttl_meta_li.html", "ttl_title_dash.html",
     "ttl_title_tail.html", "ttl_title_xx.html"],
)  # fmt: skip
def test_body_and_year_are_right_whatever_stands_around_the_title(name: str) -> None:
    report, findings = judged(f"documents/{name}")
    assert (report.org, report.year) == ("甲市乙局", 2024)
    assert not rules(findings, "error")
    assert rules(findings, "warning") <= {"S-02"}


def test_a_title_without_a_body_is_one_finding() -> None:
    report, findings = judged("documents/lay_title_noorg.html")
    assert (report.org, report.year) == ("", 2024)
    assert [one.rule for one in findings if one.severity in ("error", "warning")] == ["S-02"]


@pytest.mark.parametrize("name", ["pdf_heading_after_full_line.pdf", "pdf_white_shading_par.pdf"])
def test_a_pdf_of_an_office_reads_as_the_page_it_was_made_of(name: str) -> None:
    report, findings = judged(f"documents/{name}")
    assert numbers(report) == numbers(judged(BASE)[0])
    assert (report.org, report.year) == ("甲市乙局", 2024)
    assert not rules(findings, "error", "warning")


# --------------------------------------------------------------------------- layouts of documents


@pytest.fixture(scope="module")
def base() -> Report:
    return judged("documents/lay_base.html")[0]


AS_BASE = [
    "docx_autonum_headings.docx", "lay_base.html", "lay_colspan_miss.html", "lay_decision_year.html",
    "lay_deny2_typo.html", "lay_divs.html", "lay_gbk_nometa.html", "lay_group_rowspan_9.html", "lay_h1_gaishu.html",
    "lay_h5_a.html", "lay_h_colon.html", "lay_h_ol.html", "lay_heji.html", "lay_lost_char.html", "lay_new_short.html",
    "lay_num_dun.html", "lay_num_space.html", "lay_other1_short.html", "lay_row_num_col.html", "lay_rowspan_21.html",
    "lay_t3_split.html", "lay_t3_split_ok.html", "lay_total_only.html", "lay_unmerged_zeros.html", "lay_utf16.html",
    "lay_valid_short.html", "lay_vert.html",
]  # fmt: skip


@pytest.mark.parametrize("name", AS_BASE)
def test_a_layout_reads_as_the_plain_one(name: str, base: Report) -> None:
    report, findings = judged(f"documents/{name}")
    assert {id_: value.number for id_, value in report.values.items()} == {
        id_: value.number for id_, value in base.values.items()
    }
    assert (report.org, report.year) == ("甲市乙局", 2024)
    assert texts_of(report) == texts_of(base)
    assert [id_ for id_, _ in report.headings] == [id_ for id_, _ in base.headings]
    assert not rules(findings, "error")


@pytest.mark.parametrize(
    ("name", "rule", "old", "new"),
    [
        ("lay_deny2_typo", "S-07", "2.其他法律行政止公开", "2.其他法律行政法规禁止公开"),
        ("lay_heji", "S-07", "合计", "总计"),
        ("lay_num_dun", "S-07", "1、属于国家秘密", "1.属于国家秘密"),
        ("lay_h1_gaishu", "S-01", "一、概述", "一、总体情况"),
    ],
)
def test_both_wordings_are_named_once(name: str, rule: str, old: str, new: str) -> None:
    _, findings = judged(f"documents/{name}.html")
    told = [one.message for one in findings if one.rule == rule and f"“{old}”应为“{new}”" in one.message]
    assert len(told) == 1 if name != "lay_heji" else len(told) == 2  # of two tables


def test_cells_merged_wrongly_are_told_and_no_sum_is_accused(base: Report) -> None:
    _, findings = judged("documents/lay_t3_split.html")
    assert [one.rule for one in findings if one.severity in ("error", "warning")] == ["S-07"]
    assert "合并单元格" in findings[0].message


def test_a_group_as_one_row_is_its_sum(base: Report) -> None:
    report, findings = judged("documents/lay_one_row6.html")
    items = {id_ for name in report.groups for id_ in report.form.quantities[name]}
    assert len(items) == 21
    for id_, value in report.values.items():
        assert value.number == (None if id_ in items else base.values[id_].number)
    for name, value in report.groups.items():
        assert value.number == sum(base.number(id_) for id_ in report.form.quantities[name])
    assert [one.rule for one in findings if one.severity in ("error", "warning")] == ["S-07"]


# --------------------------------------------------------------------------- templates


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "said", "usable"),
    [
        ("tp-attached", "附加了另一个模板，不会带进报告", True),
        ("tp-comments", "批注“这里的数要再核一下", True),
        ("tp-headspace", "正文“一、总体 情况”：标题里多了空格", False),
        ("tp-hyper", "正文“{{ 公开网址 }}”：{{ x }} 写在链接的地址里", False),
        ("tp-lo", "没有问题，可以使用。", True),
    ],
)
def test_template_check_and_build_agree(tmp_path: Path, name: str, said: str, usable: bool) -> None:
    template, out = CASES / f"templates/{name}.docx", tmp_path / "报告.docx"
    checked = run("template", "check", template)
    assert said in checked.output
    assert checked.exit_code == (0 if usable else 1)
    built = run("build", EXAMPLE, "--template", template, "-o", out)
    assert (built.exit_code == 0) == usable == out.exists()
    if usable:
        assert figures(out) == figures(EXAMPLE)
        with zipfile.ZipFile(out) as archive:
            whole = b"".join(archive.read(one) for one in archive.namelist())
        assert b"comment" not in whole
        assert b"attachedTemplate" not in whole


def figures(path: Path) -> dict[str, object]:
    return {cell: value.number for cell, value in reportgen.read_report(path).values.items()}


# --------------------------------------------------------------------------- one file beside another


@pytest.fixture(scope="module")
def example_alone(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("alone")
    shutil.copy(EXAMPLE, folder / "甲.xlsx")
    return run("validate", folder / "甲.xlsx").output


@pytest.mark.office
@pytest.mark.parametrize("name", EVERY)
def test_one_files_oddity_stays_its_own(name: str, tmp_path: Path, example_alone: str) -> None:
    """The result page, the marked copies and the lines of another file are there and whole."""
    good = tmp_path / "甲.xlsx"
    shutil.copy(EXAMPLE, good)
    (tmp_path / "标记").mkdir()
    page = tmp_path / "结果.html"
    result = run("validate", good, CASES / name, "--html", page, "--mark", tmp_path / "标记")
    assert all(line in result.output for line in example_alone.splitlines() if line.strip())
    text = page.read_text("utf-8")
    assert "广州市荔湾区人民政府" in text
    assert text.rstrip().endswith("</html>")
    assert (tmp_path / "标记" / "甲（审核）.xlsx").exists()


# --------------------------------------------------------------------------- a table that goes on in the next


def going_on(between: str = "", more: str = "") -> str:
    """Return lay_base.html with table three broken off below its twelfth row."""
    page = (CASES / "documents" / "lay_base.html").read_text("utf-8")
    table = next(one for one in re.findall("<table.*?</table>", page, re.DOTALL) if "商业企业" in one)
    rows = re.findall("<tr.*?</tr>", table, re.DOTALL)
    tail = "".join(row.replace("</tr>", f"{more}</tr>") for row in rows[12:])
    return page.replace(table, f"<table>{''.join(rows[:12])}</table><p>续表</p><table>{between}{tail}</table>")


YEARS = "".join(f"<td>{year}年</td>" for year in range(2018, 2025))


@pytest.mark.parametrize(
    ("page", "read"),
    [
        (going_on(), True),
        (going_on("<tr><td colspan=10>（续上页）</td></tr>"), True),
        (going_on(f"<tr><td colspan=3>项目</td>{YEARS}</tr>"), False),
        (going_on(more="<td>7</td>"), False),
    ],
)
def test_a_table_goes_on_only_with_the_columns_it_had(page: str, read: bool, tmp_path: Path) -> None:
    (tmp_path / "甲.html").write_text(page, "utf-8")
    report = reportgen.read_report(tmp_path / "甲.html")
    base, findings = judged("documents/lay_base.html")[0], reportgen.check(report)
    below = [id_ for id_ in base.values if id_.startswith("表三.deny_6")]
    assert [report.values[id_].number for id_ in below] == [base.values[id_].number if read else None for id_ in below]
    assert sum(one.severity == "error" and "栏目与规定不同" in one.line() for one in findings) == (not read)
    assert not any(one.rule.startswith("T3-") for one in findings if one.severity == "error")
