"""Made-up bodies of a district with valid reports, from a seed: for tests, the example and the benchmarks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

import documents
import msgspec
from support import make_report

from reportgen.form import Form, load_form
from reportgen.model.exchange import to_json
from reportgen.model.report import Passage, Report
from reportgen.workbook import blank_workbook

KINDS = ("xlsx", "xls", "ods", "docx", "html", "json")
DEPARTMENTS = [
    "发展和改革局",
    "教育局",
    "科技和工业局",
    "民族宗教事务局",
    "民政局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源局",
    "生态环境局",
    "住房和城乡建设局",
    "交通运输局",
    "水利局",
    "农业农村局",
    "商务局",
    "文化广电旅游局",
    "卫生健康局",
    "退役军人事务局",
    "应急管理局",
    "审计局",
    "市场监督管理局",
    "体育局",
    "统计局",
    "医疗保障局",
    "信访局",
    "城市管理局",
    "政务服务局",
    "数据管理局",
    "林业局",
    "金融工作局",
    "投资促进局",
    "地方志办公室",
    "档案局",
    "供销合作社",
    "园林管理处",
    "机关事务管理局",
    "公安局",
    "消防救援局",
    "气象局",
    "税务局",
]
TOWNS = [
    "东",
    "西",
    "南",
    "北",
    "城",
    "河",
    "山",
    "湖",
    "桥",
    "塘",
    "林",
    "田",
    "沙",
    "石",
    "泉",
    "坪",
    "岭",
    "坝",
    "港",
    "洲",
]
RESULTS = (40, 10, 1, 1, 1, 2, 2, 3, 4, 3, 22, 3, 1, 4, 2, 1, 1, 1, 3, 1, 3)
"""Rough shares of the results in published reports."""


def names(count: int, district: str = "甲市乙区") -> list[tuple[str, str, str]]:
    """Return name, kind and group of so many bodies: an office, departments, towns."""
    found = [(f"{district}人民政府办公室", "政府部门", "本级机关")]
    n = 0
    while len(found) < count:
        number = "" if n < 60 else f"第{n // 60}"
        which = n % 60
        if which < 40:
            found.append((f"{district}{number}{DEPARTMENTS[which]}", "政府部门", "部门"))
        else:
            found.append((f"{district}{number}{TOWNS[which - 40]}镇人民政府", "乡镇街道", "乡镇街道"))
        n += 1
    return found[:count]


def figures(form: Form, rng: random.Random, size: int) -> dict[str, object]:
    """Return figures that satisfy every sum, of a body that handles about ``size`` applications."""
    cells: dict[str, object] = {}
    block = form.table("表三").blocks[0]
    columns = [one.id for one in block.column_leaves()][:-1]
    rows = [one.id for one in block.row_leaves()]
    new, before, *results, done, after = rows
    for column in columns:
        share = 0.9 if column == columns[0] else 0.02
        count = int(rng.randint(0, 2 * size) * share + rng.random())
        drawn = rng.choices(results, RESULTS, k=count)
        carried_in, carried_out = rng.randint(0, count // 12 + 1), rng.randint(0, count // 8 + 1)
        carried_in = min(carried_in, count + carried_out)
        values = {one: drawn.count(one) for one in results}
        values |= {new: count + carried_out - carried_in, before: carried_in, done: count, after: carried_out}
        cells |= {f"表三.{row}.{column}": values[row] for row in rows}
    for row in rows:
        cells[f"表三.{row}.total"] = sum(int(str(cells[f"表三.{row}.{column}"])) for column in columns)
    for row in ("review", "direct", "after_review"):
        parts = {
            one: rng.choice((0, 0, rng.randint(0, 1 + size // 40)))
            for one in ("upheld", "corrected", "otherwise", "pending")
        }
        cells |= {f"表四.{row}.{one}": number for one, number in parts.items()}
        cells[f"表四.{row}.total"] = sum(parts.values())
    made, abolished = rng.randint(0, 3), rng.randint(0, 1)
    cells |= {"表二.normative.made": made, "表二.normative.abolished": abolished}
    cells["表二.normative.valid"] = made + rng.randint(0, 40)
    cells["表二.permit.decisions"] = rng.randint(0, 100 * size + 5)
    cells["表二.penalty.decisions"] = rng.randint(0, 20 * size + 3)
    cells["表二.coercion.decisions"] = rng.choice((0, rng.randint(0, size + 1)))
    cells["表二.fee.amount"] = rng.choice((0, Decimal(rng.randint(0, 2_000_000)) / 100))
    return cells


def passages(org: str) -> tuple[Passage, ...]:
    return (
        Passage("overall", "", (
            f"{org}认真贯彻落实政府信息公开条例，做好主动公开，规范办理依申请公开，加强政府信息管理和平台建设。",
            "强化监督保障，把政府信息公开纳入工作考核，开展社会评议，全年没有发生责任追究的情形。")),
        Passage("problems", "", ("存在的主要问题：主动公开的内容还不够及时。改进情况：已明确专人负责，按月检查更新。",)),
        Passage("other", "", ("本年度没有收取信息处理费，没有其他需要报告的事项。",)),
    )  # fmt: skip


def body(org: str, kind: str, rng: random.Random, *, year: int = 2024, size: int | None = None) -> Report:
    """Return a valid report of a body, with texts."""
    form = load_form(year=year)
    many = size if size is not None else {"乡镇街道": 4}.get(kind, rng.choice((3, 12, 40)))
    return make_report(
        figures(form, rng, many), org=org, year=year, form=form, passages=passages(org), unit_type=kind,
        review_body="否", summary="否", fee_cases=0, fee_amount=0,
    )  # fmt: skip


def renamed(report: Report, org: str) -> Report:
    """Return a report of another body with the same figures."""
    return msgspec.structs.replace(report, fields={**report.fields, "org": org}, passages=passages(org))


def bodies(count: int, seed: int, *, year: int = 2024) -> Iterator[Report]:
    """Yield so many valid reports; each body's figures are those of the seed and its place alone."""
    for n, (org, kind, _) in enumerate(names(count)):
        yield body(org, kind, random.Random(f"{seed}-{n}"), year=year)


def written(report: Report, kind: str) -> bytes:
    """Return a report as a file of a kind."""
    if kind == "xlsx":
        return blank_workbook(report.form, report=report)
    if kind == "json":
        return to_json(report).encode()
    whole = {"whole": True} if kind in ("xls", "ods") else {}
    return getattr(documents, kind)(report, **whole)  # type: ignore[no-any-return]


def roster(count: int) -> str:
    """Return the roster of the same bodies as .csv."""
    lines = ["机关名称,单位类型,分组", *(f"{org},{kind},{group}" for org, kind, group in names(count))]
    return "\n".join(lines) + "\n"
