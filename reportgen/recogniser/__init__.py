"""The recogniser: grids and paragraphs of any source + a form → Report.

It finds the prescribed tables by their labels (FORMAT.md 3.4), never by fixed addresses, and
reads every figure exactly or says why it cannot.  It does not judge the figures; the checks do.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..disk.names import name_of
from ..errors import InputError
from ..form import Form
from ..form.likeness import key
from ..model.findings import Finding, finding
from ..model.report import Report
from ..sources import Document
from .answers import find_answers
from .edition import choose_form
from .entries import computed_texts, invisible_characters
from .index import LabelIndex
from .labels import known_labels
from .last_year import hidden_last_year, last_year_figures
from .left_out import left_out
from .prose import read_prose, section_of_line
from .tables import Found
from .texts import last_year_texts, read_cells, read_sheets
from .values import figure_findings, group_findings, read_figures, read_groups, read_register
from .wording import Texts

__all__ = ["recognise"]

_LONG_LABEL = 6
"""Characters of a label that no sentence has by chance."""
_HEADINGS = 3
"""Headings of parts that only such a report has."""


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
    forms = [form] if isinstance(form, Form) else form
    # What is visible counts before what is hidden.
    indexes = [LabelIndex(grid) for grid in sorted(document.grids, key=lambda grid: grid.hidden)]
    # Match the labels, then find out who reports of which year: both say which edition it is.
    form, tables, texts = choose_form(document, indexes, forms)
    if not tables.tables:
        raise _no_tables(document, form, texts)
    values, groups = read_figures(form, tables), read_groups(form, tables)
    read_sheets(form, indexes, tables, texts)
    read_prose(form, texts, web=document.kind in ("html", "mht"))
    read_cells(form, indexes, tables, texts)
    last_year, old_texts = last_year_figures(form, indexes), last_year_texts(form, indexes, texts)
    explanations = tuple(find_answers(form, indexes, texts))
    return Report(
        form=form, values=values, fields=texts.fields, passages=tuple(texts.passages),
        field_origins=texts.field_origins, headings=tuple(texts.headings), title=texts.title,
        path=document.path, kind=document.kind, sha256=document.sha256,
        last_year=last_year, last_year_texts=old_texts, register=read_register(form, tables),
        groups=groups, unread=frozenset(tables.unread), explanations=explanations,
        notices=(
            *tables.findings, *group_findings(form, groups), *texts.findings, *figure_findings(form, values, tables),
            *computed_texts(form, texts), *invisible_characters(form, texts), *hidden_last_year(form, last_year),
            *_pictures(form, tables, document), *left_out(form, document, values, tables.cells),
        ),
    )  # fmt: skip


def _no_tables(document: Document, form: Form, texts: Texts) -> InputError:
    """Say why there are no tables: not drawn, pictures, not there, or another file."""
    name, tables = name_of(document.path), "、".join(table.id for table in form.tables)
    cells = (cell.value for grid in document.grids for cell in grid.cells if isinstance(cell.value, str))
    words = key("".join((*(one.text for one in document.paragraphs), *cells)))
    labels = [label for label in known_labels(form) if len(label) >= _LONG_LABEL]
    if sum(label in words for label in labels) * 4 >= len(labels):
        return InputError(
            f"“{name}”里有{tables}的文字，但表格线没有画出或不完整，看不出哪个数在哪一格，所以没有读。"
            "请改用它的 Word 文件或网页，或者给表格加上框线后重新导出。"
        )
    shown = f"里面有{document.pictures}张图片，表格如果做成了图片，无法读取。" if document.pictures else ""
    if texts.title or sum(section_of_line(form, one.text) is not None for one in document.paragraphs) >= _HEADINGS:
        return InputError(
            f"“{name}”是这种报告，但里面没有{tables}。{shown}请用带表格的 Word 文件、网页或工作簿；"
            "表格在另一个文件里的，请用那个文件。"
        )
    return InputError(
        f"“{name}”里没有规定的表格（{tables}）。{shown}请确认选对了文件；需要空白工作簿时运行 reportgen new。"
    )


def _pictures(form: Form, tables: Found, document: Document) -> Iterable[Finding]:
    """S-05: a table that is missing may be there as a picture."""
    missing = [table.id for table in form.tables if table.id not in tables.tables]
    if missing and document.pictures:
        yield finding(form.rules["S-05"], what="、".join(missing), count=document.pictures)
