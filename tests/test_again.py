"""What has been seen before is read the short way; it must give what reading it afresh gives.

Packed parts, markup of sheets and layouts of grids are remembered within a process.  Here every file is
read several times, between others like it, and compared with a reading that remembers nothing.
"""

from __future__ import annotations

import itertools
import random
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

import reportgen
from reportgen.form import Form
from reportgen.memory import Memory
from reportgen.model.findings import Finding
from reportgen.model.report import Report
from reportgen.opc import package
from reportgen.recogniser import values as recogniser_values
from reportgen.sources import sheetpattern, sheetxml, sniff
from reportgen.sources.limits import unpack
from reportgen.workbook import blank_workbook

EXAMPLES = Path(__file__).parent.parent / "examples"
EXAMPLE = (EXAMPLES / "liwan-2024.xlsx").read_bytes()


@pytest.fixture
def afresh(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Report]:
    """Read a file as if nothing had been read before, by the ordinary ways alone."""

    def read(path: Path) -> Report:
        with monkeypatch.context() as patch:
            patch.setattr(sniff, "directory", lambda data: None)
            patch.setattr(sheetxml, "known_pattern", lambda markup, meaning: None)
            patch.setattr("reportgen.recogniser.known_values", lambda form, grids: None)
            return reportgen.read_report(path)

    return read


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins without memories."""
    monkeypatch.setattr(package, "_memory", Memory(32, 128))
    monkeypatch.setattr(sheetpattern, "_patterns", Memory(24, 64))
    monkeypatch.setattr(sheetpattern, "_books", itertools.count())
    monkeypatch.setattr(recogniser_values, "_readings", Memory(8, 64))


def same(one: Report, other: Report) -> None:
    for field in Report.__dataclass_fields__:
        assert getattr(one, field) == getattr(other, field), field
    assert list(one.values) == list(other.values)
    kinds = {cell: type(value.number) for cell, value in one.values.items()}
    assert kinds == {cell: type(value.number) for cell, value in other.values.items()}


def told(findings: list[Finding]) -> list[str]:
    return [finding.line() for finding in findings]


def changes(form: Form) -> list[tuple[str, Callable[[Worksheet, random.Random], None]]]:
    """What people do to a workbook, by the sheet they do it to."""

    def entry(sheet: Worksheet, chance: random.Random) -> str:
        cells = (c for row in sheet for c in row if not isinstance(c, MergedCell))
        open_cells = [c.coordinate for c in cells if not c.protection.locked]
        return chance.choice(open_cells)

    def put(value: object) -> Callable[[Worksheet, random.Random], None]:
        return lambda sheet, chance: sheet.__setitem__(entry(sheet, chance), value)

    tables = [table.id for table in form.tables]
    entries = (
        0,
        123456,
        5230.52,
        -3,
        None,
        "",
        "/",
        "12件",
        "１２",
        True,
        10**15,
        "=1+1",
        "=SUM(A1:B2)",
        "=NO(1)",
        "#REF!",
    )
    return [
        *zip(tables * len(entries), map(put, entries), strict=False),
        ("表二", lambda sheet, chance: sheet.insert_rows(2)),
        ("表三", lambda sheet, chance: sheet.__setattr__("sheet_state", "hidden")),
        ("表三", lambda sheet, chance: sheet.column_dimensions["E"].__setattr__("hidden", True)),
        ("表三", lambda sheet, chance: sheet.__setitem__("A6", "自己的标签")),
        (form.sheets.texts, put("一段正文，有数字 12 件 & <标签>。\n第二段。")),
        (form.sheets.texts, put("  首尾空格  ")),
        (form.sheets.fields, put("另一个机关")),
        (form.sheets.last_year, put(35)),
        (form.sheets.last_year, put("去年的文字")),
        (form.sheets.checks, put("情况说明")),
    ]  # fmt: skip


def changed(data: bytes, change: tuple[str, Callable[[Worksheet, random.Random], None]], seed: int) -> bytes:
    book = load_workbook(BytesIO(data), rich_text=True)
    change[1](book[change[0]], random.Random(seed))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_workbooks_read_after_others_like_them(tmp_path: Path, afresh: Callable[[Path], Report]) -> None:
    """Every change on its own, read among the unchanged, thrice: the third time everything is remembered."""
    form = reportgen.load_form("2021")
    files = [EXAMPLE]
    files += [changed(EXAMPLE, change, seed) for seed, change in enumerate(changes(form))]
    paths = []
    for n, data in enumerate(files):
        paths.append(tmp_path / f"{n}.xlsx")
        paths[-1].write_bytes(data)
    expected = [afresh(path) for path in paths]
    for _ in range(3):
        for path, want in zip(paths, expected, strict=True):
            for _ in range(3):
                got = reportgen.read_report(path)
                same(got, want)
            assert told(reportgen.check(got)) == told(reportgen.check(want))
    assert len(recogniser_values._readings)
    assert len(sheetpattern._patterns)
    assert len(package._memory)


def figures(data: bytes, chance: random.Random) -> bytes:
    """The same workbook with other digits in every typed figure, and so with stale results."""

    def other(match: re.Match[bytes]) -> bytes:
        return b"<v>%d</v></c>" % chance.choice([0, 3, 10 ** chance.randrange(1, 17) // 7])

    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            xml = old.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                xml = re.sub(rb"<v>\d+</v></c>", other, xml)
            new.writestr(item.filename, xml)
    return out.getvalue()


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False))
def test_other_figures_in_a_known_workbook(chance: random.Random) -> None:
    """Only figures differ: the case the memories are for, stale totals and too many digits included."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "一.xlsx"
        path.write_bytes(EXAMPLE)
        for _ in range(3):
            reportgen.read_report(path)
        path.write_bytes(figures(EXAMPLE, chance))
        short = reportgen.read_report(path)
        patch.setattr(sniff, "directory", lambda data: None)
        patch.setattr(sheetxml, "known_pattern", lambda markup, meaning: None)
        patch.setattr("reportgen.recogniser.known_values", lambda form, grids: None)
        same(short, reportgen.read_report(path))


@pytest.mark.parametrize("typed", [True, False])
def test_formulas_are_judged_each_time(tmp_path: Path, typed: bool) -> None:
    """A total that no longer fits its cells is found, however often workbooks like it were read."""
    form = reportgen.load_form("2021")
    source = reportgen.read_report(EXAMPLES / "liwan-2024.xlsx")
    data = blank_workbook(form, report=source, typed_totals=typed)
    path = tmp_path / "一.xlsx"
    for _ in range(4):
        path.write_bytes(data)
        assert not any(f.rule == "N-08" for f in reportgen.check(reportgen.read_report(path)))
    stale = figures(data, random.Random(1))
    path.write_bytes(stale)
    rules = {f.rule for f in reportgen.check(reportgen.read_report(path))}
    assert ("N-08" in rules) != typed


@pytest.mark.parametrize("stored", ["all", "none", "some"])
@pytest.mark.parametrize("typed", [True, False])
def test_one_workbook_after_another(
    tmp_path: Path, afresh: Callable[[Path], Report], typed: bool, stored: str
) -> None:
    """Many bodies' workbooks, no two alike, totals with and without results stored."""
    form = reportgen.load_form("2021")
    source = reportgen.read_report(EXAMPLES / "liwan-2024.xlsx")
    data = blank_workbook(form, report=source, typed_totals=typed)
    chance = random.Random(11)

    def result(match: re.Match[bytes]) -> bytes:
        gone = stored == "none" or (stored == "some" and chance.random() < 0.3)
        return b"</f></c>" if gone else match[0]

    for n in range(16):
        out = BytesIO()
        with (
            zipfile.ZipFile(BytesIO(figures(data, random.Random(n)))) as old,
            zipfile.ZipFile(out, "w") as new,
        ):
            for item in old.infolist():
                xml = old.read(item)
                if item.filename.startswith("xl/worksheets/sheet"):
                    xml = re.sub(rb"</f><v>[^<]*</v></c>", result, xml) if n % 8 or stored == "none" else xml
                new.writestr(item.filename, xml)
        path = tmp_path / f"{n}.xlsx"
        path.write_bytes(out.getvalue())
        same(reportgen.read_report(path), afresh(path))


def test_sheets_are_told_apart_by_all_their_markup(
    tmp_path: Path, afresh: Callable[[Path], Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those of the same length, if their checksums were the same."""
    monkeypatch.setattr(sheetpattern, "checksum", lambda markup: 1)
    paths = []
    for hidden in (b"0", b"1"):
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(EXAMPLE)) as old, zipfile.ZipFile(out, "w") as new:
            for item in old.infolist():
                row = b'<row hidden="%b" r="' % hidden
                new.writestr(item.filename, old.read(item).replace(b'<row r="', row))
        paths.append(tmp_path / f"{hidden.decode()}.xlsx")
        paths[-1].write_bytes(out.getvalue())
    shown, hidden = (afresh(path) for path in paths)
    assert {v.origin.hidden for v in shown.values.values() if v.origin} == {False}
    assert {v.origin.hidden for v in hidden.values.values() if v.origin} == {True}
    for _ in range(4):
        same(reportgen.read_report(paths[0]), shown)
        same(reportgen.read_report(paths[1]), hidden)
        same(reportgen.read_report(paths[1]), hidden)


# ---------------------------------------------------------------- packages


def by_zipfile(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return unpack("“甲”", archive)


def by_package(data: bytes) -> dict[str, bytes] | None:
    entries = package.directory(data)
    if entries is None:
        return None
    parts = {e.filename: package.content(data, e) for e in entries}
    if any(part is None for part in parts.values()):
        return None
    return {name: bytes(part or b"") for name, part in parts.items()}


@pytest.fixture(params=["as installed", "zlib"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What parts are unpacked with: libdeflate, and zlib where that is not to be had."""
    if request.param == "zlib":
        monkeypatch.setattr(package, "deflate", None)


@pytest.mark.usefixtures("library")
def test_packages_are_unpacked_as_zipfile_does() -> None:
    for _ in range(3):
        assert by_package(EXAMPLE) == by_zipfile(EXAMPLE)


def damaged(data: bytes, chance: random.Random) -> Iterator[bytes]:
    for _ in range(300):
        at, length = chance.randrange(len(data)), chance.choice([1, 1, 2, 4])
        if chance.random() < 0.5:
            at = chance.randrange(data.index(b"PK\1\2"), len(data))
        yield data[:at] + chance.randbytes(length) + data[at + length :]
    yield data[:-1]
    yield data + b"\0"
    yield data[:4000]


def test_libdeflate_is_optional() -> None:
    """Where there is no wheel of it, zlib does the same."""
    program = (
        "import sys; sys.modules['deflate'] = None; import reportgen; from reportgen.sources import package; "
        f"assert package.deflate is None; print(len(reportgen.read_report({str(EXAMPLES / 'liwan-2024.xlsx')!r}).values))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) == len(reportgen.load_form("2021").cells)


@pytest.mark.usefixtures("library")
def test_streams_are_unpacked_as_zlib_does() -> None:
    """Whole and damaged ones, of every kind, also those of nothing."""
    chance = random.Random(4)
    alike = {True: 0, False: 0}
    for _ in range(3000):
        text = EXAMPLE[: chance.choice([0, 0, 1, 30, 2000])] * chance.choice([1, 3])
        packer = zlib.compressobj(chance.randrange(10), zlib.DEFLATED, -15, strategy=chance.randrange(5))
        packed = bytearray(packer.compress(text) + packer.flush())
        for _ in range(chance.choice([0, 1, 2])):
            packed[chance.randrange(len(packed))] ^= 1 << chance.randrange(8)
        size = max(len(text) + chance.choice([0, 0, 0, 1, -1]), 0)
        engine = zlib.decompressobj(-15)
        try:
            wanted = engine.decompress(packed, size + 1)
        except zlib.error:
            wanted = None
        whole = engine.eof and wanted is not None and len(wanted) == size
        got = package._inflated(bytes(packed), size)
        assert (got if got is not None and len(got) == size else None) == (wanted if whole else None)
        alike[whole] += 1
    assert min(alike.values()) > 300


@pytest.mark.usefixtures("library")
def test_damaged_packages_are_left_to_zipfile_or_read_alike() -> None:
    chance = random.Random(8)
    small = BytesIO()
    with zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as new:
        for name in ("[Content_Types].xml", "xl/a.xml", "b.rels"):
            new.writestr(name, f"<a>{name}</a>" * 20)
    left = 0
    for data in damaged(small.getvalue(), chance):
        mine = by_package(data)
        if mine is None:
            left += 1
            continue
        assert mine == by_zipfile(data)
    assert left > 100


def test_parts_are_told_apart_by_all_their_bytes() -> None:
    """Two parts of one checksum and size are two parts."""
    first = b"<a>plain</a>"
    data = b"".join(bytes([n]) for n in range(200))
    # Four bytes that give another content the checksum of the first (CRC-32 is linear).
    table = {zlib.crc32(struct.pack("<I", 1 << bit)) ^ zlib.crc32(bytes(4)): 1 << bit for bit in range(32)}
    wanted = zlib.crc32(first) ^ zlib.crc32(data[:8] + bytes(4))
    rows, patch = sorted(table, reverse=True), 0
    basis: dict[int, tuple[int, int]] = {}
    for value in rows:
        mask, rest = table[value], value
        while rest and rest.bit_length() in basis:
            known, part = basis[rest.bit_length()]
            rest, mask = rest ^ known, mask ^ part
        if rest:
            basis[rest.bit_length()] = (rest, mask)
    while wanted:
        known, part = basis[wanted.bit_length()]
        wanted, patch = wanted ^ known, patch ^ part
    second = data[:8] + struct.pack("<I", patch)
    assert zlib.crc32(second) == zlib.crc32(first)
    assert len(second) == len(first)
    archives = []
    for content in (first, second):
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as new:
            new.writestr("a.xml", content)
        archives.append(out.getvalue())
    for _ in range(4):
        for archive, content in zip(archives, (first, second), strict=True):
            assert by_package(archive) == {"a.xml": content}
