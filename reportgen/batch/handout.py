"""``new --roster``: one prefilled workbook for every body that has to report."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..disk.files import refuse_existing, write_output
from ..disk.names import Taken, safe_name, shown_name
from ..errors import InputError
from ..form import Form, load_form
from ..model.last_year import next_year
from ..model.report import Report, Value
from ..rollup import Member, Roster, read_roster
from .outcomes import Outcome, attempt, run_many
from .years import LastYear, Whose, index, whose_in


class HandedOut(NamedTuple):
    """A workbook that was written for a body."""

    body: str
    path: Path
    copy: Path | None
    """Copy kept of the file that stood there before."""
    has_last: bool
    """Last year's report was there."""


class _Prefilled(NamedTuple):
    data: bytes
    has_last: bool


class HandOut:
    """The workbooks of all bodies of a roster: what is known of each is filled in."""

    def __init__(
        self, roster: Roster | Path | str, folder: Path, *, year: int | None = None, form: str | None = None,
        last_year: Path | None = None, typed_totals: bool = False, force: bool = False,
        processes: int | None = None,
    ) -> None:  # fmt: skip
        """
        Args:
            roster: the bodies, or the list to read them from.
            folder: where the workbooks go, named after the bodies; it is made if it is not there.
            year: of the data; None for the one after most of last year's reports.
            form: the edition; None for that of the year.
            last_year: a folder of last year's reports: their figures are filled in and locked.
            typed_totals: as for :func:`~reportgen.workbook.blank_workbook`.
            force: replace existing workbooks, keeping a dated copy of each.
            processes: how many to use.

        Raises:
            InputError: the roster or the folder cannot be read, or nobody says which year.
            OutputError: a workbook is there already, and may not be replaced.
        """
        if not isinstance(roster, Roster) and not Path(roster).exists():
            empty = "要一份空白名册，请运行：reportgen new --roster -o 单位名册.xlsx"
            raise InputError(f"找不到名册{shown_name(roster)}。请检查路径；{empty}")
        self.last = whose_in(last_year, processes=processes)
        years = [one.year for one in self.last if one.year]
        if year is None and years:
            year = max(years, key=lambda one: (years.count(one), one)) + 1
        if year is None:
            raise InputError("不知道要填哪一年的报告。请用 --year 写明数据年度，例如 --year 2025。")
        self.year, self.form = year, load_form(form, year=year)
        self.roster = roster if isinstance(roster, Roster) else read_roster(roster, self.form)
        self.force, self.typed_totals, self.processes = force, typed_totals, processes
        taken = Taken()
        self.paths = [folder / f"{taken.free(safe_name(one.name))}.xlsx" for one in self.roster.members]
        for path in self.paths:
            refuse_existing(path, force=force)

    @property
    def nobodys(self) -> list[Whose]:
        """Reports of last year that are of nobody on the roster."""
        wanted = [one for one in self.last if one.year == self.year - 1]
        return [one for one in wanted if self.roster.find(one.org) is None]

    def written(self) -> Iterator[Outcome[HandedOut]]:
        """Write the workbooks; yield what became of each, in the order of the roster."""
        files = index(self.last, self.roster)
        last = LastYear(files={whose: paths for whose, paths in files.items() if whose[1] == self.year - 1})
        members = {one.name: one for one in self.roster.members}
        work = partial(_prefilled, members=members, form=self.form.id, year=self.year, last=last,
                       typed_totals=self.typed_totals)  # fmt: skip
        for path, done in zip(self.paths, run_many(work, list(members), processes=self.processes), strict=True):
            if done.value is None:
                yield Outcome(done.path, None, done.error, done.exit_code)
            else:
                yield attempt(partial(self._write, done.value, path), done.path)

    def _write(self, one: _Prefilled, path: Path, body: Path | str) -> HandedOut:
        first = path is self.paths[0]
        return HandedOut(str(body), path, write_output(path, one.data, force=self.force, tidy=first), one.has_last)


def _prefilled(
    name: Path | str, *, members: dict[str, Member], form: str, year: int, last: LastYear, typed_totals: bool
) -> _Prefilled:
    from ..workbook import blank_workbook

    edition, member = load_form(form), members[str(name)]
    before = last.of(member.name, year)
    report = _opened(edition, member, year, before)
    data = blank_workbook(edition, year=year, org=member.name, typed_totals=typed_totals, report=report, lock=True)
    return _Prefilled(data, before is not None)


def _opened(form: Form, member: Member, year: int, last: Report | None) -> Report:
    """Return the report that a body begins with: its kind, last year's figures, what that year had not finished."""
    blank = Report(form, dict.fromkeys(form.cells, Value("missing")), {})
    report = blank if last is None else next_year(last, form, year)
    kind = {"unit_type": member.kind} if member.kind else {}
    ended = {cell: report.last_year[before] for cell, before in form.opening.items() if before in report.last_year}
    values = {cell: Value("number", one.number) for cell, one in ended.items() if one.number is not None}
    return msgspec.structs.replace(
        report, fields={**report.fields, **kind, "org": member.name, "year": year}, values={**report.values, **values}
    )
