"""How fast is reportgen, measured beside what one would otherwise use, in one run?

    python benchmarks/speed.py [--quick] [--samples N] [--commit COMMIT] [--write docs/benchmarks.md]

Sets up reportgen and the peers below ``.bench/``, makes the inputs, checks that every command writes
the same figures and words, and then measures all of them in turn, so that whatever else the machine
does falls on all alike.  Medians throughout.  Linux only (memory is read from /proc).
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
from pathlib import Path

import speed_places as places
from speed_page import BLANKS, DOCXTEMPLATER, EASY, OURS, SCRIPT, Cold, Growth, Results, Slice, page
from speed_places import BIN, DOCXTPL, INPUTS, NODE, Conversation

WORKBOOKS = 60
"""Written by every command and compared; the growth is measured with them."""
BATCH = 320
"""Different ones, in figures and words, for the warm processes, which see each a few times at most, and for
the batch: enough that starting two processes hardly counts."""


def commands() -> dict[str, list[str]]:
    """Return name → command, as a user has it after installing."""
    node = shutil.which("node") or "node"
    return {
        OURS: [str(places.OURS / BIN / "reportgen")],
        SCRIPT: [str(DOCXTPL / BIN / "docxtpl-peer")],
        DOCXTEMPLATER: [node, str(NODE / "docxtemplater_peer.js")],
        EASY: [node, str(NODE / "easy_template_x_peer.js")],
    }


def build_command(command: list[str], workbook: Path, out: Path) -> list[str]:
    return [*command, "build", str(workbook), "-o", str(out)]


def prepare(spawner: Conversation) -> tuple[list[Path], list[str], int]:
    """Make the inputs, let every command write every workbook once, and compare.

    Returns:
        the workbooks to work on, those of the batch, and how many figures were the same in all results.
    """
    maker = places.input_maker()
    names, many = maker.ask({"do": "make", "folder": str(INPUTS), "count": WORKBOOKS, "many": BATCH})
    books = [Path(name) for name in names]
    out, figures = places.fresh_output(), 0
    for book in (INPUTS / "example.xlsx", *books):
        results: dict[str, str] = {}
        for name, command in commands().items():
            results[name] = str(out / f"{book.stem}-{len(results)}.docx")
            spawn(spawner, build_command(command, book, Path(results[name])))
        figures += maker.ask({"do": "compare", "workbook": str(book), "results": results})
    maker.close()
    return books, many, figures


def spawn(spawner: Conversation, command: list[str]) -> Cold:
    seconds, cpu, peak, status, output = spawner.ask(command)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {status}\n{output}")
    return Cold(seconds, cpu, peak * 1024)


def cold(spawner: Conversation, samples: int, results: Results) -> None:
    """Whole processes, one after another in a new order each round."""
    rng, example = random.Random(0), INPUTS / "example.xlsx"
    for n in range(samples + 1):
        out = places.fresh_output()
        jobs = [(name, verb) for name in commands() for verb in ("build", "validate", "--help")]
        jobs.append((OURS, "first build"))
        rng.shuffle(jobs)
        for name, verb in jobs:
            command = commands()[name]
            if verb == "first build":
                shutil.rmtree(places.BENCH / "cache", ignore_errors=True)
            if "build" in verb:
                target = out / f"{len(list(out.iterdir()))}.docx"
                full = build_command(command, example, target)
            else:
                full = [*command, verb] if verb == "--help" else [*command, verb, str(example)]
            sample = spawn(spawner, full)
            if n:  # the first round warms the disk cache
                results.cold.setdefault((name, verb), []).append(sample)


def warm(names: list[str], rounds: int, seconds: float, results: Results) -> None:
    """Processes that stay up, each working for a slice of time in turn."""
    workers = {
        OURS: places.python_worker("reportgen"),
        SCRIPT: places.python_worker("docxtpl"),
        DOCXTEMPLATER: places.node_worker("docxtemplater_peer.js"),
        EASY: places.node_worker("easy_template_x_peer.js"),
    }
    blanks = {OURS: places.python_worker("blank"), SCRIPT: places.python_worker("openpyxl")}
    jobs = [(name, workers[name], verb) for name in workers for verb in ("build", "validate")]
    jobs += [(name, blanks[name], verb) for name, verb in BLANKS]
    rng = random.Random(0)
    for n in range(rounds + 1):
        rng.shuffle(jobs)
        for name, worker, verb in jobs:
            job = {"do": verb, "inputs": names, "out": str(places.fresh_output()), "seconds": seconds}
            answer = Slice(**worker.ask(job))
            if n:
                results.warm.setdefault((name, verb), []).append(answer)
    for conversation in (*workers.values(), *blanks.values()):
        conversation.close()


def batch(many: list[str], rounds: int, results: Results) -> None:
    """The batch on one process and on two, in turn."""
    worker = places.python_worker("reportgen")
    for _ in range(rounds):
        one, two = (
            Slice(**worker.ask({
                "do": "batch", "inputs": many, "out": str(places.fresh_output()), "processes": processes,
            }))
            for processes in (1, 2)
        )  # fmt: skip
        results.two.append((one, two))
    worker.close()


def growth(books: list[Path], last: int, rounds: int) -> Growth:
    """One process that has built many reports, and one that has built few, in turn: so that their speeds compare."""
    names = [str(b) for b in books]
    old, young = places.python_worker("reportgen"), places.python_worker("reportgen")
    held = old.ask(
        {"do": "grow", "inputs": names, "out": str(places.fresh_output()), "first": 100, "last": last}
    )
    young.ask({"do": "grow", "inputs": names, "out": str(places.fresh_output()), "first": 99, "last": 100})
    times: dict[Conversation, list[float]] = {old: [], young: []}
    for _ in range(rounds):
        for worker, taken in times.items():
            job = {"do": "build", "inputs": names, "out": str(places.fresh_output()), "seconds": 0.3}
            answer = Slice(**worker.ask(job))
            taken.append(answer.cpu / answer.count)
    for worker in times:
        worker.close()
    places.fresh_output()
    return Growth(
        last, **held, time_first=statistics.median(times[young]), time_last=statistics.median(times[old])
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer samples, growth to 1,000 reports only")
    parser.add_argument("--samples", type=int, default=21, help="cold starts of each command (default 21)")
    parser.add_argument("--commit", metavar="COMMIT", help="measure this commit, not the files as they are")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page there as well")
    options = parser.parse_args()
    samples = 5 if options.quick else options.samples
    rounds, seconds = (5, 0.3) if options.quick else (15, 0.5)

    def say(step: str) -> None:
        print(step, file=sys.stderr, flush=True)

    say("setting up .bench/ …")
    places.set_up(options.commit)
    spawner = places.spawner()
    say("making inputs, comparing what all of them write …")
    books, many, figures = prepare(spawner)
    results = Results(figures=figures, workbooks=len(books) + 1)
    say("cold …")
    cold(spawner, samples, results)
    spawner.close()
    say("warm …")
    warm(many, rounds, seconds, results)
    say("batch …")
    batch(many, 2 if options.quick else 7, results)
    say("growth …")
    results.growth = growth(books, 1000 if options.quick else 10000, 5 if options.quick else 15)
    text = page(results, places.versions(options.commit))
    sys.stdout.write(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
