"""Findings carry what lines, JSON, pages and marks are made of; nothing is read out of a printed line again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from support import make_report, published_cells

from reportgen.api import mark, read_report, review
from reportgen.checks import check
from reportgen.form import SEVERITIES, Form
from reportgen.marking.resultsheet import NAME
from reportgen.model.findings import Finding, sort_findings
from reportgen.model.report import Origin, Report
from reportgen.show.json import finding_json
from reportgen.show.lines import OutputLine, report_lines
from reportgen.show.review import make_review
from reportgen.workbook import blank_workbook


@pytest.fixture
def book(tmp_path: Path, form: Form) -> Path:
    """A workbook with two wrong figures in table 三."""
    wrong = {"表三.granted.natural": 74, "表三.new.total": 640}
    report = make_report(published_cells("liwan_2024") | wrong, org="某某市某某局")
    path = tmp_path / "甲.xlsx"
    path.write_bytes(blank_workbook(form, report=report, typed_totals=True))
    return path


@pytest.fixture
def last_year(tmp_path: Path, form: Form) -> Path:
    """Last year's workbook, which carried over none of this year's applications."""
    cells = published_cells("liwan_2024") | {f"表三.carried_out.{c}": 0 for c in ("natural", "total")}
    path = tmp_path / "上年.xlsx"
    path.write_bytes(blank_workbook(form, report=make_report(cells, org="某某市某某局", year=2023), typed_totals=True))
    return path


def test_cells_are_where_the_origin_says(book: Path) -> None:
    sheets = load_workbook(book)
    findings = [f for f in check(read_report(book)) if f.severity == "error"]
    origins = [(ref.origin, ref.value) for f in findings for ref in f.cells if ref.id]
    assert len(origins) > 10
    for origin, value in origins:
        assert origin is not None
        cell = sheets[origin.sheet].cell(origin.row, origin.column)
        assert (cell.value, cell.coordinate) == (value, origin.address)
        assert origin.is_own_cell


def test_a_broken_sum_carries_its_equation(book: Path) -> None:
    report = read_report(book)
    findings = [f for f in check(report) if f.equation]
    assert {f.rule for f in findings} >= {"T3-02", "T3-03"}
    for one in findings:
        assert one.equation in report.form.equations
        assert one.equation.rule == one.rule
        assert tuple(ref.id for ref in one.cells) == one.equation.cells
        assert (one.actual, one.expected) == tuple(
            report.total(side) for side in (one.equation.left, one.equation.right)
        )


def test_a_line_knows_its_severity_until_it_is_printed(book: Path) -> None:
    report = read_report(book)
    findings = check(report)
    lines = list(report_lines(replace(report, fields={"org": "错误 某局", "year": 2024}), findings))
    assert [line.severity for line in lines if line.severity] == [f.severity for f in findings]
    assert lines[-1] == OutputLine(lines[-1].text), "the summary is about no finding"
    assert lines[-1].text.startswith("错误 某局")


def test_findings_stand_by_severity_then_by_the_order_of_the_rules(form: Form) -> None:
    ids = list(form.rules)[:3]
    mixed = [Finding(rule, severity, "", "") for severity in reversed(SEVERITIES) for rule in reversed(ids)]
    ordered = sort_findings(mixed, form)
    assert [(f.severity, f.rule) for f in ordered] == [(s, rule) for s in SEVERITIES for rule in ids]


def test_the_place_to_look_at_first_is_the_first_one(form: Form) -> None:
    """Of a finding without a sum the first cell it names; of a sum without a likely correction its total."""
    report = make_report(published_cells("liwan_2024") | {"表三.new.total": 640})
    named = tuple(report.ref(c) for c in ("表二.rule.made", "表二.rule.valid", "表二.normative.made"))
    (first,) = make_review(report, [Finding("N-01", "warning", "空", "填", named)]).items
    assert first.target == named[0]
    assert first.place == f"{named[0].address} 等3格"
    for item in make_review(report, check(report)).items:
        if item.equation:
            assert item.target == report.ref(item.equation.left[0])


def linked(path: Path) -> list[tuple[str, str]]:
    """Rule and target of every link on the sheet of results."""
    sheet = load_workbook(path)[NAME]
    return [(sheet.cell(c.row, 2).value, c.hyperlink.location) for (c,) in sheet["C7:C60"] if c.hyperlink]


def test_the_links_of_the_marked_copy_lead_to_the_place_to_look_at_first(book: Path, tmp_path: Path) -> None:
    checked = review(book)
    path, _ = mark(checked.report, tmp_path / "审核.xlsx", findings=checked.findings, repairs=checked.repairs)
    items = make_review(checked.report, checked.findings, checked.repairs).items
    places = [(i.finding.rule, i.target.origin) for i in items if i.target and i.target.origin]
    assert linked(path) == [(rule, f"'{o.sheet}'!{o.address}") for rule, o in places]


def colour(data: bytes, origin: Origin) -> str:
    sheet = load_workbook(io.BytesIO(data))[origin.sheet]
    return str(sheet.cell(origin.row, origin.column).fill.fgColor.rgb)


def test_a_cell_of_last_years_file_is_not_marked_in_this_years(book: Path, last_year: Path, tmp_path: Path) -> None:
    report: Report = read_report(book, last_year=last_year)
    (one,) = [f for f in check(report) if f.rule == "T3-04"]
    this, last = (ref.origin for ref in one.cells)
    assert this is not None
    assert last is not None
    assert (this.file, last.file) == ("", str(last_year))
    assert not last.is_own_cell
    path, _ = mark(report, tmp_path / "审核.xlsx", findings=[one])
    before, after = book.read_bytes(), path.read_bytes()
    assert colour(after, this) != colour(before, this)
    assert colour(after, last) == colour(before, last)
    cells = finding_json(one)["cells"]
    assert [c["address"] for c in cells] == [f"{o.sheet}!{o.address}" for o in (this, last)]
