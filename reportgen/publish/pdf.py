"""The Word report as PDF: made by an office program, put right for readers without sight, and proved.

PDF/A-2b and PDF/UA-1 as LibreOffice makes them (ISO 19005-2, ISO 14289-1), with heads of rows tagged as such
and the same bytes every time.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import OutputError, ProofError
from ..model.explanations import Note
from ..model.report import Report
from ..opc.archive import write_zip
from ..opc.parts import Element, Package
from ..recogniser import recognise
from ..show.charts import ChartView
from ..show.view import View, make_view
from ..sources import Document, read_document
from ..word.looks import TABLE_HEAD, TABLE_TEXT, style_name
from ..word.package import main_part
from ..word.plan import printable
from ..word.render import printed_texts
from .office import find_office, word_to_pdf

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LOWEST = 8
"""Of the outline levels, counted from 0."""
_SHOWN = 10
_DATES = ((24, 12), (84, 16))
"""Where a colour profile says when it was made and which one it is: offset and length (ICC.1, 7.2)."""


def as_pdf(
    word: bytes, report: Report, *, draft: bool = False, notes: Sequence[Note] = (), charts: Sequence[ChartView] = ()
) -> tuple[bytes, int]:
    """Return the PDF of a proven Word report, and how many values were read back from it and compared.

    Args:
        word: the Word file.
        report, draft, notes, charts: what it was printed from.

    Raises:
        OutputError: there is no office program that can make it, or pikepdf or pdfplumber is not installed.
        ProofError: the PDF does not say what the report says.
    """
    try:
        import pikepdf  # noqa: F401
    except ImportError as error:
        raise OutputError(
            "生成 PDF 需要 pikepdf，现在没有安装。请运行 pip install 'reportgen[pdf]'，或用带它的程序包。"
        ) from error
    view = make_view(report, draft=draft, notes=notes)
    pdf = _tidied(word_to_pdf(_prepared(word, view), find_office()), report, charts)
    document = read_document(Path("报告.pdf"), pdf, "pdf")
    texts = [printable(text) for text in printed_texts(view)]
    differences = [*_figures(document, view), *_texts(document, texts, view)]
    if differences:
        more = f"\n……共 {len(differences)} 处" if len(differences) > _SHOWN else ""
        raise ProofError("生成的 PDF 读回来与数据不一致，没有交付：\n" + "\n".join(differences[:_SHOWN]) + more)
    return pdf, len(view.figures) + len(texts)


# --------------------------------------------------------------------------- before


def _prepared(word: bytes, view: View) -> bytes:
    """Return the Word file as the office program gets it: the same pages, with the title as the first heading."""
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        package = Package({name: archive.read(name) for name in archive.namelist()})
    main = main_part(package)
    styles = package.related(main, "styles")
    for name in filter(None, (main, styles)):
        root = package.tree(name)
        for element in root.iter(f"{_W}overflowPunct"):
            element.set(f"{_W}val", "1")  # LibreOffice reads it the wrong way round, and drops what hangs
        for element in root.iter(f"{_W}lang"):
            element.set(f"{_W}val", "en-US")  # by the rules of Chinese it breaks numbers and words anywhere
        for element in root.iter(f"{_W}outlineLvl"):
            element.set(f"{_W}val", str(min(_LOWEST, int(element.get(f"{_W}val", "0")) + 1)))
    _head(package.tree(main), view.title_lines)
    return write_zip((name, package.content(name)) for name in package)


def _head(root: Element, lines: Sequence[str]) -> None:
    """Make the lines of the title one paragraph, the heading of the whole document."""
    paragraphs = list(root.iter(f"{_W}p"))
    texts = ["".join(t.text or "" for t in p.iter(f"{_W}t")) for p in paragraphs]
    for first in range(len(texts) - len(lines) + 1):
        if texts[first : first + len(lines)] != list(lines):
            continue
        head, *others = paragraphs[first : first + len(lines)]
        for other in others:
            run = head.makeelement(f"{_W}r")
            run.append(run.makeelement(f"{_W}br"))
            head.append(run)
            head.extend(child for child in list(other) if child.tag != f"{_W}pPr")
            other.getparent().remove(other)
        properties = head.find(f"{_W}pPr")
        if properties is not None:
            properties.append(_level(properties))
        return


def _level(properties: Element) -> Element:
    """Return the outline level of a heading; the last of a paragraph's own properties but these (17.3.1.26)."""
    return properties.makeelement(f"{_W}outlineLvl", {f"{_W}val": "0"})


# --------------------------------------------------------------------------- after


def _tidied(data: bytes, report: Report, charts: Sequence[ChartView]) -> bytes:
    """Return the PDF with the heads of rows tagged, charts told in words, and nothing in it that changes from run to run."""
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.Root.Lang = pikepdf.String("zh-CN")
        if "/StructTreeRoot" in pdf.Root:
            for table in elements_of(pdf.Root.StructTreeRoot, "/Table"):
                _tag_heads(table)
            _describe(list(elements_of(pdf.Root.StructTreeRoot, "/Figure")), charts)
        date = f"{(report.year or 1979) + 1:04d}-01-01T00:00:00Z"
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            for key in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
                if key in metadata:
                    metadata[key] = date
        for key in ("/CreationDate", "/ModDate"):
            if key in pdf.docinfo:
                pdf.docinfo[key] = f"D:{re.sub('[-:T]', '', date)}"
        for key in ("/ID", "/DocChecksum"):
            if key in pdf.trailer:
                del pdf.trailer[key]
        for intent in pdf.Root.get("/OutputIntents", []):
            _without_date(intent.get("/DestOutputProfile"))
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _describe(figures: Sequence[Any], charts: Sequence[ChartView]) -> None:
    """Say in words what the charts show: LibreOffice drops it.  Charts are the figures with texts in them."""
    drawn = [figure for figure in figures if any(_children(figure))]
    if len(drawn) == len(charts):  # else one of them is the template's own, and none is told rather than a wrong one
        for figure, chart in zip(drawn, charts, strict=True):
            figure.Alt = chart.alternative


def _without_date(profile: Any) -> None:
    if profile is None:
        return
    content = bytearray(profile.read_bytes())
    for start, length in _DATES:
        content[start : start + length] = bytes(length)
    profile.write(bytes(content))


def _children(element: Any) -> Iterator[Any]:
    import pikepdf

    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and ("/S" in kid or "/K" in kid):
            yield kid


def elements_of(root: Any, kind: str) -> Iterator[Any]:
    """Yield the elements of one kind below an element of the structure tree."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.get("/S") == kind:
            yield element
        waiting += reversed(list(_children(element)))


def _tag_heads(table: Any) -> None:
    """Tag the cells of a prescribed table that hold labels as heads: of their column, or of their row."""
    for row in elements_of(table, "/TR"):
        cells = list(_children(row))
        for cell in cells:
            style = next((str(child.get("/S")) for child in _children(cell)), "")
            if cell.get("/S") == "/TD" and style == f"/{style_name(TABLE_HEAD)}":
                _make_head(cell, "/Column")
            elif cell.get("/S") == "/TD" and style == f"/{style_name(TABLE_TEXT)}":
                _make_head(cell, "/Row" if len(cells) > 1 else "/Column")


def _make_head(cell: Any, scope: str) -> None:
    import pikepdf

    cell.S = pikepdf.Name("/TH")
    scoped = pikepdf.Dictionary(O=pikepdf.Name("/Table"), Scope=pikepdf.Name(scope))
    known = cell.get("/A", pikepdf.Array())
    cell.A = pikepdf.Array([*(known if isinstance(known, pikepdf.Array) else [known]), scoped])


# --------------------------------------------------------------------------- the proof


def _figures(document: Document, view: View) -> Iterator[str]:
    """Every figure by its labels."""
    found = recognise(document, view.form)
    for id_, printed in view.figures.items():
        if found.values[id_].raw.strip() != printed:
            cell = view.form.cells[id_]
            yield f"“{cell.table} {cell.label}”应为 {printed}，文件里是“{found.values[id_].raw}”"
    yield from (n.message for n in found.notices if n.severity == "error")


def _texts(document: Document, texts: Sequence[str], view: View) -> Iterator[str]:
    """Every text in its order, spaces and ends of lines aside."""
    whole, at = _squeezed("".join(paragraph.text for paragraph in document.paragraphs)), 0
    known = {digits for line in view.names["落款行"] for digits in re.findall(r"\d+", line)}
    for text in map(_squeezed, texts):
        place = whole.find(text, at)
        if place < 0:
            yield f"缺少这一段文字，或与数据不一致：“{text[:40]}”"
            return
        if extra := set(re.findall(r"\d+", whole[at:place])) - known:
            yield f"多出一段含有数字的文字：“{whole[at:place][:40]}”（{'、'.join(sorted(extra))}）"
        at = place + len(text)


def _squeezed(text: str) -> str:
    return "".join(text.split())
