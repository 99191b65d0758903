"""Well-formed XML cut into markup and text, for documents whose markup repeats itself.

A report has 4700 elements, but the markup between two of its texts is one of some fifty strings.
expat still reads every byte and refuses what is not well-formed or has a document type declaration;
it only no longer calls back twice for each element (3 of 5.5 ms).  What the cutting below could get
wrong (comments, CDATA, ``>`` in attributes, namespaces declared on the way, other encodings) is
recognised, not guessed at, and left to the parser.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias
from xml.parsers import expat

__all__ = ["Attributes", "Tag", "UnusualError", "cut", "tags", "unescaped"]

Attributes: TypeAlias = "dict[str, str]"
Tag: TypeAlias = "tuple[str, Attributes | None]"
"""Name as ``namespace local``, and the attributes; None for an end tag."""

_TEXT = re.compile(">([^<]+)<")
_NAME = re.compile(r"[^\s/]+")
_ATTRIBUTE = re.compile(r"""\s([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NAMED = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
"""The last one last: what it stands for begins no other."""
_XML = "http://www.w3.org/XML/1998/namespace"
_CACHED_LENGTH = 8192
"""Longer markup is not kept: a hostile file would fill the memory."""


class UnusualError(Exception):
    """Well-formed or not, this has to be read by the parser."""


def refuse_doctype(*_: object) -> None:
    """Handler for a parser.

    Raises:
        ValueError: always.
    """
    raise ValueError("document type declaration")


def _give_up(*_: object) -> None:
    raise UnusualError


def cut(xml: bytes) -> tuple[str, list[str]]:
    """Cut a document into markup and text.

    Args:
        xml: the whole document.

    Returns:
        its root tag, and markup and text in turn, beginning and ending with markup, each markup
        without its first ``<`` and last ``>``, the texts with their entities resolved.

    Raises:
        UnusualError: it cannot be cut so that nothing is misread.
        ValueError: document type declaration.
        ExpatError: not well-formed.
    """
    encodings: list[str | None] = []
    parser = expat.ParserCreate()
    parser.XmlDeclHandler = lambda _version, encoding, _alone: encodings.append(encoding)
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.CommentHandler = parser.ProcessingInstructionHandler = _give_up
    parser.StartCdataSectionHandler = _give_up
    parser.Parse(xml, True)
    # UTF-16 has a zero byte in its first character.
    if 0 in xml[:2] or (encodings and (encodings[0] or "utf-8").lower() != "utf-8"):
        raise UnusualError
    try:
        body = xml.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnusualError from error
    if encodings:
        body = body[body.index("?>") + 2 :]
    body = body.strip()
    if "\r" in body or ("&" in body and "&#" in body):
        raise UnusualError
    # Without comments and the like, "<" only ever begins a tag.  A ">" that does not end one would
    # cut an attribute in two, which shows when the tag is read.
    pieces = _TEXT.split(body[1:-1])
    root = pieces[0].partition("><")[0]
    if "&" in body:
        pieces[1::2] = [unescaped(text) if "&" in text else text for text in pieces[1::2]]
    return root, pieces


def tags(root: str, markup: str) -> list[Tag]:
    """Return the tags of a piece of markup, an empty element as two.

    Args:
        root: the document's root tag, which declares all its namespaces.
        markup: as :func:`cut` returns it.

    Raises:
        UnusualError: a tag cut in two, or namespaces not declared by the root tag alone.
    """
    return [
        tag
        for body in markup.split("><")
        for tag in (_tag if len(body) < _CACHED_LENGTH else _read)(root, body)
    ]


def _read(root: str, body: str) -> tuple[Tag, ...]:
    namespaces = _namespaces(root)
    if body[0] == "/":
        return ((_expanded(namespaces, body[1:].rstrip(), namespaces.get("", "")), None),)
    match = _NAME.match(body)
    if match is None:
        raise UnusualError
    name = _expanded(namespaces, match[0], namespaces.get("", ""))
    rest = body[match.end() :]
    if _ATTRIBUTE.sub("", rest).strip() not in ("", "/"):
        raise UnusualError
    attributes = {}
    for key, double, single in _ATTRIBUTE.findall(rest):
        if not key.startswith("xmlns"):
            value = (double or single).replace("\t", " ").replace("\n", " ")  # XML 1.0, 3.3.3
            attributes[_expanded(namespaces, key, "")] = unescaped(value)
        elif body != root:
            raise UnusualError
    return ((name, attributes), (name, None)) if body[-1] == "/" else ((name, attributes),)


_tag = lru_cache(maxsize=1024)(_read)


def _expanded(namespaces: dict[str, str], name: str, default: str) -> str:
    prefix, colon, local = name.rpartition(":")
    if colon and prefix not in namespaces:
        raise UnusualError
    namespace = namespaces[prefix] if colon else default
    return f"{namespace} {local}" if namespace else local


@lru_cache(maxsize=16)
def _namespaces(root: str) -> dict[str, str]:
    """Prefix → namespace, ``""`` for the default one."""
    found = {"xml": _XML}
    for key, double, single in _ATTRIBUTE.findall(root):
        if key == "xmlns" or key.startswith("xmlns:"):
            found[key[6:]] = unescaped(double or single)
    if len(set(found.values())) != len(found) or "" in found.values():
        raise UnusualError
    return found


def unescaped(text: str) -> str:
    """Return what a well-formed text means: characters for the five names that there are without a document
    type declaration (two in three formulas have some), and for the numbers (which few writers use)."""
    if "&" not in text:
        return text
    if "&#" in text:
        return re.sub(r"&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|[a-z]+);", _meant, text)
    for name, letter in _NAMED.items():
        text = text.replace(name, letter)
    return text


def _meant(reference: re.Match[str]) -> str:
    if reference[1] or reference[2]:
        return chr(int(reference[1]) if reference[1] else int(reference[2], 16))
    return _NAMED[reference[0]]
