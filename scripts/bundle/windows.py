"""The bundle for Windows: a zip with the embeddable Python and launchers to double-click."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from pathlib import Path

from archives import date_of_release, normalise, write_zip
from contents import LAUNCHERS, OFFICE, TITLE, VERSION, components, fill, write_note
from errors import BundleError
from wheels import TARGETS, compile_tree, describe, download, own_wheel, unpack

__all__ = ["make"]

_NOT_FOUND = """\
没有找到 python 文件夹里的 python.exe，程序不能运行。
可能是压缩包没有解压完整，也可能是被杀毒软件隔离了。
请把整个压缩包重新解压一次，再双击；还不行的，请把这个窗口拍照发给技术人员。
"""


def make(python: Path, out: Path, level: int) -> Path:
    """Assemble the zip.

    Args:
        python: the official embeddable package, ``python-3.x.y-embed-amd64.zip``.
        out: folder for the zip.
        level: of compression, 0 to 9.

    Returns:
        the zip.
    """
    date = date_of_release()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, TITLE)
        version = _unpack_python(python, folder / "python")
        minor = version.rpartition(".")[0]
        site = folder / "python/Lib/site-packages"
        wheels = Path(scratch, "wheels")
        found = [*download(TARGETS["windows-x64"], minor, wheels), own_wheel(wheels, date)]
        unpack(found, site)
        compile_tree(site, minor)
        _write_launchers(folder)
        fill(folder)
        write_note(folder / "资料/组件清单.txt", components(python, version, [describe(w) for w in found]))
        normalise(folder, date)
        packed = Path(scratch, f"reportgen-{VERSION}-windows-x64.zip")
        write_zip(folder, packed, date, level)
        return Path(shutil.move(packed, out / packed.name))


def _unpack_python(archive: Path, folder: Path) -> str:
    """Unpack the embeddable Python, tell it where the packages are, and return its version."""
    try:
        with zipfile.ZipFile(archive) as packed:
            names = packed.namelist()
            packed.extractall(folder)
    except (OSError, zipfile.BadZipFile) as error:
        raise BundleError(f"打不开 {archive}：{error}") from error
    (paths,) = [name for name in names if re.fullmatch(r"python3\d+\._pth", name)] or [""]
    if not paths or "python.exe" not in names:
        raise BundleError(f"{archive.name} 不是 Windows embeddable package（里面没有 python.exe 和 python3xx._pth）")
    dll = (folder / paths.replace("._pth", ".dll")).read_bytes()
    if _machine(dll) != _AMD64:
        raise BundleError(f"{archive.name} 不是 64 位（amd64）的。请用 python-3.x.y-embed-amd64.zip")
    # Without "import site": nothing that is installed for the user or the machine is looked at.
    (folder / paths).write_text(f"{paths[:-5]}.zip\n.\nLib\\site-packages\n", encoding="ascii", newline="\r\n")
    return _version(dll, archive.name)


_AMD64 = 0x8664


def _machine(image: bytes) -> int:
    header = int.from_bytes(image[0x3C:0x40], "little")
    return int.from_bytes(image[header + 4 : header + 6], "little")


def _version(dll: bytes, name: str) -> str:
    """Find the version in the resources of python3xx.dll."""
    key = "ProductVersion\0".encode("utf-16-le")
    found = re.search(r"3\.\d+\.\d+", dll.partition(key)[2][:64].decode("utf-16-le", "replace"))
    if not found:
        raise BundleError(f"{name} 里看不出 Python 的版本")
    return found[0]


def _write_launchers(folder: Path) -> None:
    script = (OFFICE / "reportgen.bat").read_bytes()
    for do, name in LAUNCHERS.items():
        (folder / f"{name}.bat").write_bytes(script.replace(b'set "DO=build"', f'set "DO={do}"'.encode()))
    # In the console's own code page: cmd.exe types it as it is.
    (folder / "python/not-found.txt").write_text(_NOT_FOUND, encoding="gbk", newline="\r\n")
