"""Inputs of `speed.py`, and the proof that all commands write the same.

    python speed_inputs.py make FOLDER COUNT     workbooks, and the template in the syntax of each peer
    python speed_inputs.py compare INPUTS OUT    what each command wrote for them, a folder for each in OUT

Runs in the environment that is measured, so that the inputs fit the code measured.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
from msgspec.structs import replace
from openpyxl import load_workbook
from planting import SIZES, Figures, as_report, make_valid

from reportgen import read_report
from reportgen.form import Form
from reportgen.model.numbers import Number
from reportgen.model.report import Passage, Report
from reportgen.word.render import default_template
from reportgen.workbook import blank_workbook

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "liwan-2024.xlsx"
YEAR = 2024


def make(folder: Path, count: int) -> None:
    """Write everything the measured commands read.

    Args:
        folder: emptied first.
        count: number of workbooks, each of another body; every second one has its totals as formulas.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    example, rng = read_report(EXAMPLE), random.Random(YEAR)
    books = [folder / "example.xlsx", *(folder / f"{n:03}.xlsx" for n in range(1, count))]
    shutil.copy(EXAMPLE, books[0])
    for n, book in enumerate(books[1:], 1):
        report = department(example, rng, n)
        book.write_bytes(blank_workbook(example.form, report=report, typed_totals=n % 2 == 0))
    layout = layout_of(example.form, books[0])
    if any(layout_of(example.form, book) != layout for book in books[1:3]):
        raise SystemExit("the workbooks have not all the same layout; the peers could not read them")
    (folder / "layout.json").write_text(json.dumps(layout, ensure_ascii=False), encoding="utf-8")
    template = default_template(example.form)
    shutil.copy(template, folder / "template-docxtpl.docx")
    write_node_template(template, folder / "template-node.docx")


# ---------------------------------------------------------------- reports

FREE = (
    "通过门户网站发布各类信息{a}条，政务新媒体推送{b}条。",
    "组织政务公开培训{c}场，参训{a}人次。",
    "围绕群众关切开展政策解读{c}次，回应咨询{a}条。",
    "办理网民留言{b}条，按时回复。",
    "对{c}个下属单位的公开栏目进行了检查，整改问题{c}项。",
    "编印政策汇编{b}册，在服务大厅免费取阅。",
    "全年更新公开指南{c}次，公开目录调整{b}处。",
)
REQUESTS = (
    ("{year}年新收政府信息公开申请{new}件，上年结转{carried_in}件。",
     "本年新收政府信息公开申请{new}件，上年度结转申请{carried_in}件。"),
    ("全年共办理政府信息公开申请{all}件，办结{done}件，结转下年度继续办理{carried_out}件。",
     "共办理申请{all}件，其中办结{done}件、结转下年度继续办理{carried_out}件。"),
    ("办理结果中，予以公开{granted}件，部分公开{partial}件。",
     "其中予以公开{granted}件、部分公开{partial}件。"),
    ("{year}年因政府信息公开发生行政复议{reviews}件、行政诉讼{suits}件。",
     "全年发生政府信息公开行政复议{reviews}件，行政诉讼{suits}件。"),
)  # fmt: skip
"""The same said in two ways each; what it says of the tables is true, so that checks find nothing."""


def department(example: Report, rng: random.Random, n: int) -> Report:
    """Return a valid report of a body of its own, with its own figures and words."""
    figures = make_valid(example.form, SIZES[n % len(SIZES)], rng)
    drawn = as_report(example.form, figures)
    fee = replace(drawn.values["表二.fee.amount"], number=Decimal(rng.randrange(1, 99999) * 10 + 5) / 100)
    fields: dict[str, str | Number] = {"org": f"某某市第{n}局", "year": YEAR, "unit_type": "政府部门"}
    passages = tuple(
        replace(p, paragraphs=(own_words(p, figures, rng),)) if p.section != "other" else p for p in example.passages
    )
    values = {**drawn.values, "表二.fee.amount": fee}
    return replace(drawn, values=values, fields=fields, passages=passages)


def own_words(passage: Passage, figures: Figures, rng: random.Random) -> str:
    """Return a paragraph of a body's own; about the applications it says what the tables say."""
    if "依申请" in passage.heading:
        return "".join(rng.choice(wordings) for wordings in REQUESTS).format(**said_of(figures))
    numbers = {"a": rng.randrange(20, 9000), "b": rng.randrange(5, 3000), "c": rng.randrange(2, 40)}
    return "".join(rng.sample(FREE, len(FREE) - 1)).format(**numbers)


def said_of(figures: Figures) -> dict[str, int]:
    """Return the figures that :data:`REQUESTS` names."""
    rows = ("new", "carried_in", "granted", "partial", "carried_out")
    values = {row: figures[f"表三.{row}.total"] for row in rows}
    return values | {
        "year": YEAR,
        "done": figures["表三.total_done.total"],
        "all": values["new"] + values["carried_in"],
        "reviews": figures["表四.review.total"],
        "suits": figures["表四.direct.total"] + figures["表四.after_review.total"],
    }


# ---------------------------------------------------------------- what the peers are given


def layout_of(form: Form, path: Path) -> dict[str, Any]:
    """Return sheet and address of everything in a workbook, by the names the template uses."""
    report, book = read_report(path), load_workbook(path)
    cells: dict[str, tuple[str, str]] = {}
    for table in form.tables:
        for block in table.blocks:
            for row in block.row_leaves():
                for column in block.column_leaves():
                    origin = report.values[f"{table.id}.{row.id}.{column.id}"].origin
                    assert origin is not None
                    cells[f"{table.id}.{row.short}.{column.short}"] = (origin.sheet, origin.address)
    sheet = report.field_origins["org"].sheet
    labels = {str(row[0].value).removesuffix("*"): row[1].coordinate for row in book[sheet].iter_rows()}
    for field in form.fields:
        cells[field.short] = (sheet, labels[field.label] if field.label in labels else labels[field.short])
    head, tail = form.title_of("{}", "{}").split("年", 1)
    return {"cells": cells, "texts": texts_of(form, report, book), "title": f"{head}年\n{tail}"}


def texts_of(form: Form, report: Report, book: Any) -> dict[str, Any]:
    """Return the rows and columns of the sheet of texts."""
    sheet = next(p.origin.sheet for p in report.passages if p.origin)
    sections = {s.heading or s.title: s.number or s.title for s in form.text_sections}
    rows = [row[0].row for row in book[sheet].iter_rows() if row[0].value in sections]
    columns = {"section": "A", "heading": "B", "text": "C"}
    return {
        "sheet": sheet, "sections": sections, "columns": columns, "first": min(rows), "last": max(rows),
    }  # fmt: skip


def write_node_template(template: Path, out: Path) -> None:
    """Write the template in the syntax of docxtemplater and easy-template-x: ``{name}``, ``{#list}…{/list}``."""
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if re.fullmatch(r"word/(?:document|header\d*|footer\d*)\.xml", entry.filename):
                data = node_tags(data.decode()).encode()
            new.writestr(entry.filename, data)


def node_tags(xml: str) -> str:
    """Convert the tags of one part."""
    opened: list[tuple[str, str]] = []
    """Name of the list or condition, and the loop variable (empty for a condition)."""

    def is_variable(name: str) -> bool:
        return any(name == variable for _, variable in opened)

    def last_name(expression: str) -> str:
        variable, _, rest = expression.partition(".")
        return rest if rest and is_variable(variable) else expression

    def convert(match: re.Match[str]) -> str:
        printed, statement = match.groups()
        if printed:
            return "{值}" if is_variable(printed) else "{" + last_name(printed) + "}"
        verb, _, rest = statement.partition(" ")
        if verb.startswith("end"):
            return "{/" + opened.pop()[0] + "}"
        variable, _, items = rest.partition(" in ")
        name = last_name(items if verb == "for" else rest)
        opened.append((name, variable if verb == "for" else ""))
        return "{#" + name + "}"

    return re.sub(r"\{\{ ?([^{}]+?) ?\}\}|\{%p ([^%]+?) %\}", convert, xml)


# ---------------------------------------------------------------- proof


def compare(inputs: Path, out: Path) -> int:
    """Compare what the commands wrote: every table cell, every paragraph, every figure of the workbook.

    Returns:
        the number of figures found at the same place in all documents.

    Raises:
        SystemExit: documents differ from each other or from the workbook.
    """
    ours, *others = sorted(out.iterdir())
    figures = 0
    for path in sorted(ours.iterdir()):
        report, document = read_report(inputs / f"{path.stem}.xlsx"), contents(path)
        for other in others:
            require_same(path.name, document, contents(other / path.name))
        wanted = [f"{report.values[c.cell].number}" for t in report.form.tables for c in t.layout if c.cell]
        found = [text for text in document[0] if re.fullmatch(r"\d+(?:\.\d+)?", text)]
        require_same(path.name, (sorted(wanted),), (sorted(found),))
        figures += len(wanted)
    return figures


def require_same(name: str, first: tuple[list[str], ...], second: tuple[list[str], ...]) -> None:
    """Raise SystemExit with the differences if two documents differ."""
    if first != second:
        pairs = [pair for a, b in zip(first, second, strict=True) for pair in zip(a, b, strict=False)]
        raise SystemExit(f"{name} differs: {[pair for pair in pairs if pair[0] != pair[1]][:3]}")


def contents(path: Path) -> tuple[list[str], list[str]]:
    """Return the texts of all table cells (each once in a row) and of all filled paragraphs."""
    document = docx.Document(str(path))
    rows = [row for table in document.tables for row in table.rows]
    cells = [cell.text.strip() for row in rows for cell in dict.fromkeys(row.cells)]
    return cells, [p.text.strip() for p in document.paragraphs if p.text.strip()]


def main() -> None:
    verb, folder, last = sys.argv[1:]
    if verb == "make":
        make(Path(folder), int(last))
    else:
        print(compare(Path(folder), Path(last)))


if __name__ == "__main__":
    main()
