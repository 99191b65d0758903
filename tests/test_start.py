"""The help that is answered from a file is the help of the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import reportgen
from reportgen.cli import cli

HELP = Path(reportgen.__file__).with_name("help.txt")


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
