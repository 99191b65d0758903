"""Arguments and options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["FILE", "FILES", "FORCE", "LAST_YEAR", "STRICT", "STYLE", "Year", "form_option"]

FILE = click.Path(path_type=Path)
FILES = click.argument("files", nargs=-1, required=True, type=FILE, metavar="文件…")


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
    "--last-year", "last_year", type=FILE, metavar="文件", help="上年的工作簿或报告，用来核对衔接。"
)
STRICT = click.option("--strict", is_flag=True, help="数字格留空或填“/”“—”按错误处理。")
STYLE = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="输出格式。",
)  # fmt: skip
FORCE = click.option("--force", is_flag=True, help="文件已存在时先留一份带日期的副本，再写新的。")
