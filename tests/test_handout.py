"""What a lead office hands out: a prefilled workbook for every body of a roster."""

from __future__ import annotations

import random
from pathlib import Path

import bodies
import pytest
from openpyxl import load_workbook
from support import run

from reportgen.api import read_report
from reportgen.checks import check
from reportgen.form import load_form
from reportgen.rollup import filing_of, read_roster
from reportgen.workbook import roster_workbook

FORM = load_form("2021")
ROSTER = "机关名称,单位类型,原名称或并入的单位\n甲局,政府部门,\n新局,政府部门,乙局、丙局\n丁镇人民政府,乡镇街道,\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("lead")
    (place / "last").mkdir()
    for n, org in enumerate(("甲局", "乙局", "丙局", "戊局")):
        report = bodies.body(org, "政府部门", random.Random(n), year=2023, size=40)
        (place / "last" / f"{n}.json").write_bytes(bodies.written(report, "json"))
    (place / "list.csv").write_text(ROSTER, encoding="utf-8")
    said = run("new", "--roster", place / "list.csv", "-o", place / "out", "--last-year", place / "last")
    assert "没有找到上年报告的 1 个单位：丁镇人民政府" in said
    assert "1 份不是名册里的单位的：戊局" in said
    return place


def last(place: Path, n: int):
    return read_report(place / "last" / f"{n}.json")


@pytest.mark.slow
def test_each_body_gets_its_own(place: Path) -> None:
    assert sorted(path.name for path in (place / "out").iterdir()) == ["丁镇人民政府.xlsx", "新局.xlsx", "甲局.xlsx"]
    report = read_report(place / "out" / "甲局.xlsx")
    assert (report.org, report.year, report.fields["unit_type"]) == ("甲局", 2024, "政府部门")
    for cell in FORM.last_year_cells:
        assert report.last_year[cell].number == last(place, 0).number(cell)
    for cell, before in FORM.opening.items():
        assert report.number(cell) == last(place, 0).number(before)
    assert "表三.carried_in.natural" in FORM.opening
    assert not {one.rule for one in check(report)} & {"T3-04", "T3-05", "L-01"}


def test_a_body_made_of_two_begins_with_what_both_had_left(place: Path) -> None:
    report = read_report(place / "out" / "新局.xlsx")
    for cell, before in FORM.opening.items():
        assert report.number(cell) == last(place, 1).number(before) + last(place, 2).number(before)


def test_what_is_known_is_locked_and_the_rest_is_open(place: Path) -> None:
    known, unknown = (load_workbook(place / "out" / f"{name}.xlsx") for name in ("甲局", "丁镇人民政府"))
    where = {cell: value.origin.address for cell, value in read_report(place / "out" / "甲局.xlsx").values.items()}
    for cell in FORM.cells:
        if FORM.cells[cell].table == "表三" and not FORM.cells[cell].total:
            assert known["表三"][where[cell]].protection.locked == (cell in FORM.opening), cell
            assert not unknown["表三"][where[cell]].protection.locked
    sheet = FORM.sheets.last_year
    assert known[sheet]["B4"].protection.locked
    assert not unknown[sheet]["B4"].protection.locked


@pytest.mark.parametrize("name", ["甲局", "新局", "丁镇人民政府"])
def test_handed_back_untouched_it_is_blank(place: Path, name: str) -> None:
    assert filing_of(read_report(place / "out" / f"{name}.xlsx")).is_blank


def test_openings_of_nought_are_no_nil_report(tmp_path: Path) -> None:
    (tmp_path / "last").mkdir()
    nothing = bodies.body("甲局", "政府部门", random.Random(1), year=2023, size=0)
    quiet = {cell: value for cell, value in nothing.values.items() if "carried_out" in cell}
    assert quiet
    (tmp_path / "last" / "a.json").write_bytes(bodies.written(nothing, "json"))
    (tmp_path / "list.txt").write_text("甲局\n", encoding="utf-8")
    run("new", "--roster", tmp_path / "list.txt", "-o", tmp_path / "out", "--last-year", tmp_path / "last")
    filing = filing_of(read_report(tmp_path / "out" / "甲局.xlsx"))
    assert filing.is_blank
    assert not filing.is_nil


def test_nothing_is_replaced_unasked(place: Path, tmp_path: Path) -> None:
    (tmp_path / "丁镇人民政府.xlsx").write_bytes(b"mine")
    said = run("new", "--roster", place / "list.csv", "-o", tmp_path, "--year", 2024, code=4)
    assert "丁镇人民政府.xlsx" in said
    assert [path.name for path in tmp_path.iterdir()] == ["丁镇人民政府.xlsx"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--roster", "没有.csv", "-o", "x"), 3, "要一份空白名册"),
        (("--roster", "list.csv", "-o", "x"), 3, "--year"),
        (("--roster", "list.csv", "--year", "2024"), 2, "-o"),
        (("--roster", "list.csv", "-o", "x", "--org", "甲"), 2, "--org"),
        (("--last-year", "x"), 2, "--roster"),
        (("--roster", "list.csv", "-o", "x", "--last-year", "没有"), 3, "找不到上年的报告"),
        (("--roster", "-o", "x.csv"), 2, "单位名册.xlsx"),
    ],
)
def test_what_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch, arguments, code: int, told: str) -> None:
    monkeypatch.chdir(place)
    assert told in run("new", *arguments, code=code)
    assert not (place / "x").exists()


def test_an_empty_roster_can_be_filled_and_read(tmp_path: Path) -> None:
    path = tmp_path / "单位名册.xlsx"
    run("new", "--roster", "-o", path)
    assert path.read_bytes() == roster_workbook(load_form())
    book = load_workbook(path)
    for column, text in enumerate(("甲局", "甲、甲委", "政府部门", "部门", "乙局"), 1):
        book["名册"].cell(2, column).value = text
    book.save(path)
    (member,) = read_roster(path, FORM).members
    assert (member.name, member.aliases, member.kind, member.group, member.former) == (
        "甲局", ("甲", "甲委"), "政府部门", "department", ("乙局",)
    )  # fmt: skip
