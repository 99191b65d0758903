"""Word files (.docx): the package around the body that :mod:`.docxbody` reads."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING
from xml.parsers import expat

from ..disk.names import name_of
from ..errors import InputError
from ..opc.unpack import unpacked
from .base import Document, Grid, Paragraph
from .docxbody import Block, parse
from .docxtables import blocks, read_body
from .markup import Attributes

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Block", "blocks", "read"]

_OFFICE_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


_RELATIONS, _CUSTOM = "_rels/.rels", "docProps/custom.xml"


def _main_part(relations: bytes) -> str:
    target = "word/document.xml"

    def start(_: str, attributes: Attributes) -> None:
        nonlocal target
        if attributes.get("Type") == _OFFICE_DOCUMENT:
            target = posixpath.normpath(attributes.get("Target", "")).lstrip("/")

    parse(relations, start, lambda _: None, lambda _: None)
    return target


def _properties(xml: bytes) -> dict[str, str]:
    """Return the custom properties by name, their values as text."""
    result: dict[str, str] = {}
    name = ""

    def start(_: str, attributes: Attributes) -> None:
        nonlocal name
        name = attributes.get("name", name)

    def characters(text: str) -> None:
        result[name] = (result.get(name, "") + text).strip()

    parse(xml, start, lambda _: None, characters)
    return {key: value for key, value in result.items() if key}


def read(path: Path | str, data: bytes, parts: Mapping[str, bytes] | None = None) -> Document:
    """Read a Word file that :func:`~reportgen.sources.sniff.kind_of` has found whole.

    Args:
        path: the file, for messages.
        data: its content.
        parts: its XML parts, if they have been unpacked already.

    Raises:
        InputError: the document inside cannot be read.
    """
    try:
        if parts is None:
            parts = unpacked(data, (_RELATIONS, _CUSTOM))
        main = _main_part(parts[_RELATIONS])
        found, pictures = read_body(parts[main] if main in parts else unpacked(data, [main])[main])
        properties = _properties(parts[_CUSTOM]) if _CUSTOM in parts else {}
    except (LookupError, ValueError, expat.ExpatError) as error:
        raise InputError(
            f"“{name_of(path)}”里的正文读不出来，文件可能已损坏。请用 Word 或 WPS 打开并另存为 .docx 后再试。"
        ) from error
    return Document(
        str(path), "docx", hashlib.sha256(data).hexdigest(),
        tuple(b for b in found if isinstance(b, Grid)),
        tuple(b for b in found if isinstance(b, Paragraph)),
        properties, pictures=pictures,
    )  # fmt: skip
