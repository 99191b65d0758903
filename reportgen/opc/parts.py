"""The parts of an office file: what is not touched stays byte for byte.

Open Packaging Conventions (ECMA-376 part 2): a zip of parts, content types and relationships.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from lxml import etree

from ..errors import InputError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_DEFAULT: Any = {None: _RELATIONS}
_TYPES_PART = "[Content_Types].xml"
_UNREADABLE = "这个工作簿读不出来，不能做标记。请用 Excel 或 WPS 另存为 .xlsx 后再试。"
_DATE = (1980, 1, 1, 0, 0, 0)

Element: TypeAlias = Any
"""An lxml element; its stubs do not know all of the methods."""


class XmlError(ValueError):
    """XML that no office program writes; ``str()`` is the Chinese reason."""


def parse(data: bytes, *, bare: bool = False) -> Element:
    """Parse a part.

    Args:
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


def text_of(element: Element, tag: str) -> str:
    """Return the text of all elements of a tag inside an element."""
    return "".join(one.text or "" for one in element.iter(tag))


def main(tag: str) -> str:
    """Return a tag of the spreadsheet namespace as lxml writes it."""
    return f"{{{MAIN}}}{tag}"


class Package:
    """An office file taken apart.  Parts handed out as trees are written anew if they were changed."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """``files``: name → content of every part.

        Raises:
            KeyError: it has no content types.
            XmlError: these are not XML.
        """
        self._data = dict(files)
        self._trees: dict[str, Element] = {}
        self._unchanged: dict[str, bytes] = {}
        self._types = self.tree(_TYPES_PART)

    # ---- parts

    def __contains__(self, name: str) -> bool:
        return name in self._data or name in self._trees

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all parts, new ones last."""
        yield from self._data
        yield from (name for name in self._trees if name not in self._data)

    def tree(self, name: str) -> Element:
        """Return a part as a tree to read or change.

        Raises:
            KeyError: there is none.
            XmlError: it is not XML.
        """
        if name not in self._trees:
            self._trees[name] = parse(self._data[name])
            self._unchanged[name] = written(self._trees[name])
        return self._trees[name]

    def content(self, name: str) -> bytes:
        """Return a part as it is now; what was only read keeps even its way of writing XML."""
        if name not in self._trees:
            return self._data[name]
        content = written(self._trees[name])
        return self._data[name] if name in self._data and content == self._unchanged.get(name) else content

    def add(self, name: str, root: Element, content_type: str = "") -> None:
        """Add a part; without a content type it is of the one that follows from its extension."""
        self._trees[name] = root
        if content_type:
            self.declare(name, content_type)

    def put(self, name: str, content: bytes) -> None:
        """Add a part as it stands, whose type follows from its extension."""
        self._data[name] = content

    def remove(self, name: str) -> None:
        """Remove a part, its own relationships and its content type."""
        self._forget(name)
        self._forget(_relations_of(name))
        for one in self.declared():
            if one.get("PartName", "").lower() == f"/{name}".lower():
                self._types.remove(one)

    def _forget(self, name: str) -> None:
        self._data.pop(name, None)
        self._trees.pop(name, None)

    def free_name(self, pattern: str) -> str:
        """Return the first unused name, e.g. of ``xl/comments{}.xml``."""
        taken = {name.lower() for name in self}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    # ---- content types

    def declared(self) -> list[Element]:
        """Return what says of which type a part is: elements with ``PartName`` and ``ContentType``."""
        return list(self._types.iterfind(f"{{{_TYPES}}}Override"))

    def declare(self, name: str, content_type: str) -> None:
        """Say of which type a part is."""
        etree.SubElement(self._types, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=content_type)

    def default_type(self, extension: str, content_type: str) -> None:
        """Say of which type the parts with this file name extension are, unless that is said."""
        tag = f"{{{_TYPES}}}Default"
        if not any(one.get("Extension", "").lower() == extension for one in self._types.iterfind(tag)):
            self._types.insert(0, etree.Element(tag, Extension=extension, ContentType=content_type))

    # ---- relationships

    def owners(self) -> Iterator[str]:
        """Yield the names of all parts that have relationships; ``""`` is the package."""
        for name in self:
            folder, base = posixpath.split(name)
            if base.endswith(".rels") and posixpath.basename(folder) == "_rels":
                yield posixpath.join(posixpath.dirname(folder), base.removesuffix(".rels"))

    def relations(self, owner: str) -> list[Element]:
        """Return the relationships of a part (``""`` is the package)."""
        name = _relations_of(owner)
        return list(self.tree(name)) if name in self else []

    def target(self, owner: str, relation: Element) -> str:
        """Return the name of the part a relationship points at."""
        target = unquote(relation.get("Target", ""))
        if target.startswith("/"):
            return target.lstrip("/")
        return posixpath.normpath(posixpath.join(posixpath.dirname(owner), target))

    def related(self, owner: str, kind: str) -> str:
        """Return the first part related by ``…/kind``, ``""`` if there is none."""
        for relation in self.relations(owner):
            if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External":
                name = self.target(owner, relation)
                if name in self:
                    return name
        return ""

    def by_id(self, owner: str, relation_id: str) -> str:
        """Return the part that a relationship of this id points at, ``""`` if there is none."""
        for relation in self.relations(owner):
            if relation.get("Id") == relation_id:
                return self.target(owner, relation)
        return ""

    def relate(self, owner: str, kind: str, name: str) -> str:
        """Add a relationship ``…/kind`` to a part; returns its id."""
        return self.link(owner, f"{REL}/{kind}", f"/{name}")

    def link(self, owner: str, kind: str, target: str) -> str:
        """Add a relationship; returns its id.

        Args:
            owner: the part it belongs to, ``""`` for the package.
            kind: its type, a URI.
            target: what it points at, as it is to be written.
        """
        part = _relations_of(owner)
        if part not in self:
            self._trees[part] = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap=_DEFAULT)
        root = self.tree(part)
        taken = {relation.get("Id") for relation in root}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", Id=f"rId{number}", Type=kind, Target=target)
        return f"rId{number}"

    def unrelate(self, owner: str, name: str) -> None:
        """Remove the relationship to a part."""
        for relation in self.relations(owner):
            if relation.get("TargetMode") != "External" and self.target(owner, relation) == name:
                root = relation.getparent()
                root.remove(relation)
                if not len(root):
                    self._forget(_relations_of(owner))
                return


class Parts(Package):
    """A workbook file taken apart."""

    def __init__(self, data: bytes) -> None:
        """Take a file apart.

        Raises:
            InputError: it is not a workbook of the .xlsx kind.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                infos = [info for info in archive.infolist() if not info.is_dir()]
                self._dates = {info.filename: info.date_time for info in infos}
                super().__init__({info.filename: archive.read(info) for info in infos})
            self.workbook_name = self.related("", "officeDocument")
            self.workbook = self.tree(self.workbook_name)
        except (zipfile.BadZipFile, KeyError, RuntimeError) as error:  # RuntimeError: encrypted, or packed otherwise
            raise InputError(_UNREADABLE) from error
        if self.workbook.tag != main("workbook"):
            raise InputError("这个工作簿是“Strict Open XML”格式，不能做标记。请在 Excel 里另存为普通的 .xlsx 后再试。")

    def tree(self, name: str) -> Element:
        """Return a part as a tree to read or change.

        Raises:
            KeyError: there is none.
            InputError: it is not XML.
        """
        try:
            return super().tree(name)
        except XmlError as error:
            raise InputError(_UNREADABLE) from error

    def pack(self) -> bytes:
        """Return the file.  Parts keep their order and dates; new ones come last, dated 1980."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in self:
                info = zipfile.ZipInfo(name, self._dates[name] if name in self._data else _DATE)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system = 3  # the same bytes on every system
                archive.writestr(info, self.content(name))
        return out.getvalue()


def _relations_of(name: str) -> str:
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")
