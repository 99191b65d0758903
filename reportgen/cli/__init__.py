"""The command line, and the double-click flow of office staff: the only room that knows click."""

from __future__ import annotations

from .app import cli, main

__all__ = ["cli", "main"]
