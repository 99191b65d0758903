"""Many reports into one: who counts, what is summed, what is said of the rest."""

from __future__ import annotations

import io
import os
import random
import sys
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path

import bodies
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook
from support import COSTLY, make_report

from reportgen import blank_workbook, merge, read_report
from reportgen.batch.merging import merge_folder
from reportgen.checks import check
from reportgen.cli import main
from reportgen.errors import InputError, OutputError
from reportgen.form import load_form
from reportgen.form.kinds import READER_RULES
from reportgen.form.rule import EVERYWHERE
from reportgen.model.report import Passage, Report, Value
from reportgen.rollup import Filing, Member, Roster, collect, filing_of, read_parts, read_roster, roll_up
from reportgen.rollup.guard import find_sums
from reportgen.sources import open_document
from reportgen.workbook import merged_workbook

ORG = "甲市乙区人民政府"
FORM = load_form("2021")


@cache
def some(count: int, seed: int = 1) -> tuple[Report, ...]:
    return tuple(bodies.bodies(count, seed))


@cache
def filings(count: int, seed: int = 1) -> tuple[Filing, ...]:
    return tuple(filing_of(one, check(one)) for one in some(count, seed))


@cache
def merged_book(count: int, org: str = ORG) -> bytes:
    """The workbook of a sum."""
    return merged_workbook(roll_up(collect(filings(count), FORM, 2024), FORM, org=org))


def figures(report: Report) -> dict[str, object]:
    return {cell: value.number for cell, value in report.values.items()}


def added(reports) -> dict[str, object]:
    return {cell: sum((one.number(cell) for one in reports), 0) for cell in FORM.cells}


def states(result) -> dict[str, str]:
    return {one.body: one.state for one in result.rollup.collection.bodies}


def rules(result) -> list[str]:
    return [one.rule for one in result.rollup.findings]


def fill_in(path: Path) -> None:
    """Write the text that the program cannot, and save as another program does: without results."""
    book = load_workbook(path)
    texts = book[FORM.sheets.texts]
    row = next(row for row in range(4, 30) if str(texts.cell(row, 1).value).startswith("五、"))
    texts.cell(row, 3).value = "问题是甲。改进是乙。"
    book.save(path)


# --------------------------------------------------------------------------- the sum


def test_merging_one_report_gives_that_report():
    one = some(4)[3]
    made = merge([one], org=one.org).rollup.report
    assert figures(made) == figures(one)
    assert (made.org, made.year, made.form) == (one.org, one.year, one.form)


@given(st.randoms(use_true_random=False), st.integers(2, 12))
def test_the_order_does_not_matter(rng, count):
    shuffled = list(filings(12)[:count])
    rng.shuffle(shuffled)
    one, other = (
        roll_up(collect(many, FORM, 2024, org=ORG), FORM, org=ORG) for many in (filings(12)[:count], shuffled)
    )
    assert figures(one.report) == figures(other.report) == added(some(12)[:count])
    assert one.collection == other.collection
    assert one.findings == other.findings


@COSTLY
@given(st.integers(1, 10), st.integers(0, 50))
def test_merging_merges_equals_merging_all(cut, seed):
    every = filings(11, seed)
    parts = [every[:cut], every[cut:]]
    between = [roll_up(collect(part, FORM, 2024), FORM, org=f"第{n}片") for n, part in enumerate(parts)]
    twice = roll_up(collect([filing_of(one.report) for one in between], FORM, 2024), FORM, org=ORG)
    assert figures(twice.report) == figures(roll_up(collect(every, FORM, 2024), FORM, org=ORG).report)


def test_amounts_are_exact_and_fields_are_summed():
    fees = [Decimal("0.10"), Decimal("0.20"), Decimal("5230.52")]
    made = [
        make_report({"表二.fee.amount": fee}, org=f"第{n}局", fee_cases=1, fee_amount=Decimal("10.5"))
        for n, fee in enumerate(fees)
    ]  # fmt: skip
    report = merge(made, org=ORG, include_drafts=True).rollup.report
    assert report.number("表二.fee.amount") == Decimal("5230.82")
    assert report.fields["fee_cases"] == 3
    assert report.fields["fee_amount"] == Decimal("31.5")


def test_two_totals_and_subtotals(tmp_path):
    list_ = tmp_path / "名册.csv"
    list_.write_text(bodies.roster(45), encoding="utf-8")
    rollup = merge(some(45), org=ORG, roster=list_).rollup
    by_group = {one.group.name: one for one in rollup.groups}
    assert list(by_group) == ["本级机关", "部门", "乡镇街道"]
    cell = "表三.new.total"
    assert rollup.own[cell] == by_group["本级机关"].figures[cell] + by_group["部门"].figures[cell]
    assert rollup.region[cell] == rollup.own[cell] + by_group["乡镇街道"].figures[cell]


@pytest.mark.slow
def test_the_report_of_the_own_bodies_alone(tmp_path):
    every, out = some(60), tmp_path / "本级.xlsx"
    own = [one for one in every if "镇" not in one.org]
    result = merge(every, out, org=ORG, own_only=True, filed=filed_of(every, {}))
    assert result.rollup.report.values == merge(own, org=ORG).rollup.report.values
    assert figures(read_report(out)) == added(own)
    assert "规定的各表取本级合计" in str(load_workbook(out)["汇总明细"]["C2"].value)
    parts = read_parts(open_document(out), FORM)
    assert {one.body for one in parts} == {one.org for one in own}
    (cause,) = result.rollup.compared.causes  # the filed report is that of all
    assert cause.text == "把“乡镇街道（19个单位）”没有计入的报告也加上了"
    again = merge(every, org=ORG, own_only=True, previous=out)
    assert not again.rollup.changes
    assert {one.what for one in merge(every, org=ORG, previous=out).rollup.changes} == {"added"}


def test_without_own_bodies_there_is_no_report_of_them():
    with pytest.raises(InputError, match="本级机关或部门"):
        merge([one for one in some(60) if "镇" in one.org], org=ORG, own_only=True)


def test_the_merged_workbook_reads_back_as_the_sum(tmp_path):
    out = tmp_path / "汇总.xlsx"
    result = merge(some(9), out, org=ORG)
    read = read_report(out)
    assert figures(read) == added(some(9))
    assert read.org == ORG
    assert read.fields["summary"] == "是"
    assert not [one for one in read.notices if one.severity != "info"]
    assert all(value.formula for value in read.values.values()), "live sums"
    assert not {p.section for p in read.passages} - {"overall", "other"}, "nobody's text is the report's"
    assert [part.body for part in read_parts(open_document(out), FORM)] == [
        one.body for one in result.rollup.collection.counted
    ]
    assert merged_workbook(result.rollup, folder=tmp_path) == out.read_bytes()


def test_the_lists_can_be_filtered_and_lead_to_the_files(tmp_path):
    for n, one in enumerate(some(3)):
        (tmp_path / f"{n}.json").write_bytes(bodies.written(one, "json"))
    merge(
        [tmp_path], tmp_path / "汇总.xlsx", org=ORG, roster=Roster((Member("缺局"), *(Member(o.org) for o in some(3))))
    )
    book = load_workbook(tmp_path / "汇总.xlsx")
    for name in ("单位清单", "问题汇总", "说明汇总", "各单位文字"):
        assert book[name].auto_filter.ref.startswith("A3:")
        assert not book[name].protection.autoFilter, "allowed in spite of the protection"
        assert book[name].print_title_rows == "$3:$3"
    sheet = book["单位清单"]
    files = {sheet.cell(row, 1).value: sheet.cell(row, 5) for row in range(4, 8)}
    assert files["缺局"].value is None
    assert {files[one.org].font.color.rgb for one in some(3)} == {"001F4E9E"}, "whatever the first row holds"


@pytest.mark.slow
def test_an_edited_row_changes_the_report(tmp_path):
    """The sums are live: what a formula gives is taken from the rows of the bodies."""
    out = tmp_path / "汇总.xlsx"
    out.write_bytes(merged_book(3))
    book = load_workbook(out)
    sheet = book["汇总明细"]
    heads = {cell.value: cell.column for cell in sheet[3]}
    row = next(row for row in range(4, 20) if sheet.cell(row, 2).value == some(3)[1].org)
    sheet.cell(row, heads["表三·新收.自然人"]).value += 7
    book.save(out)  # without results: they are computed here
    read = read_report(out)
    assert read.number("表三.new.natural") == added(some(3))["表三.new.natural"] + 7
    assert read.number("表三.new.total") == added(some(3))["表三.new.total"] + 7


# --------------------------------------------------------------------------- who counts


def test_only_reports_without_errors_are_added(tmp_path):
    good, bad, other = some(3)
    cells = {cell: value.number for cell, value in bad.values.items()}
    bad = make_report({**cells, "表三.new.total": cells["表三.new.total"] + 1}, org=bad.org)
    result = merge([good, bad, other], org=ORG)
    assert states(result)[bad.org] == "errors"
    assert figures(result.rollup.report) == added([good, other])
    assert result.status == "errors"
    assert bad.org in result.letter
    assert "T3-03" in result.letter or "表三" in result.letter
    out = tmp_path / "汇总.xlsx"
    drafts = merge([good, bad, other], out, org=ORG, include_drafts=True)
    assert figures(drafts.rollup.report) == added([good, bad, other])
    assert "A-09" in rules(drafts)
    assert all("草稿" in str(grid.cell(1, 1).value) for grid in open_document(out).grids)
    assert figures(read_report(out)) == added([good, bad, other])


def test_what_could_not_be_read_is_never_0():
    good, bad = some(2)
    values = {**bad.values, "表三.new.natural": replace(bad.values["表三.new.natural"], state="problem", number=None)}
    result = merge([good, replace(bad, values=values)], org=ORG, include_drafts=True)
    assert states(result)[bad.org] == "errors"
    assert figures(result.rollup.report) == figures(good)


def test_a_nil_report_is_not_a_blank_one_and_not_a_missing_one(tmp_path):
    nil = make_report({}, org="甲局", passages=bodies.passages("甲局"), unit_type="政府部门")
    blank = make_report(dict.fromkeys(FORM.cells, ""), org="乙局", passages=bodies.passages("乙局"))
    roster = Roster((Member("甲局"), Member("乙局"), Member("丙局"), Member(some(1)[0].org)))
    result = merge([nil, blank, *some(1)], org=ORG, roster=roster)
    assert states(result) == {"甲局": "nil", "乙局": "blank", "丙局": "missing", some(1)[0].org: "ok"}
    (tmp_path / "空.xlsx").write_bytes(blank_workbook(FORM, year=2024, org="乙局"))
    result = merge([tmp_path, *some(1)], org=ORG)
    assert states(result)["乙局"] in ("blank", "errors")


@pytest.mark.parametrize("later", [0, 1])
def test_of_two_files_of_a_body_the_later_one_counts_and_both_are_named(tmp_path, later):
    first, rng = some(2)[1], random.Random(9)
    second = bodies.body(first.org, "政府部门", rng)
    for n, one in enumerate((first, second)):
        path = tmp_path / f"{n}.json"
        path.write_bytes(bodies.written(one, "json"))
        os.utime(path, (1_700_000_000 + n, 1_700_000_000 + (n if later else -n)))
    result = merge([tmp_path], org=ORG)
    assert figures(result.rollup.report) == figures((first, second)[later])
    (said,) = (one.message for one in result.rollup.findings if one.rule == "A-06")
    assert f"{1 - later}.json" in said
    assert f"{later}.json" in said
    assert "保存得较晚" in said


def test_a_correct_file_counts_before_a_later_one_with_errors(tmp_path):
    good = some(1)[0]
    bad = replace(good, passages=good.passages[:1])
    for n, one in enumerate((good, bad)):
        (tmp_path / f"{n}.json").write_bytes(bodies.written(one, "json"))
        os.utime(tmp_path / f"{n}.json", (1_700_000_000 + n,) * 2)
    (body,) = merge([tmp_path], org=ORG).rollup.collection.bodies
    assert Path(body.filing.path).name == "0.json"


def test_years_editions_and_strangers_are_left_out():
    old = bodies.body("甲市乙区民政局", "政府部门", random.Random(3), year=2023)
    older = make_report({}, org="甲市乙区司法局", year=2024, form=load_form("2019"))
    roster = Roster((*(Member(one.org) for one in some(2)), Member("甲市乙区民政局"), Member("甲市乙区司法局")))
    stranger = bodies.body("甲市乙区民政处", "政府部门", random.Random(4))
    result = merge([*some(2), old, older, stranger], org=ORG, roster=roster, year=2024)
    assert sorted(left.state for left in result.rollup.collection.strays) == ["edition", "unknown", "year"]
    assert states(result)["甲市乙区民政局"] == "missing"
    unknown = next(left for left in result.rollup.collection.strays if left.state == "unknown")
    assert "甲市乙区民政局" in unknown.reason, "a name that looks like it"
    assert figures(result.rollup.report) == added(some(2))


def test_a_file_of_one_body_with_another_ones_name_in_it(tmp_path):
    one, other = some(2)
    roster = Roster((Member(one.org), Member(other.org)))
    (tmp_path / f"{other.org}.json").write_bytes(bodies.written(one, "json"))
    result = merge([tmp_path, one], org=ORG, roster=roster)
    assert [left.state for left in result.rollup.collection.strays] == ["body"]
    assert states(result) == {one.org: "ok", other.org: "missing"}


def test_a_renamed_body_is_known_by_its_former_name():
    one = some(1)[0]
    result = merge([one], org=ORG, roster=Roster((Member("甲市乙区新局", former=(one.org,)),)))
    assert states(result) == {"甲市乙区新局": "ok"}
    assert any(one.org in found.message for found in result.rollup.findings if found.rule == "A-08")


def test_a_former_name_of_several_bodies_is_nobodys():
    one = some(1)[0]
    roster = Roster((Member("甲新局", former=(one.org,)), Member("乙新局", former=(one.org,)), Member(some(2)[1].org)))
    result = merge(some(2), org=ORG, roster=roster)
    assert states(result) == {"甲新局": "missing", "乙新局": "missing", some(2)[1].org: "warnings"}
    (left,) = result.rollup.collection.strays
    assert "甲新局" in left.reason
    assert "乙新局" in left.reason


def test_a_file_under_the_present_name_counts_before_a_later_one_under_a_former_name(tmp_path):
    old, new = some(2)[0], bodies.renamed(some(2)[1], "甲市乙区新局")
    for n, one in enumerate((new, old)):
        (tmp_path / f"{n}.json").write_bytes(bodies.written(one, "json"))
        os.utime(tmp_path / f"{n}.json", (1_700_000_000 + n,) * 2)
    result = merge([tmp_path], org=ORG, roster=Roster((Member("甲市乙区新局", former=(old.org,)),)))
    assert figures(result.rollup.report) == figures(new)
    assert any("用的是原名称" in one.message for one in result.rollup.findings if one.rule == "A-06")


def test_reports_of_the_bodies_that_one_was_made_of_are_not_its_report():
    """One of them would be half of it, and nobody would see."""
    first, second, other = some(3)
    result = merge(some(3), org=ORG, roster=Roster((Member("新局", former=(first.org, second.org)), Member(other.org))))
    assert states(result) == {"新局": "errors", other.org: "ok"}
    assert "合并成一份" in result.letter
    assert figures(result.rollup.report) == figures(other)


# --------------------------------------------------------------------------- a sum among its parts


def test_a_marked_sum_is_not_added_to_its_parts_even_when_it_was_saved_again(tmp_path):
    (tmp_path / "各局").mkdir()
    for n, one in enumerate(some(6)):
        (tmp_path / "各局" / f"{n}.json").write_bytes(bodies.written(one, "json"))
    (tmp_path / "片.xlsx").write_bytes(merged_book(3, "甲市乙区东片"))
    fill_in(tmp_path / "片.xlsx")
    result = merge([tmp_path], org=ORG)
    assert states(result)["甲市乙区东片"] == "sum"
    assert figures(result.rollup.report) == added(some(6))
    # Of its parts one is missing: it stands for all of them.
    (tmp_path / "各局" / "1.json").unlink()
    result = merge([tmp_path], org=ORG)
    assert figures(result.rollup.report) == added(some(6))
    assert states(result)["甲市乙区东片"] in ("ok", "warnings")
    assert states(result)[some(6)[0].org] == "sum"


@pytest.mark.slow
def test_two_sums_with_a_body_in_common_are_not_both_added(tmp_path):
    (tmp_path / "一.xlsx").write_bytes(merged_book(3, "甲市乙区东片"))
    merge(some(6)[2:], tmp_path / "二.xlsx", org="二片")
    fill_in(tmp_path / "一.xlsx")
    fill_in(tmp_path / "二.xlsx")
    result = merge([tmp_path], org=ORG)
    assert sorted(states(result).values()) in (["ok", "sum"], ["sum", "warnings"])
    assert any(some(6)[2].org in one.message for one in result.rollup.findings if one.rule == "A-07")


def test_an_unmarked_sum_of_three_is_found():
    every = some(12)
    cells = added(every[2:5])
    total = make_report(cells, org="甲市乙区某某局", passages=bodies.passages("甲市乙区某某局"))
    result = merge([*every, total], org=ORG)
    assert states(result)["甲市乙区某某局"] == "sum"
    assert figures(result.rollup.report) == added(every)
    (said,) = (one for one in result.rollup.findings if one.rule == "A-07")
    assert all(one.org in said.message for one in every[2:5])


def test_few_figures_that_agree_by_chance_are_asked_about_and_counted():
    one = {"表三.new.natural": 1, "表三.new.total": 1, "表三.granted.natural": 1, "表三.granted.total": 1,
           "表三.total_done.natural": 1, "表三.total_done.total": 1}  # fmt: skip
    small = [make_report({c: n * k for c, n in one.items()}, org=name, passages=bodies.passages(name), unit_type="乡镇街道")
             for name, k in (("甲镇", 1), ("乙镇", 1), ("丙镇", 2))]  # fmt: skip
    result = merge(small, org=ORG)
    assert result.rollup.report.number("表三.new.total") == 4
    assert [one.severity for one in result.rollup.findings if one.rule == "A-07"] == ["ask"]


@pytest.mark.slow
def test_valid_reports_are_no_sums_of_each_other():
    details = [cell.id for cell in FORM.cells.values() if not cell.total]
    for seed in range(5):
        found = find_sums(filings(60, seed), details)
        assert not [one for one in found if one.certain]


def test_the_body_itself_is_no_part_of_its_sum():
    every = some(4)
    own = make_report({"表三.new.natural": 1, "表三.new.total": 1}, org=ORG)
    result = merge([*every, own], org=ORG, include_drafts=True)
    assert states(result)[ORG] == "sum"
    assert figures(result.rollup.report) == added(every)


# --------------------------------------------------------------------------- what was filed, and the last time


def filed_of(every, cells, **changed) -> Report:
    return make_report({**added(every), **cells}, org=ORG, passages=bodies.passages(ORG))


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_body_left_out_or_added_twice_is_named(sign):
    every, wrong = some(12), some(12)[4]
    filed = filed_of(every, {c: every_n + sign * wrong.number(c) for c, every_n in added(every).items()})
    result = merge(every, org=ORG, filed=filed)
    compared = result.rollup.compared
    assert [one.body for one in compared.causes] == [wrong.org]
    assert {one.cell for one in compared.differences} == {c for c in FORM.cells if wrong.number(c)}
    assert "A-01" in rules(result)
    assert all(wrong.org in one.message for one in result.rollup.findings if one.rule == "A-01")
    assert next(one for one in result.rollup.findings if one.rule == "A-01").severity == "error"


def test_a_filed_report_that_is_the_sum_has_no_differences():
    every = some(5)
    result = merge(every, org=ORG, filed=filed_of(every, {}))
    assert result.rollup.compared.differences == ()
    assert not {"A-01", "A-02", "A-03", "T4-03"} & set(rules(result))


def test_documents_of_one_body_counted_elsewhere():
    """A-02: what both the office and the department that drafted it had counted, the parent counts once."""
    every = some(12)
    body = next(one for one in every if one.number("表二.normative.made") and one.number("表二.normative.abolished"))
    row = [f"表二.normative.{column}" for column in ("made", "abolished", "valid")]
    filed = filed_of(every, {cell: added(every)[cell] - body.number(cell) for cell in row})
    result = merge(every, org=ORG, filed=filed)
    (said,) = (one for one in result.rollup.findings if one.rule.startswith("A-0"))
    assert said.rule == "A-02"
    assert body.org in said.message
    assert "行政规范性文件" in said.message


def test_suits_after_review_may_be_fewer_but_not_more():
    every = some(12)
    number = added(every)["表四.after_review.upheld"]
    assert number > 0
    for change, told in ((-1, False), (1, True)):
        result = merge(every, org=ORG, filed=filed_of(every, {"表四.after_review.upheld": number + change}))
        assert ("T4-03" in rules(result)) is told
        assert "A-03" not in rules(result)


def test_what_changed_since_the_last_time(tmp_path):
    every, out = some(4), tmp_path / "汇总.xlsx"
    out.write_bytes(merged_book(3))
    cells = {c: v.number for c, v in every[1].values.items()}
    cells["表二.permit.decisions"] = 77777
    changed = replace(
        make_report(cells, org=every[1].org, unit_type="政府部门"), passages=every[1].passages, sha256="ab"
    )
    result = merge([every[0], changed, every[3]], org=ORG, previous=out)
    told = {(one.body, one.what): one for one in result.rollup.changes}
    assert set(told) == {
        (every[1].org, "replaced"), (every[1].org, "figure"), (every[2].org, "removed"), (every[3].org, "added"),
    }  # fmt: skip
    moved = told[every[1].org, "figure"]
    assert (moved.cell, moved.old, moved.new) == (
        "表二.permit.decisions", every[1].number("表二.permit.decisions"), 77777,
    )  # fmt: skip


def test_an_older_version_is_found_in_the_last_merge(tmp_path):
    every = list(some(4))
    now = bodies.body(every[1].org, "政府部门", random.Random(99))
    (tmp_path / "汇总.xlsx").write_bytes(merged_book(3))
    filed = filed_of(every, {})
    given = [every[0], now, *every[2:]]
    (cause,) = merge(given, org=ORG, filed=filed, previous=tmp_path / "汇总.xlsx").rollup.compared.causes
    assert (cause.body, cause.kind) == (now.org, "version")


def test_a_workbook_edited_by_hand_is_compared_as_far_as_it_can_be_read(tmp_path):
    out = tmp_path / "汇总.xlsx"
    out.write_bytes(merged_book(3))
    book = load_workbook(out)
    details = book["汇总明细"]
    details.delete_rows(next(r for r in range(4, 20) if details.cell(r, 2).value == some(3)[1].org))
    book.save(out)
    changes = merge(some(3), org=ORG, previous=out).rollup.changes
    assert [(one.body, one.what) for one in changes] == [(some(3)[1].org, "unknown")]
    book["单位清单"].title = "清单"
    book.save(out)
    with pytest.raises(InputError, match="不是汇总工作簿"):
        merge(some(3), org=ORG, previous=out)


def test_bodies_without_a_report_of_the_year_before_are_named(tmp_path):
    (tmp_path / "0.json").write_bytes(
        bodies.written(bodies.body(some(2)[0].org, "政府部门", random.Random(1), year=2023), "json")
    )
    (tmp_path / "1.json").write_text("{", encoding="utf-8")
    assert merge(some(2), org=ORG, last_year=tmp_path).lonely == (some(2)[1].org,)
    assert merge(some(2), org=ORG).lonely == ()


@pytest.mark.skipif(sys.platform != "linux", reason="pipes")
def test_what_is_no_file_is_named_and_waited_for_by_nobody(tmp_path):
    os.mkfifo(tmp_path / "管道.xlsx")
    (tmp_path / "断.xlsx").symlink_to("没有.xlsx")
    result = merge([tmp_path, *some(1)], org=ORG)
    assert [Path(one.filing.path).name for one in result.rollup.collection.strays] == ["断.xlsx", "管道.xlsx"]
    assert {one.state for one in result.rollup.collection.strays} == {"unreadable"}


@pytest.mark.slow
def test_texts_and_explanations_entered_in_the_merged_workbook_are_kept(tmp_path):
    out = tmp_path / "汇总.xlsx"
    out.write_bytes(merged_book(3))
    fill_in(out)
    merge(some(4), out, org=ORG, previous=out, force=True)
    assert "问题是甲。改进是乙。" in [text for one in read_report(out).passages for text in one.paragraphs]
    assert figures(read_report(out)) == added(some(4))


def test_an_explanation_answers_a_difference(tmp_path):
    every, out = some(4), tmp_path / "汇总.xlsx"
    filed = filed_of(every, {"表三.new.natural": 9999})
    out.write_bytes(merged_book(3))
    first = merge(every, org=ORG, filed=filed)
    found = next(one for one in first.rollup.findings if one.rule == "A-01")
    book = load_workbook(out)
    checks = book["校验"]
    row = next(row for row in range(5, checks.max_row + 1) if checks.cell(row, 1).value == "A-01")
    checks.cell(row, 8).value, checks.cell(row, 9).value = found.code, "口径不同。"
    book.save(out)
    second = merge(every, org=ORG, filed=filed, previous=out)
    assert [(one.severity, one.explanation) for one in second.rollup.findings if one.rule == "A-01"] == [
        ("info", "口径不同。")
    ]
    assert not [one for one in check(read_report(out)) if one.rule.startswith("E-")]


def test_bodies_merged_into_another_leave_what_was_pending_to_it(tmp_path):
    last = [bodies.body(name, "政府部门", random.Random(name), year=2023) for name in ("甲局", "乙局", "丙局")]
    for one in last:
        (tmp_path / f"{one.org}.json").write_bytes(bodies.written(one, "json"))
    new = bodies.body("丁局", "政府部门", random.Random(5))
    roster = Roster((Member("丁局", former=("甲局", "乙局")),))
    result = merge([new], org=ORG, roster=roster, last_year=tmp_path)
    said = [one.message for one in result.rollup.findings if one.rule == "A-05"]
    assert any("丁局" in text and "甲局" in text for text in said)
    assert any("丙局" in text and "没有" in text for text in said)


# --------------------------------------------------------------------------- roster


ROSTERS = {
    "plain.txt": "甲局\n乙局\n",
    "numbered.csv": "1,甲局\n2,乙局\n",
    "heads.csv": "序号,单位名称,简称,分组,曾用名\n1,甲局,甲、大甲,部门,老甲局\n2,乙局,,乡镇,\n",
    "semicolon.csv": "单位;类型\n甲局;政府部门\n乙局;乡镇街道\n",
    "groups.txt": "# 今年的名单\n部门：\n甲局\n\n乡镇街道\n乙局\n",
    "tabs.txt": "甲局\t政府部门\t大甲\n乙局\t乡镇\n",
}


@pytest.mark.parametrize("name", ROSTERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rosters_as_people_write_them(tmp_path, name, encoding):
    path = tmp_path / name
    path.write_text(ROSTERS[name], encoding=encoding)
    roster = read_roster(path, FORM)
    assert [one.name for one in roster.members] == ["甲局", "乙局"]
    if name == "heads.csv":
        assert roster.members[0].aliases == ("甲", "大甲")
        assert roster.find("老甲局") is roster.members[0]
        assert [one.group for one in roster.members] == ["department", "town"]
    if name in ("tabs.txt", "groups.txt"):
        assert roster.members[1].group == "town"
    if name == "semicolon.csv":
        assert [one.kind for one in roster.members] == ["政府部门", "乡镇街道"]


def test_a_roster_in_a_workbook(tmp_path):
    book = Workbook()
    sheet = book.active
    for row in (
        ["2024年应报单位"],
        [],
        ["序号", "机关名称", "分组", "原名称或并入的单位"],
        [1, "甲局", "部门", "老甲局；小甲局"],
    ):
        sheet.append(row)
    book.save(tmp_path / "名册.xlsx")
    (member,) = read_roster(tmp_path / "名册.xlsx", FORM).members[-1:]
    assert (member.name, member.group, member.former) == ("甲局", "department", ("老甲局", "小甲局"))


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "空文件"), ("# 只有一句\n", "没有单位名称"), ("甲局\n乙局\n甲 局\n", "重复"), ("\0\1\2\xff", "不是文字")],
)
def test_rosters_that_cannot_be_used(tmp_path, text, said):
    path = tmp_path / "名册.txt"
    path.write_bytes(text.encode("latin-1") if "\xff" in text else text.encode())
    with pytest.raises(InputError, match=said or "空"):
        read_roster(path, FORM)


# --------------------------------------------------------------------------- files and folders


def test_nothing_to_add_is_said_and_writes_nothing(tmp_path):
    bad = replace(some(1)[0], passages=some(1)[0].passages[:1])
    with pytest.raises(InputError, match="没有一份可以汇总"):
        merge([bad], tmp_path / "汇总.xlsx", org=ORG)
    with pytest.raises(InputError, match="没有找到"):
        merge([tmp_path], tmp_path / "汇总.xlsx", org=ORG)
    assert not list(tmp_path.iterdir())


def test_an_existing_result_is_not_overwritten(tmp_path):
    out = tmp_path / "汇总.xlsx"
    out.write_bytes(b"mine")
    with pytest.raises(OutputError):
        merge(some(2), out, org=ORG)
    result = merge(some(2), out, org=ORG, force=True)
    assert result.copy.read_bytes() == b"mine"


@pytest.mark.slow
def test_by_double_click(tmp_path):
    (tmp_path / f"{ORG}单位名册.csv").write_text(bodies.roster(4), encoding="gb18030")
    (tmp_path / "报送").mkdir()
    for n, one in enumerate(some(3)):
        (tmp_path / "报送" / f"{n}.json").write_bytes(bodies.written(one, "json"))
    (tmp_path / "报送" / "通知.docx").write_bytes(b"")
    result = merge_folder(tmp_path)
    assert result.path == tmp_path / f"{ORG}2024年汇总.xlsx"
    assert figures(read_report(result.path)) == added(some(3))
    assert result.letter_path.read_text(encoding="utf-8-sig").count("\n") > 3
    (tmp_path / "报送" / "3.json").write_bytes(bodies.written(some(4)[3], "json"))
    again = merge_folder(tmp_path)
    assert [one.what for one in again.rollup.changes] == ["added"]
    assert figures(read_report(again.path)) == added(some(4))
    assert again.copy is not None
    assert "通知.docx" in again.letter


@pytest.mark.slow
def test_the_body_at_fault_is_named_first():
    """Counted with a thousand cases of each kind in docs/detection.md."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
    import blame

    sure = list(blame.PLANTED)[:4]
    for name, count, first, _ in blame.rates(20, 5):
        assert first >= 0.95 * count or name not in sure, name


def test_every_word_of_a_message_about_a_sum_is_filled():
    """Messages that name every word their kind declares; every rule is told without a KeyError."""
    words = {
        id_: sorted(EVERYWHERE | rule.words | READER_RULES.get(id_, frozenset())) for id_, rule in FORM.rules.items()
    }
    rules_ = {
        id_: replace(rule, message=" ".join(f"{{{word}}}" for word in words[id_])) for id_, rule in FORM.rules.items()
    }
    wordy = replace(FORM, rules=rules_)
    every = [replace(one, form=wordy) for one in some(6)]
    broken = make_report({"表三.new.total": 1}, org="坏局", form=wordy)
    total = make_report(added(every[:3]), org="和局", form=wordy, passages=bodies.passages("和局"))
    last = filing_of(bodies.body("撤局", "政府部门", random.Random(1), year=2023))
    roster = Roster((*(Member(one.org) for one in (*every, broken, total)), Member("缺局"), Member("又缺局")))
    given = [
        *every,
        broken,
        total,
        replace(every[0], sha256="other"),
        bodies.body("外局", "政府部门", random.Random(2)),
    ]
    seen = collect([filing_of(one, check(one)) for one in given], wordy, 2024, roster=roster)
    cells = {cell: number + 1 for cell, number in added(every).items()}
    made = roll_up(seen, wordy, org=ORG, filed=make_report(cells, org=ORG, form=wordy), last_year=[last])
    drafts = collect([filing_of(broken, check(broken))], wordy, 2024, drafts=True)
    told = {one.rule for one in (*made.findings, *roll_up(drafts, wordy, org=ORG).findings)}
    assert told == {rule.id for rule in FORM.rules.values() if rule.of_sum}


def test_a_sum_over_more_bodies_than_can_be_read_is_read_by_its_results(tmp_path, monkeypatch):
    out = tmp_path / "汇总.xlsx"
    out.write_bytes(merged_book(12))
    with zipfile.ZipFile(out) as archive:
        sizes = sorted(archive.read(name).count(b"<") for name in archive.namelist())
    assert sizes[-2] < 8000 < sizes[-1]
    monkeypatch.setattr("reportgen.sources.xlsx.MAX_SHEET_TAGS", 8000)
    read = read_report(out)
    assert figures(read) == added(some(12))
    assert [one.message for one in read.notices if one.rule == "S-18"] == [
        "工作表“汇总明细”太大，没有读；引用它的公式按存储的结果读取"
    ]
    assert not merge(some(12), org=ORG, previous=out).rollup.changes


def test_changes_are_told_however_long_the_last_workbook_is(tmp_path, monkeypatch):
    out, every = tmp_path / "汇总.xlsx", some(12)
    out.write_bytes(merged_book(12))
    monkeypatch.setattr("reportgen.sources.xlsx.MAX_SHEET_TAGS", 8000)
    cell = "表二.permit.decisions"
    now = replace(every[3], values={**every[3].values, cell: Value("number", 77777)})
    changes = merge([*every[:3], now, *every[4:]], org=ORG, previous=out).rollup.changes
    assert [(one.body, one.cell, one.old, one.new) for one in changes] == [
        (every[3].org, cell, every[3].number(cell), 77777)
    ]


def test_a_long_sheet_that_is_damaged_is_said(tmp_path, monkeypatch):
    out = tmp_path / "汇总.xlsx"
    with zipfile.ZipFile(io.BytesIO(merged_book(12))) as whole, zipfile.ZipFile(out, "w") as broken:
        for name in whole.namelist():
            data = whole.read(name)
            broken.writestr(name, data.replace(b"</sheetData>", b"") if data.count(b"<") > 8000 else data)
    monkeypatch.setattr("reportgen.sources.xlsx.MAX_SHEET_TAGS", 8000)
    with pytest.raises(InputError, match="已损坏"):
        merge(some(12), org=ORG, previous=out)


def test_a_workbook_of_another_year_is_not_carried_over(tmp_path):
    (tmp_path / "汇总.xlsx").write_bytes(merged_book(3))
    now = bodies.body("甲局", "政府部门", random.Random(1), year=2025)
    with pytest.raises(InputError, match="2024年的，这次汇总的是2025年"):
        merge([now], org=ORG, previous=tmp_path / "汇总.xlsx")
    (tmp_path / "甲局.json").write_bytes(bodies.written(now, "json"))
    (tmp_path / "汇总.xlsx").rename(tmp_path / f"{tmp_path.name}2024年汇总.xlsx")
    result = merge_folder(tmp_path)
    assert result.path.name.endswith("2025年汇总.xlsx")
    assert not result.rollup.has_previous
    assert [one.body for one in result.rollup.collection.bodies] == ["甲局"]


def test_a_file_of_last_year_is_told_once_in_the_letter(tmp_path):
    name = bodies.names(2)[1][0]
    old = bodies.body(name, "政府部门", random.Random(1), year=2023)
    for n, one in enumerate((some(2)[0], old)):
        (tmp_path / f"{n}.json").write_bytes(bodies.written(one, "json"))
    letter = merge([tmp_path], org=ORG, roster=Roster((Member(some(2)[0].org), Member(name))), year=2024).letter
    assert letter.count("1.json") == 1
    assert f"1. {name}（1.json：是2023年的报告，这次汇总的是2024年）" in letter


def test_what_files_say_cannot_forge_a_line_of_the_letter(tmp_path):
    bad = make_report({"表三.new.total": 1}, org="甲局\n3. 乙局", passages=bodies.passages("甲局"))
    letter = merge([bad, *some(1)], org=ORG).letter
    assert "\\n3. 乙局" in letter
    assert "\n3. 乙局" not in letter


def test_a_body_whose_file_cannot_be_read_is_missing_for_that_reason(tmp_path):
    (tmp_path / "甲局年报.xlsx").write_bytes(b"PK damaged")
    result = merge([tmp_path, *some(1)], org=ORG, roster=Roster((Member("甲局"), Member(some(1)[0].org))))
    (missing,) = (one for one in result.rollup.collection.bodies if one.state == "missing")
    assert "甲局年报.xlsx" in missing.reason


@pytest.mark.slow
def test_what_is_put_aside_comes_back_and_leaves_no_file(tmp_path, monkeypatch):
    every = [replace(one, sha256="") for one in some(6)]
    whole = merge(every, tmp_path / "甲.xlsx", org=ORG)
    monkeypatch.setattr("reportgen.disk.spool._IN_MEMORY", 100)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    aside = merge(every, tmp_path / "乙.xlsx", org=ORG)
    assert (tmp_path / "甲.xlsx").read_bytes() == (tmp_path / "乙.xlsx").read_bytes()
    assert aside.rollup.collection == whole.rollup.collection
    assert not list((tmp_path / "tmp").iterdir()), "the file has no name"


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
def test_no_room_for_what_is_put_aside_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("reportgen.disk.spool.SpooledTemporaryFile", lambda _: io.FileIO("/dev/full", "r+"))
    with pytest.raises(OutputError, match="临时文件写不了"):
        merge(some(2), tmp_path / "汇总.xlsx", org=ORG)
    assert not list(tmp_path.iterdir())


def test_numbers_and_characters_that_few_formats_can_hold(tmp_path):
    """Half a surrogate pair in a text, a figure of thirty digits."""
    one = replace(some(1)[0], passages=(Passage("overall", "", ("一半\ud800字。",)),))
    filing = filing_of(replace(one, values={**one.values, "表三.new.total": Value("number", 10**30)}))
    assert filing.figures["表三.new.total"] == 10**30
    assert [text for said in filing.contents().passages for text in said.paragraphs] == ["一半?字。"]
    merge([one, *some(3)[1:]], tmp_path / "汇总.xlsx", org=ORG, include_drafts=True)


@pytest.mark.slow
def test_the_command(tmp_path, capsys):
    for n, one in enumerate(some(2)):
        (tmp_path / f"{n}.json").write_bytes(bodies.written(one, "json"))
    (tmp_path / "名册.txt").write_text("\n".join(org for org, _, _ in bodies.names(3)), encoding="utf-8")
    (tmp_path / "坏.xlsx").write_bytes(b"PK")
    out = tmp_path / "汇总.xlsx"

    def run(*options: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(["merge", str(tmp_path), "-o", str(out), "--org", ORG, *options])
        return left.value.code, capsys.readouterr().out

    code, told = run("--roster", str(tmp_path / "名册.txt"))
    assert code == 3, "a file could not be read"
    assert "共 3 个单位，计入 2 个" in told
    assert f"“{bodies.names(3)[2][0]}”没有报" in told
    assert str(tmp_path / "汇总.催报.txt") in told
    assert f"还没有报的 1 个：{bodies.names(3)[2][0]}。" in told
    (tmp_path / "坏.xlsx").unlink()
    code, _ = run()
    assert code == 4, "the workbook is there already"
    code, told = run("--previous", str(out), "--force")
    assert code == 0
    assert "与上次汇总相比：没有变化" in told
    _, told = run("--own", "--force")
    assert "共 2 个单位，计入 2 个（已报 1，已报（有提醒） 1）；各表只取本级 2 个。" in told
