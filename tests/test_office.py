"""The double-click flow, as a clerk meets it; and the scripts that start it."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from reportgen.cli import main
from reportgen.cli.office import run, workbooks_in
from reportgen.form import Form

SCRIPTS = Path(__file__).parent.parent / "office"
EXAMPLE = SCRIPTS.parent / "examples/liwan-2024.xlsx"
TITLE = "广州市荔湾区人民政府2024年政府信息公开工作年度报告"


@pytest.fixture(scope="session")
def good() -> bytes:
    return EXAMPLE.read_bytes()


@pytest.fixture(scope="session")
def wrong(form: Form, good: bytes) -> bytes:
    """The same with a number changed, so that the sums of table 三 break."""
    return edited(form, good, "表三.new.natural", 7)


def edited(form: Form, data: bytes, cell: str, value: int) -> bytes:
    """Type ``value`` into the cell of the form, found by its row label."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[form.cells[cell].table]
    label = form.cells[cell].row_label.split("／")[-1]
    row = next(c.row for line in sheet.iter_rows() for c in line if c.value == label)
    sheet.cell(row, 4).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def office(*files: Path, folder: Path | None = None) -> tuple[int, str]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = run(files, folder)
    return code, out.getvalue()


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def test_good_workbook(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    code, told = office(folder=tmp_path)
    assert code == 0
    assert names(tmp_path) == {"数据.xlsx", f"{TITLE}.docx", "数据.检查结果.txt"}
    assert re.search(r"已逐个核对报告里的 \d{3} 处内容，与工作簿完全一致。", told)
    assert f"已生成报告：{TITLE}.docx" in told
    assert told.endswith("共 1 个文件：已生成报告 1 个。\n")
    kept = (tmp_path / "数据.检查结果.txt").read_bytes()
    assert kept.startswith(b"\xef\xbb\xbf")
    assert kept.count(b"\n") == kept.count(b"\r\n") > 3
    assert f"{TITLE}：" in kept.decode("utf-8-sig")


def test_workbook_with_errors_gets_no_report_but_a_list(tmp_path: Path, wrong: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(wrong)
    (tmp_path / f"{TITLE}.docx").write_bytes(b"last week's")
    code, told = office(tmp_path / "数据.xlsx")
    assert code == 1
    assert "没有生成报告" in told
    assert (tmp_path / f"{TITLE}.docx").read_bytes() == b"last week's"
    assert names(tmp_path) == {"数据.xlsx", f"{TITLE}.docx", "数据.检查结果.txt"}
    assert re.search(r"错误 +T3-", (tmp_path / "数据.检查结果.txt").read_text("utf-8-sig"))


def test_result_follows_the_workbook(tmp_path: Path, good: bytes, wrong: bytes) -> None:
    book, result = tmp_path / "数据.xlsx", tmp_path / "数据.检查结果.txt"
    book.write_bytes(wrong)
    office(book)
    book.write_bytes(good)
    office(book)
    assert not re.search(r"错误 +T3-", result.read_text("utf-8-sig"))
    assert len(names(tmp_path)) == 3, "our own list needs no copies"


def test_result_file_of_the_users_own_is_kept(tmp_path: Path, wrong: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(wrong)
    (tmp_path / "数据.检查结果.txt").write_text("我的笔记", encoding="utf-8")
    _, told = office(tmp_path / "数据.xlsx")
    (copy,) = tmp_path.glob("数据.检查结果.备份*.txt")
    assert copy.read_text("utf-8") == "我的笔记"
    assert copy.name in told


def test_second_run_changes_nothing(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    office(folder=tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    code, told = office(folder=tmp_path)
    assert code == 0
    assert f"报告没有变化：{TITLE}.docx" in told
    after = {p: p.read_bytes() for p in tmp_path.iterdir()}
    assert after.keys() == before.keys()
    assert [p.name for p in after if after[p] != before[p]] == ["数据.检查结果.txt"]


def test_edited_report_is_kept(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    (tmp_path / f"{TITLE}.docx").write_bytes(b"edited in Word for an hour")
    code, told = office(folder=tmp_path)
    (copy,) = tmp_path.glob("*.备份*.docx")
    assert code == 0
    assert copy.read_bytes() == b"edited in Word for an hour"
    assert f"原来的报告已另存为：{copy.name}" in told
    assert (tmp_path / f"{TITLE}.docx").read_bytes().startswith(b"PK")


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path, good: bytes, wrong: bytes) -> None:
    for name, data in {"1坏.xlsx": good[:900], "2错.xlsx": wrong, "3空.xlsx": b"", "4好.xlsx": good}.items():
        (tmp_path / name).write_bytes(data)
    code, told = office(folder=tmp_path)
    assert code == 3
    assert "已损坏" in told
    assert "空文件" in told
    assert told.endswith("共 4 个文件：没能处理 2 个，有错误、没有生成报告 1 个，已生成报告 1 个。\n")
    assert (tmp_path / f"{TITLE}.docx").exists()
    assert "Traceback" not in told


def test_two_workbooks_of_the_same_report(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    (tmp_path / "数据（副本）.xlsx").write_bytes(good)
    code, told = office(folder=tmp_path)
    assert code == 4
    assert "都是“广州市荔湾区人民政府2024年" in told
    assert not list(tmp_path.glob("*.备份*"))


def test_unexpected_failure_is_told_and_the_rest_goes_on(
    tmp_path: Path, good: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reportgen import api

    original = api.read_report

    def fails_once(path: Path) -> object:
        if path.name == "1.xlsx":
            raise RuntimeError("boom")
        return original(path)

    monkeypatch.setattr(api, "read_report", fails_once)
    (tmp_path / "1.xlsx").write_bytes(good)
    (tmp_path / "2.xlsx").write_bytes(good)
    code, told = office(folder=tmp_path)
    assert code == 3
    assert "程序内部出错（RuntimeError：boom）" in told
    assert "已生成报告 1 个" in told


def test_empty_folder(tmp_path: Path) -> None:
    code, told = office(folder=tmp_path)
    assert code == 2
    assert str(tmp_path) in told
    assert "拖到图标上" in told


def test_which_files_are_workbooks(tmp_path: Path) -> None:
    for name in (
        "甲.xlsx", "乙.XLSM", "旧.xls", "~$甲.xlsx", ".~甲.xlsx", ".隐.xlsx", "甲.备份20260101-101010.xlsx",
        "报告.docx", "甲.检查结果.txt",
    ):  # fmt: skip
        (tmp_path / name).touch()
    (tmp_path / "夹.xlsx").mkdir()
    assert {p.name for p in workbooks_in(tmp_path)} == {"甲.xlsx", "乙.XLSM", "旧.xls"}


def test_dropped_folder_and_duplicates(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    code, told = office(tmp_path, tmp_path / "数据.xlsx")
    assert code == 0
    assert "[1/1]" in told


# Scripts


@pytest.mark.parametrize("do", ["check", "build", "merge"])
def test_what_the_launchers_ask_for(tmp_path: Path, good: bytes, do: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    with pytest.raises(SystemExit) as left:
        main(["office", "--do", do, "--folder", str(tmp_path)])
    told = capsys.readouterr().out
    assert (tmp_path / f"{TITLE}.docx").exists() == (do == "build")
    if do == "merge":
        assert left.value.code == 0
        assert (tmp_path / f"{tmp_path.name}2024年汇总.xlsx").exists()
        assert "计入 1 个" in told
    else:
        assert left.value.code == 0
        assert "没有错误" in told or "已生成报告" in told


def test_check_of_a_workbook_with_errors(tmp_path: Path, wrong: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "数据.xlsx").write_bytes(wrong)
    with pytest.raises(SystemExit) as left:
        main(["office", "--do", "check", str(tmp_path / "数据.xlsx")])
    assert left.value.code == 1
    told = capsys.readouterr().out
    assert re.search(r"错误 +T3-", told)
    assert told.endswith("共 1 个文件：有错误 1 个。\n")


def test_batch_script_is_plain() -> None:
    data = (SCRIPTS / "reportgen.bat").read_bytes()
    assert data.isascii(), "cmd.exe reads it in the code page of the machine"
    assert data.endswith(b"exit /b %CODE%\r\n")
    assert data.count(b"\n") == data.count(b"\r\n"), "labels are missed in files with LF"
    lines = [line.strip() for line in data.decode().split("\r\n") if not line.startswith("rem ")]
    for line in lines:
        assert len(line) < 200
        assert not re.search(r"(?i)\bshift\b", line), "it would move %~dp0"
        assert not re.search(r"(?i)\bchcp\b", line)
        assert "(" not in line or line.startswith(("for %%I in (", "py -3 -c")) or "echo" in line, "no blocks"
        assert "&" not in line.replace("^&", ""), "one command a line"
        for found in re.finditer(r"%~dp0", line):
            assert line[: found.start()].count('"') % 2, f"folder outside quotes: {line}"
    labels = {line[1:] for line in lines if line.startswith(":")}
    assert labels == set(re.findall(r"goto (\w+)", "\n".join(lines))) | {"end"}
    assert data.count(b'\nset "DO=build"\r\n') == 1, "scripts/bundle writes the other launchers by it"
    assert '--folder "%~dp0."' in data.decode(), "a backslash before the quote would escape it"


def test_git_keeps_the_bytes_of_the_batch_script() -> None:
    run = subprocess.run(
        ["git", "check-attr", "text", "office/reportgen.bat"],
        cwd=SCRIPTS.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    rules = (SCRIPTS.parent / ".gitattributes").read_text()
    assert "*.bat -text" in rules
    assert run.returncode or run.stdout.strip().endswith("text: unset")


def script(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of the script in ``folder``, with this interpreter as the portable one beside it."""
    shutil.copy(SCRIPTS / "reportgen.sh", folder)
    shutil.copytree(SCRIPTS / "entries", folder / "entries", dirs_exist_ok=True)
    binary = folder / "python/bin"
    binary.mkdir(parents=True, exist_ok=True)
    (binary / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (binary / "python3").chmod(0o755)
    return subprocess.run(
        ["sh", str(folder / "reportgen.sh"), *arguments], capture_output=True, encoding="utf-8", check=False,
        stdin=subprocess.DEVNULL, cwd="/", env={**os.environ, "LC_ALL": "C", **env},
    )  # fmt: skip


def test_shell_script_on_its_own_folder_and_on_files(tmp_path: Path, good: bytes, wrong: bytes) -> None:
    folder = tmp_path / "报告 (一)&二 100%"
    folder.mkdir()
    (folder / "数据 1.xlsx").write_bytes(good)
    done = script(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"已生成报告：{TITLE}.docx" in done.stdout
    assert (folder / f"{TITLE}.docx").exists()
    (folder / f"{TITLE}.docx").unlink()
    done = script(folder, "--do", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert not (folder / f"{TITLE}.docx").exists()
    other = tmp_path / "别处"
    other.mkdir()
    (other / "错 $HOME.xlsx").write_bytes(wrong)
    done = script(folder, str(other / "错 $HOME.xlsx"))
    assert done.returncode == 1, "the exit code comes through"
    assert names(other) == {"错 $HOME.xlsx", "错 $HOME.检查结果.txt"}


def test_shell_script_uses_the_forms_beside_it(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms/说明.txt").write_text("平时是空的", encoding="utf-8")
    assert script(tmp_path, "--do", "check").returncode == 0
    (tmp_path / "forms/2099.toml").write_text("没写完", encoding="utf-8")
    done = script(tmp_path, "--do", "check")
    assert done.returncode == 3
    assert "2099.toml" in done.stdout + done.stderr


def test_shell_script_without_reportgen_says_so(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "readlink", "dirname"):
        (tmp_path / "bin" / tool).symlink_to(f"/usr/bin/{tool}")
    (tmp_path / "reportgen.sh").write_bytes((SCRIPTS / "reportgen.sh").read_bytes())
    done = subprocess.run(
        ["/bin/sh", str(tmp_path / "reportgen.sh")], capture_output=True, encoding="utf-8", check=False,
        stdin=subprocess.DEVNULL, env={"PATH": str(tmp_path / "bin")},
    )  # fmt: skip
    assert done.returncode == 3
    assert "没有找到 reportgen" in done.stderr


def test_icon_starts_the_script_wherever_it_is(tmp_path: Path) -> None:
    folder = tmp_path / '年"报 $x `y` 100%\\z'
    folder.mkdir()
    home = tmp_path / "home"
    (home / "桌面").mkdir(parents=True)
    done = script(folder, "--install", HOME=str(home), XDG_CONFIG_HOME=str(home))
    assert done.returncode == 0, done.stderr
    icons = list((home / "桌面").iterdir())
    assert {icon.name for icon in icons} == {
        "年度报告 检查（不生成）.desktop", "年度报告 生成报告.desktop", "年度报告 汇总本文件夹.desktop",
    }  # fmt: skip
    for icon in icons:
        text = icon.read_text("utf-8")
        assert "\nTerminal=true\n" in text
        (value,) = re.findall(r"^Exec=(.*) --do (?:check|build|merge) %F$", text, re.M)
        assert launched(value) == str(folder / "reportgen.sh")


def launched(value: str) -> str:
    """Undo the escapes of the Desktop Entry Specification: of a string, of an argument in quotes."""
    string = re.sub(r"\\(.)", r"\1", value)
    assert string[0] == string[-1] == '"'
    return re.sub(r"\\([\"`$\\])", r"\1", string[1:-1]).replace("%%", "%")
