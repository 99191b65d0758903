"""Workbooks are read as openpyxl reads them, or refused; never another number."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import sys
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import xlsxkit
from openpyxl import Workbook
from support import DATA, published_cells
from test_recogniser import draw
from xlsxkit import MAIN, assert_same, in_sheets, reference, rewritten, saved, with_shared_strings

from reportgen import memory
from reportgen.api import read_report
from reportgen.errors import InputError
from reportgen.form import load_form
from reportgen.model.numbers import exact
from reportgen.recogniser import recognise
from reportgen.sources import Grid, GridCell, limits, open_document, read_document, results
from reportgen.sources.numberformats import shown_number
from reportgen.sources.results import Results
from reportgen.sources.sniff import kind_of, refusal

EXAMPLES = Path(__file__).parent.parent / "examples"
CASES = DATA / "cases"
SMALL = (
    "f-wan2",
    "g-dnum",
    "m-circ",
    "p-Sheet1-case",
    "t-x000D",
    "u-hidrow-text",
    "x-sum-missing",
    "malformed-10486",
    "v-nan",
)
"""Cases of the fast suite: a kind each; openpyxl needs a second for one."""
TOO_LARGE = "hiddencols150k"
"""openpyxl needs minutes for it."""


def corpus() -> dict[str, bytes]:
    """Files by name: examples, cases, and some made here."""
    folders = (EXAMPLES, CASES / "workbooks", CASES / "hostile")
    paths = [path for folder in folders for path in sorted(folder.glob("*.xlsx")) if path.stem != TOO_LARGE]
    return {path.stem: path.read_bytes() for path in paths} | {"foreign": xlsxkit.foreign(), "empty": saved(Workbook())}


CORPUS = corpus()
OFFICE = {path.stem for path in (CASES / "workbooks").iterdir()} | {path.stem for path in (CASES / "hostile").iterdir()}


def grids(data: bytes) -> tuple[Grid, ...]:
    kind = kind_of("甲.xlsx", data)
    if kind not in ("xlsx", "xlsm"):
        raise refusal("甲.xlsx", kind, ["xlsx"])
    return read_document("甲.xlsx", data, kind).grids


def changed(data: bytes, change) -> bytes:
    """The workbook with its sheets rewritten; fails where that changes nothing."""
    new = rewritten(data, in_sheets(change))
    assert new != rewritten(data, lambda part, xml: xml)
    return new


def sheet_of(cells: bytes, more: bytes = b"") -> bytes:
    """A workbook of one sheet with these rows."""
    rows = b"<sheetData>" + cells + b"</sheetData>" + more
    return changed(
        saved(Workbook()), lambda xml: re.sub(rb"<sheetData ?/>|<sheetData></sheetData>", lambda _: rows, xml)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.office if name in OFFICE - {*SMALL} else ())
        for name in CORPUS
        if name != "u-strike-text"  # what is struck out is left out here; openpyxl does not say which letters are
    ],
)
def test_both_readers_agree(name):
    try:
        wanted = reference(CORPUS[name])
    except Exception:  # openpyxl lets many kinds through for a damaged file
        with pytest.raises(InputError, match="已损坏"):
            grids(CORPUS[name])
        return
    found = grids(CORPUS[name])
    if name in DROPPED:
        assert {sheet["name"] for sheet in wanted} < {grid.name for grid in found}
    else:
        assert_same(found, wanted)


DROPPED = {"p-Sheet1-case"}
"""Where openpyxl drops a sheet: the name of its part is written in other letters."""


# How other programs write the same thing.
DIALECTS = {
    "apostrophes": lambda x: x.replace(b'r="A2"', b"r='A2'"),
    "prefix-of-rows": lambda x: x.replace(b"<row ", b"<x:row ").replace(b"</row>", b"</x:row>")
    .replace(b"<worksheet ", b'<worksheet xmlns:x="%s" ' % MAIN.encode()),
    "prefix-throughout": lambda x: re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1n0:", x).replace(b"xmlns=", b"xmlns:n0="),
    "comments": lambda x: x.replace(b"<sheetData>", b"<sheetData><!-- c -->").replace(b"</v>", b"<!-- 1 --></v>"),
    "instructions": lambda x: x.replace(b"<sheetData>", b"<sheetData><?x <c r='A1'><v>1</v></c> ?>"),
    "no-addresses-of-rows": lambda x: re.sub(rb'<row r="\d+"', b"<row", complete(x)),
    "no-addresses": lambda x: re.sub(rb'<c r="[A-Z]+\d+"', b"<c", complete(x)),
    "spaces": lambda x: re.sub(rb"<v>([^<]+)</v>", rb"<v> \1 </v>", x),
    "newlines": lambda x: x.replace(b"><row ", b">\n  <row ").replace(b"</c><c ", b"</c>\n<c "),
    "returns": lambda x: x.replace(b"><row ", b">\r\n<row ").replace(b"</t>", b"\r\n</t>"),
    "xml-space": lambda x: x.replace(b"<v>", b'<v xml:space="preserve">'),
    "exponents": lambda x: re.sub(rb't="n"><v>(\d+)</v></c>', rb't="n"><v>\1E0</v></c>', x),
    "decimals": lambda x: re.sub(rb't="n"><v>(\d+)</v></c>', rb't="n"><v>\1.0</v></c>', x),
    "entities": lambda x: x.replace(b"<v>3", b"<v>&#51;").replace(b"<v>1", b"<v>&#x31;"),
    "by-number": lambda x: x.replace("请".encode(), b"&#35831;").replace("表".encode(), b"&#x8868;"),
    "references-in-words": lambda x: x.replace(b"<t>", b"<t>&#38;lt;&amp;#65;&amp;amp;&lt;&#60;b"),
    "not-windows": lambda x: x.replace(b"<t>", b"<t>&#133;&#x80;&#128512;"),
    "cdata": lambda x: re.sub("(<t>[^<]*)申请".encode(), rb"\1" + "<![CDATA[申请]]>".encode(), x)
    .replace(b"<v>3", b"<v><![CDATA[3]]>"),
    "utf-16": lambda x: ('<?xml version="1.0" encoding="UTF-16"?>' + x.decode()).encode("utf-16"),
    "utf-16-be": lambda x: ("\ufeff" + x.decode()).encode("utf-16-be"),
    "latin-1": lambda x: b'<?xml version="1.0" encoding="ISO-8859-1"?>' + x.decode().encode("ascii", "xmlcharrefreplace"),
    "mark-of-utf-8": lambda x: b"\xef\xbb\xbf" + x,
    "standalone": lambda x: b"<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n\n" + x,
    "empty-elements": lambda x: re.sub(rb'<c ([^>]*)/>', rb"<c \1></c>", x),
    "attributes-elsewhere": lambda x: re.sub(rb'<c r="([A-Z]+\d+)" ([^>/]*)>', rb'<c x="1" \2 r="\1" >', x),
    "absolute-merges": lambda x: re.sub(rb'ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"', rb'ref="$\1$\2:$\3$\4"', x),
    "true": lambda x: x.replace(b'hidden="1"', b'hidden="true"'),
    "columns-last": lambda x: re.sub(rb"(<cols>.*?</cols>)(.*)</worksheet>", rb"\2\1</worksheet>", x, flags=re.S),
    "end-in-a-comment": lambda x: x.replace(b"<sheetData>", b"<!-- </sheetData> --><sheetData>"),
    "end-in-an-instruction": lambda x: x.replace(b"<sheetData>", b"<sheetData><?x </sheetData> ?>"),
    "end-in-words": lambda x: re.sub("(<t>[^<]*)申请".encode(), rb"\1<![CDATA[</sheetData>]]>", x),
    "end-elsewhere": lambda x: x.replace(b"</sheetData>", b"</sheetData><extLst><ext uri='x'><sheetData></sheetData></ext></extLst>"),
    "end-before": lambda x: x.replace(b"<sheetData>", b"<extLst><ext uri='x'><sheetData></sheetData></ext></extLst><sheetData>"),
    "end-of-two": lambda x: x.replace(b"</sheetData>", b"</sheetData><sheetData><row/></sheetData>"),
    "merges-first": lambda x: re.sub(rb"(<sheetData>.*?)(<mergeCells.*?</mergeCells>)", rb"\2\1", x, flags=re.S),
}  # fmt: skip


def complete(xml: bytes) -> bytes:
    """A sheet whose rows and cells begin at the first and leave no gap, as those without addresses must."""
    rows = {}
    for row in re.finditer(rb'<row r="(\d+)"([^>]*?)(?:/>|>(.*?)</row>)', xml, re.S):
        cells = re.findall(rb'(<c r="([A-Z])\d+"[^>]*?(?:/>|>.*?</c>))', row[3] or b"", re.S)
        every = {chr(65 + n): b'<c r="%c%b"/>' % (65 + n, row[1]) for n in range(20)}
        every |= {letter.decode(): cell for cell, letter in cells}
        rows[int(row[1])] = b'<row r="%b"%b>' % (row[1], row[2]) + b"".join(every.values()) + b"</row>"
    last = max(rows, default=0)
    body = b"".join(rows.get(n, b'<row r="%d"/>' % n) for n in range(1, last + 1))
    return re.sub(rb"<sheetData>.*</sheetData>", lambda _: b"<sheetData>" + body + b"</sheetData>", xml, flags=re.S)


@pytest.mark.parametrize("file", ["foreign", pytest.param("liwan-2024", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", DIALECTS)
def test_other_ways_to_write_the_same(name, file):
    data = rewritten(CORPUS[file], in_sheets(DIALECTS[name]))
    assert_same(grids(data), reference(data))


@pytest.mark.parametrize("name", DIALECTS)
def test_the_other_ways_differ(name):
    files = [CORPUS["foreign"], CORPUS["liwan-2024"]]
    assert any(rewritten(file, in_sheets(DIALECTS[name])) != rewritten(file, lambda part, xml: xml) for file in files)


# The same of the workbook's other parts.
FORMAT = b'<dxf><numFmt numFmtId="164" formatCode="0"/></dxf>'
BOOK_DIALECTS = {
    "spaced": ("xl/workbook.xml", lambda x: x.replace(b'state="hidden"', b'state = "hidden"')),
    "unfolded": ("xl/workbook.xml", lambda x: re.sub(rb"(<sheet [^>]*?) ?/>", rb"\1></sheet>", x)),
    "prefix": ("xl/workbook.xml", lambda x: re.sub(rb"<(/?)(?=[a-z])", rb"<\1s:", x).replace(b"xmlns=", b"xmlns:s=")),
    "other-prefix-of-relations": ("xl/workbook.xml", lambda x: x.replace(b"r:id=", b"q:id=").replace(b"xmlns:r=", b"xmlns:q=")),
    "from-1904": ("xl/workbook.xml", lambda x: x.replace(b"<workbookPr/>", b'<workbookPr date1904="true"/>')),
    "utf-16": ("xl/workbook.xml", lambda x: ('<?xml version="1.0" encoding="UTF-16"?>' + x.decode()).encode("utf-16")),
    "relative": ("xl/_rels/workbook.xml.rels", lambda x: x.replace(b'"/xl/', b'"')),
    "roundabout": ("xl/_rels/workbook.xml.rels", lambda x: x.replace(b'"/xl/', b'"../xl/./')),
    "bare-style": ("xl/styles.xml", lambda x: re.sub(rb"<cellXfs[^>]*>", rb"\g<0><xf/>", x)),
    "formats-elsewhere": ("xl/styles.xml", lambda x: x.replace(b"</cellXfs>", b"</cellXfs><dxfs>" + FORMAT * 2 + b"</dxfs>")),
}  # fmt: skip


@pytest.mark.parametrize("name", BOOK_DIALECTS)
def test_other_ways_to_write_a_book(name):
    at, dialect = BOOK_DIALECTS[name]
    data = rewritten(CORPUS["foreign"], lambda part, xml: dialect(xml) if part == at else xml)
    assert data != rewritten(CORPUS["foreign"], lambda part, xml: xml), "the dialect shows"
    assert_same(grids(data), reference(data))


@pytest.mark.parametrize("name", ["foreign", "liwan-2024"])
def test_the_strict_variant_says_the_same(name):
    """openpyxl does not know its namespaces."""
    assert grids(xlsxkit.strict(CORPUS[name])) == grids(CORPUS[name])


def test_dates_of_the_strict_variant():
    cells = b"".join(
        b'<c r="A%d" t="d"><v>%s</v></c>' % (n, text)
        for n, text in enumerate((b"2025-01-20", b"2025-01-20T08:30:00", b"2025-01-20T08:30:00Z", b"08:30:00"), 1)
    )
    data = sheet_of(b"<row>" + cells + b"</row>")
    day, moment = dt.datetime(2025, 1, 20), dt.datetime(2025, 1, 20, 8, 30)
    assert [c.value for c in grids(data)[0].cells] == [day, moment, moment, dt.time(8, 30)]


def test_macros_are_not_read():
    data = rewritten(
        CORPUS["foreign"],
        lambda part, xml: xml.replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
    )
    assert kind_of("甲.xlsm", data) == "xlsm"
    assert grids(data) == grids(CORPUS["foreign"])


def lettering(item: bytes) -> bytes:
    return b"<r><rPr><b/></rPr>" + item + b"</r>" if item.startswith(b"<t>") else item


STRINGS = {
    "as-they-are": lambda item: item,
    "preserved": lambda item: item.replace(b"<t>", b'<t xml:space="preserve">'),
    "letterings": lettering,
    "some-letterings": lambda item: item if len(item) % 7 else lettering(item),
    "by-number": lambda item: re.sub(rb"(?<![#\d])2(?!\d*;)", b"&#50;", item).replace(b",", b"&#x2c;"),
    "quotes": lambda item: item.replace("“".encode(), b"&quot;").replace("”".encode(), b"&#39;"),
    "reading-aid": lambda item: item + b'<rPh sb="0" eb="1"><t>du</t></rPh><phoneticPr fontId="1"/>',
    "as-excel": lambda item: lettering(item) + b'<phoneticPr fontId="1" type="noConversion"/>',
    "between": lambda item: item + b"</si><!-- <si><t>x</t></si> --><si>" + item if b"2" in item else item,
    "empty": lambda item: b"<t/>" if b"2" in item else item,
    "blank": lambda item: b"" if b"2" in item else item,
    "lines": lambda item: item + b"\n",
    "returns": lambda item: item.replace(b"</t>", b"\r\n</t>"),
    "cdata": lambda item: item.replace("申请".encode(), "<![CDATA[申请]]>".encode()),
}  # fmt: skip


@pytest.mark.parametrize("name", STRINGS)
@pytest.mark.parametrize("file", ["foreign", pytest.param("liwan-2024", marks=pytest.mark.slow)])
def test_shared_strings(file, name):
    data = with_shared_strings(CORPUS[file], STRINGS[name])
    assert_same(grids(data), reference(data))


@pytest.mark.parametrize("name", ["letterings", "reading-aid", "as-excel", "blank"])
def test_texts_in_the_cells(name):
    """Texts may stand in the cell itself, rich ones and such with a reading aid, too."""
    data = changed(
        CORPUS["foreign"],
        lambda xml: xlsxkit.INLINE.sub(lambda m: b' t="inlineStr"><is>' + STRINGS[name](m[1]) + b"</is></c>", xml),
    )
    assert_same(grids(data), reference(data))


def test_shared_formulas_are_moved_to_their_cells():
    book = Workbook()
    for row in (1, 2, 3):
        for column in (1, 2):
            book.active.cell(row, column, row * column)
        book.active.cell(row, 3, 0)
    first = b'<c r="C1"><f t="shared" ref="C1:C3" si="0">SUM(A1:B1)+$A$1+A$1&amp;"A1"</f><v>3</v></c>'
    rest = b'<c r="C%d"><f t="shared" si="0"/><v>4</v></c>'

    def share(xml):
        for row in (1, 2, 3):
            xml = re.sub(rb'<c r="C%d"[^>]*>.*?</c>' % row, first if row == 1 else rest % row, xml)
        return xml

    data = changed(saved(book), share)
    assert next(c.formula for c in grids(data)[0].cells if c.address == "C3") == '=SUM(A3:B3)+$A$1+A$1&"A1"'
    assert_same(grids(data), reference(data))
    # A reference that would leave the sheet is no reference.
    left = changed(data, lambda xml: xml.replace(b'<c r="C2"', b'<c r="A2"'))
    assert "#REF!" in next(c.formula for c in grids(left)[0].cells if c.address == "A2")


def test_order_does_not_matter_and_the_last_of_a_cell_counts():
    rows = (
        b'<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>2</v></c></row>'
        b'<row r="1"><c r="A1"><v>3</v></c><c r="A1"><v>4</v></c><c r="B1"><v>5</v></c><c r="B1" s="0"/></row>'
        b'<row><c><v>6</v></c><c r="D2"><v>7</v></c><c><v>8</v></c></row>'
        b'<row r="2" hidden="1"/>'
    )
    data = sheet_of(rows)
    found = [(c.address, c.value, c.hidden) for c in grids(data)[0].cells]
    assert found == [
        ("A1", 4, False), ("A2", 6, True), ("D2", 7, True), ("E2", 8, True), ("A3", 2, False), ("B3", 1, False),
    ]  # fmt: skip
    assert_same(grids(data), reference(data))


def test_values_under_a_merged_cell_keep_their_place():
    rows = b'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    (grid,) = grids(sheet_of(rows, b'<mergeCells><mergeCell ref="A1:B2"/></mergeCells>'))
    assert [(c.address, c.value) for c in grid.cells] == [("A1", 1), ("B1", 2)]
    assert {grid.cell(row, column).address for row in (1, 2) for column in (1, 2)} == {"A1"}


DAMAGE = {
    "not a number": b'<row><c><v>12x</v></c></row>', "no number": b'<row><c><v>NaN</v></c></row>',
    "infinite": b'<row><c><v>1e999</v></c></row>', "infinite in words": b'<row><c><v>inf</v></c></row>',
    "underscores": b'<row><c><v>1_0.5</v></c></row>', "thousands of digits": b'<row><c><v>%b</v></c></row>' % (b"9" * 5000),
    "kind": b'<row><c t="z"><v>1</v></c></row>', "truth": b'<row><c t="b"><v>x</v></c></row>',
    "date": b'<row><c t="d"><v>x</v></c></row>', "no string": b'<row><c t="s"><v>0</v></c></row>',
    "last string": b'<row><c t="s"><v>-1</v></c></row>', "row": b'<row r="x"><c><v>1</v></c></row>',
    "address": b'<row><c r="1A"><v>1</v></c></row>', "not well-formed": b'<row><c><v>1</v></row>',
    "unknown entity": b'<row><c t="str"><v>&x;</v></c></row>', "control character": b'<row><c t="str"><v>\x01</v></c></row>',
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_damaged_cells_are_refused(what):
    with pytest.raises(InputError, match="已损坏，读不出来。请用 Excel 或 WPS 打开后另存"):
        grids(sheet_of(DAMAGE[what]))


PARTS = [
    "xl/worksheets/sheet1.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_listed_and_not_there(tmp_path, part):
    path = tmp_path / "甲.xlsx"
    path.write_bytes(rewritten(with_shared_strings(CORPUS["foreign"]), lambda at, xml: None if at == part else xml))
    with pytest.raises(InputError, match=r"“甲.xlsx”已损坏"):
        read_report(path)


@pytest.mark.parametrize("number", [b"99999", b"x", b"1.5"])
def test_shared_string_that_is_not_there(number):
    data = with_shared_strings(CORPUS["liwan-2024"])
    assert grids(data)
    with pytest.raises(InputError, match="已损坏"):
        grids(changed(data, lambda xml: re.sub(rb't="s"><v>\d+<', b't="s"><v>%s<' % number, xml, count=3)))


def test_two_sheets_of_one_name():
    data = rewritten(CORPUS["foreign"], lambda part, xml: xml.replace('name="空"'.encode(), 'name="隐藏"'.encode()))
    with pytest.raises(InputError, match="已损坏"):
        grids(data)


def test_a_late_document_type_is_refused():
    """However much stands before it."""
    head = b"<!--" + b" " * 100_000 + b'--><!DOCTYPE x [<!ENTITY a "8">]>'
    with pytest.raises(InputError, match="声明了实体"):
        grids(changed(CORPUS["foreign"], lambda xml: head + xml))


# ---------------------------------------------------------------- damage at random


def bases() -> list[bytes]:
    small = sheet_of(
        b'<row r="1" hidden="1"><c r="A1" t="n"><f>SUM(B1:C1)</f><v>3</v></c><c r="B1"><v>1</v></c></row>'
        b'<row r="2"><c r="A2" t="b"><v>1</v></c><c r="B2" t="e"><v>#REF!</v></c><c r="C2" t="str"><v>x</v></c></row>',
        b'<mergeCells count="1"><mergeCell ref="D4:E5"/></mergeCells>',
    )
    return [CORPUS["foreign"], with_shared_strings(CORPUS["foreign"]), small]


def test_mutants():
    judge(xlsxkit.mutants(bases(), 20241122, 60))


@pytest.mark.office
@pytest.mark.parametrize("seed", range(5))
def test_more_mutants(seed):
    judge(xlsxkit.mutants([*bases(), CORPUS["liwan-2024"]], seed, 200))


def judge(files: Iterable[bytes]) -> None:
    """No number of a damaged workbook is read otherwise than openpyxl does."""
    read = stricter = refused = 0
    files = list(files)
    for data in files:
        try:
            mine = grids(data)
        except InputError:
            mine = None
        else:
            assert xlsxkit.well_formed(data)
        wanted = wanted_of(data)
        if mine is not None and wanted is not None:
            assert_same(mine, wanted)
            read += 1
        else:
            refused += wanted is None
            stricter += wanted is not None
    assert read > len(files) / 4
    assert refused > len(files) / 10
    assert stricter < len(files) / 6


def wanted_of(data: bytes) -> list[xlsxkit.Sheet] | None:
    """What openpyxl reads; None if it refuses, and not for settings that say nothing of cells alone."""
    for change in (lambda d: d, xlsxkit.only_cells):
        try:
            return reference(change(data))
        except Exception:  # openpyxl lets many kinds through for a damaged file
            continue
    return None


# ---------------------------------------------------------------- limits


@pytest.mark.slow
@pytest.mark.parametrize("ranges", [1, 150_000])
def test_hidden_columns_are_counted_once(ranges):
    """Thousands of ranges over the whole width are no more work than one."""
    columns = b"<cols>" + b'<col min="1" max="16384" hidden="1"/>' * ranges + b"</cols>"
    data = changed(
        saved(Workbook()),
        lambda xml: re.sub(rb"<sheetData ?/>|<sheetData></sheetData>",
                           columns + b'<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>', xml),
    )  # fmt: skip
    ((cell,),) = [grid.cells for grid in grids(data)]
    assert (cell.value, cell.hidden) == (1, True)


def steps_of(work):
    """How many functions a piece of work calls."""
    count = [0]

    def counted(frame, event, argument):
        count[0] += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count[0]


def many_sheets(count):
    book = Workbook()
    draw(book, published_cells("huaian_city_2024"))
    for number in range(count):
        book.create_sheet(f"表{number}").append(["其他", "总计", number])
    return saved(book)


def many_ranges(count):
    columns = b"".join(b'<col min="%d" max="%d" hidden="1"/>' % (n, n + 900) for n in range(1, count + 1))
    return changed(
        many_sheets(0), lambda xml: xml.replace(b"<sheetData>", b"<cols>" + columns + b"</cols><sheetData>", 1)
    )


@pytest.mark.slow
@pytest.mark.parametrize("made", [many_sheets, many_ranges])
def test_twice_as_much_is_twice_the_work(made, monkeypatch):
    """Counted in calls: sheets that are no tables, and ranges of hidden columns."""
    monkeypatch.setattr(memory, "enabled", False)
    recognise(read_document("甲.xlsx", made(10), "xlsx"), load_form("2021"))  # what is loaded and compiled once
    none, some, more = (
        steps_of(
            partial(lambda data: recognise(read_document("甲.xlsx", data, "xlsx"), load_form("2021")), made(count))
        )
        for count in (1, 100, 200)
    )
    assert more - none < 2.5 * (some - none) + 1000


def test_sheets_beyond_the_limit_are_not_read(monkeypatch):
    monkeypatch.setattr(limits, "MAX_GRIDS", 50)
    with pytest.raises(InputError, match="超过 50"):
        read_document("甲.xlsx", many_sheets(60), "xlsx")
    read_document("甲.xlsx", many_sheets(40), "xlsx")


def test_too_many_tags_are_refused_before_a_tree_is_made():
    with pytest.raises(InputError, match="超过 300000 个"):
        grids(sheet_of(b"<row>" + b"<a/>" * 1_300_000 + b"</row>"))


@pytest.mark.slow
def test_a_deep_part_is_damaged_or_refused():
    with pytest.raises(InputError, match=r"已损坏|超过"):
        grids(sheet_of(b"<a>" * 400_000))


@pytest.mark.parametrize("path", sorted((CASES / "hostile").glob("*.xlsx")), ids=lambda path: path.stem)
def test_hostile_workbooks_are_read_or_refused(path):
    with contextlib.suppress(InputError):  # any other exception fails
        open_document(path)


def test_markup_that_is_not_well_formed_is_refused():
    with pytest.raises(InputError, match="已损坏，读不出来。请"):
        open_document(CASES / "hostile" / "malformed-10486.xlsx")


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        (5230520, "#,##0.00,", "5,230.52"), (10010, "000000", "010010"), (Decimal("0.3526"), "0.00%", "35.26%"),
        (52305, "0!.0,", "5.2"), (12345, '[>=10000]0!.0,"万";0', "1.2万"), (123, '[>=10000]0!.0,"万";0', "123"),
        (0, ";;;", " "), (-5, "0;(0)", "(5)"), (8621234567, "000-0000-0000", "086-2123-4567"), (12, "0", ""),
        (5, "# ?/?", None), (5, "0.00E+00", None), (5, "General", ""),
        (12, '_ * #,##0.00_ ;_ * "-"??_ ;_ @_ ', " 12.00 "),
    ],
)  # fmt: skip
def test_what_a_number_format_shows(number, code, shown):
    assert shown_number(number, code) == shown


def looking_up(cells):
    """Results of a sheet of formulas (given as text with =) and values."""
    sheet = [
        GridCell(1, column, None if str(value).startswith("=") else value, formula=value if str(value).startswith("=") else "")
        for column, value in enumerate(cells, 1)
    ]  # fmt: skip
    return [Results({"甲": sheet}).resolve("甲", cell) for cell in sheet]


@pytest.mark.parametrize(
    "formula",
    ["=不在!A1", "='[1]乙'!A1", "=[1]乙!A1", "=9^9999", "=ROUND(1,9E9)", '="sNaN"+1', '="Infinity"*2', '="1_0"+1',
     "=1" + "+1" * 5000, "=" + "(" * 900 + "1" + ")" * 900, "=SUMPRODUCT(B1:C1)"],
)  # fmt: skip
def test_what_cannot_be_computed_is_unknown(formula):
    assert looking_up([formula])[0].result == "unknown"


def test_a_number_no_spreadsheet_can_hold_is_an_error_value():
    assert looking_up(["=9E307*9E307"])[0].value == "#NUM!"


def test_a_circle_is_named_and_what_only_leads_to_it_is_unknown():
    assert [one.result for one in looking_up(["=B1", "=SUM(C1:C1)", "=B1+1"])] == ["unknown", "circular", "circular"]


def test_a_third_is_the_same_at_fifteen_digits():
    cell = GridCell(1, 1, exact(1 / 3), formula="=1/3")
    assert Results({"甲": [cell]}).resolve("甲", cell).result == "stored"


def test_formulas_that_ask_for_everything_end(monkeypatch):
    """Every formula sums the whole sheet; the cells looked up are counted, not the time."""
    monkeypatch.setattr(results, "_MAX_LOOKUPS", 5000)
    cells = [GridCell(row, 1, None, formula="=SUM(B1:B4000)") for row in range(1, 200)]
    found = Results({"甲": cells})
    assert {found.resolve("甲", cell).result for cell in cells} == {"computed", "unknown"}
