"""The form as data: what the shipped editions say, and what a broken form file is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.errors import FormError
from reportgen.form import LONGEST_LABEL, editions, load_form
from reportgen.recogniser.labels import known_labels

FORMS = Path(__file__).parent.parent / "reportgen" / "forms"
TEXT = (FORMS / "2021.toml").read_text(encoding="utf-8")


def test_table_three_is_28_rows_by_10_columns_with_the_printed_spans(form):
    table = form.table("表三")
    assert (table.height, table.width, table.header_rows, table.label_columns) == (28, 10, 3, 3)
    at = {(c.row, c.column): c for c in table.layout}
    assert (at[1, 1].row_span, at[1, 1].column_span, at[1, 1].role) == (3, 3, "corner")
    assert (at[1, 4].column_span, at[1, 4].text) == (7, "申请人情况")
    assert (at[2, 5].column_span, at[2, 10].row_span) == (5, 2)
    assert (at[6, 1].row_span, at[6, 1].text) == (22, "三、本年度办理结果")
    assert [at[row, 2].row_span for row in (8, 16, 19, 24)] == [8, 3, 5, 3]
    assert at[7, 2].column_span == 2
    assert at[28, 1].column_span == 3
    assert at[27, 10].cell == "表三.total_done.total"


def test_tables_two_and_four_have_the_printed_shape(form):
    two, four = form.table("表二"), form.table("表四")
    assert (two.height, two.width) == (14, 4)
    assert [c.column_span for c in two.layout if c.role == "title"] == [4] * 4
    assert next(c.column_span for c in two.layout if c.cell == "表二.fee.amount") == 3
    assert (four.height, four.width, four.label_columns) == (4, 15, 0)
    assert [(c.column, c.column_span) for c in four.layout if c.row == 1] == [(1, 5), (6, 10)]
    assert [c.row_span for c in four.layout if c.row == 2] == [2] * 5 + [1, 1]


def test_counts_of_the_form(form):
    assert len(form.cells) == 10 + 25 * 7 + 15
    per_rule = {rule: sum(e.rule == rule for e in form.equations) for rule in form.rules}
    assert {r: n for r, n in per_rule.items() if n} == {
        "T3-01": 7,
        "T3-02": 7,
        "T3-03": 25,
        "T3-06": 7,
        "T4-01": 3,
    }
    assert len(next(e for e in form.equations if e.rule == "T3-02").right) == 21


def test_quantities_of_groups_leave_totals_out(form):
    assert len(form.quantities["不予公开"]) == 8
    assert len(form.quantities["办理结果"]) == 21
    assert form.quantities["行政诉讼"] == ("表四.direct.total", "表四.after_review.total")


@pytest.mark.parametrize("edition", editions())
def test_every_rule_says_what_why_and_what_to_do(edition):
    for rule in load_form(edition).rules.values():
        assert rule.title
        assert rule.source
        assert rule.message
        assert rule.advice.endswith("。"), rule.id


def test_what_could_not_be_verified_is_said(form):
    manual = (FORMS.parent.parent / "docs" / "rules.zh.md").read_text(encoding="utf-8")
    assert len(form.unverified) >= 8
    for point in form.unverified:
        assert point in manual


BROKEN = [
    ("id twice", 'id = "carried_in"', 'id = "new"', ["表三", "重复"]),
    ("row id twice in a list", 'id = "deny_2", parent', 'id = "deny_1", parent', ["表三", "deny_1", "重复"]),
    ("lost parent", 'id = "deny_1", parent = "denied"', 'id = "deny_1", parent = "gone"', ["deny_1", "gone"]),
    ("circle", '{ id = "done", label', '{ id = "done", parent = "denied", label', ["成环"]),
    ("unknown key", 'label = "1.属于国家秘密"', 'lable = "x", label = "1.属于国家秘密"', ["deny_1", "lable"]),
    ("missing label", '{ id = "granted", parent = "done", label = "（一）予以公开", ', '{ id = "granted", parent = "done", ', ["granted", "label"]),
    ("spans", 'id = "表三"\nwidth = 10', 'id = "表三"\nwidth = 11', ["表三", "跨度"]),
    ("label columns", "label_columns = 3", "label_columns = 2", ["表三"]),
    ("rule names a missing row", 'right = ["total_done", "carried_out"]', 'right = ["total_gone"]', ["T3-01", "total_gone"]),
    ("rule without terms", 'left = ["total_done"]\nright = ["done"]', 'left = ["total_done"]\nright = []', ["T3-02", "空"]),
    ("rule of no table", 'id = "T4-01"', 'id = "T4-01"\nx = 1', []),
    ("bad severity", 'severity = "error"\nsource = "表三表头', 'severity = "fatal"\nsource = "表三表头', ["T3-01", "fatal"]),
    ("no advice", 'advice = "请核对这一列的新收、上年结转、（七）总计和结转下年度四个数。"', "", ["T3-01", "advice"]),
    ("rule id twice", 'id = "T3-02"', 'id = "T3-01"', ["rules", "T3-01", "重复"]),
    ("expression of an unknown cell", "表二.{x}.valid = last", "表二.{x}.vald = last", ["T2-01"]),
    ("expression without comparison", 'expect = "表二.rule.{x} = 0"', 'expect = "表二.rule.{x}"', ["T2-04"]),
    ("condition on an unknown field", "unless_fields = { unit_type", "unless_fields = { unit_typ", ["T2-04", "unit_typ"]),
    ("placeholder name twice", 'short = "上年结转"', 'short = "新收"', ["新收", "重复"]),
    ("section of no table", 'table = "表四"\nsource', 'table = "表五"\nsource', ["表五"]),
    ("last year's unknown cell", '"表二.rule.valid", "表二', '"表二.rule.walid", "表二', ["表二.rule.walid"]),
    ("title with another name", 'report_title = "{org}', 'report_title = "{body}', ["report_title"]),
    ("field kind", 'kind = "year"', 'kind = "yaer"', ["yaer"]),
    ("heading missing", 'heading = "一、总体情况"', "", ["overall", "heading"]),
    ("wording too long", '"单位名称"', f'"单位{"长" * 120}"', ["org", "单位长", "120"]),
    ("heading too long", '"四、政府信息公开行政复议和行政诉讼情况"', f'"四、{"长" * 120}"', ["四、长", "120"]),
    ("row too long", 'label = "（一）予以公开"', f'label = "（一）{"长" * 120}"', ["表三", "（一）长", "120"]),
    ("label too long", 'label = "机关名称"', f'label = "机关名称{"长" * 120}"', ["org", "机关名称长", "120"]),
    ("no TOML", "[[sections]]", "[[sections", ["读不出来"]),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_form_file_is_told_its_place(tmp_path, right, wrong, said):
    assert right in TEXT
    for extra in FORMS.glob("*.toml"):
        (tmp_path / extra.name).write_bytes(extra.read_bytes())
    path = tmp_path / "2030.toml"
    path.write_text(TEXT.replace(right, wrong, 1), encoding="utf-8")
    if not said:
        load_form(path)  # an option a rule kind does not know is the generator's to judge
        return
    with pytest.raises(FormError) as error:
        load_form(path)
    for word in said:
        assert word in str(error.value)
    assert "2030.toml" in str(error.value)


@pytest.mark.parametrize("edition", editions())
def test_every_label_is_short_enough_to_be_recognised(edition):
    form = load_form(edition)
    last_year = (*map(form.last_year_label, form.last_year_cells),
                 *map(form.last_year_text_label, form.last_year_sections))  # fmt: skip
    assert max(map(len, {*known_labels(form), *last_year})) <= LONGEST_LABEL


def test_all_faults_are_told_at_once(tmp_path):
    for extra in FORMS.glob("*.toml"):
        (tmp_path / extra.name).write_bytes(extra.read_bytes())
    text = TEXT
    for right, wrong in (('severity = "ask"', 'severity = "aks"'), ('kind = "year"', 'kind = "yaer"'),
                         ('"total_done", "carried_out"]', '"total_gone"]'), ('id = "deny_2"', 'id = "deny_1"')):  # fmt: skip
        text = text.replace(right, wrong, 1)
    path = tmp_path / "2030.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormError) as error:
        load_form(path)
    for word in ("aks", "yaer", "total_gone", "deny_1"):
        assert word in str(error.value)


def test_an_unknown_edition_names_the_known_ones():
    with pytest.raises(FormError, match="2021"):
        load_form("1999")
