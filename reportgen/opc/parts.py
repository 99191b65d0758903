"""The parts of a workbook file: what is not touched stays byte for byte.

Open Packaging Conventions (ECMA-376 part 2): a zip of parts, content types and relationships.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import Any
from urllib.parse import unquote

from lxml import etree

from ..errors import InputError

__all__ = ["MAIN", "REL", "Element", "Parts", "main", "parse"]

Element = Any  # lxml's elements; their stubs do not know all of their methods

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_DEFAULT: Any = {None: _RELATIONS}
_TYPES_PART = "[Content_Types].xml"
_DATE = (1980, 1, 1, 0, 0, 0)


def main(tag: str) -> str:
    """Return a tag of the spreadsheet namespace as lxml writes it."""
    return f"{{{MAIN}}}{tag}"


def parse(data: bytes) -> Element:
    """Parse a part; entities and the network are never followed."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


class Parts:
    """A workbook file taken apart.  Parts handed out as trees are written back on :meth:`pack`."""

    def __init__(self, data: bytes) -> None:
        """Take a file apart.

        Raises:
            InputError: it is no workbook of the .xlsx kind.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self._infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
                self._data = {name: archive.read(name) for name in self._infos}
            self._trees: dict[str, Element] = {}
            self._unchanged: dict[str, bytes] = {}
            self._types = self.tree(_TYPES_PART)
            self.workbook_name = self._find_workbook()
            self.workbook = self.tree(self.workbook_name)
        except (
            zipfile.BadZipFile,
            KeyError,
            etree.XMLSyntaxError,
            RuntimeError,  # raised by zipfile for an encrypted member, or a compression it does not know
        ) as error:
            raise InputError(
                "这个工作簿读不出来，不能做标记。请用 Excel 或 WPS 另存为 .xlsx 后再试。"
            ) from error
        if self.workbook.tag != main("workbook"):
            raise InputError(
                "这个工作簿是“Strict Open XML”格式，不能做标记。请在 Excel 里另存为普通的 .xlsx 后再试。"
            )

    def _find_workbook(self) -> str:
        for relation in self.relations(""):
            if relation.get("Type", "").endswith("/officeDocument"):
                return self._resolve("", relation.get("Target", ""))
        raise KeyError("officeDocument")

    # ---- parts

    def __contains__(self, name: str) -> bool:
        return name in self._data or name in self._trees

    def tree(self, name: str) -> Element:
        """Return a part as a tree to read or change; KeyError if there is none."""
        if name not in self._trees:
            self._trees[name] = parse(self._data[name])
            self._unchanged[name] = _written(self._trees[name])
        return self._trees[name]

    def add(self, name: str, root: Element, content_type: str) -> None:
        """Add a part."""
        self._trees[name] = root
        etree.SubElement(self._types, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=content_type)

    def default_type(self, extension: str, content_type: str) -> None:
        """Say of which type the parts with this file name extension are, unless that is said."""
        for one in self._types.iterfind(f"{{{_TYPES}}}Default"):
            if one.get("Extension", "").lower() == extension:
                return
        one = etree.Element(f"{{{_TYPES}}}Default", Extension=extension, ContentType=content_type)
        self._types.insert(0, one)

    def add_default(self, name: str, root: Element) -> None:
        """Add a part whose type follows from its extension."""
        self._trees[name] = root

    def remove(self, name: str) -> None:
        """Remove a part, its own relationships and its content type."""
        self._forget(name)
        self._forget(_relations_of(name))
        for one in list(self._types.iterfind(f"{{{_TYPES}}}Override")):
            if one.get("PartName", "").lower() == f"/{name}".lower():
                self._types.remove(one)

    def _forget(self, name: str) -> None:
        self._data.pop(name, None)
        self._trees.pop(name, None)
        self._infos.pop(name, None)

    def free_name(self, pattern: str) -> str:
        """Return the first unused name, e.g. of ``xl/comments{}.xml``."""
        taken = {name.lower() for name in (*self._data, *self._trees)}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    # ---- relationships

    def relations(self, owner: str) -> list[Element]:
        """Return the relationships of a part (``""`` is the package)."""
        name = _relations_of(owner)
        return list(self.tree(name)) if name in self else []

    def target(self, owner: str, relation: Element) -> str:
        """Return the name of the part a relationship points at."""
        return self._resolve(owner, relation.get("Target", ""))

    def related(self, owner: str, kind: str) -> str:
        """Return the first part related by ``…/kind``, ``""`` if there is none."""
        for relation in self.relations(owner):
            if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External":
                name = self.target(owner, relation)
                if name in self:
                    return name
        return ""

    def by_id(self, owner: str, relation_id: str) -> str:
        for relation in self.relations(owner):
            if relation.get("Id") == relation_id:
                return self.target(owner, relation)
        return ""

    def relate(self, owner: str, kind: str, name: str) -> str:
        """Add a relationship; returns its id."""
        part = _relations_of(owner)
        if part not in self:
            self._trees[part] = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap=_DEFAULT)
        root = self.tree(part)
        taken = {relation.get("Id") for relation in root}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        etree.SubElement(
            root, f"{{{_RELATIONS}}}Relationship", Id=f"rId{number}", Type=f"{REL}/{kind}", Target=f"/{name}"
        )
        return f"rId{number}"

    def unrelate(self, owner: str, name: str) -> str:
        """Remove the relationship to a part; returns its id."""
        for relation in self.relations(owner):
            if relation.get("TargetMode") != "External" and self.target(owner, relation) == name:
                root = relation.getparent()
                root.remove(relation)
                if not len(root):
                    part = _relations_of(owner)
                    self._forget(part)
                return str(relation.get("Id"))
        return ""

    @staticmethod
    def _resolve(owner: str, target: str) -> str:
        target = unquote(target)
        if target.startswith("/"):
            return target.lstrip("/")
        return posixpath.normpath(posixpath.join(posixpath.dirname(owner), target))

    # ---- out

    def pack(self) -> bytes:
        """Return the file.  Parts keep their order and dates; new ones come last, dated 1980."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in [*self._infos, *(n for n in self._trees if n not in self._infos)]:
                old = self._infos.get(name)
                info = zipfile.ZipInfo(name, old.date_time if old else _DATE)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system = 3  # the same bytes on every system
                archive.writestr(info, self._content(name))
        return out.getvalue()

    def _content(self, name: str) -> bytes:
        if name not in self._trees:
            return self._data[name]
        content = _written(self._trees[name])
        # What was only read keeps even its way of writing XML.
        return self._data[name] if name in self._data and content == self._unchanged.get(name) else content


def _written(tree: Element) -> bytes:
    content: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def _relations_of(name: str) -> str:
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")
