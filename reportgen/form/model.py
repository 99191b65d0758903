"""The types of the prescribed form.

Names: a *cell* is one figure of the form with the id ``表三.new.natural`` (table, row, column);
a *quantity* is a cell or a sum of cells (``表三.denied.total`` is the sum over the group 不予公开);
its *name* is what people type in placeholders (``不予公开``, ``新收.自然人``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from .phrases import Narrative

__all__ = [
    "AXES", "LONGEST_LABEL", "SEVERITIES", "Block", "Cell", "Comparison", "Equation", "Field", "Form", "LayoutCell", "Node",
    "Relation", "Rule", "Section", "Sheets", "Subheading", "Table", "Term",
]  # fmt: skip

SEVERITIES = ("error", "warning", "ask", "info")
AXES = ("rows", "columns")
LONGEST_LABEL = 120
"""Characters of the longest text that is looked at as a label or a title; those of the forms have up to 53."""


class Node(msgspec.Struct, frozen=True):
    """A row or column of a table, or a group of them (then ``children`` is not empty)."""

    id: str
    label: str
    """Exactly as prescribed, without the bracketed ``note``."""
    note: str = ""
    """Bracketed remark that the form prints after the label, in 楷体."""
    short: str = ""
    """Short Chinese name for placeholders; the label where the file gives none."""
    variants: tuple[str, ...] = ()
    """Other wordings accepted on reading, never written (FORMAT.md 3.4)."""
    hint: str = ""
    law: str = ""
    total: bool = False
    """Totals its siblings; a group's id used as a term leaves it out."""
    kind: str = "count"
    decimals: int = 0
    unit: str = "件"
    span: int = 1
    children: tuple[Node, ...] = ()

    @property
    def text(self) -> str:
        """The whole label as printed."""
        return self.label + self.note

    def leaves(self) -> Iterator[Node]:
        """This node, or the leaves below it, in printed order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


class LayoutCell(msgspec.Struct, frozen=True):
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


class Cell(msgspec.Struct, frozen=True):
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


class Block(msgspec.Struct, frozen=True):
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

    def row_leaves(self) -> tuple[Node, ...]:
        return tuple(leaf for node in self.rows for leaf in node.leaves())

    def column_leaves(self) -> tuple[Node, ...]:
        return tuple(leaf for node in self.columns for leaf in node.leaves())


class Table(msgspec.Struct, frozen=True):
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

    @property
    def header_rows(self) -> int:
        """Rows to repeat on each page: the header of the first block if it is the only one."""
        return self.blocks[0].header_rows if len(self.blocks) == 1 else 0


class Subheading(msgspec.Struct, frozen=True):
    id: str
    heading: str
    hint: str = ""
    standard: str = ""
    """Standard sentence with placeholders, prefilled in the blank workbook."""


class Section(msgspec.Struct, frozen=True):
    """One part of the report, or the optional 引言 (no heading)."""

    id: str
    heading: str = ""
    title: str = ""
    number: str = ""
    variants: tuple[str, ...] = ()
    """Other wordings of the heading, accepted on reading with a finding (S-01)."""
    also: tuple[str, ...] = ()
    """Other wordings that are as right as ``heading``, where it is not known which is prescribed."""
    table: str = ""
    optional: bool = False
    hint: str = ""
    source: str = ""
    standard: str = ""
    standard_when_zero: tuple[str, str] | None = None
    """(quantity or field name, sentence used instead when that is 0)."""
    subheadings: tuple[Subheading, ...] = ()


class Field(msgspec.Struct, frozen=True):
    """An entry of 基本信息."""

    id: str
    label: str
    short: str
    kind: str
    """``text``, ``year``, ``choice``, ``count``, ``amount`` or ``date``."""
    variants: tuple[str, ...] = ()
    required: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""
    default: int | None = None


class Equation(msgspec.Struct, frozen=True):
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
        return self.left + self.right


class Term(msgspec.Struct, frozen=True):
    """``factor`` × a sum of cells, or × a field of 基本信息, or a whole number by itself."""

    factor: int
    cells: tuple[str, ...] = ()
    field: str = ""
    last: bool = False
    """The cells are of last year's report."""


class Comparison(msgspec.Struct, frozen=True):
    """Two sums and how they should compare (``=``, ``<=``, ``<``, ``>=``, ``>``, ``<>``)."""

    left: tuple[Term, ...]
    operator: str
    right: tuple[Term, ...]


class Relation(msgspec.Struct, frozen=True):
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


class Rule(msgspec.Struct, frozen=True):
    """One check, as declared in the form file."""

    id: str
    title: str
    kind: str
    severity: str
    source: str
    message: str
    advice: str
    strict: str = ""
    """Severity under ``--strict``; the same as ``severity`` when empty."""
    explainable: bool = False
    """An error that an explanation settles (FORMAT.md: must, override); ``ask`` always is."""
    options: Mapping[str, Any] = {}
    """Every other key of the rule, for the generator of its kind."""


class Sheets(msgspec.Struct, frozen=True):
    """Names and header words of the standard workbook's own sheets."""

    guide: str
    fields: str
    texts: str
    last_year: str
    checks: str
    names: str
    text_heads: tuple[str, ...]
    """部分, 小标题, 正文."""
    last_year_heads: tuple[str, ...]
    """项目, 上年数, 说明."""
    explanation_heads: tuple[str, ...]
    """规则, 说明, 填写人, 日期."""


class Form(msgspec.Struct, frozen=True, eq=False):
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
    rules: Mapping[str, Rule]
    cells: Mapping[str, Cell]
    quantities: Mapping[str, tuple[str, ...]]
    """Placeholder name → the cells it adds up."""
    equations: tuple[Equation, ...]
    relations: tuple[Relation, ...]
    sheets: Sheets
    title_patterns: tuple[re.Pattern[str], ...]
    """The prescribed title first, then wordings in use; groups ``org`` and ``year``.  They are
    for text without white space and with half-width punctuation."""
    last_year_tables: Mapping[str, tuple[str, ...]] = {}
    """Other edition → tables whose figures mean the same in this one (FORMAT.md 4)."""
    last_year_cells: tuple[str, ...] = ()
    last_year_sections: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    final_year: int = 0
    """Last year of data this edition is for; 0 while it is in force."""
    narrative: Narrative = msgspec.field(default_factory=Narrative)
    """How texts speak of the figures."""

    def covers(self, year: int) -> bool:
        """Tell whether this edition is the one for a year's data (FORMAT.md 1)."""
        return self.first_year <= year and (not self.final_year or year <= self.final_year)

    def table(self, table_id: str) -> Table:
        """Return the table called ``table_id`` (``表三``); KeyError if there is none."""
        return next(t for t in self.tables if t.id == table_id)

    def section(self, section_id: str) -> Section:
        return next(s for s in self.sections if s.id == section_id)

    def field(self, field_id: str) -> Field:
        return next(f for f in self.fields if f.id == field_id)

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
