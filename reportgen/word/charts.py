"""Charts in the Word report: native ones, which Word and WPS can edit, each with its figures in a workbook of its own.

The workbook and the chart are XlsxWriter's (ECMA-376 part 1, 21.2); the chart is taken out of the workbook and put
into the document (20.4, and 21.2.2.63 for the workbook it is edited by).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timezone

import xlsxwriter
from lxml import etree

from ..form import Form
from ..opc.archive import write_zip
from ..opc.parts import REL, Element, Package, text_of
from ..show.charts import ChartView
from .looks import SONG, w
from .package import main_part
from .plan import printable
from .runs import EMU, W

CHART_PART, WORKBOOK_PART = "word/charts/reportChart{}.xml", "word/embeddings/reportChart{}.xlsx"
"""Names of the parts of the n-th chart, counted from 1."""

_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NO_DATE = datetime(2000, 1, 1, tzinfo=timezone.utc)
_WIDTH = 8800
"""Twips; the type area has 8844."""
_HEAD, _ROW = 900, 330
"""Height of what stands around the bars, and of a bar."""
_FILLS = ("#595959", "#FFFFFF")
"""This year, last year: told apart in black and white, too."""
_SHOWN = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")
"""What labels can show, in the order of the schema; LibreOffice shows what is not said."""


def with_charts(word: bytes, form: Form, charts: tuple[ChartView, ...]) -> bytes:
    """Return a Word report with charts at the end of their parts, before the heading of the next part."""
    if not charts:
        return word
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        package = Package({name: archive.read(name) for name in archive.namelist()})
    main = main_part(package)
    body = package.tree(main)[0]
    ids = [int(one.get("id", "0")) for one in body.iter(f"{{{_WP}}}docPr") if one.get("id", "").isdigit()]
    package.default_type("xlsx", _WORKBOOK_TYPE)
    for number, chart in enumerate(charts, 1):
        relation = _add_parts(package, main, number, chart)
        paragraph = _paragraph(chart, relation, max(ids, default=0) + number)
        _next_heading(body, form, chart.section).addprevious(paragraph)
    return write_zip((name, package.content(name)) for name in package)


def _next_heading(body: Element, form: Form, section: str) -> Element:
    """Return the child of the body before which a part ends."""
    order = [one.id for one in form.sections]
    later = [one.heading for one in form.sections[order.index(section) + 1 :] if one.heading]
    for child in body:
        if later and any(text_of(p, W + "t") == later[0] for p in child.iter(W + "p")):
            return child
    return body[-1]  # w:sectPr


def _add_parts(package: Package, main: str, number: int, chart: ChartView) -> str:
    """Add a chart and its workbook; return the id of the relationship to the chart."""
    workbook, drawing = _made(chart)
    part, book = CHART_PART.format(number), WORKBOOK_PART.format(number)
    package.add(part, drawing, _CHART_TYPE)
    package.put(book, workbook)
    relation = package.relate(part, "package", book)
    data = etree.SubElement(drawing, f"{{{_C}}}externalData")
    data.set(f"{{{REL}}}id", relation)
    etree.SubElement(data, f"{{{_C}}}autoUpdate").set("val", "0")
    return package.relate(main, "chart", part)


def _made(chart: ChartView) -> tuple[bytes, Element]:
    """Return the workbook, and the chart out of it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": _NO_DATE})
    sheet = book.add_worksheet("Sheet1")
    for column, texts in enumerate(([chart.title, *chart.labels], *_columns(chart))):
        sheet.write_column(0, column, texts)
    drawn = book.add_chart({"type": "bar"})
    last = len(chart.labels)
    for column, fill in zip(range(1, len(chart.series) + 1), _FILLS, strict=False):
        drawn.add_series({
            "name": ["Sheet1", 0, column], "categories": ["Sheet1", 1, 0, last, 0],
            "values": ["Sheet1", 1, column, last, column], "data_labels": {"value": True, "position": "outside_end"},
            "fill": {"color": fill}, "border": {"color": "#000000", "width": 0.75}, "gap": 60, "overlap": -40,
        })  # fmt: skip
    drawn.set_title({"name": f"{chart.title}（单位：{chart.unit}）", "name_font": {"size": 12, "bold": False}})
    drawn.set_y_axis({"reverse": True, "major_tick_mark": "none", "line": {"none": True}})
    drawn.set_chartarea({"fill": {"color": "#FFFFFF"}, "border": {"none": True}})
    drawn.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    drawn.set_legend({"position": "bottom"} if last and len(chart.series) > 1 else {"none": True})
    sheet.insert_chart(0, len(chart.series) + 2, drawn)
    book.close()
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return write_zip(parts.items()), _for_word(etree.fromstring(parts["xl/charts/chart1.xml"]))


def _columns(chart: ChartView) -> Iterator[list[str | int | float]]:
    """Yield a column of the workbook for each series: its name and its numbers."""
    for name, numbers in zip(chart.series, chart.numbers, strict=True):
        yield [name, *(number if isinstance(number, int) else float(number) for number in numbers)]


def _for_word(drawing: Element) -> Element:
    """Change a chart of a workbook into one of a document, in place."""
    for settings in drawing.findall(f"{{{_C}}}printSettings"):
        drawing.remove(settings)
    for language in drawing.iter(f"{{{_C}}}lang"):
        language.set("val", "zh-CN")
    for run in drawing.iter(f"{{{_A}}}rPr"):
        run.set("lang", "zh-CN")
    for labels in drawing.iter(f"{{{_C}}}dLbls"):
        for child in list(labels):
            if child.tag != f"{{{_C}}}dLblPos":
                labels.remove(child)
        for name in _SHOWN:
            etree.SubElement(labels, f"{{{_C}}}{name}").set("val", str(int(name == "showVal")))
    drawing.append(etree.fromstring(
        f'<c:txPr xmlns:c="{_C}" xmlns:a="{_A}"><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1050">'
        f'<a:latin typeface="{SONG}"/><a:ea typeface="{SONG}"/></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    ))  # fmt: skip
    return drawing


def _paragraph(chart: ChartView, relation: str, number: int) -> Element:
    """Return the paragraph that the chart stands in, whatever the styles of the template say."""
    height = _HEAD + _ROW * len(chart.labels) * len(chart.series)
    names = {"wp": _WP, "a": _A, "c": _C, "r": REL}
    inline = etree.Element(f"{{{_WP}}}inline", nsmap=names, distT="0", distB="0", distL="0", distR="0")
    etree.SubElement(inline, f"{{{_WP}}}extent", cx=str(_WIDTH * EMU), cy=str(height * EMU))
    properties = etree.SubElement(inline, f"{{{_WP}}}docPr", id=str(number), name=printable(chart.title))
    properties.set("descr", printable(chart.alternative))
    data = etree.SubElement(etree.SubElement(inline, f"{{{_A}}}graphic"), f"{{{_A}}}graphicData", uri=_C)
    etree.SubElement(data, f"{{{_C}}}chart").set(f"{{{REL}}}id", relation)
    return w(
        "p",
        w(
            "pPr", w("snapToGrid", val=0), w("spacing", before=120, after=0, line=240, lineRule="auto"),
            w("ind", firstLineChars=0, firstLine=0), w("jc", val="center"),
        ),
        w("r", w("drawing", inline)),
    )  # fmt: skip
