"""Real faults while a report is written: never half a file, the old one always whole.

Faults are injected from outside into the program as users start it: a full disk, an error of the
n-th system call, sudden death, a read-only disk.  Needs root (mounts) and strace.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.office

EXAMPLE = Path(__file__).parent.parent.parent / "examples/liwan-2024.xlsx"
OLD = b"the report of last week"
BUILD = [sys.executable, "-X", "utf8", "-m", "reportgen", "build", "数据.xlsx", "-o", "out/报告.docx"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a workbook; ``out`` is a disk of its own."""
    shutil.copy(EXAMPLE, tmp_path / "数据.xlsx")
    out = tmp_path / "out"
    out.mkdir()
    mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(out))
    yield tmp_path
    subprocess.run(["umount", str(out)], check=True)


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def run(folder: Path, *before: str, force: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, *BUILD, *(["--force"] if force else [])], cwd=folder, capture_output=True, encoding="utf-8",
        errors="replace", check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def strace(*inject: str) -> list[str]:
    path = shutil.which("strace")
    assert path, "strace is missing: run tests/office/install.sh"
    return [path, "-f", "-qq", "-o", "/dev/null", *(word for i in inject for word in ("-e", i))]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (folder / "out").iterdir()}


def report_is_whole(folder: Path) -> None:
    """Run again without any fault: the report is written, and nothing of the failed run is left."""
    done = run(folder, force=True)
    assert done.returncode == 0, done.stdout + done.stderr
    after = contents(folder)
    assert after["报告.docx"].startswith(b"PK")
    assert not [name for name in after if name.startswith(".")]


@pytest.mark.parametrize("old", [False, True])
def test_disk_full(folder: Path, old: bool) -> None:
    out = folder / "out"
    if old:
        (out / "报告.docx").write_bytes(OLD)
    (out / "filler").write_bytes(b"x" * (1024 * 1024 - 12 * 1024))
    before = contents(folder)
    done = run(folder, force=True)
    assert done.returncode == 4
    assert "磁盘空间不足" in done.stderr
    assert contents(folder) == before
    (out / "filler").unlink()
    report_is_whole(folder)


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ("fsync:error=EIO:when=1", "写“报告.docx”时出错"),
        ("rename,renameat,renameat2:error=EACCES:when=1", "没有在“out”里写"),
        ("link,linkat:error=EDQUOT:when=1", "磁盘空间不足"),
    ],
)
def test_error_of_a_call(folder: Path, calls: str, words: str) -> None:
    (folder / "out/报告.docx").write_bytes(OLD)
    names = calls.partition(":")[0]
    done = run(folder, *strace(f"trace={names}", f"inject={calls}"), force=True)
    assert done.returncode == 4, done.stdout + done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(folder) == {"报告.docx": OLD}
    report_is_whole(folder)


@pytest.mark.parametrize("call", ["fsync", "link,linkat", "rename,renameat,renameat2"])
def test_sudden_death(folder: Path, call: str) -> None:
    (folder / "out/报告.docx").write_bytes(OLD)
    done = run(folder, *strace(f"trace={call}", f"inject={call}:signal=KILL:when=1"), force=True)
    assert done.returncode in (-9, 137)
    left = contents(folder)
    # The signal is delivered when the call is over: after a rename the new report is there, whole.
    kept = [data for name, data in left.items() if not name.startswith(".")]
    assert OLD in kept
    assert all(data == OLD or data.startswith(b"PK") for data in kept)
    assert left["报告.docx"] == OLD or call.startswith("rename")
    report_is_whole(folder)


def test_read_only_disk(folder: Path) -> None:
    (folder / "out/报告.docx").write_bytes(OLD)
    mount("-o", "remount,ro", str(folder / "out"))
    done = run(folder, force=True)
    assert done.returncode == 4
    assert "是只读的" in done.stderr
    assert contents(folder) == {"报告.docx": OLD}


def test_no_network_is_asked_for(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "calls.log"
    path = shutil.which("strace")
    assert path
    done = run(folder, path, "-f", "-qq", "-o", str(log), "-e", "trace=socket,connect")
    assert done.returncode == 0
    assert log.read_text() == ""
