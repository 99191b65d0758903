"""The recogniser: grids and paragraphs of any source + a form → Report.

It finds the prescribed tables by their labels (FORMAT.md 3.4), never by fixed addresses, and
reads every figure exactly or says why it cannot.  It does not judge the figures; the checks do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

import msgspec

from ..errors import InputError
from ..form import Form
from ..model.findings import CellRef, Finding, finding
from ..model.numbers import Number, format_number, parse_number
from ..model.report import Origin, Report, Value
from ..sources import Document
from .answers import find_answers
from .edition import choose_form
from .labels import key
from .left_out import left_out
from .tables import Found, GridIndex
from .texts import find_texts, last_year_texts
from .values import known_values, read_cell, read_value, remember
from .wording import Texts

__all__ = ["recognise"]


def recognise(document: Document, form: Form | Iterable[Form]) -> Report:
    """Read the prescribed form out of a document.

    Args:
        document: what a source found in the file.
        form: the edition to look for, or several, the one to prefer first.

    Returns:
        a Report with every cell of the form; ``notices`` say what could not be matched.

    Raises:
        InputError: the document holds none of the prescribed tables.
    """
    forms = iter([form] if isinstance(form, Form) else form)
    form = next(forms)
    indexes = [GridIndex(grid) for grid in document.grids]
    values = known_values(form, indexes)
    if values is not None:
        texts = find_texts(form, document, indexes)
        year = texts.fields.get("year")
        if not isinstance(year, int) or form.covers(year):
            return _report(form, document, indexes, values, texts, texts.findings)
    form, tables, texts = _edition(document, indexes, form, forms)
    values = {cell: read_value(form.cells[cell], tables.cells.get(cell)) for cell in form.cells}
    remember(form, indexes, tables)
    values = _totals(form, values)
    notices = [
        *tables.findings,
        *texts.findings,
        *_formula_findings(form, values, tables),
        *_hidden(form, values),
        *_pictures(form, tables, document),
        *left_out(form, document, values, {id_: place[1] for id_, place in tables.cells.items()}),
    ]
    return _report(form, document, indexes, values, texts, notices)


def _edition(
    document: Document, indexes: Sequence[GridIndex], first: Form, others: Iterator[Form]
) -> tuple[Form, Found, Texts]:
    """Choose the edition, and find its tables and the texts."""
    form, tables, texts = choose_form(document, indexes, chain([first], others))
    if not tables.tables:
        names = "、".join(t.id for t in form.tables)
        shown = (
            f"里面有{document.pictures}张图片，表格如果做成了图片，无法读取。" if document.pictures else ""
        )
        raise InputError(
            f"“{_name(document)}”里没有规定的表格（{names}）。{shown}请确认选对了文件；"
            "需要空白工作簿时运行 reportgen new。"
        )
    return form, tables, texts


def _report(
    form: Form, document: Document, indexes: Sequence[GridIndex], values: dict[str, Value], texts: Texts,
    notices: Iterable[Finding],
) -> Report:  # fmt: skip
    return Report(
        form=form, values=values, fields=texts.fields, passages=tuple(texts.passages),
        field_origins=texts.field_origins, headings=tuple(texts.headings), title=texts.title,
        path=document.path, kind=document.kind, sha256=document.sha256, last_year=_last_year(form, indexes),
        last_year_texts=last_year_texts(form, indexes),
        explanations=tuple(find_answers(form, indexes)), notices=tuple(notices),
    )  # fmt: skip


def _pictures(form: Form, tables: Found, document: Document) -> Iterable[Finding]:
    """S-05: a table that is missing may be there as a picture."""
    missing = [table.id for table in form.tables if table.id not in tables.tables]
    if missing and document.pictures:
        yield finding(form.rules["S-05"], what="、".join(missing), count=document.pictures)


def _name(document: Document) -> str:
    return document.path.replace("\\", "/").rsplit("/", 1)[-1]


# --------------------------------------------------------------------------- figures


def _totals(form: Form, values: dict[str, Value]) -> dict[str, Value]:
    """A total by a formula we cannot compute, with no stored result: the form says what it is."""
    for equation in form.equations:
        if equation.relation != "equal" or len(equation.left) != 1:
            continue
        total = values[equation.left[0]]
        parts = [values[c] for c in equation.right]
        uncomputed = total.formula and total.state == "problem" and total.raw == total.formula
        if uncomputed and all(p.state in ("number", "blank") for p in parts):
            number: Number = sum((p.number or 0 for p in parts), start=0)
            values[equation.left[0]] = msgspec.structs.replace(
                total, state="number", number=number, computed=True, remark=""
            )
    return values


def _formula_findings(form: Form, values: dict[str, Value], tables: Found) -> Iterable[Finding]:
    """N-05, N-06, N-08: what was done about formulas."""
    for table in form.tables:
        computed: list[CellRef] = []
        for cell in (c for c in form.cells.values() if c.table == table.id):
            value, place = values[cell.id], tables.cells.get(cell.id)
            ref = CellRef(value.origin, cell.label, value.number, cell.id)
            if value.computed:
                computed.append(ref)
            elif place and place[1] is not None and place[1].result == "stale":
                now = parse_number(place[1].now, kind=cell.kind, decimals=cell.decimals).number
                yield finding(
                    form.rules["N-08"], [ref], actual=value.number, expected=now,
                    place=f"“{cell.label}”", raw=value.formula,
                )  # fmt: skip
            elif value.formula and value.state == "problem" and value.raw == value.formula:
                yield finding(
                    form.rules["N-05"], [ref], place=f"“{cell.label}”", raw=value.formula, what=value.remark
                )
        if computed:
            what = "、".join(f"{r.address}＝{format_number(r.value)}" for r in computed[:4])
            what += "等" if len(computed) > 4 else ""
            yield finding(form.rules["N-06"], computed, table=table.id, count=len(computed), what=what)


def _hidden(form: Form, values: dict[str, Value]) -> Iterable[Finding]:
    """N-07: figures other than 0 that nobody sees."""
    refs = [
        CellRef(v.origin, form.cells[c].label, v.number, c)
        for c, v in values.items() if v.origin and v.origin.hidden and v.number
    ]  # fmt: skip
    if refs:
        places = "、".join(f"{r.address}＝{format_number(r.value)}" for r in refs[:6])
        yield finding(form.rules["N-07"], refs, what=f"有{len(refs)}个数在隐藏的行、列或工作表里（{places}）")


# --------------------------------------------------------------------------- 上年数据


def _last_year(form: Form, indexes: Sequence[GridIndex]) -> dict[str, Value]:
    """Figures of the sheet 上年数据, found by their labels; blank ones are left out."""
    found: dict[str, Value] = {}
    wanted, heads = _last_year_labels(form)
    for index in indexes:
        if not index.knows(heads) or not heads <= index.labels:
            continue
        if ("last year", form) not in index.memo:
            index.memo["last year", form] = list(_last_year_places(index, wanted))
        for id_, place in index.memo["last year", form]:
            entry = index.entry(*place)
            if entry is not None and entry.value not in (None, ""):
                origin = Origin(index.grid.name, entry.address, entry.row, entry.column, entry.hidden)
                value = read_cell(
                    form.cells[id_], entry.value, origin, formula=entry.formula, result=entry.result
                )
                found.setdefault(id_, value)
    return found


def _last_year_places(index: GridIndex, wanted: dict[str, str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield cell id and place of each entry that is not always empty; in most workbooks all are."""
    for label in (one for one in wanted if one in index.labels):
        for at in index.cells(label):
            place = (at.row, at.column + at.column_span)
            entry = index.entry(*place)
            if not index.fixed(*place) or (entry is not None and entry.value not in (None, "")):
                yield wanted[label], place


@lru_cache(maxsize=16)
def _last_year_labels(form: Form) -> tuple[dict[str, str], frozenset[str]]:
    """Label key → cell id, and the keys of the heads."""
    wanted = {key(form.last_year_label(cell)): cell for cell in form.last_year_cells}
    return wanted, frozenset(key(head) for head in form.sheets.last_year_heads)
