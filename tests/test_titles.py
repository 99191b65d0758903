"""Who reports and of which year: titles as people word them, and in the company that pages give them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from reportgen import check, read_report
from reportgen.cli import cli
from reportgen.form import Form
from reportgen.form.titles import TitleWords, title_ends
from reportgen.model.report import Report
from reportgen.recogniser.titles import parse_title

BASE = (Path(__file__).parent / "data" / "cases" / "documents" / "lay_base.html").read_text("utf-8")
TITLE = "甲市乙局2024年政府信息公开工作年度报告"
PERIOD = "所列数据的统计期限自2024年1月1日起至2024年12月31日止。"


@pytest.mark.parametrize(
    "title",
    [
        "甲市乙局 2024 年政府信息公开工作年度报告", "标题：甲市乙局2024年政府信息公开工作年度报告",
        "文件名称 : 甲市乙局2024年政府信息公开工作年度报告",
        "首页 > 政府信息公开 > 政府信息公开年报 > 甲市乙局2024年政府信息公开工作年度报告",
        "甲市乙局2024年政府信息公开工作年度报告_甲市人民政府门户网站", "甲市人民政府 - 甲市乙局2024年政府信息公开工作年度报告",
        "甲市人民政府 甲市乙局2024年政府信息公开工作年度报告",
        "索引号：123 名称：甲市乙局2024年政府信息公开工作年度报告 发布日期：2025-01-20",
        "关于发布甲市乙局2024年政府信息公开工作年度报告的公告", "甲市乙局关于印发《2024年政府信息公开工作年度报告》的通知",
        "甲市乙局发布2024年政府信息公开工作年度报告", "甲市乙局2024年政府信息公开年报", "甲市乙局政府信息公开2024年度报告",
        "甲市乙局政府信息公开年报（2024年度）", "2024年度甲市乙局政府信息公开工作年度报告", "2024年甲市乙局政府信息公开年报",
        "甲市乙局2024年政府信息公开工作年度报告（公示稿）", "甲市乙局2024年政府信息公开工作年度报告 [2025-01-20 10:30]",
        "甲市乙局2024年政务公开工作年度报告", "甲市乙局二〇二四年政府信息公开工作年度报告", "《甲市乙局2024年政府信息公开工作年度报告》",
    ],
)  # fmt: skip
def test_a_title_is_read_in_any_company(form: Form, title: str) -> None:
    assert parse_title(form, title) == ("甲市乙局", 2024)


@pytest.mark.parametrize(
    ("title", "org"),
    [
        ("2024年甲市人民政府信息公开工作年度报告", "甲市人民政府"), ("2024年甲市人民政府政府信息公开年报", "甲市人民政府"),
        ("2024年度假区管理委员会政府信息公开工作年度报告", "度假区管理委员会"), ("2024年政府信息公开工作年度报告", ""),
        ("关于2024年政府信息公开工作年度报告", ""), ("政府信息公开工作年度报告（2024年）", ""), ("打印 2024年政府信息公开工作年度报告", ""),
    ],
)  # fmt: skip
def test_a_name_is_read_whole_or_not_at_all(form: Form, title: str, org: str) -> None:
    assert parse_title(form, title) == (org, 2024)


@pytest.mark.parametrize(
    "text",
    [
        "甲市乙局2024年政府信息公开工作要点", "甲市乙局2024年政府工作报告", "甲市乙局2024年政府信息公开工作年度报告解读",
        "甲市人民政府关于甲市乙局2024年政府信息公开工作年度报告", "甲市人民政府甲市乙局2024年政府信息公开工作年度报告",
        "甲市乙局2024-2025年政府信息公开工作年度报告", "中国·甲市 甲市甲市乙局2024年政府信息公开工作年度报告",
    ],
)  # fmt: skip
def test_what_is_no_title_or_not_certain_is_none(form: Form, text: str) -> None:
    assert parse_title(form, text) is None


# ---------------------------------------------------------------- on a page


def links(*years: int) -> str:
    return "".join(f"<li><a href=#>甲市乙局{year}年政府信息公开工作年度报告</a></li>" for year in years)


def listed(year: int) -> str:
    """A line that does not say that it is a link."""
    return links(year).replace("<a href=#>", "").replace("</a>", "")


def page(tmp_path: Path, top: str, *, name: str = "政府信息公开", text: str = BASE, end: str = "") -> Report:
    text = text.replace(f"<title>{TITLE}</title>", f"<title>{name}</title>").replace(f"<h1>{TITLE}</h1>", top)
    path = tmp_path / "甲.html"
    path.write_text(text.replace("</body>", f"{end}</body>"), "utf-8")
    return read_report(path)


def who(report: Report) -> tuple[str, int | None]:
    return report.org, report.year


@pytest.mark.parametrize(
    ("top", "name"),
    [
        ("", f"{TITLE}_甲市人民政府"),
        (f"<ul>{links(2023, 2022)}</ul><h1>{TITLE}</h1>", TITLE),
        (f"<ul>{links(2023, 2022)}</ul><h1>{TITLE}</h1>", "政府信息公开"),
        (f"<h1>{TITLE}</h1><ul>{links(2023, 2022)}</ul>", "政府信息公开"),
        (f"<a>甲市丙局2024年政府信息公开工作年度报告</a><br><h1>{TITLE}</h1>", TITLE),
        ("<h2>甲市乙局</h2><h1>2024年政府信息公开工作年度报告</h1>", "x"),
        (f"<table><tr><td>名称</td><td>{TITLE}</td></tr><tr><td>发布机构</td><td>甲市府办</td></tr></table>", "x"),
    ],
)  # fmt: skip
def test_body_and_year_of_a_page(tmp_path: Path, top: str, name: str) -> None:
    assert who(page(tmp_path, top, name=name)) == ("甲市乙局", 2024)


def test_years_that_nothing_decides_between_are_asked_for(tmp_path: Path) -> None:
    report = page(tmp_path, f"<ul>{listed(2023)}</ul><h1>{TITLE}</h1>", text=BASE.replace(PERIOD, ""))
    assert who(report) == ("甲市乙局", None)
    (found,) = [one for one in check(report) if one.rule == "S-03"]
    assert "2023、2024" in found.message


def test_a_year_that_the_texts_contradict_is_asked_for(tmp_path: Path) -> None:
    report = page(tmp_path, f"<ul>{listed(2023)}</ul>")
    assert (report.year, any("2023、2024" in one.message for one in check(report) if one.rule == "S-03")) == (
        None,
        True,
    )


LAST_YEAR = TITLE.replace("2024", "2023")
LINK = f"<a href=2023.html>{LAST_YEAR}</a>"


@pytest.mark.parametrize(
    "link",
    [
        f"<p>上一篇：{LAST_YEAR}</p>", f"<p>上一篇：</p><p>{LAST_YEAR}</p>", f"<p>{LINK}</p>", f"<h3>相关</h3><ul>{links(2023)}</ul>",
        f"<dl><dt>往年回顾</dt><dd><b>·</b>{LINK} 2024-01-30</dd></dl>", f"<p>另见：<a href=# style='color:red'><b>{LAST_YEAR}</b></a></p>",
        f"<table><tr><td>{LINK}</td><td>2024-01-30</td></tr><tr><td>更多</td><td>返回</td></tr></table>",
    ],
)  # fmt: skip
def test_a_link_to_another_report_is_no_title(tmp_path: Path, link: str) -> None:
    report = page(tmp_path, link, text=BASE.replace(PERIOD, ""))
    assert who(report) == ("", None)
    assert {"S-02", "S-03"} <= {one.rule for one in check(report) if one.severity == "error"}
    assert who(page(tmp_path, f"{link}<h1>{TITLE}</h1>", text=BASE.replace(PERIOD, ""))) == ("甲市乙局", 2024)
    assert who(page(tmp_path, link, name=TITLE, text=BASE.replace(PERIOD, ""))) == ("甲市乙局", 2024)


@pytest.mark.parametrize(
    "top", [f"<h1><a href=#>{TITLE}</a></h1>", f"<a href=#><h1>{TITLE}</h1></a>", f"<a href=/>首页</a> &gt; <a href=/n>年报</a> &gt; {TITLE}"]
)  # fmt: skip
def test_a_title_among_links_is_one(tmp_path: Path, top: str) -> None:
    assert who(page(tmp_path, top, text=BASE.replace(PERIOD, ""))) == ("甲市乙局", 2024)


def test_bodies_that_nothing_decides_between_are_asked_for(tmp_path: Path) -> None:
    report = page(tmp_path, f"<p>甲市丙局2024年政府信息公开工作年度报告</p><h1>{TITLE}</h1>")
    assert who(report) == ("", 2024)
    assert [(one.rule, one.severity) for one in check(report) if one.severity == "error"] == [("S-02", "error")]


def test_a_body_that_the_title_leaves_out_signs(tmp_path: Path) -> None:
    top = "<h1>2024年政府信息公开工作年度报告</h1>"
    report = page(tmp_path, top, end="<p>甲市乙局</p><p>2025年1月20日</p>")
    assert who(report) == ("甲市乙局", 2024)
    assert [(one.rule, one.severity) for one in check(report) if one.rule == "S-02"] == [("S-02", "warning")]


def test_a_workbook_is_prefilled_with_nothing_that_is_not_certain(tmp_path: Path) -> None:
    page(tmp_path, "<h1>2024年政府信息公开工作年度报告</h1>")
    result = CliRunner().invoke(cli, ["new", "--from", str(tmp_path / "甲.html"), "-o", str(tmp_path / "乙.xlsx")])
    assert (result.exit_code, "没有读出机关名称" in result.output) == (0, True)
    assert read_report(tmp_path / "乙.xlsx").fields.get("org") is None
    for top in (f"<ul>{listed(2023)}</ul><h1>{TITLE}</h1>", f"<p>{LINK}</p>"):
        page(tmp_path, top, text=BASE.replace(PERIOD, ""))
        result = CliRunner().invoke(cli, ["new", "--from", str(tmp_path / "甲.html"), "-o", str(tmp_path / "丙.xlsx")])
        assert result.exit_code != 0
        assert not (tmp_path / "丙.xlsx").exists()


def test_every_title_has_one_of_the_words_that_its_wordings_end_with() -> None:
    words = TitleWords(subjects=("信息公开",), names=("年度报告", "年报"))
    assert title_ends(words, ("{org}{year}年{subject}{name}", "{org}{year}年统计表")) == (
        "年度报告",
        "年报",
        "年统计表",
    )
    assert "" in title_ends(words, ("{org}{year}年{subject}",))  # nothing is ruled out
