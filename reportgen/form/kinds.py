"""The kinds of rules and their options, declared; what each of them does is in :mod:`reportgen.checks`.

A rule of a form file is decoded into the record of its kind, so an unknown kind or option is refused
when the form is loaded.  A test holds that every kind has its generator in ``checks``, except those
whose findings the reader itself makes.  The docstrings of kinds and options are printed in
``docs/forms.zh.md``, so they are Chinese.

``words`` are what a rule's message and advice may name in braces, besides :data:`EVERYWHERE`.
"""

# No `from __future__ import annotations` where records are declared: msgspec would have to evaluate
# every annotation from its text when the first form is decoded.

from typing import Annotated, TypeAlias, get_args

from msgspec import Meta, Struct, field

from .rule import COUNTED, REFUSED, Length, Mark, Marks, Mentions, Pasted, Personal, Present, Rule
from .words import Axis, CellId, FieldId, Pattern, SectionId, Severity, SourceKind, TableId, UnitType  # fmt: skip


class _Sum(Rule, frozen=True):
    """Two sums of a table, compared for every column or every row."""

    table: TableId
    """哪个表"""
    along: Axis
    """rows：各行相加，逐列核对；columns：各列相加，逐行核对"""
    left: tuple[str, ...]
    """左边各项：行或列的标识；一组的标识表示它的各项，@parts 表示除总计外的全部"""
    right: tuple[str, ...]
    """右边各项，写法同左边"""
    each: tuple[str, ...] = ()
    """只核对这些列（行）；不写就是全部"""

    words = COUNTED
    formula = True


class Equal(_Sum, frozen=True, tag="equal"):
    """左右两边的和相等。"""


class AtMost(_Sum, frozen=True, tag="at_most"):
    """左边的和不大于右边。"""


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """One comparison of a rule with several."""

    expect: str
    """应当成立的式子"""
    when: tuple[str, ...] = ()
    """这些式子都成立时才核对"""


class RelationRule(Rule, frozen=True, tag="relation"):
    """式子：比较两个和，可以用上年的数（last.）、基本信息里的数（field.）和整数倍（10*）。"""

    expect: str = ""
    """应当成立的式子，例如 表二.{x}.made <= 表二.{x}.valid + 表二.{x}.abolished"""
    when: tuple[str, ...] = ()
    """这些式子都成立时才核对"""
    cases: tuple[Case, ...] = ()
    """有几个式子时逐个写，代替 expect 和 when"""
    each: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """对每个值各核对一次：式子里的 {x} 换成这些词"""
    fields: dict[FieldId, tuple[str, ...]] = field(default_factory=dict)
    """基本信息填的是这些内容之一时才核对"""
    unless_fields: dict[FieldId, tuple[str, ...]] = field(default_factory=dict)
    """基本信息填了、而且不是这些内容时才核对"""
    from_year: int = 0
    """从哪一年的数据起核对"""
    text: tuple[SectionId, Pattern] | None = None
    """[部分, 正则表达式]：那一部分的文字里有它才核对"""

    words = COUNTED
    formula = True


class RegisterRule(Rule, frozen=True, tag="register"):
    """表中的数与台账总计（tables 里的 register）一致。"""

    words = frozenset({"table", "count", "what"})


class Jump(Rule, frozen=True, tag="jump"):
    """与上年相比变化过大。"""

    cells: tuple[CellId, ...]
    """哪些格"""
    percent: Annotated[int, Meta(ge=1)]
    """变化超过上年的百分之几"""
    least: Annotated[int, Meta(ge=0)]
    """而且变化超过多少"""

    words = frozenset({"place", "what"})


class Magnitude(Rule, frozen=True, tag="magnitude"):
    """不与上年比，数也大得不像；看单位类型和同表的数。没有选单位类型的，看名称。"""

    cells: tuple[CellId, ...]
    """哪些格"""
    most: dict[UnitType, Annotated[int, Meta(ge=1)]]
    """各类单位一般不超过多少；没有写到的类型不查"""
    beside: tuple[CellId, ...] = ()
    """同时看的几格，印在结果里"""
    each: Annotated[int, Meta(ge=0)] = 0
    """平均到 beside 的每一件，超过多少也算；不写就不算"""
    least: Annotated[int, Meta(ge=0)] = 0
    """数不超过这么多的，不算平均"""

    words = frozenset({"place", "what"})


class Room(Rule, frozen=True, tag="room"):
    """数字太长，印在规定的格子里会换行。"""

    most: dict[TableId, Annotated[int, Meta(ge=1)]]
    """各表的数字格排得下几个字符"""

    words = frozenset({"table", "count", "most", "what"})


class Blanks(Rule, frozen=True, tag="blanks"):
    """数字格没有填数。"""

    zeros: dict[FieldId, tuple[str, ...]] = field(default_factory=dict)
    """基本信息填的是这些内容之一时，空白的格就是 0"""
    declared: bool = False
    """true：只说这样算作 0 的格；false：只说别的格"""

    words = frozenset({"table", "count", "what"})
    formula = True


class Gaps(Rule, frozen=True, tag="gaps"):
    """空着的格不使勾稽关系不成立；由空格造成的，不再逐个式子说。"""

    words = frozenset({"place", "what", "broken"})


class Whole(Rule, frozen=True, tag="whole"):
    """件数不是不小于 0 的整数。"""

    words, formula, vital = REFUSED, True, True


class Decimals(Rule, frozen=True, tag="decimals"):
    """金额不是不小于 0、位数不多的数。"""

    words, formula, vital = REFUSED, True, True


class Remarks(Rule, frozen=True, tag="remarks"):
    """数字格里除了数还有别的。"""

    words = frozenset({"place", "what"})
    formula = True


class Identity(Rule, frozen=True, tag="identity"):
    """机关名称、数据年度已填，与标题一致。"""

    field: FieldId
    """基本信息里的哪一项"""
    wording: Severity | None = None
    """标题写法与规定不同时的级别；不写就不查"""
    wording_sources: tuple[SourceKind, ...] = ()
    """哪些文件有标题可查"""

    words, vital = frozenset({"what"}), True


class Headings(Rule, frozen=True, tag="headings"):
    """各部分的标题齐全、准确、顺序正确。"""

    sources: tuple[SourceKind, ...]
    """哪些文件有标题可查"""
    wording: Severity | None = None
    """标题在、写法不同时的级别"""

    words = frozenset({"what"})


class EditionRule(Rule, frozen=True, tag="edition"):
    """格式版本与数据年度相符。"""

    words = frozenset({"year", "document", "years"})


class Selves(Rule, frozen=True, tag="selves"):
    """文字里的自称与机关名称相符。"""

    selves: dict[str, str]
    """自称 = 机关名称里应有的字"""

    words = frozenset({"place", "what", "org"})


class Authors(Rule, frozen=True, tag="authors"):
    """文字的作者是本机关。"""

    ends: tuple[Pattern, ...]
    """各类机关的名称怎样结尾（正则表达式）；只查同一类的"""
    sayings: tuple[Pattern, ...]
    """怎样的话里有作者（正则表达式）；<body> 指一个名称"""
    not_names: Pattern
    """不是名称开头的词"""

    words = frozenset({"place", "what", "org"})


class Misnamed(Rule, frozen=True, tag="misnamed"):
    """基本信息里的名称只是名称。"""

    field: FieldId
    """基本信息里的哪一项"""
    patterns: tuple[Mark, ...]
    """名称里不该有的"""

    words = frozenset({"raw", "what"})


class NamedUnit(Struct, frozen=True, forbid_unknown_fields=True):
    """What a body of such a name may be."""

    pattern: Pattern
    """怎样的机关名称（正则表达式）"""
    types: tuple[UnitType, ...]
    """可以是哪些单位类型"""


class Unit(Rule, frozen=True, tag="unit"):
    """单位类型已选，与机关名称相符；没有选的，说明哪些规则没有核对。"""

    field: FieldId
    """基本信息里的哪一项"""
    names: tuple[NamedUnit, ...]
    """看名称可以是哪些；第一个合适的算"""

    words = frozenset({"what"})


class Placeholders(Rule, frozen=True, tag="placeholders"):
    """文字里的占位符都认得。"""

    words, vital = REFUSED, True


class Repeated(Rule, frozen=True, tag="repeated"):
    """文字与上年雷同。"""

    sections: tuple[SectionId, ...]
    """查哪些部分"""
    percent: Annotated[int, Meta(ge=1, le=100)]
    """相同百分之几以上"""
    short: Annotated[int, Meta(ge=0)] = 0
    """不超过这么多字的算短，短的话说法有限，另定百分比"""
    short_percent: Annotated[int, Meta(ge=1, le=100)] = 100
    """短的相同百分之几以上"""

    words = frozenset({"place", "percent"})


class Leftovers(Rule, frozen=True, tag="leftovers"):
    """整句话连同数字与上年一字不差。"""

    words = frozenset({"place"})


class Period(Rule, frozen=True, tag="period"):
    """统计期限是数据年度的全年。"""

    words = frozenset({"place", "year"})


class OtherYears(Rule, frozen=True, tag="other_years"):
    """文字说的是数据年度的事。"""

    never: Severity
    """各处文字都没有写到数据年度时的级别；这时合为一条"""
    comparing: Pattern
    """句子里有这样的词，就是与别的年度比较"""
    plans: Pattern
    """句子里有这样的词，后面的年份就是打算"""
    plans_in: tuple[SectionId, ...] = ()
    """这些部分里后面的年份都是打算"""
    excused: tuple[Pattern, ...] = ()
    """年份落在这样的话里不算；<named> 指一个年份"""

    words = frozenset({"place", "what"})


class Deadline(Rule, frozen=True, tag="deadline"):
    """日期不晚于次年的某一天，或不晚于另一个日期；都不写时，在次年之内。"""

    dates: tuple[FieldId, ...]
    """基本信息里的哪些日期"""
    month: Annotated[int, Meta(ge=0, le=12)] = 0
    """几月"""
    day: Annotated[int, Meta(ge=0, le=31)] = 0
    """几日"""
    other: FieldId | None = None
    """另一个日期"""
    late: Severity | None = None
    """在次年之后的级别；不写就同 severity"""
    unit_types: tuple[UnitType, ...] = ()
    """哪些单位类型；不写就是全部"""

    words = frozenset({"place", "what", "limit", "year"})


class NarrativeRule(Rule, frozen=True, tag="narrative"):
    """文字里的数与表格一致；怎样的话指哪个数，写在 [narrative] 里。"""

    year_first: bool = False
    """没有写明年份的句子，级别降一级"""

    words = frozenset({"written", "says"})


class Coverage(Rule, frozen=True, tag="coverage"):
    """文字里的数有多少能与表格核对。"""

    words = frozenset({"total", "judged", "right", "wrong", "rest", "which"})


class Contradictions(Rule, frozen=True, tag="contradictions"):
    """同一个数在文字各处一致。"""

    words = frozenset({"name", "says"})


class Crowded(Rule, frozen=True, tag="crowded"):
    """一段文字的数太多或句子太长，没有核对。"""

    words = frozenset({"place", "what"})


class Reading(Rule, frozen=True, tag="reading"):
    """读取文件时发现的问题；由读取程序提出，只有下面这些编号可用。"""

    by_reader = True


class Explaining(Rule, frozen=True, tag="explanations"):
    """“校验”表里的说明是否有效；由程序对照每条结果提出，只有下面这些编号可用。"""

    by_reader = True


class Summed(Rule, frozen=True, tag="summed"):
    """上报的报告与各单位之和一致；汇总时用 --filed 才核对。"""

    table: TableId
    """哪个表"""
    rows: tuple[str, ...] = ()
    """哪些行的标识；不写就是全部"""
    at_most: bool = False
    """只要不大于各单位之和"""

    words, of_sum = frozenset({"table", "count", "what", "why"}), True


class Merging(Rule, frozen=True, tag="merging"):
    """汇总各单位的报告时发现的问题；由汇总程序提出，只有下面这些编号可用。"""

    by_reader = of_sum = True


class Landing(Merging, frozen=True, tag="landing"):
    """上年没有办完的，今年由某个单位接着办；由汇总程序提出。"""

    pending: CellId
    """上年的哪一格"""
    taken_over: CellId
    """接到今年的哪一格"""


AnyRule: TypeAlias = (
    Equal | AtMost | RelationRule | RegisterRule | Jump | Magnitude | Blanks | Gaps | Whole | Decimals | Remarks | Identity | Headings | EditionRule
    | Selves | Authors | Misnamed | Unit | Placeholders | Repeated | Leftovers | Period | OtherYears | Deadline | NarrativeRule | Coverage | Contradictions | Crowded
    | Mentions | Length | Present | Marks | Pasted | Personal | Reading | Explaining | Summed | Merging | Landing
    | Room
)  # fmt: skip

KINDS: dict[str, type[Rule]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyRule)}
"""Kind → its record."""

READER_RULES: dict[str, frozenset[str]] = {
    "S-04": frozenset({"what"}),
    "S-05": frozenset({"what", "count"}),
    "S-07": frozenset({"what"}),
    "S-10": frozenset({"count"}),
    "S-11": frozenset({"place", "what"}),
    "S-18": frozenset({"place"}),
    "S-17": frozenset({"table", "what"}),
    "N-05": frozenset({"place", "what"}),
    "N-06": frozenset({"table", "count", "what"}),
    "N-07": frozenset({"what"}),
    "N-08": frozenset({"place", "what"}),
    "N-09": frozenset({"place", "what"}),
    "N-10": frozenset({"place", "what"}),
    "F-01": REFUSED,
    "F-02": REFUSED,
    "L-01": frozenset({"place"}),
    "E-01": frozenset({"about", "what"}),
    "E-02": frozenset({"about"}),
    "A-04": frozenset({"what"}),
    "A-05": frozenset({"what"}),
    "A-06": frozenset({"what"}),
    "A-07": frozenset({"what"}),
    "A-08": frozenset({"what"}),
    "A-09": frozenset({"what"}),
}
"""Rules that the program itself speaks by, by id: every form has them; the words they may name."""
VITAL_READER_RULES = frozenset({"S-04", "N-05", "N-08", "F-01", "F-02"})
"""Those of them that are :attr:`Rule.vital`."""
