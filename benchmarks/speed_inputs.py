"""Inputs of `speed.py`: workbooks, templates in the peers' syntax, and the proof that all say the same.

Runs as a process of its own in the environment that is measured, so that inputs and measured code
fit each other.  One JSON object a line on standard input, the answer as JSON on standard output:
``{"do": "make", "folder", "count", "many"}`` or ``{"do": "compare", "workbook", "results"}``.
"""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import sys
import zipfile
from collections.abc import Mapping
from msgspec.structs import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
from openpyxl import Workbook, load_workbook
from planting import SIZES, as_report, make_valid
from speed_words import own_words

from reportgen import read_report
from reportgen.form import Form, load_form
from reportgen.model.numbers import Number
from reportgen.model.report import Report
from reportgen.word import default_template
from reportgen.workbook import blank_workbook

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "liwan-2024.xlsx"
_SEED = 2024
_YEAR = 2024
_TAG = re.compile(r"\{\{ ?([^{}]+?) ?\}\}|\{%p ([^%]+?) %\}")


def make_inputs(folder: Path, count: int) -> list[Path]:
    """Write everything the measured commands read.

    Args:
        folder: emptied first.
        count: how many different workbooks; every second one has its totals as formulas.

    Returns:
        the workbooks.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    example = read_report(EXAMPLE)
    form = example.form
    rng = random.Random(_SEED)
    books = []
    for n in range(count):
        book = folder / f"{n:03}.xlsx"
        book.write_bytes(blank_workbook(form, report=department(example, rng, n), typed_totals=n % 2 == 0))
        books.append(book)
    shutil.copy(EXAMPLE, folder / "example.xlsx")
    (folder / "blank.xlsx").write_bytes(blank_workbook(load_form("2021"), year=_YEAR, org="某某市第0局"))
    layouts = [layout_of(form, path) for path in (EXAMPLE, *books)]
    if any(one != layouts[0] for one in layouts):
        raise SystemExit("the workbooks have not all the same layout; the peers could not read them")
    same_blanks(form, folder / "blank.xlsx", layouts[0])
    (folder / "layout.json").write_text(json.dumps(layouts[0], ensure_ascii=False), encoding="utf-8")
    template = default_template(form)
    shutil.copy(template, folder / "template-docxtpl.docx")
    node_template(template, folder / "template-node.docx")
    return books


def make_many(folder: Path, first: int, count: int) -> list[Path]:
    """Write many workbooks like those of :func:`make_inputs`, each of a body of its own.

    Args:
        folder: does not exist yet.
        first: number of the first body.
        count: how many.
    """
    folder.mkdir()
    example, rng = read_report(EXAMPLE), random.Random(_SEED + 1)
    made = []
    for n in range(first, first + count):
        made.append(folder / f"{n:04}.xlsx")
        book = blank_workbook(example.form, report=department(example, rng, n), typed_totals=n % 2 == 0)
        made[-1].write_bytes(book)
    return made


def department(example: Report, rng: random.Random, n: int) -> Report:
    """Return a valid report of a body of its own: figures and words drawn, those of the texts true."""
    figures = make_valid(example.form, SIZES[n % len(SIZES)], rng)
    drawn = as_report(example.form, figures)
    amount = drawn.values["表二.fee.amount"]
    values = {
        **drawn.values,
        "表二.fee.amount": replace(amount, number=Decimal(rng.randrange(1, 99999) * 10 + 5) / 100),
    }
    passages = own_words(example.passages, figures, _YEAR, rng)
    fields: dict[str, str | Number] = {"org": f"某某市第{n}局", "year": _YEAR, "unit_type": "政府部门"}
    return replace(drawn, values=values, fields=fields, passages=passages)


def layout_of(form: Form, path: Path) -> dict[str, Any]:
    """Return where what stands in a workbook, by the names the template uses."""
    report = read_report(path)
    cells: dict[str, tuple[str, str]] = {}
    for table in form.tables:
        for block in table.blocks:
            for row in block.row_leaves():
                for column in block.column_leaves():
                    origin = report.values[f"{table.id}.{row.id}.{column.id}"].origin
                    assert origin is not None
                    cells[f"{table.id}.{row.short}.{column.short}"] = (origin.sheet, origin.address)
    book = load_workbook(path)
    sheet = report.field_origins["org"].sheet
    labels = {str(row[0].value).removesuffix("*"): row[1].coordinate for row in book[sheet].iter_rows()}
    for field in form.fields:
        cells[field.short] = (sheet, labels[field.label] if field.label in labels else labels[field.short])
    texts = next(p.origin.sheet for p in report.passages if p.origin)
    sections = {s.heading or s.title: s.number or s.title for s in form.text_sections}
    rows = [row[0].row for row in book[texts].iter_rows() if row[0].value in sections]
    head, tail = form.title_of("{}", "{}").split("年", 1)
    return {
        "cells": cells,
        "texts": {
            "sheet": texts, "sections": sections, "first": min(rows), "last": max(rows),
            "columns": {"section": "A", "heading": "B", "text": "C"},
        },
        "title": f"{head}年\n{tail}",
    }  # fmt: skip


# ---------------------------------------------------------------- templates


def node_template(template: Path, out: Path) -> None:
    """Write a template in the syntax of docxtemplater and easy-template-x: ``{name}``, ``{#list}…{/list}``."""
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if re.fullmatch(r"word/(?:document|header\d*|footer\d*)\.xml", entry.filename):
                data = node_tags(data.decode()).encode()
            new.writestr(entry.filename, data)


def node_tags(xml: str) -> str:
    """Convert the tags of one part."""
    opened: list[tuple[str, str]] = []
    """(name of the list or condition, loop variable)"""

    def last_name(expression: str) -> str:
        variable, _, rest = expression.partition(".")
        return rest if rest and any(variable == v for _, v in opened) else expression

    def convert(match: re.Match[str]) -> str:
        printed, statement = match.groups()
        if printed:
            return "{值}" if any(printed == v for _, v in opened) else "{" + last_name(printed) + "}"
        verb, _, rest = statement.partition(" ")
        if verb.startswith("end"):
            return "{/" + opened.pop()[0] + "}"
        variable, _, items = rest.partition(" in ")
        name = last_name(items if verb == "for" else rest)
        opened.append((name, variable if verb == "for" else ""))
        return "{#" + name + "}"

    return _TAG.sub(convert, xml)


# ---------------------------------------------------------------- proof


def same_contents(workbook: Path, results: Mapping[str, Path]) -> int:
    """Compare what the measured commands wrote for one workbook: every table cell, every paragraph.

    Args:
        workbook: the input.
        results: name of the command → document it wrote.

    Returns:
        how many figures of the form were found at their place in every document.

    Raises:
        SystemExit: a document differs from the first, or the first from the workbook.
    """
    report = read_report(workbook)
    expected = [f"{report.values[c.cell].number}" for t in report.form.tables for c in t.layout if c.cell]
    first: tuple[list[str], list[str]] | None = None
    for name, path in results.items():
        found = contents(path)
        first = first or found
        for ours, theirs in zip(first, found, strict=True):
            if ours != theirs:
                odd = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
                raise SystemExit(f"{workbook.name}: {name} says something else: {odd[:3] or (ours, theirs)}")
        numbers = [text for text in found[0] if re.fullmatch(r"\d+(?:\.\d+)?", text)]
        if sorted(numbers) != sorted(expected):
            raise SystemExit(f"{workbook.name}: {name} has not the workbook's figures")
    return len(expected)


def same_blanks(form: Form, kept: Path, layout: Mapping[str, Any]) -> None:
    """Compare blank workbooks of several bodies: made in bulk, written anew, filled in by openpyxl.

    Raises:
        SystemExit: a cell differs.
    """
    for n, year in enumerate((2021, 2024, 2029)):
        names = {"机关名称": f"某某市第{n}局", "年份": year}
        book = load_workbook(kept)
        for name, value in names.items():
            sheet, address = layout["cells"][name]
            book[sheet][address].value = value
        wanted = cells(book)
        for report in (None, Report(form, {})):
            made = blank_workbook(form, org=f"某某市第{n}局", year=year, report=report)
            if cells(load_workbook(io.BytesIO(made))) != wanted:
                raise SystemExit(f"the blank workbook of {names} is not what openpyxl makes")


def cells(book: Workbook) -> dict[tuple[str, str], object]:
    """Return every filled cell of a workbook."""
    return {
        (sheet.title, cell.coordinate): getattr(cell.value, "text", cell.value)
        for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
        if cell.value is not None
    }  # fmt: skip


def contents(path: Path) -> tuple[list[str], list[str]]:
    """Return the texts of all table cells and of all paragraphs that are not empty."""
    document = docx.Document(str(path))
    cells = [c.text.strip() for t in document.tables for row in t.rows for c in unique(row.cells)]
    return cells, [p.text.strip() for p in document.paragraphs if p.text.strip()]


def unique(cells: tuple[docx.table._Cell, ...]) -> list[docx.table._Cell]:
    """Return each cell of a row once, however many columns it spans."""
    return [c for n, c in enumerate(cells) if n == 0 or c._tc is not cells[n - 1]._tc]


def main() -> None:
    for line in sys.stdin:
        job = json.loads(line)
        answer: object
        if job["do"] == "make":
            folder = Path(job["folder"])
            books = make_inputs(folder, job["count"])
            many = make_many(folder / "many", len(books), job["many"])
            answer = [[str(path) for path in paths] for paths in (books, many)]
        else:
            results = {name: Path(path) for name, path in job["results"].items()}
            answer = same_contents(Path(job["workbook"]), results)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
