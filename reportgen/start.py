"""The first step of the command line: what is plain is done at once, all else by :mod:`.cli`.

Importing click, declaring the commands and putting the help together takes 22 ms, a fifth of a
``validate`` and most of a ``--help`` (3.11).  So ``--help`` is answered from a file, which is what
the command line itself prints (``make locale``), and ``validate FILE…`` and ``build FILE… [-o OUT]
[--force]``, in exactly these words, run the same :mod:`.commands` that :mod:`.cli` runs.  Whatever
else is asked for, and whatever click would see to (an option, a mistake, a file without the right to
read it, wildcards and consoles of Windows, shell completion), is left to it.
"""

from __future__ import annotations

import gc
import os
import sys

__all__ = ["Plain", "main", "plain"]

_WIDE = 80
"""Columns from which on the help looks the same on every terminal."""
_COLOURS = {"red": 31, "yellow": 33, "cyan": 36}
_WILD = frozenset("*?[~$%")
"""What click expands on Windows."""


def main() -> None:
    """Run the command line and exit."""
    arguments = sys.argv[1:]
    if arguments in (["--help"], ["-h"]) and sys.stdout is not None and _columns() >= _WIDE:
        try:
            with open(os.path.join(os.path.dirname(__file__), "help.txt"), encoding="utf-8") as file:
                sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
                sys.stdout.write(file.read())
                sys.stdout.flush()
            return
        except (AttributeError, OSError):
            pass  # no file, no common stream, a closed pipe: the command line knows what to do
    try:
        call = plain(arguments)
        if call is not None and _common_streams():
            sys.exit(_run(call))
        from .cli import main as run

        run()
    finally:
        # Nothing here needs a last look for cycles at the end of the process: 7 of 74 ms.
        gc.freeze()


def _columns() -> int:
    """The width of the terminal, as :func:`shutil.get_terminal_size` tells it."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _WIDE
    except (AttributeError, OSError, ValueError):
        return _WIDE


# --------------------------------------------------------------------------- plain commands


class Plain:
    """A command of which only the files, ``-o`` and ``--force`` are given."""

    def __init__(self, command: str, files: list[str], out: str | None, force: bool) -> None:
        self.command, self.files, self.out, self.force = command, files, out, force


def plain(arguments: list[str]) -> Plain | None:
    """Return what click would understand by these arguments, None if it has to be asked."""
    if arguments[:1] not in (["validate"], ["build"]) or os.environ.get("_REPORTGEN_COMPLETE"):
        return None
    files: list[str] = []
    out, force = None, False
    rest = iter(arguments[1:])
    for argument in rest:
        if argument == "--force" and arguments[0] == "build":
            force = True
        elif argument == "-o" and arguments[0] == "build" and out is None:
            out = next(rest, "")
            if not _is_file(out):
                return None
        elif _is_file(argument):
            files.append(argument)
        else:
            return None
    if not files or (out is not None and len(files) > 1 and not os.path.isdir(out)):
        return None
    return Plain(arguments[0], files, out, force)


def _is_file(argument: str) -> bool:
    """Tell whether an argument is a path and nothing else, to which click has nothing to say."""
    if not argument or argument[0] == "-" or (os.name == "nt" and not _WILD.isdisjoint(argument)):
        return False
    return os.access(argument, os.R_OK) or not os.path.exists(argument)


def _common_streams() -> bool:
    """Tell whether writing to the standard streams is all there is to printing.

    click prints UTF-8 where the system says ASCII, and writes to a Windows console in a way of its own.
    """
    import codecs

    for stream in (sys.stdout, sys.stderr):
        if not hasattr(stream, "reconfigure") or (os.name == "nt" and stream.isatty()):
            return False
        if codecs.lookup(stream.encoding).name == "ascii":
            return False
    return True


def _run(call: Plain) -> int:
    """Do a plain command as :func:`.cli.main` does it; return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        from . import commands
        from .filenames import normal

        files = [normal(file) for file in call.files]
        if call.command == "validate":
            return commands.validate(files, _say)
        from pathlib import Path

        return commands.build(files, _say, out=None if call.out is None else Path(call.out), force=call.force)
    except (EOFError, KeyboardInterrupt):
        _say("", err=True)
        _say("已中断。", "red", err=True)
        return 130
    except BrokenPipeError:
        # Nobody reads on.  What is still to be written must not fail once more at the end.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        return 1
    except Exception as error:
        from .errors import last_words

        text, code = last_words(error)
        _say(text, "red", err=True)
        return code


def _say(text: str, colour: str = "", *, err: bool = False, end: str = "\n") -> None:
    """Print a text at once, coloured on a terminal (:class:`.commands.Say`)."""
    if "\x1b" in text:  # somebody else's colours: click knows where to leave them out
        from .cli import say

        say(text, colour, err=err, end=end)
        return
    stream = sys.stderr if err else sys.stdout
    if colour and stream.isatty():
        text = f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"
    stream.write(text + end)
    stream.flush()
