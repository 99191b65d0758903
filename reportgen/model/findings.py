"""Findings: what a check or the reader has to say, as values; and how they read.

A finding carries its rule, the cells on both sides, expected, actual, difference and advice.
Texts come from the form data (:class:`~reportgen.form.Rule`); only the order of a line is here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from ..form import SEVERITIES, Form, Rule
from .numbers import Number, show

__all__ = ["CellRef", "Finding", "finding", "json_number", "sort_findings", "worst"]

_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: read aloud and typed by hand
SEVERITY_LABELS = {"error": "错误", "warning": "警告", "ask": "待核实", "info": "提示"}


class CellRef(msgspec.Struct, frozen=True):
    """A place a finding speaks of."""

    address: str
    """``表三!D4``; ``""`` if the source has no such cell."""
    label: str
    value: Number | None = None
    id: str = ""
    """Cell id of the form, ``""`` for other places (a text, a field)."""

    def __str__(self) -> str:
        return f"{self.address} {self.label}".strip()


class Finding(msgspec.Struct, frozen=True):
    """One thing to tell the user."""

    rule: str
    severity: str
    message: str
    advice: str
    cells: tuple[CellRef, ...] = ()
    expected: Number | None = None
    actual: Number | None = None
    difference: Number | None = None
    sentence: str = ""
    """The sentence of the text it is about."""
    explanation: str = ""
    """The accepted answer to it, signed."""

    @property
    def code(self) -> str:
        """核对码: five characters made of the rule and the values it speaks of.

        An explanation quotes it and so is bound to these values.
        """
        values = [(c.id or c.label, show(c.value)) for c in self.cells]
        said = self.sentence or ("" if any(c.value is not None for c in self.cells) else self.message)
        made_of = repr((self.rule, values, show(self.actual), show(self.expected), said))
        number = int.from_bytes(hashlib.sha256(made_of.encode()).digest()[:4], "big")
        return "".join(_CODE_LETTERS[(number >> shift) & 31] for shift in (0, 5, 10, 15, 20))

    @property
    def place(self) -> str:
        """Where it is, short: the first addresses."""
        addresses = list(dict.fromkeys(c.address for c in self.cells if c.address))
        if len(addresses) > 2:
            return f"{addresses[0]} 等{len(addresses)}格"
        return "、".join(addresses)

    @property
    def text(self) -> str:
        """What is wrong, then what to do."""
        said = f"“{self.sentence}”：" if self.sentence and self.sentence not in self.message else ""
        code = f"（核对码 {self.code}）" if self.severity == "ask" else ""
        answer = f"说明：{self.explanation}" if self.explanation else self.advice
        return f"{said}{self.message}。{answer}{code}"

    def line(self) -> str:
        """One line: severity, id, place, what, advice."""
        where = f" [{self.place}]" if self.place else ""
        return f"{SEVERITY_LABELS[self.severity]} {self.rule}{where} {self.text}"

    def to_json(self) -> dict[str, Any]:
        """The finding in the JSON contract (DESIGN.md 5)."""
        data: dict[str, Any] = {
            "rule": self.rule, "severity": self.severity, "message": self.message,
            "advice": self.advice,
            "cells": [
                {"id": c.id, "address": c.address, "label": c.label, "value": json_number(c.value)}
                for c in self.cells
            ],
            "expected": json_number(self.expected), "actual": json_number(self.actual),
            "difference": json_number(self.difference),
        }  # fmt: skip
        data["code"] = self.code
        if self.sentence:
            data["sentence"] = self.sentence
        if self.explanation:
            data["explanation"] = self.explanation
        return data


def json_number(number: Number | None) -> int | str | None:
    """Integers as JSON numbers, amounts as exact decimal strings, blank as null."""
    if number is None or isinstance(number, int):
        return number
    return show(number)


class _Shown(dict[str, object]):
    """Words as messages show them; most messages name a few of those given."""

    def __getitem__(self, word: str) -> str:
        value = super().__getitem__(word)
        return show(value) if isinstance(value, (int, Decimal)) or value is None else str(value)


def finding(
    rule: Rule,
    cells: Iterable[CellRef] = (),
    *,
    strict: bool = False,
    severity: str = "",
    expected: Number | None = None,
    actual: Number | None = None,
    difference: Number | None = None,
    sentence: str = "",
    **words: object,
) -> Finding:
    """Make a finding of ``rule``; ``words`` fill its message and advice,
    with ``expected``, ``actual``, ``difference`` and ``sentence``.

    Numbers among the words are shown as the report prints them.
    """
    given = {"expected": expected, "actual": actual, "difference": difference, "sentence": sentence}
    texts = _Shown(given | words)
    return Finding(
        rule.id,
        (rule.strict if strict and rule.strict else severity or rule.severity),
        rule.message.format_map(texts),
        rule.advice.format_map(texts) + (f"（理由：{rule.reason}）" if rule.reason else ""),
        tuple(cells), expected, actual, difference, sentence,
    )  # fmt: skip


def sort_findings(findings: Iterable[Finding], form: Form) -> list[Finding]:
    """Errors first, then by the form's order of rules; stable within a rule."""
    order = _order(form)
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), order.get(f.rule, len(order))))


@lru_cache(maxsize=16)
def _order(form: Form) -> dict[str, int]:
    return {rule: n for n, rule in enumerate(form.rules)}


def worst(findings: Iterable[Finding]) -> str:
    """Return the status word of DESIGN.md 5: ``errors``, ``warnings`` or ``ok``.

    ``ask`` counts as a warning: somebody has to look.
    """
    found = {f.severity for f in findings}
    return "errors" if "error" in found else "warnings" if found & {"warning", "ask"} else "ok"
