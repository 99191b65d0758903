"""The program as a process: what it does where streams are narrow, closed, missing or interrupted."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from support import make_report, published_cells

from reportgen.cli import cli
from reportgen.form import load_form
from reportgen.model.report import Passage
from reportgen.workbook import blank_workbook

EXAMPLE = Path(__file__).parent.parent / "examples" / "liwan-2024.xlsx"
PROGRAM = "from reportgen.cli import main; main()"
RED, CYAN = b"\x1b[31m", b"\x1b[36m"


def program(
    *arguments: object, before: str = "", cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the program after some lines of Python that set the scene."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", before + PROGRAM, *map(str, arguments)],
        capture_output=True, check=False, cwd=cwd, env=os.environ | environment,
    )  # fmt: skip
    assert b"Traceback" not in done.stdout + done.stderr
    return done


# --------------------------------------------------------------------------- help


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", [[], *([name] for name in sorted(cli.commands))])
def test_help_is_chinese_at_the_usual_width(command: list[str], option: str) -> None:
    shown = CliRunner().invoke(cli, [*command, option], prog_name="reportgen", env={"COLUMNS": "80"})
    assert shown.exit_code == 0
    assert shown.output.startswith("用法： reportgen")
    assert "选项:" in shown.output
    assert not re.search(r"\b(Usage|Options|Commands|Show|default|required)\b", shown.output)
    for name in () if command else cli.commands:
        assert re.search(rf"^  {name} +\S", shown.output, re.M), "in one line with what it does"


# --------------------------------------------------------------------------- streams


@pytest.mark.parametrize("gone", ["stdout", "stderr"])
def test_a_reader_that_goes_away(gone: str, tmp_path: Path) -> None:
    """``reportgen validate … | head``"""
    read, write = os.pipe()
    os.close(read)
    other = {"stdout": "stderr", "stderr": "stdout"}[gone]
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", PROGRAM, "validate", str(tmp_path / "没有.xlsx"), str(EXAMPLE)],
        check=False, **{gone: write, other: subprocess.PIPE},
    )  # fmt: skip
    os.close(write)
    assert done.returncode == {"stdout": 4, "stderr": 3}[gone]
    assert b"Traceback" not in (done.stdout or b"") + (done.stderr or b"")
    if gone == "stdout":
        assert "结果没能全部显示（接收输出的程序已经关闭）" in done.stderr.decode()
    else:
        assert "广州市荔湾区人民政府2024年" in done.stdout.decode(), "the lines of the other file are there"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["validate", "build", "office"])
def test_a_program_without_a_window(command: str, tmp_path: Path) -> None:
    """As started by pythonw: there are no streams at all."""
    book = tmp_path / "甲.xlsx"
    shutil.copy(EXAMPLE, book)
    nothing = "import sys; sys.stdout = sys.stderr = None; "
    done = program(command, book, before=nothing)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert bool(list(tmp_path.glob("*.docx"))) == (command != "validate")
    assert program(command, tmp_path / "没有.xlsx", before=nothing).returncode == 3


def test_a_console_that_cannot_show_every_character(tmp_path: Path) -> None:
    """Code page 936 has Chinese, but not everything that a name may hold."""
    book = tmp_path / "甲😀.xlsx"
    book.write_bytes(b"")
    gbk = "import sys; sys.stdout.reconfigure(encoding='gbk'); sys.stderr.reconfigure(encoding='gbk'); "
    done = program("validate", book, before=gbk)
    assert done.returncode == 3
    assert "“甲?.xlsx”是空文件" in done.stderr.decode("gbk")


@pytest.mark.slow
def test_colours_where_somebody_is_watching(tmp_path: Path) -> None:
    report = make_report(published_cells("liwan_2024") | {"表三.new.total": 640}, org="错误 某局")
    book = tmp_path / "甲.xlsx"
    book.write_bytes(blank_workbook(load_form(), report=report, typed_totals=True))
    piped = program("validate", book)
    assert b"\x1b" not in piped.stdout
    lines = watched("validate", book).splitlines()
    errors = [line for line in lines if b" T3-03 " in line]
    assert errors
    assert all(line.startswith(RED) for line in errors)
    assert lines[-1].startswith("错误 某局2024年".encode()), "a body's name is not a severity"
    (question,) = [line for line in watched("validate", EXAMPLE).splitlines() if b" C-02 " in line]
    assert question.startswith(CYAN)


def watched(*arguments: object) -> bytes:
    """Run the program on a terminal and return what it writes there."""
    main, side = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", PROGRAM, *map(str, arguments)], stdout=side, stderr=side
    ) as run:
        os.close(side)
        said = b""
        with contextlib.suppress(OSError):  # Linux says EIO at the end
            while more := os.read(main, 65536):
                said += more
        os.close(main)
        assert run.wait(30) in (0, 1, 3)
    return said


def test_a_name_cannot_command_the_terminal(tmp_path: Path) -> None:
    book, page = tmp_path / "甲.xlsx", tmp_path / "红\x9b31m.html"
    shutil.copy(EXAMPLE, book)
    for arguments in (["validate", tmp_path / "红\x1b[31m.xlsx"], ["validate", book, "--html", page]):
        said = watched(*arguments)
        assert b"\x1b[31m.xlsx" not in said
        assert "\x9b".encode() not in said
        assert "红\\u00".encode() in said
    assert page.is_file()


def test_json_says_exactly_what_a_text_holds(tmp_path: Path) -> None:
    book = tmp_path / "红\x9b31m\x1b[0m.xlsx"
    said = watched("validate", book, "--format", "json").decode()
    assert not re.search(r"[\x1b\x9b]", said)
    (report,) = json.loads(said)["reports"]
    assert report["input"] == str(book)


def test_how_far_the_work_has_come(tmp_path: Path) -> None:
    """Only on a terminal, and only while the results go elsewhere."""
    paths = [tmp_path / f"{n}.xlsx" for n in range(9)]
    code = f"import sys; sys.stdout = open({str(tmp_path / 'out')!r}, 'w'); {PROGRAM}"
    main, side = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", code, "validate", "--format", "json", *map(str, paths)], stderr=side
    ) as run:
        os.close(side)
        assert run.wait(30) == 3
    said = os.read(main, 65536).decode()
    os.close(main)
    assert "已处理 1/9 个文件" in said
    assert "已处理 8/9 个文件" in said
    assert " \r" in said.partition("已处理 8/9 个文件")[2]  # taken off again before the last words
    assert (tmp_path / "out").read_text("utf-8").startswith("{")


# --------------------------------------------------------------------------- ends


def test_a_crash_is_told_and_not_shown(tmp_path: Path) -> None:
    broken = (
        "from reportgen import batch; from reportgen.batch import checking; "
        "checking.Review = batch.build_many = lambda *a, **k: 1 / 0; "
    )
    for command in ("validate", "build"):
        done = program(command, EXAMPLE, before=broken)
        assert done.returncode == 3
        assert "程序内部出错（ZeroDivisionError" in done.stderr.decode()
    shown = subprocess.run(
        [sys.executable, "-c", broken + PROGRAM, "validate", str(EXAMPLE)],
        capture_output=True, check=False, env=os.environ | {"REPORTGEN_DEBUG": "1"},
    )  # fmt: skip
    assert b"Traceback" in shown.stderr, "developers see it"


def test_an_interrupted_run() -> None:
    # Tests that run in the background hand on to their children that this signal is to be ignored.
    waiting = (
        "import signal, sys, time; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from reportgen.batch import checking; "
        "checking.Review = lambda *a, **k: (print('.', flush=True), time.sleep(60)); "
    )
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", waiting + PROGRAM, "validate", str(EXAMPLE)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as run:  # fmt: skip
        assert run.stdout is not None
        run.stdout.read(1)
        time.sleep(0.1)
        run.send_signal(signal.SIGINT)
        try:
            _, said = run.communicate(timeout=20)
        finally:
            run.kill()
    assert (run.returncode, said.decode()) == (130, "\n已中断。\n")


def test_the_package_can_be_run() -> None:
    done = subprocess.run([sys.executable, "-m", "reportgen", "--version"], capture_output=True, check=True)
    assert done.stdout.decode().startswith("reportgen ")


# --------------------------------------------------------------------------- what a file may hold

CASES = Path(__file__).parent / "data" / "cases" / "hostile"
COMMANDING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def trapped(text: str) -> bytes:
    """A workbook in which a figure, a text and the body's name hold a text."""
    report = make_report(
        published_cells("liwan_2024") | {"表三.new.natural": text}, org=f"某局{text}",
        passages=(Passage("overall", "", (f"新收5{text}件。",)),),
    )  # fmt: skip
    return blank_workbook(load_form(), report=report)


@pytest.mark.parametrize(
    "text",
    [
        "x\n错误 0、警告 0",
        "x\x9b31m\x85",
        *(pytest.param(text, marks=pytest.mark.slow) for text in ("x\u202e0 误错", "x\u2028错误 0", "x\u2066\u200f")),
    ],
)
def test_a_value_commands_no_terminal_and_forges_no_line(text: str, tmp_path: Path) -> None:
    book, page = tmp_path / "甲.xlsx", tmp_path / "页.html"
    book.write_bytes(trapped(text))
    done = program("validate", book, "--html", page)
    said = done.stdout.decode() + done.stderr.decode()
    assert not COMMANDING.search(said)
    assert not any(line.strip().startswith("错误 0") for line in said.splitlines())
    assert not COMMANDING.search(page.read_text("utf-8"))
    said = program("validate", book, "--format", "json").stdout.decode()
    assert not COMMANDING.search(said)
    (report,) = json.loads(said)["reports"]
    seen = re.sub("[\u200f\u202e\u2066]", "", text).rstrip("\x85")  # what nobody sees is left out, and told
    assert seen in report["org"] or "\n" in text, "JSON says what the file holds"
    done = program("office", book)
    lines = (tmp_path / "甲.检查结果.txt").read_bytes().decode("utf-8-sig").split("\r\n")
    for line in [*done.stdout.decode().splitlines(), *lines]:
        assert not COMMANDING.search(line)
        assert not line.strip().startswith("错误 0")


@pytest.mark.slow
def test_a_name_of_a_file_forges_no_line(tmp_path: Path) -> None:
    for name in ("甲\n错误 0、警告 0.xlsx", "甲\u202e.xlsx", "甲\r错误 0.xlsx"):
        for arguments in (
            ["validate", tmp_path / name],
            ["extract", "a", tmp_path / name],
            ["office", tmp_path / name],
        ):
            done = program(*arguments)
            said = done.stdout.decode() + done.stderr.decode()
            assert not COMMANDING.search(said)
            assert not any(line.startswith("错误 0") for line in said.splitlines()), said


# --------------------------------------------------------------------------- stdout that cannot be written


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_what_is_said_of_written_files_is_true(tmp_path: Path) -> None:
    """The first report is written, then its line cannot be shown."""
    for n in range(2):
        (tmp_path / str(n)).mkdir()
        shutil.copy(EXAMPLE, tmp_path / str(n) / "甲.xlsx")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", PROGRAM, "build", *map(str, sorted(tmp_path.glob("*/甲.xlsx")))],
            stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    said = done.stderr.decode()
    written = [str(path) for path in tmp_path.glob("*/*.docx")]
    assert done.returncode == 4
    assert f"写出了 {len(written)} 个文件" in said
    assert all(path in said for path in written)
    assert len(written) == 1
    assert len(said.splitlines()) == 1


# --------------------------------------------------------------------------- asked to end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_is_asked_to_end_leaves_nothing_half_written(number: signal.Signals, tmp_path: Path) -> None:
    """Asked while a temporary file is being written; it dies by the signal, as its caller expects."""
    book = tmp_path / "甲.xlsx"
    shutil.copy(EXAMPLE, book)
    waiting = "import os, time; os.fsync = lambda fd: (print('.', flush=True), time.sleep(60)); "
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", waiting + PROGRAM, "build", str(book)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as run:  # fmt: skip
        assert run.stdout is not None
        run.stdout.read(1)
        assert list(tmp_path.glob(".reportgen-*"))
        run.send_signal(number)
        try:
            _, said = run.communicate(timeout=20)
        finally:
            run.kill()
    assert (run.returncode, said) == (-number, b"")
    assert [path.name for path in tmp_path.iterdir()] == ["甲.xlsx"]
