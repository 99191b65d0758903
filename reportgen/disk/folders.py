"""Folders given in place of files: the reports in them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from .names import is_backup, is_lock_file

PAGE_SUFFIX = ".检查结果.html"
"""What the name of the page that a double click writes beside a wrong workbook ends with."""
REPORT_SUFFIXES = frozenset({
    ".xlsx", ".xlsm", ".xls", ".et", ".ods", ".docx", ".doc", ".wps", ".html", ".htm", ".mht", ".mhtml", ".pdf", ".json",
})  # fmt: skip
"""Of files that may hold a report; those that cannot be read are answered with what to do."""
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods"})
"""Of those among them that are filled in; the others are finished documents."""
ROSTER_NAMES = ("单位名册", "名册", "单位名单")
"""What the name of a list of bodies ends with: it lies beside the reports and is none."""


def files_in(
    places: Iterable[Path | str], *, skip: Iterable[Path | str | None] = (),
    suffixes: Collection[str] = REPORT_SUFFIXES,
) -> list[Path]:  # fmt: skip
    """Return the files that some places stand for, each once, in order.

    Args:
        places: files, taken as they are, and folders: the reports in them and in their sub-folders by
            name, without hidden files, lock files of office programs, rosters, dated copies and result pages of ours.
        skip: files and folders that are something else (the list of bodies, the result, the program).
        suffixes: which files of folders are taken.
    """
    left_out = {os.path.realpath(one) for one in skip if one}
    found: dict[str, Path] = {}
    for place in map(Path, places):
        for path in _reports(place, left_out, suffixes) if place.is_dir() else [place]:
            real = os.path.realpath(path)
            if real not in left_out:
                found.setdefault(real, path)
    return list(found.values())


def _reports(folder: Path, skip: Collection[str], suffixes: Collection[str]) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        inner = (name for name in sorted(folders) if not name.startswith("."))
        folders[:] = [name for name in inner if os.path.realpath(Path(here, name)) not in skip]
        for name in sorted(names):
            path = Path(here, name)
            unusual = is_lock_file(path) or is_backup(path) or path.stem.endswith(ROSTER_NAMES)
            unusual = unusual or name.endswith(PAGE_SUFFIX)
            if not (unusual or name.startswith(".")) and path.suffix.lower() in suffixes:
                yield path
