"""The template as a package: which parts hold text, what must not travel into a report, and what goes wrong outside of tags.

The latter is what Word does with a document that nobody sees coming: tags in places that are not filled, figures that
are nobody's, pictures that would be cut off, headers that stand on every other page only.  A fault says where it is: by
its paragraph's text, or that of the one before.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import chain
from urllib.parse import unquote

from ..opc.parts import REL, Element, Package, text_of
from .faults import TemplateFault, shorten
from .render import CORE, CUSTOM
from .runs import EMU, W
from .tags import find_tags

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


_R = f"{{{REL}}}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_INLINE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}inline"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_SHAPE = "{urn:schemas-microsoft-com:vml}shape"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"
_PARAGRAPHS = (W + "p", _A + "p")
_UNFILLED = {
    "instrText": "域代码", "fldSimple": "域代码", "docPr": "图形的替代文字", "cNvPr": "图形的替代文字",
    "shape": "图形的替代文字", "textpath": "艺术字", "t": "公式或图形", "alias": "内容控件的属性",
    "tag": "内容控件的属性", "lvlText": "自动编号", "tblCaption": "表格的替代文字", "tblDescription": "表格的替代文字",
}  # fmt: skip
"""Name of an element that may hold a tag but is not filled → what people call it."""
_FOLDERS = {"charts": "图表", "diagrams": "SmartArt 图形", "docProps": "文档属性"}
_ELSEWHERE = ("customXml/", "word/glossary/", "docProps/core.xml", "docProps/custom.xml", "[Content_Types].xml")
"""Parts that print nothing, or are made anew for each report."""
_FOREIGN = (
    (_CHART, "图表里的数不会换成报告的数，也不会被核对，请去掉"),
    (_OLE, "嵌入的对象里的数不会换成报告的数，也不会被核对，请去掉或换成图片"),
    (W + "altChunk", "嵌入了另一个文件，里面的内容不会被核对，请改为直接写在这里"),
    (W + "subDoc", "引用了子文档，里面的内容不会被核对，请改为直接写在这里"),
)
_FIXED_YEAR = re.compile(r"(?:19|20)\d\d\s*年")
_FETCHING = {"INCLUDETEXT", "INCLUDEPICTURE", "LINK", "DDE", "DDEAUTO", "DATABASE"}
_CHANGING = {"DATE", "TIME", "SAVEDATE", "PRINTDATE", "CREATEDATE", "EDITTIME", "FILENAME", "AUTHOR", "LASTSAVEDBY",
             "MERGEFIELD", "ASK", "FILLIN"}  # fmt: skip
_LENGTH = re.compile(r"(?:^|;)\s*height:\s*(\d+(?:\.\d+)?)\s*(pt|in|cm|mm|px)")
_TWIPS = {"pt": 20.0, "in": 1440.0, "cm": 567.0, "mm": 56.7, "px": 15.0}
_PAGES = {"default": "单页", "even": "双页"}


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


def _is_on(setting: Element | None) -> bool:
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
                text = shorten(text_of(about, W + "t"))
                message = f"批注“{shorten(said.get(mark.get(W + 'id'), ''))}”不会带进报告"
                yield TemplateFault(label, text, message, "warning")
            mark.getparent().remove(mark)


def _leave_out_settings(package: Package, settings: str) -> Iterator[TemplateFault]:
    for one in list(package.tree(settings)) if settings else ():
        name = str(one.tag).rpartition("}")[2]
        if name in _SETTINGS:
            one.getparent().remove(one)
            if _SETTINGS[name] and _is_on(one):
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


def pitfalls(package: Package, labels: dict[str, str]) -> Iterator[TemplateFault]:
    """Yield what is wrong with a template outside of its tags.

    Args:
        labels: its parts that hold text, main document first, with their Chinese names.
    """
    main = next(iter(labels))
    styles = package.related(main, "styles")
    pitches = _Pitches(package.tree(styles) if styles else None)
    for name, label in labels.items():
        root = package.tree(name)
        for tag, message in _FOREIGN:
            yield from (TemplateFault(label, _place(element), message) for element in root.iter(tag))
        yield from _fields(root, label)
        yield from _cut_off(root, label, pitches)
        yield from _low_rows(root, label)
        if name != main:
            yield from _fixed_numbers(root, label)
    yield from _drawn_numbers(package)
    yield from dict.fromkeys(chain(_stray_tags(package, labels), _tagged_links(package, labels)))
    yield from _uneven_pages(package, main)


# ---------------------------------------------------------------- tags that are not filled


def _stray_tags(package: Package, labels: dict[str, str]) -> Iterator[TemplateFault]:
    for name in package:
        if not name.endswith(".xml") or name.startswith(_ELSEWHERE) or not _has_brace(package.content(name)):
            continue
        label = labels.get(name) or _FOLDERS.get(posixpath.dirname(name).split("/")[-1]) or posixpath.basename(name)
        for element, text in _unfilled(package.tree(name)):
            what = _UNFILLED.get(str(element.tag).rpartition("}")[2], label) if name in labels else label
            for tag in find_tags(text):
                message = f"{tag.raw} 写在{what}里，不会换成内容，请删去，或写到文字里"
                yield TemplateFault(label, _place(element), message)


def _has_brace(xml: bytes) -> bool:
    return b"{" in xml or "｛".encode() in xml or b"&#" in xml


def _unfilled(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield what an element says by attributes or, for a whole paragraph, by text that is not the paragraph's own."""
    said: dict[tuple[Element, str], list[Element]] = {}
    for element in root.iter("*"):
        for value in element.attrib.values():
            if "{" in value or "｛" in value:
                yield element, value
        if element.text and element.tag != W + "t":
            paragraph = next(element.iterancestors(*_PARAGRAPHS), None)
            said.setdefault((paragraph, element.tag), []).append(element)
    for elements in said.values():
        yield elements[0], "".join(element.text for element in elements)


def _tagged_links(package: Package, labels: dict[str, str]) -> Iterator[TemplateFault]:
    for owner in list(package.owners()):
        for relation in package.relations(owner):
            target = unquote(relation.get("Target", ""))
            if owner in package and relation.get("TargetMode") == "External" and (tags := find_tags(target)):
                users = (one for one in package.tree(owner).iter("*") if one.get(_R + "id") == relation.get("Id"))
                message = f"{tags[0].raw} 写在链接的地址里，不会换成内容，请改为固定的地址，或去掉链接"
                yield TemplateFault(labels.get(owner, owner), _place(next(users, None)), message)


# ---------------------------------------------------------------- figures and texts of somebody else


def _fixed_numbers(root: Element, label: str) -> Iterator[TemplateFault]:
    """Numbers typed into headers, footers and notes: nothing compares them, and next year they are the same."""
    for paragraph in root.iter(W + "p"):
        text = said = "".join(_typed(paragraph))
        for tag in find_tags(said):
            text = text.replace(tag.raw, "")
        if _FIXED_YEAR.search(text):
            message = "年份写死了，明年不会跟着变，请改写成 {{ 年份 }}年"
            yield TemplateFault(label, shorten(said), message)
        elif re.search(r"\d", text):
            message = "这里的数字是固定的，不会跟着报告变，也不会被核对，请确认每年都对"
            yield TemplateFault(label, shorten(said), message, "warning")


def _typed(paragraph: Element) -> Iterator[str]:
    """Yield the texts of a paragraph but for results of fields, such as the number of the page."""
    depth = 0
    for element in paragraph.iter(W + "fldChar", W + "t"):
        if element.tag == W + "fldChar":
            depth += {"begin": 1, "end": -1}.get(element.get(W + "fldCharType", ""), 0)
        elif not depth and next(element.iterancestors(W + "fldSimple"), None) is None:
            yield element.text or ""


def _drawn_numbers(package: Package) -> Iterator[TemplateFault]:
    for name in package:
        if "/diagrams/data" in name:
            texts = (text_of(p, _A + "t") for p in package.tree(name).iter(_A + "p"))
            for text in texts:
                if re.search(r"\d", text) and not find_tags(text):
                    message = "SmartArt 图形里的数字不会换成报告的数，也不会被核对，请去掉或写到文字里"
                    yield TemplateFault("SmartArt 图形", shorten(text), message)


def _fields(root: Element, label: str) -> Iterator[TemplateFault]:
    """Fields that fetch something, or say something else each time the report is opened."""
    for element in root.iter(W + "instrText", W + "fldSimple"):
        field = ((element.get(W + "instr") or element.text or "").split() or [""])[0].upper()
        if field in _FETCHING:
            message = f"域代码 {field} 会取本文件之外的内容，请改为直接写在这里"
            yield TemplateFault(label, _place(element), message)
        elif field in _CHANGING:
            message = f"域代码 {field} 的结果会随打开的时间和电脑改变，请改为标签或固定的文字"
            yield TemplateFault(label, _place(element), message, "warning")


# ---------------------------------------------------------------- looks


class _Pitches:
    """The exact line pitch of paragraphs, in twips."""

    def __init__(self, styles: Element | None) -> None:
        self._styles: dict[str | None, Element] = {}
        self._default: str | None = None
        self._base: dict[str, str] = {}
        if styles is None:
            return
        self._base = _spacing(styles.find(f"{W}docDefaults/{W}pPrDefault"))
        for style in styles.iterfind(W + "style"):
            self._styles[style.get(W + "styleId")] = style
            if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true", "on"):
                self._default = style.get(W + "styleId")

    def exact(self, paragraph: Element) -> int:
        """Return the pitch, 0 if lines grow with what they hold."""
        own = paragraph.find(f"{W}pPr/{W}pStyle")
        spacing = self._base | self._of(self._default if own is None else own.get(W + "val")) | _spacing(paragraph)
        line = spacing.get(W + "line", "")
        return int(line) if spacing.get(W + "lineRule") == "exact" and line.isdecimal() else 0

    def _of(self, style_id: str | None, depth: int = 0) -> dict[str, str]:
        style = self._styles.get(style_id)
        if style is None or depth > len(self._styles):
            return {}
        based = style.find(W + "basedOn")
        return ({} if based is None else self._of(based.get(W + "val"), depth + 1)) | _spacing(style)


def _spacing(element: Element | None) -> dict[str, str]:
    found = None if element is None else element.find(f"{W}pPr/{W}spacing")
    return {} if found is None else dict(found.attrib)


def _cut_off(root: Element, label: str, pitches: _Pitches) -> Iterator[TemplateFault]:
    """Pictures in the text that are higher than the exact pitch of their line."""
    for picture in root.iter(_INLINE, _SHAPE):
        height, paragraph = _height(picture), next(picture.iterancestors(W + "p"), None)
        pitch = 0 if paragraph is None else pitches.exact(paragraph)
        if pitch and height > pitch:
            message = (
                f"图片高 {height / _TWIPS['cm']:.1f} 厘米，这一段的行距却是固定值 {pitch / 20:g} 磅，只会露出一条；"
                "请把这一段的行距改为“单倍行距”"
            )
            yield TemplateFault(label, _place(picture), message, "warning")


def _low_rows(root: Element, label: str) -> Iterator[TemplateFault]:
    """Rows of an exact height: what has no room in them is cut off."""
    for height in root.iter(W + "trHeight"):
        if height.get(W + "hRule") == "exact":
            row = next(height.iterancestors(W + "tr"))
            twips = height.get(W + "val", "0")
            message = (
                f"这一行的行高是固定值 {int(twips) / 20 if twips.isdecimal() else 0:g} 磅，放不下的会被截掉；"
                "请把行高改为“最小值”"
            )
            yield TemplateFault(label, shorten(text_of(row, W + "t")), message, "warning")


def _height(picture: Element) -> float:
    """Return the height in twips of a picture that stands in a line, 0 for one that floats."""
    if picture.tag == _INLINE:
        extent = picture.find(_INLINE.replace("inline", "extent"))
        height = "0" if extent is None else extent.get("cy", "0")
        return int(height) / EMU if height.isdecimal() else 0
    style = picture.get("style", "")
    found = _LENGTH.search(style)
    return float(found[1]) * _TWIPS[found[2]] if found and "absolute" not in style else 0


def _uneven_pages(package: Package, main: str) -> Iterator[TemplateFault]:
    """What stands in the header (footer) of some pages only, and pages of a draft without its mark."""
    settings = package.related(main, "settings")
    uneven = bool(settings) and _is_on(package.tree(settings).find(W + "evenAndOddHeaders"))
    for section in package.tree(main).iter(W + "sectPr"):
        for name, what in (("headerReference", "页眉"), ("footerReference", "页脚")):
            parts = {one.get(W + "type"): package.by_id(main, one.get(_R + "id", "")) for one in section.iter(W + name)}
            if not uneven or not parts:
                continue
            said = {kind: _said(package, parts.get(kind, "")) for kind in ("default", "even")}
            for kind, other in (("default", "even"), ("even", "default")):
                if extra := [one for one in said[kind] if one not in said[other]]:
                    message = (
                        f"“{shorten(extra[0])}”只在{_PAGES[kind]}的{what}里，{_PAGES[other]}的{what}里没有："
                        f"这个文档单双页的{what}是分开的，两处都要写（或在“页面设置”里去掉“奇偶页不同”）"
                    )
                    yield TemplateFault(what, "", message, "warning")


def _said(package: Package, part: str) -> list[str]:
    """Return the texts of a header or footer, and ``图片`` for each picture."""
    if not part or part not in package:
        return []
    root = package.tree(part)
    texts = [
        re.sub(r"\d+|\s+", "", text_of(paragraph, W + "t")) for paragraph in root.iter(W + "p")
    ]  # page numbers differ
    return [text for text in texts if text] + ["图片" for _ in root.iter(_INLINE, _INLINE.replace("inline", "anchor"))]


# ---------------------------------------------------------------- places


def _place(element: Element | None) -> str:
    """Return the text of the paragraph that something stands in, or of the nearest one before that has any."""
    if element is None:
        return ""
    own = next(element.iterancestors(W + "p"), None)
    if own is not None and (text := text_of(own, W + "t").strip()):
        return shorten(text)
    namespaces = {"w": W[1:-1]}
    before, after = (element.xpath(f"{axis}::w:p", namespaces=namespaces) for axis in ("preceding", "following"))
    texts = (text_of(paragraph, W + "t") for paragraph in (*reversed(before), *after))
    return next((shorten(text) for text in texts if text.strip() and not find_tags(text)), "")
