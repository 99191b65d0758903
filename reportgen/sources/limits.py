"""How much a file may cost us: what an attacker's or a broken file may make us do.

All limits of all sources stand here.  A normal workbook of this form has 20 to 40 zip entries and
unpacks to well under 2 MB, a report has some 500 cells on 3 to 20 pages; the limits leave two
orders of magnitude.  References to other files, macros and scripts are never followed, by no source.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ..errors import InputError

if TYPE_CHECKING:
    from zipfile import ZipFile

__all__ = [
    "MAX_CELLS", "MAX_CHARACTERS", "MAX_DEPTH", "MAX_ENTRIES", "MAX_GRIDS", "MAX_MEMORY", "MAX_NESTED_PARTS", "MAX_PAGES", "MAX_RATIO",
    "MAX_SECONDS", "MAX_SPAN", "MAX_TAGS", "MAX_UNPACKED_BYTES", "MAX_WAIT", "RATIO_FREE_BYTES", "Budget", "check_entries",
    "is_markup", "refuse_declarations", "unpack",
]  # fmt: skip

MAX_ENTRIES = 4000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 150
"""Unpacked to packed bytes of one entry; sheets full of equal rows reach about 40."""
RATIO_FREE_BYTES = 8 * 1024 * 1024
"""An entry that unpacks to no more than this may have any ratio."""
MAX_CELLS = 300_000
"""Cells with content, places under merged cells included, over all tables of one file."""
MAX_TAGS = 4 * MAX_CELLS
"""Of the XML of a part of which a tree is made."""
MAX_GRIDS = 500
"""Sheets or tables of one file."""
MAX_SPAN = 1000
"""Rows or columns one merged cell may cover; the form's widest covers 22."""
MAX_DEPTH = 200
"""Elements inside each other; libxml2 itself stops at 256."""
MAX_NESTED_PARTS = 30
"""Parts of a single-file web page that hold parts; browsers write one, Excel two."""
MAX_CHARACTERS = 20_000_000
"""Of one page or part whose text is read; a report has 20,000."""
MAX_PAGES = 300
"""Pages of a PDF; a report with its annexes has 30."""
MAX_SECONDS = 10.0
"""Of processor time for one file; the largest honest file measured takes 5."""
MAX_WAIT = 60.0
"""Seconds to wait for a file that is read in a process of its own."""
MAX_MEMORY = 400 * 1024 * 1024
"""Bytes of memory that such a process may have, where the system can limit it."""

_MARKUP = (".xml", ".rels", ".vml")
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml [^<>\0]*\?>\s*)?<[A-Za-z][^\0]")
"""What stands before the first element of plain XML: no declaration can follow (XML 1.0, 2.8)."""
_HEAD = 65536
"""Declarations stand before the first element."""


class _Entry(Protocol):
    @property
    def file_size(self) -> int: ...
    @property
    def compress_size(self) -> int: ...


def check_entries(name: str, entries: Sequence[_Entry]) -> None:
    """Refuse an archive whose directory announces too much.

    The announced sizes can be relied on: :mod:`zipfile` never unpacks more of an entry than that.

    Args:
        name: the file's name as messages show it, in quotes.
        entries: the archive's directory.

    Raises:
        InputError: too many entries, too large, or expanding too much.
    """
    if len(entries) > MAX_ENTRIES:
        raise InputError(_refusal(name, f"里面有 {len(entries)} 个部件，超过上限 {MAX_ENTRIES} 个"))
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED_BYTES:
        limit = MAX_UNPACKED_BYTES // 1024 // 1024
        raise InputError(_refusal(name, f"解开后有 {total // 1024 // 1024} MB，超过上限 {limit} MB"))
    for entry in entries:
        if entry.file_size > max(RATIO_FREE_BYTES, MAX_RATIO * entry.compress_size):
            raise InputError(_refusal(name, f"里面有部件压缩比超过 {MAX_RATIO} 倍"))


def unpack(name: str, archive: ZipFile) -> dict[str, bytes]:
    """Unpack every part of an office file once, and refuse XML that declares a document type.

    Neither OPC (ECMA-376 part 2) nor OpenDocument packages have any; entities are how a small file
    becomes gigabytes, or asks for other files.

    Args:
        name: the file's name as messages show it, in quotes.
        archive: the file, within the limits of :func:`check_entries`.

    Returns:
        the XML parts by name; of the others, pictures mostly, only the checksum has been proved.

    Raises:
        InputError: a part declares a document type or an entity.
        BadZipFile: a part is damaged.
    """
    parts: dict[str, bytes] = {}
    for entry in archive.infolist():
        content = archive.read(entry)
        if is_markup(entry.filename):
            refuse_declarations(name, entry.filename, content)
            parts[entry.filename] = content
    return parts


def is_markup(part: str) -> bool:
    """Whether a part of this name is read as XML."""
    return part.lower().endswith(_MARKUP)


def refuse_declarations(name: str, part: str, content: bytes) -> None:
    """Raises InputError where a part declares a document type or an entity; see :func:`unpack`."""
    if _PROLOG.match(content):
        return
    # NULs are what UTF-16 has between letters.
    head = content[:_HEAD].replace(b"\0", b"")
    if any(declaration in head for declaration in _DECLARATIONS):
        raise InputError(_refusal(name, f"里面的部件“{part}”声明了实体"))


class Budget:
    """What is left to spend on one file; every ``spend`` raises when it is gone."""

    def __init__(self, name: str) -> None:
        """``name``: the file's name as messages show it, in quotes."""
        self.name = name
        self.cells = 0
        self.tags = 0
        self.grids = 0
        self.pages = 0
        self.ends = time.process_time() + MAX_SECONDS

    def spend_cells(self, count: int = 1) -> None:
        """Account for ``count`` cells.

        Raises:
            InputError: more than :data:`MAX_CELLS`, or no time left.
        """
        self.cells += count
        self.check_cells(self.cells)
        self.spend_time()

    def spend_tags(self, count: int) -> None:
        """Account for ``count`` tags of XML, before a tree is made of them.

        Raises:
            InputError: more than :data:`MAX_TAGS`, or no time left.
        """
        self.tags += count
        if self.tags > MAX_TAGS:
            raise InputError(_refusal(self.name, f"里面的单元格超过 {MAX_CELLS} 个"))
        self.spend_time()

    def spend_markup(self, count: int, tags: int) -> None:
        """Account for a page or part of so many characters and tags, before a tree is made of it.

        Raises:
            InputError: more than :data:`MAX_CHARACTERS` or :data:`MAX_TAGS`, or no time left.
        """
        if count > MAX_CHARACTERS:
            raise InputError(_refusal(self.name, f"里面的文字超过 {MAX_CHARACTERS // 10_000} 万字"))
        self.spend_tags(tags)

    def check_cells(self, count: int) -> None:
        """Raises InputError where a file announces more cells than :data:`MAX_CELLS`."""
        if count > MAX_CELLS:
            raise InputError(_refusal(self.name, f"里面的单元格超过 {MAX_CELLS} 个"))

    def check_parts(self, count: int, nested: int) -> None:
        """Raises InputError for a mail-like file of too many parts, or of parts in parts."""
        if count > MAX_ENTRIES or nested > MAX_NESTED_PARTS:
            raise InputError(_refusal(self.name, "里面的部件太多或嵌套太深"))

    def spend_grid(self) -> None:
        """Account for one more sheet or table.

        Raises:
            InputError: more than :data:`MAX_GRIDS`.
        """
        self.grids += 1
        if self.grids > MAX_GRIDS:
            raise InputError(_refusal(self.name, f"里面的表格超过 {MAX_GRIDS} 个"))
        self.spend_time()

    def spend_page(self) -> None:
        """Account for one more page.

        Raises:
            InputError: more than :data:`MAX_PAGES`, or no time left.
        """
        self.pages += 1
        if self.pages > MAX_PAGES:
            raise InputError(_refusal(self.name, f"超过 {MAX_PAGES} 页"))
        self.spend_time()

    def check_depth(self, depth: int) -> None:
        """Raises InputError where elements stand more than :data:`MAX_DEPTH` inside each other."""
        if depth > MAX_DEPTH:
            raise InputError(_refusal(self.name, f"里面的元素嵌套超过 {MAX_DEPTH} 层"))

    def spend_time(self) -> None:
        """Raises InputError when :data:`MAX_SECONDS` of processor time have gone by."""
        if time.process_time() > self.ends:
            raise InputError(_refusal(self.name, f"读了 {MAX_SECONDS:.0f} 秒还没有读完"))


def _refusal(name: str, what: str) -> str:
    return (
        f"{name}{what}，不像正常的办公文件，没有打开。"
        "请新建一个空白工作簿，把数据按“数值”粘贴过去另存，再试。"
    )
