"""Document properties: what a report is, where its figures come from and how they were checked."""

from __future__ import annotations

from collections.abc import Mapping

from .fill import printable

__all__ = ["CORE", "CUSTOM", "core_xml", "custom_xml"]

CORE, CUSTOM = "docProps/core.xml", "docProps/custom.xml"
"""Names of the parts."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_USER_PROPERTIES = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""The set of user-defined properties ([MS-OLEPS] 2.25.3); its ids begin at 2."""


def _escape(text: str) -> str:
    # Not xml.sax.saxutils: it loads all of urllib and http.
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;")


def core_xml(title: str, author: str, year: int) -> bytes:
    """Return ``docProps/core.xml``.

    Args:
        title: the report's full title.
        author: the body.
        year: the data year.  Both dates are the first day of the year after it: the day itself
            would make two runs differ.
    """
    author = _escape(author)
    date = f'xsi:type="dcterms:W3CDTF">{year + 1:04d}-01-01T00:00:00Z'
    return (
        f"{_HEAD}<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_escape(title)}</dc:title><dc:creator>{author}</dc:creator>"
        f"<cp:lastModifiedBy>{author}</cp:lastModifiedBy>"
        f"<dcterms:created {date}</dcterms:created><dcterms:modified {date}</dcterms:modified>"
        "</cp:coreProperties>"
    ).encode()


def custom_xml(properties: Mapping[str, str]) -> bytes:
    """Return ``docProps/custom.xml`` with these properties, all text."""
    items = "".join(
        f'<property fmtid="{_USER_PROPERTIES}" pid="{pid}" name="{_escape(name)}">'
        f"<vt:lpwstr>{_escape(value)}</vt:lpwstr></property>"
        for pid, (name, value) in enumerate(properties.items(), 2)
    )
    return (
        f'{_HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{items}</Properties>"
    ).encode()
