"""Ruled tables of a PDF: which lines are ruling, the cells between them, tables that go on over pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import Any, TypeAlias

import msgspec

from .base import GridCell
from .pdftext import Char, TextLine, cell_text, figure_like, fills, is_digits, lines_of

Box: TypeAlias = "tuple[float, float, float, float]"
"""Left, upper, right and lower edge in points."""

_TOLERANCE = 3.0
"""Points between edges that are meant to be the same; the narrowest column of the form has 20."""
_RULE = 5.0
"""Points of the thickest rule that is drawn as a filled rectangle; text with a ground behind it is higher."""
_HAIR = 2.0
"""Points of a rule, or a dot of one, that no ground is as thin as."""
_FRAMED = 0.6
"""Share of a dark ground that lighter rectangles must cover to be cells between which it shows as ruling."""
_TALL = 1.5
"""Heights of a cell that a character in it can have; what is larger is a watermark."""
_NUMBERED = re.compile(r"[（(]?(?:[一二三四五六七八九十]+|\d+)[）)、.．]")
"""How a label begins, never how one goes on."""


# --------------------------------------------------------------------------- ruling


def boxes_of(page: Any, struck: set[int]) -> list[list[Box]]:
    """Return the cells of each ruled table of a page; a single one may be all that a page has of a table.

    Args:
        page: as pdfplumber gives it.
        struck: ids of the objects that strike out text; they are no ruling.
    """
    return _tables(page, list(_edges_of(page, struck)))


def _edges_of(page: Any, struck: set[int]) -> Iterator[Any]:
    """Yield the lines and rectangles that are ruling.

    A rectangle without an outline is ruling if it is as thin as a rule, also as one of many dots or dashes, or a
    cell on a dark ground; else it is the ground of a text.
    """
    shapes = [one for one in (*page.lines, *page.rects, *page.curves) if id(one) not in struck]
    grounds = [r for r in shapes if not r["stroke"] and min(r["width"], r["height"]) > _RULE]
    framed = _framed(grounds)
    thin = [one for one in shapes if not one["stroke"] and _is_thin(one)]
    yield from _rules(thin)
    for one in shapes:
        if one["stroke"] or id(one) in framed:
            yield one


def _is_thin(one: Any) -> bool:
    """Tell a rule from the ground of a narrow character, which is as thin and not much longer."""
    thick, long = sorted((one["width"], one["height"]))
    return bool(thick <= _HAIR or (thick <= _RULE and long >= 4 * thick))


def _rules(thin: Sequence[Any]) -> Iterator[Any]:
    """Yield the rules that thin rectangles make; dots and dashes in a row are one."""
    pieces: dict[tuple[str, float], list[tuple[float, float]]] = {}
    for one in thin:
        if one["width"] >= one["height"] * 0.9:
            pieces.setdefault(("h", round(_middle(one, "top", "bottom"), 1)), []).append((one["x0"], one["x1"]))
        if one["height"] >= one["width"] * 0.9:
            pieces.setdefault(("v", round(_middle(one, "x0", "x1"), 1)), []).append((one["top"], one["bottom"]))
    for (way, at), some in pieces.items():
        start, end = min(some)
        for first, last in (*sorted(some)[1:], (float("inf"), float("inf"))):
            if first - end > _TOLERANCE:
                if end - start > _TOLERANCE:
                    yield _rule(way, at, start, end)
                start = first
            end = max(end, last) if first != start else last


def _rule(way: str, at: float, start: float, end: float) -> Any:
    """Return an edge as pdfplumber has them."""
    x0, x1, top, bottom = (start, end, at, at) if way == "h" else (at, at, start, end)
    return {
        "object_type": "rect_edge", "orientation": way, "x0": x0, "x1": x1, "top": top, "bottom": bottom,
        "width": x1 - x0, "height": bottom - top,
    }  # fmt: skip


def _middle(one: Any, low: str, high: str) -> float:
    return float(one[low] + one[high]) / 2


def _framed(grounds: Sequence[Any]) -> set[int]:
    """Return the ids of the rectangles that are cells on a dark ground, which shows between them."""
    found: set[int] = set()
    for dark in grounds:
        if _lightness(dark) > 0.5 or len(found) == len(grounds):
            continue
        cells = [
            one for one in grounds
            if one is not dark and _lightness(one) > 0.5 and one["width"] * one["height"] < dark["width"] * dark["height"]
            and dark["x0"] - 1 <= one["x0"] and one["x1"] <= dark["x1"] + 1
            and dark["top"] - 1 <= one["top"] and one["bottom"] <= dark["bottom"] + 1
        ]  # fmt: skip
        if sum(one["width"] * one["height"] for one in cells) >= _FRAMED * dark["width"] * dark["height"]:
            found.update(map(id, cells))
    return found


def _lightness(one: Any) -> float:
    """Return 0 for black to 1 for white; of a colour that is not known 1."""
    colour = one["non_stroking_color"]
    parts = [
        part for part in (colour if isinstance(colour, (tuple, list)) else [colour]) if isinstance(part, (int, float))
    ]
    if len(parts) == 4:  # cyan, magenta, yellow, black
        return max(0.0, 1 - parts[3] - max(parts[:3]))
    return sum(parts) / len(parts) if parts else 1.0


def _tables(page: Any, edges: Sequence[Any]) -> list[list[Box]]:
    if len(edges) < 2:
        return []
    settings = {
        "vertical_strategy": "explicit", "horizontal_strategy": "explicit",
        "explicit_vertical_lines": edges, "explicit_horizontal_lines": edges,
        "snap_tolerance": _TOLERANCE, "join_tolerance": _TOLERANCE, "intersection_tolerance": _TOLERANCE,
    }  # fmt: skip
    finder = page.debug_tablefinder(settings)
    if closing := list(_closing(finder.edges)):
        settings["explicit_horizontal_lines"] = [*edges, *closing]
        finder = page.debug_tablefinder(settings)
    inside = {cell for one in finder.tables for cell in one.cells}
    single = [[cell] for cell in finder.cells if cell not in inside]  # pdfplumber takes one for no table
    tables = (
        [c for c in cells if c[2] - c[0] > 1 and c[3] - c[1] > 1]
        for cells in ([t.cells for t in finder.tables] + single)
    )
    return [cells for cells in tables if cells]


def _closing(edges: Sequence[Any]) -> Iterator[Any]:
    """Yield the rules that a page break left out: above and below a row that is torn by it.

    They join the ends of neighbouring upright rules that end at the same height, where no rule lies.
    """
    level = [e for e in edges if e["orientation"] == "h"]
    upright = sorted((e for e in edges if e["orientation"] == "v"), key=lambda e: float(e["x0"]))
    for end in ("top", "bottom"):
        open_ends = [e[end] for e in upright if not _lies(level, e["x0"], e[end])]
        for y in _edges(open_ends):
            ending = [e for e in upright if abs(e[end] - y) <= _TOLERANCE]
            for one, other in pairwise(ending):
                if not _lies(level, (one["x0"] + other["x0"]) / 2, y):
                    yield _rule("h", y, one["x0"], other["x0"])


def _lies(level: Sequence[Any], x: float, y: float) -> bool:
    """Tell whether a level rule goes through a place."""
    return any(
        abs(rule["top"] - y) <= _TOLERANCE and rule["x0"] - _TOLERANCE <= x <= rule["x1"] + _TOLERANCE for rule in level
    )


# --------------------------------------------------------------------------- cells


class _Cell(msgspec.Struct):
    x0: float
    top: float
    x1: float
    bottom: float
    text: str
    beside: str = ""
    full: bool = False
    """Its last line leaves no room for another character."""


class Table(msgspec.Struct):
    """A table; where tables were joined, the cells of later pages stand below the earlier ones."""

    cells: list[_Cell]
    first: bool = False
    """Nothing stands above it on its page."""
    last: bool = False
    """Nothing stands below it on its page."""
    columns: list[float] = []
    """Edges of its columns, those of the table it goes on from included."""

    @property
    def top(self) -> float:
        """Of its uppermost cell."""
        return min(cell.top for cell in self.cells)

    @property
    def bottom(self) -> float:
        """Of its lowest cell."""
        return max(cell.bottom for cell in self.cells)

    @property
    def x0(self) -> float:
        """Its left edge."""
        return min(cell.x0 for cell in self.cells)

    @property
    def x1(self) -> float:
        """Its right edge."""
        return max(cell.x1 for cell in self.cells)

    def rows(self) -> list[list[_Cell]]:
        """Return the cells by their upper edge, from the top."""
        edges = _edges([cell.top for cell in self.cells])
        rows: list[list[_Cell]] = [[] for _ in edges]
        for cell in self.cells:
            rows[_nearest(edges, cell.top)].append(cell)
        return [sorted(row, key=lambda cell: cell.x0) for row in rows]

    def grid_cells(self) -> list[GridCell]:
        """Return the cells by row and column, with their spans."""
        columns = self.columns or _edges([x for cell in self.cells for x in (cell.x0, cell.x1)])
        rows = _edges([y for cell in self.cells for y in (cell.top, cell.bottom)])
        found = []
        for cell in self.cells:
            row, column = _nearest(rows, cell.top) + 1, _nearest(columns, cell.x0) + 1
            found.append(
                GridCell(
                    row, column, cell.text or None,
                    max(_nearest(rows, cell.bottom) + 1 - row, 1),
                    max(_nearest(columns, cell.x1) + 1 - column, 1),
                    f"第{row}行第{column}列", beside=cell.beside,
                )
            )  # fmt: skip
        return sorted(found, key=lambda cell: (cell.row, cell.column))


def _edges(values: Iterable[float]) -> list[float]:
    """Cluster edges that are meant to be the same."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _TOLERANCE:
            edges.append(value)
    return edges


def _nearest(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda n: abs(edges[n] - value))


def table_of(boxes: Sequence[Box], chars: Sequence[Char], inside: set[int]) -> Table:
    """Return a table with the texts of its cells.

    Args:
        boxes: its cells.
        chars: those of the page.
        inside: the numbers of the characters that are in a cell are put into it.
    """
    content: list[list[Char]] = [[] for _ in boxes]
    for n, char in enumerate(chars):
        at = _box_of(boxes, char)
        if at is not None:
            content[at].append(char)
            inside.add(n)
    return Table([_cell(box, some) for box, some in zip(boxes, content, strict=True)])


def _box_of(boxes: Sequence[Box], char: Char) -> int | None:
    """Return the number of the cell that the middle of a character lies in."""
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    for n, (x0, top, x1, bottom) in enumerate(boxes):
        if x0 <= x <= x1 and top <= y <= bottom:
            return n
    return None


def _cell(box: Box, chars: Sequence[Char]) -> _Cell:
    lines = lines_of([c for c in chars if c.bottom - c.top <= _TALL * (box[3] - box[1])], 0)
    text, beside = cell_text(lines, box[0], box[2])
    return _Cell(*box, text, beside, bool(lines) and fills(lines[-1], box[0], box[2]))


# --------------------------------------------------------------------------- over pages


def joined(pages: Sequence[PageTables]) -> list[Table]:
    """Return all tables in order, those that continue over pages as one.

    Args:
        pages: for each page its tables and lines; lines that turn out to be of a table are marked as none of the text.
    """
    for page in pages:
        _mark_ends(page.tables, page.body())
    found: list[Table] = []
    open_table: Table | None = None
    for page, after in zip_longest(pages, pages[1:]):
        for table in page.tables:
            if open_table is not None and table.first and _goes_on(open_table, table):
                _append(open_table, table)
            else:
                found.append(table)
                open_table = table
            open_table = open_table if table.last and table is page.tables[-1] else None
        if not page.tables:
            open_table = None
        for frame in page.frames[-1:]:
            if (
                after
                and after.tables
                and after.tables[0].first
                and _goes_on(frame, after.tables[0])
                and page.ends(frame)
            ):
                found.append(open_table := frame)
    return found


class PageTables(msgspec.Struct):
    """What a page has of tables."""

    tables: list[Table] = []
    """From the top."""
    lines: list[TextLine] = []
    """Those outside the tables."""
    frames: list[Table] = []
    """Single cells, from the top: frames of texts, or the first row of a table that goes on on the next page."""

    def body(self) -> list[TextLine]:
        """Return the lines that are no furniture."""
        return [line for line in self.lines if not line.furniture]

    def ends(self, frame: Table) -> bool:
        """Tell whether nothing stands below a frame; if so, its lines are no text of their own."""
        if not all(line.bottom <= frame.bottom for line in self.body()) or any(
            table.bottom > frame.top for table in self.tables
        ):
            return False
        for line in self.lines:
            line.furniture = line.furniture or frame.top <= (line.top + line.bottom) / 2
        return True


def _mark_ends(tables: Sequence[Table], body: Sequence[TextLine]) -> None:
    """Mark the tables above and below which nothing stands on their page."""
    for table in tables:
        top, bottom = table.top, table.bottom
        others = [other for other in tables if other is not table]
        table.first = all(line.top > top for line in body) and all(one.top >= top for one in others)
        table.last = all(line.bottom < bottom for line in body) and all(one.bottom <= bottom for one in others)


def _goes_on(before: Table, after: Table) -> bool:
    """Whether two tables are as wide; margins of odd and even pages may differ."""
    return abs((before.x1 - before.x0) - (after.x1 - after.x0)) <= _TOLERANCE


def share_columns(tables: Sequence[Table]) -> None:
    """Give tables of the same outer edges that follow each other the same columns: one may be the other's rest."""
    group: list[Table] = []
    for table in tables:
        if group and not (_goes_on(group[-1], table) and abs(group[-1].x0 - table.x0) <= _TOLERANCE):
            group = []
        group.append(table)
        edges = _edges(x for one in group for cell in one.cells for x in (cell.x0, cell.x1))
        for one in group:
            one.columns = edges


def _append(before: Table, after: Table) -> None:
    """Put a continuation below its beginning, without the rows it repeats; a torn row is put together."""
    old, new = before.rows(), after.rows()
    repeated = 0
    while repeated < min(len(old), len(new)) - 1 and _same(old[repeated], new[repeated]):
        repeated += 1
    if not repeated or not any(cell.text for row in new[:repeated] for cell in row):
        repeated = 0
    kept = [cell for row in new[repeated:] for cell in row]
    aside = before.x0 - after.x0  # margins of odd and even pages may differ
    for cell in kept:
        cell.x0, cell.x1 = cell.x0 + aside, cell.x1 + aside
    halves = _halves(before, kept)
    torn = _is_torn(halves)
    top = min((cell.bottom for _, cell in halves), default=0) if torn else min(cell.top for cell in kept)
    shift = before.bottom - top
    for cell in kept:
        cell.top, cell.bottom = cell.top + shift, cell.bottom + shift
    for upper, lower in halves if torn else ():
        digits = is_digits(upper.text) and is_digits(lower.text)
        upper.text = ("" if digits else "\n").join(filter(None, (upper.text, lower.text)))
        upper.beside = "、".join(filter(None, (upper.beside, lower.beside)))
        upper.bottom, upper.full = lower.bottom, lower.full
    taken = {id(lower) for _, lower in halves} if torn else set()
    before.cells += [cell for cell in kept if id(cell) not in taken]


def _same(one: Sequence[_Cell], other: Sequence[_Cell]) -> bool:
    def bare(row: Sequence[_Cell]) -> list[str]:
        return ["".join(cell.text.split()) for cell in row]

    return bare(one) == bare(other)


def _halves(before: Table, after: Sequence[_Cell]) -> list[tuple[_Cell, _Cell]]:
    """Return the cells that touch the page break, above and below it; none if they are not the same columns."""
    end, start = before.bottom, min(cell.top for cell in after)
    upper = sorted((c for c in before.cells if end - c.bottom <= _TOLERANCE), key=lambda c: c.x0)
    lower = sorted((c for c in after if c.top - start <= _TOLERANCE), key=lambda c: c.x0)
    alike = len(upper) == len(lower) and all(
        abs(one.x0 - other.x0) <= _TOLERANCE and abs(one.x1 - other.x1) <= _TOLERANCE
        for one, other in zip(upper, lower, strict=True)
    )
    return list(zip(upper, lower, strict=True)) if alike else []


def _is_torn(halves: Sequence[tuple[_Cell, _Cell]]) -> bool:
    """Tell whether a page break goes through a row.

    Most figures stand in one half only; those in both are broken: their first part fills its cell.  So does that of
    a label that goes on in the other half, and its rest does not begin as labels do.
    """
    if len(halves) < 2:
        return False
    last, next_ = max(upper.top for upper, _ in halves), min(lower.bottom for _, lower in halves)
    row = [(up, low) for up, low in halves if up.top >= last - _TOLERANCE and low.bottom <= next_ + _TOLERANCE]
    figures = [(up, low) for up, low in row if figure_like(up.text or low.text)]
    labels = [(up, low) for up, low in row if not figure_like(up.text or low.text)]
    broken = [(up, low) for up, low in figures if up.text and low.text]
    above, below = (sum(bool(pair[half].text) for pair in figures) - len(broken) for half in (0, 1))
    if bool(above) == bool(below) or (broken and below):
        return False
    rest = [low.text for _, low in labels if low.text]
    return (
        all(up.full for up, low in (*labels, *broken) if up.text and low.text)
        and all(is_digits(up.text) and is_digits(low.text) for up, low in broken)
        and not any(figure_like(text) or _NUMBERED.match(text) for text in rest)
        and (bool(rest or broken) if above else any(up.text for up, _ in labels))
    )
