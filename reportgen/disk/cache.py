"""Files of ours in the user's cache folder: JSON with a checksum, safe to lose, to damage and to share.

Nothing from there is executed.  What is damaged or cannot be read counts as not there, and a folder
that cannot be written costs time only.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from typing import Any

__all__ = ["folder", "load", "save", "writable"]


def folder() -> str:
    """Return the folder for what can be made again, ``""`` if the system has no place for one."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
        return os.path.join(base, "reportgen", "cache") if base else ""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if base and os.path.isabs(base):
        return os.path.join(base, "reportgen")
    home = os.path.expanduser("~")
    return "" if home == "~" else os.path.join(home, ".cache", "reportgen")


def writable() -> bool:
    """Tell whether it is worth while to make something for the folder."""
    place = folder()
    try:
        if place:
            os.makedirs(place, exist_ok=True)
    except OSError:
        return False
    return bool(place) and os.access(place, os.W_OK)


def load(name: str) -> Any:
    """Return what was saved under a name, None if there is nothing whole."""
    place = folder()
    if not place:
        return None
    try:
        with open(os.path.join(place, name), "rb") as file:
            checksum, _, content = file.read().partition(b"\n")
        return json.loads(content) if checksum == _checksum(content) else None
    except (OSError, ValueError):
        return None


def save(name: str, value: object) -> None:
    """Save a value that JSON can hold, in one step: other processes see the old file or the new one."""
    content = json.dumps(value, separators=(",", ":")).encode("ascii")
    path = os.path.join(folder(), name)
    temp = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temp, "wb") as file:
            file.write(_checksum(content) + b"\n" + content)
        os.replace(temp, path)
    except OSError:
        try:
            os.unlink(temp)
        except OSError:
            return  # it was never there


def _checksum(content: bytes) -> bytes:
    return b"%08x %d" % (zlib.crc32(content), len(content))
