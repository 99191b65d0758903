"""What all pages share: the one Jinja environment, the policy for the browser, the prescribed tables.

Every page is one file that needs nothing else: style and script are in it, and its policy forbids
the browser to fetch anything.  Texts are escaped wherever they come from.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Mapping
from importlib.resources import files

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined

from ..form import LayoutCell, Table
from .view import has_long_word

_COLUMN = 46
"""Pixels a column of figures needs at least, on a phone too."""
_DIGIT, _AROUND = 7, 4
"""Pixels of a digit, and of what stands around a figure: it must not be broken over lines."""
_LABELS, _NO_LABELS, _LEAST = 230, 60, 340
"""Pixels for the columns of labels, for the edges where there are none, and for any table."""


def template_file(name: str) -> str:
    """Return the text of a file of ``templates/``."""
    return files("reportgen.templates").joinpath(name).read_text(encoding="utf-8")


def environment() -> Environment:
    """Return the Jinja environment of all pages: everything escaped, nothing undefined."""
    made = Environment(
        loader=FunctionLoader(template_file), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.tests["long"] = has_long_word
    return made


def policy(script: str = "") -> str:
    """Return what the browser may do with a page: its own style and exactly this script, no network."""
    rules = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        rules += f"; script-src 'sha256-{digest}'"
    return rules


class PageCell(msgspec.Struct, frozen=True):
    """A cell of a prescribed table, ready to print."""

    role: str
    """As in :class:`~reportgen.form.LayoutCell`."""
    text: str
    note: str
    row_span: int
    column_span: int
    scope: str
    """What a header cell heads: ``row``, ``rowgroup``, ``col``, ``colgroup``."""
    anchor: str = ""
    """Anchor of a header cell, where figures name theirs."""
    headers: str = ""
    """Anchors of the header cells of a figure."""
    value: str = ""
    """The figure as shown."""
    id: str = ""
    """Anchor of the figure in the page."""
    classes: str = ""
    sign: str = ""
    level: str = ""
    should_be: str = ""
    sums: str = ""
    """Anchors of the broken sums it stands in."""
    described: str = ""
    """Anchors of all findings about it."""
    tip: str = ""


class PageTable(msgspec.Struct, frozen=True):
    """A prescribed table, ready to print."""

    caption: str
    widths: tuple[str, ...]
    """Of the columns, in percent."""
    least: int
    """Pixels below which the table scrolls."""
    head: tuple[tuple[PageCell, ...], ...]
    body: tuple[tuple[PageCell, ...], ...]


def page_table(table: Table, caption: str, values: Mapping[str, Mapping[str, str]], anchor: str = "") -> PageTable:
    """Arrange a table by rows.

    Args:
        caption: its name for those who do not see it.
        values: what a cell of figures shows, by cell id: fields of :class:`PageCell`.
        anchor: what the anchors of header cells begin with, unique in the page; figures then name their
            header cells, which in tables of merged cells no browser can work out.
    """
    rows: dict[int, list[PageCell]] = {n: [] for n in range(1, table.height + 1)}
    heads = _heads(table, anchor) if anchor else {}
    for cell in sorted(table.layout, key=lambda c: (c.row, c.column)):
        own = f"{anchor}-{cell.row}-{cell.column}" if anchor and not cell.cell else ""
        rows[cell.row].append(
            PageCell(
                cell.role, cell.text, cell.note, cell.row_span, cell.column_span, _scope(cell), own,
                heads.get(cell.cell, ""), **values.get(cell.cell, {}),
            )
        )  # fmt: skip
    printed = [tuple(row) for row in rows.values()]
    parts = table.widths or (1,) * table.width
    widths = tuple(f"{100 * part / sum(parts):.2f}" for part in parts)
    figures = (table.width - table.label_columns) * _COLUMN
    needed = [
        (_DIGIT * len(values[c.cell].get("value", "")) + _AROUND)
        * sum(parts)
        / sum(parts[c.column - 1 : c.column - 1 + c.column_span])
        for c in table.layout
        if c.cell in values
    ]
    least = max(_LEAST, figures + (_LABELS if table.label_columns else _NO_LABELS), math.ceil(max(needed, default=0)))
    head = table.header_rows
    return PageTable(caption, widths, least, tuple(printed[:head]), tuple(printed[head:]))


def _heads(table: Table, anchor: str) -> dict[str, str]:
    """Return the anchors of the header cells of each figure: those above it in its block, and those left of it."""
    found = {}
    starts = [block.first_row for block in table.blocks]
    for figure in (cell for cell in table.layout if cell.cell):
        first = max(start for start in starts if start <= figure.row)
        right = figure.column + figure.column_span
        above = [c for c in table.layout if not c.cell and first <= c.row < figure.row]
        heads = [c for c in above if c.column < right and figure.column < c.column + c.column_span]
        heads += [c for c in table.layout if c.role == "row" and c.row <= figure.row < c.row + c.row_span]
        found[figure.cell] = " ".join(f"{anchor}-{c.row}-{c.column}" for c in heads)
    return found


def _scope(cell: LayoutCell) -> str:
    if cell.role == "row":
        return "rowgroup" if cell.row_span > 1 else "row"
    if cell.role in ("column", "title"):
        return "colgroup" if cell.column_span > 1 else "col"
    return ""
