"""What every rule of a form file has; the kinds of rules are in :mod:`.kinds` and :mod:`.contentkinds`."""

# No `from __future__ import annotations` where records are declared, see kinds.py.

from typing import ClassVar

from msgspec import Struct

from .words import Pattern, Severity

EVERYWHERE = frozenset({"expected", "actual", "difference", "sentence"})
"""Words that the message of every rule may name."""


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """One check, as declared in the form file; each kind is a class of its own."""

    id: str
    """编号，印在每条结果前面"""
    title: str
    """核对什么"""
    severity: Severity
    """级别：error 错误，warning 警告，ask 待核实，info 提示"""
    source: str
    """依据"""
    message: str
    """查出问题时说什么；花括号里的词由程序填入"""
    advice: str
    """怎么办"""
    strict: Severity | None = None
    """加 --strict 时的级别"""
    explainable: bool = False
    """是错误，但写了说明就可以"""
    off: bool = False
    """停用，要写 reason"""
    reason: str = ""
    """停用或改变级别、条件的理由，“rules”命令和每条结果都会印出"""

    words: ClassVar[frozenset[str]] = frozenset()
    formula: ClassVar[bool] = False
    """Stands in the sheet 校验 as a live formula."""
    by_reader: ClassVar[bool] = False
    """The findings are made where the report is read, not in ``checks``."""
    of_sum: ClassVar[bool] = False
    """Judges a sum by the reports that were added up: in ``rollup``, not in ``checks``."""
    vital: ClassVar[bool] = False
    """Without it a figure or name could be printed that nobody knows: an error of it stays one."""

    @property
    def kind(self) -> str:
        """Name of the kind, as the form file has it."""
        return str(self.__struct_config__.tag)


COUNTED = frozenset({"place", "left", "right"})
REFUSED = frozenset({"place", "raw", "what"})


class Mark(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that should not stand there: a mark of a draft, a title in a name."""

    what: str
    """是什么，印在结果里"""
    pattern: Pattern
    """怎样认出（正则表达式）"""
