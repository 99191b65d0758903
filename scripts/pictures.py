"""Render the screens that the manual and README.md show, into docs/pictures: ``make pictures``.

Workbooks are shown in the window of a real spreadsheet program on a screen of its own (Xvfb), pages in a browser, the
report as it is printed.  ``bash tests/office/install.sh screen`` installs all of it.  Pictures differ by a few pixels from one
machine to another; so what they were made from is kept beside them as digests, and tests/office/test_pictures.py
compares those: it fails when a screen has changed since.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from openpyxl import load_workbook
from PIL import Image, ImageGrab

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
DIGESTS = PICTURES / "made-from.json"
EXAMPLE = ROOT / "examples" / "liwan-2024.xlsx"
_WRONG = {"表三.granted.natural": 47}
"""What the clerk of the pictures has typed wrongly."""
_SCREEN = "1280x820x24"
_SECONDS = 30
"""Looks at the window before giving up."""
_COLOURS = 50
"""A window that is drawn has more."""


class Screen(NamedTuple):
    """One picture and what it shows."""

    picture: str
    source: str
    """Name of the file that it is made from."""
    shows: str = ""
    """A word on the page that is shown, of files that have pages; of a workbook the sheet."""


SCREENS = (
    Screen("workbook.png", "工作簿.xlsx", "表三"),
    Screen("texts.png", "工作簿.xlsx", "文字内容"),
    Screen("result.png", "结果.html"),
    Screen("overview.png", "总览.html"),
    Screen("marked.png", "标记.xlsx", "表三"),
    Screen("report-1.png", "报告.docx", "总体情况"),
    Screen("report-2.png", "报告.docx", "申请人情况"),
)


def sources(folder: Path) -> dict[str, bytes]:
    """Make the files that are shown, as a clerk would; returns their contents by name."""
    data = folder / "数据.json"
    _reportgen(folder, "extract", str(EXAMPLE), "-o", data.name)
    _reportgen(folder, "build", str(EXAMPLE), "-o", "报告.docx")
    exchange = json.loads(data.read_text("utf-8"))
    exchange["values"].update(_WRONG)
    data.write_text(json.dumps(exchange, ensure_ascii=False), "utf-8")
    _reportgen(folder, "extract", data.name, "-o", "工作簿.xlsx")
    _reportgen(folder, "validate", "工作簿.xlsx", "--html", "结果.html", "--mark", "标记.xlsx")
    _reportgen(folder, "merge", str(EXAMPLE.parent / "rollup"), "-o", "汇总.xlsx", "--org", "甲市乙区人民政府",
               "--roster", str(EXAMPLE.parent / "rollup" / "单位名册.csv"), "--html", ".")  # fmt: skip
    return {name: (folder / name).read_bytes() for name in dict.fromkeys(screen.source for screen in SCREENS)}


def digests() -> dict[str, str]:
    """Return the digest of every file that is shown."""
    with tempfile.TemporaryDirectory() as folder:
        return {name: hashlib.sha256(content).hexdigest() for name, content in sources(Path(folder)).items()}


def _reportgen(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode > 1:
        raise SystemExit(f"reportgen {' '.join(arguments)}：{done.stdout}{done.stderr}")


# --------------------------------------------------------------------------- pictures


def draw(folder: Path, screen: Screen) -> None:
    """Make one picture."""
    source, target = folder / screen.source, PICTURES / screen.picture
    if source.suffix == ".html":
        _browser(source, target)
        return
    if source.suffix == ".xlsx":
        _window(source, screen.shows, target)
        return
    pdf = source.with_suffix(f"{source.suffix}.pdf")
    if not pdf.exists():
        _run("soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
             "--outdir", str(folder), str(source))  # fmt: skip
        source.with_suffix(".pdf").rename(pdf)
    page = _page_with(pdf, screen.shows)
    _run("pdftoppm", "-r", "84", "-png", "-singlefile", "-f", str(page), "-l", str(page), str(pdf),
         str(target.with_suffix("")))  # fmt: skip


def _page_with(pdf: Path, text: str) -> int:
    """Return the first page on which a text stands; white space does not count."""
    pages = _run("pdftotext", "-layout", str(pdf), "-").split("\f")
    return next(n for n, page in enumerate(pages, 1) if text in "".join(page.split()))


def _window(workbook: Path, sheet: str, target: Path) -> None:
    """Take a picture of the spreadsheet program's window with one sheet of a workbook in front."""
    book = load_workbook(workbook)
    book.active = book[sheet]
    for one in book:
        one.sheet_view.tabSelected = one.title == sheet
    shown = workbook.parent / "看" / workbook.name
    shown.parent.mkdir(exist_ok=True)
    book.save(shown)
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", _SCREEN, "-nolisten", "tcp"], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert screen.stdout
    display = f":{screen.stdout.readline().strip()}"
    words = {**os.environ, "DISPLAY": display, "LC_ALL": "zh_CN.UTF-8", "SAL_USE_VCLPLUGIN": "gen"}
    program = subprocess.Popen(
        ["soffice", f"-env:UserInstallation=file://{workbook.parent}/window", "--norestore", "--nologo",
         "--nofirststartwizard", "--calc", str(shown)],
        env=words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _settled(display).convert("P", palette=Image.Palette.ADAPTIVE).save(target, optimize=True)
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        program.wait()
        screen.terminate()
        screen.wait()


def _settled(display: str) -> Image.Image:
    """Return what a screen shows once it shows something and nothing moves any more."""
    before = b""
    for _ in range(_SECONDS):
        time.sleep(3)
        picture = ImageGrab.grab(xdisplay=display)
        if len(picture.getcolors(1 << 24) or ()) > _COLOURS and picture.tobytes() == before:
            return picture
        before = picture.tobytes()
    raise SystemExit("no window was drawn: bash tests/office/install.sh screen")


def _browser(page: Path, target: Path) -> None:
    name = next(name for name in ("chromium", "chromium-browser", "google-chrome") if shutil.which(name))
    _run(name, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,900",
         f"--user-data-dir={page.parent}/browser", f"--screenshot={target}", page.as_uri())  # fmt: skip


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def main() -> None:
    """Draw every screen and write down what it was made from."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        contents = sources(folder)
        for screen in SCREENS:
            draw(folder, screen)
    made_from = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    DIGESTS.write_text(json.dumps(made_from, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
