"""Rows of a long list, written straight into the part of their sheet.

With openpyxl every cell is an object that is dressed by itself: ten thousand bodies would be two million
of them.  Its write-only mode is for whole workbooks, not for one sheet among others.  So a sheet is
begun with openpyxl, with one row that has the styles, and the rows take that row's place when the
part is saved (docs/decisions.md, 30).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

import msgspec
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from .cellstyle import MAX_TEXT, Look, put, writable

_LONGEST = 255
"""Characters of a text in a formula, a limit of Excel."""


class Link(msgspec.Struct, frozen=True):
    """A text that leads to a file, to a cell of one, or to a cell of this workbook."""

    text: str
    target: str = ""
    """Address of the file; ``""`` for this workbook."""
    cell: str = ""
    """As a formula names it."""

    @property
    def formula(self) -> str:
        """The formula that shows the text and leads there; ``""`` if it would be too long."""
        address = self.target + (f"#{self.cell}" if self.cell else "")
        address, text = (one.replace('"', '""') for one in (address, self.text))
        return "" if max(len(address), len(text)) > _LONGEST or not address else f'HYPERLINK("{address}","{text}")'


Content = str | int | Decimal | Link | None


Line = tuple[Sequence[Content], float]
"""The values of a row, and its height in points, 0 to leave that to the program."""


class Streamed:
    """The rows of one sheet from a certain one on; they are made while the sheet is written."""

    def __init__(
        self, sheet: Worksheet, top: int, looks: Sequence[Look], lines: Iterable[Line], *, link: Look | None = None
    ) -> None:
        """
        Args:
            sheet: has everything above the rows.
            top: the first of them.
            looks: of the columns from A on; the last one holds for all columns after it.
            lines: the rows.
            link: the look of links, in whichever column.
        """
        self.name, self.top, self.lines = sheet.title, top, lines
        every = enumerate([*looks, link or looks[-1]], 1)
        *self.styles, self.link = (put(sheet, top, column, None, look).style_id for column, look in every)

    def put_into(self, xml: bytes) -> Iterator[bytes]:
        """Yield the sheet's part with the rows in place of the one that has their styles."""
        before, after = re.split(rb'<row r="%d".*?</row>' % self.top, xml, maxsplit=1, flags=re.S)
        yield before
        for row, (values, height) in enumerate(self.lines, self.top):
            yield self._row(row, values, height)
        yield after

    def _row(self, row: int, values: Sequence[Content], height: float) -> bytes:
        last = len(self.styles) - 1
        cells = "".join(
            _cell(
                f"{get_column_letter(n + 1)}{row}",
                self.link if isinstance(value, Link) else self.styles[min(n, last)],
                value,
            )
            for n, value in enumerate(values)
        )
        tall = f' ht="{height:g}" customHeight="1"' if height else ""
        return f'<row r="{row}"{tall}>{cells}</row>'.encode()


def _cell(address: str, style: int, value: Content) -> str:
    if value is None or value == "":
        return f'<c r="{address}" s="{style}"/>'
    if isinstance(value, (int, Decimal)):
        return f'<c r="{address}" s="{style}"><v>{value:f}</v></c>'
    if isinstance(value, Link) and value.formula:
        formula, text = escape(writable(value.formula)), escape(writable(value.text))
        return f'<c r="{address}" s="{style}" t="str"><f>{formula}</f><v>{text}</v></c>'
    text = escape(writable((value.text if isinstance(value, Link) else value)[:MAX_TEXT]))
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
