"""What a form file says besides the prescribed form: sign-off sheet, charts, optional parts, the roll-up (FORMAT.md 10).

Groups, the roster and the sheets are those of many bodies' reports summed into one.
"""

# No `from __future__ import annotations` where records are declared: see kinds.py.

from typing import Annotated, Literal

from msgspec import Meta, Struct

from .words import Label, Name, SectionId, UnitType


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


class RollupGroup(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of bodies with a subtotal of its own."""

    id: str
    """标识"""
    name: Label
    """分组的名称"""
    variants: tuple[Label, ...] = ()
    """单位名册里也认的其他写法"""
    own: bool = False
    """计入本级合计；否则只计入行政区域合计"""
    unit_types: tuple[UnitType, ...] = ()
    """名册没有写分组时，填报这些单位类型的归入这一组"""


class RosterHeads(Struct, frozen=True, forbid_unknown_fields=True):
    """Heads of the columns of the roster, each with other wordings; the first one is written."""

    name: tuple[Label, ...] = ()
    """机关名称"""
    aliases: tuple[Label, ...] = ()
    """简称、别名"""
    kind: tuple[Label, ...] = ()
    """单位类型"""
    group: tuple[Label, ...] = ()
    """分组"""
    former: tuple[Label, ...] = ()
    """更名以前的名称，或并入的单位"""


class RollupSheets(Struct, frozen=True, forbid_unknown_fields=True):
    """Names of the sheets that the merged workbook has besides those of every workbook."""

    details: str = ""
    """各单位的数，一行一个单位"""
    bodies: str = ""
    """单位和文件清单"""
    findings: str = ""
    """各单位报告里的问题"""
    compared: str = ""
    """上报的报告与各单位之和的比较"""
    explanations: str = ""
    """各单位写的说明"""
    texts: str = ""
    """各单位的文字，供写稿参考"""
    changes: str = ""
    """与上次汇总相比的变化"""


class Rollup(Struct, frozen=True, forbid_unknown_fields=True):
    """How reports of many bodies are summed."""

    groups: tuple[RollupGroup, ...] = ()
    """单位的分组，按印出的顺序；计入本级合计的写在前面"""
    ungrouped: str = ""
    """没有分组的单位归在一起叫什么"""
    own_total: str = ""
    """本级合计的名称"""
    region_total: str = ""
    """行政区域合计的名称"""
    roster: RosterHeads = RosterHeads()
    """单位名册的列名"""
    sheets: RollupSheets = RollupSheets()
    """汇总工作簿另有的表"""
    received: Name = ""
    """总览里各单位排在一起比较的数：收到的申请"""
    outcomes: tuple[Name, ...] = ()
    """总览里合计的各项办理结果"""

    @property
    def known_groups(self) -> tuple[RollupGroup, ...]:
        """The groups, those of the body's own first, and last the one of bodies without any."""
        return (*sorted(self.groups, key=lambda one: not one.own), RollupGroup("", self.ungrouped))
