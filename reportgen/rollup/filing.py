"""A filing: what the roll-up keeps of one file that was read and checked.

Small and plain, because there may be ten thousand and they come from other processes: the figures
that are not 0, the findings, the texts.  A figure that could not be read is ``unknown``, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from ..form import Form
from ..model.findings import Finding, worst
from ..model.numbers import Number
from ..model.placeholders import filled
from ..model.report import Explanation, Passage, Report, Value

Figures = Mapping[str, Number]
"""Figures that are not 0, by cell id, and by field id for the numbers of 基本信息."""
_REFS = 3
"""Cells of a finding that are kept."""


class Part(msgspec.Struct, frozen=True):
    """A body whose figures are in a merged workbook."""

    body: str
    sha256: str = ""


class Filing(msgspec.Struct, frozen=True):
    """One file, read and checked."""

    path: str
    error: str = ""
    """Why it could not be read; then there is nothing else."""
    kind: str = ""
    sha256: str = ""
    saved: float = 0.0
    """When the file was last changed, in seconds; 0 if that is not known."""
    form: str = ""
    """Edition of the form."""
    fields: Mapping[str, str | Number] = {}
    figures: Figures = {}
    unknown: tuple[str, ...] = ()
    """Figures that the file has not, or that could not be read."""
    is_blank: bool = False
    """Nobody has entered a figure."""
    findings: tuple[Finding, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    passages: tuple[Passage, ...] = ()
    """Its texts, placeholders filled in."""
    parts: tuple[Part, ...] = ()
    """The bodies it sums up, of a merged workbook."""

    @property
    def org(self) -> str:
        return str(self.fields.get("org", ""))

    @property
    def year(self) -> int | None:
        year = self.fields.get("year")
        return year if isinstance(year, int) else None

    @property
    def status(self) -> str:
        """``errors``, ``warnings`` or ``ok``."""
        return worst(self.findings)

    @property
    def is_nil(self) -> bool:
        """All figures were entered as 0: a report that there was nothing, unlike a blank sheet."""
        return not (self.error or self.figures or self.unknown or self.is_blank)


def figure_ids(form: Form) -> tuple[str, ...]:
    """Return what is summed up: the cells of the form, and the fields of 基本信息 that are counts or amounts."""
    return (*form.cells, *(field.id for field in form.fields if field.kind in ("count", "amount")))


def filing_of(
    report: Report, findings: Sequence[Finding] = (), *, saved: float = 0.0, parts: Iterable[Part] = ()
) -> Filing:
    """Return what the roll-up keeps of a report.

    Args:
        report: as it was read.
        findings: what the checks said.
        saved: when its file was last changed, in seconds.
        parts: of a merged workbook the bodies in it.
    """
    form, values = report.form, report.values
    opening = form.opening
    figures = {cell: value.number for cell, value in values.items() if value.number}
    for field in form.fields:
        number = report.fields.get(field.id)
        if field.kind in ("count", "amount") and isinstance(number, (int, Decimal)) and number:
            figures[field.id] = number
    return Filing(
        report.path, kind=report.kind, sha256=report.sha256, saved=saved, form=form.id, fields=dict(report.fields),
        figures=figures, unknown=tuple(cell for cell, value in values.items() if value.state in ("problem", "missing")),
        is_blank=not any(_is_entered(form, opening, cell, value) for cell, value in values.items()),
        findings=tuple(map(_short, findings)), explanations=report.explanations,
        passages=tuple(filled(report)), parts=tuple(parts),
    )  # fmt: skip


def _is_entered(form: Form, opening: Mapping[str, str], cell: str, value: Value) -> bool:
    """Tell whether somebody entered a figure.

    A total by formula is there in a blank workbook, too, and what the year before ended with in a prefilled one.
    """
    given = (value.formula and form.cells[cell].total) or cell in opening
    return value.state == "number" and not given


def _short(one: Finding) -> Finding:
    return msgspec.structs.replace(one, cells=one.cells[:_REFS], equation=None)


def unreadable(path: str, error: str) -> Filing:
    """Return the filing of a file that could not be read."""
    return Filing(path, error)


def add(figures: Iterable[Figures]) -> dict[str, Number]:
    """Return the exact sums, those that are not 0."""
    total: dict[str, Number] = {}
    for one in figures:
        for cell, number in one.items():
            before = total.get(cell, 0)
            total[cell] = before + number if isinstance(before, int) else before + Decimal(number)
    return {cell: number for cell, number in total.items() if number}


def subtract(whole: Figures, part: Figures) -> dict[str, Number]:
    """Return the exact differences, those that are not 0."""
    return add([whole, {cell: -number for cell, number in part.items()}])
