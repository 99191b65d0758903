"""Run commands and say what each took: wall clock, processor time, peak memory.

A small process of its own: on Linux a child's peak counts from the size of the process that
started it, so the starter has to be smaller than anything measured.  One JSON list (command) a line
on standard input, ``[seconds, cpu seconds, peak kilobytes, exit status, output]`` a line on standard output.
"""

import json
import os
import sys
import time

null = os.open(os.devnull, os.O_RDWR)
for line in sys.stdin:
    command = json.loads(line)
    read, write = os.pipe()
    actions = [
        (os.POSIX_SPAWN_DUP2, null, 0),
        (os.POSIX_SPAWN_DUP2, write, 1),
        (os.POSIX_SPAWN_DUP2, write, 2),
    ]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    os.close(write)
    pieces = []
    while piece := os.read(read, 65536):
        pieces.append(piece)
    _, status, used = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    os.close(read)
    output = b"".join(pieces).decode("utf-8", "replace")
    print(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss, status, output]), flush=True)
