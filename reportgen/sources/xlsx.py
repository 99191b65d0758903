"""Workbooks (.xlsx, .xlsm): every cell with its formula and stored result.

One pass over each part (ECMA-376 part 1, 18), in any dialect: namespaces transitional or strict,
any prefixes and encodings, texts shared or in the cells.  What is not well-formed, or refers to what
is not there, is damaged; nothing is repaired.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring

from ..disk.names import shown_name
from ..errors import InputError
from ..memory import remembered
from ..opc.archive import unpack
from .base import Cells, Document, Grid, Row
from .contents import TRUTH, Look, String, Values
from .limits import MAX_SHEET_TAGS, MAX_TAGS, Budget
from .numberformats import BUILT_IN, date_kind
from .results import Results
from .runs import BLACK, WHITE, is_seen
from .worksheet import colour_of, is_on, is_tiny, parse_main, read_rows, read_worksheet, string_of

_USUAL_WORKBOOK = "xl/workbook.xml"
_RELATION_IDS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
"""Transitional and strict."""
_SHEET = re.compile(rb"<(?:[\w.-]+:)?worksheet[\s>]")
_NOT_READ = ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet")
"""Kinds of sheets without cells that a person fills in."""
_DAMAGED = (ParseError, ValueError, LookupError, OverflowError)
_HIDDEN = {"visible": False, "hidden": True, "veryHidden": True}


class _Relation(NamedTuple):
    kind: str
    """The last word of its type: ``worksheet``, ``styles`` …"""
    target: str
    """Name of the part it leads to."""


class _Sheet(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool
    relation: str


def read(path: Path | str, data: bytes, parts: Mapping[str, bytes] | None = None) -> Document:
    """Read a workbook.

    Args:
        path: for messages only.
        data: the file's bytes.
        parts: its XML parts, if they have been unpacked already.

    Raises:
        InputError: damaged, or beyond the limits.
    """
    name = shown_name(path)
    try:
        grids, too_large = _grids(unpack(name, data) if parts is None else parts, Budget(name))
    except _DAMAGED as error:
        raise _damaged(name) from error
    return Document(str(path), "xlsx", hashlib.sha256(data).hexdigest(), grids, too_large=too_large)


def _damaged(name: str) -> InputError:
    return InputError(f"{name}已损坏，读不出来。请用 Excel 或 WPS 打开后另存为新的 .xlsx 再试。")


def _rows(name: str, xml: bytes, values: Values) -> Iterator[Row]:
    """Yield the rows of a sheet that was left out.

    Raises:
        InputError: damaged.
    """
    try:
        yield from read_rows(xml, values)
    except _DAMAGED as error:
        raise _damaged(name) from error


def _grids(
    parts: Mapping[str, bytes], budget: Budget
) -> tuple[tuple[Grid, ...], dict[str, Callable[[], Iterator[Row]]]]:
    """Read every worksheet; also return the names of those that are too large, with what reads their rows.

    Raises:
        ParseError, ValueError, LookupError, OverflowError: damaged.
        InputError: beyond the limits.
    """
    every = _by_name(parts)
    small = sum(map(len, every.values())) <= MAX_SHEET_TAGS  # even if each byte were a tag
    tags = {} if small else {name: xml.count(b"<") for name, xml in every.items()}
    large = _too_large(every, tags)
    budget.spend_tags(sum(count for name, count in tags.items() if name not in large))
    parts = {name: xml for name, xml in every.items() if name not in large}
    package = (r.target for r in _relations_of(parts, "").values() if r.kind == "officeDocument")
    main = next(package, _USUAL_WORKBOOK)
    relations = _relations_of(parts, main)
    listed, from_1904, as_displayed = _workbook(parts[main])
    left_out = {
        sheet.name: relations[sheet.relation].target for sheet in listed if relations[sheet.relation].target in large
    }
    if len(left_out) == len(listed):
        budget.spend_tags(sum(tags[name] for name in large))  # that is the report
    strings, styles = (_part(parts, relations, kind) for kind in ("sharedStrings", "styles"))
    values = Values(
        () if strings is None else _strings(strings), (Look(),) if styles is None else _looks(styles), from_1904
    )
    sheets: dict[str, Cells] = {}
    for sheet in listed:
        relation = relations[sheet.relation]
        if relation.kind not in _NOT_READ and sheet.name not in left_out:
            budget.spend_grid()
            sheets[sheet.name], places = read_worksheet(parts[relation.target], values)
            budget.spend_cells(places)
    results = Results(sheets, as_displayed=as_displayed)
    grids = (
        Grid(s.name, sheets[s.name], s.hidden, a1=True, resolve=partial(results.resolve, s.name))
        for s in listed if s.name in sheets
    )  # fmt: skip
    return tuple(grids), {name: partial(_rows, budget.name, every[part], values) for name, part in left_out.items()}


def _too_large(parts: Mapping[str, bytes], tags: Mapping[str, int]) -> set[str]:
    """Return the sheets that alone hold too much; if there are any, also the largest others until the rest is half.

    Reading as many cells as a file may have takes a slow machine all of the time that a file gets.
    """
    sheets = [name for name in tags if _SHEET.search(parts[name][:1000])]
    left, large = sum(tags.values()), set[str]()
    for name in sorted(sheets, key=lambda name: -tags[name]):
        if tags[name] > MAX_SHEET_TAGS or (large and left > MAX_TAGS // 2):
            large.add(name)
            left -= tags[name]
    return large


def _by_name(parts: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the parts by their names in small letters: names of parts are the same in either (OPC, 6.2.2.3).

    Raises:
        ValueError: two parts have the same name.
    """
    found = {name.lower(): xml for name, xml in parts.items()}
    if len(found) < len(parts):
        raise ValueError("two parts of one name")
    return found


def _relations_of(parts: Mapping[str, bytes], owner: str) -> Mapping[str, _Relation]:
    """Return the parts that a part (``""`` is the package) refers to, by id."""
    folder, base = posixpath.split(owner)
    xml = parts.get(posixpath.join(folder, "_rels", f"{base}.rels"))
    return {} if xml is None else _relations(xml, folder)


@remembered(8)
def _relations(xml: bytes, folder: str) -> Mapping[str, _Relation]:
    """Read relations; their targets are relative to a folder."""
    return {
        r.attrib["Id"]: _Relation(
            posixpath.basename(r.attrib["Type"]),
            posixpath.normpath(posixpath.join("/", folder, r.attrib["Target"])).lstrip("/").lower(),
        )
        for r in fromstring(xml) if r.get("TargetMode") != "External"
    }  # fmt: skip


def _part(parts: Mapping[str, bytes], relations: Mapping[str, _Relation], kind: str) -> bytes | None:
    """Return the part of a kind of which a workbook has at most one, None if it has none.

    Raises:
        LookupError: the workbook refers to it, and it is not there.
    """
    target = next((r.target for r in relations.values() if r.kind == kind), None)
    return parts.get(f"xl/{kind}.xml".lower()) if target is None else parts[target]


@remembered(8)
def _workbook(xml: bytes) -> tuple[tuple[_Sheet, ...], bool, bool]:
    """Return the sheets in order, whether days count from 1904-01-01 on, and whether it calculates as displayed."""
    root, ns = parse_main(xml)
    properties, calculation = root.find(f"{ns}workbookPr"), root.find(f"{ns}calcPr")
    sheets = []
    for element in root.iterfind(f"{ns}sheets/*"):
        if element.tag != f"{ns}sheet":
            raise ValueError(f"{element.tag} among the sheets")
        ids = [element.attrib[key] for key in _RELATION_IDS if key in element.attrib]
        if ids != [""]:  # old programs leave entries without a part behind
            sheets.append(_Sheet(element.attrib["name"], _HIDDEN[element.get("state", "visible")], ids[0]))
    if len({sheet.name for sheet in sheets}) < len(sheets):
        raise ValueError("two sheets of one name")
    from_1904 = properties is not None and TRUTH[properties.get("date1904", "0")]
    return (tuple(sheets), from_1904, calculation is not None and not TRUTH[calculation.get("fullPrecision", "1")])


def _strings(xml: bytes) -> tuple[String, ...]:
    """Return the texts that cells share; see :attr:`~.worksheet.Values.strings`."""
    root, ns = parse_main(xml)
    return tuple([string_of(item, ns) for item in root.iterfind(f"{ns}si")])


@remembered(8)
def _looks(xml: bytes) -> tuple[Look, ...]:
    """Return the cell styles by number."""
    root, ns = parse_main(xml)
    own = root.iterfind(f"{ns}numFmts/{ns}numFmt")
    codes = {int(f.attrib["numFmtId"]): f.attrib["formatCode"] for f in own}
    fonts = dict(enumerate(root.iterfind(f"{ns}fonts/{ns}font")))
    fills = dict(enumerate(root.iterfind(f"{ns}fills/{ns}fill/{ns}patternFill")))
    looks = []
    for xf in root.iterfind(f"{ns}cellXfs/{ns}xf"):
        id_, font, fill = int(xf.get("numFmtId", "0")), fonts.get(int(xf.get("fontId", "0"))), xf.get("fillId", "0")
        code = codes.get(id_)
        struck = font is not None and is_on(font.find(f"{ns}strike"))
        behind = _behind(fills.get(int(fill)), ns)
        unseen = font is not None and (
            is_tiny(font, ns) or not is_seen(colour_of(font.find(f"{ns}color"), BLACK), behind)
        )
        looks.append(Look(date_kind(id_, code), code or BUILT_IN.get(id_, ""), struck, unseen, behind))
    return tuple(looks) or (Look(),)


def _behind(fill: Element | None, ns: str) -> str:
    """Return the colour of what a fill puts behind a text, white where there is none, ``""`` for a pattern."""
    pattern = "none" if fill is None else fill.get("patternType", "none")
    if fill is None or pattern == "none":
        return WHITE
    return colour_of(fill.find(f"{ns}fgColor"), BLACK) if pattern == "solid" else ""
