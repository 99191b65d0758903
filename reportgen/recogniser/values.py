"""Figures: from the cells where the tables have them to values, or why a cell holds none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from ..form import Cell, Form
from ..model.findings import CellRef, Finding, finding
from ..model.numbers import MAX_DIGITS, Number, Parsed, format_number, parse_number
from ..model.report import Origin, Value
from .tables import Found, Located

__all__ = ["figure_findings", "read_cell", "read_figures"]

_TOO_LONG = 10**MAX_DIGITS
"""From here on a number has more digits than a figure may have."""


def read_figures(form: Form, found: Found) -> dict[str, Value]:
    """Return the value of every cell of the form, ``missing`` where the tables have none."""
    values = {id_: _read(cell, found.cells.get(id_)) for id_, cell in form.cells.items()}
    return _with_totals(form, values)


def _read(cell: Cell, place: Located | None) -> Value:
    """Read one figure from where the tables say it is."""
    if place is None:
        return Value("missing")
    grid, found = place.grid, place.cell
    hidden = grid.hidden or (found is not None and found.hidden)
    address = found.address if found and found.address else grid.address(place.row, place.column)
    origin = Origin(grid.name, address, place.row, place.column, hidden)
    if found is None:
        return Value("blank", origin=origin)
    return read_cell(cell, found.value, origin, formula=found.formula, result=found.result, in_document=not grid.a1)


def read_cell(
    cell: Cell, raw: object, origin: Origin, *, formula: str = "", result: str = "", in_document: bool = False
) -> Value:
    """Read what a cell of a grid holds as a figure of the form.

    Args:
        cell: the form's.
        raw: the value there, or the result of its formula.
        origin: where that is.
        formula, result: as of :class:`~..sources.GridCell`.
        in_document: it is a text, as all that documents hold.
    """
    if type(raw) is int and cell.kind == "count" and 0 <= raw < _TOO_LONG and result != "unknown":
        # Most figures; what follows gives the same.
        return Value("number", raw, str(raw), origin, formula, result == "computed", "")
    parsed: Parsed = parse_number(raw, kind=cell.kind, decimals=cell.decimals, unit=cell.unit, text=in_document)
    if result == "unknown":
        return Value("problem", parsed.number, formula, origin, formula, False, "公式没有存储结果，程序也算不出")
    return Value(parsed.state, parsed.number, _raw(raw), origin, formula, result == "computed", parsed.remark)


def _raw(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return format_number(value)
    return str(value)


def _with_totals(form: Form, values: dict[str, Value]) -> dict[str, Value]:
    """A total by a formula we cannot compute, with no stored result: the form says what it is."""
    for equation in form.equations:
        if equation.relation != "equal" or len(equation.left) != 1:
            continue
        total = values[equation.left[0]]
        parts = [values[c] for c in equation.right]
        if _is_uncomputed(total) and all(p.state in ("number", "blank") for p in parts):
            number: Number = sum((p.number or 0 for p in parts), start=0)
            values[equation.left[0]] = msgspec.structs.replace(
                total, state="number", number=number, computed=True, remark=""
            )
    return values


def _is_uncomputed(value: Value) -> bool:
    return bool(value.formula) and value.state == "problem" and value.raw == value.formula


def figure_findings(form: Form, values: Mapping[str, Value], found: Found) -> Iterator[Finding]:
    """Yield what is to be said of how figures were read: formulas, and what nobody sees."""
    for table in form.tables:
        yield from _formulas(form, table.id, values, found)
    refs = [_ref(form.cells[c], v) for c, v in values.items() if v.origin and v.origin.hidden and v.number]
    if refs:
        places = "、".join(f"{r.address}＝{format_number(r.value)}" for r in refs[:6])
        yield finding(form.rules["N-07"], refs, what=f"有{len(refs)}个数在隐藏的行、列或工作表里（{places}）")


def _formulas(form: Form, table: str, values: Mapping[str, Value], found: Found) -> Iterator[Finding]:
    """N-05, N-06, N-08: what was done about the formulas of a table."""
    computed: list[CellRef] = []
    for cell in (c for c in form.cells.values() if c.table == table and values[c.id].formula):
        value, place = values[cell.id], found.cells.get(cell.id)
        ref = _ref(cell, value)
        if value.computed:
            computed.append(ref)
        elif place and place.cell and place.cell.result == "stale":
            now = parse_number(place.cell.now, kind=cell.kind, decimals=cell.decimals).number
            yield finding(
                form.rules["N-08"], [ref], actual=value.number, expected=now,
                place=f"“{cell.label}”", raw=value.formula,
            )  # fmt: skip
        elif _is_uncomputed(value):
            yield finding(form.rules["N-05"], [ref], place=f"“{cell.label}”", raw=value.formula, what=value.remark)
    if computed:
        what = "、".join(f"{r.address}＝{format_number(r.value)}" for r in computed[:4])
        what += "等" if len(computed) > 4 else ""
        yield finding(form.rules["N-06"], computed, table=table, count=len(computed), what=what)


def _ref(cell: Cell, value: Value) -> CellRef:
    return CellRef(value.origin, cell.label, value.number, cell.id)
