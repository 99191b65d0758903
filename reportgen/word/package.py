"""The template as a package: which parts hold text, and what must not travel into a report."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ..opc.parts import REL, Package
from .render import CORE, CUSTOM

__all__ = ["PackageError", "main_part", "text_parts", "tidy"]

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN_TYPES = {_WORD + "document.main+xml", _WORD + "template.main+xml"}
_TEXT_TYPES = {
    _WORD + "header+xml": "页眉", _WORD + "footer+xml": "页脚",
    _WORD + "footnotes+xml": "脚注", _WORD + "endnotes+xml": "尾注",
}  # fmt: skip
_PROPERTIES = {
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties": (
        CORE, "application/vnd.openxmlformats-package.core-properties+xml"
    ),
    f"{REL}/custom-properties": (
        CUSTOM, "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    ),
}  # fmt: skip
"""Type of relationship → name and content type of the properties that each report has of its own."""


class PackageError(Exception):
    """The package cannot be a template; ``str()`` is the Chinese reason."""


def main_part(package: Package) -> str:
    """Return the name of the main document part.

    Raises:
        PackageError: there is none.
    """
    name = package.related("", "officeDocument")
    if not name:
        raise PackageError("里面没有 Word 正文")
    return name


def text_parts(package: Package) -> dict[str, str]:
    """Return the parts that can hold tags, main document first, with their Chinese names."""
    parts = {main_part(package): "正文"}
    for one in package.declared():
        name = one.get("PartName", "").lstrip("/")
        label = _TEXT_TYPES.get(one.get("ContentType", ""))
        if label and name in package:
            parts[name] = f"{label}（{posixpath.basename(name)}）"
    return parts


def tidy(package: Package) -> Iterator[str]:
    """Make the package that of a plain document with our own properties, in place.

    Yields:
        what cannot be tidied away, in Chinese: macros, links to files elsewhere.
    """
    main = main_part(package)
    for one in package.declared():
        if one.get("PartName", "").lstrip("/") == main:
            if one.get("ContentType", "") not in _MAIN_TYPES:
                yield "带有宏或不是普通 Word 文档，请另存为 .docx"
            one.set("ContentType", _WORD + "document.main+xml")
    _replace_properties(package)
    if any(name.endswith("vbaProject.bin") for name in package):
        yield "带有宏，请另存为不带宏的 .docx"
    for owner in list(package.owners()):
        for relation in package.relations(owner):
            kind = relation.get("Type", "").rpartition("/")[2]
            if relation.get("TargetMode") == "External" and kind != "hyperlink":
                yield f"引用了本文件之外的“{relation.get('Target')}”（{kind}），请改为嵌入或去掉"


def _replace_properties(package: Package) -> None:
    types = {content_type for _, content_type in _PROPERTIES.values()}
    for one in package.declared():
        if one.get("ContentType", "") in types:
            package.remove(one.get("PartName", "").lstrip("/"))
    for relation in package.relations(""):
        if relation.get("Type") in _PROPERTIES or "/thumbnail" in relation.get("Type", ""):
            relation.getparent().remove(relation)
    for kind, (name, content_type) in _PROPERTIES.items():
        package.declare(name, content_type)
        package.link("", kind, name)
