"""How fast is reportgen beside what one would otherwise use?

    python benchmarks/speed.py [--quick] [--write docs/benchmarks.md]

Installs reportgen, as the files are now, and the peers below ``.bench/``, makes the inputs, checks that
every command writes the same figures and words, and measures all of them in turn, so that whatever else
the machine does falls on all alike.  Linux only (memory is read from /proc); needs npm.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import speed_setup as setup
from speed_page import DOCXTEMPLATER, EASY, OURS, ROLLUP, SCRIPT, Results, page

COMMANDS: dict[str, list[str]] = {
    OURS: [str(setup.OURS / "bin/reportgen")],
    SCRIPT: [str(setup.DOCXTPL / "bin/docxtpl-peer")],
    DOCXTEMPLATER: ["node", str(setup.NODE / "docxtemplater_peer.js")],
    EASY: ["node", str(setup.NODE / "easy_template_x_peer.js")],
}
"""Each as a user has it after installing."""


def spawn(*command: str | Path) -> tuple[float, int]:
    """Run a command; return its seconds and its peak memory in bytes.

    The peak of a process counts from the size of the one that started it: this one is smaller than any
    that is compared by memory.
    """
    log = setup.BENCH / "log.txt"
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env=setup.ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}\n{log.read_text()}")
    return seconds, used.ru_maxrss * 1024


def compare(books: list[Path]) -> int:
    """Let every command build every workbook, and compare; return the number of figures."""
    out = setup.fresh_output()
    for n, command in enumerate(COMMANDS.values()):
        (out / str(n)).mkdir()
        for book in books:
            spawn(*command, "build", book, "-o", out / str(n) / f"{book.stem}.docx")
    return int(setup.inputs("compare", setup.INPUTS, out))


def cold(book: Path, rounds: int, results: Results) -> None:
    """Measure whole processes; the first round only warms the disk cache."""
    for n in range(rounds + 1):
        out = setup.fresh_output()
        samples: dict[tuple[str, str], tuple[float, int]] = {}
        for name, command in COMMANDS.items():
            target = out / f"{len(samples)}.docx"
            samples[name, "build"] = spawn(*command, "build", book, "-o", target)
            samples[name, "validate"] = spawn(*command, "validate", book)
            samples[name, "--help"] = spawn(*command, "--help")
        for key, (seconds, peak) in samples.items():
            if n:
                results.cold.setdefault(key, []).append(seconds)
                results.peak.setdefault(key, []).append(peak)


def rate(worker: setup.Worker, verb: str, books: list[Path], seconds: float) -> float:
    """Return how many pieces of work per second a process does."""
    inputs = [str(book) for book in books]
    answer = worker.ask(do=verb, inputs=inputs, out=str(setup.fresh_output()), seconds=seconds)
    return float(answer["count"] / answer["seconds"])


def warm(books: list[Path], rounds: int, seconds: float, results: Results) -> None:
    """Measure processes that stay up, each working for some seconds in turn."""
    workers = {
        OURS: setup.our_worker(),
        SCRIPT: setup.script_worker(),
        DOCXTEMPLATER: setup.node_worker("docxtemplater_peer.js"),
        EASY: setup.node_worker("easy_template_x_peer.js"),
    }
    for n in range(rounds + 1):
        for verb in ("build", "validate"):
            for name, worker in workers.items():
                measured = rate(worker, verb, books, seconds)
                if n:  # the first round loads what is loaded late
                    results.warm.setdefault((name, verb), []).append(measured)
    for worker in workers.values():
        worker.close()


def folder(books: list[Path], rounds: int, results: Results) -> None:
    """Measure one command on all the workbooks."""
    for _ in range(rounds):
        seconds, _ = spawn(*COMMANDS[OURS], "build", *books, "-o", setup.fresh_output())
        results.folder.append(seconds)


def growth(books: list[Path], last: int, rounds: int, seconds: float, results: Results) -> None:
    """Measure a process that has built many reports and one that has built 100, in turn."""

    def build(worker: setup.Worker, count: int) -> int:
        inputs, out = [str(book) for book in books], str(setup.fresh_output())
        return int(worker.ask(do="build", inputs=inputs, out=out, count=count)["held"])

    old, young = setup.our_worker(), setup.our_worker()
    results.reports = last
    results.held = (build(old, 100), build(old, last - 100))
    build(young, 100)
    for _ in range(rounds):
        results.old.append(rate(old, "build", books, seconds))
        results.young.append(rate(young, "build", books, seconds))
    old.close()
    young.close()
    setup.fresh_output()


def measure(quick: bool) -> Results:
    """Make the inputs and measure everything."""

    def say(step: str) -> None:
        print(f"{step} …", file=sys.stderr, flush=True)

    count, rounds, seconds = (30, 5, 0.4) if quick else (200, 15, 0.5)
    results = Results(count)
    say("inputs")
    setup.inputs("make", setup.INPUTS, str(count))
    books = sorted(setup.INPUTS.glob("*.xlsx"))
    few = books[:: 5 if quick else 10]
    say("comparing what all of them write")
    results.compared = (len(few), compare(few))
    say("cold")
    cold(setup.INPUTS / "example.xlsx", rounds, results)
    say("warm")
    warm(books, rounds, seconds, results)
    say("a folder")
    folder(books, 3, results)
    say("growth")
    growth(books, 1000 if quick else 10000, rounds, seconds, results)
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer samples, 1,000 reports; writes no page")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page there as well")
    options = parser.parse_args()
    print("setting up .bench/ …", file=sys.stderr, flush=True)
    setup.set_up()
    text = page(measure(options.quick), setup.versions())
    sys.stdout.write(text)
    if options.write and not options.quick:
        there = options.write.read_text(encoding="utf-8") if options.write.exists() else ""
        _, heading, rest = there.partition(ROLLUP)  # measured by rollup_scale.py
        options.write.write_text(f"{text}\n{heading}{rest}" if heading else text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
