"""Temporary files beside the user's, and those that a killed run left there."""

from __future__ import annotations

import contextlib
import os
import re
import time
import zlib
from pathlib import Path
from platform import node

_STALE_SECONDS = 600
"""Older than this, a temporary file belongs to nobody any more, where its process cannot be asked for."""
_TEMPORARY = re.compile(r"\.reportgen-(?P<host>[0-9a-f]{8})-(?P<pid>\d+)-[0-9a-f]{8}\.tmp")


def temporary(folder: Path) -> Path:
    """Return a new name for a temporary file of this process; it says whose it is."""
    return folder / f".reportgen-{_host()}-{os.getpid()}-{os.urandom(4).hex()}.tmp"


def _host() -> str:
    return f"{zlib.crc32(node().encode(errors='replace')):08x}"


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files in a folder whose process is gone; what cannot be removed stays."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            match = _TEMPORARY.fullmatch(entry.name)
            if match and _is_left_over(entry, match):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)


def _is_left_over(entry: os.DirEntry[str], match: re.Match[str]) -> bool:
    pid = int(match["pid"])
    # On Windows os.kill(pid, 0) would not only ask; a process of our number may have been before us.
    if os.name == "nt" or match["host"] != _host() or pid == os.getpid():
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _STALE_SECONDS
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # no process, or no number of one
        return True
    except OSError:  # somebody else's
        return False
    return False
