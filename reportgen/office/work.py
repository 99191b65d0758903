"""One workbook: checked, and everything that comes of it beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from ..api import default_output, mark, marked_name, print_report, review, write_result_page
from ..batch import attempt
from ..disk.files import read_input, write_aside, write_output
from ..disk.folders import PAGE_SUFFIX
from ..disk.names import is_open_elsewhere, reachable, shown_name
from ..errors import InputError, InUseError, OutputError, ReportgenError, escaped
from ..model.findings import worst
from ..model.report import Report
from ..show.lines import OutputLine, report_lines
from ..show.review import CheckedReport
from .folder import RESULT_SUFFIX, WORKBOOK_KINDS, Job, LastYear, beside, is_unchanged

_HEADER = "本文件由 reportgen 自动生成，每次检查都会重写，请不要在这里记东西。"
_OUR_PAGE = b'<meta name="generator" content="reportgen">'
_DOCUMENT_KINDS = ("docx", "html", "mht", "pdf")
_EXIT_ERRORS = 1

Fate: TypeAlias = Literal["built", "good", "wrong", "double", "failed"]


class Dealt(msgspec.Struct, frozen=True):
    """What became of one workbook."""

    path: Path
    fate: Fate
    exit_code: int
    lines: tuple[OutputLine, ...]
    """To show."""
    opens: tuple[Path, ...] = ()
    """To open: the report of a good one, the result page of a wrong one."""

    @property
    def needs_work(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.fate in ("wrong", "double", "failed")


def deal(job: Job, *, only_check: bool = False) -> Dealt:
    """Check a workbook and build its report beside it, whatever happens.

    An existing report is replaced, and a dated copy of it kept; one that is open in a word processor
    stays as it is, and the new one is written beside it.  A workbook with errors gets no report but a
    copy with its findings marked, and a result page.

    Args:
        job: as :func:`~reportgen.office.look` found it.
        only_check: build no report.
    """
    if job.read.value is None:
        return _failed(job.path, job.read.error, job.read.exit_code)
    outcome = attempt(lambda _: _deal(job, only_check), job.path)
    return outcome.value or _failed(job.path, outcome.error, outcome.exit_code)


def _failed(path: Path, error: str, exit_code: int) -> Dealt:
    return Dealt(path, "failed", exit_code, _lines(error.split("\n")))


def _lines(texts: Sequence[str]) -> tuple[OutputLine, ...]:
    return tuple(OutputLine(escaped(text)) for text in texts)


def _deal(job: Job, only_check: bool) -> Dealt:
    assert job.read.value is not None
    checked = review(job.read.value, last_year=job.last_year.report if job.last_year else None)
    before = list(_before(job))
    told = (
        *_lines([*before, ""] if before else []),
        *report_lines(checked.report, checked.findings, checked.repairs),
        *_lines([*_about_rivals(job, only_check)]),
    )
    if worst(checked.findings) == "errors":
        is_document = checked.report.kind in _DOCUMENT_KINDS
        not_built = "" if only_check or is_document else "，没有生成报告"
        last = f"有错误{not_built}。请{'' if is_document else '在工作簿里'}改正、保存、关闭，再做一次。"
        done = Dealt(job.path, "wrong", _EXIT_ERRORS, (*told, *_lines([last, *_outdated(checked.report)])))
    elif job.rivals:
        done = Dealt(job.path, "double", OutputError.exit_code, told)
    elif only_check or checked.report.kind in _DOCUMENT_KINDS:
        what = "没有错误，可以生成报告。" if only_check else "没有错误。这是报告，不是工作簿，只做了检查。"
        done = Dealt(job.path, "good", 0, (*told, *_lines([what])))
    else:
        done = _built(job.path, checked, told)
    return done if done.fate == "failed" else _keep(done, checked)


def _before(job: Job) -> Iterator[str]:
    """Yield what has to be known before the findings."""
    if is_open_elsewhere(job.path):
        yield "它正在 Excel 或 WPS 里打开着：这里用的是最近一次保存的内容，没有保存的改动不在里面。"
    if job.last_year:
        yield from _about_last_year(job.last_year)
    yield from job.remarks


def _about_last_year(last: LastYear) -> Iterator[str]:
    name = shown_name(last.report.path)
    yield f"上年的数取自{name}。"
    for other in last.others:
        yield f"{shown_name(other)}也是这个单位上一年的，数和它不同；请确认以哪一份为准，把另一份移走。"


def _about_rivals(job: Job, only_check: bool) -> Iterator[str]:
    if job.rivals and job.read.value:
        others = "、".join(map(shown_name, job.rivals))
        not_built = "" if only_check else "，都没有生成报告"
        yield f"它和{others}都是“{job.read.value.full_title}”，不知道以哪一个为准{not_built}。请只留下正确的，再做一次。"


def _outdated(report: Report) -> Iterator[str]:
    """Warn of a report that was built before the errors came in."""
    path = default_output(report)
    if report.kind in WORKBOOK_KINDS and reachable(path).exists():
        yield f"{shown_name(path)}是以前生成的，和现在的工作簿不一定一致，请不要用。"


# --------------------------------------------------------------------------- the report


def _built(path: Path, checked: CheckedReport, told: Sequence[OutputLine]) -> Dealt:
    """Build the report of a workbook without errors beside it."""
    try:
        printed = print_report(checked.report, checked.findings)
        ((aim, data, compared),) = printed.files
        was_there = reachable(aim).exists()
        target, copy = write_aside(aim, data, inputs=printed.inputs)
    except ReportgenError as error:
        return Dealt(path, "failed", error.exit_code, (*told, *_lines(str(error).split("\n"))))
    said = [f"已逐个核对报告里的 {compared} 处内容，与工作簿完全一致。"]
    if target != aim:
        said.append(f"{shown_name(aim)}正在 Word 或 WPS 里打开着，没有动它；新的报告另写了一份。")
    if copy is not None:
        said.append(f"原来的报告已另存为：{copy.name}")
    same = was_there and copy is None and target == aim
    said.append(f"报告没有变化：{target.name}" if same else f"已生成报告：{target.name}")
    return Dealt(path, "built", 0, (*told, *_lines(said)), (target,))


# --------------------------------------------------------------------------- what is kept beside it


def _keep(done: Dealt, checked: CheckedReport) -> Dealt:
    """Write the marked copy and the result page of a wrong workbook, and what the window says of any.

    Of a workbook that was put right, those that are there are brought up to date.
    """
    said: list[str] = []
    wrong, opens = done.fate == "wrong", done.opens
    marked, page = done.path.with_name(marked_name(done.path)), beside(done.path, PAGE_SUFFIX)
    unchanged = is_unchanged(marked)
    try:
        if checked.report.kind in ("xlsx", "xlsm") and (wrong or unchanged):
            _mark(checked, marked, unchanged, said)
        if wrong or _is_ours(page, _OUR_PAGE):
            copy = write_result_page([checked], page, force=True, keep=not _is_ours(page, _OUR_PAGE)).copy
            said += [*_about_copy(page, copy), f"审核结果网页：{page.name}"]
            opens = (page,) if wrong else opens
        lines = (*done.lines, *_lines(said))
        said += _save_result(done.path, lines, bool(checked.findings))
    except OutputError as error:
        said.append(f"检查结果没能存成文件：{error}")
    return msgspec.structs.replace(done, lines=(*done.lines, *_lines(said)), opens=opens)


def _mark(checked: CheckedReport, target: Path, unchanged: bool, said: list[str]) -> None:
    """Write the marked copy, and add what is to be said of it.

    Args:
        checked: the report.
        target: where to.
        unchanged: nobody has changed the one that is there: no copy of it is kept.
        said: lines are added.
    """
    try:
        copy = mark(
            checked.report, target, findings=checked.findings, repairs=checked.repairs, force=True, keep=not unchanged
        ).copy
    except (InputError, InUseError) as error:  # the other results can still be written
        said.append(f"没能写出标了错误的副本：{error}")
        return
    said += [*_about_copy(target, copy), f"标了错误的副本：{target.name}"]


def _save_result(path: Path, lines: Sequence[OutputLine], found: bool) -> Iterator[str]:
    """Keep what the window says beside the workbook, where there is something to keep or to correct.

    Args:
        path: the workbook.
        lines: what the window says.
        found: there is something to correct.
    """
    target = beside(path, RESULT_SUFFIX)
    if not found and not reachable(target).exists():
        return
    # Notepad on older systems needs the byte order mark and CRLF.
    told = [_HEADER, escaped(f"工作簿：{path.name}"), "", *(line.text for line in lines), ""]
    ours = _is_ours(target, b"\xef\xbb\xbf" + _HEADER.encode())
    copy = write_output(target, "\r\n".join(told).encode("utf-8-sig"), force=True, keep=not ours)
    yield from _about_copy(target, copy)
    yield f"以上内容也存在：{target.name}"


def _about_copy(target: Path, copy: Path | None) -> Iterator[str]:
    if copy is not None:
        yield f"原来的{shown_name(target)}已另存为：{copy.name}"


def _is_ours(path: Path, sign: bytes) -> bool:
    """Tell whether a file is one that is written anew at every check, and says so in its head."""
    try:
        return sign in read_input(path)[:1000]
    except InputError:
        return False
