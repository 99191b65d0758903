"""Texts for the workbooks of `speed.py`: every body's own words and numbers.

A lead office's departments word the same things differently.  Sentences are drawn, put in an order of
their own and filled with numbers; those about the tables say what the tables say, so that the checks
have something to compare and nothing to find.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from reportgen.model.numbers import Number
from reportgen.model.report import Passage

_SENTENCE = re.compile(r"[^。；]+[。；]")
_NUMBER = re.compile(r"(?<![\d.])\d{2,}(?![\d.]*[年月日号%])")
_FREE = (
    "通过门户网站发布各类信息{a}条，政务新媒体推送{b}条。",
    "组织政务公开培训{c}场，参训{a}人次；",
    "围绕群众关切开展政策解读{c}次，回应咨询{a}条。",
    "办理网民留言{b}条，按时回复；",
    "对{c}个下属单位的公开栏目进行了检查，整改问题{c}项。",
    "编印政策汇编{b}册，在服务大厅免费取阅；",
    "全年更新公开指南{c}次，公开目录调整{b}处。",
)
_REQUESTS = (
    ("{year}年新收政府信息公开申请{new}件，上年结转{carried_in}件。", "本年新收政府信息公开申请{new}件，上年度结转申请{carried_in}件。",
     "{year}年度，本局新收政府信息公开申请{new}件，另有上年结转{carried_in}件。"),
    ("全年共办理政府信息公开申请{all}件，办结{done}件，结转下年度继续办理{carried_out}件。",
     "共办理申请{all}件，其中办结{done}件、结转下年度继续办理{carried_out}件。"),
    ("办理结果中，予以公开{granted}件，部分公开{partial}件。", "其中予以公开{granted}件、部分公开{partial}件。"),
    ("{year}年因政府信息公开发生行政复议{reviews}件、行政诉讼{suits}件。", "全年发生政府信息公开行政复议{reviews}件，行政诉讼{suits}件。"),
)  # fmt: skip


def own_words(
    passages: tuple[Passage, ...], figures: Mapping[str, Number], year: int, rng: random.Random
) -> tuple[Passage, ...]:
    """Return a body's texts: those of another body in other words, with its own figures.

    Args:
        passages: texts to take free sentences from.
        figures: the body's own, by cell id; what the texts say of the tables is true of them.
        year: of the data.
        rng: decides the words.
    """
    return tuple(
        Passage(p.section, p.heading, (_requests(figures, year, rng),)) if "依申请" in p.heading
        else p if p.section == "other"
        else Passage(p.section, p.heading, tuple(_free(text, p, rng) for text in p.paragraphs))
        for p in passages
    )  # fmt: skip


def _free(text: str, passage: Passage, rng: random.Random) -> str:
    """Sentences in another order, with other numbers and others of our own between them."""
    sentences = [s for s in _SENTENCE.findall(text) if "规范性文件" not in s]
    rng.shuffle(sentences)
    if passage.heading:
        for sentence in rng.sample(_FREE, 2):
            drawn = {"a": rng.randrange(20, 9000), "b": rng.randrange(5, 3000), "c": rng.randrange(2, 40)}
            sentences.insert(rng.randrange(len(sentences) + 1), sentence.format(**drawn))
    joined = _NUMBER.sub(
        lambda m: str(rng.randrange(10 ** (len(m[0]) - 1), 10 ** len(m[0]))), "".join(sentences)
    )
    return joined[:-1] + "。"


def _requests(figures: Mapping[str, Number], year: int, rng: random.Random) -> str:
    rows = ("new", "carried_in", "granted", "partial", "carried_out")
    values = {row: figures[f"表三.{row}.total"] for row in rows}
    values |= {
        "year": year,
        "done": figures["表三.total_done.total"],
        "all": values["new"] + values["carried_in"],
        "reviews": figures["表四.review.total"],
        "suits": figures["表四.direct.total"] + figures["表四.after_review.total"],
    }
    return "".join(rng.choice(kinds) for kinds in _REQUESTS).format(**values)
