"""reportgen: 政府信息公开工作年度报告, from the standard workbook to the Word report.

>>> import reportgen
>>> report = reportgen.read_report("examples/liwan-2024.xlsx")
>>> findings = reportgen.check(report)
>>> result = reportgen.build(report, "report.docx")          # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import BuildResult, build, mark, read_report
    from .batch.merging import merge
    from .checks import check
    from .form import load_form
    from .repairs import find_repairs
    from .workbook import blank_workbook

__version__ = "0.1.0"

_ROOMS = {
    "BuildResult": "api",
    "blank_workbook": "workbook",
    "build": "api",
    "check": "checks",
    "find_repairs": "repairs",  # not `repairs`: that is the name of the room
    "load_form": "form",
    "mark": "api",
    "merge": "batch.merging",
    "read_report": "api",
}
"""Public name → the room that has it; imported when first asked for, so that ``--help`` needs none."""

__all__ = [
    "BuildResult", "__version__", "blank_workbook", "build", "check", "find_repairs", "load_form", "mark", "merge",
    "read_report",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ROOMS[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
