"""``reportgen merge``: the reports of many bodies into one workbook."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .console import closing, copied, print_lines, progress, say
from .options import FILE, FILES, FORCE

if TYPE_CHECKING:  # `--help` needs none of it
    from ..batch.merging import MergeResult

_EXIT_ERRORS, _EXIT_UNREADABLE = 1, 3
_HINTS = 10
"""Findings of level info that are still told one by one."""


@click.command(
    options_metavar="[选项]", help="把各单位的报告汇总成一个工作簿，可以接着用 build 生成报告。文件夹代表里面的报告。"
)
@FILES
@click.option("-o", "out", type=FILE, required=True, metavar="汇总.xlsx", help="汇总工作簿写到哪里；催报单写在旁边。")
@click.option("--org", required=True, metavar="名称", help="汇总机关的全称。")
@click.option("--year", type=int, metavar="年份", help="数据年度；默认是多数报告的年度。")
@click.option("--roster", type=FILE, metavar="名册", help="应报单位的名册：.xlsx、.csv 或文本，每行一个单位。")
@click.option("--filed", type=FILE, metavar="文件", help="汇总机关上报的报告，逐格与各单位之和比较。")
@click.option("--previous", type=FILE, metavar="汇总.xlsx", help="上次的汇总工作簿：列出变化，沿用里面的文字和说明。")
@click.option("--last-year", type=FILE, metavar="文件|文件夹", help="各单位上年的报告，用来核对衔接。")
@click.option(
    "--html", "page", type=FILE, metavar="文件夹", help="另写一页总览，每个单位一页：可按状态、分组、问题筛选。"
)
@click.option(
    "--own", "own_only", is_flag=True, help="各表取本级合计（本级机关和部门）；默认取行政区域合计（全部单位）。"
)
@click.option("--include-drafts", is_flag=True, help="有错误的报告也计入，每张表上都标明“草稿”。")
@FORCE
def merge(
    files: tuple[Path, ...], out: Path, org: str, year: int | None, roster: Path | None, filed: Path | None,
    previous: Path | None, last_year: Path | None, page: Path | None, own_only: bool, include_drafts: bool,
    force: bool,
) -> None:  # fmt: skip
    """Merge reports; the exit code tells what was wrong with them (README.md, Exit codes)."""
    from ..batch.merging import merge as run

    result = run(
        files, out, org=org, year=year, roster=roster, filed=filed, previous=previous, last_year=last_year,
        html=page, own_only=own_only, include_drafts=include_drafts, force=force, progress=progress,
    )  # fmt: skip
    sys.exit(_tell(result))


def merge_folder(dropped: Sequence[Path], folder: Path) -> int:
    """Merge for the double click what was dropped, else a folder; return the exit code."""
    from ..batch.merging import merge_folder as run

    folders = [one for one in dropped if one.is_dir()]
    if len(dropped) == len(folders) == 1:
        return _tell(run(folders[0], progress=progress))
    return _tell(run(folder, dropped, progress=progress))


def _tell(result: MergeResult) -> int:
    """Say what was added, what was not and why; return the exit code."""
    from ..rollup import RETURNED, STATES
    from ..show.lines import finding_lines, report_lines

    rollup, collection = result.rollup, result.rollup.collection
    hints = sum(one.severity == "info" for one in rollup.findings)
    print_lines(finding_lines([one for one in rollup.findings if one.severity != "info" or hints <= _HINTS]))
    if hints > _HINTS:
        say(f"另有 {hints} 条提示，见汇总工作簿。")
    if rollup.findings:
        say("")
    print_lines(report_lines(rollup.report, rollup.checked))
    states = Counter(one.state for one in collection.bodies)
    states.update(one.state for one in collection.strays)
    states["duplicate"] += sum(len(one.others) for one in collection.bodies)
    counts = "，".join(f"{name} {states[state]}" for state, name in STATES.items() if states[state])
    for change in _changes(result):
        say(change)
    for what, wanted in (("还没有报的", ("missing",)), ("退回改正的", RETURNED)):
        names = [one.body for one in collection.bodies if one.state in wanted]
        if names:
            say(closing(f"{what} {len(names)} 个", names))
    if result.lonely:
        say(closing(f"没有找到上年报告的 {len(result.lonely)} 个", result.lonely))
    own = f"；各表只取本级 {len(rollup.inside)} 个" if rollup.own_only else ""
    say(f"共 {len(collection.bodies)} 个单位，计入 {len(collection.counted)} 个（{counts}）{own}。")
    copied(result.copy)
    if result.letter_path is not None:
        say(f"催报单：{result.letter_path}")
    if result.overview is not None:
        say(f"总览：{result.overview}")
    if result.path is not None:
        say(f"已汇总{'（草稿，含有错误的报告）' if rollup.drafts else ''}：{result.path}")
    if states["unreadable"]:
        return _EXIT_UNREADABLE
    return _EXIT_ERRORS if result.status == "errors" else 0


def _changes(result: MergeResult) -> list[str]:
    """Return how much is otherwise than the last time."""
    if not result.rollup.has_previous:
        return []
    count = Counter(one.what for one in result.rollup.changes)
    words = (
        ("added", "新增{}个单位"),
        ("removed", "少了{}个单位"),
        ("replaced", "换了{}份报告"),
        ("figure", "变动{}个数"),
        ("unknown", "{}个单位上次的数没有读到，没有比较"),
    )
    told = "，".join(word.format(count[what]) for what, word in words if count[what])
    return [f"与上次汇总相比：{told or '没有变化'}。"]
