"""Names of files: which are safe everywhere, whose they are, and how messages show them."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from ..errors import OutputError, escaped

MAX_NAME_BYTES = 210
"""Length of a file name made by :func:`safe_name`; leaves room for a suffix and the mark of a
copy within the 255 bytes of ext4 (85 Chinese characters) and the 255 characters of NTFS."""

_MAX_NAME = 255
"""Bytes of a file name on ext4; characters on NTFS."""
_LONG = 180
"""Characters of a path on Windows from which on the names beside it may pass its limit of 260."""

_BACKUP = re.compile(r"\.备份\d{8}-\d{6}(?:-\d+)?$")

_ILLEGAL = str.maketrans('<>:"/\\|?*', "＜＞：”／＼｜？＊")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])")


def name_of(path: Path | str) -> str:
    """Return the last part of a path, ``""`` if it has none."""
    return Path(path).name


def shown_name(path: Path | str) -> str:
    """Return a file's name in quotes for a message; characters that command a terminal are escaped."""
    return quoted(name_of(path) or str(Path(path)))


def quoted(text: object) -> str:
    """Return a path or name in quotes; characters that command a terminal are escaped."""
    return f"“{escaped(str(text))}”"


def is_lock_file(path: Path | str) -> bool:
    """Tell whether Excel or Word (``~$x.xlsx``), WPS or LibreOffice (``.~x``) left it beside an open file."""
    return name_of(path).startswith(("~$", ".~"))


def is_open_elsewhere(path: Path) -> bool:
    """Tell whether Word, Excel, WPS or LibreOffice left the mark beside a file that it is open there."""
    name = path.name
    # Word writes its mark over the first characters of a long name.
    marks = (f"~${name}", f"~${name[1:]}", f"~${name[2:]}", f".~{name}", f".~lock.{name}#")
    return any(os.path.exists(path.with_name(mark)) for mark in marks)  # False for a name that is too long


def reachable(path: Path | str) -> Path:
    """Return a path in the notation in which Windows also takes long ones; elsewhere the path itself."""
    path = Path(path)
    if os.name != "nt" or len(full := os.path.abspath(path)) < _LONG or full.startswith("\\\\?\\"):
        return path
    return Path(f"\\\\?\\UNC{full[1:]}" if full.startswith("\\\\") else f"\\\\?\\{full}")


def means_folder(path: Path) -> bool:
    """Tell whether an output names a folder: one that is there, or nothing that is there and has no suffix."""
    return path.is_dir() or not (path.suffix or path.exists())


def not_there(path: Path) -> str:
    """Return what is to be said of a file that is not there."""
    if path.is_symlink():
        return f"{shown_name(path)}是链接，它指向的{quoted(os.readlink(path))}不在。请检查那个文件是否移走、U 盘或网络盘是否连着。"
    if not path.parent.exists():
        return f"找不到文件夹{quoted(path.parent)}。请检查路径是否写对、U 盘或网络盘是否连着。"
    return f"找不到文件{shown_name(path)}（在{quoted(path.parent)}里）。请检查文件名和扩展名，或把文件拖进窗口。"


def _is_device(path: Path) -> bool:
    return path.exists() and not (path.is_symlink() or path.is_file() or path.is_dir())


def _no_file(path: Path) -> OutputError:
    return OutputError(f"{shown_name(path)}不是普通文件（设备或管道），不能写入。请换一个文件名。")


def already_there(path: Path) -> OutputError:
    """Return why an output is refused under whose name something stands already."""
    if _is_device(path):
        return _no_file(path)
    if path.is_symlink():
        return OutputError(
            f"{shown_name(path)}是指向{quoted(os.readlink(path))}的链接，没有写入。请换一个文件名；"
            "确要替换请加 --force（只替换这个链接，不动它指向的文件；链接会另存一份带日期的备份）。"
        )
    return OutputError(
        f"{shown_name(path)}已经存在，没有覆盖。请换一个文件名；确要替换请加 --force（旧文件会另存一份带日期的备份）。"
    )


def wrong_ending(path: Path, what: str, *endings: str) -> OutputError:
    """Return the error that an output has no ending by which it can be told what to make.

    Args:
        path: as the user gave it.
        what: what it is to be: 输出文件.
        endings: those that it may have.
    """
    if _is_device(path):
        return _no_file(path)
    return OutputError(f"{what}{shown_name(path)}应以 {'、'.join(endings)} {'之一' if len(endings) > 1 else ''}结尾。")


def fitting_name(stem: str, end: str) -> str:
    """Return ``stem`` + ``end``, the stem cut so that every file system can hold the name."""
    while stem and _length(stem + end) > _MAX_NAME:
        stem = stem[:-1]
    return stem + end


def _length(name: str) -> int:
    """Return the bytes of a name where names are UTF-8; in other encodings they are fewer."""
    return len(name.encode(errors="surrogatepass"))


def is_backup(path: Path) -> bool:
    """Tell whether the file is a dated copy made by :func:`~reportgen.disk.files.write_output`."""
    return bool(_BACKUP.search(path.stem))


def safe_name(title: str) -> str:
    """Return ``title`` as a file name (without suffix) that Windows, UOS and Kylin all take.

    Characters Windows forbids become their full-width forms, so that the name still reads the same;
    invisible characters go; device names (CON, NUL …) get a mark; long names are cut.

    Args:
        title: any text.

    Returns:
        1 to :data:`MAX_NAME_BYTES` bytes of UTF-8.
    """
    text = unicodedata.normalize("NFC", title).translate(_ILLEGAL)
    text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    text = " ".join(text.split())
    text = text.encode()[:MAX_NAME_BYTES].decode(errors="ignore").lstrip("~$. ").rstrip(". ")
    if _RESERVED.fullmatch(text.split(".")[0].rstrip()):
        text = f"_{text}"
    return text or "未命名"


def check_name(path: Path) -> None:
    """Refuse a name that Windows could not hold: the file goes to others (bosses, upload pages)."""
    name = path.name
    bad = sorted({c for c in name if ord(c) in _ILLEGAL or ord(c) < 32})
    if bad:
        shown = " ".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in bad)
        raise OutputError(f"文件名{shown_name(path)}里有 Windows 不允许的字符：{shown}。请换一个文件名。")
    if name != name.rstrip(". "):
        raise OutputError(f"文件名{shown_name(path)}以点或空格结尾，Windows 不允许。请换一个文件名。")
    if _RESERVED.fullmatch(name.split(".")[0].rstrip()):
        raise OutputError(f"文件名{shown_name(path)}是 Windows 的保留名。请换一个文件名。")
    try:
        os.fsencode(name)
    except UnicodeEncodeError as error:
        odd = name[error.start : error.end]
        raise OutputError(
            f"文件名{shown_name(path)}里有系统写不出的字：{odd}（文件名的编码是 {error.encoding}）。"
            "请设 LC_ALL=zh_CN.UTF-8 再运行，或换一个文件名。"
        ) from error
    if _length(name) > _MAX_NAME:
        raise OutputError(f"文件名{quoted(name[:30])}…太长。请换一个短一些的文件名（不超过 70 个汉字）。")


class Taken:
    """Names given out in one folder; systems that do not tell capitals apart get different ones, too."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def free(self, name: str) -> str:
        """Return a name, ``甲（2）`` where 甲 is taken, and take it."""
        number, wanted = 1, name
        while wanted.casefold() in self.names:
            number += 1
            wanted = f"{name}（{number}）"
        self.names.add(wanted.casefold())
        return wanted
