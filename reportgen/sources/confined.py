"""A process of its own, with limits, for the reading of files that can ask for any amount of work and memory."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from .limits import MAX_MEMORY, MAX_SECONDS, MAX_WAIT

Work: TypeAlias = Callable[[bytes, str], bytes]
"""Takes a file's bytes and its name for messages; a function of a module, so that any process finds it."""


def run_confined(work: Work, data: bytes, name: str) -> bytes | None:
    """Return what a function makes of a file, None if its process died or went beyond the limits.

    The limits on memory and processor time are the system's.  As with all of :mod:`multiprocessing`, a script that comes to this on Windows needs
    ``if __name__ == "__main__"``.

    Args:
        work: reads the file; its result is taken as bytes, never as objects.
        data: the file's bytes.
        name: the file's name as messages show it.
    """
    # A copy of this process has everything loaded; with other threads about, it may hang.
    copies = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork") if copies else multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, work, data, name), daemon=True)
    process.start()
    theirs.close()
    try:
        return ours.recv_bytes() if ours.poll(MAX_WAIT) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()
        ours.close()


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, however it ended."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def _work(pipe: Connection, work: Work, data: bytes, name: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that waits for us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stderr(nowhere):
        _limit()
        pipe.send_bytes(work(data, name))


def _limit() -> None:
    """Ask the system to limit this process, as far as it can and allows it."""
    if sys.platform == "win32":
        from .job import limit_process

        with contextlib.suppress(OSError):
            limit_process(MAX_MEMORY, MAX_SECONDS)
        return
    import resource

    limits = {
        resource.RLIMIT_CPU: int(MAX_SECONDS), resource.RLIMIT_DATA: _held() + MAX_MEMORY, resource.RLIMIT_CORE: 0,
    }  # fmt: skip
    for limit, most in limits.items():
        hard = resource.getrlimit(limit)[1]
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _held() -> int:
    """Return the bytes of data that this process has from the start: a copy has all that was loaded or read before."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[5])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
