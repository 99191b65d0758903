"""Loading one edition of the form from ``forms/<edition>.toml`` and proving it consistent.

A file that contradicts itself is its author's error: :class:`~reportgen.errors.FormError` names
every fault at once, with its place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import FormError
from .layout import lay_out, paths, walk
from .model import (
    AXES,
    LONGEST_LABEL,
    SEVERITIES,
    Block,
    Cell,
    Equation,
    Field,
    Form,
    LayoutCell,
    Node,
    Rule,
    Section,
    Sheets,
    Subheading,
    Table,
)  # fmt: skip
from .phrases import load_narrative
from .relations import relations
from .source import FormSource

__all__ = ["FormReader"]


_NODE_KEYS = {"id", "label", "note", "short", "variants", "hint", "law", "total", "kind",
              "decimals", "unit", "span", "parent"}  # fmt: skip
_RULE_KEYS = {"id", "title", "kind", "severity", "source", "message", "advice", "strict", "explainable"}
_OPTIONAL_KEYS = {"strict", "explainable"}


class FormReader:
    """Builds a Form and collects the author's faults."""

    def __init__(self, path: Path) -> None:
        """Arguments and errors as of :class:`.source.FormSource`."""
        self.path = path
        self.faults: list[str] = []
        self.source = FormSource(path, self.fault)

    def fault(self, place: str, what: str) -> None:
        self.faults.append(f"{place}：{what}")

    def form(self) -> Form:
        data, rules = self.source.data, self.source.rules
        required = ("id", "title", "document", "first_year", "report_title", "sections", "fields", "tables",
                    "sheets")  # fmt: skip
        missing = [key for key in required if key not in data]
        if missing:
            raise FormError(f"格式文件 {self.path.name} 缺少：{'、'.join(missing)}")
        tables = tuple(self.table(t, n) for n, t in enumerate(data["tables"], 1))
        sections = tuple(self.section(s) for s in data["sections"])
        fields = tuple(self.field(f) for f in data["fields"])
        cells, quantities = self.cells(tables, fields)
        self.unique("sections", [s.id for s in sections])
        self.unique("fields", [f.id for f in fields])
        self.unique("tables", [t.id for t in tables])
        self.unique("rules", [str(r.get("id")) for r in rules])
        for section in sections:
            if section.table and section.table not in {t.id for t in tables}:
                self.fault(f"sections.{section.id}", f"没有表“{section.table}”")
        for table in tables:
            if sum(s.table == table.id for s in sections) != 1:
                self.fault(f"tables.{table.id}", "应当正好属于一个部分（sections.table）")
        last = data.get("last_year", {})
        for cell in last.get("cells", []):
            if cell not in cells:
                self.fault("last_year.cells", f"没有单元格“{cell}”")
            else:
                self.labels("last_year.cells", [cells[cell].label])
        for name in last.get("sections", []):
            if name not in {s.id for s in sections}:
                self.fault("last_year.sections", f"没有部分“{name}”")
        made_rules = {r.id: r for r in (self.rule(r) for r in rules)}
        equations = tuple(
            e for r in made_rules.values() if r.kind in ("equal", "at_most")
            for e in self.equations(r, tables, cells)
        )  # fmt: skip
        links = tuple(
            link for r in made_rules.values() if r.kind == "relation"
            for link in relations(r, _expander(tables, cells), {f.id for f in fields}, partial(self.fault, f"rules.{r.id}"))
        )  # fmt: skip
        sheets = self.sheets(data["sheets"])
        numbers = {f.short for f in fields if f.kind in ("count", "amount")}
        narrative = load_narrative(
            data.get("narrative", {}),
            quantities.keys() | numbers,
            made_rules.keys(),
            self.fault,
        )
        try:
            data["report_title"].format(org="", year="")
        except (KeyError, IndexError, ValueError) as error:
            self.fault("report_title", f"只能用 {{org}} 和 {{year}}（{error}）")
        if self.faults:
            lines = "\n".join(f"  {fault}" for fault in self.faults)
            raise FormError(f"格式文件 {self.path.name} 有 {len(self.faults)} 处错误：\n{lines}")
        return Form(
            id=data["id"], title=data["title"], document=data["document"],
            issued_by=data.get("issued_by", ""), first_year=data["first_year"],
            final_year=data.get("final_year", 0),
            report_title=data["report_title"], sections=sections, fields=fields, tables=tables,
            rules=made_rules, cells=cells, quantities=quantities, equations=equations,
            relations=links, sheets=sheets,
            last_year_tables={k: tuple(v) for k, v in last.get("other_editions", {}).items()},
            title_patterns=tuple(_title_pattern(t) for t in (data["report_title"], *data.get("title_variants", ()))),
            last_year_cells=tuple(last.get("cells", ())),
            last_year_sections=tuple(last.get("sections", ())),
            unverified=tuple(data.get("unverified", ())), narrative=narrative,
        )  # fmt: skip

    def sheets(self, data: dict[str, Any]) -> Sheets:
        known = set(Sheets.__struct_fields__)
        self.known("sheets", data, known, known)
        values: dict[str, Any] = {k: data.get(k, "") for k in known}
        return Sheets(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})  # type: ignore[arg-type]

    def unique(self, place: str, ids: Iterable[str]) -> None:
        seen: set[str] = set()
        for one in ids:
            if one in seen:
                self.fault(place, f"id“{one}”重复")
            seen.add(one)

    def labels(self, place: str, texts: Iterable[str]) -> None:
        """Refuse labels that would not be recognised as such where they are read."""
        for text in texts:
            if len(text) > LONGEST_LABEL:
                self.fault(place, f"“{text[:20]}…”超过{LONGEST_LABEL}个字，读的时候认不出")

    # ---- parts

    def section(self, data: dict[str, Any]) -> Section:
        data = dict(data)
        place = f"sections.{data.get('id', '?')}"
        self.known(place, data, set(Section.__struct_fields__), {"id"})
        zero = data.pop("standard_when_zero", None)
        subs = tuple(Subheading(**s) for s in data.pop("subheadings", ()))
        self.unique(place, [s.id for s in subs])
        if not data.get("heading") and not data.get("optional"):
            self.fault(place, "缺少 heading")
        variants, also = tuple(data.pop("variants", ())), tuple(data.pop("also", ()))
        self.labels(place, [data.get("heading", ""), *variants, *also])
        known = {k: v for k, v in data.items() if k in Section.__struct_fields__}
        return Section(
            **{"id": "?", **known}, variants=variants, also=also, subheadings=subs,
            standard_when_zero=(zero["name"], zero["text"]) if zero else None,
        )  # fmt: skip

    def field(self, data: dict[str, Any]) -> Field:
        place = f"fields.{data.get('id', '?')}"
        self.known(place, data, set(Field.__struct_fields__), {"id", "label", "kind"})
        if data.get("kind") not in ("text", "year", "choice", "count", "amount", "date"):
            self.fault(place, f"不认得 kind“{data.get('kind')}”")
        label = data.get("label", "?")
        self.labels(place, [label, *data.get("variants", ())])
        return Field(
            id=data.get("id", "?"), label=label, short=data.get("short", label),
            kind=data.get("kind", "text"), variants=tuple(data.get("variants", ())),
            required=data.get("required", False), choices=tuple(data.get("choices", ())),
            hint=data.get("hint", ""), default=data.get("default"),
        )  # fmt: skip

    def known(self, place: str, data: dict[str, Any], allowed: set[str], needed: set[str]) -> None:
        for key in data:
            if key not in allowed:
                self.fault(place, f"不认得的键“{key}”")
        for key in sorted(needed - set(data)):
            self.fault(place, f"缺少“{key}”")

    def tree(self, place: str, items: list[dict[str, Any]]) -> tuple[Node, ...]:
        """Turn the flat list with ``parent`` keys into a tree, children in file order."""
        children: dict[str, list[dict[str, Any]]] = {}
        ids = {item.get("id") for item in items}
        self.unique(place, [str(item.get("id")) for item in items])
        for item in items:
            here = f"{place}.{item.get('id', '?')}"
            self.known(here, item, _NODE_KEYS, {"id", "label"})
            self.labels(here, item.get("variants", ()))
            parent = item.get("parent", "")
            if parent and parent not in ids:
                self.fault(here, f"没有上级“{parent}”")
            children.setdefault(parent, []).append(item)

        def build(item: dict[str, Any], above: tuple[str, ...]) -> Node:
            own = str(item.get("id", "?"))
            if own in above:
                self.fault(f"{place}.{own}", "上下级成环")
                return Node(own, own)
            label = str(item.get("label", "?"))
            values = {
                k: v
                for k, v in item.items()
                if k in _NODE_KEYS - {"parent", "id", "label", "variants", "short"}
            }
            return Node(
                own, label, short=item.get("short", label), variants=tuple(item.get("variants", ())),
                children=tuple(build(c, (*above, own)) for c in children.get(own, ())), **values,
            )  # fmt: skip

        made = tuple(build(item, ()) for item in children.get("", ()))
        reached = {n.id for top in made for n in walk(top)}
        for lost in [i for i in ids if i and i not in reached]:
            self.fault(f"{place}.{lost}", "上下级成环，或上级不存在")
        return made

    def table(self, data: dict[str, Any], number: int) -> Table:
        table_id = str(data.get("id", f"第{number}个表"))
        place = f"tables.{table_id}"
        self.known(place, data, {"id", "width", "label_columns", "default_column", "widths", "blocks"},
                   {"id", "width", "label_columns", "blocks"})  # fmt: skip
        width, labels = int(data.get("width", 1)), int(data.get("label_columns", 0))
        widths = tuple(int(w) for w in data.get("widths", ()))
        if widths and (len(widths) != width or min(widths) < 1):
            self.fault(place, f"widths 应有{width}个正整数，每列一个")
        layout: list[LayoutCell] = []
        blocks: list[Block] = []
        top = 1
        for n, raw in enumerate(data.get("blocks", ()), 1):
            here = f"{place}.blocks[{n}]"
            self.known(here, raw, {"title", "corner", "corner_is_note", "columns", "rows", "wide"},
                       {"columns", "rows"})  # fmt: skip
            block = Block(
                columns=self.tree(f"{here}.columns", raw.get("columns", [])),
                rows=self.tree(f"{here}.rows", raw.get("rows", [])),
                title=raw.get("title", ""), corner=raw.get("corner", ""),
                corner_is_note=raw.get("corner_is_note", False), wide=raw.get("wide", False),
                first_row=top,
            )  # fmt: skip
            cells, header_rows, height = lay_out(table_id, block, width, labels)
            blocks.append(
                Block(block.columns, block.rows, block.title, block.corner, block.corner_is_note,
                      block.wide, top, header_rows)
            )  # fmt: skip
            layout += cells
            self.covers(here, cells, top, height, width)
            self.labels(here, [cell.text for cell in cells])
            top += height
        layout.sort(key=lambda cell: (cell.row, cell.column))
        return Table(table_id, width, top - 1, labels, tuple(blocks), tuple(layout),
                     data.get("default_column", ""), widths)  # fmt: skip

    def covers(self, place: str, cells: list[LayoutCell], top: int, height: int, width: int) -> None:
        """The merged cells must tile the block's rectangle: no hole, no overlap, nothing outside."""
        seen: set[tuple[int, int]] = set()
        wanted = {(r, c) for r in range(top, top + height) for c in range(1, width + 1)}
        for cell in cells:
            for r in range(cell.row, cell.row + cell.row_span):
                for c in range(cell.column, cell.column + cell.column_span):
                    if (r, c) in seen:
                        self.fault(place, f"第{r}行第{c}列被两个格占用（{cell.text or cell.cell}）")
                    seen.add((r, c))
        if seen != wanted:
            r, c = min(seen ^ wanted)
            self.fault(place, f"行列跨度合计与表宽 {width} 列不符，从第{r}行第{c}列起")

    def cells(
        self, tables: tuple[Table, ...], fields: tuple[Field, ...]
    ) -> tuple[dict[str, Cell], dict[str, tuple[str, ...]]]:
        cells: dict[str, Cell] = {}
        quantities: dict[str, tuple[str, ...]] = {}
        taken = {f.short for f in fields}

        def name(place: str, key: str, ids: tuple[str, ...]) -> None:
            if key in quantities or key in taken:
                self.fault(place, f"占位符名称“{key}”重复，请用 short 区分")
            quantities[key] = ids

        for table in tables:
            for block in table.blocks:
                columns = block.column_leaves()
                for path in paths(block.rows):
                    row = path[-1]
                    leaves = [leaf for leaf in row.leaves() if row is leaf or not leaf.total]
                    for column in columns:
                        ids = tuple(f"{table.id}.{leaf.id}.{column.id}" for leaf in leaves)
                        place = f"tables.{table.id}.{row.id}.{column.id}"
                        name(place, f"{row.short}.{column.short}", ids)
                        if column.id == table.default_column or len(columns) == 1:
                            name(place, row.short, ids)
                        if row.children:
                            continue
                        row_label = "／".join(n.label for n in path)
                        cells[ids[0]] = Cell(
                            id=ids[0], table=table.id, row=row.id, column=column.id,
                            label=f"{row_label}／{column.label}",
                            row_label=row_label, column_label=column.label,
                            name=f"{row.short}.{column.short}", kind=column.kind,
                            decimals=column.decimals, unit=column.unit,
                            total=row.total or column.total, hint=row.hint or column.hint,
                        )  # fmt: skip
        return cells, quantities

    def rule(self, data: dict[str, Any]) -> Rule:
        place = f"rules.{data.get('id', '?')}"
        for key in sorted(_RULE_KEYS - _OPTIONAL_KEYS - set(data)):
            self.fault(place, f"缺少“{key}”")
        for key in ("severity", "strict"):
            if data.get(key, "error") not in SEVERITIES:
                self.fault(place, f"{key}“{data[key]}”应是 {'、'.join(SEVERITIES)} 之一")
        known: dict[str, Any] = {k: v for k, v in data.items() if k in _RULE_KEYS}
        known = {**dict.fromkeys(_RULE_KEYS - _OPTIONAL_KEYS, "?"), **known}
        return Rule(**known, options={k: v for k, v in data.items() if k not in _RULE_KEYS})

    def equations(
        self, rule: Rule, tables: tuple[Table, ...], cells: Mapping[str, Cell]
    ) -> Iterator[Equation]:
        """Spell out an arithmetic rule for every column (or row) it ranges over."""
        place = f"rules.{rule.id}"
        table = next((t for t in tables if t.id == rule.options.get("table")), None)
        along = rule.options.get("along")
        if table is None or along not in AXES:
            self.fault(place, "table 应是本格式的表，along 应是 rows 或 columns")
            return
        for block in table.blocks:
            terms, others = block.rows, block.column_leaves()
            if along == "columns":
                terms, others = block.columns, block.row_leaves()
            sides = [self.terms(place, terms, rule.options.get(side, [])) for side in ("left", "right")]
            only = rule.options.get("each")
            for other in others:
                if only and other.id not in only:
                    continue
                pattern = (
                    f"{table.id}.{{0}}.{other.id}" if along == "rows" else f"{table.id}.{other.id}.{{0}}"
                )
                ids = [tuple(pattern.format(term) for term in side) for side in sides]
                if all(i in cells for side in ids for i in side):
                    label = next(
                        c.column_label if along == "rows" else c.row_label
                        for c in cells.values() if c.table == table.id
                        and (c.column if along == "rows" else c.row) == other.id
                    )  # fmt: skip
                    yield Equation(rule.id, ids[0], ids[1], rule.kind, f"“{label}”")

    def terms(self, place: str, nodes: tuple[Node, ...], names: Any) -> list[str]:
        """Expand terms: a leaf's id, a group's id (its items without totals) or ``@parts``."""
        every = {n.id: n for top in nodes for n in walk(top)}
        found: list[str] = []
        for name in names:
            if name == "@parts":
                found += [leaf.id for top in nodes for leaf in top.leaves() if not leaf.total]
            elif name not in every:
                self.fault(place, f"没有行或列“{name}”")
            elif every[name].children:
                found += [leaf.id for leaf in every[name].leaves() if not leaf.total]
            else:
                found.append(name)
        if not names:
            self.fault(place, "left 和 right 都不能为空")
        return found


def _expander(tables: tuple[Table, ...], cells: Mapping[str, Cell]) -> Callable[[str], tuple[str, ...]]:
    """Return what resolves ``表三.denied.total``: a cell, or a group of rows at one column."""

    def expand(name: str) -> tuple[str, ...]:
        if name in cells:
            return (name,)
        table_id, row, column = name.split(".")
        rows = {
            n.id: n for t in tables if t.id == table_id for b in t.blocks for top in b.rows for n in walk(top)
        }
        ids = tuple(f"{table_id}.{leaf.id}.{column}" for leaf in rows[row].leaves() if not leaf.total)
        for cell in ids:
            cells[cell]
        return ids

    return expand


def _title_pattern(template: str) -> re.Pattern[str]:
    """Turn ``{org}{year}年…`` into a pattern with the groups org and year."""
    pattern = (
        re.escape(template).replace(r"\{org\}", "(?P<org>.{1,60}?)").replace(r"\{year\}", r"(?P<year>\d{4})")
    )
    return re.compile(pattern)
