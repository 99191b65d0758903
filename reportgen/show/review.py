"""What a reviewer looks at: findings with their places, sums with both sides, likely corrections.

The marked workbook and the result page show the same things; what they are is decided here, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ..checks.texts import JudgedNumber
from ..form import SEVERITIES, Equation
from ..model.findings import SEVERITY_LABELS, CellRef, Finding
from ..model.numbers import show
from ..model.report import Origin, Report
from ..repairs import Place, Repairs
from .lines import summary

_MARKED = ("error", "warning", "ask")
"""Severities that colour a cell; an ``info`` is only listed."""
_FEW = 6
"""Terms of a sum up to which all are written out."""
_SHOWN = 3
"""Cells named in one alternative of a correction."""


class CheckedReport(msgspec.Struct, frozen=True):
    """A report with everything that was found out about it."""

    report: Report
    findings: Sequence[Finding]
    """In the order to show them."""
    repairs: Repairs | None = None
    """Likely corrections; None if they were not looked for."""
    numbers: Sequence[JudgedNumber] = ()
    """The numbers of its texts, each with its verdict."""


class ReviewedFinding(msgspec.Struct, frozen=True):
    """One finding, with what belongs to it."""

    number: int
    """1-based, in the order of the findings."""
    finding: Finding
    target: CellRef | None
    """The place to look at first."""
    corrections: tuple[str, ...]
    """Likely corrections in one line each, best first."""
    should_be: str
    """What the place to look at first should hold; ``""`` if nobody can tell."""

    @property
    def equation(self) -> Equation | None:
        """The broken sum, for a finding of arithmetic."""
        return self.finding.equation

    @property
    def level(self) -> str:
        """The severity in Chinese."""
        return SEVERITY_LABELS[self.finding.severity]

    @property
    def cells(self) -> tuple[str, ...]:
        """Ids of the form's cells that it speaks of."""
        return tuple(ref.id for ref in self.finding.cells if ref.id)

    @property
    def place(self) -> str:
        """``表三!D4 等23格``; ``""`` if it has none."""
        count = len(self.finding.cells)
        where = self.target.address if self.target else ""
        return f"{where} 等{count}格".strip() if count > 1 else where

    @property
    def label(self) -> str:
        """What stands at the place, in the form's words."""
        return self.target.label if self.target else ""


class Mark(msgspec.Struct):
    """A cell to colour."""

    origin: Origin | None
    """Where it is; None where the source has no such cell."""
    cell: str
    """Cell id of the form, ``""`` for another place."""
    severity: str
    """The highest of its findings."""
    suspect: bool = False
    """A likely correction changes this very cell."""
    items: list[ReviewedFinding] = []
    corrections: list[str] = []
    should_be: str = ""
    """What the likeliest correction puts here."""
    certain: bool = False
    """No other equally small correction exists."""

    @property
    def level(self) -> str:
        """The severity in Chinese."""
        return SEVERITY_LABELS[self.severity]


class SumSide(msgspec.Struct, frozen=True):
    """One side of a sum."""

    terms: tuple[tuple[str, str], ...]
    """Label and figure of each cell."""
    total: str

    @property
    def text(self) -> str:
        """``新收 618＋结转 34＝652``; terms of 0 are left out where there are many."""
        said = self.terms if len(self.terms) <= _FEW else [t for t in self.terms if t[1] != "0"]
        sum_of = "＋".join(f"{label} {number}" for label, number in said) or "0"
        if len(self.terms) == 1:
            return sum_of
        rest = "（其余各项为 0）" if len(said) < len(self.terms) else ""
        return f"{sum_of}{rest}＝{self.total}"


class Review(msgspec.Struct, frozen=True):
    """One report as a reviewer sees it."""

    report: Report
    items: tuple[ReviewedFinding, ...]
    marks: tuple[Mark, ...]
    """In the order of the form's cells, other places last."""
    repairs: Repairs

    @property
    def counts(self) -> str:
        """``错误 2、警告 1``; 全部通过 if there is nothing."""
        return summary([item.finding for item in self.items])

    def sides(self, equation: Equation) -> tuple[SumSide, SumSide]:
        """Return both sides of a sum, in the form's words."""
        labels = self._labels(equation)

        def side(cells: tuple[str, ...]) -> SumSide:
            terms = tuple((labels[c], show(self.report.number(c))) for c in cells)
            return SumSide(terms, show(self.report.total(cells)))

        return side(equation.left), side(equation.right)

    def _labels(self, equation: Equation) -> dict[str, str]:
        """Cell id → the short name of its row, or of its column where the sum runs along one row."""
        form = self.report.form
        cells = [form.cells[c] for c in equation.cells]
        blocks = form.table(cells[0].table).blocks
        if len({c.row for c in cells}) > 1:
            short = {n.id: n.short for block in blocks for n in block.row_leaves()}
            return {c.id: short[c.row] for c in cells}
        short = {n.id: n.short for block in blocks for n in block.column_leaves()}
        return {c.id: short[c.column] for c in cells}


def make_review(report: Report, findings: Sequence[Finding], repairs: Repairs | None = None) -> Review:
    """Put the findings and repairs of one report together.

    Args:
        findings: what the checks said, in the order to show them.
        repairs: what the search for corrections said; None if it was not run.
    """
    repairs = repairs or Repairs()
    places = repairs.shown
    items = tuple(_reviewed(n, report, one, places) for n, one in enumerate(findings, 1))
    return Review(report, items, _Marker(report, places, repairs).marks(items), repairs)


def _reviewed(number: int, report: Report, finding: Finding, places: Sequence[Place]) -> ReviewedFinding:
    place = _place_of(finding.equation, places)
    return ReviewedFinding(
        number, finding, _target(report, finding, place),
        tuple(_corrections(report, place, finding.equation)) if place else (), _should_be(finding, place),
    )  # fmt: skip


def _place_of(equation: Equation | None, places: Sequence[Place]) -> Place | None:
    """Return the place one of whose alternatives settles an equation."""
    if equation is None:
        return None
    return next((place for place in places if any(equation in one.equations for one in place.repairs)), None)


def _target(report: Report, finding: Finding, place: Place | None) -> CellRef | None:
    """Return the cell to correct if it is known; else the total of a sum; else the first place named."""
    equation = finding.equation
    if equation is not None:
        changed = [c.cell for c in place.repairs[0].changes if c.cell in equation.cells] if place else []
        return report.ref((changed or list(equation.left))[0])
    if finding.sentence:
        return next((ref for ref in finding.cells if not ref.id), *finding.cells[:1] or [None])
    return finding.cells[0] if finding.cells else None


def _should_be(finding: Finding, place: Place | None) -> str:
    """Return what the target should hold: as the best correction says, or the other side of its sum."""
    equation = finding.equation
    if equation is not None and place:
        changed = [c for c in place.repairs[0].changes if c.cell in equation.cells]
        if changed:
            return show(changed[0].new) + ("" if place.is_certain else "？")
    if equation is not None and len(equation.left) > 1:
        return ""
    sure = finding.severity in ("error", "warning") and finding.expected is not None
    return show(finding.expected) if sure else ""


def _corrections(report: Report, place: Place, equation: Equation | None) -> Iterator[str]:
    """Yield lines about the alternatives shown that settle an equation (None: about all of them)."""
    for repair in place.repairs:
        if equation is None or equation in repair.equations:
            changes = "；".join(change.line(report) for change in repair.changes[:_SHOWN])
            if len(repair.changes) > _SHOWN:
                changes += f"；等共{len(repair.changes)}格"
            yield f"{changes}：{repair.reason}"
    if place.more:
        yield f"还有{place.more}种同样可行的改法"


class _Marker:
    """Collects the cells to colour.

    Of a broken sum only the cell that must be wrong is coloured, if the evidence points at one;
    else its total is coloured with the likeliest cell.  Colouring all its cells would show nothing.
    """

    def __init__(self, report: Report, places: Sequence[Place], repairs: Repairs) -> None:
        self.report, self.places = report, places
        self.cut = repairs.cut
        self.found: dict[object, Mark] = {}

    def marks(self, items: Sequence[ReviewedFinding]) -> tuple[Mark, ...]:
        for item in items:
            self._item(item)
        for place in self.places:
            self._suspects(place, items)
        order = {cell: n for n, cell in enumerate(self.report.form.cells)}
        return tuple(sorted(self.found.values(), key=lambda m: order.get(m.cell, len(order))))

    def _mark(self, ref: CellRef, severity: str) -> Mark:
        # By place first: a reader's finding about a label and a check's about a figure may meet.
        key = ref.origin.place if ref.origin else ref.id
        mark = self.found.setdefault(key, Mark(ref.origin, ref.id, severity))
        mark.cell = mark.cell or ref.id
        mark.severity = min(mark.severity, severity, key=SEVERITIES.index)
        return mark

    def _item(self, item: ReviewedFinding) -> None:
        for ref in self._coloured(item):
            if ref.origin or ref.id:
                mark = self._mark(ref, item.finding.severity)
                mark.items.append(item)
                mark.corrections += [c for c in item.corrections if c not in mark.corrections]

    def _coloured(self, item: ReviewedFinding) -> Sequence[CellRef]:
        """Return the places that a finding colours."""
        equation, refs = item.equation, item.finding.cells
        if item.finding.severity not in _MARKED:
            return ()
        if equation is not None:
            place = _place_of(equation, self.places)
            if place and self._certain(place) and equation in place.repairs[0].equations:
                return ()  # the suspects stand for it
            return [self.report.ref(cell) for cell in equation.left]
        if item.finding.sentence:
            # The figure is not wrong because a sentence about it is.
            return [ref for ref in refs if not ref.id] or refs
        return refs

    def _certain(self, place: Place) -> bool:
        return place.is_certain and not self.cut

    def _suspects(self, place: Place, items: Sequence[ReviewedFinding]) -> None:
        best = place.repairs[0]
        for change in (one for one in best.changes if one.evidence is None):
            mark = self._mark(self.report.ref(change.cell), "error")
            mark.suspect, mark.certain, mark.should_be = True, self._certain(place), show(change.new)
            for item in items:
                told = item.equation is None or item.equation not in best.equations or item in mark.items
                if not told and change.cell in item.cells:
                    mark.items.append(item)
            for line in _corrections(self.report, place, None):
                if line not in mark.corrections:
                    mark.corrections.append(line)
