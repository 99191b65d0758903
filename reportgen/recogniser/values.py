"""Figures: from the cells where the tables have them to values, or why a cell holds none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ..form import Cell, Form
from ..model.findings import CellRef, Finding, by_table, finding
from ..model.numbers import MAX_DIGITS, Parsed, format_number, parse_number
from ..model.report import Origin, Value
from ..sources import BEYOND_CALENDAR, GridCell
from .entries import fault_of, invisible_in, shown_otherwise, without_invisible
from .tables import Found, Located

_WITHOUT_RESULT = ("unknown", "circular")
_TOO_LONG = 10**MAX_DIGITS
"""From here on a number has more digits than a figure may have."""


def read_groups(form: Form, found: Found) -> dict[str, Value]:
    """Return the figures that stand for all items of a group, by placeholder name."""
    return {
        name: _read(form.cells[form.quantities[name][0]], place)
        for name, place in found.groups.items() if name in form.quantities
    }  # fmt: skip


def group_findings(form: Form, groups: Mapping[str, Value]) -> Iterator[Finding]:
    """Yield S-07, or S-04 where a figure cannot be read, for each row that stands for a whole group."""
    rows: dict[tuple[str, ...], list[tuple[Cell, Value]]] = {}
    for name, value in groups.items():
        items = [form.cells[id_] for id_ in form.quantities[name]]
        rows.setdefault(tuple(cell.row_label for cell in items), []).append((items[0], value))
    for labels, here in rows.items():
        bad = [value for _, value in here if value.state in ("problem", "missing")]
        group = labels[0].rpartition("／")[0]
        refs = [CellRef(value.origin, f"{group}／{cell.column_label}", value.number) for cell, value in here]
        shown = "、".join(f"{cell.column_label}＝{value.raw or '空'}" for cell, value in here)
        what = f"“{group}”填成了一行（{shown}），规定分为{len(labels)}项"
        if bad:
            yield finding(form.rules["S-04"], refs, what=f"{what}，而且有的数读不出来")
        else:
            yield finding(
                form.rules["S-07"], refs, what=f"{what}；这一行已作为{len(labels)}项之和参加核对，各项分别是多少不知道"
            )


def read_figures(form: Form, found: Found) -> dict[str, Value]:
    """Return the value of every cell of the form, ``missing`` where the tables have none."""
    return {id_: _read(cell, found.cells.get(id_)) for id_, cell in form.cells.items()}


def read_register(form: Form, found: Found) -> dict[str, Value]:
    """Return what stands in the entries for the register, by the cell it is compared with; blank ones are left out."""
    return {id_: _read(form.cells[id_], place) for id_, place in found.register.items()}


def _read(cell: Cell, place: Located | None) -> Value:
    """Read one figure from where the tables say it is."""
    if place is None:
        return Value("missing")
    grid, found, row, column = place.grid, place.cell, place.row, place.column
    if found is None:
        return Value("blank", origin=Origin(grid.name, grid.address(row, column), row, column, grid.hidden))
    origin = Origin(grid.name, found.address or grid.address(row, column), row, column, grid.hidden or found.hidden)
    return read_cell(cell, found, origin, in_document=not grid.a1)


def read_cell(cell: Cell, found: GridCell, origin: Origin, *, in_document: bool = False) -> Value:
    """Read what a cell of a grid holds as a figure of the form.

    Args:
        cell: the form's.
        found: the grid's, its formula's result settled.
        origin: where that is.
        in_document: it is a text, as all that documents hold.
    """
    raw, formula, computed = found.value, found.formula, found.result == "computed"
    if found.result in _WITHOUT_RESULT:
        return Value("problem", None, formula, origin, formula, False, fault_of(found))
    if type(raw) is int and cell.kind == "count" and 0 <= raw < _TOO_LONG and found.shown != BEYOND_CALENDAR:
        # Most figures; what follows gives the same.
        return Value("number", raw, str(raw), origin, formula, computed, "")
    parsed = _parsed(cell, found, in_document)
    return Value(parsed.state, parsed.number, _raw(raw), origin, formula, computed, parsed.remark)


def _parsed(cell: Cell, found: GridCell, in_document: bool) -> Parsed:
    """Read a figure, whatever the cell holds."""
    raw = found.value
    if found.shown == BEYOND_CALENDAR:
        return Parsed("problem", remark="按日期显示，而没有这样的日期")
    unseen = invisible_in(raw) if isinstance(raw, str) else ""
    parsed = parse_number(
        without_invisible(raw) if isinstance(raw, str) and unseen else raw,
        kind=cell.kind, decimals=cell.decimals, unit=cell.unit, text=in_document,
    )  # fmt: skip
    if not unseen or parsed.state in ("blank", "placeholder"):
        return parsed
    remark = "、".join(filter(None, (f"有看不见的字符 {unseen}", parsed.remark)))
    return Parsed(parsed.state, parsed.number, remark)


def _raw(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return format_number(value)
    return str(value).upper() if isinstance(value, bool) else without_invisible(str(value))


def _is_uncomputed(value: Value) -> bool:
    return bool(value.formula) and value.state == "problem" and value.raw == value.formula


def figure_findings(form: Form, values: Mapping[str, Value], found: Found) -> Iterator[Finding]:
    """Yield what is to be said of how figures were read: formulas, and what nobody sees."""
    yield from _formulas(form, values, found)
    yield from _otherwise(form, values, found)
    refs = [_ref(form.cells[c], v) for c, v in values.items() if v.origin and v.origin.hidden and v.number]
    if refs:
        places = "、".join(f"{r.address}＝{format_number(r.value)}" for r in refs[:6])
        yield finding(
            form.rules["N-07"], refs, what=f"有{len(refs)}个数在隐藏的行、列或工作表里，或者字看不见（{places}）"
        )


def _formulas(form: Form, values: Mapping[str, Value], found: Found) -> Iterator[Finding]:
    """N-05, N-06, N-08: what was done about formulas; one finding per table."""
    computed: dict[str, list[CellRef]] = {}
    stale, uncomputed = [], []
    for id_, value in values.items():
        if not value.formula:
            continue
        cell, place = form.cells[id_], found.cells.get(id_)
        ref = _ref(cell, value)
        if value.computed:
            computed.setdefault(cell.table, []).append(ref)
        elif place and place.cell and place.cell.result == "stale":
            now = parse_number(place.cell.now, kind=cell.kind, decimals=cell.decimals).number
            shown = _raw(now if now is not None else place.cell.now) or "空"
            stale.append((cell.table, ref, f"“{value.formula}”现在应得 {shown}，存储的却是 {_raw(value.number)}"))
        elif _is_uncomputed(value):
            uncomputed.append((cell.table, ref, f"{value.remark}（{value.formula}）"))
    yield from by_table(form.rules["N-08"], stale)
    yield from by_table(form.rules["N-05"], uncomputed)
    for table, refs in computed.items():
        what = "、".join(f"{r.address}＝{format_number(r.value)}" for r in refs[:4]) + ("等" if len(refs) > 4 else "")
        yield finding(form.rules["N-06"], refs, table=table, count=len(refs), what=what)


def _otherwise(form: Form, values: Mapping[str, Value], found: Found) -> Iterator[Finding]:
    """N-10: figures whose number format shows another number than the cell holds; one finding per table."""
    otherwise = []
    for id_, place in found.cells.items():
        if place.cell is None or not place.cell.shown:
            continue
        value, cell = values[id_], form.cells[id_]
        shown = "" if value.number is None else shown_otherwise(place.cell, value.number)
        if shown:
            said = f"显示为“{shown}”，存储的却是 {format_number(value.number)}，按存储的读取"
            otherwise.append((cell.table, _ref(cell, value), said))
    yield from by_table(form.rules["N-10"], otherwise)


def _ref(cell: Cell, value: Value) -> CellRef:
    return CellRef(value.origin, cell.label, value.number, cell.id)
