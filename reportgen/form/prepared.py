"""The form files as they are shipped, read and proved beforehand: ``forms/<edition>.json``.

Parsing the TOML files and proving every expression in them takes 50 ms at a start; the prepared
file takes 9 (3.11).  It is used only while the TOML files are, byte for byte, those it was
made from: an edited form is read and proved anew at every start.  Made by :mod:`.prepare`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

__all__ = ["digest", "load_prepared"]


def digest(paths: Iterable[Path]) -> str:
    """Return one SHA-256 for the contents of some files; ends of lines do not matter.

    Raises:
        OSError: one of them cannot be read.
    """
    total = sha256()
    for path in paths:
        data = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(b"%s %d\n" % (path.name.encode("utf-8"), len(data)))
        total.update(data)
    return total.hexdigest()


def load_prepared(path: Path) -> dict[str, Any] | None:
    """Return what was prepared from a form file, None if there is nothing or the form has changed.

    Args:
        path: the form file ``<edition>.toml``.

    Returns:
        ``data`` and ``rules`` as read and completed, and ``needs`` (see :mod:`.prepare`).
    """
    try:
        prepared: dict[str, Any] = json.loads(path.with_suffix(".json").read_bytes())
        if prepared["digest"] == digest(path.with_name(name) for name in prepared["made_from"]):
            return prepared
    except (OSError, ValueError, KeyError, TypeError):
        return None  # none there, or not one of ours: the form file itself is read
    return None
