"""Who reports and of which year: the title, and the fields of 基本信息."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

import msgspec

from ..form import Field, Form
from ..form.likeness import key
from ..model.findings import CellRef, Finding, finding
from ..model.numbers import exact, parse_number, parse_year, show
from ..model.report import Origin
from ..sources import Document, GridCell, Paragraph
from .entries import fault_of, formula_finding, invisible_in, seen, shown_otherwise, text_of, without_invisible
from .index import LabelIndex
from .prose import section_of_line, without_contents
from .texts import text_head
from .titles import Title, joined, parse_title, possible_titles, titles_in
from .wording import Texts, chinese_date, clean

_WEB = ("html", "mht")
_PERIOD = r"(\d{4})年1月1日(?:起)?(?:至|到|-|—|－|~)+(?:同年|当年|\1年)?12月31日"
"""The year that a text says its figures are of."""


def read_fields(form: Form, document: Document, indexes: Sequence[LabelIndex]) -> Texts:
    """Find the title and the fields in sheets and paragraphs.

    Args:
        form: the edition.
        document: what the file holds.
        indexes: its grids.

    Returns:
        texts with fields, title and the paragraphs behind it; the passages are still to be read.
    """
    texts = Texts()
    document = _seen(document, texts)
    sheets = [index for index in indexes if _wordings(form, index) and not text_head(form, index)]
    places = [place for index in sheets for place in _places(form, index)]
    for hidden in (False, True):  # visible entries count before hidden ones
        for one, entry, origin in places:
            if origin.hidden == hidden and one.id not in texts.fields:
                texts.field_origins.setdefault(one.id, origin)
                if entry is not None:
                    _entry(form, one, entry, origin, texts)
    texts.findings.extend(_several(form, sheets))
    _title(form, document, indexes, texts)
    of_report = {f"正文!{one.address}" for one in texts.body}
    texts.invisible = [(ref, names) for ref, names in texts.invisible if ref.address in of_report]
    return texts


def _seen(document: Document, texts: Texts) -> Document:
    """Return the document without the characters in its paragraphs that nobody sees; they are noted."""
    paragraphs = []
    for one in document.paragraphs:
        text = seen(one.text, CellRef(Origin("正文", one.address), ""), texts)
        if text.strip() or one.beside:
            paragraphs.append(one if text == one.text else msgspec.structs.replace(one, text=text))
    return msgspec.structs.replace(document, paragraphs=tuple(paragraphs))


def _title(form: Form, document: Document, indexes: Sequence[LabelIndex], texts: Texts) -> None:
    """Find the title, and take body and year from it where no entry says them.

    Several titles that differ, links to other years for one, are settled by the name of the page and by the years
    that the texts name in full; else year and body stay open and are asked for.
    """
    paragraphs = without_contents(form, document.paragraphs)
    end = next((n for n, one in enumerate(paragraphs) if section_of_line(form, one.text)), len(paragraphs))
    found = list(titles_in(form, _own(form, paragraphs[:end]), end, web=document.kind in _WEB))
    texts.body = paragraphs
    page = parse_title(form, document.properties.get("title", "")) if document.properties else None
    if found:
        likely = _likely(found, page, paragraphs)
        chosen = next((one for one in reversed(likely) if form.title_of(one.org, one.year) == one.text), likely[-1])
        texts.title, texts.body = joined(paragraphs[chosen.first : chosen.last + 1]), paragraphs[chosen.last + 1 :]
        orgs, years = {one.org for one in likely if one.org}, {one.year for one in likely}
        told = _told_years(paragraphs)
        if document.kind in _WEB and told.isdisjoint(years):  # perhaps a link to another year, and no title of its own
            years |= told
    else:
        cells = [(text, title) for index in indexes if not index.grid.hidden for text, title in _titles_in(form, index)]
        cells = cells or ([(document.properties["title"], page)] if page else [])
        texts.title = cells[0][0] if cells else ""
        orgs, years = {title[0] for _, title in cells if title[0]}, {title[1] for _, title in cells}
    if len(orgs) == 1:
        texts.fields.setdefault("org", orgs.pop())
    if years:
        texts.fields.setdefault("year", years.pop() if len(years) == 1 else "、".join(map(str, sorted(years))))


def _own(form: Form, paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return paragraphs without what names other reports: links, and the line behind 上一篇."""
    before = ["", *(one.text.strip().rstrip("：:") for one in paragraphs)]
    texts = (
        "" if above in form.titles.links else one.text if one.unlinked is None else one.unlinked
        for above, one in zip(before, paragraphs, strict=False)
    )  # fmt: skip
    return [msgspec.structs.replace(one, text=text) for one, text in zip(paragraphs, texts, strict=True)]


def _likely(found: Sequence[Title], page: tuple[str, int] | None, paragraphs: Sequence[Paragraph]) -> Sequence[Title]:
    """Return those of several titles that may be the report's."""
    if len({(one.org, one.year) for one in found if one.org or not any(other.org for other in found)}) == 1:
        return found
    likely = [one for one in found if page and (not page[0] or page[0] == one.org) and page[1] == one.year]
    if not likely:
        told = _told_years(paragraphs)
        likely = [one for one in found if told == {one.year}]
    return likely or found


def _told_years(paragraphs: Sequence[Paragraph]) -> set[int]:
    return {int(year) for one in paragraphs for year in re.findall(_PERIOD, "".join(one.text.split()))}


def _titles_in(form: Form, index: LabelIndex) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield the visible cells of a grid that are titles of the report, with body and year."""
    for label in possible_titles(form, index.labels):
        for cell in index.cells(label):
            text = str(cell.value) if cell.unlinked is None else cell.unlinked
            if not cell.hidden and (title := parse_title(form, text)):
                yield text.strip(), title


def _several(form: Form, sheets: Sequence[LabelIndex]) -> Iterator[Finding]:
    """S-04: two visible sheets say who reports and of which year."""
    required = {one.id for one in form.fields if one.required}
    sets = []
    for index in sheets:
        filled = {one.id: cell for one, cell in _entries(form, index) if one.id in required}
        if not index.grid.hidden and required and filled.keys() == required:
            sets.append((index.grid, filled))
    if len(sets) > 1:
        refs = [
            CellRef(Origin(grid.name, cell.address, cell.row, cell.column), one.label)
            for grid, filled in sets for one in form.fields if (cell := filled.get(one.id))
        ]  # fmt: skip
        names = "、".join(f"“{grid.name}”" for grid, _ in sets)
        what = f"文件里有{len(sets)}张“{form.sheets.fields}”（{names}），不能确定用哪一张"
        yield finding(form.rules["S-04"], refs, what=f"{what}；请把不要的一张删去")


def _entries(form: Form, index: LabelIndex) -> Iterator[tuple[Field, GridCell]]:
    """Yield the visible entries of a sheet that hold something."""
    for one, label in _wordings(form, index):
        for place in index.beside(label):
            cell = index.grid.cell(*place)
            if cell is not None and not cell.hidden and (cell.value not in (None, "") or cell.formula):
                yield one, cell


def _places(form: Form, index: LabelIndex) -> Iterator[tuple[Field, GridCell | None, Origin]]:
    """Yield where the entries of a sheet stand, right of each label, and the cells there, if any."""
    grid = index.grid
    for one, label in _wordings(form, index):
        for place in index.beside(label):
            entry = grid.entry(*place)
            unseen = grid.hidden or (entry is not None and entry.hidden)
            yield one, entry, Origin(grid.name, grid.address(*place), *place, unseen)


def _wordings(form: Form, index: LabelIndex) -> list[tuple[Field, str]]:
    """Return the fields with the key of each of their wordings that stands in a sheet."""
    labels = index.labels
    return [(one, label) for one, label in _every_wording(form) if label in labels]


@lru_cache(maxsize=16)
def _every_wording(form: Form) -> list[tuple[Field, str]]:
    return [(one, key(wording)) for one in form.fields for wording in (one.label, *one.variants)]


def _entry(form: Form, one: Field, entry: GridCell, origin: Origin, texts: Texts) -> None:
    """Read one entry and say what is wrong with it: N-05, F-01, N-07 and N-10."""
    ref, place = CellRef(origin, one.label), f"“{one.label}”"
    fault = fault_of(entry)
    raw = entry.formula if entry.value is None else str(entry.value)
    said = formula_finding(form, entry, ref, place)
    if said is not None:
        texts.findings.append(said)
    elif fault:
        texts.findings.append(finding(form.rules["F-01"], [ref], place=place, raw=raw, what=fault))
    elif entry.result == "computed":
        texts.computed.append((ref, text_of(entry)[0]))
    if fault:
        texts.field_origins[one.id] = origin
        return
    if entry.value is None or not clean(str(entry.value)).strip():
        return
    texts.field_origins[one.id] = origin
    problem = _field(one, entry, texts)
    if problem:
        texts.findings.append(finding(form.rules["F-01"], [ref], place=place, raw=clean(raw).strip(), what=problem))
    elif unseen := invisible_in(raw):
        what = f"有看不见的字符 {unseen}，读的时候去掉了"
        texts.findings.append(
            finding(form.rules["F-01"], [ref], severity="warning", place=place, raw=_typed(raw), what=what)
        )
    if origin.hidden:
        what = f"“{one.label}”填在隐藏的行、列或工作表里，或者字看不见（“{clean(raw).strip()}”）"
        texts.findings.append(finding(form.rules["N-07"], [ref], what=what))
    number = texts.fields.get(one.id)
    if not isinstance(number, (int, Decimal)) or one.kind == "year":
        return
    shown = shown_otherwise(entry, number)
    if shown:
        what = f"显示为“{shown}”，存储的却是 {show(number)}，按存储的读取"
        texts.findings.append(finding(form.rules["N-10"], [ref], place=place, what=what))


def _typed(text: str) -> str:
    """Return what somebody typed, without the characters that nobody sees."""
    return without_invisible(clean(text)).strip()


def _field(one: Field, entry: GridCell, texts: Texts) -> str:
    """Read the value of one entry and return why it cannot be read exactly, if so."""
    value = entry.value
    text, problem = text_of(entry)
    text, typed = _typed(text), _typed(str(value))
    if one.kind in ("count", "amount"):
        parsed = parse_number(value, kind=one.kind, decimals=2, unit="元")
        if parsed.number is not None:
            texts.fields[one.id] = parsed.number
        return parsed.remark if parsed.state == "problem" else ""
    if one.kind == "year":
        number = exact(value) if isinstance(value, float) else typed
        texts.fields[one.id] = parse_year(key(str(number))) or typed
        return ""
    if one.kind == "date":
        date = chinese_date(typed if isinstance(value, str) else value)
        texts.fields[one.id] = date or typed
        return "" if date else "不是日期"
    if one.kind == "choice":
        chosen = next((c for c in one.choices if key(c) == key(typed)), "")
        texts.fields[one.id] = chosen or typed
        return "" if chosen else f"应是{'、'.join(one.choices)}之一"
    if not problem:
        texts.fields[one.id] = text
    return problem
