"""Regular expressions that stay compiled from one run to the next.

Compiling the 150 that a ``validate`` needs takes 19 of its 80 ms; out of the user's cache folder they
come in 2 (3.11).  Python has no public way to keep what it compiled, so this module alone takes hold of
the innards of :mod:`re`: the plain numbers that its matcher works by.  What makes that safe: they are
kept only if the matcher makes an equal expression of them, for this very build of Python and this text
and flags; the matcher itself refuses numbers that are no program of its own; and at any doubt, or in
another Python than CPython, the expression is compiled as usual.
"""

from __future__ import annotations

import re
import sys
from functools import cache

from . import caches
from .hints import Any

if sys.implementation.name == "cpython":
    import _sre  # type: ignore[import-not-found,unused-ignore]
else:
    _sre = None

__all__ = ["compiled", "keep"]

_MOST = 500
"""Expressions kept; some are made for one year only.  When there are more, those of this run stay."""
_FILE = f"patterns-{sys.implementation.cache_tag}.json"
_used: dict[str, re.Pattern[str]] = {}
"""Flags and text → expressions of this run."""


def compiled(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what ``re.compile`` returns, sooner.

    Args:
        text: the expression.
        flags: as for :func:`re.compile`.

    Raises:
        re.error: it is none.
    """
    key = f"{int(flags)} {text}"
    pattern = _used.get(key)
    if pattern is None:
        pattern = _revived(text, _kept().get(key)) or re.compile(text, flags)
        if len(_used) < _MOST:
            _used[key] = pattern
    return pattern


def keep() -> None:
    """Keep what was compiled in this run for the next: at the end of a command, when all is said."""
    known = _kept()
    if _sre is None or _used.keys() <= known.keys() or not caches.writable():
        return
    new = {key: known.get(key) or _numbers(key, pattern) for key, pattern in _used.items()}
    whole = known | new if len(known | new) <= _MOST else new
    caches.save(_FILE, {"build": _build(), "patterns": {k: v for k, v in whole.items() if v}})


@cache
def _kept() -> dict[str, Any]:
    """Flags and text → what the matcher needs to be told."""
    stored = caches.load(_FILE) if _sre else None
    found: dict[str, Any] = stored["patterns"] if stored and stored["build"] == _build() else {}
    return found


def _build() -> list[Any]:
    return [sys.version, sys.byteorder, _sre.MAGIC]


def _revived(text: str, numbers: list[Any] | None) -> re.Pattern[str] | None:
    if numbers is None:
        return None
    try:
        flags, groups, names, order, code = numbers
        program = memoryview(bytes.fromhex(code)).cast("I").tolist()
        pattern: re.Pattern[str] = _sre.compile(text, flags, program, groups, names, tuple(order))
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None
    return pattern


def _tools() -> tuple[Any, Any]:
    from importlib import import_module

    if sys.version_info >= (3, 11):
        return import_module("re._compiler"), import_module("re._parser")
    return import_module("sre_compile"), import_module("sre_parse")


def _numbers(key: str, pattern: re.Pattern[str]) -> list[Any] | None:
    """Take an expression apart, as :func:`re.compile` put it together; None if that is not certain."""
    try:
        compiler, parser = _tools()
        flags = int(key.partition(" ")[0])
        parsed = parser.parse(pattern.pattern, flags)
        code = compiler._code(parsed, flags)
        names = parsed.state.groupdict
        order: list[str | None] = [None] * parsed.state.groups
        for name, number in names.items():
            order[number] = name
        packed = b"".join(number.to_bytes(4, sys.byteorder) for number in code).hex()
        made = [flags | parsed.state.flags, parsed.state.groups - 1, names, order, packed]
    except (AttributeError, ImportError, LookupError, TypeError, OverflowError):
        return None
    again = _revived(pattern.pattern, made)
    same = again == pattern and again.groups == pattern.groups and again.groupindex == pattern.groupindex
    return made if same else None
