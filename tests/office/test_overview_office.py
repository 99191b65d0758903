"""The overview of many reports in a real browser: without script, by keyboard, on a phone, in print."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import bodies
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, sync_playwright

from reportgen.checks import check
from reportgen.form import load_form
from reportgen.model.last_year import with_last_year
from reportgen.show.entries import entry_of, unread_entry
from reportgen.show.overview import overview_page

pytestmark = pytest.mark.office

AXE = Path(__file__).parent.parent.parent / ".office" / "node_modules" / "axe-core" / "axe.min.js"
COUNT = 50


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    assert program, "run: bash tests/office/install.sh"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def text() -> str:
    pairs = zip(bodies.bodies(COUNT, 1), bodies.bodies(COUNT, 1, year=2023), strict=True)
    entries = [entry_of(report, check(with_last_year(report, last))) for report, last in pairs]
    entries = [replace(one, page=f"单位/{one.body}.html", file=f"{n} 报告.xlsx") for n, one in enumerate(entries)]
    return overview_page([*entries, unread_entry("坏.xlsx", "“坏.xlsx”已损坏")], load_form("2021"), title="总览")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_keeps_anyone_from_reading(browser: Browser, text: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_content(text)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(one["id"], [node["html"][:90] for node in one["nodes"]]) for one in found] == []
    page.close()


def test_sorting_and_filtering_by_keyboard(browser: Browser, text: str) -> None:
    page = browser.new_page()
    page.set_content(text)
    column = "[...document.querySelectorAll('#rows tbody tr:not([hidden])')].map(row => row.cells[8].innerText.trim())"
    page.locator("#rows thead button", has_text="新收").focus()
    page.keyboard.press("Enter")
    up = [int(one) for one in page.evaluate(column) if one]
    assert len(up) == COUNT
    assert up == sorted(up)
    page.keyboard.press("Enter")
    assert [int(one) for one in page.evaluate(column) if one] == up[::-1]
    assert page.locator("#rows [aria-sort]").get_attribute("aria-sort") == "descending"
    page.locator("#state").select_option("读不出来")
    assert page.evaluate(column) == [""]
    assert page.locator("#shown").inner_text() == "显示 1 行"
    page.locator("#state").select_option("")
    page.locator("#group").select_option("乡镇街道")
    towns = sum(group == "乡镇街道" for _, _, group in bodies.names(COUNT))
    assert len(page.evaluate(column)) == towns
    page.close()


def test_without_script_all_is_there_and_in_print_no_controls(browser: Browser, text: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(text)
    assert page.locator("#rows tbody tr").count() == COUNT + 1
    assert all(one.is_visible() for one in page.locator("#rows tbody tr").all())
    assert not page.locator("#filter").is_visible()
    context.close()
    page = browser.new_page()
    page.set_content(text)
    page.emulate_media(media="print")
    assert not page.locator("#filter").is_visible()
    page.close()


def test_on_paper_every_page_of_the_list_has_heads_and_a_number(browser: Browser, text: str, tmp_path: Path) -> None:
    page = browser.new_page()
    page.set_content(text)
    page.pdf(path=tmp_path / "a.pdf", format="A4", prefer_css_page_size=True)
    page.close()
    told = subprocess.run(["pdftotext", "-layout", tmp_path / "a.pdf", "-"], capture_output=True, check=True).stdout
    pages = told.decode().rstrip("\f").split("\f")
    lists = [one for one in pages if "人民政府办公室" in one or "镇人民政府" in one]
    assert len(lists) > 1
    assert all("序号" in one and "文件" in one for one in lists)
    assert all(f"第 {n} 页，共 {len(pages)} 页" in one for n, one in enumerate(pages, 1))
