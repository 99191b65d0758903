"""The form's side of a comparison: what a reading adds up to, this year or last, and agreement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from msgspec import Struct

from ...form.words import Reading
from ...model.findings import CellRef
from ...model.numbers import Number
from ...model.report import Report
from .numerals import Token

YUAN = {"元": 1, "万元": 10_000}
"""Units of money, in 元."""


class ReadingSum(Struct, frozen=True):
    """A reading with its value; amounts in 元."""

    reading: Reading
    value: Number
    cells: tuple[str, ...]
    fields: tuple[str, ...] = ()
    money: bool = False

    @property
    def name(self) -> str:
        """The figures by their placeholder names, joined by ＋ and －."""
        signs = ["－" if part.startswith("-") else "＋" for part in self.reading]
        names = [part.removeprefix("-").replace(".", "／") for part in self.reading]
        return "".join(map("".join, zip(signs, names, strict=True))).removeprefix("＋")


class _Part(Struct, frozen=True):
    """One figure of a reading, money in 元."""

    number: Number | None
    cell: str = ""
    field: str = ""
    money: bool = False


class Quantities:
    """The figures of a report by placeholder name; blank, missing and unreadable ones are unknown."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.fields = {f.short: f for f in report.form.fields if f.kind in ("count", "amount")}

    def sum_of(self, reading: Reading, *, last_year: bool = False) -> ReadingSum | None:
        """Return the value of a reading; None if one of its figures is not known."""
        total: Number = 0
        parts = []
        for name in reading:
            for part in self._parts(name.removeprefix("-"), last_year):
                if part.number is None:
                    return None
                total += -part.number if name.startswith("-") else part.number
                parts.append(part)
        return ReadingSum(
            reading, total, tuple(p.cell for p in parts if p.cell), tuple(p.field for p in parts if p.field),
            any(p.money for p in parts),
        )  # fmt: skip

    def _parts(self, name: str, last_year: bool) -> Iterator[_Part]:
        if name in self.fields and not last_year:
            field = self.fields[name]
            value = self.report.fields.get(field.id)
            yield _Part(None if isinstance(value, str) else value, "", field.id, field.kind == "amount")
            return
        if not last_year and name in self.report.groups:
            yield _Part(self.report.groups[name].number)
            return
        values = self.report.last_year if last_year else self.report.values
        for cell in self.report.form.quantities.get(name, ("",)):
            number = values[cell].number if cell in values else None
            if number is None:
                yield _Part(None)
                return
            factor = YUAN.get(self.report.form.cells[cell].unit, 0)
            yield _Part(number * (factor or 1), cell, money=bool(factor))

    def sums_of(self, readings: tuple[Reading, ...], *, last_year: bool = False) -> list[ReadingSum]:
        """Return the readings that are known."""
        return [s for r in readings if (s := self.sum_of(r, last_year=last_year)) is not None]

    def refs(self, sums: Iterable[ReadingSum]) -> tuple[CellRef, ...]:
        """Point at the cells and the fields of some readings, each once."""
        report, refs = self.report, []
        for one in sums:
            refs += [report.ref(cell) for cell in one.cells]
            for name in one.fields:
                origin, value = report.field_origins.get(name), report.fields[name]
                label = report.form.field(name).label
                refs.append(CellRef(origin, label, None if isinstance(value, str) else value))
        return tuple(dict.fromkeys(refs))


def said(token: Token) -> Number:
    """Return the number of a text, money in 元."""
    return token.value * YUAN.get(token.unit, 1)


def printed(value: Decimal, quantum: Decimal) -> tuple[Decimal, Decimal]:
    """Return a value as printed to ``quantum``: rounded half up, and cut off."""
    steps = value / quantum
    return (
        steps.quantize(Decimal(1), ROUND_HALF_UP) * quantum, steps.quantize(Decimal(1), ROUND_FLOOR) * quantum,
    )  # fmt: skip


def agrees(actual: Number, token: Token) -> bool:
    """Whether a figure is what the text says, at the precision the text prints.

    余 means a little more, 近 a little less, 约 about: those agree within one step of the
    number's first digits (a tenth, at least one digit), or a twentieth if it is printed in full.
    """
    if not token.about and actual == said(token):
        return True
    number = Decimal(said(token))
    actual = Decimal(actual)
    if token.about:
        # 100余件 may be 148, but 约1287万元 is not 1386, nor 约2.80亿元 2.08亿: printed digits are meant so.
        first = Decimal(10) ** (len(str(int(abs(number)))) - 1)
        step = {0: first, 1: first, 2: abs(number) / 10}.get(token.digits, abs(number) / 20)
        if token.about in ("余", "多", "几", "以上", "超", "超过", "逾", "突破"):
            return number <= actual <= number + step
        if token.about in ("近", "不足", "不到", "将近", "接近", "达到近"):
            return number - step <= actual <= number
        return abs(actual - number) <= step
    quantum = Decimal(token.quantum) * YUAN.get(token.unit, 1)
    return quantum > 1 and number in printed(actual, quantum)
