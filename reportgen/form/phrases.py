"""The vocabulary by which texts speak of the figures of a form, as records.

The words themselves are form data (``forms/phrases.toml``); how they are read is
:mod:`reportgen.checks.texts`.
"""

# No `from __future__ import annotations` where records are declared: see kinds.py.

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from .words import HAN, Name, Reading, RuleId, TopicId, YearPattern


class Topic(Struct, frozen=True, forbid_unknown_fields=True):
    """A thing counted: applications, reviews, normative documents …"""

    id: str
    """标识"""
    noun: YearPattern
    """提到它的词"""
    name: str
    """它的占位符名称；后面加“.”和栏目简称就是那一栏"""
    rule: RuleId = ""
    """核对它的审理结果用哪条规则"""
    heading: YearPattern = ""
    """小标题里有这些词，下面不提名称也是说它"""
    zero: tuple[Reading, ...] = ()
    """文字说没有的，哪些数应为 0"""
    zero_rule: RuleId = ""
    """说没有而不是 0 时用哪条规则"""
    wholes: tuple[Reading, ...] = ()
    """百分比可以是哪些数的百分比"""
    office_part: bool = False
    """“区政府……几件”可能只是全区的一部分"""
    own_business: YearPattern = ""
    """前面有这些词、又没有 ours 的词，说的可能是本单位的业务，不报告"""
    not_by: YearPattern = ""
    """审理结果前后有这些词，说的可能是另一种案件的结果，不报告"""
    short: YearPattern = ""
    """数前的简称；同一句里只用它、不用全称时才是它（制发文件、现行有效文件）"""
    nearly: bool = False
    """数前后有一两个字没看懂，也按它核对，不符时是警告"""
    only_zero: bool = False
    """词义太宽，只在说没有时才算"""


class Phrase(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a topic, and the readings that make it true."""

    rule: RuleId
    """不相符时用哪条规则；空的只认不查"""
    key: YearPattern = ""
    """怎样说（正则表达式，在数的前后查找）"""
    rows: dict[Name, YearPattern] = {}
    """代替 key 和 any_of：几个名称各怎样说，其余各项相同"""
    any_of: tuple[Reading, ...] = ()
    """与其中一个和相等就算相符"""
    column: str = ""
    """代替 any_of：话题的这一栏；前面加“-”是除这一栏以外的"""
    or_column: str = ""
    """也可能是这一栏，或两栏之和"""
    topic: str = ""
    """这句话自己说明了是哪个话题"""
    topics: tuple[TopicId, ...] = ()
    """正在说这些话题之一时才算"""
    rank: int = 0
    """几句同时符合时，大的优先"""
    units: tuple[str, ...] = ()
    """单位；不写就是件、宗、起一类"""
    accuse: bool = True
    """不相符时报告；false 只在相符时算核对到"""
    result: bool = False
    """是一项办理结果，可以指某一类申请人"""
    some: bool = False
    """只是其中一种，不比它大就不报告（撤销，是结果纠正的一种）"""
    shared: bool = False
    """说别的话题也用这些词，那时不报告"""
    beside: bool = False
    """不相符时，同一句里同一规则的另一话题有数相符才报告；审理结果要同一话题的另一数相符，或自己说明是哪一种案件，文件要另两栏相符"""
    listed: bool = False
    """只在“其中”后面、或分项列举时才算"""
    outcome: bool = False
    """是复议、诉讼的一种结果"""

    def each(self) -> "Iterator[Phrase]":
        """Yield the phrase, or one for each of its rows."""
        if not self.rows:
            yield self
        for name, key in self.rows.items():
            yield replace(self, rows={}, key=key, any_of=((name,),))


class Division(Struct, frozen=True, forbid_unknown_fields=True):
    """A way to divide what is counted: by channel, by body; its parts add up to the whole."""

    id: str
    """标识"""
    key: YearPattern
    """分项前后有这些词就是按它分的"""
    complete: bool = False
    """通常写全：相加应正好等于总数；false 只要求不超过总数"""
    all: int = 3
    """写了这么多项，就是写全了"""
    stated: bool = False
    """总数数的是什么没看懂，分项也应正好等于它"""
    singly: bool = False
    """只写一项时，那一项也不超过总数"""
    denied_whole: bool = False
    """否定的话里列了几项又写“其他”，就是全部都没有（未收到网上、当面或其他方式的申请）"""


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    """A percentage with a name of its own (公开率, 维持率): what it is a part of is known."""

    key: YearPattern
    """百分数前面的词"""
    topics: tuple[TopicId, ...]
    """正在说这些话题之一时才算，是它的百分之几"""
    any_of: tuple[Reading, ...] = ()
    """是哪些数的百分比，几种算法都可以"""
    column: str = ""
    """代替 any_of：话题的这一栏"""
    without: str = ""
    """总数也可以不算这一栏（还没有结果的）"""


class Narrative(Struct, frozen=True, forbid_unknown_fields=True):
    """The vocabulary of one form; empty where the form declares none."""

    topics: tuple[Topic, ...] = ()
    """话题"""
    phrases: tuple[Phrase, ...] = ()
    """说法"""
    neutral: tuple[YearPattern, ...] = ()
    """不影响意思的词"""
    restrict: tuple[YearPattern, ...] = ()
    """缩小了范围的词，后面的数不一定是表里的数"""
    periods: tuple[YearPattern, ...] = ()
    """说的是别的时间"""
    averages: YearPattern = ""
    """说的是平均数；分号后面不再是"""
    published: YearPattern = ""
    """数后面说它在哪里公开的话，不改变数的是什么"""
    foreign: tuple[YearPattern, ...] = ()
    """数的是别的东西"""
    divisions: tuple[Division, ...] = ()
    """总数的分法"""
    rates: tuple[Rate, ...] = ()
    """有名称的百分数（公开率、维持率）"""
    sums_rule: RuleId = ""
    """分项相加不等于总数时用哪条规则"""
    shares_rule: RuleId = ""
    """百分比、增减算得不对时用哪条规则"""
    done_rule: RuleId = ""
    """说全部办结而还有没办结的，用哪条规则"""
    applications: TopicId = ""
    """哪个话题是申请：办理结果各行是它的"""
    own_field: tuple[RuleId, ...] = ()
    """本机关名称里的领域不缩小这些规则核对的数（税务局作出税务行政处罚）"""
    total: YearPattern = ""
    """前面几个数相加的“合计”（数前面的词）"""
    left: YearPattern = ""
    """减去前面说的剩下的（数前面的词）"""
    ours: YearPattern = ""
    """说明是政府信息公开方面的"""
    owners: YearPattern = ""
    """说的是别的单位"""
    short_names: tuple[tuple[str, ...], ...] = ()
    """单位名称的结尾，和可以代替它的简称"""
    authorities: YearPattern = ""
    """以 own_business 为本职的单位：没有 ours 的词就是说本职工作"""
    places: YearPattern = ""
    """地名的最后一个字（市局）"""
    wider: YearPattern = ""
    """只有一级政府的报告才说全部的（全县），别的单位这样说就不是它一家"""
    with_office: YearPattern = ""
    """一级政府和它的办公室；在办公室自己的报告里就是本单位"""
    government: YearPattern = ""
    """名称这样的单位是一级政府"""
    own_office: YearPattern = ""
    """本单位的这些简称，前面说过全部或“其中”时只算其中一部分"""
    whole: YearPattern = ""
    """说的是本单位全部"""
    negation: YearPattern = ""
    """后面的东西没有发生，即 0"""
    denied_too: YearPattern = ""
    """逗号后面接着否定的（提起行政诉讼情况发生）"""
    denied_before: YearPattern = ""
    """否定写在后面的（依申请公开情况：无）"""
    not_negation: YearPattern = ""
    """看似否定而不是的"""
    all_done: YearPattern = ""
    """全部办结"""
    all_done_rates: YearPattern = ""
    """办结率一类的词"""
    done_rates: YearPattern = ""
    """前面有限制的办结率（按期办结率）"""
    all_done_names: tuple[Name, ...] = ()
    """全部办结时应为 0 的数"""
    done_of: tuple[Reading, ...] = ()
    """办结率可以是哪些数的百分比"""
    all_ended: YearPattern = ""
    """前面说的各案结果相同，后面接着是哪种结果的说法"""
    kept: YearPattern = ""
    """一句话里有这些词，才看没有说名称的几个数是不是文件的各栏"""
    about: YearPattern = ""
    """后面列举的是申请的内容，不是表里的数（涉及楼盘29件、行政许可18件）"""
    deciders: YearPattern = ""
    """审理结果前面的机关，是作出决定的，不缩小范围"""
    decides: YearPattern = ""
    """作出行政行为的动词；它们后面到“等”为止是举例"""
    examples: YearPattern = ""
    """举例的“等”，到行政行为的名称（#）为止"""
    each: YearPattern = ""
    """“各、均为”一类的词"""
    respectively: YearPattern = ""
    """“分别”"""
    reason: YearPattern = ""
    """后面接着说理由的，可能只是其中一部分"""
    listed_as: YearPattern = ""
    """列举时也算是这种决定的说法，括号里是它的名称（公开行政许可事项58项、行政处罚信息187项）"""
    everybody: YearPattern = ""
    """任何人；它们不缩小否定的范围"""
    kind_behind: YearPattern = ""
    """单独的“几件申请”后面有这些词，说的可能只是其中一种（1件申请，属于其他部门职能）"""
    these: YearPattern = ""
    """“此两类申请”：同一句前面提到的几行之和"""
    aside: YearPattern = ""
    """说申请内容的插入语，不改变话题"""
    inserted: YearPattern = ""
    """插在一句话里、不隔断它的括号（制发（修改）规章）"""
    including: YearPattern = ""
    """“其中”一类的词"""

    def __post_init__(self) -> None:
        force_setattr(self, "phrases", tuple(one for phrase in self.phrases for one in phrase.each()))


def expand(text: str, year: int | None) -> str:
    """Return an expression with ``<year>``, ``<last_year>`` and ``<next_year>`` put in, and ``[一-龥]`` as :data:`HAN`.

    Without a year nothing matches in their place.
    """
    text = text.replace("[一-龥]", HAN)
    for word, offset in (("<year>", 0), ("<last_year>", -1), ("<next_year>", 1)):
        text = text.replace(word, str(year + offset) if year else "(?!)")
    return text
