"""A form file as it is written: the records its TOML is decoded into, before anything is proved.

Sections, fields, rules and the vocabulary stand in a file as the rest of the program uses them
(:mod:`.records`, :mod:`.kinds`, :mod:`.phrases`); tables are lists of rows and columns here, trees there.
"""

# No `from __future__ import annotations` where records are declared: see kinds.py.

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from .besides import Chart, Extra, Rollup, SignOff
from .kinds import AnyRule
from .likeness import Likeness
from .phrases import Narrative
from .records import Field, NodeEntry, Register, Section, Sheets
from .titles import TitleWords
from .words import CellId, Label, Reading, SectionId, TableId


class BlockEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Part of a table with its own header."""

    columns: tuple[NodeEntry, ...]
    """列，从左到右，下级跟在上级后面"""
    rows: tuple[NodeEntry, ...]
    """行，从上到下，下级跟在上级后面"""
    id: str = ""
    """标识；表里只有一块时不用写"""
    title: Label = ""
    """块的标题，印成通栏一行"""
    corner: Label = ""
    """左上角的文字"""
    corner_is_note: bool = False
    """左上角的文字是附注，用楷体印"""
    wide: bool = False
    """只印一行数：每个行是一组列（表四）"""


class TableEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A prescribed table."""

    id: str
    """表名，例如“表三”；也是工作表的名称"""
    width: Annotated[int, Meta(ge=1)]
    """印出的表格共几列，连同标签列；用来核对行列跨度"""
    label_columns: Annotated[int, Meta(ge=0)]
    """左边几列是标签"""
    blocks: tuple[BlockEntry, ...]
    """表的各块，从上到下"""
    default_column: str = ""
    """占位符不写栏目时是哪一列，例如总计"""
    widths: tuple[Annotated[int, Meta(ge=1)], ...] = ()
    """各列宽度的比例，每列一个；不写就一样宽"""
    register: Register | None = None
    """台账总计：印在表外、选填、只用来核对的一栏"""


class LastYear(Struct, frozen=True, forbid_unknown_fields=True):
    """What this year's checks use of last year's report."""

    cells: tuple[CellId, ...] = ()
    """“上年数据”表里要填的格"""
    sections: tuple[SectionId, ...] = ()
    """要与上年比较是否雷同的部分"""
    other_editions: dict[str, tuple[TableId, ...]] = {}
    """别的版本 = 标识相同、含义也相同的表；extends 的版本不写就是全部表"""


class EditionFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One edition of the form, with all it takes over from the files it extends."""

    title: str
    """报告的名称"""
    document: str
    """规定格式的文件号"""
    first_year: Annotated[int, Meta(ge=2000, le=2999)]
    """从哪一年的数据起适用"""
    report_title: str
    """报告全称：{org} 是机关名称，{year} 是年份"""
    sections: tuple[Section, ...]
    """各部分，按顺序"""
    fields: tuple[Field, ...]
    """“基本信息”表的各项"""
    tables: tuple[TableEntry, ...]
    """规定的表"""
    rules: tuple[AnyRule, ...]
    """核对规则"""
    sheets: Sheets
    """标准工作簿里各表的名称"""
    sign_off: SignOff
    """审签单"""
    issued_by: str = ""
    """规定格式的机关"""
    final_year: int = 0
    """到哪一年的数据为止；不写就到下一版的前一年，没有下一版就一直适用"""
    title_variants: tuple[str, ...] = ()
    """读取时也认的其他写法；可以用 {subject}、{name}，可以没有 {org}"""
    titles: TitleWords = TitleWords()
    """标题里和标题前后的词"""
    unverified: tuple[str, ...] = ()
    """未能查证的事项，印在工作簿和手册里"""
    last_year: LastYear = LastYear()
    """上年数据"""
    narrative: Narrative = Narrative()
    """文字里怎样说这些数"""
    labels: Likeness = Likeness()
    """写得不一样的标签，怎样才算规定的那个标签"""
    rollup: Rollup = Rollup()
    """多个单位的汇总"""
    charts: tuple[Chart, ...] = ()
    """图（生成时加 --charts 才印）"""
    extras: tuple[Extra, ...] = ()
    """规定格式之外、由信息化人员决定印不印的部分"""


def without(file: EditionFile, names: set[str], cells: set[str]) -> EditionFile:
    """Return a form file without what names figures that are gone.

    Args:
        names: placeholder names that the edition it extends has and it has not.
        cells: the figures, likewise.
    """
    if not names:
        return file
    said = file.narrative

    def left(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        return tuple(one for one in readings if not names & {name.removeprefix("-") for name in one})

    topics = tuple(replace(one, zero=left(one.zero), wholes=left(one.wholes)) for one in said.topics)
    named = {topic.id: topic.name for topic in topics}
    phrases = []
    for phrase in said.phrases:
        kept = tuple(one for one in phrase.topics if f"{named.get(one)}.{phrase.column.removeprefix('-')}" not in names)
        readings = left(phrase.any_of)
        if bool(readings) == bool(phrase.any_of) and bool(kept) == bool(phrase.topics):
            phrases.append(replace(phrase, any_of=readings, topics=kept))
    rates = tuple(replace(rate, any_of=left(rate.any_of)) for rate in said.rates if rate.column or left(rate.any_of))
    said = replace(said, topics=topics, phrases=tuple(phrases), rates=rates, done_of=left(said.done_of))
    last = tuple(cell for cell in file.last_year.cells if cell not in cells)
    left_bars = ((chart, tuple(bar for bar in chart.bars if bar.name not in names)) for chart in file.charts)
    charts = tuple(replace(chart, bars=bars) for chart, bars in left_bars if bars)
    return replace(file, narrative=said, last_year=replace(file.last_year, cells=last), charts=charts)
