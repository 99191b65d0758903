"""Make one example of every kind of source: ``python examples/make_sources.py``.

The published report of 淮安市人民政府 for 2024 (figures, and a few sentences as published) as an old
workbook, an OpenDocument workbook, a web page, a single-file web page, a Word file and JSON; and that
of 上海市人民政府办公厅 for 2019, in the form of that year.  None of them was written by this program's
own writers, except the JSON.  ``huaian-2024.pdf`` is the Word file printed by LibreOffice, which gives
other bytes every time: print it again when the Word file changes.  tests/test_examples_sources.py reads every one and counts them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec.structs import replace

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import documents  # noqa: E402
from support import published, published_2019, published_report  # noqa: E402

from reportgen.model.exchange import to_json  # noqa: E402
from reportgen.model.report import Passage, Report  # noqa: E402

FOLDER = ROOT / "examples" / "sources"


def huaian() -> Report:
    """The published figures with the published sentences that are known."""
    said = published("huaian_city_2024")["narrative"]
    return replace(
        published_report("huaian_city_2024"),
        passages=(
            Passage("overall", "", tuple(f"{text}。" for text in said[:4])),
            Passage("problems", "", ("存在的主要问题和改进情况从略（示例没有收录原文）。",)),
            Passage("other", "", (f"{said[4]}。",)),
        ),
    )


def files() -> dict[str, bytes]:
    """Name → content of every example."""
    report = huaian()
    return {
        "huaian-2024.xls": documents.xls(report),
        "huaian-2024.ods": documents.ods(report),
        "huaian-2024.html": documents.html(report, charset="gb18030", declared="gb2312"),
        "huaian-2024.mht": documents.mht(report),
        "huaian-2024.docx": documents.docx(report),
        "huaian-2024.json": to_json(report).encode("utf-8"),
        "shanghai-2019.html": documents.html(published_2019()),
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, data in files().items():
        (FOLDER / name).write_bytes(data)
        print(name, len(data))


if __name__ == "__main__":
    main()
