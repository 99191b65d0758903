"""What a template may name, and of what kind it is."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, TypeAlias

from ..form import Form
from ..show.view import template_names
from .tags import TagError

__all__ = ["UNKNOWN", "Names", "Path", "is_text"]

UNKNOWN = "?"
"""Path of what a faulty tag would have named."""

Path: TypeAlias = "tuple[str, ...]"
"""Where a value comes from: ``("一", "*", "段落", "*")`` for each paragraph of part 一."""

_ANYTHING: Any = [[]]
"""Kind of a loop variable whose list is itself a fault."""
_LOOP = {"index": 1, "first": True, "last": True}


def is_text(kind: Any) -> bool:
    """Can a value of this kind be printed?"""
    return (
        kind is _ANYTHING or isinstance(kind, str) or (isinstance(kind, int) and not isinstance(kind, bool))
    )


class Names:
    """Resolves the expressions of a template, loop variables included.

    The kind of a value is a specimen: ``""`` text, ``1`` number, ``True`` yes or no, ``[item]``
    list, ``{name: …}`` group.
    """

    def __init__(self, form: Form) -> None:
        self.top: dict[str, Any] = template_names(form)
        self.loops: list[tuple[str, Any, Path]] = []
        self.cells: dict[Path, str] = {}
        """Path → cell id."""
        for table in form.tables:
            for block in table.blocks:
                for row in block.row_leaves():
                    for column in block.column_leaves():
                        path = (table.id, row.short, column.short)
                        self.cells[path] = f"{table.id}.{row.id}.{column.id}"

    def open_loop(self, variable: str, expression: list[Any]) -> None:
        """Enter a loop.

        Raises:
            TagError: not a list, or a variable that hides another name.
        """
        kind, path = self.resolve(expression)
        if not isinstance(kind, list):
            raise TagError("for … in 后面要写一个列表，" + _what(kind))
        if variable in self.top:
            raise TagError(f"循环的名称“{variable}”与已有的名称相同，请换一个")
        self.loops.append((variable, kind[0], (*path, "*")))

    def open_unknown(self, variable: str) -> None:
        """Enter a loop over something that is no list, without a fault for every use of its variable."""
        self.loops.append((variable, _ANYTHING, (UNKNOWN,)))

    def cell(self, expression: list[Any]) -> str | None:
        """Return the id of the cell that an expression prints, None if it is no figure of the form."""
        return self.cells.get(tuple(expression[1:])) if expression[0] == "path" else None

    def resolve(self, expression: list[Any]) -> tuple[Any, Path]:
        """Return the kind of an expression and, if it is a path, where it comes from.

        Raises:
            TagError: an unknown name, or values of kinds that do not go together.
        """
        verb, *rest = expression
        if verb == "path":
            return self._path(rest)
        if verb == "const":
            return rest[0] if rest[0] is not None else "", ()
        kinds = [self.resolve(part)[0] for part in rest]
        if any(kind is _ANYTHING for kind in kinds):
            return _ANYTHING, ()
        if verb == "default":
            if not all(isinstance(kind, str) for kind in kinds):
                raise TagError("default 只能用于文字")
            return "", self.resolve(rest[0])[1]
        if verb == "length" and not isinstance(kinds[0], (list, str)):
            raise TagError("length 只能用于列表或文字")
        if verb in ("eq", "ne", "lt", "lteq", "gt", "gteq"):
            self._comparable(verb, *kinds)
        return (1 if verb == "length" else True), ()

    def _comparable(self, verb: str, left: Any, right: Any) -> None:
        texts = isinstance(left, str) and isinstance(right, str)
        if verb in ("eq", "ne") and (texts or type(left) is type(right) is int):
            return
        if type(left) is type(right) is int:
            return
        raise TagError("比较的两边不是同一类；表中的数在模板里是文字，只能写 == '0' 或 != '0'")

    def _path(self, keys: list[Any]) -> tuple[Any, Path]:
        name = keys[0]
        loop = next((found for found in reversed(self.loops) if found[0] == name), None)
        if loop is not None:
            kind, path = loop[1], loop[2]
        elif name == "loop" and self.loops:
            kind, path = _LOOP, ("loop",)
        elif name in self.top:
            kind, path = self.top[name], (name,)
        else:
            known = [*(found[0] for found in self.loops), *self.top]
            raise TagError(f"不认得名称“{name}”" + self._near(name, known))
        for key in keys[1:]:
            if kind is _ANYTHING:
                break
            if not isinstance(kind, dict):
                raise TagError(f"“{name}”后面不能再有“.{key}”，" + _what(kind))
            if key not in kind:
                raise TagError(f"“{name}”里没有“{key}”" + self._near(key, list(kind)))
            kind, path, name = kind[key], (*path, key), f"{name}.{key}"
        return kind, path

    @staticmethod
    def _near(name: str, known: list[str]) -> str:
        near = get_close_matches(name, known, n=3, cutoff=0.4) or [k for k in known if name in k][:3]
        shown = near or known[:8]
        return f"，{'是不是' if near else '可以用的有'}“{'”“'.join(shown)}”" + ("？" if near else "等")


def _what(kind: Any) -> str:
    if isinstance(kind, list):
        return "它是一个列表，请用 {%p for … in … %} 逐项印出"
    if isinstance(kind, dict):
        return f"它是一组内容，请写明印哪一项，例如“.{next(iter(kind))}”"
    return "它不是一组内容"
