"""Prepared templates and how they are printed; nothing here needs lxml, jinja2 or the template.

The plan of a part is a list of literal XML (``str``) and operations:

* ``["v", expression]`` prints a value inside a ``w:t``;
* ``["for", variable, expression, plan]``;
* ``["if", [[expression, plan], …], plan]``, the last plan for ``else``;
* ``["mark", [cell, …], marked, plain]`` prints ``marked`` if one of the cells is to be marked.

Expressions are those of :mod:`.tags`.  All of it is JSON, by which :mod:`.cache` keeps it on disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from ..opc.archive import Member

__all__ = ["Part", "Plan", "Prepared", "nest", "printable", "render_part"]

Plan: TypeAlias = "list[Any]"
Scope: TypeAlias = "dict[str, Any]"


class Part(msgspec.Struct, frozen=True):
    """A part of the document that has tags."""

    name: str
    prefix: str
    """Prefix of the WordprocessingML namespace in it, with its colon: ``w:``."""
    plan: Plan


class Prepared(msgspec.Struct, frozen=True):
    """A checked template, ready to print any number of reports of its form."""

    form: str
    members: tuple[Part | Member, ...]
    """The archive's files in order; document properties are written anew for each report."""


_UNSAFE = re.compile("[&<>\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return a text as a Word file can hold it: line ends as ``\\n``, and a replacement character
    for what XML 1.0 cannot contain (control characters, half a surrogate pair)."""
    return _ILLEGAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def render_part(part: Part, names: Mapping[str, Any], marks: Collection[str] = ()) -> bytes:
    """Print one part.

    Args:
        part: of a prepared template.
        names: what its tags can name (:attr:`~reportgen.view.View.names`).
        marks: ids of the cells to mark.
    """
    w = part.prefix
    step = f'</{w}t><{w}%s/><{w}t xml:space="preserve">'
    breaks = {
        "&": "&amp;", "<": "&lt;", ">": "&gt;", "\t": step % "tab", "\n": step % "br",
    }  # fmt: skip

    def escape(text: str) -> str:
        if text.isalnum() or _UNSAFE.search(text) is None:
            return text
        return _UNSAFE.sub(lambda m: breaks.get(m[0], "\ufffd"), printable(text))

    out: list[bytes] = []
    plan = _settled(part.plan, frozenset(marks))
    _Printer(out.append, escape).run(plan, dict(names))
    return b"".join(out)


def _settled(plan: Plan, marks: frozenset[str]) -> Plan:
    """Return a plan whose literals are encoded, with the marks among them; those side by side are one."""
    settled: Plan = []
    for item in plan:
        if isinstance(item, str):
            literal = item.encode()
        elif item[0] == "mark":
            literal = item[3 if marks.isdisjoint(item[1]) else 2].encode()
        elif item[0] == "for":
            settled.append([*item[:3], _settled(item[3], marks)])
            continue
        elif item[0] == "if":
            branches = [[test, _settled(body, marks)] for test, body in item[1]]
            settled.append(["if", branches, _settled(item[2], marks)])
            continue
        else:
            settled.append(item)
            continue
        if settled and isinstance(settled[-1], bytes):
            settled[-1] += literal
        else:
            settled.append(literal)
    return settled


class _Printer:
    """Prints settled plans."""

    __slots__ = ("escape", "put")

    def __init__(self, put: Callable[[bytes], None], escape: Callable[[str], str]) -> None:
        self.put, self.escape = put, escape

    def run(self, plan: Plan, scope: Scope) -> None:
        put = self.put
        for item in plan:
            if item.__class__ is bytes:
                put(item)
                continue
            verb = item[0]
            if verb == "v":
                put(self.escape(str(_value(item[1], scope))).encode())
            elif verb == "for":
                self.loop(item[1], _value(item[2], scope), item[3], scope)
            else:
                self.run(next((body for test, body in item[1] if _value(test, scope)), item[2]), scope)

    def loop(self, variable: str, items: list[Any], body: Plan, scope: Scope) -> None:
        inner = dict(scope)
        for n, value in enumerate(items, 1):
            inner[variable] = value
            inner["loop"] = {"index": n, "first": n == 1, "last": n == len(items)}
            self.run(body, inner)


def _value(expression: list[Any], scope: Scope) -> Any:
    verb = expression[0]
    if verb == "path":
        value = scope[expression[1]]
        for key in expression[2:]:
            value = value[key]
        return value
    if verb == "const":
        return expression[1]
    left = _value(expression[1], scope)
    if verb == "and":
        return left and _value(expression[2], scope)
    if verb in ("or", "default"):
        return left or _value(expression[2], scope)
    return _OPERATORS[verb](left, *(_value(e, scope) for e in expression[2:]))


_OPERATORS: dict[str, Callable[..., Any]] = {
    "not": lambda a: not a, "length": len,
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b, "lteq": lambda a, b: a <= b,
    "gt": lambda a, b: a > b, "gteq": lambda a, b: a >= b,
}  # fmt: skip


def nest(flat: Iterator[Any]) -> tuple[Plan, list[Any]]:
    """Build a plan from its items in a row.

    Args:
        flat: literals and operations; blocks as ``["for", variable, expression]``, ``["if", e]``,
            ``["elif", e]``, ``["else"]`` and ``["end"]``, balanced.

    Returns:
        the plan up to the operation that ends it, and that operation (``["end"]`` at the end).
    """
    plan: Plan = []
    for item in flat:
        if isinstance(item, str):
            if plan and isinstance(plan[-1], str):
                plan[-1] += item
            elif item:
                plan.append(item)
        elif item[0] in ("elif", "else", "end"):
            return plan, item
        elif item[0] == "for":
            body, _ = nest(flat)
            plan.append([*item, body])
        elif item[0] == "if":
            plan.append(_nest_if(item, flat))
        else:
            plan.append(item)
    return plan, ["end"]


def _nest_if(opening: list[Any], flat: Iterator[Any]) -> list[Any]:
    branches: list[list[Any]] = []
    last: Plan = []
    while opening[0] != "end":
        body, following = nest(flat)
        if opening[0] == "else":
            last = body
        else:
            branches.append([opening[1], body])
        opening = following
    return ["if", branches, last]
