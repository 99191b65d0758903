"""The few exceptions after which work cannot go on.

Everything a clerk can mend in the workbook is a :class:`~reportgen.model.findings.Finding`, never an
exception.  What is raised here ends the work on one file; its text is Chinese and is shown to the
user as it stands.  The exit code belongs to the class (DESIGN.md 4).
"""

from __future__ import annotations

import os

__all__ = [
    "FormError", "InputError", "OutputError", "ProofError", "ReportgenError", "TemplateError", "last_words",
]  # fmt: skip

_EXIT_CRASH = 3


class ReportgenError(Exception):
    """Base of all errors of this package; ``str()`` of it is a Chinese sentence for the user."""

    exit_code = 3


class InputError(ReportgenError):
    """A file cannot be read, or is not this form (exit code 3)."""


class FormError(ReportgenError):
    """A form file (``forms/*.toml``) contradicts itself; raised to its author (exit code 3)."""


class TemplateError(ReportgenError):
    """A Word or page template has mistakes; all of them are in the text (exit code 3)."""


class ProofError(ReportgenError):
    """A finished document does not say what the report says; it is not delivered (exit code 3)."""


class OutputError(ReportgenError):
    """A result cannot be written, or writing it would overwrite the user's file (exit code 4)."""

    exit_code = 4


def last_words(error: Exception) -> tuple[str, int]:
    """Return what the user is told when an error ends the program, and the exit code.

    ``REPORTGEN_DEBUG=1`` lets unexpected errors through, for developers.
    """
    if isinstance(error, ReportgenError):
        return str(error), error.exit_code
    if os.environ.get("REPORTGEN_DEBUG"):
        raise error
    what = f"{type(error).__name__}：{error}"
    return f"程序内部出错（{what}）。没有写出任何文件；请把这一行发给技术人员。", _EXIT_CRASH
