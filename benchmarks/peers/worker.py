"""Warm worker: one process that does what it is told, slice by slice.

    python worker.py reportgen|docxtpl|blank|openpyxl

One job a line on standard input, one answer a line on standard output; see :func:`slices`.  The
libraries stay loaded between jobs, as in a batch or behind a web page.
"""

from __future__ import annotations

import gc
import io
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Work = Callable[[str, str], object]


def reportgen_work(kind: str) -> Work:
    import reportgen

    def build(source: str, out: str) -> None:
        result = reportgen.build(source, out)
        if result.path is None or not result.compared:
            raise SystemExit(f"{source}: not built")

    def validate(source: str, out: str) -> None:
        if any(f.severity == "error" for f in reportgen.check(reportgen.read_report(source))):
            raise SystemExit(f"{source}: errors")

    return {"build": build, "validate": validate}[kind]


def docxtpl_work(kind: str) -> Work:
    import docxtpl_peer

    return {"build": docxtpl_peer.build, "validate": lambda source, out: docxtpl_peer.read(source)}[kind]


def blank_work(kind: str) -> Work:
    """Blank workbooks, each of another body and year; ``anew`` writes every cell through openpyxl."""
    from reportgen.form import load_form
    from reportgen.model.report import Report
    from reportgen.workbook import blank_workbook

    form, number = load_form("2021"), itertools.count()

    def blank(source: str, out: str) -> None:
        n = next(number)
        org, year = f"某某市第{n}局", 2021 + n % 9
        # Prefilled workbooks are not kept ready: a report of nothing goes the whole way.
        blank_workbook(form, org=org, year=year, report=Report(form, {}) if kind == "anew" else None)

    return blank


def openpyxl_work(kind: str) -> Work:
    """The same workbooks by openpyxl: loaded and saved each time, or only saved from one kept open."""
    from openpyxl import load_workbook

    layout = json.loads((Path(os.environ["BENCH_INPUTS"]) / "layout.json").read_text(encoding="utf-8"))
    path, number = Path(os.environ["BENCH_INPUTS"]) / "blank.xlsx", itertools.count()
    kept = load_workbook(path)

    def blank(source: str, out: str) -> None:
        n = next(number)
        book = load_workbook(path) if kind == "load" else kept
        for name, value in (("机关名称", f"某某市第{n}局"), ("年份", 2021 + n % 9)):
            sheet, address = layout["cells"][name]
            book[sheet][address] = value
        book.save(io.BytesIO())

    return blank


WORK = {"reportgen": reportgen_work, "docxtpl": docxtpl_work, "blank": blank_work, "openpyxl": openpyxl_work}


def slices(make: Callable[[str], Work]) -> None:
    """Answer jobs: ``{"do", "inputs", "out", "seconds"}`` → ``{"count", "seconds", "cpu"}``.

    ``"seconds"`` is how long to go on.  ``{"do": "grow", "first", "last", …}`` → see :func:`grow`; after it the
    process goes on taking jobs.  ``{"do": "batch", "processes", …}`` → :func:`batch`.
    """
    works: dict[str, Work] = {}
    number = itertools.count()
    for line in sys.stdin:
        job = json.loads(line)
        if job["do"] == "grow":
            answer(grow(make("build"), job))
            continue
        if job["do"] == "batch":
            answer(batch(job))
            continue
        work = works.setdefault(job["do"], make(job["do"]))
        inputs, count = job["inputs"], 0
        start, cpu = time.perf_counter(), time.process_time()
        while time.perf_counter() - start < job["seconds"]:
            n = next(number)
            work(inputs[n % len(inputs)], f"{job['out']}/{n}.docx")
            count += 1
        answer({"count": count, "seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu})


def batch(job: dict[str, Any]) -> dict[str, Any]:
    """Build each input once through reportgen's own batch, its start and its end included."""
    from reportgen.batch import build_many

    start = time.perf_counter()
    done = list(build_many([Path(p) for p in job["inputs"]], Path(job["out"]), processes=job["processes"]))
    seconds = time.perf_counter() - start
    if not all(one.value is not None and one.value.compared for one in done):
        raise SystemExit(f"batch: {[one for one in done if one.value is None][:1]}")
    return {"count": len(done), "seconds": seconds, "cpu": 0.0}


def answer(values: dict[str, Any]) -> None:
    print(json.dumps(values), flush=True)


def grow(work: Work, job: dict[str, Any]) -> dict[str, Any]:
    """Build ``last`` reports into one folder, as in a batch; held memory (bytes) after ``first`` and at the end."""
    held = {}
    inputs, first, last = job["inputs"], job["first"], job["last"]
    for n in range(last):
        work(inputs[n % len(inputs)], f"{job['out']}/{n}.docx")
        if n + 1 in (first, last):
            held[n + 1] = resident()
    return {"held_first": held[first], "held_last": held[last]}


def resident() -> int:
    """Return the bytes of memory the process holds (Linux)."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    slices(WORK[sys.argv[1]])
