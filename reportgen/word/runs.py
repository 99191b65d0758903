"""Runs of a template's paragraph: tags cut out, operations put in, the runs' look kept."""

from __future__ import annotations

from typing import Any

from lxml import etree

from .names import Names
from .tags import Tag

__all__ = ["W", "marker", "place"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_AFTER_HIGHLIGHT = {
    W + n for n in (
        "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout",
        "specVanish", "oMath", "rPrChange",
    )
}  # fmt: skip

Element = Any
"""An lxml element; lxml-stubs do not know processing instructions among children well."""


def marker(number: int) -> Element:
    return etree.ProcessingInstruction("rg", str(number))


def place(
    paragraph: Element,
    pieces: list[tuple[Element, str]],
    placed: list[tuple[Tag, int | None]],
    operations: list[list[Any]],
    names: Names,
) -> None:
    """Cut the tags out of the text elements and put their operations where they began."""
    content: dict[Element, list[str | int]] = {}
    at = 0
    for element, text in pieces:
        end = at + len(text)
        cut: list[str | int] = []
        here = at
        for tag, number in placed:
            if tag.end <= at or tag.start >= end:
                continue
            cut.append(text[here - at : max(tag.start - at, here - at)])
            if tag.start >= at and number is not None:
                cut.append(number)
            here = min(tag.end, end)
        if here > at or cut:
            content[element] = [*cut, text[here - at :]]
        at = end
    for run in list(dict.fromkeys(element.getparent() for element in content)):
        _rebuild(run, content, operations, names)


def _rebuild(
    run: Element, content: dict[Element, list[str | int]], operations: list[list[Any]], names: Names
) -> None:
    """Replace a run by runs of whole pieces: blocks open and close between runs, never inside."""
    look = run.find(W + "rPr")
    parts: list[Element] = []

    def new_run() -> Element:
        fresh = etree.Element(run.tag, run.attrib, run.nsmap)
        if look is not None:
            fresh.append(_copy(look))
        parts.append(fresh)
        return fresh

    current = new_run()
    for child in list(run):
        if child is look:
            continue
        if child not in content:
            current.append(child)
            continue
        if child.tag != W + "t":
            continue  # a tab or line break inside a tag
        text = None
        for piece in content[child]:
            if isinstance(piece, int) and operations[piece][0] != "v":
                parts.append(marker(piece))
                current, text = new_run(), None
            elif piece != "":
                if text is None:
                    text = etree.SubElement(current, W + "t")
                    text.set(_SPACE, "preserve")
                _append(text, piece)
    for part in parts:
        if part.tag is etree.PI:
            run.addprevious(part)
        elif any(child.tag != W + "rPr" for child in part):
            _mark(part, operations, names)
            run.addprevious(part)
    run.getparent().remove(run)


def _copy(element: Element) -> Element:
    return etree.fromstring(etree.tostring(element))


def _append(text: Element, piece: str | int) -> None:
    if isinstance(piece, int):
        text.append(marker(piece))
    elif len(text):
        text[-1].tail = (text[-1].tail or "") + piece
    else:
        text.text = (text.text or "") + piece


def _mark(run: Element, operations: list[list[Any]], names: Names) -> None:
    """Let a run that prints figures be highlighted: w:highlight at its place in CT_RPr."""
    cells = [
        cell
        for found in (child for text in run.iterchildren(W + "t") for child in text)
        if (cell := names.cell(operations[int(found.text)][1])) is not None
    ]
    if not cells:
        return
    w = next((p for p, uri in run.nsmap.items() if uri == W[1:-1]), None)
    w = f"{w}:" if w else ""
    on, off = f'<{w}highlight {w or "w:"}val="yellow"/>', ""
    look = run.find(W + "rPr")
    if look is None:
        operations.append(["mark", cells, f"<{w}rPr>{on}</{w}rPr>", ""])
        run.insert(0, marker(len(operations) - 1))
        return
    own = look.find(W + "highlight")
    if own is not None:
        value = own.get(W + "val")
        off = f'<{w}highlight {w or "w:"}val="{value}"/>'
        look.remove(own)
    operations.append(["mark", cells, on, off])
    place = next((n for n, child in enumerate(look) if child.tag in _AFTER_HIGHLIGHT), len(look))
    look.insert(place, marker(len(operations) - 1))
