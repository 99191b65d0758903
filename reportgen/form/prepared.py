"""The forms as they are shipped, read and proved beforehand: ``forms/<edition>.json``.

Parsing the TOML files, proving all that is in them and spelling out rules and layout takes 60 ms at a
start; the finished form out of JSON takes 3 (3.11).  It is used only while the TOML files are, byte for
byte, those it was made from: an edited form is read and proved anew at every start.  Made by
:mod:`.prepare`.

Every record is the list of its values in the order of its fields.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .model import (
    Block,
    Cell,
    Comparison,
    Equation,
    Field,
    Form,
    LayoutCell,
    Node,
    Relation,
    Rule,
    Section,
    Sheets,
    Subheading,
    Table,
    Term,
)  # fmt: skip
from .phrases import Narrative, Phrase, Topic

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["digest", "dump", "load_prepared", "restore"]

T = TypeVar("T")


def digest(paths: Iterable[Path | str]) -> str:
    """Return one SHA-256 for the contents of some files; ends of lines do not matter.

    Raises:
        OSError: one of them cannot be read.
    """
    total = hashlib.sha256()
    for path in paths:
        data = _content(path).replace(b"\r\n", b"\n")
        total.update(b"%s %d\n" % (os.path.basename(path).encode("utf-8"), len(data)))
        total.update(data)
    return str(total.hexdigest())


def _content(path: Path | str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def load_prepared(path: Path | str) -> Form | None:
    """Return what was prepared from a form file, None if there is nothing or the form has changed.

    Args:
        path: the form file ``<edition>.toml``.
    """
    try:
        prepared: dict[str, Any] = json.loads(_content(str(path).removesuffix(".toml") + ".json"))
        folder = os.path.dirname(path)
        if prepared["digest"] == digest(os.path.join(folder, name) for name in prepared["made_from"]):
            return restore(prepared["form"])
    except (OSError, ValueError, LookupError, TypeError):
        return None  # none there, or not one of ours: the form file itself is read
    return None


def dump(value: object) -> Any:
    """Return a form, or a part of one, as JSON can hold it."""
    if isinstance(value, (tuple, list)):
        return [dump(one) for one in value]
    if isinstance(value, Mapping):
        return {key: dump(one) for key, one in value.items()}
    if isinstance(value, re.Pattern):
        return value.pattern
    if hasattr(value, "__struct_fields__"):
        return [dump(getattr(value, name)) for name in value.__struct_fields__]
    return value


def restore(data: list[Any]) -> Form:
    """Return the form again of which this is the dump.

    Raises:
        TypeError, ValueError: it is the dump of something else.
    """
    return _record(Form, data)


def _record(cls: Callable[..., T], values: list[Any]) -> T:
    values = list(values)
    for at, read in _READ.get(cls, ()):
        values[at] = read(values[at])
    return cls(*values)


def _records(cls: Callable[..., T], rows: Iterable[list[Any]]) -> tuple[T, ...]:
    if cls in _READ:
        return tuple([_record(cls, row) for row in rows])
    return tuple([cls(*row) for row in rows])


def _table(cls: Callable[..., T], rows: Mapping[str, list[Any]]) -> dict[str, T]:
    return dict(zip(rows, _records(cls, rows.values()), strict=True))


def _tuples(value: Any) -> Any:
    """Lists as tuples, however deep."""
    return tuple([_tuples(one) for one in value]) if isinstance(value, list) else value


def _mapping(rows: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _tuples(value) for key, value in rows.items()}


_nodes, _terms = partial(_records, Node), partial(_records, Term)
_SHAPES: dict[Callable[..., Any], dict[str, Callable[[Any], Any]]] = {
    Node: {"variants": tuple, "children": _nodes},
    Block: {"columns": _nodes, "rows": _nodes},
    Table: {"blocks": partial(_records, Block), "layout": partial(_records, LayoutCell), "widths": tuple},
    Section: {"variants": tuple, "also": tuple, "standard_when_zero": _tuples,
              "subheadings": partial(_records, Subheading)},
    Field: {"variants": tuple, "choices": tuple},
    Equation: {"left": tuple, "right": tuple},
    Term: {"cells": tuple},
    Comparison: {"left": _terms, "right": _terms},
    Relation: {"expect": partial(_record, Comparison), "when": partial(_records, Comparison),
               "fields": _tuples, "unless_fields": _tuples, "text": tuple},
    Sheets: {"text_heads": tuple, "last_year_heads": tuple, "explanation_heads": tuple},
    Topic: {"zero": _tuples, "wholes": _tuples},
    Phrase: {"any_of": _tuples, "topics": tuple, "units": tuple},
    Narrative: {"topics": partial(_records, Topic), "phrases": partial(_records, Phrase), "words": _mapping},
    Form: {
        "sections": partial(_records, Section), "fields": partial(_records, Field),
        "tables": partial(_records, Table), "rules": partial(_table, Rule), "cells": partial(_table, Cell),
        "quantities": _mapping, "equations": partial(_records, Equation),
        "relations": partial(_records, Relation), "sheets": partial(_record, Sheets),
        "title_patterns": lambda texts: tuple(map(re.compile, texts)), "last_year_tables": _mapping,
        "last_year_cells": tuple, "last_year_sections": tuple, "unverified": tuple,
        "narrative": partial(_record, Narrative),
    },
}  # fmt: skip
"""Class → field → what makes its value out of JSON; all others are as JSON has them."""
_READ = {
    cls: [(cls.__struct_fields__.index(name), read) for name, read in shape.items()]  # type: ignore[attr-defined]
    for cls, shape in _SHAPES.items()
}
