"""How the workbook's cells look, and the one way text gets into a cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import msgspec
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ..errors import NOT_XML, OutputError

SONG, KAI, HEI = "宋体", "楷体", "黑体"
MAX_TEXT = 32767  # characters a cell can hold
MAX_HEIGHT = 400.0  # Excel's limit is 409.5


class Colour:
    """What the colours of cells say (RRGGBB)."""

    BLANK, BROKEN, INVALID, DONE, LINK = "FFFBE0", "FFC7CE", "F8A35B", "D8EFD3", "1F4E9E"


_THIN = Side(style="thin", color="000000")
_PALE = Side(style="thin", color="BFBFBF")
GRID = Border(_THIN, _THIN, _THIN, _THIN)
LINES = Border(_PALE, _PALE, _PALE, _PALE)


def fill(colour: str) -> PatternFill:
    """Return a solid fill of a colour (RRGGBB)."""
    return PatternFill("solid", start_color=colour, end_color=colour)


def tint(sheet: Worksheet, area: str, formula: str, colour: str, *, stop: bool = False) -> None:
    """Colour the cells of ``area`` (ranges separated by blanks) for which ``formula`` is true.

    References are relative to the first cell and stay on the sheet: other sheets are not allowed
    in conditional formats by all programs.
    """
    make: Any = FormulaRule
    sheet.conditional_formatting.add(area, make([formula], fill=fill(colour), stopIfTrue=stop))


class Look(msgspec.Struct, frozen=True):
    """How a cell looks and whether it is open for entry."""

    font: str = SONG
    size: float = 10.5
    bold: bool = False
    italic: bool = False
    colour: str = "000000"
    fill: str = ""
    border: Literal["", "grid", "lines"] = ""
    """``grid`` is black, as the prescribed tables are printed, ``lines`` pale."""
    horizontal: str = "left"
    vertical: str = "center"
    indent: int = 0
    open: bool = False
    number_format: str = "General"


TITLE = Look(font=HEI, size=16)
INTRO = Look(size=9, colour="595959", indent=1)
HEAD = Look(bold=True, border="lines", horizontal="center", fill="E7EEF7")


class Formula(str):
    """A formula of ours, with its ``=``; any other text is data."""

    __slots__ = ()


def put(
    sheet: Worksheet, row: int, column: int, value: object, look: Look, *, rows: int = 1, columns: int = 1,
    tall: float = 0.0,
) -> Cell:  # fmt: skip
    """Write a cell, merged over ``rows`` × ``columns``; if ``tall``, its row gets this height in points.

    Text is text whatever it begins with; a formula must come as :class:`Formula`.

    Raises:
        OutputError: a text is longer than a cell can hold.
    """
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    prefix = _fill_in(cell, value)
    if rows > 1 or columns > 1:
        # Before dressing: openpyxl copies the borders of a dressed cell slowly, side by side.
        sheet.merge_cells(start_row=row, end_row=row + rows - 1, start_column=column, end_column=column + columns - 1)
    for line in sheet.iter_rows(row, row + rows - 1, column, column + columns - 1):
        for one in line:
            for name, style in _styles(look).items():
                setattr(one, name, style)
            if prefix:
                one.quotePrefix = True
    if tall:
        sheet.row_dimensions[row].height = tall
    return cell


def lead(cell: Cell, sheet: str) -> None:
    """Let a click on a cell lead to the top of a sheet."""
    cell.hyperlink = Hyperlink(cell.coordinate, location=f"{quote_sheetname(sheet)}!A1")


def restrict(sheet: Worksheet, areas: Iterable[str], **options: Any) -> None:
    """Limit what may be entered into cells; ``options`` are those of openpyxl's ``DataValidation``."""
    rule = DataValidation(allow_blank=True, **options)
    for area in areas:
        rule.add(area)
    sheet.add_data_validation(rule)


def begin(
    book: Workbook, name: str, sizes: Sequence[float], intro: object, heads: Iterable[str], *, tall: Sequence[float],
    spans: Sequence[int] = (), intro_look: Look = INTRO, head: Look = HEAD,
) -> Worksheet:  # fmt: skip
    """Add a sheet with its name as the title, what it is for in row 2, and the heads of its columns in row 3.

    Args:
        tall: heights of rows 2 and 3 in points, 0 to leave one to the program.
        spans: columns over which title and introduction go; all that have a head if empty.
    """
    sheet: Worksheet = book.create_sheet(name)
    widths(sheet, sizes)
    names = list(heads)
    of_title, of_intro = spans or (len(names), len(names))
    put(sheet, 1, 1, name, TITLE, columns=of_title, tall=30)
    put(sheet, 2, 1, intro, intro_look, columns=of_intro, tall=tall[0])
    for column, one in enumerate(names, 1):
        put(sheet, 3, column, one, head, tall=tall[1])
    return sheet


@lru_cache(maxsize=128)
def _styles(look: Look) -> dict[str, Any]:
    """Return a look as attributes of openpyxl's cells."""
    return {
        "font": Font(name=look.font, size=look.size, bold=look.bold, italic=look.italic, color=look.colour),
        "alignment": Alignment(
            horizontal=look.horizontal, vertical=look.vertical, wrap_text=True, indent=look.indent
        ),
        "protection": Protection(locked=not look.open), "number_format": look.number_format,
        **({"fill": fill(look.fill)} if look.fill else {}),
        **({"border": GRID if look.border == "grid" else LINES} if look.border else {}),
    }  # fmt: skip


def writable(text: str) -> str:
    """Return a text without the characters that no XML file can hold: controls, lone surrogates."""
    return NOT_XML.sub("", text)


def _fill_in(cell: Cell, value: object) -> bool:
    """Set the value; return whether it needs the quote prefix that keeps it text when it is edited."""
    if isinstance(value, Formula):
        cell.value = str(value)
    elif isinstance(value, str):
        text = writable(value).replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > MAX_TEXT:
            raise OutputError(f"有一段文字长达 {len(text)} 个字，一个单元格最多放 {MAX_TEXT} 个字。请先分段或删减。")
        if text:
            cell.value = text
            cell.data_type = "s"  # openpyxl takes =… for a formula and #N/A for an error
            return text[0] in "=+-@"
    elif isinstance(value, (int, Decimal)):
        cell.value = value
    elif value is not None:
        raise TypeError(f"no cell can hold {value!r}")
    return False


def height(text: str, width: float, *, line: float = 15.0, least: float = 18.0) -> float:
    """Return the row height in points for text wrapped in a column ``width`` characters wide."""
    lines = sum(
        max(1, -(-sum(2 if ord(c) > 0x2E80 or c in "“”‘’—…·" else 1 for c in part) // max(1, int(width - 1))))
        for part in text.split("\n")
    )
    return min(MAX_HEIGHT, max(least, lines * line + 5))


def tint_verdict(sheet: Worksheet, area: str) -> None:
    """Colour a summary line by its own words, so that no reference leaves the sheet."""
    first = area.split(":", maxsplit=1)[0].replace("A", "$A$")
    for word, colour in (("不", Colour.BROKEN), ("没有填", Colour.BLANK), ("通过", Colour.DONE)):
        tint(sheet, area, f'ISNUMBER(FIND("{word}",{first}))', colour, stop=True)


def widths(sheet: Worksheet, sizes: Sequence[float]) -> None:
    """Set the column widths, in characters, from column A on."""
    for n, size in enumerate(sizes, 1):
        sheet.column_dimensions[get_column_letter(n)].width = size


def protect(sheet: Worksheet) -> None:
    """Lock all but the entry cells; no password.  Rows and columns can still be resized."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


def finish(
    sheet: Worksheet,
    frozen: str = "",
    *,
    area: str = "",
    heads: int = 0,
    landscape: bool = True,
    one_page: bool = False,
) -> None:
    """Protect a sheet, and freeze and print it.

    Args:
        frozen: the cell above and left of which everything stays on the screen.
        area: what is printed; all of it if "".
        heads: the row that is printed on every page, 0 for none.
        landscape, one_page: as of :func:`set_page`.
    """
    if frozen:
        sheet.freeze_panes = frozen
    protect(sheet)
    set_page(sheet, landscape=landscape, area=area, one_page=one_page)
    if heads:
        sheet.print_title_rows = f"{heads}:{heads}"


def set_page(sheet: Worksheet, *, landscape: bool = False, area: str = "", one_page: bool = False) -> None:
    """Print on A4, fitted to the width (or to one page), with page numbers."""
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 1 if one_page else 0
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top = sheet.page_margins.bottom = 0.7
    footer: Any = sheet.oddFooter
    footer.center.text = "第 &P 页，共 &N 页"
    if area:
        sheet.print_area = area
