"""From a form file to its data: read from TOML, with what it takes over from others."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import FormError

__all__ = ["FormSource"]


class FormSource:
    """The data of one edition, complete but not proved."""

    def __init__(self, path: Path, fault: Callable[[str, str], None]) -> None:
        """
        Args:
            path: the form file.
            fault: takes the place and the fault of every error of the author.

        Raises:
            FormError: a file cannot be read.
        """
        self.path = path
        self.fault = fault
        self.files: list[Path] = []
        """Every TOML file read."""
        self.data, self.rules = self._complete()

    def _read(self, path: Path) -> dict[str, Any]:
        if sys.version_info >= (3, 11):
            import tomllib
        else:
            import tomli as tomllib

        self.files.append(path)
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise FormError(f"格式文件 {path.name} 读不出来：{error}") from error

    def _complete(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the file with what it takes over from others, and all its rules."""
        data = self._read(self.path)
        if other := data.get("adopt", {}).get("edition"):
            from .adopt import adopt

            data = adopt(data, self._read(self.path.with_name(f"{other}.toml")), self.fault)
        rules = list(data.get("rules", []))
        for name in data.get("include", []):
            included = self._read(self.path.with_name(f"{name}.toml"))
            rules = list(included.get("rules", [])) + rules
            data = {**included, **data}
        return data, rules
