"""The command line: options in, library call, lines out, exit code (DESIGN.md 4)."""

from __future__ import annotations

import gettext
import os
import sys
from pathlib import Path
from typing import NoReturn

# click's own words are translated through gettext, which asks the environment for the language.
os.environ["LANGUAGE"] = "zh_CN"
gettext.bindtextdomain("reportgen", str(Path(__file__).with_name("locale")))
gettext.textdomain("reportgen")

import click  # noqa: E402

from .. import __version__  # noqa: E402
from ..errors import last_words  # noqa: E402

__all__ = ["cli", "main", "say"]

_FILE = click.Path(path_type=Path)
_EXIT_ERRORS = 1
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
    from ..disk.files import safe_name, write_output
    from ..form import load_form
    from ..workbook import blank_workbook
    from .commands import copied

    form, report = load_form(form_id), None
    if source is not None:
        from ..api import read_report
        from ..workbook.transfer import next_year

        report = read_report(source)
        if year != report.year or report.form.id != form.id:
            report = next_year(report, form, year)
        org, year = org or report.org, year or report.year
    data = blank_workbook(form, year=year, org=org, typed_totals=typed_totals, report=report)
    name = safe_name(form.title_of(org, year)) if org and year else "空白工作簿"
    path = out or Path(f"{name}.xlsx")
    copied(say, write_output(path, data, force=force))
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
    from .commands import validate as run

    sys.exit(
        run(
            files, say, style=style, strict=strict, last_year=last_year, page=page, marked=marked, force=force
        )
    )


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
    if len(files) > 1 and out is not None and not out.is_dir():
        raise click.UsageError("有多个工作簿时，-o 应是一个已有的文件夹。")
    from .commands import build as run

    sys.exit(
        run(
            files,
            say,
            out=out,
            last_year=last_year,
            template=template,
            draft=draft,
            force=force,
            strict=strict,
        )
    )


@cli.command(options_metavar="[选项]", help="把任何格式的报告读成标准工作簿（.xlsx）或数据（.json）。")
@click.argument("file", type=_FILE, metavar="文件")
@click.option("-o", "out", type=_FILE, required=True, metavar="文件", help="写到哪里：.xlsx 或 .json。")
@click.option("--form", "form_id", metavar="版本", help="规定格式的版本；默认按表格文字判断。")
@click.option("--force", is_flag=True, help="文件已存在时先留一份带日期的副本，再写新的。")
def extract(file: Path, out: Path, form_id: str | None, force: bool) -> None:
    from ..api import read_report
    from ..workbook.transfer import extract as write
    from .commands import copied, print_lines

    report = read_report(file, form_id)
    count, copy = write(report, out, force=force)
    # What could not be read has to be said here; what is wrong with it is for `validate`.
    print_lines(say, (one.line() for one in report.notices))
    copied(say, copy)
    click.echo(f"按{report.form.id}版格式读到 {count} 个数、{len(report.passages)} 段文字，已写入：{out}")


@cli.command(
    options_metavar="[选项]", help="双击时运行：核对并生成拖放的文件；没有文件时，处理所在文件夹里的工作簿。"
)
@click.argument("files", nargs=-1, type=_FILE, metavar="[文件…]")
@click.option("--folder", type=_FILE, metavar="文件夹", help="没有给文件时，处理这个文件夹里的工作簿。")
@click.option(
    "--do", "action", type=click.Choice(["check", "build", "merge"]), default="build", show_default=True,
    help="做什么：check 只检查，build 检查并生成报告，merge 汇总。",
)  # fmt: skip
def office(files: tuple[Path, ...], folder: Path | None, action: str) -> None:
    from .office import run

    if action == "merge":
        click.echo("汇总功能还没有装入这一版，没有生成任何文件。")
        sys.exit(2)
    sys.exit(run(list(files), folder, sys.stdout, only_check=action == "check"))


@cli.group(options_metavar="[选项]", subcommand_metavar="命令 …", help="检查或导出 Word 模板。")
def template() -> None:
    pass


@template.command("check", options_metavar="[选项]", help="检查自己改过的 Word 模板，一次列出所有问题。")
@click.argument("file", type=_FILE, metavar="模板.docx")
@click.option("--form", "form_id", default="2021", show_default=True, metavar="版本", help="规定格式的版本。")
def template_check(file: Path, form_id: str) -> None:
    from ..api import template_faults
    from .commands import print_lines

    faults = template_faults(file, form_id)
    print_lines(say, (fault.line() for fault in faults))
    click.echo(f"“{file.name}”有 {len(faults)} 处问题。" if faults else f"“{file.name}”没有问题，可以使用。")
    sys.exit(_EXIT_ERRORS if faults else 0)


@template.command("export", options_metavar="[选项]", help="导出自带的 Word 模板，供在 Word 或 WPS 里修改。")
@click.argument("folder", type=_FILE, metavar="文件夹")
@click.option("--force", is_flag=True, help="文件已存在时先留一份带日期的副本，再写新的。")
def template_export(folder: Path, force: bool) -> None:
    from ..disk.files import write_output
    from ..word import shipped_templates
    from .commands import copied

    for name, data in shipped_templates():
        path = folder / name
        copied(say, write_output(path, data, force=force))
        click.echo(f"已导出：{path}")


@cli.command(options_metavar="[选项]", help="列出所有核对规则：编号、级别、内容、依据。")
@click.option("--form", "form_id", default="2021", show_default=True, metavar="版本", help="规定格式的版本。")
@_STYLE
def rules(form_id: str, style: str) -> None:
    from ..form import load_form
    from ..show.listing import rules_json, rules_lines
    from .commands import print_lines

    form = load_form(form_id)
    if style == "json":
        click.echo(rules_json(form))
    else:
        print_lines(say, rules_lines(form))


def say(text: str, colour: str = "", *, err: bool = False, end: str = "\n") -> None:
    """Print a text; click leaves colour out of a pipe."""
    click.echo(click.style(text, fg=colour) if colour else text, err=err, nl=bool(end))


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
    except click.exceptions.Abort:
        say("已中断。", "red", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        text, code = last_words(error)
        say(text, "red", err=True)
        sys.exit(code)
    sys.exit(0)
