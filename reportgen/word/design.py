"""The default Word template, made from the form alone.

The template is a normal document that office IT edits in Word; the tags in it are those of
``reportgen/word/tags.py``.  Run as a module to write the shipped templates:

    python -m reportgen.word.design [FOLDER]
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn
from lxml import etree

from ..form import Form, LayoutCell, Section, Table, editions, load_form
from ..opc.archive import write_zip
from ..show.view import notes_name
from . import looks as look
from .looks import w

# A table, a block or a group of at most this many rows is not torn apart by a page's end.
_TABLE_KEPT, _KEPT_TOGETHER = 15, 6
# Figures of table 三 and 四 have had five digits; digits of 宋体 are half as wide as high.
_DIGITS = 5

_THEME = "word/theme/theme1.xml"
_NO_DATE = datetime(2000, 1, 1, tzinfo=timezone.utc)
_KEPT_PARTS = {RT.STYLES, RT.SETTINGS, RT.FONT_TABLE, RT.THEME, RT.HEADER, RT.FOOTER}
_IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>reportgen</Application></Properties>"
)


def default_template(form: Form) -> bytes:
    """Return the Word template of an edition, the same bytes every time.

    Layout: FORMAT.md 7.1–7.9 (GB/T 9704—2012 for page and text, the official attachment for tables).
    """
    document = docx.Document()
    _strip(document)
    _set_page(document)
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    end = body[-1]
    for element in _content(form):
        end.addprevious(element)
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.title, properties.subject, properties.language = form.title, form.document, "zh-CN"
    properties.created = properties.modified = _NO_DATE
    properties.revision = 1
    return _packed(document)


def reference(*path: str) -> str:
    """Return the tag that prints a name of the view, given the steps to it."""
    first, *rest = path
    steps = (f".{step}" if step.isidentifier() else f'["{step}"]' for step in rest)
    return "{{ " + first + "".join(steps) + " }}"


# The text, from title to signature


def _content(form: Form) -> Iterator[Any]:
    yield from _extras(form, "top", look.LETTERHEAD)
    yield from _extras(form, "number", look.DOCUMENT_NUMBER)
    if head := [extra.name for extra in form.extras if extra.place in ("top", "number")]:
        line = _paragraph(look.BODY)
        line[0].append(w("pBdr", w("bottom", val="single", sz=18, space=1, color=look.RED)))
        yield from _when(" or ".join(head), [line, _paragraph(look.BODY)])
    yield from _loop("行", "标题行", [_paragraph(look.TITLE, "{{ 行 }}")])
    yield _paragraph(look.BODY)
    after_table = False
    first = next(section for section in form.sections if section.heading)
    for section in form.sections:
        if section is first:
            yield from _extras(form, "before", look.BODY)
        if section.heading:
            heading = _paragraph(look.PART, section.heading)
            gaps = {"before": look.GAP_BEFORE} if after_table else {}
            if section.table:
                gaps["after"] = look.GAP_AFTER
            if gaps:
                heading[0].append(w("spacing", **gaps))
            yield heading
        after_table = bool(section.table)
        if section.table:
            form_table = form.table(section.table)
            # By the names of :func:`reportgen.show.view.template_names`.
            tags = {
                cell: reference(form_table.id, row.short, column.short) for row, column, cell in form_table.figures()
            }
            yield _table(form_table, section.heading.removeprefix(f"{section.number}、"), tags)
            yield from _loop("句", notes_name(form_table), [_paragraph(look.REMARK, "{{ 句 }}")])
        else:
            yield from _passages(section)
    yield from _extras(form, "after", look.BODY)
    if any(field.id == "signature_date" for field in form.fields):
        date = form.field("signature_date").short
        lines = _loop("行", "落款行", [_paragraph(look.SIGNATURE, "{{ 行 }}")])
        yield from _when(date, [_paragraph(look.SIGNATURE), *lines])


def _extras(form: Form, place: str, style: str) -> Iterator[Any]:
    """The optional parts of one place; each prints nothing while it is switched off."""
    for extra in form.extras:
        if extra.place == place:
            yield from _loop("行", extra.name, [_paragraph(style, "{{ 行 }}")])


def _passages(section: Section) -> Iterator[Any]:
    heading = _when("节.小标题", [_paragraph(look.PASSAGE, "{{ 节.小标题 }}")])
    texts = _loop("段", "节.段落", [_paragraph(look.BODY, "{{ 段 }}")])
    return _loop("节", section.number or section.title, [*heading, *texts])


def _loop(variable: str, items: str, inside: Iterable[Any]) -> Iterator[Any]:
    yield _paragraph(look.BODY, f"{{%p for {variable} in {items} %}}")
    yield from inside
    yield _paragraph(look.BODY, "{%p endfor %}")


def _when(condition: str, inside: Iterable[Any]) -> Iterator[Any]:
    yield _paragraph(look.BODY, f"{{%p if {condition} %}}")
    yield from inside
    yield _paragraph(look.BODY, "{%p endif %}")


def _paragraph(style: str, text: str = "") -> Any:
    paragraph = w("p", w("pPr", w("pStyle", val=style)))
    if text:
        paragraph.append(_run(text))
    return paragraph


# Tables: merged cells, labels, and a tag in every figure's cell


def column_widths(table: Table) -> list[int]:
    """Return the widths of the grid's columns in twips; they add up to the type area exactly."""
    shares = table.widths or (1,) * table.width
    whole = sum(shares)
    edges = [round(look.TYPE_WIDTH * share / whole) for share in accumulate(shares, initial=0)]
    return [right - left for left, right in pairwise(edges)]


def _table(form_table: Table, heading: str, tags: Mapping[str, str]) -> Any:
    """Return ``w:tbl``.

    Args:
        heading: what it stands under; with the table's name the title that screen readers say.
        tags: the text that stands for a figure, by its cell id.
    """
    widths = column_widths(form_table)
    covering: dict[tuple[int, int], LayoutCell] = {}
    for cell in form_table.layout:
        for row in range(cell.row, cell.row + cell.row_span):
            covering[row, cell.column] = cell
    kept, repeated = _kept_rows(form_table), form_table.header_rows
    wide = {block.first_row + block.header_rows for block in form_table.blocks if block.wide}
    element = w(
        "tbl",
        _table_properties(f"{form_table.id}：{heading}"),
        w("tblGrid", *(w("gridCol", w=width) for width in widths)),
    )
    for row in range(1, form_table.height + 1):
        height = look.WIDE_ROW_HEIGHT if row in wide else look.ROW_HEIGHT
        properties = w("trPr", w("cantSplit"), w("trHeight", val=height, hRule="atLeast"))
        if row <= repeated:
            properties.append(w("tblHeader"))
        line = w("tr", properties)
        for column in range(1, form_table.width + 1):
            if at := covering.get((row, column)):
                line.append(_cell(form_table, at, row, widths, row in kept, tags))
        element.append(line)
    return element


def _kept_rows(table: Table) -> set[int]:
    """Rows that stay on the page of the next one: headers, all of a short table, block or group but its last."""
    if table.height <= _TABLE_KEPT:
        return set(range(1, table.height))
    kept: set[int] = set()
    ends = [*(block.first_row for block in table.blocks[1:]), table.height + 1]
    for block, end in zip(table.blocks, ends, strict=True):
        rows = range(block.first_row, end)
        kept.update(rows[:-1] if len(rows) <= _KEPT_TOGETHER else rows[: block.header_rows])
    for cell in table.layout:
        if cell.role == "row" and cell.row_span <= _KEPT_TOGETHER:
            kept.update(range(cell.row, cell.row + cell.row_span - 1))
    return kept


def _table_properties(caption: str) -> Any:
    line = {"val": "single", "sz": look.TABLE_BORDER, "space": 0, "color": "000000"}
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    margins = (("top", look.CELL_AIR), ("left", look.CELL_MARGIN),
               ("bottom", look.CELL_AIR), ("right", look.CELL_MARGIN))  # fmt: skip
    return w(
        "tblPr",
        w("tblW", w=look.TYPE_WIDTH, type="dxa"),
        w("jc", val="center"),
        w("tblBorders", *(w(side, **line) for side in sides)),
        w("tblLayout", type="fixed"),
        w("tblCellMar", *(w(side, w=width, type="dxa") for side, width in margins)),
        w("tblLook", val="0000", firstRow=0, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
        w("tblCaption", val=caption),
    )


def _cell(form_table: Table, cell: LayoutCell, row: int, widths: list[int], kept: bool, tags: Mapping[str, str]) -> Any:
    width = sum(widths[cell.column - 1 : cell.column - 1 + cell.column_span])
    properties = w("tcPr", w("tcW", w=width, type="dxa"))
    if cell.column_span > 1:
        properties.append(w("gridSpan", val=cell.column_span))
    if cell.row_span > 1:
        properties.append(w("vMerge", val="restart" if row == cell.row else "continue"))
    if cell.role == "title":
        properties.append(w("shd", val="clear", color="auto", fill=look.BLOCK_FILL))
    if (margin := _margin(cell)) is not None:
        properties.append(w("tcMar", *(w(side, w=margin, type="dxa") for side in ("left", "right"))))
    properties.append(w("vAlign", val="center"))
    paragraph = w("p", w("pPr", w("pStyle", val=_style(form_table, cell, width))))
    if kept:
        paragraph[0].append(w("keepNext"))
    if row == cell.row:
        if text := tags[cell.cell] if cell.cell else cell.text:
            paragraph.append(_run(text))
        if cell.note:
            paragraph.append(_run(cell.note, look.NOTE))
    return w("tc", properties, paragraph)


def _margin(cell: LayoutCell) -> int | None:
    """Left and right margin of a cell that needs all its width; None is the table's."""
    if cell.role == "value":
        return look.CELL_NUMBER_MARGIN
    return look.CELL_GROUP_MARGIN if cell.role == "row" and cell.row_span > 1 else None


def _style(table: Table, cell: LayoutCell, width: int) -> str:
    """Headers are centred; so are the labels of a table with a single column of them (attachment)."""
    if cell.role == "value":
        room = width - 2 * look.CELL_NUMBER_MARGIN
        return look.NUMBER if room >= _DIGITS * look.NUMBER_SIZE * 5 else look.NUMBER_SMALL
    if cell.role == "column" or (cell.role in ("corner", "row") and table.label_columns == 1):
        return look.TABLE_HEAD
    return look.TABLE_TEXT


def _run(text: str, style: str = "") -> Any:
    """Return ``w:r`` with the text; quotes and dashes in it take the Chinese face."""
    properties = w("rPr", *([w("rStyle", val=style)] if style else []), w("rFonts", hint="eastAsia"))
    content = w("t")
    content.text = text
    if text != text.strip():
        content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return w("r", properties, content)


# Page, header, footer


def _set_page(document: Any) -> None:
    section = document.sections[0]
    for header in (section.header, section.even_page_header):
        mark = _when("草稿", [_paragraph(look.DRAFT, "{{ 草稿 }}")])
        _fill(header, [*mark, _paragraph(look.BODY)])  # a header must not be left empty
    _fill(section.footer, [_page_number(look.PAGE_ODD)])
    _fill(section.even_page_footer, [_page_number(look.PAGE_EVEN)])
    properties = document.element.body.sectPr
    for child in list(properties):
        if child.tag not in (qn("w:headerReference"), qn("w:footerReference")):
            properties.remove(child)
    width, height = look.PAGE
    properties.extend([
        w("pgSz", w=width, h=height),
        w("pgMar", **look.MARGINS, header=look.HEADER_DISTANCE, footer=look.FOOTER_DISTANCE, gutter=0),
        w("cols", space=425),
        # No character grid: it would stretch the title, and LibreOffice draws it far too wide.
        w("docGrid", linePitch=look.LINE),
    ])  # fmt: skip


def _fill(part: Any, paragraphs: Iterable[Any]) -> None:
    part.is_linked_to_previous = False
    element = part.part.element
    for child in list(element):
        element.remove(child)
    element.extend(paragraphs)


def _page_number(style: str) -> Any:
    """``— 1 —`` (GB/T 9704 7.5)."""

    def mark(kind: str) -> Any:
        return w("r", w("rPr", w("rFonts", hint="eastAsia")), w("fldChar", fldCharType=kind))

    instruction = w("instrText")
    instruction.text = "PAGE"
    paragraph = _paragraph(style, "— ")
    paragraph.extend([
        mark("begin"), w("r", w("rPr", w("rFonts", hint="eastAsia")), instruction), mark("separate"),
        _run("1"), mark("end"), _run(" —"),
    ])  # fmt: skip
    return paragraph


# The package


def _strip(document: Any) -> None:
    """Leave nothing of python-docx's own template but the empty parts we fill."""
    part, package = document.part, document.part.package
    for relation in [r for r in part.rels.values() if r.reltype not in _KEPT_PARTS]:
        del part.rels[relation.rId]
    for relation in [r for r in package.rels.values() if r.reltype.endswith("/thumbnail")]:
        del package.rels[relation.rId]
    for element, children in ((document.styles.element, look.styles()), (document.settings.element, look.settings())):
        for child in list(element):
            element.remove(child)
        element.extend(children)
        element.attrib.pop(_IGNORABLE, None)  # it names prefixes that nothing here uses
        etree.cleanup_namespaces(element)


def _packed(document: Any) -> bytes:
    """Save with the fixed dates and order of :mod:`reportgen.opc.archive`, and our own plain parts."""
    fonts = etree.tostring(look.font_table(), xml_declaration=True, encoding="UTF-8", standalone=True)
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        theme = etree.fromstring(archive.read(_THEME))
        look.set_theme_fonts(theme)
        own = {
            "docProps/app.xml": _APP, "word/fontTable.xml": fonts,
            _THEME: etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True),
        }  # fmt: skip
        names = sorted(archive.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        return write_zip((name, own.get(name) or archive.read(name)) for name in names)


def main(arguments: list[str] | None = None) -> None:
    """Write ``report-<edition>.docx`` into a folder (default ``templates``).

    Only of editions in force: reports by an earlier one are read, not written.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    folder = Path(arguments[0] if arguments else "templates")
    for form in map(load_form, editions()):
        if not form.final_year:
            (folder / f"report-{form.id}.docx").write_bytes(default_template(form))


if __name__ == "__main__":
    main()
