"""The double-click flow: workbooks in, reports and a list of findings beside them.

For a clerk who never sees a command line: every file is dealt with on its own, every outcome is said
in a sentence, and what the window showed also stands in ``{name}.检查结果.txt`` after it is closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ..disk.files import is_backup, is_lock_file, read_input, shown_name, write_output
from ..errors import ReportgenError

if TYPE_CHECKING:
    from ..model.report import Report

__all__ = ["RESULT_SUFFIX", "run", "workbooks_in"]

RESULT_SUFFIX = ".检查结果.txt"

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
"""What counts as a workbook in a folder; those that cannot be read are answered with what to do."""
_HEADER = "本文件由 reportgen 自动生成，每次检查都会重写，请不要在这里记东西。"
_DONE, _WRONG, _FAILED = "已生成报告", "有错误、没有生成报告", "没能处理"
_CHECKED, _FAULTY = "没有错误", "有错误"
_EXIT_ERRORS, _EXIT_USAGE, _EXIT_FAILED = 1, 2, 3


def run(files: Iterable[Path], folder: Path | None, out: TextIO, *, only_check: bool = False) -> int:
    """Check workbooks and build their reports beside them.

    An existing report is replaced, and a dated copy of it kept; a workbook with errors gets no
    report.  One file's failure does not stop the others.

    Args:
        files: what was dropped on the icon; a folder stands for the workbooks in it.
        folder: where to look when nothing was dropped; the current folder if None.
        out: where to tell the user what happened.
        only_check: build no reports.

    Returns:
        the highest exit code of all files (DESIGN.md 4); 2 if there was no workbook at all.
    """
    given = list(files)
    places = given or [folder or Path()]
    paths = list(dict.fromkeys(p for place in places for p in _expand(place)))
    if not paths:
        _say(out, [_nothing_found(places[0])])
        return _EXIT_USAGE
    outcomes: Counter[str] = Counter()
    written: dict[Path, Path] = {}
    code = 0
    for n, path in enumerate(paths, 1):
        _say(out, [f"[{n}/{len(paths)}] {shown_name(path)}"])
        outcome, exit_code, lines = _one(path, written, only_check)
        _say(out, [f"  {line}" for line in lines])
        outcomes[outcome] += 1
        code = max(code, exit_code)
    counts = "，".join(f"{outcome} {count} 个" for outcome, count in outcomes.items())
    _say(out, ["", f"共 {len(paths)} 个文件：{counts}。"])
    return code


def workbooks_in(folder: Path) -> list[Path]:
    """Return the workbooks of a folder by name, without lock files, copies of ours and hidden files."""
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
    return (
        f"文件夹“{place.resolve()}”里没有工作簿（.xlsx）。\n"
        "请把填好的工作簿放进这个文件夹再双击，或者把工作簿直接拖到图标上。"
    )


def _say(out: TextIO, lines: Iterable[str]) -> None:
    for line in lines:
        out.write(line + "\n")
    out.flush()


def _one(path: Path, written: dict[Path, Path], only_check: bool) -> tuple[str, int, list[str]]:
    """Deal with one workbook: outcome, exit code, lines to show."""
    try:
        return _check_and_build(path, written, only_check)
    except ReportgenError as error:
        return _FAILED, error.exit_code, [str(error)]
    except Exception as error:
        # The other files still have to be dealt with, and a clerk must not meet a traceback.
        what = f"{type(error).__name__}：{error}"
        return _FAILED, _EXIT_FAILED, [f"程序内部出错（{what}），这个文件没有处理。请把这一行发给技术人员。"]


def _check_and_build(path: Path, written: dict[Path, Path], only_check: bool) -> tuple[str, int, list[str]]:
    from ..api import build, default_output, read_report
    from ..checks import check
    from ..model.findings import worst
    from ..show.listing import report_lines

    report = read_report(path)
    findings = check(report)
    lines = list(report_lines(report, findings))
    if worst(findings) == "errors":
        not_built = "" if only_check else "，没有生成报告"
        lines.append(f"有错误{not_built}。请在工作簿里改正、保存、关闭，再做一次。")
        outcome = _FAULTY if only_check else _WRONG
        return outcome, _EXIT_ERRORS, [*lines, *_save_result(path, lines, bool(findings))]
    if only_check:
        lines.append("没有错误，可以生成报告。")
        return _CHECKED, 0, [*lines, *_save_result(path, lines, bool(findings))]
    target = default_output(report)
    _refuse_same_target(target, report, written)
    before = _identity(target)
    result = build(report, target, force=True, findings=findings)
    written[target.resolve()] = path
    lines.append(f"已逐个核对报告里的 {result.compared} 处内容，与工作簿完全一致。")
    if result.copy is not None:
        lines.append(f"原来的报告已另存为：{result.copy.name}")
    same = before is not None and before == _identity(target)
    lines.append(f"报告没有变化：{target.name}" if same else f"已生成报告：{target.name}")
    return _DONE, 0, [*lines, *_save_result(path, lines, bool(findings))]


def _refuse_same_target(target: Path, report: Report, written: dict[Path, Path]) -> None:
    """Two workbooks of the same body and year: which of them is right, only the clerk knows."""
    from ..errors import OutputError

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
    target = path.with_name(path.stem + RESULT_SUFFIX)
    if not found and not target.exists():
        return
    # Notepad on older systems needs the byte order mark and CRLF.
    text = "\r\n".join([_HEADER, f"工作簿：{path.name}", "", *lines, ""])
    try:
        ours = not target.exists() or read_input(target).startswith(b"\xef\xbb\xbf" + _HEADER.encode())
        copy = write_output(target, text.encode("utf-8-sig"), force=True, keep=not ours)
    except ReportgenError as error:
        yield f"检查结果没能存成文件：{error}"
        return
    if copy is not None:
        yield f"原来的“{target.name}”已另存为：{copy.name}"
    yield f"以上内容也存在：{target.name}"
