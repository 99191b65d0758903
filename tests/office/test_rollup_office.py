"""The merged workbook in a spreadsheet program and under validators; sudden death while it is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import bodies
import pytest
from recalc import recalculated
from support import make_report
from validators import findings as validator_findings

from reportgen import merge, read_report
from reportgen.form import load_form
from reportgen.model.numbers import exact
from reportgen.rollup import Member, Roster
from reportgen.workbook.figures import places

pytestmark = pytest.mark.office

ORG = "甲市乙区人民政府"
FORM = load_form("2021")
WHERE = places(FORM)


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A merged workbook with every sheet it may have."""
    folder = tmp_path_factory.mktemp("汇总")
    every = list(bodies.bodies(12, 3))
    for n, one in enumerate(every):
        (folder / f"{n} #100%.json").write_bytes(bodies.written(one, "json"))
    out = folder / "out.xlsx"
    merge(every[:9], out, org=ORG)
    filed = make_report({cell: sum(one.number(cell) for one in every[:9]) for cell in FORM.cells}, org=ORG)
    members = (*(Member(one.org) for one in every), Member("甲市乙区没有报的局"))
    merge([folder], out, org=ORG, roster=Roster(members), previous=out, filed=filed, force=True)
    return out


def test_a_spreadsheet_program_computes_the_same_sums(merged: Path) -> None:
    book = recalculated({"merged": merged.read_bytes()})["merged"]
    read = read_report(merged)
    for cell in FORM.cells:
        assert exact(float(book[FORM.cells[cell].table][WHERE.address(cell)].value)) == read.number(cell), cell
    sheet = book[FORM.rollup.sheets.details]
    rows = {row[1].value: [cell.value for cell in row[4:]] for row in sheet.iter_rows(min_row=4) if row[1].value}
    sums = [rows[FORM.rollup.own_total], rows["部门小计"]]
    region = [exact(float(number)) for number in rows[FORM.rollup.region_total]]
    assert region == [read.number(cell) for cell in FORM.cells] + [0, 0]
    assert all(isinstance(number, (int, float)) for line in sums for number in line)
    assert "全部通过" in book[FORM.sheets.checks]["A2"].value
    links = book[FORM.rollup.sheets.bodies]["E4"].value
    assert links.endswith(".json"), "the formula shows the name of the file"


def test_a_workbook_saved_by_a_spreadsheet_program_is_still_known_as_a_sum(merged: Path, tmp_path: Path) -> None:
    book = recalculated({"merged": merged.read_bytes()})["merged"]
    book.save(tmp_path / "saved.xlsx")
    every = list(bodies.bodies(12, 3))
    result = merge([*every, tmp_path / "saved.xlsx"], org="甲市")
    assert {one.body: one.state for one in result.rollup.collection.bodies}[ORG] == "sum"


def test_the_merged_workbook_is_valid(merged: Path) -> None:
    assert validator_findings(merged) == []


@pytest.mark.parametrize("when", [1, 2])
@pytest.mark.parametrize("call", ["fsync", "rename,renameat,renameat2"])
def test_sudden_death_leaves_whole_files(tmp_path: Path, call: str, when: int) -> None:
    for n, one in enumerate(bodies.bodies(3, 5)):
        (tmp_path / f"{n}.json").write_bytes(bodies.written(one, "json"))
    (tmp_path / "名册.txt").write_text(bodies.names(1)[0][0] + "\n甲市乙区没有报的局\n", encoding="utf-8")
    command = [sys.executable, "-m", "reportgen", "merge", ".", "-o", "汇总.xlsx", "--org", ORG, "--roster", "名册.txt"]
    strace = shutil.which("strace")
    assert strace, "strace is missing: run tests/office/install.sh"
    kill = [
        strace,
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        f"trace={call}",
        "-e",
        f"inject={call}:signal=KILL:when={when}",
    ]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([*kill, *command], cwd=tmp_path, capture_output=True, check=False, env=environment)
    if (tmp_path / "汇总.xlsx").exists():
        assert read_report(tmp_path / "汇总.xlsx").org == ORG
    done = subprocess.run([*command, "--force"], cwd=tmp_path, capture_output=True, check=False, env=environment)
    assert done.returncode == 1, done.stderr.decode()
    assert read_report(tmp_path / "汇总.xlsx").org == ORG
    assert "没有报的局" in (tmp_path / "汇总.催报.txt").read_text(encoding="utf-8-sig")
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
