"""A district of sixty bodies, in six kinds of files, with everything that goes wrong in one year."""

from __future__ import annotations

import random
from pathlib import Path

import bodies
import pytest
from msgspec.structs import replace
from support import make_report

from reportgen import build, merge, read_report
from reportgen.batch.merging import MergeResult
from reportgen.form import load_form
from reportgen.model.report import Passage, Report

pytestmark = pytest.mark.slow

ORG = "甲市乙区人民政府"
FORM = load_form("2021")
COUNT = 60
WRONG, MISSING, NIL, DOUBLE, OLD, RENAMED, TOTAL = (7, 21, 44), (13, 50), 30, 18, 26, 35, 40
PARTS = (2, 9, 16)


def with_cells(report: Report, **changed: object) -> Report:
    cells = {cell: value.number for cell, value in report.values.items()}
    made = make_report({**cells, **changed}, org=report.org, year=report.year or 2024, form=report.form)
    return replace(made, passages=report.passages, fields=report.fields)


def district(folder: Path) -> dict[int, Report]:
    """Write the files and the roster; return the reports that should be in the sum."""
    made = dict(enumerate(bodies.bodies(COUNT, 7)))
    made[NIL] = with_cells(made[NIL], **dict.fromkeys(FORM.cells, 0))
    made[TOTAL] = with_cells(made[TOTAL], **{c: sum(made[n].number(c) for n in PARTS) for c in FORM.cells})
    right = {n: one for n, one in made.items() if n not in (*WRONG, *MISSING, OLD, TOTAL)}
    for n in WRONG:
        made[n] = with_cells(made[n], **{"表三.granted.total": made[n].number("表三.granted.total") + 1})
    made[OLD] = bodies.body(made[OLD].org, "政府部门", random.Random(4), year=2023)
    for n, one in made.items():
        if n in MISSING:
            continue
        kind = bodies.KINDS[n % 6] if n % 6 or n < 18 else "json"  # a standard workbook takes a second to write
        called = f"报送{n:02}" if n % 5 else one.org
        place = folder / ("乡镇" if "镇" in one.org else f"批次{n % 3}")
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{called}.{kind}").write_bytes(bodies.written(one, kind))
    (folder / "又一份.json").write_bytes(bodies.written(made[DOUBLE], "json") + b"\n")
    lines = bodies.roster(COUNT).splitlines()
    lines[0] += ",曾用名"
    lines[RENAMED + 1] = f"甲市乙区新设单位,政府部门,部门,{made[RENAMED].org}"
    (folder / "名册.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    return right


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> tuple[MergeResult, dict[int, Report], Path]:
    folder = tmp_path_factory.mktemp("区")
    right = district(folder / "报送")
    (folder / "报送" / "名册.csv").rename(folder / "名册.csv")
    result = merge([folder / "报送"], folder / "汇总.xlsx", org=ORG, roster=folder / "名册.csv")
    return result, right, folder


def test_exactly_the_odd_ones_are_named(merged):
    result, _, _ = merged
    name = {n: org for n, (org, _, _) in enumerate(bodies.names(COUNT))}
    odd: dict[str, set[str]] = {}
    for one in result.rollup.collection.bodies:
        odd.setdefault("ok" if one.state == "warnings" else one.state, set()).add(one.body)
    assert odd.pop("ok") == {name[n] for n in name if n not in (*WRONG, *MISSING, NIL, OLD, RENAMED, TOTAL)} | {
        "甲市乙区新设单位"
    }
    assert odd == {
        "errors": {name[n] for n in WRONG}, "missing": {name[n] for n in (*MISSING, OLD)}, "nil": {name[NIL]},
        "sum": {name[TOTAL]},
    }  # fmt: skip
    assert [(left.state, left.body) for left in result.rollup.collection.strays] == [("year", name[OLD])]
    (double,) = (one for one in result.rollup.collection.bodies if one.others)
    assert double.body == name[DOUBLE]
    said = {one.rule: one.message for one in result.rollup.findings}
    assert name[RENAMED] in said["A-08"] or any(name[RENAMED] in one.message for one in result.rollup.findings)
    assert all(name[n] in said["A-07"] for n in (*PARTS, TOTAL))
    assert all(name[n] in result.letter for n in (*MISSING, *WRONG, OLD))
    assert name[NIL] not in result.letter


def test_exactly_the_rest_is_summed(merged):
    result, right, folder = merged
    read = read_report(folder / "汇总.xlsx")
    for cell in FORM.cells:
        assert result.rollup.report.number(cell) == read.number(cell) == sum(one.number(cell) for one in right.values())


def test_build_makes_the_report_of_the_district(merged, tmp_path):
    read = read_report(merged[2] / "汇总.xlsx")
    problems = Passage("problems", "", ("存在的主要问题：公开还不够及时。改进情况：已经明确专人负责。",))
    result = build(replace(read, passages=(*read.passages, problems)), tmp_path / "区.docx")
    assert result.path is not None
    assert read_report(result.path).number("表三.new.total") == read.number("表三.new.total")
