"""Prepared templates: what a template prints, as data, and filling it in for one report.

The plan of a part is its XML from beginning to end: literals (``str``), and between them what is
filled in, repeated or left out for each report.  Nothing here needs lxml, jinja2 or the template.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from ..errors import NOT_XML

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


# ---------------------------------------------------------------- filling in

Scope: TypeAlias = Mapping[str, Any]
"""What expressions can name."""


def printable(text: str) -> str:
    """Return a text as a Word file can hold it: line ends as ``\\n``, and a replacement character
    for what XML 1.0 cannot contain (control characters, half a surrogate pair)."""
    return NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def fill(part: TaggedPart, names: Scope, marks: Collection[str] = ()) -> bytes:
    """Return the XML of one part.

    Args:
        names: what its tags can name (:attr:`~reportgen.show.view.View.names`).
        marks: ids of the cells to mark.
    """
    w = part.prefix
    between = f'</{w}t><{w}%s/><{w}t xml:space="preserve">'
    escapes = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\t": between % "tab", "\n": between % "br"})
    marked = frozenset(marks)

    def pieces(plan: Plan, scope: Scope) -> Iterator[str]:
        for step in plan:
            if isinstance(step, str):
                yield step
            elif isinstance(step, Highlight):
                yield step.plain if marked.isdisjoint(step.cells) else step.marked
            elif isinstance(step, Loop):
                for inner in _rounds(step, scope):
                    yield from pieces(step.body, inner)
            elif isinstance(step, Choice):
                chosen = (plan for condition, plan in step.branches if _value(condition, scope))
                yield from pieces(next(chosen, step.otherwise), scope)
            else:
                yield printable(str(_value(step.expression, scope))).translate(escapes)

    return "".join(pieces(part.plan, names)).encode()


def _rounds(loop: Loop, scope: Scope) -> Iterator[Scope]:
    items = _value(loop.items, scope)
    for n, item in enumerate(items, 1):
        yield {**scope, loop.variable: item, "loop": {"index": n, "first": n == 1, "last": n == len(items)}}


def _value(expression: Expression, scope: Scope) -> Any:
    if isinstance(expression, Name):
        value: Any = scope
        for key in expression.keys:
            value = value[key]
        return value
    if isinstance(expression, Constant):
        return expression.value
    return _OPERATORS[expression.operator](*(_value(operand, scope) for operand in expression.operands))


_OPERATORS: dict[Operator, Callable[..., Any]] = {
    "not": lambda a: not a, "length": len,
    "and": lambda a, b: a and b, "or": lambda a, b: a or b, "default": lambda a, b: a or b,
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b, "lteq": lambda a, b: a <= b,
    "gt": lambda a, b: a > b, "gteq": lambda a, b: a >= b,
}  # fmt: skip
