"""The types of the prescribed form.

Names: a *cell* is one figure of the form with the id ``表三.new.natural`` (table, row, column);
a *quantity* is a cell or a sum of cells (``表三.denied.total`` is the sum over the group 不予公开);
its *name* is what people type in placeholders (``不予公开``, ``新收.自然人``).

Records whose fields have a description stand in form files as they are here; the description is
printed in ``docs/forms.zh.md``.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from .besides import Chart, Extra, Rollup, SignOff
from .kinds import AnyRule
from .likeness import Likeness
from .phrases import Narrative
from .titles import TitleWords
from .words import FieldKind, FigureKind, Label, Name, TableId


class NodeEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A row or column of a table, or a group of them, as the file lists it."""

    id: str
    """标识：小写英文，同一块里不重复；数据交换、规则都用它"""
    label: Label
    """规定的文字，一字不差，不含括号里的附注"""
    note: str = ""
    """标签后面用楷体印的附注，连同括号"""
    short: str = ""
    """占位符里用的简称；不写就用 label"""
    variants: tuple[Label, ...] = ()
    """读取时也认、从不写出的其他写法"""
    hint: str = ""
    """填报提示"""
    law: str = ""
    """依据，印在工作簿的提示旁边"""
    total: bool = False
    """是同级各项的总计：用上级的标识表示各项之和时不算它"""
    kind: FigureKind = "count"
    """数的种类：count 件数，change 可以为负的增减数，amount 金额（只有列可以写）"""
    decimals: Annotated[int, Meta(ge=0, le=6)] = 0
    """金额最多几位小数"""
    unit: str = "件"
    """单位"""
    span: Annotated[int, Meta(ge=1)] = 1
    """列：在印出的表格里占几格"""
    parent: str = ""
    """上级的标识；有下级的只是一组，没有自己的数"""

    def __post_init__(self) -> None:
        if not self.short:
            msgspec.structs.force_setattr(self, "short", self.label)


class Node(NodeEntry, frozen=True):
    """A row or column of a table, or a group of them (then ``children`` is not empty)."""

    children: tuple["Node", ...] = ()

    @property
    def text(self) -> str:
        """The whole label as printed."""
        return self.label + self.note

    def leaves(self) -> "Iterator[Node]":
        """Yield this node, or the leaves below it, in printed order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


class LayoutCell(Struct, frozen=True):
    """One cell of the printed grid; rows and columns are 1-based, spans at least 1."""

    row: int
    column: int
    row_span: int
    column_span: int
    role: str
    """``title`` (shaded block title), ``corner``, ``column``, ``row`` or ``value``."""
    text: str = ""
    note: str = ""
    cell: str = ""
    """Cell id, for ``value`` only."""


class Cell(Struct, frozen=True):
    """One figure of the form."""

    id: str
    table: str
    row: str
    column: str
    label: str
    """Where it stands, in the form's words: group, row and column with ``／`` between."""
    row_label: str
    column_label: str
    name: str
    """Placeholder name, unique in the form: ``国家秘密.自然人``."""
    kind: str
    """``count`` (whole number), ``change`` (whole number that may be negative) or ``amount``
    (``decimals`` places at most)."""
    decimals: int
    unit: str
    total: bool
    hint: str


class Block(Struct, frozen=True):
    """Part of a table with its own header: title row, corner, column tree and row tree."""

    columns: tuple[Node, ...]
    rows: tuple[Node, ...]
    title: str = ""
    corner: str = ""
    corner_is_note: bool = False
    wide: bool = False
    """Printed as one row: the leaves of the row tree are column groups (table 四)."""
    first_row: int = 1
    """First row of the block in the table's grid, 1-based."""
    header_rows: int = 1
    """Number of printed rows above the figures, title row included."""
    id: str = ""
    """Unique in its table; "" where it is the only block."""

    def row_leaves(self) -> tuple[Node, ...]:
        """Return the rows that have figures, in printed order."""
        return tuple(leaf for node in self.rows for leaf in node.leaves())

    def column_leaves(self) -> tuple[Node, ...]:
        """Return the columns that have figures, in printed order."""
        return tuple(leaf for node in self.columns for leaf in node.leaves())


class Register(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the totals of the body's register (台账) may be typed beside a table; no report prints them."""

    label: Label
    """这一栏的名称；读取时按它找"""
    column: str
    """与哪一列对照：列的标识，例如总计"""
    hint: str = ""
    """填报提示"""


class Table(Struct, frozen=True):
    """A prescribed table and its printed grid."""

    id: str
    width: int
    height: int
    label_columns: int
    blocks: tuple[Block, ...]
    layout: tuple[LayoutCell, ...]
    default_column: str = ""
    widths: tuple[int, ...] = ()
    """Relative widths of the grid's columns as the official attachment prints them; () is equal."""
    register: Register | None = None

    @property
    def register_cells(self) -> tuple[str, ...]:
        """The figures that have an entry for the register beside them, in printed order."""
        if self.register is None:
            return ()
        leaves = (leaf for block in self.blocks for leaf in block.row_leaves())
        return tuple(f"{self.id}.{leaf.id}.{self.register.column}" for leaf in leaves)

    def figures(self) -> "Iterator[tuple[Node, Node, str]]":
        """Yield row, column and cell id of every figure, in printed order."""
        for block in self.blocks:
            for row in block.row_leaves():
                for column in block.column_leaves():
                    yield row, column, f"{self.id}.{row.id}.{column.id}"

    @property
    def header_rows(self) -> int:
        """Rows to repeat on each page: the header of the first block if it is the only one."""
        return self.blocks[0].header_rows if len(self.blocks) == 1 else 0


class Subheading(Struct, frozen=True, forbid_unknown_fields=True):
    """A sub-heading that the blank workbook proposes for a part."""

    id: str
    """标识"""
    heading: Label
    """小标题"""
    hint: str = ""
    """填报提示"""
    standard: str = ""
    """空白工作簿里预填的句子，可以有占位符"""


class WhenZero(Struct, frozen=True, forbid_unknown_fields=True):
    """Another standard sentence, used when a quantity is 0."""

    name: Name
    """占位符名称"""
    text: str
    """这个数是 0 时改用的句子"""


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """One part of the report, or the optional 引言 (no heading)."""

    id: str
    """标识"""
    heading: Label = ""
    """规定的标题；只有引言可以没有"""
    title: str = ""
    """没有标题的部分叫什么"""
    number: str = ""
    """序号，Word 模板里用它称呼这一部分"""
    variants: tuple[Label, ...] = ()
    """读取时也认的其他写法，认出后提示改正"""
    also: tuple[Label, ...] = ()
    """同样算对的写法，用于查不到规定用哪一种的"""
    brief: tuple[Label, ...] = ()
    """简写，没有序号或序号对，而且在它的位置上才认，认出后提示改正"""
    table: TableId = ""
    """这一部分是哪个表；不写就是文字"""
    optional: bool = False
    """可以没有"""
    hint: str = ""
    """填报提示"""
    source: str = ""
    """依据"""
    standard: str = ""
    """空白工作簿里预填的句子，可以有占位符"""
    standard_when_zero: WhenZero | None = None
    """某个数是 0 时改用的句子"""
    subheadings: tuple[Subheading, ...] = ()
    """建议的小标题"""


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of 基本信息."""

    id: str
    """标识；org 和 year 必须有"""
    label: Label
    """项目名称"""
    kind: FieldKind
    """text 文字，year 年份，choice 选项，count 件数，amount 金额（元），date 日期"""
    short: str = ""
    """占位符里用的简称；不写就用 label"""
    variants: tuple[Label, ...] = ()
    """读取时也认的其他写法"""
    required: bool = False
    """必填"""
    choices: tuple[str, ...] = ()
    """kind 是 choice 时可选的内容"""
    hint: str = ""
    """填报提示"""
    default: int | None = None
    """不填时算多少；不写就是不知道"""

    def __post_init__(self) -> None:
        if not self.short:
            msgspec.structs.force_setattr(self, "short", self.label)


class Equation(Struct, frozen=True):
    """One instance of an arithmetic rule: both sides are sums of cells."""

    rule: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    relation: str
    """``equal`` or ``at_most``."""
    place: str
    """The column or row it is about, in the form's words."""

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of both sides."""
        return self.left + self.right


class Term(Struct, frozen=True):
    """``factor`` × a sum of cells, or × a field of 基本信息, or a whole number by itself."""

    factor: int
    cells: tuple[str, ...] = ()
    field: str = ""
    last: bool = False
    """The cells are of last year's report."""


class Comparison(Struct, frozen=True):
    """Two sums and how they should compare (``=``, ``<=``, ``<``, ``>=``, ``>``, ``<>``)."""

    left: tuple[Term, ...]
    operator: str
    right: tuple[Term, ...]


class Relation(Struct, frozen=True):
    """One instance of a rule that relates figures; judged only where all conditions hold."""

    rule: str
    expect: Comparison
    when: tuple[Comparison, ...] = ()
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The field of 基本信息 must be filled with one of the values."""
    unless_fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The field must be filled with none of the values."""
    from_year: int = 0
    text: tuple[str, ...] = ()
    """(section id, pattern that must be found in its text)."""


class Sheets(Struct, frozen=True, forbid_unknown_fields=True):
    """Names and header words of the standard workbook's own sheets."""

    guide: str
    """填报说明表"""
    fields: str
    """基本信息表"""
    texts: str
    """文字内容表"""
    last_year: str
    """上年数据表"""
    checks: str
    """校验表"""
    names: str
    """占位符表"""
    text_heads: tuple[str, str, str]
    """文字内容表的列：部分、小标题、正文"""
    last_year_heads: tuple[str, str, str]
    """上年数据表的列：项目、上年数、说明"""
    explanation_heads: tuple[str, str, str, str, str, str]
    """校验表里写说明的列：规则、核对码、说明、填写人、日期、印入报告"""


T = TypeVar("T", Section, Field, Table)


def _by_id(records: tuple[T, ...], wanted: str) -> T:
    for one in records:
        if one.id == wanted:
            return one
    raise KeyError(wanted)


class Form(Struct, frozen=True, eq=False):
    """One edition of the prescribed form."""

    id: str
    title: str
    document: str
    issued_by: str
    first_year: int
    report_title: str
    sections: tuple[Section, ...]
    fields: tuple[Field, ...]
    tables: tuple[Table, ...]
    rules: Mapping[str, AnyRule]
    cells: Mapping[str, Cell]
    quantities: Mapping[str, tuple[str, ...]]
    """Placeholder name → the cells it adds up."""
    equations: tuple[Equation, ...]
    relations: tuple[Relation, ...]
    sheets: Sheets
    sign_off: SignOff
    titles: TitleWords
    title_expressions: tuple[str, ...]
    """The prescribed title first, then wordings in use; groups ``org`` (not in all) and ``year``.

    They are for text without white space and with half-width punctuation.
    """
    last_year_tables: Mapping[str, tuple[str, ...]] = {}
    """Other edition → tables whose figures mean the same in this one (FORMAT.md 4)."""
    last_year_cells: tuple[str, ...] = ()
    last_year_sections: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    final_year: int = 0
    """Last year of data this edition is for; 0 while no other follows it."""
    narrative: Narrative = Narrative()
    """How texts speak of the figures."""
    likeness: Likeness = Likeness()
    """What is nearly a label or a heading of the form."""
    rollup: Rollup = Rollup()
    """How reports of many bodies are summed."""
    charts: tuple[Chart, ...] = ()
    extras: tuple[Extra, ...] = ()

    @property
    def opening(self) -> Mapping[str, str]:
        """Figures that begin where the year before ended → that year's, as its rules ``a = last.b`` say; no totals."""
        found = {}
        for one in self.relations:
            sides = (*one.expect.left, *one.expect.right)
            if one.expect.operator == "=" and not one.when and len(sides) == 2:
                now, before = sides
                same = now.factor == before.factor == 1 and len(now.cells) == len(before.cells) == 1
                if same and before.last and not now.last and not self.cells[now.cells[0]].total:
                    found[now.cells[0]] = before.cells[0]
        return found

    def covers(self, year: int) -> bool:
        """Tell whether this edition is the one for a year's data (FORMAT.md 1)."""
        return self.first_year <= year and (not self.final_year or year <= self.final_year)

    def table(self, table_id: str) -> Table:
        """Return the table called ``table_id`` (``表三``); KeyError if there is none."""
        return _by_id(self.tables, table_id)

    def section(self, section_id: str) -> Section:
        """Return the part with this id; KeyError if there is none."""
        return _by_id(self.sections, section_id)

    def field(self, field_id: str) -> Field:
        """Return the field of 基本信息 with this id; KeyError if there is none."""
        return _by_id(self.fields, field_id)

    def section_of(self, table: Table) -> Section:
        """Return the part a table stands in."""
        return next(s for s in self.sections if s.table == table.id)

    def last_year_label(self, cell: str) -> str:
        """The label of one of last year's figures on the sheet 上年数据."""
        return f"{self.cells[cell].table}　{self.cells[cell].label}"

    def last_year_text_label(self, section_id: str) -> str:
        """The label of a part's text on the sheet 上年数据."""
        return f"上年{self.section(section_id).heading}"

    def title_of(self, org: str, year: int | str) -> str:
        """Return the report's full title (FORMAT.md 2.1)."""
        return self.report_title.format(org=org, year=year)

    @property
    def text_sections(self) -> tuple[Section, ...]:
        """The parts that are text, 引言 included, in order."""
        return tuple(s for s in self.sections if not s.table)
