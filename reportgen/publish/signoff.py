"""The sheet on which those responsible sign: what was made, its checksums, key totals, result of the checks."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from ..errors import ProofError
from ..model.numbers import format_number
from ..opc.archive import write_zip
from ..show.view import make_view
from ..sources import read_document
from ..word.plan import printable
from . import Order

_BODY, _HEAD = "仿宋_GB2312", "方正小标宋简体"


def sign_off_sheet(order: Order, files: Sequence[tuple[str, bytes]]) -> tuple[bytes, int]:
    """Return the sheet as a Word document, and how many of its entries were read back and compared.

    Args:
        order: the report.
        files: name and content of everything that was made of it.

    Raises:
        ProofError: what was written reads back otherwise.
    """
    wanted = [(printable(one), printable(other)) for one, other in _lines(order, files)]
    view = make_view(order.report, draft=order.draft)
    document = docx.Document()
    _page(document)
    _heading(document, order.report.form.sign_off.title, 22)
    _heading(document, printable(view.title), 16)
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for label, entry in [*wanted, *((place, "") for place in order.report.form.sign_off.places)]:
        cells = table.add_row().cells
        for cell, text, width in zip(cells, (label, entry), (Cm(5), Cm(10.6)), strict=True):
            cell.width = width
            _write(cell.paragraphs[0], text, 12)
        if not entry:
            table.rows[-1].height = Cm(1.4)
    data = _packed(document, view.title, order.report.year or 1979)
    found = read_document(Path("审签单.docx"), data, "docx").grids[0]
    stands = {(cell.row, cell.column): str(cell.value or "") for cell in found.cells}
    if [(stands.get((n, 1), ""), stands.get((n, 2), "")) for n in range(1, len(wanted) + 1)] != wanted:
        raise ProofError("生成的审签单读回来与报告不一致，没有交付。请把工作簿交给软件维护人员。")
    return data, len(wanted)


def _lines(order: Order, files: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
    """Yield what the sheet says before the places to sign: label and entry."""
    report, form = order.report, order.report.form
    yield "校验结果", f"{'草稿，' if order.draft else ''}{order.result}"
    for name in form.sign_off.totals:
        cells = form.quantities[name]
        unit = form.cells[cells[0]].unit
        yield name, f"{format_number(report.total(cells))} {unit}"
    for name, data in files:
        yield f"{name}\nSHA-256", hashlib.sha256(data).hexdigest()
    yield "数据来源\nSHA-256", f"{Path(report.path).name or '—'}\n{report.sha256}"


def _page(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)


def _heading(document: WordDocument, text: str, size: int) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(paragraph, text, size, _HEAD)


def _write(paragraph: Paragraph, text: str, size: int, font: str = _BODY) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    for fonts in run.element.iter(qn("w:rFonts")):
        fonts.set(qn("w:eastAsia"), font)


def _packed(document: WordDocument, title: str, year: int) -> bytes:
    """Return the document with the same bytes every time."""
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.title, properties.language = title, "zh-CN"
    properties.created = properties.modified = datetime(year + 1, 1, 1, tzinfo=timezone.utc)
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as archive:
        return write_zip((name, archive.read(name)) for name in archive.namelist())
