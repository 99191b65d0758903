"""A Report and a prepared template → the bytes of a Word file, the same every time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from .. import __version__
from ..errors import TemplateError
from ..form import Form, editions, is_shipped, own_template
from ..model.explanations import Note
from ..model.report import Report
from ..opc.archive import write_zip
from ..show.view import View, has_long_word, make_view
from .plan import Prepared, TaggedPart, fill, printable

CORE, CUSTOM = "docProps/core.xml", "docProps/custom.xml"
"""Names of the parts."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_USER_PROPERTIES = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""The set of user-defined properties ([MS-OLEPS] 2.25.3); its ids begin at 2."""
_BEFORE_PROPERTIES = "_rels/.rels"


def default_template(form: Form) -> Path | None:
    """Return the Word template of an edition: office IT's own, else the shipped one.

    None for an edition of office IT's without one: then it is made from the form.

    Raises:
        TemplateError: a shipped edition has none: reports of its years are read, not written.
    """
    if own := own_template(form.id):
        return own
    shipped = shipped_template(form)
    if shipped.is_file():
        return shipped
    if form.id in editions() and not is_shipped(form.id):
        return None
    raise TemplateError(
        f"没有随程序提供“{form.id}”版格式的 Word 模板，请用 --template 指定一个"
        f"（可以先运行 reportgen template make {form.id} -o 模板.docx 生成）。"
    )


def shipped_template(form: Form) -> Path:
    """Return where the shipped Word template of an edition is, if there is one."""
    from .. import templates

    return Path(templates.__path__[0]) / f"report-{form.id}.docx"


def shipped_templates() -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every shipped Word template, oldest form first."""
    from .. import templates

    for path in sorted(Path(templates.__path__[0]).glob("report-*.docx")):
        yield path.name, path.read_bytes()


def printed_texts(view: View) -> list[str]:
    """Return every text of a report in the order in which it is printed: what stands above the title, title,
    headings, texts."""
    by_id = {section.id: section for section in view.sections}
    texts = [*head_lines(view), view.title]
    before = view.extras.get("before", ())
    for section in view.form.sections:
        if section.heading:
            texts += [*before, section.heading]
            before = ()
        texts += view.notes.get(section.table, ())
        if section.id in by_id:
            for heading, paragraphs in by_id[section.id].passages:
                texts += [heading] if heading else []
                texts += paragraphs
    return [*texts, *view.extras.get("after", ())]


def head_lines(view: View) -> tuple[str, ...]:
    """Return what is printed above the title."""
    return (*view.extras.get("top", ()), *view.extras.get("number", ()))


def render(prepared: Prepared, view: View, properties: Mapping[str, str], *, marks: Collection[str] = ()) -> bytes:
    """Print one report.

    Args:
        properties: user-defined document properties.
        marks: ids of the cells to print with a yellow background.
    """
    return write_zip(_parts(prepared, view, properties, marks))


def _parts(
    prepared: Prepared, view: View, properties: Mapping[str, str], marks: Collection[str]
) -> Iterator[tuple[str, bytes]]:
    year, author = str(view.names["年份"]), str(view.names["机关名称"])
    loose = any(map(has_long_word, printed_texts(view)))
    for name, member in prepared.members.items():
        content = fill(member, view.names, marks) if isinstance(member, TaggedPart) else member
        if loose and isinstance(member, TaggedPart):
            from .runs import loosened  # loads lxml

            content = loosened(content)
        yield name, content
        if name == _BEFORE_PROPERTIES:
            yield CORE, _core_xml(view.title, author, int(year) if year.isdigit() else 1979)
            yield CUSTOM, _custom_xml(properties)


def render_report(
    report: Report,
    *,
    template: Path | None = None,
    draft: bool = False,
    marks: Collection[str] = (),
    notes: Sequence[Note] = (),
    result: str = "",
) -> bytes:
    """Print a report with a template; :func:`~reportgen.word.proof.prove` is the caller's next step.

    Args:
        report: a checked report.
        template: the user's own template; the edition's one if None.
        draft: print the template's 草稿 mark.
        marks: ids of the cells to mark, for a draft with wrong figures.
        notes: accepted explanations to print below the tables.
        result: result of the checks in a few words, kept in the document's properties.

    Returns:
        the Word file.

    Raises:
        TemplateError: the template has mistakes, or cannot be read.
    """
    from .template import prepared_template

    form = report.form
    prepared = prepared_template(template or default_template(form), form)
    view = make_view(report, draft=draft, notes=notes)
    properties = {
        "表式": f"{form.id}（{form.document}）",
        "reportgen": __version__,
        "工作簿SHA-256": report.sha256,
        "校验结果": result,
        "核对数值": str(len(view.figures) + len(printed_texts(view))),
    }
    return render(prepared, view, properties, marks=marks)


# ---------------------------------------------------------------- document properties


def _escape(text: str) -> str:
    # Not xml.sax.saxutils: it loads all of urllib and http.
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;")


def _core_xml(title: str, author: str, year: int) -> bytes:
    """Return ``docProps/core.xml``.

    Args:
        year: the data year.  Both dates are the first day of the year after it: the day itself
            would make two runs differ.
    """
    author = _escape(author)
    date = f'xsi:type="dcterms:W3CDTF">{year + 1:04d}-01-01T00:00:00Z'
    return (
        f"{_HEAD}<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_escape(title)}</dc:title><dc:creator>{author}</dc:creator>"
        f"<cp:lastModifiedBy>{author}</cp:lastModifiedBy>"
        f"<dcterms:created {date}</dcterms:created><dcterms:modified {date}</dcterms:modified>"
        "</cp:coreProperties>"
    ).encode()


def _custom_xml(properties: Mapping[str, str]) -> bytes:
    """Return ``docProps/custom.xml`` with these properties, all text."""
    items = "".join(
        f'<property fmtid="{_USER_PROPERTIES}" pid="{pid}" name="{_escape(name)}">'
        f"<vt:lpwstr>{_escape(value)}</vt:lpwstr></property>"
        for pid, (name, value) in enumerate(properties.items(), 2)
    )
    return (
        f'{_HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{items}</Properties>"
    ).encode()
