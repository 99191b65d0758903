"""Word templates and reports for tests: the shipped template, changed in one place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from lxml import etree
from msgspec.structs import replace
from support import published_report

from reportgen.form import load_form
from reportgen.model.report import Passage, Report
from reportgen.show.view import make_view
from reportgen.sources.docx import read
from reportgen.word.render import default_template, render
from reportgen.word.template import prepare

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHIPPED = default_template(load_form()).read_bytes()
DOCUMENT = "word/document.xml"
TEXTS = (
    Passage("preamble", "", ("根据《中华人民共和国政府信息公开条例》编制。",)),
    Passage("overall", "（一）主动公开情况", ("全年新收申请{{ 新收 }}件。", "第二段。")),
    Passage("overall", "（二）依申请公开情况", ("办结{{ 办理结果总计 }}件。",)),
    Passage("problems", "", ("存在问题甲。", "改进措施乙。")),
    Passage("other", "", ("{{ 年份 }}年未收取信息处理费。",)),
)


def example(*passages: Passage, **fields: str) -> Report:
    """A published report with texts."""
    report = published_report("liwan_2024")
    return replace(report, passages=passages or TEXTS, fields={**report.fields, **fields}, sha256="ab" * 32)


def unzip(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def changed(change: Callable[[Any], object], *, data: bytes = SHIPPED, part: str = DOCUMENT) -> bytes:
    """Return a .docx with ``change`` made to the tree of one part."""
    files = unzip(data)
    root = etree.fromstring(files[part])
    change(root)
    files[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return rezip(files)


def words(element: Any) -> str:
    return "".join(t.text or "" for t in element.iter(W + "t"))


def paragraphs(root: Any, text: str) -> Iterator[Any]:
    """Yield the paragraphs whose whole text is ``text``."""
    return (p for p in list(root.iter(W + "p")) if words(p).strip() == text)


def only(root: Any, text: str) -> Any:
    (found,) = paragraphs(root, text)
    return found


def put(paragraph: Any, *runs: str) -> None:
    """Give a paragraph these runs, in the look of its first one."""
    first = paragraph.find(W + "r")
    for run in paragraph.findall(W + "r")[1:]:
        paragraph.remove(run)
    at = first
    for text in runs:
        fresh = deepcopy(first)
        for child in fresh.findall(W + "t")[1:]:
            fresh.remove(child)
        fresh.find(W + "t").text = text
        at.addnext(fresh)
        at = fresh
    paragraph.remove(first)


def before_first_heading(root: Any, *texts: str | tuple[str, ...]) -> list[Any]:
    """Insert paragraphs of one or more runs before part 一; returns them."""
    heading = only(root, load_form().sections[1].heading)
    made = []
    for text in texts:
        fresh = deepcopy(heading)
        put(fresh, *([text] if isinstance(text, str) else text))
        heading.addprevious(fresh)
        made.append(fresh)
    return made


def with_lines(*texts: str | tuple[str, ...]) -> bytes:
    """The shipped template with more paragraphs before part 一."""
    return changed(lambda root: before_first_heading(root, *texts))


def printed(template: bytes, report: Report, *, draft: bool = False) -> bytes:
    """Prepare a template and print a report with it, without the trial that users' templates are put to."""
    return render(prepare(template, report.form, ours=True), make_view(report, draft=draft), {})


def lines(data: bytes) -> list[str]:
    """The paragraphs of a document."""
    return [p.text for p in read(Path("x.docx"), data).paragraphs]


def added(template: bytes, report: Report | None = None) -> list[str]:
    """What :func:`with_lines` made it print: the lines between title and part 一."""
    report = report or example(*TEXTS[1:])
    found = lines(printed(template, report))
    first = len(make_view(report).title_lines)
    return found[first : found.index(report.form.sections[1].heading)]
