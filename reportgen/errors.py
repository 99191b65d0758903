"""The few exceptions after which work cannot go on.

Everything a clerk can mend in the workbook is a :class:`~reportgen.model.findings.Finding`, never an
exception.  What is raised here ends the work on one file; its text is Chinese and is shown to the
user as it stands.  The exit code belongs to the class (README.md, Exit codes).
"""

from __future__ import annotations

import os
import re

__all__ = [
    "EXIT_CRASH", "EXIT_ERRORS", "NOT_XML", "FormError", "InUseError", "InputError", "OutputError", "ProofError",
    "ReportgenError", "TemplateError", "escaped", "unexpected",
]  # fmt: skip

EXIT_ERRORS, EXIT_CRASH = 1, 3
"""Exit codes after findings of level error, and after an error that nobody foresaw (README.md, Exit codes)."""

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""C0 and C1 controls, DEL, characters without width, direction marks, line separators, lone surrogates."""
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML can hold (XML 1.0, 2.2), hence no workbook and no report."""
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def escaped(text: str, *, lines: bool = False) -> str:
    """Return a text in which every character that commands a screen or shows nothing is written out.

    What a file holds (values, labels, names) is printed through this, so that it can neither send
    commands to a terminal, nor reverse or hide what stands beside it, nor forge a line of ours.

    Args:
        text: one line, with text from a file in it.
        lines: it is several lines, or a page, of our own: its line breaks stay.

    Returns:
        the text with ``\\n`` for a line break and ``\\u001b`` for an escape, the notation of JSON.
    """

    def write_out(match: re.Match[str]) -> str:
        one = match[0]
        if lines and one == "\n":
            return one
        return _NAMED.get(one) or f"\\u{ord(one):04x}"

    return _UNSEEN.sub(write_out, text)


class ReportgenError(Exception):
    """Base of all errors of this package; ``str()`` of it is a Chinese sentence for the user, in one line."""

    exit_code = 3
    several_lines = False
    """The text is a list: its line breaks are our own."""

    def __str__(self) -> str:
        return escaped(super().__str__(), lines=self.several_lines)


class InputError(ReportgenError):
    """A file cannot be read, or is not this form (exit code 3)."""


class FormError(ReportgenError):
    """A form file (``forms/*.toml``) contradicts itself; raised to its author (exit code 3)."""

    several_lines = True


class TemplateError(ReportgenError):
    """A Word or page template has mistakes; all of them are in the text (exit code 3)."""

    several_lines = True


class ProofError(ReportgenError):
    """A finished document does not say what the report says; it is not delivered (exit code 3)."""

    several_lines = True


class OutputError(ReportgenError):
    """A result cannot be written, or writing it would overwrite the user's file (exit code 4)."""

    exit_code = 4


class InUseError(OutputError):
    """A result cannot be written because another program has the file open."""


def unexpected(error: Exception, name: str = "") -> str:
    """Return what the user is told of an error that nobody foresaw.

    Args:
        error: what was raised.
        name: of the file that was being worked on, in quotes; ``""`` if none was.

    Raises:
        Exception: the error itself, under ``REPORTGEN_DEBUG=1``: developers want its traceback.
    """
    if os.environ.get("REPORTGEN_DEBUG"):
        raise error
    told = f"程序内部出错（{type(error).__name__}：{error}）{f'，{name}没有处理' if name else ''}"
    return escaped(f"{told}。请把这一行发给技术人员。")
