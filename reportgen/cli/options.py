"""Arguments and options that several commands take."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["FILE", "FILES", "FORCE", "FORM", "LAST_YEAR", "STRICT", "STYLE"]

FILE = click.Path(path_type=Path)
FILES = click.argument("files", nargs=-1, required=True, type=FILE, metavar="文件…")
FORM = click.option(
    "--form", "form_id", default="2021", show_default=True, metavar="版本", help="规定格式的版本。"
)
LAST_YEAR = click.option(
    "--last-year", "last_year", type=FILE, metavar="文件", help="上年的工作簿或报告，用来核对衔接。"
)
STRICT = click.option("--strict", is_flag=True, help="数字格留空或填“/”“—”按错误处理。")
STYLE = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="输出格式。",
)  # fmt: skip
FORCE = click.option("--force", is_flag=True, help="文件已存在时先留一份带日期的副本，再写新的。")
