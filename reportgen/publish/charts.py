"""The proof of the charts: every number and word of them read back from the finished file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

from ..errors import ProofError
from ..model.numbers import format_number
from ..opc.parts import Element, parse
from ..show.charts import ChartView
from ..sources import read_document
from ..word.charts import CHART_PART, WORKBOOK_PART
from ..word.plan import printable

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_T = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


def prove_charts(data: bytes, charts: Sequence[ChartView], kind: str) -> int:
    """Compare every number and word of the charts of a finished file with what was to be drawn.

    Args:
        data: the file.
        charts: what was to be drawn.
        kind: ``docx`` or ``html``.

    Returns:
        how many numbers were compared.

    Raises:
        ProofError: a chart shows or says something else, or there are more or fewer.
    """
    read, wanted = _KINDS[kind]
    found = list(read(data))
    if found != [wanted(chart) for chart in charts]:
        wrong = next((chart.title for chart, one in zip(charts, found, strict=False) if one != wanted(chart)), "")
        raise ProofError(f"生成的图“{wrong}”读回来与数据不一致，没有交付。请把工作簿交给软件维护人员。")
    return sum(len(numbers) for chart in charts for numbers in chart.numbers)


# --------------------------------------------------------------------------- Word


def _in_word(data: bytes) -> Iterator[list[str]]:
    """Yield the texts of each chart: of itself, of its workbook, and what is said instead of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        said = _said(parse(archive.read("word/document.xml")))
        for number, words in enumerate(said, 1):
            if CHART_PART.format(number) in names:
                drawn = _drawn(parse(archive.read(CHART_PART.format(number))))
                yield [*drawn, *_columns(archive.read(WORKBOOK_PART.format(number))), words]


def _said(root: Element) -> list[str]:
    inlines = [one for one in root.iter(f"{_WP}inline") if next(one.iter(f"{_C}chart"), None) is not None]
    return [properties.get("descr", "") for one in inlines for properties in one.iter(f"{_WP}docPr")]


def _drawn(chart: Element) -> Iterator[str]:
    yield "".join(one.text or "" for one in chart.iter(_T))
    for series in chart.iter(f"{_C}ser"):
        for kind in ("tx", "cat", "val"):
            texts = [one.text or "" for part in series.iterfind(f"{_C}{kind}") for one in part.iter(f"{_C}v")]
            yield from (format_number(Decimal(text)) for text in texts) if kind == "val" else texts


def _columns(workbook: bytes) -> Iterator[str]:
    cells = read_document(Path("图.xlsx"), workbook, "xlsx").grids[0].cells
    for cell in sorted(cells, key=lambda cell: (cell.column, cell.row)):
        yield cell.value if isinstance(cell.value, str) else format_number(Decimal(str(cell.value)))


def _wanted_in_word(chart: ChartView) -> list[str]:
    series = list(zip(chart.series, chart.figures, strict=True))
    drawn = [text for name, figures in series for text in (name, *chart.labels, *figures)]
    columns = [text for name, figures in series for text in (name, *figures)]
    texts = [f"{chart.title}（单位：{chart.unit}）", *drawn, chart.title, *chart.labels, *columns, chart.alternative]
    return [printable(text) for text in texts]


# --------------------------------------------------------------------------- the web page


class _Pictures(HTMLParser):
    """Collects the texts of each picture and the lengths of its bars."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "svg":
            self.found.append([])
            self.inside = True
        elif self.inside and tag == "rect":
            self.found[-1].append(f"{dict(attributes)['width']} long")

    def handle_endtag(self, tag: str) -> None:
        if tag == "svg":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.found[-1].append(data)


def _in_page(data: bytes) -> list[list[str]]:
    pictures = _Pictures()
    pictures.feed(data.decode("utf-8"))
    return pictures.found


def _wanted_in_page(chart: ChartView) -> list[str]:
    texts = [chart.title, chart.alternative, f"{chart.title}（单位：{chart.unit}）", *chart.labels]
    for n in range(len(chart.labels)):
        for series, numbers in enumerate(chart.figures):
            texts += [f"{chart.picture.marks[n * len(chart.series) + series].length} long", numbers[n]]
    if len(chart.series) > 1:
        texts += [text for name in chart.series for text in ("12 long", name)]
    return texts


_KINDS: Mapping[
    str, tuple[Callable[[bytes], Iterator[list[str]] | list[list[str]]], Callable[[ChartView], list[str]]]
] = {"docx": (_in_word, _wanted_in_word), "html": (_in_page, _wanted_in_page)}
