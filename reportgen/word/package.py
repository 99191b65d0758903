"""The template as a package: which parts hold text, and what must not travel into a report."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ..opc.parts import REL, Element, Package
from .faults import TemplateFault, shorten
from .render import CORE, CUSTOM
from .runs import W

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


_LEFT_OUT = {
    "attachedTemplate", "comments", "commentsExtended", "commentsIds", "commentsExtensible", "people", "origin",
    "mailMergeSource", "mailMergeHeaderSource", "recipientData",
}  # fmt: skip
"""Relationships of no use to a report, nor the parts they lead to; ``origin`` is that of digital signatures."""
_SETTINGS = {
    "attachedTemplate": "附加了另一个模板", "linkStyles": "", "trackRevisions": "修订是打开的",
    "documentProtection": "设了编辑限制", "writeProtection": "设了只读或修改密码", "mailMerge": "带有邮件合并的数据源",
}  # fmt: skip
"""Settings that are left out → what to say."""
_COMMENT_MARKS = tuple(W + n for n in ("commentRangeStart", "commentRangeEnd", "commentReference"))


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


def tidy(package: Package, labels: dict[str, str]) -> Iterator[TemplateFault]:
    """Make the package that of a plain document with our own properties, in place.

    Args:
        package: the template.
        labels: of :func:`text_parts`.

    Yields:
        what is not taken over into reports, and what cannot be left out: macros, links to files elsewhere.
    """
    main = next(iter(labels))
    for one in package.declared():
        if one.get("PartName", "").lstrip("/") == main:
            if one.get("ContentType", "") not in _MAIN_TYPES:
                yield _whole("带有宏或不是普通 Word 文档，请另存为 .docx")
            one.set("ContentType", _WORD + "document.main+xml")
    _replace_properties(package)
    if any(name.endswith("vbaProject.bin") for name in package):
        yield _whole("带有宏，请另存为不带宏的 .docx")
    yield from _leave_out_comments(package, labels)
    yield from _leave_out_settings(package, package.related(main, "settings"))
    for owner in list(package.owners()):
        for relation in package.relations(owner):
            kind = relation.get("Type", "").rpartition("/")[2]
            if kind in _LEFT_OUT:
                if relation.get("TargetMode") != "External":
                    package.remove(package.target(owner, relation))
                relation.getparent().remove(relation)
            elif relation.get("TargetMode") == "External" and kind != "hyperlink":
                yield _whole(f"引用了本文件之外的“{relation.get('Target')}”（{kind}），请改为嵌入或去掉")


def is_on(setting: Element | None) -> bool:
    """Tell whether a setting is there and not switched off."""
    if setting is None:
        return False
    return setting.get(W + "enforcement", setting.get(W + "val", "1")) not in ("0", "false", "off")


def _whole(message: str, *, warning: bool = False) -> TemplateFault:
    return TemplateFault("模板文件", "", message, "warning" if warning else "error")


def _leave_out_comments(package: Package, labels: dict[str, str]) -> Iterator[TemplateFault]:
    for name, label in labels.items():
        part = package.related(name, "comments")
        if not part:
            continue
        said = {one.get(W + "id"): "".join(one.itertext()) for one in package.tree(part).iter(W + "comment")}
        for mark in list(package.tree(name).iter(*_COMMENT_MARKS)):
            if mark.tag == W + "commentReference":
                about = next(mark.iterancestors(W + "p"))
                text = shorten("".join(one.text or "" for one in about.iter(W + "t")))
                message = f"批注“{shorten(said.get(mark.get(W + 'id'), ''))}”不会带进报告"
                yield TemplateFault(label, text, message, "warning")
            mark.getparent().remove(mark)


def _leave_out_settings(package: Package, settings: str) -> Iterator[TemplateFault]:
    for one in list(package.tree(settings)) if settings else ():
        name = str(one.tag).rpartition("}")[2]
        if name in _SETTINGS:
            one.getparent().remove(one)
            if _SETTINGS[name] and is_on(one):
                yield _whole(f"{_SETTINGS[name]}，不会带进报告", warning=True)


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
