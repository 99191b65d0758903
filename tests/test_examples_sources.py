"""Every example of a source reads back as the report it was made from."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from reportgen.api import read_report

EXAMPLES = Path(__file__).parent.parent / "examples"
_spec = importlib.util.spec_from_file_location("source_examples", EXAMPLES / "make_sources.py")
assert _spec is not None
assert _spec.loader is not None
maker = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(maker)
PRINTED = "huaian-2024.pdf"
NAMES = sorted([*maker.files(), PRINTED])


def test_one_example_of_every_kind_is_there():
    assert sorted(path.name for path in maker.FOLDER.iterdir()) == NAMES
    assert {Path(name).suffix for name in NAMES} == {".xls", ".ods", ".html", ".mht", ".docx", ".json", ".pdf"}
    assert len(NAMES) == 8


def test_the_script_gives_the_same_bytes_every_time():
    assert maker.files() == maker.files()
    for name, data in maker.files().items():
        if not name.endswith((".docx", ".ods")):  # compressed bytes differ between zlib versions
            assert (maker.FOLDER / name).read_bytes() == data, "run: python examples/make_sources.py"


@pytest.mark.parametrize("name", NAMES)
def test_example_reads_back(name):
    report = read_report(maker.FOLDER / name)
    wanted = maker.published_2019() if "2019" in name else maker.huaian()
    assert report.form.id == wanted.form.id
    assert (report.org, report.year) == (wanted.org, wanted.year)
    # A figure published with its unit is read with a notice (N-04).
    assert {c: v.number or 0 for c, v in report.values.items() if c != "表二.purchase.amount"} == {
        c: v.number or 0 for c, v in wanted.values.items() if c != "表二.purchase.amount"
    }
    if not name.endswith((".xls", ".ods")):
        assert [p.paragraphs for p in report.passages] == [p.paragraphs for p in wanted.passages]
