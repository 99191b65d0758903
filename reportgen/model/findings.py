"""Findings: what a check or the reader has to say, as values.

A finding carries its rule, its severity, the cells on both sides with their origins, the equation it
came from, expected, actual, difference and advice.  Lines, JSON, pages and marks are made from these.
Texts come from the form data (:class:`~reportgen.form.Rule`); only their order is here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import msgspec

from ..form import SEVERITIES, Equation, Form, Rule
from .numbers import Number, show

_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: read aloud and typed by hand
RESULT_SIGN = "reportgen.marks/1"
"""Stands in the first hidden cell of the sheet with the results in a marked copy: what that sheet says is ours."""

SEVERITY_LABELS = {"error": "错误", "warning": "警告", "ask": "待核实", "info": "提示"}


class Origin(msgspec.Struct, frozen=True):
    """Where something was read: a cell of a sheet or table, a paragraph, an entry of a data file."""

    sheet: str
    """Sheet name; in a document the table's name (第1个表格) or 正文."""
    address: str = ""
    """As the user finds it: ``D4`` in a workbook, ``第4行第4列`` or a paragraph in a document."""
    row: int = 0
    """1-based, as the file numbers its rows; 0 where it is not a cell."""
    column: int = 0
    """1-based; 0 where it is not a cell."""
    hidden: bool = False
    """In a hidden row, column or sheet."""
    file: str = ""
    """Path of the file if it is not the report's own: last year's figures may come from another."""

    def __str__(self) -> str:
        return f"{self.sheet}!{self.address}" if self.address else self.sheet

    @property
    def is_own_cell(self) -> bool:
        """It is a cell of the report's own file, so that a mark or a link can go there."""
        return self.row > 0 and not self.file

    @property
    def place(self) -> tuple[str, str, str]:
        """File, sheet and address: equal for everything read at the same place."""
        return self.file, self.sheet, self.address


class CellRef(msgspec.Struct, frozen=True):
    """A place a finding speaks of."""

    origin: Origin | None
    """Where it was read; None if the source has no such place."""
    label: str
    value: Number | None = None
    id: str = ""
    """Cell id of the form, ``""`` for other places (a text, a field)."""

    @property
    def address(self) -> str:
        """``表三!D4`` for messages; ``""`` if the source has no such place."""
        return str(self.origin) if self.origin else ""

    def __str__(self) -> str:
        return f"{self.address} {self.label}".strip()


class Finding(msgspec.Struct, frozen=True):
    """One thing to tell the user."""

    rule: str
    """Id of the rule of the form: ``T3-02``."""
    severity: str
    """One of :data:`~reportgen.form.SEVERITIES`."""
    message: str
    advice: str
    """What to do about it."""
    cells: tuple[CellRef, ...] = ()
    """The cells it speaks of: of a sum those of the left side, then those of the right one."""
    expected: Number | None = None
    actual: Number | None = None
    difference: Number | None = None
    equation: Equation | None = None
    """The broken sum, of a rule of arithmetic."""
    sentence: str = ""
    """The sentence of the text it is about."""
    explanation: str = ""
    """The accepted answer to it, signed."""
    explainable: bool = False
    """An explanation settles it, whatever its severity."""
    body: str = ""
    """Whose report it is about and of which year: an explanation of one report says nothing about another."""

    @property
    def is_answerable(self) -> bool:
        """Whether an explanation settles it."""
        return self.explainable or self.severity == "ask"

    @property
    def code(self) -> str:
        """Return the 核对码: five characters made of the rule, the body and the values it speaks of.

        An explanation quotes it and so is bound to these values.
        """
        values = [(c.id or c.label, show(c.value)) for c in self.cells]
        said = self.sentence or ("" if any(c.value is not None for c in self.cells) else self.message)
        made_of = repr((self.rule, self.body, values, show(self.actual), show(self.expected), said))
        number = int.from_bytes(hashlib.sha256(made_of.encode()).digest()[:4], "big")
        return "".join(_CODE_LETTERS[(number >> shift) & 31] for shift in (0, 5, 10, 15, 20))

    @property
    def place(self) -> str:
        """Return where it is, in short: the first addresses."""
        addresses = list(dict.fromkeys(c.address for c in self.cells if c.address))
        if len(addresses) > 2:
            return f"{addresses[0]} 等{len(addresses)}格"
        return "、".join(addresses)

    @property
    def text(self) -> str:
        """Return what is wrong, then what to do."""
        said = f"“{self.sentence}”：" if self.sentence and self.sentence not in self.message else ""
        return f"{said}{self.message}。{self.what_to_do}"

    @property
    def what_to_do(self) -> str:
        """Return the advice with the 核对码 that an explanation quotes, or the explanation that was given."""
        if self.explanation:
            return f"说明：{self.explanation}"
        return self.advice + (f"（核对码 {self.code}）" if self.is_answerable else "")

    def line(self) -> str:
        """Return one line: severity, rule, place, what is wrong, what to do."""
        where = f" [{self.place}]" if self.place else ""
        return f"{SEVERITY_LABELS[self.severity]} {self.rule}{where} {self.text}"


def json_number(number: Number | None) -> int | str | None:
    """Return a number as the JSON contract has it: integer, amount as exact decimal string, blank as null."""
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
    equation: Equation | None = None,
    sentence: str = "",
    **words: object,
) -> Finding:
    """Make a finding of a rule; its message and advice are filled with the values given here.

    Args:
        strict: take the severity that the rule has under ``--strict``.
        severity: instead of the rule's own.
        expected, actual, difference, sentence: of the finding, and words for its texts.
        equation: the broken sum.
        words: the other words for its texts; numbers are shown as the report prints them.
    """
    given = {"expected": expected, "actual": actual, "difference": difference, "sentence": sentence}
    texts = _Shown(given | words)
    return Finding(
        rule.id,
        (rule.strict if strict and rule.strict else severity or rule.severity),
        rule.message.format_map(texts),
        rule.advice.format_map(texts) + (f"（理由：{rule.reason}）" if rule.reason else ""),
        tuple(cells), expected, actual, difference, equation, sentence, explainable=rule.explainable,
    )  # fmt: skip


_NAMED = 6
"""Cells that a finding about many of them names."""


def by_table(
    rule: Rule, said: Iterable[tuple[str, CellRef, str]], *, strict: bool = False, severity: str = ""
) -> Iterator[Finding]:
    """Yield one finding per table, in the order of ``said``: table, cell, and what is to be said of the cell.

    The rule's message names ``place`` and ``what``.
    """
    tables: dict[str, list[tuple[CellRef, str]]] = {}
    for table, ref, what in said:
        tables.setdefault(table, []).append((ref, what))
    for table, here in tables.items():
        refs = [ref for ref, _ in here]
        place = f"“{refs[0].label}”" if len(refs) == 1 else f"{table}有{len(refs)}个数字格"
        yield finding(
            rule, refs, strict=strict, severity=severity, actual=refs[0].value if len(refs) == 1 else None,
            place=place, what=what_of(refs, [what for _, what in here]),
        )  # fmt: skip


def what_of(refs: Sequence[CellRef], said: Sequence[str]) -> str:
    """Return what is to be said of each of these cells, the first few of many, with their addresses."""
    if len(refs) == 1:
        return said[0]
    named = [f"{ref.address or ref.label}{what}" for ref, what in zip(refs, said, strict=True)]
    return "、".join(named[:_NAMED]) + ("等" if len(named) > _NAMED else "")


def sort_findings(findings: Iterable[Finding], form: Form) -> list[Finding]:
    """Errors first, then by the form's order of rules; stable within a rule."""
    order = {rule: n for n, rule in enumerate(form.rules)}
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), order.get(f.rule, len(order))))


def worst(findings: Iterable[Finding]) -> str:
    """Return the status word of the JSON (docs/architecture.md): ``errors``, ``warnings`` or ``ok``.

    ``ask`` counts as a warning: somebody has to look.
    """
    found = {f.severity for f in findings}
    return "errors" if "error" in found else "warnings" if found & {"warning", "ask"} else "ok"
