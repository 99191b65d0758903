"""The fast way to read workbooks gives what openpyxl gives, or gives way to it."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.formula import ArrayFormula
from support import DATA, published_cells
from test_recogniser import draw

from reportgen import read_report
from reportgen.errors import InputError
from reportgen.sources import sheetxml
from reportgen.sources.limits import Budget, unpack
from reportgen.sources.results import SheetData
from reportgen.sources.sheetxml import OddShapeError
from reportgen.sources.xlsx import reference

EXAMPLES = Path(__file__).parent.parent / "examples"


def same(fast: list[SheetData], slow: list[SheetData]) -> None:
    assert [(s.name, s.hidden) for s in fast] == [(s.name, s.hidden) for s in slow]
    for mine, theirs in zip(fast, slow, strict=True):
        assert mine.shape.formulas == theirs.shape.formulas
        assert mine.stored == theirs.stored
        assert {k: type(v) for k, v in mine.stored.items()} == {k: type(v) for k, v in theirs.stored.items()}
        assert sorted(mine.shape.merged) == sorted(theirs.shape.merged)
        assert mine.shape.hidden_rows == theirs.shape.hidden_rows
        assert mine.shape.hidden_columns == theirs.shape.hidden_columns


def read_book(data: bytes) -> list[SheetData]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sheetxml.read_book(unpack("“甲.xlsx”", archive), Budget("“甲.xlsx”"))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def foreign() -> bytes:
    book = Workbook()
    places = draw(book, published_cells("huaian_city_2024"))
    sheet = book.active
    places["表三.new.total"].value = "=SUM(F9:K9)"
    places["表三.granted.total"].value = ArrayFormula("L12", "=SUM(F12:K12)")
    sheet["A2"] = dt.datetime(2025, 1, 20)
    sheet["A3"] = True
    sheet["A4"] = "#REF!"
    sheet["A4"].data_type = "e"
    sheet["A5"] = 5230.52
    sheet["A6"] = 1e15
    sheet["A7"] = "a&b <c> \"d\" 'e'\n下一行\t制表"
    sheet["A8"] = "  两头空格  "
    sheet["A9"] = CellRichText("红", TextBlock(InlineFont(b=True), "黑"), "白")
    sheet["A10"] = -3
    sheet["A11"] = "=1+1"
    sheet["A11"].data_type = "s"
    sheet["A12"] = 0.1 + 0.2
    sheet["A13"] = 45678
    sheet["A13"].number_format = 'yyyy"年"m"月"d"日"'
    sheet["A14"] = 12
    sheet["A14"].number_format = '0" 格"'
    sheet.row_dimensions[12].hidden = True
    sheet.column_dimensions.group("H", "J", hidden=True)
    book.create_sheet("隐藏").sheet_state = "hidden"
    book.create_sheet("空")
    return saved(book)


def with_time_of_day() -> bytes:
    book = Workbook()
    book.active["A1"] = 0.5
    book.active["A1"].number_format = "[h]:mm"
    return saved(book)


def test_times_are_left_to_the_reference():
    with pytest.raises(OddShapeError):
        read_book(with_time_of_day())


def corpus() -> dict[str, bytes]:
    files = {p.name: p.read_bytes() for p in sorted(EXAMPLES.glob("*.xlsx"))}
    files |= {p.name: p.read_bytes() for p in sorted(DATA.glob("*.xlsx"))}
    return files | {"foreign": foreign(), "empty": saved(Workbook())}


CORPUS = corpus()


@pytest.mark.parametrize("name", CORPUS)
def test_both_readers_agree(name):
    same(read_book(CORPUS[name]), reference(CORPUS[name]))


def rewritten(data: bytes, change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            new.writestr(item.filename, change(item.filename, old.read(item)))
    return out.getvalue()


SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")

# How other programs write the same thing; each is read the same, by either reader.
DIALECTS = [
    ("apostrophes", lambda x: x.replace(b'r="A2"', b"r='A2'")),
    ("prefix", lambda x: x.replace(b"<row ", b"<x:row ").replace(b"</row>", b"</x:row>")
     .replace(b"<worksheet ", b'<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ')),
    ("comment", lambda x: x.replace(b"<sheetData>", b"<sheetData><!-- c -->")),
    ("no-addresses", lambda x: re.sub(rb'<c r="[A-Z]+\d+"', b"<c", x)),
    ("spaces", lambda x: x.replace(b"<v>", b"<v> ").replace(b"</v>", b" </v>")),
    ("newlines", lambda x: x.replace(b"><row ", b">\n  <row ").replace(b"</c><c ", b"</c>\n<c ")),
    ("xml-space", lambda x: x.replace(b"<v>", b'<v xml:space="preserve">')),
    ("exponents", lambda x: re.sub(rb't="n"><v>(\d+)</v></c>', rb't="n"><v>\1E0</v></c>', x)),
    ("entities", lambda x: x.replace(b"<v>3", b"<v>&#51;")),
    ("ascii-by-number", lambda x: re.sub(rb"<t>([^<&]*)1", rb"<t>\1&#49;", x)),
    ("by-number", lambda x: x.replace("请".encode(), b"&#35831;").replace("表".encode(), b"&#x8868;")),
    ("references-in-words", lambda x: x.replace(b"<t>", b"<t>&#38;lt;&amp;#65;&amp;amp;&lt;&#60;b")),
    ("not-windows", lambda x: x.replace(b"<t>", b"<t>&#133;&#x80;&#128512;")),
    ("cdata", lambda x: x.replace("申请".encode(), "<![CDATA[申请]]>".encode())),
]  # fmt: skip


@pytest.mark.parametrize(("name", "dialect"), DIALECTS, ids=[d[0] for d in DIALECTS])
@pytest.mark.parametrize("file", ["foreign", "liwan-2024.xlsx"])
def test_other_ways_to_write_the_same(file, name, dialect):
    data = rewritten(CORPUS[file], lambda part, xml: dialect(xml) if SHEET.fullmatch(part) else xml)
    wanted = None
    for _ in range(3):  # from the third time on by its patterns
        try:
            fast = read_book(data)
        except OddShapeError:
            assert name in ("apostrophes", "prefix", "comment", "no-addresses", "spaces", "cdata")
            return  # openpyxl reads it then
        wanted = wanted or reference(data)
        same(fast, wanted)


# The same of the workbook's own parts.
BOOK_DIALECTS = [
    ("spaced", "xl/workbook.xml", lambda x: x.replace(b'state="hidden"', b'state = "hidden"')),
    ("unfolded", "xl/workbook.xml", lambda x: re.sub(rb"(<sheet [^>]*?) ?/>", rb"\1></sheet>", x)),
    ("bare-style", "xl/styles.xml", lambda x: re.sub(rb"<cellXfs[^>]*>", rb"\g<0><xf/>", x)),
    ("spaced-column", "xl/worksheets/sheet1.xml", lambda x: x.replace(b'<col hidden="1"', b'<col hidden ="1"')),
]  # fmt: skip


@pytest.mark.parametrize(("name", "part", "dialect"), BOOK_DIALECTS, ids=[d[0] for d in BOOK_DIALECTS])
def test_other_ways_to_write_a_book(name, part, dialect):
    changed = []

    def change(at: str, xml: bytes) -> bytes:
        changed.append(at == part and dialect(xml) != xml)
        return dialect(xml) if at == part else xml

    data = rewritten(CORPUS["foreign"], change)
    assert any(changed)
    try:
        fast = read_book(data)
    except OddShapeError:
        return  # openpyxl reads it then
    same(fast, reference(data))


def test_shared_formulas_are_moved_to_their_cells():
    book = Workbook()
    for row in (1, 2, 3):
        for column in (1, 2):
            book.active.cell(row, column, row * column)
        book.active.cell(row, 3, 0)
    first = b'<c r="C1"><f t="shared" ref="C1:C3" si="0">SUM(A1:B1)+$A$1+A$1&amp;"A1"</f><v>3</v></c>'
    rest = b'<c r="C%d"><f t="shared" si="0"/><v>4</v></c>'

    def share(part, xml):
        for row in (1, 2, 3):
            xml = re.sub(rb'<c r="C%d"[^>]*>.*?</c>' % row, first if row == 1 else rest % row, xml)
        return xml

    data = rewritten(saved(book), lambda part, xml: share(part, xml) if SHEET.fullmatch(part) else xml)
    assert read_book(data)[0].shape.formulas[3, 3] == '=SUM(A3:B3)+$A$1+A$1&"A1"'
    same(read_book(data), reference(data))


def test_broken_workbooks_are_read_alike_or_given_away():
    """Random damage to the XML: the fast reader agrees with openpyxl, or says it cannot tell."""
    chance = random.Random(20241122)
    read = odd = refused = 0
    words = [
        b'"',
        b"<",
        b">",
        b"/",
        b"1",
        b"s",
        b" ",
        b"&amp;",
        b"A",
        b'hidden="1"',
        b"<f>",
        b"</f>",
        b"<v>",
        b"</c>",
    ]

    def damage(part: str, xml: bytes) -> bytes:
        if (
            part.startswith("xl/")
            and part.endswith(".xml")
            and "theme" not in part
            and "styles" not in part
            and chance.random() < 0.4
        ):
            at = chance.randrange(len(xml))
            cut = chance.choice([0, 0, 1, 1, 2, 5, 20])
            return xml[:at] + chance.choice([b"", chance.choice(words)]) + xml[at + cut :]
        return xml

    for _ in range(120):
        data = rewritten(CORPUS["foreign"], damage)
        try:
            fast = read_book(data)
        except OddShapeError:
            odd += 1
            continue
        try:
            slow = reference(data)
        except Exception:
            # openpyxl refuses misspelt settings (page margins, outline) that say nothing of the cells.
            refused += 1
            continue
        same(fast, slow)
        read += 1
    assert read > 20
    assert refused < read / 3
    assert odd > 20


def test_the_reference_alone_gives_the_same_report(monkeypatch, tmp_path):
    from reportgen.api import read_report
    from reportgen.sources import xlsx

    path = tmp_path / "w.xlsx"
    path.write_bytes(CORPUS["liwan-2024.xlsx"])
    fast = read_report(path)

    def refuse(parts: object, budget: object) -> list[SheetData]:
        raise OddShapeError

    monkeypatch.setattr(xlsx, "read_book", refuse)
    assert read_report(path) == fast
    assert load_workbook(path).sheetnames


INLINE = re.compile(rb' t="inlineStr"><is>(.*?)</is></c>', re.S)
SHARED = b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
RELATION = b'<Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>'


def with_shared_strings(data: bytes, change=lambda item: item) -> bytes:
    """The same workbook as a spreadsheet program saves it: its texts in a part of their own."""
    items: dict[bytes, int] = {}

    def shared(match: re.Match[bytes]) -> bytes:
        number = items.setdefault(b"<si>" + change(match[1]) + b"</si>", len(items))
        return b' t="s"><v>%d</v></c>' % number

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            xml = old.read(item)
            if SHEET.fullmatch(item.filename):
                xml = INLINE.sub(shared, xml)
            elif item.filename == "[Content_Types].xml":
                xml = xml.replace(b"</Types>", SHARED + b"</Types>")
            elif item.filename == "xl/_rels/workbook.xml.rels":
                xml = xml.replace(b"</Relationships>", RELATION + b"</Relationships>")
            new.writestr(item.filename, xml)
        head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        new.writestr("xl/sharedStrings.xml", head + b"".join(items) + b"</sst>")
    return out.getvalue()


def lettering(item: bytes) -> bytes:
    return b"<r>" + item + b"</r>" if item.startswith(b"<t>") else item


STRINGS = [
    ("as-they-are", lambda item: item),
    ("preserved", lambda item: item.replace(b"<t>", b'<t xml:space="preserve">')),
    ("letterings", lettering),
    ("by-number", lambda item: item.replace(b"2", b"&#50;").replace(b",", b"&#x2c;")),
    ("quotes", lambda item: item.replace("“".encode(), b"&quot;").replace("”".encode(), b"&#39;")),
    ("reading-aid", lambda item: item + b'<rPh sb="0" eb="1"><t>du</t></rPh><phoneticPr fontId="1"/>'),
    ("as-excel", lambda item: item + b'<phoneticPr fontId="1" type="noConversion"/>'),
    ("as-excel-in-letterings", lambda item: lettering(item) + b'<phoneticPr fontId="1" type="noConversion"/>'),
    ("odd-reading", lambda item: item + b"<phoneticPr fontId='1'/>"),
    ("some-letterings", lambda item: item if len(item) % 7 else lettering(item)),
    ("most-letterings", lambda item: lettering(item) if len(item) % 5 else item),
    ("between", lambda item: item + b"</si><!-- <si><t>x</t></si> --><si>" + item if b"2" in item else item),
    ("empty", lambda item: b"<t/>" if b"2" in item else item),
    ("blank", lambda item: b"" if b"2" in item else item),
    ("lines", lambda item: item + b"\n"),
    ("returns", lambda item: item.replace(b"</t>", b"\r\n</t>")),
    ("broken", lambda item: item.replace(b"</t>", b"&</t>")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change"), STRINGS, ids=[s[0] for s in STRINGS])
@pytest.mark.parametrize("file", ["foreign", "liwan-2024.xlsx"])
def test_shared_strings(file, name, change):
    data = with_shared_strings(CORPUS[file], change)
    for _ in range(3):
        try:
            fast = read_book(data)
        except OddShapeError:
            assert name in ("broken", "blank", "by-number", "odd-reading", "between")
            return  # openpyxl reads it then, or refuses
        same(fast, reference(data))


@pytest.mark.parametrize("number", [b"99999", b"x", b"1.5"])
def test_shared_string_that_is_not_there(tmp_path, number):
    data = with_shared_strings(CORPUS["liwan-2024.xlsx"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            new.writestr(
                item.filename, re.sub(rb't="s"><v>\d+<', b't="s"><v>%s<' % number, old.read(item), count=3)
            )
    path = tmp_path / "甲.xlsx"
    path.write_bytes(data)
    read_report(path)
    path.write_bytes(out.getvalue())
    for _ in range(3):
        with pytest.raises(InputError, match="已损坏"):
            read_report(path)


@pytest.mark.parametrize(
    "second", [b'<c r="%s"><v>7</v></c>', b'<c r="%s" t="inlineStr"><is><t>x</t></is></c>']
)
def test_a_cell_that_stands_there_twice_is_left_to_openpyxl(second):
    """Which of the two counts is not ours to say."""
    data = CORPUS["liwan-2024.xlsx"]
    assert read_book(data)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            xml = old.read(item)
            number = re.search(rb'<c r="([A-Z]+\d+)"[^>]*><v>\d+</v></c>', xml)
            if SHEET.fullmatch(item.filename) and number:
                xml = xml.replace(number[0], number[0] + second % number[1])
            new.writestr(item.filename, xml)
    for _ in range(3):
        with pytest.raises(OddShapeError):
            read_book(out.getvalue())
