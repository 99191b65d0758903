"""PDF: what is ruling, what a page break tore, what is struck out, raised or drawn twice, and why one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from pdfkit import Printed, pdf, table_stream, words
from support import published_report

from reportgen import read_report
from reportgen.errors import InputError
from reportgen.model.report import Passage
from reportgen.sources import Document, open_document

TEXT = "全年主动公开政府信息一千条，办理依申请公开事项，及时、准确、全面。" * 3
HUAIAN = replace(
    published_report("huaian_city_2024"),
    passages=(Passage("overall", "", (TEXT, TEXT)), Passage("problems", "", (TEXT,)), Passage("other", "", (TEXT,))),
)
FILLER = words(*((72, 400 - 14 * n, "filler of the usual size, a lot of it") for n in range(4)))
ROWS = [["Name", "A", "B"], ["row", "12", "3"]]


def opened(tmp_path: Path, data: bytes) -> Document:
    path = tmp_path / "甲.pdf"
    path.write_bytes(data)
    return open_document(path)


def texts(document: Document) -> list[object]:
    return [cell.value for grid in document.grids for cell in grid.cells]


# ---------------------------------------------------------------- whole reports


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rules", "closed", "lines", "width"),
    [("lines", True, 58, 480), ("lines", False, 58, 480), ("thin", False, 31, 480), ("dots", False, 44, 480),
     ("cells", False, 37, 480), ("lines", False, 17, 480), ("lines", True, 23, 480), ("lines", True, 19, 250),
     ("lines", False, 24, 250)],
)  # fmt: skip
def test_a_report_reads_the_same_however_its_tables_are_drawn_and_torn(tmp_path, rules, closed, lines, width):
    path = tmp_path / "甲.pdf"
    path.write_bytes(Printed(HUAIAN, rules=rules, closed=closed, lines=lines, width=width).bytes())
    report = read_report(path)
    read = {id_: value.number for id_, value in report.values.items()}
    assert read == {id_: value.number for id_, value in HUAIAN.values.items()}
    assert (report.org, report.year) == (HUAIAN.org, HUAIAN.year)
    assert [section for section, _ in report.headings] == [s.id for s in HUAIAN.form.sections if s.heading]


def test_tables_without_rules_are_refused_for_what_they_are(tmp_path):
    path = tmp_path / "甲.pdf"
    path.write_bytes(Printed(HUAIAN, rules="").bytes())
    with pytest.raises(InputError, match="表格线没有画出"):
        read_report(path)


# ---------------------------------------------------------------- over pages


def test_a_figure_broken_by_its_cell_and_the_page_is_one(tmp_path):
    above, below = [["Name", "A", "B"], ["row", "1234567", "5"]], [["", "89", ""], ["other", "12", "34"]]
    data = pdf(FILLER + table_stream(60, above, width=55), table_stream(800, below, width=55) + FILLER)
    assert texts(opened(tmp_path, data)) == ["Name", "A", "B", "row", "123456789", "5", "other", "12", "34"]


def test_a_figure_that_did_not_fill_its_cell_is_whole(tmp_path):
    above, below = [["Name", "A", "B"], ["row", "123", "5"]], [["", "89", ""], ["other", "12", "34"]]
    data = pdf(FILLER + table_stream(60, above, width=55), table_stream(800, below, width=55) + FILLER)
    assert texts(opened(tmp_path, data))[4:7] == ["123", "5", None]


def test_a_first_row_of_one_cell_alone_at_the_end_of_a_page_belongs_to_its_table(tmp_path):
    frame = b"72 40 m 252 40 l S 72 60 m 252 60 l S 72 40 m 72 60 l S 252 40 m 252 60 l S " + words(
        (76, 46, "head of all")
    )
    document = opened(tmp_path, pdf(FILLER + frame, table_stream(800, ROWS) + FILLER))
    assert texts(document) == ["head of all", "Name", "A", "B", "row", "12", "3"]
    assert "head of all" not in [one.text for one in document.paragraphs]
    document = opened(tmp_path, pdf(frame + FILLER, FILLER))
    assert "head of all" in [one.text for one in document.paragraphs]


# ---------------------------------------------------------------- ruling


def test_grounds_of_texts_are_no_ruling(tmp_path):
    shades = b"\n".join(
        b"%s rg 70 %d 200 16 re f" % (c, y) for c, y in ((b"1 1 1", 690), (b"1 1 0", 672), (b"1 1 1", 654))
    )
    marks = b"1 1 0 rg " + b" ".join(b"%d %d 20 12 re f" % (x, 582) for x in (76, 136, 196)) + b" 0 g "
    lines = words((72, 694, "first line"), (72, 676, "second line"), (72, 658, "third line"))
    document = opened(tmp_path, pdf(shades + b" 0 g " + lines + b"\n" + marks + table_stream(620, ROWS)))
    assert [len(grid.cells) for grid in document.grids] == [6]
    assert texts(document) == [text for row in ROWS for text in row]
    assert any("second line" in one.text for one in document.paragraphs)


def test_a_heading_behind_a_full_line_is_a_paragraph(tmp_path):
    body = "全年发布信息一千条公开及时准确全年发布信息一千条公开及时准确。"
    stream = words((72, 700, body), (72, 680, "二、主动公开政府信息情况"), (72, 660, body), (72, 640, body))
    assert "二、主动公开政府信息情况" in [one.text for one in opened(tmp_path, pdf(stream)).paragraphs]


def test_a_line_below_a_gap_begins_a_paragraph(tmp_path):
    full = "x" * 40
    stream = words(*((72, y, full) for y in (700, 684, 668, 652, 616, 600)))
    assert len(opened(tmp_path, pdf(stream)).paragraphs) == 2


# ---------------------------------------------------------------- characters


def cell(tmp_path: Path, extra: bytes) -> tuple[object, str]:
    """The cell that holds 12, with something drawn there too."""
    document = opened(tmp_path, pdf(table_stream(700, ROWS) + b"\n" + FILLER + extra))
    (found,) = [one for grid in document.grids for one in grid.cells if (one.row, one.column) == (2, 2)]
    return found.value, found.beside


X = 136 + 2 * 12 * 0.556
"""Where the 12 ends."""


@pytest.mark.parametrize(
    ("extra", "value", "beside"),
    [
        (b"", "12", ""),
        (words((X, 671, "3"), size=7), "12", "“3”（上标）"),
        (b"BT /F 7 Tf %g 666 Td 5 Ts (3) Tj ET" % X, "12", "“3”（上标）"),
        (words((X, 663, "3"), size=7), "12", "“3”（下标）"),
        (words((X, 666, "3"), size=12) + b" %g 670 m %g 670 l S" % (X, X + 6.6), "12", "“3”（删除线）"),
        (words((X, 666, "3"), size=12) + b" %g 670 6.6 0.6 re f" % X, "12", "“3”（删除线）"),
        (words((X, 666, "3"), size=12) + b" %g 664.5 6.6 0.6 re f" % X, "123", ""),
        (words((136.3, 666, "12"), size=12), "12", ""),
    ],
    ids=["plain", "raised", "rise", "lowered", "struck", "struck by a rectangle", "underlined", "drawn twice"],
)  # fmt: skip
def test_what_is_no_digit_of_a_figure_is_told(tmp_path, extra, value, beside):
    assert cell(tmp_path, extra) == (value, beside)


def test_a_watermark_is_no_part_of_a_cell(tmp_path):
    assert cell(tmp_path, words((110, 640, "9"), (150, 650, "7"), size=80)) == ("12", "")


def test_what_nobody_says_what_it_is_stays_a_blot(tmp_path):
    value, _ = cell(tmp_path, b"BT /F 12 Tf %g 666 Td (\\001) Tj ET" % X)
    assert value == "12\ufffd"


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize("page", [b"/Rotate 270", b"/Rotate 90", b"/Rotate 180"])
def test_a_page_is_read_the_way_its_letters_stand(tmp_path, page):
    assert texts(opened(tmp_path, pdf(table_stream(700, ROWS) + FILLER, page=page))) == [
        text for row in ROWS for text in row
    ]


def test_what_is_cut_off_a_page_is_not_read(tmp_path):
    stream = table_stream(700, ROWS) + words((72, 30, "below the edge"), (72, 400, "seen by everybody who looks"))
    document = opened(tmp_path, pdf(stream, page=b"/CropBox[50 100 500 800]"))
    assert [one.text for one in document.paragraphs] == ["seen by everybody who looks"]
    assert texts(document) == [text for row in ROWS for text in row]


def test_a_font_that_does_not_say_its_characters_is_the_reason(tmp_path):
    stream = words(*((72, 700 - 20 * n, "主动公开政府信息情况") for n in range(6)))
    with pytest.raises(InputError, match="ToUnicode"):
        opened(tmp_path, pdf(stream, to_unicode=False))
