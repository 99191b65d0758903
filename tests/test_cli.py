"""The command line's contract: what is written, what is said, exit codes, JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from support import make_report, published_cells, published_report, run

from reportgen.cli import cli
from reportgen.form import load_form
from reportgen.model.report import Passage
from reportgen.workbook import blank_workbook

FORM = load_form("2021")
ROOT = Path(__file__).parent.parent
LIWAN = ROOT / "examples" / "liwan-2024.xlsx"
TEXTS = (
    Passage("overall", "", ("主动公开、依申请公开、政府信息管理、平台建设、监督保障工作都有进展。",)),
    Passage(
        "problems",
        "",
        (
            "存在的主要问题是政策解读形式单一，公众参与渠道不多；下一步改进措施是丰富解读形式，拓宽参与渠道，加强业务培训。",
        ),
    ),
    Passage("other", "", ("2024年未收取信息处理费。",)),
)


@pytest.fixture
def workbook(tmp_path):
    def make(name="单位.xlsx", **cells):
        data = published_cells("liwan_2024") | {k.replace("__", "."): v for k, v in cells.items()}
        report = make_report(data, org="某某区人民政府", passages=TEXTS, fee_amount=0)
        path = tmp_path / name
        path.write_bytes(blank_workbook(FORM, report=report, typed_totals=True))
        return path

    return make


def test_build_writes_the_report_beside_the_workbook_under_its_title(workbook):
    path = workbook()
    text = run("build", path)
    out = path.with_name("某某区人民政府2024年政府信息公开工作年度报告.docx")
    assert out.is_file()
    assert "核对 2" in text
    assert str(out) in text


def test_build_refuses_errors_and_writes_nothing(workbook, tmp_path):
    path = workbook(表三__new__total=640)
    before = sorted(tmp_path.iterdir())
    text = run("build", path, "-o", tmp_path / "r.docx", code=1)
    assert "T3-03" in text
    assert "640 应为 639" in text
    assert sorted(tmp_path.iterdir()) == before


def test_draft_is_written_in_spite_of_errors(workbook, tmp_path):
    run("build", workbook(表三__new__total=640), "-o", tmp_path / "r.docx", "--draft", code=1)
    assert (tmp_path / "r.docx").is_file()


def test_an_existing_report_is_refused_then_kept_as_a_copy(workbook, tmp_path):
    path, out = workbook(), tmp_path / "r.docx"
    out.write_bytes("改过的报告".encode())
    assert "已经有" in run("build", path, "-o", out, code=4) or out.read_bytes() == "改过的报告".encode()
    run("build", path, "-o", out, "--force")
    copies = [p for p in tmp_path.iterdir() if "备份" in p.name]
    assert [p.read_bytes() for p in copies] == ["改过的报告".encode()]


def test_the_same_input_gives_the_same_bytes(workbook, tmp_path):
    path = workbook()
    for name in ("a", "b"):
        run("build", path, "-o", tmp_path / f"{name}.docx")
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


def test_validate_json_is_one_document_by_the_contract(workbook, tmp_path):
    good, bad, gone = (workbook("甲.xlsx"), workbook("乙.xlsx", 表三__deny_7__natural=74), tmp_path / "没有.xlsx")
    text = CliRunner().invoke(cli, ["validate", str(good), str(bad), str(gone), "--format", "json"])
    assert text.exit_code == 3
    document = json.loads(text.stdout)
    assert document["version"] == 1
    assert [r["status"] for r in document["reports"]] == ["warnings", "errors", "unreadable"]
    first, second, _ = document["reports"]
    assert (first["org"], first["year"], first["form"], first["kind"]) == ("某某区人民政府", 2024, "2021", "xlsx")
    assert first["values"]["表三.new.natural"] == 618
    assert first["values"]["表二.fee.amount"] == "5230.52"
    assert first["repairs"] == []
    finding = next(f for f in second["findings"] if f["rule"] == "T3-02")
    assert finding["severity"] == "error"
    assert (finding["actual"], finding["expected"], finding["difference"]) == (595, 622, 27)
    assert {"id", "address", "label", "value"} <= finding["cells"][0].keys()
    repair = second["repairs"][0]
    assert repair["changes"] == [{"id": "表三.deny_7.natural", "address": "表三!D16", "from": 74, "to": 47}]
    assert repair["rank"] == 1
    assert set(repair["settles"]) == {"T3-02", "T3-03"}


def test_three_planted_errors_are_three_repairs_with_the_true_values(workbook):
    path = workbook(表三__deny_7__natural=74, 表三__unable_1__total=283, 表四__review__total=0)
    result = CliRunner().invoke(cli, ["validate", str(path), "--format", "json"])
    repairs = json.loads(result.stdout)["reports"][0]["repairs"]
    first = [(c["id"], c["from"], c["to"]) for r in repairs if r["rank"] == 1 for c in r["changes"]]
    assert first == [
        ("表三.deny_7.natural", 74, 47), ("表三.unable_1.total", 283, 238), ("表四.review.total", 0, 66)
    ]  # fmt: skip
    assert len(repairs) == 3
    assert [set(r["settles"]) for r in repairs] == [{"T3-02", "T3-03"}, {"T3-02", "T3-03"}, {"T4-01"}]


def test_one_file_that_breaks_the_program_does_not_cost_the_page_of_the_others(workbook, tmp_path, monkeypatch):
    import reportgen.batch.years

    good, bad, page = workbook("甲.xlsx"), workbook("乙.xlsx"), tmp_path / "结果.html"
    honest = reportgen.batch.years.read_report

    def broken(path, *rest, **options):
        if Path(path) == bad:
            raise RuntimeError("意外")
        return honest(path, *rest, **options)

    monkeypatch.setattr(reportgen.batch.years, "read_report", broken)
    text = run("validate", bad, good, "--html", page, code=3)
    assert "内部出错" in text
    assert "某某区人民政府" in page.read_text(encoding="utf-8")
    assert "乙.xlsx" in page.read_text(encoding="utf-8")


def test_strict_makes_blanks_errors(workbook):
    path = workbook()
    book = load_workbook(path)
    for row in book["表四"].iter_rows():
        for cell in row:
            if cell.value == 10:
                cell.value = None
            if cell.value == 66:
                cell.value = 56
    book.save(path)
    assert "N-01" in run("validate", path)
    assert "N-01" in run("validate", path, "--strict", code=1)


def test_last_year_links(workbook, tmp_path):
    last = tmp_path / "上年.xlsx"
    cells = published_cells("liwan_2024") | {f"表三.{r}.{c}": 0 for r in ("carried_out",) for c in ("natural", "total")}
    last.write_bytes(blank_workbook(FORM, report=make_report(cells, year=2023, passages=TEXTS), typed_totals=True))
    text = run("validate", workbook(), "--last-year", last, code=1)
    assert "T3-04" in text
    assert "C-05" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["validate"], "缺少参数"),
        (["valdate"], "没有这个命令"),
        (["build", "x.xlsx", "--nonsense"], "没有这个选项"),
        (["validate", "x.xlsx", "--format", "xml"], "不在"),
        (["new", "--year", "abc"], "四位数字"),
    ],
)
def test_wrong_usage_is_told_in_chinese_with_code_2(arguments, said):
    text = run(*arguments, code=2)
    assert said in text
    assert "用法" in text


def test_help_is_chinese_for_every_command():
    for command in [[], *([name] for name in cli.commands)]:
        text = run(*command, "--help")
        assert "选项" in text or "命令" in text
        assert "Show this message" not in text
        assert "Options" not in text


def test_unreadable_files_are_code_3(tmp_path):
    fake = tmp_path / "假.xlsx"
    fake.write_bytes(b"not a workbook")
    for path in (tmp_path / "没有.xlsx", fake):
        assert path.name in run("validate", path, code=3)


def test_output_of_an_unwritable_place_is_code_4(workbook, tmp_path):
    (tmp_path / "文件").touch()
    assert "没有" in run("build", workbook(), "-o", tmp_path / "文件" / "r.docx", code=4)


@pytest.mark.slow
def test_folders_named_as_outputs_are_made(workbook, tmp_path):
    path, title = workbook(), "某某区人民政府2024年政府信息公开工作年度报告"
    for out, made in {
        ("build", path, "-o", tmp_path / "新/报告"): f"新/报告/{title}.docx",
        ("build", path, "-o", tmp_path / "另/r.html"): "另/r.html",
        ("extract", path, "-o", tmp_path / "出/x.json"): "出/x.json",
        ("new", "-o", tmp_path / "空/x.xlsx"): "空/x.xlsx",
        ("template", "export", tmp_path / "模/板"): "模/板/report-2021.docx",
        ("validate", path, "--mark", tmp_path / "标"): "标/单位（审核）.xlsx",
        ("validate", path, "--html", tmp_path / "页/x.html"): "页/x.html",
    }.items():
        run(*out)
        assert (tmp_path / made).is_file(), out


@pytest.mark.parametrize("year", ["26", "0026", "20266", "2026.5", "-2026", "二〇二六"])
def test_new_refuses_what_is_no_year(tmp_path, year):
    assert "四位数字" in run("new", "--year", year, "-o", tmp_path / "x.xlsx", code=2)
    assert not list(tmp_path.iterdir())


def test_new_nil_needs_only_the_texts(tmp_path):
    run("new", "--nil", "--year", "2025", "--org", "某镇人民政府", "-o", tmp_path / "x.xlsx")
    told = run("validate", tmp_path / "x.xlsx", "--strict", code=1)
    assert "N-01" not in told
    assert "T3-" not in told
    assert "不能再都填成 0" in run("new", "--nil", "--from", LIWAN, "--year", "2024", "-o", tmp_path / "y", code=3)


def test_empty_cells_declared_zero(tmp_path):
    path = tmp_path / "x.xlsx"
    book = load_workbook(BytesIO(blank_workbook(FORM, year=2025, org="某镇人民政府")))
    next(row[1] for row in book["基本信息"].iter_rows() if row[0].value == "没有填的数字格").value = "都是 0"
    book["表三"]["D6"].value = "/"
    book.save(path)
    told = run("validate", path, "--strict", code=1)
    assert told.count("N-12") == 3
    assert "表三有1个数字格没有填数（填“/”）" in told, "a word is not an empty cell"


@pytest.mark.slow
def test_several_workbooks_go_into_a_folder(workbook, tmp_path):
    out = tmp_path / "出"
    out.mkdir()
    first = workbook("甲.xlsx")
    second = tmp_path / "乙.xlsx"
    report = make_report(published_cells("huaian_city_2024"), org="淮安市人民政府", passages=TEXTS)
    second.write_bytes(blank_workbook(FORM, report=report))
    run("build", first, second, "-o", out)
    assert len(list(out.glob("*.docx"))) == 2
    assert "文件夹" in run("build", first, second, "-o", tmp_path / "一个.docx", code=2)


def test_new_makes_a_workbook_that_reads_back_as_blank(tmp_path):
    out = tmp_path / "空白.xlsx"
    run("new", "-o", out, "--org", "某局", "--year", "2026")
    document = json.loads(CliRunner().invoke(cli, ["validate", str(out), "--format", "json"]).stdout)
    report = document["reports"][0]
    assert (report["org"], report["year"]) == ("某局", 2026)
    assert {v for cell, v in report["values"].items() if not FORM.cells[cell].total} == {None}


def test_template_export_and_check(tmp_path):
    run("template", "export", tmp_path)
    out = tmp_path / "report-2021.docx"
    assert "没有问题" in run("template", "check", out)
    assert "不" in run("template", "check", LIWAN, code=3)


def test_rules_are_listed():
    text = run("rules")
    assert all(rule in text for rule in FORM.rules)
    rules = json.loads(run("rules", "--format", "json"))["rules"]
    assert {r["id"] for r in rules} == set(FORM.rules)


def test_the_published_reports_have_their_faults_and_no_others():
    """Severity error, as published figures deserve it and no more."""
    from reportgen.checks import check

    wanted = {"liwan_2024": [], "huaian_city_2024": [], "jinhu_county_2023": ["T4-01"], "shuyang_ndrc_2023": []}
    for name, rules in wanted.items():
        assert [f.rule for f in check(published_report(name)) if f.severity == "error"] == rules, name


def test_no_colour_in_a_pipe(workbook):
    command = [sys.executable, "-m", "reportgen", "validate", workbook(表三__new__total=640)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1, done.stderr
    assert "T3-03" in done.stdout
    assert "\x1b[" not in done.stdout + done.stderr
