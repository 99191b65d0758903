"""The few exceptions after which work cannot go on.

Everything a clerk can mend in the workbook is a :class:`~reportgen.model.findings.Finding`, never an
exception.  What is raised here ends the work on one file; its text is Chinese and is shown to the
user as it stands.  The exit code belongs to the class (README.md, Exit codes).
"""

from __future__ import annotations

import errno
import os
import re

EXIT_ERRORS, EXIT_CRASH = 1, 3
"""Exit codes after findings of level error, and after an error that nobody foresaw (README.md, Exit codes)."""

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that show nothing, as a set of a regular expression: soft hyphens, joiners, fillers, marks of direction, tags."""
_UNSEEN = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{INVISIBLE}]")
"""Those, C0 and C1 controls, DEL, line separators, lone surrogates."""
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
        return _NAMED.get(one) or (f"\\u{ord(one):04x}" if ord(one) < 1 << 16 else f"\\U{ord(one):08x}")

    return _UNSEEN.sub(write_out, text)


_SYSTEM = {
    errno.ENOSPC: "磁盘空间不足", errno.EDQUOT: "超出磁盘配额", errno.EFBIG: "文件大小超出限制", errno.EIO: "磁盘读写出错",
    errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.ENOENT: "没有这个文件或文件夹", errno.EROFS: "磁盘是只读的",
    errno.ELOOP: "链接互相指来指去", errno.ESTALE: "网络盘断开了", errno.ETIMEDOUT: "网络盘没有回应",
    errno.EMFILE: "打开的文件太多", errno.ENFILE: "打开的文件太多", errno.EISDIR: "是文件夹", errno.EBADF: "输出已经关闭",
    errno.EPIPE: "接收输出的程序已经关闭", errno.ENODEV: "没有这个设备", errno.ENXIO: "没有这个设备",
}  # fmt: skip


def said_by_system(error: OSError) -> str:
    """Return what the system says of a file, in the user's words where there are any."""
    return _SYSTEM.get(error.errno or 0) or error.strerror or str(error)


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
