"""Rules of the form against published figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support import make_report, published_cells, published_report

from reportgen.checks import check
from reportgen.form import SEVERITIES
from reportgen.model.report import Passage


def rules(report, **options):
    """What needs a person: findings of severity info are left out."""
    return [(f.rule, f.severity) for f in check(report, **options) if f.severity != "info"]


def test_published_figures_of_liwan_are_clean():
    assert rules(published_report("liwan_2024")) == []


def test_published_figures_of_huaian_are_clean():
    assert rules(published_report("huaian_city_2024")) == []


def test_jinhu_is_refused_for_the_total_left_0():
    report = published_report("jinhu_county_2023")
    found = check(report)
    assert rules(report) == [("T4-01", "error")]
    assert (found[0].actual, found[0].expected, found[0].difference) == (0, 3, 3)


def test_blanks_of_shuyang_are_one_warning_and_errors_when_strict():
    report = published_report("shuyang_ndrc_2023")
    found = check(report)
    assert [(f.rule, f.severity) for f in found] == [("N-01", "warning")]
    assert len(found[0].cells) == 25 * 5
    assert rules(report, strict=True) == [("N-01", "error")]


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        (("", ""), "2个数字格没有填数（空白2格）"),
        (("/", "—", "/"), "3个数字格没有填数（填“/”、填“—”）"),
        (("", "无", "", "", ""), "5个数字格没有填数（空白4格、填“无”）"),
    ],
)
def test_cells_without_a_number_are_counted_table_by_table(typed, what):
    cells = published_cells("liwan_2024")
    zeros = [cell for cell, value in cells.items() if cell.startswith("表三") and value == 0]
    typed_over = dict(zip(zeros, typed, strict=False))
    found = [f for f in check(make_report(cells | typed_over | {"表四.direct.pending": ""})) if f.rule == "N-01"]
    assert [f.message.partition("，")[0] for f in found] == [f"表三有{what}", "表四有1个数字格没有填数（空白1格）"]
    assert [len(f.cells) for f in found] == [len(typed), 1]


def test_any_change_of_any_cell_in_a_sum_is_an_error_naming_it(form):
    cells = published_cells("liwan_2024")
    in_sums = {cell for e in form.equations if e.relation == "equal" for cell in e.cells}
    assert len(in_sums) == 175 + 15
    for cell in in_sums:
        for change in (1, 10, 1000):
            found = check(make_report(cells | {cell: int(cells[cell]) + change}))
            named = {ref.id for f in found if f.severity == "error" for ref in f.cells}
            assert cell in named, (cell, change)


def test_amounts_are_exact():
    report = make_report({"表二.fee.amount": Decimal("0.10")})
    assert report.total(["表二.fee.amount"] * 3) == Decimal("0.30")


def test_errors_come_first_though_their_rules_stand_later_in_the_form():
    report = make_report(published_cells("liwan_2024") | {"表三.granted.natural": 0, "表二.rule.made": ""})
    order = list(report.form.rules)
    found = check(report)
    assert [f.severity for f in found] == sorted((f.severity for f in found), key=SEVERITIES.index)
    assert order.index(found[0].rule) > order.index("N-01") == min(order.index(f.rule) for f in found)


def test_reports_checked_in_turn_are_not_taken_for_each_other():
    liwan = published_report("liwan_2024")
    text = (Passage("overall", "", ("全年新收{{ 新收 }}件，{{ 没有 }}。",)),)
    reports = [
        liwan, make_report({"表三.new.total": 5}), make_report({"表三.new.total": 7}),
        replace(liwan, fields={**liwan.fields, "org": ""}), replace(liwan, passages=text),
        make_report({"表三.new.total": 5}, passages=text),
    ]  # fmt: skip
    alone = [[f.line() for f in check(report)] for report in reports]
    for _ in range(2):
        for report, lines in zip(reversed(reports), reversed(alone), strict=True):
            assert [f.line() for f in check(report)] == lines
    assert len({tuple(lines) for lines in alone}) == len(reports)
