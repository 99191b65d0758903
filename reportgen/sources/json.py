"""Data files (.json) that this program wrote: handed on as text for :mod:`reportgen.model.exchange`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..disk.names import shown_name
from ..errors import InputError
from .base import Document
from .limits import Budget


def read(path: Path, data: bytes) -> Document:
    """Read a data file.

    Args:
        path: for messages only.
        data: the file's bytes.

    Raises:
        InputError: it is not UTF-8, or beyond the limits.
    """
    Budget(shown_name(path)).spend_markup(len(data), 0)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{shown_name(path)}不是 UTF-8 编码的 JSON 数据。请重新用 reportgen extract 生成。") from error
    return Document(str(path), "json", hashlib.sha256(data).hexdigest(), exchange=text)
