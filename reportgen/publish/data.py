"""The report as open data: a table with a figure in each row (.csv), and one JSON document."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ..errors import ProofError
from ..form import Cell, Form
from ..model.exchange import from_json, to_json
from ..model.explanations import Note
from ..model.numbers import Number, format_number
from ..model.placeholders import filled
from ..model.report import Passage, Report, Value

HEADS = ("表格", "行", "列", "指标", "数值", "单位")
"""Columns of the table: id of the prescribed table, row and column, the figure's label, the figure, its unit."""


def as_csv(report: Report, *, draft: bool = False) -> tuple[bytes, int]:
    """Return the figures as CSV (RFC 4180, UTF-8 with a byte order mark, which Excel and WPS need), and their number.

    Args:
        report: a checked report; a blank is printed as 0, as in the document.
        draft: leave figures empty that are not known; else there must be none.

    Raises:
        ProofError: what was written reads back otherwise.
    """
    published = _published(report, draft=draft)
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(HEADS)
    table.writerows(_rows(published))
    data = text.getvalue().encode("utf-8-sig")
    _, *back = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    wrong = [cell.label for row, cell in zip(back, report.form.cells.values(), strict=True)
             if row != [*_place(report.form, cell), _shown(published.values[cell.id]), cell.unit]]  # fmt: skip
    _require(not wrong, wrong)
    return data, len(back)


def _rows(report: Report) -> Iterator[tuple[str, ...]]:
    for cell in report.form.cells.values():
        yield (*_place(report.form, cell), _shown(report.values[cell.id]), cell.unit)


def _place(form: Form, cell: Cell) -> tuple[str, str, str, str]:
    return cell.table, cell.row_label, cell.column_label, cell.label


def _shown(value: Value) -> str:
    return "" if value.number is None else format_number(value.number)


def as_json(report: Report, *, draft: bool = False, notes: Sequence[Note] = ()) -> tuple[bytes, int]:
    """Return the report as the JSON document that ``extract`` writes, and how many values were compared.

    Args:
        report: a checked report.  Its texts are as printed; questions and answers between those who
            filled it in and those who checked it, and last year's figures, are left out.
        draft: leave figures null that are not known; else there must be none.
        notes: accepted explanations that are printed below the tables.

    Raises:
        ProofError: what was written reads back otherwise.
    """
    published = _published(report, draft=draft, notes=notes)
    data = to_json(published)
    back = from_json(data, report.form)
    wrong = [cell.label for cell in report.form.cells.values()
             if _number(back, cell) != _number(published, cell)]  # fmt: skip
    texts = [[(p.section, p.heading, p.paragraphs) for p in one.passages] for one in (back, published)]
    same = texts[0] == texts[1] and (back.org, back.year, back.title) == (report.org, report.year, report.title)
    _require(same and not wrong, wrong)
    return data.encode("utf-8"), len(back.values) + sum(len(p.paragraphs) for p in back.passages)


def _number(report: Report, cell: Cell) -> Number | None:
    return report.values[cell.id].number


def _published(report: Report, *, draft: bool, notes: Sequence[Note] = ()) -> Report:
    """Return a report as it is printed: blanks are 0, placeholders are filled, nothing internal."""
    values = {cell: _printed(value) for cell, value in report.values.items()}
    unknown = [report.form.cells[cell].label for cell, value in values.items() if value.number is None]
    _require(draft or not unknown, unknown)
    section = {s.table: s.id for s in report.form.sections if s.table}
    below = tuple(Passage(section[note.table], "", (f"注：{note.text}",)) for note in notes)
    passages = tuple(p for p in filled(report) if p.paragraphs)
    return replace(
        report, values=values, passages=(*passages, *below), explanations=(), last_year={}, last_year_texts={}
    )


def _printed(value: Value) -> Value:
    """Return a figure as it is printed (:func:`reportgen.show.view.make_view`)."""
    if value.state in ("problem", "missing"):
        return value
    return Value("number", value.number or 0, origin=value.origin)


def _require(holds: bool, wrong: Sequence[str]) -> None:
    if not holds:
        places = "、".join(wrong[:6]) or "文字"
        raise ProofError(f"生成的数据读回来与报告不一致，没有交付：{places}。请把工作簿交给软件维护人员。")
