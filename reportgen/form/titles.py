"""Titles of reports as people word them: the wordings of the form file → expressions, and what is said around them."""

import re
from collections.abc import Iterable

from msgspec import Struct

from .words import Pattern

_NO_NAME = r"[^\d:;,。!?<>»›|_/·•—–《》【】\[\]-]"
"""A character that a body's name may have."""


class TitleWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Words of which titles are made, and what stands around them."""

    subjects: tuple[Pattern, ...] = ()
    """{subject} 可以是什么（正则表达式），长的在前"""
    names: tuple[str, ...] = ()
    """{name} 可以是什么，长的在前"""
    between: tuple[str, ...] = ()
    """机关名称前面、机关名称与年份之间可以有的词；机关名称里不会有"""
    behind: tuple[str, ...] = ()
    """标题后面可以有的词，可以带括号"""
    links: tuple[str, ...] = ()
    """网页上通到别的报告的一行以这些词开头"""
    page: tuple[str, ...] = ()
    """网页上正文以外的一行以这些词开头"""
    continued: tuple[str, ...] = ()
    """表格转页以后上面的一行只写这些词的，不算正文；可以带括号"""
    separators: Pattern = r"[>|:]"
    """标题与网站、栏目的名称之间的符号"""
    not_first: tuple[str, ...] = ()
    """机关名称不会以这些字开头"""
    not_last: tuple[str, ...] = ()
    """机关名称不会以这些词结尾"""
    bodies: tuple[str, ...] = ()
    """机关名称以这些词结尾"""
    places: tuple[str, ...] = ()
    """地名以这些字结尾"""


def title_expressions(words: TitleWords, wordings: Iterable[str]) -> tuple[str, ...]:
    """Turn wordings like ``{org}{year}年{subject}{name}`` into expressions with the groups org and year.

    They are for text without white space and with half-width punctuation.

    Args:
        words: what stands for subject and name, and around the title.
        wordings: the one to prefer first.
    """
    between = _any(words.between) if words.between else "(?:)"
    within = f"(?!{_any(words.between)})" if words.between else ""
    starts = f"(?!{_any(words.not_first)})" if words.not_first else ""
    ends = "".join(f"(?<!{re.escape(one)})" for one in words.not_last)
    parts = {
        "org": f"{starts}(?P<org>(?:{within}{_NO_NAME}){{1,60}}?){ends}(?:{between}|的)*",
        "year": r"(?P<year>\d{4})",
        "subject": f"(?:{'|'.join(words.subjects)})",
        "name": _any(words.names),
    }
    tail = rf"(?:的?\(?{_any(words.behind)}\)?)*"
    found = []
    for wording in wordings:
        text = re.escape(wording)
        for name, expression in parts.items():
            text = text.replace(rf"\{{{name}\}}", expression)
        found.append(f"{between}*{text}{tail}")
    return tuple(found)


def title_ends(words: TitleWords, wordings: Iterable[str]) -> tuple[str, ...]:
    """Return words of which one stands in every title: its name, or what a wording ends with.

    Args:
        words: what may stand for the name.
        wordings: of titles.
    """
    ends = (words.names if "{name}" in text else (text.rpartition("}")[2],) for text in wordings)
    return tuple(dict.fromkeys(end for some in ends for end in some))


def _any(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, words))})"
