"""What a source left out beside figures and texts: struck-out text, marks of notes, revisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..form import Form
from ..model.findings import CellRef, Finding, finding
from ..model.report import Origin, Value
from ..sources import Document, GridCell

__all__ = ["left_out"]


def left_out(
    form: Form, document: Document, values: Mapping[str, Value], cells: Mapping[str, GridCell | None]
) -> Iterator[Finding]:
    """Yield N-09, S-10 and S-11.

    Args:
        form: the edition.
        document: what the file holds.
        values: the figures as read, by cell id.
        cells: where they stand, by cell id.
    """
    for id_, place in cells.items():
        if place is not None and place.beside:
            value, label = values[id_], form.cells[id_].label
            # Nothing but what was left out: whether that is the figure is not ours to say.
            severity = "error" if value.number is None else ""
            yield finding(
                form.rules["N-09"], [CellRef(value.origin, label, value.number, id_)], severity=severity,
                actual=value.number, place=f"“{label}”", what=place.beside, value=value.number,
            )  # fmt: skip
    for paragraph in document.paragraphs:
        if paragraph.beside:
            ref = CellRef(Origin("正文", paragraph.address), "")
            yield finding(form.rules["S-11"], [ref], place=paragraph.address, what=paragraph.beside)
    if document.revisions:
        yield finding(form.rules["S-10"], count=document.revisions)
