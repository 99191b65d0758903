"""Which editions of the form there are, which one a year has, and their loading.

An edition is a form file whose name begins with a digit; the name is its id.  Office IT's own folders
are searched before the shipped one (``REPORTGEN_FORMS``), so an edition of theirs takes the place of a
shipped one with the same id.

A process loads a form once.  What comes with the program is proved by its tests; any other form file is
proved whole whenever it is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from ..errors import FormError
from ..forms import FORMS_VARIABLE
from .decode import decode
from .proof import prove
from .records import Form
from .source import Faults, Source, merged, read_sources

_YEARS = {"first_year", "final_year"}
"""What a form file says of the years it is for."""

_SHIPPED = Path(__file__).parent.parent / "forms"


class Years(Struct, frozen=True):
    """An edition and the years of data it is for."""

    id: str
    first_year: int
    final_year: int
    """0 while no other edition follows."""

    def covers(self, year: int) -> bool:
        """Tell whether this edition is the one for a year's data."""
        return self.first_year <= year and (not self.final_year or year <= self.final_year)


class _Library(Struct, frozen=True):
    """The form files of some folders."""

    files: Mapping[str, Path]
    """Edition → its file."""
    years: tuple[Years, ...]
    """The editions, oldest first; of two for the same year the preferred one last."""

    def named(self) -> str:
        """Name the editions, for messages."""
        return "、".join(one.id for one in self.years)


def form_folders() -> tuple[Path, ...]:
    """Return the folders where form files and their Word templates are looked for, the first one preferred."""
    return (*_own_folders(os.environ.get(FORMS_VARIABLE, "")), _SHIPPED)


def _own_folders(listed: str) -> Iterator[Path]:
    """Yield the folders of a list like that of ``PATH``; the name of one may have the separator in it."""
    pieces = listed.split(os.pathsep)
    while pieces:
        joined = (os.pathsep.join(pieces[:count]) for count in range(len(pieces), 1, -1))
        folder = next((one for one in joined if os.path.isdir(one)), pieces[0])
        pieces = pieces[folder.count(os.pathsep) + 1 :]
        if folder:
            yield Path(folder)


def own_template(edition: str) -> Path | None:
    """Return the Word template of an edition in office IT's folders, None if there is none."""
    places = (folder / f"report-{edition}.docx" for folder in form_folders()[:-1])
    return next((place for place in places if place.is_file()), None)


def is_shipped(edition: str) -> bool:
    """Tell whether an edition's file is one that comes with the program.

    Raises:
        FormError: there is no such edition.
    """
    return form_file(edition).parent == form_folders()[-1]


def editions() -> tuple[str, ...]:
    """Return the ids of all editions, oldest first.

    Raises:
        FormError: a form file cannot be read.
    """
    return tuple(one.id for one in _library(form_folders()).years)


def form_file(edition: str) -> Path:
    """Return the file of an edition.

    Raises:
        FormError: there is no such edition.
    """
    library = _library(form_folders())
    if edition not in library.files:
        raise FormError(f"没有“{edition}”版格式；现有：{library.named()}。")
    return library.files[edition]


def load_form(edition: str | Path | None = None, *, year: int | None = None) -> Form:
    """Load and prove one edition of the form.

    Args:
        edition: its id, or the path of a form file; None for the one that ``year`` has.
        year: of the data; None for the newest edition.

    Raises:
        FormError: there is no such edition, or none for this year, or the file contradicts itself; the
            message lists every fault with its file and its place there.
    """
    folders = form_folders()
    if edition is not None and str(edition).endswith(".toml"):
        return _loaded(Path(edition), folders)
    if edition is not None:
        return _form(form_file(str(edition)).stem, folders)
    library = _library(folders)
    fitting = [one.id for one in library.years if year is None or one.covers(year)]
    if not fitting:
        raise FormError(f"没有适用于{year}年数据的格式；现有：{library.named()}。")
    return _form(fitting[-1], folders)


# --------------------------------------------------------------------------- all of them


@lru_cache(maxsize=8)
def _library(folders: tuple[Path, ...]) -> _Library:
    """A process looks into its folders once."""
    for folder in folders:
        if not folder.is_dir():
            raise FormError(f"没有格式文件夹“{folder}”（{FORMS_VARIABLE} 或 --forms）。")
    every = [sorted(folder.glob("*.toml")) for folder in folders]
    files = {file.stem: file for found in reversed(every) for file in found if file.stem[:1].isdigit()}
    return _Library(files, _years(files, folders))


def _years(files: Mapping[str, Path], folders: tuple[Path, ...]) -> tuple[Years, ...]:
    """Read of every edition for which years it is; one that does not say ends before the next one."""
    declared: list[tuple[int, int, str, int]] = []
    for edition, file in files.items():
        faults = Faults(file)
        sources = [
            Source(path, {key: data[key] for key in _YEARS & data.keys()}) for path, data in read_sources(file, folders)
        ]
        data = merged(sources, faults)
        first, final = data.get("first_year"), data.get("final_year", 0)
        if isinstance(first, int) and isinstance(final, int):
            declared.append((first, -folders.index(file.parent), edition, final))
        else:
            _loaded(file, folders)  # says what is wrong, with all else that is
    declared.sort()
    starts = sorted({first for first, *_ in declared})
    return tuple(
        Years(edition, first, final or next((start - 1 for start in starts if start > first), 0))
        for first, _, edition, final in declared
    )


# --------------------------------------------------------------------------- one of them


@lru_cache(maxsize=16)
def _form(edition: str, folders: tuple[Path, ...]) -> Form:
    """A process loads each edition once."""
    library = _library(folders)
    years = next(one for one in library.years if one.id == edition)
    file = library.files[edition]
    form = _loaded(file, folders, trusted=folders[-1])
    return msgspec.structs.replace(form, final_year=years.final_year)


def _loaded(path: Path, folders: tuple[Path, ...], trusted: Path | None = None) -> Form:
    """Read a form file, and before it the editions it extends.

    Args:
        trusted: the folder whose editions need no proof; None if every one is proved.
    """
    sources = read_sources(path, folders)
    base: Form | None = None
    for number, source in enumerate(sources, 1):
        if "first_year" not in source.data and source.path != path:
            continue  # no edition by itself
        faults = Faults(source.path)
        faults.sources = sources[:number]
        file = decode(merged(faults.sources, faults), faults)
        if file is None:
            faults.stop()
            raise FormError(f"格式文件 {source.path.name} 的写法不对。")
        proved = all(one.path.parent == trusted for one in faults.sources)
        base = prove(file, source.path.stem, base, faults, proved=proved)
    assert base is not None
    return base
