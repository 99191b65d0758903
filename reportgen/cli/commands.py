"""What ``validate`` and ``build`` do once their arguments are known: the library's calls, lines out, exit code.

Nothing here knows how arguments are parsed, or how a terminal is written to: :mod:`.start` and
:mod:`.cli` both bring their own way of saying a line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..batch import attempt, build_many, check_many
from ..errors import ReportgenError
from ..model.findings import SEVERITY_LABELS
from ..show.listing import built_lines, json_document, json_report, json_unreadable, report_lines

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Protocol, TypeVar

    from ..batch import Outcome
    from ..show.page import Reviewed

    T = TypeVar("T")

    class Say(Protocol):
        """Prints a text at once: to stdout, or to stderr, coloured where somebody is watching."""

        def __call__(self, text: str, colour: str = "", *, err: bool = False, end: str = "\n") -> None: ...


__all__ = ["build", "copied", "fail", "print_lines", "validate"]

_EXIT_ERRORS = 1
_MANY = 8
_COLOURS = {
    SEVERITY_LABELS["error"]: "red",
    SEVERITY_LABELS["warning"]: "yellow",
    SEVERITY_LABELS["ask"]: "cyan",
}


def validate(
    files: Sequence[Path | str], say: Say, *, style: str = "text", strict: bool = False,
    last_year: Path | None = None, page: Path | None = None, marked: Path | None = None, force: bool = False,
) -> int:  # fmt: skip
    """Read and check files, and say what is wrong with them.

    Args:
        files: what to read.
        say: prints.
        style: ``text`` or ``json``.
        strict: blanks in number cells are errors (N-01).
        last_year: last year's report, for the rules that link years.
        page: where to write the result page to.
        marked: file or folder to write marked copies to.
        force: replace files that exist, keeping dated copies of them.

    Returns:
        the highest exit code of all files (DESIGN.md 4).
    """
    if marked is None and page is None:
        code = _validate_many(files, say, style, strict, last_year)
    else:
        code = _validate_writing(files, say, style, strict, last_year, page, marked, force)
    return code


def _validate_many(
    files: Sequence[Path | str], say: Say, style: str, strict: bool, last_year: Path | None
) -> int:
    """Validate with nothing to write: lines or JSON only, over the processors if there are many files."""
    code, documents = 0, []
    for outcome in _watched(check_many(files, strict=strict, last_year=last_year), len(files), say):
        if (checked := outcome.value) is None:
            code = max(code, outcome.exit_code)
            documents.append(json_unreadable(str(outcome.path), outcome.error))
            if style == "text":
                fail(say, outcome.error)
            continue
        code = max(code, checked.exit_code)
        documents.append(checked.document)
        if style == "text":
            print_lines(say, checked.lines)
    if style == "json":
        say(json_document(documents))
    return code


def _validate_writing(
    files: Sequence[Path | str], say: Say, style: str, strict: bool, last_year: Path | None, page: Path | None,
    marked: Path | None, force: bool,
) -> int:  # fmt: skip
    """Validate and write the result page or marked copies; they need the reports themselves."""
    from ..api import mark, review, write_result_page

    code, documents = 0, []
    reviewed: list[Reviewed] = []
    unreadable: list[tuple[str, str]] = []

    def save(write: Callable[[], tuple[Path, Path | None]]) -> None:
        nonlocal code
        try:
            path, copy = write()
        except ReportgenError as error:
            code = max(code, error.exit_code)
            fail(say, str(error))
            return
        copied(say, copy, err=True)
        say(f"已写出：{path}", err=True)

    for path in files:
        outcome = attempt(partial(review, strict=strict, last_year=last_year), path)
        if outcome.value is None:
            code = max(code, outcome.exit_code)
            documents.append(json_unreadable(str(path), outcome.error))
            unreadable.append((str(path), outcome.error))
            if style == "text":
                fail(say, outcome.error)
            continue
        reviewed.append(outcome.value)
        report, findings, repairs, _ = outcome.value
        code = max(code, _EXIT_ERRORS if repairs is not None else 0)
        documents.append(json_report(report, findings, repairs))
        if style == "text":
            print_lines(say, report_lines(report, findings, repairs))
        if marked is not None:
            save(partial(mark, report, marked, findings=findings, repairs=repairs, force=force))
    if page is not None:
        save(lambda: (page, write_result_page(reviewed, page, unreadable=unreadable, force=force)))
    if style == "json":
        say(json_document(documents))
    return code


def build(
    files: Sequence[Path | str], say: Say, *, out: Path | None = None, last_year: Path | None = None,
    template: Path | None = None, draft: bool = False, force: bool = False, strict: bool = False,
) -> int:  # fmt: skip
    """Read and check files and write their reports.

    Args:
        files: what to read.
        say: prints.
        out, template, draft, force, strict: as for :func:`~reportgen.api.build`.
        last_year: last year's report, for the rules that link years.

    Returns:
        the highest exit code of all files (DESIGN.md 4).
    """
    code = 0
    outcomes = build_many(
        files, out, force=force, draft=draft, strict=strict, template=template, last_year=last_year
    )
    for outcome in _watched(outcomes, len(files), say):
        if (result := outcome.value) is None:
            code = max(code, outcome.exit_code)
            fail(say, outcome.error)
            continue
        code = max(code, _EXIT_ERRORS if result.status == "errors" else 0)
        print_lines(say, result.lines)
        print_lines(say, built_lines(result))
    return code


def _watched(outcomes: Iterable[Outcome[T]], total: int, say: Say) -> Iterator[Outcome[T]]:
    """Say how far we are while the results go to a file and somebody is watching."""
    shown = total >= _MANY and sys.stderr.isatty() and not sys.stdout.isatty()
    for done, outcome in enumerate(outcomes, 1):
        yield outcome
        if shown:
            line = f"已处理 {done}/{total} 个文件" if done < total else " " * 40
            say(f"\r{line}\r", err=True, end="")


def print_lines(say: Say, lines: Iterable[str]) -> None:
    """Print lines, coloured by the level they begin with."""
    for line in lines:
        say(line, _COLOURS.get(line.split(" ", 1)[0], ""))


def fail(say: Say, message: str) -> None:
    """Say why something could not be done."""
    say(message, "red", err=True)


def copied(say: Say, copy: Path | None, *, err: bool = False) -> None:
    """Say where the file that stood there before is now."""
    if copy is not None:
        say(f"原来的文件已另存为：{copy}", err=err)
