"""Many files, each on its own: what becomes of one is a result, or why there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from ..disk.names import shown_name
from ..errors import EXIT_CRASH, ReportgenError, unexpected

T = TypeVar("T")

_FEW = 8
"""Fewer files are done in this process: to start others takes longer (docs/decisions.md)."""
_CHUNK = 8
"""Most files to hand to a worker at a time: their finished documents are held until their turn."""
_TURNS = 4
"""Chunks that each worker gets at least, where there are enough files: the slow ones are shared out."""
_MOST = 16
"""Processes, on however large a machine."""


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


def run_many(
    work: Callable[[Path | str], T], paths: Sequence[Path | str], *, processes: int | None = None
) -> Iterator[Outcome[T]]:
    """Do the same with many files.

    Args:
        work: what to do; in other processes, so it and its result must be picklable, and it must
            not write, because it is done again where a process died.
        paths: the files.
        processes: how many to use; by default one for each processor, and for few files just this one.

    Yields:
        the outcomes in the order of ``paths``.
    """
    count = (_processors() if len(paths) >= _FEW else 1) if processes is None else processes
    count = min(count, _MOST, len(paths))
    if count < 2:
        yield from (attempt(work, path) for path in paths)
        return
    from .workers import Workers

    size = max(1, min(_CHUNK, len(paths) // (_TURNS * count)))
    chunks = [paths[i : i + size] for i in range(0, len(paths), size)]
    try:
        workers = Workers(work, chunks, count)
    except OSError:  # a system without shared memory (/dev/shm): one after the other
        yield from (attempt(work, path) for path in paths)
        return
    yield from workers.run()


def _processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))  # of a container, not of the machine
    return os.cpu_count() or 1
