"""Rules that relate figures and years: 校验 as LibreOffice computes it against ``check``."""

from __future__ import annotations

from collections import Counter

import pytest
from recalc import recalculated
from support import make_report
from test_relations import BASE, BROKEN, LAST

from reportgen.api import read_report
from reportgen.checks import check
from reportgen.form import load_form
from reportgen.model.last_year import with_last_year
from reportgen.workbook import blank_workbook
from reportgen.workbook.checksheet import ASKS, BREAKS, EMPTY, HEAD_ROW, NOTED

pytestmark = pytest.mark.office

FORM = load_form("2021")
# T3-09 looks at the wording of part six, which no formula can.
BY_FIGURES = {r.rule for r in FORM.relations if not r.text}
FIELDS = [{}, {"unit_type": "县级政府", "review_body": "是", "fee_amount": 10**10}, {"unit_type": "省级政府"}]


def cases():
    yield "clean", {}, {}, {}
    yield "no-last-year", {}, None, {}
    for rule, cells, last in BROKEN:
        yield rule, cells, last, {}
    for n, fields in enumerate(FIELDS):
        yield f"fields-{n}", {}, {}, fields


def workbook(cells, last, fields):
    report = make_report(BASE | cells, **fields)
    if last is not None:
        report = with_last_year(report, make_report(LAST | last, year=2023))
    return blank_workbook(FORM, report=report, typed_totals=True)


@pytest.fixture(scope="module")
def books():
    made = {name: workbook(cells, last, fields) for name, cells, last, fields in cases()}
    return {name: (data, book) for (name, data), book in zip(made.items(), recalculated(made).values(), strict=True)}


@pytest.mark.parametrize("name", [c[0] for c in cases()])
def test_sheet_and_program_ask_the_same(books, tmp_path, name):
    data, book = books[name]
    path = tmp_path / "w.xlsx"
    path.write_bytes(data)
    found = check(read_report(path))
    program = Counter((f.rule, f.actual, f.expected) for f in found if f.rule in BY_FIGURES)
    sheet = Counter()
    unknown = 0
    for row in book[FORM.sheets.checks].iter_rows(min_row=HEAD_ROW + 1, max_col=7, values_only=True):
        if row[0] in BY_FIGURES:
            unknown += row[6] == EMPTY
            if row[6] in (ASKS, BREAKS, NOTED):
                sheet[row[0], row[3], row[4]] += 1
    assert sheet == program
    assert bool(unknown) == (name == "no-last-year")


def test_last_year_on_the_sheet_is_the_report_of_last_year(tmp_path):
    report = make_report(BASE | {"表三.carried_in.total": 35})
    last = make_report(LAST, year=2023)
    path = tmp_path / "w.xlsx"
    path.write_bytes(blank_workbook(FORM, report=with_last_year(report, last), typed_totals=True))
    from_sheet, from_file = (
        {(f.rule, f.actual, f.expected) for f in check(r) if f.rule in BY_FIGURES}
        for r in (read_report(path), with_last_year(report, last))
    )
    assert from_sheet == from_file
    assert ("T3-04", 35, 34) in from_file
