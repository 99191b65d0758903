"""Which edition of the form a document uses: told by its labels, not by its year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..form import Form
from .index import LabelIndex
from .tables import Found, find_tables

__all__ = ["choose_form"]


def choose_form(indexes: Sequence[LabelIndex], forms: Iterable[Form]) -> tuple[Form, Found]:
    """Return the edition of which most figures have their place in the document, and the places.

    Args:
        indexes: the grids of the document.
        forms: the editions to choose from, the one to prefer first; the rest are not even asked for
            when it fits wholly.  At least one.
    """
    best: tuple[float, Form, Found] | None = None
    for form in forms:
        found = find_tables(form, indexes)
        share = found.seen / len(form.cells)
        if best is None or share > best[0]:
            best = (share, form, found)
        if share >= 1:
            break
    assert best is not None
    return best[1], best[2]
