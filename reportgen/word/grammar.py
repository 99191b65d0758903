"""What tags of a Word template may say.

jinja2 supplies the grammar, nothing else: an expression is parsed to its syntax tree, the tree is
turned into an expression of :mod:`.plan` by a list of what is allowed, and everything not on the list
is a fault.  No template code is ever executed.
"""

from __future__ import annotations

import re
from typing import cast

from jinja2 import Environment, TemplateSyntaxError, nodes

from .faults import TagError
from .plan import Constant, Expression, Name, Operation, Operator

_ENV = Environment(autoescape=False)
_COMPARE = {"eq", "ne", "lt", "lteq", "gt", "gteq"}


def _parse(source: str) -> nodes.Template:
    try:
        return _ENV.parse(source)
    except TemplateSyntaxError as error:
        raise TagError("写法有误，请对照使用说明检查名称、引号和括号") from error
    except RecursionError as error:
        raise TagError("写得太复杂") from error


def expression(source: str) -> Expression:
    """Read an expression.

    Raises:
        TagError: not one that templates may use.
    """
    if not source:
        raise TagError("里面没有内容")
    if re.search(r"[{%#]\}|\{[{%#]", source):
        raise TagError("标签里又有标签")
    body = _parse("{{ " + source + " }}").body
    output = body[0] if len(body) == 1 else None
    if not isinstance(output, nodes.Output) or len(output.nodes) != 1:
        raise TagError("里面没有内容")
    return _reduce(output.nodes[0])


def loop(source: str) -> tuple[Expression, str]:
    """Read ``for … in …``: what is gone through, and the name of the variable.

    Raises:
        TagError: not a loop that templates may use.
    """
    node = _parse("{% " + source + " %}{% endfor %}").body[0]
    if not isinstance(node, nodes.For) or node.test is not None or node.recursive:
        raise TagError("循环只能写成 for 名称 in 列表")
    if not isinstance(node.target, nodes.Name):
        raise TagError("循环只能有一个名称：for 名称 in 列表")
    return _reduce(node.iter), node.target.name


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
