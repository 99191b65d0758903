"""Office IT's own editions of the form: where they are, checking and listing them, making their templates."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..form import Form

__all__ = ["add_forms", "forms_beside", "forms_in"]

_EXIT_FAULTS = 1


@contextmanager
def forms_in(folder: Path) -> Iterator[None]:
    """Look for form files and their templates in a folder first, also in worker processes."""
    from ..form.editions import FORMS_VARIABLE

    before = os.environ.get(FORMS_VARIABLE)
    os.environ[FORMS_VARIABLE] = os.pathsep.join([str(folder.resolve()), *([before] if before else [])])
    try:
        yield
    finally:
        if before is None:
            del os.environ[FORMS_VARIABLE]
        else:
            os.environ[FORMS_VARIABLE] = before


@contextmanager
def forms_beside(folder: Path | None) -> Iterator[None]:
    """The same with the folder ``forms`` in a folder, if there is one."""
    if folder is None or not (folder / "forms").is_dir():
        yield
        return
    with forms_in(folder / "forms"):
        yield


def _use(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        if not folder.is_dir():
            raise click.BadParameter(f"没有文件夹“{folder}”。")
        context.with_resource(forms_in(folder))


def add_forms(cli: click.Group, template: click.Group) -> None:
    """Add what there is for office IT's own editions: ``--forms`` for every command, ``form``, ``template make``.

    Args:
        cli: the whole command line.
        template: its group of commands for Word templates.
    """
    cli.add_command(_form)
    template.add_command(_make)
    _give_option(cli)


def _give_option(command: click.Command) -> None:
    command.params.append(
        click.Option(
            ["--forms"], type=click.Path(path_type=Path), metavar="文件夹",
            help="本单位的格式文件和 Word 模板所在的文件夹，先于自带的使用。",
            expose_value=False, is_eager=True, callback=_use,
        )
    )  # fmt: skip
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _give_option(inner)


@click.group(
    "form", options_metavar="[选项]", subcommand_metavar="命令 …", help="检查、列出规定格式的各个版本。"
)
def _form() -> None:
    pass


@_form.command("check", options_metavar="[选项]", help="检查自己写的格式文件，一次列出所有问题。")
@click.argument("file", type=click.Path(path_type=Path), metavar="格式.toml")
def _check(file: Path) -> None:
    from ..errors import FormError, InputError
    from ..form import load_form

    if not file.is_file() or file.suffix.lower() != ".toml":
        raise InputError(f"“{file}”不是格式文件（.toml），或者没有这个文件。")
    try:
        form = load_form(file)
    except FormError as error:
        click.echo(str(error))
        sys.exit(_EXIT_FAULTS)
    rules = sum(not rule.off for rule in form.rules.values())
    click.echo(f"“{file.name}”没有问题，可以使用：{form.document}，适用于{_years(form)}的数据。")
    click.echo(f"{'、'.join(t.id for t in form.tables)}共 {len(form.cells)} 个数，{rules} 条核对规则。")
    for rule in form.rules.values():
        if rule.off:
            click.echo(f"停用 {rule.id}　{rule.title}　理由：{rule.reason}")
    if not file.stem[:1].isdigit():
        click.echo("文件名不以年份开头，只能被别的格式文件引用（extends），不作为一个版本使用。")


@_form.command("list", options_metavar="[选项]", help="列出现有的版本：适用年度、文件、Word 模板。")
def _list() -> None:
    from ..errors import TemplateError
    from ..form import editions, form_file, form_folders, load_form
    from ..word import default_template

    for edition in editions():
        form = load_form(edition)
        try:
            template = str(default_template(form) or "由程序按格式生成（可以用 template make 写出来修改）")
        except TemplateError:
            template = "没有（这一版只用来读取）"
        click.echo(f"{edition}　{_years(form)}　{form.document}")
        click.echo(f"　格式文件：{form_file(edition)}")
        click.echo(f"　Word 模板：{template}")
    for folder in form_folders()[:-1]:
        for file in sorted(folder.glob("*.toml")):
            if not file.stem[:1].isdigit():
                click.echo(f"{file}：文件名不以年份开头，不作为一个版本使用。")


def _years(form: Form) -> str:
    return f"{form.first_year}—{form.final_year}年" if form.final_year else f"{form.first_year}年起"


@click.command(
    "make", options_metavar="[选项]", help="按格式生成一个版本的 Word 模板，供在 Word 或 WPS 里修改。"
)
@click.argument("edition", metavar="版本")
@click.option(
    "-o", "out", type=click.Path(path_type=Path), required=True, metavar="文件",
    help="写到哪里；和格式文件放在一起、名为 report-版本.docx 的，会自动使用。",
)  # fmt: skip
@click.option("--force", is_flag=True, help="文件已存在时先留一份带日期的副本，再写新的。")
def _make(edition: str, out: Path, force: bool) -> None:
    from ..disk.files import write_output
    from ..errors import OutputError
    from ..form import load_form
    from ..word.design import default_template

    if out.suffix.lower() != ".docx":
        raise OutputError(f"Word 模板“{out.name}”应以 .docx 结尾。")
    form = load_form(edition)
    copy = write_output(out, default_template(form), force=force)
    if copy is not None:
        click.echo(f"原来的文件已另存为：{copy}")
    click.echo(f"已生成 {form.id} 版的 Word 模板：{out}")
