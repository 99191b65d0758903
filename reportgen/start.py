"""The first step of the command line: ``--help`` is answered from a file, all else by :mod:`.cli`.

Importing the command line and putting the help together takes 40 of the 55 ms that ``--help``
took (3.11).  The file is what the command line itself prints (``make locale``).
"""

from __future__ import annotations

import os
import sys

__all__ = ["main"]

_WIDE = 80
"""Columns from which on the help looks the same on every terminal."""


def main() -> None:
    """Run the command line and exit."""
    if sys.argv[1:] in (["--help"], ["-h"]) and sys.stdout is not None and _columns() >= _WIDE:
        try:
            with open(os.path.join(os.path.dirname(__file__), "help.txt"), encoding="utf-8") as file:
                sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
                sys.stdout.write(file.read())
                sys.stdout.flush()
            return
        except (AttributeError, OSError):
            pass  # no file, no common stream, a closed pipe: the command line knows what to do
    from .cli import main as run

    run()


def _columns() -> int:
    """The width of the terminal, as :func:`shutil.get_terminal_size` tells it."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _WIDE
    except (AttributeError, OSError, ValueError):
        return _WIDE
