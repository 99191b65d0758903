"""Filling a plan in: the XML of a part for one report."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeAlias

from .plan import Choice, Constant, Expression, Highlight, Loop, Name, Operator, Plan, TaggedPart

__all__ = ["fill", "printable"]

Scope: TypeAlias = Mapping[str, Any]
"""What expressions can name."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return a text as a Word file can hold it: line ends as ``\\n``, and a replacement character
    for what XML 1.0 cannot contain (control characters, half a surrogate pair)."""
    return _ILLEGAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def fill(part: TaggedPart, names: Scope, marks: Collection[str] = ()) -> bytes:
    """Return the XML of one part.

    Args:
        part: of a prepared template.
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
                yield from pieces(_chosen(step, scope), scope)
            else:
                yield printable(str(_value(step.expression, scope))).translate(escapes)

    return "".join(pieces(part.plan, names)).encode()


def _rounds(loop: Loop, scope: Scope) -> Iterator[Scope]:
    items = _value(loop.items, scope)
    for n, item in enumerate(items, 1):
        yield {**scope, loop.variable: item, "loop": {"index": n, "first": n == 1, "last": n == len(items)}}


def _chosen(choice: Choice, scope: Scope) -> Plan:
    for condition, plan in choice.branches:
        if _value(condition, scope):
            return plan
    return choice.otherwise


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
