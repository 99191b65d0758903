"""What is remembered changes no result."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import xlsxkit

from reportgen import memory, read_report
from reportgen.errors import InputError
from reportgen.memory import LARGEST, remembered
from reportgen.sources import Grid, read_document

EXAMPLES = Path(__file__).parent.parent / "examples"


def grids(data: bytes) -> tuple[Grid, ...]:
    return read_document("甲.xlsx", data, "xlsx").grids


def test_the_latest_results_are_kept_by_content():
    calls = []

    @remembered(2)
    def length(part: bytes, more: str) -> int:
        calls.append(part)
        return len(part) + len(more)

    for part in (b"ab", b"cd", b"ab", b"ef", b"ab", b"cd"):
        assert length(bytes(bytearray(part)), "x") == 3
    assert calls == [b"ab", b"cd", b"ef", b"cd"]


def test_large_parts_are_not_kept():
    calls = []

    @remembered(2)
    def length(part: bytes) -> int:
        calls.append(len(part))
        return len(part)

    for _ in range(2):
        length(b" " * LARGEST)
        length(b" " * (LARGEST + 1))
    assert calls == [LARGEST, LARGEST + 1, LARGEST + 1]


def test_it_can_be_switched_off(monkeypatch):
    calls = []

    @remembered(2)
    def length(part: bytes) -> int:
        calls.append(part)
        return len(part)

    length(b"ab")
    monkeypatch.setattr(memory, "enabled", False)
    assert length(b"ab") == 2
    assert calls == [b"ab", b"ab"]


def test_workbooks_are_read_after_others_as_they_are_alone(monkeypatch):
    """The same sheets beside other texts, styles and days of the beginning are other cells."""
    base = xlsxkit.foreign()
    files = [
        base,
        xlsxkit.with_shared_strings(base),
        xlsxkit.with_shared_strings(base, lambda item: item.replace(b"2024", b"2023")),
        xlsxkit.with_shared_strings(base, lambda item: item.replace(b"</t>", b"!</t>")),
        xlsxkit.rewritten(base, lambda part, xml: xml.replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>')),
        xlsxkit.rewritten(base, lambda part, xml: xml.replace(b'state="hidden"', b'state="visible"')),
        xlsxkit.rewritten(base, lambda part, xml: xml.replace(b'formatCode="', b'formatCode="0;')),
        xlsxkit.rewritten(base, lambda part, xml: xml.replace(b't="n"><v>1', b't="n"><v>9')),
        xlsxkit.rewritten(base, xlsxkit.in_sheets(lambda xml: re.sub(rb"<mergeCells.*</mergeCells>", b"", xml))),
    ]  # fmt: skip
    monkeypatch.setattr(memory, "enabled", False)
    alone = [grids(data) for data in files]
    assert all(one != other for n, one in enumerate(alone) for other in alone[:n] if n != 1)
    monkeypatch.setattr(memory, "enabled", True)
    for _ in range(3):
        assert [grids(data) for data in files] == alone


@pytest.mark.parametrize("end", [b"</c>", b"</mergeCells>", b"</worksheet>"])
def test_a_damaged_sheet_stays_damaged(end):
    whole = xlsxkit.foreign()
    data = xlsxkit.rewritten(whole, xlsxkit.in_sheets(lambda xml: xml.replace(end, b"", 1)))
    for _ in range(3):
        assert grids(whole)
        with pytest.raises(InputError, match="已损坏"):
            grids(data)


def test_a_report_read_again_is_the_same(monkeypatch):
    first, again = (read_report(EXAMPLES / "liwan-2024.xlsx") for _ in range(2))
    monkeypatch.setattr(memory, "enabled", False)
    assert first == again == read_report(EXAMPLES / "liwan-2024.xlsx")
