"""HTML through the one Jinja environment: the result page for a reviewer, the report for publication.

Every page is one file that needs nothing else: style and script are in it, and its policy forbids
the browser to fetch anything.  Texts are escaped wherever they come from.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Protocol, TypeAlias

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined

from ..form import SEVERITIES, LayoutCell, Table
from ..model.explanations import Note
from ..model.findings import SEVERITY_LABELS, Finding, worst
from ..model.numbers import Number, format_number, show
from ..model.placeholders import filled
from ..model.report import Report
from ..repairs import Repairs
from .review import Item, Mark, Review, make_review
from .view import make_view, signature_lines

__all__ = ["Judged", "Reviewed", "environment", "report_page", "result_page"]


class Judged(Protocol):
    """A number of the texts with its verdict (``checks.narrative`` makes them)."""

    @property
    def passage(self) -> int: ...
    @property
    def paragraph(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def verdict(self) -> str: ...
    @property
    def expected(self) -> Number | None: ...
    @property
    def rule(self) -> str: ...
    @property
    def says(self) -> str: ...


Reviewed: TypeAlias = "tuple[Report, Sequence[Finding], Repairs | None, Sequence[Judged]]"
"""One report with its findings, its likely corrections and the numbers of its texts."""

_STATUS = {"errors": "有错误", "warnings": "待核实", "ok": "通过"}
_SIGNS = {"error": "≠", "warning": "！", "ask": "？", "info": "·"}
_SUSPECT = "×"
_GOOD = ("matched", "last_year", "percentage_ok")
_BAD = ("contradicts", "percentage_wrong")
_KINDS = {**dict.fromkeys(_GOOD, "good"), **dict.fromkeys(_BAD, "bad")}
_WORDS = {"good": "与表格相符", "bad": "与表格不符", "open": "没有对应的表格数"}
_COLUMN = 46  # px a column of figures needs at least, on a phone too
_LISTED = 6  # alternatives of a correction


def environment() -> Environment:
    """Return the Jinja environment of all pages: everything escaped, nothing undefined."""
    folder = files("reportgen.templates")
    return Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8")),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _policy(script: str = "") -> str:
    """What the browser may do with a page: its own style and exactly this script, no network."""
    rules = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        rules += f"; script-src 'sha256-{digest}'"
    return rules


# --------------------------------------------------------------------------- prescribed tables


class _Cell(msgspec.Struct, frozen=True):
    """A cell of a prescribed table, ready to print."""

    role: str
    text: str
    note: str
    row_span: int
    column_span: int
    scope: str
    value: str = ""
    id: str = ""
    classes: str = ""
    sign: str = ""
    level: str = ""
    should_be: str = ""
    sums: str = ""
    described: str = ""
    tip: str = ""


class _Table(msgspec.Struct, frozen=True):
    caption: str
    widths: tuple[str, ...]
    least: int
    head: tuple[tuple[_Cell, ...], ...]
    body: tuple[tuple[_Cell, ...], ...]


def _scope(cell: LayoutCell) -> str:
    if cell.role == "row":
        return "rowgroup" if cell.row_span > 1 else "row"
    if cell.role in ("column", "title"):
        return "colgroup" if cell.column_span > 1 else "col"
    return ""


def _table(table: Table, caption: str, values: Mapping[str, Mapping[str, str]]) -> _Table:
    """Arrange a table by rows.

    Args:
        values: what a cell of figures shows, by cell id: fields of :class:`_Cell`.
    """
    rows: dict[int, list[_Cell]] = {n: [] for n in range(1, table.height + 1)}
    for cell in sorted(table.layout, key=lambda c: (c.row, c.column)):
        rows[cell.row].append(
            _Cell(
                cell.role, cell.text, cell.note, cell.row_span, cell.column_span, _scope(cell),
                **values.get(cell.cell, {}),
            )
        )  # fmt: skip
    parts = table.widths or (1,) * table.width
    widths = tuple(f"{100 * part / sum(parts):.2f}" for part in parts)
    printed = [tuple(row) for row in rows.values()]
    head = table.header_rows
    least = max(340, (table.width - table.label_columns) * _COLUMN + (230 if table.label_columns else 60))
    return _Table(caption, widths, least, tuple(printed[:head]), tuple(printed[head:]))


# --------------------------------------------------------------------------- result page


def result_page(
    reports: Sequence[Reviewed],
    *,
    unreadable: Sequence[tuple[str, str]] = (),
    title: str = "",
) -> str:
    """Return the page a reviewer reads: a summary, then every report with its findings in place.

    Args:
        reports: each with its findings, repairs and judged numbers; those of clean reports are
            folded when there is more than one.
        unreadable: files that could not be read, with the reason.
        title: of the page; made from the form's title by default.

    Returns:
        the whole file; the same arguments give the same text.
    """
    jinja = environment()
    title = title or (f"{reports[0][0].form.title}审核结果" if reports else "审核结果")
    script = files("reportgen.templates").joinpath("result.js").read_text(encoding="utf-8")
    pages = [
        _ReportPage(n, make_review(report, findings, repairs), judged, alone=len(reports) == 1)
        for n, (report, findings, repairs, judged) in enumerate(reports, 1)
    ]
    return jinja.get_template("result.html").render(
        title=title, policy=_policy(script), script=script,
        reports=pages, summary=_summary(pages, len(unreadable)),
        levels=[{"severity": s, "label": SEVERITY_LABELS[s]} for s in SEVERITIES],
        unreadable=[{"file": _name(path), "message": message} for path, message in unreadable],
    )  # fmt: skip


def _name(path: str) -> str:
    return re.split(r"[\\/]", path)[-1]


def _summary(pages: Sequence[_ReportPage], unreadable: int) -> str:
    parts = [
        f"{word} {n} 份" for status, word in _STATUS.items() if (n := sum(p.status == status for p in pages))
    ]
    if unreadable:
        parts.append(f"读不出 {unreadable} 份")
    return f"共 {len(pages) + unreadable} 份：{'、'.join(parts) or '无'}。"


class _Piece(msgspec.Struct, frozen=True):
    """Part of a paragraph: plain, or a judged number."""

    text: str
    kind: str = ""
    word: str = ""
    tip: str = ""
    should_be: str = ""


class _Sum(msgspec.Struct, frozen=True):
    left: str
    right: str
    verdict: str
    left_cells: str
    right_cells: str


class _Listed(msgspec.Struct, frozen=True):
    """A finding as the page lists it."""

    id: str
    rule: str
    sign: str
    message: str
    advice: str
    place: str
    corrections: tuple[str, ...]
    sum: _Sum | None
    cell: str


class _Group(msgspec.Struct, frozen=True):
    severity: str
    label: str
    findings: tuple[_Listed, ...]


class _Part(msgspec.Struct, frozen=True):
    lines: tuple[str, ...]
    more: int


class _Passage(msgspec.Struct, frozen=True):
    heading: str
    paragraphs: tuple[tuple[_Piece, ...], ...]


class _Section(msgspec.Struct):
    heading: str
    passages: list[_Passage] = []


class _ReportPage:
    """One report as the template prints it."""

    def __init__(self, number: int, review: Review, judged: Sequence[Judged], *, alone: bool) -> None:
        self.review, report = review, review.report
        self.anchor = f"r{number}"
        self.ids = {cell: f"{self.anchor}c{n}" for n, cell in enumerate(report.form.cells, 1)}
        self.org = report.org or _name(report.path) or "机关名称未填"
        self.year = str(report.year or "")
        self.title = report.full_title if report.org else self.org
        self.file = _name(report.path)
        self.form = report.form.document
        self.status = worst(item.finding for item in review.items)
        self.verdict = _STATUS[self.status]
        self.open = alone or self.status != "ok"
        self.counts = [review.count(s) for s in SEVERITIES]
        self.counted = f"结果：{review.counts}"
        self.judged = bool(judged)
        self.groups = tuple(self._groups())
        self.parts = tuple(self._parts())
        self.note = review.repairs.note
        self.tables = tuple(self._tables())
        self.sections = tuple(self._sections(judged))

    # ---- findings

    def _groups(self) -> Iterator[_Group]:
        for severity in SEVERITIES:
            found = tuple(self._listed(i) for i in self.review.items if i.finding.severity == severity)
            if found:
                yield _Group(severity, SEVERITY_LABELS[severity], found)

    def _listed(self, item: Item) -> _Listed:
        finding, cell = item.finding, ""
        if item.equation is not None and item.target is not None:
            cell = self.ids[item.target.id]
        label = f"（{item.label}）" if item.label else ""
        return _Listed(
            self._finding_id(item), finding.rule, _SIGNS[finding.severity], finding.message, finding.advice,
            f"{item.place}{label}" if item.place else "", item.corrections, self._sum(item), cell,
        )  # fmt: skip

    def _finding_id(self, item: Item) -> str:
        return f"{self.anchor}f{item.number}"

    def _sum(self, item: Item) -> _Sum | None:
        if item.equation is None:
            return None
        left, right = self.review.sides(item.equation)
        wanted = "应等于" if item.equation.relation == "equal" else "应不大于"
        apart = "" if item.finding.difference is None else f"，相差 {show(item.finding.difference)}"
        return _Sum(
            left.text, right.text, f"左边 {left.total} {wanted}右边 {right.total}{apart}",
            self._cells(item.equation.left), self._cells(item.equation.right),
        )  # fmt: skip

    def _cells(self, cells: Sequence[str]) -> str:
        return " ".join(self.ids[cell] for cell in cells)

    def _parts(self) -> Iterator[_Part]:
        repairs = self.review.repairs
        groups = repairs.parts or ((repairs.repairs,) if repairs.repairs else ())
        for group in groups:
            lines = tuple(repair.line(self.review.report) for repair in group[:_LISTED])
            yield _Part(lines, max(0, len(group) - _LISTED))

    # ---- tables

    def _tables(self) -> Iterator[_Table]:
        form = self.review.report.form
        marks = {mark.cell: mark for mark in self.review.marks if mark.cell}
        sums: dict[str, list[str]] = {}
        for item in self.review.items:
            for cell in item.equation.cells if item.equation else ():
                sums.setdefault(cell, []).append(self._finding_id(item))
        values = {cell: self._value(cell, marks.get(cell), sums.get(cell, [])) for cell in form.cells}
        for table in form.tables:
            yield _table(table, form.section_of(table).heading, values)

    def _value(self, cell: str, mark: Mark | None, sums: Sequence[str]) -> dict[str, str]:
        value = self.review.report.values[cell]
        empty = {"blank": "空", "missing": "缺"}.get(value.state, value.raw)
        shown = {
            "value": format_number(value.number) if value.number is not None else empty,
            "id": self.ids[cell], "sums": " ".join(sums),
        }  # fmt: skip
        classes = ["in-sum"] if sums else []
        described = list(sums)
        if mark is not None:
            classes += ["suspect" if mark.suspect else mark.severity]
            described += [self._finding_id(item) for item in mark.items]
            messages = [item.finding.message for item in mark.items] + mark.corrections[:1]
            shown |= {
                "sign": _SUSPECT if mark.suspect else _SIGNS[mark.severity], "level": mark.level,
                "should_be": mark.should_be + ("" if mark.certain or not mark.should_be else "？"),
                "tip": "\n".join(messages),
            }  # fmt: skip
        shown |= {"classes": " ".join(classes), "described": " ".join(dict.fromkeys(described))}
        return shown

    # ---- texts

    def _sections(self, judged: Sequence[Judged]) -> Iterator[_Section]:
        report = self.review.report
        sections = {s.id: _Section(s.heading or s.title) for s in report.form.text_sections}
        for index, passage in enumerate(filled(report)):
            paragraphs = tuple(
                _pieces(text, [j for j in judged if (j.passage, j.paragraph) == (index, n)])
                for n, text in enumerate(passage.paragraphs)
            )
            sections[passage.section].passages.append(_Passage(passage.heading, paragraphs))
        yield from (section for section in sections.values() if section.passages)


def _pieces(text: str, judged: Sequence[Judged]) -> tuple[_Piece, ...]:
    """Cut a paragraph at its judged numbers; where two overlap the first stands."""
    pieces, at = [], 0
    for one in sorted(judged, key=lambda j: (j.start, j.end)):
        if one.start < at or one.end > len(text) or one.end <= one.start:
            continue
        pieces.append(_Piece(text[at : one.start]))
        kind = _KINDS.get(one.verdict, "open")
        expected = "" if one.expected is None else show(one.expected)
        tip = "：".join(t for t in (one.rule, one.says or _WORDS[kind]) if t)
        told = one.says or (f"应为 {expected}" if expected else "")
        pieces.append(
            _Piece(text[one.start : one.end], kind, _WORDS[kind], tip, told if kind == "bad" else "")
        )
        at = one.end
    pieces.append(_Piece(text[at:]))
    return tuple(piece for piece in pieces if piece.text)


# --------------------------------------------------------------------------- the report itself


def report_page(
    report: Report, *, draft: bool = False, marks: Collection[str] = (), notes: Sequence[Note] = ()
) -> str:
    """Return the report for publication as one HTML file, in the prescribed layout.

    Args:
        report: a checked report.
        draft: say 草稿 on top.
        marks: ids of the cells to mark, for a draft with wrong figures.
        notes: accepted explanations to print below the tables.

    Returns:
        the whole file; figures are printed as in the Word report (blank as 0).
    """
    form, view = report.form, make_view(report, draft=draft, notes=notes)
    texts = {section.id: section for section in view.sections}
    values = {
        cell: {"value": figure, "classes": "marked" if cell in marks else ""}
        for cell, figure in view.figures.items()
    }
    sections: list[dict[str, Any]] = []
    for section in form.sections:
        text = texts.get(section.id)
        passages = [{"heading": h, "paragraphs": p} for h, p in text.passages] if text else []
        if section.optional and not passages:
            continue
        table = _table(form.table(section.table), section.heading, values) if section.table else None
        below = view.notes.get(section.table, ())
        sections.append(
            {
                "id": section.id,
                "heading": section.heading,
                "table": table,
                "notes": below,
                "passages": passages,
            }
        )
    return environment().get_template("report.html").render(
        title=view.title, policy=_policy(), title_lines=view.title_lines, sections=sections,
        signature=signature_lines(report), draft=view.names["草稿"],
    )  # fmt: skip
