"""Report: one body's figures and texts of one year, each with where it was read.

Blank, ``0``, placeholder, unreadable and "not there" stay apart until the checks have spoken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

from ..form import Equation, Form
from .findings import CellRef, Finding, Origin
from .numbers import Number, total

__all__ = ["Explanation", "Origin", "Passage", "Report", "Value", "ValueState"]

ValueState: TypeAlias = Literal["number", "blank", "placeholder", "problem", "missing"]


class Value(msgspec.Struct, frozen=True):
    """One figure as read."""

    state: ValueState
    number: Number | None = None
    """Set for the state ``number`` only."""
    raw: str = ""
    """As it stands in the file, for messages."""
    origin: Origin | None = None
    formula: str = ""
    """The cell's formula, if it has one: a total by formula is no evidence of its own."""
    computed: bool = False
    """The file held no result of the formula; this one is ours."""
    remark: str = ""
    """What was stripped to read the number, or why it is a problem."""


class Passage(msgspec.Struct, frozen=True):
    """Text under one heading or sub-heading; ``paragraphs`` may hold placeholders."""

    section: str
    heading: str
    """Sub-heading as printed, ``""`` for text directly under the part's heading."""
    paragraphs: tuple[str, ...]
    origin: Origin | None = None


class Explanation(msgspec.Struct, frozen=True):
    """An answer on the sheet 校验 to a finding that asks."""

    rule: str
    code: str
    """核对码 of the finding (or several), as typed."""
    text: str
    name: str = ""
    date: str = ""
    printed: bool = False
    """To be printed as a note below the table."""
    origin: Origin | None = None


class Report(msgspec.Struct, frozen=True):
    """One body, one year.

    ``values`` holds every cell of the form (state ``missing`` where the source has none).
    ``fields`` holds the entries of 基本信息 by field id; absent ones are not in it.
    """

    form: Form
    values: Mapping[str, Value]
    fields: Mapping[str, str | Number] = {}
    passages: tuple[Passage, ...] = ()
    field_origins: Mapping[str, Origin] = {}
    headings: tuple[tuple[str, str], ...] = ()
    """Headings of parts found in a document, in order: section id, as it stands there."""
    title: str = ""
    """The title found in the source, ``""`` if it has none of its own."""
    path: str = ""
    kind: str = ""
    """Kind of source: ``xlsx``, ``docx`` …"""
    sha256: str = ""
    last_year: Mapping[str, Value] = {}
    """Last year's figures that stand in the same workbook, by cell id."""
    last_year_texts: Mapping[str, str] = {}
    """Last year's texts by section id."""
    register: Mapping[str, Value] = {}
    """What the register (台账) has for some figures, by cell id: only to compare with, never printed."""

    groups: Mapping[str, Value] = {}
    """Figures that the source has for a whole group of rows in place of its items, by placeholder name (``其他处理.自然人``)."""
    unread: frozenset[str] = frozenset()
    """Columns and rows, as ``表三.natural``, with a figure in a row or column that the form does not have."""
    explanations: tuple[Explanation, ...] = ()
    notices: tuple[Finding, ...] = ()
    """What the reader has to say: labels it could not match, formulas it computed."""

    @property
    def org(self) -> str:
        return str(self.fields.get("org", ""))

    @property
    def year(self) -> int | None:
        year = self.fields.get("year")
        return year if isinstance(year, int) else None

    @property
    def full_title(self) -> str:
        """The title as the form prescribes it."""
        return self.form.title_of(self.org, self.year or "")

    def number(self, cell: str) -> Number:
        """Return the figure of a cell; blank, placeholder and unreadable count as 0."""
        value = self.values.get(cell)
        return 0 if value is None or value.number is None else value.number

    def ref(self, cell: str) -> CellRef:
        """Point at a cell of the form, where this report has it."""
        value = self.values[cell]
        return CellRef(value.origin, self.form.cells[cell].label, value.number, cell)

    def last_year_ref(self, cell: str) -> CellRef:
        """Point at one of last year's figures."""
        value = self.last_year[cell]
        return CellRef(value.origin, f"上年 {self.form.cells[cell].label}", value.number, f"上年.{cell}")

    def register_ref(self, cell: str) -> CellRef:
        """Point at what the register has for a figure."""
        value, one = self.register[cell], self.form.cells[cell]
        entry = self.form.table(one.table).register
        label = f"{entry.label if entry else ''} {one.row_label}".strip()
        return CellRef(value.origin, label, value.number, f"台账.{cell}")

    def passage_ref(self, passage: Passage) -> CellRef:
        """Point at a text by the form's words for it: its part, then its sub-heading."""
        section = self.form.section(passage.section)
        part = section.heading or section.title
        label = f"{part}／{passage.heading}" if passage.heading else part
        return CellRef(passage.origin, label)

    def is_judgeable(self, equation: Equation) -> bool:
        """Whether a sum needs no figure of a row or column that was not read."""
        if not self.unread:
            return True
        rule = self.form.rules[equation.rule]
        place = 2 if getattr(rule, "along", "") == "rows" else 1
        return all(f"{id_[0]}.{id_[place]}" not in self.unread for id_ in (c.split(".") for c in equation.cells))

    def total(self, cells: Iterable[str]) -> Number:
        """Return the exact sum of the figures of these cells."""
        return total(map(self.number, cells))
