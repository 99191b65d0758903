"""What a file is, by its content; and what to tell the user when it cannot be read."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import InputError
from reportgen.opc import archive
from reportgen.sources import open_document
from reportgen.sources.sniff import KIND_NAMES, kind_of, refusal

KINDS = Path(__file__).with_name("data") / "kinds"
PACKAGE = "application/vnd.openxmlformats-officedocument."


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def office(main: str, **parts: bytes) -> bytes:
    types = f'<Types><Override PartName="/x" ContentType="{main}"/></Types>'.encode()
    return packed({"[Content_Types].xml": types, **{k.replace("__", "/") + ".xml": v for k, v in parts.items()}})


XLSX = office(PACKAGE + "spreadsheetml.sheet.main+xml", xl__workbook=b"<workbook/>" * 30)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("xlsx", XLSX),
        ("xlsm", office("application/vnd.ms-excel.sheet.macroEnabled.main+xml")),
        ("xltx", office(PACKAGE + "spreadsheetml.template.main+xml")),
        ("xlsb", office("application/vnd.ms-excel.sheet.binary.macroEnabled.main")),
        ("docx", office(PACKAGE + "wordprocessingml.document.main+xml", word__document=b"<w/>")),
        ("dotx", office(PACKAGE + "wordprocessingml.template.main+xml")),
        ("pptx", office(PACKAGE + "presentationml.presentation.main+xml")),
        ("unknown", office("application/else")),
        ("xls", (KINDS / "legacy.xls").read_bytes()),
        ("doc", (KINDS / "legacy.doc").read_bytes()),
        ("ods", packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})),
        ("odt", packed({"mimetype": b"application/vnd.oasis.opendocument.text"})),
        ("ofd", packed({"OFD.xml": b"<ofd/>"})),
        ("archive", packed({"甲.xlsx": XLSX})),
        ("archive", b"Rar!\x1a\x07\x00rest"),
        ("html", "<table><tr><td>数量</td></tr></table>".encode("gb18030")),
        ("html", b"\xef\xbb\xbf\r\n<!DOCTYPE html><html></html>"),
        ("html", "<html><body>甲</body></html>".encode("utf-16")),
        ("html", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>'),
        ("mht", b"From: <x>\r\nSubject: y\r\n z\r\nMIME-Version: 1.0\r\n\r\n<html>"),
        ("xml-excel", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
        ("fods", b'<?xml version="1.0"?><office:d a="application/vnd.oasis.opendocument.spreadsheet">'),
        ("uof", b'<?xml version="1.0"?><uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof">'),
        ("pdf", b"%PDF-1.7\n"),
        ("pdf", b"junk\n%PDF-1.4\n"),
        ("rtf", b"{\\rtf1 x}"),
        ("image", b"\x89PNG\r\n\x1a\n....."),
        ("json", '\ufeff {"values": {}}'.encode()),
        ("text", "甲,乙\n1,2\n".encode("gb18030")),
        ("unknown", b"\x7fELF\x02\x01\x01\0\0"),
    ],
)  # fmt: skip
def test_kinds(kind: str, data: bytes) -> None:
    assert kind_of("任意.bin", data) == kind
    assert kind in KIND_NAMES


def test_csv_is_text_of_that_name() -> None:
    assert kind_of("甲.CSV", "甲,1\n".encode()) == "csv"


@pytest.mark.parametrize(
    ("words", "data"),
    [
        ("设了打开密码", (KINDS / "password.xlsx").read_bytes()),
        ("已损坏或没有下载完", XLSX[:-40]),
        ("已损坏或没有下载完", XLSX[:60]),
        ("已损坏或没有下载完", b"PK"),
        ("已损坏或没有下载完", XLSX.replace(XLSX[60:80], b"\0" * 20, 1)),
        ("内容全是空字节", b"\0" * 5000),
        ("找不到工作簿或文档", (KINDS / "legacy.xls").read_bytes().replace(b"W\0o\0r\0k\0b\0", b"\0" * 10)),
        ("Strict Open XML", office(PACKAGE + "wordprocessingml.document.main+xml",
                                   word__document=b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wm/main"/>')),
    ],
    ids=["password", "cut at the end", "cut at the start", "two bytes", "overwritten", "empty", "no book", "strict"],
)  # fmt: skip
def test_refused_with_advice(words: str, data: bytes) -> None:
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        kind_of("目录/甲.xlsx", data)
    assert str(caught.value).startswith("“甲.xlsx”")
    assert "请" in str(caught.value)


def test_same_part_twice_is_damage() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("[Content_Types].xml", b"2")
    with pytest.raises(InputError, match="已损坏"):
        kind_of("甲.xlsx", buffer.getvalue())


def test_encrypted_zip() -> None:
    data = bytearray(packed({"甲.xlsx": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match="加了密码的压缩包"):
        kind_of("甲.zip", bytes(data))


def test_zip_bombs_are_refused_by_their_directory() -> None:
    bomb = packed({"xl/worksheets/sheet1.xml": b"\0" * (archive.RATIO_FREE_BYTES + 1)})
    assert len(bomb) < 20_000
    with pytest.raises(InputError, match="压缩比超过"):
        kind_of("甲.xlsx", bomb)
    many = packed({f"p{n}": b"" for n in range(archive.MAX_ENTRIES + 1)})
    with pytest.raises(InputError, match="4001 个部件"):
        kind_of("甲.xlsx", many)
    entry = zipfile.ZipInfo("p")
    entry.file_size = entry.compress_size = archive.MAX_UNPACKED_BYTES // 2 + 1
    with pytest.raises(InputError, match="解开后有 200 MB"):
        archive.check_entries("“甲.xlsx”", [entry, entry])


def test_lying_directory_does_not_unpack_more_than_announced() -> None:
    data = bytearray(packed({"mimetype": b"\0" * 1_000_000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(InputError, match="已损坏"):
        kind_of("甲.ods", bytes(data))


def test_ratio_of_a_large_honest_sheet_passes() -> None:
    row = b'<row r="%d"><c r="A%d" s="3"/><c r="B%d" s="3"/></row>'
    sheet = b"".join(row % (n, n, n) for n in range(150_000))
    assert len(sheet) > archive.RATIO_FREE_BYTES
    assert kind_of("甲.xlsx", office(PACKAGE + "spreadsheetml.sheet.main+xml", sheet=sheet)) == "xlsx"


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("甲.xls", "xls", "“甲.xls”是旧版 Excel 工作簿"),
        ("甲.et", "xls", "“甲.et”是旧版 Excel 工作簿"),
        ("甲.xlsx", "xls", "扩展名是 .xlsx，内容其实是旧版 Excel"),
        ("甲.xls", "html", "扩展名是 .xls，内容其实是网页（.html），这里不能读。请用 Excel 或 WPS 打开它"),
        ("甲.html", "html", "可以读的有：Excel 工作簿（.xlsx）、Word 文档（.docx）"),
        ("甲.wps", "doc", "“另存为”Word 文档（.docx）"),
        ("甲.zip", "archive", "请先解压"),
        ("甲.jpg", "image", "图片里的数字无法可靠读取"),
        ("甲", "unknown", "“甲”不是办公文件，或已损坏"),
        ("甲", "pdf", "“甲”是PDF 文档"),
    ],
)
def test_refusal_says_what_and_what_to_do(name: str, kind: str, words: str) -> None:
    assert words in str(refusal(name, kind, ["docx", "xlsx"]))


def test_open_document_refuses_by_content(tmp_path: Path) -> None:
    renamed = tmp_path / "数据.xlsx"
    renamed.write_bytes((KINDS / "legacy.xls").read_bytes())
    with pytest.raises(InputError, match=r"内容其实是旧版 Excel.*只改扩展名没有用"):
        open_document(renamed, ["xlsx"])


def kind_or_message(data: bytes) -> str:
    try:
        return kind_of("甲.xlsx", data)
    except InputError as error:
        return str(error)


@given(st.binary(min_size=1))
def test_any_bytes_are_a_kind_or_an_input_error(data: bytes) -> None:
    for head in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<"):
        told = kind_or_message(head + data)
        assert told in KIND_NAMES or "“甲.xlsx”" in told


@given(st.integers(0, len(XLSX) - 1), st.integers(0, 255))
def test_one_wrong_byte_is_a_kind_or_an_input_error(at: int, value: int) -> None:
    data = bytearray(XLSX)
    data[at] = value
    told = kind_or_message(bytes(data))
    assert told in KIND_NAMES or "请" in told
