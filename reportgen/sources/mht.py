"""Single-file web pages (.mht), as browsers, Word and Excel save them: RFC 2557, through :mod:`email`.

Every page in the file is read, in order: Excel puts each sheet into a part of its own.  Pictures,
style sheets and scripts are ignored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

from ..disk.names import shown_name
from ..errors import InputError
from .base import Document
from .html import Page, decode
from .limits import Budget

__all__ = ["read"]

_PART = re.compile(rb"^content-type:", re.I | re.M)
_MULTIPART = re.compile(rb"^content-type:\s*multipart/", re.I | re.M)


def read(path: Path, data: bytes) -> Document:
    """Read a single-file web page.

    Args:
        path: for messages only.
        data: the file's bytes.

    Raises:
        InputError: it holds no page, its text cannot be decoded, or it is beyond the limits.
    """
    name = shown_name(path)
    budget = Budget(name)
    budget.check_parts(len(_PART.findall(data)), len(_MULTIPART.findall(data)))
    pages = list(_pages(data))
    if not pages:
        raise InputError(f"{name}里面没有网页，可能已损坏。请在浏览器里重新另存，再试。")
    page = Page(budget)
    for content, encoding in pages:
        page.take(decode(content, name, encoding))
    return Document(str(path), "mht", hashlib.sha256(data).hexdigest(), tuple(page.grids), tuple(page.paragraphs))


def _pages(data: bytes) -> Iterator[tuple[bytes, str]]:
    """Yield the pages in the file, each with the encoding that its header declares, if any."""
    for part in message_from_bytes(data, policy=policy.compat32).walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content.strip():
                yield content, part.get_content_charset("")
