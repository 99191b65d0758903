"""What becomes of one file among many: a result, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from ..disk.names import shown_name
from ..errors import EXIT_CRASH, ReportgenError, unexpected

__all__ = ["Outcome", "attempt"]

T = TypeVar("T")


class Outcome(msgspec.Struct, Generic[T], frozen=True):
    """What became of one file."""

    path: Path | str
    value: T | None
    """None if it failed."""
    error: str = ""
    """Why, in words for the user."""
    exit_code: int = 0
    """Of the failure (README.md, Exit codes)."""


def attempt(work: Callable[[Path | str], T], path: Path | str) -> Outcome[T]:
    """Do the work on one file; whatever goes wrong is an outcome, so that the other files get theirs.

    ``REPORTGEN_DEBUG=1`` lets unexpected errors through, for developers.
    """
    try:
        return Outcome(path, work(path))
    except ReportgenError as error:
        return Outcome(path, None, str(error), error.exit_code)
    except Exception as error:
        return Outcome(path, None, unexpected(error, shown_name(path)), EXIT_CRASH)
