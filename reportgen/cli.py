"""The command line: options in, library call, lines out, exit code (DESIGN.md 4)."""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

# click's own words are translated through gettext, which asks the environment for the language.
os.environ["LANGUAGE"] = "zh_CN"
gettext.bindtextdomain("reportgen", str(Path(__file__).with_name("locale")))
gettext.textdomain("reportgen")

import click  # noqa: E402

from . import __version__  # noqa: E402
from .errors import ReportgenError  # noqa: E402

if TYPE_CHECKING:
    from .batch import Outcome
    from .page import Reviewed

__all__ = ["cli", "main"]

T = TypeVar("T")

_FILE = click.Path(path_type=Path)
_EXIT_ERRORS = 1
_MANY = 8
_LAST_YEAR = click.option(
    "--last-year", "last_year", type=_FILE, metavar="文件", help="上年的工作簿或报告，用来核对衔接。"
)
_STYLE = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="输出格式。",
)  # fmt: skip


@click.group(
    options_metavar="[选项]",
    subcommand_metavar="命令 …",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="政府信息公开工作年度报告：读取填好的工作簿，核对勾稽关系，生成规定格式的 Word 报告。",
)
@click.version_option(__version__, message="reportgen %(version)s")
def cli() -> None:
    pass


@cli.command(options_metavar="[选项]", help="生成空白的标准工作簿（或按已有文件预填）。")
@click.option("-o", "out", type=_FILE, metavar="文件", help="写到哪里；默认是当前文件夹的“空白工作簿”。")
@click.option("--form", "form_id", default="2021", show_default=True, metavar="版本", help="规定格式的版本。")
@click.option("--year", type=int, metavar="年份", help="数据年度。")
@click.option("--org", default="", metavar="名称", help="机关全称。")
@click.option(
    "--from",
    "source",
    type=_FILE,
    metavar="文件",
    help="上年报告（任何格式）：预填机关名称和上年数据，年度加一；--year 与它同年时，原样预填它的数据和文字。",
)
@click.option("--typed-totals", is_flag=True, help="总计格不设公式，由填表人填写，用来双重核对。")
@click.option("--force", is_flag=True, help="文件已存在时先留一份带日期的副本，再写新的。")
def new(
    out: Path | None,
    form_id: str,
    year: int | None,
    org: str,
    source: Path | None,
    typed_totals: bool,
    force: bool,
) -> None:
    from .files import safe_name, write_output
    from .form import load_form
    from .workbook import blank_workbook

    form, report = load_form(form_id), None
    if source is not None:
        from .api import read_report
        from .transfer import next_year

        report = read_report(source)
        if year != report.year or report.form.id != form.id:
            report = next_year(report, form, year)
        org, year = org or report.org, year or report.year
    data = blank_workbook(form, year=year, org=org, typed_totals=typed_totals, report=report)
    name = safe_name(form.title_of(org, year)) if org and year else "空白工作簿"
    path = out or Path(f"{name}.xlsx")
    copy = write_output(path, data, force=force)
    _copied(copy)
    click.echo(f"已生成工作簿：{path}")


@cli.command(options_metavar="[选项]", help="只核对，不生成报告。可以一次给多个文件。")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="文件…")
@_STYLE
@_LAST_YEAR
@click.option("--strict", is_flag=True, help="数字格留空或填“/”“—”按错误处理。")
@click.option(
    "--html", "page", type=_FILE, metavar="网页", help="把所有文件的审核结果写成一个网页（.html）。"
)
@click.option(
    "--mark",
    "marked",
    type=_FILE,
    metavar="文件|文件夹",
    help="另存一份工作簿，错误的格标颜色、加批注，并列出审核结果；原文件不动。",
)
@click.option("--force", is_flag=True, help="网页或副本已存在时先留一份带日期的备份，再写新的。")
def validate(
    files: tuple[Path, ...], style: str, strict: bool, last_year: Path | None, page: Path | None,
    marked: Path | None, force: bool,
) -> None:  # fmt: skip
    if len(files) > 1 and marked is not None and not marked.is_dir():
        raise click.UsageError("有多个工作簿时，--mark 应是一个已有的文件夹。")
    if marked is None and page is None:
        sys.exit(_validate_many(files, style, strict, last_year))
    sys.exit(_validate_writing(files, style, strict, last_year, page, marked, force))


def _validate_writing(
    files: tuple[Path, ...], style: str, strict: bool, last_year: Path | None, page: Path | None,
    marked: Path | None, force: bool,
) -> int:  # fmt: skip
    """Validate and write the result page or marked copies; they need the reports themselves."""
    from .api import mark, review, write_result_page
    from .batch import attempt
    from .listing import json_document, json_report, json_unreadable, report_lines

    code, documents = 0, []
    reviewed: list[Reviewed] = []
    unreadable: list[tuple[str, str]] = []

    def save(write: Callable[[], tuple[Path, Path | None]]) -> None:
        nonlocal code
        try:
            path, copy = write()
        except ReportgenError as error:
            code = max(code, error.exit_code)
            _fail(str(error))
            return
        _copied(copy, err=True)
        click.echo(f"已写出：{path}", err=True)

    for path in files:
        outcome = attempt(partial(review, strict=strict, last_year=last_year), path)
        if outcome.value is None:
            code = max(code, outcome.exit_code)
            documents.append(json_unreadable(str(path), outcome.error))
            unreadable.append((str(path), outcome.error))
            if style == "text":
                _fail(outcome.error)
            continue
        reviewed.append(outcome.value)
        report, findings, repairs, _ = outcome.value
        code = max(code, _EXIT_ERRORS if repairs is not None else 0)
        documents.append(json_report(report, findings, repairs))
        if style == "text":
            _print(report_lines(report, findings, repairs))
        if marked is not None:
            save(partial(mark, report, marked, findings=findings, repairs=repairs, force=force))
    if page is not None:
        save(lambda: (page, write_result_page(reviewed, page, unreadable=unreadable, force=force)))
    if style == "json":
        click.echo(json_document(documents))
    return code


def _validate_many(files: tuple[Path, ...], style: str, strict: bool, last_year: Path | None) -> int:
    """Validate with nothing to write: lines or JSON only, over the processors if there are many files."""
    from .batch import check_many
    from .listing import json_document, json_unreadable

    code, documents = 0, []
    for outcome in _watched(check_many(files, strict=strict, last_year=last_year), len(files)):
        if (checked := outcome.value) is None:
            code = max(code, outcome.exit_code)
            documents.append(json_unreadable(str(outcome.path), outcome.error))
            if style == "text":
                _fail(outcome.error)
            continue
        code = max(code, checked.exit_code)
        documents.append(checked.document)
        if style == "text":
            _print(checked.lines)
    if style == "json":
        click.echo(json_document(documents))
    return code


@cli.command(options_metavar="[选项]", help="核对并生成 Word 报告。有错误时不生成，除非加 --draft。")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="文件…")
@click.option(
    "-o", "out", type=_FILE, metavar="文件|文件夹", help="输出的 .docx 或文件夹；默认写在工作簿旁边。"
)
@_LAST_YEAR
@click.option("--template", type=_FILE, metavar="模板", help="使用自己的 Word 模板。")
@click.option("--draft", is_flag=True, help="有错误也生成，每页标“草稿”，错误的格作标记。")
@click.option("--force", is_flag=True, help="报告已存在时先留一份带日期的副本，再写新的。")
@click.option("--strict", is_flag=True, help="数字格留空或填“/”“—”按错误处理。")
def build(
    files: tuple[Path, ...], out: Path | None, last_year: Path | None, template: Path | None,
    draft: bool, force: bool, strict: bool,
) -> None:  # fmt: skip
    from .batch import build_many
    from .listing import built_lines

    if len(files) > 1 and out is not None and not out.is_dir():
        raise click.UsageError("有多个工作簿时，-o 应是一个已有的文件夹。")
    code = 0
    outcomes = build_many(
        files, out, force=force, draft=draft, strict=strict, template=template, last_year=last_year
    )
    for outcome in _watched(outcomes, len(files)):
        if (result := outcome.value) is None:
            code = max(code, outcome.exit_code)
            _fail(outcome.error)
            continue
        code = max(code, _EXIT_ERRORS if result.status == "errors" else 0)
        _print(result.lines)
        _print(built_lines(result))
    sys.exit(code)


@cli.command(options_metavar="[选项]", help="把任何格式的报告读成标准工作簿（.xlsx）或数据（.json）。")
@click.argument("file", type=_FILE, metavar="文件")
@click.option("-o", "out", type=_FILE, required=True, metavar="文件", help="写到哪里：.xlsx 或 .json。")
@click.option("--form", "form_id", metavar="版本", help="规定格式的版本；默认按表格文字判断。")
@click.option("--force", is_flag=True, help="文件已存在时先留一份带日期的副本，再写新的。")
def extract(file: Path, out: Path, form_id: str | None, force: bool) -> None:
    from .api import read_report
    from .transfer import extract as write

    report = read_report(file, form_id)
    count, copy = write(report, out, force=force)
    # What could not be read has to be said here; what is wrong with it is for `validate`.
    _print(one.line() for one in report.notices)
    _copied(copy)
    click.echo(f"按{report.form.id}版格式读到 {count} 个数、{len(report.passages)} 段文字，已写入：{out}")


@cli.command(
    options_metavar="[选项]", help="双击时运行：核对并生成拖放的文件；没有文件时，处理所在文件夹里的工作簿。"
)
@click.argument("files", nargs=-1, type=_FILE, metavar="[文件…]")
@click.option("--folder", type=_FILE, metavar="文件夹", help="没有给文件时，处理这个文件夹里的工作簿。")
def office(files: tuple[Path, ...], folder: Path | None) -> None:
    from .office import run

    sys.exit(run(list(files), folder, sys.stdout))


@cli.group(options_metavar="[选项]", subcommand_metavar="命令 …", help="检查或导出 Word 模板。")
def template() -> None:
    pass


@template.command("check", options_metavar="[选项]", help="检查自己改过的 Word 模板，一次列出所有问题。")
@click.argument("file", type=_FILE, metavar="模板.docx")
@click.option("--form", "form_id", default="2021", show_default=True, metavar="版本", help="规定格式的版本。")
def template_check(file: Path, form_id: str) -> None:
    from .api import template_faults

    faults = template_faults(file, form_id)
    _print(fault.line() for fault in faults)
    click.echo(f"“{file.name}”有 {len(faults)} 处问题。" if faults else f"“{file.name}”没有问题，可以使用。")
    sys.exit(_EXIT_ERRORS if faults else 0)


@template.command("export", options_metavar="[选项]", help="导出自带的 Word 模板，供在 Word 或 WPS 里修改。")
@click.argument("folder", type=_FILE, metavar="文件夹")
@click.option("--force", is_flag=True, help="文件已存在时先留一份带日期的副本，再写新的。")
def template_export(folder: Path, force: bool) -> None:
    from .files import write_output
    from .word import shipped_templates

    for name, data in shipped_templates():
        path = folder / name
        _copied(write_output(path, data, force=force))
        click.echo(f"已导出：{path}")


@cli.command(options_metavar="[选项]", help="列出所有核对规则：编号、级别、内容、依据。")
@click.option("--form", "form_id", default="2021", show_default=True, metavar="版本", help="规定格式的版本。")
@_STYLE
def rules(form_id: str, style: str) -> None:
    from .form import load_form
    from .listing import rules_json, rules_lines

    form = load_form(form_id)
    if style == "json":
        click.echo(rules_json(form))
    else:
        _print(rules_lines(form))


def _watched(outcomes: Iterable[Outcome[T]], total: int) -> Iterator[Outcome[T]]:
    """Say how far we are while the results go to a file and somebody is watching."""
    shown = total >= _MANY and sys.stderr.isatty() and not sys.stdout.isatty()
    for done, outcome in enumerate(outcomes, 1):
        yield outcome
        if shown:
            line = f"已处理 {done}/{total} 个文件" if done < total else " " * 40
            click.echo(f"\r{line}\r", err=True, nl=False)


_COLOURS = {"error": "red", "warning": "yellow", "ask": "cyan"}


def _print(lines: Iterable[str]) -> None:
    """Print lines, coloured by the level they begin with; click leaves colour out of a pipe."""
    from .findings import SEVERITY_LABELS

    colours = {SEVERITY_LABELS[level]: colour for level, colour in _COLOURS.items()}
    for line in lines:
        colour = colours.get(line.split(" ", 1)[0])
        click.echo(click.style(line, fg=colour) if colour else line)


def _fail(message: str) -> None:
    click.secho(message, err=True, fg="red")


def _copied(copy: Path | None, *, err: bool = False) -> None:
    if copy is not None:
        click.echo(f"原来的文件已另存为：{copy}", err=err)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit; a user never sees a traceback.

    ``REPORTGEN_DEBUG=1`` lets unexpected errors through, for developers.
    """
    for stream in (sys.stdout, sys.stderr):
        # A console of code page 936 cannot show every character; better a ? than no message.
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if getattr(sys, "frozen", False) and "--multiprocessing-fork" in sys.argv:
        from multiprocessing import freeze_support  # a worker of batch.py in a single-file program

        freeze_support()
    try:
        cli.main(args=arguments, prog_name="reportgen", standalone_mode=False)
    except ReportgenError as error:
        _fail(str(error))
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        _fail("已中断。")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        if os.environ.get("REPORTGEN_DEBUG"):
            raise
        _fail(f"程序内部出错（{type(error).__name__}：{error}）。没有写出任何文件；请把这一行发给技术人员。")
        sys.exit(3)
    sys.exit(0)
