"""Which edition of the form a document uses: told by its labels, not by its year."""

from __future__ import annotations

from collections.abc import Iterable

from ..form import Form
from ..sources import Document
from .tables import Found, find_tables

__all__ = ["choose_form"]


def choose_form(document: Document, forms: Iterable[Form]) -> tuple[Form, Found]:
    """Return the edition of which most figures have their place in the document, and the places.

    Args:
        document: what a source found in the file.
        forms: the editions to choose from, the one to prefer first; the rest are not even asked for
            when it fits wholly.  At least one.
    """
    best: tuple[float, Form, Found] | None = None
    for form in forms:
        found = find_tables(form, document.grids)
        share = found.seen / len(form.cells)
        if best is None or share > best[0]:
            best = (share, form, found)
        if share >= 1:
            break
    assert best is not None
    return best[1], best[2]
