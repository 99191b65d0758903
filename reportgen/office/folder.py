"""What lies in a folder: workbooks to deal with, last year's reports beside them, two workbooks of one body."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from ..api import read_report
from ..batch import Outcome, attempt
from ..disk.files import read_input
from ..disk.folders import PAGE_SUFFIX
from ..disk.names import fitting_name, is_backup, is_lock_file, quoted, reachable, safe_name, shown_name
from ..errors import InputError, ReportgenError, said_by_system
from ..marking import is_untouched
from ..model.numbers import Number
from ..model.report import Report

RESULT_SUFFIX = ".检查结果.txt"

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
"""What counts as a workbook in a folder; those that cannot be read are answered with what to do."""
WORKBOOK_KINDS = ("xlsx", "xlsm", "xls", "ods")
"""The kinds of file that those are."""
_DOCUMENTS = (".docx", ".html", ".htm", ".mht", ".mhtml", ".pdf", ".json")
"""What else may be last year's report."""
_MOST = 40
"""Documents beside a workbook that are looked into: a folder of downloads may hold thousands."""
_MARKED = re.compile(r"(.+)（审核(\d*)）")
_SETTLES = 0.3
"""Seconds in which a file that is still being copied grows."""


class LastYear(msgspec.Struct, frozen=True):
    """Last year's report of a body, found beside this year's workbook."""

    report: Report
    others: tuple[Path, ...] = ()
    """Files that say they are the same, and hold other figures."""


class Job(msgspec.Struct, frozen=True):
    """One workbook to deal with."""

    path: Path
    read: Outcome[Report]
    last_year: LastYear | None = None
    rivals: tuple[Path, ...] = ()
    """Other workbooks in the same folder that are of the same body and year."""
    remarks: tuple[str, ...] = ()
    """What is to be said of the search for last year's report."""


def _quiet(_: Path) -> None:
    """Show nothing."""


class Found(msgspec.Struct, frozen=True):
    """What a double click is about."""

    jobs: tuple[Job, ...]
    served: tuple[tuple[Path, Path], ...] = ()
    """Files that are last year's of another one and only serve it: each with the one they serve."""


def look(files: Sequence[Path], folder: Path | None = None, *, reading: Callable[[Path], None] = _quiet) -> Found:
    """Find the workbooks to deal with, and read them and what lies beside them.

    Args:
        files: what was dropped on the icon; a folder stands for the workbooks in it.
        folder: where to look when nothing was dropped; the current folder if None.
        reading: is called with each file before it is read, to show how far the work has come.

    Returns:
        the jobs in their order; a file that is last year's report of another one is none of them.

    Raises:
        InputError: a folder cannot be looked into.
    """
    places = [Path(os.path.abspath(place)) for place in files or [folder or Path()]]
    read: dict[Path, Outcome[Report]] = {}
    for path in (path for place in places for path in _expand(place)):
        reading(path)
        read[path] = _read(path)
    beside = Beside(read, reading)
    jobs = [_job(path, outcome, beside) for path, outcome in read.items()]
    serving = [(path, job.path) for job in jobs for path in beside.same(job.read.value, ago=1) if path in read]
    served = dict(serving)
    return Found(tuple(job for job in jobs if job.path not in served), tuple(served.items()))


def _job(path: Path, outcome: Outcome[Report], beside: Beside) -> Job:
    report = outcome.value
    if report is None:
        return Job(path, outcome)
    last, remarks = beside.last_year(path.parent, report.org, report.year)
    return Job(path, outcome, last, tuple(beside.rivals(path, report)), remarks)


def _expand(place: Path) -> list[Path]:
    return workbooks_in(place) if reachable(place).is_dir() else [place]


def workbooks_in(folder: Path) -> list[Path]:
    """Return the workbooks of a folder by name, without lock files, copies, marked copies of ours and hidden files."""
    return [path for path in _files(folder, _WORKBOOKS) if not _is_our_copy(path)]


def _files(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    try:
        entries = list(reachable(folder).iterdir())
    except OSError as error:
        raise InputError(f"文件夹{quoted(folder)}打不开（{said_by_system(error)}）。请检查路径和权限。") from error
    return sorted(
        folder / path.name
        for path in entries
        if path.suffix.lower() in suffixes
        and not path.name.startswith(".")
        and not path.name.endswith(PAGE_SUFFIX)
        and not is_lock_file(path)
        and not is_backup(path)
        and path.is_file()
    )


def _marked_from(path: Path) -> Path | None:
    """Return the workbook that a marked copy was made from, by its name; None if it is not named like one."""
    match = _MARKED.fullmatch(path.stem)
    if match is None:
        return None
    number = int(match[2] or 1)
    before = {1: "", 2: "（审核）"}.get(number, f"（审核{number - 1}）")
    return path.with_name(f"{match[1]}{before}{path.suffix}")


def _is_our_copy(path: Path) -> bool:
    """Tell whether a file is the marked copy of a workbook beside it, and nobody has changed it since."""
    source = _marked_from(path)
    return source is not None and reachable(source).exists() and is_unchanged(path)


def is_unchanged(marked: Path) -> bool:
    """Tell whether a file is a marked copy as it was written; it says so itself."""
    try:
        return is_untouched(read_input(marked))
    except ReportgenError:
        return False


def beside(workbook: Path, end: str) -> Path:
    """Return the file of a workbook that lies beside it: ``甲.检查结果.txt`` of ``甲.xlsx``."""
    stem = workbook.stem if workbook.suffix.lower() == ".xlsx" else workbook.name
    return workbook.with_name(fitting_name(stem, end))


def _read(path: Path) -> Outcome[Report]:
    """Read a workbook; of one that is still growing, say so."""
    before = _state(path)
    outcome = attempt(read_report, path)
    if isinstance(outcome.value, Report) or before is None:
        return outcome
    time.sleep(_SETTLES)
    if _state(path) == before:
        return outcome
    return Outcome(
        path, None, f"{shown_name(path)}还在复制或保存，内容没有齐。请等它完成后再做一次。", InputError.exit_code
    )


def _state(path: Path) -> tuple[int, int] | None:
    try:
        info = reachable(path).stat()
    except (OSError, ValueError):
        return None
    return info.st_size, info.st_mtime_ns


class Beside:
    """The reports of a run, and the files beside them in which last year's reports are looked for."""

    def __init__(self, asked: Mapping[Path, Outcome[Report]], reading: Callable[[Path], None] = _quiet) -> None:
        """Begin with the files that the run is about, as they were read."""
        self.asked, self.reading = asked, reading
        self._listed: dict[Path, list[Path]] = {}
        self._read = dict(asked)
        self._by_body: dict[tuple[str, int | None], list[Path]] = {}
        self._left: dict[Path, int] = {}
        for path, outcome in asked.items():
            self._file(path, outcome)
        self._names = {safe_name(one.value.full_title) for one in asked.values() if one.value}

    def _file(self, path: Path, outcome: Outcome[Report]) -> None:
        self._read[path] = outcome
        if outcome.value:
            self._by_body.setdefault((_who(outcome.value.org), outcome.value.year), []).append(path)

    def same(self, report: Report | None, *, ago: int = 0) -> list[Path]:
        """Return the files read so far that are of the same body, and of the year that was ``ago`` years before."""
        if report is None or not report.org or not report.year:
            return []
        return self._by_body.get((_who(report.org), report.year - ago), [])

    def rivals(self, path: Path, report: Report) -> Iterator[Path]:
        """Yield the other workbooks in the same folder that the run is about, of the same body and year."""
        for other in self.same(report) if report.kind in WORKBOOK_KINDS else ():
            found = self.asked[other].value if other in self.asked else None
            if other != path and other.parent == path.parent and found and found.kind in WORKBOOK_KINDS:
                yield other

    def last_year(self, folder: Path, org: str, year: int | None) -> tuple[LastYear | None, tuple[str, ...]]:
        """Find a body's report of the year before; what was published counts before workbooks.

        Args:
            folder: where to look.
            org: the body's name.
            year: this year.

        Returns:
            the report, None if there is none, and what has to be said of the search.
        """
        if not org or not year:
            return None, ()
        self._look_into(folder, str(year - 1))
        paths = self._by_body.get((_who(org), year - 1), [])
        found = [report for path in paths if (report := self._read[path].value)]
        if not found:
            return None, tuple(self._missed(folder, str(year - 1)))
        found.sort(key=lambda report: (report.kind in WORKBOOK_KINDS, report.kind == "json"))
        chosen = found[0]
        others = [Path(one.path) for one in found[1:] if _figures(one) != _figures(chosen)]
        return LastYear(chosen, tuple(others)), ()

    def _look_into(self, folder: Path, year: str) -> None:
        """Read the files of a folder that may be reports of a year: those that name it, and some others."""
        if folder not in self._listed:
            self._listed[folder] = _beside(folder)
        files = [path for path in self._listed[folder] if path not in self._read and path.stem not in self._names]
        files.sort(key=lambda path: year not in path.stem)
        named = sum(year in path.stem for path in files)
        most = max(0, _MOST - (len(self._read) - len(self.asked)))
        for path in files[: named + most]:
            self.reading(path)
            self._file(path, attempt(read_report, path))
        self._left[folder] = len(files[named + most :])

    def _missed(self, folder: Path, year: str) -> Iterator[str]:
        """Say which file may have been the one looked for."""
        for path, outcome in self._read.items():
            if outcome.value is None and path.parent == folder and year in path.stem and path not in self.asked:
                yield f"{shown_name(path)}读不出来，没有用来核对上年的数。{outcome.error}"
        if left := self._left.get(folder):
            yield f"文件夹里文件太多，还有 {left} 个没有看是不是上年的报告。"


def _beside(folder: Path) -> list[Path]:
    try:
        return [path for path in _files(folder, (*_WORKBOOKS, *_DOCUMENTS)) if not _is_our_copy(path)]
    except InputError:  # one may be allowed to read a file, and not to look around
        return []


def _who(org: str) -> str:
    """Return a body's name as two files are compared by it."""
    return "".join(unicodedata.normalize("NFKC", org).split())


def _figures(report: Report) -> dict[str, Number]:
    return {cell: value.number for cell, value in report.values.items() if value.number is not None}
