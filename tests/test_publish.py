"""What a report is published as: several files of one reading, open data, the sheet to sign."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from support import make_report, published_cells

from reportgen import build, read_report
from reportgen.checks import check
from reportgen.disk.files import write_outputs
from reportgen.errors import OutputError, ProofError
from reportgen.form import load_form
from reportgen.model.report import Passage, Report, Value
from reportgen.opc.archive import write_zip
from reportgen.publish import FORMATS, data
from reportgen.publish.charts import prove_charts
from reportgen.publish.office import OfficeProgram, find_office, word_to_pdf
from reportgen.show.charts import charts_of
from reportgen.show.published import report_page
from reportgen.show.view import make_view, title_lines
from reportgen.sources import open_document
from reportgen.word.charts import with_charts
from reportgen.word.design import column_widths, default_template
from reportgen.word.looks import NUMBER_SIZE
from reportgen.word.proof import prove
from reportgen.word.render import render, render_report
from reportgen.word.template import prepare

ROOT = Path(__file__).parent.parent
LIWAN = ROOT / "examples" / "liwan-2024.xlsx"


@pytest.fixture
def report() -> Report:
    texts = (Passage("overall", "", ("2024年新收申请{{ 新收 }}件。",)),)
    return make_report(published_cells("liwan_2024") | {"表二.fee.amount": Decimal("5230.52")}, passages=texts)


def test_several_outputs_say_the_same(tmp_path: Path) -> None:
    outs = [tmp_path / f"甲.{kind}" for kind in ("docx", "html", "json")]
    result = build(LIWAN, outs)
    assert [file.path for file in result.files] == outs
    assert all(file.compared >= 200 for file in result.files)
    values = [{id_: v.number for id_, v in read_report(out).values.items()} for out in outs]
    assert values[0] == values[1] == values[2] == {id_: v.number for id_, v in read_report(LIWAN).values.items()}


def test_a_folder_takes_one_file_of_each_format(tmp_path: Path) -> None:
    result = build(LIWAN, tmp_path, formats=("docx", "csv", "docx"))
    assert [file.path.suffix for file in result.files] == [".docx", ".csv"]
    assert {file.path.stem for file in result.files} == {result.report.full_title}
    with pytest.raises(OutputError, match="pptx"):
        build(LIWAN, tmp_path, formats=("pptx",))
    with pytest.raises(OutputError, match="写重了"):
        build(LIWAN, [tmp_path / "a.html", tmp_path / "." / "a.html"])


@pytest.mark.parametrize("suffix", ["doc", "txt", "xlsx"])
def test_other_endings_are_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(OutputError, match="、".join(FORMATS.values())):
        build(LIWAN, [tmp_path / "a.html", tmp_path / f"b.{suffix}"])
    assert not list(tmp_path.iterdir())


def test_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text("旧", encoding="utf-8")
    with pytest.raises(OutputError, match="已经存在"):
        build(LIWAN, [tmp_path / "a.docx", tmp_path / "b.html"])
    assert [path.name for path in tmp_path.iterdir()] == ["b.html"]


def test_what_was_replaced_comes_back_when_the_next_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / name for name in ("a", "b", "c")]
    paths[0].write_bytes(b"old")
    paths[2].write_bytes(b"old")
    replace = os.replace

    def full(source: Path, target: Path) -> None:
        if Path(target) == paths[2]:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="磁盘空间不足"):
        write_outputs([(path, b"new") for path in paths], force=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old", "c": b"old"}


def test_csv(report: Report) -> None:
    content, count = data.as_csv(report)
    assert content.startswith(b"\xef\xbb\xbf")
    assert count == len(report.form.cells)
    head, *rows = csv.reader(content.decode("utf-8-sig").splitlines())
    assert tuple(head) == data.HEADS
    cells = list(report.form.cells.values())
    figures = {cell.id: row[4] for cell, row in zip(cells, rows, strict=True)}
    assert figures["表三.new.natural"] == "618"
    assert figures["表二.fee.amount"] == "5230.52"
    assert {row[5] for row in rows} == {"件", "万元"}


def test_blanks_are_0_as_in_the_document_and_what_is_unknown_is_only_in_drafts() -> None:
    blank = make_report({"表三.new.natural": ""})
    assert data.as_csv(blank)[1]
    assert '"表三.new.natural": 0'.encode() in data.as_json(blank)[0]
    unknown = make_report({"表三.new.natural": None})
    for write in (data.as_csv, data.as_json):
        with pytest.raises(ProofError, match="自然人"):
            write(unknown)
        assert write(unknown, draft=True)[1]
    assert '"表三.new.natural": null'.encode() in data.as_json(unknown, draft=True)[0]


def test_json_has_the_texts_as_printed_and_nothing_internal(report: Report, tmp_path: Path) -> None:
    content, _ = data.as_json(report)
    (tmp_path / "a.json").write_bytes(content)
    back = read_report(tmp_path / "a.json")
    assert back.passages[0].paragraphs == ("2024年新收申请639件。",)
    assert not back.explanations
    assert not back.last_year


def test_the_sheet_to_sign(tmp_path: Path) -> None:
    result = build(LIWAN, tmp_path / "甲.docx", sign_off=True)
    path = result.files[1].path
    assert path.name == "甲（审签单）.docx"
    said = {c.value: n for n, c in enumerate(open_document(path).grids[0].cells)}
    texts = " ".join(map(str, said))
    assert hashlib.sha256((tmp_path / "甲.docx").read_bytes()).hexdigest() in texts
    assert result.report.sha256 in texts
    assert "639 件" in texts
    assert "错误0" in texts
    assert set(result.report.form.sign_off.places) <= set(said)
    assert build(LIWAN, tmp_path / "甲.docx", sign_off=True, force=True).files[1].copy is None  # the same bytes


# --------------------------------------------------------------------------- charts


def compared(report: Report) -> Report:
    """Last year's figures are this year's."""
    return replace(report, last_year=report.values)


def test_charts_show_what_the_tables_say(report: Report) -> None:
    assert [chart.id for chart in charts_of(report)] == ["applicants", "outcomes"]
    *_, last = charts_of(compared(report))
    assert (last.id, last.series) == ("last_year", ("2024年", "2023年"))
    assert last.numbers[0] == last.numbers[1] == (639, 615, 59, 66, 11)
    assert "新收申请：2024年639件，2023年639件；" in last.alternative
    lengths = {mark.figure: mark.length for mark in last.picture.marks}
    assert lengths["615"] / lengths["639"] == pytest.approx(615 / 639, rel=1e-3)


def test_a_chart_of_figures_nobody_knows_or_of_nothing_is_left_out(report: Report) -> None:
    assert not charts_of(make_report({}))
    unknown = replace(report, values=report.values | {"表三.new.natural": Value("missing")})
    assert [chart.id for chart in charts_of(unknown)] == ["outcomes"]
    some = replace(report, last_year={cell: value for cell, value in report.values.items() if "new" not in cell})
    assert "last_year" not in [chart.id for chart in charts_of(some)]


def test_charts_are_written_proved_and_disturb_no_reader(report: Report, tmp_path: Path) -> None:
    outs = [tmp_path / "a.docx", tmp_path / "a.html"]
    plain = build(report, [tmp_path / "b.docx", tmp_path / "b.html"], draft=True)
    result = build(compared(report), outs, charts=True, draft=True)
    assert [one.compared - other.compared for one, other in zip(result.files, plain.files, strict=True)] == [22, 22]
    for out in outs:
        back, other = read_report(out), read_report(out.with_stem("b"))
        assert [p.paragraphs for p in back.passages] == [p.paragraphs for p in other.passages]
        assert {id_: v.number for id_, v in back.values.items()} == {id_: v.number for id_, v in other.values.items()}
    first = outs[0].read_bytes()
    assert build(compared(report), outs[0], charts=True, draft=True, force=True).copy is None, "other bytes"
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert len([name for name in archive.namelist() if name.startswith("word/embeddings/")]) == 3


@pytest.mark.parametrize(
    ("part", "was", "now"),
    [
        ("word/charts/reportChart1.xml", "<c:v>618</c:v>", "<c:v>681</c:v>"),
        ("word/charts/reportChart2.xml", "予以公开", "不予公开"),
        ("word/document.xml", "自然人618件", "自然人681件"),
    ],
)
def test_a_wrong_chart_is_not_delivered(report: Report, part: str, was: str, now: str) -> None:
    charts = charts_of(report)
    data = with_charts(render_report(report), report.form, charts)
    assert prove_charts(data, charts, "docx") == 12
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert was.encode() in parts[part]
    parts[part] = parts[part].replace(was.encode(), now.encode())
    with pytest.raises(ProofError, match="图"):
        prove_charts(write_zip(parts.items()), charts, "docx")


def test_a_wrong_picture_is_not_delivered(report: Report) -> None:
    charts = charts_of(report)
    page = report_page(report, charts=charts)
    assert prove_charts(page.encode(), charts, "html") == 12
    for was, now in ((">618</text>", ">681</text>"), ("自然人618件", "自然人681件")):
        assert was in page
        with pytest.raises(ProofError, match="图"):
            prove_charts(page.replace(was, now).encode(), charts, "html")


# --------------------------------------------------------------------------- PDF by Word and WPS


@pytest.fixture
def powershell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a ``powershell`` on the path that does as it is told."""

    def does(line: str) -> None:
        (tmp_path / "powershell").write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (tmp_path / "powershell").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    return does


@pytest.mark.parametrize(("name", "program"), [("Word", "Word.Application"), ("WPS", "Kwps.Application")])
def test_word_and_wps_are_asked_through_powershell(
    tmp_path: Path, powershell: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, name: str, program: str
) -> None:
    """What the real programs do with it cannot be tried here."""
    office = OfficeProgram(name, program)
    powershell(f'printf "%s" "$4" > {tmp_path}/script; echo "$REPORTGEN_PROGRAM" > "$REPORTGEN_OUT"; '
               'cat "$REPORTGEN_IN" >> "$REPORTGEN_OUT"')  # fmt: skip
    assert word_to_pdf(b"word", office) == f"{program}\nword".encode()
    assert "ExportAsFixedFormat" in (tmp_path / "script").read_text("utf-8")
    powershell("exit 1")
    with pytest.raises(OutputError, match=f"{name} 没有生成 PDF。请关闭正在运行的 {name} 再试"):
        word_to_pdf(b"word", office)
    registry = SimpleNamespace(HKEY_CLASSES_ROOT=0, CloseKey=lambda key: None, OpenKey=lambda root, key: only(key))

    def only(key: str) -> str:
        if key != rf"{program}\CLSID":
            raise FileNotFoundError(key)
        return key

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(shutil, "which", lambda command: None)
    monkeypatch.setitem(sys.modules, "winreg", registry)
    assert find_office() == office


# --------------------------------------------------------------------------- optional parts, odd texts


SWITCHED = (ROOT / "docs/it.zh.md").read_text("utf-8").split("```toml\n")[1].split("```")[0]
"""What the page for IT says to write."""


def test_parts_that_office_it_switches_on(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "2030.toml"
    path.write_text('document = "乙"\nfirst_year = 2024\n' + SWITCHED, encoding="utf-8")
    form = load_form(path)
    fields = {**report.fields, "document_number": "甲政〔2025〕3号", "phone": "020-12345678"}
    switched = replace(report, form=form, fields=fields)
    view = make_view(switched)
    assert view.extras == {
        "top": (f"{report.org}文件",), "number": ("甲政〔2025〕3号",),
        "before": ("本报告所列数据的统计期限自2024年1月1日起至2024年12月31日止。",), "after": ("联系电话：020-12345678",),
    }  # fmt: skip
    template = prepare(default_template(form), form)
    word = render(template, view, {})
    assert prove(word, switched) == prove(report_page(switched).encode(), switched, kind="html")
    with pytest.raises(ProofError, match="标题上面缺少"):
        prove(render_report(replace(switched, form=report.form)), switched)


def test_headings_of_the_second_level_among_paragraphs() -> None:
    typed = ("前言。", "（一）问题", "一是不够。", "1.小问题", "（二）以上都已改正。", "（三）措施")
    (section,) = (
        s for s in make_view(make_report({}, passages=(Passage("problems", "", typed),))).sections if s.passages
    )
    assert section.passages == (
        ("", ("前言。",)), ("（一）问题", ("一是不够。", "1.小问题", "（二）以上都已改正。")), ("（三）措施", ()),
    )  # fmt: skip


def test_a_long_name_is_balanced_over_lines() -> None:
    name = "某某壮族自治州某某土家族苗族自治县人民政府政务服务和数据管理局"
    lines = title_lines(make_report({}, org=name))
    assert "".join(lines[:-1]) == name
    assert abs(len(lines[0]) - len(lines[1])) <= 1
    assert lines[-1].startswith("2024年")


def test_a_long_name_is_balanced_in_the_red_head_and_the_signature(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "2030.toml"
    path.write_text('document = "乙"\nfirst_year = 2024\n' + SWITCHED, encoding="utf-8")
    name = "某某壮族自治州某某土家族苗族自治县人民政府政务服务和数据管理局（行政审批局）"
    fields = {**report.fields, "org": name, "signature_date": "2025年1月20日"}
    view = make_view(replace(report, form=load_form(path), fields=fields))
    assert "".join(view.extras["top"]) == f"{name}文件"
    assert {len(line) for line in view.extras["top"]} <= {9, 10, 11}
    *body, date = view.names["落款行"]
    assert "".join(body).replace("\u3000", "") == name
    assert max(map(len, body)) <= 26
    assert date == "\u3000" * (body[0].count("\u3000") + 2) + "2025年1月20日"


def test_a_web_address_stretches_no_line(report: Report) -> None:
    texts = ("网址为https://www.example.gov.cn/zwgk/xxgknb/2024/content/post_1.html。", "第二段没有网址。")
    written = replace(report, passages=(Passage("overall", "", texts),))
    main = zipfile.ZipFile(io.BytesIO(render_report(written))).read("word/document.xml").decode()
    assert [part.count('<w:jc w:val="left"/>') for part in re.findall("<w:p>.*?</w:p>", main) if texts[0] in part] == [
        1
    ]
    page = report_page(written)
    assert f'<p class="loose">{texts[0]}</p>' in page
    assert f"<p>{texts[1]}</p>" in page


def test_numbers_too_long_for_their_cell_are_told() -> None:
    found = [
        one
        for one in check(make_report({"表三.new.natural": 1234567, "表三.new.total": 1234567}))
        if one.rule == "N-13"
    ]
    assert [(one.severity, len(one.cells)) for one in found] == [("warning", 2)]
    assert not [one for one in check(make_report({"表三.new.natural": 123456})) if one.rule == "N-13"]
    form = load_form()
    for table, most in form.rules["N-13"].most.items():
        figures = {cell.column: cell.column_span for cell in form.table(table).layout if cell.cell}
        widths = column_widths(form.table(table))
        narrowest = min(sum(widths[c - 1 : c - 1 + span]) for c, span in figures.items())
        assert narrowest // (NUMBER_SIZE * 5) == most
