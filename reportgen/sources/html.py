"""Web pages (.html, .htm, and the HTML tables that web systems hand out under the name .xls).

Tables become grids by the table algorithm of the HTML standard, everything else becomes paragraphs.
A table that only lays out the page (it holds other tables, or has a single column) is taken apart into
paragraphs and the tables in it.  Other elements are a table where role, style or class says which are its rows
and cells.  Several reports in one page stay in page order; the recogniser says so
when the prescribed tables occur more than once, and reads none of them.

Nothing is fetched (no style sheets, frames or pictures), and scripts are not run.  Text that nobody sees
(``display:none``, the colour of the paper …) is not read, nor is text that is struck out; hidden tables, rows
and cells are marked as those of workbooks are.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..disk.names import shown_name
from ..errors import InputError
from .base import Document, Grid, GridCell, Paragraph
from .limits import MAX_SPAN, Budget
from .pagelists import number_lists
from .pagelooks import Look, Styles
from .runs import Run, said_by

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
_PARTS = {
    "table-row": "tr", "table-cell": "td", "table-row-group": "tbody", "table-header-group": "thead",
    "row": "tr", "cell": "td", "gridcell": "td", "columnheader": "td", "rowheader": "td", "rowgroup": "tbody",
}  # fmt: skip
"""Part of a table by the values of ``display`` and ``role`` → its tag."""
_PART_CLASSES = (
    ("tr", re.compile(r"(?:^|[-_])(?:tr|row)(?:[-_]|$)", re.I)),
    ("td", re.compile(r"(?:^|[-_])(?:td|th|cell|col)(?:[-_]|$)", re.I)),
    ("tbody", re.compile(r"(?:^|[-_])(?:tbody|thead)(?:[-_]|$)", re.I)),
)
_LONGEST_CELL = 300
"""Characters of a cell of a table made of other elements; the longest label has 53."""
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
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
        self._styles = Styles()

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
            for sheet in root.iter("style"):
                self._styles.add(sheet.text or "")
            _name_tables(root, self._styles)
            number_lists(root, self._styles)
            self._flow(root, Look(behind=self._styles.paper))
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

    def _flow(self, element: Any, outer: Look) -> None:
        """Add what stands outside data tables, and the data tables as they come.

        Args:
            element: a part of the page.
            outer: the look of what it stands in.
        """
        tag = element.tag
        if tag in _SKIPPED:
            return
        look = self._styles.look(element, outer)
        if tag == "br":
            self._flush()
        elif tag == "table" and (grid := self._grid(element, look)):
            self._flush()
            for child in element.iterchildren():
                if child.tag not in _OF_TABLES:  # a caption, and what is wrongly there: it prints above
                    self._flow(child, look)
            self._flush()
            self.grids.append(grid)
        else:
            block = tag in _BLOCKS
            if block:
                self._flush()
            self._line.append(Run(element.text or "", look.mark, look.link))
            for child in element.iterchildren():
                self._flow(child, look)
                self._line.append(Run(child.tail or "", look.mark, look.link))
            if block:
                self._flush()

    def _flush(self) -> None:
        runs, self._line = self._line, []
        said = said_by(runs)
        if said.hidden and not any("。" in run.text for run in runs):
            return  # menus and windows that open: no sentence of a report
        text = one_blank(said.text)
        if text or said.beside:
            self.paragraphs.append(Paragraph(text, f"第{len(self.paragraphs) + 1}段", *said[1:]))

    def _grid(self, table: Any, look: Look) -> Grid | None:
        """Return the grid of a data table, None for a table that only lays out the page."""
        self.budget.spend_time()
        if any(len(_cells_of(inner)) > 1 for inner in table.iterdescendants("table")):
            return None
        if all(len(row) <= 1 for _, rows in _groups(table) for row in map(_row_cells, rows)):
            return None
        self.budget.spend_grid()
        cells = tuple(self._form(table, look))
        return Grid(f"第{len(self.grids) + 1}个表格", cells, look.hides)

    def _form(self, table: Any, look: Look) -> Iterator[GridCell]:
        """Yield the cells of a table, see https://html.spec.whatwg.org/multipage/tables.html#forming-a-table"""
        y = 0
        for _, rows in _groups(table):
            taken: set[tuple[int, int]] = set()
            end = y + len(rows)
            for row in rows:
                x = 0
                group = row.getparent()
                in_row = self._styles.look(row, look if group is table else self._styles.look(group, look))
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
                    in_cell = self._styles.look(cell, in_row)
                    said = said_by(self._runs(cell, in_cell), cell=True)
                    lines = (line.strip(" \u3000") for line in said.text.split("\n"))
                    yield GridCell(
                        y + 1, x + 1, "\n".join(line for line in lines if line) or None, height, columns,
                        f"第{y + 1}行第{x + 1}列", hidden=in_cell.hides or said.hidden, beside=said.beside,
                        unlinked=said.unlinked,
                    )  # fmt: skip
                    x += columns
                y += 1

    def _runs(self, cell: Any, own: Look) -> list[Run]:
        """Return the text of a cell, with its paragraphs and line breaks.

        Args:
            cell: its element.
            own: the look of the cell; in a hidden one the text is read, and the cell is hidden.
        """
        runs: list[Run] = []

        def walk(element: Any, look: Look) -> None:
            block = element.tag in _BLOCKS
            if element.tag == "br" or block:
                runs.append(Run("\n"))
            if element.tag not in _SKIPPED:
                # Line breaks of the source are blanks; only elements make lines.
                runs.append(Run(_BLANKS.sub(" ", element.text or ""), look.mark, look.link))
                for child in element.iterchildren():
                    walk(child, self._styles.look(child, look))
                    runs.append(Run(_BLANKS.sub(" ", child.tail or ""), look.mark, look.link))
            if block:
                runs.append(Run("\n"))

        walk(cell, own.shown)
        return runs


def one_blank(text: str) -> str:
    """Return a paragraph as a page shows it: one blank for several, and for tabs and line breaks."""
    return _BLANKS.sub(" ", text).strip(" \u3000")


def _name_tables(root: Any, styles: Styles) -> None:
    """Make tables, rows and cells of other elements that are some.

    Args:
        root: of the page's tree.
        styles: what its style sheets say.
    """
    rows = [row for row in root.iter() if isinstance(row.tag, str) and _is_row(row, styles)]
    by_parent: dict[Any, list[Any]] = {}
    for row in rows:
        by_parent.setdefault(row.getparent(), []).append(row)
    for parent, here in by_parent.items():
        if parent is None or len(parent) != len(here) or (parent.text or "").strip():
            continue
        group = _part(parent, styles) == "tbody" and parent.getparent() is not None
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


def _is_row(element: Any, styles: Styles) -> bool:
    """Tell whether an element is a row and holds cells, all of them short, and nothing else."""
    return (
        element.tag in _MAY_BE_TABLES and len(element) > 0 and _part(element, styles) == "tr"
        and not (element.text or "").strip()
        and all(
            isinstance(cell.tag, str) and _part(cell, styles) == "td" and not (cell.tail or "").strip()
            and next(cell.iter("table", "h1", "h2"), None) is None and len("".join(cell.itertext())) <= _LONGEST_CELL
            for cell in element
        )
    )  # fmt: skip


def _part(element: Any, styles: Styles) -> str:
    """Return the tag of a part of a table that an element says it is, ``""`` if it says nothing."""
    told = _PARTS.get(element.get("role", "").lower()) or _PARTS.get(styles.said(element).get("display", ""))
    names = element.get("class", "").split()
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
