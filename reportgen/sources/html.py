"""Web pages (.html, .htm, and the HTML tables that web systems hand out under the name .xls).

Tables become grids by the table algorithm of the HTML standard, everything else becomes paragraphs.
A table that only lays out the page (it holds other tables, or has a single column) is taken apart into
paragraphs and the tables in it.  Other elements are a table where role, style or class says which are its rows
and cells.  Several reports in one page stay in page order; the recogniser says so
when the prescribed tables occur more than once, and reads none of them.

Nothing is fetched (no style sheets, frames or pictures), and scripts are not run.  Text hidden in the
page itself (``hidden``, ``display:none``) is not read, nor is text that is struck out; hidden tables are
marked as hidden sheets are.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..disk.names import shown_name
from ..errors import InputError
from .base import Document, Grid, GridCell, Paragraph
from .limits import MAX_SPAN, Budget
from .pagelists import number_lists
from .runs import LOWERED, RAISED, STRUCK, Run, told_apart

__all__ = ["Page", "decode", "one_blank", "read"]

_PICTURE = re.compile(r"<img\b", re.I)

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.I)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_CHINESE = {"gb2312", "gbk", "gb18030", "cp936", "x-gbk", "gb_2312-80", "hz"}
_SKIPPED = {
    "head", "script", "style", "template", "noscript", "select", "textarea", "object", "iframe", "svg",
    "audio", "video", "canvas", "rp", "rt",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_MAY_BE_TABLES = {"div", "ul", "ol", "dl", "li", "section", "span", "p"}
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_LOOKS = (
    (re.compile(r"text-decoration(?:-line)?\s*:[^;:]*\bline-through", re.I), STRUCK),
    (re.compile(r"vertical-align\s*:\s*super\b", re.I), RAISED),
    (re.compile(r"vertical-align\s*:\s*sub\b", re.I), LOWERED),
)
_MARKING = {"s": STRUCK, "strike": STRUCK, "del": STRUCK, "sup": RAISED, "sub": LOWERED}
_CLASS = re.compile(r"[\w*]*\.([\w-]+)")
_PARTS = {
    "table-row": "tr", "table-cell": "td", "table-row-group": "tbody", "table-header-group": "thead",
    "row": "tr", "cell": "td", "gridcell": "td", "columnheader": "td", "rowheader": "td", "rowgroup": "tbody",
}  # fmt: skip
"""Part of a table by the values of ``display`` and ``role`` → its tag."""
_DISPLAY = re.compile(r"(?:^|[;\s])display\s*:\s*(table-[a-z-]+)", re.I)
_PART_CLASSES = (
    ("tr", re.compile(r"(?:^|[-_])(?:tr|row)(?:[-_]|$)", re.I)),
    ("td", re.compile(r"(?:^|[-_])(?:td|th|cell|col)(?:[-_]|$)", re.I)),
    ("tbody", re.compile(r"(?:^|[-_])(?:tbody|thead)(?:[-_]|$)", re.I)),
)
_LONGEST_CELL = 300
"""Characters of a cell of a table made of other elements; the longest label has 53."""
_BLANKS = re.compile(r"[ \t\r\n\f\xa0\u200b\ufeff]+")
_END = re.compile(r"</(?:body|html)\s*>|(?<=.)<!doctype[^<>]*>", re.I | re.S)
_CELL_TAG = re.compile(r"<t[dh][\s>/]", re.I)
_ROW_GROUPS = ("thead", "tbody", "tfoot")
_OF_TABLES = (*_ROW_GROUPS, "tr", "colgroup", "col")
_MAX_ROWSPAN = 65534


def read(path: Path, data: bytes) -> Document:
    """Read a web page.

    Args:
        path: for messages only.
        data: the file's bytes.

    Raises:
        InputError: no text in any known encoding, frames only, or beyond the limits.
    """
    name = shown_name(path)
    page = Page(Budget(name))
    text = decode(data, name)
    page.take(text)
    if not page.grids and not page.paragraphs and page.frames:
        raise InputError(
            f"{name}只有框架，内容在别的文件里，这里不去读取。"
            "请在浏览器或 Excel 里打开它，另存为“单个文件网页”（.mht）或 .xlsx 再试。"
        )
    # A bare table, as web systems export it, need not have the headings of a report.
    kind = "html" if page.paragraphs else "html-table"
    return Document(
        str(path), kind, hashlib.sha256(data).hexdigest(), tuple(page.grids), tuple(page.paragraphs),
        properties={"title": page.title}, pictures=len(_PICTURE.findall(text)),
    )  # fmt: skip


def decode(data: bytes, name: str, declared: str = "") -> str:
    """Return the text of a page.

    A byte order mark decides.  Otherwise UTF-8 is taken wherever it fits: Chinese text in another
    encoding is not valid UTF-8, while pages that declare GBK and are UTF-8 are common; then comes what
    the page declares, then GB18030.

    Args:
        data: the page's bytes.
        name: the file's name as messages show it, in quotes.
        declared: the encoding given outside the page (mail header), if any.

    Raises:
        InputError: none fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            data, encodings = data[len(mark) :], [encoding]
            break
    else:
        encodings = _likely_encodings(data, declared)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{name}里的文字编码不认得，读不出来。请在浏览器里打开它，另存为 UTF-8 网页再试。")


def _likely_encodings(data: bytes, declared: str) -> list[str]:
    if not declared and (match := _CHARSET.search(data[:4096])):
        declared = match[1].decode("ascii")
    known = declared.lower()
    if known == "big5":
        return ["utf-8", "big5", "gb18030"]
    if known in _CHINESE and _few_wide(data):
        return ["gb18030", "utf-8"]
    return ["utf-8", "gb18030"]


def _few_wide(data: bytes) -> bool:
    """Tell whether there are too few bytes beyond ASCII to tell UTF-8 from GBK (联通 is valid in both)."""
    return sum(byte > 127 for byte in data[: 1 << 16]) < 12


class Page:
    """Grids and paragraphs of one page, or of several that belong together."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.title = ""
        """The name of the page, as the browser shows it."""
        self.grids: list[Grid] = []
        self.paragraphs: list[Paragraph] = []
        self.frames = False
        self._line: list[Run] = []
        self._classes: dict[str, str] = {}
        """Class → the mark that the page's style sheet gives to it."""

    def take(self, text: str) -> None:
        """Add the tables and paragraphs of a page.

        Raises:
            InputError: beyond the limits.
        """
        self.budget.spend_markup(len(text), text.count("<"))
        self.budget.check_cells(sum(1 for _ in _CELL_TAG.finditer(text)))
        root = self._parsed(text)
        if root is not None:
            self.title = self.title or " ".join((root.findtext(".//title") or "").split())
            self.frames = self.frames or next(root.iter("frame", "iframe"), None) is not None
            parts: dict[str, str] = {}
            for sheet in root.iter("style"):
                rules = (sheet.text or "").replace("<!--", "")
                self._classes |= _marking_classes(rules)
                parts |= _classes_of(
                    rules, lambda style: _PARTS.get(m[1].lower()) if (m := _DISPLAY.search(style)) else None
                )
            _name_tables(root, parts)
            number_lists(root)
            self._flow(root, "")
            self._flush()

    def _parsed(self, text: str) -> Any:
        """Return the tree of a page, None if there is nothing in it."""
        from lxml import etree

        parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
        # libxml2 stops at </html>; browsers show what comes after it, too.
        data = _END.sub("", text.replace("\0", "")).encode("utf-8", "replace")
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError:
            root = None
        if any("depth" in entry.message.lower() for entry in parser.error_log):
            self.budget.check_depth(sys.maxsize)
        depth = 0
        for event, _ in etree.iterwalk(root, events=("start", "end")) if root is not None else ():
            depth += 1 if event == "start" else -1
            self.budget.check_depth(depth)
        return root

    def _flow(self, element: Any, outer: str) -> None:
        """Add what stands outside data tables, and the data tables as they come.

        Args:
            element: a part of the page.
            outer: the mark of what it stands in.
        """
        tag = element.tag
        if tag == "br":
            self._flush()
        elif tag == "table" and (grid := self._grid(element)):
            self._flush()
            for child in element.iterchildren():
                if child.tag not in _OF_TABLES:  # a caption, and what is wrongly there: it prints above
                    self._flow(child, "")
            self._flush()
            self.grids.append(grid)
        elif tag not in _SKIPPED and not _is_hidden(element):
            block = tag in _BLOCKS
            if block:
                self._flush()
            mark = self._mark(element, outer)
            self._line.append(Run(element.text or "", mark))
            for child in element.iterchildren():
                self._flow(child, mark)
                self._line.append(Run(child.tail or "", mark))
            if block:
                self._flush()
        elif tag not in _SKIPPED:
            # Hidden text is not part of the page; hidden tables are treated as hidden sheets.
            for table in element.iter("table"):
                if grid := self._grid(table):
                    self.grids.append(grid)

    def _flush(self) -> None:
        text, beside = told_apart(self._line)
        text = one_blank(text)
        self._line.clear()
        if text or beside:
            self.paragraphs.append(Paragraph(text, f"第{len(self.paragraphs) + 1}段", beside))

    def _mark(self, element: Any, outer: str) -> str:
        """Return whether the text of an element is struck out, raised or lowered, also by what it stands in."""
        if outer == STRUCK or element.tag in _MARKING:
            return outer if outer == STRUCK else _MARKING[element.tag]
        marks = [mark for look, mark in _LOOKS if look.search(element.get("style", ""))]
        marks += [self._classes[one] for one in element.get("class", "").split() if one in self._classes]
        # Of a block, vertical-align says something else.
        return STRUCK if STRUCK in marks else next(iter(marks), outer) if element.tag not in _BLOCKS else outer

    def _grid(self, table: Any) -> Grid | None:
        """Return the grid of a data table, None for a table that only lays out the page."""
        self.budget.spend_time()
        if any(len(_cells_of(inner)) > 1 for inner in table.iterdescendants("table")):
            return None
        if all(len(row) <= 1 for _, rows in _groups(table) for row in map(_row_cells, rows)):
            return None
        self.budget.spend_grid()
        cells = tuple(self._form(table))
        return Grid(f"第{len(self.grids) + 1}个表格", cells, _is_hidden_here(table))

    def _form(self, table: Any) -> Iterator[GridCell]:
        """Yield the cells of a table, see https://html.spec.whatwg.org/multipage/tables.html#forming-a-table"""
        y = 0
        for _, rows in _groups(table):
            taken: set[tuple[int, int]] = set()
            end = y + len(rows)
            for row in rows:
                x = 0
                for cell in _row_cells(row):
                    while (x, y) in taken:
                        x += 1
                    columns = max(1, min(_number(cell, "colspan"), MAX_SPAN))
                    wanted = min(_number(cell, "rowspan"), _MAX_ROWSPAN)
                    height = end - y if wanted == 0 else min(wanted, end - y)
                    self.budget.spend_cells(columns * height)
                    if columns * height > 1 or height > 1:
                        taken.update((i, j) for i in range(x, x + columns) for j in range(y, y + height))
                    else:
                        taken.add((x, y))
                    text, beside = self._text(cell, self._mark(row, ""))
                    yield GridCell(
                        y + 1, x + 1, text or None, height, columns, f"第{y + 1}行第{x + 1}列",
                        hidden=_is_hidden(cell) or _is_hidden(row), beside=beside,
                    )  # fmt: skip
                    x += columns
                y += 1

    def _text(self, cell: Any, outer: str) -> tuple[str, str]:
        """Return the text of a cell, paragraphs and line breaks as lines, and what stands beside it."""
        runs: list[Run] = []

        def walk(element: Any, outer: str) -> None:
            block = element.tag in _BLOCKS
            if element.tag == "br" or block:
                runs.append(Run("\n"))
            if element.tag not in _SKIPPED and (element is cell or not _is_hidden(element)):
                # Line breaks of the source are blanks; only elements make lines.
                mark = self._mark(element, outer)
                runs.append(Run(_BLANKS.sub(" ", element.text or ""), mark))
                for child in element.iterchildren():
                    walk(child, mark)
                    runs.append(Run(_BLANKS.sub(" ", child.tail or ""), mark))
            if block:
                runs.append(Run("\n"))

        walk(cell, outer)
        text, beside = told_apart(runs, cell=True)
        lines = (line.strip(" \u3000") for line in text.split("\n"))
        return "\n".join(line for line in lines if line), beside


def one_blank(text: str) -> str:
    """Return a paragraph as a page shows it: one blank for several, and for tabs and line breaks."""
    return _BLANKS.sub(" ", text).strip(" \u3000")


def _marking_classes(sheet: str) -> dict[str, str]:
    """Return the classes to which a style sheet gives a mark."""
    return _classes_of(sheet, lambda style: next((mark for look, mark in _LOOKS if look.search(style)), None))


def _classes_of(sheet: str, meaning: Callable[[str], str | None]) -> dict[str, str]:
    """Return what the rules of a style sheet for a class alone mean, by class.

    Args:
        sheet: its text.
        meaning: of the declarations of a rule; None if they say nothing of interest.
    """
    found: dict[str, str] = {}
    for rule in sheet.split("}"):
        selectors, _, style = rule.rpartition("{")
        what = meaning(style)
        for selector in selectors.split(",") if what else ():
            if what and (match := _CLASS.fullmatch(selector.strip())):
                found[match[1]] = what
    return found


def _name_tables(root: Any, classes: Mapping[str, str]) -> None:
    """Make tables, rows and cells of other elements that are some.

    Args:
        root: of the page's tree.
        classes: what the style sheet says that classes are.
    """
    rows = [row for row in root.iter() if isinstance(row.tag, str) and _is_row(row, classes)]
    by_parent: dict[Any, list[Any]] = {}
    for row in rows:
        by_parent.setdefault(row.getparent(), []).append(row)
    for parent, here in by_parent.items():
        if parent is None or len(parent) != len(here) or (parent.text or "").strip():
            continue
        group = _part(parent, classes) == "tbody" and parent.getparent() is not None
        table = parent.getparent() if group else parent
        if (len(here) < 2 and not group) or all(len(row) < 2 for row in here):
            continue
        if group:
            parent.tag = "tbody"
        table.tag = "table"
        for row in here:
            row.tag = "tr"
            for cell in row:
                cell.tag = "td"
                for name in ("colspan", "rowspan"):
                    if span := cell.get(f"aria-{name}"):
                        cell.set(name, span)


def _is_row(element: Any, classes: Mapping[str, str]) -> bool:
    """Tell whether an element is a row and holds cells, all of them short, and nothing else."""
    return (
        element.tag in _MAY_BE_TABLES and len(element) > 0 and _part(element, classes) == "tr"
        and not (element.text or "").strip()
        and all(
            isinstance(cell.tag, str) and _part(cell, classes) == "td" and not (cell.tail or "").strip()
            and next(cell.iter("table", "h1", "h2"), None) is None and len("".join(cell.itertext())) <= _LONGEST_CELL
            for cell in element
        )
    )  # fmt: skip


def _part(element: Any, classes: Mapping[str, str]) -> str:
    """Return the tag of a part of a table that an element says it is, ``""`` if it says nothing."""
    display = _DISPLAY.search(element.get("style", ""))
    told = _PARTS.get(element.get("role", "").lower()) or (_PARTS.get(display[1].lower()) if display else None)
    names = element.get("class", "").split()
    told = told or next((classes[name] for name in names if name in classes), None)
    return told or next((tag for tag, form in _PART_CLASSES for name in names if form.search(name)), "")


def _groups(table: Any) -> list[tuple[str, list[Any]]]:
    """Return the row groups in the order in which they print: the foot comes last.

    Rows that stand directly in the table form groups with their neighbours.
    """
    groups: list[tuple[str, list[Any]]] = []
    for child in table.iterchildren():
        if child.tag in _ROW_GROUPS:
            groups.append((child.tag, list(child.iterchildren("tr"))))
        elif child.tag == "tr":
            if not groups or groups[-1][0] != "":
                groups.append(("", []))
            groups[-1][1].append(child)
    return sorted(groups, key=lambda group: group[0] == "tfoot")


def _row_cells(row: Any) -> list[Any]:
    return list(row.iterchildren("td", "th"))


def _cells_of(table: Any) -> list[Any]:
    return [cell for _, rows in _groups(table) for row in rows for cell in _row_cells(row)]


def _number(cell: Any, name: str) -> int:
    """Return a span by the rules of HTML for non-negative integers; 1 where there is none."""
    match = re.match(r"\s*\+?(\d{1,12})", cell.get(name, ""), re.ASCII)
    return int(match[1]) if match else 1


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style", "")))


def _is_hidden_here(element: Any) -> bool:
    return _is_hidden(element) or any(_is_hidden(one) for one in element.iterancestors())
