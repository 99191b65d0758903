"""Tags of a Word template: finding them in a paragraph's text and reading what they say.

jinja2 supplies the grammar, nothing else: an expression is parsed to its syntax tree, the tree is
turned into an expression of :mod:`.plan` by a list of what is allowed, and everything not on the list
is a fault.  No template code is ever executed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import cast

import msgspec
from jinja2 import Environment, TemplateSyntaxError, nodes

from .plan import Constant, Expression, Name, Operation, Operator

__all__ = ["Tag", "TagError", "find_tags", "leftover", "parse_tag"]

# One to one, so that places in the text stay the same.
_BRACES = str.maketrans("｛｝％＃", "{}%#")
_TAG = re.compile(r"\{\s?\{(.*?)\}\s?\}|\{\s?%(.*?)%\s?\}|\{\s?#(.*?)#\s?\}", re.S)
_LEFTOVER = re.compile(r"\{[{%#]|[}%#]\}")
_QUOTES = str.maketrans("“”„‟＂‘’‚‛＇", "\"\"\"\"\"'''''")
_QUOTED = re.compile(r"""("[^"]*"|'[^']*')""")
_LEVEL = re.compile(r"\s*(p|tr|tc|r)\s+(?=\S)")
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

_ENV = Environment(autoescape=False)
_COMPARE = {"eq", "ne", "lt", "lteq", "gt", "gteq"}
_NONE = Constant(None)


class TagError(Exception):
    """A tag that cannot be used; ``str()`` is the Chinese reason."""


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
        body = (
            ""
            if kind == "comment"
            else _plain(text[match.start(match.lastindex or 1) : match.end(match.lastindex or 1)])
        )
        level = ""
        if kind != "comment" and (prefix := _LEVEL.match(body)):
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


def _parse(source: str) -> nodes.Template:
    try:
        return _ENV.parse(source)
    except TemplateSyntaxError as error:
        raise TagError(f"写法有误（{error.message}）") from error
    except RecursionError as error:
        raise TagError("写得太复杂") from error


def _expression(source: str) -> Expression:
    if not source:
        raise TagError("里面没有内容")
    if re.search(r"[{%#]\}|\{[{%#]", source):
        raise TagError("标签里又有标签")
    body = _parse("{{ " + source + " }}").body
    output = body[0] if len(body) == 1 else None
    if not isinstance(output, nodes.Output) or len(output.nodes) != 1:
        raise TagError("里面没有内容")
    return _reduce(output.nodes[0])


def _for(source: str) -> Statement:
    node = _parse("{% " + source + " %}{% endfor %}").body[0]
    if not isinstance(node, nodes.For) or node.test is not None or node.recursive:
        raise TagError("循环只能写成 for 名称 in 列表")
    if not isinstance(node.target, nodes.Name):
        raise TagError("循环只能有一个名称：for 名称 in 列表")
    return Statement("for", _reduce(node.iter), node.target.name)


def _reduce(node: nodes.Node) -> Expression:  # noqa: PLR0911  # one line per node of the language
    match node:
        case nodes.TemplateData():
            raise TagError("里面没有内容")
        case nodes.Name():
            return Name((node.name,))
        case nodes.Getattr():
            return _step(node.node, node.attr)
        case nodes.Getitem(arg=nodes.Const(value=str() as key)):
            return _step(node.node, key)
        case nodes.Const(value=str() | int() | None as value):
            return Constant(value)
        case nodes.Not():
            return Operation("not", (_reduce(node.node),))
        case nodes.And():
            return Operation("and", (_reduce(node.left), _reduce(node.right)))
        case nodes.Or():
            return Operation("or", (_reduce(node.left), _reduce(node.right)))
        case nodes.Compare(ops=[nodes.Operand() as operand]) if operand.op in _COMPARE:
            return Operation(cast("Operator", operand.op), (_reduce(node.expr), _reduce(operand.expr)))
        case nodes.Filter(name="length" | "count", args=[], kwargs=[]) if node.node is not None:
            return Operation("length", (_reduce(node.node),))
        case nodes.Filter(name="default" | "d", args=[only], kwargs=[]) if node.node is not None:
            return Operation("default", (_reduce(node.node), _reduce(only)))
    raise TagError("用了模板不支持的写法；可以用的有名称、比较、and、or、not、default('…')、length")


def _step(node: nodes.Node, key: str) -> Name:
    name = _reduce(node)
    if not isinstance(name, Name):
        raise TagError("只有名称后面可以写“.”")
    return Name((*name.keys, key))
