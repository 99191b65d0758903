"""The marked copy: colours, notes and the result sheet go on, and come off again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from support import published_report

from reportgen.api import mark, read_report
from reportgen.checks import check
from reportgen.errors import InputError, OutputError
from reportgen.form import Form
from reportgen.marking import mark_workbook, unmark_workbook
from reportgen.marking.cells import column_number, split_address
from reportgen.marking.resultsheet import COLOURS, NAME, SUSPECT
from reportgen.model.findings import CellRef, Finding
from reportgen.model.report import Origin
from reportgen.repairs import find_repairs
from reportgen.sources.base import column_letters
from reportgen.workbook import blank_workbook

Edit = Callable[[Workbook], None]
WRONG = "表三!D8"  # 予以公开, 自然人: 111 published
BLANK = "表三!F20"


@pytest.fixture(scope="module")
def good(form: Form) -> bytes:
    """The standard workbook without the sheets that play no part here, which makes it quick to read."""

    def lean(book: Workbook) -> None:
        for name in (form.sheets.guide, form.sheets.checks):
            book.remove(book[name])

    return edited(blank_workbook(form, report=published_report("liwan_2024"), typed_totals=True), lean)


def edited(data: bytes, *edits: Edit) -> bytes:
    book = load_workbook(io.BytesIO(data))
    for edit in edits:
        edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(place: str, value: object) -> Edit:
    sheet, cell = place.split("!")

    def edit(book: Workbook) -> None:
        book[sheet][cell] = value

    return edit


def marked(path: Path, data: bytes) -> bytes:
    path.write_bytes(data)
    report = read_report(path)
    return mark_workbook(data, report, check(report), find_repairs(report))


@lru_cache(maxsize=4)
def seen(data: bytes) -> Workbook:
    """A file as openpyxl reads it, to look at only."""
    return load_workbook(io.BytesIO(data))


def cell(data: bytes, place: str):
    sheet, address = place.split("!")
    return seen(data)[sheet][address]


def colour(data: bytes, place: str) -> str:
    fill = cell(data, place).fill
    return str(fill.fgColor.rgb)[-6:] if fill.fill_type == "solid" else ""


def meaning(data: bytes) -> dict[str, bytes]:
    """Parts of a file, XML in canonical form."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return {
        name: etree.tostring(etree.fromstring(part), method="c14n")
        if name.endswith((".xml", ".rels", ".vml"))
        else part
        for name, part in parts.items()
    }


def test_wrong_cells_have_colour_and_note(tmp_path: Path, good: bytes) -> None:
    bad = edited(good, put(WRONG, 74), put(BLANK, None), put("表二!B6", -3))
    copy = marked(tmp_path / "甲.xlsx", bad)
    assert colour(copy, WRONG) == SUSPECT
    assert colour(copy, BLANK) == COLOURS["warning"]
    assert colour(copy, "表二!B6") == COLOURS["error"]
    note = cell(copy, WRONG).comment
    assert note.author == "reportgen"
    for words in ("T3-02", "T3-03", "应为 111", "相差37"):
        assert words in note.text
    # The unique correction names one cell; the other cells of the broken sums stay as they are.
    assert colour(copy, "表三!D29") == colour(copy, "表三!J8") == ""
    assert cell(copy, "表三!D29").comment is None


def test_without_a_certain_correction_total_and_likeliest_cell_are_marked(tmp_path: Path, good: bytes) -> None:
    copy = marked(tmp_path / "甲.xlsx", edited(good, put("表四!C6", 9)))  # one sum, five cells
    colours = {a: colour(copy, f"表四!{a}6") for a in "ABCDE"}
    assert list(colours.values()).count(SUSPECT) == 1
    assert colours["E"] in (SUSPECT, COLOURS["error"])
    assert "应为 " in "".join(c.comment.text for a in "ABCDE" if (c := cell(copy, f"表四!{a}6")).comment)


def test_result_sheet_lists_every_finding_with_a_link(tmp_path: Path, good: bytes) -> None:
    path = tmp_path / "甲.xlsx"
    copy = marked(path, edited(good, put(WRONG, 74)))
    findings = check(read_report(path))
    book = seen(copy)
    sheet = book[NAME]
    assert book.active is sheet
    assert [s.title for s in book if s.sheet_view.tabSelected] == [NAME]  # never a group of sheets
    rows = list(sheet.iter_rows(min_row=7, max_col=9))
    assert [r[1].value for r in rows if r[1].value] == [f.rule for f in findings]
    first = rows[0]
    assert [first[n].value for n in (0, 1, 5, 6)] == ["错误", "T3-02", "111", "37"]
    assert first[2].hyperlink.location == "'表三'!D8"
    assert all(sheet.column_dimensions[c].hidden for c in "LMNOP" if c in sheet.column_dimensions)


def test_figures_and_findings_of_the_copy_are_those_of_the_original(tmp_path: Path, good: bytes) -> None:
    bad = edited(good, put(WRONG, 74))
    copy = tmp_path / "乙.xlsx"
    copy.write_bytes(marked(tmp_path / "甲.xlsx", bad))
    before, after = read_report(tmp_path / "甲.xlsx"), read_report(copy)
    assert before.values == after.values
    assert (before.fields, before.passages, before.title) == (after.fields, after.passages, after.title)
    assert check(before) == check(after)


def test_marking_twice_gives_the_same_bytes(tmp_path: Path, good: bytes) -> None:
    bad = edited(good, put(WRONG, 74), put(BLANK, None), put("表四!C6", 9))
    once = marked(tmp_path / "甲.xlsx", bad)
    assert marked(tmp_path / "甲.xlsx", bad) == once
    assert marked(tmp_path / "甲.xlsx", once) == once


def test_untouched_parts_keep_their_bytes(tmp_path: Path, good: bytes) -> None:
    bad = edited(good, put(WRONG, 74))
    copy = marked(tmp_path / "甲.xlsx", bad)
    titles = seen(bad).sheetnames
    with zipfile.ZipFile(io.BytesIO(bad)) as old, zipfile.ZipFile(io.BytesIO(copy)) as new:
        same = {n for n in old.namelist() if old.read(n) == new.read(n)}
        others = set(old.namelist()) - same
    parts = {f"xl/worksheets/sheet{n}.xml": title for n, title in enumerate(titles, 1)}
    untouched = {parts[n] for n in same if n in parts}
    assert untouched >= {"表二", "表四", "上年数据"}
    assert {n for n in others if n not in parts} == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
    }  # fmt: skip


def test_unmark_restores_the_original(tmp_path: Path, good: bytes) -> None:
    def looks(book: Workbook) -> None:
        sheet = book["表三"]
        sheet["D8"].fill = PatternFill("lightUp", start_color="FF00FF00")
        sheet["D8"].border = Border(left=Side("double"))
        sheet["D8"].font = Font(name="楷体", bold=True)

    bad = edited(good, put(WRONG, 74), put(BLANK, None), looks)
    back = unmark_workbook(marked(tmp_path / "甲.xlsx", bad))
    before, after = meaning(bad), meaning(back)
    for found in (before, after):  # the type of notes' drawings may stay announced
        found.pop("[Content_Types].xml")
    assert before == after


def test_corrected_and_saved_elsewhere_the_looks_come_back(tmp_path: Path, good: bytes) -> None:
    """Another program renumbers styles and moves rows; the marks still come off."""

    def correct(book: Workbook) -> None:
        book["表三"]["D8"] = 111
        assert book["表三"]["D8"].fill.fgColor.rgb.endswith(SUSPECT)

    bad = edited(good, put(WRONG, 74), lambda b: setattr(b["表三"]["D8"], "fill", PatternFill("solid", "FFABCDEF")))
    copy = edited(marked(tmp_path / "甲.xlsx", bad), correct)
    again = marked(tmp_path / "乙.xlsx", copy)
    assert colour(again, WRONG) == "ABCDEF"
    assert cell(again, WRONG).comment is None
    assert cell(again, WRONG).border.left.style == "thin"
    assert cell(again, WRONG).protection.locked is False
    assert [s for s in seen(again).sheetnames if NAME in s] == [NAME]


def test_a_deleted_result_sheet_leaves_no_colour_behind(tmp_path: Path, good: bytes) -> None:
    copy = marked(tmp_path / "甲.xlsx", edited(good, put(WRONG, 74)))
    bare = unmark_workbook(edited(copy, lambda b: b.remove(b[NAME])))
    assert colour(bare, WRONG) == ""
    assert cell(bare, WRONG).comment is None


def test_notes_of_the_clerk_stay(tmp_path: Path, good: bytes) -> None:
    def notes(book: Workbook) -> None:
        book["表三"]["D8"].comment = Comment("科里核过", "张三")
        book["表三"]["E9"].comment = Comment("另一条", "张三")

    bad = edited(good, put(WRONG, 74), notes)
    copy = marked(tmp_path / "甲.xlsx", bad)
    text = cell(copy, WRONG).comment.text
    assert text.startswith("科里核过\n")
    assert "T3-02" in text
    assert marked(tmp_path / "甲.xlsx", copy) == copy
    back = unmark_workbook(copy)
    assert cell(back, WRONG).comment.text == "科里核过"
    assert cell(back, "表三!E9").comment.text == "另一条"
    assert cell(back, WRONG).comment.author == "张三"


def test_what_the_clerk_wrote_into_our_note_stays(tmp_path: Path, good: bytes) -> None:
    def reply(book: Workbook) -> None:
        note = book["表三"]["D8"].comment
        book["表三"]["D8"].comment = Comment(note.text + "\n已改，见登记簿", note.author)

    copy = edited(marked(tmp_path / "甲.xlsx", edited(good, put(WRONG, 74))), reply, put(WRONG, 111))
    note = cell(unmark_workbook(copy), WRONG).comment
    assert (note.text, note.author) == ("已改，见登记簿", "填表人")


@pytest.mark.slow
def test_a_foreign_workbook_keeps_what_openpyxl_would_lose(tmp_path: Path, form: Form) -> None:
    """Stored results of formulas, extensions, pictures: edited as XML, nothing is written anew."""
    source = edited(blank_workbook(form, report=published_report("liwan_2024")), put(WRONG, 74))
    files = meaning(source)
    names = {s.title: f"xl/worksheets/sheet{n}.xml" for n, s in enumerate(seen(source), 1)}
    part = files[names["表三"]].decode()
    assert "<f>SUM(" in part
    part = part.replace("</f><v></v>", "</f><v>777</v>")
    extension = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations xmlns:x14="u:x14" count="0"/></ext></extLst>'
    part = part.replace("</worksheet>", extension + "</worksheet>")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, part if name == names["表三"] else old.read(name))
        new.writestr("xl/media/image1.png", b"\x89PNG not a real one")
    path = tmp_path / "外.xlsx"
    path.write_bytes(out.getvalue())
    report = read_report(path)
    copy = meaning(mark_workbook(out.getvalue(), report, check(report), find_repairs(report)))
    sheet = copy[names["表三"]]
    assert sheet.count(b"<v>777</v>") == part.count("<v>777</v>") > 0
    assert b"x14:dataValidations" in sheet
    # Schema order: the drawing of the notes stands before the extensions.
    assert sheet.index(b"<legacyDrawing") < sheet.index(b"<extLst")
    assert copy["xl/media/image1.png"] == b"\x89PNG not a real one"


def test_limits_and_rules_of_the_sheet_are_kept(tmp_path: Path, good: bytes) -> None:
    def more(book: Workbook) -> None:
        limit = DataValidation("whole", operator="between", formula1="0", formula2="9", sqref="Z1:Z2")
        book["表三"].add_data_validation(limit)
        book["表三"].conditional_formatting.add("Z1", FormulaRule(["Z1>1"], fill=PatternFill("solid", "FF0000")))

    bad = edited(good, put(WRONG, 74), more)
    before, after = (seen(d)["表三"] for d in (bad, marked(tmp_path / "甲.xlsx", bad)))
    assert before.merged_cells.ranges == after.merged_cells.ranges
    assert before.freeze_panes == after.freeze_panes
    assert before.protection.sheet == after.protection.sheet is True
    assert len(before.data_validations.dataValidation) == len(after.data_validations.dataValidation)
    assert len(before.conditional_formatting) == len(after.conditional_formatting)
    assert {k: d.width for k, d in before.column_dimensions.items()} == {
        k: d.width for k, d in after.column_dimensions.items()
    }
    assert before.page_setup.orientation == after.page_setup.orientation


def test_text_of_a_workbook_is_never_a_formula_or_an_escape(tmp_path: Path, good: bytes) -> None:
    hostile = '=HYPERLINK("http://x")<b>&_x0041_\x07'
    bad = edited(good, put("表二!B6", hostile.replace("\x07", "")))
    book = seen(marked(tmp_path / "甲.xlsx", bad))
    assert all(c.data_type != "f" for row in book[NAME].iter_rows(max_col=9) for c in row)


def test_the_same_name_taken_by_the_clerk(tmp_path: Path, good: bytes) -> None:
    bad = edited(good, put(WRONG, 74), lambda b: b.create_sheet(NAME))
    book = seen(marked(tmp_path / "甲.xlsx", bad))
    assert NAME in book.sheetnames
    assert f"{NAME}2" in book.sheetnames


def test_findings_that_meet_on_one_cell_mark_it_once(tmp_path: Path, good: bytes) -> None:
    path = tmp_path / "甲.xlsx"
    path.write_bytes(edited(good, put(WRONG, 74)))
    report = read_report(path)
    sheet, address = WRONG.split("!")
    again = Finding(
        "S-04",
        "warning",
        "读的时候也有问题",
        "请看",
        (CellRef(Origin(sheet, address, *split_address(address)), "某格"),),
    )
    copy = mark_workbook(path.read_bytes(), report, [again, *check(report)], find_repairs(report))
    assert "T3-02" in cell(copy, WRONG).comment.text
    assert "S-04" in cell(copy, WRONG).comment.text
    assert colour(unmark_workbook(copy), WRONG) == ""


def test_nothing_wrong_still_says_so(tmp_path: Path, good: bytes) -> None:
    data = marked(tmp_path / "甲.xlsx", good)
    book = seen(data)
    assert book[NAME]["A3"].value.startswith("结果：")
    tables = [book["表二"], book["表三"], book["表四"]]
    assert not any(c.comment for sheet in tables for row in sheet.iter_rows() for c in row)
    assert unmark_workbook(good) == good


@pytest.mark.parametrize("letters", ["A", "Z", "AA", "AZ", "XFD"])
def test_addresses(letters: str) -> None:
    assert column_letters(column_number(letters)) == letters
    assert split_address(f"${letters}$12") == (12, column_number(letters))


def test_state_is_plain_data(tmp_path: Path, good: bytes) -> None:
    sheet = seen(marked(tmp_path / "甲.xlsx", good))[NAME]
    assert sheet["L1"].value == "reportgen.marks/1"
    assert json.loads(sheet["M1"].value)["cellXfs"] > 0


# --------------------------------------------------------------------------- the library call


def test_mark_writes_beside_and_never_over_the_workbook(tmp_path: Path, good: bytes) -> None:
    path = tmp_path / "甲.xlsx"
    path.write_bytes(edited(good, put(WRONG, 74)))
    before, report = path.read_bytes(), read_report(path)
    written, copy = mark(report, tmp_path)
    assert (written.name, copy) == ("甲（审核）.xlsx", None)
    assert mark(read_report(written), tmp_path)[0].name == "甲（审核2）.xlsx"
    with pytest.raises(OutputError, match="就是输入文件"):
        mark(report, path, force=True)
    with pytest.raises(OutputError, match="已经存在"):
        mark(report, written)
    with pytest.raises(OutputError, match="xlsx"):
        mark(report, tmp_path / "甲.docx")
    assert path.read_bytes() == before


def test_mark_refuses_what_it_cannot_mark(tmp_path: Path, good: bytes) -> None:
    path = tmp_path / "甲.xlsx"
    path.write_bytes(good)
    report = read_report(path)
    path.write_bytes(edited(good, put(WRONG, 74)))
    with pytest.raises(InputError, match="又改动了"):
        mark(report, tmp_path)
    with pytest.raises(InputError, match="不能在里面做标记"):
        mark(published_report("liwan_2024"), tmp_path)
    with pytest.raises(InputError, match="不能做标记"):
        mark_workbook(b"PK no zip", report, [])
