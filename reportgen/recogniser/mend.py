"""Cells that belong together are put together again, where the form knows the label.

Of a row that a page break tore in two, neither half of the label is a label, both together are one; the
figures stand in either half.  Programs that know no merged cells repeat the label in each of their parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from ..form.likeness import key
from ..sources import Grid, GridCell


def stitched(grids: Sequence[Grid], known: Collection[str]) -> list[Grid]:
    """Return the tables of a document, a header that was torn off joined to the table below it.

    That is a table of labels without a row of figures, as wide as the next one, which may repeat some of its rows.

    Args:
        grids: in order; sheets of workbooks stay as they are.
        known: keys of all labels of the form.
    """
    found: list[Grid] = []
    for grid in grids:
        above = found[-1] if found else None
        if above is not None and not grid.a1 and _width(above) == _width(grid) and _is_header(above, known):
            found[-1] = above.with_cells((*above.cells, *_below(above, grid)))
        else:
            found.append(grid)
    return found


def _width(grid: Grid) -> int:
    return max((cell.column + cell.column_span for cell in grid.cells), default=0)


def _is_header(grid: Grid, known: Collection[str]) -> bool:
    """Tell whether a table of a document holds labels and nothing else, also in its last row."""
    if grid.a1 or grid.hidden or not grid.cells:
        return False
    texts = [key(str(cell.value)) for cell in grid.cells if cell.value is not None]
    last = [cell for cell in grid.cells if cell.row == max(other.row for other in grid.cells)]
    return (
        all(cell.value is not None and not _is_figure(cell) for cell in last)
        and sum(text in known for text in texts) * 2 > len(texts)
        and not any(text.strip("/-—").isdigit() for text in texts)
    )


def _below(above: Grid, grid: Grid) -> Iterator[GridCell]:
    """Yield the cells of a table as they stand below another, without the rows that it repeats of that."""
    theirs = [[cell.value for cell in row] for row in above.cells.in_row.values()]
    rows = list(grid.cells.in_row.items())
    again = 0
    while again < min(len(theirs), len(rows)) and [cell.value for cell in rows[again][1]] == theirs[again]:
        again += 1
    shift = max(cell.row for cell in above.cells) - (rows[again - 1][0] if again else 0)
    for _, cells in rows[again:]:
        for cell in cells:
            row = cell.row + shift
            yield replace(cell, row=row, address=f"第{row}行第{cell.column}列")


def mend(grid: Grid, known: Collection[str]) -> Grid:
    """Return the grid with torn rows and repeated labels joined.

    Args:
        grid: a table of a document.
        known: keys of all labels of the form.
    """
    at = {(cell.row, cell.column): cell for cell in grid.cells}
    repeated = _join_repeated(at, known)
    torn = []
    for upper in grid.cells:
        lower = at.get((upper.row + upper.row_span, upper.column))
        if (
            lower is not None and lower.column_span == upper.column_span
            and isinstance(upper.value, str) and isinstance(lower.value, str)
            and key(upper.value) not in known and key(lower.value) not in known
            and key(upper.value + lower.value) in known
        ):  # fmt: skip
            torn.append(lower.row)
    for row in sorted(torn, reverse=True):
        _join(at, row)
    return grid.with_cells(tuple(at[place] for place in sorted(at))) if torn or repeated else grid


def _join_repeated(at: dict[tuple[int, int], GridCell], known: Collection[str]) -> bool:
    """Join cells side by side, then one below the other, that hold the same label; tell whether there were any.

    One below the other only where no cell is merged and all rows are as long: else they may have slipped there.
    """
    before = len(at)
    lengths = Counter(row for row, _ in at)
    even = len(set(lengths.values())) == 1 and all(cell.row_span == cell.column_span == 1 for cell in at.values())
    for down in (False, True)[: 1 + even]:
        for place in sorted(at):
            cell = at.get(place)
            while cell is not None and isinstance(cell.value, str) and key(cell.value) in known:
                where = (cell.row + cell.row_span, cell.column) if down else (cell.row, cell.column + cell.column_span)
                other = at.get(where)
                if other is None or other.value != cell.value or not _is_flush(cell, other, down=down):
                    break
                del at[where]
                at[place] = cell = replace(
                    cell,
                    row_span=cell.row_span + (other.row_span if down else 0),
                    column_span=cell.column_span + (0 if down else other.column_span),
                )
    return len(at) < before


def _is_flush(cell: GridCell, other: GridCell, *, down: bool) -> bool:
    return cell.column_span == other.column_span if down else cell.row_span == other.row_span


def _join(at: dict[tuple[int, int], GridCell], row: int) -> None:
    """Join the cells that begin at ``row`` to those that end above them, all or none."""
    ends = {(cell.column, cell.column_span): cell for cell in at.values() if cell.row + cell.row_span == row}
    pairs = [
        (above, cell) for cell in at.values()
        if cell.row == row and (above := ends.get((cell.column, cell.column_span)))
    ]  # fmt: skip
    if any(_is_figure(above) and _is_figure(below) for above, below in pairs):
        return  # two rows of figures are two rows
    for above, below in pairs:
        parts = [str(c.value) for c in (above, below) if c.value is not None]
        del at[below.row, below.column]
        at[above.row, above.column] = replace(
            above, value="\n".join(parts) or None, row_span=above.row_span + below.row_span,
            beside="、".join(filter(None, (above.beside, below.beside))),
        )  # fmt: skip


def _is_figure(cell: GridCell) -> bool:
    return cell.value is not None and any(c.isdigit() for c in str(cell.value)[:1])
