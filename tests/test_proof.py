"""The proof: nothing is delivered that says anything but the report."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import make_report, published_report
from wordkit import TEXTS, W, changed, example, only, printed, put, with_lines, words

from reportgen.errors import InputError, ProofError
from reportgen.model.report import Passage, Value
from reportgen.word.proof import prove
from reportgen.word.render import render_report

REPORT = example()
DATA = render_report(REPORT)


def tampered(change: Callable[[Any], object]) -> bytes:
    return changed(change, data=DATA)


def cells(root: Any) -> list[Any]:
    return [tc for tc in root.iter(W + "tc") if words(tc).isdigit()]


def write(cell: Any, text: str) -> None:
    first, *more = cell.iter(W + "t")
    first.text = text
    for other in more:
        other.text = ""


@pytest.mark.parametrize("name", ["liwan_2024", "huaian_city_2024", "jinhu_county_2023", "shuyang_ndrc_2023"])
def test_published_reports_are_proved(name: str) -> None:
    report = published_report(name)
    assert prove(render_report(report), report) >= 200


def test_count_is_figures_and_texts() -> None:
    figures = len(REPORT.form.cells)
    headings = sum(bool(section.heading) for section in REPORT.form.sections)
    texts = sum(len(p.paragraphs) + bool(p.heading) for p in TEXTS)
    assert prove(DATA, REPORT) == figures + 1 + headings + texts >= 200


def test_drafts_with_wrong_figures_are_proved_too() -> None:
    report = make_report({"表三.new.natural": "", "表三.new.business": "/", "表三.new.total": None}, org="")
    broken = Value("problem", raw="12x")
    report.values["表三.new.research"] = broken  # type: ignore[index]
    data = render_report(report, draft=True, marks=["表三.new.natural"])
    assert prove(data, report, draft=True) >= 200


@pytest.mark.parametrize("value", [Value("problem", raw="12x"), Value("missing")])
def test_a_figure_that_is_not_known_is_printed_in_drafts_only(value: Value) -> None:
    report = make_report({})
    report.values["表三.new.research"] = value  # type: ignore[index]
    data = render_report(report)
    with pytest.raises(ProofError, match=r"没有.*科研机构.*的数"):
        prove(data, report)


@given(st.integers(0, 10**6), st.data())
def test_any_changed_digit_is_found(number: int, data: st.DataObject) -> None:
    def change(root: Any) -> None:
        found = cells(root)
        cell = found[number % len(found)]
        text = words(cell)
        at = data.draw(st.integers(0, len(text) - 1))
        digit = data.draw(st.sampled_from([d for d in "0123456789" if d != text[at]]))
        write(cell, text[:at] + digit + text[at + 1 :])

    with pytest.raises(ProofError, match="应为"):
        prove(tampered(change), REPORT)


def swap_cells(root: Any) -> None:
    found = cells(root)
    one = found[0]
    other = next(cell for cell in found if words(cell) != words(one))
    first, second = words(one), words(other)
    write(one, second)
    write(other, first)


def swap_rows(root: Any) -> None:
    rows = list(list(root.iter(W + "tbl"))[1].iter(W + "tr"))
    rows[4].addnext(rows[3])


def swap_labels(root: Any) -> None:
    one, other = only(root, "科研机构"), only(root, "社会公益组织")
    put(one, "社会公益组织")
    put(other, "科研机构")


def drop_paragraph(root: Any) -> None:
    line = only(root, "存在问题甲。")
    line.getparent().remove(line)


def double_paragraph(root: Any) -> None:
    line = only(root, "全年新收申请639件。")
    line.addnext(deepcopy(line))


def swap_paragraphs(root: Any) -> None:
    only(root, "改进措施乙。").addnext(only(root, "存在问题甲。"))


def move_to_other_part(root: Any) -> None:
    line = only(root, "改进措施乙。")
    only(root, REPORT.form.sections[-1].heading).addnext(line)


def change_heading(root: Any) -> None:
    put(only(root, REPORT.form.sections[-2].heading), "五、存在问题及改进情况")


def change_subheading(root: Any) -> None:
    put(only(root, "（一）主动公开情况"), "（一）公开情况")


def change_title(root: Any) -> None:
    line = next(p for p in root.iter(W + "p") if "2024年" in words(p))
    put(line, words(line).replace("2024", "2023"))


def change_text(root: Any) -> None:
    put(only(root, "全年新收申请639件。"), "全年新收申请638件。")


def add_figure_line(root: Any) -> None:
    line = deepcopy(only(root, "存在问题甲。"))
    put(line, "另有7件。")
    only(root, "改进措施乙。").addnext(line)


def add_row(root: Any) -> None:
    row = list(list(root.iter(W + "tbl"))[1].iter(W + "tr"))[-1]
    row.addnext(deepcopy(row))


def drop_row(root: Any) -> None:
    row = list(list(root.iter(W + "tbl"))[1].iter(W + "tr"))[8]
    row.getparent().remove(row)


def drop_table(root: Any) -> None:
    table = next(root.iter(W + "tbl"))
    table.getparent().remove(table)


def add_table(root: Any) -> None:
    table = deepcopy(next(root.iter(W + "tbl")))
    for cell in cells(table):
        write(cell, "9")
    only(root, REPORT.form.sections[-1].heading).addprevious(table)


def empty_cell(root: Any) -> None:
    write(cells(root)[3], "")


def strike_digits_as_deleted(root: Any) -> None:
    run = next(cell for cell in cells(root) if len(words(cell)) > 1).find(f"{W}p/{W}r")
    deleted = run.makeelement(W + "del", {W + "id": "1", W + "author": "x"})
    run.addprevious(deleted)
    deleted.append(run)


def full_width(root: Any) -> None:
    write(next(cell for cell in cells(root) if words(cell) == "618"), "６１８")


@pytest.mark.parametrize(
    "change",
    [
        swap_cells, swap_rows, swap_labels, drop_paragraph, double_paragraph, swap_paragraphs,
        move_to_other_part, change_heading, change_subheading, change_title, change_text, add_figure_line,
        add_row, drop_row, drop_table, add_table, empty_cell, strike_digits_as_deleted, full_width,
    ],
)  # fmt: skip
def test_tampered_documents_are_refused(change: Callable[[Any], object]) -> None:
    with pytest.raises(ProofError, match="没有交付"):
        prove(tampered(change), REPORT)


def test_differences_are_named() -> None:
    def change(root: Any) -> None:
        write(next(cell for cell in cells(root) if words(cell) == "963418"), "963419")

    with pytest.raises(ProofError, match=r"“表二 .*行政许可.*”应为 963418，文件里是“963419”"):
        prove(tampered(change), REPORT)


def test_long_lists_are_cut() -> None:
    def change(root: Any) -> None:
        for cell in cells(root):
            write(cell, "7")

    with pytest.raises(ProofError) as caught:
        prove(tampered(change), REPORT)
    assert "……共" in str(caught.value)
    assert len(str(caught.value).splitlines()) < 15


def test_report_of_another_body_or_year() -> None:
    with pytest.raises(ProofError):
        prove(DATA, example(org="别的单位"))
    with pytest.raises(ProofError):
        prove(DATA, example(*TEXTS[:-1], Passage("other", "", ("别的文字。",))))


def test_what_a_template_may_add() -> None:
    signed = example(signature_date="2025年1月20日")
    assert prove(render_report(signed), signed) == prove(DATA, REPORT)
    own = printed(with_lines("（此件公开发布）", "依据{{ 表式 }}编制"), REPORT)
    assert prove(own, REPORT) == prove(DATA, REPORT)
    with pytest.raises(ProofError, match="多印了一段含有数字的文字：“全年共办理618件”"):
        prove(printed(with_lines("全年共办理618件"), REPORT), REPORT)


def test_not_a_document() -> None:
    with pytest.raises(InputError):
        prove(changed(lambda root: root.clear(), data=DATA), REPORT)
