"""Workbooks (.xlsx, .xlsm): every cell with its formula and stored result.

One pass over each part (ECMA-376 part 1, 18), in any dialect: namespaces transitional or strict,
any prefixes and encodings, texts shared or in the cells.  What is not well-formed, or refers to what
is not there, is damaged; nothing is repaired.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from functools import partial
from math import isfinite
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ..disk.names import shown_name
from ..errors import InputError
from ..model.numbers import MAX_DIGITS, Number, exact
from ..opc.unpack import unpack
from .base import Document, Grid, GridCell
from .limits import Budget
from .numberformats import date_kind, date_of, iso_date
from .results import Results
from .worksheet import parse, parse_main, read_worksheet, string_of

__all__ = ["read"]

_USUAL_WORKBOOK = "xl/workbook.xml"
_RELATION_IDS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
"""Transitional and strict."""
_NOT_READ = ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet")
"""Kinds of sheets without cells that a person fills in."""
_HIDDEN = {"visible": False, "hidden": True, "veryHidden": True}
_TRUTH = {"1": True, "true": True, "0": False, "false": False}


class _Relation(NamedTuple):
    kind: str
    """The last word of its type: ``worksheet``, ``styles`` …"""
    target: str
    """Name of the part it leads to."""


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
        grids = _grids(unpack(name, data) if parts is None else parts, Budget(name))
    except (ValueError, LookupError, OverflowError) as error:
        raise InputError(
            f"{name}已损坏，读不出来。请用 Excel 或 WPS 打开后另存为新的 .xlsx 再试。"
        ) from error
    return Document(str(path), "xlsx", hashlib.sha256(data).hexdigest(), grids)


def _grids(parts: Mapping[str, bytes], budget: Budget) -> tuple[Grid, ...]:
    """Read every worksheet; charts and the like have no cells.

    Raises:
        ValueError, LookupError, OverflowError: damaged.
        InputError: beyond the limits.
    """
    package = (r.target for r in _relations(parts, "", budget).values() if r.kind == "officeDocument")
    main = next(package, _USUAL_WORKBOOK)
    relations = _relations(parts, main, budget)
    workbook, ns = parse_main(parts[main], budget)
    values = _values(parts, relations, _from_1904(workbook, ns), budget)
    hidden: dict[str, bool] = {}
    sheets: dict[str, tuple[GridCell, ...]] = {}
    for sheet in workbook.iterfind(f"{ns}sheets/{ns}sheet"):
        ids = [sheet.attrib[key] for key in _RELATION_IDS if key in sheet.attrib]
        if ids == [""]:
            continue  # old programs leave entries without a part behind
        name, relation = sheet.attrib["name"], relations[ids[0]]
        if name in sheets:
            raise ValueError(name)
        if relation.kind not in _NOT_READ:
            budget.spend_grid()
            hidden[name] = _HIDDEN[sheet.get("state", "visible")]
            sheets[name] = read_worksheet(parts[relation.target], values.convert, budget)
    results = Results(sheets)
    return tuple(
        Grid(name, cells, hidden[name], a1=True, resolve=partial(results.resolve, name))
        for name, cells in sheets.items()
    )


def _relations(parts: Mapping[str, bytes], owner: str, budget: Budget) -> dict[str, _Relation]:
    """Return the parts that a part (``""`` is the package) refers to, by id."""
    folder, base = posixpath.split(owner)
    xml = parts.get(posixpath.join(folder, "_rels", f"{base}.rels"))
    if xml is None:
        return {}
    return {
        r.attrib["Id"]: _Relation(
            posixpath.basename(r.attrib["Type"]),
            posixpath.normpath(posixpath.join("/", folder, r.attrib["Target"])).lstrip("/"),
        )
        for r in parse(xml, budget) if r.get("TargetMode") != "External"
    }  # fmt: skip


def _from_1904(workbook: Element, ns: str) -> bool:
    """Tell whether days count from 1904-01-01 on, not from 1899-12-30."""
    properties = workbook.find(f"{ns}workbookPr")
    return properties is not None and _TRUTH[properties.get("date1904", "0")]


def _values(
    parts: Mapping[str, bytes], relations: Mapping[str, _Relation], from_1904: bool, budget: Budget
) -> _Values:
    """Read the texts that cells share, and which styles show a number as a date."""

    def part(kind: str) -> bytes | None:
        target = next((r.target for r in relations.values() if r.kind == kind), None)
        return parts.get(f"xl/{kind}.xml") if target is None else parts[target]

    strings: list[str] = []
    dates: dict[str, str] = {}
    if xml := part("sharedStrings"):
        root, ns = parse_main(xml, budget)
        strings = [string_of(item, ns) for item in root.iterfind(f"{ns}si")]
    if xml := part("styles"):
        root, ns = parse_main(xml, budget)
        formats = root.iterfind(f"{ns}numFmts/{ns}numFmt")
        codes = {int(f.attrib["numFmtId"]): f.attrib["formatCode"] for f in formats}
        for style, xf in enumerate(root.iterfind(f"{ns}cellXfs/{ns}xf")):
            number = int(xf.get("numFmtId", "0"))
            if kind := date_kind(number, codes.get(number)):
                dates[str(style)] = kind
    return _Values(strings, dates, from_1904)


class _Values(NamedTuple):
    """What the cells of a workbook refer to."""

    strings: list[str]
    dates: dict[str, str]
    from_1904: bool

    def convert(self, kind: str, style: str, text: str) -> object:
        """Return the value that a cell stores as text.

        Raises:
            ValueError, LookupError, OverflowError: it is not what its kind promises.
        """
        if kind == "s":
            number = int(text)
            if number < 0:
                raise LookupError(text)
            return self.strings[number]
        if kind == "n":
            if style in self.dates:
                return date_of(float(text), self.dates[style], from_1904=self.from_1904)
            return _number(text)
        if kind in ("str", "e"):
            return text
        if kind == "b":
            return _TRUTH[text.strip()]
        if kind == "d":
            return iso_date(text)
        raise ValueError(kind)


def _number(text: str) -> Number:
    if text.isdecimal() and len(text) <= MAX_DIGITS:
        return int(text)
    number = float(text)
    if not isfinite(number) or "_" in text:
        raise ValueError(text)
    return exact(number)
