"""Libraries that only some kinds of file need, and that an office may do without."""

from __future__ import annotations

import importlib
from typing import Any

from ..errors import InputError


def require(module: str, extra: str, what: str) -> Any:
    """Import a module that an extra installs.

    Args:
        module: its import name.
        extra: the extra of this package.
        what: what needs it, as a user would say.

    Raises:
        InputError: it is not installed; the message says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise InputError(
            f'读取{what}需要另装组件，请运行：pip install "reportgen[{extra}]"；'
            "不便安装时，请把文件另存为 .xlsx 或 .docx 再试。"
        ) from error
