"""Damaged and changed files of every kind through the whole program: read, or refused in Chinese.

Never an unexpected exception; and of every workbook that openpyxl reads, each figure is what openpyxl, read alone, has in
that cell, or a finding names the cell.  Seeded.  Some in the fast suite, 2,000 with ``make test-office``.
"""

from __future__ import annotations

import contextlib
import io
import random
import warnings
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from openpyxl import load_workbook
from xlsxkit import changed, foreign, plain, with_shared_strings

import reportgen
from reportgen.api import print_report
from reportgen.errors import ReportgenError
from reportgen.model.findings import Finding
from reportgen.model.numbers import parse_number
from reportgen.model.report import Report
from reportgen.repairs import find_repairs
from reportgen.show.json import report_json
from reportgen.show.lines import report_lines

compared = {"workbooks": 0}
"""Mutants whose figures were compared with what openpyxl reads."""
WORKBOOKS, PAGES = 0.7, 0.02
"""Share of .xlsx and of .pdf among the mutants."""
MILD = 0.85
"""Share of the workbooks that are changed so that they can still be opened."""
ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "liwan-2024.xlsx"
SOURCES = sorted((ROOT / "examples" / "sources").iterdir())
PACKAGES = {".xlsx", ".xlsm", ".docx", ".ods"}
PIECES = [
    b"",
    b"0",
    b"9",
    b"-1",
    b"<",
    b"&#0;",
    b"&lt;",
    b"\xff",
    "件".encode(),
    b"1E999999",
    b"NaN",
    b"null",
    b"[]",
    b"]]>",
]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return some bytes with one to three small changes."""
    for _ in range(chance.randint(1, 3)):
        at, cut = chance.randrange(len(data) + 1), chance.choice([0, 1, 2, 7, 40])
        data = data[:at] + chance.choice(PIECES) + data[at + cut :]
    return data


def damaged_package(data: bytes, chance: random.Random) -> bytes:
    """Return an office file with one part damaged or left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        names = [name for name in source.namelist() if name.endswith((".xml", ".rels"))]
        chosen, lost = chance.choice(names), chance.random() < 0.05
        for name in source.namelist():
            content = source.read(name)
            if name == chosen and lost:
                continue
            target.writestr(name, damaged(content, chance) if name == chosen else content)
    return out.getvalue()


@lru_cache(maxsize=1)
def workbooks() -> list[bytes]:
    """Return the standard workbook, filled in, and one of another layout as a spreadsheet program saves it."""
    return [EXAMPLE.read_bytes(), with_shared_strings(foreign())]


def mutants(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of damaged files, always the same for a seed."""
    chance = random.Random(seed)
    contents = {path: path.read_bytes() for path in SOURCES}
    others = [path for path in contents if path.suffix != ".pdf"]
    for number in range(count):
        draw = chance.random()
        if draw < WORKBOOKS:
            data = chance.choice(workbooks())
            yield f"{number}.xlsx", (changed if chance.random() < MILD else damaged_package)(data, chance)
            continue
        path = chance.choice(others if draw < 1 - PAGES else [path for path in contents if path not in others])
        change = damaged_package if path.suffix in PACKAGES else damaged
        yield f"{number}{path.suffix}", change(contents[path], chance)


def wrong_figures(report: Report, findings: list[Finding], path: Path) -> list[str] | None:
    """Return the figures of a workbook that openpyxl, read alone, has otherwise, and no finding names.

    None if openpyxl cannot read it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(path.read_bytes()), data_only=True)  # it leaves a damaged file open
    except Exception:
        return None
    told = {cell.id for one in findings for cell in one.cells}
    wrong = []
    for id_, value in report.values.items():
        if value.origin is None or id_ in told:
            continue
        cell = book[value.origin.sheet][value.origin.address]
        theirs = parse_number(plain(cell.value), kind=report.form.cells[id_].kind, decimals=6).number
        if theirs != value.number:
            wrong.append(f"{value.origin}: {value.number}, openpyxl {cell.value!r}")
    return wrong


def judge(path: Path) -> bool:
    """Take one file through the program; whether it was read."""
    try:
        report = reportgen.read_report(path)
    except ReportgenError:
        return False
    findings = reportgen.check(report)
    if path.suffix == ".xlsx":
        wrong = wrong_figures(report, findings, path)
        compared["workbooks"] += wrong is not None
        assert not wrong, wrong
    repairs = find_repairs(report)
    report_json(report, findings, repairs)
    assert not any("\n" in line.text for line in report_lines(report, findings, repairs))
    with contextlib.suppress(ReportgenError):
        print_report(report, findings, path.with_suffix(".out.html"), draft=True)
    return True


def judged(folder: Path, seed: int, count: int) -> int:
    read = 0
    for name, data in mutants(seed, count):
        path = folder / name
        path.write_bytes(data)
        try:
            read += judge(path)
        except Exception as error:
            raise AssertionError(f"seed {seed}, {name}: {error!r}") from error
        path.unlink()
    return read


@pytest.mark.slow
def test_damaged_files(tmp_path: Path) -> None:
    before = compared["workbooks"]
    assert 5 < judged(tmp_path, 3, 30) < 30
    assert compared["workbooks"] > before + 10


@pytest.mark.office
@pytest.mark.parametrize("seed", range(20))
def test_many_damaged_files(seed: int, tmp_path: Path) -> None:
    before = compared["workbooks"]
    assert judged(tmp_path, seed, 100) > 50
    assert compared["workbooks"] > before + 40
