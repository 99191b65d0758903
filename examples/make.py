"""Make the example workbooks: ``python examples/make.py``.

``liwan-2024.xlsx`` is the published report of 广州市荔湾区人民政府 for 2024, figures and words, in the
standard workbook.  ``blank-2021.xlsx`` is the empty workbook of the form.  The same sources give the
same bytes; tests/test_examples.py fails when a committed file is not what this script makes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support import make_report, published, published_cells  # noqa: E402

from reportgen.form import Form, load_form  # noqa: E402
from reportgen.model.report import Passage, Report  # noqa: E402
from reportgen.workbook import blank_workbook  # noqa: E402

SOURCE = ROOT / "tests" / "data" / "liwan_2024.txt"

_HAN = "\u2e80-\u9fff\u3000-\u303f\uff00-\uffef“”"
# Blanks between digits and Chinese characters come from the typesetting of the source.
_BLANK = re.compile(rf"(?<=[{_HAN}]) +(?=[0-9])|(?<=[0-9%]) +(?=[{_HAN}])")
_SUBHEADING = re.compile(r"（[一二三四五六七八九十]）[^。]{1,20}。?")


def passages(form: Form, text: str) -> tuple[Passage, ...]:
    """Cut the published text into the passages under its headings; tables are left out.

    A paragraph that ends in the middle of a sentence was cut by a page break and is joined again.
    """
    found: list[Passage] = []
    headings = {section.heading: section for section in form.sections if section.heading}
    section, heading, paragraphs = None, "", list[str]()

    def close() -> None:
        if section is not None and not section.table and paragraphs:
            found.append(Passage(section.id, heading, tuple(paragraphs)))

    for raw in text.splitlines():
        line = _BLANK.sub("", raw.strip())
        if line in headings:
            close()
            section, heading, paragraphs = headings[line], "", []
        elif _SUBHEADING.fullmatch(line):
            close()
            heading, paragraphs = line.rstrip("。"), []
        elif line and paragraphs and not paragraphs[-1].endswith("。"):
            paragraphs[-1] += line
        elif line:
            paragraphs.append(line)
    close()
    return tuple(found)


def liwan() -> Report:
    """Return the published report of 荔湾区 for 2024 with all its words."""
    form = load_form("2021")
    data = published("liwan_2024")
    return make_report(
        published_cells("liwan_2024"), org=data["org"], year=data["year"],
        passages=passages(form, SOURCE.read_text(encoding="utf-8")),
        unit_type="县级政府", fee_cases=0, fee_amount=0,
    )  # fmt: skip


def files() -> dict[str, bytes]:
    """Return name → bytes of every example made here."""
    form = load_form("2021")
    return {
        "liwan-2024.xlsx": blank_workbook(form, report=liwan(), typed_totals=True),
        "blank-2021.xlsx": blank_workbook(form),
    }


def main() -> None:
    for name, data in files().items():
        (Path(__file__).parent / name).write_bytes(data)
        print(name, len(data))


if __name__ == "__main__":
    main()
