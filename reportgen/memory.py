"""What comes again and again in a process: kept from the second time on, the latest so much of it.

A lead office's workbooks share most of what they are made of; what is one body's alone comes once,
and would fill a memory that kept everything.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

__all__ = ["Memory"]


class Memory(Generic[K, V]):
    """Values by keys; of two keys that may be equal by chance, the values must tell which is meant."""

    __slots__ = ("_kept", "_most", "_noticed", "_noticed_most")

    def __init__(self, most: int, noticed: int) -> None:
        """
        Args:
            most: values to keep.
            noticed: keys to notice that have come once.
        """
        self._most, self._noticed_most = most, noticed
        self._kept: dict[K, V] = {}
        self._noticed: dict[int, None] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: K) -> V | None:
        """Return what is kept for a key."""
        if key not in self._kept:
            return None
        value = self._kept[key] = self._kept.pop(key)  # the latest stands last
        return value

    def comes_again(self, key: K) -> bool:
        """Tell whether a key has come before, and notice it: by its hash, so that nothing is held for it."""
        mark = hash(key)
        if mark in self._noticed:
            return True
        self._noticed[mark] = None
        if len(self._noticed) > self._noticed_most:
            del self._noticed[next(iter(self._noticed))]
        return False

    def keep(self, key: K, value: V) -> None:
        """Keep a value, and drop the one that has not been found for longest."""
        self._kept[key] = value
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
