"""Which edition of the form a document uses: told by its labels, not by its year."""

from __future__ import annotations

from collections.abc import Iterable

from ..form import Form
from ..sources import Document
from .tables import find_tables

__all__ = ["choose_form"]


def choose_form(document: Document, forms: Iterable[Form]) -> Form:
    """Return the edition of which most figures have their place in the document.

    Args:
        document: what a source found in the file.
        forms: the editions to choose from, the one to prefer first; the rest are not even asked for
            when it fits wholly.  At least one.
    """
    best: tuple[float, Form] | None = None
    for form in forms:
        share = find_tables(form, document.grids).seen / len(form.cells)
        if best is None or share > best[0]:
            best = (share, form)
        if share >= 1:
            break
    assert best is not None
    return best[1]
