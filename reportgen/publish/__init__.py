"""The finished report in every kind it is published in, each proved by reading it back.

Word is printed by :mod:`reportgen.word`, the web page by :mod:`reportgen.show.published`; PDF and data are
made here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from ..disk.files import refuse_device
from ..disk.names import wrong_ending
from ..model.explanations import Note, notes
from ..model.findings import Finding
from ..model.report import Report
from ..show.charts import ChartView, charts_of

__all__ = ["ENDINGS", "FORMATS", "Order", "finished"]

Finished: TypeAlias = tuple[bytes, int]
"""The proven file, and how many values were read back from it and compared."""


class Order(msgspec.Struct, frozen=True):
    """A report to be published."""

    report: Report
    """Checked."""
    findings: tuple[Finding, ...]
    """What the checks said."""
    template: Path | None = None
    """The user's own Word template."""
    draft: bool = False
    """Print 草稿 on every page and mark the wrong cells."""
    fragment: bool = False
    """The web page is to be pasted into another."""
    charts: bool = False
    """Draw the charts of the form in Word, PDF and the web page."""

    @property
    def notes(self) -> Sequence[Note]:
        """Accepted explanations to print below the tables."""
        return notes(self.report, self.findings)

    @property
    def drawn(self) -> tuple[ChartView, ...]:
        """The charts to draw."""
        return charts_of(self.report) if self.charts else ()

    @property
    def marks(self) -> frozenset[str]:
        """Ids of the cells to mark in a draft."""
        wrong = (ref.id for one in self.findings if one.severity == "error" for ref in one.cells if ref.id)
        return frozenset(wrong) if self.draft else frozenset()

    @property
    def result(self) -> str:
        """The result of the checks in a few words."""
        count = Counter(one.severity for one in self.findings)
        return f"错误{count['error']} 警告{count['warning']} 待核实{count['ask']}"


def finished(order: Order, path: Path) -> Finished:
    """Print a report in the kind that the ending of a file name says, and prove it.

    Raises:
        OutputError: an unknown ending, or a kind that cannot be made here.
        TemplateError: the Word template has mistakes, or cannot be read.
        ProofError: the finished file does not say what the report says.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise wrong_ending(path, "输出文件", *FORMATS.values())
    return ENDINGS[ending](order)


def _word(order: Order) -> Finished:
    from ..word.proof import prove
    from ..word.render import render_report

    charts = order.drawn
    if order.template:
        refuse_device(order.template)
    data = render_report(
        order.report, template=order.template, draft=order.draft, marks=order.marks, notes=order.notes,
        result=order.result,
    )  # fmt: skip
    if charts:
        from ..word.charts import with_charts

        data = with_charts(data, order.report.form, charts)
    count = prove(data, order.report, draft=order.draft, notes=order.notes)
    return data, count + _proved(data, charts, "docx")


def _proved(data: bytes, charts: tuple[ChartView, ...], kind: str) -> int:
    """Prove the charts, if there are any; return how many numbers were compared."""
    if not charts:
        return 0
    from .charts import prove_charts  # loads XlsxWriter

    return prove_charts(data, charts, kind)


def _page(order: Order) -> Finished:
    from ..show.published import report_page
    from ..word.proof import prove

    charts = order.drawn
    page = report_page(
        order.report, draft=order.draft, marks=order.marks, notes=order.notes, fragment=order.fragment, charts=charts
    )
    data = page.encode("utf-8")
    count = prove(data, order.report, kind="html", draft=order.draft, notes=order.notes)
    return data, count + _proved(data, charts, "html")


def _pdf(order: Order) -> Finished:
    from .pdf import as_pdf

    word, _ = _word(order)
    return as_pdf(word, order.report, draft=order.draft, notes=order.notes, charts=order.drawn)


def _csv(order: Order) -> Finished:
    from .data import as_csv

    return as_csv(order.report, draft=order.draft)


def _json(order: Order) -> Finished:
    from .data import as_json

    return as_json(order.report, draft=order.draft, notes=order.notes)


FORMATS = {"docx": ".docx", "html": ".html", "pdf": ".pdf", "csv": ".csv", "json": ".json"}
"""What a report is published as, and the ending of the file."""
ENDINGS: Mapping[str, Callable[[Order], Finished]] = {
    ".docx": _word, ".html": _page, ".htm": _page, ".pdf": _pdf, ".csv": _csv, ".json": _json,
}  # fmt: skip
