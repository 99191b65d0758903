"""Marks go on and come off."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from itertools import chain, count
from typing import Any

from lxml import etree

from ..disk.names import shown_name
from ..errors import InputError, ReportgenError
from ..model.findings import Finding
from ..model.report import Origin, Report
from ..opc.archive import unpack
from ..opc.parts import REL, Element, Parts, main
from ..repairs import Repairs
from ..show.review import Mark, Review, ReviewedFinding, make_review
from .cells import Book, SheetEntry
from .notes import AUTHOR, SheetNotes
from .resultsheet import COLOURS, NAME, SUSPECT, Record, is_result_sheet, read_records, result_sheet, seal, sealed
from .stylesheet import NO_FILL, StyleSheet

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_OURS = {*COLOURS.values(), SUSPECT}
_CROWD = 12
"""A finding about more cells than this has its note on the first one only."""


def mark_workbook(data: bytes, report: Report, findings: Sequence[Finding], repairs: Repairs | None = None) -> bytes:
    """Return a copy of a workbook with the findings marked in it.

    Wrong cells get a colour (error red, warning yellow, to be confirmed blue; the strongest red where
    a likely correction points at the cell) and a note; a sheet 审核结果 at the end, which is shown
    first, lists every finding.  Marks of an earlier run are removed first.

    Args:
        data: the .xlsx or .xlsm file the report was read from.
        repairs: what the search for corrections said; None if it was not run.

    Returns:
        the copy; the same arguments give the same bytes.

    Raises:
        InputError: the file cannot be marked (not a workbook of this kind, or of irregular markup).
    """
    review = make_review(report, findings, repairs)
    try:
        return _marked(data, review)
    except ReportgenError:
        raise
    except Exception as error:  # whatever stands in the markup of a stranger's file
        if os.environ.get("REPORTGEN_DEBUG"):
            raise
        raise InputError(
            f"{shown_name(report.path)}里有不合规范的写法，不能在里面做标记。"
            "请用 Excel 或 WPS 打开、另存后再试；也可以用 --html 得到审核结果网页。"
        ) from error


def _marked(data: bytes, review: Review) -> bytes:
    parts = Parts(data)
    _unmark(parts)
    book, styles = Book(parts), StyleSheet(parts)
    # Which sheet is in front, to be restored.
    view = {"active": None if book.view is None else book.view.get("activeTab")}
    selected = [entry.name for entry in book.entries() if _selected(parts, entry.part)]
    state: dict[str, Any] = {**styles.counts, **view, "selected": selected}
    records = _Painter(parts, book, styles).paint(review.marks)
    sheet = result_sheet(review, records, state, styles)
    seal(sheet, _checksum(parts, _add_sheet(parts, book, sheet)))
    return parts.pack()


def _checksum(parts: Parts, sheet: str) -> str:
    """Return the checksum of all parts but the sheet of results."""
    digest = hashlib.sha256()
    for name in sorted(name for name in parts if name != sheet):
        digest.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(parts.content(name)).digest())
    return digest.hexdigest()


def is_untouched(data: bytes) -> bool:
    """Tell whether a file is a marked copy exactly as :func:`mark_workbook` made it; False for any other file."""
    try:
        unpack("", data)  # is it within the limits?
        parts = Parts(data)
        ours = [(e.part, parts.tree(e.part)) for e in Book(parts).entries()]
        seals = [(part, sealed(parts, root)) for part, root in ours if is_result_sheet(parts, root)]
        return any(checksum == _checksum(parts, part) for part, checksum in seals)
    except Exception:  # whatever stands in the markup of a stranger's file
        return False


def unmark_workbook(data: bytes) -> bytes:
    """Return a workbook without the marks of :func:`mark_workbook`.

    Cells have their former fills again, even after the copy was edited and saved elsewhere; what
    the clerk wrote into one of our notes stays as a note of the clerk's.

    Raises:
        InputError: the file cannot be read.
    """
    parts = Parts(data)
    return parts.pack() if _unmark(parts) else data


# --------------------------------------------------------------------------- on


class _Painter:
    """Colours cells and puts notes on them."""

    def __init__(self, parts: Parts, book: Book, styles: StyleSheet) -> None:
        self.book, self.styles = book, styles
        self.entries = {entry.name: entry for entry in book.entries()}
        self.notes = {name: SheetNotes(parts, book, entry) for name, entry in self.entries.items()}
        self.told: set[int] = set()

    def paint(self, marks: tuple[Mark, ...]) -> list[Record]:
        records = []
        for mark in marks:
            origin = mark.origin
            if origin and origin.is_own_cell and origin.sheet in self.entries:
                records.append(self._paint(mark, origin))
        return records

    def _paint(self, mark: Mark, origin: Origin) -> Record:
        sheet, row, column = origin.sheet, origin.row, origin.column
        cell, made = self.book.cells(self.entries[sheet].part).get_or_make(row, column)
        had = cell.get("s")
        style = int(had or 0)
        colour = SUSPECT if mark.suspect else COLOURS[mark.severity]
        cell.set("s", str(self.styles.marked(style, colour, framed=mark.suspect)))
        head, body = self._note(mark)
        note = self.notes[sheet].add(row, column, head, body) if head else ""
        own = None if had is None or made else style
        return Record(sheet, row, column, own, made, self.styles.look_of(style), note)

    def _note(self, mark: Mark) -> tuple[str, str]:
        """Return head and body of the note; empty where a finding about many cells has had its say."""
        items = [item for item in mark.items if self._is_told(item)]
        if not items and not mark.corrections:
            return "", ""
        head = f"【{mark.level}】{'、'.join(dict.fromkeys(i.finding.rule for i in items))}"
        if mark.suspect:
            head += f"　这一格应为 {mark.should_be}" + ("" if mark.certain else "？")
        lines = []
        for item in items:
            advice = "" if item.equation is not None and mark.suspect else item.finding.what_to_do
            lines.append(f"· {item.finding.message}。{advice}")
        if mark.corrections:
            lines.append("可能的更正：")
            lines += [f"· {line}" for line in mark.corrections]
        return head, "\n".join(lines)

    def _is_told(self, item: ReviewedFinding) -> bool:
        """Tell whether a note of a cell names a finding: one about many cells is named on the first only."""
        crowd = item.equation is None and len(item.finding.cells) > _CROWD
        if crowd and item.number in self.told:
            return False
        self.told.add(item.number)
        return True


def _views(parts: Parts, part: str) -> list[Element]:
    return list(parts.tree(part).iterfind(f"{main('sheetViews')}/{main('sheetView')}"))


def _selected(parts: Parts, part: str) -> list[Element]:
    return [view for view in _views(parts, part) if view.get("tabSelected") in ("1", "true")]


def _add_sheet(parts: Parts, book: Book, root: Element) -> str:
    """Add the sheet as the last one and open the workbook on it; return the name of its part."""
    for entry in book.entries():
        # Two selected sheets would be a group, and typing in one would change the other.
        for view in _selected(parts, entry.part):
            del view.attrib["tabSelected"]
    part = parts.free_name("xl/worksheets/sheet{}.xml")
    parts.add(part, root, _SHEET_TYPE)
    taken = {element.get("name") for element in book.list}
    name = next(one for one in chain([NAME], (f"{NAME}{n}" for n in count(2))) if one not in taken)
    ids = [int(element.get("sheetId", "0")) for element in book.list]
    element = etree.SubElement(book.list, main("sheet"), name=name, sheetId=str(max(ids, default=0) + 1))
    element.set(f"{{{REL}}}id", parts.relate(parts.workbook_name, "worksheet", part))
    if book.view is not None:
        book.view.set("activeTab", str(len(book.list) - 1))
    return part


# --------------------------------------------------------------------------- off


def _unmark(parts: Parts) -> bool:
    """Take all marks of an earlier run off; return False if there were none."""
    book = Book(parts)
    ours = [e for e in book.entries() if is_result_sheet(parts, parts.tree(e.part))]
    sheets = [e for e in book.entries() if e not in ours]
    notes = {e.name: SheetNotes(parts, book, e) for e in sheets}
    if not ours and not any(AUTHOR in n.authors() for n in notes.values()):
        return False
    # What our sheets say of the marked cells, and the state of the workbook before the last of them.
    found = [read_records(parts, parts.tree(entry.part)) for entry in ours]
    records, state = [one for here, _ in found for one in here], found[-1][1] if found else {}
    styles = StyleSheet(parts)
    for entry in sheets:
        here = [r for r in records if r.sheet == entry.name]
        notes[entry.name].remove_ours({(r.row, r.column): r.note for r in here})
        _restore_looks(book, entry.part, here, styles)
    for entry in ours:
        _remove_sheet(parts, book, entry, state)
    used = max((book.cells(e.part).highest_style() for e in sheets), default=0)
    styles.trim({k: v for k, v in state.items() if isinstance(v, int)}, used)
    return True


def _restore_looks(book: Book, part: str, records: list[Record], styles: StyleSheet) -> None:
    cells = book.cells(part)
    known = {(r.row, r.column): r for r in records}
    for place, cell in list(cells.at.items()):
        style = int(cell.get("s", "0"))
        if styles.colour_of(style) not in _OURS:
            continue  # also where the clerk has chosen another colour since
        record = known.get(place)
        if record is None or not record.look:
            cell.set("s", str(styles.restored(style, NO_FILL, None)))
            continue
        was = styles.restored(style, record.look, record.style or 0)
        if record.style is None and was == 0:
            cell.attrib.pop("s", None)
        else:
            cell.set("s", str(was))
        cells.drop_if_made(*place, record.made)


def _remove_sheet(parts: Parts, book: Book, entry: SheetEntry, state: dict[str, Any]) -> None:
    index, view = book.list.index(entry.element), book.view
    _drop_names(parts, index)
    book.list.remove(entry.element)
    parts.unrelate(parts.workbook_name, entry.part)
    parts.remove(entry.part)
    # The order of calculation, if it names the sheet; every program makes it anew.
    chain_part = parts.related(parts.workbook_name, "calcChain")
    if chain_part and any(c.get("i") == entry.element.get("sheetId") for c in parts.tree(chain_part)):
        parts.unrelate(parts.workbook_name, chain_part)
        parts.remove(chain_part)
    if view is None:
        return
    active = int(view.get("activeTab", "0"))
    if active > index:
        view.set("activeTab", str(active - 1))
    elif active == index:
        _restore_view(parts, book, view, state)


def _drop_names(parts: Parts, index: int) -> None:
    """Drop the names that belong to a sheet; those of later sheets keep theirs."""
    names = parts.workbook.find(main("definedNames"))
    for name in list(names) if names is not None else []:
        local = name.get("localSheetId")
        if local is not None and int(local) == index:
            names.remove(name)
        elif local is not None and int(local) > index:
            name.set("localSheetId", str(int(local) - 1))


def _restore_view(parts: Parts, book: Book, view: Element, state: dict[str, Any]) -> None:
    was = state.get("active")
    if was is None or int(was) >= len(book.list):
        view.attrib.pop("activeTab", None)
    else:
        view.set("activeTab", str(was))
    for entry in book.entries():
        if entry.name in state.get("selected", []):
            for one in _views(parts, entry.part):
                one.set("tabSelected", "1")
