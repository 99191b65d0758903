"""Many files: over the processors, each on its own, results in the order of the files.

Workers read, check, print and prove; the calling process writes, in order, so that two workbooks
of one report meet as they do one by one: the same one is written, the same one refused.  What
comes back from a worker is small and plain: lines, a code, the finished file.  Measured with 200
workbooks built: 8.1 s of processor time in one process, 7.4 s shared by two.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import msgspec

from .disk.names import name_of
from .errors import ReportgenError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing.context import BaseContext
    from pathlib import Path

    from .api import Printed
    from .model.report import Report
    from .repairs import Repairs

__all__ = ["Built", "Checked", "Outcome", "attempt", "build_many", "check_many", "run_many"]

T = TypeVar("T")

_FEW = 8
"""Fewer files are done where we are: two workers take 0.3 s to start (spawn), eleven workbooks' time."""
_CHUNK = 8
"""Most files to hand to a worker at a time: their finished documents are held until their turn."""
_MOST = 16
_EXIT_ERRORS, _EXIT_CRASH = 1, 3


class Outcome(msgspec.Struct, Generic[T], frozen=True):
    """What became of one file."""

    path: Path | str
    value: T | None
    """None if it failed."""
    error: str = ""
    """Why, in words for the user."""
    exit_code: int = 0
    """Of the failure (DESIGN.md 4)."""


class Checked(msgspec.Struct, frozen=True):
    """A workbook that was read and checked."""

    lines: tuple[str, ...]
    """Its findings, as :func:`~reportgen.listing.report_lines` gives them."""
    document: dict[str, Any]
    """The same in the JSON contract."""
    exit_code: int


class Built(msgspec.Struct, frozen=True):
    """A workbook that was read and checked and, if nothing stood against it, built."""

    lines: tuple[str, ...]
    status: str
    path: Path | None = None
    """The report written; None if findings of level error stopped it."""
    compared: int = 0
    copy: Path | None = None
    """Copy kept of the file that stood there before."""


_Unwritten: TypeAlias = "tuple[tuple[str, ...], str, Printed | None]"


def build_many(
    paths: Sequence[Path | str],
    out: Path | None = None,
    *,
    force: bool = False,
    draft: bool = False,
    strict: bool = False,
    template: Path | None = None,
    last_year: Path | None = None,
    processes: int | None = None,
) -> Iterator[Outcome[Built]]:
    """Build the report of each workbook, as :func:`~reportgen.api.build` does it.

    Args:
        paths: the workbooks.
        out, force, draft, strict, template: as for :func:`~reportgen.api.build`.
        last_year: last year's report, for the rules that link years.
        processes: how many to use; by default one for each processor, and for few files just this one.

    Yields:
        the outcomes in the order of ``paths``; no file's failure stops the others.
    """
    work = partial(_print_one, out=out, draft=draft, strict=strict, template=template, last_year=last_year)
    for outcome in run_many(work, paths, processes=processes):
        yield (
            attempt(partial(_write, outcome, force=force), outcome.path)
            if outcome.value
            else Outcome(outcome.path, None, outcome.error, outcome.exit_code)
        )


def check_many(
    paths: Sequence[Path | str],
    *,
    strict: bool = False,
    last_year: Path | None = None,
    processes: int | None = None,
) -> Iterator[Outcome[Checked]]:
    """Read and check each workbook.

    Args:
        paths: the workbooks.
        strict: blanks in number cells are errors (N-01).
        last_year, processes: as for :func:`build_many`.

    Yields:
        the outcomes in the order of ``paths``; no file's failure stops the others.
    """
    return run_many(partial(_check_one, strict=strict, last_year=last_year), paths, processes=processes)


def _check_one(path: Path | str, *, strict: bool, last_year: Path | None) -> Checked:
    from .api import read_report
    from .checks import check
    from .model.findings import worst
    from .show.listing import json_report, report_lines

    report = read_report(path, last_year=last_year)
    findings = check(report, strict=strict)
    repairs = _repairs(report) if worst(findings) == "errors" else None
    lines = tuple(report_lines(report, findings, repairs))
    return Checked(lines, json_report(report, findings, repairs), _EXIT_ERRORS if repairs is not None else 0)


def _print_one(
    path: Path | str,
    *,
    out: Path | None,
    draft: bool,
    strict: bool,
    template: Path | None,
    last_year: Path | None,
) -> _Unwritten:
    from .api import print_report, read_report
    from .checks import check
    from .model.findings import worst
    from .show.listing import report_lines

    report = read_report(path, last_year=last_year)
    findings = tuple(check(report, strict=strict))
    status = worst(findings)
    printed = None
    if status != "errors" or draft:
        printed = print_report(report, findings, out, draft=draft, template=template)
    repairs = _repairs(report) if status == "errors" else None
    return tuple(report_lines(report, findings, repairs)), status, printed


def _repairs(report: Report) -> Repairs:
    """Likely corrections; few reports need the search."""
    from .repairs import find_repairs

    return find_repairs(report)


def _write(outcome: Outcome[_Unwritten], _: Path | str, *, force: bool) -> Built:
    from .disk.files import write_output

    assert outcome.value is not None
    lines, status, printed = outcome.value
    if printed is None:
        return Built(lines, status)
    copy = write_output(printed.path, printed.data, force=force, inputs=printed.inputs)
    return Built(lines, status, printed.path, printed.compared, copy)


def attempt(work: Callable[[Path | str], T], path: Path | str) -> Outcome[T]:
    """Do the work on one file; whatever goes wrong is an outcome, so that the other files get theirs."""
    try:
        return Outcome(path, work(path))
    except ReportgenError as error:
        return Outcome(path, None, str(error), error.exit_code)
    except Exception as error:
        if os.environ.get("REPORTGEN_DEBUG"):
            raise
        what = f"{type(error).__name__}：{error}"
        return Outcome(
            path,
            None,
            f"程序内部出错（{what}），“{name_of(path)}”没有处理。请把这一行发给技术人员。",
            _EXIT_CRASH,
        )


# --------------------------------------------------------------------------- processes


def run_many(
    work: Callable[[Path | str], T], paths: Sequence[Path | str], *, processes: int | None = None
) -> Iterator[Outcome[T]]:
    """Do the same with many files.

    Args:
        work: what to do; in other processes, so it and its result must be picklable, and it must
            not write, because it is done again where a process died.
        paths: the files.
        processes: how many to use; by default one for each processor, and for few files just this one.

    Yields:
        the outcomes in the order of ``paths``.
    """
    count = (_processors() if len(paths) >= _FEW else 1) if processes is None else processes
    count = min(count, _MOST, len(paths))
    if count < 2:
        for path in paths:
            yield attempt(work, path)
        return
    size = max(1, min(_CHUNK, len(paths) // (4 * count)))
    yield from _Workers(work, [paths[i : i + size] for i in range(0, len(paths), size)], count).run()


def _processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))  # of a container, not of the machine
    return os.cpu_count() or 1


def _prepare() -> None:
    """Have ready what every workbook needs: modules, the form in force, its template."""
    from .form import load_form
    from .sources import docx, xlsx  # noqa: F401
    from .word import (
        default_template,
        proof,  # noqa: F401
    )
    from .word.cache import prepared_template

    form = load_form()
    prepared_template(default_template(form), form)


def _start() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that waits for us
    _prepare()


def _chunk(work: Callable[[Path | str], T], paths: Sequence[Path | str]) -> list[Outcome[T]]:
    return [attempt(work, path) for path in paths]


class _Workers(Generic[T]):
    """Chunks of files in worker processes.

    When a process dies, all that were being worked on are lost with it and nobody can say which file
    it was: the chunk whose turn it is is done again file by file, each in a process of its own, and
    the others as before.
    """

    def __init__(
        self, work: Callable[[Path | str], T], chunks: list[Sequence[Path | str]], count: int
    ) -> None:
        self.work, self.chunks, self.count = work, chunks, count
        self.running: dict[int, Future[list[Outcome[T]]]] = {}
        self.context = _context()

    def run(self) -> Iterator[Outcome[T]]:
        if self.context.get_start_method() == "fork":
            _prepare()  # once, for all of them
        pool = self.pool(self.count)
        try:
            for turn, chunk in enumerate(self.chunks):
                outcomes = self.outcomes(pool, turn)
                if outcomes is None:
                    pool.shutdown(cancel_futures=True)
                    self.running = {
                        n: f
                        for n, f in self.running.items()
                        if f.done() and not f.cancelled() and f.exception() is None
                    }
                    outcomes = [self.alone(path) for path in chunk]
                    pool = self.pool(self.count)
                yield from outcomes
        finally:
            pool.shutdown(cancel_futures=True)

    def outcomes(self, pool: ProcessPoolExecutor, turn: int) -> list[Outcome[T]] | None:
        """Return a chunk's outcomes, None if a process died; keep the workers busy meanwhile."""
        from concurrent.futures.process import BrokenProcessPool

        try:
            for n in range(turn, min(turn + 4 * self.count, len(self.chunks))):
                if n not in self.running:
                    self.running[n] = pool.submit(_chunk, self.work, self.chunks[n])
            return self.running.pop(turn).result()
        except BrokenProcessPool:
            self.running.pop(turn, None)
            return None

    def alone(self, path: Path | str) -> Outcome[T]:
        from concurrent.futures.process import BrokenProcessPool

        with self.pool(1) as pool:
            try:
                return pool.submit(attempt, self.work, path).result()
            except BrokenProcessPool:
                pass
        return Outcome(
            path, None,
            f"处理“{name_of(path)}”的进程意外结束（可能内存不够），这个文件没有处理。请单独再试一次；"
            "仍不行时，请把它交给技术人员。",
            _EXIT_CRASH,
        )  # fmt: skip

    def pool(self, count: int) -> ProcessPoolExecutor:
        from concurrent.futures import ProcessPoolExecutor

        return ProcessPoolExecutor(count, mp_context=self.context, initializer=_start)


def _context() -> BaseContext:
    import multiprocessing
    import threading

    # A copy of this process has everything loaded; with other threads about, it may hang.
    copies = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if copies else "spawn")
