"""Next year's form as a file in a folder of office IT's: every command takes it, nothing installed is touched."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from support import run

import reportgen
from reportgen.form import Form, load_form
from reportgen.model.report import Passage
from reportgen.workbook import blank_workbook
from reportgen.workbook.figures import places

ROOT = Path(__file__).parent.parent
# A new row in 表三, a renamed label, a new column in 表四.
NEXT = (ROOT / "examples" / "forms" / "2027.toml").read_text(encoding="utf-8")
FIGURES = {
    "表三.new.natural": 10, "表三.carried_in.natural": 1, "表三.granted.natural": 6, "表三.deny_7.natural": 1,
    "表三.deny_9.natural": 2, "表三.carried_out.natural": 2, "表四.review.upheld": 1, "表四.review.settled": 3,
    "表四.direct.settled": 2,
}  # fmt: skip
TEXTS = {
    "一、总体情况": "主动公开、依申请公开、政府信息管理、平台建设、监督保障都有进展。不予公开3件，其中工作秘密2件。",
    "五、存在的主要问题及改进情况": "主要问题是解读形式单一；下一步改进措施是丰富形式。",
    "六、其他需要报告的事项": "2027年未收取信息处理费。",
}
ORG = "某某市某某局"
TITLE = f"{ORG}2027年政府信息公开工作年度报告"


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc"
    }  # fmt: skip


def fill(path: Path, form: Form) -> None:
    """Fill in a blank workbook as a clerk does."""
    book, where = load_workbook(path, rich_text=True), places(form)
    for cell in form.cells.values():
        target = book[where.sheet[cell.id]][where.address(cell.id)]
        if not str(target.value or "").startswith("="):
            target.value = FIGURES.get(cell.id, 0)
    sheet, seen = book[form.sheets.texts], set()
    for row in sheet.iter_rows(min_row=4, max_col=3):
        if row[0].value in TEXTS:
            row[2].value = None if row[0].value in seen else TEXTS[row[0].value]
            seen.add(row[0].value)
    book.save(path)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "forms"
    folder.mkdir()
    (folder / "2027.toml").write_text(NEXT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def filled(forms: Path) -> Path:
    path = forms.parent / "单位.xlsx"
    said = run("new", "--forms", forms, "--year", 2027, "--org", ORG, "-o", path)
    assert path.is_file(), said
    fill(path, load_form(forms / "2027.toml"))
    return path


def test_it_is_short_and_right(forms: Path) -> None:
    assert len(NEXT.splitlines()) <= 30
    said = run("form", "check", forms / "2027.toml")
    assert "没有问题" in said
    assert "2027" in said
    listed = run("form", "list", "--forms", forms)
    assert "2027　2027年起" in listed
    assert "2021　2021—2026年" in listed
    assert str(forms / "2027.toml") in listed
    assert "2027" not in run("form", "list")


@pytest.mark.slow
def test_every_command_takes_it(forms: Path, filled: Path, tmp_path: Path) -> None:
    installed = digests(ROOT / "reportgen") | digests(ROOT / "templates")
    given = ("--forms", forms)
    said = run("validate", filled, *given, "--mark", tmp_path, "--html", tmp_path / "审核.html")
    assert f"{TITLE}：" in said
    assert "错误" not in said
    assert "警告" not in said
    marked = load_workbook(tmp_path / "单位（审核）.xlsx")
    assert marked["表三"]["C18"].value == "9.属于工作秘密"
    assert "工作秘密" in (tmp_path / "审核.html").read_text("utf-8")

    run("build", filled, *given, "-o", tmp_path / "报告.docx")
    three, four = docx.Document(str(tmp_path / "报告.docx")).tables[1:3]
    row = next(row for row in three.rows if row.cells[2].text == "9.属于工作秘密")
    assert [row.cells[column].text for column in (3, 9)] == ["2", "2"]
    assert "7.属于行政执法案卷信息" in {row.cells[2].text for row in three.rows}
    assert [cell.text for cell in four.rows[1].cells][:6] == [
        "结果维持",
        "结果纠正",
        "其他结果",
        "调解结案",
        "尚未审结",
        "总计",
    ]
    assert [cell.text for cell in four.rows[3].cells] == [*"100304000202000000"]

    run("extract", filled, *given, "-o", tmp_path / "数据.json")
    data = json.loads((tmp_path / "数据.json").read_text("utf-8"))
    assert data["form"] == "2027"
    assert data["values"]["表三.deny_9.total"] == 2
    assert data["values"]["表四.review.total"] == 4
    run("extract", filled, *given, "-o", tmp_path / "副本.xlsx")
    for source in ("报告.docx", "数据.json", "副本.xlsx", "单位（审核）.xlsx"):
        again = tmp_path / f"{source}.json"
        run("extract", tmp_path / source, *given, "-o", again)
        assert json.loads(again.read_text("utf-8"))["values"] == data["values"], source
    assert digests(ROOT / "reportgen") | digests(ROOT / "templates") == installed


@pytest.mark.slow
def test_its_word_template(forms: Path, filled: Path, tmp_path: Path) -> None:
    template = tmp_path / "report-2027.docx"
    assert "2027 版" in run("template", "make", "2027", "-o", template, "--forms", forms)
    assert "没有问题" in run("template", "check", template, "--forms", forms)
    assert "没有问题" in run("template", "check", ROOT / "templates" / "report-2021.docx", "--forms", forms)
    run("build", filled, "--forms", forms, "--template", template, "-o", tmp_path / "甲.docx")
    own = tmp_path / "forms"
    own.mkdir()
    (own / "2027.toml").write_text(NEXT, encoding="utf-8")
    document = docx.Document(str(template))
    document.add_paragraph("本单位模板")
    document.save(str(own / "report-2027.docx"))
    run("build", filled, "-o", tmp_path / "乙.docx", REPORTGEN_FORMS=str(own))
    assert docx.Document(str(tmp_path / "乙.docx")).paragraphs[-1].text == "本单位模板"
    assert docx.Document(str(tmp_path / "甲.docx")).paragraphs[-1].text != "本单位模板"


@pytest.mark.slow
def test_from_one_year_to_the_next(forms: Path, filled: Path, tmp_path: Path) -> None:
    """Years 2026 → 2027 change the edition, 2027 → 2028 do not; what was carried out is compared."""
    run("new", "--forms", forms, "--from", filled, "-o", tmp_path / "2028.xlsx")
    data = tmp_path / "2028.json"
    run("extract", tmp_path / "2028.xlsx", "--forms", forms, "-o", data)
    next_one = json.loads(data.read_text("utf-8"))
    assert (next_one["form"], next_one["year"]) == ("2027", 2028)
    assert next_one["last_year"]["values"]["表三.carried_out.natural"] == 2
    assert next_one["last_year"]["values"]["表四.review.total"] == 4

    old = tmp_path / "2026.xlsx"
    run("new", "--forms", forms, "--year", 2026, "--org", ORG, "-o", old)
    fill(old, load_form("2021"))
    run("extract", old, "--forms", forms, "-o", tmp_path / "2026.json")
    assert json.loads((tmp_path / "2026.json").read_text("utf-8"))["form"] == "2021"
    run("new", "--forms", forms, "--from", old, "-o", tmp_path / "2027.xlsx")
    run("extract", tmp_path / "2027.xlsx", "--forms", forms, "-o", tmp_path / "2027.json")
    changed = json.loads((tmp_path / "2027.json").read_text("utf-8"))
    assert (changed["form"], changed["year"]) == ("2027", 2027)
    assert changed["last_year"]["values"]["表三.carried_out.natural"] == 2
    said = run("validate", filled, "--last-year", old, "--forms", forms, code=1)
    assert "T3-04" in said, "carried over 2, taken in 1"


def test_its_year_in_the_form_before_is_an_error(forms: Path, tmp_path: Path) -> None:
    old = tmp_path / "旧格式.xlsx"
    run("new", "--form", "2021", "--year", 2027, "--org", ORG, "-o", old)
    fill(old, load_form("2021"))
    said = run("validate", old, "--forms", forms, code=1)
    assert "S-08" in said
    assert "2021至2026年" in said
    assert "S-08" not in run("validate", old, code=1)


@pytest.mark.slow
def test_it_lies_beside_the_double_click_script(forms: Path, filled: Path) -> None:
    """And workers take it too: nine files are shared out to processes."""
    folder = forms.parent
    copies = [folder / f"{n}.xlsx" for n in range(9)]
    for copy in copies:
        copy.write_bytes(filled.read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "validate", *copies], capture_output=True, encoding="utf-8", check=True,
        env=os.environ | {"REPORTGEN_FORMS": str(forms), "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.stdout.count(f"{TITLE}：") == 9
    for copy in copies:
        copy.unlink()
    run("office", "--folder", folder, REPORTGEN_NO_OPEN="1")
    assert (folder / f"{TITLE}.docx").is_file()
    (folder / f"{TITLE}.docx").unlink()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "没有文件夹" in run("rules", "--forms", tmp_path / "no", code=2)
    assert "没有格式文件夹" in run("rules", code=3, REPORTGEN_FORMS=str(tmp_path / "no"))


def test_an_edition_of_the_office_replaces_the_shipped_one(tmp_path: Path) -> None:
    """A region turns a rule off and changes the level of another; both print the reason."""
    region = (ROOT / "examples" / "forms" / "region.toml").read_text(encoding="utf-8")
    (tmp_path / "2021.toml").write_text(region, encoding="utf-8")
    given = ("--forms", tmp_path)
    rules = run("rules", *given)
    assert "C-03　停用　" in rules
    assert "理由：本省不限制字数" in rules
    assert "停用" not in run("rules")
    shown = json.loads(run("rules", "--format", "json", *given))["rules"]
    assert {r["id"]: r["reason"] for r in shown if r.get("off")} == {"C-03": "本省不限制字数"}
    path = tmp_path / "长.xlsx"
    report = reportgen.read_report(ROOT / "examples" / "liwan-2024.xlsx")
    long = Passage("overall", "", ("主动公开、依申请公开、政府信息管理、平台建设、监督保障。" * 50,))
    path.write_bytes(blank_workbook(report.form, report=replace(report, passages=(long,), values={})))
    said = run("validate", path, *given, code=1)
    assert "C-03" not in said
    assert "错误    N-01" in said
    assert "理由：本省要求逐格填写" in said
    usual = run("validate", path, code=1)
    assert "C-03" in usual
    assert "警告    N-01" in usual


@pytest.mark.parametrize("how", ["option", "variable", "beside"])
def test_a_wrong_form_file_is_said_once_and_can_be_looked_at(filled: Path, tmp_path: Path, how: str) -> None:
    own = tmp_path / "forms"
    own.mkdir()
    (own / "2027.toml").write_text(NEXT.replace("after", "aftr", 1), encoding="utf-8")
    variables = {"REPORTGEN_FORMS": str(own)} if how == "variable" else {}
    given = ("--forms", own) if how == "option" else ()
    command = ("office", "--folder", tmp_path) if how == "beside" else ("validate", *given)
    said = run(*command, filled, filled, code=3, **variables)
    assert said.count("不认得的键“aftr”") == 1
    assert "2027.toml 有 1 处错误" in said
    assert "aftr" in run("form", "check", own / "2027.toml", *given, code=1, **variables)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"extends = 2021 x", "第1行第16列写法不对"),
        (b'extends = "2021', "文件末尾写法不对"),
        ('document = "国办"'.encode("gbk"), "另存为 UTF-8"),
        ('\ufeffextends = "2021"\nfirst_year = 2027'.encode(), "缺少“document”"),
    ],
)
def test_a_file_that_is_no_toml_is_told_what_to_do(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "2027.toml").write_bytes(data)
    told = run("form", "check", tmp_path / "2027.toml", code=1)
    assert said in told
