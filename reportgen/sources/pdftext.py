"""Characters of a PDF page → lines, and lines → paragraphs.

A PDF only says where each character stands.  A new paragraph begins where a line is indented, where
the previous line ended early, where the font size changes, below a gap, and after the end of a sentence
where a line begins with a number of headings.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from statistics import median
from typing import Any, NamedTuple

import msgspec

from .base import Paragraph
from .runs import LOWERED, RAISED, STRUCK, Run, told_apart

_PAGE_NUMBER = re.compile(r"[-—–―·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–―·\s]*")
_FIGURE = re.compile(r"[\d.,]+")
_FIGURES = re.compile(r"[-—–/\d.,，．%％\s]*[-—–/\d][-—–/\d.,，．%％\s]*")
_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[）)]")
"""How headings begin."""
_SENTENCE_END = "。！？；：…”）)"
_WORD = re.compile(r"[!-~]+")
UNREADABLE = "\ufffd"
"""Stands for a character of which the file does not say what it is."""
_CODE = re.compile(r"\(cid:\d+\)|[\x00-\x08\x0e-\x1f\ue000-\uf8ff\ufffd]")
_SMALL = 0.88
"""Times the size of the rest that raised and lowered characters have at most; browsers write 0.83, Word 0.65."""
_SHIFTED = 0.1
"""Times the size of the rest that their middle is shifted at least."""
_AGAIN = 0.15
"""Times its size that a character may be beside the same one and be the same, drawn twice to look bold."""
_WATERMARK = 2.5
"""Times the usual size of a page's characters that a watermark has at least."""
_STROKE = 2.5
"""Points of the thickest line that strikes out text."""
_GAP = 1.45
"""Times the usual pitch of lines that two of one paragraph are not apart."""
_MARGIN = 0.12
"""Share of the page height, at top and bottom, where page numbers and running heads stand."""
_LEAST_MARGIN = 100.0
"""Points, on low pages: GB/T 9704 has the page number 28 mm above the edge, also of a page on its side."""
_CELL_PADDING = 12.0
"""Most points left and right of a cell's text together (Word: 11, LibreOffice: 5.6)."""
# Radicals that the tables of some fonts give instead of the characters; Unicode does not decompose them.
_RADICALS = str.maketrans(
    "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳", "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟"
)


class Char(NamedTuple):
    """A character and where it stands, in points from the upper left corner."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    struck: bool = False


def chars_of(page: Any) -> tuple[list[Char], set[int]]:
    """Return the characters of a page that belong to its text: seen, upright, once each, no watermark.

    Args:
        page: as pdfplumber gives it.

    Returns:
        them, and the ids of the lines and rectangles that strike out some of them.
    """
    left, top, right, bottom = page.cropbox
    seen = [
        c for c in page.chars
        if upright(c) and left <= (c["x0"] + c["x1"]) / 2 <= right and top <= _middle(c) <= bottom
    ]  # fmt: skip
    text = _without_watermark(seen)
    struck, strokes = _struck_out(text, (*page.lines, *page.rects))
    chars = [
        Char(_CODE.sub(UNREADABLE, c["text"]), c["x0"], c["top"], c["x1"], c["bottom"], c["size"], id(c) in struck)
        for c in text
    ]
    return list(_once(chars)), strokes


def _without_watermark(chars: list[Any]) -> list[Any]:
    """Leave out large characters of a size in which some lie over others."""
    large = _WATERMARK * median([c["size"] for c in chars]) if chars else 0
    others = [((c["x0"] + c["x1"]) / 2, _middle(c)) for c in chars if c["size"] <= large and c["text"].strip()]
    over = {
        round(c["size"]) for c in chars
        if c["size"] > large and any(c["x0"] <= x <= c["x1"] and c["top"] <= y <= c["bottom"] for x, y in others)
    }  # fmt: skip
    return [c for c in chars if round(c["size"]) not in over]


def _struck_out(chars: Sequence[Any], shapes: Iterable[Any]) -> tuple[set[int], set[int]]:
    """Return the ids of characters, and of the thin lines through their middle and no longer than they."""
    chars = sorted((c for c in chars if c["text"].strip()), key=_middle)
    middles = [_middle(c) for c in chars]
    reach = max((c["bottom"] - c["top"] for c in chars), default=0) / 4
    texts: set[int] = set()
    strokes: set[int] = set()
    for line in shapes:
        if line["height"] > _STROKE or line["width"] <= line["height"]:
            continue
        y = _middle(line)
        near = chars[bisect_left(middles, y - reach) : bisect_right(middles, y + reach)]
        hit = [
            c for c in near
            if abs(_middle(c) - y) <= (c["bottom"] - c["top"]) / 4
            and line["x0"] - 1 <= (c["x0"] + c["x1"]) / 2 <= line["x1"] + 1
        ]  # fmt: skip
        if hit and sum(c["x1"] - c["x0"] for c in hit) >= 0.6 * line["width"]:
            texts.update(map(id, hit))
            strokes.add(id(line))
    return texts, strokes


def _middle(one: Any) -> float:
    return float(one["top"] + one["bottom"]) / 2


def upright(char: Any) -> bool:
    """Tell whether a character stands upright, in whatever slant."""
    a, b, _, d, _, _ = char["matrix"]
    return bool(abs(b) < 0.1 * abs(a) and a * d > 0)


def _once(chars: Sequence[Char]) -> Iterable[Char]:
    """Leave out characters that are drawn again at the same place, to look bold."""
    places: dict[tuple[str, int, int], list[Char]] = {}
    for char in chars:
        x, y = round(char.x0 / 4), round(char.top / 4)
        near = (one for dx in (-1, 0, 1) for dy in (-1, 0, 1) for one in places.get((char.text, x + dx, y + dy), ()))
        room = _AGAIN * char.size
        if char.text.strip() and any(abs(o.x0 - char.x0) <= room and abs(o.top - char.top) <= room for o in near):
            continue
        places.setdefault((char.text, x, y), []).append(char)
        yield char


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
    runs: list[Run] = []
    """The text by its looks, if any of it is struck out, raised or lowered."""


def lines_of(chars: Sequence[Char], height: float) -> list[TextLine]:
    """Put characters together into lines, from the top.

    Args:
        chars: of a page, or of a cell.
        height: of the page in points, to find its margins; 0 for part of a page.
    """
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: (c.top + c.bottom, c.x0)):
        middle = (char.top + char.bottom) / 2
        for row in rows[-3:]:
            first = row[0]
            half = max(first.bottom - first.top, char.bottom - char.top) / 2
            if abs(middle - (first.top + first.bottom) / 2) < half:
                row.append(char)
                break
        else:
            rows.append([char])
    lines = [line for row in rows if (line := _line(row, height))]
    return sorted(lines, key=lambda line: (line.top + line.bottom, line.x0))


def _line(row: list[Char], height: float) -> TextLine | None:
    row = sorted(row, key=lambda c: c.x0)
    inked = [c for c in row if c.text.strip()]
    if not inked:
        return None
    parts: list[Run] = []
    end = None
    for char, mark in zip(row, _marks(row, inked), strict=True):
        # A gap as wide as a letter is a blank that is not in the file.
        gap = " " if end is not None and char.x0 - end > 0.8 * char.size else ""
        parts.append(Run(gap + char.text, mark))
        end = max(end or 0, char.x1)
    text = _characters("".join(run.text for run in parts)).strip()
    runs = []
    if any(run.mark for run in parts):
        marked = groupby(parts, lambda run: run.mark)
        runs = [Run(_characters("".join(run.text for run in some)), mark) for mark, some in marked]
    top, bottom = min(c.top for c in inked), max(c.bottom for c in inked)
    size = Counter(round(c.size, 1) for c in inked).most_common(1)[0][0]
    line = TextLine(text, inked[0].x0, max(c.x1 for c in inked), top, bottom, size, runs=runs)
    if height:
        margin = max(height * _MARGIN, _LEAST_MARGIN)
        line.margin = bottom < margin or top > height - margin
        line.furniture = line.margin and bool(_PAGE_NUMBER.fullmatch(text))
    return line


def _characters(text: str) -> str:
    """Return a text in the characters that are meant."""
    text = text.translate(_RADICALS)
    return "".join(unicodedata.normalize("NFKC", c) if "\u2f00" <= c <= "\u2fdf" else c for c in text)


def _marks(row: Sequence[Char], inked: Sequence[Char]) -> list[str]:
    """Return the mark of each character of a line: struck out, raised, lowered, or none."""
    size = max(c.size for c in inked)
    middle = median([(c.top + c.bottom) / 2 for c in inked if c.size > _SMALL * size])
    foot = median([c.bottom for c in inked if c.size > _SMALL * size])

    def mark(char: Char) -> str:
        if char.struck:
            return STRUCK
        if char.size > _SMALL * size or not char.text.strip():
            return ""
        if middle - (char.top + char.bottom) / 2 > _SHIFTED * size:
            return RAISED
        return LOWERED if char.bottom - foot > _SHIFTED / 2 * size else ""

    return [mark(char) for char in row]


def cell_text(lines: Sequence[TextLine], left: float, right: float) -> tuple[str, str]:
    """Return the text of a cell that counts, and what stands beside it (:func:`.runs.told_apart`).

    Args:
        lines: of the cell, from the top.
        left: its left edge in points.
        right: its right edge.
    """
    if not any(line.runs for line in lines):
        return join_number(lines, left, right) or "\n".join(line.text for line in lines), ""
    runs = [run for line in lines for run in (*(line.runs or [Run(line.text)]), Run("\n"))]
    text, beside = told_apart(runs, cell=True)
    return "\n".join(filter(None, (line.strip() for line in text.split("\n")))), beside


def figure_like(text: str) -> bool:
    """Tell whether a text looks like a figure, or like a mark for none."""
    return bool(_FIGURES.fullmatch(text))


def is_digits(text: str) -> bool:
    """Tell whether a text is a figure or a part of one that was broken."""
    return bool(_FIGURE.fullmatch(text))


def fills(line: TextLine, left: float, right: float) -> bool:
    """Tell whether the last line of a cell leaves no room for another character.

    Args:
        line: of the cell.
        left: its left edge in points.
        right: its right edge.
    """
    return (right - left) - (line.x1 - line.x0) < line.size + _CELL_PADDING


def join_number(lines: Sequence[TextLine], left: float, right: float) -> str:
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
    """Join lines into paragraphs, also across pages.

    Args:
        pages: for each page its lines outside tables, without page numbers and running heads.
    """
    body = [(n, line) for n, page in enumerate(pages, 1) for line in page]
    if not body:
        return []
    left = _common([line.x0 for _, line in body if len(line.text) > 12]) or min(x.x0 for _, x in body)
    right = max(line.x1 for _, line in body)
    found: list[list[tuple[int, TextLine]]] = []
    pitch = _pitch([line for _, line in body])
    for number, line in body:
        before = found[-1][-1] if found else None
        gap = line.top - before[1].top if before is not None and before[0] == number else 0
        if before is not None and gap <= _GAP * pitch and not _begins(before[1], line, left, right):
            found[-1].append((number, line))
        else:
            found.append([(number, line)])
    return [_paragraph([line for _, line in one], f"第{one[0][0]}页第{n}段") for n, one in enumerate(found, 1)]


def _pitch(lines: Sequence[TextLine]) -> float:
    """Return how far lines of one paragraph are apart: what is usual, and never less than a line is high."""
    gaps = [b.top - a.top for a, b in pairwise(lines) if 0 < b.top - a.top < 4 * a.size and len(a.text) > 12]
    return max(median(gaps), median([line.size for line in lines])) if gaps else float("inf")


def _paragraph(lines: Sequence[TextLine], address: str) -> Paragraph:
    if not any(line.runs for line in lines):
        return Paragraph(_join([line.text for line in lines]), address)
    told = [told_apart(line.runs) if line.runs else (line.text, "") for line in lines]
    return Paragraph(
        _join([text.strip() for text, _ in told if text.strip()] or [""]), address,
        "、".join(beside for _, beside in told if beside),
    )  # fmt: skip


def mark_running_heads(pages: list[list[TextLine]]) -> None:
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
    numbered = _NUMBERED.match(line.text)
    heading = numbered and (
        before.text[-1:] not in "，、（(第" if numbered[0][-1] in "、.．" else before.text[-1:] in _SENTENCE_END
    )
    word = _WORD.match(line.text)
    room = max(2.2, 0.6 * len(word[0]) + 1 if word else 0) * before.size  # what cannot be broken goes to the next line
    early = right - before.x1 > room
    return bool(heading) or early or abs(before.size - line.size) > 1 or line.x0 - left > 1.2 * line.size


def _join(lines: list[str]) -> str:
    """Join lines: Chinese without a blank, words of letters with one."""
    text = lines[0]
    for line in lines[1:]:
        words = text[-1:].isascii() and text[-1:].isalpha() and line[:1].isascii() and line[:1].isalpha()
        text += f" {line}" if words else line
    return text
