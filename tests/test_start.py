"""What is done without the command line is what the command line does: the help, plain commands."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import reportgen
from reportgen import commands, start
from reportgen.cli import cli
from reportgen.filenames import name_of, normal

HELP = Path(reportgen.__file__).with_name("help.txt")
# No tool that CI could lack: Windows itself has nothing there to test, and CI, on Linux, runs them all.
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGPIPE and cannot send a child SIGINT")


def run(*arguments: str, **environment: str) -> tuple[str, bool]:
    """Return what is printed, and whether the command line was imported."""
    code = (
        "import sys; from reportgen.start import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print('click' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, *arguments],
        capture_output=True, text=True, encoding="utf-8", check=True,
        env={k: v for k, v in os.environ.items() if k != "COLUMNS"} | environment,
    )  # fmt: skip
    shown, _, loaded = done.stdout.rstrip("\n").rpartition("\n")
    return shown + "\n", loaded == "True"


@pytest.mark.parametrize("width", [80, 100, 200])
def test_the_file_is_what_the_command_line_prints(width: int) -> None:
    shown = CliRunner().invoke(cli, ["--help"], prog_name="reportgen", env={"COLUMNS": str(width)}).output
    assert HELP.read_text("utf-8") == shown, "run: make locale"


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_needs_no_command_line(option: str) -> None:
    assert run(option) == (HELP.read_text("utf-8"), False)


def test_anything_else_does() -> None:
    narrow, loaded = run("--help", COLUMNS="60")
    assert loaded
    assert narrow.startswith("用法")
    assert run("validate", "--help")[1]
    assert run("--version") == (f"reportgen {reportgen.__version__}\n", True)


# --------------------------------------------------------------------------- plain commands

EXAMPLE = Path(__file__).parent.parent / "examples" / "liwan-2024.xlsx"
PROGRAM = "from reportgen.start import main; main()"
WITH_CLICK = "from reportgen import start; start.plain = lambda arguments: None; start.main()"
WATCHED = "import sys; sys.stdout.isatty = sys.stderr.isatty = lambda: True; "


def both_ways(folder: Path, *arguments: str, before: str = "", **environment: str) -> list[tuple[Any, ...]]:
    """Run the program as it is and without its short cut; return code, output and files of each."""
    results = []
    for program in (PROGRAM, WITH_CLICK):
        work = folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        (work / "out").mkdir(parents=True)
        shutil.copy(EXAMPLE, work / "好.xlsx")
        shutil.copy(EXAMPLE, work / "-o.xlsx")
        (work / "坏.xlsx").write_bytes(EXAMPLE.read_bytes()[:5000])
        (work / "空.xlsx").write_bytes(b"")
        (work / "old.docx").write_bytes("改过".encode())
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", before + program, *arguments],
            capture_output=True, check=False, cwd=work, env=os.environ | environment,
        )  # fmt: skip
        stamp = "备份"
        files = {
            str(p.relative_to(work)).partition(stamp)[0]: p.read_bytes() if p.is_file() else b""
            for p in sorted(work.rglob("*"))
        }
        text = [line.partition(stamp.encode())[0] for line in done.stdout.splitlines()]
        results.append((done.returncode, text, done.stderr, files))
    return results


ARGUMENTS: list[tuple[int, str, bool]] = [
    # exit code, arguments, done without click
    (0, "validate 好.xlsx", True),
    (0, "validate ./好.xlsx out/../好.xlsx", True),
    (3, "validate 好.xlsx 坏.xlsx 空.xlsx 没有.xlsx 没有/好.xlsx out 好.xlsx/", True),
    (2, "validate", False),
    (0, "validate -- -o.xlsx", False),
    (0, "validate 好.xlsx --strict", False),
    (0, "validate --format json 好.xlsx", False),
    (2, "validate 好.xlsx --force -o out", False),
    (0, "validate 好.xlsx -h", False),
    (2, "validat 好.xlsx", False),
    (0, "build 好.xlsx", True),
    (0, "build 好.xlsx -o r.docx", True),
    (0, "build -o r.html 好.xlsx", True),
    (0, "build -o out 好.xlsx", True),
    (4, "build 好.xlsx -o old.docx", True),
    (0, "build --force -o old.docx 好.xlsx --force", True),
    (4, "build 好.xlsx -o 没有/r.docx", True),
    (4, "build 好.xlsx -o 好.xlsx --force", True),
    (4, "build 好.xlsx -o r.pdf", True),
    (3, "build 好.xlsx 坏.xlsx -o out", True),
    (2, "build 好.xlsx 坏.xlsx -o r.docx", False),
    (2, "build 好.xlsx -o", False),
    (4, "build 好.xlsx -o a.docx -o old.docx", False),
    (0, "build 好.xlsx -or.docx", False),
    (0, "build 好.xlsx --draft", False),
    (2, "build 好.xlsx --forc -x", False),
]


@pytest.mark.parametrize(("code", "arguments", "short"), ARGUMENTS)
def test_the_short_cut_does_what_the_command_line_does(
    code: int, arguments: str, short: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, slow = both_ways(tmp_path, *arguments.split())
    assert quick == slow
    assert quick[0] == code
    monkeypatch.chdir(tmp_path / "work")
    assert (start.plain(arguments.split()) is not None) == short


@pytest.mark.parametrize("before", ["", WATCHED, "import sys; sys.stdout.reconfigure(encoding='gbk'); ",
                                    "import sys; sys.stderr.reconfigure(encoding='ascii'); ",
                                    "import sys; sys.stdout = None; ", "import os; os.environ['REPORTGEN_DEBUG'] = '1'; "])  # fmt: skip
def test_wherever_it_is_printed(before: str, tmp_path: Path) -> None:
    quick, slow = both_ways(tmp_path, "validate", "好.xlsx", "坏.xlsx", "\x1b[31m.xlsx", before=before)
    assert quick == slow
    assert (b"\x1b[36m" in b"".join(quick[1])) == (before == WATCHED)


def test_a_crash_is_told_alike(tmp_path: Path) -> None:
    before = (
        "from reportgen import commands; commands.check_many = commands.build_many = lambda *a, **k: 1 / 0; "
    )
    for command in ("validate", "build"):
        quick, slow = both_ways(tmp_path, command, "好.xlsx", before=before)
        assert quick == slow
        assert quick[0] == 3
        assert "程序内部出错（ZeroDivisionError" in quick[2].decode()


FILE = st.sampled_from(
    ["a.xlsx", "b c.xlsx", "./d", "e//f/", "-g", "--h.xlsx", "", "-", "~", "*.xlsx", "there", "k=1"]
)
WORD = st.sampled_from(
    ["--force", "-o", "-oX", "--", "--strict", "--draft", "--format", "json", "-h", "--forc", "-f"]
)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["validate", "build", "new", "rules", "--help", "valid"]),
    st.lists(FILE | WORD, max_size=6),
)
def test_what_the_short_cut_takes_click_would_take_for_the_same(command: str, rest: list[str]) -> None:
    call = start.plain([command, *rest])
    if call is None:
        return
    seen: list[Any] = []

    def noted(files: Any, say: Any, **options: Any) -> int:
        seen.append((list(map(str, files)), options))
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "validate", noted)
        patch.setattr(commands, "build", noted)
        result = CliRunner().invoke(cli, [command, *rest])
        assert result.exit_code == 0, result.output
        start._run(call)
    (files, options), (own_files, own_options) = seen
    assert own_files == files
    usual = {"style": "text"} | dict.fromkeys(["force", "strict", "draft"], False)
    assert {k: v for k, v in options.items() if v != usual.get(k)} == {
        k: v for k, v in own_options.items() if v != usual.get(k)
    }


def test_what_click_would_see_to_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"x")
    assert start.plain(["validate", str(file)]) is not None
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert start.plain(["validate", str(file)]) is None, "no right to read it"
    assert start.plain(["validate", str(tmp_path / "b.xlsx")]) is not None, "not there: our own message"
    monkeypatch.undo()
    monkeypatch.setenv("_REPORTGEN_COMPLETE", "bash_source")
    assert start.plain(["validate", str(file)]) is None
    monkeypatch.delenv("_REPORTGEN_COMPLETE")
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        taken = [t for t in ("a.xlsx", "*.xlsx", "~\\a", "%TEMP%\\a", "$x") if start.plain(["validate", t])]
    assert taken == ["a.xlsx"]


@POSIX
@pytest.mark.parametrize("program", [PROGRAM, WITH_CLICK])
@pytest.mark.parametrize("gone", ["stdout", "stderr"])
def test_a_reader_that_goes_away(gone: str, program: str, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    other = {"stdout": "stderr", "stderr": "stdout"}[gone]
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program, "validate", str(tmp_path / "没有.xlsx"), str(EXAMPLE)],
        check=False, **{gone: write, other: subprocess.PIPE},
    )  # fmt: skip
    os.close(write)
    assert done.returncode == 1
    assert b"Traceback" not in (done.stdout or b"") + (done.stderr or b"")


@POSIX
@pytest.mark.parametrize("program", [PROGRAM, WITH_CLICK])
def test_an_interrupted_run(program: str, tmp_path: Path) -> None:
    # Tests that run in the background hand on to their children that this signal is to be ignored.
    waiting = "import signal, sys, time; signal.signal(signal.SIGINT, signal.default_int_handler); "
    waiting += "from reportgen import commands; commands.check_many = lambda *a, **k: (print('.', flush=True), time.sleep(60)); "
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", waiting + program, "validate", str(EXAMPLE)],
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


PATH = st.lists(st.sampled_from(["/", "//", ".", "..", "a", "a.b", "中", " ", "~", "-"]), max_size=7).map(
    "".join
)


@given(PATH)
def test_a_path_is_written_as_pathlib_writes_it(text: str) -> None:
    assert str(normal(text)) == str(Path(text))
    assert name_of(text) == name_of(Path(text)) == Path(text).name
    assert normal(Path(text)) == Path(text)
