"""Data put aside while the work on many files goes on: more of it than fits into memory, needed piece by piece."""

from __future__ import annotations

import os
from collections.abc import Callable
from tempfile import SpooledTemporaryFile

from ..errors import OutputError, said_by_system

_IN_MEMORY = 1 << 20
"""Bytes from which on the data goes to the disk."""


class Spool:
    """A file without a name: whatever ends the process, the system removes it."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  as long as somebody has a piece

    def put(self, data: bytes) -> Spooled:
        """Put data aside.

        Raises:
            OutputError: there is no room for it.
        """
        try:
            at = self._file.seek(0, os.SEEK_END)
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            why = said_by_system(error)
            raise OutputError(f"临时文件写不了（{why}）。请在存放临时文件的磁盘上腾出空间后再试。") from error
        return Spooled(self, at, len(data))

    def read(self, at: int, size: int) -> bytes:
        """Return what was put aside at a place."""
        self._file.seek(at)
        return self._file.read(size)

    def __del__(self) -> None:
        self._file.close()


class Spooled:
    """Where a piece of data was put aside; a copy holds the data itself."""

    __slots__ = ("at", "size", "spool")

    def __init__(self, spool: Spool, at: int, size: int) -> None:
        self.spool, self.at, self.size = spool, at, size

    def read(self) -> bytes:
        """Return the data."""
        return self.spool.read(self.at, self.size)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spooled) and self.read() == other.read()

    def __hash__(self) -> int:
        return hash(self.read())

    def __reduce__(self) -> tuple[Callable[[bytes], Spooled], tuple[bytes]]:
        return _alone, (self.read(),)


def _alone(data: bytes) -> Spooled:
    return Spool().put(data)
