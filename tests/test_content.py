"""What the texts must, should and must not hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support import make_report, published_report

from reportgen.checks import check
from reportgen.checks.content import is_id_number
from reportgen.model.report import Passage, Report

GOOD = {
    "overall": "主动公开政府信息。依申请公开全年未收到申请。加强政府信息管理。完善网站平台。接受监督，开展培训。",
    "problems": "存在公开内容不够全面的问题。下一步将加强培训，改进工作。",
    "other": "2024年未收取信息处理费。",
}


def report(**texts: str) -> Report:
    """A department's report; texts by section, those not given are good, "" leaves the part out."""
    parts = {**GOOD, **texts}
    passages = tuple(Passage(section, "", tuple(t.split("\n"))) for section, t in parts.items() if t)
    return make_report({}, org="青山市民政局", passages=passages, fee_amount=0, fee_cases=0)


def found(subject: Report) -> dict[str, str]:
    return {f.rule: f.severity for f in check(subject) if f.rule.startswith("C-")}


def test_a_good_report_is_left_alone() -> None:
    assert found(report()) == {}


def test_figures_alone_miss_no_text_but_a_file_does() -> None:
    figures = published_report("liwan_2024")
    assert found(figures) == {}
    assert found(replace(figures, path="荔湾.xlsx"))["C-04"] == "error"


@pytest.mark.parametrize(
    ("without", "named"),
    [
        ("主动公开政府信息。", "主动公开"),
        ("依申请公开全年未收到申请。", "依申请公开"),
        ("加强政府信息管理。", "政府信息管理"),
        ("完善网站平台。", "平台建设"),
        ("接受监督，开展培训。", "监督保障"),
    ],
)
def test_each_of_the_five_subjects_is_missed(without: str, named: str) -> None:
    (line,) = [f for f in check(report(overall=GOOD["overall"].replace(without, ""))) if f.rule == "C-01"]
    assert line.severity == "warning"
    assert line.message.endswith(f"：{named}")


@pytest.mark.parametrize(
    ("org", "unit", "asked"),
    [
        ("清河镇人民政府", "", True), ("青山市人民政府", "设区的市级政府", True), ("青山市民政局", "", False),
        ("青山市民政局", "政府部门", False), ("清河镇人民政府", "乡镇街道", True), ("清河街道办事处", "乡镇街道", False),
    ],
)  # fmt: skip
def test_governments_are_asked_for_the_three_results(org: str, unit: str, asked: bool) -> None:
    subject = report()
    subject = replace(subject, fields={**subject.fields, "org": org, "unit_type": unit})
    assert found(subject) == ({"C-02": "ask"} if asked else {})


def test_missing_results_are_named() -> None:
    subject = report(overall=GOOD["overall"] + "年度考核优秀。未发生责任追究情形。")
    subject = replace(subject, fields={**subject.fields, "org": "清河镇人民政府"})
    (line,) = [f for f in check(subject) if f.rule == "C-02"]
    assert line.message.endswith("：社会评议")


def test_a_thousand_characters_are_counted_without_blanks() -> None:
    room = 1000 - len(GOOD["overall"])
    assert found(report(overall=GOOD["overall"] + "\n" + "　公 " * room)) == {}
    assert found(report(overall=GOOD["overall"] + "公" * (room + 1))) == {"C-03": "warning"}


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("", "error"), (" 　。", "error"), ("无", "warning"), ("无。", "warning"), ("暂无", "warning"),
        ("存在宣传不足的问题。", "warning"), ("认真落实各项工作，确保公开到位，切实保障群众权益。", "warning"),
        ("一是解读形式单一的问题。二是下一步将改进。", None),
    ],
)  # fmt: skip
def test_problems_and_improvements(text: str, severity: str | None) -> None:
    assert found(report(problems=text)).get("C-04") == severity


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("", {"C-07"}), ("无", {"C-06"}), ("无其他需要报告的事项。", {"C-06"}), ("2024年未收取信息处理费。", set()),
        ("本年度未收取任何费用。", set()), ("2024年收取信息处理费1件，380元。", set()),
    ],
)  # fmt: skip
def test_other_matters_say_whether_a_fee_was_charged(text: str, rules: set[str]) -> None:
    assert {r for r in found(report(other=text)) if r in ("C-06", "C-07")} == rules


@pytest.mark.parametrize(
    "left",
    [
        "收到XX件申请。", "××市人民政府", "ＸＸ局办理。", "办结x件。", "占×%。", "【】", "【此处填写公开数量】", "全年公开共件。",
        "共条，", "结果为条。", "全年主动公开政府信息条，其中", "占比%。", "制定规范性文件0件，现行有效的规范性文件。",
        "2024年月日发布。", "共收到____件。", "联系人：○○", "（填写数量）", "申请共 件，",
    ],
)  # fmt: skip
def test_marks_of_a_draft_block(left: str) -> None:
    assert found(report(overall=GOOD["overall"] + left)).get("C-08") == "error", left


@pytest.mark.parametrize(
    "fine",
    [
        "网址：http://www.xxgk.gov.cn/xx/index_2.html", "邮箱xx_gk@163.com。", "收到依申请公开件3件。", "收到申请件，及时办理。",
        "推进“互联网+监督”，共建共享。", "面积3×4米，时间7×24小时。", "电话057********58。", "每年月均受理2件。", "以上均为条例规定的内容。",
        "占15.3%，同比增长２％。", "按件计收。", "【解读】栏目更新及时。", "信息条目清晰。", "为件件有回音，落实责任。",
        "现行有效的规范性文件2件。", "按计件方式", "公开条例，依法行政。",
    ],
)  # fmt: skip
def test_ordinary_text_has_no_marks(fine: str) -> None:
    assert "C-08" not in found(report(overall=GOOD["overall"] + fine)), fine


def with_check_digit(first: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, weights, strict=True)) % 11]


@given(st.integers(110_000, 659_999), st.dates(), st.integers(0, 999))
def test_identity_numbers_by_their_check_digit(region: int, born: object, serial: int) -> None:
    day = f"{born:%Y%m%d}".rjust(8, "0")
    number = with_check_digit(f"{region}{day}{serial:03}")
    assert is_id_number(number) == (1900 <= int(day[:4]) <= 2100)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert not is_id_number(wrong)


def test_personal_data_is_asked_about_and_not_repeated() -> None:
    number = with_check_digit("44010319800101123")
    subject = report(overall=GOOD["overall"] + f"申请人身份证{number}，手机13812345678。")
    lines = [f for f in check(subject) if f.rule == "C-09"]
    assert [f.severity for f in lines] == ["ask", "ask"]
    assert not any(number in f.message or "13812345678" in f.message for f in lines)
    assert "138****5678" in lines[1].message


@pytest.mark.parametrize(
    "written",
    [
        "13812345678", "138 1234 5678", "138-1234-5678", "１３８１２３４５６７８", "１３８－１２３４－５６７８", "+8613812345678",
        "１３８　１２３４　５６７８", "138\u00a01234\u00a05678", "٠٠ 13812345678",
    ],
)  # fmt: skip
def test_mobile_numbers_are_found_however_written(written: str) -> None:
    lines = [f for f in check(report(overall=GOOD["overall"] + f"咨询{written}。")) if f.rule == "C-09"]
    assert ["138****5678" in f.message for f in lines] == [True]


@pytest.mark.parametrize(
    "fine", ["020-81922222", "2024138123456789", "10000000000", "一三八一二三四五六七八", "138123456789"]
)
def test_other_long_numbers_are_no_mobile_numbers(fine: str) -> None:
    assert "C-09" not in found(report(overall=GOOD["overall"] + f"咨询{fine}。"))


def test_the_contact_of_the_body_may_stand() -> None:
    preamble = "数据统计期限为2024年1月1日至12月31日，联系电话：13812345678。"
    assert found(report(preamble=preamble)) == {}
    own = report(overall=GOOD["overall"] + "咨询请拨13812345678。")
    assert found(own) == {"C-09": "ask"}
    assert found(replace(own, fields={**own.fields, "phone": "138 1234 5678"})) == {}
    assert found(report(overall=GOOD["overall"] + "编号20241381234567890。")) == {}


def test_a_preamble_says_period_and_contact() -> None:
    assert found(report(preamble="根据条例编制本报告。")) == {"C-10": "warning"}
    assert found(report(preamble="统计期限为2024年1月1日至12月31日，联系电话：020-81922222。")) == {}


def test_very_many_personal_numbers_or_marks_are_not_told_one_by_one() -> None:
    phones, marks = "、".join(["13900001111"] * 5_000), "新收XX件，" * 5_000
    rules = [one.rule for one in check(report(overall=GOOD["overall"] + phones + marks))]
    assert rules.count("C-09") == 1
    assert rules.count("C-08") == 20
