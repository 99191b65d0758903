"""The script many an office has: openpyxl reads the workbook, docxtpl fills the Word template.

    docxtpl-peer build INPUT -o OUT
    docxtpl-peer validate INPUT        # reading only: there is nothing here that could check

It reads the same cells and prints the same words as reportgen, and checks and proves nothing.
Written the usual way: imports at the top, the template loaded for every report.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click
from docxtpl import DocxTemplate
from openpyxl import load_workbook

INPUTS = Path(os.environ["BENCH_INPUTS"])
TEMPLATE = INPUTS / "template-docxtpl.docx"
LAYOUT: dict[str, Any] = json.loads((INPUTS / "layout.json").read_text(encoding="utf-8"))
"""Where what stands in the workbook; a script in use would have it as constants."""


def read(path: str | Path) -> dict[str, Any]:
    """Return what the template prints, read from the workbook."""
    book = load_workbook(path, data_only=True)
    names: dict[str, Any] = {}
    for name, (sheet, address) in LAYOUT["cells"].items():
        place = names
        *steps, last = name.split(".")
        for step in steps:
            place = place.setdefault(step, {})
        value = book[sheet][address].value
        place[last] = "" if value is None else str(value)
    texts, columns = book[LAYOUT["texts"]["sheet"]], LAYOUT["texts"]["columns"]
    for heading, name in LAYOUT["texts"]["sections"].items():
        names[name] = []
        for row in range(LAYOUT["texts"]["first"], LAYOUT["texts"]["last"] + 1):
            text = texts[f"{columns['text']}{row}"].value
            if texts[f"{columns['section']}{row}"].value == heading and text:
                title = texts[f"{columns['heading']}{row}"].value or ""
                names[name].append({"小标题": title, "段落": [p for p in text.split("\n") if p]})
    names["标题行"] = LAYOUT["title"].format(names["机关名称"], names["年份"]).split("\n")
    return names


def build(path: str | Path, out: str | Path) -> None:
    """Write the report of one workbook."""
    template = DocxTemplate(TEMPLATE)
    template.render(read(path), autoescape=True)
    template.save(out)


@click.group()
def cli() -> None:
    """Report from a workbook."""


@cli.command("build")
@click.argument("source")
@click.option("-o", "--out", required=True)
def build_command(source: str, out: str) -> None:
    """Fill the Word template."""
    build(source, out)
    click.echo(f"written: {out}")


@cli.command("validate")
@click.argument("source")
def validate_command(source: str) -> None:
    """Read the workbook."""
    click.echo(f"read: {len(read(source))}")


def main() -> None:
    cli()
