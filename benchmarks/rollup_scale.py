"""How a roll-up grows with the number of bodies: ``python benchmarks/rollup_scale.py 1000 10000``.

Writes so many made-up reports as JSON (``--kind`` another), merges them with a roster, and prints for each
number: seconds of reading and checking, seconds of everything, peak memory of the main process, size of
the workbook.  ``--filings`` leaves out the files and measures what is done with them alone.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import bodies  # noqa: E402

from reportgen import merge  # noqa: E402
from reportgen.form import load_form  # noqa: E402
from reportgen.rollup import collect, filing_of, read_roster, roll_up  # noqa: E402
from reportgen.workbook import merged_workbook  # noqa: E402

ORG = "甲市乙区人民政府"


def from_files(count: int, kind: str, folder: Path) -> tuple[float, float, int]:
    """Return seconds of reading and checking, of everything, and bytes of the workbook."""
    reports = folder / "reports"
    reports.mkdir()
    for n, one in enumerate(bodies.bodies(count, 1)):
        (reports / f"{n:05}.{kind}").write_bytes(bodies.written(one, kind))
    (folder / "roster.csv").write_text(bodies.roster(count), encoding="utf-8")
    began, read = time.perf_counter(), [0.0]

    def note(done: int, total: int) -> None:
        if done == total:
            read[0] = time.perf_counter() - began

    merge([reports], folder / "out.xlsx", org=ORG, roster=folder / "roster.csv", progress=note)
    return read[0], time.perf_counter() - began, (folder / "out.xlsx").stat().st_size


def from_filings(count: int, folder: Path) -> tuple[float, float, int]:
    """Return seconds of collecting and adding, of that and the workbook, and bytes of the workbook."""
    form = load_form("2021")
    (folder / "roster.csv").write_text(bodies.roster(count), encoding="utf-8")
    roster = read_roster(folder / "roster.csv", form)
    filings = [filing_of(one) for one in bodies.bodies(count, 1)]
    began = time.perf_counter()
    rollup = roll_up(collect(filings, form, 2024, org=ORG, roster=roster), form, org=ORG)
    added = time.perf_counter() - began
    size = len(merged_workbook(rollup))
    return added, time.perf_counter() - began, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("counts", nargs="*", type=int, default=[100, 1000])
    parser.add_argument("--kind", choices=bodies.KINDS, default="json")
    parser.add_argument("--filings", action="store_true")
    chosen = parser.parse_args()
    print("bodies  first s  all s  MB of memory  MB of workbook")
    for count in chosen.counts:
        with tempfile.TemporaryDirectory() as scratch:
            measure = (
                from_filings(count, Path(scratch)) if chosen.filings else from_files(count, chosen.kind, Path(scratch))
            )
        first, whole, size = measure
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{count:6}  {first:7.1f}  {whole:5.1f}  {peak:12.0f}  {size / 1e6:14.1f}")


if __name__ == "__main__":
    main()
