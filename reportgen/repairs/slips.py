"""How likely is it that this number was meant and that one typed?

Every explanation has a *cost*: ten times the binary logarithm of its improbability, whole
numbers only, so that the order of repairs is the same on every machine.  Costs add up.
A slip costs its prior (how often people make it) and the number of other results it could have
had: one of eighteen wrong digits is weaker evidence than the one way to transpose 47.
The priors are estimates, not measurements (docs/detection.md); only their order matters much.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from ..form import Cell
from ..model.numbers import Number, parse_number, show
from ..model.report import Value

__all__ = ["ERROR", "PRIORS", "Slip", "explain", "log"]

ERROR = 100
"""Cost of one more independent error: about one cell in a thousand is wrong."""

PRIORS = {
    "unreadable": 0,  # the cell must be typed anew anyhow
    "formula": 5,  # a formula total that does not give the sum
    "sign": 10,
    "empty_total": 15,  # left 0 or blank although its parts are not
    "blank": 35,
    "omitted": 45,  # left 0; but most cells that hold 0 are meant to
    "transposed": 25,
    "digit": 20,
    "missing_digit": 25,
    "doubled": 25,
    "extra_digit": 30,
    "unit": 20,  # 元 for 万元
    "copied": 45,  # the number of the neighbouring cell
    "sum": 25,  # a total that was added up wrongly or not brought up to date
    "plain": 40,
    "surplus": 75,  # a number where 0 belongs: cells are 0 until somebody types
    # several cells, one slip
    "swapped": 30,
    "moved": 30,
    "exchanged": 50,
    "shifted": 40,
    "totals": 30,
}

_PLACES = ("个", "十", "百", "千", "万", "十万", "百万", "千万", "亿")


class Slip(msgspec.Struct, frozen=True):
    """An explanation of one wrong cell."""

    kind: str
    cost: int
    reason: str


def log(count: Number) -> int:
    """Return ten times the binary logarithm of a count, rounded down to half a bit."""
    whole = max(1, int(count))
    bits = whole.bit_length() - 1
    return 10 * bits + (5 if whole * whole >= 2 ** (2 * bits + 1) else 0)


def explain(cell: Cell, value: Value, new: Number, neighbours: Sequence[tuple[str, Number]]) -> Slip:
    """Return the most likely reason why ``value`` stands where ``new`` belongs.

    Args:
        cell: the cell of the form.
        value: what was read.
        new: what it should be.
        neighbours: how to say it (``下一行``) and the figure, of the cells around it.
    """
    if value.state in ("problem", "missing"):
        return _unreadable(cell, value, new)
    old = value.number if value.number is not None else 0
    arrow = f"（{show(old)}→{show(new)}）"
    if value.formula:
        reason = "这一格的公式与各项之和不符，可能范围不对，或有数字存成了文本没有算进去"
        return Slip("formula", PRIORS["formula"], reason + arrow)
    if value.state != "number":
        what = "空着" if value.state == "blank" else f"填的是“{value.raw.strip()}”"
        cost = PRIORS["empty_total"] if cell.total else PRIORS["blank"] + log(_scaled(cell, new)) // 2
        return Slip("blank", cost, f"这一格{what}，应填{show(new)}")
    slips = [*_digit_slips(cell, old, new, arrow), *_other_slips(cell, old, new, arrow, neighbours)]
    if new == 0:
        surplus = f"应为0，多填了{show(old)}"
        slips = [
            Slip("surplus", max(PRIORS["surplus"], s.cost) + log(_scaled(cell, old)) // 2, surplus)
            for s in slips
        ]
    return min(slips, key=lambda s: (s.cost, s.kind))


def _unreadable(cell: Cell, value: Value, new: Number) -> Slip:
    bare = value.raw.strip().lstrip("-−－")
    if bare != value.raw.strip():
        parsed = parse_number(bare, kind=cell.kind, decimals=cell.decimals, unit=cell.unit)
        if parsed.number == new:
            return Slip("sign", PRIORS["unreadable"], f"多打了负号（{value.raw.strip()}→{show(new)}）")
    reason = f"“{value.raw.strip()}”不能识别为数字，按其余各格推算应为{show(new)}"
    return Slip("unreadable", PRIORS["unreadable"], reason)


def _scaled(cell: Cell, number: Number) -> int:
    """Return a figure in units of its last decimal."""
    return abs(int(Decimal(number).scaleb(cell.decimals)))


def _digit_slips(cell: Cell, old: Number, new: Number, arrow: str) -> list[Slip]:
    if old == 0 and new != 0:
        if cell.total:
            return [Slip("omitted", PRIORS["empty_total"], f"总计没有填（0→{show(new)}）")]
        cost = PRIORS["omitted"] + log(_scaled(cell, new)) // 2
        return [Slip("omitted", cost, f"没有填，还是0（0→{show(new)}）")]
    was, to_be = str(_scaled(cell, old)), str(_scaled(cell, new))
    length = len(to_be)
    differ = [n for n in range(min(len(was), length)) if was[n] != to_be[n]]
    found = []
    if len(was) == length and len(differ) == 1:
        near = _near(was[differ[0]], to_be[differ[0]])
        found.append(Slip(
            "digit", PRIORS["digit"] + log(9 * length) - (10 if near else 0),
            f"{_place(cell, length, differ[0])}打错{arrow}",
        ))  # fmt: skip
    if len(was) == length and len(differ) == 2 and sorted(was) == sorted(to_be):
        first, second = differ
        apart = 0 if second == first + 1 else 25
        names = [_place(cell, length, n) for n in (second, first)]
        found.append(Slip(
            "transposed", PRIORS["transposed"] + log(length - 1) + apart,
            f"{names[0]}和{names[1]}颠倒{arrow}",
        ))  # fmt: skip
    if length == len(was) + 1 and any(to_be[:n] + to_be[n + 1 :] == was for n in range(length)):
        found.append(Slip("missing_digit", PRIORS["missing_digit"] + log(length), f"漏打一位数字{arrow}"))
    if len(was) == length + 1:
        extra = [n for n in range(len(was)) if was[:n] + was[n + 1 :] == to_be]
        if any(n and was[n] == was[n - 1] for n in extra):
            found.append(Slip("doubled", PRIORS["doubled"] + log(length), f"一位数字打了两次{arrow}"))
        elif extra:
            cost = PRIORS["extra_digit"] + log(10 * (length + 1))
            found.append(Slip("extra_digit", cost, f"多打一位数字{arrow}"))
    return found


_KEYPAD = {d: (n % 3, n // 3) for n, d in enumerate("123456789")} | {"0": (0, -1)}
_ALIKE = {frozenset(pair) for pair in ("17", "38", "06", "08", "56", "49", "69", "27")}


def _near(one: str, other: str) -> bool:
    """Neighbours on the number pad or the key row, or digits that look alike when copied."""
    (x1, y1), (x2, y2) = _KEYPAD[one], _KEYPAD[other]
    on_pad = abs(x1 - x2) + abs(y1 - y2) == 1
    return on_pad or abs(int(one) - int(other)) == 1 or frozenset((one, other)) in _ALIKE


def _place(cell: Cell, length: int, index: int) -> str:
    """Name a digit by its place: 个位, 十位 …"""
    power = length - 1 - index - cell.decimals
    if power < 0:
        return f"小数第{-power}位"
    return f"{_PLACES[power]}位" if power < len(_PLACES) else f"左起第{index + 1}位"


def _other_slips(
    cell: Cell, old: Number, new: Number, arrow: str, neighbours: Sequence[tuple[str, Number]]
) -> list[Slip]:
    change = new - Decimal(old) if isinstance(new, Decimal) else new - old
    size = _scaled(cell, change)
    apart = f"多了{show(-change)}" if change < 0 else f"少了{show(change)}"
    found = [
        Slip("plain", PRIORS["plain"] + log(max(_scaled(cell, old), _scaled(cell, new), 8)),
             f"填报{show(old)}，{apart}")
    ]  # fmt: skip
    if cell.total:
        found.append(Slip("sum", PRIORS["sum"] + log(4 * size), f"合计可能算错{arrow}"))
    if cell.kind == "amount" and 10000 in (_ratio(old, new), _ratio(new, old)):
        found.append(Slip("unit", PRIORS["unit"], f"单位可能弄错：元与万元{arrow}"))
    if old:
        for name, figure in neighbours:
            if figure == old:
                cost = PRIORS["copied"] + log(len(neighbours))
                found.append(Slip("copied", cost, f"与{name}的{show(old)}相同，可能抄错位置{arrow}"))
                break
    return found


def _ratio(one: Number, other: Number) -> Number:
    return Decimal(one) / Decimal(other) if other else 0
