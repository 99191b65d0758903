"""What `speed.py` measured, as a page: medians, ratios, goals."""

from __future__ import annotations

import os
import platform
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

OURS = "reportgen"
SCRIPT = "openpyxl + docxtpl"
DOCXTEMPLATER = "docxtemplater + SheetJS"
EASY = "easy-template-x + SheetJS"
ROLLUP = "## Many bodies"
"""Heading of the section of `rollup_scale.py`, the last of the page."""
PEERS = (SCRIPT, DOCXTEMPLATER, EASY)
Samples = dict[tuple[str, str], list[float]]
"""(who, what it did) → one measurement each time."""


@dataclass
class Results:
    """Everything measured in one run."""

    workbooks: int
    """Workbooks the warm processes work on."""
    compared: tuple[int, int] = (0, 0)
    """Workbooks, and figures in them, that were the same in all results."""
    cold: Samples = field(default_factory=dict)
    """Seconds of a whole process."""
    peak: Samples = field(default_factory=dict)
    """Bytes of memory of a whole process, at its largest."""
    warm: Samples = field(default_factory=dict)
    """Pieces of work per second."""
    folder: list[float] = field(default_factory=list)
    """Seconds of one command that builds all the workbooks."""
    reports: int = 0
    """Number of the last report of the growth."""
    held: tuple[int, int] = (0, 0)
    """Bytes of memory held after report 100 and after the last."""
    old: list[float] = field(default_factory=list)
    """Reports per second of the process that has built them all."""
    young: list[float] = field(default_factory=list)
    """The same of one that has built 100."""


PAGE = """\
# Speed

Written by `make bench`. reportgen is measured beside three scripts of one's own: openpyxl with docxtpl,
docxtemplater with SheetJS, easy-template-x with SheetJS. They read the same cells of the same workbooks and
fill the same template, but check nothing and prove nothing. reportgen runs all its checks, reads every
finished report back and compares it, every time. `validate` of the scripts is bare reading.

Before measuring, all four built {books} workbooks; all table cells and paragraphs were the same ({figures}
figures in all). Then they took turns in one run. Every number is a median.

{machine}

## Goals

Against the fastest of the three scripts, unless another is named.

{goals}

## Cold: a whole process

{cold}

Medians of {samples} runs.

## Warm: a process that stays up

{warm}

Each works on {workbooks} workbooks in turn, of bodies with figures and words of their own. `reportgen build` on all
of them, with all processors, its start included: {folder:.1f} reports per second.

## Many reports in one process

{growth}

## Versions

{versions}.
"""


def page(results: Results, versions: str) -> str:
    """Return the page in Markdown."""
    books, figures = results.compared
    return PAGE.format(
        books=books,
        figures=figures,
        machine=machine(),
        goals=goals(results),
        cold=cold_table(results),
        samples=len(results.cold[OURS, "build"]),
        warm=warm_table(results),
        workbooks=results.workbooks,
        folder=results.workbooks / statistics.median(results.folder),
        growth=growth_table(results),
        versions=versions,
    )


def machine() -> str:
    """Return the class of the machine in a line."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    return (
        f"Machine: {os.cpu_count()} cores, {model[1] if model else platform.machine()}, {platform.system()}; "
        f"load over the last 15 minutes {os.getloadavg()[2]:.1f} (the benchmark alone makes about 1)."
    )


def medians(samples: Samples, verb: str, who: Sequence[str] = PEERS) -> dict[str, float]:
    """Return who → the median of what was measured of a verb."""
    return {name: statistics.median(samples[name, verb]) for name in who}


def goals(results: Results) -> str:
    """Return the goals as a table."""

    def cold(verb: str) -> float:
        return min(medians(results.cold, verb).values()) / medians(results.cold, verb, [OURS])[OURS]

    def warm(verb: str) -> float:
        return medians(results.warm, verb, [OURS])[OURS] / max(medians(results.warm, verb).values())

    peak = medians(results.peak, "build", [OURS, SCRIPT])
    grown = (results.held[1] - results.held[0]) / 1e6
    slower = statistics.median(results.young) / statistics.median(results.old)
    rows = [
        ("cold `build`, times as fast", cold("build"), "≥", 1.5),
        ("cold `validate`, times as fast as reading", cold("validate"), "≥", 1.5),
        ("`--help`, times as fast", cold("--help"), "≥", 1.5),
        ("warm `build`, times as many reports per second", warm("build"), "≥", 2.0),
        ("warm `validate`, times as many as are read per second", warm("validate"), "≥", 2.0),
        ("peak memory of `build`, times that of openpyxl + docxtpl", peak[OURS] / peak[SCRIPT], "<", 1.0),
        (f"memory held more at report {results.reports} than at 100, MB", grown, "≤", 2.0),
        (f"time of a report at {results.reports}, times that at 100", slower, "≤", 1.1),
    ]
    lines = [
        (name, f"{value:.2f}", f"{relation} {goal:g}", met(value, relation, goal))
        for name, value, relation, goal in rows
    ]
    return table(("goal", "measured", "wanted", ""), lines)


def met(value: float, relation: str, goal: float) -> str:
    """Return whether a goal is met, in words."""
    holds = {"≥": value >= goal, "≤": value <= goal, "<": value < goal}
    return "met" if holds[relation] else "**not met**"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown; all columns but the first are aligned to the right."""
    head = list(head)
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *rows))


def cold_table(results: Results) -> str:
    """Return times and memory of whole processes."""
    verbs = ("build", "validate", "--help")
    columns = [medians(results.cold, verb, (OURS, *PEERS)) for verb in verbs]
    peaks = [medians(results.peak, verb, (OURS, *PEERS)) for verb in verbs[:2]]
    head = ("", *(f"`{verb}`, ms" for verb in verbs), *(f"peak of `{verb}`, MB" for verb in verbs[:2]))
    rows = [
        (name, *(f"{c[name] * 1000:.0f}" for c in columns), *(f"{p[name] / 1e6:.0f}" for p in peaks))
        for name in (OURS, *PEERS)
    ]
    return table(head, rows)


def warm_table(results: Results) -> str:
    """Return the work per second of processes that stay up."""
    columns: list[Mapping[str, float]] = [medians(results.warm, verb, (OURS, *PEERS)) for verb in ("build", "validate")]
    rows = [(name, *(f"{column[name]:.1f}" for column in columns)) for name in (OURS, *PEERS)]
    return table(("", "`build` per second", "`validate` per second"), rows)


def growth_table(results: Results) -> str:
    """Return what a process is like after 100 reports and after many."""
    times = [1000 / statistics.median(rates) for rates in (results.young, results.old)]
    return table(
        ("", "after 100", f"after {results.reports}"),
        [
            ("memory held, MB", *(f"{held / 1e6:.1f}" for held in results.held)),
            ("time of a report, ms", *(f"{time:.1f}" for time in times)),
        ],
    )
