"""What the evidence can and cannot tell, in Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from ..model.report import Report
from .records import Repair
from .search import Component
from .system import System

_NAMED = 6  # cells or equations named before a note says 等


def explain_evidence(
    report: Report, system: System, repairs: Sequence[Repair], more: int,
    broken: Sequence[Component], unsolved: Sequence[Component], cut: bool,
) -> str:  # fmt: skip
    """Return a note for the user; ``""`` where there is nothing to say.

    Args:
        more: how many repairs there are besides those shown.
        unsolved: of the ``broken``, those for which no repair was found.
        cut: the search stopped at its bound.
    """
    sentences = []
    if repairs and not cut and not unsolved:
        sentences.append(_choice(repairs, more))
    elif repairs and more:
        sentences.append("列出的改法只按常见的填写错误排了先后，请对照原始材料确定")
    sentences += [_alike(report, system, repairs), _formulas(system, broken), _unsettled(unsolved, cut)]
    said = "；".join(sentence for sentence in sentences if sentence)
    return f"{said}。" if said else ""


def _unsettled(unsolved: Sequence[Component], cut: bool) -> str:
    if not unsolved:
        return "查找的组合太多，已经中止，可能还有别的改法" if cut else ""
    places = [f"{c.rows[n].rule}{c.rows[n].place}" for c in unsolved for n in c.broken]
    what = "查找的组合太多，已经中止" if cut else "改动少数几格不能使它们全部成立"
    return f"{_list(places, '处')}：{what}，请对照原始材料逐格核对"


def _choice(repairs: Sequence[Repair], more: int) -> str:
    if not any(repair.settles for repair in repairs):
        return "表中各数合得起来，只有正文不同；仍请对照原始材料确认"
    count = len(repairs) + more
    cells = min(len(r.changes) for r in repairs)
    if count == 1:
        what = "只改一格" if cells == 1 else f"改动不超过{cells}格"
        return f"{what}就能使勾稽关系全部成立的，只有这一种改法；仍请对照原始材料确认"
    return f"有{count}种改法同样能使勾稽关系全部成立，先后只按常见的填写错误排列，请对照原始材料确定是哪一种"


def _alike(report: Report, system: System, repairs: Sequence[Repair]) -> str:
    """Name the cells that no equation tells apart."""
    groups: dict[tuple[int, ...], dict[str, None]] = {}
    for change in (change for repair in repairs for change in repair.changes):
        standing = tuple(n for n, row in enumerate(system.rows) if change.cell in row.terms)
        if standing:
            groups.setdefault(standing, {})[change.cell] = None
    found = []
    for numbers, cells in groups.items():
        if len(cells) > 1:
            refs = [report.ref(c) for c in cells]
            named = _list([r.address or r.label for r in refs], "格")
            rows = "和".join(f"{system.rows[n].rule}{system.rows[n].place}" for n in numbers)
            found.append(f"{named}只受{rows}约束，单凭勾稽关系分不出是哪一格")
    return "；".join(found)


def _formulas(system: System, components: Sequence[Component]) -> str:
    broken = [one.rows[n] for one in components for n in one.broken]
    cells = {cell for row in broken for cell in row.terms}
    count = sum(1 for cell, terms in system.pivots if cell in system.formulas and cells & terms.keys())
    if not count:
        return ""
    left = "、".join(dict.fromkeys(row.rule for row in broken))
    return f"有{count}个总计由公式算出，随各项变动，不能用来佐证，只能依据{left}判断"


def _list(names: Sequence[str], unit: str) -> str:
    text = "、".join(names[:_NAMED])
    return f"{text}等{len(names)}{unit}" if len(names) > _NAMED else text
