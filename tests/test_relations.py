"""Rules that relate figures, last year and dates: each tried both ways."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support import make_report, published_cells

from reportgen.checks import KINDS, check
from reportgen.checks.last_year import similarity
from reportgen.form import load_form
from reportgen.model.last_year import with_last_year
from reportgen.model.report import Passage

BASE = published_cells("huaian_city_2024")
LAST = BASE | {
    "表二.rule.valid": 10, "表二.normative.valid": 84,
    **{f"表三.carried_out.{c}": BASE[f"表三.carried_in.{c}"]
       for c in ("natural", "business", "research", "charity", "law", "other", "total")},
}  # fmt: skip


def judged(cells=None, last=None, passages=(), last_passages=(), **fields):
    report = make_report(BASE | (cells or {}), passages=passages, **fields)
    if last is not None:
        report = with_last_year(report, make_report(LAST | last, year=2023, passages=last_passages))
    return check(report)


def ids(findings):
    return {f.rule for f in findings}


@pytest.mark.parametrize("published", ["2025年2月30日", "2025年13月1日", "二月", ""])
def test_a_day_that_there_is_not_is_not_too_late(published):
    assert not ids(judged(published=published)) & {"D-01", "D-02", "D-03"}


def test_every_rule_has_a_generator():
    for edition in ("2021",):
        judged = (rule for rule in load_form(edition).rules.values() if not rule.of_sum)
        assert {rule.kind for rule in judged} <= {*KINDS, "reading", "explanations"}


# rule, this year's cells and last year's that break it; what huaian published does not.
BROKEN = [
    ("T2-01", {"表二.rule.valid": 12}, {}),
    ("T2-02", {"表二.normative.made": 93}, {}),
    ("T2-03", {"表二.normative.abolished": 93}, {}),
    ("T2-07", {"表二.permit.decisions": 44722}, {}),
    ("T2-08", {"表二.fee.amount": Decimal(961716000)}, {}),
    ("T3-04", {}, {"表三.carried_out.total": 35}),
    ("T3-05", {}, {"表三.carried_out.natural": 35}),
    ("T3-07", {"表三.total_done.total": 0}, {}),
    ("T3-08", {"表三.carried_out.total": 700}, {}),
    ("T3-10", {"表三.other_3.total": 400}, {}),
    ("T4-04", {"表四.after_review.total": 703}, {}),
    ("T4-06", {}, {"表四.direct.pending": 27}),
]


@pytest.mark.parametrize(
    ("last", "now", "asked"),
    [
        (100, 200, False), (100, 201, True),  # a hundred is still nothing, whatever the percentage
        (1000, 1500, False), (1000, 1501, True),  # nor is a half, however many they are
        (300, 200, False), (300, 199, False), (302, 151, False), (302, 150, True), (0, 5000, False),
    ],
)  # fmt: skip
def test_a_jump_is_more_than_half_and_more_than_a_hundred(last, now, asked):
    found = judged({"表二.permit.decisions": now}, {"表二.permit.decisions": last})
    assert ("T2-07" in ids(found)) is asked


@pytest.mark.parametrize(("times", "asked"), [(100, False), (101, True)])
def test_a_fee_is_asked_about_from_more_than_a_hundred_times_on(times, asked):
    for one, other in ((3, 3 * times), (3 * times, 3)):
        found = judged({"表二.fee.amount": Decimal(one)}, {"表二.fee.amount": Decimal(other)})
        assert ("T2-08" in ids(found)) is asked


@pytest.mark.parametrize(("rule", "cells", "last"), BROKEN, ids=[b[0] for b in BROKEN])
def test_relation_rules_both_ways(rule, cells, last):
    assert rule not in ids(judged(last={}))
    assert rule in ids(judged(cells, last))


def test_relations_of_last_year_need_last_year():
    assert not ids(judged()) & {"T2-01", "T2-03", "T2-07", "T3-04", "T3-05", "T4-04", "T4-06"}


def test_carried_in_names_both_years_and_both_numbers():
    finding = next(f for f in judged(last={"表三.carried_out.total": 35}) if f.rule == "T3-04")
    assert (finding.severity, finding.actual, finding.expected, finding.difference) == ("error", 34, 35, 1)
    assert [c.id for c in finding.cells] == ["表三.carried_in.total", "上年.表三.carried_out.total"]


def test_rules_of_the_kind_of_body():
    assert "T2-04" not in ids(judged())
    assert "T2-04" not in ids(judged(unit_type="设区的市级政府"))
    assert "T2-04" in ids(judged(unit_type="县级政府"))
    assert "T4-02" not in ids(judged(review_body="否"))
    assert "T4-02" in ids(judged(review_body="是"))


def test_rare_grounds_are_only_said():
    found = [f for f in judged() if f.rule == "T3-11"]
    assert [f.severity for f in found] == ["info"] * 2  # deny_1 and deny_3
    assert "T4-05" in ids(judged())


def test_fee_of_part_six_is_within_the_charges_of_table_two():
    assert "T2-06" not in ids(judged(fee_amount=Decimal(3940)))
    cells = {"表二.fee.amount": Decimal("0.39")}
    assert "T2-06" not in ids(judged(cells, fee_amount=Decimal(3940)))
    assert "T2-06" in ids(judged(cells, fee_amount=Decimal(4000)))
    assert "T2-06" not in ids(judged({"表二.fee.amount": Decimal(0)}, fee_amount=Decimal(0)))


def test_unpaid_fees_against_part_six():
    said = (Passage("other", "", ("2024年未收取信息处理费。",)),)
    assert "T3-09" in ids(judged(passages=said))
    assert "T3-09" not in ids(judged(passages=(Passage("other", "", ("收取信息处理费3940元。",)),)))


TEXT = "全年共召开专题会议6次，办理政府信息公开申请674件，其中自然人申请618件，商业企业申请19件，答复及时规范。"


def test_repetition_is_asked_from_half_on():
    mine = (Passage("problems", "", (TEXT,)),)
    assert similarity(TEXT, TEXT) == 100
    found = [f for f in judged(passages=mine, last={}, last_passages=mine) if f.rule in ("C-05", "C-11")]
    assert ids(found) == {"C-05", "C-11"}
    other = "存在的问题是解读形式单一，下一步将丰富解读形式，加强业务培训，提高答复质量，压实各单位责任，做好考核工作。"
    assert not ids(judged(passages=mine, last={}, last_passages=(Passage("problems", "", (other,)),))) & {
        "C-05",
        "C-11",
    }


def test_statement_of_period():
    right = (Passage("preamble", "", ("数据统计期限为2024年1月1日至2024年12月31日。",)),)
    wrong = (Passage("preamble", "", ("数据统计期限为2023年1月1日至12月31日。",)),)
    part = (Passage("overall", "", ("2023年3月1日至5月31日开展专项行动。",)),)
    assert "S-09" not in ids(judged(passages=right)) | ids(judged(passages=part))
    assert "S-09" in ids(judged(passages=wrong))


@pytest.mark.parametrize(
    "text",
    [
        "本报告数据统计期限自2024年1月1日起至12月30日止。",
        "统计期限为2024年7月1日至2024年12月31日。",
        "报告期为2023.1.1—2023.12.31。",
    ],
)
def test_a_period_of_the_data_that_is_not_the_whole_year(text):
    assert "S-09" in ids(judged(passages=(Passage("preamble", "", (text,)),)))


@pytest.mark.parametrize(
    ("date", "unit", "rules"),
    [
        ("2025年1月31日", "政府部门", set()),
        ("2025年2月1日", "政府部门", {"D-01"}),
        ("2025年3月31日", "县级政府", set()),
        ("2025年4月1日", "县级政府", {"D-02"}),
        ("2025年4月1日", "乡镇街道", set()),
        ("2024年12月31日", "县级政府", {"D-03"}),
    ],
)
def test_dates(date, unit, rules):
    found = ids(judged(published=date, unit_type=unit))
    assert found & {"D-01", "D-02", "D-03"} == rules


def test_last_years_report_beats_what_was_typed_of_it():
    report = make_report(BASE)
    last = make_report(LAST, year=2023)
    typed = replace(
        report, last_year={"表三.carried_out.total": replace(last.values["表三.carried_out.total"], number=1)}
    )
    found = check(with_last_year(typed, last))
    assert "L-01" in ids(found)
    assert "T3-04" not in ids(found)


def test_an_older_edition_gives_only_the_tables_that_mean_the_same(form):
    last = replace(make_report(LAST, year=2020), form=replace(form, id="2019"))
    joined = with_last_year(make_report(BASE), last)
    assert {c.split(".")[0] for c in joined.last_year} == {"表三", "表四"}


def test_a_text_that_speaks_as_another_body():
    copied = (Passage("overall", "", ("我局高度重视，本镇召开会议。",)),)
    found = [f for f in judged(passages=copied, org="某县财政局") if f.rule == "S-06"]
    assert [(f.severity, "本镇" in f.message, "我局" in f.message) for f in found] == [("ask", True, False)]
    own = (Passage("overall", "", ("我局高度重视，我县稳步推进。",)),)
    assert "S-06" not in ids(judged(passages=own, org="某县财政局"))


def test_tables_as_pictures_are_told(form, tmp_path):
    import base64

    import docx
    from docx.shared import Cm

    from reportgen.api import build, read_report
    from reportgen.errors import InputError

    pixel = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    (tmp_path / "p.png").write_bytes(pixel)
    words = (
        Passage("overall", "", ("甲。",)),
        Passage("problems", "", ("存在问题甲，已改进。",)),
        Passage("other", "", ("无。",)),
    )
    path = build(make_report(BASE, passages=words), tmp_path / "r.docx").path
    document = docx.Document(str(path))
    document.tables[2]._element.getparent().remove(document.tables[2]._element)
    document.add_picture(str(tmp_path / "p.png"), Cm(10))
    document.save(str(path))
    found = [f for f in check(read_report(path)) if f.rule == "S-05"]
    assert ["表四" in f.message and "1张图片" in f.message for f in found] == [True]
    for table in list(document.tables):
        table._element.getparent().remove(table._element)
    document.save(str(path))
    with pytest.raises(InputError, match="做成了图片"):
        read_report(path)
