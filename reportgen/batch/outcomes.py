"""What becomes of one file among many: a result, or why there is none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from ..disk.names import name_of
from ..errors import ReportgenError

__all__ = ["EXIT_CRASH", "Outcome", "attempt"]

T = TypeVar("T")

EXIT_CRASH = 3
"""Exit code of what nobody foresaw (DESIGN.md 4)."""


class Outcome(msgspec.Struct, Generic[T], frozen=True):
    """What became of one file."""

    path: Path | str
    value: T | None
    """None if it failed."""
    error: str = ""
    """Why, in words for the user."""
    exit_code: int = 0
    """Of the failure (DESIGN.md 4)."""


def attempt(work: Callable[[Path | str], T], path: Path | str) -> Outcome[T]:
    """Do the work on one file; whatever goes wrong is an outcome, so that the other files get theirs.

    ``REPORTGEN_DEBUG=1`` lets unexpected errors through, for developers.
    """
    try:
        return Outcome(path, work(path))
    except ReportgenError as error:
        return Outcome(path, None, str(error), error.exit_code)
    except Exception as error:
        if os.environ.get("REPORTGEN_DEBUG"):
            raise
        what = f"{type(error).__name__}：{error}"
        told = f"程序内部出错（{what}），“{name_of(path)}”没有处理。请把这一行发给技术人员。"
        return Outcome(path, None, told, EXIT_CRASH)
