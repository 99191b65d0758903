"""References in XML text resolved, for what is read without a parser."""

from __future__ import annotations

import re

__all__ = ["unescaped"]

_NAMED = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
"""The last one last: what it stands for begins no other."""


def unescaped(text: str) -> str:
    """Return what a well-formed text without a document type declaration means."""
    if "&#" in text:
        return re.sub(r"&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|[a-z]+);", _meant, text)
    for name, letter in _NAMED.items():
        text = text.replace(name, letter)
    return text


def _meant(reference: re.Match[str]) -> str:
    if reference[1] or reference[2]:
        return chr(int(reference[1]) if reference[1] else int(reference[2], 16))
    return _NAMED[reference[0]]
