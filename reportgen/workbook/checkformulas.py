"""Rules of kind ``relation`` as formulas for the sheet 校验, from the expressions of the form."""

from __future__ import annotations

import msgspec
from openpyxl.utils import quote_sheetname

from ..form import Comparison, Form, Relation, Term
from .entries import FIELD_TOP, LAST_YEAR_TOP
from .places import Places


class RelationFormulas(msgspec.Struct, frozen=True):
    """Parts of a row; none of them with a leading ``=``."""

    left: str
    right: str
    operator: str
    applies: str
    """True where the rule's conditions hold; ``TRUE`` if it has none."""
    known: str
    """True where every one of last year's figures it needs is filled in."""
    cells: tuple[str, ...]
    """This year's cells it names."""


def relation_formulas(form: Form, where: Places, one: Relation) -> RelationFormulas | None:
    """Return the formulas of one relation; None if it looks at the wording of a text."""
    if one.text:
        return None
    comparisons = (one.expect, *one.when)
    terms = [t for c in comparisons for t in (*c.left, *c.right)]
    conditions = [_compared(form, where, c) for c in one.when]
    for name, values in one.fields:
        conditions.append(f"OR({among(form, name, values)})")
    for name, values in one.unless_fields:
        conditions.append(f'AND({_field(form, name)}<>"",NOT(OR({among(form, name, values)})))')
    if one.from_year:
        year = next(f.id for f in form.fields if f.kind == "year")
        conditions.append(f"N({_field(form, year)})>={one.from_year}")
    last = [_last(form, cell) for t in terms if t.last for cell in t.cells]
    return RelationFormulas(
        _sum(form, where, one.expect.left), _sum(form, where, one.expect.right), one.expect.operator,
        f"AND({','.join(conditions)})" if conditions else "TRUE",
        f"AND({','.join(f'ISNUMBER({a})' for a in last)})" if last else "TRUE",
        tuple(cell for t in terms if not t.last for cell in t.cells),
    )  # fmt: skip


def _compared(form: Form, where: Places, comparison: Comparison) -> str:
    return f"{_sum(form, where, comparison.left)}{comparison.operator}{_sum(form, where, comparison.right)}"


def _sum(form: Form, where: Places, terms: tuple[Term, ...]) -> str:
    text = ""
    for term in terms:
        sign = "-" if term.factor < 0 else "+" if text else ""
        factor = abs(term.factor)
        value = _term(form, where, term)
        text += sign + (str(factor) if not value else value if factor == 1 else f"{factor}*{value}")
    return text


def _term(form: Form, where: Places, term: Term) -> str:
    if term.field:
        return f"N({_field(form, term.field)})"
    if term.last:
        return f"SUM({','.join(_last(form, cell) for cell in term.cells)})"
    return where.total(term.cells, full=True) if term.cells else ""


def _field(form: Form, field_id: str) -> str:
    row = FIELD_TOP + next(n for n, f in enumerate(form.fields) if f.id == field_id)
    return f"{quote_sheetname(form.sheets.fields)}!$B${row}"


def _last(form: Form, cell: str) -> str:
    return f"{quote_sheetname(form.sheets.last_year)}!$B${LAST_YEAR_TOP + form.last_year_cells.index(cell)}"


def among(form: Form, field_id: str, values: tuple[str, ...]) -> str:
    """Return the conditions, one of which holds when a field has one of the values."""
    address = _field(form, field_id)
    return ",".join(f'{address}="{value}"' for value in values)
