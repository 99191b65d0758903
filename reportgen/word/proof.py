"""The proof: a finished document, read back by the ordinary reader, says what the report says.

It trusts neither the template nor the engine: only the bytes that would be delivered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from ..errors import ProofError
from ..form import Table
from ..model.explanations import Note
from ..model.report import Report
from ..recogniser import recognise
from ..show.view import View, make_view
from ..sources import Document, GridCell, read_document
from .faults import shorten, squeeze, squeezed
from .plan import printable
from .render import head_lines, printed_texts

Cells: TypeAlias = "dict[tuple[int, int], GridCell]"
"""The cells of a grid by row and column."""

_DIGITS = re.compile(r"\d+")
_SHOWN = 10
_FEW = 3
"""Figures that are named when they are not known."""


def prove(data: bytes, report: Report, *, kind: str = "docx", draft: bool = False, notes: Sequence[Note] = ()) -> int:
    """Compare every figure and every text of a finished document with the report.

    Args:
        kind: ``docx`` or ``html``.
        notes: what was to be printed below the tables.

    Returns:
        the number of values compared: figures, and texts (title, headings, paragraphs).

    Raises:
        ProofError: anything is different, missing or too many, or a figure that is not known would be
            printed in a report that is no draft; says which.
        InputError: the file cannot be read back at all.
    """
    view = make_view(report, draft=draft, notes=notes)
    unknown = [id_ for id_, value in report.values.items() if value.state in ("problem", "missing")]
    if unknown and not draft:
        names = "、".join(_named(view, id_) for id_ in unknown[:_FEW])
        more = f"等{len(unknown)}格" if len(unknown) > _FEW else ""
        raise ProofError(f"没有{names}{more}的数，没有交付。请先把数补全，或加 --draft 印成草稿。")
    found = list(differences(data, view, kind=kind))
    if found:
        more = f"\n……共 {len(found)} 处" if len(found) > _SHOWN else ""
        raise ProofError(
            "生成的文件读回来与数据不一致，没有交付：\n"
            + "\n".join(found[:_SHOWN]) + more
            + "\n请检查 Word 模板；用自带模板仍出现这个提示时，请把工作簿交给软件维护人员。"
        )  # fmt: skip
    return len(view.figures) + len(printed_texts(view))


def differences(data: bytes, view: View, *, kind: str = "docx") -> Iterator[str]:
    """Yield how a finished document differs from the report whose view this is; arguments as for :func:`prove`."""
    document = read_document(Path(f"报告.{kind}"), data, kind)
    fields = (str(view.names[name]) for name in ("表式", *(field.short for field in view.form.fields)))
    known = {digits for text in (view.title, *fields) for digits in _DIGITS.findall(text)}
    yield from _figures(document, view, known)
    shown = printable
    if kind == "html":
        from ..sources.html import one_blank as shown  # the reader of pages is large
    yield from _texts(document, view, [shown(text) for text in printed_texts(view)], known)


def _figures(document: Document, view: View, known: set[str]) -> Iterator[str]:
    """Every figure twice: by its place in the prescribed table, and by its labels."""
    form = view.form
    wrong: set[str] = set()
    yield from _differences(document, view, known, wrong)
    found = recognise(document, form)
    for id_, printed in view.figures.items():
        value = found.values[id_]
        if value.raw.strip() != printed and id_ not in wrong:
            yield f"按标签找到的{_named(view, id_)}应为 {printed}，文件里是“{value.raw}”"
    yield from (n.message for n in found.notices if n.severity in ("error", "warning"))


def _differences(document: Document, view: View, known: set[str], wrong: set[str]) -> Iterator[str]:
    """What differs by place; figures that differ are put into ``wrong``."""
    form = view.form
    grids = {grid.name: {(c.row, c.column): c for c in squeezed(grid)} for grid in document.grids}
    stands = {name: {place: squeeze(str(c.value)) for place, c in cells.items()} for name, cells in grids.items()}
    for table in form.tables:
        labels = {(c.row, c.column): squeeze(c.text + c.note) for c in table.layout if not c.cell}
        # The grid with the most labels at their place.
        name = max(grids, key=lambda n: len(labels.items() & stands[n].items()), default="")
        yield from _compare(table, labels, view, name, grids.pop(name, {}), wrong)
    for name, cells in grids.items():
        for cell in cells.values():
            if not known.issuperset(_DIGITS.findall(str(cell.value))):
                yield f"{name}{cell.address}的“{shorten(str(cell.value))}”不是报告里的数"


def _compare(
    table: Table, labels: dict[tuple[int, int], str], view: View, name: str, cells: Cells, wrong: set[str]
) -> Iterator[str]:
    """One table, cell by cell; figures that differ are put into ``wrong``."""
    cells = dict(cells)
    for want in table.layout:
        place = (want.row, want.column)
        cell = cells.pop(place, None)
        actual = "" if cell is None or cell.value is None else str(cell.value)
        text = view.figures[want.cell] if want.cell else labels[place]
        if (actual.strip() if want.cell else squeeze(actual)) != text:
            wrong.add(want.cell)
            place_name = _named(view, want.cell) if want.cell else f"{table.id}第{want.row}行第{want.column}列"
            yield f"{place_name}应为 {text if want.cell else want.text + want.note}，文件里是“{shorten(actual)}”"
        elif cell is None or (cell.row_span, cell.column_span) != (want.row_span, want.column_span):
            yield f"{table.id}第{want.row}行第{want.column}列合并的格数与规定不同"
    for cell in cells.values():
        yield f"{name}{cell.address}多出一格“{shorten(str(cell.value or ''))}”"


def _named(view: View, cell: str) -> str:
    return f"“{view.form.cells[cell].table} {view.form.cells[cell].label}”"


def _texts(document: Document, view: View, texts: Sequence[str], known: set[str]) -> Iterator[str]:
    """Every text in its order; what the template adds may hold no figure that the report does not."""
    above = len(head_lines(view))
    title = texts[above]
    wanted = [text for text in texts[above + 1 :] if text.strip()]
    actual = [paragraph.text for paragraph in document.paragraphs]
    start = _after_title(title, actual)
    if start is None:
        yield f"没有标题“{title}”"
        start = 0
    yield from (f"标题上面缺少“{shorten(text)}”" for text in texts[:above] if text not in actual[:start])
    at, extra = _found_in_order(wanted, actual[start:])
    if at < len(wanted):
        instead = f"，相应的地方是“{shorten(extra[0])}”" if extra else ""
        yield f"缺少这一段文字，或与数据不一致：“{shorten(wanted[at])}”{instead}"
        return
    own = {printable(line) for line in view.names["落款行"]}
    for text in extra:
        if text not in own and not known.issuperset(_DIGITS.findall(text)):
            yield f"模板多印了一段含有数字的文字：“{shorten(text)}”；固定的文字请写到工作簿的文字内容里"


def _found_in_order(wanted: Sequence[str], actual: Sequence[str]) -> tuple[int, list[str]]:
    """Return how many of the texts that are wanted stand there in their order, and all other texts."""
    extra = []
    at = 0
    for text in actual:
        if at < len(wanted) and text == wanted[at]:
            at += 1
        else:
            extra.append(text)
    return at, extra


def _after_title(title: str, actual: Sequence[str]) -> int | None:
    """Return the place after the title, which may be broken over paragraphs; None without one."""
    wanted = squeeze(title)
    for first in range(len(actual)):
        joined = ""
        for last in range(first, len(actual)):
            joined += squeeze(actual[last])
            if joined == wanted:
                return last + 1
            if not wanted.startswith(joined):
                break
    return None
