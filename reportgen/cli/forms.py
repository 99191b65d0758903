"""Office IT's own editions of the form: where they are, checking and listing them, making their templates."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ..errors import EXIT_ERRORS
from ..forms import FORMS_VARIABLE
from .console import copied, say
from .options import FILE, FORCE


@contextmanager
def forms_in(folder: Path) -> Iterator[None]:
    """Look for form files and their templates in a folder first, also in worker processes."""
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
    """Do the same with the folder ``forms`` in a folder, if there is one."""
    if folder is None or not (folder / "forms").is_dir():
        yield
        return
    with forms_in(folder / "forms"):
        prove_own_forms()
        yield


def prove_own_forms() -> None:
    """Load every edition where office IT has some, so that a mistake is said once and not for every file.

    Raises:
        FormError: a form file is wrong.
    """
    if not os.environ.get(FORMS_VARIABLE):
        return
    from ..form import editions, load_form

    for edition in editions():
        load_form(edition)


def take_forms(command: click.Command) -> None:
    """Give a command, and all below it, the option ``--forms``."""
    command.params.append(
        click.Option(
            ["--forms"], type=FILE, metavar="文件夹", expose_value=False, is_eager=True, callback=_use,
            help="本单位的格式文件和 Word 模板所在的文件夹，先于自带的使用。",
        )
    )  # fmt: skip
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        take_forms(inner)


def _use(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        if not folder.is_dir():
            raise click.BadParameter(f"没有文件夹“{folder}”。")
        context.with_resource(forms_in(folder))
        if form.name not in context.command_path.split():  # these are for mending what is wrong
            prove_own_forms()


@click.group(options_metavar="[选项]", subcommand_metavar="命令 …", help="检查、列出规定格式的各个版本。")
def form() -> None:
    """Look after the editions of the form."""


@form.command("check", options_metavar="[选项]", help="检查自己写的格式文件，一次列出所有问题。")
@click.argument("file", type=FILE, metavar="格式.toml")
def form_check(file: Path) -> None:
    """List the mistakes of a form file; exit code 1 if there are any."""
    from ..errors import FormError, InputError
    from ..form import load_form

    if not file.is_file() or file.suffix.lower() != ".toml":
        raise InputError(f"“{file}”不是格式文件（.toml），或者没有这个文件。")
    try:
        found = load_form(file)
    except FormError as error:
        say(str(error), lines=True)
        sys.exit(EXIT_ERRORS)
    off = [rule for rule in found.rules.values() if rule.off]
    say(
        f"“{file.name}”没有问题，可以使用：{found.document}，适用于{_years(found.first_year, found.final_year)}的数据。"
    )
    tables, rules = "、".join(table.id for table in found.tables), len(found.rules) - len(off)
    say(f"{tables}共 {len(found.cells)} 个数，{rules} 条核对规则。")
    for rule in off:
        say(f"停用 {rule.id}　{rule.title}　理由：{rule.reason}")
    if not file.stem[:1].isdigit():
        say("文件名不以年份开头，只能被别的格式文件引用（extends），不作为一个版本使用。")


@form.command("list", options_metavar="[选项]", help="列出现有的版本：适用年度、文件、Word 模板。")
def form_list() -> None:
    """List the editions of the form."""
    from ..errors import TemplateError
    from ..form import editions, form_file, form_folders, load_form
    from ..word.render import default_template

    for found in map(load_form, editions()):
        try:
            template = str(default_template(found) or "由程序按格式生成（可以用 template make 写出来修改）")
        except TemplateError:
            template = "没有（这一版只用来读取）"
        say(f"{found.id}　{_years(found.first_year, found.final_year)}　{found.document}")
        say(f"　格式文件：{form_file(found.id)}")
        say(f"　Word 模板：{template}")
    for folder in form_folders()[:-1]:
        for file in sorted(folder.glob("*.toml")):
            if not file.stem[:1].isdigit():
                say(f"{file}：文件名不以年份开头，不作为一个版本使用。")


def _years(first: int, final: int) -> str:
    return f"{first}—{final}年" if final else f"{first}年起"


@click.command("make", options_metavar="[选项]", help="按格式生成一个版本的 Word 模板，供在 Word 或 WPS 里修改。")
@click.argument("edition", metavar="版本")
@click.option(
    "-o", "out", type=FILE, required=True, metavar="文件",
    help="写到哪里；和格式文件放在一起、名为 report-版本.docx 的，会自动使用。",
)  # fmt: skip
@FORCE
def make_template(edition: str, out: Path, force: bool) -> None:
    """Write the Word template of an edition."""
    from ..disk.files import write_output
    from ..disk.names import wrong_ending
    from ..form import load_form
    from ..word.design import default_template

    if out.suffix.lower() != ".docx":
        raise wrong_ending(out, "Word 模板", ".docx")
    found = load_form(edition)
    copied(write_output(out, default_template(found), force=force))
    say(f"已生成 {found.id} 版的 Word 模板：{out}")
