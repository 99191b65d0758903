"""Sources as LibreOffice writes them: the same figures out of .xls, .ods, .docx and .pdf."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import documents
import pytest
from msgspec.structs import replace
from support import DATA, published_report

from reportgen.api import read_report
from reportgen.checks import check
from reportgen.model.report import Passage, Report
from reportgen.workbook import blank_workbook

pytestmark = pytest.mark.office

TEXTS = (
    Passage(
        "preamble",
        "",
        ("本报告按照条例编制，数据统计期限为2024年1月1日至2024年12月31日，" + "电子版可在网站下载。" * 9,),
    ),
    Passage("overall", "（一）主动公开情况", ("全年公开信息，及时准确。" * 12, "第二段，接着说。")),
    Passage("overall", "（二）依申请公开情况", ("全市共受理政府信息公开申请3119件。",)),
    Passage("problems", "", ("存在的问题：" + "公开不够，解读不多；" * 40 + "下一步改进。",)),
    Passage("other", "", ("全年收取政府信息公开信息处理费3940元。",)),
)
HUAIAN = replace(published_report("huaian_city_2024"), passages=TEXTS)


@pytest.fixture(scope="module")
def convert(tmp_path_factory):
    home = tmp_path_factory.mktemp("office")

    def run(name: str, data: bytes, target: str) -> Path:
        source = home / name
        source.write_bytes(data)
        subprocess.run(
            ["soffice", f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless",
             "--convert-to", target, "--outdir", str(home / "out"), str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        made = home / "out" / f"{source.stem}.{target.partition(':')[0]}"
        assert made.is_file(), "LibreOffice made no file"
        return made

    return run


def assert_figures(report: Report) -> None:
    assert {c: v.number for c, v in report.values.items()} == {c: v.number for c, v in HUAIAN.values.items()}
    assert (report.org, report.year) == (HUAIAN.org, HUAIAN.year)
    assert not [f for f in check(report) if f.severity == "error" and f.rule[0] in "SNFT"]


def texts(report: Report) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(p.section, p.heading, p.paragraphs) for p in report.passages]


def words(report: Report) -> list[list[str]]:
    return [[re.sub(r"[，。；：、]", "", text) for text in p.paragraphs] for p in report.passages]


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_the_standard_workbook_saved_in_other_formats(convert, kind):
    report = read_report(convert(f"{kind}.xlsx", blank_workbook(HUAIAN.form, report=HUAIAN), kind))
    assert report.kind == kind
    assert_figures(report)
    assert texts(report) == texts(HUAIAN)


def test_printed_to_pdf(convert):
    report = read_report(convert("printed.docx", documents.docx(HUAIAN), "pdf"))
    assert report.kind == "pdf"
    assert_figures(report)
    assert texts(report) == texts(HUAIAN)
    assert [s for s, _ in report.headings] == [s.id for s in HUAIAN.form.sections if s.heading]


def test_our_own_report_printed_to_pdf(convert):
    from reportgen.word.render import render_report

    report = read_report(convert("report.docx", render_report(HUAIAN), "pdf"))
    assert_figures(report)
    # LibreOffice 7.4 loses punctuation that hangs over the end of a line when it writes a PDF.
    assert [p[:2] for p in texts(report)] == [p[:2] for p in texts(HUAIAN)]
    assert words(report) == words(HUAIAN)


def test_the_published_report_from_our_word_file_and_its_pdf(convert, tmp_path):
    from reportgen.word.render import render_report

    original = read_report(DATA.parent.parent / "examples" / "liwan-2024.xlsx")
    word = tmp_path / "liwan.docx"
    word.write_bytes(render_report(original))
    pdf = convert("liwan.docx", word.read_bytes(), "pdf")
    for path in (word, pdf):
        report = read_report(path)
        assert {c: v.number for c, v in report.values.items()} == {c: v.number for c, v in original.values.items()}
        assert (report.org, report.year) == (original.org, original.year)
        assert [p[:2] for p in texts(report)] == [p[:2] for p in texts(original)]
        assert words(report) == words(original)
    assert texts(read_report(word)) == texts(original)


def test_the_official_form_printed(convert):
    report = read_report(convert("official.docx", (DATA / "official-form.docx").read_bytes(), "pdf"))
    assert report.form.id == "2021"
    assert {value.state for value in report.values.values()} == {"blank"}


def test_html_opened_and_saved_as_docx(convert):
    report = read_report(convert("page.html", documents.html(HUAIAN), "docx:MS Word 2007 XML"))
    assert_figures(report)
