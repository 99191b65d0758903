"""Writes the one function of bcryptprimitives.dll that Windows has and wine 8 lacks, for tests only.

``cryptography``, which reads PDF files, calls ``ProcessPrng``.  The DLL has no code: it says that the
function is advapi32's ``SystemFunction036``.

    python processprng.py PREFIX/drive_c/windows/system32/bcryptprimitives.dll
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

_RVA = 0x1000
"""Where the only section, the table of exports, is loaded."""


def forwarder(name: str, export: str, target: str) -> bytes:
    """Return a PE32+ DLL called ``name`` that exports ``export`` as a forwarder to ``target``."""
    exports = _export_table(name, export, target)
    directories = struct.pack("<II", _RVA, len(exports)) + bytes(8 * 15)
    optional = (
        struct.pack("<HBBIIIII", 0x20B, 14, 0, 0, 0x200, 0, 0, _RVA)
        + struct.pack("<QII6H4IHH", 0x180000000, 0x1000, 0x200, 6, 0, 0, 0, 6, 0, 0, 0x2000, 0x200, 0, 3, 0x160)
        + struct.pack("<4QII", 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
        + directories
    )
    header = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x2022)
    section = struct.pack("<8s6IHHI", b".edata", len(exports), _RVA, 0x200, 0x200, 0, 0, 0, 0, 0x40000040)
    start = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + header + optional + section
    return start.ljust(0x200, b"\0") + exports.ljust(0x200, b"\0")


def _export_table(name: str, export: str, target: str) -> bytes:
    # Directory (40 bytes), then one function, one name, one ordinal and padding (4, 4, 2, 2).
    at_name = _RVA + 40 + 12
    at_export = at_name + len(name) + 1
    at_target = at_export + len(export) + 1
    directory = struct.pack("<IIHH7I", 0, 0, 0, 0, at_name, 1, 1, 1, _RVA + 40, _RVA + 44, _RVA + 48)
    table = struct.pack("<IIHH", at_target, at_export, 0, 0)
    return directory + table + b"".join(text.encode() + b"\0" for text in (name, export, target))


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(forwarder("bcryptprimitives.dll", "ProcessPrng", "advapi32.SystemFunction036"))
