"""Opening a result in the program that the desktop has for it: the one place where another program is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_STARTED: list[subprocess.Popen[bytes]] = []
"""Kept, because Python complains of a process that nobody waits for; nobody does, it is the user's own."""


def open_file(path: Path) -> None:
    """Show a file to the user; where there is no desktop or no program for it, nothing happens.

    ``REPORTGEN_NO_OPEN=1`` switches it off.
    """
    if os.environ.get("REPORTGEN_NO_OPEN"):
        return
    try:
        if sys.platform == "win32":
            os.startfile(path.absolute())
        elif os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            _STARTED.append(
                subprocess.Popen(
                    ["xdg-open", path.absolute()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, start_new_session=True,
                )
            )  # fmt: skip
    except OSError:
        pass  # its name has been said
