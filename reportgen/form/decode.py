"""From the data of a form file to typed records: msgspec decodes, every mistake is named at once.

msgspec stops at the first mistake.  It is noted, the data is mended with a stand-in, and decoded again,
so that the author learns of all of them and what is right can still be proved.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any, get_args

import msgspec

from .kinds import KINDS
from .source import Faults, Steps
from .words import SEVERITIES, Axis, FieldKind, FigureKind, SourceKind
from .written import EditionFile

_MESSAGE = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.S)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_TYPES = {
    "str": "文字", "int": "整数", "float": "小数", "bool": "true 或 false", "array": "列表 […]", "object": "一组 {…}",
    "null": "空", "datetime": "日期", "date": "日期", "time": "时间",
}  # fmt: skip
_STAND_INS = {"str": "?", "int": 1, "bool": False, "array": [], "object": {}}
_CHOICES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("severity", "strict", "weak", "wording"), SEVERITIES),
    **dict.fromkeys(("sources", "wording_sources"), get_args(SourceKind)),
    "along": get_args(Axis), "fields": get_args(FieldKind), "tables": get_args(FigureKind), "rules": tuple(KINDS),
}  # fmt: skip
"""Key → the words it may have; of ``kind`` by the list it stands in."""
_MOST, _TRIES = 200, 3
"""Mistakes in a file that are told, and stand-ins that are tried at one place."""


def decode(data: dict[str, Any], faults: Faults) -> EditionFile | None:
    """Decode the data of one edition.

    Returns:
        the records, with stand-ins where there are mistakes; None if it cannot be mended.
    """
    decoder: _Decoder | None = None
    for _ in range(_MOST):
        try:
            return msgspec.convert(decoder.data if decoder else data, EditionFile)
        except msgspec.ValidationError as error:
            decoder = decoder or _Decoder(deepcopy(data), faults)
            if not decoder.mend(str(error)):
                return None
    return None


class _Decoder:
    def __init__(self, data: dict[str, Any], faults: Faults) -> None:
        self.data, self.faults = data, faults
        self.mended: dict[tuple[str | int, ...], int] = {}
        """Place → how often it was mended; after the first time nothing is said."""

    def mend(self, message: str) -> bool:
        """Note one mistake and put something right in its place; False if that cannot be done."""
        match = _MESSAGE.fullmatch(message)
        assert match is not None
        path = _path(match["path"] or "")
        if key := re.search(r"(?:unknown|missing required) field `(.+)`", match["what"]):
            path = [*path, key[1]]
        what, place = match["what"], tuple(path)
        # Of a rule whose kind is wrong, the options cannot be judged.
        given_up = place[:1] == ("rules",) and (*place[:2], "kind") in self.mended
        if place not in self.mended and not given_up:
            own = self.faults.path if len(path) == 1 and "missing" in what else None
            steps = self._steps(path)
            self.faults.add(steps, chinese(what, self._at(path), _choices(path)), own)
            if steps[0] in ("fields", "rules", "sections"):
                self.faults.broken.add(steps[:2])
        times = self.mended[place] = self.mended.get(place, 0) + 1
        holder = self._at(path[:-1])
        if not path or times > _TRIES or not isinstance(holder, dict | list):
            return False
        if "unknown field" in what:
            del holder[path[-1]]
        else:
            holder[path[-1]] = self._stand_in(what, path)
        return True

    def _stand_in(self, what: str, path: list[Any]) -> Any:
        if path[-1] == "kind" and path[0] == "rules":
            return "reading"
        if choices := _choices(path):
            return choices[0]
        if expected := re.match(r"Expected `(\w+)", what):
            value = _STAND_INS.get(expected[1])
            return f"?{len(self.mended)}" if value == "?" else value
        return f"?{len(self.mended)}" if "missing" in what else None

    def _at(self, path: list[Any]) -> Any:
        value: Any = self.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def _steps(self, path: list[Any]) -> Steps:
        """Return a path with the ids of entries in place of their numbers."""
        steps: list[str | int] = []
        value: Any = self.data
        for step in path:
            value = value[step] if isinstance(step, int) else value.get(step) if isinstance(value, dict) else None
            own = value.get("id") if isinstance(step, int) and isinstance(value, dict) else None
            steps.append(own if isinstance(own, str) and own else step + 1 if isinstance(step, int) else step)
        return tuple(steps)


def _choices(path: list[Any]) -> tuple[str, ...]:
    """Return the words that may stand at a place; () if any may."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    return _CHOICES.get(str(path[0]), ()) if key == "kind" else _CHOICES.get(key, ()) if len(path) > 1 else ()


def _path(text: str) -> list[Any]:
    """Return keys and 0-based numbers; a value of a table whose key is not told is the table itself."""
    told = text.partition("[...]")[0]
    return [match[1] if match[1] is not None else int(match[2]) for match in _STEP.finditer(told)]


def chinese(what: str, value: Any = None, choices: tuple[str, ...] = ()) -> str:
    """Say a mistake in Chinese.

    Args:
        what: msgspec's message without the place.
        value: what stands there.
        choices: the words that may stand there, if these are a few.
    """
    if what.startswith("Invalid"):
        return f"不认得“{value}”，可以写 {'、'.join(choices)}" if choices else "写法不对"
    for pattern, say in _SENTENCES.items():
        if match := re.search(pattern, what):
            return say(match, value)
    return f"写法不对（{what}）"


def _types(match: re.Match[str], _: Any) -> str:
    wanted = "或".join(_TYPES.get(one, one) for one in match[1].split(" | ") if one != "null")
    return f"应是{wanted}，写的是{_TYPES.get(match[2], match[2])}"


_SENTENCES: dict[str, Callable[[re.Match[str], Any], str]] = {
    r"unknown field `(.+)`": lambda match, _: f"不认得的键“{match[1]}”",
    r"missing required field `(.+)`": lambda match, _: f"缺少“{match[1]}”",
    r"Expected `([^`]+)`, got `(\w+)`": _types,
    r"Expected `int` >= (\d+)": lambda match, value: f"应不小于 {match[1]}，写的是 {value}",
    r"Expected `int` <= (\d+)": lambda match, value: f"应不大于 {match[1]}，写的是 {value}",
    r"Expected `array` of length (\d+), got (\d+)": lambda match, _: f"应有 {match[1]} 项，写了 {match[2]} 项",
}
"""What msgspec says → how it is said in Chinese."""
