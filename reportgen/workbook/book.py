"""The whole workbook: sheets in order, properties, and a file with the same bytes every time."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName

from ..disk.files import write_output
from ..disk.names import wrong_ending
from ..form import Form
from ..model.exchange import to_json
from ..model.numbers import Number, format_number
from ..model.report import Report
from ..opc.archive import write_zip
from ..rollup import Rollup
from .cellstyle import SONG, Formula, writable
from .checksheet import HEAD_ROW, CheckSheet
from .entries import FIELD_TOP, fields_sheet, guide_sheet, last_year_sheet
from .figures import figures, places
from .rollupsheets import Details, rollup_sheets, warn_of_drafts
from .streamed import Streamed
from .tables import TableSheet
from .textsheet import TOP as TEXT_TOP
from .textsheet import names_sheet, text_rows, text_sheet

FORM_PROPERTY = "reportgen.form"
"""Custom document property with the form's edition; for other programs, nothing here reads it."""

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_REFERENCE = re.compile(rb"&#(\d{3,7});")
"""openpyxl writes all Chinese as ``&#34920;``, at twice the size."""
_FORMULA = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f>)(?:<v></v>|<v ?/>)')
_EMPTY = re.compile(rb'(<c r="[A-Z]+[0-9]+" s="[0-9]+")(?: t="n")?></c>')
"""A cell that has a style and nothing else; half of a sheet's cells."""
_FIXED_HEIGHT = re.compile(rb'(<row r="([0-9]+)"[^>]*?) customHeight="1"')
_FIRST_FONT = re.compile(rb"<font>.*?</font>", re.S)
_BASE_FONT = f'<font><sz val="11"/><name val="{SONG}"/><family val="3"/><charset val="134"/></font>'.encode()
"""Column widths count characters of this font; openpyxl's default one has no Chinese characters."""
_FONT = re.compile(rb"(<(?:font|rPr)>)((?:<[a-zA-Z]+(?: [^>]*)?/>)+)(</(?:font|rPr)>)")
_CHILD = re.compile(rb"<([a-zA-Z]+)(?: [^>]*)?/>")
_FONT_ORDER = b"b i strike condense extend outline shadow u vertAlign sz color name rFont family charset scheme".split()
"""CT_Font and CT_RPrElt, as Excel writes them."""


def blank_workbook(
    form: Form,
    *,
    year: int | None = None,
    org: str = "",
    typed_totals: bool = False,
    report: Report | None = None,
    lock: bool = False,
) -> bytes:
    """Return the standard workbook of a form as the bytes of an .xlsx file.

    Args:
        form: the edition of the form.
        year: the year of the data; overrides the report's.
        org: the body's full name; overrides the report's.
        typed_totals: leave the totals open for typing instead of giving them by formula.
        report: prefill everything this report holds: figures, fields, texts, last year's figures.
            Without ``typed_totals``, a total that is not the sum of its parts is still written as
            it was reported, so that no figure is lost and the sheet shows the break.
        lock: what is known of the year before, and the figures that begin where it ended, are not open for
            typing; the sheets have no password.

    Returns:
        the file; the same arguments give the same bytes.

    Raises:
        OutputError: a text is longer than a cell can hold (32767 characters).
    """
    book, results = _standard(form, year, org, typed_totals, report, lock=lock)
    return saved(book, results, form)


def merged_workbook(rollup: Rollup, *, folder: Path | None = None) -> bytes:
    """Return the standard workbook of a sum, its figures added up by formula from a row per body.

    Besides the sheets of every workbook it has those of ``[rollup.sheets]`` of the form: the bodies'
    figures, the list of bodies and files, findings, explanations, texts and changes.

    Args:
        rollup: the sum.
        folder: where the file will be: links to the bodies' files are relative to it.

    Returns:
        the file; the same arguments give the same bytes.

    Raises:
        OutputError: a text is longer than a cell can hold (32767 characters).
    """
    report = rollup.report
    details = Details(report.form, rollup)
    book, results = _standard(report.form, None, "", False, report, details)
    results |= details.write(book)
    lists = (details.rows, *rollup_sheets(book, rollup, folder))
    warn_of_drafts(book, rollup)
    return saved(book, results, report.form, lists)


def extract(report: Report, out: Path | str, *, force: bool = False) -> tuple[int, Path | None]:
    """Write a report as a standard workbook (.xlsx) or as JSON (.json).

    Args:
        out: where to; its suffix says what.
        force: replace an existing file, keeping a dated copy of it.

    Returns:
        how many figures the source held, and the copy kept of what stood there before.

    Raises:
        OutputError: another suffix, or the file cannot be written.
    """
    path = Path(out)
    suffix = path.suffix.lower()
    if suffix == ".json":
        data = to_json(report).encode("utf-8")
    elif suffix == ".xlsx":
        data = blank_workbook(report.form, report=report)
    else:
        raise wrong_ending(path, "输出文件", ".xlsx", ".json")
    copy = write_output(path, data, force=force, inputs=[report.path] if report.path else [])
    return sum(value.number is not None for value in report.values.values()), copy


def _standard(
    form: Form, year: int | None, org: str, typed_totals: bool, report: Report | None,
    details: Details | None = None, *, lock: bool = False,
) -> tuple[Workbook, dict[tuple[str, str], str]]:  # fmt: skip
    """Build the sheets that every workbook has.

    Args:
        form, year, org, typed_totals, report, lock: see :func:`blank_workbook`.
        details: where the figures of a sum are from.

    Returns:
        the workbook, and what its formulas give, by sheet and address.
    """
    fields: dict[str, str | Number] = dict(report.fields) if report else {}
    fields |= {"org": org} if org else {}
    fields |= {"year": year} if year is not None else {}
    whose = Report(form, report.values if report else {}, fields, report.passages if report else ())

    book = Workbook()
    book.remove(book.worksheets[0])
    where = places(form)
    links = details.links() if details else {}
    contents = figures(form, typed_totals, report, links)
    locked = (
        frozenset(c for c in form.opening if report and report.values[c].number is not None) if lock else frozenset()
    )
    checks = CheckSheet(form, where, contents, summed=details is not None)

    guide_sheet(book, form, typed_totals)
    fields_sheet(book, form, {key: Formula(links[key]) if key in links else value for key, value in fields.items()})
    text_sheet(book, form, list(text_rows(form, whose, standard=not whose.passages)))
    for table in form.tables:
        TableSheet(book, form, table, where, contents, locked).write(checks.status(table))
    last = report or whose
    last_year_sheet(book, form, last.last_year, last.last_year_texts, lock=lock)
    checks.write(book)
    names_sheet(book, form, where)
    _describe(book, form, whose)
    results = {
        (where.sheet[cell], where.address(cell)): format_number(number) for cell, number in contents.results.items()
    }
    for row, field in enumerate(form.fields, FIELD_TOP):
        number = fields.get(field.id)
        if field.id in links and isinstance(number, (int, Decimal)):
            results[form.sheets.fields, f"B{row}"] = format_number(number)
    return book, results


def _describe(book: Workbook, form: Form, report: Report) -> None:
    properties = book.properties
    properties.creator = writable(report.org) or "reportgen"
    properties.title = writable(report.full_title) if report.org and report.year else form.title
    properties.subject = form.document
    properties.created = properties.modified = dated(form)
    custom: Any = getattr(book, "custom_doc_props")  # noqa: B009
    custom.append(StringProperty(name=FORM_PROPERTY, value=form.id))
    name = DefinedName("reportgen_form", attr_text=f'"{form.id}"', hidden=True)
    book.defined_names.add(name)


def dated(form: Form) -> datetime:
    """Return the date written into every workbook of a form: the bytes depend on the contents alone."""
    return datetime(form.first_year, 1, 1)


def saved(book: Workbook, results: Mapping[tuple[str, str], str], form: Form, lists: Iterable[Streamed] = ()) -> bytes:
    """Save, then correct what openpyxl writes: time of saving, character references, order of a font's children.

    Args:
        results: (sheet, address) → what the formula there gives.  openpyxl cannot store results;
            with them the totals also show where nothing is computed (previews, telephones).
        form: its sheets of texts have rows that grow; its date is that of creation and saving.
        lists: rows to be put into their sheets.

    Returns:
        the file; the same bytes every time.
    """
    raw = BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as old:
        return write_zip(_corrected(old, book, results, form, lists))


def _corrected(
    old: zipfile.ZipFile, book: Workbook, results: Mapping[tuple[str, str], str], form: Form, lists: Iterable[Streamed]
) -> Iterator[tuple[str, bytes | Iterable[bytes]]]:
    """Yield the parts of a workbook that openpyxl saved; arguments as for :func:`saved`."""
    # openpyxl makes every height a fixed one; from these rows on, rows are to grow with their text.
    growing = {form.sheets.fields: FIELD_TOP, form.sheets.texts: TEXT_TOP, form.sheets.checks: HEAD_ROW + 1}
    streamed = {one.name: one for one in lists}
    stamp = dated(form).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    parts = {f"xl/worksheets/sheet{n}.xml": sheet.title for n, sheet in enumerate(book.worksheets, 1)}
    for name in old.namelist():
        data = _REFERENCE.sub(lambda match: chr(int(match[1])).encode(), old.read(name))
        if name == "docProps/core.xml":
            data = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", data)
        elif name == "xl/styles.xml":
            data = _FONT.sub(_in_order, _FIRST_FONT.sub(_BASE_FONT, data, count=1))
        elif name in parts:
            data = _FONT.sub(_in_order, data)
            if parts[name] in growing:
                data = _growing(data, growing[parts[name]])
            data = _with_results(data, {a: v for (s, a), v in results.items() if s == parts[name]})
            data = _EMPTY.sub(rb"\1/>", data.replace(b"</f><v></v>", b"</f>")).replace(b' t="n">', b">")
        whole = streamed.get(parts.get(name, ""))
        yield name, whole.put_into(data) if whole else data


def _growing(xml: bytes, first: int) -> bytes:
    """Let the rows from ``first`` on have the height that their text needs."""
    return _FIXED_HEIGHT.sub(lambda row: row[1] if int(row[2]) >= first else row[0], xml)


def _in_order(match: re.Match[bytes]) -> bytes:
    """Put the children of a font into the order of the schema; openpyxl has one of its own."""
    children = sorted(_CHILD.finditer(match[2]), key=lambda child: _FONT_ORDER.index(child[1]))
    return match[1] + b"".join(child[0] for child in children) + match[3]


def _with_results(xml: bytes, results: Mapping[str, str]) -> bytes:
    """Put results into the formula cells of a sheet."""

    def put(match: re.Match[bytes]) -> bytes:
        result = results.get(match[2].decode())
        return match[0] if result is None else match[1] + b"<v>" + result.encode() + b"</v>"

    return _FORMULA.sub(put, xml) if results else xml
