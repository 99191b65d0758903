"""``reportgen office``: what the double-click scripts call; asks, prints and opens.

The work is done by :mod:`reportgen.office`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .console import asks, print_lines, reading, say
from .forms import forms_beside
from .options import FILE

if TYPE_CHECKING:  # `--help` needs none of it
    from ..office import Dealt, Found

_FATES = {
    "built": "已生成报告", "good": "没有错误", "wrong": "有错误", "double": "同一单位有几个工作簿", "failed": "没能处理",
}  # fmt: skip
_EXIT_USAGE = 2
_TRIES = 3
"""Times that a question is asked."""
_FEW = 3
"""Results that are opened; more windows than that help nobody."""


@click.command(
    options_metavar="[选项]", help="双击时运行：核对并生成拖放的文件；没有文件时，处理所在文件夹里的工作簿。"
)
@click.argument("files", nargs=-1, type=FILE, metavar="[文件…]")
@click.option(
    "--folder",
    type=FILE,
    metavar="文件夹",
    help="没有给文件时，处理这个文件夹里的工作簿；里面的 forms 文件夹放本单位的格式。",
)
@click.option(
    "--do", "action", type=click.Choice(["check", "build", "merge"]), default="build", show_default=True,
    help="做什么：check 只检查，build 检查并生成报告，merge 汇总。",
)  # fmt: skip
def office(files: tuple[Path, ...], folder: Path | None, action: str) -> None:
    """Do what a double click asks for; the exit code is that of :func:`run`."""
    if action == "merge":
        from .merge import merge_folder

        with forms_beside(folder):
            sys.exit(merge_folder(files, folder or Path()))
    with forms_beside(folder):
        sys.exit(run(files, folder, only_check=action == "check"))


def run(files: Sequence[Path], folder: Path | None = None, *, only_check: bool = False) -> int:
    """Deal with the workbooks, say of each what became of it, and open what there is to see.

    Args:
        files: what was dropped on the icon.
        folder: where to look when nothing was dropped; the current folder if None.
        only_check: build no reports.

    Returns:
        the highest exit code of all files (README.md, Exit codes); 2 if there was no workbook at all.
    """
    from ..office import look
    from .opening import open_file

    with reading() as shown:
        found = look(files, folder, reading=shown)
    if not found.jobs:
        return _begin(Path(next(iter(files), folder or "")))
    done = _each(found, only_check)
    _sum_up(done)
    for path in [path for one in done for path in one.opens][:_FEW]:
        open_file(path)
    return max(one.exit_code for one in done)


def _each(found: Found, only_check: bool) -> list[Dealt]:
    """Deal with the workbooks one after another; its number is shown before the work on each begins."""
    from ..disk.names import shown_name
    from ..office import deal
    from ..show.lines import OutputLine

    for last, served in found.served:
        say(f"{shown_name(last)}是{shown_name(served)}上一年的，只用来核对，没有另外检查。")
    done = []
    for n, job in enumerate(found.jobs, 1):
        say(f"[{n}/{len(found.jobs)}] {shown_name(job.path)}")
        done.append(deal(job, only_check=only_check))
        print_lines(OutputLine(f"  {line.text}".rstrip(), line.severity) for line in done[-1].lines)
    return done


def _sum_up(done: Sequence[Dealt]) -> None:
    """Say how many there were, and last which of them need work."""
    from ..disk.names import shown_name

    counts = Counter(_FATES[one.fate] for one in done)
    say("")
    say(f"共 {len(done)} 个文件：{'，'.join(f'{what} {count} 个' for what, count in counts.items())}。")
    if names := [shown_name(one.path) for one in done if one.needs_work]:
        say(f"还要处理：{'、'.join(names)}。")


# --------------------------------------------------------------------------- an empty folder


def _begin(folder: Path) -> int:
    """Offer to make the first workbook of a folder."""
    from ..disk.names import quoted, shown_name
    from ..office import begin
    from .opening import open_file

    say(f"文件夹{quoted(folder.absolute())}里没有工作簿（.xlsx）。")
    if not asks():
        say("请把填好的工作簿放进这个文件夹再双击，或者把工作簿直接拖到图标上。")
        return _EXIT_USAGE
    say("现在可以新建一个：请回答两个问题。不想新建的，直接按回车键。")
    org = click.prompt("机关全称（例如 某某市某某局）", default="", show_default=False).strip()
    year = _ask_year() if org else None
    if year is None:
        say("没有新建工作簿。请把填好的工作簿放进这个文件夹再双击，或者把工作簿直接拖到图标上。")
        return _EXIT_USAGE
    path, last = begin(folder, org, year)
    if last:
        say(f"“上年数据”取自{shown_name(last.report.path)}。")
    say(f"已生成工作簿：{path.name}")
    say("请填写、保存、关闭，再双击一次。")
    open_file(path)
    return 0


def _ask_year() -> int | None:
    """Ask for the year of the data until it is one; None if there is no answer."""
    from ..errors import InputError
    from ..office import year_of

    for _ in range(_TRIES):
        answer = click.prompt("数据年度（四位数字）", default="", show_default=False).strip()
        if not answer:
            return None
        try:
            return year_of(answer)
        except InputError as error:
            say(str(error))
    return None
