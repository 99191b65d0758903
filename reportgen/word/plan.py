"""Prepared templates: what a template prints, as data.

The plan of a part is its XML from beginning to end: literals (``str``), and between them what is
filled in, repeated or left out for each report.  Nothing here needs lxml, jinja2 or the template.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

__all__ = [
    "Choice", "Constant", "Expression", "Fill", "Highlight", "Loop", "Name", "Operation", "Operator", "Plan", "Prepared",
    "Step", "TaggedPart",
]  # fmt: skip

Operator: TypeAlias = Literal["not", "length", "and", "or", "default", "eq", "ne", "lt", "lteq", "gt", "gteq"]
"""Comparisons are named as jinja2 names them."""


class Name(msgspec.Struct, frozen=True):
    """A value by its name and the names inside it: ``表三.新收.自然人``."""

    keys: tuple[str, ...]


class Constant(msgspec.Struct, frozen=True):
    """A value that stands in the template."""

    value: str | bool | int | None


class Operation(msgspec.Struct, frozen=True):
    """What an operator makes of one or two values; the second of ``default`` stands in for an empty first."""

    operator: Operator
    operands: tuple[Expression, ...]


Expression: TypeAlias = Name | Constant | Operation


class Fill(msgspec.Struct, frozen=True):
    """A value, printed inside a ``w:t``."""

    expression: Expression


class Highlight(msgspec.Struct, frozen=True):
    """XML that depends on whether one of these cells is to be marked."""

    cells: tuple[str, ...]
    marked: str
    plain: str


class Loop(msgspec.Struct, frozen=True):
    """A plan printed once for each item of a list."""

    variable: str
    items: Expression
    body: Plan


class Choice(msgspec.Struct, frozen=True):
    """The first plan whose condition holds, else the last."""

    branches: tuple[tuple[Expression, Plan], ...]
    otherwise: Plan


Step: TypeAlias = str | Fill | Highlight | Loop | Choice
Plan: TypeAlias = tuple[Step, ...]


class TaggedPart(msgspec.Struct, frozen=True):
    """A part of the document that has tags."""

    prefix: str
    """Prefix of the WordprocessingML namespace in it, with its colon: ``w:``."""
    plan: Plan


class Prepared(msgspec.Struct, frozen=True):
    """A checked template, ready to print any number of reports of its form."""

    members: dict[str, TaggedPart | bytes]
    """The archive's files in order; document properties are written anew for each report."""
