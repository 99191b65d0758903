"""The template as a package: which parts hold text, and what must not travel into a report."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from lxml import etree

__all__ = ["CORE", "CUSTOM", "PackageError", "main_part", "parse", "text_parts", "tidy"]

CORE, CUSTOM = "docProps/core.xml", "docProps/custom.xml"
_CT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_PR = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_CORE_TYPE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN_TYPES = {_WORD_TYPE + "document.main+xml", _WORD_TYPE + "template.main+xml"}
_TEXT_TYPES = {
    _WORD_TYPE + "header+xml": "页眉", _WORD_TYPE + "footer+xml": "页脚",
    _WORD_TYPE + "footnotes+xml": "脚注", _WORD_TYPE + "endnotes+xml": "尾注",
}  # fmt: skip
_CORE_CONTENT = "application/vnd.openxmlformats-package.core-properties+xml"
_CUSTOM_CONTENT = "application/vnd.openxmlformats-officedocument.custom-properties+xml"


class PackageError(Exception):
    """The package cannot be a template; ``str()`` is the Chinese reason."""


def parse(data: bytes) -> Any:
    """Parse a part safely: no entities, no network, no comments, no processing instructions.

    Raises:
        PackageError: not well-formed, or with a document type declaration.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise PackageError(f"内部的 XML 有误（{error}）") from error
    info: Any = root.getroottree().docinfo
    if info.doctype:
        raise PackageError("内部的 XML 带有文档类型声明，不像是 Word 写出的文件")
    return root


def main_part(files: Mapping[str, bytes]) -> str:
    """Return the name of the main document part.

    Raises:
        PackageError: there is none.
    """
    root = parse(files.get("_rels/.rels", b"<none/>"))
    for relation in root:
        if relation.get("Type") == _RELATIONSHIPS + "officeDocument":
            name: str = posixpath.normpath(relation.get("Target", "")).lstrip("/")
            if name in files:
                return name
    raise PackageError("里面没有 Word 正文")


def text_parts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the parts that can hold tags, main document first, with their Chinese names."""
    main = main_part(files)
    parts = {main: "正文"}
    for override in parse(files["[Content_Types].xml"]).iter(_CT + "Override"):
        name = override.get("PartName", "").lstrip("/")
        label = _TEXT_TYPES.get(override.get("ContentType", ""))
        if label and name in files:
            parts[name] = f"{label}（{posixpath.basename(name)}）"
    return parts


def tidy(files: dict[str, bytes]) -> list[str]:
    """Make the package that of a plain document with our own properties, in place.

    Returns:
        what cannot be tidied away, in Chinese: macros, links to files elsewhere.
    """
    faults = []
    main = main_part(files)
    types = parse(files["[Content_Types].xml"])
    for override in list(types.iter(_CT + "Override")):
        name, kind = override.get("PartName", "").lstrip("/"), override.get("ContentType", "")
        if name == main:
            if kind not in _MAIN_TYPES:
                faults.append("带有宏或不是普通 Word 文档，请另存为 .docx")
            override.set("ContentType", _WORD_TYPE + "document.main+xml")
        elif kind in (_CORE_CONTENT, _CUSTOM_CONTENT):
            files.pop(name, None)
            types.remove(override)
    for name, kind in ((CORE, _CORE_CONTENT), (CUSTOM, _CUSTOM_CONTENT)):
        etree.SubElement(types, _CT + "Override", PartName="/" + name, ContentType=kind)
    files["[Content_Types].xml"] = _xml(types)
    files["_rels/.rels"] = _xml(_relations(files["_rels/.rels"]))
    if any(name.endswith("vbaProject.bin") for name in files):
        faults.append("带有宏，请另存为不带宏的 .docx")
    for name in [n for n in files if n.endswith(".rels")]:
        for relation in parse(files[name]):
            kind = relation.get("Type", "").rpartition("/")[2]
            if relation.get("TargetMode") == "External" and kind != "hyperlink":
                faults.append(f"引用了本文件之外的“{relation.get('Target')}”（{kind}），请改为嵌入或去掉")
    return faults


def _relations(data: bytes) -> Any:
    root = parse(data)
    ours = {_CORE_TYPE: CORE, _RELATIONSHIPS + "custom-properties": CUSTOM}
    for relation in list(root):
        if relation.get("Type") in ours or "/thumbnail" in relation.get("Type", ""):
            root.remove(relation)
    used = {relation.get("Id") for relation in root}
    for kind, target in ours.items():
        free = next(f"rId{n}" for n in range(1, 10000) if f"rId{n}" not in used)
        used.add(free)
        etree.SubElement(root, _PR + "Relationship", Id=free, Type=kind, Target=target)
    return root


def _xml(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
