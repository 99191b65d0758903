"""Published figures as a Report, without any reader of the program's own."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from msgspec.structs import replace

from reportgen.cli import main
from reportgen.form import Form, load_form
from reportgen.model.numbers import Number
from reportgen.model.report import Origin, Passage, Report, Value
from reportgen.repairs.records import Repair

DATA = Path(__file__).with_name("data")
COSTLY = settings(max_examples=settings().max_examples // 4)
"""For property tests in which every example takes long, such as those that write a whole document."""

# Keys of the published-figures files → row ids of the form.
ROWS = {
    "new": "new", "carried_in": "carried_in", "r1": "granted", "r2": "partial",
    **{f"r3_{n}": f"deny_{n}" for n in range(1, 9)},
    **{f"r4_{n}": f"unable_{n}" for n in range(1, 4)},
    **{f"r5_{n}": f"noproc_{n}" for n in range(1, 6)},
    **{f"r6_{n}": f"other_{n}" for n in range(1, 4)},
    "r_total": "total_done", "carried_out": "carried_out",
}  # fmt: skip
T2_ROWS = {"规章": "rule", "行政规范性文件": "normative", "行政许可": "permit", "行政处罚": "penalty",
           "行政强制": "coercion", "行政事业性收费": "fee"}  # fmt: skip
T4_ROWS = {"行政复议": "review", "未经复议直接起诉": "direct", "复议后起诉": "after_review"}
T3_COLUMNS = ("natural", "business", "research", "charity", "law", "other", "total")
T4_COLUMNS = ("upheld", "corrected", "otherwise", "pending", "total")


def run(*arguments: object, code: int = 0, **variables: str) -> str:
    """Run the program in this process with environment variables; return what it says on both streams.

    What a process of its own shows (consoles, pipes, signals) is tested in test_console.py.
    """
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        for name, value in variables.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            main([str(one) for one in arguments])
    assert end.value.code == code, said.getvalue()
    return said.getvalue()


def published(name: str) -> dict[str, Any]:
    """Return a file of published figures (``liwan_2024``, ``huaian_city_2024`` …) as it stands."""
    data: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)
    return data


def published_cells(name: str) -> dict[str, object]:
    """Return the published figures by cell id of the 2021 form, raw (``""``, ``"/"`` included)."""
    data = published(name)
    cells: dict[str, object] = {}
    for label, row in T2_ROWS.items():
        value = data["t2"][label]
        if row == "fee":
            cells["表二.fee.amount"] = Decimal(str(value))
        elif isinstance(value, list):
            cells.update({f"表二.{row}.{c}": v for c, v in zip(("made", "abolished", "valid"), value, strict=True)})
        else:
            cells[f"表二.{row}.decisions"] = value
    for key, row in ROWS.items():
        for column, value in zip(T3_COLUMNS, data["t3"].get(key) or [None] * 7, strict=True):
            cells[f"表三.{row}.{column}"] = value
    for label, row in T4_ROWS.items():
        for column, value in zip(T4_COLUMNS, data["t4"][label], strict=True):
            cells[f"表四.{row}.{column}"] = value
    return cells


def sheet_address(form: Form, cell: str) -> Origin:
    """The cell's place in the prescribed table as if it began at A1 of its own sheet."""
    table = form.table(form.cells[cell].table)
    at = next(c for c in table.layout if c.cell == cell)
    return Origin(table.id, f"{'ABCDEFGHIJKLMNO'[at.column - 1]}{at.row}", at.row, at.column)


def make_report(
    cells: dict[str, object], *, org: str = "某某市某某局", year: int = 2024,
    passages: tuple[Passage, ...] = (), form: Form | None = None, **fields: str | Number,
) -> Report:  # fmt: skip
    """Make a Report from raw figures by cell id; ``None`` is missing, ``""`` blank."""
    form = form or load_form()
    values = {}
    for cell in form.cells:
        raw = cells.get(cell, 0)
        origin = sheet_address(form, cell)
        if raw is None:
            values[cell] = Value("missing")
        elif raw == "":
            values[cell] = Value("blank", origin=origin)
        elif isinstance(raw, str):
            values[cell] = Value("placeholder", raw=raw, origin=origin)
        else:
            assert isinstance(raw, (int, Decimal))
            values[cell] = Value("number", raw, str(raw), origin)
    return Report(form, values, {"org": org, "year": year, **fields}, passages)


def published_report(name: str) -> Report:
    """Return published figures as a Report (no texts)."""
    data = published(name)
    return make_report(published_cells(name), org=data["org"], year=data["year"])


ROWS_2019 = {"规章": "rule", "规范性文件": "normative", "行政许可": "permit", "其他对外管理服务事项": "service",
             "行政处罚": "penalty", "行政强制": "coercion", "行政事业性收费": "fee", "政府集中采购": "purchase"}  # fmt: skip


def published_2019() -> Report:
    """The published report of the 2019 form, blanks and all."""
    data, form = published("shanghai_gov_office_2019"), load_form("2019")
    cells: dict[str, object] = {}
    for label, row in ROWS_2019.items():
        columns = [c.split(".")[2] for c in form.cells if c.startswith(f"表二.{row}.")]
        cells.update({f"表二.{row}.{c}": v for c, v in zip(columns, data["t2"][label], strict=True)})
    for key, row in {**ROWS, "r6": "others"}.items():
        if data["t3"].get(key) is not None:
            cells.update({f"表三.{row}.{c}": v for c, v in zip(T3_COLUMNS, data["t3"][key], strict=True)})
    for label, row in T4_ROWS.items():
        cells.update({f"表四.{row}.{c}": v for c, v in zip(T4_COLUMNS, data["t4"][label], strict=True)})
    made = make_report(cells, org=data["org"], year=2019, form=form)
    return replace(made, passages=(Passage("overall", "", ("总体平稳。",)), Passage("problems", "", ("有不足。",)),
                                   Passage("other", "", ("无其他需要报告的事项。",))))  # fmt: skip


def repaired(report: Report, repair: Repair) -> dict[str, Number]:
    """All figures as they would be after a repair."""
    values = {cell: report.number(cell) for cell in report.form.cells}
    return values | {c.cell: c.new for c in (*repair.changes, *repair.follows) if c.evidence is None}
