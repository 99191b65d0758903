"""What `speed.py` measured, as a page: medians, ratios, goals."""

from __future__ import annotations

import os
import platform
import re
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

OURS, SCRIPT = "reportgen", "openpyxl + docxtpl"
DOCXTEMPLATER, EASY = "docxtemplater + SheetJS", "easy-template-x + SheetJS"
ALL = (OURS, SCRIPT, DOCXTEMPLATER, EASY)
BLANKS = {
    (OURS, "blank"): "reportgen",
    (OURS, "anew"): "openpyxl, every sheet written anew (reportgen's own first way)",
    (SCRIPT, "load"): "openpyxl, an empty one loaded, filled in, saved",
    (SCRIPT, "save"): "openpyxl, an empty one kept open, filled in, saved",
}
"""Ways to make blank workbooks, each for another body and year: (who, what the worker is asked) → name."""
Goal: TypeAlias = "tuple[str, float, str, float | None, float | None]"
"""Name, measured, relation, wanted (None: only told), measured by processor time."""


@dataclass(frozen=True)
class Cold:
    """One whole process: seconds of wall clock and of processor time, peak memory in bytes."""

    seconds: float
    cpu: float
    peak: int


@dataclass(frozen=True)
class Slice:
    """One slice of a warm worker: pieces of work, seconds of wall clock and of processor time."""

    count: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


@dataclass(frozen=True)
class Growth:
    """Held memory (bytes) and processor time per report (s) after 100 and after ``last`` reports.

    The times are of two processes, one of either age, that worked in turn.
    """

    last: int
    held_first: int
    held_last: int
    time_first: float
    time_last: float


@dataclass
class Results:
    """Everything measured in one run."""

    figures: int
    """Figures compared before measuring, over all workbooks."""
    workbooks: int
    cold: dict[tuple[str, str], list[Cold]] = field(default_factory=dict)
    """(command, what it did) → samples."""
    warm: dict[tuple[str, str], list[Slice]] = field(default_factory=dict)
    two: list[tuple[Slice, Slice]] = field(default_factory=list)
    """The batch on one process, then on two."""
    growth: Growth | None = None

    def cold_median(self, name: str, verb: str, value: Callable[[Cold], float]) -> float:
        return statistics.median(value(sample) for sample in self.cold[name, verb])

    def rate(self, name: str, verb: str) -> float:
        """Pieces of work per second, the median of the slices."""
        return statistics.median(one.rate for one in self.warm[name, verb])

    def cpu(self, name: str, verb: str) -> float:
        """Processor seconds per piece of work."""
        return statistics.median(one.cpu / one.count for one in self.warm[name, verb])

    def two_to_one(self) -> float:
        return statistics.median(two.rate / one.rate for one, two in self.two)


def page(results: Results, versions: Mapping[str, str]) -> str:
    """Return the page in Markdown."""
    parts = [
        "# Speed", "",
        "Made by `make bench` (`python benchmarks/speed.py --write docs/benchmarks.md`). All commands take turns in",
        "one run; figures are medians. The peers do what a script of one's own would do: read the same cells, fill",
        "the same template. They check nothing and prove nothing; reportgen runs all its checks and reads every",
        "finished report back, every time. The workbooks are of bodies with figures and words of their own; a warm",
        "process sees hundreds of them before one comes again. Before measuring, all commands wrote",
        f"{results.workbooks} of them, and all table cells and paragraphs were compared ({results.figures} figures in all).", "",
        machine(), "",
        "## Goals", "", *goals(results), "",
        "The script has one job, a report from a workbook; that is what every goal is measured against. It has no",
        "checks; what it takes for reading alone is a second yardstick for `validate`, without a goal.", "",
        "## Cold: a whole process", "", *cold_table(results), "",
        "`first` is the very first run on a machine, when nothing is prepared yet: Word template, expressions.",
        "`validate` of the peers is reading alone. Their imports stand at the top, as usual.", "",
        "## Warm: a process that stays up", "", *warm_table(results), "",
        *batch_lines(results), "",
        "## Blank workbooks", "", *blank_table(results), "",
        "## Many reports in one process", "", *growth_table(results.growth), "",
        "## Versions", "",
        ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def machine() -> str:
    """Return the class of the machine in a line."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    load = os.getloadavg()[2]
    return (
        f"Machine: {os.cpu_count()} cores, {model[1] if model else platform.machine()}, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}; "
        f"load over the last 15 minutes {load:.1f} (the benchmark alone makes about 1)."
    )


# ---------------------------------------------------------------- goals


def goals(results: Results) -> list[str]:
    """Return the goals as a table; ratios also by processor time, which other work on the machine blurs less."""

    def cold_ratio(verb: str, value: Callable[[Cold], float], theirs: str = "") -> float:
        return results.cold_median(SCRIPT, theirs or verb, value) / results.cold_median(OURS, verb, value)

    def cold_goal(name: str, verb: str, goal: float | None, theirs: str = "") -> Goal:
        wall, cpu = cold_ratio(verb, lambda s: s.seconds, theirs), cold_ratio(verb, lambda s: s.cpu, theirs)
        return name, wall, "≥", goal, cpu

    def warm_goal(
        name: str, ours: tuple[str, str], theirs: Iterable[tuple[str, str]], goal: float | None
    ) -> Goal:
        theirs = list(theirs)
        rate = results.rate(*ours) / max(results.rate(*key) for key in theirs)
        return name, rate, "≥", goal, min(results.cpu(*key) for key in theirs) / results.cpu(*ours)

    build, validate, blank = (OURS, "build"), (OURS, "validate"), (OURS, "blank")
    rows: list[Goal] = [
        cold_goal("cold `build`, times as fast as the script", "build", 4),
        cold_goal("cold `validate`, times as fast as the script", "validate", 5, "build"),
        cold_goal("cold `validate`, times as fast as the script reads", "validate", None),
        cold_goal("`--help`, times as fast as the script", "--help", 6),
        warm_goal("warm `build`, times the script's reports per second", build, [(SCRIPT, "build")], 25),
        warm_goal("warm `build`, times the best peer's", build, [(n, "build") for n in ALL if n != OURS], 1),
        warm_goal("warm `validate`, times the script's reports per second", validate, [(SCRIPT, "build")], 80),
        warm_goal("warm `validate`, times the workbooks it reads per second", validate, [(SCRIPT, "validate")], None),
        ("two processes, times one", results.two_to_one(), "≥", 1.8, None),
        ("peak memory of `build`, share of the script's", 1 / cold_ratio("build", lambda s: s.peak), "≤", 0.6, None),
    ]  # fmt: skip
    if (grown := results.growth) is not None:
        held = (grown.held_last - grown.held_first) / 1e6
        slower = grown.time_last / grown.time_first
        rows.append((f"growth from report 100 to {grown.last}, MB", held, "≤", 2, None))
        rows.append((f"time per report at {grown.last}, times that at 100", slower, "≤", 1.1, slower))
    others = [key for key in BLANKS if key != blank]
    rows.append(warm_goal("blank workbooks, times the fastest way with openpyxl", blank, others, 10))
    lines = []
    for name, value, relation, goal, cpu in rows:
        wanted = said = ""
        if goal is not None:
            met = value >= goal if relation == "≥" else value <= goal
            wanted, said = f"{relation} {goal:g}", "met" if met else "**not met**"
        lines.append((name, f"{value:.2f}", "" if cpu is None else f"{cpu:.2f}", wanted, said))
    return table(("goal", "measured", "by user+sys", "wanted", ""), lines)


# ---------------------------------------------------------------- tables


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(head)
    rule = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(line)} |" for line in (head, rule, *rows)]


def cold_table(results: Results) -> list[str]:
    rows = []
    verbs = ("build", "first build", "validate", "--help")
    for verb in verbs:
        for name in ALL:
            samples = results.cold.get((name, verb))
            if not samples:
                continue
            wall = results.cold_median(name, verb, lambda s: s.seconds)
            ours = results.cold_median(OURS, verb, lambda s: s.seconds)
            spread = sorted(s.seconds for s in samples)
            rows.append((
                f"`{verb.replace('first ', '')}`{' first' if 'first' in verb else ''}, {name}",
                f"{wall * 1000:.0f}", f"{spread[0] * 1000:.0f}–{spread[-1] * 1000:.0f}",
                f"{results.cold_median(name, verb, lambda s: s.cpu) * 1000:.0f}",
                f"{results.cold_median(name, verb, lambda s: s.peak) / 1e6:.0f}",
                f"{wall / ours:.1f}", str(len(samples)),
            ))  # fmt: skip
    return table(("command", "ms", "least–most", "user+sys ms", "peak MB", "× reportgen", "samples"), rows)


def warm_table(results: Results) -> list[str]:
    rows = []
    for verb in ("build", "validate"):
        for name in ALL:
            rate = results.rate(name, verb)
            rows.append((
                f"{verb}, {name}", f"{rate:.1f}", f"{results.cpu(name, verb) * 1000:.2f}",
                f"{results.rate(OURS, verb) / rate:.1f}", str(len(results.warm[name, verb])),
            ))  # fmt: skip
    return table(("work", "per second", "user+sys ms each", "reportgen is × as fast", "slices"), rows)


def batch_lines(results: Results) -> list[str]:
    rates = [statistics.median(pair[n].rate for pair in results.two) for n in (0, 1)]
    return [
        f"The batch, {results.two[0][0].count} workbooks at a time, start and end included: {rates[0]:.1f} reports per second",
        f"on one process, {rates[1]:.1f} on two, {results.two_to_one():.2f} × ({len(results.two)} pairs).",
    ]  # fmt: skip


def blank_table(results: Results) -> list[str]:
    ours = results.rate(OURS, "blank")
    rows = [
        (way, f"{results.rate(*key):.1f}", f"{ours / results.rate(*key):.1f}", str(len(results.warm[key])))
        for key, way in BLANKS.items()
    ]
    return table(("way", "per second", "reportgen is × as fast", "slices"), rows)


def growth_table(growth: Growth | None) -> list[str]:
    if growth is None:
        return ["Not measured."]
    return table(
        ("", "after 100", f"after {growth.last}"),
        [
            ("held memory, MB", f"{growth.held_first / 1e6:.2f}", f"{growth.held_last / 1e6:.2f}"),
            ("user+sys per report, ms", f"{growth.time_first * 1000:.2f}", f"{growth.time_last * 1000:.2f}"),
        ],
    )
