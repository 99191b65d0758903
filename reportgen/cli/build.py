"""``reportgen build``: check workbooks and write their reports."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..disk.names import means_folder
from ..errors import EXIT_ERRORS
from .console import ScreenError, closing, fail, print_lines, say, watched
from .options import FILE, FILES, LAST_YEAR, STRICT, files_given

if TYPE_CHECKING:  # `--help` needs none of it
    from ..batch import Built, Outcome

_DONE, _DRAFT, _WRONG, _FAILED = "已生成报告", "有错误，只生成草稿", "有错误，没有生成", "没能处理"


@click.command(
    options_metavar="[选项]",
    help="核对并生成报告（Word、网页、PDF、数据）。有错误时不生成，除非加 --draft；文件夹代表里面的工作簿。",
)
@FILES
@click.option(
    "-o",
    "out",
    type=FILE,
    multiple=True,
    metavar="文件|文件夹",
    help="输出的 .docx、.html、.pdf、.csv、.json，可写几次；或文件夹；默认写在工作簿旁边。",
)
@click.option(
    "--formats",
    metavar="格式,…",
    default="docx",
    show_default=True,
    help="写进文件夹或工作簿旁边的格式，用逗号隔开：docx,html,pdf,csv,json。",
)
@LAST_YEAR
@click.option("--template", type=FILE, metavar="模板", help="使用自己的 Word 模板。")
@click.option(
    "--sign-off", "sign_off", is_flag=True, help="另写一份审签单（主要数据、校验结果、文件的 SHA-256、签字处）。"
)
@click.option("--fragment", is_flag=True, help="网页只写正文片段（样式写在各标签里），供粘贴到网站后台。")
@click.option(
    "--charts", is_flag=True, help="另画图（申请人、办理结果；知道上年数据时还与上年比较），Word 里的可以编辑。"
)
@click.option("--draft", is_flag=True, help="有错误也生成，每页标“草稿”，错误的格作标记。")
@click.option("--force", is_flag=True, help="报告已存在时先留一份带日期的副本，再写新的。")
@STRICT
def build(
    files: tuple[Path, ...], out: tuple[Path, ...], formats: str, last_year: Path | None, template: Path | None,
    sign_off: bool, fragment: bool, charts: bool, draft: bool, force: bool, strict: bool,
) -> None:  # fmt: skip
    """Build reports; the exit code is the highest of all (README.md, Exit codes)."""
    paths = files_given(files, skip=(*out, last_year, template), workbooks=True)
    if len(paths) > 1 and not all(map(means_folder, out)):
        raise click.UsageError("有多个工作簿时，-o 应是一个文件夹。")
    from ..batch import build_many

    kinds = tuple(filter(None, re.split(r"[,，\s]+", formats.lower())))
    outcomes = build_many(
        paths, out, formats=kinds, force=force, draft=draft, strict=strict, template=template, sign_off=sign_off,
        fragment=fragment, charts=charts, last_year=last_year,
    )  # fmt: skip
    answer = _Answer()
    try:
        for outcome in watched(outcomes, len(paths)):
            answer.tell(outcome)
        if len(paths) > 1:
            answer.close()
    except ScreenError as error:
        raise error.after(answer.written) from error
    sys.exit(answer.code)


class _Answer:
    """What is said about the workbooks, one after another, and the exit code that follows."""

    def __init__(self) -> None:
        self.code = 0
        self.states = Counter[str]()
        self.work: list[str] = []
        """Whose reports somebody has to see to, each with the reason."""
        self.written: list[str] = []

    def tell(self, outcome: Outcome[Built]) -> None:
        """Print what became of a workbook."""
        from ..disk.names import name_of

        built = outcome.value
        if built is None:
            fail(outcome.error)
            self._note(_FAILED, name_of(outcome.path), outcome.exit_code)
            return
        self.written += [str(file.path) for file in built.files]
        _tell_built(built)
        wrong = built.status == "errors"
        state = (_DRAFT if wrong else _DONE) if built.files else _WRONG
        self._note(state, built.name, EXIT_ERRORS if wrong else 0)

    def _note(self, state: str, name: str, code: int) -> None:
        self.code = max(self.code, code)
        self.states[state] += 1
        if state != _DONE:
            self.work.append(f"{name}（{state}）")

    def close(self) -> None:
        """Say how many files became what, and whose need work."""
        counts = "，".join(
            f"{word} {self.states[word]} 份" for word in (_DONE, _DRAFT, _WRONG, _FAILED) if self.states[word]
        )
        say("")
        say(f"共 {self.states.total()} 份：{counts}。")
        if self.work:
            say(closing(f"要处理的 {len(self.work)} 份", self.work))


def _tell_built(built: Built) -> None:
    """Print the findings, and what was written."""
    print_lines(built.lines)
    if not built.files:
        say("有错误，没有生成报告。改正后再试；只想先看看样子，可加 --draft 生成草稿。")
    for file in built.files:
        if file.copy is not None:
            say(f"原来的文件已另存为：{file.copy}")
        say(f"核对 {file.compared} 个数值，与工作簿完全一致")
        say(f"已生成{'草稿' if built.status == 'errors' else '报告'}：{file.path}")
