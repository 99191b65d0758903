"""What kind of file it is, by its content: names lie.

Clerks rename ``.xls`` to ``.xlsx``, web systems hand out HTML tables as ``.xls``, WPS writes ``.et``
in two formats.  A file that is damaged, locked by a password or empty of sense is refused here, with
what to do; what the reader cannot read is refused by :func:`refusal`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..disk.names import shown_name
from ..errors import InputError
from ..opc.archive import unpack

KIND_NAMES = {
    "xlsx": "Excel 工作簿（.xlsx）",
    "xlsm": "带宏的 Excel 工作簿（.xlsm）",
    "xltx": "Excel 模板（.xltx）",
    "xltm": "带宏的 Excel 模板（.xltm）",
    "xlsb": "Excel 二进制工作簿（.xlsb）",
    "xls": "旧版 Excel 工作簿（.xls，或 WPS 的 .et）",
    "xml-excel": "XML 电子表格 2003（.xml）",
    "ods": "OpenDocument 电子表格（.ods）",
    "fods": "单文件 OpenDocument 电子表格（.fods）",
    "csv": "文本表格（.csv）",
    "docx": "Word 文档（.docx）",
    "docm": "带宏的 Word 文档（.docm）",
    "dotx": "Word 模板（.dotx）",
    "dotm": "带宏的 Word 模板（.dotm）",
    "doc": "旧版 Word 文档（.doc，或 WPS 的 .wps）",
    "xml-word": "XML 格式的 Word 文档（.xml）",
    "odt": "OpenDocument 文本（.odt）",
    "fodt": "单文件 OpenDocument 文本（.fodt）",
    "rtf": "RTF 文档",
    "pptx": "演示文稿（.pptx）",
    "ppt": "旧版演示文稿（.ppt）",
    "html": "网页（.html）",
    "mht": "单个文件网页（.mht）",
    "pdf": "PDF 文档",
    "ofd": "OFD 版式文档",
    "uof": "“标文通”（UOF）文档",
    "json": "JSON 数据",
    "text": "纯文本文件",
    "image": "图片",
    "archive": "压缩包",
    "unknown": "无法识别的文件",
}
"""Every kind :func:`kind_of` returns, as a user reads it."""

_SHEETS = {"xlsm", "xltx", "xltm", "xlsb", "xls", "xml-excel", "ods", "fods", "csv", "uof"}
_TEXTS = {"docm", "dotx", "dotm", "doc", "xml-word", "odt", "fodt", "rtf"}
_SUFFIXES = {
    "xls": {".xls", ".et", ".xlt", ".ett"}, "doc": {".doc", ".wps", ".dot", ".wpt"},
    "html": {".html", ".htm"}, "mht": {".mht", ".mhtml"},
    "image": {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff"},
    "text": {".txt"}, "xml-excel": {".xml"}, "xml-word": {".xml"}, "archive": {".zip", ".rar", ".7z", ".gz"},
}  # fmt: skip
"""Suffixes a kind normally has, where they are not the kind's own name."""

_MAIN_PARTS = {
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml": "xlsm",
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": "xltx",
    b"application/vnd.ms-excel.template.macroEnabled.main+xml": "xltm",
    b"application/vnd.ms-excel.sheet.binary.macroEnabled.main": "xlsb",
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    b"application/vnd.ms-word.document.macroEnabled.main+xml": "docm",
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml": "dotx",
    b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml": "dotm",
    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
_ODF = {b"application/vnd.oasis.opendocument.spreadsheet": "ods", b"application/vnd.oasis.opendocument.text": "odt"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {
    "EncryptedPackage": "encrypted", "Workbook": "xls", "Book": "xls", "WordDocument": "doc",
    "PowerPoint Document": "ppt",
}  # fmt: skip
_MAGIC = (
    (b"%PDF-", "pdf"), (b"{\\rtf", "rtf"), (b"\x89PNG\r\n\x1a\n", "image"), (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"), (b"II*\0", "image"), (b"MM\0*", "image"),
    (b"Rar!\x1a\x07", "archive"), (b"7z\xbc\xaf\x27\x1c", "archive"), (b"\x1f\x8b", "archive"),
)  # fmt: skip
_TYPES = "[Content_Types].xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
_HEAD = 4096


def kind_of(path: Path | str, data: bytes) -> str:
    """Tell what a file is by what is in it.

    Args:
        path: the file, for its name in messages and to tell a ``.csv`` from other text.
        data: its whole content, not empty.

    Returns:
        a key of :data:`KIND_NAMES`.

    Raises:
        InputError: damaged, cut off, protected by a password, a Word document in the "strict" variant
            of Office's format, or beyond the limits of :mod:`reportgen.opc.archive`.
    """
    return identify(path, data)[0]


def identify(path: Path | str, data: bytes) -> tuple[str, Mapping[str, bytes]]:
    """Do what :func:`kind_of` does, and hand on what it unpacked.

    Returns:
        the kind and, of a package (``.xlsx``, ``.docx`` …), its XML parts by name, so that the file is
        unpacked once.
    """
    name = shown_name(path)
    if data.startswith(b"PK"):
        parts = unpack(name, data)
        return _package_kind(name, parts), parts
    if data.startswith(_OLE):
        return _ole_kind(name, data), {}
    if not data.strip(b"\0"):
        raise InputError(
            f"{name}的内容全是空字节，文件已损坏（常见于保存时断电或 U 盘拔出过早）。请找备份或重新取得文件。"
        )
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind, {}
    if b"%PDF-" in data[:1024]:
        return "pdf", {}
    return _text_kind(path, data), {}


def refusal(path: Path | str, kind: str, accepted: Iterable[str]) -> InputError:
    """Return the error for a file that is whole but of a kind not read here.

    Args:
        path: the file.
        kind: what :func:`kind_of` said.
        accepted: the kinds that can be read.
    """
    path = Path(path)
    accepted = [k for k in KIND_NAMES if k in set(accepted)]
    normal = _SUFFIXES.get(kind, {f".{kind}"})
    suffix = path.suffix.lower()
    if kind == "unknown":
        what = "不是办公文件，或已损坏"
    elif suffix and suffix not in normal:
        what = f"的扩展名是 {path.suffix}，内容其实是{KIND_NAMES[kind]}"
    else:
        what = f"是{KIND_NAMES[kind]}"
    return InputError(f"{shown_name(path)}{what}，这里不能读。{_advice(kind, suffix, accepted)}")


def _advice(kind: str, suffix: str, accepted: list[str]) -> str:
    # Web systems hand out tables as HTML or text under the name .xls; Excel opens them as sheets.
    exported = kind in ("html", "mht", "text") and suffix in (".xls", ".xlsx", ".et")
    if (kind in _SHEETS or exported) and "xlsx" in accepted:
        return "请用 Excel 或 WPS 打开它，“另存为”Excel 工作簿（.xlsx），再选新文件；只改扩展名没有用。"
    if kind in _TEXTS and "docx" in accepted:
        return "请用 Word 或 WPS 打开它，“另存为”Word 文档（.docx），再选新文件；只改扩展名没有用。"
    if kind == "archive":
        return "请先解压，再选里面的文件。"
    if kind == "image":
        return "图片里的数字无法可靠读取，请向填报单位要工作簿或 Word 文件。"
    names = "、".join(KIND_NAMES[k] for k in accepted)
    return f"可以读的有：{names}。请选这样的文件。"


def _package_kind(name: str, parts: Mapping[str, bytes]) -> str:
    if _TYPES in parts:
        return _office_kind(name, parts)
    if "mimetype" in parts:
        if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise InputError(_encrypted(name))
        return _ODF.get(parts["mimetype"].strip(), "archive")
    if "OFD.xml" in parts:
        return "ofd"
    return "uof" if "uof.xml" in parts else "archive"


def _office_kind(name: str, parts: Mapping[str, bytes]) -> str:
    """Return the kind that the content types say; Word documents of the "strict" variant are refused."""
    types = parts[_TYPES].replace(b"\0", b"")  # as if in UTF-8, for the ASCII of media types
    kind = next((k for t, k in _MAIN_PARTS.items() if b'"%s"' % t in types or b"'%s'" % t in types), "unknown")
    if kind == "docx" and _STRICT in parts.get("word/document.xml", b"")[:_HEAD]:
        raise InputError(
            f"{name}是“Strict Open XML”变体，这里不能读。"
            "请用 Word 或 WPS 打开，“另存为”普通的 Word 文档（.docx），再选新文件。"
        )
    return kind


def _encrypted(name: str) -> str:
    return (
        f"{name}设了打开密码，读不了。请用 Excel、Word 或 WPS 打开，"
        "在“文件—信息—保护”（WPS：文件—文档加密）里去掉密码、保存后再试。"
    )


def _ole_kind(name: str, data: bytes) -> str:
    """Look for the streams that tell the programs of a compound file apart.

    Directory entries are 128 bytes, aligned from the first sector on ([MS-CFB] 2.6.1): 64 bytes of
    name in UTF-16, its length, the type of object (2 = stream).  Reading them where they stand
    needs no sector chains, so even a damaged file is recognised.
    """
    found = set()
    for stream, kind in _OLE_STREAMS.items():
        field = stream.encode("utf-16-le").ljust(64, b"\0") + (2 * len(stream) + 2).to_bytes(2, "little") + b"\x02"
        at = data.find(field)
        while at >= 0 and at % 128:
            at = data.find(field, at + 1)
        if at >= 0:
            found.add(kind)
    if "encrypted" in found:
        raise InputError(_encrypted(name))
    kind = next((k for k in ("xls", "doc", "ppt") if k in found), "")
    if not kind:
        raise InputError(
            f"{name}是旧格式的办公文件，但里面找不到工作簿或文档，可能已损坏或由别的软件生成。"
            "请用 Excel 或 WPS 打开，另存为 .xlsx 后再试；打不开时请重新取得文件。"
        )
    return kind


def _decode(data: bytes) -> str | None:
    """Return text of any encoding met in Chinese offices, None if it is not text."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text):
            return text
    return None


def _text_kind(path: Path | str, data: bytes) -> str:
    text = _decode(data)
    if text is None:
        return "unknown"
    head = text[:_HEAD].lstrip()
    low = head.lower()
    if re.match(r"(?:[\w-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*)*mime-version:", low) or (
        "content-type: multipart/related" in low
    ):
        return "mht"
    if low.startswith("<"):
        return _markup_kind(low)
    if head.startswith(("{", "[")):
        return "json"
    return "csv" if Path(path).suffix.lower() == ".csv" else "text"


def _markup_kind(low: str) -> str:
    for mark, kind in (
        ("schemas.uof.org", "uof"),
        ("<uof:", "uof"),
        ("opendocument.spreadsheet", "fods"),
        ("urn:oasis:names:tc:opendocument", "fodt"),
        ("urn:schemas-microsoft-com:office:spreadsheet", "xml-excel"),
        ('progid="excel.sheet"', "xml-excel"),
        ('progid="word.document"', "xml-word"),
        ("schemas.microsoft.com/office/word/2003", "xml-word"),
    ):
        if mark in low:
            return kind
    if re.search(r"<(?:!doctype\s+html|html|head|body|table|meta|div|p|h[1-6])[\s>]", low):
        return "html"
    return "unknown" if low.startswith("<?xml") else "text"
