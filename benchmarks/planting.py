"""Valid reports to plant errors in, and the errors: what `detection.py` measures with."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from reportgen.form import Form
from reportgen.model.report import Origin, Passage, Report, Value

ROOT = Path(__file__).parent.parent
REQUESTS, DISPUTES = "表三", "表四"
Figures = dict[str, int]
Slip = Callable[[random.Random, int], "int | None"]


# ---------------------------------------------------------------- valid reports


@dataclass(frozen=True)
class Size:
    """A kind of body: how much it handles and how it is spread."""

    name: str
    handled: tuple[int, int]
    organisations: float
    """Share of applications from organisations."""
    disputes: int
    """Largest figure of a detail cell of the disputes."""


SIZES = (Size("乡镇", (0, 12), 0.05, 1), Size("区县", (60, 400), 0.06, 8), Size("城市", (1500, 9000), 0.08, 90))
WEIGHTS = (40, 10, 1, 1, 1, 2, 2, 3, 4, 3, 22, 3, 1, 4, 2, 1, 1, 1, 3, 1, 3)
"""Rough shares of the 21 results in published reports."""


def requests_of(form: Form) -> tuple[list[str], list[str]]:
    """Return the row and column ids of the table of applications."""
    block = form.table(REQUESTS).blocks[0]
    return [r.id for r in block.row_leaves()], [c.id for c in block.column_leaves()]


def make_valid(form: Form, size: Size, rng: random.Random) -> Figures:
    """Return figures that satisfy every sum: details drawn, totals added up."""
    rows, columns = requests_of(form)
    new, carried_in, *results, done, carried_out = rows
    figures: Figures = {}
    for column in columns[:-1]:
        share = 1 - size.organisations if column == columns[0] else size.organisations / 5
        count = int(rng.randint(*size.handled) * share + rng.random())
        drawn = rng.choices(results, WEIGHTS, k=count)
        before, after = rng.randint(0, count // 12 + 1), rng.randint(0, count // 8 + 1)
        before = min(before, count + after)
        values = {r: drawn.count(r) for r in results}
        values |= {new: count + after - before, carried_in: before, done: count, carried_out: after}
        figures |= {f"{REQUESTS}.{r}.{column}": values[r] for r in rows}
    for row in rows:
        figures[f"{REQUESTS}.{row}.{columns[-1]}"] = sum(figures[f"{REQUESTS}.{row}.{c}"] for c in columns[:-1])
    for row, parts in disputes_of(form):
        for part in parts[:-1]:
            figures[f"{DISPUTES}.{row}.{part}"] = rng.choice((0, rng.randint(0, size.disputes)))
        figures[f"{DISPUTES}.{row}.{parts[-1]}"] = sum(figures[f"{DISPUTES}.{row}.{p}"] for p in parts[:-1])
    return figures


def disputes_of(form: Form) -> list[tuple[str, list[str]]]:
    block = form.table(DISPUTES).blocks[0]
    return [(r.id, [c.id for c in block.column_leaves()]) for r in block.row_leaves()]


def published(form: Form) -> list[tuple[str, Figures]]:
    """Return the published figures in tests/data that are complete and satisfy every sum."""
    found = []
    rows, columns = requests_of(form)
    for path in sorted((ROOT / "tests" / "data").glob("*_20*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        tables = [data.get("t3", {}), data.get("t4", {})]
        if data.get("form") != form.id or not all(all(t.values()) and t for t in tables):
            continue
        figures: Figures = {}
        for row, line in zip(rows, tables[0].values(), strict=True):
            figures |= {f"{REQUESTS}.{row}.{c}": v for c, v in zip(columns, line, strict=True)}
        for (row, parts), line in zip(disputes_of(form), tables[1].values(), strict=True):
            figures |= {f"{DISPUTES}.{row}.{p}": v for p, v in zip(parts, line, strict=True)}
        if all(isinstance(v, int) for v in figures.values()) and not broken(form, figures):
            found.append((str(data["org"]), figures))
    return found


def broken(form: Form, figures: Mapping[str, int]) -> bool:
    """Whether a sum does not hold."""
    return any(
        sum(figures[c] for c in e.left) != sum(figures[c] for c in e.right)
        for e in form.equations if e.relation == "equal"
    )  # fmt: skip


def as_report(form: Form, figures: Mapping[str, int], formulas: Mapping[str, str] | None = None) -> Report:
    """Return typed figures as a report; totals in ``formulas`` are filled by formula."""
    values = {}
    for cell, (sheet, address) in places(form).items():
        number = figures.get(cell, Decimal(0) if form.cells[cell].kind == "amount" else 0)
        formula = (formulas or {}).get(cell, "")
        values[cell] = Value("number", number, str(number), Origin(sheet, address), formula)
    return Report(form, values, {"org": "某某市", "year": form.first_year})


def places(form: Form) -> dict[str, tuple[str, str]]:
    """Return sheet and address of every cell, each table beginning at A1."""
    return {
        c.cell: (t.id, f"{'ABCDEFGHIJKLMNO'[c.column - 1]}{c.row}")
        for t in form.tables for c in t.layout if c.cell
    }  # fmt: skip


def total_formulas(form: Form) -> dict[str, str]:
    """Return a formula for every total: the sum of exactly its parts."""
    at = places(form)
    formulas: dict[str, str] = {}
    for e in form.equations:
        if e.relation == "equal" and len(e.left) == 1 and form.cells[e.left[0]].total:
            formulas.setdefault(e.left[0], "=" + "+".join(at[c][1] for c in e.right))
    return formulas


# ---------------------------------------------------------------- evidence


Beside = Callable[[Form, Figures], dict[str, object]]
"""Takes the right figures; returns what else a report has (attributes of it) that speaks of them."""


def nothing(form: Form, figures: Figures) -> dict[str, object]:
    """No evidence."""
    return {}


def register(form: Form, figures: Figures) -> dict[str, object]:
    """The register beside every total."""
    return {"register": {c: _value(figures[c]) for table in form.tables for c in table.register_cells}}


def part_of_register(form: Form, figures: Figures) -> dict[str, object]:
    """The register beside every other total."""
    return {"register": {c: _value(figures[c]) for table in form.tables for c in table.register_cells[::2]}}


def texts(form: Form, figures: Figures) -> dict[str, object]:
    """A text with the usual figures, typed."""

    def total(*rows: str) -> int:
        return sum(figures[f"{REQUESTS}.{row}.total"] for row in rows)

    rows = requests_of(form)[0]
    groups = {name: [row for row in rows if row.startswith(f"{start}_")] for name, start in (
        ("不予公开", "deny"), ("无法提供", "unable"), ("不予处理", "noproc"), ("其他处理", "other"),
    )}  # fmt: skip
    results = "、".join(f"{name}{total(*some)}件" for name, some in groups.items())
    cases = {row: figures[f"{DISPUTES}.{row}.total"] for row, _ in disputes_of(form)}
    said = (
        f"本年新收政府信息公开申请{total('new')}件，上年结转{total('carried_in')}件。"
        f"予以公开{total('granted')}件、部分公开{total('partial')}件、{results}，结转下年度继续办理{total('carried_out')}件。"
        f"发生政府信息公开行政复议{cases['review']}件，未经复议直接起诉{cases['direct']}件，复议后起诉{cases['after_review']}件。"
    )
    return {"passages": (Passage("overall", "（二）依申请公开情况", (said,)),)}


def last_year(form: Form, figures: Figures) -> dict[str, object]:
    """Last year's figures of what was carried over."""
    columns = requests_of(form)[1]
    return {
        "last_year": {f"{REQUESTS}.carried_out.{c}": _value(figures[f"{REQUESTS}.carried_in.{c}"]) for c in columns}
    }


def all_evidence(form: Form, figures: Figures) -> dict[str, object]:
    """All of them."""
    return {**register(form, figures), **texts(form, figures), **last_year(form, figures)}


EVIDENCE: dict[str, Beside] = {
    "没有旁证": nothing, "上年数据（结转下年各格）": last_year, "正文（常写的十来个数）": texts,
    "台账总计，隔一行填一行": part_of_register, "台账总计，全部填": register, "三样都有": all_evidence,
}  # fmt: skip


def _value(number: int) -> Value:
    return Value("number", number, str(number))


# ---------------------------------------------------------------- slips


def digit(rng: random.Random, number: int) -> int | None:
    """One digit wrong."""
    text = str(number)
    n = rng.randrange(len(text))
    other = rng.choice([d for d in "0123456789" if d != text[n] and not (n == 0 and d == "0" and len(text) > 1)])
    return int(text[:n] + other + text[n + 1 :])


def transposed(rng: random.Random, number: int) -> int | None:
    """Two neighbouring digits changed places."""
    text = str(number)
    where = [n for n in range(len(text) - 1) if text[n] != text[n + 1] and not (n == 0 and text[1] == "0")]
    if not where:
        return None
    n = rng.choice(where)
    return int(text[:n] + text[n + 1] + text[n] + text[n + 2 :])


def dropped(rng: random.Random, number: int) -> int | None:
    """A digit left out."""
    text = str(number)
    if len(text) < 2:
        return None
    n = rng.randrange(len(text))
    return int(text[:n] + text[n + 1 :])


def doubled(rng: random.Random, number: int) -> int | None:
    """A digit typed twice."""
    text = str(number)
    if not number:
        return None
    n = rng.randrange(len(text))
    return int(text[: n + 1] + text[n:])


def left_zero(rng: random.Random, number: int) -> int | None:
    """Not filled in: 0 stands where a number belongs."""
    return 0 if number else None


SINGLE: dict[str, Slip] = {
    "一位数字打错": digit, "相邻两位颠倒": transposed, "漏打一位": dropped, "多打一位（重复）": doubled,
    "没有填，留0": left_zero,
}  # fmt: skip
Plant = Callable[[random.Random, Figures], "Figures | None"]


def in_cells(cells: list[str], slip: Slip) -> Plant:
    """Plant a slip in one of the cells where it changes something."""

    def plant(rng: random.Random, figures: Figures) -> Figures | None:
        for cell in rng.sample(cells, len(cells)):
            typed = slip(rng, figures[cell])
            if typed is not None and typed != figures[cell]:
                return {cell: typed}
        return None

    return plant


def several_errors(cells: list[str], count: int) -> Plant:
    """Slips in ``count`` cells, independent of each other."""

    def plant(rng: random.Random, figures: Figures) -> Figures | None:
        planted: Figures = {}
        while len(planted) < count:
            one = in_cells(cells, rng.choice(list(SINGLE.values())))(rng, figures)
            planted |= one or {}
        return planted

    return plant


def swapped(pairs: list[tuple[str, str]]) -> Plant:
    """Two neighbouring cells changed places."""

    def plant(rng: random.Random, figures: Figures) -> Figures | None:
        for one, other in rng.sample(pairs, len(pairs)):
            if figures[one] != figures[other]:
                return {one: figures[other], other: figures[one]}
        return None

    return plant


def shifted(lines: list[list[str]]) -> Plant:
    """A run of three to eight cells typed one place too far; the first is left 0, the last is lost."""

    def plant(rng: random.Random, figures: Figures) -> Figures | None:
        for _ in range(400):
            line = rng.choice(lines)
            length = rng.randint(3, min(8, len(line)))
            start = rng.randrange(len(line) - length + 1)
            run = line[start : start + length]
            typed = dict(zip(run, [0, *(figures[c] for c in run[:-1])], strict=True))
            planted = {c: v for c, v in typed.items() if v != figures[c]}
            if len(planted) >= 2:
                return planted
        return None

    return plant


def rows_exchanged(rows: list[list[str]]) -> Plant:
    """Two neighbouring lines changed places."""

    def plant(rng: random.Random, figures: Figures) -> Figures | None:
        for n in rng.sample(range(len(rows) - 1), len(rows) - 1):
            pairs = list(zip(rows[n], rows[n + 1], strict=True))
            planted = {a: figures[b] for a, b in pairs} | {b: figures[a] for a, b in pairs}
            planted = {c: v for c, v in planted.items() if v != figures[c]}
            if planted:
                return planted
        return None

    return plant
