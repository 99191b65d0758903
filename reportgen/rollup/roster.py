"""The roster: which bodies report, what else they are called, and which group each belongs to."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import msgspec

from ..disk.files import read_input
from ..disk.names import shown_name
from ..errors import InputError
from ..form import Form
from ..form.likeness import key
from ..sources import Grid, open_document

_TABLES = (".xlsx", ".xlsm", ".xls", ".ods")
_ENCODINGS = ("utf-8-sig", "gb18030")
_SEVERAL = re.compile(r"[、，,;；/|\n]+")
"""What stands between several names in one cell."""
_NUMBER = re.compile(r"\d+[.、]?")
_SEPARATORS = ",，\t;；"


class Member(msgspec.Struct, frozen=True):
    """A body that has to report."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: str = ""
    """One of the choices of the field ``unit_type``; ``""`` if the roster does not say."""
    group: str = ""
    """Id of a group of the form; ``""`` if the roster does not say."""
    former: tuple[str, ...] = ()
    """What it was called before, or the bodies it was made of."""
    row: int = 0
    """Where it stands in the list, from 1 on."""


class Roster(msgspec.Struct, frozen=True, dict=True):
    """The bodies that have to report, in their order."""

    members: tuple[Member, ...]
    path: str = ""

    @cached_property
    def _by_name(self) -> Mapping[str, Member]:
        """Member by every name; a present name goes before another's former one, which may have several heirs."""
        former = {name: heirs[0] for name, heirs in self._heirs.items() if len(heirs) == 1}
        return former | {key(name): member for member in self.members for name in (*member.aliases, member.name)}

    @cached_property
    def _heirs(self) -> Mapping[str, list[Member]]:
        heirs: dict[str, list[Member]] = {}
        for member in self.members:
            for name in dict.fromkeys(map(key, member.former)):
                heirs.setdefault(name, []).append(member)
        return heirs

    def heirs(self, name: str) -> tuple[str, ...]:
        """Return the names of the members that were called so, or were made of a body called so."""
        return tuple(member.name for member in self._heirs.get(key(name), ()))

    def find(self, name: str) -> Member | None:
        """Return the member that is or was called so, None if none was or several were."""
        return self._by_name.get(key(name)) if name else None

    def named_in(self, text: str) -> Member | None:
        """Return the member whose full name or alias stands in a text (a file's name), None unless it is exactly one.

        Of names inside each other the longest counts.
        """
        said, lengths = key(text), {len(wording) for wording in self._by_name} - {1}
        pieces = {said[start : start + n] for n in lengths for start in range(len(said) - n + 1)}
        found = pieces & self._by_name.keys()
        outer = [self._by_name[w] for w in found if not any(w != other and w in other for other in found)]
        named = {member.name: member for member in outer}
        return next(iter(named.values())) if len(named) == 1 else None

    def near(self, name: str) -> tuple[str, ...]:
        """Return names of members that look like one."""
        return tuple(get_close_matches(name, [member.name for member in self.members], n=2, cutoff=0.6))


def read_roster(path: Path | str, form: Form) -> Roster:
    """Read a roster from a workbook, a .csv or a plain text.

    A first row of column heads (``[rollup.roster]`` of the form) says what the columns are.  Without
    one the first column holds the names, and a cell elsewhere is a group or a kind of body if it is
    called so, else an alias.  A line that is the name of a group holds for the lines below it.

    Args:
        path: the user's list.
        form: its groups, kinds of bodies and column heads.

    Raises:
        InputError: it cannot be read, names nobody, or names a body twice.
    """
    path = Path(path)
    lines = _grid_lines(path) if path.suffix.lower() in _TABLES else _text_lines(path)
    members = tuple(_Reader(form).members(lines))
    if not members:
        raise InputError(f"单位名册{shown_name(path)}里没有单位名称。请每行写一个单位，第一列写机关全称。")
    _refuse_doubles(path, members)
    return Roster(members, str(path))


def _refuse_doubles(path: Path, members: Sequence[Member]) -> None:
    """Refuse names that two members have: which of them a report is of could not be told."""
    taken: dict[str, Member] = {}
    wrong = []
    for member in members:
        for name in (member.name, *member.aliases):
            other = taken.setdefault(key(name), member)
            if other is not member:
                wrong.append(f"“{name}”（第{other.row}行和第{member.row}行）")
    if wrong:
        raise InputError(f"单位名册{shown_name(path)}里有重复的名称：{'、'.join(dict.fromkeys(wrong))}。请改正后再试。")


Line = tuple[int, list[str]]
"""Number of a line, and its cells."""


def _grid_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of the first visible sheet that holds anything."""
    grids = sorted(open_document(path).grids, key=lambda grid: grid.hidden)
    grid = next((one for one in grids if one.cells), Grid(""))
    rows: dict[int, dict[int, str]] = {}
    for cell in grid.cells:
        if cell.value is not None:
            rows.setdefault(cell.row, {})[cell.column] = str(grid.resolved(cell).value).strip()
    for row, cells in rows.items():
        yield row, [cells.get(column, "") for column in range(1, max(cells) + 1)]


def _text_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a text, cut at the separator that is found most."""
    text = _decoded(path)
    separator = max(_SEPARATORS, key=text.count)
    for number, cells in enumerate(csv.reader(text.splitlines(), delimiter=separator), 1):
        yield number, [cell.strip() for cell in cells]


def _decoded(path: Path) -> str:
    data = read_input(path)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # what Notepad calls Unicode
        return data.decode("utf-16", errors="replace")
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(f"单位名册{shown_name(path)}不是文字。请用 .xlsx、.csv 或文本文件，每行写一个单位。")


class _Reader:
    """Makes members of lines."""

    def __init__(self, form: Form) -> None:
        rollup = form.rollup
        self.groups = {key(word): one.id for one in rollup.groups for word in (one.name, *one.variants)}
        kinds = next((field.choices for field in form.fields if field.id == "unit_type"), ())
        self.kinds = {key(kind): kind for kind in kinds}
        heads = msgspec.structs.asdict(rollup.roster)
        self.heads = {key(word): column for column, words in heads.items() for word in words}
        self.names = {key(word) for word in rollup.roster.name}
        self.columns: dict[int, str] = {}
        self.below = ""
        """Group of the lines below a line that names one."""

    def members(self, lines: Iterable[Line]) -> Iterator[Member]:
        for number, cells in lines:
            filled = [cell for cell in cells if cell]
            if not filled or filled[0].startswith("#"):
                continue
            if not self.columns and any(key(cell) in self.names for cell in cells):
                self.columns = {n: self.heads[key(cell)] for n, cell in enumerate(cells) if key(cell) in self.heads}
            elif len(filled) == 1 and (group := self.groups.get(key(filled[0]).rstrip(":"))):
                self.below = group
            elif member := self.member(number, cells):
                yield member

    def member(self, number: int, cells: Sequence[str]) -> Member | None:
        """Return the body that a line names, None if it names none."""
        said = self.by_heads(cells) if self.columns else self.by_words(cells)
        name = "".join(said.get("name", ())).strip()
        if not name:
            return None
        words = [key(word) for column in ("group", "kind") for word in said.get(column, ())]  # people mix them up
        kind = next((self.kinds[word] for word in words if word in self.kinds), "")
        group = next((self.groups[word] for word in words if word in self.groups), self.below)
        aliases = tuple(dict.fromkeys(word for word in said.get("aliases", ()) if key(word) != key(name)))
        return Member(name, aliases, kind, group, tuple(said.get("former", ())), number)

    def by_heads(self, cells: Sequence[str]) -> dict[str, list[str]]:
        said: dict[str, list[str]] = {}
        for n, cell in enumerate(cells):
            if cell and n in self.columns:
                many = self.columns[n] in ("aliases", "former")
                said.setdefault(self.columns[n], []).extend(filter(None, _SEVERAL.split(cell)) if many else [cell])
        return said

    def by_words(self, cells: Sequence[str]) -> dict[str, list[str]]:
        said: dict[str, list[str]] = {}
        for cell in cells:
            if not cell or (not said and _NUMBER.fullmatch(cell)):
                continue  # a running number
            what = "name" if not said else "group" if key(cell) in self.groups else "aliases"
            said.setdefault("kind" if what != "name" and key(cell) in self.kinds else what, []).append(cell)
        return said
