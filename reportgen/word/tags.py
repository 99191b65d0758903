"""Tags of a Word template: finding them in a paragraph's text, reading what they say, and what they may name.

Names in Chinese letters, as the shipped template has, are read here; whatever else a tag says, :mod:`.grammar` reads.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from typing import Any, NamedTuple, TypeAlias

import msgspec

from ..form import Form
from ..form.words import HAN
from ..show.view import template_names
from .faults import TagError
from .plan import Constant, Expression, Name, Operation

# One to one, so that places in the text stay the same.
_BRACES = str.maketrans("｛｝％＃", "{}%#")
_TAG = re.compile(r"\{\s?\{(.*?)\}\s?\}|\{\s?%(.*?)%\s?\}|\{\s?#(.*?)#\s?\}", re.S)
_LEFTOVER = re.compile(r"\{[{%#]|[}%#]\}")
_QUOTES = str.maketrans("“”„‟＂‘’‚‛＇", "\"\"\"\"\"'''''")
_QUOTED = re.compile(r"""("[^"]*"|'[^']*')""")
_LEVEL = re.compile(r"\s*(p|tr|tc|r)\s+(?=\S)")
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

_NAME = re.compile(rf"{HAN}+(?:\.{HAN}+)*")
_EACH = re.compile(rf"for ({HAN}+) in ({_NAME.pattern})")
_NONE = Constant(None)


class Tag(msgspec.Struct, frozen=True):
    """One tag where it stands in a paragraph's text."""

    raw: str
    start: int
    end: int
    kind: str
    """``print``, ``block`` or ``comment``."""
    level: str
    """``""`` inside a paragraph, ``p`` for a paragraph of its own, ``tr`` for a table row."""
    body: str


class Statement(msgspec.Struct, frozen=True):
    """What a tag says."""

    verb: str
    """``print``, ``for``, ``if``, ``elif``, ``else``, ``endfor``, ``endif``."""
    expression: Expression = _NONE
    """What is printed, gone through or asked."""
    variable: str = ""
    """Of ``for``."""

    @property
    def opens(self) -> bool:
        """A block begins here."""
        return self.verb in ("for", "if")

    @property
    def closes(self) -> bool:
        """A block ends here."""
        return self.verb in ("endfor", "endif")


def find_tags(text: str) -> list[Tag]:
    """Return the tags of a paragraph's text, also those with full-width braces."""
    tags = []
    for match in _TAG.finditer(text.translate(_BRACES)):
        kind = ("print", "block", "comment")[next(n for n in range(3) if match[n + 1] is not None)]
        raw = text[match.start() : match.end()]
        level = body = ""
        if kind != "comment":
            body = _plain(text[match.start(match.lastindex or 1) : match.end(match.lastindex or 1)])
            if prefix := _LEVEL.match(body):
                level, body = prefix[1], body[prefix.end() :]
        tags.append(Tag(raw, match.start(), match.end(), kind, level, body))
    return tags


def leftover(text: str, tags: list[Tag]) -> str:
    """Return a brace that belongs to no tag (``{{`` without ``}}``), ``""`` if there is none."""
    rest = list(text.translate(_BRACES))
    for tag in tags:
        rest[tag.start : tag.end] = "\n" * (tag.end - tag.start)
    match = _LEFTOVER.search("".join(rest))
    return match[0] if match else ""


def _plain(body: str) -> str:
    """Undo what word processors make of typed code; text between quotes stays as it is."""
    pieces = _QUOTED.split(body.translate(_QUOTES).translate(_NOTHING))
    pieces[::2] = [unicodedata.normalize("NFKC", piece).replace("。", ".") for piece in pieces[::2]]
    return "".join(pieces).strip()


def parse_tag(tag: Tag) -> Statement:
    """Read a tag of kind ``print`` or ``block``.

    Raises:
        TagError: not a tag of the small language that templates may use.
    """
    if tag.kind == "print":
        if tag.level:
            raise TagError(f"不支持 {{{{{tag.level} … }}}} 这种标签，请写成 {{{{ 名称 }}}}")
        return Statement("print", _expression(tag.body))
    if tag.level in ("tc", "r"):
        raise TagError(f"不支持 {{%{tag.level} … %}}，可以用 {{%p … %}}（整段）和 {{%tr … %}}（整行）")
    if tag.body[:1] in "+-" or tag.body[-1:] in "+-":
        raise TagError("不支持 {%- … -%}，请去掉减号")
    verb, _, rest = tag.body.partition(" ")
    if verb in ("else", "endif", "endfor") and not rest.strip():
        return Statement(verb)
    if verb in ("if", "elif"):
        return Statement(verb, _expression(rest))
    if verb == "for":
        return _for(tag.body)
    raise TagError(f"不认得“{verb}”，可以用的只有 for、if、elif、else、endfor、endif")


def _expression(source: str) -> Expression:
    if _NAME.fullmatch(source):
        return Name(tuple(source.split(".")))
    from .grammar import expression

    return expression(source)


def _for(source: str) -> Statement:
    if match := _EACH.fullmatch(source):
        return Statement("for", Name(tuple(match[2].split("."))), match[1])
    from .grammar import loop

    return Statement("for", *loop(source))


# ---------------------------------------------------------------- names

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
            (table.id, row.short, column.short): cell for table in form.tables for row, column, cell in table.figures()
        }
        """Keys → cell id."""
        self.optional = {field.short for field in form.fields if not field.required and field.default is None}
        """Fields that may be blank."""

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
