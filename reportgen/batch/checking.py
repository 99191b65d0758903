"""``validate``: check many files, and write for each what a reviewer wants of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from ..api import MARKABLE, Written, WrittenPage, marked_copy, marked_path, write_result_page
from ..checks import check
from ..checks.texts import judge_numbers
from ..disk.files import refuse_existing, write_output
from ..disk.names import Taken, means_folder, safe_name
from ..errors import EXIT_CRASH, InputError
from ..form import Form, load_form
from ..model.findings import SEVERITY_LABELS, worst
from ..repairs import find_repairs
from ..show.entries import Entry, entry_of, unread_entry
from ..show.lines import OutputLine, report_lines
from ..show.review import CheckedReport
from .outcomes import Outcome, attempt, run_many
from .years import LastYear, last_year_in

OVERVIEW, _PAGES = "总览.html", "单位"
"""Names of the overview, and of the folder beside it with a page for each body."""


class Wanted(msgspec.Struct, frozen=True):
    """What is to come back of each file besides what is said of it."""

    as_json: bool = False
    """Its findings in the JSON contract instead of lines."""
    report: bool = False
    """The report itself, for the one page of all."""
    page: bool = False
    """A page of its own, beneath an overview."""
    mark: bool = False
    """A marked copy."""
    mark_any: bool = False
    """Say of a file that cannot be marked that it cannot."""
    findings: bool = False
    """Its findings, for a list of those of all."""


class Checked(msgspec.Struct, frozen=True):
    """A file that was read and checked: what is to be said of it."""

    status: str
    """``errors``, ``warnings`` or ``ok``."""
    entry: Entry
    """Its line in an overview."""
    lines: tuple[OutputLine, ...] = ()
    """Its findings; none if JSON was asked for."""
    document: dict[str, Any] | None = None
    """The same in the JSON contract, if asked for."""
    form: str = ""
    """Edition of the form."""
    has_last: bool = False
    """Last year's report was there."""
    report: CheckedReport | None = None
    page: str = ""
    marked: bytes = b""
    found: tuple[tuple[str, ...], ...] = ()
    """Its findings in words: rule, level, place, message, advice."""
    failed: str = ""
    """Why its page or marked copy could not be made."""
    exit_code: int = 0
    """Of that."""


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
        last_year: last year's report, for the rules that link years, or a folder of those of many bodies.
        as_json: give the findings in the JSON contract instead of lines.
        processes: how many to use; by default one for each processor, and for few files just this one.

    Yields:
        the outcomes in the order of ``paths``; no file's failure stops the others.
    """
    last = last_year_in(last_year, processes=processes)
    return run_many(partial(_check_one, strict=strict, last=last, wanted=Wanted(as_json)), paths, processes=processes)


def _check_one(path: Path | str, *, strict: bool, last: LastYear, wanted: Wanted) -> Checked:
    report = last.read(path)
    findings = check(report, strict=strict)
    status = worst(findings)
    repairs = find_repairs(report) if status == "errors" else None
    numbers = judge_numbers(report) if wanted.page or wanted.report else ()
    one = CheckedReport(report, findings, repairs, numbers)
    page, page_failure = own_page(one) if wanted.page else ("", "")
    mark = wanted.mark and (report.kind in MARKABLE or wanted.mark_any)
    marked, mark_failure = _mark(one) if mark else (b"", Outcome(path, None))
    return Checked(
        status, entry_of(report, findings, state=_state(one) if wanted.page or wanted.findings else ""),
        () if wanted.as_json else tuple(report_lines(report, findings, repairs)),
        _document(one) if wanted.as_json else None,
        report.form.id, last.has(report.org, report.year), one if wanted.report else None, page, marked,
        tuple((f.rule, SEVERITY_LABELS[f.severity], f.place, f.message, f.advice) for f in findings)
        if wanted.findings else (),
        page_failure or mark_failure.error, EXIT_CRASH if page_failure else mark_failure.exit_code,
    )  # fmt: skip


def _document(one: CheckedReport) -> dict[str, Any]:
    from ..show.json import report_json  # lines are asked for more often

    return report_json(one.report, one.findings, one.repairs)


def _state(one: CheckedReport) -> str:
    """Return whether a report is blank or says that there was nothing; ``""`` for all others."""
    from ..rollup import filing_of  # for lists of many

    filing = filing_of(one.report)
    return "blank" if filing.is_blank else "nil" if filing.is_nil and worst(one.findings) != "errors" else ""


def own_page(one: CheckedReport) -> tuple[str, str]:
    """Return the page of one report beneath an overview, or why it could not be made."""
    from ..show.result import make_result_page

    page = make_result_page([one], home=f"../{OVERVIEW}")
    return ("", page.failed[0][1]) if page.failed else (page.text, "")


def _mark(one: CheckedReport) -> tuple[bytes, Outcome[bytes]]:
    done = attempt(lambda _: marked_copy(one.report, one.findings, one.repairs), one.report.path)
    return done.value or b"", done


# --------------------------------------------------------------------------- what is written


class Step(msgspec.Struct, frozen=True):
    """What became of one file: checked, its page and marked copy written."""

    outcome: Outcome[Checked]
    written: tuple[Written, ...] = ()
    failures: tuple[Outcome[Written], ...] = ()
    """What could not be made or written of it."""


class Pages:
    """An overview in a folder, and a page of each body beneath it, written as they come."""

    def __init__(self, folder: Path, *, force: bool) -> None:
        """
        Raises:
            OutputError: there is an overview, and it may not be replaced.
        """
        self.overview, self.force = folder / OVERVIEW, force
        refuse_existing(self.overview, force=force)
        self.taken, self.tidy = Taken(), True

    def write(self, entry: Entry, page: str) -> Entry:
        """Write the page of one body; return its line, leading there.

        Raises:
            OutputError: it cannot be written, or is there already.
        """
        name = self.taken.free(safe_name(entry.body or Path(entry.file).stem) or "单位") + ".html"
        path = self.overview.parent / _PAGES / name
        # Pages are wholly ours: no copy is kept of the one that is replaced, nor need a run that was
        # interrupted (there is no overview then) be told to replace them.
        force = self.force or _is_ours(path)
        write_output(path, page.encode("utf-8"), force=force, keep=False, inputs=[entry.file], tidy=self.tidy)
        self.tidy = False
        return msgspec.structs.replace(entry, page=f"{_PAGES}/{name}")

    def end(self, text: str) -> Written:
        """Write the overview."""
        data = text.encode("utf-8")
        return Written(self.overview, write_output(self.overview, data, force=self.force, keep=False))


def _is_ours(path: Path) -> bool:
    """Tell whether a file is a page that leads back to an overview."""
    try:
        return f'href="../{OVERVIEW}"' in path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False


class Review:
    """Checks many files; writes pages, marked copies and lists while the outcomes come."""

    def __init__(
        self, paths: Sequence[Path], *, strict: bool = False, last_year: Path | None = None, as_json: bool = False,
        html: Path | None = None, mark: Path | None = None, findings: Path | None = None, force: bool = False,
        processes: int | None = None,
    ) -> None:  # fmt: skip
        """
        Args:
            paths: the files.
            strict, last_year, as_json, processes: as for :func:`check_many`.
            html: a page for all of them (``.html``), or a folder for an overview and a page of each.
            mark: a marked copy of the only file, or a folder for those of all.
            findings: a workbook (``.xlsx``) with the findings of all.
            force: replace existing files, keeping a dated copy of each; of pages in a folder none.

        Raises:
            InputError: last year's reports are not there.
            OutputError: what is to be written is there already.
        """
        self.paths, self.html, self.mark, self.findings, self.force = paths, html, mark, findings, force
        one_page = html is not None and not means_folder(html)
        self.pages = None if html is None or one_page else Pages(html, force=force)
        if findings is not None:
            refuse_existing(findings, force=force)
        self.many = len(paths) > 1
        self.last = last_year_in(last_year, processes=processes)
        wanted = Wanted(
            as_json, one_page, self.pages is not None, mark is not None, not self.many, findings is not None
        )
        work = partial(_check_one, strict=strict, last=self.last, wanted=wanted)
        self.outcomes = run_many(work, paths, processes=processes)
        self.entries: list[Entry] = []
        self.reports: list[CheckedReport] = []
        self.lists: list[tuple[str, tuple[tuple[str, ...], ...]]] = []
        self.lonely: list[str] = []
        """Bodies without a report of the year before in the folder."""
        self.unmarked = 0
        """Files that were read and are no workbooks that can be marked."""
        self.form = ""
        self.taken = Taken()

    def steps(self) -> Iterator[Step]:
        """Yield what became of each file, in order, after writing what is written of it alone."""
        for outcome in self.outcomes:
            one = outcome.value
            if one is None:
                self._note(unread_entry(str(outcome.path), outcome.error))
                yield Step(outcome)
                continue
            self.form = self.form or one.form
            if self.last.files and not one.has_last:
                self.lonely.append(one.entry.body or one.entry.file)
            self.unmarked += not (one.marked or one.failed)
            if one.report is not None:
                self.reports.append(one.report)
            if self.findings is not None:
                self.lists.append((one.entry.file, one.found))
            failures = [Outcome[Written](outcome.path, None, one.failed, one.exit_code)] if one.failed else []
            written = []
            for write in (self._page, self._marked):
                done: Outcome[Written | None] = attempt(partial(write, one), outcome.path)
                if done.error:
                    failures.append(Outcome(done.path, None, done.error, done.exit_code))
                elif done.value is not None:
                    written.append(done.value)
            yield Step(outcome, tuple(written), tuple(failures))

    def _page(self, one: Checked, _: Path | str) -> None:
        """Write its page, and note its line: it is in the overview even if its page cannot be written."""
        entry = one.entry
        try:
            entry = self.pages.write(entry, one.page) if self.pages and one.page else entry
        finally:
            self._note(entry)

    def _note(self, entry: Entry) -> None:
        """Keep a line for the overview or the list of findings, if there is to be one."""
        if self.html is not None or self.findings is not None:
            self.entries.append(entry)

    def _marked(self, one: Checked, path: Path | str) -> Written | None:
        if self.mark is None or not one.marked:
            return None
        out = marked_path(Path(path), self.mark, self.taken if self.many else None)
        return Written(out, write_output(out, one.marked, force=self.force, inputs=[path]))

    def end(self) -> Iterator[Outcome[Written | WrittenPage]]:
        """Write what is written of all of them together; yield what became of each."""
        if self.html is not None:
            yield attempt(self._html, self.html)
        if self.findings is not None:
            yield attempt(self._findings, self.findings)

    def _html(self, path: Path | str) -> Written | WrittenPage:
        if self.pages is not None:
            from ..show.overview import overview_page

            form = self._form()
            return self.pages.end(overview_page(self.entries, form, title=f"{form.title}审核总览"))
        unread = [(one.file, one.reason) for one in self.entries if one.state == "unreadable"]
        return write_result_page(self.reports, path, unreadable=unread, force=self.force)

    def _form(self) -> Form:
        return load_form(self.form or None)

    def _findings(self, path: Path | str) -> Written:
        from ..workbook import findings_workbook

        out = Path(path)
        if out.suffix.lower() != ".xlsx":
            raise InputError(f"问题清单“{out.name}”应以 .xlsx 结尾。")
        data = findings_workbook(self._form(), self.entries, self.lists, folder=out.parent)
        return Written(out, write_output(out, data, force=self.force, inputs=self.paths))
