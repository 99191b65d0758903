"""Runs of text, some struck out, unseen, raised or lowered: what of a cell or a paragraph counts, what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

STRUCK, UNSEEN, RAISED, LOWERED = "删除线", "看不见", "上标", "下标"
"""Marks of runs, as messages name them."""
WHITE, BLACK = "FFFFFF", "000000"
A_DOT = 2.0
"""Points of a font that nobody can read."""
_NEAR = 16
"""Steps of 255 by which colours differ that no eye tells apart as text and paper."""
_WORD = re.compile(r"[^\W\d_]{2}")
_SHOWN = 30
"""Characters of a run that a message quotes."""


class Run(NamedTuple):
    """Text of one look."""

    text: str
    mark: str = ""
    """:data:`STRUCK`, :data:`UNSEEN`, :data:`RAISED`, :data:`LOWERED`, or ``""``."""
    link: bool = False
    """It is a link to another page or file."""


def is_seen(colour: str, behind: str) -> bool:
    """Tell whether text can be told from what is behind it.

    Args:
        colour: of the text, ``1F3864``, or any other name of it; ``""`` if it is not known.
        behind: of what is behind it, likewise.
    """
    if not colour or not behind:
        return True
    try:
        one, other = bytes.fromhex(colour), bytes.fromhex(behind)
    except ValueError:
        return colour != behind
    return any(abs(a - b) >= _NEAR for a, b in zip(one, other, strict=False))


class Said(NamedTuple):
    """What the runs of a cell or of a paragraph say."""

    text: str
    """What counts, as :func:`told_apart` tells."""
    beside: str = ""
    """What does not, likewise."""
    hidden: bool = False
    """There is text, and nobody sees any of it."""
    unlinked: str | None = None
    """The text that stands in no link, None if there is no link: what names another page is none of this one's."""


def said_by(runs: Sequence[Run], *, cell: bool = False) -> Said:
    """Return what runs say; arguments as for :func:`told_apart`."""
    if not any(run.mark or run.link for run in runs):
        return Said("".join([run.text for run in runs]))
    own = [run for run in runs if not run.link]
    linked = told_apart(own)[0] if len(own) < len(runs) else None
    return Said(*told_apart(runs, cell=cell), only_unseen(runs), linked)


def only_unseen(runs: Sequence[Run]) -> bool:
    """Tell whether there is text, and nobody sees any of it."""
    marks = {run.mark for run in runs if run.text.strip()}
    return marks == {UNSEEN}


def told_apart(runs: Sequence[Run], *, cell: bool = False) -> tuple[str, str]:
    """Return the text that counts, and what stands beside it, as messages quote it: ``“1”（上标）``.

    Text that is struck out or unseen never counts.  Raised and lowered text is the mark of a note where a cell holds a
    figure; beside words it belongs to them (m², CO₂).

    Args:
        runs: of a cell or of a paragraph, in order.
        cell: it is a cell.
    """
    plain = "".join([run.text for run in runs if not run.mark])
    if not any(run.mark for run in runs):
        return plain, ""
    shifted = "".join([run.text for run in runs if run.mark in (RAISED, LOWERED)])
    left = {STRUCK, UNSEEN}
    left |= {RAISED, LOWERED} if cell and not _WORD.search(plain.strip() or shifted) else set()
    pieces = [
        (mark, "".join([run.text for run in group]).strip())
        for mark, group in groupby(runs, lambda run: run.mark) if mark in left
    ]  # fmt: skip
    beside = [f"“{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}”（{mark}）" for mark, text in pieces if text]
    return "".join([run.text for run in runs if run.mark not in left]), "、".join(beside)
