"""Pages in a real browser; marked copies in a real spreadsheet program."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, sync_playwright
from support import make_report, published_cells, published_report
from validators import findings as validator_findings

from reportgen.api import read_report
from reportgen.checks import check
from reportgen.checks.texts import judge_numbers
from reportgen.form import load_form
from reportgen.marking import mark_workbook, unmark_workbook
from reportgen.marking.resultsheet import COLOURS, NAME, SUSPECT
from reportgen.model.report import Passage, Report
from reportgen.repairs import find_repairs
from reportgen.show.published import report_page
from reportgen.show.result import make_result_page
from reportgen.show.review import CheckedReport
from reportgen.workbook import blank_workbook

pytestmark = pytest.mark.office

PLANTED = {"表三.granted.natural": 74, "表三.new.business": 91, "表四.review.total": 65}
PLACES = {"表三!D8": SUSPECT, "表三!E6": SUSPECT}
OURS = {SUSPECT, *COLOURS.values()}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def planted() -> Report:
    text = "2024年新收政府信息公开申请639件，上年结转36件。" + "很长的一句话" * 40
    figures = {**published_cells("liwan_2024"), **PLANTED}
    return make_report(figures, org="广州市荔湾区人民政府", passages=(Passage("overall", "", (text,)),))


# --------------------------------------------------------------------------- browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    assert program, "run: bash tests/office/install.sh"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    reports = [planted(), published_report("huaian_city_2024"), published_report("shuyang_ndrc_2023")]
    reviewed = [CheckedReport(r, check(r), find_repairs(r), judge_numbers(r)) for r in reports]
    texts = {"result": make_result_page(reviewed, unreadable=[("坏.xlsx", "“坏.xlsx”已损坏")]).text,
             "report": report_page(reports[0])}  # fmt: skip
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture
def opened(browser: Browser, pages: dict[str, Path]) -> Iterator[tuple[Page, list[str]]]:
    page, complaints = browser.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith("file:") or complaints.append(request.url))
    yield page, complaints
    page.close()
    assert complaints == []


@pytest.mark.parametrize("name", ["result", "report"])
@pytest.mark.parametrize("size", [DESK, PHONE, {"width": 320, "height": 600}], ids=["desk", "phone", "small"])
def test_nothing_runs_over_the_edge(
    opened: tuple[Page, list[str]], pages: dict[str, Path], name: str, size: dict[str, int]
) -> None:
    page, _ = opened
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(pages[name].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    # What is wider than the screen scrolls inside a box of its own, figures unclipped.
    clipped = page.evaluate(
        "[...document.querySelectorAll('table.form td')]"
        ".filter(c => c.offsetParent && c.scrollWidth > c.clientWidth + 1).map(c => c.textContent)"
    )
    assert clipped == []


def colours(page: Page, name: str) -> list[int]:
    texts = page.locator(f"td.is-{name} .figure").all_inner_texts()
    return [int(text) for text in texts]


@pytest.mark.parametrize("how", ["hover", "tap", "keyboard"])
def test_both_sides_light_up(browser: Browser, pages: dict[str, Path], how: str) -> None:
    context = browser.new_context(viewport=PHONE if how == "tap" else DESK, has_touch=how == "tap")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(pages["result"].as_uri())
    total = page.locator("#r1 td", has_text="65").filter(has=page.locator(".sign")).first
    {"hover": total.hover, "tap": total.tap, "keyboard": total.focus}[how]()
    assert colours(page, "left") == [65]
    assert sum(colours(page, "right")) == 66
    bar = page.locator("#bar").inner_text()
    assert "左边 65 应等于右边 66，相差 1" in bar
    box, top = total.bounding_box(), page.locator("#bar").bounding_box()
    assert box
    assert top
    assert box["y"] + box["height"] <= top["y"] + 1 or how == "hover"  # not covered by the bar
    page.keyboard.press("Escape")
    assert not page.locator("#bar").is_visible()
    assert colours(page, "left") == colours(page, "right") == []
    context.close()


def test_a_cell_of_two_sums_shows_one_after_the_other(opened: tuple[Page, list[str]], pages: dict[str, Path]) -> None:
    page, _ = opened
    page.goto(pages["result"].as_uri())
    suspect = page.locator("#r1 td.suspect", has_text="74").first
    suspect.focus()
    first = page.locator("#bar").inner_text()
    page.keyboard.press("Enter")
    second = page.locator("#bar").inner_text()
    assert {rule for rule in ("T3-02", "T3-03") if rule in first + second} == {"T3-02", "T3-03"}
    assert first != second


def test_button_of_a_finding_leads_to_its_cell(opened: tuple[Page, list[str]], pages: dict[str, Path]) -> None:
    page, _ = opened
    page.goto(pages["result"].as_uri())
    page.locator("#r1 button.show").first.click()
    assert page.locator("#bar").is_visible()
    cell = page.evaluate("document.activeElement.id")
    assert page.locator(f"#{cell}").evaluate("c => c.classList.contains('is-left') || c.classList.contains('is-right')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_every_colour(opened: tuple[Page, list[str]], pages: dict[str, Path], scheme: str) -> None:
    """Contrast of every text against its ground is at least 4.5 to 1 (WCAG 2.1 AA)."""
    page, _ = opened
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(pages["result"].as_uri())
    page.locator("#r1 td.suspect").first.focus()
    assert page.evaluate(_CONTRAST) == []


_CONTRAST = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                       return .2126 * r + .7152 * g + .0722 * b; };
  const poor = new Set();
  for (const one of document.querySelectorAll('body *')) {
    const own = [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !one.offsetParent && !one.closest('#bar')) continue;
    if (one.closest('script, .hidden-text')) continue;
    let ground = one, colour = [255, 255, 255, 0];
    while (ground && colour[3] === 0) {
      const c = parse(getComputedStyle(ground).backgroundColor);
      colour = c.length === 3 ? [...c, 1] : c;
      ground = ground.parentElement;
    }
    const [a, b] = [light(parse(getComputedStyle(one).color)), light(colour)].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.add(one.tagName + '.' + one.className + ' ' + ((a + .05) / (b + .05)).toFixed(2));
  }
  return [...poor];
}"""


def test_prints_on_a4(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(pages["result"].as_uri())
    page.evaluate("document.querySelector('details.texts').open = false")
    pdf = tmp_path / "result.pdf"
    page.pdf(path=str(pdf), prefer_css_page_size=True)
    page.close()
    said = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    assert "A4" in said
    text = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    assert "左边 65 应等于右边 66" in text.replace("\n", "")
    assert "很长的一句话" in text, "folded on the screen only"
    assert "在表中看两边" not in text  # what only a screen can do


# --------------------------------------------------------------------------- LibreOffice


def convert(profile: Path, source: Path, kind: str, out: Path) -> Path:
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", kind,
         "--outdir", str(out), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    made = out / f"{source.stem}.{kind}"
    assert made.is_file(), f"LibreOffice could not open {source.name}"
    return made


def coloured(data: bytes) -> dict[str, str]:
    """Marked cells of the prescribed tables: place → colour; each must have a note."""
    found = {}
    for sheet in load_workbook(io.BytesIO(data)):
        for row in sheet.iter_rows():
            for cell in row:
                colour = str(cell.fill.fgColor.rgb)[-6:] if cell.fill.fill_type == "solid" else ""
                if colour in OURS and sheet.title.startswith("表"):
                    assert cell.comment, f"{sheet.title}!{cell.coordinate}"
                    found[f"{sheet.title}!{cell.coordinate}"] = colour
    return found


def test_marked_copy_survives_a_spreadsheet_program(tmp_path: Path) -> None:
    source = tmp_path / "甲.xlsx"
    source.write_bytes(blank_workbook(load_form(), report=planted(), typed_totals=True))
    report = read_report(source)
    marked = mark_workbook(source.read_bytes(), report, check(report), find_repairs(report))
    copy = tmp_path / "乙.xlsx"
    copy.write_bytes(marked)
    assert validator_findings(source) == validator_findings(copy) == []

    (tmp_path / "out").mkdir()
    saved = convert(tmp_path / "profile", copy, "xlsx", tmp_path / "out").read_bytes()
    before, after = coloured(marked), coloured(saved)
    assert before == after
    assert before.items() >= PLACES.items()
    # The third sum has five cells and no second sum to tell which: its total and the likeliest cell.
    assert len([p for p in before if p.startswith("表四!")]) in (1, 2)
    assert NAME in load_workbook(io.BytesIO(saved)).sheetnames

    bare = unmark_workbook(saved)
    assert coloured(bare) == {}
    was, now = (load_workbook(io.BytesIO(d)) for d in (source.read_bytes(), bare))
    for place in before:
        sheet, address = place.split("!")
        old, new = was[sheet][address], now[sheet][address]
        assert new.comment is None
        assert (new.fill.fill_type, new.border.left.style, new.protection.locked, new.font.sz) == (
            old.fill.fill_type, old.border.left.style, old.protection.locked, old.font.sz,
        )  # fmt: skip

    pdf = convert(tmp_path / "profile", copy, "pdf", tmp_path / "out")
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    assert NAME in text
    assert "T4-01" in text
