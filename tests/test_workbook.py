"""The standard workbook: its sheets against the form, its limits, and what survives into it."""

from __future__ import annotations

import re
import zipfile
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.utils import get_column_letter, range_boundaries
from support import make_report, published_cells, published_report

from reportgen.checks import check
from reportgen.errors import InputError, OutputError
from reportgen.form import Form
from reportgen.model.exchange import from_json, to_json
from reportgen.model.last_year import with_last_year
from reportgen.model.placeholders import names
from reportgen.model.report import Passage, Report, Value
from reportgen.recogniser import recognise
from reportgen.sources import open_document
from reportgen.workbook import blank_workbook
from reportgen.workbook.book import FORM_PROPERTY
from reportgen.workbook.figures import TABLE_TOP, places, register_place


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(data), rich_text=False)


@pytest.fixture(scope="module")
def blank(form: Form) -> openpyxl.Workbook:
    return opened(blank_workbook(form))


@pytest.fixture(scope="module")
def typed(form: Form) -> openpyxl.Workbook:
    return opened(blank_workbook(form, typed_totals=True))


def test_sheets_in_their_order(form, blank):
    tables = [table.id for table in form.tables]
    s = form.sheets
    assert blank.sheetnames == [s.guide, s.fields, s.texts, *tables, s.last_year, s.checks, s.names]


# ---- the prescribed tables


def test_labels_stand_as_the_form_prescribes(form, blank):
    for table in form.tables:
        sheet = blank[table.id]
        for cell in table.layout:
            if cell.role != "value":
                assert sheet.cell(cell.row + TABLE_TOP, cell.column).value == cell.text + cell.note


def test_merged_cells_are_those_of_the_form(form, blank):
    for table in form.tables:
        wanted = {
            (c.column, c.row + TABLE_TOP, c.column + c.column_span - 1, c.row + TABLE_TOP + c.row_span - 1)
            for c in table.layout
            if c.row_span * c.column_span > 1
        }
        bottom = TABLE_TOP + table.height
        found = {r.bounds for r in blank[table.id].merged_cells.ranges}
        in_table = {b for b in found if b[0] <= table.width and TABLE_TOP < b[1] <= bottom}
        assert in_table == wanted


def register_entries(table, where):
    """Addresses of the entries for the register, all outside the prescribed grid."""
    found = [register_place(table, where.at[cell]) for cell in table.register_cells]
    assert all(row > TABLE_TOP + table.height or column > table.width for row, column in found)
    return {f"{get_column_letter(column)}{row}" for row, column in found}


@pytest.mark.parametrize("typed_totals", [False, True])
def test_exactly_the_entry_cells_are_open(form, blank, typed, typed_totals):
    book = typed if typed_totals else blank
    where = places(form)
    for table in form.tables:
        sheet = book[table.id]
        cells = [c for c in form.cells.values() if c.table == table.id]
        wanted = {where.address(c.id) for c in cells if typed_totals or not c.total} | register_entries(table, where)
        # Every cell of a merged entry is open, so that all programs let it be typed into.
        spread = {
            f"{get_column_letter(column)}{row}"
            for r in sheet.merged_cells.ranges if r.start_cell.coordinate in wanted
            for row in range(r.min_row, r.max_row + 1) for column in range(r.min_col, r.max_col + 1)
        }  # fmt: skip
        found = {c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked}
        assert found == wanted | spread


def test_every_sheet_is_protected_without_password(blank):
    for sheet in blank:
        assert sheet.protection.sheet
        assert not sheet.protection.password


def test_totals_are_sums_of_their_parts(form, blank):
    where = places(form)
    for cell in form.cells.values():
        value = blank[cell.table][where.address(cell.id)].value
        if not cell.total:
            assert value is None
            continue
        (area,) = re.fullmatch(r"=SUM\(([A-Z0-9:]+)\)", value).groups()
        left, top, right, bottom = range_boundaries(area)
        summed = {c for c, (r, k) in where.at.items()
                  if where.sheet[c] == cell.table and top <= r <= bottom and left <= k <= right}  # fmt: skip
        equations = [e for e in form.equations if e.left == (cell.id,) and e.relation == "equal"]
        assert summed in [set(e.right) for e in equations]


def test_typed_totals_are_empty_cells(form, typed):
    where = places(form)
    assert all(typed[c.table][where.address(c.id)].value is None for c in form.cells.values())


def test_every_entry_cell_has_one_limit_of_its_kind(form, typed):
    where = places(form)
    for table in form.tables:
        limits: dict[str, list[str]] = {}
        for rule in typed[table.id].data_validations.dataValidation:
            assert (rule.operator, rule.formula1, rule.errorStyle) == ("greaterThanOrEqual", "0", "stop")
            assert rule.showErrorMessage
            for area in rule.sqref.ranges:
                for row, column in area.cells:
                    limits.setdefault(f"{get_column_letter(column)}{row}", []).append(rule.type)
        for cell in form.cells.values():
            if cell.table == table.id:
                kind = "whole" if cell.kind == "count" else "decimal"
                assert limits.pop(where.address(cell.id)) == [kind]
        assert limits == {key: ["whole"] for key in register_entries(table, where)}


# ---- what Excel calls damage and no validator sees


def test_messages_of_limits_fit(blank, typed):
    for book in (blank, typed):
        for sheet in book:
            for rule in sheet.data_validations.dataValidation:
                assert len(rule.prompt or "") <= 255
                assert len(rule.error or "") <= 225
                assert len(rule.promptTitle or "") <= 32
                assert len(rule.errorTitle or "") <= 32
                assert len(rule.formula1 or "") <= 255


def test_no_merged_cells_overlap(blank):
    for sheet in blank:
        seen: set[tuple[int, int]] = set()
        for area in sheet.merged_cells.ranges:
            cells = set(area.cells)
            assert not cells & seen, (sheet.title, area.coord)
            seen |= cells


def test_only_few_and_valid_defined_names(blank):
    assert list(blank.defined_names) == ["reportgen_form"]
    for sheet in blank:
        assert set(sheet.defined_names) <= {"Print_Area", "Print_Titles"}
        assert len(sheet.title) <= 31


def test_no_links_to_elsewhere_no_volatile_functions_no_macros(form):
    with zipfile.ZipFile(BytesIO(blank_workbook(form))) as file:
        assert not [n for n in file.namelist() if "external" in n.lower() or "vba" in n.lower()]
        for name in file.namelist():
            text = file.read(name).decode()
            assert 'TargetMode="External"' not in text
            assert not re.search(r"\b(NOW|TODAY|RAND|RANDBETWEEN|OFFSET|INDIRECT|CELL|INFO)\(", text)


_FUNCTIONS = {"ABS", "AND", "CHAR", "NOT", "COUNTIF", "COUNTIFS", "FIND", "IF", "IFERROR", "INT", "ISERROR", "ISLOGICAL",
              "ISNUMBER", "LEN", "MATCH", "N", "MAX", "OR", "ROUND", "SUBSTITUTE", "SUM", "SUMPRODUCT", "TRIM"}  # fmt: skip


def formulas(book: openpyxl.Workbook) -> list[tuple[str, str]]:
    found = []
    for sheet in book:
        found += [(f"{sheet.title}!{c.coordinate}", c.value[1:]) for row in sheet.iter_rows()
                  for c in row if c.data_type == "f"]  # fmt: skip
        for area, rules in sheet.conditional_formatting._cf_rules.items():
            found += [(f"{sheet.title}!{area.sqref}", f) for r in rules for f in r.formula]
    return found


def test_rows_of_texts_grow_with_what_is_typed(form):
    with zipfile.ZipFile(BytesIO(blank_workbook(form))) as archive:
        rows = re.findall(rb'<row r="([0-9]+)"([^>]*)>', archive.read("xl/worksheets/sheet3.xml"))
    assert [int(row) for row, attributes in rows if b"customHeight" in attributes] == [1, 2, 3]
    assert all(b" ht=" in attributes for _, attributes in rows)


@pytest.mark.slow
def test_a_text_can_go_on_in_an_inserted_row(form, tmp_path):
    book = opened(blank_workbook(form, org="某某局", year=2024))
    sheet = book[form.sheets.texts]
    assert not sheet.protection.insertRows, "an attribute that forbids"
    sheet["C6"] = "前一半。"
    sheet.move_range("A7:E12")
    sheet["C7"] = "后一半。"
    book.save(tmp_path / "w.xlsx")
    report = recognise(open_document(tmp_path / "w.xlsx"), form)
    assert [p.paragraphs for p in report.passages if p.section == "overall"][:2] == [("前一半。",), ("后一半。",)]


def test_formulas_are_well_formed(blank):
    """Balanced, only functions that Excel 2007, WPS and LibreOffice share, only sheets that exist."""
    every = formulas(blank)
    assert len(every) > 500
    for place, formula in every:
        bare = re.sub(r'"(?:[^"]|"")*"', '""', formula)
        sheets = set(re.findall(r"'([^']+)'!", bare))
        assert sheets <= set(blank.sheetnames), place
        bare = re.sub(r"'[^']+'!", "", bare)
        assert bare.isascii(), (place, formula)
        assert set(re.findall(r"([A-Z][A-Z0-9.]*)\(", bare)) <= _FUNCTIONS, place
        assert len(formula) < 8192
        depth = 0
        for c in bare:
            depth += (c == "(") - (c == ")")
            assert depth >= 0, place
        assert depth == 0, (place, formula)
        assert not re.search(r"[,(][,)]|[-+*/=<>&]{3}|;", bare), (place, formula)


def test_colours_refer_to_their_own_sheet(blank):
    for sheet in blank:
        for rules in sheet.conditional_formatting._cf_rules.values():
            assert not [f for rule in rules for f in rule.formula if "!" in f]


def test_every_broken_sum_colours_its_cells(form, blank):
    where = places(form)
    for equation in form.equations:
        sheet = blank[form.cells[equation.left[0]].table]
        wanted = {where.address(c) for c in equation.cells}
        areas = [
            {f"{get_column_letter(k)}{r}" for part in area.sqref.ranges for r, k in part.cells}
            for area in sheet.conditional_formatting._cf_rules
        ]
        assert wanted in areas


# ---- 校验


def test_every_rule_of_sums_stands_in_the_check_sheet(form, blank):
    sheet = blank[form.sheets.checks]
    lines = [r for r in sheet.iter_rows(min_row=5, values_only=True) if r[0]]
    sums = [r for r in lines if r[3] and form.rules[r[0]].kind in ("equal", "at_most")]
    assert [(r[0], r[1]) for r in sums] == [
        (e.rule, form.cells[e.left[0]].table)
        for rule in form.rules for e in form.equations if e.rule == rule
    ]  # fmt: skip
    for line, equation in zip(sums, sorted(form.equations, key=lambda e: list(form.rules).index(e.rule)), strict=True):
        assert equation.place in line[2]
        assert form.rules[equation.rule].title in line[2]


def test_every_open_question_has_a_place_for_its_answer(form, blank):
    sheet = blank[form.sheets.checks]
    heads = [c.value for c in sheet[4]]
    assert set(form.sheets.explanation_heads) <= set(heads)
    ids = {sheet.cell(r, 1).value for r in range(5, sheet.max_row + 1)}
    asked = {r.id for r in form.rules.values() if (r.severity == "ask" or r.explainable) and not r.of_sum}
    assert asked <= ids
    for row in range(5, 5 + len(ids)):
        for head in form.sheets.explanation_heads[1:]:
            assert not sheet.cell(row, heads.index(head) + 1).protection.locked


# ---- the other sheets


def test_fields_have_label_entry_and_hint(form, blank):
    sheet = blank[form.sheets.fields]
    rows = [r for r in sheet.iter_rows(min_row=4, max_col=3) if r[0].value]
    assert [r[0].value for r in rows] == [f.label for f in form.fields]
    assert all(not r[1].protection.locked and r[0].protection.locked for r in rows)
    lists = [d.formula1 for d in sheet.data_validations.dataValidation if d.type == "list"]
    assert lists == [f'"{",".join(f.choices)}"' for f in form.fields if f.choices]


def test_texts_have_a_row_for_every_heading_and_the_standard_sentences(form, blank):
    sheet = blank[form.sheets.texts]
    rows = [(a, b or "", c or "") for a, b, c in sheet.iter_rows(min_row=4, max_col=3, values_only=True) if a]
    for section in form.text_sections:
        heading = section.heading or section.title
        own = [(b, c) for a, b, c in rows if a == heading]
        assert {sub.heading for sub in section.subheadings} <= {b for b, _ in own}
        for sub in section.subheadings:
            assert (sub.heading, sub.standard) in own
        if section.standard_when_zero:
            assert ("", section.standard_when_zero.text) in own


def test_every_placeholder_name_is_listed_with_its_value(form, blank):
    sheet = blank[form.sheets.names]
    listed = {r[0]: r[2] for r in sheet.iter_rows(values_only=True) if r[0] and str(r[0]).startswith("{{")}
    assert set(listed) == {"{{ " + n + " }}" for n in names(form)}
    assert all(str(v).startswith("=") for v in listed.values())


def test_last_year_is_labelled_for_the_reader(form, blank):
    sheet = blank[form.sheets.last_year]
    labels = [sheet.cell(r, 1).value for r in range(1, sheet.max_row + 1)]
    wanted = [form.last_year_label(c) for c in form.last_year_cells]
    wanted += [form.last_year_text_label(s) for s in form.last_year_sections]
    assert [label for label in labels if label in wanted] == wanted
    for label in wanted:
        row = labels.index(label) + 1
        assert not sheet.cell(row, 2).protection.locked


def test_edition_is_in_the_properties(form, blank):
    assert {p.name: p.value for p in blank.custom_doc_props.props} == {FORM_PROPERTY: form.id}


# ---- prefilling


def read_back(tmp_path, form: Form, data: bytes) -> Report:
    path = tmp_path / "w.xlsx"
    path.write_bytes(data)
    return recognise(open_document(path), form)


PASSAGES = (
    Passage("overall", "", ("总起一段。",)),
    Passage("overall", "（一）甲情况", ("第一段。", "第二段。")),
    Passage("overall", "（二）乙情况", ("=1+1", "{{ 新收 }}件")),
    Passage("problems", "", ("问题和改进。",)),
)


@pytest.mark.parametrize(
    ("name", "typed_totals"),
    [("liwan_2024", True), ("huaian_city_2024", False), ("jinhu_county_2023", False), ("shuyang_ndrc_2023", True)],
)
def test_a_report_comes_back_as_it_was(form, tmp_path, name, typed_totals):
    report = make_report(
        published_cells(name), org="某某县人民政府", year=2024, passages=PASSAGES,
        unit_type="县级政府", fee_amount=Decimal("380.5"), published="2025年1月20日", postcode="010020",
    )  # fmt: skip
    last = published_report("liwan_2024")
    book = blank_workbook(form, report=with_last_year(report, last), typed_totals=typed_totals)
    back = read_back(tmp_path, form, book)
    for cell, value in report.values.items():
        assert back.number(cell) == value.number or (value.number is None and back.number(cell) == 0), cell
        if value.state == "placeholder":
            assert back.values[cell].raw == value.raw
    assert back.fields == report.fields
    found = [(p.section, p.heading, p.paragraphs) for p in back.passages]
    assert found == [(p.section, p.heading, p.paragraphs) for p in PASSAGES]
    assert {c: v.number for c, v in back.last_year.items()} == {c: last.number(c) for c in form.last_year_cells}


def test_a_wrong_total_is_kept_and_not_replaced_by_a_formula(form):
    report = published_report("jinhu_county_2023")
    book = opened(blank_workbook(form, report=report))
    where = places(form)
    sheet = book["表四"]
    assert sheet[where.address("表四.direct.total")].value == 0
    assert str(sheet[where.address("表四.review.total")].value).startswith("=SUM(")
    assert not sheet[where.address("表四.direct.total")].protection.locked


def test_results_of_the_totals_are_stored(form):
    data = blank_workbook(form, report=published_report("liwan_2024"))
    book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    where = places(form)
    report = published_report("liwan_2024")
    for cell in form.cells.values():
        assert book[cell.table][where.address(cell.id)].value == pytest.approx(float(report.number(cell.id)))


def test_texts_are_data_whatever_they_look_like(form):
    texts = ("=cmd|' /C calc'!A0", "#N/A", "+1", "-1", "@SUM(A1)", "a\x00b")
    report = make_report({}, org="=1+1", passages=(Passage("overall", "", texts),))
    book = opened(blank_workbook(form, report=report))
    body = next(r[2] for r in book[form.sheets.texts].iter_rows(min_row=4) if r[2].value and "cmd" in str(r[2].value))
    assert body.data_type == "s"
    assert body.quotePrefix
    assert body.value == "\n".join(texts).replace("\x00", "")
    assert book[form.sheets.fields]["B4"].data_type == "s"


def test_refused_entries_are_kept(form):
    report = make_report({})
    values = dict(report.values)
    values["表三.new.natural"] = Value("problem", raw="12件半")
    values["表三.new.business"] = Value("problem", raw="-5")
    values["表三.new.research"] = Value("problem", raw="#REF!")
    book = opened(blank_workbook(form, report=Report(form, values)))
    sheet, where = book["表三"], places(form)
    found = [sheet[where.address(f"表三.new.{c}")] for c in ("natural", "business", "research")]
    assert [(c.value, c.data_type) for c in found] == [("12件半", "s"), (-5, "n"), ("#REF!", "s")]


def test_a_text_too_long_for_a_cell_is_refused_not_cut(form):
    report = make_report({}, passages=(Passage("overall", "", ("长" * 32768,)),))
    with pytest.raises(OutputError, match="32767"):
        blank_workbook(form, report=report)


def test_org_and_year_override_the_report(form):
    book = opened(blank_workbook(form, org="甲局", year=2025, report=make_report({}, org="乙局", year=2023)))
    sheet = book[form.sheets.fields]
    assert [sheet["B4"].value, sheet["B5"].value] == ["甲局", 2025]


def test_same_arguments_same_bytes(form):
    options = {"typed_totals": True, "report": published_report("liwan_2024")}
    assert blank_workbook(form, **options) == blank_workbook(form, **options)


def test_nothing_in_the_file_depends_on_the_hour(form):
    with zipfile.ZipFile(BytesIO(blank_workbook(form))) as file:
        assert {i.date_time for i in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert re.findall(r">(\d{4}-[^<]+)<", file.read("docProps/core.xml").decode()) == [
            "2021-01-01T00:00:00Z",
            "2021-01-01T00:00:00Z",
        ]


def test_the_register_comes_back_and_a_difference_is_told(form, tmp_path):
    register = {
        "表三.new.total": Value("number", 5, "5"), "表三.granted.total": Value("problem", raw="约3", remark="不是数字"),
        "表四.review.total": Value("number", 2, "2"),
    }  # fmt: skip
    wanted = replace(make_report({"表四.review.upheld": 2, "表四.review.total": 2}), register=register)
    (tmp_path / "甲.xlsx").write_bytes(blank_workbook(form, report=wanted))
    for again in (recognise(open_document(tmp_path / "甲.xlsx"), form), from_json(to_json(wanted))):
        assert {c: (v.state, v.number, v.raw) for c, v in again.register.items()} == {
            c: (v.state, v.number, v.raw) for c, v in register.items()
        }
        told = [f for f in check(again) if f.rule in ("R-01", "S-17", "S-04")]
        assert [f.rule for f in told] == ["R-01"]
        assert "台账5，相差5" in told[0].message
        assert "“约3”不是可用的数字" in told[0].message
    with pytest.raises(InputError, match="台账总计没有这一格"):
        from_json(to_json(wanted).replace('"表三.new.total": 5', '"表三.new.natural": 5'))
