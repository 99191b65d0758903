"""The kinds of rules and their options, declared; what each of them does is in :mod:`reportgen.checks`.

A rule of a form file is decoded into the record of its kind, so an unknown kind or option is refused
when the form is loaded.  A test holds that every kind has its generator in ``checks``, except those
whose findings the reader itself makes.  The docstrings of kinds and options are printed in
``docs/forms.zh.md``, so they are Chinese.

``words`` are what a rule's message and advice may name in braces, besides :data:`EVERYWHERE`.
"""

# No `from __future__ import annotations` where records are declared: msgspec would have to evaluate
# every annotation from its text when the first form is decoded.

from typing import Annotated, ClassVar, TypeAlias, get_args

from msgspec import Meta, Struct

from .words import Axis, CellId, FieldId, Pattern, SectionId, Severity, SourceKind, TableId, UnitType  # fmt: skip

__all__ = ["EVERYWHERE", "KINDS", "READER_RULES", "VITAL_READER_RULES", "AnyRule", "Rule"]

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


_COUNTED = frozenset({"place", "left", "right"})
_REFUSED = frozenset({"place", "raw", "what"})


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

    words = _COUNTED
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
    each: dict[str, tuple[str, ...]] = {}
    """对每个值各核对一次：式子里的 {x} 换成这些词"""
    fields: dict[FieldId, tuple[str, ...]] = {}
    """基本信息填的是这些内容之一时才核对"""
    unless_fields: dict[FieldId, tuple[str, ...]] = {}
    """基本信息填了、而且不是这些内容时才核对"""
    from_year: int = 0
    """从哪一年的数据起核对"""
    text: tuple[SectionId, Pattern] | None = None
    """[部分, 正则表达式]：那一部分的文字里有它才核对"""

    words = _COUNTED
    formula = True


class Jump(Rule, frozen=True, tag="jump"):
    """与上年相比变化过大。"""

    cells: tuple[CellId, ...]
    """哪些格"""
    percent: Annotated[int, Meta(ge=1)]
    """变化超过上年的百分之几"""
    least: Annotated[int, Meta(ge=0)]
    """而且变化超过多少"""

    words = frozenset({"place", "what"})


class Room(Rule, frozen=True, tag="room"):
    """数字太长，印在规定的格子里会换行。"""

    most: dict[TableId, Annotated[int, Meta(ge=1)]]
    """各表的数字格排得下几个字符"""

    words = frozenset({"table", "count", "most", "what"})


class Blanks(Rule, frozen=True, tag="blanks"):
    """数字格没有填数。"""

    words = frozenset({"table", "count", "what"})
    formula = True


class Whole(Rule, frozen=True, tag="whole"):
    """件数不是不小于 0 的整数。"""

    words, formula, vital = _REFUSED, True, True


class Decimals(Rule, frozen=True, tag="decimals"):
    """金额不是不小于 0、位数不多的数。"""

    words, formula, vital = _REFUSED, True, True


class Remarks(Rule, frozen=True, tag="remarks"):
    """数字格里除了数还有别的。"""

    words = _REFUSED | {"value"}
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

    words = frozenset({"what"})


class EditionRule(Rule, frozen=True, tag="edition"):
    """格式版本与数据年度相符。"""

    words = frozenset({"year", "document", "years"})


class Selves(Rule, frozen=True, tag="selves"):
    """文字里的自称与机关名称相符。"""

    selves: dict[str, str]
    """自称 = 机关名称里应有的字"""

    words = frozenset({"place", "what", "org"})


class Placeholders(Rule, frozen=True, tag="placeholders"):
    """文字里的占位符都认得。"""

    words, vital = _REFUSED, True


class Repeated(Rule, frozen=True, tag="repeated"):
    """文字与上年雷同。"""

    sections: tuple[SectionId, ...]
    """查哪些部分"""
    percent: Annotated[int, Meta(ge=1, le=100)]
    """相同百分之几以上"""

    words = frozenset({"place", "percent"})


class Leftovers(Rule, frozen=True, tag="leftovers"):
    """整句话连同数字与上年一字不差。"""

    words = frozenset({"place"})


class Period(Rule, frozen=True, tag="period"):
    """统计期限是数据年度的全年。"""

    words = frozenset({"place", "year"})


class Deadline(Rule, frozen=True, tag="deadline"):
    """发布日期不晚于次年的某一天；不写日期时，不早于次年第一天。"""

    month: Annotated[int, Meta(ge=0, le=12)] = 0
    """几月"""
    day: Annotated[int, Meta(ge=0, le=31)] = 0
    """几日"""
    unit_types: tuple[UnitType, ...] = ()
    """哪些单位类型；不写就是全部"""

    words = frozenset({"what", "limit"})


class NarrativeRule(Rule, frozen=True, tag="narrative"):
    """文字里的数与表格一致；怎样的话指哪个数，写在 [narrative] 里。"""

    year_first: bool = False
    """没有写明年份的句子，级别降一级"""

    words = frozenset({"written", "says"})


class Coverage(Rule, frozen=True, tag="coverage"):
    """文字里的数有多少能与表格核对。"""

    words = frozenset({"total", "judged", "right", "wrong", "rest"})


class Contradictions(Rule, frozen=True, tag="contradictions"):
    """同一个数在文字各处一致。"""

    words = frozenset({"name", "says"})


class Crowded(Rule, frozen=True, tag="crowded"):
    """一段文字的数太多或句子太长，没有核对。"""

    words = frozenset({"place", "what"})


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


class Mark(Struct, frozen=True, forbid_unknown_fields=True):
    """Something a draft left behind."""

    what: str
    """是什么，印在结果里"""
    pattern: Pattern
    """怎样认出（正则表达式）"""


class Marks(Rule, frozen=True, tag="marks"):
    """没有模板、草稿留下的记号。"""

    patterns: tuple[Mark, ...]
    """记号"""

    words = _REFUSED


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
    Equal | AtMost | RelationRule | Jump | Blanks | Whole | Decimals | Remarks | Identity | Headings | EditionRule
    | Selves | Placeholders | Repeated | Leftovers | Period | Deadline | NarrativeRule | Coverage | Contradictions | Crowded
    | Mentions | Length | Present | Marks | Pasted | Personal | Reading | Explaining | Summed | Merging
    | Landing | Room
)  # fmt: skip

KINDS: dict[str, type[Rule]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyRule)}
"""Kind → its record."""

READER_RULES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("S-04", "S-07", "N-07", "A-04", "A-05", "A-06", "A-07", "A-08", "A-09"), frozenset({"what"})),
    **dict.fromkeys(("N-05", "F-01", "F-02"), _REFUSED),
    "S-05": frozenset({"what", "count"}),
    "S-10": frozenset({"count"}),
    "S-11": frozenset({"place", "what"}),
    "S-17": frozenset({"table", "what"}),
    "N-06": frozenset({"table", "count", "what"}),
    "N-08": frozenset({"place", "was", "raw", "now"}),
    "N-09": frozenset({"place", "what", "value"}),
    "N-10": frozenset({"place", "what", "value"}),
    "L-01": frozenset({"place"}),
    "E-01": frozenset({"about", "what"}),
    "E-02": frozenset({"about"}),
}
"""Rules that the program itself speaks by, by id: every form has them; the words they may name."""
VITAL_READER_RULES = frozenset({"S-04", "N-05", "N-08", "F-01", "F-02"})
"""Those of them that are :attr:`Rule.vital`."""
