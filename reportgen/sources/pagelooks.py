"""How text of a web page looks, as far as that decides whether it counts: style sheets in the page, styles, attributes.

Of a style sheet, rules for a tag, a class or an id alone are applied (``td``, ``.gone``, ``td.gone``, ``#gone``); rules for
certain screens, and selectors of several parts, are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from .runs import A_DOT, BLACK, LOWERED, RAISED, STRUCK, UNSEEN, WHITE, is_seen

_MARKING = {"s": STRUCK, "strike": STRUCK, "del": STRUCK, "sup": RAISED, "sub": LOWERED}
_INLINE = {"a", "b", "big", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"}
"""Of other elements, vertical-align says something else."""
_BRACE = re.compile(r"[{};]")
_SELECTOR = re.compile(r"(?:\*|[\w-]+)?(?:[.#][\w-]+)?")
_COLOUR = re.compile(
    r"#(?P<hex>[0-9a-f]{6}|[0-9a-f]{3})\b|rgba?\((?P<rgb>[^()]*)\)|\b(?P<name>white|black|transparent)\b"
)
_NAMES = {"white": WHITE, "black": BLACK}
_SIZE = re.compile(r"(\d*\.?\d+)(px|pt|r?em|%)?")
_POINTS = {"px": 0.75, "pt": 1.0, "em": 12.0, "rem": 12.0, "%": 0.12, None: 0.75}
"""What a unit of size makes on a usual page."""


class Look(NamedTuple):
    """How the text of an element looks, by what it stands in too."""

    shift: str = ""
    """Struck out, raised or lowered, as :class:`~.runs.Run` has it."""
    colour: str = BLACK
    behind: str = WHITE
    """The colour of what is behind it; ``""`` if it is not known."""
    gone: bool = False
    """It takes no room, or nothing of it is painted, whatever it holds."""
    invisible: bool = False
    """It takes room and is not painted; what it holds may be."""
    tiny: bool = False
    link: bool = False
    """It is part of a link to another page, and of no heading of this one."""

    @property
    def hides(self) -> bool:
        """Whether the element is hidden, as a row or column of a sheet may be."""
        return self.gone or self.invisible

    @property
    def shown(self) -> Look:
        """The same, were it not hidden."""
        return self._replace(gone=False, invisible=False)

    @property
    def mark(self) -> str:
        """The mark of its text."""
        seen = not (self.hides or self.tiny) and is_seen(self.colour, self.behind)
        return self.shift if seen or self.shift == STRUCK else UNSEEN


class Styles:
    """What the style sheets in a page say, and with that how elements look."""

    def __init__(self) -> None:
        self.paper = WHITE
        """The colour of the page; ``""`` if rules that are not applied colour parts of it."""
        self._rules: dict[str, dict[str, str]] = {}

    def add(self, sheet: str) -> None:
        """Take over the rules of a style sheet."""
        for selectors, style in _rules(sheet):
            said = _declarations(style)
            for selector in (one.strip() for one in selectors.split(",")):
                if _SELECTOR.fullmatch(selector):
                    name = selector.removeprefix("*") if len(selector) > 1 else selector
                    self._rules[name] = self._rules.get(name, {}) | said
                elif not {"background", "background-color"}.isdisjoint(said):
                    self.paper = ""

    def said(self, element: Any) -> dict[str, str]:
        """Return what is said of an element itself: property → value, in small letters."""
        if not (element.attrib or self._rules):
            return {}
        said: dict[str, str] = {}
        for name in _names(element) if self._rules else ():
            said |= self._rules.get(name, {})
        for attribute, name in (("bgcolor", "background-color"), ("color", "color")):
            if attribute in element.attrib:
                said[name] = element.get(attribute).lower()
        return said | _declarations(element.get("style", ""))

    def look(self, element: Any, outer: Look) -> Look:
        """Return how an element looks.

        Args:
            element: of the page.
            outer: the look of what it stands in.
        """
        said = self.said(element)
        gone = outer.gone or element.get("hidden") is not None
        shift = outer.shift if outer.shift == STRUCK else _MARKING.get(element.tag, outer.shift)
        link = _is_link(element, outer)
        if not said:
            return outer._replace(shift=shift, gone=gone, link=link)
        if "line-through" in said.get("text-decoration", said.get("text-decoration-line", "")):
            shift = STRUCK
        elif shift != STRUCK and element.tag in _INLINE and (align := said.get("vertical-align")) in ("super", "sub"):
            shift = RAISED if align == "super" else LOWERED
        behind = _colour(
            said.get("background-color", said.get("background", "transparent")), outer.behind, outer.behind
        )
        return Look(
            shift, _colour(said.get("color", "inherit"), outer.colour, behind), behind,
            gone or said.get("display") == "none" or _is_zero(said.get("opacity", "")),
            {"hidden": True, "collapse": True, "visible": False}.get(said.get("visibility", ""), outer.invisible),
            _is_tiny(said.get("font-size", ""), outer.tiny), link,
        )  # fmt: skip


def _is_link(element: Any, outer: Look) -> bool:
    if element.tag == "a" and element.get("href") is not None:
        return next(element.iterancestors("h1"), None) is None
    return outer.link and element.tag != "h1"


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations of the rules of a style sheet that hold on every screen."""
    first, *rest = sheet.replace("<!--", "").replace("-->", "").split("/*")
    text = first + "".join(piece.partition("*/")[2] for piece in rest)
    selectors, start, depth = "", 0, 0
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            if not depth:
                selectors, start = text[start : brace.start()].strip(), brace.end()
            depth += 1
        elif brace[0] == "}":
            depth = max(depth - 1, 0)
            if not depth:
                if not selectors.startswith("@"):
                    yield selectors, text[start : brace.start()]
                start = brace.end()
        elif not depth:
            start = brace.end()


def _names(element: Any) -> Iterator[str]:
    """Yield the selectors of an element that are applied, the weightiest last."""
    classes = [f".{name}" for name in element.get("class", "").split()]
    ids = [f"#{element.get('id')}"] if "id" in element.attrib else []
    for names in (("*", element.tag), classes, (f"{element.tag}{name}" for name in classes), ids):
        yield from names
    yield from (f"{element.tag}{name}" for name in ids)


@lru_cache(maxsize=1024)
def _declarations(style: str) -> dict[str, str]:
    """Return the declarations of a rule or an attribute: property → value, in small letters."""
    pieces = (piece.partition(":") for piece in style.lower().split(";"))
    return {name.strip(): value.partition("!")[0].strip() for name, colon, value in pieces if colon}


def _colour(value: str, outer: str, clear: str) -> str:
    """Return the colour that a value names, ``""`` if it is not known.

    Args:
        value: of ``color`` or ``background``.
        outer: that of what the element stands in.
        clear: what is seen where the colour is transparent.
    """
    if value in ("inherit", "currentcolor"):
        return outer
    match = _COLOUR.search(value) if "(" not in value.replace("rgb(", "").replace("rgba(", "") else None
    if match is None:
        return clear if value in ("none", "initial", "unset", "") else ""
    if match["hex"]:
        digits = match["hex"].upper()
        return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    if match["name"]:
        return _NAMES.get(match["name"], clear)
    parts = re.findall(r"[\d.]+", match["rgb"])
    if len(parts) > 3 and _is_zero(parts[3]):
        return clear
    whole = [int(part) for part in parts[:3] if part.isdecimal() and int(part) < 256]
    return bytes(whole).hex().upper() if len(whole) == 3 else ""


def _is_zero(value: str) -> bool:
    match = _SIZE.fullmatch(value)
    return match is not None and not float(match[1])


def _is_tiny(value: str, outer: bool) -> bool:
    """Tell whether text of a size is too small to be seen."""
    match = _SIZE.fullmatch(value)
    if match is None:
        return outer and value in ("", "inherit")
    return float(match[1]) * _POINTS[match[2]] <= A_DOT
