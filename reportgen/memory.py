"""What work in bulk meets again and again, remembered; nothing else in the program is.

A lead office's workbooks come from one blank workbook: most of their parts are the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

LARGEST = 256 * 1024
"""Bytes of the largest argument that is kept."""

enabled = True
"""Whether anything is remembered; tests switch it off."""


def remembered(most: int) -> Callable[[F], F]:
    """Return a decorator that keeps the results of the latest calls: an LRU cache by content.

    It is for functions whose result depends on nothing but their arguments and is never changed by
    anyone.  Arguments are compared as a whole, not by a checksum.

    Args:
        most: how many results are kept.
    """

    def decorate(function: F) -> F:
        cached = lru_cache(maxsize=most)(function)

        @wraps(function)
        def call(*args: Any) -> Any:
            small = all(len(arg) <= LARGEST for arg in args if isinstance(arg, bytes))
            return cached(*args) if enabled and small else function(*args)

        return cast("F", call)

    return decorate
