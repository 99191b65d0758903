"""What every rule of a form file has, and the kinds about what texts must and must not hold; for the others see :mod:`.kinds`."""

# No `from __future__ import annotations` where records are declared, see kinds.py.

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from .words import FieldId, Pattern, SectionId, Severity, UnitType

EVERYWHERE = frozenset({"expected", "actual", "difference", "sentence"})
"""Words that the message of every rule may name."""


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """One check, as declared in the form file; each kind is a class of its own."""

    id: str
    """编号，印在每条结果前面"""
    title: str
    """核对什么"""
    severity: Severity
    """级别：error 错误，warning 警告，ask 待核实，info 提示"""
    source: str
    """依据"""
    message: str
    """查出问题时说什么；花括号里的词由程序填入"""
    advice: str
    """怎么办"""
    strict: Severity | None = None
    """加 --strict 时的级别"""
    explainable: bool = False
    """是错误，但写了说明就可以"""
    off: bool = False
    """停用，要写 reason"""
    reason: str = ""
    """停用或改变级别、条件的理由，“rules”命令和每条结果都会印出"""

    words: ClassVar[frozenset[str]] = frozenset()
    formula: ClassVar[bool] = False
    """Stands in the sheet 校验 as a live formula."""
    by_reader: ClassVar[bool] = False
    """The findings are made where the report is read, not in ``checks``."""
    of_sum: ClassVar[bool] = False
    """Judges a sum by the reports that were added up: in ``rollup``, not in ``checks``."""
    vital: ClassVar[bool] = False
    """Without it a figure or name could be printed that nobody knows: an error of it stays one."""

    @property
    def kind(self) -> str:
        """Name of the kind, as the form file has it."""
        return str(self.__struct_config__.tag)


COUNTED = frozenset({"place", "left", "right"})
REFUSED = frozenset({"place", "raw", "what"})


class Mark(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that should not stand there: a mark of a draft, a title in a name."""

    what: str
    """是什么，印在结果里"""
    pattern: Pattern
    """怎样认出（正则表达式）"""


# --------------------------------------------------------------------------- kinds about texts


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """Something a text should speak of."""

    name: str
    """叫什么，印在结果里"""
    words: tuple[Pattern, ...]
    """文字里有其中一个（正则表达式）就算写到了"""


class _Concerning(Rule, frozen=True):
    """A rule about a part's text, for all bodies or for some."""

    section: SectionId
    """哪一部分"""


class Mentions(_Concerning, frozen=True, tag="mentions"):
    """某一部分写到了应写的各个方面。"""

    groups: tuple[Group, ...]
    """应写到的方面"""
    if_any: bool = False
    """这一部分是空的就不查"""
    org_ends: tuple[str, ...] = ()
    """只查名称以这些字结尾的机关"""
    unit_types: tuple[UnitType, ...] = ()
    """或者单位类型是这些的"""
    unit_types_by_name: tuple[UnitType, ...] = ()
    """单位类型是这些的，看名称；其他类型不查"""

    words = frozenset({"what"})


class Length(_Concerning, frozen=True, tag="length"):
    """某一部分不超过多少字。"""

    limit: Annotated[int, Meta(ge=1)]
    """最多多少字，不算空白和小标题"""

    words = frozenset({"count", "limit"})


class Present(_Concerning, frozen=True, tag="present"):
    """某一部分不是空的，写到了应写的内容。"""

    nothing: tuple[str, ...] = ()
    """等于没有写的话"""
    groups: tuple[Group, ...] = ()
    """应写到的方面"""
    weak: Severity | None = None
    """写了但不够时的级别；不写就同 severity"""

    words = frozenset({"what"})


class Marks(Rule, frozen=True, tag="marks"):
    """没有模板、草稿留下的记号。"""

    patterns: tuple[Mark, ...]
    """记号"""

    words = REFUSED


class Personal(Rule, frozen=True, tag="personal"):
    """没有身份证号码、手机号码，本机关的联系方式除外。"""

    contact: FieldId
    """基本信息里的联系电话"""
    contact_section: SectionId
    """可以写联系电话的部分"""
    contact_words: tuple[str, ...]
    """号码前面有这些词就是联系电话"""

    words = frozenset({"place", "what"})


class Pasted(Rule, frozen=True, tag="pasted"):
    """文字里没有误粘贴的报告标题、各部分标题、已有的小标题、表格。"""

    table: Pattern
    """怎样的一行像表格的一行（正则表达式）"""
    lines: Annotated[int, Meta(ge=1)]
    """接连几行才算表格"""
    weak: Severity
    """小标题、表格的级别：照样印出来，读起来不会错"""

    words = frozenset({"place", "what"})
