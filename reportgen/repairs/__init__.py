"""Repairs: which cell is wrong and what it should be.  Suggestions only; nothing is changed."""

from __future__ import annotations

from .find import find_repairs
from .records import Change, Place, Repair, Repairs

__all__ = ["Change", "Place", "Repair", "Repairs", "find_repairs"]
