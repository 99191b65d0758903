"""What is printed with a report besides the prescribed form: records of a form file."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from .words import Name, SectionId


class SignOff(Struct, frozen=True, forbid_unknown_fields=True):
    """The sheet on which those responsible sign for a finished report."""

    title: str
    """单子的名称"""
    totals: tuple[Name, ...] = ()
    """列出哪些数，供签字的人对照"""
    places: tuple[str, ...] = ()
    """留给谁填写、签字"""


class Bar(Struct, frozen=True, forbid_unknown_fields=True):
    """What a chart shows in one line."""

    label: Annotated[str, Meta(min_length=1, max_length=10)]
    """条形左边的文字"""
    name: Name
    """哪个数，占位符名称"""


class Chart(Struct, frozen=True, forbid_unknown_fields=True):
    """A bar chart of figures of the report, if charts are asked for."""

    id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    """标识：小写英文，不重复"""
    title: Annotated[str, Meta(min_length=1)]
    """图的标题；可以写 {year}、{last_year}"""
    section: SectionId
    """印在哪个部分的末尾；要有标题的部分"""
    series: Annotated[tuple[str, ...], Meta(min_length=1, max_length=2)]
    """图例：本年；写两个时第二个是上年，知道上年的数才画；可以写 {year}、{last_year}"""
    bars: Annotated[tuple[Bar, ...], Meta(min_length=1, max_length=12)]
    """各条，从上到下，单位要相同"""


class Extra(Struct, frozen=True, forbid_unknown_fields=True):
    """A part that the prescribed form does not have and office IT may switch on."""

    id: str
    """标识：小写英文，不重复"""
    name: Annotated[str, Meta(min_length=1)]
    """名称；Word 模板里用它：{%p for 行 in 名称 %}"""
    place: Literal["top", "number", "before", "after"]
    """印在哪里：top 标题之上（红头），number 标题之上、红头之下（发文字号），before 第一部分之前，after 正文末尾、落款之前"""
    lines: Annotated[tuple[str, ...], Meta(min_length=1)]
    """各行文字，可以用占位符；用到的基本信息没有填的那一行不印"""
    on: bool = False
    """印不印"""
