"""The user's files: read whole, written whole, never lost."""

from __future__ import annotations

import os
import pickle
import re
import resource
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults import as_plain_user, in_child
from hypothesis import given
from hypothesis import strategies as st

from reportgen.disk import files, leftovers
from reportgen.disk import names as filenames
from reportgen.disk.files import read_input, write_output
from reportgen.disk.folders import files_in
from reportgen.disk.names import is_backup, is_lock_file, safe_name
from reportgen.errors import InputError, OutputError, TemplateError, escaped

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "liwan-2024.xlsx"


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


# Reading


def test_reads_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "报告 数据.xlsx"
    path.write_bytes(b"PK\x03\x04")
    assert read_input(path) == b"PK\x03\x04"
    assert read_input(str(path)) == b"PK\x03\x04"


def test_refuses_with_advice(tmp_path: Path) -> None:
    (tmp_path / "空.xlsx").touch()
    (tmp_path / "夹").mkdir()
    os.mkfifo(tmp_path / "管道.xlsx")
    for name, words in {
        "没有.xlsx": "找不到文件“没有.xlsx”",
        "没有的夹/甲.xlsx": "找不到文件夹",
        "空.xlsx": "空文件（0 字节）",
        "空.xlsx/甲.xlsx": "找不到文件",
        "夹": "是文件夹",
        "管道.xlsx": "不是普通文件",
        "~$甲.xlsx": "临时文件",
        ".~甲.xlsx": "临时文件",
        "甲\0.xlsx": "不能用的字符",
        "长" * 200 + ".xlsx": "太长",
    }.items():
        with pytest.raises(InputError, match=re.escape(words)) as caught:
            read_input(tmp_path / name)
        assert "请" in str(caught.value), "must say what to do"
        assert len(str(caught.value)) < 300


def test_refuses_unprintable_name_readably(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xc4\xea\x1b[31m.xlsx"))  # a GBK name
    with pytest.raises(InputError) as caught:
        read_input(path)
    str(caught.value).encode("utf-8")
    assert "\x1b" not in str(caught.value)


def test_refuses_too_large_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "大.xlsx"
    with path.open("wb") as file:
        file.truncate(files.MAX_INPUT_BYTES + 1)  # sparse
    with pytest.raises(InputError, match="超过 50 MB"):
        read_input(path)


def test_no_right_to_read(shared: Path) -> None:
    path = shared / "甲.xlsx"
    path.write_bytes(b"x")
    path.chmod(0)
    assert "没有读取“甲.xlsx”的权限" in as_plain_user(lambda: repr(read_input(path)))


# Writing


def test_writes_new_file_with_the_users_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        assert write_output(tmp_path / "甲.docx", b"new") is None
    finally:
        os.umask(old)
    assert (tmp_path / "甲.docx").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "甲.docx").stat().st_mode) == 0o640
    assert names(tmp_path) == ["甲.docx"]


def test_existing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "甲.docx"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match=r"已经存在.*--force"):
        write_output(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["甲.docx"]


def test_force_keeps_every_old_version(tmp_path: Path) -> None:
    path = tmp_path / "甲.v2.docx"
    path.write_bytes(b"0")
    path.chmod(0o600)
    copies = [write_output(path, b"%d" % n, force=True) for n in range(1, 5)]
    assert path.read_bytes() == b"4"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [c and c.read_bytes() for c in copies] == [b"0", b"1", b"2", b"3"]
    for copy in copies:
        assert copy is not None
        assert is_backup(copy)
        assert re.fullmatch(r"甲\.v2\.备份\d{8}-\d{6}(-\d)?\.docx", copy.name)
    assert not is_backup(path)
    assert len(names(tmp_path)) == 5


def test_force_on_the_same_bytes_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "甲.docx"
    path.write_bytes(b"same")
    os.utime(path, (1, 1))
    assert write_output(path, b"same", force=True) is None
    assert path.stat().st_mtime == 1
    assert names(tmp_path) == ["甲.docx"]


def test_force_on_the_longest_name(tmp_path: Path) -> None:
    path = tmp_path / ("长" * 83 + ".docx")
    path.write_bytes(b"old")
    copy = write_output(path, b"new", force=True)
    assert copy
    assert copy.read_bytes() == b"old"
    assert is_backup(copy)


def test_inputs_are_never_overwritten(tmp_path: Path) -> None:
    book = tmp_path / "数据.xlsx"
    book.write_bytes(b"the year's work")
    (tmp_path / "另名.xlsx").symlink_to(book)
    (tmp_path / "硬.xlsx").hardlink_to(book)
    for name in ("数据.xlsx", "另名.xlsx", "硬.xlsx", "../" + tmp_path.name + "/数据.xlsx"):
        with pytest.raises(OutputError, match="就是输入文件"):
            write_output(tmp_path / name, b"x", force=True, inputs=[tmp_path / "没有.xlsx", book])
    assert book.read_bytes() == b"the year's work"
    assert len(names(tmp_path)) == 3


@pytest.mark.parametrize("dangling", [False, True])
def test_a_link_is_never_followed(tmp_path: Path, dangling: bool) -> None:
    (tmp_path / "真").mkdir()
    true, link = tmp_path / "真/甲.docx", tmp_path / "链.docx"
    if not dangling:
        true.write_bytes(b"theirs")
    link.symlink_to(true)
    with pytest.raises(OutputError, match="链接"):
        write_output(link, b"1")
    assert link.is_symlink()
    assert true.exists() != dangling
    copy = write_output(link, b"2", force=True)
    assert not link.is_symlink()
    assert link.read_bytes() == b"2"
    assert dangling or true.read_bytes() == b"theirs"
    assert true.exists() != dangling
    assert copy is not None
    assert os.readlink(copy) == str(true)
    assert names(tmp_path) == sorted([copy.name, "真", "链.docx"])


def test_a_folder_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "真").mkdir()
    (tmp_path / "链").symlink_to(tmp_path / "真")
    write_output(tmp_path / "链/甲.docx", b"1")
    assert (tmp_path / "真/甲.docx").read_bytes() == b"1"
    with pytest.raises(OutputError, match="是文件夹"):
        write_output(tmp_path / "链", b"1", force=True)


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_output(tmp_path / "一 (1)/二/甲.docx", b"1")
    assert (tmp_path / "一 (1)/二/甲.docx").read_bytes() == b"1"


def test_refuses_bad_targets(tmp_path: Path) -> None:
    (tmp_path / "夹").mkdir()
    (tmp_path / "文件").touch()
    (tmp_path / "只读.docx").write_bytes(b"old")
    (tmp_path / "只读.docx").chmod(0o444)
    before = names(tmp_path)
    for name, words in {
        "文件/甲.docx": "不是可用的文件夹",
        "夹": "是文件夹",
        "甲:乙.docx": "不允许的字符：:",
        "甲\n.docx": "U+000A",
        "nul.docx": "保留名",
        "甲.": "点或空格结尾",
        "长" * 90 + ".docx": "太长",
        "只读.docx": "只读文件",
    }.items():
        with pytest.raises(OutputError, match=re.escape(words)) as caught:
            write_output(tmp_path / name, b"new", force=True)
        assert "请" in str(caught.value)
    with pytest.raises(OutputError, match="不是普通文件"):
        write_output("/dev/full", b"new", force=True)
    assert names(tmp_path) == before
    assert (tmp_path / "只读.docx").read_bytes() == b"old"


@pytest.mark.parametrize("force", [False, True])
def test_no_right_to_write(shared: Path, force: bool) -> None:
    path = shared / "甲.docx"
    if force:
        path.write_bytes(b"old")
        path.chmod(0o666)
    shared.chmod(0o555)
    told = as_plain_user(lambda: repr(write_output(path, b"new", force=force)))
    assert told.startswith("OutputError: 没有在")
    assert "原有文件未变" in told
    assert names(shared) == (["甲.docx"] if force else [])
    assert not force or path.read_bytes() == b"old"


@pytest.mark.parametrize("old", [None, b"old"])
def test_full_disk_leaves_everything_as_it_was(tmp_path: Path, old: bytes | None) -> None:
    path = tmp_path / "甲.docx"
    if old:
        path.write_bytes(old)
    before = names(tmp_path)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16 * 1024, 16 * 1024))

    told = in_child(lambda: repr(write_output(path, b"x" * 100_000, force=True)), limit)
    assert told.startswith("OutputError: 磁盘空间不足")
    assert names(tmp_path) == before
    assert not old or path.read_bytes() == old


def test_leftovers_of_killed_runs_go_with_the_next_write(tmp_path: Path) -> None:
    host = leftovers.temporary(tmp_path).name.split("-")[1]
    dead = int(in_child(lambda: str(os.getpid()), lambda: None))
    old, alive, gone, foreign, other = (
        tmp_path / name
        for name in (
            f".reportgen-{'0' * 8}-{os.getppid()}-00000000.tmp",
            f".reportgen-{host}-{os.getppid()}-00000001.tmp",
            f".reportgen-{host}-{dead}-00000000.tmp",
            f".reportgen-{'0' * 8}-{dead}-00000000.tmp",
            ".reportgen-我的.tmp",
        )
    )
    for path in (old, alive, gone, foreign, other):
        path.touch()
    for path in (old, alive):
        os.utime(path, (time.time() - 3600,) * 2)
    write_output(tmp_path / "甲.docx", b"new")
    assert sorted(tmp_path.iterdir()) == sorted([alive, foreign, other, tmp_path / "甲.docx"])


def test_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(fd: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_output(tmp_path / "甲.docx", b"new")
    assert names(tmp_path) == []


@pytest.mark.parametrize("old", [None, b"old"])
def test_file_systems_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: bytes | None) -> None:
    def refused(source: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(source))

    monkeypatch.setattr(os, "link", refused)
    path = tmp_path / "甲.docx"
    if old:
        path.write_bytes(old)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    copy = write_output(path, b"new", force=True)
    assert path.read_bytes() == b"new"
    assert (copy is not None) == bool(old)
    if copy and old:
        assert copy.read_bytes() == old
        assert copy.stat().st_mtime == 1_700_000_000
    assert len(names(tmp_path)) == (2 if old else 1)


def test_open_in_word_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "甲.docx"
    path.write_bytes(b"old")

    def sharing_violation(source: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied", str(source))

    monkeypatch.setattr(os, "replace", sharing_violation)
    with pytest.raises(OutputError):
        write_output(path, b"new", force=True)
    assert names(tmp_path) == ["甲.docx"], "no copy of what was not replaced"
    error = PermissionError(13, "Permission denied")
    monkeypatch.setattr(files, "_WINDOWS", True)
    told = str(files._write_failure(path, error)), files._read_failure(path, error)
    monkeypatch.undo()
    assert "Word、Excel 或 WPS 里打开着" in told[0]
    assert "Excel 或 WPS 里打开着" in told[1]


def test_somebody_else_writes_the_same_name_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "甲.docx"
    through = files._write_through

    def slow(temp: Path, data: bytes) -> None:
        through(temp, data)
        path.write_bytes(b"theirs")

    monkeypatch.setattr(files, "_write_through", slow)
    with pytest.raises(OutputError, match="已经存在"):
        write_output(path, b"ours")
    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == ["甲.docx"]


# Names


@given(st.text())
def test_safe_names_are_safe(title: str) -> None:
    name = safe_name(title)
    assert 1 <= len(name.encode()) <= filenames.MAX_NAME_BYTES
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
    assert name == name.strip(" .")
    assert not is_lock_file(Path(name + ".docx"))
    filenames.check_name(Path(name + ".docx"))
    assert safe_name(name) == name


def test_safe_name_of_titles() -> None:
    assert safe_name("某市人民政府2024年报告") == "某市人民政府2024年报告"
    assert safe_name("甲/乙局：“三\n公” ?") == "甲／乙局：“三 公” ？"
    assert safe_name("CON") == "_CON"
    assert safe_name("con.局") == "_con.局"
    assert safe_name("\u200b\t ") == "未命名"
    assert safe_name("~$...") == "未命名"


def test_a_pipe_put_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "甲.xlsx"
    path.write_bytes(b"data")
    before = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(Path, "stat", lambda self, **_: before)
    with pytest.raises(InputError, match="设备或管道"):
        read_input(path)


@pytest.mark.slow
@pytest.mark.parametrize("device", ["/dev/zero", "pipe", "socket"])
@pytest.mark.parametrize(
    "command", [["validate"], ["extract", "-o", "x.json"], ["validate", str(EXAMPLE), "--last-year"],
                ["build", str(EXAMPLE), "-o", "x.docx", "--template"], ["template", "check"]],
)  # fmt: skip
def test_nothing_is_read_from_devices(device: str, command: list[str], tmp_path: Path) -> None:
    path = Path(device) if device.startswith("/") else tmp_path / device
    if device == "pipe":
        os.mkfifo(path)
    elif device == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(path))
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "reportgen", *command, str(path)],
        capture_output=True, check=False, timeout=20, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == InputError.exit_code
    assert "设备或管道" in done.stderr.decode()


def test_escaped_shows_every_character_that_commands_or_hides() -> None:
    bad = [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F]
    for code in [*bad, 0x2028, 0x2029, 0xD800, 0xDFFF]:
        shown = escaped(f"甲{chr(code)}乙")
        assert chr(code) not in shown
        assert (shown[0], shown[-1]) == ("甲", "乙")
        assert len(shown) > 3
    assert escaped("甲\n乙", lines=True) == "甲\n乙"
    assert escaped("表　三：“5，6”—😀") == "表　三：“5，6”—😀"


def test_errors_are_one_line_whatever_they_quote() -> None:
    error = pickle.loads(pickle.dumps(InputError("“甲\n错误 0”\x1b[31m")))
    assert str(error) == r"“甲\n错误 0”\u001b[31m"
    assert str(TemplateError("两处：\n1. \u202e")) == "两处：\n1. \\u202e", "a list of our own"


def test_folders_stand_for_their_reports_not_for_what_a_double_click_wrote_beside_them(tmp_path: Path) -> None:
    for name in ("甲.xlsx", "甲.检查结果.html", "甲.检查结果.txt", "单位名册.xlsx", "乙.html", ".丙.xlsx"):
        (tmp_path / name).touch()
    assert sorted(path.name for path in files_in([tmp_path])) == ["乙.html", "甲.xlsx"]


@pytest.mark.parametrize(
    ("number", "words"), [(5, "磁盘读写出错"), (28, "磁盘空间不足"), (40, "链接互相指来指去"), (110, "网络盘没有回应")]
)
def test_what_the_system_says_is_told_in_chinese(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match=words) as caught:
        write_output(tmp_path / "甲.docx", b"new")
    assert not any(word.isascii() and len(word) > 6 and word.isalpha() for word in str(caught.value).split())
    assert caught.value.exit_code == 4
    assert not list(tmp_path.iterdir())


def test_a_link_that_points_nowhere_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "甲.xlsx").symlink_to(tmp_path / "没有的.xlsx")
    with pytest.raises(InputError, match=r"“甲.xlsx”是链接，它指向的“.*没有的.xlsx”不在"):
        read_input(tmp_path / "甲.xlsx")
    (tmp_path / "乙.xlsx").symlink_to(tmp_path / "乙.xlsx")
    with pytest.raises(InputError, match="链接互相指来指去"):
        read_input(tmp_path / "乙.xlsx")


@pytest.mark.parametrize("command", ["build", "extract", "new", "merge", "validate"])
def test_a_device_is_no_output(command: str) -> None:
    from test_cases import EXAMPLE, run

    inputs = {"new": [], "merge": [str(EXAMPLE), "--org", "甲市"]}.get(command, [str(EXAMPLE)])
    result = run(command, *inputs, "--html" if command == "validate" else "-o", "/dev/full")
    assert getattr(result.exception, "exit_code", result.exit_code) == 4
    assert "“full”不是普通文件（设备或管道），不能写入" in f"{result.output}{result.exception}"
