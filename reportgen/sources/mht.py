"""Single-file web pages (.mht), as browsers, Word and Excel save them: RFC 2557, through :mod:`email`.

Every page in the file is read, in order: Excel puts each sheet into a part of its own.  Pictures,
style sheets and scripts are ignored.
"""

from __future__ import annotations

import hashlib
import re
from email import message_from_bytes, policy
from pathlib import Path

from ..disk.names import shown_name
from ..errors import InputError
from .base import Document
from .html import Page, decode
from .limits import Budget

_CHARSET = re.compile(r"""charset[*\d]*\s*=\s*["']?\s*([\w-]+)""", re.I)
"""Looked for here: :mod:`email` fails over parameters that are not as RFC 2231 has them."""
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
    pages = _pages(data)
    if not pages:
        raise InputError(f"{name}里面没有网页，可能已损坏。请在浏览器里重新另存，再试。")
    page = Page(budget)
    for content, encoding in pages:
        page.take(decode(content, name, encoding))
    return Document(
        str(path), "mht", hashlib.sha256(data).hexdigest(), tuple(page.grids), tuple(page.paragraphs),
        properties={"title": page.title},
    )  # fmt: skip


def _pages(data: bytes) -> list[tuple[bytes, str]]:
    """Return content and declared encoding of each web page; none of a file that :mod:`email` cannot take apart."""
    try:
        parts = [
            (part.get_payload(decode=True), _CHARSET.search(str(part.get("content-type", ""))))
            for part in message_from_bytes(data, policy=policy.compat32).walk()
            if part.get_content_type() in ("text/html", "application/xhtml+xml")
        ]
    except Exception:
        # email runs into many kinds of exception over broken headers (TypeError over RFC 2231 parameters without
        # numbers); to the user each means the same.
        return []
    return [
        (content, charset[1] if charset else "") for content, charset in parts
        if isinstance(content, bytes) and content.strip()
    ]  # fmt: skip
