"""Many files: over the processors, each on its own, results in the order of the files.

Workers read, check, print and prove; the calling process writes, in order, so that two workbooks
of one report meet as they do one by one: the same one is written, the same one refused.  What
comes back from a worker is small and plain: lines, a status, the finished file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from ..api import Delivered, Printed, print_report
from ..checks import check
from ..disk.names import name_of
from ..model.findings import worst
from ..repairs import find_repairs
from ..show.lines import OutputLine, report_lines
from .checking import Checked, check_many
from .outcomes import Outcome, attempt, run_many
from .years import LastYear, last_year_in

__all__ = ["Built", "Checked", "Outcome", "attempt", "build_many", "check_many", "run_many"]


class Built(msgspec.Struct, frozen=True):
    """A workbook that was read and checked and, if nothing stood against it, built."""

    lines: tuple[OutputLine, ...]
    """Its findings."""
    status: str
    name: str = ""
    """The body; the file where it does not say."""
    files: tuple[Delivered, ...] = ()
    """What was written; nothing if findings of level error stopped it."""


class _Unwritten(msgspec.Struct, frozen=True):
    """The same before it is written."""

    lines: tuple[OutputLine, ...]
    status: str
    name: str
    printed: Printed | None


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
    work = partial(_print_one, printing=printing, draft=draft, strict=strict, last=last_year_in(last_year))
    tidied: set[Path] = set()
    for outcome in run_many(work, paths, processes=processes):
        if outcome.value is None:
            yield Outcome(outcome.path, None, outcome.error, outcome.exit_code)
        else:
            yield attempt(partial(_write, outcome.value, force=force, tidied=tidied), outcome.path)


def _print_one(
    path: Path | str, *, printing: Callable[..., Printed], draft: bool, strict: bool, last: LastYear
) -> _Unwritten:
    report = last.read(path)
    findings = tuple(check(report, strict=strict))
    status = worst(findings)
    printed = printing(report, findings) if status != "errors" or draft else None
    repairs = find_repairs(report) if status == "errors" else None
    return _Unwritten(tuple(report_lines(report, findings, repairs)), status, report.org or name_of(path), printed)


def _write(one: _Unwritten, _: Path | str, *, force: bool, tidied: set[Path]) -> Built:
    """Write what was printed of one report; the first in each folder clears away what a killed run left there."""
    if one.printed is None:
        return Built(one.lines, one.status, one.name)
    folders = {path.parent for path, _, _ in one.printed.files}
    files = one.printed.write(force=force, tidy=not folders <= tidied)
    tidied |= folders
    return Built(one.lines, one.status, one.name, files)
