"""Which edition of the form a document uses: its labels tell, and its year between editions with the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..form import Form
from ..sources import Document
from .fields import read_fields
from .index import LabelIndex
from .tables import Found, find_tables
from .wording import Texts


def choose_form(document: Document, indexes: Sequence[LabelIndex], forms: Iterable[Form]) -> tuple[Form, Found, Texts]:
    """Return the edition that fits a document best, its tables there, and who reports of which year.

    The edition with the most figures in the document fits best; of several the one with the fewest
    figures missing from the tables found, then the one with the fewest remarks about labels.  Of
    editions that fit alike, the one for the year of the data is taken, else the one preferred.

    Args:
        document: what a source found in the file.
        indexes: its grids by label.
        forms: the editions to choose from, the one to prefer first; at least one.  The rest are not
            asked for when one fits wholly and is for the year.
    """
    tried: list[tuple[int, Form]] = []
    for form in forms:
        found = find_tables(form, indexes)
        tried.append((found.seen, form))
        if found.seen >= len(form.cells) and not found.findings:
            texts = read_fields(form, document, indexes)
            if _is_for(form, texts):
                return form, found, texts
    most = max(seen for seen, _ in tried)
    # Labels that are nearly those of the form do not make it the edition, unless there is nothing else.
    likely = [(form, find_tables(form, indexes, near=True)) for seen, form in tried if seen == most]
    fits = [(_fit(form, found), form, found) for form, found in likely]
    best = max(fit for fit, _, _ in fits)
    alike = [(form, found) for fit, form, found in fits if fit == best]
    read = [(form, found, read_fields(form, document, indexes)) for form, found in alike]
    return next((one for one in read if _is_for(one[0], one[2])), read[0])


def _fit(form: Form, found: Found) -> tuple[int, int, int]:
    expected = sum(cell.table in found.tables for cell in form.cells.values())
    return found.seen, found.seen - expected, -len(found.findings)


def _is_for(form: Form, texts: Texts) -> bool:
    year = texts.fields.get("year")
    return not isinstance(year, int) or form.covers(year)
