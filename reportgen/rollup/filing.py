"""A filing: what the roll-up keeps of one file that was read and checked.

There may be ten thousand, and they come from other processes.  So who and what it is stays small, and
what it says is packed and may be put aside.  A figure that could not be read is ``unknown``, never 0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from ..disk.spool import Spooled
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


class Contents(msgspec.Struct, frozen=True):
    """What a filing says."""

    figures: dict[str, Number] = {}
    findings: tuple[Finding, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    passages: tuple[Passage, ...] = ()
    """Its texts, placeholders filled in."""


class Filing(msgspec.Struct, frozen=True):
    """One file, read and checked."""

    path: str
    error: str = ""
    """Why it could not be read; then there is nothing else."""
    sha256: str = ""
    saved: float = 0.0
    """When the file was last changed, in seconds; 0 if that is not known."""
    form: str = ""
    """Edition of the form."""
    org: str = ""
    year: int | None = None
    unit_type: str = ""
    status: str = "ok"
    """``errors``, ``warnings`` or ``ok``."""
    unknown: tuple[str, ...] = ()
    """Figures that the file has not, or that could not be read."""
    is_blank: bool = False
    """Nobody has entered a figure."""
    is_nil: bool = False
    """All figures were entered as 0: a report that there was nothing, unlike a blank sheet."""
    parts: tuple[Part, ...] = ()
    """The bodies it sums up, of a merged workbook."""
    packed: bytes | Spooled = b""
    """What it says."""

    def contents(self) -> Contents:
        """Unpack what it says; whoever needs several of its figures keeps them meanwhile."""
        data = self.packed if isinstance(self.packed, bytes) else self.packed.read()
        return msgspec.json.decode(data, type=Contents) if data else Contents()

    @property
    def figures(self) -> dict[str, Number]:
        return self.contents().figures


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
    unknown = tuple(cell for cell, value in values.items() if value.state in ("problem", "missing"))
    is_blank = not any(_is_entered(form, opening, cell, value) for cell, value in values.items())
    contents = Contents(figures, tuple(map(_short, findings)), report.explanations, tuple(filled(report)))
    return Filing(
        report.path, "", report.sha256, saved, form.id, report.org, report.year,
        str(report.fields.get("unit_type", "")), worst(findings), unknown, is_blank,
        not (figures or unknown or is_blank), tuple(parts), _packed(contents),
    )  # fmt: skip


def _packed(contents: Contents) -> bytes:
    try:
        return msgspec.json.encode(contents)
    except UnicodeEncodeError:  # half a surrogate pair, which no sheet can show either
        return json.dumps(msgspec.to_builtins(contents), ensure_ascii=False).encode(errors="replace")


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
