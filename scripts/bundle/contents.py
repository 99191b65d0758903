"""What the bundles of both systems hold for people: launchers' words, blank workbook, templates, manual, lists."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from errors import BundleError
from pages import write_pages
from wheels import Wheel

__all__ = ["LAUNCHERS", "OFFICE", "TITLE", "VERSION", "components", "digest", "fill", "write_note"]

ROOT = Path(__file__).parent.parent.parent
OFFICE = ROOT / "office"
TITLE = "年度报告工具"
(VERSION,) = re.findall(r'^__version__ = "(.+)"', (ROOT / "reportgen/__init__.py").read_text("utf-8"), re.M)
LAUNCHERS = {"check": "检查（不生成）", "build": "生成报告", "merge": "汇总本文件夹"}
"""What ``reportgen office --do`` takes → name of the launcher."""

_FORMS = """\
这个文件夹放新版的规定格式，平时是空的，不用管。

规定格式变了、程序还没有更新的时候，由技术人员把新的格式文件（如 2027.toml）和用它做的 Word 模板
（如 report-2027.docx）放在这里，不用改程序。做法见“使用说明.html”的“给技术人员：下一年的格式”。
"""


def fill(folder: Path) -> None:
    """Put in what a clerk or IT opens: manual, blank workbook, templates to start from, folder for new forms."""
    write_pages(folder)
    write_note(folder / "forms/说明.txt", _FORMS)
    for name in ("空白表", "模板"):
        (folder / name).mkdir()
    _reportgen("new", "-o", str(folder / "空白表/空白工作簿.xlsx"))
    _reportgen("template", "export", str(folder / "模板"))


def _reportgen(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "reportgen", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BundleError(f"reportgen {' '.join(arguments)}：{done.stdout}{done.stderr}")


def write_note(path: Path, text: str) -> None:
    """Write a text that also older Notepads show: byte order mark, CRLF."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8-sig", newline="\r\n")


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def components(python: Path, version: str, wheels: list[Wheel]) -> str:
    """Return the list of what the bundle is made of, for those who must vouch for it.

    Args:
        python: the archive of Python that was given.
        version: its version, as in ``3.11.9``.
        wheels: all that are in the bundle; of our own, made here, the hash would tell nobody anything.
    """
    lines = [f"年度报告工具 {VERSION} 由以下部分组成（名称、版本、许可、SHA-256）：", ""]
    lines.append(f"Python  {version}  PSF-2.0  {python.name}  {digest(python)}")
    for w in sorted(wheels, key=lambda w: w.name.lower()):
        lines.append(f"{w.name}  {w.version}  {w.licence}" + (f"  {w.digest}" if w.name != "reportgen" else ""))
    return "\n".join([*lines, "", "各部分的许可全文在程序文件夹里各自的 dist-info 文件夹中。", ""])
