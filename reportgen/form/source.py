"""From form files to the data of one edition: read from TOML, laid over the files they extend.

``extends`` names one or several other form files.  A file says only what changes: an entry of a list
whose ``id`` is known changes that entry, another one is added, ``after`` or ``before`` an entry or at the
end; ``remove = true`` takes one out.  Everything else replaces what was there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import tomli

from ..errors import FormError, said_by_system

Steps: TypeAlias = "tuple[str | int, ...]"
"""The way to a place in a form file: keys, ids of entries, 1-based numbers of entries without an id."""

DIRECTIVES = {
    "after": "放在这个标识的后面",
    "before": "放在这个标识的前面",
    "remove": "去掉这一项（规则不能去掉，只能停用）",
}
"""What an entry of a list may say besides its own keys."""

# Lists that are merged by the ids of their entries, and tables of keys that are merged key by key.
_MERGED: dict[str, Any] = {
    "sections": {"subheadings": {}},
    "fields": {},
    "tables": {"blocks": {"columns": {}, "rows": {}}, "register": {}},
    "rules": {},
    "sheets": {},
    "labels": {},
    "sign_off": {},
    "titles": {},
    "charts": {},
    "extras": {},
    "last_year": {"other_editions": {}},
    "narrative": {"topics": {}, "phrases": None},  # phrases have no ids: they are added
}
_OWN = ("first_year", "final_year", "document")
"""What an edition does not take over from one with another id."""
_WORDS = {"id", "title", "source", "message", "advice", "reason", "off"}
"""What may be changed in a rule without a reason; ``off`` has a proof of its own."""


class Source(NamedTuple):
    """One form file as read."""

    path: Path
    data: dict[str, Any]


class Faults:
    """The author's mistakes, each with its file and its place there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sources: Sequence[Source] = ()
        self.lines: list[str] = []
        self.broken: set[Steps] = set()
        """Entries that could not be decoded: nothing else can be said of them."""
        self.proving = False
        """The file has been decoded; what is told now may only follow from a mistake told before."""

    def add(self, steps: Steps, what: str, file: Path | None = None) -> None:
        """Note a mistake.

        Args:
            file: the file it stands in; the one that goes furthest on this way if None.
        """
        if self.proving and steps[:2] in self.broken:
            return
        file = file or self._file(steps)
        line = f"{shown(steps)}：{what}"
        if file != self.path:
            line = f"{file if file.name == self.path.name else file.name} 的 {line}"
        if line not in self.lines:
            self.lines.append(line)

    def stop(self) -> None:
        """Raise all mistakes at once.

        Raises:
            FormError: there is one.
        """
        if self.lines:
            lines = "\n".join(f"  {line}" for line in self.lines)
            raise FormError(f"格式文件 {self.path.name} 有 {len(self.lines)} 处错误：\n{lines}")

    def _file(self, steps: Steps) -> Path:
        best, depth = self.path, 0
        if steps[:2] == ("narrative", "phrases") and len(steps) > 2:  # numbered through all files
            number = int(steps[2])
            for path, data in self.sources:
                number -= len(data.get("narrative", {}).get("phrases", ()))
                if number <= 0:
                    return path
        for source in self.sources:  # of files that go as far the last one counts
            if (far := _depth(source.data, steps)) >= depth:
                best, depth = source.path, far
        return best if depth else self.path


def shown(steps: Steps) -> str:
    """Return a way as it is printed: ``tables.表三.blocks[1].rows.deny_1``."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "文件"


def _depth(data: Any, steps: Steps) -> int:
    for depth, step in enumerate(steps):
        if isinstance(data, Mapping) and step in data:
            data = data[step]
        elif isinstance(data, list):
            # Only one entry of such a list can be without an id.
            data = next((one for one in data if isinstance(one, dict) and one.get("id", 1) == step), None)
            if data is None:
                return depth
        else:
            return depth
    return len(steps)


# --------------------------------------------------------------------------- reading


def read_sources(path: Path, folders: Sequence[Path], above: tuple[Path, ...] = ()) -> list[Source]:
    """Read a form file and all those it extends, the most basic one first.

    Args:
        folders: where to look for a file it extends, after its own folder.
        above: the files that extend it.

    Raises:
        FormError: a file cannot be read, is not there, or extends itself.
    """
    data = _toml(path)
    names = data.get("extends", [])
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise FormError(f'格式文件 {path.name} 的 extends 应是一个版本的名称，例如 extends = "…"。')
    found: list[Source] = []
    chain = (*above, path.resolve())
    for name in names:
        places = (folder / f"{name}.toml" for folder in (path.parent, *folders))
        base = next((place for place in places if place.is_file() and place.resolve() not in chain), None)
        if base is None:
            raise FormError(f"格式文件 {path.name} 的 extends：没有找到“{name}”，或者几个文件互相引用。")
        found += [one for one in read_sources(base, folders, chain) if one.path not in {s.path for s in found}]
    return [*found, Source(path, {key: value for key, value in data.items() if key != "extends"})]


def _toml(path: Path) -> dict[str, Any]:
    if path.exists() and not path.is_file():  # a pipe or a device: reading it might never end
        raise FormError(f"格式文件“{path}”不是普通文件，不能读取。")
    try:
        return _parsed(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        what = said_by_system(error)
    except UnicodeDecodeError:
        what = "不是 UTF-8 编码，请另存为 UTF-8"
    except tomli.TOMLDecodeError as error:
        at = re.search(r"line (\d+), column (\d+)", str(error))
        what = (f"第{at[1]}行第{at[2]}列" if at else "文件末尾") + f"写法不对（{error}）"
    raise FormError(f"格式文件 {path.name} 读不出来：{what}。")


@lru_cache(maxsize=16)
def _parsed(text: str) -> dict[str, Any]:
    """Parse a file once: several editions extend it.  Nobody may change what comes back."""
    return tomli.loads(text)


# --------------------------------------------------------------------------- laying over


def merged(sources: Sequence[Source], faults: Faults) -> dict[str, Any]:
    """Lay form files over one another."""
    data: dict[str, Any] = {}
    edition = ""
    for path, change in sources:
        if path.stem != edition:
            data = {key: value for key, value in data.items() if key not in _OWN}
        if "first_year" in change:
            edition = path.stem
        data = _Layer(path, faults).over(data, change, _MERGED, ())
    return data


class _Layer:
    """One file, laid over what the files below it say."""

    def __init__(self, path: Path, faults: Faults) -> None:
        self.path, self.faults = path, faults

    def fault(self, steps: Steps, what: str) -> None:
        self.faults.add(steps, what, self.path)

    def over(
        self, below: Mapping[str, Any], change: Mapping[str, Any], how: Mapping[str, Any], steps: Steps
    ) -> dict[str, Any]:
        """Return the keys of ``below`` with those of ``change`` over them."""
        result = dict(below)
        for key, value in change.items():
            old, here = result.get(key), (*steps, key)
            if key in how and isinstance(value, list) and isinstance(old, list | None):
                result[key] = self.entries(old or [], value, how[key], here)
            elif key in how and isinstance(value, dict) and isinstance(old, dict):
                result[key] = self.over(old, value, how[key], here)
            else:
                result[key] = value
        return result

    def entries(self, below: list[Any], change: list[Any], how: Any, steps: Steps) -> list[Any]:
        """Return a list with the entries of ``change`` changed, added or taken out."""
        result, seen = list(below), set()
        known = {one.get("id", "") for one in below if isinstance(one, dict)}
        for number, entry in enumerate(change, 1):
            if how is None or not isinstance(entry, dict):
                result.append(entry)
                continue
            own = entry.get("id", "")
            here = (*steps, own if isinstance(own, str) and own else number)
            if own in seen:
                self.fault(here, "id 重复")
            if own in seen and _index(below, own) is None:
                result.append({key: value for key, value in entry.items() if key not in DIRECTIVES})
            else:
                at = _index(result, own) if own in known or own in seen else None
                self.entry(result, entry, at, how, here)
            seen.add(own)
        return result

    def entry(self, result: list[Any], entry: dict[str, Any], at: int | None, how: Any, steps: Steps) -> None:
        """Put one entry into a list, in place of the one at ``at``."""
        directives = {key: entry[key] for key in DIRECTIVES if key in entry}
        entry = {key: value for key, value in entry.items() if key not in DIRECTIVES}
        if directives.get("remove"):
            if at is None:
                self.fault(steps, "没有这一项，不能去掉")
            elif steps[0] == "rules":
                self.fault(steps, "规则不能去掉；请写 off = true 和 reason（停用的理由）")
            else:
                del result[at]
            return
        if at is not None:
            if steps[0] == "rules" and set(entry) - _WORDS and not entry.get("reason"):
                self.fault(steps, "改变规则的级别或条件要写 reason（理由）")
            entry = self.over(result.pop(at), entry, how, steps)
        else:
            entry = self.over({}, entry, how, steps)
        for key, offset in (("before", 0), ("after", 1)):
            if key in directives:
                at = _index(result, directives[key])
                if at is None:
                    self.fault(steps, f"{key} 里的“{directives[key]}”没有")
                else:
                    at += offset
        result.insert(len(result) if at is None else at, entry)


def _index(entries: list[Any], wanted: Any) -> int | None:
    return next((n for n, one in enumerate(entries) if isinstance(one, dict) and one.get("id", "") == wanted), None)
