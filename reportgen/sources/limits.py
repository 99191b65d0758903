"""How large a packed file may be: what an attacker's or a broken file may cost us.

Office files are zip archives.  A normal workbook of this form has 20 to 40 entries and unpacks to
well under 2 MB; the limits leave two orders of magnitude.
"""

from __future__ import annotations

from zipfile import ZipInfo

from ..errors import InputError

__all__ = ["MAX_ENTRIES", "MAX_RATIO", "MAX_UNPACKED_BYTES", "RATIO_FREE_BYTES", "check_entries"]

MAX_ENTRIES = 4000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 150
"""Unpacked to packed bytes of one entry; sheets full of equal rows reach about 40."""
RATIO_FREE_BYTES = 8 * 1024 * 1024
"""An entry that unpacks to no more than this may have any ratio."""


def check_entries(name: str, entries: list[ZipInfo]) -> None:
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


def _refusal(name: str, what: str) -> str:
    return (
        f"{name}{what}，不像正常的办公文件，没有打开。"
        "请新建一个空白工作簿，把数据按“数值”粘贴过去另存，再试。"
    )
