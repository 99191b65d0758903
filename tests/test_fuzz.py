"""Damaged files of every kind through the whole program: read, or refused in Chinese; never an unexpected exception.

Seeded.  Some in the fast suite, 2,000 with ``make test-office``.
"""

from __future__ import annotations

import contextlib
import io
import random
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from xlsxkit import plain

import reportgen
from reportgen.api import print_report
from reportgen.errors import ReportgenError
from reportgen.model.numbers import parse_number
from reportgen.model.report import Report
from reportgen.repairs import find_repairs
from reportgen.show.json import report_json
from reportgen.show.lines import report_lines

compared = {"workbooks": 0}
"""Mutants whose figures were compared with what openpyxl reads."""
ROOT = Path(__file__).parent.parent
BASES = [ROOT / "examples" / "liwan-2024.xlsx", *sorted((ROOT / "examples" / "sources").iterdir())]
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


def mutants(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of damaged files, always the same for a seed."""
    chance = random.Random(seed)
    contents = {path: path.read_bytes() for path in BASES if path.suffix != ".pdf"}
    for number in range(count):
        path = chance.choice(list(contents))
        change = damaged_package if path.suffix in PACKAGES else damaged
        yield f"{number}{path.suffix}", change(contents[path], chance)


def wrong_figures(report: Report, path: Path) -> list[str] | None:
    """Return the figures of a workbook that openpyxl, read alone, has otherwise; None if it cannot read it.

    Where it takes a damaged value for none, or holds a formula's stored result, there is nothing to compare.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(path, data_only=True)
    except Exception:
        return None
    wrong = []
    for id_, value in report.values.items():
        if value.number is None or value.origin is None or value.formula:
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
    if path.suffix == ".xlsx":
        wrong = wrong_figures(report, path)
        compared["workbooks"] += wrong is not None
        assert not wrong, wrong
    findings = reportgen.check(report)
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


def test_damaged_files(tmp_path: Path) -> None:
    before = compared["workbooks"]
    assert 5 < judged(tmp_path, 3, 40) < 40
    assert compared["workbooks"] > before


@pytest.mark.office
@pytest.mark.parametrize("seed", range(20))
def test_many_damaged_files(seed: int, tmp_path: Path) -> None:
    assert judged(tmp_path, seed, 100) > 10
