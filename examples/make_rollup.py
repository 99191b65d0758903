"""Make the example of a roll-up: ``python examples/make_rollup.py``.

A made-up district: the roster of nine bodies and the reports of eight of them in six kinds of files.  One
has a wrong sum, one is a nil report, one was filed under its former name.  tests/test_examples.py fails
when a committed file is not what this script makes.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import bodies  # noqa: E402
from support import make_report  # noqa: E402

FOLDER = ROOT / "examples" / "rollup"
BODIES = (
    ("甲市乙区人民政府办公室", "政府部门", "本级机关", "xlsx"), ("甲市乙区教育局", "政府部门", "部门", "xls"),
    ("甲市乙区民政局", "政府部门", "部门", "ods"), ("甲市乙区自然资源局", "政府部门", "部门", "docx"),
    ("甲市乙区卫生局", "政府部门", "部门", "html"), ("甲市乙区东镇人民政府", "乡镇街道", "乡镇街道", "json"),
    ("甲市乙区西镇人民政府", "乡镇街道", "乡镇街道", "xlsx"), ("甲市乙区桥镇人民政府", "乡镇街道", "乡镇街道", "mht"),
)  # fmt: skip
ROSTER = "机关名称,分组,曾用名\n" + "".join(
    f"{name},{group},{former}\n"
    for name, group, former in (
        ("甲市乙区人民政府办公室", "本级机关", ""), ("甲市乙区教育局", "部门", ""), ("甲市乙区民政局", "部门", ""),
        ("甲市乙区自然资源局", "部门", ""), ("甲市乙区卫生健康局", "部门", "甲市乙区卫生局"), ("甲市乙区审计局", "部门", ""),
        ("甲市乙区东镇人民政府", "乡镇街道", ""), ("甲市乙区西镇人民政府", "乡镇街道", ""), ("甲市乙区桥镇人民政府", "乡镇街道", ""),
    )
)  # fmt: skip


def files() -> dict[str, bytes]:
    """Name → content of every example."""
    made = {"单位名册.csv": ROSTER.encode("utf-8-sig")}
    for number, (org, unit, _, kind) in enumerate(BODIES, 1):
        report = bodies.body(org, unit, random.Random(number + 3))
        cells: dict[str, object] = {cell: value.number for cell, value in report.values.items()}
        if "桥镇" in org:
            cells = {}
        if "民政局" in org:
            cells["表三.granted.natural"] = report.number("表三.granted.natural") + 1
        changed = make_report(cells, org=org, passages=report.passages, unit_type=unit, fee_cases=0, fee_amount=0)
        made[f"{number} {org}.{kind}"] = bodies.written(changed, kind)
    return made


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, data in files().items():
        (FOLDER / name).write_bytes(data)
        print(name, len(data))


if __name__ == "__main__":
    main()
