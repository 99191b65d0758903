"""How often the body at fault is named first when a filed report is not the sum: ``python benchmarks/blame.py``.

Districts of made-up bodies; in each filed report one thing is wrong.  The section of docs/detection.md;
``--write`` puts it there without counting all the rest anew.  The same seed gives the same table.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import bodies  # noqa: E402
from planting import digit, doubled, dropped, left_zero, transposed  # noqa: E402

from reportgen.form import Form, load_form  # noqa: E402
from reportgen.rollup import filing_of  # noqa: E402
from reportgen.rollup.blame import Body, suspects  # noqa: E402
from reportgen.rollup.filing import Figures, add, subtract  # noqa: E402

HEADING = "## 汇总：上报的报告不等于各单位之和时，错在哪个单位"
SECTION = """\
{heading}

做法：按种子生成 12 至 60 个单位的报告，相加成上报的报告，植入一处错误，看 `merge --filed` 把哪个单位排在第一位。

{table}

前四种，错误牵涉一个单位的许多格，每格的差数都等于它的数（或两份报告之差），几乎不会有别的单位碰巧也对得上。
旧的报告已经没有了，就只能看哪个单位可能有过这样一份报告；只错一个数，几个单位都可能是那样填错的：这两种只能排先后。
植入的填写错误是一位数字打错、相邻两位颠倒、漏打一位、重复一位、漏填各五分之一；实际工作中的比例会不同。
"""
FORM = load_form("2021")
CASES = 1000
Case = tuple[int, Figures, list[Body]]
"""Who is at fault, filed minus summed, and the suspects."""


def district(rng: random.Random) -> list[Figures]:
    """Return the figures of the bodies of a district, nobody without any."""
    count = rng.randint(12, 60)
    made = [filing_of(one).figures for one in bodies.bodies(count, rng.randrange(10**9))]
    return [{cell: number for cell, number in one.items() if cell in FORM.cells} for one in made if one]


def revised(form: Form, figures: Figures, rng: random.Random) -> Figures:
    """Return an earlier state of a valid report: some applications fewer, a few other figures otherwise."""
    old = dict(figures)
    rows = [cell for cell in figures if cell.startswith("表三.") and not form.cells[cell].total]
    granted = [cell for cell in rows if form.cells[cell].row not in ("new", "carried_in", "carried_out")]
    for cell in rng.sample(granted, min(len(granted), rng.randint(1, 4))):
        fewer = rng.randint(1, int(figures[cell]))
        row, column = form.cells[cell].row, form.cells[cell].column
        if old.get(f"表三.new.{column}", 0) < fewer or old.get(cell, 0) < fewer:
            continue
        for where in (row, "total_done", "new"):
            for at in (column, "total"):
                old[f"表三.{where}.{at}"] = old.get(f"表三.{where}.{at}", 0) - fewer
    for cell in ("表二.permit.decisions", "表二.penalty.decisions", "表二.normative.valid"):
        if rng.random() < 0.5 or old == figures:
            old[cell] = max(0, old.get(cell, 0) - rng.randint(1, 9)) if old.get(cell) else rng.randint(1, 9)
    return {cell: number for cell, number in old.items() if number}


def left_out(made: list[Figures], n: int, rng: random.Random) -> Case:
    return n, {cell: -number for cell, number in made[n].items()}, suspected(made)


def twice(made: list[Figures], n: int, rng: random.Random) -> Case:
    return n, made[n], suspected(made)


def older(made: list[Figures], n: int, rng: random.Random) -> Case:
    """The older report is known: from the last roll-up, or it lies in the folder."""
    old = revised(FORM, made[n], rng)
    others = {m: revised(FORM, made[m], rng) for m in rng.sample(range(len(made)), 5) if m != n}
    return n, subtract(old, made[n]), suspected(made, others | {n: old})


def older_unknown(made: list[Figures], n: int, rng: random.Random) -> Case:
    return n, subtract(revised(FORM, made[n], rng), made[n]), suspected(made)


def last_year(made: list[Figures], n: int, rng: random.Random) -> Case:
    """Everybody's report of last year is known, one was taken for this year's."""
    before = district(rng)
    last = {m: before[m % len(before)] for m in range(len(made))}
    return n, subtract(last[n], made[n]), suspected(made, last)


def mistyped(made: list[Figures], n: int, rng: random.Random) -> Case:
    """One figure of one body was mistyped when it was copied; the totals were added up from it."""
    while True:
        cell = rng.choice([c for c in made[n] if not FORM.cells[c].total and FORM.cells[c].kind == "count"])
        typed = rng.choice((digit, transposed, dropped, doubled, left_zero))(rng, int(made[n][cell]))
        if typed is not None and typed != made[n][cell] and typed >= 0:
            break
    delta = typed - made[n][cell]
    off = {cell: delta}
    if cell.startswith(("表三.", "表四.")):
        off[f"{cell.rpartition('.')[0]}.total"] = delta
    return n, off, suspected(made)


def suspected(made: list[Figures], versions: dict[int, Figures] | None = None) -> list[Body]:
    known = versions or {}
    return [Body(str(n), one, {"旧的报告": known[n]} if n in known else {}) for n, one in enumerate(made)]


PLANTED: dict[str, Callable[[list[Figures], int, random.Random], Case]] = {
    "漏加了一个单位": left_out,
    "一个单位加了两次": twice,
    "一个单位用了旧的报告（上次汇总时的，或文件夹里另有一份）": older,
    "一个单位用了上年的报告": last_year,
    "一个单位用了旧的报告，但旧的报告已经没有了": older_unknown,
    "抄录一个单位时有一个数填错": mistyped,
}


def rates(cases: int, seed: int) -> Iterator[tuple[str, int, int, int]]:
    """Yield of each kind of error: how many cases, and in how many the right body is first, and among the first three."""
    for name, plant in PLANTED.items():
        rng = random.Random(f"{seed}-{name}")
        first = three = 0
        made: list[Figures] = []
        for number in range(cases):
            if number % 20 == 0:
                made = district(rng)
            n, off, suspects_ = plant(made, rng.randrange(len(made)), rng)
            found = suspects(FORM, off, add(made), suspects_)
            named = list(dict.fromkeys(one.body for one in found if one.body))
            first += bool(found) and found[0].body == str(n)
            three += str(n) in named[:3]
        yield name, cases, first, three


def table(cases: int, seed: int) -> str:
    lines = ["| 上报的报告错在哪里 | 样本数 | 首位即是那个单位 | 前三位之内 |", "| --- | ---: | ---: | ---: |"]
    for name, count, first, three in rates(cases, seed):
        lines.append(f"| {name} | {count} | {100 * first / count:.1f} % | {100 * three / count:.1f} % |")
    return "\n".join(lines)


def section(cases: int, seed: int) -> str:
    """Return the section of docs/detection.md."""
    return SECTION.format(heading=HEADING, table=table(cases, seed))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--write", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    text = section(chosen.cases, chosen.seed)
    if chosen.write:
        page = chosen.write.read_text(encoding="utf-8").partition(f"\n{HEADING}")[0]
        chosen.write.write_text(f"{page}\n{text}", encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
