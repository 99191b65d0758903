"""Reports written into every kind of source by other means than the program's own.

Word through python-docx, old Excel through xlwt, the rest by hand, as offices and web systems write
them; each function returns the bytes of a file.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from reportgen.form import LayoutCell, Section, Table
from reportgen.model.report import Report

Label = Callable[[str], str]
"""Changes the labels, as other programs and people do."""


def plain(text: str) -> str:
    return text


def shown(report: Report, cell: str) -> str:
    """A figure as it was published."""
    value = report.values[cell]
    return str(value.number) if value.number is not None else value.raw


def content(report: Report, at: LayoutCell, label: Label = plain) -> str:
    return shown(report, at.cell) if at.cell else label(at.text + at.note)


def parts(report: Report) -> list[tuple[Section, list[str], Table | None]]:
    """Section, its paragraphs (sub-headings included) and its table, in order."""
    found = []
    for section in report.form.sections:
        texts: list[str] = []
        for passage in report.passages:
            if passage.section == section.id:
                texts += [passage.heading] if passage.heading else []
                texts += passage.paragraphs
        found.append((section, texts, report.form.table(section.table) if section.table else None))
    return found


def fixed(data: bytes) -> bytes:
    """The same zip with the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, (2025, 1, 1, 0, 0, 0))
            info.compress_type = entry.compress_type
            new.writestr(info, old.read(entry))
    return buffer.getvalue()


# ---------------------------------------------------------------- web pages


def html_table(
    report: Report, table: Table, label: Label = plain, cell: Label = plain, rows: Iterable[int] = ()
) -> str:
    """A table, or some of its rows."""
    lines = []
    for row in rows or range(1, table.height + 1):
        cells = []
        for at in (c for c in table.layout if c.row == row):
            spans = (f' rowspan="{at.row_span}"' if at.row_span > 1 else "") + (
                f' colspan="{at.column_span}"' if at.column_span > 1 else ""
            )
            text = escape(content(report, at, label)).replace("\n", "<br>")
            cells.append(f"<td{spans}>{cell(text) if at.cell else text}</td>")
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return '<table border="1">\n' + "\n".join(lines) + "\n</table>\n"


def html(
    report: Report, *, label: Label = plain, cell: Label = plain, title: str = "", before: str = "",
    after: str = "", charset: str = "utf-8", declared: str | None = None, layout: bool = False,
) -> bytes:  # fmt: skip
    """A published page."""
    body = [f"<h1>{escape(title or report.full_title)}</h1>"]
    for section, texts, table in parts(report):
        body += [f"<p>　　{escape(section.heading)}</p>"] if section.heading else []
        body += [f"<p>　　{escape(text)}</p>" for text in texts]
        body += [html_table(report, table, label, cell)] if table else []
    inner = "\n".join(body)
    if layout:
        inner = f"<table><tr><td>导航</td><td><div>{inner}</div></td></tr></table>"
    meta = f'<meta charset="{declared or charset}">' if declared != "" else ""
    page = (
        f"<!DOCTYPE html><html><head>{meta}<title>政务公开</title><style>td {{ width: 9px }}</style>"
        f"<script>var 数量 = 9;</script></head><body>{before}{inner}{after}</body></html>"
    )
    return page.encode(charset)


def mht(report: Report, **options: object) -> bytes:
    """A page saved as one file, as browsers do: quoted-printable, with a picture beside it."""
    message = EmailMessage(policy=SMTP)
    message["Subject"], message["MIME-Version"] = "report", "1.0"
    message.make_related()
    message.add_related(
        html(report, **options).decode("utf-8"), subtype="html", charset="utf-8", cte="quoted-printable"
    )
    message.add_related(b"\x89PNG", maintype="image", subtype="png")
    message.set_boundary("----=_part")
    return message.as_bytes()


# ---------------------------------------------------------------- Word


def docx(report: Report, *, label: Label = plain, title_lines: tuple[str, ...] = ()) -> bytes:
    from docx import Document

    document = Document()
    for line in title_lines or (report.full_title,):
        document.add_paragraph(line)
    for section, texts, table in parts(report):
        if section.heading:
            document.add_paragraph(section.heading)
        for text in texts:
            document.add_paragraph(text)
        if table:
            document.element.body.insert(len(document.element.body) - 1, _word_table(report, table, label))
    buffer = io.BytesIO()
    document.save(buffer)
    return fixed(buffer.getvalue())


def _word_table(report: Report, table: Table, label: Label):
    """A table as Word writes it: w:gridSpan to the right, w:vMerge down."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    covering = {
        (row, at.column): at for at in table.layout for row in range(at.row, at.row + at.row_span)
    }  # fmt: skip
    rows = []
    for row in range(1, table.height + 1):
        cells = []
        for at in (covering[row, c] for c in range(1, table.width + 1) if (row, c) in covering):
            span = f'<w:tcW w:w="{9000 // table.width * at.column_span}" w:type="dxa"/>'
            span += f'<w:gridSpan w:val="{at.column_span}"/>' if at.column_span > 1 else ""
            if at.row_span > 1:
                span += '<w:vMerge w:val="restart"/>' if row == at.row else "<w:vMerge/>"
            lines = content(report, at, label).split("\n") if row == at.row else [""]
            text = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
            cells.append(f"<w:tc><w:tcPr>{span}</w:tcPr><w:p><w:r>{text}</w:r></w:p></w:tc>")
        rows.append("<w:tr>" + "".join(cells) + "</w:tr>")
    width = 9000 // table.width
    grid = f'<w:gridCol w:w="{width}"/>' * table.width
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )  # fmt: skip
    return parse_xml(
        f"<w:tbl {nsdecls('w')}><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


# ---------------------------------------------------------------- sheets


def figure(report: Report, at: LayoutCell, label: Label) -> object:
    value = report.values[at.cell] if at.cell else None
    return value.number if value is not None and value.number is not None else content(report, at, label)


def entries(report: Report) -> list[tuple[str, str]]:
    """The fields but name and year, by their labels."""
    known = {field.id: field.label for field in report.form.fields if field.id not in ("org", "year")}
    return [(known[id_], str(entry)) for id_, entry in report.fields.items() if id_ in known]


def text_lines(report: Report) -> list[tuple[str, str, str]]:
    """The rows of a sheet of texts: heads, then part, sub-heading and text of each passage."""
    lines = [(report.form.section(p.section).heading, p.heading, "\n".join(p.paragraphs)) for p in report.passages]
    return [report.form.sheets.text_heads, *lines]


def xls(report: Report, *, label: Label = plain, whole: bool = False) -> bytes:
    """An old workbook; ``whole``: with all fields and texts, not only name, year and tables."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    info = book.add_sheet(report.form.sheets.fields)
    more = entries(report) if whole else []
    for n, (name, entry) in enumerate([("机关名称", report.org), ("数据年度", report.year), *more]):
        info.write(n, 0, name)
        info.write(n, 1, entry)
    for table in report.form.tables:
        sheet = book.add_sheet(table.id)
        for at in table.layout:
            value = figure(report, at, label)
            value = float(value) if isinstance(value, Decimal) else value
            top, left = at.row + 1, at.column
            sheet.write_merge(top, top + at.row_span - 1, left, left + at.column_span - 1, value)
    if whole:
        sheet = book.add_sheet(report.form.sheets.texts)
        for row, line in enumerate(text_lines(report)):
            for column, text in enumerate(line):
                sheet.write(row, column, text)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3">'
    '<office:automatic-styles><style:style style:name="no" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    "<office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"
)


def ods_cell(value: object, spans: str = "", formula: str = "") -> str:
    """One ``table:table-cell``."""
    made = f' table:formula="{escape(formula)}"' if formula else ""
    if isinstance(value, (int, Decimal)):
        return (
            f'<table:table-cell{spans}{made} office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    if value is None or value == "":
        return f"<table:table-cell{spans}{made}/>"
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f'<table:table-cell{spans}{made} office:value-type="string">{lines}</table:table-cell>'


def _ods_line(values: Iterable[object]) -> str:
    return f"<table:table-row>{''.join(map(ods_cell, values))}</table:table-row>"


def ods_file(sheets: str) -> bytes:
    """Pack the ``table:table`` elements of a workbook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS.format(sheets), zipfile.ZIP_DEFLATED)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return fixed(buffer.getvalue())


def ods(
    report: Report,
    *,
    label: Label = plain,
    formulas: bool = False,
    sheet_marks: str = "",
    row_marks: Mapping[tuple[str, int], str] | None = None,
    whole: bool = False,
) -> bytes:
    """A workbook with one sheet per table; ``whole`` as for :func:`xls`; ``formulas`` makes the totals of 表三 formulas without results."""
    sheets = [
        '<table:table table:name="基本信息"><table:table-row>' + ods_cell("机关名称") + ods_cell(report.org)
        + "</table:table-row><table:table-row>" + ods_cell("数据年度") + ods_cell(report.year)
        + "</table:table-row>" + "".join(map(_ods_line, entries(report) if whole else [])) + "</table:table>"
    ]  # fmt: skip
    if whole:
        lines = "".join(map(_ods_line, text_lines(report)))
        sheets.append(f'<table:table table:name="{report.form.sheets.texts}">{lines}</table:table>')
    for table in report.form.tables:
        starts = {(at.row, at.column): at for at in table.layout}
        empty = '<table:table-cell table:number-columns-repeated="1024"/>'
        rows = [f'<table:table-row table:number-rows-repeated="3">{empty}</table:table-row>']
        for row in range(1, table.height + 1):
            cells = []
            for column in range(1, table.width + 1):
                at = starts.get((row, column))
                if at is None:
                    cells.append("<table:covered-table-cell/>")
                    continue
                spans = (
                    f' table:number-columns-spanned="{at.column_span}" table:number-rows-spanned="{at.row_span}"'
                    if at.row_span * at.column_span > 1 else ""
                )  # fmt: skip
                if formulas and at.cell.startswith("表三.") and at.cell.endswith(".total"):
                    cells.append(ods_cell(None, spans, f"of:=SUM([.D{row + 3}:.I{row + 3}])"))
                else:
                    cells.append(ods_cell(figure(report, at, label), spans))
            mark = (row_marks or {}).get((table.id, row), "")
            rows.append(f"<table:table-row{mark}>" + "".join(cells) + "</table:table-row>")
        columns = '<table:table-column table:number-columns-repeated="1024"/>'
        sheets.append(f'<table:table table:name="{table.id}"{sheet_marks}>{columns}{"".join(rows)}</table:table>')
    return ods_file("".join(sheets))
