"""Whose report of which year: sentences, names and figures that are right, and those that must be told."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support import make_report, published, published_cells, repaired

from reportgen.checks import check
from reportgen.form import load_form
from reportgen.model.findings import Finding
from reportgen.model.last_year import with_last_year
from reportgen.model.report import Passage, Report
from reportgen.repairs import find_repairs

LIWAN = published_cells("liwan_2024")
FORM = load_form("2021")
COLUMNS = ("natural", "business", "research", "charity", "law", "other")
ORG = "甲市乙局"
THIS_YEAR = Passage("overall", "", ("2026年，甲市乙局认真贯彻条例。",))


def told(report: Report, *rules: str) -> list[Finding]:
    return [one for one in check(report) if one.rule in rules]


def years(text: str, section: str = "overall", *, alone: bool = False) -> list[str]:
    """Return the severities of what S-12 says of a text in a report of 2026."""
    passages = () if alone else (THIS_YEAR,)
    report = make_report({}, org=ORG, year=2026, passages=(*passages, Passage(section, "", (text,))))
    return [one.severity for one in told(report, "S-12")]


# --------------------------------------------------------------------------- the year


@pytest.mark.parametrize("section", ["overall", "problems"])
@pytest.mark.parametrize(
    "text",
    [
        "2025年制定的《甲市乙局公开办法》继续执行。",
        "按照《2025年政务公开工作要点》要求，细化任务。",
        "根据国办公开办函〔2021〕30号，编制本报告。",
        "2025年收到申请52件，2026年收到63件，增长21.2%。",
        "与2025年相比，申请量增长21%。",
        "申请量比2025年多11件。",
        "2025年结转5件，2026年新收63件。",
        "结转至2027年继续办理6件。",
        "2027年，我局将继续深化政务公开。",
        "自2019年新条例施行以来，我局累计公开信息3万条。",
        "2019年5月15日修订后的条例施行，我局组织学习。",
        "针对2025年报告中指出的问题，逐项整改。",
        "“十四五”期间（2021年至2025年）共公开2万条。",
        "2023年以来，共印发12件。",
        "2024年印发的行政规范性文件中3件到期失效。",
        "本报告于2027年1月20日发布。",
        "2025年12月31日前未办结的5件已于年内办结。",
        "清理2020年以前制定的文件12件。",
        "全年新收63件，2025年度结转5件。",
        "对2025年存在的问题进行了整改。",
        "2027年1月底前完成目录更新。",
        "2025年底结转的5件均已办结。",
        "2025年度未审结的2件行政诉讼，本年均已审结。",
        "上年（2025年）结转5件。",
        "较2025年减少3件。",
        "我局2025年机构改革后承担原丙局职责。",
        "2022年修订的《甲市政府信息公开指南》重新发布。",
        "网站于2018年建成。",
        "数据统计期限为2026年1月1日至12月31日。",
        "2025年12月，国务院办公厅印发《关于……的意见》，我局认真落实。",
        "本局成立于2019年3月。",
        "截至2026年12月31日，共公开1320条。",
    ],
)
def test_years_that_are_rightly_named(text: str, section: str) -> None:
    assert years(text, section) == []


@pytest.mark.parametrize(
    "text",
    [
        "2025年，我局新收政府信息公开申请63件，上年结转5件，办结62件。",
        "2025年，甲市乙局认真贯彻条例，扎实推进工作。",
        "2025年未收取信息处理费。",
        "2025年全年公开政府信息1320条。",
        "截至2025年12月31日，现行有效规范性文件24件。",
        "2025年度共收到申请63件。",
        "二〇二五年，我局新收申请63件。",
        "2024年我局举办培训2次。",
        "２０２５年，全局共公开信息460条。",
        "2025年3月，举办政务公开培训班1期。",
        "2025年，因政府信息公开引发行政复议3件。",
        "在2025年的工作中，我局发布信息500条。",
        "2025年度收取信息处理费0元。",
        "现将甲市乙局2025年政府信息公开工作年度报告公布如下。",
        "2025年未发生因政府信息公开引发的行政诉讼。",
        "2025年无其他需要报告的事项。",
        "2027年，我局新收申请63件，办结62件。",
        "2025 年，我局主动公开信息900条。",
    ],
)
def test_a_sentence_about_another_year(text: str) -> None:
    assert years(text) == years(text, "other") == ["ask"]
    assert years(text, alone=True) == ["error"], "no text names the data year"


def test_no_year_at_all_is_nothing() -> None:
    assert years("全年新收政府信息公开申请63件。", alone=True) == []


def test_a_year_filled_in_does_not_make_the_texts_right() -> None:
    texts = ("2025年，我局认真贯彻条例。", "{{ 年份 }}年未收取信息处理费。")
    report = make_report({}, org=ORG, year=2026, passages=(Passage("overall", "", texts),))
    assert [one.severity for one in told(report, "S-12")] == ["error"]


@pytest.mark.parametrize(
    ("dates", "severities"),
    [
        ({"published": "2027年1月20日"}, []),
        ({"published": "2027年1月20日", "signature_date": "2027年1月15日"}, []),
        ({"signature_date": "2027年12月31日"}, []),
        ({"signature_date": "2026年12月31日"}, ["error"]),
        ({"signature_date": "2026年1月15日"}, ["error"]),
        ({"published": "2026年6月1日"}, ["error"]),
        ({"published": "2025年1月20日"}, ["error"]),
        ({"published": "2028年1月20日"}, ["warning"]),
        ({"signature_date": "2028年1月1日"}, ["warning"]),
        ({"published": "2027年1月20日", "signature_date": "2027年1月25日"}, ["ask"]),
        ({"published": "2027年1月20日", "signature_date": "2026年1月15日"}, ["error"]),
    ],
)
def test_dates_fit_the_year(dates: dict[str, str], severities: list[str]) -> None:
    report = make_report({}, org=ORG, year=2026, unit_type="政府部门", **dates)
    assert [one.severity for one in told(report, "D-01", "D-02", "D-03", "D-04")] == severities


# --------------------------------------------------------------------------- who


@pytest.mark.parametrize(
    "org",
    [
        "广州市荔湾区人民政府",
        "国家税务总局甲市税务局",
        "甲市发展和改革委员会",
        "甲市发展和改革局（甲市粮食和物资储备局）",
        "甲县人民政府办公室",
        "甲市公安局交通警察支队",
        "甲市公安局江北分局",
        "甲镇人民政府",
        "甲街道办事处",
        "甲市人民政府金融工作办公室",
        "中共甲市委机构编制委员会办公室",
        "甲经济技术开发区管理委员会",
        "甲市市场监督管理局",
        "上海市人民政府",
        "新疆生产建设兵团第八师石河子市",
        "甲自治县人民政府",
        "甲州人民政府",
        "海关总署",
        "甲省水利厅",
        "甲市残疾人联合会",
        "甲市总工会",
        "甲市住房公积金管理中心",
        "甲市教育局",
        "甲市人力资源和社会保障局",
        "甲市王集镇人民政府",
        "国家统计局甲调查队",
        "甲市气象局",
        "中国人民银行甲市分行",
        "甲市烟草专卖局",
        "甲区马街道办事处",
        "甲县高家堡镇人民政府",
        "深圳市龙岗区某区直部门",
    ],
)
def test_names_that_are_names(org: str) -> None:
    assert not told(make_report({}, org=org, year=2026), "S-13", "S-14")


@pytest.mark.parametrize(
    ("org", "rule"),
    [
        ("甲市乙局2026年政府信息公开工作年度报告", "S-13"),
        ("2026年甲市乙局", "S-13"),
        ("甲市乙局年报", "S-13"),
        ("XX市XX局", "S-13"),
        ("甲市乙局政府信息公开情况", "S-13"),
        ("甲市乙局（盖章）", "S-14"),
        ("甲市乙局(章)", "S-14"),
        ("甲市乙局 张三", "S-14"),
        ("甲市乙局张三丰", "S-14"),
        ("甲市乙局（联系人：李四）", "S-14"),
        ("甲市乙局 0517-83900000", "S-14"),
        ("甲市乙局，丙局", "S-14"),
        ("甲市乙局局长王五", "S-14"),
        ("甲市乙局（公章）", "S-14"),
        ("甲市乙局（王小明）", "S-14"),
        ("单位名称：甲市乙局", "S-14"),
    ],
)
def test_names_that_hold_more(org: str, rule: str) -> None:
    assert [one.rule for one in told(make_report({}, org=org, year=2026), "S-13", "S-14")] == [rule]


@pytest.mark.parametrize(
    ("org", "unit", "asked"),
    [
        ("甲县人民政府", "政府部门", True),
        ("甲市乙局", "县级政府", True),
        ("甲镇人民政府", "县级政府", True),
        ("甲市人民政府", "设区的市级政府", False),
        ("甲市乙局", "政府部门", False),
        ("甲街道办事处", "乡镇街道", False),
        ("甲区人民政府", "县级政府", False),
        ("甲省人民政府", "省级政府", False),
        ("甲市乙局", "国务院部门", False),
        ("甲开发区管理委员会", "其他", False),
        ("甲县人民政府办公室", "政府部门", False),
        ("甲镇人民政府", "政府部门", True),
        ("甲市发展和改革委员会", "乡镇街道", True),
        ("甲县人民政府办公室", "县级政府", False),
        ("海关总署", "国务院部门", False),
        ("甲市人民政府", "县级政府", False),
    ],
)
def test_the_kind_of_body_fits_its_name(org: str, unit: str, asked: bool) -> None:
    assert bool(told(make_report({}, org=org, year=2026, unit_type=unit), "S-15")) is asked


@pytest.mark.parametrize(
    ("org", "text"),
    [
        ("甲市乙局", "2026年，乙局认真贯彻条例。"),
        ("甲市乙局", "2026年，市乙局认真贯彻条例。"),
        ("甲市发展和改革委员会", "2026年，市发展改革委认真贯彻。"),
        ("甲市人力资源和社会保障局", "市人社局高度重视。"),
        ("甲市乙局", "2026年，在市委、市政府的正确领导下，我局认真贯彻。"),
        ("甲市乙局", "各县局、分局认真落实。"),
        ("甲市乙局", "如有疑问，请与甲市乙局办公室联系。"),
        ("甲县人民政府", "2026年，县政府认真贯彻。"),
        ("甲县人民政府", "县教育局认真落实条例。"),
        ("甲县人民政府", "丙镇认真落实。"),
        ("甲县人民政府办公室", "县政府办认真落实。"),
        ("乙局", "甲市乙局认真贯彻。"),
        ("甲市自然资源和规划局", "2026年，市资源规划局深入贯彻。"),
        ("甲镇人民政府", "2026年，甲镇认真贯彻。"),
        ("甲镇人民政府", "2026年，甲镇党委、政府高度重视"),
        ("甲市文化广电和旅游局", "市文旅局扎实推进"),
        ("甲市城市管理局", "2026年，甲市城市管理综合行政执法局认真"),
        ("甲市乙局", "甲市乙局2026年政府信息公开工作年度报告"),
        ("甲街道办事处", "2026年，甲街道坚持以人民为中心"),
        ("甲市乙局", "2026年全局认真贯彻"),
        ("甲市乙局", "按照市政府办公室、省厅要求，由办公室编制"),
        ("甲市乙局", "由局办公室负责编制"),
        ("甲市水利局", "2026年，市水利局以习近平新时代"),
        ("甲市乙局", "局党组高度重视，各科室积极配合，办公室认真审核"),
        ("甲市市场监督管理局", "市市场监管局严格按照"),
        ("甲市卫生健康委员会", "2026年，市卫健委坚持"),
    ],
)
def test_texts_that_speak_as_the_body_itself(org: str, text: str) -> None:
    assert not told(make_report({}, org=org, year=2026, passages=(Passage("overall", "", (text,)),)), "S-16")


@pytest.mark.parametrize(
    ("org", "text"),
    [
        ("甲市乙局", "2026年，甲市丙局认真贯彻条例。"),
        ("甲市乙局", "现将甲市丙局2026年政府信息公开工作年度报告公布如下。"),
        ("甲市乙局", "本报告由甲市丙局编制。"),
        ("甲县人民政府", "2026年，丁县人民政府认真贯彻。"),
        ("甲镇人民政府", "2026年，戊镇人民政府高度重视。"),
        ("甲市乙局", "如对本报告有疑问，请与甲市丙局联系。"),
        ("甲市教育局", "2026年，甲市水利局全面推进。"),
        ("甲街道办事处", "己街道坚持公开为常态。"),
        ("甲市发展和改革委员会", "2026年，市卫健委坚持公开。"),
        ("甲市乙局", "市丙局严格执行。"),
        ("甲市乙局", "2026年，庚市乙局认真贯彻条例。"),
        ("甲市人民政府", "2026年，辛市人民政府坚持"),
    ],
)
def test_texts_that_speak_as_another_body(org: str, text: str) -> None:
    report = make_report({}, org=org, year=2026, passages=(Passage("overall", "", (text,)),))
    assert [one.severity for one in told(report, "S-16")] == ["ask"]


# --------------------------------------------------------------------------- magnitude


@pytest.mark.parametrize(
    ("org", "cells", "fields", "rules"),
    [
        (ORG, {"表二.fee.amount": 356200, "表二.permit.decisions": 1250}, {}, {"T2-09"}),
        (ORG, {"表二.fee.amount": 35, "表二.permit.decisions": 1250}, {}, set()),
        (ORG, {"表二.fee.amount": 25000}, {}, set()),  # tuition of a city's schools, no decisions
        (ORG, {"表二.fee.amount": 5000, "表二.permit.decisions": 12}, {}, {"T2-09"}),
        ("甲镇人民政府", {"表二.fee.amount": 12000}, {}, {"T2-09"}),
        ("甲镇人民政府", {"表二.fee.amount": 12}, {}, set()),
        ("甲县人民政府", {"表二.fee.amount": 14722}, {}, set()),
        ("甲县人民政府", {"表二.fee.amount": 147224900}, {}, {"T2-09"}),
        ("甲", {"表二.fee.amount": 147224900}, {}, set()),  # nobody knows what it is
        (ORG, {"表二.fee.amount": 380}, {"fee_amount": 380, "fee_cases": 2}, {"T2-10"}),
        (ORG, {"表二.fee.amount": 1}, {"fee_amount": 380, "fee_cases": 2}, set()),
        (ORG, {"表二.fee.amount": 1}, {"fee_amount": 1, "fee_cases": 2}, {"T2-10", "T2-11"}),
        (ORG, {"表二.fee.amount": 100}, {"fee_amount": 380000, "fee_cases": 2}, {"T2-11"}),
        ("甲镇人民政府", {"表二.normative.made": 350, "表二.normative.valid": 350}, {}, {"T2-12"}),
        ("甲镇人民政府", {"表三.new.natural": 6300, "表三.new.total": 6300}, {}, {"T3-12"}),
    ],
)
def test_magnitude_by_the_tables_own_evidence(org, cells, fields, rules) -> None:
    found = told(make_report(cells, org=org, year=2026, **fields), "T2-09", "T2-10", "T2-11", "T2-12", "T3-12")
    assert {one.rule for one in found} == rules
    assert {one.severity for one in found} <= {"ask"}


@pytest.mark.parametrize("name", ["huaian_city_2024", "jinhu_county_2023", "liwan_2024", "shuyang_ndrc_2023"])
def test_published_reports_are_not_suspected(name: str) -> None:
    about = published(name)
    report = make_report(published_cells(name), org=about["org"], year=about["year"])
    assert not told(report, *(f"S-{n}" for n in range(12, 17)), *(f"T2-{n:02}" for n in range(9, 13)), "T3-12", "N-11")


# --------------------------------------------------------------------------- our own sentences


STANDARD = "本年新收政府信息公开申请{{ 新收 }}件，上年结转{{ 上年结转 }}件。"


@pytest.mark.parametrize(
    ("now", "last", "asked"),
    [
        (STANDARD, STANDARD, False),
        (STANDARD, "本年新收政府信息公开申请0件，上年结转0件。", False),
        ("本年新收政府信息公开申请0件，上年结转0件。", STANDARD, False),  # a finished document, read back
        ("{{ 年份 }}年未收取信息处理费。", "2026年未收取信息处理费。", False),
        ("全年公开政府信息{{ 新收 }}件，均已按时办结。", "全年公开政府信息0件，均已按时办结。", False),
        ("全年召开专题会议6次，培训人员120人次。", "全年召开专题会议6次，培训人员120人次。", True),
        ("全年召开专题会议6次，新收申请{{ 新收 }}件。", "全年召开专题会议6次，新收申请0件。", True),
    ],
)
def test_figures_that_placeholders_fill_in_are_not_left_standing(now: str, last: str, asked: bool) -> None:
    before = make_report({}, org=ORG, year=2025, passages=(Passage("overall", "", (last,)),))
    report = make_report({}, org=ORG, year=2026, passages=(Passage("overall", "", (now,)),))
    assert bool(told(with_last_year(report, before), "C-11")) is asked


@pytest.mark.parametrize(
    "text",
    [
        "新收{新收}件",
        "新收｛新收｝件",
        "新收{ 新收 }件",
        "新收{{新收}}件、结转{上年结转}件",
        "{年份}年",
        "{新收.自然人}",
        "制发{行政规范性文件.制发}件",
        "{机关名称}",
        "复议{行政复议}件",
        "收费{信息处理费}元",
    ],
)
def test_a_single_brace_round_a_known_name_is_told(text: str) -> None:
    report = make_report({}, org=ORG, year=2026, passages=(Passage("overall", "", (text,)),))
    (one,) = told(report, "P-01")
    assert "{{ " in one.message


@pytest.mark.parametrize("text", ["集合{甲，乙}", "{ }", "{新建}项目", "参数{x}"])
def test_other_braces_are_text(text: str) -> None:
    assert not told(make_report({}, org=ORG, year=2026, passages=(Passage("overall", "", (text,)),)), "P-01")


# --------------------------------------------------------------------------- one cause, one finding


def row(id_: str, table: str = "表三") -> dict[str, object]:
    return {f"{table}.{id_}.{column}": "" for column in COLUMNS}


def column(id_: str) -> dict[str, object]:
    return {c.id: "" for c in FORM.cells.values() if c.table == "表三" and c.column == id_}


@pytest.mark.parametrize(
    ("blank", "words"),
    [
        (row("unable_1"), "第16行"),
        (row("unable_1") | {"表三.unable_1.total": ""}, "第16行"),
        (row("new"), "第4行"),
        (row("carried_in"), "第5行"),
        (row("carried_out"), "第28行"),
        (row("granted"), "第6行"),
        (column("natural"), "“自然人”这一列"),
        (column("business"), "“商业企业”这一列"),
        (column("total"), "总计没有填"),
        ({c: "" for c in LIWAN if FORM.cells[c].total}, "总计没有填"),
        ({f"表三.total_done.{c}": "" for c in (*COLUMNS, "total")}, "总计没有填"),
        ({"表四.review.total": "", "表四.direct.total": "", "表四.after_review.total": ""}, "总计没有填"),
        ({"表三.granted.natural": ""}, "表三有1个数字格"),
        ({"表三.granted.natural": "/", "表三.unable_1.natural": ""}, "表三有2个数字格"),
    ],
)
def test_what_was_left_blank_is_said_once(blank: dict[str, object], words: str) -> None:
    report = make_report(LIWAN | blank)
    (error,) = [one for one in check(report) if one.severity in ("error", "warning")]
    assert error.rule == "N-11"
    assert words in error.message
    repairs = find_repairs(report)
    assert len(repairs.shown) == 1 or "表四" in words or "表四.review.total" in blank
    filled = repaired(report, repairs.repairs[0])
    assert filled == {cell: LIWAN[cell] for cell in filled}


def test_blanks_for_nothing_are_no_gap() -> None:
    nothing = {cell: "" for cell, figure in LIWAN.items() if figure == 0}
    assert {one.rule for one in told(make_report(LIWAN | nothing), "N-01", "N-11", "T3-02")} == {"N-01"}


def test_an_error_elsewhere_is_not_blamed_on_blanks() -> None:
    nothing = {cell: "" for cell, figure in LIWAN.items() if figure == 0}
    report = make_report(LIWAN | nothing | {"表三.granted.natural": 1})
    assert {"T3-02", "T3-03"} <= {one.rule for one in check(report)}
    assert not told(report, "N-11")


def test_what_follows_from_a_gap_is_not_told() -> None:
    """The texts and last year's figures are held against what the totals must be."""
    texts = (Passage("overall", "（二）依申请公开情况", ("全年新收政府信息公开申请639件，上年结转35件。",)),)
    report = make_report(LIWAN | column("total"), passages=texts)
    assert not [one for one in check(report) if one.rule.startswith("X-") and one.severity != "info"]


def test_stripped_numbers_are_told_once_per_table() -> None:
    report = make_report(LIWAN)
    odd = ("表三.new.natural", "表三.granted.natural", "表三.partial.natural", "表四.review.total")
    values = {c: replace(report.values[c], raw=f"{LIWAN[c]}件", remark="带单位") for c in odd}
    found = told(replace(report, values={**report.values, **values}), "N-04")
    assert [len(one.cells) for one in found] == [3, 1]
    assert "618件" in found[0].message


def test_codes_differ_between_bodies_and_years() -> None:
    cells = {"表二.normative.made": 5}
    codes = {
        told(make_report(cells, org=org, year=year), "T2-02")[0].code
        for org, year in ((ORG, 2025), (ORG, 2026), ("甲市丙局", 2026))
    }
    assert len(codes) == 3


def test_a_finding_of_the_texts_shows_its_code_and_can_be_explained() -> None:
    texts = (Passage("overall", "（二）依申请公开情况", ("2024年新收政府信息公开申请700件。",)),)
    one = told(make_report(LIWAN, passages=texts), "X-03")[0]
    assert one.severity == "error"
    assert one.code in one.line()
