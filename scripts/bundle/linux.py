"""The bundles for Linux: a tar.gz to unpack anywhere, and a .deb in the manner of UOS, both with their own Python."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from archives import date_of_release, normalise, write_tar
from contents import LAUNCHERS, OFFICE, ROOT, TITLE, VERSION, components, fill, write_note
from errors import BundleError
from pages import PAGES
from wheels import TARGETS, compile_tree, describe, download, own_wheel, unpack

__all__ = ["APPID", "MACHINES", "MAINTAINER", "make"]

APPID = "local.reportgen.office"
"""Nobody's domain: a body that publishes the package gives its own, turned round."""
MAINTAINER = "reportgen <reportgen@localhost.localdomain>"


class Machine(NamedTuple):
    """A processor: its name at Debian, its number in the header of an ELF file."""

    debian: str
    elf: int


MACHINES = {"x86_64": Machine("amd64", 62), "aarch64": Machine("arm64", 183)}

_UNWANTED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(include|share)/", r"bin/(?!python3(\.\d+)?$)", r"lib/(pkgconfig|libtcl|libtk|tcl|tk|itcl|thread)",
        r".*/__pycache__/", r"lib/python3\.\d+/(site-packages/.|config-|(.*/)?tests?/|idlelib/|tkinter/|turtledemo/)",
        r"lib/python3\.\d+/(turtle\.py$|lib2to3/|ensurepip/|lib-dynload/(_tkinter|_test|xxlimited))",
    )
)  # fmt: skip
"""Of Python: what nobody needs who only runs the program."""
_PERMISSIONS = (
    "autostart", "notification", "trayicon", "clipboard", "account", "bluetooth", "camera", "audio_record",
    "installed_apps",
)  # fmt: skip
_MANUAL = """\
[Desktop Entry]
Type=Application
Name=Annual report: manual
Name[zh_CN]=年度报告 使用说明
Exec=xdg-open "{}"
Categories=Office;
Icon=help-browser
"""
_DESCRIPTION = """\
Annual disclosure reports: checked and written from a workbook
 Reads the workbook of a Chinese government body's annual report on the
 disclosure of information, cross-checks its tables and texts, and writes the
 report in the prescribed form. Brings its own Python; works offline.
"""


def make(python: Path, out: Path, level: int, arch: str, appid: str, maintainer: str) -> list[Path]:
    """Assemble the tar.gz and the .deb.

    Args:
        python: of python-build-standalone, ``cpython-3.x.y+…-linux-gnu-install_only*.tar.gz``.
        out: folder for both.
        level: of compression, 0 to 9.
        arch: a key of :data:`MACHINES`.
        appid: name of the .deb and of its folder under /opt/apps.
        maintainer: ``name <mail>``, in the .deb.

    Returns:
        both files.
    """
    date = date_of_release()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, TITLE)
        _assemble(python, folder, Path(scratch, "wheels"), arch, date)
        normalise(folder, date)
        packed = Path(scratch, f"reportgen-{VERSION}-linux-{arch}.tar.gz")
        write_tar(folder, packed, date, level)
        deb = _debianise(folder, Path(scratch, "deb"), arch, appid, maintainer)
        normalise(deb, date)
        package = Path(scratch, f"{appid}_{_deb_version()}_{MACHINES[arch].debian}.deb")
        _dpkg_deb(deb, package, date, level)
        return [Path(shutil.move(path, out / path.name)) for path in (packed, package)]


def _assemble(python: Path, folder: Path, wheels: Path, arch: str, date: int) -> None:
    version = _unpack_python(python, folder / "python", arch)
    minor = version.rpartition(".")[0]
    found = [*download(TARGETS[f"linux-{arch}"], minor, wheels), own_wheel(wheels, date)]
    library = folder / f"python/lib/python{minor}"
    unpack(found, library / "site-packages")
    compile_tree(library, minor, *([str(folder / "python/bin/python3")] if os.uname().machine == arch else []))
    _write_launchers(folder)
    fill(folder)
    write_note(folder / "资料/组件清单.txt", components(python, version, [describe(w) for w in found]))


def _unpack_python(archive: Path, folder: Path, arch: str) -> str:
    """Unpack what is needed of a standalone Python, and return its version."""
    try:
        with tarfile.open(archive) as packed:
            packed.extraction_filter = getattr(tarfile, "tar_filter", None)
            packed.extractall(folder, list(_wanted(packed)))
    except (OSError, tarfile.TarError) as error:
        raise BundleError(f"打不开 {archive}：{error}。请用 …-install_only.tar.gz，不要用 .tar.zst") from error
    found = [path for path in folder.glob("bin/python3.*") if re.fullmatch(r"python3\.\d+", path.name)]
    if len(found) != 1:
        raise BundleError(
            f"{archive.name} 里没有 python/bin/python3.x，不是 python-build-standalone 的 install_only 包"
        )
    data = found[0].read_bytes()
    if data[:4] != b"\x7fELF" or int.from_bytes(data[18:20], "little") != MACHINES[arch].elf:
        raise BundleError(f"{archive.name} 不是 {arch} 的。请换一个，或用 ARCH= 写明处理器")
    return _version(found[0], archive.name)


def _wanted(packed: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Yield the members to unpack, without the folder ``python`` they are packed in."""
    for member in packed:
        top, _, member.name = member.name.removeprefix("./").partition("/")
        if member.islnk():
            member.linkname = member.linkname.removeprefix("./").partition("/")[2]
        if top == "python" and member.name and not any(re.match(one, member.name) for one in _UNWANTED):
            yield member


def _version(interpreter: Path, name: str) -> str:
    """Find the version in the interpreter or its library; neither is run, they may be another processor's."""
    minor = interpreter.name.removeprefix("python")
    for path in [interpreter, *sorted(interpreter.parent.parent.glob(f"lib/libpython{minor}*"))]:
        found = re.search(rb"%s\.\d+(?=[\0 ])" % re.escape(minor.encode()), path.read_bytes())
        if found:
            return found[0].decode()
    raise BundleError(f"{name} 里看不出 Python 的版本")


def _write_launchers(folder: Path) -> None:
    shutil.copy(OFFICE / "reportgen.sh", folder)
    shutil.copytree(OFFICE / "entries", folder / "entries")
    stub = (OFFICE / "launcher.sh").read_text(encoding="ascii")
    words = {name: f"--do {do}" for do, name in LAUNCHERS.items()} | {"放桌面图标": "--install"}
    for name, said in words.items():
        (folder / f"{name}.sh").write_text(stub.replace("--do build", said), encoding="ascii")


def _debianise(folder: Path, root: Path, arch: str, appid: str, maintainer: str) -> Path:
    """Lay the program out as UOS wants it: everything under /opt/apps, no script at installation."""
    app = root / "opt/apps" / appid
    app.parent.mkdir(parents=True)
    (app / "entries/applications").mkdir(parents=True)
    shutil.copytree(folder, app / "files", symlinks=True)
    _write_entries(app, appid)
    info = {
        "appid": appid,
        "name": TITLE,
        "version": _deb_version(),
        "arch": [MACHINES[arch].debian],
        "permissions": dict.fromkeys(_PERMISSIONS, False),
    }
    (app / "info").write_text(json.dumps(info, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (app / "files/doc").mkdir()
    shutil.copy(ROOT / "LICENSE", app / "files/doc/copyright")
    _write_control(root, arch, appid, maintainer)
    return root


def _write_entries(app: Path, appid: str) -> None:
    """Write the entries of the start menu: the three launchers and the manual."""
    for do in LAUNCHERS:
        name = appid if do == "build" else f"{appid}.{do}"
        text = (OFFICE / f"entries/{do}.desktop").read_text(encoding="utf-8")
        target = app / f"entries/applications/{name}.desktop"
        target.write_text(text.replace("@SELF@", f"/opt/apps/{appid}/files/reportgen.sh"), encoding="utf-8")
    manual = f"/opt/apps/{appid}/files/{PAGES['manual.zh.md']}"
    (app / f"entries/applications/{appid}.manual.desktop").write_text(_MANUAL.format(manual), encoding="utf-8")


def _write_control(root: Path, arch: str, appid: str, maintainer: str) -> None:
    control = root / "DEBIAN"
    control.mkdir()
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sums = [f"{hashlib.md5(p.read_bytes()).hexdigest()}  {p.relative_to(root)}\n" for p in files]
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")
    (control / "control").write_text(
        f"Package: {appid}\nVersion: {_deb_version()}\nArchitecture: {MACHINES[arch].debian}\n"
        f"Maintainer: {maintainer}\nInstalled-Size: {sum(p.stat().st_size for p in files) // 1024}\n"
        f"Depends: libc6 (>= 2.17), libgcc-s1 | libgcc1\nSection: misc\nPriority: optional\n"
        f"Description: {_DESCRIPTION}",
        encoding="utf-8",
    )


def _deb_version() -> str:
    """UOS wants four numbers."""
    return f"{VERSION}.0"


def _dpkg_deb(root: Path, target: Path, date: int, level: int) -> None:
    """Build the .deb; gzip, which dpkg of any age reads."""
    done = subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zgzip", f"-z{level}", "--build", str(root), str(target)],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(date), "LC_ALL": "C.UTF-8"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BundleError(f"dpkg-deb 没有做成 .deb：{done.stdout}{done.stderr}")
