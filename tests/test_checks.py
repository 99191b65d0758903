"""Rules of the form against published figures."""

from __future__ import annotations

from decimal import Decimal

from support import make_report, published_cells, published_report

from reportgen.checks import check


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
