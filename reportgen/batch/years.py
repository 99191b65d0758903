"""Last year's reports of many bodies: for each body the file of that body and the year before."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from ..api import read_report
from ..disk.folders import files_in
from ..disk.names import shown_name
from ..errors import InputError
from ..form.likeness import key
from ..model.last_year import with_last_year
from ..model.report import Report, Value
from .outcomes import run_many

if TYPE_CHECKING:
    from ..rollup import Roster

T = TypeVar("T")


class Whose(NamedTuple):
    """Whose report a file is.  A named tuple because there may be ten thousand."""

    org: str
    year: int | None
    path: str
    saved: float = 0.0


class LastYear(msgspec.Struct, frozen=True):
    """Where the reports of the year before are; goes to other processes with the work."""

    one: str = ""
    """A single file, which is for every report."""
    files: Mapping[tuple[str, int], tuple[str, ...]] = {}
    """Body (as :func:`~reportgen.recogniser.labels.key` writes it) and year → its files: several of a body made of several."""

    def read(self, path: Path | str) -> Report:
        """Read a report and join it to that of the year before."""
        return self.join(read_report(path, last_year=self.one or None))

    def has(self, org: str, year: int | None) -> bool:
        """Tell whether there is a file of a body for the year before ``year``."""
        return year is not None and (key(org), year - 1) in self.files

    def of(self, org: str, year: int | None) -> Report | None:
        """Return a body's report of the year before ``year``, None if there is none."""
        paths = self.files.get((key(org), year - 1), ()) if org and year else ()
        return _together([read_report(path) for path in paths]) if paths else None

    def join(self, report: Report) -> Report:
        """Return a report joined to that of the year before, as it is if there is none."""
        last = self.of(report.org, report.year)
        return report if last is None else with_last_year(report, last)


def last_year_in(place: Path | str | None, *, processes: int | None = None) -> LastYear:
    """Look for last year's reports.

    Args:
        place: a file, for every report, or a folder of reports of any names; None for nothing.
        processes: how many to use.

    Raises:
        InputError: there is no such file or folder.
    """
    if place is None:
        return LastYear()
    if Path(place).is_dir():
        return LastYear(files=index(whose_in(place, processes=processes)))
    _refuse_missing(place)
    return LastYear(str(place))


def _refuse_missing(place: Path | str) -> None:
    """Refuse what is not there.

    Raises:
        InputError: there is no such file or folder.
    """
    if not Path(place).exists():
        raise InputError(f"找不到上年的报告{shown_name(place)}。请检查路径。")


def whose_in(place: Path | str | None, *, processes: int | None = None) -> list[Whose]:
    """Return whose the reports of a folder are; see :func:`all_in`."""
    return list(all_in(place, _whose, processes))


def all_in(place: Path | str | None, read: Callable[[Path | str], T], processes: int | None) -> Iterator[T]:
    """Yield what is read of each report in a folder, or of the one file; what cannot be read is nobody's.

    Raises:
        InputError: there is no such file or folder.
    """
    if place is None:
        return
    _refuse_missing(place)
    for outcome in run_many(read, files_in([place]), processes=processes):
        if outcome.value is not None:
            yield outcome.value


def _whose(path: Path | str) -> Whose:
    report = read_report(path)
    return Whose(report.org, report.year, str(path), os.stat(path).st_mtime)


def index(found: Iterable[Whose], roster: Roster | None = None) -> dict[tuple[str, int], tuple[str, ...]]:
    """Return the files of every body and year; of several of one year the one saved last counts.

    Args:
        found: whose the files are.
        roster: also finds a body under its other names, and those that it was made of.
    """
    files: dict[tuple[str, int], str] = {}
    for one in sorted(found, key=lambda one: (one.saved, one.path)):
        if one.org and one.year:
            files[key(one.org), one.year] = one.path
    known: dict[tuple[str, int], tuple[str, ...]] = {whose: (path,) for whose, path in files.items()}
    years = sorted({year for _, year in files})
    for member in roster.members if roster else ():
        for year in years:
            whole = [(key(name), year) for name in (member.name, *member.aliases, *member.former)]
            paths = tuple(dict.fromkeys(files[one] for one in whole if one in files))
            if paths:
                known |= {(key(name), year): paths for name in (member.name, *member.aliases)}
    return known


def _together(reports: Sequence[Report]) -> Report:
    """Return the reports of bodies that were merged into one as one."""
    first, *more = reports
    if not more:
        return first
    from ..rollup.filing import add

    total = add({cell: value.number for cell, value in one.values.items() if value.number} for one in reports)
    values = {cell: Value("number", total.get(cell, 0), origin=first.values[cell].origin) for cell in first.values}
    return msgspec.structs.replace(first, values=values)
