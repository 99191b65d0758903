"""Arguments and options that several commands take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)
FILES = click.argument("files", nargs=-1, required=True, type=FILE, metavar="文件|文件夹…")


class Year(click.ParamType[int]):
    """A year of four digits."""

    name = "year"

    def convert(self, value: object, param: click.Parameter | None, context: click.Context | None) -> int:
        """Return the year, or say that it is none."""
        from ..model.numbers import parse_year

        year = parse_year(str(value))
        if year is None:
            self.fail(f"年度应是四位数字，例如 2026；写的是“{value}”。", param, context)
        return year


def form_option(otherwise: str) -> Callable[[F], F]:
    """Return the option that names an edition of the form.

    Args:
        otherwise: which one is taken without it, in Chinese.
    """
    return click.option("--form", "form_id", metavar="版本", help=f"规定格式的版本；默认{otherwise}。")


LAST_YEAR = click.option(
    "--last-year", "last_year", type=FILE, metavar="文件|文件夹",
    help="上年的工作簿或报告，用来核对衔接；给文件夹时，每个单位用里面它自己上一年的那份。",
)  # fmt: skip
STRICT = click.option("--strict", is_flag=True, help="数字格留空或填“/”“—”按错误处理。")
STYLE = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="输出格式。",
)  # fmt: skip
FORCE = click.option("--force", is_flag=True, help="文件已存在时先留一份带日期的副本，再写新的。")


def files_given(
    files: Iterable[Path], *, skip: Iterable[Path | None] = (), workbooks: bool = False
) -> list[Path]:  # fmt: skip
    """Return the files to work on: those given, and of folders what is in them.

    Args:
        files: as the user gave them.
        skip: what else was named, and is no report to work on where a folder holds it.
        workbooks: of a folder only the workbooks; finished documents are made of them.

    Raises:
        InputError: a folder holds none.
    """
    from ..disk.folders import REPORT_SUFFIXES, WORKBOOK_SUFFIXES, files_in
    from ..disk.names import quoted
    from ..errors import InputError

    given = list(files)
    others = [one for one in skip if one is not None and one not in given]
    found = files_in(given, skip=others, suffixes=WORKBOOK_SUFFIXES if workbooks else REPORT_SUFFIXES)
    if not found:
        what = "工作簿（.xlsx 等）" if workbooks else "报告"
        raise InputError(f"{quoted(given[0])}里没有{what}。请检查是不是这个文件夹。")
    return found
