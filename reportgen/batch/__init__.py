"""Many files: over the processors, each on its own, results in the order of the files.

Workers read, check, print and prove; the calling process writes, in order, so that two workbooks
of one report meet as they do one by one: the same one is written, the same one refused.  What
comes back from a worker is small and plain: lines, a status, the finished file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ..api import Delivered, Printed, print_report, read_report, review
from ..checks import check
from ..model.findings import worst
from ..repairs import find_repairs
from ..show.json import report_json
from ..show.lines import OutputLine, report_lines
from ..show.review import CheckedReport
from .outcomes import Outcome, attempt

__all__ = ["Built", "Checked", "Outcome", "attempt", "build_many", "check_many", "review_one", "run_many"]

T = TypeVar("T")

_FEW = 8
"""Fewer files are done in this process: to start others takes longer (docs/decisions.md)."""
_CHUNK = 8
"""Most files to hand to a worker at a time: their finished documents are held until their turn."""
_TURNS = 4
"""Chunks that each worker gets at least, where there are enough files: the slow ones are shared out."""
_MOST = 16
"""Processes, on however large a machine."""


class Checked(msgspec.Struct, frozen=True):
    """A file that was read and checked: what is to be said of it."""

    status: str
    """``errors``, ``warnings`` or ``ok``."""
    lines: tuple[OutputLine, ...] = ()
    """Its findings; none if JSON was asked for."""
    document: dict[str, Any] | None = None
    """The same in the JSON contract, if asked for."""


class Built(msgspec.Struct, frozen=True):
    """A workbook that was read and checked and, if nothing stood against it, built."""

    lines: tuple[OutputLine, ...]
    """Its findings."""
    status: str
    files: tuple[Delivered, ...] = ()
    """What was written; nothing if findings of level error stopped it."""


class _Unwritten(msgspec.Struct, frozen=True):
    """The same before it is written."""

    lines: tuple[OutputLine, ...]
    status: str
    printed: Printed | None


# --------------------------------------------------------------------------- checking


def check_many(
    paths: Sequence[Path | str],
    *,
    strict: bool = False,
    last_year: Path | None = None,
    as_json: bool = False,
    processes: int | None = None,
) -> Iterator[Outcome[Checked]]:
    """Read and check each file.

    Args:
        paths: the files.
        strict: blanks in number cells are errors (N-01).
        last_year: last year's report, for the rules that link years.
        as_json: give the findings in the JSON contract instead of lines.
        processes: how many to use; by default one for each processor, and for few files just this one.

    Yields:
        the outcomes in the order of ``paths``; no file's failure stops the others.
    """
    work = partial(_check_one, strict=strict, last_year=last_year, as_json=as_json)
    return run_many(work, paths, processes=processes)


def _check_one(path: Path | str, *, strict: bool, last_year: Path | None, as_json: bool) -> Checked:
    report = read_report(path, last_year=last_year)
    findings = check(report, strict=strict)
    repairs = find_repairs(report) if worst(findings) == "errors" else None
    return _told(CheckedReport(report, findings, repairs), as_json=as_json)


def review_one(
    path: Path | str, *, strict: bool, last_year: Path | None, as_json: bool
) -> tuple[CheckedReport, Checked]:
    """Read and check one file for pages and marks, which need the report itself; also return what is to be said.

    Args:
        path: the file.
        strict, last_year, as_json: as for :func:`check_many`.

    Raises:
        InputError: a file cannot be read or holds none of the prescribed tables.
    """
    one = review(path, strict=strict, last_year=last_year)
    return one, _told(one, as_json=as_json)


def _told(one: CheckedReport, *, as_json: bool) -> Checked:
    """Return what is to be said of a checked report, as lines or in the JSON contract."""
    status = worst(one.findings)
    if as_json:
        return Checked(status, document=report_json(one.report, one.findings, one.repairs))
    return Checked(status, tuple(report_lines(one.report, one.findings, one.repairs)))


# --------------------------------------------------------------------------- building


def build_many(
    paths: Sequence[Path | str],
    out: Path | Sequence[Path] | None = None,
    *,
    formats: Sequence[str] = ("docx",),
    force: bool = False,
    draft: bool = False,
    strict: bool = False,
    template: Path | None = None,
    sign_off: bool = False,
    fragment: bool = False,
    charts: bool = False,
    last_year: Path | None = None,
    processes: int | None = None,
) -> Iterator[Outcome[Built]]:
    """Build the report of each workbook, as :func:`~reportgen.api.build` does it.

    Args:
        paths: the workbooks.
        out, formats, force, draft, strict, template, sign_off, fragment, charts: as for
            :func:`~reportgen.api.build`.
        last_year, processes: as for :func:`check_many`.

    Yields:
        the outcomes in the order of ``paths``; no file's failure stops the others.
    """
    printing = partial(
        print_report, out=out, formats=formats, draft=draft, template=template, sign_off=sign_off, fragment=fragment,
        charts=charts,
    )  # fmt: skip
    work = partial(_print_one, printing=printing, draft=draft, strict=strict, last_year=last_year)
    tidied: set[Path] = set()
    for outcome in run_many(work, paths, processes=processes):
        if outcome.value is None:
            yield Outcome(outcome.path, None, outcome.error, outcome.exit_code)
        else:
            yield attempt(partial(_write, outcome.value, force=force, tidied=tidied), outcome.path)


def _print_one(
    path: Path | str, *, printing: Callable[..., Printed], draft: bool, strict: bool, last_year: Path | None
) -> _Unwritten:
    report = read_report(path, last_year=last_year)
    findings = tuple(check(report, strict=strict))
    status = worst(findings)
    printed = printing(report, findings) if status != "errors" or draft else None
    repairs = find_repairs(report) if status == "errors" else None
    return _Unwritten(tuple(report_lines(report, findings, repairs)), status, printed)


def _write(one: _Unwritten, _: Path | str, *, force: bool, tidied: set[Path]) -> Built:
    """Write what was printed of one report; the first in each folder clears away what a killed run left there."""
    if one.printed is None:
        return Built(one.lines, one.status)
    folders = {path.parent for path, _, _ in one.printed.files}
    files = one.printed.write(force=force, tidy=not folders <= tidied)
    tidied |= folders
    return Built(one.lines, one.status, files)


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
        yield from (attempt(work, path) for path in paths)
        return
    from .workers import Workers

    size = max(1, min(_CHUNK, len(paths) // (_TURNS * count)))
    chunks = [paths[i : i + size] for i in range(0, len(paths), size)]
    yield from Workers(work, chunks, count).run()


def _processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))  # of a container, not of the machine
    return os.cpu_count() or 1
