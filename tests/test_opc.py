"""Office packages: the zip out, XML, parts with their types and relationships."""

from __future__ import annotations

import io
import zipfile

import pytest

from reportgen.errors import InputError
from reportgen.opc.archive import write_zip
from reportgen.opc.parts import REL, Package, Parts, XmlError, parse, written

TYPES = (
    b'<?xml version="1.0"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/>'
    b'<Override PartName="/a/main.xml" ContentType="x/main"/></Types>'
)
RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://x/officeDocument" Target="a/main.xml"/></Relationships>'
)
FILES = {
    "[Content_Types].xml": TYPES,
    "_rels/.rels": RELATIONS,
    "a/main.xml": b"<!-- kept --><main  x = '1'/>",
    "a/picture.png": b"\0\1\2",
}


def test_a_zip_is_the_same_every_time_and_whole() -> None:
    parts = [("\u7532.xml", b"<a/>"), ("b/empty", b""), ("c", b"x" * 100_000)]
    data = write_zip(parts)
    assert write_zip(iter(parts)) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert [(entry.filename, archive.read(entry)) for entry in archive.infolist()] == parts
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert len(data) < 1000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<a", "XML"),
        (b"", "XML"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>", "文档类型声明"),
    ],
)
def test_xml_that_no_office_program_writes(data: bytes, reason: str) -> None:
    for bare in (False, True):
        with pytest.raises(XmlError, match=reason):
            parse(data, bare=bare)


def test_comments_stay_unless_only_elements_are_wanted() -> None:
    data = b"<a><!-- b --><?c d?><e/></a>"
    assert data in written(parse(data))
    assert b"<a><e/></a>" in written(parse(data, bare=True))


def test_what_is_not_changed_stays_byte_for_byte() -> None:
    package = Package(FILES)
    assert package.tree("a/main.xml").get("x") == "1"
    assert {name: package.content(name) for name in package} == FILES
    package.tree("a/main.xml").set("x", "2")
    assert [name for name in package if package.content(name) != FILES[name]] == ["a/main.xml"]
    with pytest.raises(KeyError):
        package.tree("nothing")


def test_relationships() -> None:
    package = Package(FILES)
    assert package.related("", "officeDocument") == "a/main.xml"
    assert package.related("a/main.xml", "comments") == ""
    package.add(package.free_name("a/notes{}.xml"), parse(b"<notes/>"), "x/notes")
    assert package.relate("a/main.xml", "notes", "a/notes1.xml") == "rId1"
    assert package.link("a/main.xml", f"{REL}/more", "../a/picture.png") == "rId2"
    assert package.related("a/main.xml", "notes") == package.by_id("a/main.xml", "rId1") == "a/notes1.xml"
    assert package.by_id("a/main.xml", "rId2") == "a/picture.png"
    assert set(package.owners()) == {"", "a/main.xml"}
    assert [one.get("PartName") for one in package.declared()] == ["/a/main.xml", "/a/notes1.xml"]
    assert package.free_name("a/notes{}.xml") == "a/notes2.xml"
    package.remove("a/notes1.xml")
    package.unrelate("a/main.xml", "a/notes1.xml")
    package.unrelate("a/main.xml", "a/picture.png")
    assert {name: package.content(name) for name in package} == FILES


def test_links_to_elsewhere_lead_to_no_part() -> None:
    outside = RELATIONS.replace(b'Target="a/', b'TargetMode="External" Target="a/')
    assert Package({**FILES, "_rels/.rels": outside}).related("", "officeDocument") == ""


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"[Content_Types].xml": TYPES},
        {**FILES, "a/main.xml": b"<main"},
        {**FILES, "[Content_Types].xml": b"<"},
        FILES,
    ],
)
def test_files_that_are_not_workbooks(files: dict[str, bytes]) -> None:
    with pytest.raises(InputError, match="不能做标记"):
        Parts(write_zip(files.items()))
