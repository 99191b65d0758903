"""Last year's figures on the sheet 上年数据, found by their labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from ..form import Form
from ..form.likeness import key
from ..model.findings import CellRef, Finding, finding
from ..model.report import Origin, Value
from .index import LabelIndex
from .values import read_cell


def last_year_figures(form: Form, indexes: Iterable[LabelIndex]) -> dict[str, Value]:
    """Return last year's figures by cell id, each right of its label; blank ones are left out."""
    found: dict[str, Value] = {}
    wanted, heads = _labels(form)
    for index in indexes:
        if not heads <= index.labels.keys():
            continue
        for label, id_ in wanted.items():
            for place in index.beside(label) if label in index.labels else ():
                entry = index.grid.entry(*place)
                if id_ not in found and entry is not None and (entry.value not in (None, "") or entry.formula):
                    origin = Origin(
                        index.grid.name, entry.address, entry.row, entry.column, entry.hidden or index.grid.hidden
                    )
                    found[id_] = read_cell(form.cells[id_], entry, origin)
    return found


def hidden_last_year(form: Form, values: Mapping[str, Value]) -> Iterator[Finding]:
    """N-07: figures of last year that nobody sees; they are read."""
    hidden = {cell: value for cell, value in values.items() if value.origin and value.origin.hidden and value.number}
    if hidden:
        refs = [CellRef(value.origin, form.last_year_label(cell), value.number) for cell, value in hidden.items()]
        what = f"“{form.sheets.last_year}”有{len(refs)}个数在隐藏的行、列或工作表里"
        yield finding(form.rules["N-07"], refs, what=what)


@lru_cache(maxsize=16)
def _labels(form: Form) -> tuple[dict[str, str], frozenset[str]]:
    """Label key → cell id, and the keys of the heads."""
    wanted = {key(form.last_year_label(cell)): cell for cell in form.last_year_cells}
    return wanted, frozenset(key(head) for head in form.sheets.last_year_heads)
