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
        return _blank(cell, value, new)
    slips = [*_digit_slips(cell, old, new, arrow), *_other_slips(cell, old, new, arrow, neighbours)]
    if new == 0:
        slips = [_surplus(cell, old, slip) for slip in slips]
    return min(slips, key=lambda s: (s.cost, s.kind))


def _blank(cell: Cell, value: Value, new: Number) -> Slip:
    what = "空着" if value.state == "blank" else f"填的是“{value.raw.strip()}”"
    cost = PRIORS["empty_total"] if cell.total else PRIORS["blank"] + log(_scaled(cell, new)) // 2
    return Slip("blank", cost, f"这一格{what}，应填{show(new)}")


def _surplus(cell: Cell, old: Number, slip: Slip) -> Slip:
    """Return a figure where 0 belongs, which is rarer than the slip that would explain the figure."""
    cost = max(PRIORS["surplus"], slip.cost) + log(_scaled(cell, old)) // 2
    return Slip("surplus", cost, f"应为0，多填了{show(old)}")


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
    """Return the slips of one or two digits, or of a figure not typed at all, that make ``old`` of ``new``."""
    if old == 0 and new != 0:
        return [_omitted(cell, new)]
    was, to_be = str(_scaled(cell, old)), str(_scaled(cell, new))
    if len(was) == len(to_be):
        return _changed_digits(cell, was, to_be, arrow)
    if len(was) == len(to_be) - 1 and was in _without_one(to_be):
        cost = PRIORS["missing_digit"] + log(len(to_be))
        return [Slip("missing_digit", cost, f"漏打一位数字{arrow}")]
    if len(was) == len(to_be) + 1 and to_be in _without_one(was):
        doubled = any(was[n] == was[n - 1] and was[:n] + was[n + 1 :] == to_be for n in range(1, len(was)))
        if doubled:
            return [Slip("doubled", PRIORS["doubled"] + log(len(to_be)), f"一位数字打了两次{arrow}")]
        return [Slip("extra_digit", PRIORS["extra_digit"] + log(10 * len(was)), f"多打一位数字{arrow}")]
    return []


def _omitted(cell: Cell, new: Number) -> Slip:
    if cell.total:
        return Slip("omitted", PRIORS["empty_total"], f"总计没有填（0→{show(new)}）")
    cost = PRIORS["omitted"] + log(_scaled(cell, new)) // 2
    return Slip("omitted", cost, f"没有填，还是0（0→{show(new)}）")


def _without_one(digits: str) -> list[str]:
    return [digits[:n] + digits[n + 1 :] for n in range(len(digits))]


def _changed_digits(cell: Cell, was: str, to_be: str, arrow: str) -> list[Slip]:
    length = len(to_be)
    differ = [n for n in range(length) if was[n] != to_be[n]]
    if len(differ) == 1:
        n = differ[0]
        bonus = 10 if _near(was[n], to_be[n]) else 0
        cost = PRIORS["digit"] + log(9 * length) - bonus
        return [Slip("digit", cost, f"{_place(cell, length, n)}打错{arrow}")]
    if len(differ) == 2 and sorted(was) == sorted(to_be):
        first, second = differ
        cost = PRIORS["transposed"] + log(length - 1) + (0 if second == first + 1 else 25)
        reason = f"{_place(cell, length, second)}和{_place(cell, length, first)}颠倒{arrow}"
        return [Slip("transposed", cost, reason)]
    return []


_KEYPAD = {d: (n % 3, n // 3) for n, d in enumerate("123456789")} | {"0": (0, -1)}
_ALIKE = {frozenset(pair) for pair in ("17", "38", "06", "08", "56", "49", "69", "27")}


def _near(one: str, other: str) -> bool:
    """Whether digits are neighbours on the number pad or the key row, or look alike when copied."""
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
    """Return the slips that do not depend on digits; that it was just typed wrongly is always one."""
    change = new - old
    apart = f"多了{show(-change)}" if change < 0 else f"少了{show(change)}"
    size = log(max(_scaled(cell, old), _scaled(cell, new), 8))
    found = [Slip("plain", PRIORS["plain"] + size, f"填报{show(old)}，{apart}")]
    if cell.total:
        found.append(Slip("sum", PRIORS["sum"] + log(4 * _scaled(cell, change)), f"合计可能算错{arrow}"))
    if cell.kind == "amount" and 10000 in (_ratio(old, new), _ratio(new, old)):
        found.append(Slip("unit", PRIORS["unit"], f"单位可能弄错：元与万元{arrow}"))
    same = [name for name, figure in neighbours if old and figure == old]
    if same:
        cost = PRIORS["copied"] + log(len(neighbours))
        found.append(Slip("copied", cost, f"与{same[0]}的{show(old)}相同，可能抄错位置{arrow}"))
    return found


def _ratio(one: Number, other: Number) -> Number:
    return Decimal(one) / Decimal(other) if other else 0
