"""The proof: a finished document, read back by the ordinary reader, says what the report says.

It trusts neither the template nor the engine: only the bytes that would be delivered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import ProofError
from ..recogniser import recognise
from ..report import Report
from ..sources import Document
from ..sources.docx import read
from ..view import View, make_view
from .faults import shorten
from .plan import printable
from .render import printed_texts

__all__ = ["prove"]

_DIGITS = re.compile(r"\d+")
_SHOWN = 10


def prove(data: bytes, report: Report, *, draft: bool = False) -> int:
    """Compare every figure and every text of a finished document with the report.

    Args:
        data: the Word file.
        report: what it was printed from.
        draft: it was printed as a draft.

    Returns:
        the number of values compared: figures, and texts (title, headings, paragraphs).

    Raises:
        ProofError: anything is different, missing or too many; lists the differences.
        InputError: the file cannot be read back at all.
    """
    document = read(Path("报告.docx"), data)
    view = make_view(report, draft=draft)
    texts = printed_texts(view)
    differences = [*_figures(document, view, report), *_texts(document, view, texts)]
    if differences:
        more = f"\n……共 {len(differences)} 处" if len(differences) > _SHOWN else ""
        raise ProofError(
            "生成的文件读回来与数据不一致，没有交付：\n"
            + "\n".join(differences[:_SHOWN]) + more
            + "\n请检查 Word 模板；用自带模板仍出现这个提示时，请把工作簿交给软件维护人员。"
        )  # fmt: skip
    return len(view.figures) + len(texts)


def _figures(document: Document, view: View, report: Report) -> Iterator[str]:
    form = report.form
    found = recognise(document, form)
    places = set()
    for cell, printed in view.figures.items():
        value = found.values[cell]
        if value.origin is not None:
            places.add((value.origin.sheet, value.origin.address))
        if value.raw.strip() != printed:
            label = f"{form.cells[cell].table} {form.cells[cell].label}"
            yield f"“{label}”应为 {printed}，文件里是“{value.raw}”"
    yield from (n.message for n in found.notices if n.severity in ("error", "warning"))
    labels = {_squeeze(c.text + c.note) for table in form.tables for c in table.layout if not c.cell}
    for grid in document.grids:
        for at in grid.cells:
            if at.value is None or (grid.name, at.address) in places or _squeeze(str(at.value)) in labels:
                continue
            yield f"{grid.name}{at.address}的“{shorten(str(at.value))}”不是规定的文字，也不是报告里的数"


def _texts(document: Document, view: View, texts: Sequence[str]) -> Iterator[str]:
    """Every text in its order; what the template adds may hold no figure that the report does not."""
    title, *rest = (printable(text) for text in texts)
    wanted = [text for text in rest if text.strip()]
    actual = [paragraph.text for paragraph in document.paragraphs]
    start = _after_title(title, actual)
    if start is None:
        yield f"没有标题“{title}”"
        start = 0
    extra = []
    at = 0
    for text in actual[start:]:
        if at < len(wanted) and text == wanted[at]:
            at += 1
        else:
            extra.append(text)
    if at < len(wanted):
        instead = f"，相应的地方是“{shorten(extra[0])}”" if extra else ""
        yield f"缺少这一段文字，或与数据不一致：“{shorten(wanted[at])}”{instead}"
        return
    own = {printable(line) for line in view.names["落款行"]}
    known = {d for name in (view.title, *_fields(view)) for d in _DIGITS.findall(name)}
    for text in extra:
        if text not in own and not known.issuperset(_DIGITS.findall(text)):
            yield f"模板多印了一段含有数字的文字：“{shorten(text)}”；固定的文字请写到工作簿的文字内容里"


def _fields(view: View) -> Iterator[str]:
    yield str(view.names["表式"])
    for field in view.form.fields:
        yield str(view.names[field.short])


def _after_title(title: str, actual: Sequence[str]) -> int | None:
    """Return the place after the title, which may be broken over paragraphs; None without one."""
    wanted = _squeeze(title)
    for first in range(len(actual)):
        joined = ""
        for last in range(first, len(actual)):
            joined += _squeeze(actual[last])
            if joined == wanted:
                return last + 1
            if not wanted.startswith(joined):
                break
    return None


def _squeeze(text: str) -> str:
    return "".join(text.split())
