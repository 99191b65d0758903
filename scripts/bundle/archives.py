"""Archives with the same bytes each time: names sorted, one date, no user, no umask."""

from __future__ import annotations

import calendar
import gzip
import os
import re
import tarfile
import time
import zipfile
from pathlib import Path

__all__ = ["date_of_release", "normalise", "write_tar", "write_zip"]

ROOT = Path(__file__).parent.parent.parent


def date_of_release() -> int:
    """Return the date that everything in the bundle bears, in seconds: SOURCE_DATE_EPOCH, else the release's."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    (date, *_) = re.findall(r"^## \[\d\S*\] - (\d{4})-(\d\d)-(\d\d)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    # Noon: the same day in every zone from Greenwich to China.
    return calendar.timegm((*map(int, date), 12, 0, 0))


def normalise(folder: Path, date: int) -> None:
    """Give a tree one date, and modes that depend on nobody's umask: only scripts and programs can be run."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or path.suffix == ".sh" or path.parent.name == "bin"
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (date, date), follow_symlinks=False)


def write_zip(folder: Path, target: Path, date: int, level: int) -> None:
    """Pack ``folder`` under its own name."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for path in _sorted(folder):
            if path.is_dir():
                continue
            entry = zipfile.ZipInfo(str(path.relative_to(folder.parent)), time.gmtime(date)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Said to come from Unix: unzip garbles Chinese names otherwise, in spite of the UTF-8 flag.
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, path.read_bytes(), compresslevel=level)


def write_tar(folder: Path, target: Path, date: int, level: int) -> None:
    """Pack ``folder`` under its own name, owned by root, without the date in gzip's own header."""
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", level, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT, encoding="utf-8") as archive,
    ):
        for path in _sorted(folder):
            entry = archive.gettarinfo(path, str(path.relative_to(folder.parent)))
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = "root"
            entry.mtime = date
            if entry.isfile():
                with path.open("rb") as data:
                    archive.addfile(entry, data)
            else:
                archive.addfile(entry)


def _sorted(folder: Path) -> list[Path]:
    return [folder, *sorted(folder.rglob("*"))]
