"""What stops the making of a bundle."""

from __future__ import annotations

__all__ = ["BundleError"]


class BundleError(Exception):
    """Says in Chinese what is wrong and what to do."""
