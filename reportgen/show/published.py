"""The report for publication as one HTML page, in the prescribed layout."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from ..model.explanations import Note
from ..model.report import Report
from .charts import ChartView
from .page import PageTable, environment, page_table, policy
from .view import make_view, signature_lines


def report_page(
    report: Report, *, draft: bool = False, marks: Collection[str] = (), notes: Sequence[Note] = (),
    fragment: bool = False, charts: Sequence[ChartView] = (),
) -> str:  # fmt: skip
    """Return the report for publication as one HTML file.

    Args:
        report: a checked report.
        draft: say 草稿 on top.
        marks: ids of the cells to mark, for a draft with wrong figures.
        notes: accepted explanations to print below the tables.
        fragment: only what stands in the page's body, to be pasted into a page of a content management
            system: no style sheet, no script, every rule inline.

    Returns:
        the whole file; figures are printed as in the Word report (blank as 0).
    """
    view = make_view(report, draft=draft, notes=notes)
    values = {
        cell: {"value": figure, "classes": "marked" if cell in marks else ""} for cell, figure in view.figures.items()
    }
    texts = {section.id: section for section in view.sections}
    first = next(one.id for one in report.form.sections if one.heading)
    before = {first: view.extras.get("before", ())}
    sections = []
    for one in report.form.sections:
        table = page_table(view.form.table(one.table), one.heading, values, f"{one.id}-head") if one.table else None
        passages = texts[one.id].passages if one.id in texts else ()
        drawn = [chart for chart in charts if chart.section == one.id]
        if passages or not one.optional:
            below = view.notes.get(one.table, ())
            sections.append(_PageSection(one.id, one.heading, table, below, passages, before.get(one.id, ()), drawn))
    return environment().get_template("fragment.html" if fragment else "report.html").render(
        title=view.title, policy=policy(), title_lines=view.title_lines,
        sections=sections,
        head={place: view.extras.get(place, ()) for place in ("top", "number")}, after=view.extras.get("after", ()),
        signature=signature_lines(report), draft=view.names["草稿"],
    )  # fmt: skip


class _PageSection(msgspec.Struct, frozen=True):
    """A part of the report as the template prints it."""

    id: str
    heading: str
    table: PageTable | None
    notes: Sequence[str]
    passages: Sequence[tuple[str, tuple[str, ...]]]
    """Heading and paragraphs of each."""
    before: Sequence[str]
    """Lines of the optional parts that stand before it."""
    charts: Sequence[ChartView]
