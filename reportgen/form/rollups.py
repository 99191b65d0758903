"""What the form says of the roll-up of many bodies into one report: groups, the roster, the sheets (FORMAT.md 10)."""

# No `from __future__ import annotations` where records are declared: see kinds.py.

from msgspec import Struct

from .words import Label, Name, UnitType

__all__ = ["Rollup", "RollupGroup", "RollupSheets", "RosterHeads"]


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
