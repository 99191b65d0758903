"""What a template may name, and of what kind it is."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, NamedTuple, TypeAlias

from ..form import Form
from ..show.view import template_names
from .plan import Constant, Expression, Name, Operation
from .tags import TagError

__all__ = ["UNKNOWN", "Keys", "Names", "is_text"]

UNKNOWN = "?"
"""Keys of what a faulty tag would have named."""

Keys: TypeAlias = "tuple[str, ...]"
"""Where a value comes from: ``("一", "*", "段落", "*")`` for each paragraph of part 一."""

_ANYTHING: Any = [[]]
"""Kind of a loop variable whose list is itself a fault."""
_LOOP = {"index": 1, "first": True, "last": True}


def is_text(kind: Any) -> bool:
    """Tell whether a value of this kind can be printed."""
    return kind is _ANYTHING or isinstance(kind, str) or (isinstance(kind, int) and not isinstance(kind, bool))


class _OpenLoop(NamedTuple):
    variable: str
    kind: Any
    path: Keys


class Names:
    """Resolves the expressions of a template, loop variables included.

    The kind of a value is a specimen: ``""`` text, ``1`` number, ``True`` yes or no, ``[item]``
    list, ``{name: …}`` group.
    """

    def __init__(self, form: Form) -> None:
        self.top: dict[str, Any] = template_names(form)
        self.loops: list[_OpenLoop] = []
        self.cells: dict[Keys, str] = {
            (table.id, row.short, column.short): f"{table.id}.{row.id}.{column.id}"
            for table in form.tables
            for block in table.blocks
            for row in block.row_leaves()
            for column in block.column_leaves()
        }
        """Keys → cell id."""

    def open_loop(self, variable: str, expression: Expression) -> None:
        """Enter a loop.

        Raises:
            TagError: not a list, or a variable that hides another name.
        """
        kind, path = self.resolve(expression)
        if not isinstance(kind, list):
            raise TagError("for … in 后面要写一个列表，" + _what(kind))
        if variable in self.top:
            raise TagError(f"循环的名称“{variable}”与已有的名称相同，请换一个")
        self.loops.append(_OpenLoop(variable, kind[0], (*path, "*")))

    def open_unknown(self, variable: str) -> None:
        """Enter a loop over something that is not a list, without a fault for every use of its variable."""
        self.loops.append(_OpenLoop(variable, _ANYTHING, (UNKNOWN,)))

    def cell(self, expression: Expression) -> str | None:
        """Return the id of the cell that an expression prints, None if it is not a figure of the form."""
        return self.cells.get(expression.keys) if isinstance(expression, Name) else None

    def resolve(self, expression: Expression) -> tuple[Any, Keys]:
        """Return the kind of an expression and, if it is a name, where the value comes from.

        Raises:
            TagError: an unknown name, or values of kinds that do not go together.
        """
        if isinstance(expression, Name):
            return self._path(expression.keys)
        if isinstance(expression, Constant):
            return "" if expression.value is None else expression.value, ()
        return self._result(expression)

    def _result(self, operation: Operation) -> tuple[Any, Keys]:
        operator = operation.operator
        kinds = [self.resolve(operand)[0] for operand in operation.operands]
        if any(kind is _ANYTHING for kind in kinds):
            return _ANYTHING, ()
        if operator == "default":
            if not all(isinstance(kind, str) for kind in kinds):
                raise TagError("default 只能用于文字")
            return "", self.resolve(operation.operands[0])[1]
        if operator == "length":
            if not isinstance(kinds[0], (list, str)):
                raise TagError("length 只能用于列表或文字")
            return 1, ()
        if operator not in ("not", "and", "or"):
            _check_comparison(operator, *kinds)
        return True, ()

    def _path(self, keys: Keys) -> tuple[Any, Keys]:
        name = keys[0]
        kind, path = self._first(name)
        for key in keys[1:]:
            if kind is _ANYTHING:
                break
            if not isinstance(kind, dict):
                raise TagError(f"“{name}”后面不能再有“.{key}”，" + _what(kind))
            if key not in kind:
                raise TagError(f"“{name}”里没有“{key}”" + _near(key, list(kind)))
            kind, path, name = kind[key], (*path, key), f"{name}.{key}"
        return kind, path

    def _first(self, name: str) -> tuple[Any, Keys]:
        loop = next((found for found in reversed(self.loops) if found.variable == name), None)
        if loop is not None:
            return loop.kind, loop.path
        if name == "loop" and self.loops:
            return _LOOP, ("loop",)
        if name in self.top:
            return self.top[name], (name,)
        known = [*(found.variable for found in self.loops), *self.top]
        raise TagError(f"不认得名称“{name}”" + _near(name, known))


def _check_comparison(operator: str, left: Any, right: Any) -> None:
    texts = isinstance(left, str) and isinstance(right, str)
    numbers = type(left) is type(right) is int
    if not (numbers or (texts and operator in ("eq", "ne"))):
        raise TagError("比较的两边不是同一类；表中的数在模板里是文字，只能写 == '0' 或 != '0'")


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
