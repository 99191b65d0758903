"""What all commands say, and how: lines in colour, failures, copies, progress."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

if TYPE_CHECKING:  # `--help` needs none of it
    from ..show.lines import OutputLine

__all__ = ["copied", "fail", "print_lines", "say", "watched"]

T = TypeVar("T")

_MANY = 8
"""Files from which on it is said how far the work has come."""
_COLOURS = {"error": "red", "warning": "yellow", "ask": "cyan"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that would command the terminal, but tabs and line ends."""


def say(text: str, colour: str = "", *, err: bool = False) -> None:
    """Print a text, on stderr if asked to; names of files and texts of workbooks cannot command the terminal.

    Args:
        text: one line or several.
        colour: where somebody is watching; click leaves it out of a pipe.
        err: on stderr.
    """
    shown = _CONTROL.sub("�", text)
    click.echo(click.style(shown, fg=colour) if colour else shown, err=err)


def print_lines(lines: Iterable[OutputLine]) -> None:
    """Print lines in the colours of their severities."""
    for line in lines:
        say(line.text, _COLOURS.get(line.severity, ""))


def fail(message: str) -> None:
    """Say why something could not be done."""
    say(message, "red", err=True)


def copied(copy: Path | None, *, err: bool = False) -> None:
    """Say where the file that stood there before is now; nothing if there was none."""
    if copy is not None:
        say(f"原来的文件已另存为：{copy}", err=err)


def watched(outcomes: Iterable[T], total: int) -> Iterator[T]:
    """Say how far the work has come while the results go to a file and somebody is watching."""
    shown = total >= _MANY and _is_terminal(sys.stderr) and not _is_terminal(sys.stdout)
    for done, outcome in enumerate(outcomes, 1):
        yield outcome
        if shown:
            line = f"已处理 {done}/{total} 个文件" if done < total else " " * 40
            click.echo(f"\r{line}\r", err=True, nl=False)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()  # a program without a window has no streams
