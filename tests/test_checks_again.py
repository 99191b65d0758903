"""Checks answer from what they have worked out before, and skip what a text cannot have: same findings."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support import DATA, make_report, published_report

from reportgen.checks import check, content
from reportgen.checks.texts import JudgedNumber, judge_numbers, numerals, sentences, vocabulary
from reportgen.model.findings import Finding
from reportgen.model.report import Passage, Report


def corpus() -> list[tuple[str, str]]:
    """(heading, sentence) of the corpus, and sentences of published reports."""
    groups = json.loads((DATA / "narrative_corpus.json").read_text(encoding="utf-8"))["groups"]
    return [(group["heading"], text) for group in groups for text, _ in group["sentences"]]


CORPUS = corpus()
LIWAN = published_report("liwan_2024")


def said(heading: str, *paragraphs: str) -> Report:
    return replace(LIWAN, passages=(Passage("overall", heading, paragraphs),))


def whole(numbers: list[JudgedNumber]) -> list[tuple[object, ...]]:
    return [(number, number.refs, number.key) for number in numbers]


def digits(chance: random.Random, text: str) -> str:
    """The same words with other numbers."""
    return re.sub(
        r"\d+", lambda m: str(chance.choice([0, 1, 12, 639, chance.randrange(10 ** len(m[0]))])), text
    )


def test_what_was_judged_before_changes_no_verdict() -> None:
    """Each text judged afresh, and again after all the others, in another order and among other numbers."""
    chance = random.Random(5)
    texts = [(heading, digits(chance, text) if n % 3 else text) for n, (heading, text) in enumerate(CORPUS)]
    afresh = {}
    for heading, text in texts:
        vocabulary.vocabulary.cache_clear()
        afresh[heading, text] = whole(judge_numbers(said(heading, text)))
    vocabulary.vocabulary.cache_clear()
    for _ in range(2):
        chance.shuffle(texts)
        for heading, text in texts:
            assert whole(judge_numbers(said(heading, text))) == afresh[heading, text], text


def test_sentences_without_numbers_may_be_left_out() -> None:
    """Only a sentence that the next one goes on with is looked at for its own sake."""
    chance = random.Random(6)
    for _ in range(300):
        heading, text = chance.choice(CORPUS)
        text = text if text.endswith("。") else text + "。"
        alone = [(n.text, n.verdict, n.severity) for n in judge_numbers(said(heading, text))]
        more = judge_numbers(said(heading, text + "各项工作有序开展，取得实效。"))
        assert [(n.text, n.verdict, n.severity) for n in more] == alone, text


def test_what_words_bring_does_not_depend_on_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clauses are asked about with 0 for their figures; with the figures themselves the answers are the same."""
    chance = random.Random(9)
    texts = [(heading, digits(chance, text)) for heading, text in CORPUS]
    texts += [("", f"全年未因{n}件申请引发行政复议{n}件，比2023年的{n}件减少。") for n in (0, 5, 1234)]
    short = [whole(judge_numbers(said(heading, text))) for heading, text in texts]
    vocabulary.vocabulary.cache_clear()
    monkeypatch.setattr(sentences, "_in_words", lambda item, text: text[item.start : item.stop])
    assert [whole(judge_numbers(said(heading, text))) for heading, text in texts] == short


def test_figures_with_commas_are_judged_like_those_without() -> None:
    for heading, text in CORPUS:
        plain = re.sub(r"(?<![\d.,])\d+(?=件)", "1234", text)
        grouped = plain.replace("1234件", "1,234件")
        verdicts = [
            [(n.value, n.verdict, n.rule, n.severity) for n in judge_numbers(said(heading, one))]
            for one in (plain, grouped)
        ]
        assert verdicts[0] == verdicts[1], grouped


def test_every_sentence_walked_to_its_end_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    texts = [
        (heading, "".join(chance.sample([text for _, text in CORPUS], 3))) for heading, _ in CORPUS[:150]
    ]
    short = [whole(judge_numbers(said(heading, text))) for heading, text in texts]
    walk = sentences._Sentence.walk
    monkeypatch.setattr(sentences._Sentence, "walk", lambda self, base, to_end: walk(self, base, to_end=True))
    assert [whole(judge_numbers(said(heading, text))) for heading, text in texts] == short


def told(report: Report, rule: str) -> list[Finding]:
    return [finding for finding in check(report) if finding.rule == rule]


ANY_DIGIT = "0123456789０１２３４５６７８９⑩⑪③⒛²½㋉٣"


@given(
    st.lists(
        st.sampled_from(
            [*ANY_DIGIT, " ", "-", "电话", "X", "，", "1380000", "13800138000", "110101199003077758"]
        ),
        max_size=30,
    )
)
def test_personal_numbers_are_found_however_written(pieces: list[str]) -> None:
    report = said("", "联系" + "".join(pieces) + "。")
    with pytest.MonkeyPatch.context() as patch:
        found = told(report, "C-09")
        patch.setattr(content, "_FIGURES", re.compile(""))
        assert told(replace(report), "C-09") == found


MARKS = [
    "XX",
    "××",
    "【】",
    "【待填】",
    "共件",
    "占%",
    "2024年月",
    "○○○",
    "（  ）件",
    "待核实",
    "件，现行有效的规范性文件。",
    "**",
]


@given(st.lists(st.sampled_from([*MARKS, "全年受理申请", "12件", "，", "。", "A"]), max_size=8))
def test_marks_are_found_whether_looked_for_or_not(pieces: list[str]) -> None:
    report = said("", "".join(pieces) + "。")
    form = replace(LIWAN.form, narrative=replace(LIWAN.form.narrative, needs={}))
    assert LIWAN.form.narrative.needs
    assert told(replace(report, form=form), "C-08") == told(report, "C-08")


@given(st.lists(st.sampled_from(["《2024年12件》", "〔2024〕3号", "第12条", "a@b12.cn", "www.x12.cn/3", "“12345”热线", "7x24", "12件",
                                 "2024年1月2日", "020-12345678", "电话：1234567", "B12", "3号", "，", "收到", "１２宗", "。",
                                 "1", "20", "138", "12345", "年", "月", "日", "号码", "至", "-", "—", "/", ".", "x", "×", "、", "”"]),
                max_size=8))  # fmt: skip
def test_what_is_no_quantity_is_left_out_in_every_company(pieces: list[str]) -> None:
    """The expressions for plain texts and for texts with addresses leave out the same things."""
    text = numerals.compact("".join(pieces)).text
    short = [m.span() for m in numerals._no_quantity("@" in text, "www." in text).finditer(text)]
    assert [m.span() for m in numerals._no_quantity(True, True).finditer(text)] == short


ASKED: list[tuple[str, Callable[[Report], Report]]] = [
    ("a figure", lambda r: make_report({"表三.new.total": 5}, org="某局")),
    ("other figures", lambda r: make_report({"表三.new.total": 7}, org="某局")),
    ("another name", lambda r: replace(r, fields={**r.fields, "org": "另一个局"})),
    ("a text", lambda r: replace(r, passages=(Passage("overall", "", ("{{ 新收 }}件，{{ 没有 }}",)),))),
]


def test_reports_checked_in_turn_are_not_taken_for_each_other() -> None:
    reports = [LIWAN, *(change(LIWAN) for _, change in ASKED)]
    lines = [[f.line() for f in check(replace(report))] for report in reports]
    for _ in range(2):
        for report, expected in zip(reports, lines, strict=True):
            assert [f.line() for f in check(report)] == expected
