"""The short commands: ``new``, ``extract``, ``template``, ``rules``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .console import copied, print_lines, say
from .options import FILE, FORCE, STYLE, Year, form_option

__all__ = ["extract", "new", "rules", "template"]

_EXIT_ERRORS = 1


@click.command(options_metavar="[选项]", help="生成空白的标准工作簿（或按已有文件预填）。")
@click.option("-o", "out", type=FILE, metavar="文件", help="写到哪里；默认是当前文件夹的“空白工作簿”。")
@form_option("按年度")
@click.option("--year", type=Year(), metavar="年份", help="数据年度，四位数字。")
@click.option("--org", default="", metavar="名称", help="机关全称。")
@click.option(
    "--from",
    "source",
    type=FILE,
    metavar="文件",
    help="上年报告（任何格式）：预填机关名称和上年数据，年度加一；--year 与它同年时，原样预填它的数据和文字。",
)
@click.option("--typed-totals", is_flag=True, help="总计格不设公式，由填表人填写，用来双重核对。")
@click.option("--nil", is_flag=True, help="数字格都先填好 0，只改有数的格；适合全年业务很少的单位。")
@FORCE
def new(
    out: Path | None, form_id: str | None, year: int | None, org: str, source: Path | None, typed_totals: bool,
    nil: bool, force: bool,
) -> None:  # fmt: skip
    """Write a standard workbook, blank or prefilled from another report."""
    from ..disk.files import write_output
    from ..disk.names import safe_name
    from ..form import load_form
    from ..workbook import blank_workbook
    from ..workbook.transfer import nil_report

    report = None
    if source is None:
        form = load_form(form_id, year=year)
    else:
        from ..api import read_report
        from ..workbook.transfer import next_year

        report = read_report(source)
        form = load_form(form_id, year=year or (report.year + 1 if report.year else None))
        if report.year is None or year != report.year or report.form.id != form.id:
            report = next_year(report, form, year)
        org, year = org or report.org, year or report.year
    if nil:
        report = nil_report(form, report)
    data = blank_workbook(form, year=year, org=org, typed_totals=typed_totals, report=report)
    name = safe_name(form.title_of(org, year)) if org and year else "空白工作簿"
    path = out or Path(f"{name}.xlsx")
    copied(write_output(path, data, force=force))
    say(f"已生成工作簿：{path}")
    if source is not None and not org:
        say(f"“{source.name}”里没有读出机关名称，没有预填；请在“{form.sheets.fields}”表里填写，或加上 --org。")


@click.command(options_metavar="[选项]", help="把任何格式的报告读成标准工作簿（.xlsx）或数据（.json）。")
@click.argument("file", type=FILE, metavar="文件")
@click.option("-o", "out", type=FILE, required=True, metavar="文件", help="写到哪里：.xlsx 或 .json。")
@form_option("按表格的文字和年度判断")
@FORCE
def extract(file: Path, out: Path, form_id: str | None, force: bool) -> None:
    """Read a report from any source and write it as a workbook or as data."""
    from ..api import read_report
    from ..show.lines import finding_lines
    from ..workbook.transfer import extract as write

    report = read_report(file, form_id)
    count, copy = write(report, out, force=force)
    # What could not be read has to be said here; what is wrong with it is for `validate`.
    print_lines(finding_lines(report.notices))
    copied(copy)
    say(f"按{report.form.id}版格式读到 {count} 个数、{len(report.passages)} 段文字，已写入：{out}")


@click.group(options_metavar="[选项]", subcommand_metavar="命令 …", help="检查或导出 Word 模板。")
def template() -> None:
    """Look after Word templates."""


@template.command("check", options_metavar="[选项]", help="检查自己改过的 Word 模板，一次列出所有问题。")
@click.argument("file", type=FILE, metavar="模板.docx")
@form_option("按文件名和模板的内容判断")
def template_check(file: Path, form_id: str | None) -> None:
    """List the mistakes of a template; exit code 1 if there are any."""
    from ..api import template_faults

    found = template_faults(file, form_id)
    for fault in found:
        say(fault.line())
    errors = sum(fault.severity == "error" for fault in found)
    warnings = f"（另有 {len(found) - errors} 处提醒）" if len(found) > errors else ""
    say(f"“{file.name}”有 {errors} 处问题{warnings}。" if errors else f"“{file.name}”没有问题，可以使用{warnings}。")
    sys.exit(_EXIT_ERRORS if errors else 0)


@template.command("export", options_metavar="[选项]", help="导出自带的 Word 模板，供在 Word 或 WPS 里修改。")
@click.argument("folder", type=FILE, metavar="文件夹")
@FORCE
def template_export(folder: Path, force: bool) -> None:
    """Write the shipped templates into a folder."""
    from ..disk.files import write_output
    from ..word import shipped_templates

    for name, data in shipped_templates():
        path = folder / name
        copied(write_output(path, data, force=force))
        say(f"已导出：{path}")


@click.command(options_metavar="[选项]", help="列出所有核对规则：编号、级别、内容、依据。")
@form_option("是最新一版")
@STYLE
def rules(form_id: str | None, style: str) -> None:
    """List the rules of an edition of the form."""
    from ..form import load_form

    form = load_form(form_id)
    if style == "json":
        from ..show.json import rules_json

        say(rules_json(form), lines=True)
    else:
        from ..show.lines import rules_lines

        print_lines(rules_lines(form))
