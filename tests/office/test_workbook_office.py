"""The sheet 校验, as a spreadsheet program computes it, against ``reportgen.checks``, rule by rule."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from recalc import recalculated
from support import make_report, published_cells, published_report
from validators import findings as validator_findings

from reportgen.checks import check
from reportgen.form import Form, load_form
from reportgen.model.findings import Finding
from reportgen.model.last_year import with_last_year
from reportgen.model.numbers import PLACEHOLDERS
from reportgen.model.report import Passage, Report, Value
from reportgen.recogniser import recognise
from reportgen.sources import open_document
from reportgen.workbook import blank_workbook
from reportgen.workbook.checksheet import BREAKS, EMPTY, HEAD_ROW, HOLDS, NOTED, UNSURE
from reportgen.workbook.figures import places

pytestmark = pytest.mark.office

FORM = load_form("2021")
WHERE = places(FORM)
LIWAN = published_cells("liwan_2024")
SUMS = {"equal", "at_most"}
NUMBERS = {"blanks", "whole", "decimals", "remarks"}


def workbook(cells: dict[str, object], typed: bool, **raw: object) -> bytes:
    """A workbook filled as a clerk fills it: the prescribed cells typed over, whatever they take."""
    data = blank_workbook(FORM, typed_totals=typed, org="某某局", year=2024)
    book = openpyxl.load_workbook(BytesIO(data), rich_text=True)
    for cell, value in {**cells, **raw}.items():
        at = book[FORM.cells[cell].table][WHERE.address(cell)]
        if typed or not FORM.cells[cell].total or cell in raw:
            at.value = value
            if isinstance(value, str) and not value.startswith("="):
                at.data_type = "s"
    filled = BytesIO()
    book.save(filled)
    return filled.getvalue()


def some(table: str, row: str = "", column: str = "") -> list[str]:
    return [c.id for c in FORM.cells.values()
            if c.table == table and row in ("", c.row) and column in ("", c.column)]  # fmt: skip


A, B, FEE = "表三.new.natural", "表三.granted.business", "表二.fee.amount"
# Name → changes to the published figures of 荔湾.
CASES: dict[str, dict[str, object]] = {
    "right": {},
    "balance": {A: 619},
    "result": {B: 15},
    "carried": {"表三.carried_out.natural": 900},
    "total": {"表三.new.total": 600},
    "total-done": {"表三.total_done.total": 616},
    "dispute": {"表四.review.total": 67, "表四.direct.upheld": 3},
    "blank": dict.fromkeys([*some("表二"), *some("表三", column="research")]),
    "all-blank": dict.fromkeys(FORM.cells),
    "one-table": dict.fromkeys(some("表四")),
    "pieces": {A: "12件"},
    "words": {A: "十二", FEE: "五千"},
    "digits": {B: "5", "表四.review.upheld": "４１"},
    "negative": {B: -5},
    "negative-fee": {FEE: -1},
    "fraction": {B: 5.5},
    "fine-fee": {FEE: 1.234},
    "fee": {FEE: 1.23},
    "placeholders": dict(zip(some("表三", column="charity"), sorted(PLACEHOLDERS), strict=False)),
    "wide": dict(zip(some("表三", column="charity"), ("／", "－", " / ", "  ", "—"), strict=False)),
    "error": {B: "=1/0"},
    "logical": {B: True},
    "huge": {A: 10**15},
    "zeros": dict.fromkeys(FORM.cells, 0),
}


def names() -> list[tuple[str, bool]]:
    totals = {c.id for c in FORM.cells.values() if c.total}
    # By formula, a total cannot be typed wrong.  LibreOffice alone counts a logical value as 1 in
    # its sums, so totals by formula differ there; the cell itself is refused everywhere.
    return [(name, typed) for name in CASES for typed in (True, False) if typed or not totals & set(CASES[name])
            or name in ("blank", "all-blank", "one-table", "zeros", "placeholders", "wide")
            if typed or name != "logical"]  # fmt: skip


@pytest.fixture(scope="module")
def computed() -> dict[tuple[str, bool], tuple[openpyxl.Workbook, bytes]]:
    books = {
        f"{name}-{typed}": workbook({c: _plain(v) for c, v in {**LIWAN, **CASES[name]}.items()}, typed)
        for name, typed in names()
    }
    results = recalculated(books)
    return {(n, t): (results[f"{n}-{t}"], books[f"{n}-{t}"]) for n, t in names()}


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def lines(book: openpyxl.Workbook) -> list[tuple[object, ...]]:
    sheet = book[FORM.sheets.checks]
    return [row for row in sheet.iter_rows(min_row=HEAD_ROW + 1, max_col=7, values_only=True) if row[0]]


def found_by_program(tmp_path: Path, data: bytes) -> list[Finding]:
    path = tmp_path / "w.xlsx"
    path.write_bytes(data)
    return check(recognise(open_document(path), FORM))


def follows(found: list[Finding], typed: bool) -> set[tuple[str, str]]:
    """The lines of 校验 that only follow from another cause, which the program tells once: sums of formulas alone, and
    sums with a total that a formula makes of a refused number."""
    formulas = set() if typed else {cell.id for cell in FORM.cells.values() if cell.total}
    unknown = {f.cells[0].id for f in found if FORM.rules[f.rule].kind in ("whole", "decimals")}
    for equation in FORM.equations:
        if len(equation.left) == 1 and equation.left[0] in formulas and not unknown.isdisjoint(equation.right):
            unknown.add(equation.left[0])
    return {
        (e.rule, f"{e.place}：{FORM.rules[e.rule].title}") for e in FORM.equations
        if formulas & unknown & set(e.cells) or (formulas.issuperset(e.cells) and FORM.rules[e.rule].kind == "equal")
    }  # fmt: skip


@pytest.mark.parametrize(("name", "typed"), names())
def test_sheet_and_program_agree_rule_by_rule(computed, tmp_path, name, typed):
    book, data = computed[name, typed]
    # The program computes totals by formula on its own here; no result of LibreOffice helps it.
    found = found_by_program(tmp_path, data)
    sheet_says = lines(book)

    # Sums: the same equations break, with the same figures.
    program = Counter(
        (f.rule, f.cells[0].id.split(".")[0], f.actual, f.expected, f.difference)
        for f in found if FORM.rules[f.rule].kind in SUMS
    )  # fmt: skip
    sheet = Counter(
        (rule, table, left, right, off) for rule, table, _, left, right, off, result in sheet_says
        if FORM.rules[rule].kind in SUMS and result == BREAKS
    )  # fmt: skip
    unsure = [row for row in sheet_says if row[6] == UNSURE]
    told_once = Counter(
        (rule, table, left, right, off) for rule, table, place, left, right, off, result in sheet_says
        if result == BREAKS and (rule, place) in follows(found, typed)
    )  # fmt: skip
    assert not sheet - program - told_once
    if told_once:  # never in place of what it follows from
        assert {table for _, table, *_ in told_once} <= {
            f.cells[0].id.split(".")[0] for f in found if f.severity == "error"
        }
    if not unsure:
        assert not program - sheet
    else:
        # What the sheet will not judge holds text or a refused number, which it reports itself.
        assert all(rule in {row[0] for row in unsure} for rule, *_ in program - sheet)

    # Number cells: the same counts by rule and table.
    counts = {(row[0], row[1]): row[5] for row in sheet_says if FORM.rules[row[0]].kind in NUMBERS}
    assert {row[6] for row in sheet_says if row[0] in ("N-02", "N-03", "N-04") and row[5]} <= {BREAKS}
    wanted: Counter[tuple[str, str]] = Counter()
    for f in found:
        kind = FORM.rules[f.rule].kind
        if kind == "blanks":
            wanted[f.rule, f.cells[0].id.split(".")[0]] += len(f.cells)
        elif f.rule == "N-05":
            # A formula without a result is the reader's to report; the sheet sees the error value.
            for cell in (ref.id for ref in f.cells):
                wanted["N-02" if FORM.cells[cell].kind == "count" else "N-03", cell.split(".")[0]] += 1
        elif kind in NUMBERS:
            # Text that gives no number is N-02 or N-03 to the program; the sheet cannot read text.
            cell = f.cells[0].id
            raw = CASES[name].get(cell)
            text = isinstance(raw, str) and not raw.startswith("=")
            wanted["N-04" if text else f.rule, cell.split(".")[0]] += 1
    assert {k: v for k, v in counts.items() if v} == dict(wanted)


def test_the_cases_are_not_all_alike(computed):
    """Each outcome really occurs, and nothing turns into an error value."""
    said = Counter(row[6] for book, _ in computed.values() for row in lines(book))
    assert all(said[word] > 20 for word in (HOLDS, BREAKS, EMPTY, UNSURE))
    for book, _ in computed.values():
        for sheet in (book[FORM.sheets.checks], book[FORM.sheets.texts]):
            values = [v for row in sheet.iter_rows(values_only=True) for v in row if isinstance(v, str)]
            assert "#VALUE!" not in values
            assert "#NAME?" not in values


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("right", True, "全部通过"),
        ("right", False, "全部通过"),
        ("balance", True, "处不符"),
        ("all-blank", True, "没有填"),
        ("pieces", False, "处不符"),
    ],
)
def test_summary_lines(computed, name, typed, words):
    book, _ = computed[name, typed]
    assert words in book[FORM.sheets.checks]["A2"].value
    assert words in book["表三"]["A2"].value


def test_status_of_a_table_is_its_own(computed):
    book, _ = computed["dispute", True]
    assert "全部通过" in book["表三"]["A2"].value
    assert "3 处不符" not in book["表四"]["A2"].value
    assert "2 处不符" in book["表四"]["A2"].value


def test_live_values_of_placeholders(computed):
    book, _ = computed["right", False]
    sheet = book[FORM.sheets.names]
    now = {row[0]: row[2] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert (now["{{ 新收 }}"], now["{{ 不予公开 }}"], now["{{ 行政诉讼 }}"]) == (639, 83, 11)
    assert (now["{{ 机关名称 }}"], now["{{ 年份 }}"], now["{{ 信息处理费 }}"]) == ("某某局", 2024, 0)


def test_rows_grow_and_empty_cells_can_be_declared_zero():
    text = Passage("overall", "", tuple(f"第{n}段，" + "这一段有好几行那么长。" * 12 for n in range(6)))
    fields = {"org": "某某局", "year": 2024, "rest": "都是 0"}
    report = Report(FORM, dict.fromkeys(FORM.cells, Value("blank")), fields, (text,))
    book = recalculated({"w": blank_workbook(FORM, report=report)})["w"]
    sheet = book[FORM.sheets.texts]
    row = next(cell.row for cell in sheet["C"] if cell.value and str(cell.value).startswith("第0段"))
    assert sheet.row_dimensions[row].height > 6 * 4 * 12, "six paragraphs of four lines"
    assert sheet.row_dimensions[row + 1].height > 28, "an empty row is inviting"
    assert sheet.cell(row, 5).value == f"{6 * 136}\n共 {6 * 136}\n限 1000"
    checks = book[FORM.sheets.checks]
    assert checks["A2"].value == "全部：全部通过"
    results = Counter((line[0], line[6]) for line in lines(book))
    assert results["N-01", HOLDS] == results["N-12", NOTED] == len(FORM.tables)
    assert not [key for key in results if key[1] == EMPTY and FORM.rules[key[0]].kind in SUMS]


def test_what_a_row_cannot_show_is_told_beside_it(tmp_path):
    texts = {"fits": ("字" * 320,) * 3, "long": ("字" * 3000,), "paragraphs": ("字" * 50,) * 20, "lines": ("字",) * 27}
    books = {}
    for name, paragraphs in texts.items():
        book = openpyxl.load_workbook(BytesIO(blank_workbook(FORM, org="某某局", year=2024)))
        for row in (5, 6):  # one with the limit of its part, one without
            book[FORM.sheets.texts].cell(row, 3).value = "\n".join(paragraphs)
        book.save(made := BytesIO())
        books[name] = made.getvalue()
    for name, book in recalculated(books).items():
        first, other = (str(book[FORM.sheets.texts].cell(row, 5).value) for row in (5, 6))
        assert [("显示不全" in one, "结果页" in one) for one in (first, other)] == [(name != "fits",) * 2] * 2, name
        count = len("".join(texts[name]))
        assert first.startswith(f"{count}\n共 ")
        assert other.startswith(str(count))
        book.save(tmp_path / "w.xlsx")
        report = recognise(open_document(tmp_path / "w.xlsx"), FORM)
        assert [p.paragraphs for p in report.passages][:2] == [texts[name]] * 2, "the hint is no text"


def test_files_are_clean(tmp_path, form: Form):
    report = make_report(published_cells("liwan_2024"), passages=(Passage("overall", "（一）甲", ("=1", "乙\n丙")),))
    for name, data in {
        "blank": blank_workbook(form),
        "typed": blank_workbook(form, typed_totals=True),
        "filled": blank_workbook(form, report=with_last_year(report, published_report("huaian_city_2024"))),
    }.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(data)
        assert validator_findings(path) == []
