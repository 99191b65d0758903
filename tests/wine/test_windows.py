"""The bundle for Windows on a Chinese Windows, as far as wine is one: the zip, unpacked and double-clicked."""

from __future__ import annotations

import html
import io
import os
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest

pytestmark = pytest.mark.wine

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples/liwan-2024.xlsx"
WINE = ROOT / ".office/wine"
PREFIX = WINE / "prefix"
TITLE = "广州市荔湾区人民政府2024年政府信息公开工作年度报告"
CHECK, BUILD, MERGE = "检查（不生成）.bat", "生成报告.bat", "汇总本文件夹.bat"
ENV = {
    **os.environ, "WINEPREFIX": str(PREFIX), "WINEARCH": "win64", "WINEDEBUG": "-all",
    "LC_ALL": "zh_CN.UTF-8", "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
    "REPORTGEN_NO_PAUSE": "1", "REPORTGEN_NO_OPEN": "1",
}  # fmt: skip

HOLD = """
import ctypes, sys
ctypes.windll.kernel32.CreateFileW.restype = ctypes.c_void_p
handle = ctypes.windll.kernel32.CreateFileW(sys.argv[1], 0x80000000, int(sys.argv[2]), None, 3, 0x80, None)
assert handle != ctypes.c_void_p(-1).value
print("held", flush=True)
sys.stdin.read()
"""


CONFINED = """
import ctypes, sys, time
from reportgen.sources.confined import run_confined
from reportgen.sources.job import limit_process

def work(data, name):
    while data == b"tick":
        with open(name, "a") as file:
            file.write(".")
        time.sleep(0.1)
    inside = ctypes.c_int()
    ctypes.windll.kernel32.IsProcessInJob(ctypes.c_void_p(-1), None, ctypes.byref(inside))
    limit_process(400 << 20, 10)  # raises what the system refuses
    return f"{inside.value}".encode()

if __name__ == "__main__":
    print(run_confined(work, sys.argv[1].encode(), sys.argv[2]), flush=True)
"""


def windows(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


def start(*command: str, **environment: str) -> subprocess.Popen[bytes]:
    # A Windows Python under wine needs pipes for all three streams.  An empty variable is one that is not set.
    variables = {name: value for name, value in {**ENV, **environment}.items() if value}
    return subprocess.Popen(
        ["wine", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=variables,
    )  # fmt: skip


def run(*command: str, encoding: str = "utf-8", **environment: str) -> tuple[int, str]:
    process = start(*command, **environment)
    out, _ = process.communicate(b"", timeout=120)
    return process.returncode, out.decode(encoding).replace("\r\n", "\n")


def double_click(script: Path, *dropped: Path) -> tuple[int, str]:
    return run(windows(script), *map(windows, dropped))


@contextmanager
def held(path: Path, python: Path, share: int = 0) -> Iterator[None]:
    """Have another program keep the file open: for itself, or (``share=1``) others may read it."""
    process = start(windows(python), "-c", HOLD, windows(path), str(share))
    assert process.stdout
    assert process.stdout.readline().strip() == b"held"
    yield
    process.communicate(b"", timeout=60)


@pytest.fixture(scope="session", autouse=True)
def _server() -> Iterator[None]:
    """One wine server for all: a call takes a tenth.  The first process of it must have no pipes."""
    subprocess.run(["wineserver", "-p"], env=ENV, check=True)
    subprocess.run(
        ["wine", "cmd", "/c", "exit"], env=ENV, check=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield
    subprocess.run(["wineserver", "-k"], env=ENV, check=False)


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, unpacked."""
    (archive,) = (WINE / "dist").glob("reportgen-*-windows-x64.zip")
    folder = tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder / "年度报告工具"


@pytest.fixture
def bundle(tmp_path: Path, unpacked: Path) -> Path:
    """The unpacked zip in a folder of an awkward name."""
    folder = tmp_path / "报告 (一)&二 !x!"
    shutil.copytree(unpacked, folder, copy_function=os.link)
    return folder


@pytest.fixture
def package(bundle: Path) -> Path:
    """The same with a workbook beside the launchers."""
    shutil.copy(EXAMPLE, bundle / "数据 一.xlsx")
    return bundle


@pytest.fixture(scope="session")
def wrong() -> bytes:
    """A workbook whose sums of table 三 do not add up."""
    book = openpyxl.load_workbook(EXAMPLE)
    cell = next(c for row in book["表三"].iter_rows() for c in row if c.value == 618)
    cell.value = 681
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def test_build(package: Path) -> None:
    before = names(package)
    code, told = double_click(package / BUILD)
    assert code == 0, told
    assert f"已生成报告：{TITLE}.docx" in told
    assert names(package) == before | {f"{TITLE}.docx", "数据 一.检查结果.txt"}
    code, told = double_click(package / BUILD)
    assert code == 0
    assert "报告没有变化" in told


def test_check_builds_nothing(package: Path) -> None:
    before = names(package)
    code, told = double_click(package / CHECK)
    assert code == 0, told
    assert "没有错误" in told
    assert names(package) == before | {"数据 一.检查结果.txt"}


def test_merge_of_the_folder(package: Path) -> None:
    before = names(package)
    code, told = double_click(package / MERGE)
    assert code == 0, told
    assert "计入 1 个" in told
    assert names(package) == before | {f"{package.name}2024年汇总.xlsx"}


def test_forms_beside_the_launcher(package: Path) -> None:
    (package / "forms/2099.toml").write_text("没写完", encoding="utf-8")
    code, told = double_click(package / CHECK)
    assert code == 3, told
    assert "2099.toml" in told


@pytest.mark.parametrize("launcher", [CHECK, BUILD])
def test_errors(bundle: Path, wrong: bytes, launcher: str) -> None:
    (bundle / "错 (1).xlsx").write_bytes(wrong)
    code, told = double_click(bundle / launcher)
    assert code == 1, told
    assert "T3-" in told
    assert "681 应为 618" in told
    assert "请在工作簿里改正、保存、关闭，再做一次。" in told
    assert told.rstrip().endswith("还要处理：“错 (1).xlsx”。")
    assert not list(bundle.glob("*.docx"))
    assert {"错 (1)（审核）.xlsx", "错 (1).检查结果.html", "错 (1).检查结果.txt"} <= names(bundle)


def test_dropped_files(package: Path, tmp_path: Path, wrong: bytes) -> None:
    other = tmp_path / "别处 &1"
    other.mkdir()
    book = other / "甲 乙(1)&!^.xlsx"
    shutil.copy(package / "数据 一.xlsx", book)
    second = tmp_path / "别处 &2/乙 局.xlsx"  # of the same body: two in one folder would be refused
    second.parent.mkdir()
    second.write_bytes(wrong)
    before = names(package)
    code, told = double_click(package / BUILD, book, second)
    assert code == 1, told
    assert "[2/2]" in told
    assert f"{TITLE}.docx" in names(other)
    assert names(package) == before, "only what was dropped"
    code, told = double_click(package / CHECK, other / "没有 的.xlsx")
    assert code == 3
    assert "找不到文件“没有 的.xlsx”" in told


def test_no_workbook(bundle: Path) -> None:
    """The blank workbook that comes along is not taken for one to deal with."""
    before = names(bundle)
    code, _ = double_click(bundle / BUILD)
    assert code == 2
    assert names(bundle) == before


def test_same_bytes_as_on_linux(package: Path, tmp_path: Path) -> None:
    from reportgen.api import build

    double_click(package / BUILD)
    build(package / "数据 一.xlsx", tmp_path / "linux.docx")
    assert (package / f"{TITLE}.docx").read_bytes() == (tmp_path / "linux.docx").read_bytes()


@pytest.mark.parametrize("name", ["huaian-2024.pdf", "huaian-2024.xls"])
def test_kinds_that_need_a_library(package: Path, name: str) -> None:
    book = package / f"另 一{Path(name).suffix}"
    shutil.copy(ROOT / "examples/sources" / name, book)
    code, told = double_click(package / CHECK, book)
    assert code in (0, 1), told
    assert "淮安市" in told


def test_a_pdf_that_unpacks_to_gigabytes(package: Path) -> None:
    book = package / "炸弹.pdf"
    shutil.copy(ROOT / "tests/data/cases/hostile/flate2.pdf", book)
    code, told = double_click(package / CHECK, book)
    assert code == 3, told
    # Wine sets no bound to memory, so a quick machine gets to the end of it within the time: there is no text.
    assert "展开后占用的内存或时间超过上限" in told or "炸弹.pdf”里没有文字" in told


def test_a_confined_process_is_in_a_job(package: Path, tmp_path: Path) -> None:
    """What the job allows cannot be tried: wine takes its limits on memory and forgets them."""
    (tmp_path / "confined.py").write_text(CONFINED, encoding="utf-8")
    code, told = run(windows(package / "python/python.exe"), windows(tmp_path / "confined.py"), "job", "x")
    assert code == 0, told
    assert told.strip() == "b'1'"


def test_a_confined_process_ends_with_the_one_that_started_it(package: Path, tmp_path: Path) -> None:
    (tmp_path / "confined.py").write_text(CONFINED, encoding="utf-8")
    ticks = tmp_path / "ticks"
    process = start(windows(package / "python/python.exe"), windows(tmp_path / "confined.py"), "tick", windows(ticks))
    until = time.monotonic() + 60
    while not ticks.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert ticks.exists()
    process.kill()
    process.communicate(timeout=60)
    time.sleep(3)
    before = ticks.stat().st_size
    time.sleep(2)
    assert ticks.stat().st_size == before


def test_other_pythons_have_no_say(package: Path) -> None:
    code, told = run(
        windows(package / CHECK), PYTHONHOME="C:\\none", PYTHONPATH="C:\\none", PYTHONSTARTUP="C:\\none.py"
    )
    assert code == 0, told


def test_workbook_on_a_network_share(package: Path, tmp_path: Path) -> None:
    """The program itself on a share cannot be tried: wine's Python does not find its library there."""
    folder = tmp_path / "共享 (一)"
    folder.mkdir()
    shutil.copy(EXAMPLE, folder / "数据 一.xlsx")
    share = PREFIX / "dosdevices/unc/fs/share"
    share.parent.mkdir(parents=True, exist_ok=True)
    share.unlink(missing_ok=True)
    share.symlink_to(folder)
    code, told = run(windows(package / BUILD), "\\\\fs\\share\\数据 一.xlsx")
    assert code == 0, told
    assert (folder / f"{TITLE}.docx").exists()


@pytest.mark.parametrize("share", [0, 1])
def test_report_open_in_word(package: Path, share: int) -> None:
    report = package / f"{TITLE}.docx"
    report.write_bytes(b"old")
    before = names(package)
    with held(report, package / "python/python.exe", share):
        code, told = double_click(package / BUILD)
    assert code == 0, told
    assert "正在 Word 或 WPS 里打开着，没有动它" in told
    assert report.read_bytes() == b"old"
    assert names(package) == before | {f"{TITLE}（2）.docx", "数据 一.检查结果.txt"}
    code, told = double_click(package / BUILD)
    assert code == 0, told
    assert "原来的报告已另存为" in told


@pytest.mark.parametrize("launcher", [CHECK, BUILD])
def test_workbook_open_in_excel(package: Path, launcher: str) -> None:
    with held(package / "数据 一.xlsx", package / "python/python.exe"):
        code, told = double_click(package / launcher)
    assert code == 3
    assert "Excel 或 WPS 里打开着" in told


def test_paths_longer_than_windows_has_them(package: Path, tmp_path: Path, wrong: bytes) -> None:
    folder = tmp_path / ("很长的文件夹名" * 10) / ("再来一层" * 15) / ("三层" * 30) / ("四层" * 30)
    assert len(windows(folder)) > 260
    folder.mkdir(parents=True)
    shutil.copy(package / "数据 一.xlsx", folder / "甲.xlsx")
    (folder / "乙.xlsx").write_bytes(wrong)
    code, told = double_click(package / BUILD, folder / "甲.xlsx")
    assert code == 0, told
    assert f"{TITLE}.docx" in names(folder)
    code, told = double_click(package / CHECK, folder / "乙.xlsx")
    assert code == 1, told
    assert {"乙（审核）.xlsx", "乙.检查结果.html"} <= names(folder)


def test_results_are_opened(package: Path, tmp_path: Path, wrong: bytes) -> None:
    log = opened_by_a_log(tmp_path)
    (tmp_path / "错 (1)&.xlsx").write_bytes(wrong)
    for book, result in ((package / "数据 一.xlsx", ".docx"), (tmp_path / "错 (1)&.xlsx", ".html")):
        log.unlink(missing_ok=True)
        run(windows(package / BUILD), windows(book), REPORTGEN_NO_OPEN="")
        until = time.monotonic() + 60
        while not log.exists() and time.monotonic() < until:
            time.sleep(0.1)
        assert log.read_text("gbk", "replace").rstrip().strip('"').endswith(result)


def test_python_missing(package: Path) -> None:
    (package / "python/python.exe").unlink()
    code, told = run(windows(package / CHECK), encoding="gbk")
    assert code == 3
    assert "没有找到 python 文件夹里的 python.exe" in told
    assert "重新解压一次" in told


def test_launcher_alone_opens_a_page(unpacked: Path, tmp_path: Path) -> None:
    """As if started inside the zip: nothing is beside it, yet Chinese is what it says."""
    shutil.copy(unpacked / BUILD, tmp_path)
    log = opened_by_a_log(tmp_path)
    code, told = run(windows(tmp_path / BUILD), REPORTGEN_NO_OPEN="")
    assert code == 3
    assert told.isascii()
    (path,) = re.findall(r'"C:(.*)"', told)
    page = PREFIX / "drive_c" / path.replace("\\", "/").lstrip("/")
    text = html.unescape(page.read_text("ascii")).replace("\n", "")
    assert "没有找到程序。多半是压缩包还没有解压" in text
    assert "选“全部解压缩”，到解压出来的文件夹里再双击。" in text
    until = time.monotonic() + 60
    while not log.exists() and time.monotonic() < until:
        time.sleep(0.1)  # "start" does not wait
    assert page.name in log.read_text("ascii", "replace")


def opened_by_a_log(folder: Path) -> Path:
    """Have pages "opened" by a script that notes them in the file returned."""
    log = folder / "log.txt"
    (folder / "log.bat").write_bytes(b'@echo %1 >> "%~dp0log.txt"\r\n')
    command = windows(folder / "log.bat").replace("\\", "\\\\")
    entries = (
        "Windows Registry Editor Version 5.00\r\n\r\n"
        '[HKEY_CLASSES_ROOT\\.html]\r\n@="logged"\r\n\r\n'
        '[HKEY_CLASSES_ROOT\\.docx]\r\n@="logged"\r\n\r\n'
        f'[HKEY_CLASSES_ROOT\\logged\\shell\\open\\command]\r\n@="\\"{command}\\" \\"%1\\""\r\n'
    )
    (folder / "log.reg").write_bytes(entries.encode("utf-16"))
    code, told = run("regedit", "/S", windows(folder / "log.reg"))
    assert code == 0, told
    return log
