"""A Python process that stays up and does jobs, as a batch or a web page would.

    python worker.py reportgen|docxtpl_peer

One job a line on standard input, one answer a line on standard output.  A job is a JSON object:
``do`` ("build" or "validate"), ``inputs`` (workbooks, taken in turn), ``out`` (folder), and either
``seconds`` (how long to go on) or ``count`` (how many to do).  The answer holds ``count``, ``seconds``
and ``held``, the resident memory in bytes at the end (Linux).
"""

from __future__ import annotations

import gc
import importlib
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def build(library: Any, source: str, out: str) -> None:
    result = library.build(source, out)
    if library.__name__ == "reportgen" and not result.compared:
        raise SystemExit(f"{source}: not built, or not read back and compared")


def validate(library: Any, source: str, out: str) -> None:
    if library.__name__ != "reportgen":
        library.read(source)
    elif any(f.severity == "error" for f in library.check(library.read_report(source))):
        raise SystemExit(f"{source}: errors")


VERBS: dict[str, Callable[[Any, str, str], None]] = {"build": build, "validate": validate}


def work(library: Any, job: dict[str, Any], number: itertools.count[int]) -> dict[str, float]:
    """Do one job; ``number`` goes on from job to job, so that no result has the name of an earlier one."""
    verb, inputs, done = VERBS[job["do"]], job["inputs"], 0
    start = time.perf_counter()
    while done < job["count"] if "count" in job else time.perf_counter() - start < job["seconds"]:
        n = next(number)
        verb(library, inputs[n % len(inputs)], f"{job['out']}/{n}.docx")
        done += 1
    seconds = time.perf_counter() - start
    gc.collect()
    held = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return {"count": done, "seconds": seconds, "held": held}


def main() -> None:
    library, number = importlib.import_module(sys.argv[1]), itertools.count()
    for line in sys.stdin:
        print(json.dumps(work(library, json.loads(line), number)), flush=True)


if __name__ == "__main__":
    main()
