"""Runs of a template's paragraph: tags cut out, operations put in, the runs' look kept."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TypeAlias

from lxml import etree

from ..opc.parts import Element, parse, text_of, written
from ..show.view import has_long_word
from .plan import Highlight
from .tags import Names, Statement, Tag

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
EMU = 635
"""English Metric Units in a twip."""
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_AFTER_HIGHLIGHT = {
    W + n for n in (
        "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout",
        "specVanish", "oMath", "rPrChange",
    )
}  # fmt: skip

_AFTER_ALIGNMENT = {
    W + n for n in (
        "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr",
        "pPrChange",
    )
}  # fmt: skip
"""What follows w:jc among the properties of a paragraph (17.3.1.26)."""

Tagged: TypeAlias = Statement | Highlight
"""An operation: what stands in a template's XML where a tag was."""


def marker(number: int) -> Element:
    """Return the processing instruction that stands for the operation of this number."""
    return etree.ProcessingInstruction("rg", str(number))


def place(
    paragraph_pieces: list[tuple[Element, str]],
    placed: list[tuple[Tag, int | None]],
    operations: list[Tagged],
    names: Names,
) -> None:
    """Cut the tags out of a paragraph's text elements and put their operations where they began.

    Args:
        paragraph_pieces: its text elements, each with its text.
        placed: its tags, each with the number of its operation, if it has one.
        operations: of the part; highlights are added.
        names: to know the figures that can be marked.
    """
    content = _cut(paragraph_pieces, placed)
    for run in list(dict.fromkeys(element.getparent() for element in content)):
        for part in _rebuilt(run, content, operations):
            if part.tag is etree.PI:
                run.addprevious(part)
            elif any(child.tag != W + "rPr" for child in part):
                run.addprevious(part)
                _let_highlight(part, operations, names)
        run.getparent().remove(run)


def _cut(pieces: list[tuple[Element, str]], placed: list[tuple[Tag, int | None]]) -> dict[Element, list[str | int]]:
    """Return, for each text element, the text that stays and the numbers of operations in its place."""
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
    return content


def _rebuilt(run: Element, content: dict[Element, list[str | int]], operations: list[Tagged]) -> list[Element]:
    """Return runs of whole pieces in place of a run: blocks open and close between runs, never inside."""
    look = run.find(W + "rPr")
    parts = [_same_look(run, look)]
    for child in list(run):
        if child is look:
            continue
        if child not in content:
            parts[-1].append(child)
            continue
        if child.tag != W + "t":
            continue  # a tab or line break inside a tag
        text = None
        for piece in content[child]:
            if isinstance(piece, int) and not _prints(operations[piece]):
                parts += [marker(piece), _same_look(run, look)]
                text = None
            elif piece != "":
                if text is None:
                    text = etree.SubElement(parts[-1], W + "t")
                    text.set(_SPACE, "preserve")
                _append(text, piece)
    return parts


def _same_look(run: Element, look: Element | None) -> Element:
    fresh = etree.Element(run.tag, run.attrib)
    if look is not None:
        fresh.append(deepcopy(look))
    return fresh


def _prints(operation: Tagged) -> bool:
    return isinstance(operation, Statement) and operation.verb == "print"


def _append(text: Element, piece: str | int) -> None:
    if isinstance(piece, int):
        text.append(marker(piece))
    elif len(text):
        text[-1].tail = (text[-1].tail or "") + piece
    else:
        text.text = (text.text or "") + piece


def _let_highlight(run: Element, operations: list[Tagged], names: Names) -> None:
    """Let a run that prints figures be highlighted: w:highlight at its place in CT_RPr."""
    cells = tuple(_cells(run, operations, names))
    if not cells:
        return
    w = f"{run.prefix}:" if run.prefix else ""
    on, off = f'<{w}highlight {w or "w:"}val="yellow"/>', ""
    look = run.find(W + "rPr")
    if look is None:
        operations.append(Highlight(cells, f"<{w}rPr>{on}</{w}rPr>", ""))
        run.insert(0, marker(len(operations) - 1))
        return
    own = look.find(W + "highlight")
    if own is not None:
        off = f'<{w}highlight {w or "w:"}val="{own.get(W + "val")}"/>'
        look.remove(own)
    operations.append(Highlight(cells, on, off))
    at = next((n for n, child in enumerate(look) if child.tag in _AFTER_HIGHLIGHT), len(look))
    look.insert(at, marker(len(operations) - 1))


def _cells(run: Element, operations: list[Tagged], names: Names) -> Iterator[str]:
    """Yield the ids of the cells whose figures a run prints."""
    for text in run.iterchildren(W + "t"):
        for found in text:
            operation = operations[int(found.text)]
            cell = names.cell(operation.expression) if isinstance(operation, Statement) else None
            if cell is not None:
                yield cell


def loosened(part: bytes) -> bytes:
    """Return a part in which no line is stretched because a web address does not fit its end."""
    root = parse(part)
    for paragraph in root.iter(W + "p"):
        if has_long_word(text_of(paragraph, W + "t")):
            properties = paragraph.find(W + "pPr")
            if properties is None:
                properties = paragraph.makeelement(W + "pPr")
                paragraph.insert(0, properties)
            for old in properties.findall(W + "jc"):
                properties.remove(old)
            after = [one for one in properties if one.tag in _AFTER_ALIGNMENT]
            properties.insert(len(properties) - len(after), properties.makeelement(W + "jc", {W + "val": "left"}))
    return written(root)
