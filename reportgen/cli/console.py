"""What all commands say, and how: lines in colour, failures, copies, progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from ..disk.names import quoted
from ..errors import OutputError, escaped, said_by_system

if TYPE_CHECKING:  # `--help` needs none of it
    from ..show.lines import OutputLine

T = TypeVar("T")

_MANY = 8
"""Files from which on it is said how far the work has come."""
_NAMED = 30
"""Names that a closing line gives."""
_COLOURS = {"error": "red", "warning": "yellow", "ask": "cyan"}


class ScreenError(OutputError):
    """What is said cannot be shown: the reader of a pipe is gone, or the disk is full (exit code 4)."""

    def __init__(self, error: OSError | str) -> None:
        super().__init__(error if isinstance(error, str) else _why(error))

    def after(self, written: Sequence[str]) -> ScreenError:
        """Return the same, told with the files that the run had written by then."""
        return ScreenError(
            str(self) + closing(f"到这时写出了 {len(written)} 个文件", [*map(quoted, written)] or ["无"])
        )


def _why(error: OSError) -> str:
    gone = isinstance(error, BrokenPipeError)
    why = "接收输出的程序已经关闭" if gone else f"写屏幕输出时出错：{said_by_system(error)}"
    return f"结果没能全部显示（{why}），已经写出的文件不受影响。"


def say(text: str, colour: str = "", *, err: bool = False, lines: bool = False, end: str = "\n") -> None:
    """Print a text, on stderr if asked to; names of files and texts of workbooks cannot command the terminal.

    Args:
        text: one line, unless ``lines``.
        colour: where somebody is watching; click leaves it out of a pipe.
        err: on stderr; where that cannot be written, there is nobody to tell.
        lines: several lines of our own, with nothing in them that could bring more.
        end: what follows the text.

    Raises:
        ScreenError: stdout cannot be written.
    """
    shown = escaped(text, lines=lines)
    try:
        click.echo((click.style(shown, fg=colour) if colour else shown) + end, err=err, nl=False)
    except OSError as error:
        # What Python would try to write once more at its end, and complain about, goes to nowhere.
        with suppress(OSError, ValueError):  # a stream of a test has no number
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, (sys.stderr if err else sys.stdout).fileno())
            os.close(nowhere)
        if not err:
            raise ScreenError(error) from error


def print_lines(lines: Iterable[OutputLine]) -> None:
    """Print lines in the colours of their severities."""
    for line in lines:
        say(line.text, _COLOURS.get(line.severity, ""))


def fail(message: str) -> None:
    """Say why something could not be done: the text of an error, which may be a list."""
    say(message, "red", err=True, lines=True)


def copied(copy: Path | None, *, err: bool = False) -> None:
    """Say where the file that stood there before is now; nothing if there was none."""
    if copy is not None:
        say(f"原来的文件已另存为：{copy}", err=err)


def closing(head: str, names: Sequence[str]) -> str:
    """Return a line that counts and names, up to a few dozen."""
    more = f" 等 {len(names)} 个" if len(names) > _NAMED else ""
    return f"{head}：{'、'.join(names[:_NAMED])}{more}。"


def watched(outcomes: Iterable[T], total: int) -> Iterator[T]:
    """Say how far the work has come while the results go to a file and somebody is watching."""
    for done, outcome in enumerate(outcomes, 1):
        yield outcome
        if not _is_terminal(sys.stdout):
            progress(done, total)


def progress(done: int, total: int) -> None:
    """Say how many of many files are done, where somebody is watching; after the last one clear the line."""
    if total >= _MANY and _is_terminal(sys.stderr):
        _overwrite(f"已处理 {done}/{total} 个文件" if done < total else " " * 40)


@contextmanager
def reading() -> Iterator[Callable[[Path], None]]:
    """Show which file is being read, from the eighth on, where somebody is watching; then clear the line."""
    count = 0

    def show(path: Path) -> None:
        nonlocal count
        count += 1
        if count >= _MANY and _is_terminal(sys.stderr):
            _overwrite(f"正在读第 {count} 个文件")

    yield show
    if count >= _MANY and _is_terminal(sys.stderr):
        _overwrite(" " * 40)


def _overwrite(line: str) -> None:
    with suppress(OSError):
        click.echo(f"\r{line}\r", err=True, nl=False)


def asks() -> bool:
    """Tell whether there is somebody who can answer a question."""
    return _is_terminal(sys.stdin) and _is_terminal(sys.stdout)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()  # a program without a window has no streams
