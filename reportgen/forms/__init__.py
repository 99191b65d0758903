"""The editions of the form that come with the program, as data; this folder holds no code."""

from __future__ import annotations

__all__ = ["FORMS_VARIABLE"]

FORMS_VARIABLE = "REPORTGEN_FORMS"
"""Environment variable with office IT's own folders of form files, separated as in PATH, searched first."""
