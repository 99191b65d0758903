"""Files of ours in the user's cache folder: safe to lose, to damage and to plant.

Nothing from there is executed.  A file counts only if it was made for the same key, is whole, and
belongs to the user alone; what does not count is as if it were not there.  A folder that cannot be
written costs time only.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress

__all__ = ["folder", "load", "save"]

_KEPT = 16
"""Files kept of each sort; the oldest go first."""


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


def load(name: str, key: str) -> bytes | None:
    """Return what was saved under a name.

    Args:
        name: of the file.
        key: of everything that the content depends on.

    Returns:
        the content; None if there is nothing, or it is not for this key, damaged, or not the user's own.
    """
    place = folder()
    try:
        if not place or not _own(os.lstat(place), stat.S_ISDIR):
            return None
        handle = os.open(os.path.join(place, name), os.O_RDONLY | _NO_LINK)
        with open(handle, "rb") as file:
            if not _own(os.fstat(handle), stat.S_ISREG):
                return None
            checksum, _, content = file.read().partition(b"\n")
    except OSError:
        return None
    return content if checksum == _checksum(key, content) else None


def save(name: str, key: str, content: bytes) -> None:
    """Save a content in one step: other processes see the old file or the new one.

    Args:
        name: of the file; up to the first hyphen it says what sort it is of.
        key: of everything that the content depends on.
        content: what to save.
    """
    place = folder()
    if not place:
        return
    path = os.path.join(place, name)
    temp = f"{path}.{os.getpid()}.tmp"
    with suppress(OSError):
        os.makedirs(place, mode=0o700, exist_ok=True)
        if not _own(os.lstat(place), stat.S_ISDIR):
            return
        try:
            with open(os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600), "wb") as file:
                file.write(_checksum(key, content) + b"\n" + content)
            os.replace(temp, path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(temp)
        _drop_old(place, name.partition("-")[0] + "-")


def _drop_old(place: str, prefix: str) -> None:
    with os.scandir(place) as entries:
        same = [
            (one.stat(follow_symlinks=False).st_mtime_ns, one.path) for one in entries if one.name.startswith(prefix)
        ]
    for _, path in sorted(same, reverse=True)[_KEPT:]:
        os.unlink(path)


_BINARY = getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _BINARY  # nor wait for a pipe


def _own(info: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Tell whether a file or folder is one, and nobody but the user can write to it."""
    if not is_kind(info.st_mode):
        return False
    if sys.platform == "win32":
        return True  # the folder is in the user's profile, which other users cannot write to
    return info.st_uid == os.getuid() and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _checksum(key: str, content: bytes) -> bytes:
    digest = hashlib.sha256(key.encode() + b"\0")
    digest.update(content)
    return digest.hexdigest().encode("ascii")
