"""XML of office files as trees, to be changed and written back: no entities, nothing fetched."""

from __future__ import annotations

from typing import Any, TypeAlias

from lxml import etree

__all__ = ["Element", "XmlError", "parse", "written"]

Element: TypeAlias = Any
"""An lxml element; its stubs do not know all of the methods."""


class XmlError(ValueError):
    """XML that no office program writes; ``str()`` is the Chinese reason."""


def parse(data: bytes, *, bare: bool = False) -> Element:
    """Parse a part.

    Args:
        data: its content.
        bare: leave out comments and processing instructions.

    Raises:
        XmlError: not well-formed, or with a document type declaration.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=bare, remove_pis=bare
    )
    try:
        root: Element = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise XmlError(f"内部的 XML 有误（{error}）") from error
    if root.getroottree().docinfo.doctype:
        raise XmlError("内部的 XML 带有文档类型声明，不像是办公软件写出的文件")
    return root


def written(root: Element) -> bytes:
    """Return a tree as office programs write it: UTF-8, with a declaration, standalone."""
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content
