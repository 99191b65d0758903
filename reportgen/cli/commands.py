"""The short commands: ``new``, ``extract``, ``template``, ``rules``."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from ..disk.names import means_folder
from ..errors import EXIT_ERRORS
from .console import closing, copied, fail, print_lines, say, watched
from .options import FILE, FILES, FORCE, STYLE, Year, files_given, form_option


@click.command(options_metavar="[选项]", help="生成空白的标准工作簿（或按已有文件预填）。")
@click.option(
    "-o",
    "out",
    type=FILE,
    metavar="文件",
    help="写到哪里；默认是当前文件夹的“空白工作簿”。与 --roster 同用时是文件夹。",
)
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
@click.option(
    "--roster",
    is_flag=False,
    flag_value="",
    metavar="[名册]",
    help="为名册里的每个单位写一个预填好的工作簿，-o 写文件夹；不写名册，就写一份空白名册供填写。",
)
@click.option(
    "--last-year",
    type=FILE,
    metavar="文件夹",
    help="与 --roster 同用：各单位上年的报告，填进“上年数据”和上年结转，并锁定。",
)
@click.option("--typed-totals", is_flag=True, help="总计格不设公式，由填表人填写，用来双重核对。")
@click.option("--nil", is_flag=True, help="数字格都先填好 0，只改有数的格；适合全年业务很少的单位。")
@FORCE
def new(
    out: Path | None, form_id: str | None, year: int | None, org: str, source: Path | None, typed_totals: bool,
    roster: str | None, last_year: Path | None, nil: bool, force: bool,
) -> None:  # fmt: skip
    """Write a standard workbook, blank or prefilled from another report, or one for every body of a roster."""
    if roster is not None:
        if source is not None or org or nil:
            raise click.UsageError("--roster 不能与 --from、--org、--nil 同用。")
        options = {"year": year, "form": form_id, "last_year": last_year, "typed_totals": typed_totals, "force": force}
        sys.exit(_hand_out(roster, out, options) if roster else _empty_roster(out, form_id, year, force=force))
    if last_year is not None:
        raise click.UsageError("--last-year 要与 --roster 同用；一个单位的上年报告用 --from。")
    from ..disk.files import write_output
    from ..disk.names import safe_name
    from ..form import load_form
    from ..model.last_year import next_year, nil_report
    from ..workbook import blank_workbook

    report = None
    if source is None:
        form = load_form(form_id, year=year)
    else:
        from ..api import read_report

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


def _empty_roster(out: Path | None, form_id: str | None, year: int | None, *, force: bool) -> int:
    """Write a roster to fill in; return the exit code."""
    from ..disk.files import write_output
    from ..form import load_form
    from ..workbook import roster_workbook

    path = out or Path("单位名册.xlsx")
    if path.suffix.lower() != ".xlsx":
        raise click.UsageError("空白名册是 .xlsx：-o 请写“单位名册.xlsx”这样的文件名。")
    copied(write_output(path, roster_workbook(load_form(form_id, year=year)), force=force))
    say(f"已生成空白名册：{path}")
    return 0


def _hand_out(roster: str, out: Path | None, options: dict[str, Any]) -> int:
    """Write a workbook for every body; return the exit code."""
    from ..batch.handout import HandOut

    if out is None:
        raise click.UsageError("请用 -o 写明工作簿放到哪个文件夹。")
    run = HandOut(roster, out, **options)
    code, without = 0, []
    for outcome in watched(run.written(), len(run.paths)):
        if (one := outcome.value) is None:
            fail(outcome.error)
            code = max(code, outcome.exit_code)
            continue
        copied(one.copy)
        without += [] if one.has_last else [one.body]
    if run.nobodys:
        say(closing(f"上年的报告里有 {len(run.nobodys)} 份不是名册里的单位的", [one.org for one in run.nobodys]))
    if run.last and without:
        say(closing(f"没有找到上年报告的 {len(without)} 个单位", without))
    say(f"已为名册里的 {len(run.paths)} 个单位生成{run.year}年的工作簿：{out}")
    return code


@click.command(options_metavar="[选项]", help="把任何格式的报告读成标准工作簿（.xlsx）或数据（.json）。")
@FILES
@click.option(
    "-o",
    "out",
    type=FILE,
    required=True,
    metavar="文件|文件夹",
    help="写到哪里：.xlsx 或 .json；有多个文件时写文件夹，每个文件一个 .xlsx。",
)
@form_option("按表格的文字和年度判断")
@FORCE
def extract(files: tuple[Path, ...], out: Path, form_id: str | None, force: bool) -> None:
    """Read reports from any source and write them as workbooks or as data; the exit code is the highest of all."""
    paths = files_given(files, skip=[out])
    if len(paths) == 1 and not means_folder(out):
        _extract(paths[0], out, form_id, force=force)
        return
    from ..batch.outcomes import attempt
    from ..disk.names import Taken

    if not means_folder(out):
        raise click.UsageError("有多个文件时，-o 应是一个文件夹。")
    code, taken = 0, Taken()
    for path in watched(paths, len(paths)):
        target = out / f"{taken.free(path.stem)}.xlsx"
        done = attempt(partial(_extract, out=target, form_id=form_id, force=force), path)
        if done.error:
            fail(done.error)
            code = max(code, done.exit_code)
    sys.exit(code)


def _extract(file: Path | str, out: Path, form_id: str | None, *, force: bool) -> None:
    from ..api import read_report
    from ..show.lines import finding_lines
    from ..workbook import extract as write

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
    sys.exit(EXIT_ERRORS if errors else 0)


@template.command("export", options_metavar="[选项]", help="导出自带的 Word 模板，供在 Word 或 WPS 里修改。")
@click.argument("folder", type=FILE, metavar="文件夹")
@FORCE
def template_export(folder: Path, force: bool) -> None:
    """Write the shipped templates into a folder."""
    from ..disk.files import write_output
    from ..word.render import shipped_templates

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
