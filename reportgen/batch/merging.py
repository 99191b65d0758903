"""``merge``: the files of many bodies → one report of them all, as a workbook."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from ..api import read_report, report_of
from ..checks import check
from ..disk.files import refuse_existing, write_outputs
from ..disk.folders import ROSTER_NAMES, files_in
from ..disk.names import quoted, safe_name, shown_name
from ..disk.spool import Spool
from ..errors import InputError
from ..form import Form, load_form
from ..form.likeness import key
from ..model.findings import worst
from ..model.report import Report
from ..rollup import (
    COUNTED,
    Collection,
    Filing,
    Left,
    Previous,
    Rollup,
    Roster,
    collect,
    filing_of,
    read_parts,
    read_previous,
    read_roster,
    reminder,
    roll_up,
    unreadable,
    year_of,
)  # fmt: skip
from ..show.entries import Entry, entry_of, unread_entry
from ..show.review import CheckedReport
from ..sources import open_document
from .checking import Pages, own_page
from .outcomes import run_many
from .years import LastYear, Whose, all_in, index

Progress = Callable[[int, int], None]
"""Told how many of how many files have been read."""
_ROSTER_SUFFIXES = (".xlsx", ".xls", ".ods", ".csv", ".txt")
_LETTER = ".催报.txt"
_OF_BUNDLE = ("python", "空白表", "模板", "forms", "资料", "使用说明", "使用说明.html")
"""What stands beside the launchers and is no report (docs/bundle.zh.md)."""


class MergeResult(msgspec.Struct, frozen=True):
    """What became of a roll-up."""

    rollup: Rollup
    path: Path | None = None
    """The merged workbook; None if it was not asked for."""
    copy: Path | None = None
    """Copy kept of the file that stood there before."""
    letter: str = ""
    """催报, as text to send; ``""`` if everybody has reported."""
    letter_path: Path | None = None
    lonely: tuple[str, ...] = ()
    """Bodies whose report of the year before was not found, where such reports were given."""
    overview: Path | None = None
    """The page of all reports, if it was asked for."""

    @property
    def status(self) -> str:
        """``errors``, ``warnings`` or ``ok``, of the set and of the sum."""
        return worst((*self.rollup.findings, *self.rollup.checked))


def merge(
    sources: Iterable[Report | Path | str], out: Path | str | None = None, *, org: str, year: int | None = None,
    roster: Roster | Path | str | None = None, filed: Report | Path | str | None = None,
    previous: Path | str | None = None, last_year: Path | str | None = None, html: Path | str | None = None,
    own_only: bool = False, include_drafts: bool = False, force: bool = False, skip: Iterable[Path | str] = (),
    progress: Progress | None = None, processes: int | None = None,
) -> MergeResult:  # fmt: skip
    """Add up the reports of many bodies into the report of the body above them; their order does not matter.

    Only reports without errors are added, the others are named; a sum of others given is never added to them.

    Args:
        sources: reports, files of any kind, and folders of them.
        out: where the merged workbook goes (.xlsx), with the reminder beside it; None to write nothing.
        org: the body that the sum is for.
        year: of the data; None for the one most reports are of.
        roster: the bodies that have to report, or the list to read them from.
        filed: the body's report as filed, to compare with the sum.
        previous: its merged workbook of the last time: changes are told, texts and explanations taken over.
        last_year: a report of the year before, or a folder of them.
        html: a folder for an overview of all reports, and a page of each.
        own_only: the report has the figures of 本级, not those of 行政区域.
        include_drafts: add reports with errors, too; every sheet then says so.
        force: replace an existing file, keeping a dated copy of it.
        skip: files and folders in the folders given that hold no reports.
        progress, processes: called after each file; how many to use, by default one for each processor.

    Raises:
        InputError: there is nothing to add, or one of the named files cannot be read.
        OutputError: the workbook cannot be written.
    """
    if out is not None:
        refuse_existing(out, force=force)
    pages = None if html is None else Pages(Path(html), force=force)
    given, named = list(sources), (filed, previous, out, last_year, html)
    skip = [*skip, *(one for one in named if isinstance(one, (str, Path)) and one not in given)]
    came = _receive(given, skip, year, roster, last_year, pages, progress, processes)
    rollup = _rolled_up(came, org, filed, previous, own_only=own_only, drafts=include_drafts)
    result = _written(rollup, out, came.paths, force)
    overview = None if pages is None else _overview(rollup, came, pages)
    return msgspec.structs.replace(result, lonely=came.lonely, overview=overview)


def _rolled_up(
    came: _Came, org: str, filed: Report | Path | str | None, previous: Path | str | None, *,
    own_only: bool = False, drafts: bool = False,
) -> Rollup:  # fmt: skip
    form = load_form(year=came.year)
    before, earlier = _previous(previous, form)
    own = read_report(filed, form) if isinstance(filed, (str, Path)) else filed
    for one in (own, earlier):
        if one is not None and one.year != came.year:
            raise InputError(
                f"{shown_name(one.path)}是{one.year or '不知哪一'}年的，这次汇总的是{came.year}年，不能一起用。"
            )
    return roll_up(
        collect(came.filings, form, came.year, org=org, roster=came.roster, drafts=drafts), form, org=org,
        own_only=own_only, filed=own, previous=earlier, before=before, last_year=came.last,
        last=_own_last(came.last, org, came.year),
    )  # fmt: skip


def _no_year(filings: Sequence[Filing]) -> str:
    if not filings:
        return "没有找到可以汇总的报告。请把各单位的报告放进文件夹再试。"
    why = "；".join(one.error for one in filings[:3] if one.error)
    return f"没有一份报告写明了数据年度，不能汇总。{why}"


# --------------------------------------------------------------------------- reading


class _Came(msgspec.Struct, frozen=True):
    """All that was read."""

    year: int
    filings: list[Filing]
    entries: dict[str, Entry]
    """Their lines in the overview by path, if one is wanted."""
    paths: list[str]
    roster: Roster | None
    last: list[Filing]
    """Of the year before."""
    lonely: tuple[str, ...]
    """Bodies that have none of the year before, where such were given."""


def _receive(
    given: Sequence[Report | Path | str], skip: Sequence[Path | str], year: int | None,
    roster: Roster | Path | str | None, last_year: Path | str | None, pages: Pages | None, progress: Progress | None,
    processes: int | None,
) -> _Came:  # fmt: skip
    """Read everything, and write the page of each file; the arguments are those of :func:`merge`."""
    listed = roster.path if isinstance(roster, Roster) else roster
    paths = [*map(str, files_in((one for one in given if not isinstance(one, Report)), skip=[listed, *skip]))]
    members = read_roster(roster, load_form(year=year)) if isinstance(roster, (str, Path)) else roster
    spool = Spool()
    last = [_aside(one, spool) for one in all_in(last_year, _last_filing, processes)]
    years = LastYear(files=index((Whose(one.org, one.year, one.path, one.saved) for one in last), members))
    filings, entries = _filings(paths, years, pages, progress, processes, spool)
    filings += [_aside(filing_of(one, check(one)), spool) for one in given if isinstance(one, Report)]
    year = year or year_of(filings)
    if year is None:
        raise InputError(_no_year(filings))
    lonely = tuple(
        dict.fromkeys(f.org for f in filings if last_year is not None and f.year == year and not years.has(f.org, year))
    )
    return _Came(year, filings, entries, paths, members, last, lonely)


class _Read(msgspec.Struct, frozen=True):
    """What is kept of one file, and its page."""

    filing: Filing
    entry: Entry | None = None
    """Its line in the overview, if one is wanted."""
    page: str = ""


def _filings(
    paths: Sequence[str], last: LastYear, pages: Pages | None, progress: Progress | None, processes: int | None,
    spool: Spool,
) -> tuple[list[Filing], dict[str, Entry]]:  # fmt: skip
    """Read and check files, and write the page of each; return their lines in the overview by path, too."""
    found, entries = [], {}
    for outcome in run_many(partial(_filing, last=last, page=pages is not None), paths, processes=processes):
        path, one = str(outcome.path), outcome.value
        found.append(unreadable(path, outcome.error) if one is None else _aside(one.filing, spool, path))
        if pages is not None:
            entry = (one and one.entry) or unread_entry(path, outcome.error)
            entries[path] = pages.write(entry, one.page) if one and one.page else entry
        if progress is not None:
            progress(len(found), len(paths))
    return found, entries


def _aside(one: Filing, spool: Spool, path: str = "") -> Filing:
    """Put aside what a filing says: ten thousand of them are much to keep in memory."""
    packed = spool.put(one.packed) if isinstance(one.packed, bytes) else one.packed
    return msgspec.structs.replace(one, path=path or one.path, packed=packed)


def _filing(path: Path | str, *, last: LastYear, page: bool) -> _Read:
    """Read and check one file, with its body's report of the year before if there is one."""
    document = open_document(path)
    report = last.join(report_of(document))
    findings = check(report)
    saved = os.stat(path).st_mtime
    filing = filing_of(report, findings, saved=saved, parts=read_parts(document, report.form))
    if not page:
        return _Read(filing)
    return _Read(filing, entry_of(report, findings), own_page(CheckedReport(report, findings))[0])


def _overview(rollup: Rollup, came: _Came, pages: Pages) -> Path:
    from ..show.overview import overview_page

    form, title = rollup.report.form, f"{rollup.report.full_title}汇总总览"
    lines = list(_lines(rollup.collection, form, came.entries))
    return pages.end(overview_page(lines, form, title=title, notes=rollup.findings, counted=COUNTED)).path


def _lines(collection: Collection, form: Form, entries: Mapping[str, Entry]) -> Iterator[Entry]:
    """Yield the lines of the overview: every body, its other files, files of nobody."""
    groups = {one.id: one.name for one in form.rollup.known_groups}
    for one in collection.bodies:
        path, group = one.filing.path if one.filing else "", groups[one.group]
        known = entries.get(path, Entry(path))
        yield msgspec.structs.replace(known, body=one.body, group=group, state=one.state, reason=one.reason)
        for other in one.others:
            yield _left(other, entries, group)
    for left in collection.strays:
        yield _left(left, entries, "")


def _left(left: Left, entries: Mapping[str, Entry], group: str) -> Entry:
    known = entries.get(left.filing.path, Entry(left.filing.path))
    return msgspec.structs.replace(
        known, body=left.body or known.body, group=group, state=left.state, reason=left.reason
    )


def _last_filing(path: Path | str) -> Filing:
    return filing_of(read_report(path), saved=os.stat(path).st_mtime)


def _own_last(last: Sequence[Filing], org: str, year: int) -> Report | None:
    own = next((one for one in last if key(one.org) == key(org) and one.year == year - 1), None)
    return read_report(own.path) if own else None


def _previous(path: Path | str | None, form: Form) -> tuple[Previous | None, Report | None]:
    if path is None:
        return None, None
    document = open_document(path)
    before = read_previous(document, form)
    if not before.parts:
        raise InputError(
            f"{shown_name(path)}不是汇总工作簿，或者“{form.rollup.sheets.bodies}”被改得认不出了，不能与它比较。"
            "请换成上次写出的那一份；没有的，把它移走再汇总。"
        )
    return before, report_of(document, form)


# --------------------------------------------------------------------------- writing


def _written(rollup: Rollup, out: Path | str | None, inputs: Sequence[str], force: bool) -> MergeResult:
    from ..workbook import merged_workbook

    letter = reminder(rollup.collection, rollup.report.full_title)
    if out is None:
        return MergeResult(rollup, letter=letter)
    path = Path(out)
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"汇总表{shown_name(path)}应以 .xlsx 结尾。")
    outputs: list[tuple[Path | str, bytes]] = [(path, merged_workbook(rollup, folder=path.parent))]
    beside = path.with_name(path.stem + _LETTER)
    if letter or beside.exists():
        text = letter or "各单位都已报齐，没有需要催报的。\n"
        outputs.append((beside, text.replace("\n", "\r\n").encode("utf-8-sig")))
    copy, *_ = write_outputs(outputs, force=force, inputs=inputs)
    return MergeResult(rollup, path, copy, letter, beside if letter else None)


# --------------------------------------------------------------------------- by double click


def merge_folder(folder: Path, files: Sequence[Path] = (), *, progress: Progress | None = None) -> MergeResult:
    """Merge the reports in a folder, or some files, into a workbook there, as the double click does.

    The roster is the file whose name ends with 单位名册 (or 名册, 单位名单), if there is one; the body is
    called as the rest of its name, else as the folder.  A merged workbook of the year that is there already
    is the previous one: it is replaced, and a dated copy of it kept.

    Raises:
        InputError, OutputError: as for :func:`merge`.
    """
    folder = Path(os.path.abspath(folder))
    if not folder.is_dir():
        raise InputError(f"没有文件夹{quoted(folder)}。")
    roster = next((path for path in sorted(folder.iterdir()) if _roster_of(path) is not None), None)
    org = (_roster_of(roster) if roster else "") or folder.name

    ours = [path for path in folder.glob("*年汇总.xlsx") if path.name.startswith(safe_name(org))]
    skip = [*ours, *(folder / name for name in _OF_BUNDLE)]
    came = _receive(files or [folder], skip, None, roster, None, None, progress, None)
    out = folder / f"{safe_name(f'{org}{came.year}年汇总')}.xlsx"
    return _written(_rolled_up(came, org, None, out if out.exists() else None), out, came.paths, force=True)


def _roster_of(path: Path) -> str | None:
    """Return the body that a file is the roster of by its name, ``""`` if it says none, None if it is no roster."""
    if path.suffix.lower() not in _ROSTER_SUFFIXES or path.name.startswith(("~", ".")) or not path.is_file():
        return None
    ending = next((one for one in ROSTER_NAMES if path.stem.endswith(one)), None)
    return None if ending is None else path.stem.removesuffix(ending)
