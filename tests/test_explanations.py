"""核实性审核: answers bound to the values they explain."""

from __future__ import annotations

from msgspec.structs import replace
from openpyxl import load_workbook
from support import make_report, published_cells

from reportgen.api import build, read_report
from reportgen.checks import check
from reportgen.form import load_form
from reportgen.model.explanations import notes
from reportgen.model.report import Explanation, Passage
from reportgen.show.json import finding_json
from reportgen.workbook import blank_workbook

FORM = load_form("2021")
CELLS = published_cells("huaian_city_2024")
ASKED = CELLS | {"表二.normative.made": 93}  # more issued than in force and repealed: T2-02


def explained(report, *answers):
    return check(replace(report, explanations=answers))


def one(findings, rule):
    return next(f for f in findings if f.rule == rule)


def asked():
    report = make_report(ASKED)
    return report, one(check(report), "T2-02")


def test_an_answer_settles_the_question_and_is_shown():
    report, question = asked()
    assert question.severity == "ask"
    assert question.code in question.line()
    answer = Explanation("T2-02", question.code, "年中移交司法局", "张三", "2025年1月5日", printed=True)
    found = explained(report, answer)
    settled = one(found, "T2-02")
    assert settled.severity == "info"
    assert "年中移交司法局（张三，2025年1月5日）" in settled.line()
    assert finding_json(settled)["explanation"] == "年中移交司法局（张三，2025年1月5日）"
    assert [(n.table, n.text) for n in notes(replace(report, explanations=(answer,)), found)] == [
        ("表二", "年中移交司法局")
    ]


def test_an_answer_lapses_when_the_values_change():
    _, question = asked()
    changed = make_report(ASKED | {"表二.normative.made": 94})
    found = explained(changed, Explanation("T2-02", question.code, "年中移交司法局"))
    assert one(found, "T2-02").severity == "ask"
    lapsed = one(found, "E-01")
    assert one(found, "T2-02").code in lapsed.message


def test_an_answer_without_the_code_settles_nothing_but_tells_the_code():
    report, question = asked()
    found = explained(report, Explanation("T2-02", "", "年中移交司法局"))
    assert one(found, "T2-02").severity == "ask"
    assert question.code in one(found, "E-01").message


def test_an_answer_to_nothing_lapses():
    report = make_report(CELLS)
    assert one(explained(report, Explanation("T2-02", "ABCDE", "说明")), "E-01").severity == "warning"


def test_errors_are_not_explained_away():
    report = make_report(CELLS | {"表三.new.total": 1})
    error = one(check(report), "T3-03")
    found = explained(report, Explanation("T3-03", error.code, "就是这样"))
    assert one(found, "T3-03").severity == "error"
    assert one(found, "E-02").severity == "warning"


def test_several_questions_of_a_rule_each_have_their_code():
    report = make_report(CELLS | {"表二.normative.made": 93, "表二.rule.made": 20})
    codes = [f.code for f in check(report) if f.rule == "T2-02"]
    assert len(set(codes)) == 2
    found = explained(report, Explanation("T2-02", "、".join(codes).lower(), "都核实过"))
    assert [f.severity for f in found if f.rule == "T2-02"] == ["info", "info"]
    found = explained(report, Explanation("T2-02", codes[0], "只核实一个"))
    assert sorted(f.severity for f in found if f.rule == "T2-02") == ["ask", "info"]


def test_answers_are_read_from_the_workbook(tmp_path):
    path = tmp_path / "w.xlsx"
    path.write_bytes(blank_workbook(FORM, report=make_report(ASKED), typed_totals=True))
    question = one(check(read_report(path)), "T2-02")
    book = load_workbook(path)
    sheet = book[FORM.sheets.checks]
    heads = {c.value: c for row in sheet.iter_rows() for c in row if c.value in FORM.sheets.explanation_heads}
    row = next(r for r in range(heads["规则"].row + 1, 500) if sheet.cell(r, heads["规则"].column).value == "T2-02")
    answer = {"核对码": question.code, "说明": "年中移交司法局", "填写人": "张三", "印入报告": "是"}
    for head, text in answer.items():
        cell = sheet.cell(row, heads[head].column)
        assert not cell.protection.locked
        cell.value = text
    book.save(path)
    report = read_report(path)
    assert [(e.rule, e.name, e.printed) for e in report.explanations] == [("T2-02", "张三", True)]
    assert one(check(report), "T2-02").severity == "info"


def test_an_answer_can_be_printed_below_its_table(tmp_path):
    import docx

    words = (
        Passage("overall", "", ("甲。",)),
        Passage("problems", "", ("存在问题甲，已改进。",)),
        Passage("other", "", ("无。",)),
    )
    report = make_report(ASKED, passages=words)
    question = one(check(report), "T2-02")
    text = "年中清理后移交司法局，以本年度报告为准。"
    said = Explanation("T2-02", question.code, text, "张三", printed=True)
    result = build(replace(report, explanations=(said,)), tmp_path / "r.docx")
    printed = [p.text for p in docx.Document(str(result.path)).paragraphs]
    heading = printed.index(FORM.section("proactive").heading)
    assert printed[heading + 1] == f"注：{text}"
    assert not any("张三" in p for p in printed)
    again = build(read_report(result.path), tmp_path / "again.docx")
    assert f"注：{text}" in [p.text for p in docx.Document(str(again.path)).paragraphs]
