"""Folders given in place of files: the reports in them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from .names import is_backup, is_lock_file

__all__ = ["REPORT_SUFFIXES", "files_in"]

REPORT_SUFFIXES = frozenset({
    ".xlsx", ".xlsm", ".xls", ".et", ".ods", ".docx", ".doc", ".wps", ".html", ".htm", ".mht", ".mhtml", ".pdf", ".json",
})  # fmt: skip
"""Of files that may hold a report; those that cannot be read are answered with what to do."""


def files_in(places: Iterable[Path | str], *, skip: Iterable[Path | str | None] = ()) -> list[Path]:
    """Return the files that some places stand for, each once, in order.

    Args:
        places: files, taken as they are, and folders: the reports in them and in their sub-folders by
            name, without hidden files, lock files of office programs and dated copies of ours.
        skip: files and folders that are something else (the list of bodies, the result, the program).
    """
    left_out = {os.path.realpath(one) for one in skip if one}
    found: dict[str, Path] = {}
    for place in map(Path, places):
        for path in _reports(place, left_out) if place.is_dir() else [place]:
            real = os.path.realpath(path)
            if real not in left_out:
                found.setdefault(real, path)
    return list(found.values())


def _reports(folder: Path, skip: Collection[str]) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        inner = (name for name in sorted(folders) if not name.startswith("."))
        folders[:] = [name for name in inner if os.path.realpath(Path(here, name)) not in skip]
        for name in sorted(names):
            path = Path(here, name)
            usual = not (name.startswith(".") or is_lock_file(path) or is_backup(path))
            if usual and path.suffix.lower() in REPORT_SUFFIXES and path.is_file():
                yield path
