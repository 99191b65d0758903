"""The published web page in a real browser, the PDF by a real office program."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pdfplumber
import pikepdf
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, sync_playwright
from support import published_report
from validators import findings

from reportgen import build, read_report
from reportgen.model.report import Report
from reportgen.publish.pdf import elements_of
from reportgen.show.charts import charts_of
from reportgen.show.published import report_page

pytestmark = pytest.mark.office

ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / ".office" / "node_modules" / "axe-core" / "axe.min.js"
LIWAN = ROOT / "examples" / "liwan-2024.xlsx"
HOST = (
    "color:red;font:30px monospace;border:3px dashed green;background:yellow;letter-spacing:9px;padding:20px;"
    "margin:20px;width:50px;float:right;text-indent:50px;line-height:3;text-align:right;white-space:nowrap;"
    "border-collapse:separate;border-spacing:10px;vertical-align:top;text-transform:uppercase;max-width:300px"
)
TAGS = "h1,h2,h3,p,td,th,tr,table,thead,tbody,col,colgroup,caption,div,span"
PAGES = {
    "plain": "", "rules": f"{TAGS}{{{HOST}}}", "important": f"{TAGS}{{{HOST.replace(';', '!important;')}!important}}",
    "inherited": "body{font:22px fantasy;color:purple;text-align:center;letter-spacing:4px}*{box-sizing:content-box}",
}  # fmt: skip
"""What pages say of their elements, a fragment pasted into them must look the same in all."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    assert program, "run: bash tests/office/install.sh"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


def reports() -> list[Report]:
    return [read_report(LIWAN), published_report("huaian_city_2024")]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("fragment", [False, True])
def test_nothing_keeps_anyone_from_reading(browser: Browser, width: int, fragment: bool) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    text = report_page(reports()[1], fragment=fragment)
    page.set_content(f"<html lang='zh-CN'><title>甲</title><main>{text}</main></html>" if fragment else text)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(one["id"], [node["html"][:90] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 360:  # the table scrolls, its labels stay
        box, label = page.locator("[role=region]").nth(1), page.locator("th[scope=row]").nth(8)
        box.evaluate("box => box.scrollLeft = 150")
        edge, place = box.bounding_box(), label.bounding_box()
        assert edge
        assert place
        assert abs(place["x"] - edge["x"]) < 2
    page.close()


def test_a_fragment_looks_the_same_in_every_page(browser: Browser) -> None:
    text, shots = report_page(reports()[0], fragment=True), {}
    for name, rules in PAGES.items():
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_content(f"<html><head><style>body{{margin:0}}{rules}</style></head><body>{text}</body></html>")
        shots[name] = page.screenshot(full_page=True)
        page.close()
    assert [name for name, shot in shots.items() if shot != shots["plain"]] == []


@pytest.mark.parametrize("n", [0, 1])
def test_pdf(tmp_path: Path, n: int) -> None:
    report, out = reports()[n], tmp_path / "甲.pdf"
    assert build(report, [out], draft=True).files[0].compared >= 200
    first = out.read_bytes()
    assert build(report, [out], draft=True, force=True).copy is None, "other bytes"
    assert {id_: v.number or 0 for id_, v in read_report(out).values.items()} == {
        id_: v.number or 0 for id_, v in report.values.items()
    }
    with pikepdf.open(io.BytesIO(first)) as pdf:
        tree = pdf.Root.StructTreeRoot
        count = {kind: len(list(elements_of(tree, f"/{kind}"))) for kind in ("H1", "H2", "Table", "TD")}
        assert count == {"H1": 1, "H2": 6, "Table": 3, "TD": len(report.form.cells) + 8}
        scopes = [str(one.A) for one in elements_of(tree, "/TH")]
        assert all("/Scope" in scope for scope in scopes)
        assert pdf.Root.Lang == "zh-CN"
        metadata = str(pdf.open_metadata())
        assert "<pdfaid:part>2<" in metadata
        assert "<pdfuaid:part>1<" in metadata
    fonts = subprocess.run(["pdffonts", str(out)], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert fonts
    assert all(re.search(r" yes (yes|no) yes +\d+ +\d+$", line) for line in fonts), fonts


def test_charts_are_valid_and_in_the_pdf_no_text_of_the_report(tmp_path: Path) -> None:
    report = reports()[0]
    report = replace(report, last_year=report.values)
    for charts in (False, True):
        out = build(report, [tmp_path / f"{charts}.docx"], charts=charts, draft=True).files[0].path
        assert findings(out) == []
    plain, drawn = (
        build(report, [tmp_path / f"{charts}.pdf"], charts=charts, draft=True).path for charts in (False, True)
    )
    assert plain
    assert drawn
    assert [p.paragraphs for p in read_report(drawn).passages] == [p.paragraphs for p in read_report(plain).passages]
    with pikepdf.open(drawn) as pdf:
        said = [str(one.Alt) for one in elements_of(pdf.Root.StructTreeRoot, "/Figure")]
    assert said == [chart.alternative for chart in charts_of(report)]
    with pdfplumber.open(drawn) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages)
    for chart in charts_of(report):
        assert chart.title in text


def test_charts_look_the_same_in_every_page(browser: Browser) -> None:
    report, shots = reports()[0], {}
    text = report_page(report, fragment=True, charts=charts_of(report))
    for name, rules in PAGES.items():
        page = browser.new_page(viewport={"width": 900, "height": 900})
        page.set_content(
            f"<html><head><style>body{{margin:0}}{rules.replace('span{', 'span,svg,rect,text{')}</style></head><body>{text}</body></html>"
        )
        shots[name] = page.locator("svg").first.screenshot()
        page.close()
    assert [name for name, shot in shots.items() if shot != shots["plain"]] == []
