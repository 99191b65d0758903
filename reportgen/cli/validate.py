"""``reportgen validate``: check files and say what is wrong with them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..disk.names import means_folder
from ..errors import EXIT_CRASH, EXIT_ERRORS
from .console import closing, copied, fail, print_lines, say, watched
from .options import FILE, FILES, LAST_YEAR, STRICT, STYLE, files_given

if TYPE_CHECKING:  # `--help` needs none of it
    from ..api import Written, WrittenPage
    from ..batch import Checked, Outcome
    from ..batch.checking import Review

_WORDS = {"errors": "有错误", "warnings": "有提醒", "ok": "没有问题"}
_UNREAD = "读不出来"


@click.command(
    options_metavar="[选项]", help="只核对，不生成报告。可以一次给多个文件；文件夹代表里面（连同子文件夹）的报告。"
)
@FILES
@STYLE
@LAST_YEAR
@STRICT
@click.option(
    "--html",
    "page",
    type=FILE,
    metavar="网页|文件夹",
    help="把审核结果写成网页：.html 是所有文件写在一页；文件夹里是一页总览，另外每个单位一页。",
)
@click.option(
    "--mark",
    "marked",
    type=FILE,
    metavar="文件|文件夹",
    help="另存一份工作簿，错误的格标颜色、加批注，并列出审核结果；原文件不动。",
)
@click.option("--findings", type=FILE, metavar="清单.xlsx", help="把所有文件的问题列成一个工作簿，可以筛选、排序。")
@click.option("--force", is_flag=True, help="网页或副本已存在时先留一份带日期的备份，再写新的（文件夹里的网页不留）。")
def validate(
    files: tuple[Path, ...], style: str, strict: bool, last_year: Path | None, page: Path | None,
    marked: Path | None, findings: Path | None, force: bool,
) -> None:  # fmt: skip
    """Check files; the exit code is the highest of all (README.md, Exit codes)."""
    from ..batch.checking import Review

    paths = files_given(files, skip=(page, marked, findings, last_year))
    if len(paths) > 1 and marked is not None and not means_folder(marked):
        raise click.UsageError("有多个工作簿时，--mark 应是一个文件夹。")
    answer = _Answer(as_json=style == "json")
    review = Review(
        paths, strict=strict, last_year=last_year, as_json=answer.as_json, html=page, mark=marked,
        findings=findings, force=force,
    )  # fmt: skip
    for step in watched(review.steps(), len(paths)):
        answer.tell(step.outcome)
        for written in step.written:
            answer.written(written, quiet=len(paths) > 1)
        for failure in step.failures:
            answer.fail(failure.error, failure.exit_code)
    for done in review.end():
        answer.finished(done)
    if len(paths) > 1:
        answer.close(review)
    sys.exit(answer.end())


class _Answer:
    """What is said about the files, one after another, and the exit code that follows."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.code = self.documents = self.copies = 0
        self.states = Counter[str]()
        self.work: list[str] = []
        """Whose reports somebody has to see to, each with the reason."""

    def tell(self, outcome: Outcome[Checked]) -> None:
        """Print what became of a file, as lines or as the next report of the one JSON document."""
        checked = outcome.value
        if checked is None:
            self.code = max(self.code, outcome.exit_code)
        elif checked.status == "errors":
            self.code = max(self.code, EXIT_ERRORS)
        self._count(outcome)
        if self.as_json:
            self._document(outcome)
        elif checked is None:
            fail(outcome.error)
        else:
            print_lines(checked.lines)

    def _count(self, outcome: Outcome[Checked]) -> None:
        from ..disk.names import name_of

        one = outcome.value
        self.states[_UNREAD if one is None else _WORDS[one.status]] += 1
        if one is None:
            self.work.append(f"{name_of(outcome.path)}（{_UNREAD}）")
        elif one.status == "errors":
            name = one.entry.body or name_of(outcome.path)
            self.work.append(f"{name}（错误 {one.entry.counts[0]}）")

    def _document(self, outcome: Outcome[Checked]) -> None:
        from ..show.json import BEGIN, report_text, unreadable_json

        one = outcome.value
        found = one.document if one is not None else None
        say(BEGIN if not self.documents else ",", lines=True)
        say(report_text(found or unreadable_json(outcome.path, outcome.error)), lines=True, end="")
        self.documents += 1

    def written(self, written: Written | WrittenPage, *, quiet: bool = False) -> None:
        """Say on stderr where a file is: stdout may be the JSON document."""
        copied(written.copy, err=True)
        self.copies += quiet
        if not quiet:
            say(f"已写出：{written.path}", err=True)

    def finished(self, done: Outcome[Written | WrittenPage]) -> None:
        """Say what became of a page or list of all files."""
        if done.value is None:
            self.fail(done.error, done.exit_code)
            return
        self.written(done.value)
        for _, message in getattr(done.value, "failed", ()):
            self.fail(message, EXIT_CRASH)

    def fail(self, message: str, code: int) -> None:
        """Say why something could not be done."""
        self.code = max(self.code, code)
        fail(message)

    def close(self, review: Review) -> None:
        """Say how many files were how, and who has work to do."""
        for line in self._closing(review):
            say(line, err=self.as_json)

    def _closing(self, review: Review) -> Iterator[str]:
        if not self.as_json:
            yield ""
        if review.mark is not None:
            other = f"；不是 .xlsx、不能标记的 {review.unmarked} 份" if review.unmarked else ""
            yield f"带标记的副本 {self.copies} 份，在：{review.mark}{other}"
        if review.lonely:
            yield closing(f"有 {len(review.lonely)} 份没有找到上年的报告", review.lonely)
        order = (*_WORDS.values(), _UNREAD)
        counts = "，".join(f"{word} {self.states[word]} 份" for word in order if self.states[word])
        yield f"共 {self.states.total()} 份：{counts}。"
        if self.work:
            yield closing(f"要处理的 {len(self.work)} 份", self.work)

    def end(self) -> int:
        """End the JSON document, if one was asked for; return the exit code."""
        if self.as_json:
            from ..show.json import BEGIN, END

            say(END if self.documents else BEGIN + END, lines=True)
        return self.code
