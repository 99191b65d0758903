"""The published web page in a real browser, the PDF by a real office program."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pdfplumber
import pikepdf
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, sync_playwright
from support import published_report
from validators import findings

from reportgen import build, read_report
from reportgen.model.report import Passage, Report
from reportgen.publish import FORMATS
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


def test_numbers_are_not_broken_over_lines_and_odd_characters_are_there(tmp_path: Path) -> None:
    text = "根据《中华人民共和国政府信息公开条例》（国务院令第711号）编制，由堃、瑄、赟、𠮷四位同志负责，" * 6
    address = "https://www.example.gov.cn/zwgk/xxgknb/2024/content/post_1234567890.html?columnId=abcdef&from=list"
    report = replace(reports()[1], passages=(Passage("overall", "", (text, f"网址为{address}，请查阅。")),))
    out = build(report, [tmp_path / "甲.pdf"], draft=True).path
    assert out
    with pdfplumber.open(out) as pdf:
        lines = "".join(page.extract_text() + "\n" for page in pdf.pages).splitlines()
    assert sum("711" in line for line in lines) == 6
    # A small gap stands between Chinese and Latin letters.
    assert any(line.replace(" ", "").startswith("网址为https://www.example") for line in lines)


@pytest.mark.parametrize("n", [0, 1])
def test_every_kind_says_the_same_and_the_pdf_is_tagged(tmp_path: Path, n: int) -> None:
    report, outs = reports()[n], [tmp_path / f"甲.{kind}" for kind in FORMATS]
    assert all(file.compared >= 200 for file in build(report, outs, draft=True).files)
    out = tmp_path / "甲.pdf"
    first = out.read_bytes()
    assert build(report, [out], draft=True, force=True).copy is None, "other bytes"
    figures = {id_: v.number or 0 for id_, v in report.values.items()}
    *others, table = sorted(outs, key=lambda path: path.suffix == ".csv")
    for one in others:
        assert {id_: v.number or 0 for id_, v in read_report(one).values.items()} == figures, one.name
    _, *rows = csv.reader(io.StringIO(table.read_text("utf-8-sig")))
    assert [Decimal(row[4]) for row in rows] == list(figures.values())
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
    for chart in charts_of(report):  # proved in the Word file that the PDF is made of; here they are only looked for
        assert chart.title in text
        assert all(figure in text for figures in chart.figures for figure in figures)


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
