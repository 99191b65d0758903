"""Numbers of the ordered lists of a web page: browsers print them before the items."""

from __future__ import annotations

import re
from typing import Any

from .numbering import printed_number
from .pagelooks import Styles

_STYLES = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "decimal": "decimal", "decimal-leading-zero": "decimalZero", "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter", "upper-alpha": "upperLetter", "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "cjk-decimal": "ideographDigital",
    "cjk-ideographic": "chineseCounting", "simp-chinese-informal": "chineseCounting",
    "simp-chinese-formal": "chineseLegalSimplified", "trad-chinese-informal": "chineseCounting",
}  # fmt: skip
"""``type`` of a list, or value of ``list-style`` → the style of numbers as Word calls it."""


def number_lists(root: Any, styles: Styles) -> None:
    """Put the numbers of ordered lists before the first words of their items.

    Args:
        root: of the page's tree.
        styles: what its style sheets say.
    """
    for one in root.iter("ol"):
        items = list(one.iterchildren("li"))
        backwards = one.get("reversed") is not None
        start = _integer(one.get("start"))
        count = start if start is not None else len(items) if backwards else 1
        for item in items:
            own = _integer(item.get("value"))
            count = count if own is None else own
            _put_before(item, _mark(count, item, one, styles))
            count += -1 if backwards else 1


def _integer(text: str | None) -> int | None:
    match = re.fullmatch(r"\s*(-?\d{1,6})\s*", text or "", re.ASCII)
    return int(match[1]) if match else None


def _mark(number: int, item: Any, ordered: Any, styles: Styles) -> str:
    """Return what a browser prints before an item of a list."""
    style = "decimal"
    for one in (item, ordered):
        said = styles.said(one)
        words = (said.get("list-style-type") or said.get("list-style") or one.get("type", "")).split()
        if "none" in words:
            return ""
        known = [_STYLES[word] for word in words if word in _STYLES]
        if known:
            style = known[0]
            break
    chinese = style.startswith(("chinese", "ideograph"))
    return printed_number(number, style) + ("、" if chinese else ". ")


def _put_before(item: Any, mark: str) -> None:
    from lxml import etree

    for event, element in etree.iterwalk(item, events=("start", "end")):
        place = "text" if event == "start" else "tail"
        words = getattr(element, place) or ""
        if words.strip() and element.tag not in ("script", "style") and (place == "text" or element is not item):
            setattr(element, place, mark + words.lstrip())
            return
