"""Totals and rows left blank: what they must hold is one repair, and the search goes on as if they held it."""

from __future__ import annotations

from msgspec.structs import replace

from ..checks.gaps import fill
from ..model.report import Report
from .records import Change, Repair, Repairs, rule_ids

_SURE = 2
"""Blank cells that settle several sums at once are no accident; a single one may be meant as 0."""


def without_gaps(report: Report) -> tuple[Report, Repair | None]:
    """Return the report with its gaps filled, and the repair that fills them; None where there is no sure gap.

    The repair has no changes where rows are blank whose figures cannot be inferred.
    """
    values = report.values
    cells = report.form.cells
    odd = [(cells[c], value) for c, value in values.items() if c in cells and value.state in ("blank", "placeholder")]
    numbers = {c: report.number(c) for c in cells}
    filling = fill(report, numbers, odd)
    needed = [c for c in filling.blank if filling.figures.get(c)]
    if filling.open:
        return report, Repair((), (), filling.settled, "gaps", "", 1)
    if len(needed) < _SURE:
        return report, None
    filled = {
        c: replace(values[c], state="number", number=filling.figures.get(c, 0))
        for c in {*filling.blank, *filling.figures}
    }
    changes = tuple(Change(c, None, filling.figures[c]) for c in cells if c in needed)
    follows = [c for c, figure in filling.figures.items() if c not in filling.blank and figure != numbers[c]]
    totals = all(cells[c].total for c in needed)
    reason = f"{len(needed)}个总计没有填，应为各项之和" if totals else f"这{len(needed)}格空着，按其他各格推算"
    repair = Repair(
        changes, rule_ids(filling.settled), filling.settled, "totals" if totals else "gaps", reason, 1,
        tuple(Change(c, values[c].number, filling.figures[c]) for c in cells if c in follows),
    )  # fmt: skip
    return replace(report, values={**values, **filled}), repair


def with_gap(found: Repairs, gap: Repair) -> Repairs:
    """Return the repairs found with the gaps filled, and the filling as a place of its own before them."""
    if not found.repairs and not found.note:
        return Repairs((gap,), parts=((gap,),), counts=(1,), note="空着的格按其他各格推算，请对照原始材料补填。")
    repairs = tuple(
        replace(
            one, changes=(*gap.changes, *one.changes), settles=tuple(dict.fromkeys([*gap.settles, *one.settles])),
            equations=(*gap.equations, *one.equations), kind="several", reason=f"{gap.reason}；{one.reason}",
            follows=(*gap.follows, *one.follows), steps=(gap, *(one.steps or (one,))),
        )
        for one in found.repairs
    )  # fmt: skip
    return replace(
        found, repairs=repairs or (gap,), parts=((gap,), *found.parts), counts=(1, *found.counts)
    )  # fmt: skip
