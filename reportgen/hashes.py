"""SHA-256 without OpenSSL, which takes 3 ms to load: a fifteenth of a ``validate``.

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

__all__ = ["sha256"]
