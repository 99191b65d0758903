"""The example workbooks are what their script makes, and hold the published report whole."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from support import DATA, published_report

from reportgen import merge
from reportgen.checks import check
from reportgen.form import Form
from reportgen.recogniser import recognise
from reportgen.sources import open_document

EXAMPLES = Path(__file__).parent.parent / "examples"


def script(name: str) -> ModuleType:
    """Load one of the scripts that make the examples."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


maker = script("make")


def parts(data: bytes) -> dict[str, bytes]:
    """Members of a zip; compressed bytes differ between zlib versions."""
    with zipfile.ZipFile(BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize("name", ["liwan-2024.xlsx", "blank-2021.xlsx"])
def test_example_is_current(name: str):
    made = maker.files()
    assert set(made) == {"liwan-2024.xlsx", "blank-2021.xlsx"}
    assert parts((EXAMPLES / name).read_bytes()) == parts(made[name]), "run: python examples/make.py"


def test_liwan_is_complete(form: Form):
    report = recognise(open_document(EXAMPLES / "liwan-2024.xlsx"), form)
    published = published_report("liwan_2024")
    assert {c: v.number for c, v in report.values.items()} == {c: v.number for c, v in published.values.items()}
    assert (report.org, report.year) == (published.org, published.year)
    assert not [f for f in check(report) if f.rule[0] in "ST" and f.severity == "error"]
    lines = (DATA / "liwan_2024.txt").read_text(encoding="utf-8").splitlines()
    headings = [section.heading for section in form.sections]
    # Lines with tabs are the tables; the paragraph cut by a page break is whole again.
    words = [line for line in lines[lines.index("一、总体情况") :] if line and "\t" not in line]
    words = [w for w in words if w not in headings and not re.fullmatch(r"（.）.{4,12}。", w)]
    texts = [text for p in report.passages for text in p.paragraphs]
    assert "".join(texts) == re.sub(r"\s", "", "".join(words))
    assert len(texts) == len(words) - 1
    assert [p.heading for p in report.passages if p.section == "overall"][3] == "（四）平台建设情况"


def test_blanks_of_typesetting_are_gone_and_no_others():
    texts = "".join(text for p in maker.liwan().passages for text in p.paragraphs)
    assert " " not in texts
    assert "2024年区政府网站共发布信息34457条" in texts


def test_the_example_of_a_rollup_is_current_and_shows_what_it_should(tmp_path: Path):
    folder, made = EXAMPLES / "rollup", script("make_rollup").files()
    assert {path.name for path in folder.iterdir()} == set(made)
    for name, data in made.items():
        kept = (folder / name).read_bytes()
        assert kept == data or (data[:2] == b"PK" and parts(kept) == parts(data)), "run: python examples/make_rollup.py"
    result = merge([folder], org="甲市乙区人民政府", roster=folder / "单位名册.csv")
    states = Counter(one.state for one in result.rollup.collection.bodies)
    assert (states["errors"], states["missing"], states["nil"], sum(states.values())) == (1, 1, 1, 9)
    assert any("卫生局" in one.message for one in result.rollup.findings)
