"""Rules that relate figures of this year and last year, spelled out from their expressions.

An expression compares two sums: ``表二.rule.valid = last.表二.rule.valid + 表二.rule.made``.
A term is an optional whole factor (``10*``), then a cell, a group (the sum of its items),
``last.`` before either, ``field.<id>`` of 基本信息, or a whole number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from .model import Comparison, Relation, Rule, Term

__all__ = ["RELATION_KEYS", "relations"]

RELATION_KEYS = {"expect", "when", "each", "fields", "unless_fields", "from_year", "text", "cases"}

_COMPARISON = re.compile(r"\s*(<=|>=|<>|=|<|>)\s*")
_TERM = re.compile(r"(?:(\d+)\*)?(\S+)")

Expand = Callable[[str], tuple[str, ...]]
"""Cell or group id → cell ids; KeyError if there is no such thing."""


def relations(
    rule: Rule, expand: Expand, fields: set[str], fault: Callable[[str], None]
) -> Iterator[Relation]:
    """Spell out one rule of kind ``relation`` for every value of its ``each``.

    Args:
        rule: the rule as declared.
        expand: resolves a cell or group id.
        fields: ids of 基本信息.
        fault: told of every mistake of the form's author.
    """
    options = dict(rule.options)
    for key in options:
        if key not in RELATION_KEYS:
            fault(f"不认得的键“{key}”")
    for condition in ("fields", "unless_fields"):
        for name in options.get(condition, {}):
            if name not in fields:
                fault(f"没有基本信息项“{name}”")
    each: Mapping[str, list[str]] = options.get("each", {})
    for case in options.get("cases", [options]):
        for values in product(*each.values()):
            words = dict(zip(each, values, strict=True))
            try:
                yield Relation(
                    rule.id,
                    _comparison(str(case["expect"]), words, expand, fields),
                    tuple(_comparison(w, words, expand, fields) for w in case.get("when", ())),
                    _choices(options.get("fields", {})),
                    _choices(options.get("unless_fields", {})),
                    int(options.get("from_year", 0)),
                    tuple(options.get("text", ())),
                )
            except (KeyError, ValueError) as error:
                fault(f"式子看不懂：{error}")


def _choices(data: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(values)) for name, values in data.items())


def _comparison(text: str, words: Mapping[str, str], expand: Expand, fields: set[str]) -> Comparison:
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    parts = _COMPARISON.split(text)
    if len(parts) != 3:
        raise ValueError(text)
    left, operator, right = parts
    return Comparison(_sum(left, expand, fields), operator, _sum(right, expand, fields))


def _sum(text: str, expand: Expand, fields: set[str]) -> tuple[Term, ...]:
    terms, sign = [], 1
    for token in text.split():
        if token in ("+", "-"):
            sign = 1 if token == "+" else -1
            continue
        match = _TERM.fullmatch(token)
        if match is None:
            raise ValueError(token)
        factor, name = sign * int(match[1] or 1), match[2]
        if name.isdecimal():
            terms.append(Term(factor * int(name)))
        elif name.startswith("field."):
            if name[6:] not in fields:
                raise KeyError(name)
            terms.append(Term(factor, field=name[6:]))
        elif name.startswith("last."):
            terms.append(Term(factor, expand(name[5:]), last=True))
        else:
            terms.append(Term(factor, expand(name)))
        sign = 1
    return tuple(terms)
