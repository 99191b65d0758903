"""SHA-256 without OpenSSL for the first few files; that takes 3 ms to load, a fifteenth of a ``validate``.

Only for the few hundred kilobytes of a start.  Large or many files are for :mod:`hashlib`, five times
as fast once it is there.  The standard library does the same for its random numbers.
"""

from __future__ import annotations

import sys

if sys.version_info >= (3, 12):
    try:
        from _sha2 import sha256
    except ImportError:  # a Python made without its own hash functions
        from hashlib import sha256
else:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        from hashlib import sha256

__all__ = ["hexdigest", "sha256"]

_FEW = 8
_left = _FEW


def hexdigest(data: bytes) -> str:
    """Return the SHA-256 of a file in hexadecimal; from the ninth on by OpenSSL (0.03 ms, not 0.25)."""
    global _left  # noqa: PLW0603 - how many this process has had
    if _left:
        _left -= 1
        digest: str = sha256(data).hexdigest()
        return digest
    import hashlib

    return hashlib.sha256(data).hexdigest()
