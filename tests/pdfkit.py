"""PDF documents written by hand: tiny, with a Chinese font that is not in the file, tables drawn in several ways."""

from __future__ import annotations

from collections.abc import Iterator

from documents import content, parts

from reportgen.form import Table
from reportgen.model.report import Report

LINE, SIZE, LEFT, WIDTH = 12, 9, 60, 480
"""Pitch of lines, size of characters, left edge and width of the text, in points."""


def pdf(*pages: bytes, size: tuple[int, int] = (595, 842), page: bytes = b"", to_unicode: bool = True) -> bytes:
    """A PDF of one content stream a page; fonts F (Latin) and G (Chinese).

    ``page``: entries for each page's dictionary; ``to_unicode``: G says which characters its glyphs are.
    """
    kind = (b"/UniGB-UTF16-H", b"GB1") if to_unicode else (b"/Identity-H", b"Identity")
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids = b" ".join(b"%d 0 R" % (6 + 2 * n) for n in range(len(pages)))
    objects.append(b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids))
    objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    objects.append(b"<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding%s/DescendantFonts[5 0 R]>>" % kind[0])
    objects.append(
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/Song/CIDSystemInfo<</Registry(Adobe)/Ordering(%s)/Supplement 4>>"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/Song/Flags 4/FontBBox[0 -200 1000 800]/Ascent 800/Descent -200>>"
        b"/DW 1000>>" % kind[1]
    )
    for n, stream in enumerate(pages):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R"
            b"/Resources<</Font<</F 3 0 R/G 4 0 R>>>>%s>>" % (*size, 7 + 2 * n, page)
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    body, places = b"%PDF-1.4\n", []
    for n, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (n, one)
    xref = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, xref, len(objects) + 1, len(body),
    )  # fmt: skip


def words(*lines: tuple[float, float, str], size: float = 12) -> bytes:
    """Text at places."""
    shown = []
    for x, y, text in lines:
        font, code = (b"F", b"(%s)" % text.encode()) if text.isascii() else (b"G", b"<%s>" % _hex(text))
        shown.append(b"BT /%s %g Tf %g %g Td %s Tj ET" % (font, size, x, y, code))
    return b"\n".join(shown) + b"\n"


def _hex(text: str) -> bytes:
    return text.encode("utf-16-be").hex().encode()


def table_stream(top: int, rows: list[list[str]], left: int = 72, width: int = 60, height: int = 20) -> bytes:
    """Ruled cells with their texts."""
    drawn = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            x, y = left + c * width, top - (r + 1) * height
            drawn.append(b"%d %d %d %d re S" % (x, y, width, height))
            drawn.append(words((x + 4, y + 6, text)) if text else b"")
    return b"\n".join(drawn)


class Printed:
    """A report set on one endless strip, cut into pages wherever a line ends: rows are torn."""

    def __init__(
        self, report: Report, *, rules: str = "lines", closed: bool = False, lines: int = 58, width: int = WIDTH
    ) -> None:  # fmt: skip
        """
        Args:
            report: what to print.
            rules: ``lines``, ``thin`` rectangles, ``dots``, ``cells`` on a dark ground, or none ``""``.
            closed: a page break draws a rule below and above what it tears.
            lines: of a page.
            width: of text and tables; in narrow ones figures are broken.
        """
        self.rules, self.closed, self.depth, self.width = rules, closed, lines * LINE, width
        self.y = 0
        self.drawn: dict[int, list[bytes]] = {}
        self._line(report.full_title)
        for section, texts, table in parts(report):
            if section.heading:
                self._line(section.heading)
            for text in texts:
                for line in _wrapped(f"　　{text}", width):
                    self._line(line)
            if table is not None:
                self._table(report, table)

    def bytes(self) -> bytes:
        """The file."""
        return pdf(*(b"\n".join(self.drawn.get(n, ())) for n in range(max(self.drawn) + 1)))

    def _line(self, text: str) -> None:
        self._draw(self.y, words((LEFT, self._at(self.y) - SIZE, text), size=SIZE))
        self.y += LINE

    def _at(self, y: int) -> int:
        return 780 - y % self.depth

    def _draw(self, y: int, stream: bytes) -> None:
        self.drawn.setdefault(y // self.depth, []).append(stream)

    def _table(self, report: Report, table: Table) -> None:
        widths = list(table.widths) or [1] * table.width
        edges = [LEFT + self.width * sum(widths[:n]) / sum(widths) for n in range(len(widths) + 1)]
        cells = []
        for at in table.layout:
            left, right = edges[at.column - 1], edges[at.column - 1 + at.column_span]
            text = content(report, at)
            cells.append((at, left, right, list(_wrapped(text, right - left - 6))))
        last = max(at.row + at.row_span for at, *_ in cells)
        heights = {row: max([len(some) for at, _, _, some in cells if at.row == row and at.row_span == 1] or [1]) + 1
                   for row in range(1, last)}  # fmt: skip
        tops = {row: self.y + sum(heights[n] for n in range(1, row)) * LINE for row in range(1, last + 1)}
        if self.rules == "cells":
            self._boxes(LEFT, LEFT + self.width, tops[1], tops[last], b"0 g", 0)
        for at, left, right, some in cells:
            top, bottom = tops[at.row], tops[at.row + at.row_span]
            self._boxes(left, right, top, bottom, b"1 g", 0.5)
            for n, line in enumerate(some):
                y = top + n * LINE
                self._draw(y, b"0 g " + words((left + 3, self._at(y) - SIZE - 1, line), size=SIZE))
        self.y = tops[last] + LINE

    def _boxes(self, left: float, right: float, top: int, bottom: int, colour: bytes, inset: float) -> None:
        """Draw a cell, in as many pieces as pages cut it into."""
        for page in range(top // self.depth, (bottom - 1) // self.depth + 1):
            start, end = max(top, page * self.depth), min(bottom, (page + 1) * self.depth)
            high = 780 - (start - page * self.depth)
            low = 780 - (end - page * self.depth)
            if self.rules == "cells":
                box = (left + inset, low + inset, right - left - 2 * inset, high - low - 2 * inset)
                self._draw(start, colour + b" %g %g %g %g re f" % box)
                continue
            sides = [(left, low, left, high), (right, low, right, high)]
            sides += [(left, high, right, high)] if start == top or self.closed else []
            sides += [(left, low, right, low)] if end == bottom or self.closed else []
            for side in sides:
                self._draw(start, b"\n".join(self._rule(*side)))

    def _rule(self, x0: float, y0: float, x1: float, y1: float) -> Iterator[bytes]:
        if self.rules == "lines":
            yield b"%g %g m %g %g l S" % (x0, y0, x1, y1)
        elif self.rules == "thin":
            yield b"%g %g %g %g re f" % (x0, y0, max(x1 - x0, 0.5), max(y1 - y0, 0.5))
        elif self.rules == "dots":
            for n in range(0, int(max(x1 - x0, y1 - y0)) + 1, 2):
                x, y = (x0 + n, y0) if x1 > x0 else (x0, y0 + n)
                yield b"%g %g 0.7 0.7 re f" % (x, y)


def _wrapped(text: str, room: float) -> Iterator[str]:
    """Break a text as a narrow cell does."""
    line, used = "", 0.0
    for character in text:
        wide = SIZE * (0.556 if character.isascii() else 1)
        if used + wide > room and line:
            yield line
            line, used = "", 0.0
        line, used = line + character, used + wide
    yield line
