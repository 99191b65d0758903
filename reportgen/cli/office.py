"""``reportgen office``: the double-click flow, workbooks in, reports and a list of findings beside them.

For a clerk who never sees a command line: every file is dealt with on its own, every outcome is said
in a sentence, and what the window showed also stands in ``{name}.检查结果.txt`` after it is closed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ..errors import EXIT_CRASH, OutputError, ReportgenError, escaped, unexpected
from .console import say
from .forms import forms_beside
from .options import FILE

if TYPE_CHECKING:  # `--help` needs none of it
    from ..model.findings import Finding
    from ..model.report import Report

__all__ = ["RESULT_SUFFIX", "office", "run", "workbooks_in"]

RESULT_SUFFIX = ".检查结果.txt"

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
"""What counts as a workbook in a folder; those that cannot be read are answered with what to do."""
_HEADER = "本文件由 reportgen 自动生成，每次检查都会重写，请不要在这里记东西。"
_DONE, _WRONG, _FAILED = "已生成报告", "有错误、没有生成报告", "没能处理"
_CHECKED, _FAULTY = "没有错误", "有错误"
_EXIT_ERRORS, _EXIT_USAGE = 1, 2


@click.command(
    options_metavar="[选项]", help="双击时运行：核对并生成拖放的文件；没有文件时，处理所在文件夹里的工作簿。"
)
@click.argument("files", nargs=-1, type=FILE, metavar="[文件…]")
@click.option(
    "--folder",
    type=FILE,
    metavar="文件夹",
    help="没有给文件时，处理这个文件夹里的工作簿；里面的 forms 文件夹放本单位的格式。",
)
@click.option(
    "--do", "action", type=click.Choice(["check", "build", "merge"]), default="build", show_default=True,
    help="做什么：check 只检查，build 检查并生成报告，merge 汇总。",
)  # fmt: skip
def office(files: tuple[Path, ...], folder: Path | None, action: str) -> None:
    """Do what a double click asks for; the exit code is that of :func:`run`."""
    if action == "merge":
        from .merge import merge_folder

        with forms_beside(folder):
            sys.exit(merge_folder(files, folder or Path()))
    with forms_beside(folder):
        sys.exit(run(files, folder, only_check=action == "check"))


class _Done(NamedTuple):
    """What became of one workbook."""

    outcome: str
    exit_code: int
    lines: list[str]
    """To show."""


def run(files: Iterable[Path], folder: Path | None = None, *, only_check: bool = False) -> int:
    """Check workbooks and build their reports beside them.

    An existing report is replaced, and a dated copy of it kept; a workbook with errors gets no
    report.  One file's failure does not stop the others.

    Args:
        files: what was dropped on the icon; a folder stands for the workbooks in it.
        folder: where to look when nothing was dropped; the current folder if None.
        only_check: build no reports.

    Returns:
        the highest exit code of all files (README.md, Exit codes); 2 if there was no workbook at all.
    """
    places = list(files) or [folder or Path()]
    paths = list(dict.fromkeys(path for place in places for path in _expand(place)))
    if not paths:
        say(_nothing_found(places[0]), lines=True)
        return _EXIT_USAGE
    done = list(_each(paths, only_check))
    outcomes = Counter(one.outcome for one in done)
    counts = "，".join(f"{outcome} {count} 个" for outcome, count in outcomes.items())
    say("")
    say(f"共 {len(paths)} 个文件：{counts}。")
    return max(one.exit_code for one in done)


def _each(paths: Sequence[Path], only_check: bool) -> Iterator[_Done]:
    """Deal with the workbooks one after another, and say of each what became of it."""
    from ..disk.names import shown_name

    written: dict[Path, Path] = {}
    for n, path in enumerate(paths, 1):
        say(f"[{n}/{len(paths)}] {shown_name(path)}")
        done = _one(path, written, only_check)
        for line in done.lines:
            say(f"  {line}")
        yield done


def workbooks_in(folder: Path) -> list[Path]:
    """Return the workbooks of a folder by name, without lock files, copies of ours and hidden files."""
    from ..disk.names import is_backup, is_lock_file

    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in _WORKBOOKS
        and not path.name.startswith(".")
        and not is_lock_file(path)
        and not is_backup(path)
        and path.is_file()
    )


def _expand(place: Path) -> list[Path]:
    return workbooks_in(place) if place.is_dir() else [place]


def _nothing_found(place: Path) -> str:
    from ..disk.names import quoted

    return (
        f"文件夹{quoted(place.resolve())}里没有工作簿（.xlsx）。\n"
        "请把填好的工作簿放进这个文件夹再双击，或者把工作簿直接拖到图标上。"
    )


def _one(path: Path, written: dict[Path, Path], only_check: bool) -> _Done:
    """Deal with one workbook, whatever happens."""
    from ..disk.names import shown_name

    try:
        return _check_and_build(path, written, only_check)
    except ReportgenError as error:
        return _Done(_FAILED, error.exit_code, str(error).split("\n"))
    except Exception as error:
        # The other files still have to be dealt with, and a clerk must not meet a traceback.
        return _Done(_FAILED, EXIT_CRASH, [unexpected(error, shown_name(path))])


def _check_and_build(path: Path, written: dict[Path, Path], only_check: bool) -> _Done:
    from ..api import read_report
    from ..checks import check
    from ..model.findings import worst
    from ..show.lines import report_lines

    report = read_report(path)
    findings = check(report)
    lines = [line.text for line in report_lines(report, findings)]
    if worst(findings) == "errors":
        not_built = "" if only_check else "，没有生成报告"
        lines.append(f"有错误{not_built}。请在工作簿里改正、保存、关闭，再做一次。")
        done = _Done(_FAULTY if only_check else _WRONG, _EXIT_ERRORS, lines)
    elif only_check:
        lines.append("没有错误，可以生成报告。")
        done = _Done(_CHECKED, 0, lines)
    else:
        lines += _build(path, report, findings, written)
        done = _Done(_DONE, 0, lines)
    return done._replace(lines=[*lines, *_save_result(path, lines, bool(findings))])


def _build(path: Path, report: Report, findings: Sequence[Finding], written: dict[Path, Path]) -> Iterator[str]:
    """Build the report of a workbook without errors beside it, and yield what to say of it."""
    from ..api import build, default_output

    target = default_output(report)
    _refuse_same_target(target, report, written)
    before = _identity(target)
    result = build(report, target, force=True, findings=findings)
    written[target.resolve()] = path
    yield f"已逐个核对报告里的 {result.compared} 处内容，与工作簿完全一致。"
    if result.copy is not None:
        yield f"原来的报告已另存为：{result.copy.name}"
    same = before is not None and before == _identity(target)
    yield f"报告没有变化：{target.name}" if same else f"已生成报告：{target.name}"


def _refuse_same_target(target: Path, report: Report, written: dict[Path, Path]) -> None:
    """Refuse a second workbook of the same body and year: only the clerk knows which of them is right."""
    from ..disk.names import shown_name

    other = written.get(target.resolve())
    if other is not None:
        raise OutputError(
            f"它和{shown_name(other)}都是“{report.full_title}”，已按{shown_name(other)}生成报告，这一份没有生成。"
            "请只留下正确的那个工作簿，再做一次。"
        )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        info = path.stat()
    except FileNotFoundError:
        return None
    return info.st_ino, info.st_mtime_ns


def _save_result(path: Path, lines: list[str], found: bool) -> Iterator[str]:
    """Keep what the window says beside the workbook, where there is something to keep or to correct."""
    from ..disk.files import read_input, write_output

    target = path.with_name(path.stem + RESULT_SUFFIX)
    if not found and not target.exists():
        return
    # Notepad on older systems needs the byte order mark and CRLF.
    text = "\r\n".join([_HEADER, *map(escaped, [f"工作簿：{path.name}", "", *lines]), ""])
    try:
        ours = not target.exists() or read_input(target).startswith(b"\xef\xbb\xbf" + _HEADER.encode())
        copy = write_output(target, text.encode("utf-8-sig"), force=True, keep=not ours)
    except ReportgenError as error:
        yield f"检查结果没能存成文件：{error}"
        return
    if copy is not None:
        yield f"原来的“{target.name}”已另存为：{copy.name}"
    yield f"以上内容也存在：{target.name}"
