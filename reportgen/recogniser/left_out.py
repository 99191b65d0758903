"""What a source left out beside figures and texts: struck-out and unseen text, marks of notes, revisions, large sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..form import Form
from ..model.findings import CellRef, Finding, by_table, finding
from ..model.numbers import show
from ..model.report import Origin, Value
from ..sources import Document
from .tables import Located


def left_out(
    form: Form, document: Document, values: Mapping[str, Value], cells: Mapping[str, Located]
) -> Iterator[Finding]:
    """Yield N-07, N-09, S-10, S-11 and S-18.

    Args:
        form: the edition.
        document: what the file holds.
        values: the figures as read, by cell id.
        cells: where they stand, by cell id.
    """
    marked = [(grid.name, cell) for grid in document.grids for cell in grid.cells.marked]
    figures = {(place.grid.name, place.row, place.column) for place in cells.values()} if marked else set()
    beside: dict[str, list[tuple[str, CellRef, str]]] = {}
    for id_, place in cells.items() if marked else ():
        if place.cell is not None and place.cell.beside:
            value, cell = values[id_], form.cells[id_]
            # Nothing but what was left out: whether that is the figure is not ours to say.
            severity = "error" if value.number is None else ""
            if place.cell.hidden and value.number is None:
                what = f"“{cell.label}”里只有{place.cell.beside}，没有算作数字"
                ref = CellRef(value.origin, cell.label, None, id_)
                yield finding(form.rules["N-07"], [ref], severity=severity, what=what)
                continue
            said = f"{place.cell.beside}（读作 {show(value.number)}）"
            ref = CellRef(value.origin, cell.label, value.number, id_)
            beside.setdefault(severity, []).append((cell.table, ref, said))
    for severity, here in beside.items():
        yield from by_table(form.rules["N-09"], here, severity=severity)
    struck = [
        (Origin(name, cell.address, cell.row, cell.column, cell.hidden), cell.beside)
        for name, cell in marked if (name, cell.row, cell.column) not in figures
    ]  # fmt: skip
    struck += [
        (Origin("正文", one.address, hidden=one.hidden), one.beside) for one in document.paragraphs if one.beside
    ]
    for origin, what in struck:
        if origin.hidden:
            told = f"{origin.address}里有{what}，没有读，也不会印出"
            yield finding(form.rules["N-07"], [CellRef(origin, "")], what=told)
        else:
            yield finding(form.rules["S-11"], [CellRef(origin, "")], place=origin.address, what=what)
    for name in document.too_large:
        yield finding(form.rules["S-18"], place=f"“{name}”")
    if document.revisions:
        yield finding(form.rules["S-10"], count=document.revisions)
