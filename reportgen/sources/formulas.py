"""What a spreadsheet formula gives, for the simple formulas people total tables with.

Used where a file holds a formula but no result (made by a program, never opened in Excel or
WPS), and to notice a stored result that no longer fits.  Sums, differences, ``IF``, ``COUNT``,
``ROUND`` and references are computed exactly; anything else is *unknown*, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from functools import lru_cache
from typing import NamedTuple

from ..model.numbers import Number, exact
from .base import column_letters, column_number

Lookup = Callable[[str, int, int], object]
"""(sheet name or "" for the formula's own, row, column) → value; raises UnknownError."""

_TOKEN = (
    r"\s*(?:(?P<ref>(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<sheet>[^\W\d][\w.]*))!)?"
    r"\$?(?P<c1>[A-Za-z]{1,3})\$?(?P<r1>\d{1,7})(?::\$?(?P<c2>[A-Za-z]{1,3})\$?(?P<r2>\d{1,7}))?)(?![\w(])"
    r"|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<text>\"(?:[^\"]|\"\")*\")"
    r"|(?P<name>[A-Za-z][A-Za-z.]*)"
    r"|(?P<op><=|>=|<>|[-+*/=<>(),&]))"
)
_MAX_CELLS = 20_000
_MAX_DEPTH = 40
_MAX_LENGTH = 8192
"""Characters of a formula, as in Excel."""
_MAX_TEXT = 32_767
"""Characters that a cell can hold."""
_CONTEXT = Context(
    prec=60, Emax=308, Emin=-400, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow]
)
"""As wide as the doubles of spreadsheets; what does not fit is an error at once, not a long computation."""


class UnknownError(Exception):
    """The formula is beyond what is computed here."""


class CircularError(UnknownError):
    """A formula refers, also by way of others, to its own cell."""

    def __init__(self, sheet: str, row: int, column: int) -> None:
        """The cell at which the circle closes."""
        super().__init__(f"{sheet}!{column_letters(column)}{row}")
        self.place = (sheet, (row, column))


class _Area(NamedTuple):
    """Cells that a formula refers to."""

    sheet: str
    """``""`` for the formula's own."""
    top: int
    left: int
    bottom: int
    right: int

    def values(self, lookup: Lookup) -> list[object]:
        """Return the values of all of its cells."""
        if (self.bottom - self.top + 1) * (self.right - self.left + 1) > _MAX_CELLS:
            raise UnknownError("area")
        return [
            lookup(self.sheet, row, column)
            for row in range(self.top, self.bottom + 1)
            for column in range(self.left, self.right + 1)
        ]


def evaluate(formula: str, lookup: Lookup) -> object:
    """Return the exact result of a formula (``int``, ``Decimal``, ``str`` or ``bool``).

    A number larger than spreadsheets can hold is ``#NUM!``, as there.

    Args:
        formula: with its leading ``=``.
        lookup: gives the value of a cell.

    Raises:
        UnknownError: a function, name or operand it does not know, or an error value.
    """
    if len(formula) > _MAX_LENGTH:
        raise UnknownError("length")
    try:
        with localcontext(_CONTEXT):
            parser = _Parser(_tokens(formula), lookup)
            match parser.tokens:
                case ("name", "SUM"), ("op", "("), ("area", area), ("op", ")"):  # most
                    return _sum([area], lookup)
            result = parser.comparison()
            if parser.position < len(parser.tokens):
                raise UnknownError(formula)
            return _scalar(result, lookup)
    except Overflow:
        return "#NUM!"
    except ArithmeticError as error:
        raise UnknownError(formula) from error


_REFERENCE = (
    r"(?P<text>\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'!)"
    r"|(?<![\w.$])(?P<c>\$?)(?P<letters>[A-Z]{1,3})(?P<r>\$?)(?P<row>[1-9]\d{0,6})(?![\w(!.])"
)


def shift(formula: str, rows: int, columns: int) -> str:
    """Return a formula as it reads when filled ``rows`` down and ``columns`` to the right.

    Spreadsheets store one formula for a filled range; the other cells only refer to it.  A reference
    that would leave the sheet becomes ``#REF!``.
    """

    def moved(match: re.Match[str]) -> str:
        if match["text"]:
            return match[0]
        column = column_number(match["letters"]) + (0 if match["c"] else columns)
        row = int(match["row"]) + (0 if match["r"] else rows)
        if column < 1 or row < 1:
            return "#REF!"
        return f"{match['c']}{column_letters(column)}{match['r']}{row}"

    return re.sub(_REFERENCE, moved, formula)


Token = tuple[str, object]
"""Kind (``area``, ``value``, ``name`` or ``op``) and what it says."""


@lru_cache(maxsize=1024)
def _tokens(formula: str) -> tuple[Token, ...]:
    """Split a formula.

    Raises:
        UnknownError: there is something in it that no token looks like.
    """
    found: list[Token] = []
    text, at, token = formula.lstrip("=").rstrip(), 0, re.compile(_TOKEN)
    while at < len(text):
        match = token.match(text, at)
        if not match or match.end() == at:
            raise UnknownError(formula)
        at = match.end()
        found.append(_token(match))
    return tuple(found)


def _token(match: re.Match[str]) -> Token:
    if match["ref"]:
        sheet = (match["quoted"] or "").replace("''", "'") or match["sheet"] or ""
        r1, c1 = int(match["r1"]), column_number(match["c1"])
        r2, c2 = (int(match["r2"]), column_number(match["c2"])) if match["r2"] else (r1, c1)
        return "area", _Area(sheet, min(r1, r2), min(c1, c2), max(r1, r2), max(c1, c2))
    if match["number"]:
        return "value", _number(match["number"])
    if match["text"]:
        return "value", match["text"][1:-1].replace('""', '"')
    if match["name"]:
        return "name", match["name"].upper()
    return "op", match["op"]


class _Parser:
    """Works out a formula by recursive descent."""

    def __init__(self, tokens: tuple[Token, ...], lookup: Lookup) -> None:
        self.tokens, self.lookup = tokens, lookup
        self.position = 0
        self.depth = 0

    def take(self, *operators: str) -> str:
        """Step over the next token if it is one of these operators, and return it, else ``""``."""
        if self.position < len(self.tokens):
            kind, value = self.tokens[self.position]
            if kind == "op" and value in operators:
                self.position += 1
                return str(value)
        return ""

    def expect(self, operator: str) -> None:
        """Step over an operator that must come next."""
        if not self.take(operator):
            raise UnknownError(operator)

    def comparison(self) -> object:
        """Work out comparisons and what binds closer; a range is left as it is."""
        left = self.sum()
        while operator := self.take("=", "<>", "<=", ">=", "<", ">"):
            left = _compare(operator, _scalar(left, self.lookup), _scalar(self.sum(), self.lookup))
        return left

    def sum(self) -> object:
        """Work out sums, differences and joined texts."""
        left = self.product()
        while operator := self.take("+", "-", "&"):
            right = _scalar(self.product(), self.lookup)
            left = _scalar(left, self.lookup)
            if operator == "&":
                left = f"{_text(left)}{_text(right)}"
                if len(left) > _MAX_TEXT:
                    raise UnknownError("text")
            else:
                left = _tidy(_operand(left) + (_operand(right) if operator == "+" else -_operand(right)))
        return left

    def product(self) -> object:
        """Work out products and quotients."""
        left = self.unary()
        while operator := self.take("*", "/"):
            right = Decimal(_operand(_scalar(self.unary(), self.lookup)))
            number = Decimal(_operand(_scalar(left, self.lookup)))
            if operator == "/" and right == 0:
                raise UnknownError("/0")
            left = _tidy(number * right if operator == "*" else number / right)
        return left

    def unary(self) -> object:
        """Work out signs."""
        if self.take("-"):
            return _tidy(-_operand(_scalar(self.unary(), self.lookup)))
        self.take("+")
        return self.atom()

    def atom(self) -> object:
        """Work out a value, a range, a call or what stands in brackets."""
        self.depth += 1
        if self.depth > _MAX_DEPTH or self.position >= len(self.tokens):
            raise UnknownError("depth")
        kind, value = self.tokens[self.position]
        self.position += 1
        if kind == "name":
            value = self.call(str(value))
        elif kind == "op":
            if value != "(":
                raise UnknownError(str(value))
            value = self.comparison()
            self.expect(")")
        self.depth -= 1
        return value

    def call(self, name: str) -> object:
        """Work out a function."""
        if name in ("TRUE", "FALSE") and not self.take("("):
            return name == "TRUE"
        if name in ("TRUE", "FALSE"):
            self.expect(")")
            return name == "TRUE"
        self.expect("(")
        arguments: list[object] = []
        if not self.take(")"):
            arguments.append(self.comparison())
            while self.take(","):
                arguments.append(self.comparison())
            self.expect(")")
        return _FUNCTIONS[name](arguments, self.lookup) if name in _FUNCTIONS else _unknown(name)


def _unknown(what: str) -> object:
    raise UnknownError(what)


def _number(text: str) -> Number:
    """Return the number that a text stands for; UnknownError for anything else, NaN and Infinity too."""
    try:
        number = _CONTEXT.create_decimal(text)
    except InvalidOperation as error:
        raise UnknownError(text) from error
    if not number.is_finite() or "_" in text:
        raise UnknownError(text)
    return _tidy(number)


def _tidy(number: Number) -> Number:
    """Return a whole number as ``int``."""
    if isinstance(number, int):
        return number
    whole = number.to_integral_value()
    return int(whole) if whole == number else number


def _scalar(value: object, lookup: Lookup) -> object:
    if isinstance(value, _Area):
        if (value.top, value.left) != (value.bottom, value.right):
            raise UnknownError("area")
        value = lookup(value.sheet, value.top, value.left)
    if isinstance(value, str) and value.startswith("#"):
        raise UnknownError(value)
    return exact(value) if isinstance(value, float) else value


def _operand(value: object) -> Number:
    if value is None:
        return 0
    if isinstance(value, (int, Decimal)):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, str):
        return _number(value.strip())
    raise UnknownError(str(value))


def _text(value: object) -> str:
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


def _compare(operator: str, left: object, right: object) -> bool:
    if left is None:
        left = "" if isinstance(right, str) else 0
    if right is None:
        right = "" if isinstance(left, str) else 0
    if isinstance(left, str) != isinstance(right, str):
        # Text is greater than any number in every spreadsheet.
        order = 1 if isinstance(left, str) else -1
    elif isinstance(left, str) and isinstance(right, str):
        order = (left.lower() > right.lower()) - (left.lower() < right.lower())
    else:
        a, b = _operand(left), _operand(right)
        order = (a > b) - (a < b)
    return {"=": order == 0, "<>": order != 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[
        operator
    ]


def _numbers(arguments: list[object], lookup: Lookup) -> list[Number]:
    """The numbers that SUM and COUNT see: text and blanks in cells do not count."""
    found: list[Number] = []
    for argument in arguments:
        if not isinstance(argument, _Area):
            if argument is not None:
                found.append(_operand(argument))
            continue
        for value in argument.values(lookup):
            if type(value) is int:
                found.append(value)  # most figures
            elif isinstance(value, str) and value.startswith("#"):
                raise UnknownError(value)
            elif not (isinstance(value, (bool, str)) or value is None):
                found.append(_operand(exact(value) if isinstance(value, float) else value))
    return found


def _sum(arguments: list[object], lookup: Lookup) -> object:
    return _tidy(sum(_numbers(arguments, lookup)))


def _if(arguments: list[object], lookup: Lookup) -> object:
    if not 2 <= len(arguments) <= 3:
        raise UnknownError("IF")
    condition = _operand(_scalar(arguments[0], lookup))
    return arguments[1] if condition else arguments[2] if len(arguments) == 3 else False


def _round(arguments: list[object], lookup: Lookup) -> object:
    if len(arguments) != 2:
        raise UnknownError("ROUND")
    number, places = (_operand(_scalar(a, lookup)) for a in arguments)
    return _tidy(Decimal(number).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP))


def _abs(arguments: list[object], lookup: Lookup) -> object:
    number = _operand(_scalar(arguments[0], lookup))
    return _tidy(-number if number < 0 else number)


def _countblank(arguments: list[object], lookup: Lookup) -> object:
    return sum(value is None or value == "" for a in arguments if isinstance(a, _Area) for value in a.values(lookup))


_FUNCTIONS: dict[str, Callable[[list[object], Lookup], object]] = {
    "SUM": _sum,
    "COUNT": lambda arguments, lookup: len(_numbers(arguments, lookup)),
    "COUNTBLANK": _countblank,
    "IF": _if,
    "ROUND": _round,
    "N": lambda arguments, lookup: _sum(arguments, lookup) if len(arguments) == 1 else _unknown("N"),
    "ABS": _abs,
}
