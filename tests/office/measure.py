"""What a reader would see: LibreOffice makes the PDF, poppler says where each character stands.

Lengths are millimetres from the top left corner of the page.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from lxml import etree

__all__ = ["Box", "Line", "Pdf", "Word", "to_pdf"]

MM = 25.4 / 72
DPI = 254  # ten pixels to the millimetre
_DARK = bytes(grey < 128 for grey in range(256))

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Word:
    """A piece of text without blanks, as poppler cuts it."""

    page: int
    """1-based."""
    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Line:
    """Words at one height of a page, left to right."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)

    @property
    def page(self) -> int:
        return self.words[0].page

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def middle(self) -> float:
        return self.words[0].middle


class Pdf:
    """A PDF file, measured on demand."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _boxes(self) -> tuple[list[tuple[float, float]], list[Word]]:
        # poppler writes characters that XML forbids as they are; recover drops them.
        page_text = _run("pdftotext", "-bbox", self.path, "-")
        tree = etree.fromstring(page_text, etree.XMLParser(recover=True))
        sizes, words = [], []
        for number, page in enumerate(tree.iter("{*}page"), 1):
            sizes.append((float(page.get("width")) * MM, float(page.get("height")) * MM))
            for word in page.iter("{*}word"):
                box = (float(word.get(side)) * MM for side in ("xMin", "yMin", "xMax", "yMax"))
                words.append(Word(number, word.text or "", *box))
        return sizes, words

    @property
    def sizes(self) -> list[tuple[float, float]]:
        """Width and height of each page."""
        return self._boxes[0]

    @property
    def words(self) -> list[Word]:
        return self._boxes[1]

    def lines(self, page: int, *, apart: float = 2.0) -> list[Line]:
        """Return a page's lines, top to bottom; words nearer than ``apart`` in height share one."""
        lines: list[list[Word]] = []
        for word in sorted((w for w in self.words if w.page == page), key=lambda w: (w.middle, w.left)):
            if lines and word.middle - lines[-1][0].middle < apart:
                lines[-1].append(word)
            else:
                lines.append([word])
        return [Line(tuple(sorted(words, key=lambda w: w.left))) for words in lines]

    def fonts(self) -> set[str]:
        """Return the names of the embedded faces, without the subset's prefix."""
        rows = _run("pdffonts", self.path).decode().splitlines()[2:]
        return {row.split()[0].partition("+")[2] or row.split()[0] for row in rows}

    @cached_property
    def font_of(self) -> dict[str, set[str]]:
        """Faces that each piece of text is set in, by pdftohtml's account of the text."""
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, "x.xml")
            _run("pdftohtml", "-xml", "-i", "-fontfullname", "-nodrm", self.path, target)
            tree = etree.parse(target, etree.XMLParser(recover=True))
        families = {spec.get("id"): spec.get("family").partition("+")[2] or spec.get("family")
                    for spec in tree.iter("fontspec")}  # fmt: skip
        faces: dict[str, set[str]] = defaultdict(set)
        for text in tree.iter("text"):
            faces["".join(text.itertext()).strip()].add(families[text.get("font")])
        return dict(faces)

    def ink(self, page: int, window: Box) -> Box:
        """Return left, top, right, bottom of what is printed dark inside a window of a page."""
        image = _run("pdftoppm", "-gray", "-r", str(DPI), "-f", str(page), "-l", str(page), self.path)
        _, size, _, pixels = image.split(b"\n", 3)
        width = int(size.split()[0])
        left, top, right, bottom = (round(edge * DPI / 25.4) for edge in window)
        rows = {}
        for y in range(top, min(bottom, len(pixels) // width)):
            row = pixels[y * width + left : y * width + right].translate(_DARK)
            if b"\1" in row:
                rows[y] = (left + row.index(b"\1"), left + row.rindex(b"\1") + 1)
        assert rows, f"nothing is printed there on page {page}"
        edges = (min(x for x, _ in rows.values()), min(rows), max(x for _, x in rows.values()), max(rows) + 1)
        x0, y0, x1, y1 = (edge * 25.4 / DPI for edge in edges)
        return x0, y0, x1, y1


def to_pdf(files: Sequence[Path], folder: Path) -> list[Pdf]:
    """Convert Word files with LibreOffice, in one start and with a profile of its own.

    Raises:
        AssertionError: LibreOffice made no PDF of a file; it says 0 even then.
    """
    with tempfile.TemporaryDirectory() as profile:
        said = _run("soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf",
                    "--outdir", folder, *files)  # fmt: skip
    made = [folder / f"{file.stem}.pdf" for file in files]
    for pdf in made:
        assert pdf.is_file(), f"LibreOffice could not open {pdf.stem}: {said.decode(errors='replace')}"
    return [Pdf(path) for path in made]


def _run(*command: str | Path) -> bytes:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, f"{command[0]}: {done.stderr.decode(errors='replace')}"
    return done.stdout
