"""催报: whom to ask for what, as a text to send."""

from __future__ import annotations

from collections.abc import Iterator

from ..disk.names import name_of
from ..errors import escaped
from ..model.findings import Finding
from .collect import RETURNED, Collected, Collection, Left

_NUMBERS = ("一、", "二、", "三、")
_ERRORS = 12
"""Errors of one report that are told."""


def reminder(collection: Collection, title: str) -> str:
    """Return who has not reported and whose report goes back, each with its reasons; ``""`` if there is nobody.

    Args:
        collection: what came in.
        title: what is reported, for the first line.
    """
    missing = [one for one in collection.bodies if one.state == "missing"]
    returned = [one for one in collection.bodies if one.state in RETURNED]
    told = {one.body for one in missing}  # with the file that does not count
    strays = [one for one in collection.strays if one.body not in told]
    parts = [list(part) for part in (_missing(missing), _returned(returned), _strays(strays))]
    lines = [
        line
        for number, part in zip(_NUMBERS, filter(None, parts), strict=False)
        for line in (number + part[0], *part[1:])
    ]
    return "\n".join(map(escaped, [f"{title}催报", "", *lines])).rstrip() + "\n" if lines else ""


def _missing(bodies: list[Collected]) -> Iterator[str]:
    if bodies:
        yield f"还没有报的单位（{len(bodies)}个）"
        for number, one in enumerate(bodies, 1):
            yield f"{number}. {one.body}{f'（{one.reason}）' if one.reason else ''}"
        yield "请尽快填报；没有发生的也要报，数字填 0。"
        yield ""


def _returned(bodies: list[Collected]) -> Iterator[str]:
    if bodies:
        yield f"退回改正的单位（{len(bodies)}个）"
        for number, one in enumerate(bodies, 1):
            yield f"{number}. {one.body}（{name_of(one.filing.path) if one.filing else ''}）：{one.reason}"
            said = one.filing.contents().findings if one.filing else ()
            wrong = [found for found in said if found.severity == "error"]
            yield from (f"   · {_told(found)}" for found in wrong[:_ERRORS])
            if len(wrong) > _ERRORS:
                yield f"   · 另有{len(wrong) - _ERRORS}处，请用检查程序查看"
        yield "请改正后重新报送。"
        yield ""


def _told(found: Finding) -> str:
    where = f"{found.place}　" if found.place else ""
    return f"{where}{found.message}。{found.advice}"


def _strays(strays: list[Left]) -> Iterator[str]:
    if strays:
        yield f"没有计入的文件（{len(strays)}个）"
        for number, left in enumerate(strays, 1):
            yield f"{number}. {name_of(left.filing.path) or left.body}：{left.reason}"
