"""The verbs of the library: read, check, build, mark.  The command line uses nothing else."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from .checks import check
from .checks.texts import judge_numbers
from .disk.files import read_input, write_output, write_outputs
from .disk.names import Taken, fitting_name, means_folder, name_of, safe_name, shown_name, wrong_ending
from .errors import InputError, OutputError, ReportgenError, unexpected
from .form import Form, editions, load_form
from .model.findings import Finding, worst
from .model.last_year import with_last_year
from .model.report import Report
from .recogniser import recognise
from .repairs import Repairs, find_repairs
from .show.review import CheckedReport
from .sources import Document, open_document
from .word.faults import TemplateFault

__all__ = [
    "BuildResult", "Delivered", "Printed", "Written", "WrittenPage", "build", "default_output", "mark", "marked_copy",
    "marked_name", "marked_path", "print_report", "read_report", "review", "template_faults", "write_result_page",
]  # fmt: skip

MARKABLE = ("xlsx", "xlsm")
"""Kinds of files in which findings can be marked."""
_PAGES = (".html", ".htm")


# --------------------------------------------------------------------------- reading


def read_report(
    path: Path | str, form: Form | str | None = None, *, last_year: Report | Path | str | None = None
) -> Report:
    """Read a report from any source.

    Args:
        path: the user's file.
        form: the edition to look for, or its id; None to tell it by the labels.
        last_year: last year's report, or the file to read it from, for the rules that link years.

    Raises:
        InputError: a file cannot be read or holds none of the prescribed tables.
    """
    report = report_of(open_document(path), load_form(form) if isinstance(form, str) else form)
    return _joined(report, last_year, form)


def _joined(report: Report, last_year: Report | Path | str | None, form: Form | str | None) -> Report:
    """Return the report with last year's, if there is one."""
    if last_year is None:
        return report
    return with_last_year(report, last_year if isinstance(last_year, Report) else _read_last(last_year, form))


def _read_last(path: Path | str, form: Form | str | None) -> Report:
    """Read last year's file; whatever is wrong with it is told with its name, not with this year's."""
    try:
        return read_report(path, form)
    except ReportgenError:
        raise
    except Exception as error:
        raise InputError(unexpected(error, shown_name(path))) from error


def report_of(document: Document, form: Form | None = None) -> Report:
    """Read a report out of an open document; :func:`read_report` also opens it.

    Args:
        document: what the file holds.
        form: the edition to look for; None to tell it by the labels.

    Raises:
        InputError: it holds none of the prescribed tables.
    """
    if document.kind == "json":
        from .model.exchange import from_json

        return from_json(document.exchange, form, path=document.path, sha256=document.sha256)
    return recognise(document, form or (load_form(edition) for edition in reversed(editions())))


def review(
    source: Report | Path | str, *, strict: bool = False, last_year: Report | Path | str | None = None
) -> CheckedReport:
    """Check one report, with all that a reviewer looks at.

    Args:
        source: a report, or the file to read it from.
        strict: blanks in number cells are errors (N-01).
        last_year: last year's report, or the file to read it from.

    Returns:
        the report, its findings, its repairs (None without errors) and the numbers of its texts.

    Raises:
        InputError: a file cannot be read or holds none of the prescribed tables.
    """
    report = _joined(source if isinstance(source, Report) else read_report(source), last_year, None)
    findings = check(report, strict=strict)
    repairs = find_repairs(report) if worst(findings) == "errors" else None
    return CheckedReport(report, findings, repairs, judge_numbers(report))


# --------------------------------------------------------------------------- building


class Delivered(msgspec.Struct, frozen=True):
    """A file that was written."""

    path: Path
    compared: int
    """Figures and texts read back from it and compared."""
    copy: Path | None = None
    """Copy kept of the file that stood there before."""


class BuildResult(msgspec.Struct, frozen=True):
    """What became of one build."""

    report: Report
    findings: tuple[Finding, ...]
    files: tuple[Delivered, ...] = ()
    """What was written, in the order asked for; nothing if findings of level error stopped it."""

    @property
    def status(self) -> str:
        """``errors``, ``warnings`` or ``ok`` (docs/architecture.md, JSON)."""
        return worst(self.findings)

    @property
    def path(self) -> Path | None:
        """The first file written; None if there is none."""
        return self.files[0].path if self.files else None

    @property
    def compared(self) -> int:
        """Figures and texts read back from all files and compared."""
        return sum(file.compared for file in self.files)

    @property
    def copy(self) -> Path | None:
        """Copy kept of what stood in the place of the first file."""
        return self.files[0].copy if self.files else None


class Printed(msgspec.Struct, frozen=True):
    """Finished and proven documents of one report that are not yet written."""

    files: tuple[tuple[Path, bytes, int], ...]
    """Where to, the content, and how many figures and texts were read back from it and compared."""
    inputs: tuple[Path | str, ...]
    """Files they were made from, which must not be overwritten."""

    def write(self, *, force: bool = False, tidy: bool = True) -> tuple[Delivered, ...]:
        """Write all of them, or none; see :func:`~reportgen.disk.files.write_outputs`.

        Raises:
            OutputError: one of them cannot be written.
        """
        contents = [(path, data) for path, data, _ in self.files]
        copies = write_outputs(contents, force=force, inputs=self.inputs, tidy=tidy)
        return tuple(
            Delivered(path, compared, copy) for (path, _, compared), copy in zip(self.files, copies, strict=True)
        )


def default_output(report: Report, suffix: str = ".docx", folder: Path | None = None) -> Path:
    """Return ``{标题}.docx`` beside the source, or in ``folder``."""
    return (folder or Path(report.path).parent) / (safe_name(report.full_title) + suffix)


def build(
    source: Report | Path | str,
    out: Path | str | Sequence[Path | str] | None = None,
    *,
    formats: Sequence[str] = ("docx",),
    force: bool = False,
    draft: bool = False,
    strict: bool = False,
    template: Path | str | None = None,
    sign_off: bool = False,
    fragment: bool = False,
    charts: bool = False,
    findings: Sequence[Finding] | None = None,
) -> BuildResult:
    """Check a report and write it as a Word document, web page, PDF or data in the prescribed layout.

    Nothing is written if a finding of level error remains, unless ``draft``.  Every finished
    document is read back and all figures and texts compared before any is delivered.

    Args:
        source: a report, or the file to read it from.
        out: where to: files ending in ``.docx``, ``.html``, ``.pdf``, ``.csv`` or ``.json``; a folder or
            None means ``{标题}`` there, or beside the source, once for each of ``formats``.
        formats: ``docx``, ``html``, ``pdf``, ``csv``, ``json``; not looked at where ``out`` names files.
        force: replace existing files, keeping a dated copy of each.
        draft: write in spite of errors, with 草稿 on every page and the wrong cells marked.
        strict: blanks in number cells are errors (N-01).
        template: a Word template instead of the shipped one.
        sign_off: also write the sheet on which those responsible sign, beside the first file.
        fragment: web pages are to be pasted into a page of a content management system.
        charts: draw the charts of the form in Word, PDF and web pages; last year's figures, for the one
            that compares, are those of the report.
        findings: what the checks said, if the caller has run them; they are run otherwise.

    Raises:
        InputError, TemplateError, OutputError: as their names say.
        ProofError: a finished document does not say what the report says.
    """
    report = source if isinstance(source, Report) else read_report(source)
    found = tuple(check(report, strict=strict) if findings is None else findings)
    if worst(found) == "errors" and not draft:
        return BuildResult(report, found)
    printed = print_report(
        report, found, out, formats=formats, draft=draft, template=template, sign_off=sign_off, fragment=fragment,
        charts=charts,
    )  # fmt: skip
    return BuildResult(report, found, printed.write(force=force))


def print_report(
    report: Report,
    found: Sequence[Finding],
    out: Path | str | Sequence[Path | str] | None = None,
    *,
    formats: Sequence[str] = ("docx",),
    draft: bool = False,
    template: Path | str | None = None,
    sign_off: bool = False,
    fragment: bool = False,
    charts: bool = False,
) -> Printed:
    """Print a report, whatever the findings, and prove the documents; :func:`build` also writes them.

    Args:
        report: a checked report.
        found: what the checks said.
        out, formats, draft, template, sign_off, fragment, charts: as for :func:`build`.

    Raises:
        TemplateError, OutputError, ProofError: as for :func:`build`.
    """
    from .publish import Order, finished

    order = Order(report, tuple(found), Path(template) if template else None, draft, fragment, charts)
    files = [(path, *finished(order, path)) for path in _outputs(report, out, formats)]
    if sign_off:
        from .publish.signoff import sign_off_sheet

        path = files[0][0].with_name(f"{files[0][0].stem}（审签单）.docx")
        files.append((path, *sign_off_sheet(order, [(path.name, data) for path, data, _ in files])))
    return Printed(tuple(files), tuple(p for p in (report.path, template) if p))


def _outputs(report: Report, out: Path | str | Sequence[Path | str] | None, formats: Sequence[str]) -> list[Path]:
    """Return the files to write.

    Raises:
        OutputError: two of them are the same, or a format is not known.
    """
    from .publish import FORMATS

    given = [out] if isinstance(out, (str, Path)) else list(out or ())
    if unknown := [one for one in formats if one not in FORMATS]:
        raise OutputError(f"不认得格式“{unknown[0]}”，可以写：{'、'.join(FORMATS)}。")
    if not given:
        return [default_output(report, FORMATS[one]) for one in dict.fromkeys(formats)]
    paths: list[Path] = []
    for one in map(Path, given):
        folder = means_folder(one)
        paths += [default_output(report, FORMATS[f], one) for f in dict.fromkeys(formats)] if folder else [one]
    if len({os.path.normcase(os.path.abspath(path)) for path in paths}) < len(paths):
        raise OutputError("输出文件写重了，同一个文件只能写一次。")
    return paths


def template_faults(path: Path | str, form: Form | str | None = None) -> list[TemplateFault]:
    """Check a Word template as a whole, before anyone uses it.

    Args:
        path: the template.
        form: the edition it is for, or its id; None for the one its file name names
            (``report-<edition>.docx``), else for the one whose labels it has.

    Returns:
        all its mistakes, each with its place, and warnings; without mistakes it can be used.

    Raises:
        InputError: it cannot be read, or is no .docx or .dotx file.
    """
    from .sources.sniff import kind_of, refusal
    from .word.template import check_template, edition_of

    path = Path(path)
    data = read_input(path)
    kind = kind_of(path, data)
    if kind not in ("docx", "dotx"):
        raise refusal(path, kind, {"docx"})
    if form is None:
        named = [edition for edition in editions() if path.stem == f"report-{edition}"]
        form = named[0] if named else edition_of(data)
    return check_template(data, load_form(form) if isinstance(form, str) else form)


# --------------------------------------------------------------------------- marking


class Written(NamedTuple):
    """A file that was written.  A named tuple because callers unpack it: ``path, copy = mark(…)``."""

    path: Path
    copy: Path | None = None
    """Copy kept of the file that stood there before."""


def mark(
    report: Report,
    out: Path | str,
    *,
    findings: Sequence[Finding] | None = None,
    repairs: Repairs | None = None,
    force: bool = False,
    keep: bool = True,
    strict: bool = False,
) -> Written:
    """Write a copy of the workbook a report was read from, with the findings marked in it.

    Args:
        report: read from an .xlsx or .xlsm file that is still there, unchanged.
        out: where to; a folder means ``{name}（审核）.xlsx`` there, （审核2） for a marked copy.
        findings: what the checks said, if the caller has run them; they are run otherwise.
        repairs: likely corrections, likewise.
        force: replace an existing file, keeping a dated copy of it.
        keep: False where it is known that nobody has changed that file: no copy is kept.
        strict: blanks in number cells are errors (N-01), if the checks are run here.

    Raises:
        InputError: the report is from another kind of file, the file has changed since, or its markup
            cannot be edited.
        OutputError: the copy cannot be written, or would replace the workbook itself.
    """
    _refuse_unmarkable(report)
    source, path = Path(report.path), marked_path(Path(report.path), Path(out))
    found = check(report, strict=strict) if findings is None else findings
    if repairs is None and worst(found) == "errors":
        repairs = find_repairs(report)
    copy = write_output(path, marked_copy(report, found, repairs), force=force, keep=keep, inputs=[source])
    return Written(path, copy)


def marked_copy(report: Report, findings: Sequence[Finding], repairs: Repairs | None) -> bytes:
    """Return the workbook a report was read from with the findings marked in it; :func:`mark` also writes it.

    Raises:
        InputError: as for :func:`mark`.
    """
    from .marking import mark_workbook

    _refuse_unmarkable(report)
    source = Path(report.path)
    data = read_input(source)
    if hashlib.sha256(data).hexdigest() != report.sha256:
        raise InputError(f"“{source.name}”在核对以后又改动了，没有做标记。请再核对一次。")
    return mark_workbook(data, report, findings, repairs)


def _refuse_unmarkable(report: Report) -> None:
    if report.kind not in MARKABLE:
        raise InputError(
            f"“{name_of(report.path)}”不是 .xlsx 工作簿，不能在里面做标记；可以用 --html 得到审核结果网页。"
        )


def marked_path(source: Path, out: Path, taken: Taken | None = None) -> Path:
    """Return where the marked copy of a workbook goes.

    Args:
        source: the workbook.
        out: the file, or a folder for it.
        taken: names that other workbooks of the same run have there.

    Raises:
        OutputError: the copy would have another suffix.
    """
    if means_folder(out):
        return out / marked_name(source.with_stem(taken.free(source.stem)) if taken else source)
    if out.suffix.lower() != source.suffix.lower():
        raise wrong_ending(out, "带标记的副本（与原工作簿一样）", source.suffix)
    return out


def marked_name(source: Path) -> str:
    """Return the name of a workbook's marked copy: ``甲（审核）.xlsx``, ``甲（审核2）.xlsx`` for one of a marked copy."""
    match = re.fullmatch(r"(.*)（审核(\d*)）", source.stem)
    stem, number = (match[1], int(match[2] or 1) + 1) if match else (source.stem, 1)
    return fitting_name(stem, f"（审核{'' if number == 1 else number}）{source.suffix}")


class WrittenPage(msgspec.Struct, frozen=True):
    """A result page that was written."""

    path: Path
    copy: Path | None = None
    """Copy kept of the file that stood there before."""
    failed: tuple[tuple[str, str], ...] = ()
    """Files that were read and checked, but could not be shown on the page, with the reason."""


def write_result_page(
    reports: Sequence[CheckedReport],
    out: Path | str,
    *,
    unreadable: Sequence[tuple[str, str]] = (),
    force: bool = False,
    keep: bool = True,
) -> WrittenPage:
    """Write the result page of one or many reports as a self-contained HTML file.

    Args:
        reports: as :func:`review` gives them.
        out: where to, ending in ``.html`` or ``.htm``.
        unreadable: files that could not be read, with the reason.
        force: replace an existing file, keeping a dated copy of it.
        keep: False where that is a page of ours: no copy is kept.

    Raises:
        OutputError: the page cannot be written.
    """
    from .show.result import make_result_page

    path = Path(out)
    if path.suffix.lower() not in _PAGES:
        raise wrong_ending(path, "审核结果网页", ".html")
    page = make_result_page(reports, unreadable=unreadable)
    inputs = [one.report.path for one in reports if one.report.path]
    copy = write_output(path, page.text.encode("utf-8"), force=force, keep=keep, inputs=inputs)
    return WrittenPage(path, copy, page.failed)
