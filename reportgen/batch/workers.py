"""Worker processes: chunks of files in, outcomes out, in the order of the chunks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any, Generic, TypeVar

from ..disk.names import shown_name
from ..errors import EXIT_CRASH
from ..form import load_form
from ..sources.confined import end_with_parent
from .outcomes import Outcome, attempt

T = TypeVar("T")

_AHEAD = 4
"""Chunks in work or waiting, for each worker."""


class Workers(Generic[T]):
    """Chunks of files in worker processes.

    When a process dies, all that were being worked on are lost with it and nobody can say which file
    it was: the chunk whose turn it is is done again file by file, each in a process of its own, and
    the others as before.
    """

    def __init__(self, work: Callable[[Path | str], T], chunks: list[Sequence[Path | str]], count: int) -> None:
        """
        Args:
            work: picklable, and so is its result; done again for the files of a process that died.
            chunks: the files.
            count: how many processes.
        """
        self.work, self.chunks, self.count = work, chunks, count
        self.running: dict[int, Future[list[Outcome[T]]]] = {}
        self.context = _context()
        self.pids: SimpleQueue[int] = self.context.SimpleQueue()

    def run(self) -> Iterator[Outcome[T]]:
        """Yield the outcomes of all files in their order."""
        if self.context.get_start_method() == "fork":
            _prepare()  # once, for all of them
        pool = self.pool(self.count)
        wait = False
        try:
            for turn, chunk in enumerate(self.chunks):
                outcomes = self.outcomes(pool, turn)
                if outcomes is None:
                    pool.shutdown(cancel_futures=True)
                    self.running = {n: f for n, f in self.running.items() if _is_whole(f)}
                    outcomes = [self.alone(path) for path in chunk]
                    pool = self.pool(self.count)
                yield from outcomes
            wait = True
        finally:
            pool.shutdown(wait=wait, cancel_futures=True)
            if not wait:
                self.end()  # who is interrupted waits for nobody

    def end(self) -> None:
        """End the workers, whatever they are doing."""
        ours = set()
        while not self.pids.empty():
            ours.add(self.pids.get())
        for process in multiprocessing.active_children():
            if process.pid in ours:
                process.terminate()

    def outcomes(self, pool: ProcessPoolExecutor, turn: int) -> list[Outcome[T]] | None:
        """Return a chunk's outcomes, None if a process died; keep the workers busy meanwhile."""
        try:
            for n in range(turn, min(turn + _AHEAD * self.count, len(self.chunks))):
                if n not in self.running:
                    self.running[n] = pool.submit(_chunk, self.work, self.chunks[n])
            return self.running.pop(turn).result()
        except BrokenProcessPool:
            self.running.pop(turn, None)
            return None

    def alone(self, path: Path | str) -> Outcome[T]:
        """Do one file in a process of its own; its death is the file's failure."""
        with self.pool(1) as pool:
            try:
                return pool.submit(attempt, self.work, path).result()
            except BrokenProcessPool:
                told = (
                    f"处理{shown_name(path)}的进程意外结束（可能内存不够），这个文件没有处理。请单独再试一次；"
                    "仍不行时，请把它交给技术人员。"
                )
                return Outcome(path, None, told, EXIT_CRASH)

    def pool(self, count: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(count, mp_context=self.context, initializer=_start, initargs=(self.pids,))


def _is_whole(future: Future[Any]) -> bool:
    """Tell whether a chunk was finished before a process died."""
    return future.done() and not future.cancelled() and future.exception() is None


def _context() -> BaseContext:
    # A copy of this process has everything loaded; with other threads about, it may hang.
    copies = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if copies else "spawn")


def _prepare() -> None:
    """Have ready what every workbook needs: modules, the form in force, its template."""
    from ..sources import docx, xlsx  # noqa: F401
    from ..word import proof  # noqa: F401
    from ..word.render import default_template
    from ..word.template import prepared_template

    form = load_form()
    prepared_template(default_template(form), form)


def _start(pids: SimpleQueue[int]) -> None:
    pids.put(os.getpid())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that waits for us
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # a copy of that process has its ways with these
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    end_with_parent()
    _prepare()


def _chunk(work: Callable[[Path | str], T], paths: Sequence[Path | str]) -> list[Outcome[T]]:
    return [attempt(work, path) for path in paths]
