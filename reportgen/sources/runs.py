"""Runs of text, some struck out, raised or lowered: what of a cell or a paragraph counts, and what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

__all__ = ["LOWERED", "RAISED", "STRUCK", "Run", "told_apart"]

STRUCK, RAISED, LOWERED = "删除线", "上标", "下标"
"""Marks of runs, as messages name them."""
_WORD = re.compile(r"[^\W\d_]{2}")
_SHOWN = 30
"""Characters of a run that a message quotes."""


class Run(NamedTuple):
    """Text of one look."""

    text: str
    mark: str = ""
    """:data:`STRUCK`, :data:`RAISED`, :data:`LOWERED`, or ``""``."""


def told_apart(runs: Sequence[Run], *, cell: bool = False) -> tuple[str, str]:
    """Return the text that counts, and what stands beside it, as messages quote it: ``“1”（上标）``.

    Text that is struck out never counts.  Raised and lowered text is the mark of a note where a cell holds a
    figure; beside words it belongs to them (m², CO₂).

    Args:
        runs: of a cell or of a paragraph, in order.
        cell: it is a cell.
    """
    plain = "".join([run.text for run in runs if not run.mark])
    if not any(run.mark for run in runs):
        return plain, ""
    shifted = "".join([run.text for run in runs if run.mark in (RAISED, LOWERED)])
    left = {STRUCK, RAISED, LOWERED} if cell and not _WORD.search(plain.strip() or shifted) else {STRUCK}
    pieces = [
        (mark, "".join([run.text for run in group]).strip())
        for mark, group in groupby(runs, lambda run: run.mark) if mark in left
    ]  # fmt: skip
    beside = [f"“{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}”（{mark}）" for mark, text in pieces if text]
    return "".join([run.text for run in runs if run.mark not in left]), "、".join(beside)
