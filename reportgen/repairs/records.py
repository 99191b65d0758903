"""What a search for corrections gives: changes, repairs, and how they read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ..form import Equation
from ..model.findings import json_number
from ..model.numbers import Number, show
from ..model.report import Report

__all__ = ["Change", "Repair", "Repairs"]


class Change(msgspec.Struct, frozen=True):
    """One cell and what it should hold."""

    cell: str
    """Cell id of the form."""
    old: Number | None
    """None where the cell holds no number (blank, placeholder, unreadable)."""
    new: Number

    def line(self, report: Report) -> str:
        """``表三!D4（一、本年新收…／自然人）618 应为 681``."""
        ref = report.ref(self.cell)
        label = f"{ref.address}（{ref.label}）" if ref.address else ref.label
        old = show(self.old) if self.old is not None else report.values[self.cell].raw.strip() or "空"
        return f"{label}{old} 应为 {show(self.new)}"


class Repair(msgspec.Struct, frozen=True):
    """One way to make the broken equations hold."""

    changes: tuple[Change, ...]
    """Cells to type anew, in the order of the form; never a cell that a formula fills."""
    settles: tuple[str, ...]
    """Ids of the rules whose broken equations hold afterwards, each once."""
    equations: tuple[Equation, ...]
    """The broken equations that hold afterwards."""
    kind: str
    """``transposed``, ``digit``, ``missing_digit``, ``extra_digit``, ``doubled``, ``omitted``,
    ``surplus``, ``blank``, ``copied``, ``sign``, ``unit``, ``formula``, ``sum``, ``swapped``,
    ``moved``, ``exchanged``, ``shifted``, ``totals``, ``unreadable``, ``plain``;
    ``several`` where independent errors are put right together."""
    reason: str
    """Chinese: why it is likely, e.g. ``个位和十位颠倒（47→74）``."""
    rank: int
    """1 is the most likely."""
    follows: tuple[Change, ...] = ()
    """Totals filled by formula that change of themselves."""
    steps: tuple[Repair, ...] = ()
    """The same slip by slip (kind ``step``); all of them together are the repair."""

    @property
    def places(self) -> tuple[str, ...]:
        """The settled equations by name: ``T3-02 “自然人”``."""
        return tuple(f"{e.rule}{e.place}" for e in self.equations)

    def line(self, report: Report) -> str:
        """One line of Chinese: changes, reason, what it settles."""
        changes = "；".join(change.line(report) for change in self.changes[:4])
        if len(self.changes) > 4:
            changes += f"；等共{len(self.changes)}格"
        settled = f"。改后 {'、'.join(self.settles)} 成立" if self.settles else ""
        return f"{changes}：{self.reason}{settled}"

    def to_json(self, report: Report) -> dict[str, Any]:
        """Return the repair as ``validate --format json`` gives it."""
        return {
            "changes": [
                {
                    "id": c.cell, "address": report.ref(c.cell).address,
                    "from": json_number(c.old), "to": json_number(c.new),
                }
                for c in self.changes
            ],
            "settles": list(self.settles), "reason": self.reason, "rank": self.rank,
        }  # fmt: skip


class Repairs(msgspec.Struct, frozen=True):
    """Every minimal way to settle the broken arithmetic of a report, most likely first."""

    repairs: tuple[Repair, ...] = ()
    """Each settles everything that can be settled at all, errors in unconnected places together."""
    more: int = 0
    """How many equally small ones are not in ``repairs``."""
    note: str = ""
    """Chinese: what the evidence can and cannot tell; ``""`` if there is nothing to say."""
    parts: tuple[tuple[Repair, ...], ...] = ()
    """The same by place: groups of equations that share no cell, each with its own
    alternatives and ranks.  Easier to read when more than one place is wrong."""
    complete: bool = True
    """Applying one of ``repairs`` makes every equation hold."""
    cut: bool = False
    """The search stopped at its bound; there may be other repairs."""

    def to_json(self, report: Report) -> list[dict[str, Any]]:
        """Return what ``validate --format json`` gives as ``repairs``: one entry for each slip.

        Entries of the same rank belong together: made all, they settle everything that can be.
        """
        return [step.to_json(report) for repair in self.repairs for step in repair.steps or (repair,)]

    def lines(self, report: Report, *, most: int = 12) -> list[str]:
        """Lines for the terminal, in Chinese; empty when nothing is broken.

        Args:
            report: the report that was searched.
            most: alternatives shown in all.
        """
        lines = []
        shown = self.parts if len(self.parts) > 1 else (self.repairs,)
        room = max(1, most // max(1, len(shown)))
        for number, alternatives in enumerate(shown, 1):
            head = "可能的更正" if len(shown) == 1 else f"可能的更正（第{number}处）"
            lines += [f"{head}：{repair.line(report)}" for repair in alternatives[:room]]
            hidden = len(alternatives) - room + (self.more if len(shown) == 1 else 0)
            if hidden > 0:
                lines.append(f"    还有{hidden}种同样可行的改法没有列出")
        if self.note:
            lines.append(f"说明：{self.note}")
        return lines

    def apply(self, report: Report, repair: Repair) -> Mapping[str, Number]:
        """Return all figures as they would be after ``repair``; the report stays as it is."""
        values = {cell: report.number(cell) for cell in report.form.cells}
        values.update({c.cell: c.new for c in (*repair.changes, *repair.follows)})
        return values


def rule_ids(equations: Sequence[Equation]) -> tuple[str, ...]:
    """Return the rules of these equations, each once, in order."""
    return tuple(dict.fromkeys(e.rule for e in equations))
