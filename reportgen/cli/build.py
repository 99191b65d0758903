"""``reportgen build``: check workbooks and write their reports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..disk.names import means_folder
from .console import ScreenError, fail, print_lines, say, watched
from .options import FILE, FILES, LAST_YEAR, STRICT

if TYPE_CHECKING:  # `--help` needs none of it
    from ..batch import Built, Outcome

__all__ = ["build"]

_EXIT_ERRORS = 1


@click.command(options_metavar="[选项]", help="核对并生成 Word 报告。有错误时不生成，除非加 --draft。")
@FILES
@click.option("-o", "out", type=FILE, metavar="文件|文件夹", help="输出的 .docx 或文件夹；默认写在工作簿旁边。")
@LAST_YEAR
@click.option("--template", type=FILE, metavar="模板", help="使用自己的 Word 模板。")
@click.option("--draft", is_flag=True, help="有错误也生成，每页标“草稿”，错误的格作标记。")
@click.option("--force", is_flag=True, help="报告已存在时先留一份带日期的副本，再写新的。")
@STRICT
def build(
    files: tuple[Path, ...], out: Path | None, last_year: Path | None, template: Path | None,
    draft: bool, force: bool, strict: bool,
) -> None:  # fmt: skip
    """Build reports; the exit code is the highest of all (README.md, Exit codes)."""
    if len(files) > 1 and out is not None and not means_folder(out):
        raise click.UsageError("有多个工作簿时，-o 应是一个文件夹。")
    from ..batch import build_many

    outcomes = build_many(files, out, force=force, draft=draft, strict=strict, template=template, last_year=last_year)
    written: list[Path] = []
    try:
        sys.exit(max(_tell(outcome, written) for outcome in watched(outcomes, len(files))))
    except ScreenError as error:
        raise error.after(written) from error


def _tell(outcome: Outcome[Built], written: list[Path]) -> int:
    """Print what became of a file, and note what was written; return its exit code."""
    if (built := outcome.value) is None:
        fail(outcome.error)
        return outcome.exit_code
    if built.path is not None:
        written.append(built.path)
    _tell_built(built)
    return _EXIT_ERRORS if built.status == "errors" else 0


def _tell_built(built: Built) -> None:
    """Print the findings, and what was written."""
    print_lines(built.lines)
    if built.path is None:
        say("有错误，没有生成报告。改正后再试；只想先看看样子，可加 --draft 生成草稿。")
        return
    if built.copy is not None:
        say(f"原来的报告已另存为：{built.copy}")
    say(f"核对 {built.compared} 个数值，与工作簿完全一致")
    say(f"已生成{'草稿' if built.status == 'errors' else '报告'}：{built.path}")
