"""The double-click script and the portable package on a Chinese Windows, as far as wine is one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.wine

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples/liwan-2024.xlsx"
WINE = ROOT / ".office/wine"
TITLE = "广州市荔湾区人民政府2024年政府信息公开工作年度报告"
ENV = {
    **os.environ, "WINEPREFIX": str(WINE / "prefix"), "WINEARCH": "win64", "WINEDEBUG": "-all",
    "LC_ALL": "zh_CN.UTF-8", "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
    "REPORTGEN_NO_PAUSE": "1",
}  # fmt: skip

HOLD = """
import ctypes, sys
ctypes.windll.kernel32.CreateFileW.restype = ctypes.c_void_p
handle = ctypes.windll.kernel32.CreateFileW(sys.argv[1], 0x80000000, int(sys.argv[2]), None, 3, 0x80, None)
assert handle != ctypes.c_void_p(-1).value
print("held", flush=True)
sys.stdin.read()
"""


def windows(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


def start(*command: str) -> subprocess.Popen[bytes]:
    # A Windows Python under wine needs pipes for all three streams.
    return subprocess.Popen(
        ["wine", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENV
    )


def double_click(script: Path, *dropped: Path) -> tuple[int, str]:
    process = start(windows(script), *map(windows, dropped))
    out, _ = process.communicate(b"", timeout=120)
    return process.returncode, out.decode("utf-8").replace("\r\n", "\n")


@contextmanager
def held(path: Path, share: int = 0) -> Iterator[None]:
    """Have another program keep the file open: for itself, or (``share=1``) others may read it."""
    process = start(windows(WINE / "python/python.exe"), "-c", HOLD, windows(path), str(share))
    assert process.stdout
    assert process.stdout.readline().strip() == b"held"
    yield
    process.communicate(b"", timeout=60)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The portable package in a folder of an awkward name, with a workbook in it."""
    folder = tmp_path / "报告 (一)&二 !x!"
    folder.mkdir()
    (folder / "python").symlink_to(WINE / "python")
    shutil.copy(ROOT / "office/reportgen.bat", folder)
    shutil.copy(EXAMPLE, folder / "数据 一.xlsx")
    return folder


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def test_double_click(package: Path) -> None:
    before = names(package)
    code, told = double_click(package / "reportgen.bat")
    assert code == 0, told
    assert f"已生成报告：{TITLE}.docx" in told
    assert names(package) == before | {f"{TITLE}.docx", "数据 一.检查结果.txt"}
    code, told = double_click(package / "reportgen.bat")
    assert code == 0
    assert "报告没有变化" in told


def test_dropped_file(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "别处 &1"
    other.mkdir()
    book = other / "甲 乙(1)&!^.xlsx"
    shutil.copy(package / "数据 一.xlsx", book)
    code, told = double_click(package / "reportgen.bat", book)
    assert code == 0, told
    assert f"{TITLE}.docx" in names(other)
    code, told = double_click(package / "reportgen.bat", other / "没有 的.xlsx")
    assert code == 3
    assert "找不到文件“没有 的.xlsx”" in told


def test_same_bytes_as_on_linux(package: Path, tmp_path: Path) -> None:
    from reportgen.api import build

    double_click(package / "reportgen.bat")
    build(package / "数据 一.xlsx", tmp_path / "linux.docx")
    assert (package / f"{TITLE}.docx").read_bytes() == (tmp_path / "linux.docx").read_bytes()


@pytest.mark.parametrize("share", [0, 1])
def test_report_open_in_word(package: Path, share: int) -> None:
    report = package / f"{TITLE}.docx"
    report.write_bytes(b"old")
    before = names(package)
    with held(report, share):
        code, told = double_click(package / "reportgen.bat")
    assert code == 4, told
    assert "Word 或 WPS 里打开着" in told
    assert report.read_bytes() == b"old"
    assert names(package) == before
    code, told = double_click(package / "reportgen.bat")
    assert code == 0, told
    assert "原来的报告已另存为" in told


def test_workbook_open_in_excel(package: Path) -> None:
    with held(package / "数据 一.xlsx"):
        code, told = double_click(package / "reportgen.bat")
    assert code == 3
    assert "Excel 或 WPS 里打开着" in told


def test_no_python_at_all(package: Path) -> None:
    (package / "python").unlink()
    code, told = double_click(package / "reportgen.bat")
    assert code == 3
    assert "reportgen was not found" in told
