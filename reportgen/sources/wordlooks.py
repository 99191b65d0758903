"""How text of a Word file looks, as far as that decides whether it counts (ECMA-376 part 1, 17.3.2 and 17.7)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import TypeAlias

from .runs import A_DOT, BLACK, LOWERED, RAISED, STRUCK, UNSEEN, WHITE, is_seen

Look: TypeAlias = "dict[str, str | None]"
"""Properties of text, of those that decide whether it counts: tag → what :func:`said_of` it."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARAGRAPH, RUN = _W + "pPr", _W + "rPr"
"""What holds the properties of a paragraph and of a run."""
_VAL = _W + "val"
_OFF = {"0", "false", "off"}
_STRIKE, _STRIKE_TWICE, _SHIFT, _VANISH = (_W + name for name in ("strike", "dstrike", "vertAlign", "vanish"))
_SHIFTS = {"superscript": RAISED, "subscript": LOWERED}
_COLOUR, _LIGHT, _SIZE = _W + "color", _W + "highlight", _W + "sz"
SHADE = _W + "shd"
"""What is behind text, a paragraph, a cell or a table."""
_COUNTS = frozenset((_STRIKE, _STRIKE_TWICE, _SHIFT, _VANISH, _COLOUR, _LIGHT, _SIZE, SHADE))
_OF_THEME = {
    "background1": WHITE, "bg1": WHITE, "light1": WHITE, "lt1": WHITE, "text1": BLACK, "tx1": BLACK, "dark1": BLACK,
    "dk1": BLACK,
}  # fmt: skip
"""What almost every theme has as paper and ink."""
_STYLES_DEEP = 20
"""Styles based on each other; Word allows 10."""


def looks_of(root: ET.Element) -> dict[str | None, Look]:
    """Return the looks that styles give to text, by their ids; of a style of tables only whether it colours cells."""
    styles = {style.get(_W + "styleId"): style for style in root.iterfind(_W + "style")}

    def look(id_: str | None, depth: int = 0) -> Look:
        style = styles.get(id_)
        if style is None or depth > _STYLES_DEEP:
            return {}
        based = style.find(_W + "basedOn")
        found = {} if based is None else look(based.get(_VAL), depth + 1)
        if style.get(_W + "type") == "table":
            return found | ({} if style.find(f".//{SHADE}") is None else {SHADE: ""})
        behind = {tag: value for tag, value in properties_of(style, PARAGRAPH).items() if tag == SHADE}
        return found | behind | own_look(properties_of(style, RUN))

    return {id_: found for id_ in styles if (found := look(id_))}


def own_look(values: Mapping[str, str | None]) -> Look:
    """Return those of some properties that decide whether text counts."""
    return {} if _COUNTS.isdisjoint(values) else {tag: value for tag, value in values.items() if tag in _COUNTS}


def properties_of(element: ET.Element, tag: str) -> dict[str, str | None]:
    """Return an element's own properties, which stand in a child of this tag: tag → what :func:`said_in` says."""
    found = element.find(tag)
    return {} if found is None else said_in(found)


def said_in(properties: ET.Element) -> dict[str, str | None]:
    """Return the value of each property, of a colour and a shade which colour it is, ``""`` if that is not known."""
    values = {one.tag: one.get(_VAL) for one in properties}
    if SHADE in values or _COLOUR in values:
        values |= {one.tag: _colour_of(one) for one in properties if one.tag in (SHADE, _COLOUR)}
    return values


def _colour_of(one: ET.Element) -> str | None:
    if one.tag == SHADE:
        return one.get(_W + "fill") if one.get(_VAL, "clear") in ("clear", "nil") else ""
    if one.get(_W + "themeTint") or one.get(_W + "themeShade"):
        return one.get(_VAL)
    return _OF_THEME.get(one.get(_W + "themeColor", ""), one.get(_VAL))


def is_on(look: Mapping[str, str | None], tag: str) -> bool:
    """Tell whether a property that switches something on is there and does."""
    return tag in look and look[tag] not in _OFF


def fill_of(look: Mapping[str, str | None], behind: str) -> str:
    """Return the colour of what is behind text, ``""`` if it is not known.

    Args:
        look: of the text, the paragraph, the cell or the table.
        behind: the colour of what that stands on.
    """
    fill = look.get(SHADE)
    return behind if fill in (None, "auto") else str(fill)


def mark_of(look: Look, behind: str) -> str:
    """Return the mark of text.

    Args:
        look: its own.
        behind: the colour of what its paragraph stands on, ``""`` if it is not known.
    """
    if is_on(look, _STRIKE) or is_on(look, _STRIKE_TWICE):
        return STRUCK
    size, colour = look.get(_SIZE) or "", look.get(_COLOUR) or "auto"
    shade = "" if look.get(_LIGHT, "none") != "none" else fill_of(look, behind)
    tiny = size.isdecimal() and int(size) <= 2 * A_DOT
    # Word chooses a colour that can be seen where none is named.
    if is_on(look, _VANISH) or tiny or (colour != "auto" and not is_seen(colour, shade)):
        return UNSEEN
    return _SHIFTS.get(look.get(_SHIFT) or "", "")
