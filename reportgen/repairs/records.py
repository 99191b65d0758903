"""What a search for corrections gives: changes, repairs, and how they read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ..form import Equation
from ..model.findings import CellRef, json_number
from ..model.numbers import Number, show
from ..model.report import Report

_SHOWN = 3
"""Alternatives shown for one place."""


class Change(msgspec.Struct, frozen=True):
    """One cell and what it should hold."""

    cell: str
    """Cell id of the form."""
    old: Number | None
    """None where the cell holds no number (blank, placeholder, unreadable)."""
    new: Number
    evidence: CellRef | None = None
    """Of evidence that is wrong itself, the place: a text, an entry of the register."""
    quote: str = ""
    """The words of a text."""

    def at(self, report: Report) -> CellRef:
        """Point at it."""
        return self.evidence or report.ref(self.cell)

    def line(self, report: Report) -> str:
        """``表三!D4（一、本年新收…／自然人）618 应为 681``."""
        ref = self.at(report)
        label = f"{ref.address}（{ref.label}）" if ref.address else ref.label
        if self.evidence:
            return f"{label}{f'写的“{self.quote}”' if self.quote else show(self.old)} 应为 {show(self.new)}"
        old = show(self.old) if self.old is not None else report.values[self.cell].raw.strip() or "空"
        if report.values[self.cell].formula:
            return f"{label}公式得 {old}，应得 {show(self.new)}，请改公式，不要直接填数"
        return f"{label}{old} 应为 {show(self.new)}"


class Repair(msgspec.Struct, frozen=True):
    """One way to make the broken equations hold."""

    changes: tuple[Change, ...]
    """Cells to put right, in the order of the form: figures to type anew, formulas that do not give the sum."""
    settles: tuple[str, ...]
    """Ids of the rules whose broken equations hold afterwards, each once."""
    equations: tuple[Equation, ...]
    """The broken equations that hold afterwards."""
    kind: str
    """``transposed``, ``digit``, ``missing_digit``, ``extra_digit``, ``doubled``, ``omitted``,
    ``surplus``, ``blank``, ``copied``, ``sign``, ``unit``, ``formula``, ``sum``, ``swapped``,
    ``moved``, ``exchanged``, ``shifted``, ``totals``, ``gaps``, ``unreadable``, ``plain``;
    ``several`` where independent errors are put right together."""
    reason: str
    """Chinese: why it is likely, e.g. ``个位和十位颠倒（47→74）``."""
    rank: int
    """1 is the most likely."""
    follows: tuple[Change, ...] = ()
    """Totals filled by formula that change of themselves."""
    cost: int = 0
    """How unlikely it is; repairs of the same cost are equally likely."""
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
                    "id": c.cell, "address": c.at(report).address,
                    "from": json_number(c.old), "to": json_number(c.new),
                } | ({"text": c.quote} if c.quote else {})
                | ({"formula": True} if c.evidence is None and report.values[c.cell].formula else {})
                for c in self.changes
            ],
            "settles": list(self.settles), "reason": self.reason, "rank": self.rank,
        }  # fmt: skip


class Place(msgspec.Struct, frozen=True):
    """What is shown of the alternatives for one place: those that stand out, and how many there are besides."""

    repairs: tuple[Repair, ...]
    more: int

    @property
    def slips(self) -> tuple[tuple[str, Repair], ...]:
        """The repairs slip by slip; ``改法2：`` before those of several alternatives of which one has several slips."""
        several = len(self.repairs) > 1 and any(len(one.steps) > 1 for one in self.repairs)
        return tuple(
            (f"改法{one.rank}：" if several else "", slip) for one in self.repairs for slip in one.steps or (one,)
        )

    @property
    def is_certain(self) -> bool:
        """Whether there is no other equally small way."""
        return len(self.repairs) == 1 and not self.more


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
    counts: tuple[int, ...] = ()
    """How many alternatives each of ``parts`` has in all."""
    complete: bool = True
    """Applying one of ``repairs`` makes every equation hold."""
    cut: bool = False
    """The search stopped at its bound; there may be other repairs."""

    @property
    def shown(self) -> tuple[Place, ...]:
        """What lines, pages and JSON show: of one place up to three alternatives, of several the likeliest each."""
        if len(self.parts) > 1:
            return tuple(_place(part, 1, count) for part, count in zip(self.parts, self.counts, strict=True))
        return (_place(self.repairs, _SHOWN, len(self.repairs) + self.more),) if self.repairs else ()

    def to_json(self, report: Report) -> list[dict[str, Any]]:
        """Return what ``validate --format json`` gives as ``repairs``: the repairs shown, one entry for each slip.

        Entries of the same place and rank belong together; those of rank 1, all made, settle everything
        that can be.
        """
        return [
            slip.to_json(report) | {"place": number, "more": place.more}
            for number, place in enumerate(self.shown, 1) for _, slip in place.slips
        ]  # fmt: skip

    def lines(self, report: Report) -> list[str]:
        """Lines for the terminal, in Chinese; empty when nothing is broken."""
        lines = []
        for number, place in enumerate(self.shown, 1):
            head = "可能的更正" if len(self.shown) == 1 else f"可能的更正（第{number}处）"
            lines += [f"{head}：{way}{slip.line(report)}" for way, slip in place.slips]
            if place.more:
                lines.append(f"    还有{place.more}种同样可行的改法没有列出")
        if self.note:
            lines.append(f"说明：{self.note}")
        return lines


def _place(alternatives: Sequence[Repair], room: int, count: int) -> Place:
    """Return the alternatives that stand out: no more than there is room, none without those as likely as it."""
    shown = alternatives[:room]
    if len(alternatives) > room:
        next_cost = alternatives[room].cost
        shown = [one for one in shown if one.cost < next_cost] or shown
    return Place(tuple(shown), count - len(shown))


def rule_ids(equations: Sequence[Equation]) -> tuple[str, ...]:
    """Return the rules of these equations, each once, in order."""
    return tuple(dict.fromkeys(e.rule for e in equations))
