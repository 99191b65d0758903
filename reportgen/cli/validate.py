"""``reportgen validate``: check files and say what is wrong with them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..disk.names import means_folder, shown_name
from ..errors import EXIT_CRASH, ReportgenError, unexpected
from .console import copied, fail, print_lines, say, watched
from .options import FILE, FILES, LAST_YEAR, STRICT, STYLE

if TYPE_CHECKING:  # `--help` needs none of it
    from ..api import Written, WrittenPage
    from ..batch import Checked, Outcome

__all__ = ["validate"]

W = TypeVar("W", "Written", "WrittenPage")

_EXIT_ERRORS = 1


@click.command(options_metavar="[选项]", help="只核对，不生成报告。可以一次给多个文件。")
@FILES
@STYLE
@LAST_YEAR
@STRICT
@click.option("--html", "page", type=FILE, metavar="网页", help="把所有文件的审核结果写成一个网页（.html）。")
@click.option(
    "--mark",
    "marked",
    type=FILE,
    metavar="文件|文件夹",
    help="另存一份工作簿，错误的格标颜色、加批注，并列出审核结果；原文件不动。",
)
@click.option("--force", is_flag=True, help="网页或副本已存在时先留一份带日期的备份，再写新的。")
def validate(
    files: tuple[Path, ...], style: str, strict: bool, last_year: Path | None, page: Path | None,
    marked: Path | None, force: bool,
) -> None:  # fmt: skip
    """Check files; the exit code is the highest of all (README.md, Exit codes)."""
    if len(files) > 1 and marked is not None and not means_folder(marked):
        raise click.UsageError("有多个工作簿时，--mark 应是一个文件夹。")
    from ..batch import check_many

    answer = _Answer(as_json=style == "json")
    if page is None and marked is None:
        outcomes = check_many(files, strict=strict, last_year=last_year, as_json=answer.as_json)
        for outcome in watched(outcomes, len(files)):
            answer.tell(outcome)
    else:
        _review(files, answer, strict, last_year, page, marked, force)
    sys.exit(answer.end())


def _review(
    files: Sequence[Path], answer: _Answer, strict: bool, last_year: Path | None, page: Path | None,
    marked: Path | None, force: bool,
) -> None:  # fmt: skip
    """Check files and write marked copies and the result page, which need the reports themselves."""
    from ..api import mark, write_result_page
    from ..batch import Outcome, attempt, review_one

    reviewed, unreadable = [], []
    for path in files:
        work = partial(review_one, strict=strict, last_year=last_year, as_json=answer.as_json)
        outcome = attempt(work, path)
        if outcome.value is None:
            unreadable.append((str(path), outcome.error))
            answer.tell(Outcome(path, None, outcome.error, outcome.exit_code))
            continue
        one, told = outcome.value
        reviewed.append(one)
        answer.tell(Outcome(path, told))
        if marked is not None:
            answer.write(
                path, partial(mark, one.report, marked, findings=one.findings, repairs=one.repairs, force=force)
            )
    if page is not None:
        written = answer.write(page, partial(write_result_page, reviewed, page, unreadable=unreadable, force=force))
        for _, message in written.failed if written else ():
            answer.fail(message, EXIT_CRASH)


class _Answer:
    """What is said about the files, one after another, and the exit code that follows."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.code = 0
        self.documents: list[dict[str, Any]] = []

    def tell(self, outcome: Outcome[Checked]) -> None:
        """Print what became of a file, or keep it for the one JSON document."""
        checked = outcome.value
        if checked is None:
            self.code = max(self.code, outcome.exit_code)
        elif checked.status == "errors":
            self.code = max(self.code, _EXIT_ERRORS)
        if self.as_json:
            self.documents.append(_document(outcome))
        elif checked is None:
            fail(outcome.error)
        else:
            print_lines(checked.lines)

    def write(self, source: Path, write: Callable[[], W]) -> W | None:
        """Write a file and say where it is, on stderr: stdout may be the JSON document.

        Args:
            source: the file to name where something goes wrong that nobody foresaw.
            write: does it.

        Returns:
            what was written; None if nothing was.
        """
        try:
            written = write()
        except ReportgenError as error:
            self.fail(str(error), error.exit_code)
            return None
        except Exception as error:
            self.fail(unexpected(error, shown_name(source)), EXIT_CRASH)
            return None
        copied(written.copy, err=True)
        say(f"已写出：{written.path}", err=True)
        return written

    def fail(self, message: str, code: int) -> None:
        """Say why something could not be done."""
        self.code = max(self.code, code)
        fail(message)

    def end(self) -> int:
        """Print the JSON document, if one was asked for; return the exit code."""
        if self.as_json:
            from ..show.json import document

            say(document(self.documents), lines=True)
        return self.code


def _document(outcome: Outcome[Checked]) -> dict[str, Any]:
    from ..show.json import unreadable_json

    if outcome.value is None or outcome.value.document is None:
        return unreadable_json(outcome.path, outcome.error)
    return outcome.value.document
