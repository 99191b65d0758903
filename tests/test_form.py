"""The form as data: what the shipped editions say, and what a broken form file is told."""

from __future__ import annotations

import ast
import io
import os
import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from support import make_report

from reportgen.checks import KINDS as CHECKED
from reportgen.checks import check
from reportgen.errors import FormError
from reportgen.form import LONGEST_LABEL, Form, editions, form_file, form_folders, load_form
from reportgen.form.kinds import KINDS, READER_RULES, RelationRule
from reportgen.form.rule import EVERYWHERE
from reportgen.model.report import Explanation, Origin, Passage, Report, Value
from reportgen.recogniser.labels import known_labels
from reportgen.workbook import blank_workbook

ROOT = Path(__file__).parent.parent
FORMS = ROOT / "reportgen" / "forms"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FORMS.glob("*.toml")}


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    """Copy the shipped form files, make each change once where it can be made; returns the newest edition."""
    texts = dict(TEXTS)
    for right, wrong in changes:
        file = next(name for name in ("2021.toml", "common.toml", "phrases.toml") if right in texts[name])
        texts[file] = texts[file].replace(right, wrong, 1)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "2021.toml"


def faults_of(path: Path) -> str:
    with pytest.raises(FormError) as error:
        load_form(path)
    return str(error.value)


def test_table_three_is_28_rows_by_10_columns_with_the_printed_spans(form):
    table = form.table("表三")
    assert (table.height, table.width, table.header_rows, table.label_columns) == (28, 10, 3, 3)
    at = {(c.row, c.column): c for c in table.layout}
    assert (at[1, 1].row_span, at[1, 1].column_span, at[1, 1].role) == (3, 3, "corner")
    assert (at[1, 4].column_span, at[1, 4].text) == (7, "申请人情况")
    assert (at[2, 5].column_span, at[2, 10].row_span) == (5, 2)
    assert (at[6, 1].row_span, at[6, 1].text) == (22, "三、本年度办理结果")
    assert [at[row, 2].row_span for row in (8, 16, 19, 24)] == [8, 3, 5, 3]
    assert at[7, 2].column_span == 2
    assert at[28, 1].column_span == 3
    assert at[27, 10].cell == "表三.total_done.total"


def test_tables_two_and_four_have_the_printed_shape(form):
    two, four = form.table("表二"), form.table("表四")
    assert (two.height, two.width) == (14, 4)
    assert [c.column_span for c in two.layout if c.role == "title"] == [4] * 4
    assert next(c.column_span for c in two.layout if c.cell == "表二.fee.amount") == 3
    assert (four.height, four.width, four.label_columns) == (4, 15, 0)
    assert [(c.column, c.column_span) for c in four.layout if c.row == 1] == [(1, 5), (6, 10)]
    assert [c.row_span for c in four.layout if c.row == 2] == [2] * 5 + [1, 1]


def test_counts_of_the_form(form):
    assert len(form.cells) == 10 + 25 * 7 + 15
    per_rule = {rule: sum(e.rule == rule for e in form.equations) for rule in form.rules}
    assert {r: n for r, n in per_rule.items() if n} == {"T3-01": 7, "T3-02": 7, "T3-03": 25, "T3-06": 7, "T4-01": 3}
    assert len(next(e for e in form.equations if e.rule == "T3-02").right) == 21


def test_quantities_of_groups_leave_totals_out(form):
    assert len(form.quantities["不予公开"]) == 8
    assert len(form.quantities["办理结果"]) == 21
    assert form.quantities["行政诉讼"] == ("表四.direct.total", "表四.after_review.total")


@pytest.mark.parametrize("edition", editions())
def test_every_rule_says_what_why_and_what_to_do(edition):
    for rule in load_form(edition).rules.values():
        assert rule.title
        assert rule.source
        assert rule.message
        assert rule.advice.endswith("。"), rule.id


def test_what_could_not_be_verified_is_said(form):
    manual = (FORMS.parent.parent / "docs" / "rules.zh.md").read_text(encoding="utf-8")
    assert len(form.unverified) >= 8
    for point in form.unverified:
        assert point in manual


BROKEN = [
    ("id twice", 'id = "carried_in"', 'id = "new"', ["common.toml", "表三", "new", "重复"]),
    ("row id twice in a list", 'id = "deny_2", parent', 'id = "deny_1", parent', ["表三", "deny_1", "重复"]),
    ("lost parent", 'id = "deny_1", parent = "denied"', 'id = "deny_1", parent = "gone"', ["deny_1", "gone"]),
    ("circle", '{ id = "done", label', '{ id = "done", parent = "denied", label', ["成环"]),
    ("unknown key", 'label = "1.属于国家秘密"', 'lable = "x", label = "1.属于国家秘密"', ["rows.deny_1.lable：不认得的键"]),
    ("missing label", '{ id = "granted", parent = "done", label = "（一）予以公开", ', '{ id = "granted", parent = "done", ', ["rows.granted.label：缺少“label”"]),
    ("two rows with one label", 'label = "2.重复申请"', 'label = "3.要求提供公开出版物"', ["noproc_3", "同一级已有"]),
    ("a row with what belongs to columns", 'label = "规章",', 'label = "规章", kind = "amount",', ["表二", "rule", "列"]),
    ("labels that a slip would mix up", "slips = 1", "slips = 3", ["表二.rows", "“行政处罚”与“行政强制”太相近"]),
    ("spans", 'id = "表三"\nwidth = 10', 'id = "表三"\nwidth = 11', ["表三", "跨度"]),
    ("label columns", "label_columns = 3", "label_columns = 2", ["表三"]),
    ("widths", "widths = [754, 921,", "widths = [754,", ["表三.widths", "10个"]),
    ("no such default column", 'default_column = "total"', 'default_column = "totl"', ["totl"]),
    ("rule names a missing row", 'right = ["total_done", "carried_out"]', 'right = ["total_gone"]', ["T3-01", "total_gone"]),
    ("rule without terms", 'left = ["total_done"]\nright = ["done"]', 'left = ["total_done"]\nright = []', ["T3-02", "空"]),
    ("rule with an unknown option", 'id = "T4-01"', 'id = "T4-01"\nx = 1', ["rules.T4-01.x", "不认得的键"]),
    ("rule of no kind", 'id = "T3-02"\ntitle = "（七）总计＝各项办理结果之和"\nkind = "equal"', 'id = "T3-02"\ntitle = "（七）总计＝各项办理结果之和"\nkind = "equals"', ["rules.T3-02.kind", "equals", "equal、"]),
    ("misspelt option", 'kind = "length"\nsection', 'kind = "length"\nsektion', ["rules.C-03.sektion", "rules.C-03.section：缺少"]),
    ("option of another type", "limit = 1000", 'limit = "1000"', ["rules.C-03.limit", "应是整数，写的是文字"]),
    ("number out of range", "percent = 50\nleast", "percent = 0\nleast", ["rules.T2-07.percent", "不小于 1"]),
    ("a list's name without brackets", "(行政(?:许可|处罚|强制))(?:事项", "行政(?:许可|处罚|强制)(?:事项", ["phrases.toml", "narrative.listed_as", "应有一对圆括号"]),
    ("a text where a list belongs", 'topics = ["review", "suit", "direct", "after"]', 'topics = "review"', ["phrases.toml", "narrative.phrases[", "].topics：应是列表"]),
    ("section of a rule", 'section = "overall"\nlimit', 'section = "overal"\nlimit', ["rules.C-03.section", "没有部分“overal”"]),
    ("cell of a rule", '"表二.coercion.decisions"]\npercent', '"表二.coersion.decisions"]\npercent', ["T2-07", "表二.coersion.decisions"]),
    ("unit type of a rule", 'unit_types = ["国务院部门", "政府部门"]', 'unit_types = ["国务院部们", "政府部门"]', ["D-01.unit_types", "国务院部们"]),
    ("kind of source", 'sources = ["docx", "html", "mht", "pdf"]', 'sources = ["docx", "htm"]', ["S-01.sources", "htm", "可以写"]),
    ("word of a message", "“{place}这一列：新收", "“{plase}这一列：新收", []),
    ("word of a message that nothing fills", "{place}这一列：新收＋上年结转＝{left}", "{plase}这一列：新收＋上年结转＝{left}", ["T3-01.message", "plase", "{place}"]),
    ("braces", 'message = "{place}{what}不在数据', 'message = "{place}{what不在数据', ["D-03.message", "花括号"]),
    ("bad severity", 'severity = "error"\nsource = "表三表头', 'severity = "fatal"\nsource = "表三表头', ["rules.T3-01.severity", "fatal", "warning"]),
    ("an error that must stay one", 'id = "N-02"\ntitle = "件数是不小于 0 的整数"\nkind = "whole"\nseverity = "error"', 'id = "N-02"\ntitle = "件数是不小于 0 的整数"\nkind = "whole"\nseverity = "ask"', ["N-02.severity", "error"]),
    ("no advice", 'advice = "请核对这一列的新收、上年结转、（七）总计和结转下年度四个数。"', "", ["T3-01", "advice"]),
    ("rule id twice", 'id = "T3-02"', 'id = "T3-01"', ["rules", "T3-01", "重复"]),
    ("a rule the reader needs", 'id = "S-05"', 'id = "S-55"', ["S-05", "必须有"]),
    ("expression of an unknown cell", "表二.{x}.valid = last", "表二.{x}.vald = last", ["T2-01", "表二.rule.vald"]),
    ("expression without comparison", 'expect = "表二.rule.{x} = 0"', 'expect = "表二.rule.{x}"', ["T2-04"]),
    ("expression without plus", "表二.{x}.valid + 表二.{x}.abolished", "表二.{x}.valid 表二.{x}.abolished", ["T2-02", "少了"]),
    ("a word of an expression", 'expect = "表二.rule.{x} = 0"', 'expect = "表二.rule.{y} = 0"', ["T2-04", "{x}"]),
    ("last year's figure that is not asked for", '"表四.review.pending", "表四.review.total",', '"表四.review.pending",', ["T4-04", "表四.review.total", "last_year.cells"]),
    ("condition on an unknown field", "unless_fields = { unit_type", "unless_fields = { unit_typ", ["T2-04", "unit_typ"]),
    ("condition on an unknown choice", 'fields = { review_body = ["是"] }', 'fields = { review_body = ["对"] }', ["T4-02", "对"]),
    ("placeholder name twice", 'short = "上年结转"', 'short = "新收"', ["新收", "重复"]),
    ("placeholder of a sentence", "{{ 行政复议 }}件、行政诉讼", "{{ 行政复仪 }}件、行政诉讼", ["sections.overall", "行政复仪"]),
    ("section of no table", 'table = "表四"\nsource', 'table = "表五"\nsource', ["表五"]),
    ("last year's unknown cell", '"表二.rule.valid", "表二', '"表二.rule.walid", "表二', ["表二.rule.walid"]),
    ("title with another name", 'report_title = "{org}', 'report_title = "{body}', ["report_title", "body"]),
    ("title without year", 'report_title = "{org}{year}年', 'report_title = "{org}', ["report_title", "{year}"]),
    ("field kind", 'kind = "year"', 'kind = "yaer"', ["fields.year.kind", "yaer", "amount"]),
    ("heading missing", 'heading = "一、总体情况"', "", ["overall", "heading"]),
    ("a sheet that Excel refuses", 'checks = "校验"', 'checks = "校验/核对"', ["sheets", "校验/核对"]),
    ("heads of a sheet", 'text_heads = ["部分", "小标题", "正文"]', 'text_heads = ["部分", "正文"]', ["sheets.text_heads", "应有 3 项"]),
    ("wording too long", '"单位名称"', f'"单位{"长" * 120}"', ["org", "单位长", "120"]),
    ("heading too long", '"四、政府信息公开行政复议和行政诉讼情况"', f'"四、{"长" * 120}"', ["四、长", "120"]),
    ("row too long", 'label = "（一）予以公开"', f'label = "（一）{"长" * 120}"', ["表三", "（一）长", "120"]),
    ("label too long", 'label = "机关名称"', f'label = "机关名称{"长" * 120}"', ["org", "机关名称长", "120"]),
    ("no TOML", "[[sections]]", "[[sections", ["读不出来"]),
    ("no such base", 'extends = ["common", "phrases"]', 'extends = ["comon", "phrases"]', ["extends", "comon"]),
    ("unknown key of the form", "first_year = 2021", "first_year = 2021\nlast_yaer = 2030", ["last_yaer"]),
    ("no first year", "first_year = 2021", "", ["2021.toml 有 1 处", "first_year"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("right", "wrong", "said"), [b[1:] for b in BROKEN if b[3]], ids=[b[0] for b in BROKEN if b[3]]
)
def test_a_broken_form_file_is_told_its_place(tmp_path, right, wrong, said):
    text = faults_of(changed(tmp_path, (right, wrong)))
    for word in (*said, ".toml"):
        assert word in text


@pytest.mark.parametrize("edition", editions())
def test_every_label_is_short_enough_to_be_recognised(edition):
    form = load_form(edition)
    last_year = (*map(form.last_year_label, form.last_year_cells),
                 *map(form.last_year_text_label, form.last_year_sections))  # fmt: skip
    assert max(map(len, {*known_labels(form), *last_year})) <= LONGEST_LABEL


def test_all_faults_are_told_at_once(tmp_path):
    path = changed(
        tmp_path, ('severity = "ask"', 'severity = "aks"'), ('kind = "year"', 'kind = "yaer"'),
        ('"total_done", "carried_out"]', '"total_gone"]'), ('id = "deny_2"', 'id = "deny_1"'),
        ('kind = "jump"', 'kind = "jmp"'),
    )  # fmt: skip
    text = faults_of(path)
    for word in ("aks", "yaer", "total_gone", "deny_1", "jmp"):
        assert word in text
    assert "2021.toml 有 5 处错误" in text, "and nothing that follows from these"


def test_files_that_extend_each_other_are_told(tmp_path):
    for one, other in (("2030", "2031"), ("2031", "2030")):
        (tmp_path / f"{one}.toml").write_text(f'extends = "{other}"\n', encoding="utf-8")
    assert "互相引用" in faults_of(tmp_path / "2030.toml")


@pytest.mark.parametrize(
    ("right", "file"),
    [('kind = "year"', "common.toml"), ('noun = "行政诉讼', "phrases.toml"), ('kind = "jump"', "2021.toml")],
)
def test_a_fault_is_told_with_the_file_it_stands_in(tmp_path, right, file):
    text = faults_of(changed(tmp_path, (right, f"typo = 1\n{right}")))
    assert "typo" in text
    assert (f"  {file} 的 " in text) == (file != "2021.toml")


def test_an_unknown_edition_names_the_known_ones():
    with pytest.raises(FormError, match="2021"):
        load_form("1999")
    with pytest.raises(FormError, match="2018年"):
        load_form(year=2018)


def test_the_edition_of_a_year():
    assert [load_form(year=year).id for year in (2019, 2020, 2021, 2024)] == ["2019", "2019", "2021", "2021"]
    assert load_form().id == editions()[-1]
    assert load_form("2019").final_year == 2020


# --------------------------------------------------------------------------- what is proved when


@pytest.mark.parametrize("edition", editions())
def test_the_shipped_editions_are_right_in_themselves(edition):
    """They are not proved at every start."""
    proved = load_form(form_file(edition))
    loaded = load_form(edition)
    for name in set(proved.__struct_fields__) - {"final_year"}:
        assert getattr(proved, name) == getattr(loaded, name), name


def test_a_mistake_in_the_offices_own_edition_is_told_at_load(tmp_path, monkeypatch):
    (tmp_path / "2021.toml").write_text('extends = "2021"\n[narrative]\nneutral = ["(件"]\n', encoding="utf-8")
    monkeypatch.setenv("REPORTGEN_FORMS", str(tmp_path))
    with pytest.raises(FormError, match=r"narrative\.neutral：“\(件”不是正确的正则表达式"):
        load_form("2021")
    (tmp_path / "2021.toml").write_text('extends = "2021"\ndocument = "另一个"\n', encoding="utf-8")
    assert load_form(tmp_path / "2021.toml").document == "另一个", "a changed file is read anew"


def test_a_file_with_a_mistake_is_refused_again(tmp_path):
    """What is remembered of a file is what was written, not what was put in its place to go on."""
    path = changed(tmp_path, ('severity = "error"', 'severity = "eror"'))
    assert faults_of(path) == faults_of(path)


def test_a_form_is_loaded_once_in_a_process():
    assert load_form("2021") is load_form("2021")
    assert load_form() is load_form("2021")


def test_a_folders_name_may_have_the_separator_in_it(tmp_path, monkeypatch):
    odd, other = tmp_path / f"甲{os.pathsep}乙", tmp_path / "丙"
    for folder in (odd, other):
        folder.mkdir()
    monkeypatch.setenv("REPORTGEN_FORMS", os.pathsep.join([str(other), str(odd)]))
    assert form_folders()[:-1] == (other, odd)


# --------------------------------------------------------------------------- extends


def extended(folder: Path, text: str, name: str = "2030") -> Form:
    path = folder / f"{name}.toml"
    path.write_text(f'extends = "2021"\n{text}', encoding="utf-8")
    return load_form(path)


OWN = 'document = "新文件"\nfirst_year = 2030\n'


def test_a_file_that_changes_nothing_is_the_same_form(tmp_path, form):
    new = extended(tmp_path, OWN)
    assert (new.id, new.document, new.first_year, new.final_year) == ("2030", "新文件", 2030, 0)
    for name in ("sections", "fields", "tables", "rules", "cells", "quantities", "equations", "relations", "narrative"):
        assert getattr(new, name) == getattr(form, name), name
    assert new.last_year_tables == {"2021": ("表二", "表三", "表四"), **form.last_year_tables}


def test_rows_are_put_in_taken_out_moved_and_renamed(tmp_path):
    rows = (
        '{ id = "deny_8", remove = true }, { id = "new_one", parent = "denied", before = "deny_2", label = "新行" },'
        '{ id = "noproc_2", after = "noproc_3" }, { id = "granted", label = "（一）公开" }'
    )
    new = extended(tmp_path, f'{OWN}[[tables]]\nid = "表三"\n[[tables.blocks]]\nrows = [{rows}]\n')
    leaves = list(new.table("表三").blocks[0].row_leaves())
    ids = [leaf.id for leaf in leaves]
    assert "deny_8" not in ids
    assert ids[ids.index("new_one") : ids.index("new_one") + 2] == ["new_one", "deny_2"]
    assert ids[ids.index("noproc_3") : ids.index("noproc_3") + 2] == ["noproc_3", "noproc_2"]
    assert next(leaf.label for leaf in leaves if leaf.id == "granted") == "（一）公开"
    total = next(e for e in new.equations if e.rule == "T3-02")
    assert "表三.new_one.natural" in total.right, "the sums follow the rows"
    assert new.quantities["不予公开"][1] == "表三.new_one.total"


def test_a_column_of_one_block_of_several(tmp_path):
    columns = '[{ id = "decisions", span = 2 }, { id = "shown", label = "其中公开数量" }]'
    text = f'{OWN}[[tables]]\nid = "表二"\ndefault_column = "decisions"\n[[tables.blocks]]\nid = "item_5"\ncolumns = {columns}\n'
    new = extended(tmp_path, text)
    assert "表二.permit.shown" in new.cells
    assert "表二.penalty.shown" not in new.cells


def test_sections_fields_and_words_are_changed(tmp_path):
    new = extended(
        tmp_path,
        OWN + '[[sections]]\nid = "other"\nheading = "六、其他事项"\n'
        '[[sections]]\nid = "annex"\nafter = "other"\nnumber = "七"\nheading = "七、附件"\n'
        '[[fields]]\nid = "postcode"\nremove = true\n[sheets]\nguide = "说明"\n'
        '[[narrative.phrases]]\nrule = "X-09"\ntopic = "request"\nkey = "新说法"\nany_of = [["予以公开"]]\n',
    )
    assert [s.heading for s in new.sections][-2:] == ["六、其他事项", "七、附件"]
    assert "postcode" not in {field.id for field in new.fields}
    assert (new.sheets.guide, new.sheets.checks) == ("说明", "校验")
    assert new.narrative.phrases[-1].key == "新说法"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[rules]]\nid = "C-03"\nlimit = 2000\n', "rules.C-03：改变规则的级别或条件要写 reason"),
        ('[[rules]]\nid = "C-03"\nseverity = "info"\n', "rules.C-03：改变规则的级别或条件要写 reason"),
        ('[[rules]]\nid = "C-03"\noff = true\n', "rules.C-03：停用要写 reason"),
        ('[[rules]]\nid = "C-03"\nremove = true\n', "rules.C-03：规则不能去掉"),
        ('[[rules]]\nid = "S-04"\noff = true\nreason = "不要"\n', "rules.S-04：这条规则保证数据读得准，不能停用"),
        ('[[rules]]\nid = "N-02"\noff = true\nreason = "不要"\n', "rules.N-02：这条规则保证数据读得准，不能停用"),
        ('[[rules]]\nid = "S-04"\nseverity = "info"\nreason = "不要"\n', "级别只能是 error"),
        ('[[fields]]\nid = "nothing"\nremove = true\n', "fields.nothing：没有这一项，不能去掉"),
        ('[[fields]]\nid = "phone"\nafter = "nothing"\n', "fields.phone：after 里的“nothing”没有"),
        ('[[fields]]\nid = "phone"\n[[fields]]\nid = "phone"\n', "fields.phone：id 重复"),
        ('[[tables]]\nid = "表三"\n[[tables.blocks]]\nrows = [{ id = "deny_8", remove = true }, { id = "new", lable = "x" }]', "rows.new.lable"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_made_is_told(tmp_path, text, said):
    with pytest.raises(FormError) as error:
        extended(tmp_path, OWN + text)
    assert said in str(error.value)
    assert "2030.toml 有 1 处错误" in str(error.value)


def test_a_rule_that_is_turned_off_is_not_judged_anywhere(tmp_path):
    text = '[[rules]]\nid = "T3-03"\noff = true\nreason = "本省另有口径"\n'
    off = extended(tmp_path, OWN + text)
    assert off.rules["T3-03"].off
    assert not [e for e in off.equations if e.rule == "T3-03"]
    report = make_report({"表三.new.total": 5, "表三.carried_out.total": 5}, form=off, year=2030)
    assert "T3-03" not in {f.rule for f in check(report)}
    on = make_report({"表三.new.total": 5, "表三.carried_out.total": 5}, form=extended(tmp_path, OWN), year=2030)
    assert "T3-03" in {f.rule for f in check(on)}
    book = load_workbook(io.BytesIO(blank_workbook(off)))
    assert "T3-03" not in {row[0].value for row in book[off.sheets.checks].iter_rows()}


def test_a_rule_that_may_name_what_is_gone_is_turned_off(tmp_path):
    rows = '[[tables]]\nid = "表三"\n[[tables.blocks]]\nrows = [{ id = "other_2", remove = true }]\n'
    with pytest.raises(FormError, match="T3-09"):
        extended(tmp_path, OWN + rows)
    new = extended(tmp_path, OWN + rows + '[[rules]]\nid = "T3-09"\noff = true\nreason = "没有这一行了"\n')
    assert '"逾期未缴费" = ' in TEXTS["phrases.toml"]
    assert ("逾期未缴费",) not in {reading for phrase in new.narrative.phrases for reading in phrase.any_of}


def test_a_name_that_phrases_use_must_not_change(tmp_path):
    rows = 'rows = [{ id = "deny_1", short = "秘密" }]'
    with pytest.raises(FormError, match=r"phrases\.toml 的 narrative.*国家秘密"):
        extended(tmp_path, f'{OWN}[[tables]]\nid = "表三"\n[[tables.blocks]]\n{rows}\n')


# --------------------------------------------------------------------------- kinds of rules


def test_every_kind_is_implemented_and_every_generator_declared():
    assert set(CHECKED) == {name for name, kind in KINDS.items() if not (kind.by_reader or kind.of_sum)}


def test_the_rules_of_the_reader_are_those_that_the_code_names():
    named = set()
    for path in (ROOT / "reportgen").rglob("*.py"):
        named |= set(re.findall(r'rules\["([^"]+)"\]', path.read_text(encoding="utf-8")))
    assert named == set(READER_RULES)


def test_every_rule_of_a_kind_with_formulas_stands_in_the_workbook(form):
    book = load_workbook(io.BytesIO(blank_workbook(form)))
    rows = {row[0].value: row for row in book[form.sheets.checks].iter_rows(min_row=5, max_col=7)}
    for rule in form.rules.values():
        if rule.formula:
            result = rows[rule.id][6].value
            of_text = isinstance(rule, RelationRule) and rule.text
            assert result == "由程序核对" if of_text else result.startswith("=IF("), rule.id
    assert {rule.kind for rule in form.rules.values() if rule.formula} == {n for n, k in KINDS.items() if k.formula}


def faulty_reports(form: Form) -> list[Report]:
    """Reports that break a rule of every kind that is judged in checks."""
    sentence = "上年这句话写了办结12件申请这个数字"
    texts = (
        Passage("preamble", "", ("2024年1月1日至2023年12月31日，联系电话13800138000。",)),
        Passage("overall", "", (
            "2024年新收政府信息公开申请9件。", "新收政府信息公开申请8件。", "我委{{ 没有这个 }}，XX件，110101199003070011。", sentence + "。", "长" * 1001)),
        Passage("problems", "", ("无",)), Passage("other", "", ("其他。",)),
        Passage("overall", "", ("收到申请" + "1件和" * 201, "六、其他需要报告的事项")),
    )  # fmt: skip
    wrong = make_report(
        {"表三.new.natural": 5, "表三.new.total": 4, "表三.carried_out.natural": 1234567, "表二.permit.decisions": 900,
         "表二.rule.made": 1, "表三.other_1.natural": ""},
        org="某某县人民政府", form=form, passages=texts, published="2024年12月1日", unit_type="县级政府",
    )  # fmt: skip
    odd = {
        "表三.granted.natural": Value("problem", raw="甲", remark="不是数字", origin=Origin("表三", "D8")),
        "表二.fee.amount": Value("problem", raw="-1", remark="是负数", origin=Origin("表二", "B16")),
        "表三.partial.natural": Value("number", 3, "3件", Origin("表三", "D9"), remark="带单位"),
    }
    last = {"表二.permit.decisions": Value("number", 10, "10", Origin("上年数据", "B6"))}
    wrong = replace(
        wrong, kind="docx", values={**wrong.values, **odd}, last_year=last,
        register={"表三.new.total": Value("number", 8, "8")}, title="另一个标题",
        last_year_texts={"overall": sentence + "。" + "长" * 1001}, headings=(("overall", "一、概况"),),
        explanations=(Explanation("X-99", "ABCDE", "旧的说明"),),
    )  # fmt: skip
    late = make_report(
        {"表四.review.upheld": 3, "表四.review.total": "", "表二.fee.amount": 999999999, "表三.granted.natural": ""},
        org="某某县人民政府（盖章）", form=form, unit_type="乡镇街道", published="2025年6月1日", year=2024,
        passages=(Passage("overall", "", ("2023年，某某县人民政府认真贯彻。",)),),
    )  # fmt: skip
    other = make_report(
        {}, org="某某县人民政府", form=form, unit_type="政府部门", published="2025年6月1日", year=2024,
        passages=(Passage("overall", "", ("2023年，乙乙县人民政府认真贯彻。",)),),
    )  # fmt: skip
    late_too = make_report(
        {}, org="某某县人民政府", form=form, unit_type="县级政府", published="2025年6月1日", year=2024
    )
    return [wrong, late, other, late_too, replace(wrong, fields={"year": 1999})]


def test_every_word_of_a_message_is_filled(form):
    """Messages that name every word their kind declares; every kind is told without a KeyError."""
    rules = {}
    for id_, rule in form.rules.items():
        words = sorted(EVERYWHERE | rule.words | READER_RULES.get(id_, frozenset()))
        rules[id_] = replace(rule, message=" ".join(f"{{{word}}}" for word in words))
    wordy = replace(form, rules=rules)
    told = {form.rules[one.rule].kind for report in faulty_reports(wordy) for one in check(report)}
    assert told == {name for name, kind in KINDS.items() if not kind.of_sum} - {"reading"}


@pytest.mark.slow
def test_the_words_of_the_readers_rules_are_those_it_fills():
    filled: dict[str, set[str]] = {}
    for path in (ROOT / "reportgen").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "finding":
                named = re.search(r"rules\['([^']+)'\]", ast.unparse(node.args[0]))
                words = {keyword.arg or "" for keyword in node.keywords}
                if named:
                    filled[named[1]] = filled.get(named[1], words) & words
    assert len(filled) >= 7
    for rule, words in filled.items():
        assert words >= READER_RULES[rule], rule
