"""The charts of a report: which are drawn, their numbers, and where each mark stands in the picture of a web page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ..form import Chart
from ..model.numbers import Number, format_number
from ..model.report import Report

_WIDTH = 360
"""Of a picture in its own units: a phone shows it as it is, wider screens enlarge it."""
_CHARACTER, _DIGIT = 13.0, 7.5
"""Width of a Chinese character and of a digit of the picture's letters."""
_TOP, _BAR, _BETWEEN, _LEGEND = 30, 14, 12, 22
_SHORTEST = 0.5
"""Of a bar that is not 0."""


class Mark(msgspec.Struct, frozen=True):
    """A bar and its figure."""

    y: float
    length: float
    figure: str
    series: int
    """0 this year, 1 last year."""


class Picture(msgspec.Struct, frozen=True):
    """Where everything stands."""

    width: int
    height: int
    left: float
    """Where the bars begin."""
    labels: tuple[tuple[float, str], ...]
    """Height and text of each."""
    marks: tuple[Mark, ...]


class ChartView(msgspec.Struct, frozen=True):
    """One chart, ready to be drawn."""

    id: str
    section: str
    title: str
    unit: str
    series: tuple[str, ...]
    labels: tuple[str, ...]
    numbers: tuple[tuple[Number, ...], ...]
    """Of each series the number of each label."""

    @property
    def figures(self) -> tuple[tuple[str, ...], ...]:
        """The numbers as printed."""
        return tuple(tuple(map(format_number, numbers)) for numbers in self.numbers)

    @property
    def alternative(self) -> str:
        """What the chart shows, with every figure, for those who do not see it."""
        named = len(self.series) > 1
        lines = []
        for label, *figures in zip(self.labels, *self.figures, strict=True):
            said = (
                f"{series if named else ''}{figure}{self.unit}"
                for series, figure in zip(self.series, figures, strict=True)
            )
            lines.append(f"{label}{'：' if named else ''}{'，'.join(said)}")
        return f"{self.title}（条形图）：{'；'.join(lines)}。"

    @property
    def picture(self) -> Picture:
        """Its drawing."""
        left = _CHARACTER * max(map(len, self.labels)) + 8
        right = _DIGIT * max(len(figure) for figures in self.figures for figure in figures) + 8
        most = max(max(numbers) for numbers in self.numbers)
        unit = (_WIDTH - left - right) / float(most)
        step = _BAR * len(self.series) + _BETWEEN
        marks = tuple(
            Mark(
                _TOP + n * step + series * _BAR, round(max(float(number) * unit, _SHORTEST if number else 0), 2),
                format_number(number), series,
            )
            for n in range(len(self.labels)) for series, number in enumerate(numbers[n] for numbers in self.numbers)
        )  # fmt: skip
        middle = _TOP + _BAR * len(self.series) / 2
        labels = tuple((middle + n * step, label) for n, label in enumerate(self.labels))
        height = _TOP + step * len(self.labels) + (_LEGEND if len(self.series) > 1 else 0)
        return Picture(_WIDTH, height, left, labels, marks)


def charts_of(report: Report) -> tuple[ChartView, ...]:
    """Return the charts of a report in the order in which they stand there.

    One that needs a figure nobody knows, or that has nothing but 0 to show, is left out.
    """
    order = [section.id for section in report.form.sections]
    charts = sorted(report.form.charts, key=lambda chart: order.index(chart.section))
    return tuple(view for chart in charts if (view := _view(chart, report)))


def _view(chart: Chart, report: Report) -> ChartView | None:
    cells = [report.form.quantities[bar.name] for bar in chart.bars]
    years = [list(_this_year(report, cells)), list(_last_year(report, cells))][: len(chart.series)]
    known = tuple(tuple(n for n in numbers if n is not None) for numbers in years)
    if any(len(numbers) < len(chart.bars) for numbers in known) or not any(map(any, known)) or min(map(min, known)) < 0:
        return None
    words = {"year": report.year, "last_year": report.year - 1 if report.year else ""}
    return ChartView(
        chart.id, chart.section, chart.title.format_map(words), report.form.cells[cells[0][0]].unit,
        tuple(one.format_map(words) for one in chart.series), tuple(bar.label for bar in chart.bars), known,
    )  # fmt: skip


def _this_year(report: Report, bars: Sequence[tuple[str, ...]]) -> Iterator[Number | None]:
    for cells in bars:
        states = {report.values[cell].state for cell in cells}
        yield None if states & {"problem", "missing"} else report.total(cells)


def _last_year(report: Report, bars: Sequence[tuple[str, ...]]) -> Iterator[Number | None]:
    last = msgspec.structs.replace(report, values=report.last_year)
    for cells in bars:
        known = all(cell in report.last_year and report.last_year[cell].number is not None for cell in cells)
        yield last.total(cells) if known else None
