"""The double-click flow, as a clerk meets it; and the scripts that start it."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import openpyxl
import pytest
from faults import as_plain_user

from reportgen.api import read_report
from reportgen.cli import main
from reportgen.cli.office import run
from reportgen.form import Form, load_form
from reportgen.office import look, workbooks_in
from reportgen.workbook import blank_workbook

SCRIPTS = Path(__file__).parent.parent / "office"
EXAMPLE = SCRIPTS.parent / "examples/liwan-2024.xlsx"
SOURCES = EXAMPLE.parent / "sources"
TITLE = "广州市荔湾区人民政府2024年政府信息公开工作年度报告"


@pytest.fixture(scope="session")
def good() -> bytes:
    return EXAMPLE.read_bytes()


@pytest.fixture(scope="session")
def wrong(form: Form, good: bytes) -> bytes:
    """The same with a number changed, so that the sums of table 三 break."""
    return edited(form, good, "表三.new.natural", 7)


def of_another_body(data: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    next(cell for cell in book["基本信息"]["B"] if cell.value == "广州市荔湾区人民政府").value = "某某市某某局"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def edited(form: Form, data: bytes, cell: str, value: int) -> bytes:
    """Type ``value`` into the cell of the form, found by its row label."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[form.cells[cell].table]
    label = form.cells[cell].row_label.split("／")[-1]
    row = next(c.row for line in sheet.iter_rows() for c in line if c.value == label)
    sheet.cell(row, 4).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def office(*files: Path, folder: Path | None = None, only_check: bool = False) -> tuple[int, str]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = run(files, folder, only_check=only_check)
    return code, out.getvalue()


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def test_good_workbook(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    code, told = office(folder=tmp_path)
    assert code == 0
    assert names(tmp_path) == {"数据.xlsx", f"{TITLE}.docx", "数据.检查结果.txt"}
    assert re.search(r"已逐个核对报告里的 \d{3} 处内容，与工作簿完全一致。", told)
    assert f"已生成报告：{TITLE}.docx" in told
    assert told.endswith("共 1 个文件：已生成报告 1 个。\n")
    kept = (tmp_path / "数据.检查结果.txt").read_bytes()
    assert kept.startswith(b"\xef\xbb\xbf")
    assert kept.count(b"\n") == kept.count(b"\r\n") > 3
    assert f"{TITLE}：" in kept.decode("utf-8-sig")


KEPT = {"数据.xlsx", "数据.检查结果.txt", "数据.检查结果.html", "数据（审核）.xlsx"}


def test_workbook_with_errors_gets_everything_but_a_report(tmp_path: Path, wrong: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(wrong)
    (tmp_path / f"{TITLE}.docx").write_bytes(b"last week's")
    code, told = office(tmp_path / "数据.xlsx")
    assert code == 1
    assert re.search(r"可能的更正：表三!D6（.*）7 应为 618", told)
    assert "没有生成报告" in told
    assert f"“{TITLE}.docx”是以前生成的" in told
    assert told.endswith("还要处理：“数据.xlsx”。\n"), "the last line names them"
    assert (tmp_path / f"{TITLE}.docx").read_bytes() == b"last week's"
    assert names(tmp_path) == {*KEPT, f"{TITLE}.docx"}
    kept = (tmp_path / "数据.检查结果.txt").read_text("utf-8-sig")
    assert re.search(r"错误 +T3-", kept)
    assert "可能的更正" in kept
    assert "T3-03" in (tmp_path / "数据.检查结果.html").read_text("utf-8")
    assert "审核结果" in openpyxl.load_workbook(tmp_path / "数据（审核）.xlsx").sheetnames


def test_results_follow_the_workbook(tmp_path: Path, form: Form, good: bytes, wrong: bytes) -> None:
    book, result = tmp_path / "数据.xlsx", tmp_path / "数据.检查结果.txt"
    book.write_bytes(wrong)
    office(folder=tmp_path)
    book.write_bytes(edited(form, good, "表三.new.natural", 8))
    assert office(folder=tmp_path)[0] == 1, "the marked copy beside it is no second workbook"
    assert names(tmp_path) == KEPT, "our own files need no copies"
    book.write_bytes(good)
    assert office(folder=tmp_path)[0] == 0
    assert names(tmp_path) == {*KEPT, f"{TITLE}.docx"}
    for text in (result.read_text("utf-8-sig"), (tmp_path / "数据.检查结果.html").read_text("utf-8")):
        assert "T3-03" not in text, "what is there is brought up to date"


def test_corrections_typed_into_the_marked_copy_are_not_lost(
    tmp_path: Path, form: Form, good: bytes, wrong: bytes
) -> None:
    book, marked = tmp_path / "数据.xlsx", tmp_path / "数据（审核）.xlsx"
    book.write_bytes(wrong)
    office(folder=tmp_path)
    typed = edited(form, marked.read_bytes(), "表三.new.natural", 618)
    marked.write_bytes(typed)
    code, told = office(folder=tmp_path)
    assert code == 4
    assert "它和“数据（审核）.xlsx”都是" in told
    assert not list(tmp_path.glob("*.docx")), "neither is taken"
    office(book)
    assert [copy.read_bytes() for copy in tmp_path.glob("数据（审核）.备份*.xlsx")] == [typed]
    marked.write_bytes(typed)
    book.unlink()
    code, told = office(folder=tmp_path)
    assert (code, "已生成报告" in told) == (0, True), "alone, it is a workbook like any other"


def test_a_marked_copy_knows_what_it_is(tmp_path: Path, good: bytes, wrong: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(wrong)
    office(folder=tmp_path)
    (tmp_path / "数据.检查结果.txt").unlink()  # as if the machine had gone down before it was written
    (tmp_path / "数据.xlsx").write_bytes(good)
    assert office(folder=tmp_path)[0] == 0
    assert names(tmp_path) == {*KEPT, f"{TITLE}.docx"}
    (tmp_path / "数据（审核）.xlsx").write_bytes(b"PK of somebody else")
    assert "数据（审核）.xlsx" in office(folder=tmp_path)[1]


def test_names_that_the_system_cannot_write_are_said(tmp_path: Path, wrong: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(wrong)
    system = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "reportgen", "office", str(tmp_path)]
    told = subprocess.run(command, env=system, capture_output=True, check=False, stdin=subprocess.DEVNULL).stdout
    assert "系统写不出的字" in told.decode()
    assert "程序内部出错" not in told.decode()


def test_result_file_of_the_users_own_is_kept(tmp_path: Path, wrong: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(wrong)
    (tmp_path / "数据.检查结果.txt").write_text("我的笔记", encoding="utf-8")
    _, told = office(tmp_path / "数据.xlsx")
    (copy,) = tmp_path.glob("数据.检查结果.备份*.txt")
    assert copy.read_text("utf-8") == "我的笔记"
    assert copy.name in told


def test_second_run_changes_nothing(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    office(folder=tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    code, told = office(folder=tmp_path)
    assert code == 0
    assert f"报告没有变化：{TITLE}.docx" in told
    after = {p: p.read_bytes() for p in tmp_path.iterdir()}
    assert after.keys() == before.keys()
    assert [p.name for p in after if after[p] != before[p]] == ["数据.检查结果.txt"]


def test_edited_report_is_kept(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    (tmp_path / f"{TITLE}.docx").write_bytes(b"edited in Word for an hour")
    code, told = office(folder=tmp_path)
    (copy,) = tmp_path.glob("*.备份*.docx")
    assert code == 0
    assert copy.read_bytes() == b"edited in Word for an hour"
    assert f"原来的报告已另存为：{copy.name}" in told
    assert (tmp_path / f"{TITLE}.docx").read_bytes().startswith(b"PK")


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path, good: bytes, wrong: bytes) -> None:
    for name, data in {
        "1坏.xlsx": good[:900],
        "2错.xlsx": of_another_body(wrong),
        "3空.xlsx": b"",
        "4好.xlsx": good,
    }.items():
        (tmp_path / name).write_bytes(data)
    code, told = office(folder=tmp_path)
    assert code == 3
    assert "已损坏" in told
    assert "空文件" in told
    assert "共 4 个文件：没能处理 2 个，有错误 1 个，已生成报告 1 个。\n" in told
    assert told.endswith("还要处理：“1坏.xlsx”、“2错.xlsx”、“3空.xlsx”。\n")
    assert (tmp_path / f"{TITLE}.docx").exists()
    assert "Traceback" not in told


def test_two_workbooks_of_one_body(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    (tmp_path / "数据（副本）.xlsx").write_bytes(good)
    code, told = office(folder=tmp_path)
    assert code == 4
    assert "它和“数据（副本）.xlsx”都是“广州市荔湾区人民政府2024年" in told
    assert "它和“数据.xlsx”都是" in told
    assert told.endswith("还要处理：“数据.xlsx”、“数据（副本）.xlsx”。\n")
    assert not list(tmp_path.glob("*.docx")), "neither is taken"
    code, told = office(tmp_path / "数据.xlsx")
    assert (code, "都是" in told) == (0, False), "the one that was dropped was chosen"


# --------------------------------------------------------------------------- last year's report


@pytest.fixture(scope="session")
def this_year() -> bytes:
    """The blank workbook of 2025 of the body of examples/sources."""
    return blank_workbook(load_form(year=2025), year=2025, org="淮安市人民政府")


@pytest.mark.parametrize("kind", ["docx", "html", "mht", "ods", "pdf", "xls", "json"])
def test_last_years_report_beside_the_workbook_is_used(tmp_path: Path, this_year: bytes, kind: str) -> None:
    (tmp_path / "今年.xlsx").write_bytes(this_year)
    shutil.copy(SOURCES / f"huaian-2024.{kind}", tmp_path / f"旧.{kind}")
    (tmp_path / f"~$旧.{kind}").write_bytes(b"")
    (tmp_path / "别的.pdf").write_bytes(b"%PDF-")
    found = look((), tmp_path)
    assert [job.path.name for job in found.jobs] == ["今年.xlsx"], "last year's is not dealt with again"
    (job,) = found.jobs
    assert job.last_year
    assert Path(job.last_year.report.path).name == f"旧.{kind}"
    assert not job.last_year.others


def test_last_years_figures_are_compared_and_their_source_named(tmp_path: Path, this_year: bytes) -> None:
    (tmp_path / "今年.xlsx").write_bytes(this_year)
    shutil.copy(SOURCES / "huaian-2024.docx", tmp_path / "2024年报告.docx")
    shutil.copy(SOURCES / "huaian-2024.xls", tmp_path / "2024.xls")
    _, told = office(folder=tmp_path, only_check=True)
    assert "上年的数取自“2024年报告.docx”。" in told, "what was published counts"
    assert "“2024.xls”是“今年.xlsx”上一年的" in told
    assert "T3-04" in told
    assert "共 1 个文件" in told


def test_two_reports_of_last_year_that_differ_are_told(tmp_path: Path, form: Form, good: bytes) -> None:
    (tmp_path / "今年.xlsx").write_bytes(blank_workbook(form, year=2025, org="广州市荔湾区人民政府"))
    (tmp_path / "一.xlsx").write_bytes(good)
    (tmp_path / "二.xlsx").write_bytes(edited(form, good, "表三.new.natural", 7))
    (job,) = look((), tmp_path).jobs
    assert job.last_year
    assert [path.name for path in job.last_year.others] == ["二.xlsx"]


def test_last_years_report_that_cannot_be_read_is_named(tmp_path: Path, this_year: bytes) -> None:
    (tmp_path / "今年.xlsx").write_bytes(this_year)
    (tmp_path / "2024年报告.docx").write_bytes((SOURCES / "huaian-2024.docx").read_bytes()[:2000])
    (tmp_path / "无关.docx").write_bytes(b"")
    (job,) = look([tmp_path / "今年.xlsx"]).jobs
    assert job.last_year is None
    (remark,) = job.remarks
    assert remark.startswith("“2024年报告.docx”读不出来")


# --------------------------------------------------------------------------- what goes wrong in offices


@pytest.mark.parametrize(
    "lock", ["~${}", ".~{}", ".~lock.{}#", "~$市荔湾区人民政府2024年政府信息公开工作年度报告.docx"]
)
def test_report_open_in_word(tmp_path: Path, good: bytes, lock: str) -> None:
    report, beside = tmp_path / f"{TITLE}.docx", tmp_path / f"{TITLE}（2）.docx"
    (tmp_path / "数据.xlsx").write_bytes(good)
    report.write_bytes(b"edited in Word right now")
    (tmp_path / lock.format(report.name)).write_bytes(b"")
    for _ in range(2):
        code, told = office(folder=tmp_path)
        assert code == 0
        assert f"“{report.name}”正在 Word 或 WPS 里打开着，没有动它" in told
        assert f"已生成报告：{beside.name}" in told
    assert report.read_bytes() == b"edited in Word right now"
    assert beside.read_bytes().startswith(b"PK")
    assert {p.name for p in tmp_path.glob("*.docx") if not p.name.startswith(("~", "."))} == {report.name, beside.name}


@pytest.mark.parametrize("lock", ["~${}", ".~{}", ".~lock.{}#"])
def test_workbook_open_in_excel(tmp_path: Path, good: bytes, lock: str) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    (tmp_path / lock.format("数据.xlsx")).write_bytes(b"")
    code, told = office(folder=tmp_path)
    assert code == 0
    assert "正在 Excel 或 WPS 里打开着：这里用的是最近一次保存的内容" in told
    assert "共 1 个文件" in told


def test_file_that_is_still_being_copied(tmp_path: Path, good: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    book = tmp_path / "数据.xlsx"
    book.write_bytes(good[:4000])
    monkeypatch.setattr(time, "sleep", lambda _: book.write_bytes(good[:8000]))
    code, told = office(folder=tmp_path)
    assert code == 3
    assert "“数据.xlsx”还在复制或保存" in told
    assert names(tmp_path) == {"数据.xlsx"}


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("照片.jpg", b"\xff\xd8\xff\xe0 JFIF", "图片"),
        ("资料.zip", b"PK\x05\x06" + bytes(18), "请"),
        ("程序.exe", b"MZ\x90\0\3\0", "不能读"),
        ("说明.txt", "说明".encode(), "不能读"),
        ("报告.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "旧格式"),
        ("快捷方式.lnk", b"L\0\0\0\1\x14\2\0", "不能读"),
        ("~$数据.xlsx", b"\4user", "临时文件"),
        ("空.xlsx", b"", "没有复制完"),
        ("没有.xlsx", None, "找不到"),
    ],
)
def test_another_kind_of_file_dropped(tmp_path: Path, name: str, data: bytes | None, words: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    code, told = office(tmp_path / name)
    assert code == 3
    assert words in told
    assert told.endswith(f"还要处理：“{name}”。\n")
    assert names(tmp_path) == ({name} if data is not None else set())


def test_a_workbook_dropped_with_its_own_report(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    office(folder=tmp_path)
    code, told = office(tmp_path / "数据.xlsx", tmp_path / f"{TITLE}.docx")
    assert "都是" not in told, "a report is no second workbook"
    assert code == 0
    assert f"报告没有变化：{TITLE}.docx" in told


def test_a_report_dropped_is_checked_only(tmp_path: Path) -> None:
    shutil.copy(SOURCES / "huaian-2024.docx", tmp_path / "报告.docx")
    before = (tmp_path / "报告.docx").read_bytes()
    _, told = office(tmp_path / "报告.docx")
    assert "程序内部出错" not in told
    assert [p.read_bytes() for p in tmp_path.glob("*.docx")] == [before]


@pytest.mark.parametrize("which", ["good", "wrong"])
def test_read_only_folder(shared: Path, good: bytes, wrong: bytes, which: str) -> None:
    (shared / "数据.xlsx").write_bytes(good if which == "good" else wrong)
    shared.chmod(0o555)
    told = as_plain_user(lambda: repr(office(folder=shared)))
    assert told.count("没有在") == 1, "one cause, one message"
    assert told.startswith("(4," if which == "good" else "(1,")
    assert "C-02" in told, "the findings are shown all the same"
    assert names(shared) == {"数据.xlsx"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder", ["报 告(一)&^!%二", "很长的文件夹名" * 6 + "/" + "再来一层" * 15 + "/" + "三层" * 30]
)
def test_awkward_paths(tmp_path: Path, good: bytes, wrong: bytes, folder: str) -> None:
    place = tmp_path / folder
    place.mkdir(parents=True)
    (place / "甲 乙(1)&!^%.xlsx").write_bytes(wrong)
    long = "名" * 83 + ".xlsx"  # 254 bytes
    (place / long).write_bytes(good)
    for _ in range(2):
        code, told = office(folder=place)
        assert code == 4, told  # both are of one body
    assert "太长" not in told
    code, told = office(place / long)
    assert code == 0, told
    assert (place / f"{TITLE}.docx").exists()
    code, told = office(place / "甲 乙(1)&!^%.xlsx")
    assert code == 1, told
    assert (place / "甲 乙(1)&!^%（审核）.xlsx").exists()


@pytest.mark.parametrize("moment", [0, 4_070_908_800])
def test_wrong_date(tmp_path: Path, good: bytes, monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    """The clock says 1970, or 2099."""
    book, report = tmp_path / "数据.xlsx", tmp_path / f"{TITLE}.docx"
    book.write_bytes(good)
    office(folder=tmp_path)
    right = report.read_bytes()
    report.write_bytes(b"edited")
    for path in (book, report):
        os.utime(path, (moment, moment))
    now = datetime.fromtimestamp(moment, timezone.utc)
    monkeypatch.setattr("reportgen.disk.files.datetime", type("Clock", (), {"now": staticmethod(lambda: now)}))
    monkeypatch.setattr(time, "time", lambda: float(moment))
    code, _ = office(folder=tmp_path)
    assert code == 0
    assert report.read_bytes() == right
    assert len(list(tmp_path.glob(f"*.备份{now.year}*.docx"))) == 1


@pytest.mark.slow
@pytest.mark.parametrize("stdin", ["closed", "null"])
def test_no_stdin_no_home_and_a_gbk_console(tmp_path: Path, wrong: bytes, stdin: str) -> None:
    (tmp_path / "数据 一.xlsx").write_bytes(wrong)
    (tmp_path / "空").mkdir()
    environment = {"PYTHONIOENCODING": "gbk", "LC_ALL": "C", "REPORTGEN_NO_OPEN": "1", "PATH": "/usr/bin:/bin"}
    for folder, code in ((tmp_path, 1), (tmp_path / "空", 2)):
        command = [sys.executable, "-m", "reportgen", "office", "--folder", str(folder)]
        if stdin == "closed":
            command = ["sh", "-c", 'exec "$@" <&-', "sh", *command]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False)
        assert done.returncode == code, done.stderr.decode("gbk")
        assert done.stderr == b""
        assert ("还要处理" if code == 1 else "拖到图标上") in done.stdout.decode("gbk")


# --------------------------------------------------------------------------- opening


def test_what_is_opened(tmp_path: Path, good: bytes, wrong: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, tool = tmp_path / "opened.txt", tmp_path / "bin/xdg-open"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" > "{opened}.new"\nmv "{opened}.new" "{opened}"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")

    def opens(data: bytes, display: str = ":9", off: str = "") -> str:
        monkeypatch.setenv("REPORTGEN_NO_OPEN", off)
        monkeypatch.setenv("DISPLAY", display)
        monkeypatch.setenv("WAYLAND_DISPLAY", "")
        book = tmp_path / "数据 (1)&.xlsx"
        book.write_bytes(data)
        opened.unlink(missing_ok=True)
        office(book)
        until = time.monotonic() + (20 if display and not off else 0.3)
        while not opened.exists() and time.monotonic() < until:
            time.sleep(0.02)
        return opened.read_text() if opened.exists() else ""

    assert opens(good) == f"{tmp_path}/{TITLE}.docx\n"
    assert opens(wrong) == f"{tmp_path}/数据 (1)&.检查结果.html\n"
    assert opens(good, off="1") == ""
    assert opens(good, display="") == ""


def test_unexpected_failure_is_told_and_the_rest_goes_on(
    tmp_path: Path, good: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reportgen.office import folder

    original = folder.read_report

    def fails_once(path: Path) -> object:
        if path.name == "1.xlsx":
            raise RuntimeError("boom")
        return original(path)

    monkeypatch.setattr(folder, "read_report", fails_once)
    (tmp_path / "1.xlsx").write_bytes(good)
    (tmp_path / "2.xlsx").write_bytes(good)
    code, told = office(folder=tmp_path)
    assert code == 3
    assert "程序内部出错（RuntimeError：boom）" in told
    assert "已生成报告 1 个" in told


def test_empty_folder(tmp_path: Path) -> None:
    code, told = office(folder=tmp_path)
    assert code == 2
    assert str(tmp_path) in told
    assert "拖到图标上" in told
    assert office(folder=tmp_path / "没有")[0] == 3


@pytest.mark.parametrize("last", [False, True])
def test_empty_folder_asks_whose_and_which_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: bool) -> None:
    if last:
        shutil.copy(SOURCES / "huaian-2024.docx", tmp_path / "去年.docx")
    monkeypatch.setattr("reportgen.cli.office.asks", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("淮安市人民政府\n26\n1999\n2025\n"))
    code, told = office(folder=tmp_path)
    assert code == 0, told
    assert "“26”不是四位数字的年份" in told
    assert "没有1999年的格式" in told
    assert ("“上年数据”取自“去年.docx”。" in told) == last
    report = read_report(tmp_path / "淮安市人民政府2025年政府信息公开工作年度报告.xlsx")
    assert (report.org, report.year, bool(report.last_year)) == ("淮安市人民政府", 2025, last)


def test_empty_folder_without_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportgen.cli.office.asks", lambda: True)
    for answers in ("\n", "某局\n\n", "某局\n26\n一\n20255\n"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
        assert office(folder=tmp_path)[0] == 2
    assert not names(tmp_path)


def test_which_files_are_workbooks(tmp_path: Path) -> None:
    for name in (
        "甲.xlsx", "乙.XLSM", "旧.xls", "~$甲.xlsx", ".~甲.xlsx", ".隐.xlsx", "甲.备份20260101-101010.xlsx",
        "报告.docx", "甲.检查结果.txt",
    ):  # fmt: skip
        (tmp_path / name).touch()
    (tmp_path / "夹.xlsx").mkdir()
    assert {p.name for p in workbooks_in(tmp_path)} == {"甲.xlsx", "乙.XLSM", "旧.xls"}


def test_dropped_folder_and_duplicates(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    code, told = office(tmp_path, tmp_path / "数据.xlsx")
    assert code == 0
    assert "[1/1]" in told


# Scripts


@pytest.mark.parametrize("do", ["check", "build", "merge"])
def test_what_the_launchers_ask_for(tmp_path: Path, good: bytes, do: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    with pytest.raises(SystemExit) as left:
        main(["office", "--do", do, "--folder", str(tmp_path)])
    told = capsys.readouterr().out
    assert (tmp_path / f"{TITLE}.docx").exists() == (do == "build")
    if do == "merge":
        assert left.value.code == 0
        assert (tmp_path / f"{tmp_path.name}2024年汇总.xlsx").exists()
        assert "计入 1 个" in told
    else:
        assert left.value.code == 0
        assert "没有错误" in told or "已生成报告" in told


def test_check_of_a_workbook_with_errors(tmp_path: Path, wrong: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "数据.xlsx").write_bytes(wrong)
    with pytest.raises(SystemExit) as left:
        main(["office", "--do", "check", str(tmp_path / "数据.xlsx")])
    assert left.value.code == 1
    told = capsys.readouterr().out
    assert re.search(r"错误 +T3-", told)
    assert told.endswith("共 1 个文件：有错误 1 个。\n还要处理：“数据.xlsx”。\n")


def test_batch_script_is_plain() -> None:
    data = (SCRIPTS / "reportgen.bat").read_bytes()
    assert data.isascii(), "cmd.exe reads it in the code page of the machine"
    assert data.endswith(b"exit /b %CODE%\r\n")
    assert data.count(b"\n") == data.count(b"\r\n"), "labels are missed in files with LF"
    lines = [line.strip() for line in data.decode().split("\r\n") if not line.startswith("rem ")]
    for line in lines:
        assert len(line) < 200
        assert not re.search(r"(?i)\bshift\b", line), "it would move %~dp0"
        assert not re.search(r"(?i)\bchcp\b", line)
        assert "(" not in line or line.startswith(("for %%I in (", "py -3 -c")) or "echo" in line, "no blocks"
        assert "&" not in line.replace("^&", ""), "one command a line"
        for found in re.finditer(r"%~dp0", line):
            assert line[: found.start()].count('"') % 2, f"folder outside quotes: {line}"
    labels = {line[1:] for line in lines if line.startswith(":")}
    assert labels == set(re.findall(r"goto (\w+)", "\n".join(lines))) | {"end"}
    assert data.count(b'\nset "DO=build"\r\n') == 1, "scripts/bundle writes the other launchers by it"
    assert '--folder "%~dp0."' in data.decode(), "a backslash before the quote would escape it"


def test_git_keeps_the_bytes_of_the_batch_script() -> None:
    run = subprocess.run(
        ["git", "check-attr", "text", "office/reportgen.bat"],
        cwd=SCRIPTS.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    rules = (SCRIPTS.parent / ".gitattributes").read_text()
    assert "*.bat -text" in rules
    assert run.returncode or run.stdout.strip().endswith("text: unset")


def script(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of the script in ``folder``, with this interpreter as the portable one beside it."""
    shutil.copy(SCRIPTS / "reportgen.sh", folder)
    shutil.copytree(SCRIPTS / "entries", folder / "entries", dirs_exist_ok=True)
    binary = folder / "python/bin"
    binary.mkdir(parents=True, exist_ok=True)
    (binary / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (binary / "python3").chmod(0o755)
    return subprocess.run(
        ["sh", str(folder / "reportgen.sh"), *arguments], capture_output=True, encoding="utf-8", check=False,
        stdin=subprocess.DEVNULL, cwd="/", env={**os.environ, "LC_ALL": "C", **env},
    )  # fmt: skip


@pytest.mark.slow
def test_shell_script_on_its_own_folder_and_on_files(tmp_path: Path, good: bytes, wrong: bytes) -> None:
    folder = tmp_path / "报告 (一)&二 100%"
    folder.mkdir()
    (folder / "数据 1.xlsx").write_bytes(good)
    done = script(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"已生成报告：{TITLE}.docx" in done.stdout
    assert (folder / f"{TITLE}.docx").exists()
    (folder / f"{TITLE}.docx").unlink()
    done = script(folder, "--do", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert not (folder / f"{TITLE}.docx").exists()
    other = tmp_path / "别处"
    other.mkdir()
    (other / "错 $HOME.xlsx").write_bytes(wrong)
    done = script(folder, str(other / "错 $HOME.xlsx"))
    assert done.returncode == 1, "the exit code comes through"
    assert names(other) == {
        "错 $HOME.xlsx", "错 $HOME（审核）.xlsx", "错 $HOME.检查结果.txt", "错 $HOME.检查结果.html",
    }  # fmt: skip


def test_shell_script_uses_the_forms_beside_it(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "数据.xlsx").write_bytes(good)
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms/说明.txt").write_text("平时是空的", encoding="utf-8")
    assert script(tmp_path, "--do", "check").returncode == 0
    (tmp_path / "forms/2099.toml").write_text("没写完", encoding="utf-8")
    done = script(tmp_path, "--do", "check")
    assert done.returncode == 3
    assert "2099.toml" in done.stdout + done.stderr


def test_shell_script_without_reportgen_says_so(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "readlink", "dirname"):
        (tmp_path / "bin" / tool).symlink_to(f"/usr/bin/{tool}")
    (tmp_path / "reportgen.sh").write_bytes((SCRIPTS / "reportgen.sh").read_bytes())
    done = subprocess.run(
        ["/bin/sh", str(tmp_path / "reportgen.sh")], capture_output=True, encoding="utf-8", check=False,
        stdin=subprocess.DEVNULL, env={"PATH": str(tmp_path / "bin")},
    )  # fmt: skip
    assert done.returncode == 3
    assert "没有找到 reportgen" in done.stderr


def test_icon_starts_the_script_wherever_it_is(tmp_path: Path) -> None:
    folder = tmp_path / '年"报 $x `y` 100%\\z'
    folder.mkdir()
    home = tmp_path / "home"
    (home / "桌面").mkdir(parents=True)
    done = script(folder, "--install", HOME=str(home), XDG_CONFIG_HOME=str(home))
    assert done.returncode == 0, done.stderr
    icons = list((home / "桌面").iterdir())
    assert {icon.name for icon in icons} == {
        "年度报告 检查（不生成）.desktop", "年度报告 生成报告.desktop", "年度报告 汇总本文件夹.desktop",
    }  # fmt: skip
    for icon in icons:
        text = icon.read_text("utf-8")
        assert "\nTerminal=true\n" in text
        (value,) = re.findall(r"^Exec=(.*) --do (?:check|build|merge) %F$", text, re.M)
        assert launched(value) == str(folder / "reportgen.sh")


def launched(value: str) -> str:
    """Undo the escapes of the Desktop Entry Specification: of a string, of an argument in quotes."""
    string = re.sub(r"\\(.)", r"\1", value)
    assert string[0] == string[-1] == '"'
    return re.sub(r"\\([\"`$\\])", r"\1", string[1:-1]).replace("%%", "%")
