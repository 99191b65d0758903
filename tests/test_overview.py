"""Many reports at once: folders, last year by body, the overview, pages, marks and lists."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import bodies
import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from openpyxl import load_workbook
from support import make_report, run

from reportgen.batch.checking import Checked, check_many
from reportgen.checks import check
from reportgen.cli import cli
from reportgen.form import load_form
from reportgen.model.findings import finding
from reportgen.model.last_year import with_last_year
from reportgen.model.report import Report
from reportgen.show.entries import Entry, entry_of
from reportgen.show.overview import overview_page

FORM = load_form("2021")


def filed(folder: Path, *, year: int = 2024, count: int = 4, kind: str = "json") -> Path:
    """A folder of reports under names that say nothing, some in a sub-folder; the second one is wrong."""
    (folder / "inner").mkdir(parents=True)
    for n, one in enumerate(bodies.bodies(count, 1, year=year)):
        cells = {cell: value.number for cell, value in one.values.items()}
        if n == 1 and year == 2024:
            cells["表三.granted.natural"] = one.number("表三.granted.natural") + 1
        report = make_report(cells, org=one.org, year=year, passages=one.passages, unit_type=one.fields["unit_type"])
        (folder / ("inner" if n % 2 else "") / f"{n}.{kind}").write_bytes(bodies.written(report, kind))
    return folder


ORGS = [org for org, _, _ in bodies.names(4)]


def test_a_folder_stands_for_its_reports(tmp_path: Path) -> None:
    filed(tmp_path / "in")
    (tmp_path / "in" / "某区单位名册.xlsx").write_bytes(b"no report")
    (tmp_path / "in" / ".~lock.json").write_bytes(b"")
    said = run("validate", tmp_path / "in", code=1)
    *_, counts, work = said.rstrip().splitlines()
    assert counts.startswith("共 4 份：有错误 1 份")
    assert work == f"要处理的 1 份：{ORGS[1]}（错误 2）。"
    run("validate", tmp_path / "in" / "inner", tmp_path / "in" / "0.json", code=1)
    (tmp_path / "none").mkdir()
    assert "没有报告" in run("validate", tmp_path / "none", code=3)


def test_one_document_of_json(tmp_path: Path) -> None:
    filed(tmp_path / "in")
    (tmp_path / "in" / "bad.json").write_text("{", encoding="utf-8")
    done = CliRunner().invoke(cli, ["validate", str(tmp_path / "in"), "--format", "json"])
    document = json.loads(done.stdout)
    assert [one["org"] for one in document["reports"]] == [ORGS[0], ORGS[2], "", ORGS[1], ORGS[3]]
    assert done.stdout == json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    assert "共 5 份" in done.stderr
    assert done.exit_code == 3


def test_last_years_report_is_that_of_the_same_body(tmp_path: Path) -> None:
    filed(tmp_path / "in")
    filed(tmp_path / "last", year=2023, count=3)
    filed(tmp_path / "old", year=2022, count=1)
    (tmp_path / "old" / "0.json").rename(tmp_path / "last" / "old.json")
    paths = sorted((tmp_path / "in").rglob("*.json"))
    alone = {}
    for path in paths:
        org = json.loads(path.read_text("utf-8"))["org"]
        before = tmp_path / "last" / path.relative_to(tmp_path / "in")
        alone[org] = [
            one.text for one in value(check_many([path], last_year=before if before.exists() else None)).lines
        ]
    for outcome in check_many(paths, last_year=tmp_path / "last"):
        assert outcome.value
        assert [one.text for one in outcome.value.lines] == alone[outcome.value.entry.body]
    said = run("validate", tmp_path / "in", "--last-year", tmp_path / "last", code=1)
    assert f"有 1 份没有找到上年的报告：{ORGS[3]}。" in said


def value(outcomes) -> Checked:
    (one,) = outcomes
    assert one.value
    return one.value


@pytest.mark.slow
def test_an_overview_and_a_page_of_each(tmp_path: Path) -> None:
    filed(tmp_path / "in")
    (tmp_path / "in" / "bad.json").write_text("{", encoding="utf-8")
    out = tmp_path / "in" / "pages"
    run("validate", tmp_path / "in", "--html", out, code=3)
    page = (out / "总览.html").read_text("utf-8")
    links = re.findall(r'<th scope="row"><a href="([^"]+)">([^<]+)</a>', page)
    assert [body for _, body in links] == [ORGS[0], ORGS[2], ORGS[1], ORGS[3]]
    assert sorted(path.stem for path in (out / "单位").iterdir()) == sorted(ORGS)
    assert "读不出来" in page
    assert "bad.json" in page
    assert "T3-02" in (out / "单位" / f"{ORGS[1]}.html").read_text("utf-8")
    run("validate", tmp_path / "in", "--html", out, code=4)
    run("validate", tmp_path / "in", "--html", out, "--force", code=3)
    assert (out / "总览.html").read_text("utf-8") == page, "the pages are no reports"
    assert len(list((out / "单位").iterdir())) == 4
    (out / "总览.html").unlink()  # as after an interruption: pages of ours are there, and no overview
    run("validate", tmp_path / "in", "--html", out, code=3)
    (out / "总览.html").unlink()
    mine = out / "单位" / f"{ORGS[1]}.html"
    mine.write_text("自己写的", encoding="utf-8")
    run("validate", tmp_path / "in", "--html", out, code=4)
    assert mine.read_text("utf-8") == "自己写的"


@pytest.mark.slow
def test_marks_and_findings_of_all(tmp_path: Path) -> None:
    filed(tmp_path / "in", kind="xlsx")
    (tmp_path / "in" / "inner" / "0.xlsx").write_bytes((tmp_path / "in" / "0.xlsx").read_bytes())
    (tmp_path / "in" / "9.json").write_bytes(bodies.written(next(bodies.bodies(1, 2)), "json"))
    said = run("validate", tmp_path / "in", "--mark", tmp_path / "m", "--findings", tmp_path / "f.xlsx", code=1)
    names = ["0（2）（审核）.xlsx", "0（审核）.xlsx", "1（审核）.xlsx", "2（审核）.xlsx", "3（审核）.xlsx"]
    assert sorted(path.name for path in (tmp_path / "m").iterdir()) == names
    assert "带标记的副本 5 份" in said
    assert "不能标记的 1 份" in said
    book = load_workbook(tmp_path / "f.xlsx")
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=4)]
    assert {(row[0], row[2]) for row in rows if row[1] == "错误"} == {(ORGS[1], "T3-02"), (ORGS[1], "T3-03")}
    assert [row[1].value for row in book.worksheets[1].iter_rows(min_row=4)].count(ORGS[0]) == 3


@pytest.mark.slow
def test_build_takes_the_workbooks_of_a_folder(tmp_path: Path) -> None:
    filed(tmp_path / "in", kind="xlsx", count=3)
    (tmp_path / "in" / "旧.json").write_bytes(bodies.written(next(bodies.bodies(1, 2)), "json"))
    said = run("build", tmp_path / "in", "-o", tmp_path / "out", "--formats", "json", code=1)
    assert len(list((tmp_path / "out").iterdir())) == 2
    *_, counts, work = said.rstrip().splitlines()
    assert counts == "共 3 份：已生成报告 2 份，有错误，没有生成 1 份。"
    assert work == f"要处理的 1 份：{ORGS[1]}（有错误，没有生成）。"


@pytest.mark.slow
def test_extract_makes_a_workbook_of_each(tmp_path: Path) -> None:
    filed(tmp_path / "in", count=3)
    (tmp_path / "in" / "bad.json").write_text("{", encoding="utf-8")
    run("extract", tmp_path / "in", "-o", tmp_path / "out", code=3)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.xlsx", "1.xlsx", "2.xlsx"]


def year_before(report: Report) -> Report:
    """A year in which all that came in was left for the next."""
    left = {cell.replace("carried_in", row): report.number(cell) for cell in FORM.cells if "carried_in" in cell
            for row in ("new", "carried_out")}  # fmt: skip
    kept = {"表二.normative.valid": report.number("表二.normative.valid") - report.number("表二.normative.made")
            + report.number("表二.normative.abolished")}  # fmt: skip
    return make_report({**left, **kept}, org=report.org, year=2023)


def test_the_overview_of_a_merge_says_what_was_counted(tmp_path: Path) -> None:
    filed(tmp_path / "in")
    last, good = tmp_path / "last", [one for n, one in enumerate(bodies.bodies(4, 1)) if n != 1]
    last.mkdir()
    for n, one in enumerate(good):
        (last / f"{n}.json").write_bytes(bodies.written(year_before(one), "json"))
    (tmp_path / "list.csv").write_text(bodies.roster(5), encoding="utf-8")
    run("merge", tmp_path / "in", "-o", tmp_path / "sum.xlsx", "--org", "甲市乙区人民政府", "--roster",
        tmp_path / "list.csv", "--last-year", last, "--html", tmp_path / "pages", code=1)  # fmt: skip
    page = (tmp_path / "pages" / "总览.html").read_text("utf-8")
    assert "有错误 1" in page
    assert "未报 1" in page
    now = sum(one.number("表三.new.total") for one in good)
    then = sum(one.number("表三.carried_in.total") for one in good)
    assert f'<th scope="row">新收<td class="number">{now}<td class="number">{then}' in page
    assert "部门" in page


def test_a_thousand_bodies_fit_into_half_a_megabyte() -> None:
    rng = random.Random(1)
    rules = list(FORM.rules)
    names = bodies.names(1000)
    entries = [
        Entry(f"/x/{n:04}{org}2024年度报告.xlsx", org, group, rng.choice(("ok", "warnings", "errors", "missing")),
              "有2处错误（T3-02、T3-03）" if n % 3 else "", (1, 2, 3, 4), dict.fromkeys(rng.sample(rules, 3), 1),
              (rng.randint(0, 999),) * 7, (rng.randint(0, 999),) * 7, f"单位/{org}.html")
        for n, (org, _, group) in enumerate(names)
    ]  # fmt: skip
    assert len(overview_page(entries, FORM, title="总览").encode()) <= 500_000


def test_what_many_bodies_have_in_common_is_advised_once() -> None:
    rule = FORM.rules["A-04"]
    notes = [finding(rule, what=f"“{org}”没有报") for org in ("甲局", "乙局", "丙局")]
    page = overview_page([], FORM, title="总览", notes=notes)
    assert page.count(rule.advice) == 1
    assert all(f"<li>“{org}”没有报" in page for org in ("甲局", "乙局", "丙局"))
    assert f"“甲局”没有报。{rule.advice}" in overview_page([], FORM, title="总览", notes=notes[:1])


def test_what_files_say_is_text_on_the_page() -> None:
    report = make_report({}, org="甲<script>alert(1)</script>局")
    entry = replace(entry_of(report, check(report)), page='单位/"a b".html', reason="<b>x</b>\x1b[31m")
    page = overview_page([entry], FORM, title="<i>")
    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert "\x1b" not in page
    assert 'href="%E5%8D%95%E4%BD%8D/%22a%20b%22.html"' in page


def test_what_could_not_be_read_is_not_drawn_as_nought() -> None:
    report = next(bodies.bodies(1, 1))
    cells: dict[str, object] = {cell: value.number for cell, value in report.values.items()}
    unread = make_report({**cells, "表三.granted.total": None}, org="甲局")
    assert entry_of(report, []).figures[0] == report.number("表三.new.total")
    assert entry_of(unread, []).figures == ()


def test_without_last_year_nothing_is_compared_with_nought() -> None:
    first, second = bodies.bodies(2, 1)
    last = next(bodies.bodies(1, 1, year=2023))
    entries = [entry_of(with_last_year(first, last), []), entry_of(second, [])]
    assert entries[0].last[0] == last.number("表三.new.total")
    assert entries[1].last == ()
    page = overview_page(entries, FORM, title="总览")
    assert "另有 1 份没有上年数，没有算进来" in page
    shown = f'新收<td class="number">{first.number("表三.new.total")}<td class="number">{last.number("表三.new.total")}'
    assert shown in page


@pytest.mark.slow
def test_ctrl_c_leaves_whole_pages_and_no_processes(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    data = bodies.written(next(bodies.bodies(1, 1)), "json")
    for n in range(400):
        (tmp_path / "in" / f"{n}.json").write_bytes(data)
    command = [sys.executable, "-m", "reportgen", "validate", str(tmp_path / "in"), "--html", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as run:
        pages = tmp_path / "out" / "单位"
        until = time.monotonic() + 30
        while time.monotonic() < until and not (pages.is_dir() and any(pages.glob("*.html"))):
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGINT)
        _, stderr = run.communicate(timeout=30)
    assert run.returncode == 130
    assert stderr.decode().splitlines()[-1] == "已中断。"
    assert "Traceback" not in stderr.decode()
    assert not (tmp_path / "out" / "总览.html").exists()
    assert all(path.suffix == ".html" and path.read_bytes().rstrip().endswith(b"</html>") for path in pages.iterdir())
    until = time.monotonic() + 10
    while time.monotonic() < until and alive(run.pid):
        time.sleep(0.05)
    assert not alive(run.pid)


def alive(group: int) -> bool:
    """Whether a process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
