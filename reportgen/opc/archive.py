"""Zip archives in and out: every part unpacked once, within limits, or the file is refused; written with the same bytes.

Office files (.xlsx, .docx, .ods …) are zip archives.  A normal workbook of this form has 20 to 40
entries and unpacks to well under 2 MB; the limits leave two orders of magnitude.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence

from ..errors import InputError

MAX_ENTRIES = 4000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 150
"""Unpacked to packed bytes of one entry; sheets full of equal rows reach about 40."""
RATIO_FREE_BYTES = 8 * 1024 * 1024
"""An entry that unpacks to no more than this may have any ratio."""

_TEXT_PARTS = (".xml", ".rels", ".vml")
_MIMETYPE = "mimetype"
"""Name of the entry in which OpenDocument packages say what they are."""
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml [^<>\0]*\?>\s*)?<[A-Za-z][^\0]")
"""What stands before the first element of plain XML: no declaration can follow (XML 1.0, 2.8)."""
_DATE = (1980, 1, 1, 0, 0, 0)
"""The oldest a zip can say."""
_UNIX, _MODE = 3, 0o100644
"""So that no system guesses at the names' encoding, and unpacking gives ordinary files."""
_LEVEL = 3
"""Of zlib: half the time of its default, for files a tenth larger."""


def unpack(name: str, data: bytes) -> dict[str, bytes]:
    """Unpack every part of an office file once.

    XML that declares a document type is refused: neither OPC (ECMA-376 part 2) nor OpenDocument
    packages have any, and entities are how a small file becomes gigabytes, or asks for other files.

    Args:
        name: the file's name as messages show it, in quotes.

    Returns:
        the XML parts by name, and ``mimetype`` if there is one; of the other parts, pictures mostly,
        only the checksum has been verified.

    Raises:
        InputError: damaged, encrypted, beyond the limits, or with declarations.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _text_parts(name, archive)
    # NotImplementedError is zipfile's answer to a compression it does not know.  Not the wider RuntimeError: a mistake
    # of ours must not be reported as damage.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError) as error:
        raise InputError(
            f"{name}已损坏或没有下载完（也可能还在复制；压缩结构不完整）。"
            "请用 Excel 或 WPS 打开并选“修复”，另存后再试；打不开时请重新取得文件。"
        ) from error
    for part, content in parts.items():
        # NULs are what UTF-16 has between letters.
        searched = b"" if _PROLOG.match(content) else content.replace(b"\0", b"")
        if any(declaration in searched for declaration in _DECLARATIONS):
            raise oversized(name, f"里面的部件“{part}”声明了实体")
    return parts


def _text_parts(name: str, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Read every entry, and keep the XML parts; see :func:`unpack`."""
    entries = archive.infolist()
    check_entries(name, entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise InputError(f"{name}是加了密码的压缩包，打不开。请解开后再选里面的文件。")
    if not entries or len({entry.filename for entry in entries}) < len(entries):
        raise zipfile.BadZipFile
    parts: dict[str, bytes] = {}
    for entry in entries:
        content = archive.read(entry)
        if entry.filename == _MIMETYPE or entry.filename.lower().endswith(_TEXT_PARTS):
            parts[entry.filename] = content
    return parts


def check_entries(name: str, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse an archive whose directory announces too much.

    The announced sizes can be relied on: :mod:`zipfile` never unpacks more of an entry than that.

    Args:
        name: the file's name as messages show it, in quotes.

    Raises:
        InputError: too many entries, too large, or expanding too much.
    """
    if len(entries) > MAX_ENTRIES:
        raise oversized(name, f"里面有 {len(entries)} 个部件，超过上限 {MAX_ENTRIES} 个")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED_BYTES:
        limit = MAX_UNPACKED_BYTES // 1024 // 1024
        raise oversized(name, f"解开后有 {total // 1024 // 1024} MB，超过上限 {limit} MB")
    for entry in entries:
        if entry.file_size > max(RATIO_FREE_BYTES, MAX_RATIO * entry.compress_size):
            raise oversized(name, f"里面有部件压缩比超过 {MAX_RATIO} 倍")


def oversized(name: str, what: str) -> InputError:
    """Return the error for a file that no office program wrote, or that costs too much to read.

    Args:
        name: the file's name as messages show it, in quotes.
        what: what is wrong, in Chinese, without a full stop.
    """
    return InputError(
        f"{name}{what}，不像正常的办公文件，没有打开。请新建一个空白工作簿，把数据按“数值”粘贴过去另存，再试。"
    )


def write_zip(parts: Iterable[tuple[str, bytes | Iterable[bytes]]]) -> bytes:
    """Return a zip archive of parts, name and content, in their order, all dated 1980-01-01.

    A content in pieces is packed piece by piece.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts:
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = _UNIX, _MODE << 16
            if isinstance(content, bytes):
                archive.writestr(entry, content, compresslevel=_LEVEL)
                continue
            with archive.open(entry, "w") as part:
                for piece in content:
                    part.write(piece)
    return out.getvalue()
