"""The form's side of a comparison: what a reading adds up to, this year or last, and agreement."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from ...form.phrases import Reading
from ...model.numbers import Number
from ...model.report import Report, Value
from .numerals import Token

__all__ = ["Figures", "Side", "agrees", "printed", "said"]

_YUAN = {"元": 1, "万元": 10_000}


class Side(NamedTuple):
    """A reading with its value; amounts in 元."""

    reading: Reading
    value: Number
    cells: tuple[str, ...]
    fields: tuple[str, ...] = ()
    money: bool = False

    @property
    def name(self) -> str:
        text = ""
        for part in self.reading:
            text += ("－" if part.startswith("-") else "＋" if text else "") + part.removeprefix("-").replace(
                ".", "／"
            )
        return text


class Figures:
    """The figures of a report by placeholder name; blank, missing and unreadable ones are unknown."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.fields = {f.short: f for f in report.form.fields if f.kind in ("count", "amount")}
        self.known: dict[tuple[Reading, bool], Side | None] = {}

    def side(self, reading: Reading, *, last_year: bool = False) -> Side | None:
        """Return the value of a reading; None if one of its figures is not known."""
        asked = (reading, last_year)
        if asked not in self.known:
            self.known[asked] = self._side(reading, last_year)
        return self.known[asked]

    def _side(self, reading: Reading, last_year: bool) -> Side | None:
        total: Number = 0
        cells: list[str] = []
        fields: list[str] = []
        money = False
        for part in reading:
            name, sign = part.removeprefix("-"), -1 if part.startswith("-") else 1
            if name in self.fields and not last_year:
                field = self.fields[name]
                number = self.report.fields.get(field.id)
                if not isinstance(number, (int, Decimal)):
                    return None
                fields.append(field.id)
                money = money or field.kind == "amount"
                total = _plus(total, number * sign)
                continue
            for cell in self.report.form.quantities.get(name, ("",)):
                values: Mapping[str, Value] = self.report.last_year if last_year else self.report.values
                value = values.get(cell)
                if value is None or value.number is None:
                    return None
                factor = _YUAN.get(self.report.form.cells[cell].unit, 0)
                money = money or bool(factor)
                total = _plus(total, value.number * sign * (factor or 1))
                cells.append(cell)
        return Side(reading, total, tuple(cells), tuple(fields), money)

    def sides(self, readings: tuple[Reading, ...], *, last_year: bool = False) -> list[Side]:
        """Return the readings that are known."""
        return [s for r in readings if (s := self.side(r, last_year=last_year)) is not None]


def _plus(a: Number, b: Number) -> Number:
    return a + b if isinstance(a, int) and isinstance(b, int) else Decimal(a) + Decimal(b)


def said(token: Token) -> Number:
    """Return the number of a text, money in 元."""
    return token.value * _YUAN.get(token.unit, 1)


def printed(value: Decimal, quantum: Decimal) -> tuple[Decimal, Decimal]:
    """Return a value as printed to ``quantum``: rounded half up, and cut off."""
    steps = value / quantum
    return (
        steps.quantize(Decimal(1), ROUND_HALF_UP) * quantum, steps.quantize(Decimal(1), ROUND_FLOOR) * quantum,
    )  # fmt: skip


def agrees(actual: Number, token: Token) -> bool:
    """Whether a figure is what the text says, at the precision the text prints.

    余 means a little more, 近 a little less, 约 about: those agree within one step of the
    number's first digits (a tenth, at least one digit).
    """
    if not token.about and actual == said(token):
        return True
    number = Decimal(said(token))
    actual = Decimal(actual)
    if token.about:
        step = max(abs(number) / 10, Decimal(10) ** (len(str(int(abs(number)))) - 1))
        if token.about in ("余", "多", "几", "以上", "超", "超过", "逾", "突破"):
            return number <= actual <= number + step
        if token.about in ("近", "不足", "不到", "将近", "接近", "达到近"):
            return number - step <= actual <= number
        return abs(actual - number) <= step
    quantum = Decimal(token.quantum) * _YUAN.get(token.unit, 1)
    return quantum > 1 and number in printed(actual, quantum)
