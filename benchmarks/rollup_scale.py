"""How the work on many bodies grows with their number: ``python benchmarks/rollup_scale.py 100 1000 10000``.

Writes so many reports and a roster, then runs ``validate``, ``merge`` and ``build`` on them. Tells for each
command seconds, processor time of all processes, and the peak memory of the main process. ``--write`` puts
that into docs/benchmarks.md, beside what was measured before; the rest of the page stays as it is.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import bodies  # noqa: E402
from speed_page import ROLLUP, machine, table  # noqa: E402

from reportgen.model.report import Report  # noqa: E402
from reportgen.workbook.figures import places  # noqa: E402

ORG = "甲市乙区人民政府"
VERBS = ("validate", "merge", "build")
MARK = "〔单位〕"
FIGURE = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^>]*>(?:<f>[^<]*</f>)?<v>)[^<]*(</v>)')
HEADS = ("command", "files", "bodies", "seconds", "processor s", "ms each", "MB of main process")
SECTION = """\
{heading}

Written by `python benchmarks/rollup_scale.py`: so many reports in one folder through `validate`, `merge --roster` and `build`.
The main process reads no report; workers do, one on each processor. "ms each" is processor time of all processes, for a report.

{machine}

{table}
"""


class Measured(NamedTuple):
    verb: str
    kind: str
    count: int
    seconds: float
    busy: float
    """Seconds of processor time, of all processes."""
    peak: float
    """Most memory of the main process, in MB."""


def make(count: int, kind: str, folder: Path) -> None:
    """Write the reports of so many bodies, and the roster."""
    (folder / "reports").mkdir()
    books: dict[object, Book] = {}
    for n, one in enumerate(bodies.bodies(count, 1)):
        if kind == "xlsx":
            sort = one.fields["unit_type"]
            data = (books.get(sort) or books.setdefault(sort, Book(one))).of(one)
        else:
            data = bodies.written(one, kind)
        (folder / "reports" / f"{n:05}.{kind}").write_bytes(data)
    (folder / "单位名册.csv").write_text(bodies.roster(count), encoding="utf-8")


class Book:
    """A standard workbook, and how to make that of another body of it: cell by cell ten thousand take hours."""

    def __init__(self, report: Report) -> None:
        book, where = bodies.written(bodies.renamed(report, MARK), "xlsx"), places(report.form)
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        names = re.findall(r'<sheet [^>]*name="([^"]+)"', self.parts["xl/workbook.xml"].decode())
        self.cells: dict[str, dict[bytes, str]] = {}
        """Part → address → cell of the form."""
        for cell, sheet in where.sheet.items():
            part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
            self.cells.setdefault(part, {})[where.address(cell).encode()] = cell

    def of(self, report: Report) -> bytes:
        """Return the workbook of a body: its name, its figures, the results of the totals."""
        book = io.BytesIO()
        with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for part, data in self.parts.items():
                cells = self.cells.get(part, {})
                filled = FIGURE.sub(partial(_figure, cells, report), data) if cells else data
                archive.writestr(part, filled.replace(MARK.encode(), report.org.encode()))
        return book.getvalue()


def _figure(cells: dict[bytes, str], report: Report, match: re.Match[bytes]) -> bytes:
    cell = cells.get(match[2])
    return match[0] if cell is None else match[1] + str(report.number(cell)).encode() + match[3]


def run(verb: str, kind: str, count: int, arguments: Sequence[str | Path]) -> Measured:
    """Run a command, and watch its main process."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "reportgen", verb, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    peak, done = 0.0, 0
    while not done:
        peak = max(peak, _peak(process.pid))
        time.sleep(0.05)
        done, status, used = os.wait4(process.pid, os.WNOHANG)
    code = process.returncode = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise SystemExit(f"{verb} {count}: exit code {code}")
    return Measured(verb, kind, count, time.perf_counter() - began, used.ru_utime + used.ru_stime, peak)


def _peak(pid: int) -> float:
    """Return the most memory that a process has had, in MB; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def measured(counts: Sequence[int], kind: str, verbs: Sequence[str]) -> Iterator[Measured]:
    """Yield the measurements, those of few bodies first."""
    for count in counts:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            make(count, kind, folder)
            reports = folder / "reports"
            # Of a folder `build` takes only the workbooks.
            each = [reports] if kind == "xlsx" else sorted(reports.iterdir())
            commands: dict[str, list[str | Path]] = {
                "validate": [reports],
                "merge": [reports, "--org", ORG, "--roster", folder / "单位名册.csv", "-o", folder / "all.xlsx"],
                "build": [*each, "-o", folder / "built"],
            }
            for verb in verbs:
                yield run(verb, kind, count, commands[verb])


def row(one: Measured) -> tuple[str, ...]:
    """Return a row of the table."""
    each = 1000 * one.busy / one.count
    numbers = (one.seconds, one.busy, each, one.peak)
    return f"`{one.verb}`", one.kind, f"{one.count}", *(f"{number:.0f}" for number in numbers)


def section(rows: Sequence[tuple[str, ...]], page: str) -> str:
    """Return the section of the page, with what it told before and is not measured anew."""
    there = [
        tuple(line.strip("| ").split(" | "))
        for line in page.partition(ROLLUP)[2].splitlines()
        if line.startswith("| `")
    ]
    known = {one[:3]: one for one in (*there, *rows)}
    ordered = sorted(known.values(), key=lambda one: (VERBS.index(one[0].strip("`")), one[1], int(one[2])))
    return SECTION.format(heading=ROLLUP, machine=machine(), table=table(HEADS, ordered))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("counts", nargs="*", type=int, default=[100, 1000])
    parser.add_argument("--kind", choices=bodies.KINDS, default="xlsx")
    parser.add_argument("--verbs", nargs="+", choices=VERBS, default=VERBS)
    parser.add_argument("--write", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    rows = []
    for one in measured(chosen.counts, chosen.kind, chosen.verbs):
        rows.append(row(one))
        print(*rows[-1], file=sys.stderr, flush=True)
    page = chosen.write.read_text(encoding="utf-8") if chosen.write else ""
    text = section(rows, page)
    sys.stdout.write(text)
    if chosen.write:
        chosen.write.write_text(page.partition(ROLLUP)[0].rstrip() + f"\n\n{text}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
