"""The user's cache folder: what can be made again, but not quickly enough for every start.

A file in there is used only if it is exactly what this user saved: folder and file belong to the
user, nobody else may write to them, neither is a link, and the content has its checksum.  Anything
else counts as not there.  Nothing from there is executed, and what is read has to be checked by who
reads it.  A folder that cannot be used costs time only.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

__all__ = ["folder", "load", "save"]

_KEPT = 16
"""Files of a kind; the oldest go first."""


def folder() -> Path | None:
    """Return the folder for what can be made again, None if the system has no place for one."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
        return Path(base, "reportgen", "cache") if base else None
    base = os.environ.get("XDG_CACHE_HOME", "")
    if base and os.path.isabs(base):
        return Path(base, "reportgen")
    home = os.path.expanduser("~")
    return None if home == "~" else Path(home, ".cache", "reportgen")


def load(kind: str, key: str) -> bytes | None:
    """Return what was saved; None if there is nothing, or anything about it is not as it should be.

    Args:
        kind: what it is, in a word.
        key: digest of all that it was made from.
    """
    place = folder()
    if place is None or not _is_private(place):
        return None
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    try:
        with open(os.open(place / _name(kind, key), flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or not _is_ours(status):
                return None
            checksum, content = file.read(32), file.read()
    except OSError:
        return None
    return content if checksum == _checksum(key, content) else None


def save(kind: str, key: str, content: bytes) -> None:
    """Save something in one step: other processes see the old file or the new one.

    Args:
        kind: what it is, in a word.
        key: digest of all that it was made from.
        content: what :func:`load` is to return.
    """
    place = folder()
    if place is None:
        return
    with contextlib.suppress(OSError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(place):
            return
        # Its owner alone may read and write what mkstemp makes.
        descriptor, temporary = tempfile.mkstemp(".tmp", f"{kind}-", place)
        try:
            with open(descriptor, "wb") as file:
                file.write(_checksum(key, content) + content)
            os.replace(temporary, place / _name(kind, key))
        except OSError:
            os.unlink(temporary)
            raise
        _drop_oldest(place, kind)


def _is_private(place: Path) -> bool:
    try:
        status = os.lstat(place)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and _is_ours(status)


def _is_ours(status: os.stat_result) -> bool:
    """Tell whether something is the user's, and nobody else's to write.

    On Windows the user's own folders are not open to others, and there are no modes to ask.
    """
    if sys.platform == "win32":
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _name(kind: str, key: str) -> str:
    return f"{kind}-{key}"


def _checksum(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + content).digest()


def _drop_oldest(place: Path, kind: str) -> None:
    files = sorted(place.glob(f"{kind}-*"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in files[_KEPT:]:
        old.unlink(missing_ok=True)
