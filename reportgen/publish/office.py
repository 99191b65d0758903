"""The office programs that can make a PDF of a Word file: found, named and run.

LibreOffice is run without a window; Word and WPS on Windows are asked through PowerShell.  Nothing is
ever installed, and no program writes into the user's folders.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ..errors import OutputError

_SECONDS = 180
"""To wait for an office program; its first start on an old machine takes half a minute."""
_FILTER = (
    "pdf:writer_pdf_Export:"
    '{"SelectPdfVersion":{"type":"long","value":"2"},"UseTaggedPDF":{"type":"boolean","value":"true"},'
    '"PDFUACompliance":{"type":"boolean","value":"true"}}'
)
"""PDF/A-2b, tagged, PDF/UA claimed."""
_PLACES = (
    "/opt/libreoffice*/program/soffice", "/usr/lib/libreoffice/program/soffice", "/snap/bin/libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)  # fmt: skip
_WINDOWS = ("Word.Application", "Kwps.Application")
_SCRIPT = (
    "$ErrorActionPreference='Stop';"
    "$a=New-Object -ComObject $env:REPORTGEN_PROGRAM;"
    "try{$a.Visible=$false;$d=$a.Documents.Open($env:REPORTGEN_IN,$false,$true);"
    "$d.ExportAsFixedFormat($env:REPORTGEN_OUT,17,$false,0,0,1,1,0,$true,$false,1,$true,$true,$true);"
    "$d.Close(0)}finally{$a.Quit()}"
)
"""17: PDF; then all pages, with headings as bookmarks, tagged, fonts embedded, ISO 19005."""


class OfficeProgram(msgspec.Struct, frozen=True):
    """A program that can make a PDF."""

    name: str
    """As users know it."""
    command: str
    """Its file; or the name by which Windows knows it."""


def find_office() -> OfficeProgram:
    """Return the program to use: ``REPORTGEN_SOFFICE`` if it names one, LibreOffice, Word, WPS.

    Raises:
        OutputError: there is none.
    """
    named = os.environ.get("REPORTGEN_SOFFICE", "")
    for command in (named, "soffice", "libreoffice", *_usual_places()):
        if command and (found := shutil.which(command)):
            return OfficeProgram("LibreOffice", found)
    for program, name in zip(_WINDOWS, ("Word", "WPS"), strict=True):
        if _is_registered(program):
            return OfficeProgram(name, program)
    raise OutputError(
        "没有找到可以生成 PDF 的办公软件（LibreOffice，Windows 上也可以是 Word 或 WPS），没有写入 PDF。"
        "请安装 LibreOffice，或先生成 .docx，再用 Word 或 WPS 打开、另存为 PDF。"
        "装在别处的 LibreOffice，用环境变量 REPORTGEN_SOFFICE 写明 soffice 的位置。"
    )


def _usual_places() -> Iterator[str]:
    for pattern in _PLACES:
        yield from map(str, sorted(Path("/").glob(pattern.lstrip("/")), reverse=True))
    for variable in ("ProgramFiles", "ProgramFiles(x86)"):
        if folder := os.environ.get(variable):
            yield str(Path(folder, "LibreOffice", "program", "soffice.exe"))


def _is_registered(program: str) -> bool:
    """Tell whether Windows knows a program by this name."""
    if sys.platform != "win32":
        return False
    import winreg

    try:
        winreg.CloseKey(winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, rf"{program}\CLSID"))
    except OSError:
        return False
    return True


def word_to_pdf(data: bytes, program: OfficeProgram) -> bytes:
    """Return a Word file as PDF.

    Args:
        data: the Word file.
        program: as :func:`find_office` gives it.

    Raises:
        OutputError: the program made none.
    """
    with tempfile.TemporaryDirectory(prefix="reportgen-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target = folder / "report.docx", folder / "report.pdf"
        source.write_bytes(data)
        command, environment = _command(program, source, target)
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=_SECONDS, check=False,
            )  # fmt: skip
        # soffice ends with 0 also where it could not load the file.
        pdf = target.read_bytes() if target.is_file() else b""
    if not pdf:
        raise OutputError(
            f"{program.name} 没有生成 PDF。请关闭正在运行的 {program.name} 再试，"
            f"或先生成 .docx，再用 {program.name} 打开、另存为 PDF。"
        )
    return pdf


def _command(program: OfficeProgram, source: Path, target: Path) -> tuple[list[str], dict[str, str]]:
    if program.command in _WINDOWS:
        names = {"REPORTGEN_PROGRAM": program.command, "REPORTGEN_IN": str(source), "REPORTGEN_OUT": str(target)}
        return ["powershell", "-NoProfile", "-NonInteractive", "-Command", _SCRIPT], {**os.environ, **names}
    # A profile of its own: one that is in use lets no second program in.
    profile = (source.parent / "profile").as_uri()
    options = [f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nolockcheck"]
    return [program.command, *options, "--convert-to", _FILTER, "--outdir", str(target.parent), str(source)], {
        **os.environ
    }
