"""``{{ 新收 }}`` in texts: looked up, never executed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import make_report, published_cells

from reportgen.checks import check
from reportgen.model.placeholders import filled, names, standard_text
from reportgen.model.report import Origin, Passage

CELLS = published_cells("liwan_2024")


def report(text, **fields):
    passage = Passage("overall", "（二）依申请公开情况", (text,), Origin("文字内容", "C5"))
    return make_report(CELLS, org="某某区人民政府", passages=(passage,), **fields)


def printed(text, **fields):
    return filled(report(text, **fields))[0].paragraphs[0]


def faults(text, **fields):
    return [f for f in check(report(text, **fields)) if f.rule == "P-01"]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("新收{{ 新收 }}件", "新收639件"),
        ("新收{{新收}}件", "新收639件"),
        ("新收｛｛ 新收 ｝｝件", "新收639件"),
        ("自然人{{ 新收.自然人 }}件", "自然人618件"),
        ("不予公开{{ 不予公开 }}件", "不予公开83件"),
        ("诉讼{{ 行政诉讼 }}件，维持{{ 行政诉讼.结果维持 }}件", "诉讼11件，维持8件"),
        ("收费{{ 行政事业性收费 }}万元", "收费5230.52万元"),
        ("{{ 机关名称 }}{{ 年份 }}年", "某某区人民政府2024年"),
        ("{{ 行政规范性文件.制发 }}件", "12件"),
        ("没有占位符 { } {新建}", "没有占位符 { } {新建}"),
    ],
)
def test_names_become_figures(text, result):
    assert printed(text) == result
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("{{ 新收件数 }}", "新收"),
        ("{{ 结转下年度 }}", "结转下年"),
        ("{{ 7*7 }}", ""),
        ("{{ 新收|upper }}", "新收"),
        ("{{ ''.__class__.__mro__ }}", ""),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", ""),
        ("{{ 新收", ""),
        ("{% for x in y %}", ""),
        ("{# 注 #}", ""),
        ("{{ }}", ""),
        ("{{ 落款日期 }}", ""),
    ],
)
def test_what_is_no_name_is_an_error_with_its_cell_and_stays_as_typed(text, near):
    assert printed(text) == text
    found = faults(text)
    assert found
    assert {f.severity for f in found} == {"error"}
    assert found[0].cells[0].address == "文字内容!C5"
    assert near in found[0].message


@given(st.text(max_size=40))
def test_no_text_is_ever_executed_or_breaks(text):
    result = printed(text)
    if "{" not in text and "｛" not in text:
        assert result == text


def test_every_name_is_known_and_gives_a_text(form):
    assert len(names(form)) > 250
    for name in names(form):
        text = printed(f"{{{{ {name} }}}}", address="地址", website="网址", phone="1", postcode="2", unit_type="县级政府",
                       review_body="是", summary="否", rest="都是 0", published="2025年1月20日", signature_date="2025年1月20日")  # fmt: skip
        assert "{" not in text, name


def test_the_standard_sentence_of_part_six_follows_the_fee(form):
    section = form.section("other")
    assert "未收取" in standard_text(section, make_report(CELLS))
    charged = make_report(CELLS, fee_amount=Decimal("3940"))
    assert "未收取" not in standard_text(section, charged)
    assert printed(standard_text(section, charged), fee_amount=Decimal("3940")) == "2024年收取信息处理费3940元。"


@pytest.mark.parametrize("text", ["{{" * 20_000, "}}" * 20_000, "{{ 新 }}" * 20_000])
def test_very_many_braces_are_not_told_one_by_one(text):
    assert len(faults(text)) == 20
