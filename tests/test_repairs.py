"""Repairs: the wrong cell is named, its figure computed, and nothing is claimed beyond the evidence."""

from __future__ import annotations

import random
from decimal import Decimal

import bodies
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support import COSTLY, T3_COLUMNS, make_report, published_cells, published_report, repaired

from reportgen.checks import check
from reportgen.form import load_form
from reportgen.model.last_year import with_last_year
from reportgen.model.numbers import Number
from reportgen.model.report import Passage, Report, Value
from reportgen.repairs import Repairs, find_repairs
from reportgen.repairs.slips import explain
from reportgen.repairs.system import build_system

FORM = load_form("2021")
T3_ROWS = tuple(dict.fromkeys(c.row for c in FORM.cells.values() if c.table == "表三"))
RESULTS = T3_ROWS[2:-2]
IN_SUMS = sorted({c for e in FORM.equations if e.relation == "equal" for c in e.cells})
IN_T3 = [c for c in IN_SUMS if c.startswith("表三")]
LIWAN = published_cells("liwan_2024")


def changes(repairs: Repairs, rank: int = 1) -> dict[str, Number]:
    return {c.cell: c.new for c in repairs.repairs[rank - 1].changes}


def broken(values: dict[str, Number]) -> list[str]:
    """The arithmetic rules that do not hold, judged without any code of the package's repairs."""
    found = []
    for e in FORM.equations:
        left, right = sum(values[c] for c in e.left), sum(values[c] for c in e.right)
        if left != right if e.relation == "equal" else left > right:
            found.append(e.rule)
    return found


def assert_settles(report: Report, repairs: Repairs) -> None:
    for rank, repair in enumerate(repairs.repairs, 1):
        after = repaired(report, repair)
        assert broken(after) == [], repair
        assert all(v >= 0 and v == int(v) for c, v in after.items() if c in IN_SUMS)
        assert repair.rank == rank
        assert all(c.new != c.old for c in repair.changes)


def with_changed(**by_name: object) -> Report:
    return make_report(LIWAN | {k.replace("__", "."): v for k, v in by_name.items()})


# ---------------------------------------------------------------- cases


def test_clean_reports_need_no_repairs():
    for name in ("liwan_2024", "huaian_city_2024", "shuyang_ndrc_2023"):
        repairs = find_repairs(published_report(name))
        assert repairs == Repairs()
        assert repairs.lines(published_report(name)) == []


def test_the_total_that_jinhu_left_0():
    report = published_report("jinhu_county_2023")
    repairs = find_repairs(report)
    assert [changes(repairs)] == [{"表四.direct.total": 3}]
    assert len(repairs.repairs) == 1
    assert repairs.more == 0
    assert repairs.repairs[0].settles == ("T4-01",)
    assert repairs.to_json(report) == [
        {
            "changes": [{"id": "表四.direct.total", "address": "表四!J4", "from": 0, "to": 3}],
            "settles": ["T4-01"], "reason": "总计没有填（0→3）", "rank": 1, "place": 1, "more": 0,
        }
    ]  # fmt: skip
    assert repairs.lines(report)[0] == (
        "可能的更正：表四!J4（行政诉讼／未经复议直接起诉／总计）0 应为 3：总计没有填（0→3）。改后 T4-01 成立"
    )


def test_transposed_digits_of_liwan():
    cell = "表三.deny_7.natural"
    assert LIWAN[cell] == 47
    report = make_report(LIWAN | {cell: 74})
    repairs = find_repairs(report)
    assert changes(repairs) == {cell: 47}
    assert repairs.repairs[0].kind == "transposed"
    assert repairs.repairs[0].reason == "个位和十位颠倒（74→47）"
    assert repairs.repairs[0].places == ("T3-02“自然人”", f"T3-03“{FORM.cells[cell].row_label}”")
    assert "只有这一种改法" in repairs.note
    assert report.number(cell) == 74


def test_a_cell_of_three_sums_is_one_repair():
    report = make_report(LIWAN | {"表三.total_done.natural": 1})
    repairs = find_repairs(report)
    assert [changes(repairs)] == [{"表三.total_done.natural": LIWAN["表三.total_done.natural"]}]
    assert repairs.repairs[0].settles == ("T3-01", "T3-02", "T3-03")


def test_neighbours_swapped_are_one_explanation_and_first():
    upper, lower = "表三.granted.natural", "表三.partial.natural"
    report = make_report(LIWAN | {upper: LIWAN[lower], lower: LIWAN[upper]})
    repairs = find_repairs(report)
    assert changes(repairs) == {upper: LIWAN[upper], lower: LIWAN[lower]}
    assert repairs.repairs[0].kind == "swapped"
    assert len(repairs.repairs) > 1  # two wrong totals would do as well, and it is said
    assert "先后只按常见的填写错误" in repairs.note
    assert_settles(report, repairs)


def test_a_column_typed_one_row_too_low_is_one_explanation():
    run = [f"表三.{row}.natural" for row in RESULTS[:6]]
    typed = dict(zip(run, [0, *(LIWAN[c] for c in run[:-1])], strict=True))
    report = make_report(LIWAN | typed)
    repairs = find_repairs(report)
    assert repairs.repairs[0].kind == "shifted"
    assert changes(repairs) == {c: LIWAN[c] for c in run if typed[c] != LIWAN[c]}
    assert "填低了一行，应向上移一格" in repairs.repairs[0].reason
    assert_settles(report, repairs)


def test_all_totals_left_empty_are_one_explanation():
    totals = {f"表三.{row}.total": "" for row in T3_ROWS}
    report = make_report(LIWAN | totals)
    repairs = find_repairs(report)
    assert repairs.repairs[0].kind == "totals"
    assert changes(repairs) == {c: LIWAN[c] for c in totals if LIWAN[c]}
    assert all(c.old is None for c in repairs.repairs[0].changes)


def test_errors_in_unconnected_places_are_put_right_together_and_listed_apart():
    report = make_report(
        LIWAN | {"表三.granted.natural": 0, "表四.review.upheld": int(LIWAN["表四.review.upheld"]) + 10}
    )
    repairs = find_repairs(report)
    assert [len(part) for part in repairs.parts] == [1, len(repairs.repairs) + repairs.more]
    assert all(r.kind == "several" and len(r.changes) == 2 for r in repairs.repairs)
    assert_settles(report, repairs)
    heads = {line.split("：")[0] for line in repairs.lines(report)}
    assert heads == {"可能的更正（第1处）", "可能的更正（第2处）", "    还有3种同样可行的改法没有列出", "说明"}


def test_five_cells_of_one_equation_cannot_be_told_apart_and_the_note_says_so():
    report = make_report({f"表四.review.{c}": v for c, v in zip(
        ("upheld", "corrected", "otherwise", "pending", "total"), (30, 40, 50, 60, 189), strict=True)})  # fmt: skip
    repairs = find_repairs(report)
    assert len(repairs.repairs) == 5
    assert "单凭勾稽关系分不出是哪一格" in repairs.note
    assert_settles(report, repairs)


def test_a_digit_near_the_right_one_is_the_likelier_slip():
    """Equal but for that: 7 and 2 look alike when copied, 6 and 1 are far apart on every keyboard."""
    values = {f"表四.review.{c}": v for c, v in zip(
        ("upheld", "corrected", "otherwise", "pending", "total"), (41, 42, 90, 90, 268), strict=True)}  # fmt: skip
    ranked = find_repairs(make_report(values)).repairs
    by_cell = {repair.changes[0].cell: repair for repair in ranked}
    far, near = by_cell["表四.review.upheld"], by_cell["表四.review.corrected"]
    assert [(r.kind, r.changes[0].old, r.changes[0].new) for r in (far, near)] == [
        ("digit", 41, 46), ("digit", 42, 47),
    ]  # fmt: skip
    assert near.rank < far.rank


@pytest.mark.parametrize("near", [(51, 52), (57, 54), (53, 58)], ids=["beside it", "above it on the pad", "alike"])
def test_what_makes_digits_near(near):
    cell = FORM.cells["表四.review.upheld"]
    costs = [explain(cell, Value("number", old, str(old)), new, []).cost for old, new in (near, (51, 56))]
    assert costs[0] < costs[1]


def test_hints_decide_between_cells_the_sums_cannot_tell_apart():
    values = {f"表四.review.{c}": v for c, v in zip(
        ("upheld", "corrected", "otherwise", "pending", "total"), (30, 40, 50, 60, 189), strict=True)}  # fmt: skip
    report = make_report(values)
    for cell, right in (("表四.review.otherwise", 59), ("表四.review.total", 180)):
        assert changes(find_repairs(report, hints={cell: right})) == {cell: right}
    # A figure that is confirmed is no suspect.
    kept = find_repairs(report, hints={"表四.review.total": 189})
    assert "表四.review.total" not in {c.cell for r in kept.repairs for c in r.changes}
    assert len(kept.repairs) == len(find_repairs(report).repairs) - 1


def test_limit_and_more_count_every_repair():
    report = with_changed(表四__review__upheld=int(LIWAN["表四.review.upheld"]) + 1)
    everything = find_repairs(report)
    for limit in range(1, len(everything.repairs) + 1):
        some = find_repairs(report, limit=limit)
        assert some.repairs == everything.repairs[:limit]
        assert some.more == len(everything.repairs) - limit


# ---------------------------------------------------------------- evidence from elsewhere

REGISTER = {c: Value("number", int(LIWAN[c]), str(LIWAN[c])) for t in FORM.tables for c in t.register_cells}


def saying(report: Report, *sentences: str) -> Report:
    return replace(report, passages=(Passage("overall", "（二）依申请公开情况", ("".join(sentences),)),))


@pytest.mark.parametrize("cell", ["表三.new.natural", "表三.deny_7.natural", "表三.carried_out.natural"])
def test_with_the_register_formula_totals_are_as_good_as_typed_ones(cell):
    report = replace(by_formula(LIWAN | {cell: int(LIWAN[cell]) + 4}), register=REGISTER)
    repairs = find_repairs(report)
    assert [changes(repairs)] == [{cell: LIWAN[cell]}]
    assert len(repairs.repairs) == 1
    row = cell.replace("natural", "total")
    name = FORM.cells[cell].name.split(".")[0]
    assert f"台账总计写{name}{LIWAN[row]}件，也支持这一改法" in repairs.lines(report)[0]


def test_a_typed_number_of_the_text_decides_and_is_named():
    cell = "表三.new.natural"
    report = by_formula(LIWAN | {cell: int(LIWAN[cell]) + 4})
    assert len(find_repairs(report).repairs) > 1
    told = saying(report, "本年新收政府信息公开申请639件。")
    assert changes(find_repairs(told)) == {cell: LIWAN[cell]}
    assert "正文写新收639件，也支持这一改法" in find_repairs(told).lines(told)[0]


@pytest.mark.parametrize("sentence", [
    "本年新收政府信息公开申请{{ 新收 }}件。",
    "本年新收政府信息公开申请约639件。",
    "本年收到政府信息公开申请639件。",
    "本年新收政府信息公开申请639件，新收申请640件。",
    "下属单位新收政府信息公开申请639件。",
], ids=["filled in", "about", "several readings", "two numbers", "of others"])  # fmt: skip
def test_what_only_might_speak_of_a_cell_is_no_evidence(sentence):
    report = by_formula(LIWAN | {"表三.new.natural": int(LIWAN["表三.new.natural"]) + 4})
    assert find_repairs(saying(report, sentence)) == find_repairs(report)


def test_the_text_may_be_what_is_wrong():
    cell = "表四.review.corrected"
    wrong = {cell: int(LIWAN[cell]) + 1, "表四.review.total": LIWAN["表四.review.total"]}
    report = replace(
        saying(make_report(LIWAN | wrong), "发生政府信息公开行政复议76件。"), register={"表四.review.total": REGISTER["表四.review.total"]}
    )  # fmt: skip
    repairs = find_repairs(report)
    texts = [[c for c in r.changes if c.evidence] for r in repairs.repairs]
    assert texts
    assert all([(c.quote, c.new) for c in some] == [("76件", 66)] for some in texts)
    assert "写的“76件” 应为 66" in "".join(repairs.lines(report))
    assert {"id": "正文.行政复议", "address": "", "from": 76, "to": 66, "text": "76件"} in [
        change for one in repairs.to_json(report) for change in one["changes"]
    ]
    assert broken(repaired(report, repairs.repairs[0])) == []


def test_where_all_sums_hold_the_register_is_not_accused_nor_a_cell():
    report = by_formula(LIWAN)
    wrong = {**REGISTER, "表三.new.total": Value("number", 700, "700")}
    for told in (
        replace(report, register=wrong), saying(replace(report, register=wrong), "本年新收政府信息公开申请700件。"),
        saying(report, "发生政府信息公开行政复议76件。"),  # any of the four parts, too
    ):  # fmt: skip
        assert find_repairs(told) == Repairs()
        assert {"R-01", "X-03", "X-10"} & {f.rule for f in check(told)}


def test_where_all_sums_hold_a_text_alone_at_odds_is_the_repair():
    told = saying(make_report(LIWAN), "本年新收政府信息公开申请693件。")
    repairs = find_repairs(told)
    assert [[(c.quote, c.old, c.new) for c in r.changes] for r in repairs.repairs] == [[("693件", 693, 639)]]
    assert repairs.repairs[0].settles == ()
    assert repairs.lines(told) == [
        "可能的更正：一、总体情况／（二）依申请公开情况写的“693件” 应为 639：个位和十位颠倒（693→639）",
        "说明：表中各数合得起来，只有正文不同；仍请对照原始材料确认。",
    ]


def test_evidence_at_odds_with_everything_is_left_alone():
    cell = "表三.new.natural"
    report = by_formula(LIWAN | {cell: int(LIWAN[cell]) + 4})
    odd = {c: Value("number", n + 7, "") for n, c in enumerate(REGISTER)}
    assert find_repairs(replace(report, register=odd)) == find_repairs(report)


# ---------------------------------------------------------------- formulas, blanks, unreadable cells


def by_formula(cells: dict[str, object]) -> Report:
    """The report with its totals filled by formula, as the standard workbook has them."""
    report = make_report(cells)
    values = dict(report.values)
    for e in [e for _ in range(2) for e in FORM.equations]:  # twice: totals of totals
        total = e.left[0]
        if e.rule in ("T3-02", "T3-03", "T4-01") and (total != "表三.total_done.total" or e.rule == "T3-02"):
            parts = [values[c] for c in e.right]
            first, last = parts[0].origin, parts[-1].origin
            assert first is not None
            assert last is not None
            number = sum(p.number or 0 for p in parts)
            values[total] = replace(
                values[total], state="number", number=number, formula=f"=SUM({first.address}:{last.address})"
            )
    return replace(report, values=values)


def test_totals_by_formula_are_no_evidence_and_follow_their_parts():
    report = by_formula(LIWAN | {"表三.granted.natural": int(LIWAN["表三.granted.natural"]) + 1})
    assert {f.rule for f in check(report) if f.severity == "error"} == {"T3-01"}
    repairs = find_repairs(report, limit=50)
    cells = {c.cell for r in repairs.repairs for c in r.changes}
    assert cells <= {f"表三.{row}.natural" for row in T3_ROWS}
    assert "表三.total_done.natural" not in cells
    assert {"表三.granted.natural", "表三.new.natural", "表三.carried_out.natural"} <= cells
    assert "由公式算出" in repairs.note
    assert "只能依据T3-01判断" in repairs.note
    right = next(r for r in repairs.repairs if r.changes[0].cell == "表三.granted.natural")
    assert {c.cell for c in right.follows} == {
        "表三.granted.total", "表三.total_done.natural", "表三.total_done.total"
    }  # fmt: skip
    assert_settles(report, repairs)


def test_last_year_decides_where_totals_are_formulas():
    last = make_report({}).values["表三.carried_out.natural"]
    cell = "表三.carried_in.natural"
    wrong = by_formula(LIWAN | {cell: int(LIWAN[cell]) + 4})
    known = replace(wrong, last_year={"表三.carried_out.natural": replace(last, number=int(LIWAN[cell]))})
    assert changes(find_repairs(known)) == {cell: LIWAN[cell]}
    # Where last year's figure agrees with what was typed, that cell is no suspect.
    agreed = by_formula(LIWAN | {"表三.granted.natural": int(LIWAN["表三.granted.natural"]) + 4})
    known = replace(agreed, last_year=known.last_year)
    ranked = [r.changes[0].cell for r in find_repairs(known, limit=50).repairs]
    assert cell not in ranked
    assert cell in [r.changes[0].cell for r in find_repairs(agreed, limit=50).repairs]


def test_only_rows_of_evidence_are_left_where_totals_are_formulas():
    system = build_system(by_formula(LIWAN))
    assert {row.rule for row in system.rows} == {"T3-01"}
    assert len(system.rows) == 6
    assert len(system.formulas) == 25 + 6 + 3


def test_a_formula_that_leaves_out_a_part_is_the_first_suspect():
    report = make_report(LIWAN | {"表三.total_done.natural": int(LIWAN["表三.total_done.natural"]) - 9})
    values = dict(report.values)
    cell = "表三.total_done.natural"
    values[cell] = replace(values[cell], formula="=SUM(D6:D20)")
    repairs = find_repairs(replace(report, values=values))
    assert repairs.repairs[0].kind == "formula"
    assert changes(repairs) == {cell: LIWAN[cell]}


def test_a_cell_that_cannot_be_read_gets_the_figure_the_others_imply():
    cell = "表三.granted.natural"
    report = make_report(LIWAN)
    values = {**report.values, cell: Value("problem", None, "一百", report.values[cell].origin, remark="?")}
    report = replace(report, values=values)
    repairs = find_repairs(report)
    assert [changes(r) for r in (repairs,)] == [{cell: LIWAN[cell]}]
    assert repairs.repairs[0].kind == "unreadable"
    assert repairs.repairs[0].changes[0].old is None
    assert "一百 应为 111" in repairs.lines(report)[0]
    minus = replace(report, values={**values, cell: replace(values[cell], raw="-111")})
    assert "多打了负号" in find_repairs(minus).repairs[0].reason


def test_an_unreadable_cell_and_a_wrong_one_are_told_apart():
    cell, wrong = "表三.granted.natural", "表三.new.business"
    report = make_report(LIWAN | {wrong: int(LIWAN[wrong]) + 5})
    values = {**report.values, cell: Value("problem", None, "?", report.values[cell].origin)}
    repairs = find_repairs(replace(report, values=values))
    assert changes(repairs) == {cell: LIWAN[cell], wrong: LIWAN[wrong]}


def test_places_listed_apart_give_an_unreadable_cell_its_own_place():
    cell = "表三.granted.natural"
    right = int(LIWAN["表四.review.upheld"])
    wrong = {"表三.new.business": int(LIWAN["表三.new.business"]) + 5, "表四.review.upheld": right + 10}
    report = make_report(LIWAN | wrong)
    values = {**report.values, cell: Value("problem", None, "?", report.values[cell].origin)}
    repairs = find_repairs(replace(report, values=values))
    assert [[c.cell for c in part[0].changes] for part in repairs.parts][-1] == [cell]
    assert [len(part[0].changes) for part in repairs.parts] == [1, 1, 1]
    assert all(cell in changes(repairs, r.rank) for r in repairs.repairs)


def test_rows_missing_from_the_source_are_no_contradiction():
    missing = {c: None for c in LIWAN if ".deny_" in c}
    assert find_repairs(make_report(LIWAN | missing)) == Repairs()
    # What is left still locates an error outside the missing rows, and never invents a missing cell.
    repairs = find_repairs(make_report(LIWAN | missing | {"表三.new.natural": 1}))
    assert changes(repairs) == {"表三.new.natural": LIWAN["表三.new.natural"]}


def test_a_blank_where_a_number_belongs():
    cell = "表三.granted.natural"
    repairs = find_repairs(make_report(LIWAN | {cell: ""}))
    assert changes(repairs) == {cell: LIWAN[cell]}
    assert repairs.repairs[0].kind == "blank"
    assert repairs.repairs[0].changes[0].old is None
    assert "空着" in repairs.repairs[0].reason


# ---------------------------------------------------------------- slips


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [(74, 47, "transposed"), (4, 47, "missing_digit"), (477, 47, "doubled"), (497, 47, "extra_digit"),
     (48, 47, "digit"), (0, 47, "omitted"), (47, 0, "surplus"), (47, 1000, "plain"), (1234, 4231, "transposed")],
)  # fmt: skip
def test_kinds_of_slips(old, new, kind):
    cell = FORM.cells["表三.granted.natural"]
    assert explain(cell, Value("number", old, str(old)), new, []).kind == kind


def test_slips_of_amounts():
    fee = FORM.cells["表二.fee.amount"]
    yuan = Value("number", Decimal("52305200"), "52305200")
    assert explain(fee, yuan, Decimal("5230.52"), []).kind == "unit"
    slip = explain(fee, Value("number", Decimal("5230.25"), "5230.25"), Decimal("5230.52"), [])
    assert slip.reason == "小数第2位和小数第1位颠倒（5230.25→5230.52）"


# ---------------------------------------------------------------- what must hold for all reports


@st.composite
def valid_cells(draw) -> dict[str, int]:
    """Figures that satisfy every sum; details are drawn, totals added up."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    top = draw(st.sampled_from([1, 3, 60, 4000]))
    density = draw(st.sampled_from([0.15, 0.6, 1.0]))

    def some() -> int:
        return rng.randint(0, top) if rng.random() < density else 0

    cells: dict[str, int] = {}
    for column in T3_COLUMNS[:-1]:
        figures = {row: some() for row in RESULTS}
        figures["total_done"] = sum(figures.values())
        figures["carried_out"] = some()
        figures["carried_in"] = rng.randint(0, figures["total_done"] + figures["carried_out"])
        figures["new"] = figures["total_done"] + figures["carried_out"] - figures["carried_in"]
        cells |= {f"表三.{row}.{column}": v for row, v in figures.items()}
    for row in T3_ROWS:
        cells[f"表三.{row}.total"] = sum(cells[f"表三.{row}.{c}"] for c in T3_COLUMNS[:-1])
    for row in ("review", "direct", "after_review"):
        parts = [some() for _ in range(4)]
        for column, v in zip(("upheld", "corrected", "otherwise", "pending"), parts, strict=True):
            cells[f"表四.{row}.{column}"] = v
        cells[f"表四.{row}.total"] = sum(parts)
    return cells


@given(valid_cells(), st.sampled_from(IN_T3), st.integers(0, 20_000))
def test_any_single_error_in_table_three_is_named_and_its_figure_computed(cells, cell, typed):
    report = make_report({**cells, cell: typed})
    repairs = find_repairs(report)
    if typed == cells[cell]:
        assert repairs == Repairs()
        return
    assert changes(repairs) == {cell: cells[cell]}
    assert len(repairs.repairs) == 1
    assert repairs.complete
    assert_settles(report, repairs)


@given(valid_cells(), st.lists(st.tuples(st.sampled_from(IN_SUMS), st.integers(0, 500)), min_size=1, max_size=3))
def test_repairs_settle_everything_are_minimal_and_reproducible(cells, planted):
    report = make_report(cells | dict(planted))
    repairs = find_repairs(report, limit=1000)
    assert find_repairs(report, limit=1000) == repairs
    if not broken({c: report.number(c) for c in FORM.cells}):
        assert repairs.repairs == ()
        return
    assert repairs.complete
    assert_settles(report, repairs)
    truth = {c: v for c, v in cells.items() if report.number(c) != v}
    fewest = min(len(r.changes) for r in repairs.repairs)
    assert fewest <= len(truth)
    if fewest == len(truth) <= 2 and not repairs.more:
        assert truth in [changes(repairs, r.rank) for r in repairs.repairs]
    assert len(find_repairs(report).lines(report)) <= 12 + 3 + 3


@given(valid_cells(), st.sampled_from(IN_SUMS), st.integers(0, 500))
def test_with_formula_totals_the_truth_is_always_among_the_repairs(cells, cell, typed):
    right, report = by_formula(cells), by_formula({**cells, cell: typed})
    if right.values[cell].formula or not broken({c: report.number(c) for c in FORM.cells}):
        return
    repairs = find_repairs(report, limit=1000)
    assert {cell: cells[cell]} in [changes(repairs, r.rank) for r in repairs.repairs]
    assert_settles(report, repairs)


@given(valid_cells(), st.lists(st.sampled_from(IN_T3), min_size=1, max_size=3, unique=True))
def test_unreadable_cells_never_get_a_wrong_figure(cells, unreadable):
    report = make_report(cells)
    values = dict(report.values)
    for cell in unreadable:
        values[cell] = Value("problem", None, "?", values[cell].origin)
    repairs = find_repairs(replace(report, values=values))
    assert len(repairs.repairs) <= 1
    for repair in repairs.repairs:
        assert repair.changes
        assert {c.cell: c.new for c in repair.changes}.items() <= cells.items()
    if len(unreadable) == 1:
        assert changes(repairs) == {unreadable[0]: cells[unreadable[0]]}


@COSTLY
@given(st.integers(0, 2**32), st.sampled_from([1, 9, 1000, 10**12]))
def test_numbers_that_make_no_sense_end_within_the_bound(seed, top):
    rng = random.Random(seed)
    report = make_report({c: rng.randint(0, top) for c in IN_SUMS})
    repairs = find_repairs(report)
    assert repairs == find_repairs(report)
    for repair in repairs.repairs:
        after = repaired(report, repair)
        unsettled = broken(after)
        assert repairs.complete is not bool([r for r in unsettled if r != "T3-06"])
    assert repairs.complete or "逐格核对" in repairs.note


def test_the_search_stops_at_its_bound_and_says_so(monkeypatch):
    monkeypatch.setattr("reportgen.repairs.find.STEPS", 3)
    report = make_report(LIWAN | {"表三.granted.natural": 0, "表三.partial.business": 77, "表三.deny_1.law": 9})
    repairs = find_repairs(report)
    assert repairs.cut
    assert not repairs.complete
    assert "已经中止" in repairs.note


def test_figures_are_not_exchanged_with_those_of_last_year():
    right = {c: v.number for c, v in bodies.body("甲镇", "乡镇街道", random.Random("7-44")).values.items()}
    wrong = make_report(right | {"表三.granted.total": right["表三.granted.total"] + 1})
    last = bodies.body("甲镇", "乡镇街道", random.Random("99-44"), year=2023)
    repairs = find_repairs(with_last_year(wrong, last))
    assert changes(repairs) == {"表三.granted.total": right["表三.granted.total"]}
    assert "颠倒" not in repairs.repairs[0].reason
