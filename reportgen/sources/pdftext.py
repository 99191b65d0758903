"""Characters of a PDF page → lines, and lines → paragraphs.

A PDF only says where each character stands.  A new paragraph begins where a line is indented, where
the previous line ended early, or where the font size changes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Any

import msgspec

from .base import Paragraph

__all__ = ["TextLine", "join_number", "lines_of", "paragraphs_of"]

_PAGE_NUMBER = re.compile(r"[-—–―·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–―·\s]*")
_FIGURE = re.compile(r"[\d.,]+")
_MARGIN = 0.12
"""Share of the page height, at top and bottom, where page numbers and running heads stand."""
_CELL_PADDING = 12.0
"""Most points left and right of a cell's text together (Word: 11, LibreOffice: 5.6)."""
# Radicals that the tables of some fonts give instead of the characters; Unicode does not decompose them.
_RADICALS = str.maketrans(
    "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳", "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟"
)


class TextLine(msgspec.Struct):
    """One line of text."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    furniture: bool = False
    """A page number or running head."""
    margin: bool = False
    """It stands where page numbers stand."""


def lines_of(chars: list[Any], height: float) -> list[TextLine]:
    """Put characters together into lines, from the top.

    Args:
        chars: as pdfplumber gives them.
        height: of the page in points, to find its margins; 0 for part of a page.
    """
    rows: list[list[Any]] = []
    for char in sorted(chars, key=lambda c: (c["top"] + c["bottom"], c["x0"])):
        middle = (char["top"] + char["bottom"]) / 2
        for row in rows[-3:]:
            first = row[0]
            half = max(first["bottom"] - first["top"], char["bottom"] - char["top"]) / 2
            if abs(middle - (first["top"] + first["bottom"]) / 2) < half:
                row.append(char)
                break
        else:
            rows.append([char])
    lines = [line for row in rows if (line := _line(row, height))]
    return sorted(lines, key=lambda line: (line.top + line.bottom, line.x0))


def _line(row: list[Any], height: float) -> TextLine | None:
    row = sorted(row, key=lambda c: c["x0"])
    parts: list[str] = []
    end = None
    for char in row:
        # A gap as wide as a letter is a blank that is not in the file.
        if end is not None and char["x0"] - end > 0.8 * char["size"]:
            parts.append(" ")
        parts.append(char["text"])
        end = max(end or 0, char["x1"])
    text = "".join(parts).translate(_RADICALS).strip()
    text = "".join(unicodedata.normalize("NFKC", c) if "\u2f00" <= c <= "\u2fdf" else c for c in text)
    if not text:
        return None
    inked = [c for c in row if c["text"].strip()]
    top, bottom = min(c["top"] for c in inked), max(c["bottom"] for c in inked)
    size = Counter(round(c["size"], 1) for c in inked).most_common(1)[0][0]
    line = TextLine(text, inked[0]["x0"], max(c["x1"] for c in inked), top, bottom, size)
    if height:
        line.margin = bottom < height * _MARGIN or top > height * (1 - _MARGIN)
        line.furniture = line.margin and bool(_PAGE_NUMBER.fullmatch(text))
    return line


def join_number(lines: list[TextLine], left: float, right: float) -> str:
    """Return a figure that a narrow cell broke over lines, ``""`` if it is not one.

    Lines of digits are one figure only if each but the last fills the cell: the next digit would
    not have fitted.  Anything else stays in lines and is not a number to the recogniser.

    Args:
        lines: of one cell, from the top.
        left: left edge of the cell in points.
        right: right edge of the cell in points.
    """
    if len(lines) < 2 or not all(_FIGURE.fullmatch(line.text) for line in lines):
        return ""
    for line in lines[:-1]:
        digit = (line.x1 - line.x0) / len(line.text)
        if (right - left) - (line.x1 - line.x0) >= digit + _CELL_PADDING:
            return ""
    return "".join(line.text for line in lines)


def paragraphs_of(pages: list[list[TextLine]]) -> list[Paragraph]:
    """Join lines into paragraphs, also across pages; page numbers and running heads are marked and left out.

    Args:
        pages: for each page its lines outside tables.
    """
    _mark_running_heads(pages)
    body = [(n, line) for n, page in enumerate(pages, 1) for line in page if not line.furniture]
    if not body:
        return []
    left = _common([line.x0 for _, line in body if len(line.text) > 12]) or min(x.x0 for _, x in body)
    right = max(line.x1 for _, line in body)
    found: list[list[tuple[int, TextLine]]] = []
    for number, line in body:
        if found and not _begins(found[-1][-1][1], line, left, right):
            found[-1].append((number, line))
        else:
            found.append([(number, line)])
    return [
        Paragraph(_join([line.text for _, line in one]), f"第{one[0][0]}页第{n}段") for n, one in enumerate(found, 1)
    ]


def _mark_running_heads(pages: list[list[TextLine]]) -> None:
    """Mark lines in the margins that are the same, digits apart, at the same height on most pages."""
    if len(pages) < 2:
        return
    seen = Counter((re.sub(r"\d+", "0", line.text), round(line.top)) for page in pages for line in page if line.margin)
    for page in pages:
        for line in page:
            same = seen[re.sub(r"\d+", "0", line.text), round(line.top)]
            if line.margin and same >= 2 and same * 2 > len(pages):
                line.furniture = True


def _common(values: list[float]) -> float | None:
    """Return the smallest value that occurs often: where full lines begin."""
    counts = Counter(round(value) for value in values)
    often = [value for value, n in counts.items() if n >= max(2, len(values) // 10)]
    return float(min(often)) if often else None


def _begins(before: TextLine, line: TextLine, left: float, right: float) -> bool:
    """Tell whether a paragraph begins with ``line``."""
    return abs(before.size - line.size) > 1 or line.x0 - left > 1.2 * line.size or right - before.x1 > 2.2 * before.size


def _join(lines: list[str]) -> str:
    """Join lines: Chinese without a blank, words of letters with one."""
    text = lines[0]
    for line in lines[1:]:
        words = text[-1:].isascii() and text[-1:].isalpha() and line[:1].isascii() and line[:1].isalpha()
        text += f" {line}" if words else line
    return text
