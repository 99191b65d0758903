"""Numbers of the ordered lists of a web page: browsers print them before the items."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .numbering import printed_number

_LIST_STYLE = re.compile(r"(?:^|[;\s])list-style(?:-type)?\s*:\s*([^;]+)", re.I)
_RULE = re.compile(r"\.([\w-]+)\s*(?=[{,])[^{}]*\{([^{}]*)\}")
_STYLES = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "decimal": "decimal", "decimal-leading-zero": "decimalZero", "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter", "upper-alpha": "upperLetter", "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "cjk-decimal": "ideographDigital",
    "cjk-ideographic": "chineseCounting", "simp-chinese-informal": "chineseCounting",
    "simp-chinese-formal": "chineseLegalSimplified", "trad-chinese-informal": "chineseCounting",
}  # fmt: skip
"""``type`` of a list, or value of ``list-style`` → the style of numbers as Word calls it."""


def number_lists(root: Any) -> None:
    """Put the numbers of ordered lists before the first words of their items.

    Args:
        root: of the page's tree.
    """
    classes = {
        name: style for sheet in root.iter("style") for name, rules in _RULE.findall(sheet.text or "")
        if (style := _style(rules))
    }  # fmt: skip
    for one in root.iter("ol"):
        items = list(one.iterchildren("li"))
        backwards = one.get("reversed") is not None
        start = _integer(one.get("start"))
        count = start if start is not None else len(items) if backwards else 1
        for item in items:
            own = _integer(item.get("value"))
            count = count if own is None else own
            _put_before(item, _mark(count, item, one, classes))
            count += -1 if backwards else 1


def _style(rules: str) -> str:
    """Return the words that declarations say of the marks of a list, ``""`` if they say none."""
    match = _LIST_STYLE.search(rules)
    return match[1].strip() if match else ""


def _integer(text: str | None) -> int | None:
    match = re.fullmatch(r"\s*(-?\d{1,6})\s*", text or "", re.ASCII)
    return int(match[1]) if match else None


def _mark(number: int, item: Any, ordered: Any, classes: Mapping[str, str]) -> str:
    """Return what a browser prints before an item of a list."""
    style = "decimal"
    for one in (item, ordered):
        named = (classes[name] for name in one.get("class", "").split() if name in classes)
        words = (_style(one.get("style", "")) or next(named, "") or one.get("type", "")).split()
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
