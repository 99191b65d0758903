"""Arithmetic rules of a form file, spelled out: which cells are added up, and how the sums compare.

An expression compares two sums: ``表二.rule.valid = last.表二.rule.valid + 表二.rule.made``.
A term is an optional whole factor (``10*``), then a cell, a group (the sum of its items),
``last.`` before either, ``field.<id>`` of 基本信息, or a whole number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from msgspec import Struct

from .kinds import AtMost, Case, Equal, RelationRule
from .records import Block, Cell, Comparison, Equation, Node, Relation, Table, Term
from .tables import walk

_COMPARISON = re.compile(r"\s*(<=|>=|<>|=|<|>)\s*")
_TERM = re.compile(r"(?:(\d+)\*)?(\S+)")


class Figures(Struct, frozen=True):
    """What an expression may name."""

    tables: tuple[Table, ...]
    cells: Mapping[str, Cell]
    fields: Mapping[str, str]
    """The entries of 基本信息, and the kind of each."""

    def cells_of(self, name: str) -> tuple[str, ...]:
        """Return the cells that ``表三.denied.total`` stands for: one, or the items of a group.

        Raises:
            ValueError: there is no such cell or group.
        """
        if name in self.cells:
            return (name,)
        table, row, column = name.split(".") if name.count(".") == 2 else ("", "", "")
        groups = {n.id: n for t in self.tables if t.id == table for b in t.blocks for top in b.rows for n in walk(top)}
        leaves = groups[row].leaves() if row in groups else ()
        ids = tuple(f"{table}.{leaf.id}.{column}" for leaf in leaves if not leaf.total)
        if not ids or not all(cell in self.cells for cell in ids):
            raise ValueError(f"没有“{name}”")
        return ids


# --------------------------------------------------------------------------- sums of rows or columns


def equations(rule: Equal | AtMost, figures: Figures) -> Iterator[Equation]:
    """Spell out a rule about sums for every column (or row) it ranges over.

    Raises:
        ValueError: what is wrong with the rule, in Chinese.
    """
    table = next(t for t in figures.tables if t.id == rule.table)
    found = False
    for block in table.blocks:
        tops, others = block.rows, block.column_leaves()
        if rule.along == "columns":
            tops, others = block.columns, block.row_leaves()
        sides = [_leaves(tops, names) for names in (rule.left, rule.right)]
        if not all(sides):
            continue
        for other in others:
            if not rule.each or other.id in rule.each:
                found = True
                yield _equation(rule, table.id, sides, other, block)
    if not found:
        raise ValueError(_why_nothing(rule, table))


def _leaves(tops: tuple[Node, ...], names: tuple[str, ...]) -> list[str]:
    """Expand terms: a leaf's id, a group's id (its items without totals) or ``@parts``; [] if one is missing."""
    every = {node.id: node for top in tops for node in walk(top)}
    found: list[str] = []
    for name in names:
        if name == "@parts":
            found += [leaf.id for top in tops for leaf in top.leaves() if not leaf.total]
        elif name not in every:
            return []
        elif every[name].children:
            found += [leaf.id for leaf in every[name].leaves() if not leaf.total]
        else:
            found.append(name)
    return found


def _equation(rule: Equal | AtMost, table: str, sides: list[list[str]], other: Node, block: Block) -> Equation:
    rows = rule.along == "rows"
    ids = [
        tuple(f"{table}.{term}.{other.id}" if rows else f"{table}.{other.id}.{term}" for term in side) for side in sides
    ]
    label = other.label if rows else next(_row_labels(block.rows, other.id))
    return Equation(rule.id, ids[0], ids[1], rule.kind, f"“{label}”")


def _row_labels(nodes: tuple[Node, ...], wanted: str, above: str = "") -> Iterator[str]:
    for node in nodes:
        if node.id == wanted:
            yield above + node.label
        yield from _row_labels(node.children, wanted, f"{above}{node.label}／")


def _why_nothing(rule: Equal | AtMost, table: Table) -> str:
    if not rule.left or not rule.right:
        return "left 和 right 都不能为空"
    trees = [b.rows if rule.along == "rows" else b.columns for b in table.blocks]
    known = {node.id for tops in trees for top in tops for node in walk(top)} | {"@parts"}
    unknown = [name for name in (*rule.left, *rule.right) if name not in known]
    if unknown:
        return f"没有行或列“{'”“'.join(unknown)}”"
    others = {n.id for b in table.blocks for n in (b.column_leaves() if rule.along == "rows" else b.row_leaves())}
    unknown = [name for name in rule.each if name not in others]
    return f"each 里没有行或列“{'”“'.join(unknown)}”" if unknown else "left 和 right 的各项不在同一块里"


# --------------------------------------------------------------------------- expressions


def relations(rule: RelationRule, figures: Figures) -> Iterator[Relation]:
    """Spell out a rule of expressions for every value of its ``each``.

    Raises:
        ValueError: what is wrong with the rule, in Chinese.
    """
    if bool(rule.expect) == bool(rule.cases) or (rule.cases and rule.when):
        raise ValueError("写 expect（可以有 when），或者写 cases，不能都写或都不写")
    for case in rule.cases or (Case(rule.expect, rule.when),):
        for word in rule.each:
            if not any(f"{{{word}}}" in text for text in (case.expect, *case.when)):
                raise ValueError(f"式子里没有用到 each 的“{{{word}}}”")
        for values in product(*rule.each.values()):
            words = dict(zip(rule.each, values, strict=True))
            yield Relation(
                rule.id,
                _comparison(case.expect, words, figures),
                tuple(_comparison(text, words, figures) for text in case.when),
                tuple(rule.fields.items()), tuple(rule.unless_fields.items()),
                rule.from_year, rule.text or (),
            )  # fmt: skip


def _comparison(text: str, words: Mapping[str, str], figures: Figures) -> Comparison:
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    parts = _COMPARISON.split(text)
    if len(parts) != 3:
        raise ValueError(f"式子“{text}”里应有一个比较（= <= >= < > <>）")
    left, operator, right = parts
    return Comparison(_sum(left, figures), operator, _sum(right, figures))


def _sum(text: str, figures: Figures) -> tuple[Term, ...]:
    terms, sign, open_end = [], 1, True
    for token in text.split():
        if token in ("+", "-"):
            sign, open_end = (1 if token == "+" else -1), True
            continue
        if not open_end:
            raise ValueError(f"“{text}”里少了 + 或 -（前后要有空格）")
        terms.append(_term(token, sign, figures))
        sign, open_end = 1, False
    if open_end:
        raise ValueError(f"“{text}”没有写完")
    return tuple(terms)


def _term(token: str, sign: int, figures: Figures) -> Term:
    match = _TERM.fullmatch(token)
    assert match is not None
    factor, name = sign * int(match[1] or 1), match[2]
    if name.isdecimal():
        return Term(factor * int(name))
    if name.startswith("field."):
        field = name.removeprefix("field.")
        if figures.fields.get(field) not in ("count", "amount"):
            raise ValueError(f"基本信息里没有数字项“{field}”")
        return Term(factor, field=field)
    if name.startswith("last."):
        return Term(factor, figures.cells_of(name.removeprefix("last.")), last=True)
    return Term(factor, figures.cells_of(name))
