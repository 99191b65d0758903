"""The result page: what a reviewer reads of one or many reports, as one HTML file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ..checks.texts import JudgedNumber
from ..disk.names import name_of, shown_name
from ..errors import escaped, unexpected
from ..form import SEVERITIES
from ..model.findings import SEVERITY_LABELS, worst
from ..model.numbers import format_number, show
from ..model.placeholders import filled
from .page import PageTable, environment, page_table, policy, template_file
from .review import CheckedReport, Mark, Review, ReviewedFinding, make_review

_STATUS = {"errors": "有错误", "warnings": "待核实", "ok": "通过"}
_UNREADABLE, _FAILED = "读不出", "没能列出"
_SIGNS = {"error": "≠", "warning": "！", "ask": "？", "info": "·"}
_SUSPECT = "×"
_GOOD = ("matched", "last_year", "percentage_ok")
_BAD = ("contradicts", "percentage_wrong")
_KINDS = {**dict.fromkeys(_GOOD, "good"), **dict.fromkeys(_BAD, "bad")}
_WORDS = {"good": "与表格相符", "bad": "与表格不符", "open": "没有对应的表格数"}


class ResultPage(msgspec.Struct, frozen=True):
    """The page a reviewer reads."""

    text: str
    """The whole file; the same arguments give the same text."""
    failed: tuple[tuple[str, str], ...] = ()
    """Files that were read and checked, but could not be shown, with the reason."""


def make_result_page(
    reports: Sequence[CheckedReport], *, unreadable: Sequence[tuple[str, str]] = (), title: str = "", home: str = ""
) -> ResultPage:
    """Return the page a reviewer reads: a summary, then every report with its findings in place.

    A fault in one report's part of the page leaves the parts of the others whole.

    Args:
        reports: those of clean reports are folded when there is more than one.
        unreadable: files that could not be read, with the reason.
        title: of the page; made from the form's title by default.
        home: the page of all reports that this is one of.
    """
    title = title or (f"{reports[0].report.form.title}审核结果" if reports else "审核结果")
    script = template_file("result.js")
    pages, parts, failed = _parts(reports)
    text = environment().get_template("result.html").render(
        title=title, home=home, policy=policy(script), script=script, reports=pages, parts=parts,
        summary=_summary(pages, len(unreadable), len(failed)),
        levels=[{"severity": s, "label": SEVERITY_LABELS[s]} for s in SEVERITIES],
        left_out=[*_left_out(unreadable, "读不出来", _UNREADABLE), *_left_out(failed, "没能列出来", _FAILED)],
    )  # fmt: skip
    return ResultPage(escaped(text, lines=True), tuple(failed))


def _parts(reports: Sequence[CheckedReport]) -> tuple[list[_ReportPage], list[str], list[tuple[str, str]]]:
    """Return the reports that can be shown, their parts of the page, and the files that cannot, with the reason."""
    template = environment().get_template("result-report.html")
    pages, parts, failed = [], [], []
    for number, one in enumerate(reports, 1):
        try:
            page = _ReportPage(number, one, alone=len(reports) == 1)
            part = template.render(one=page)
        except Exception as error:
            path = one.report.path
            failed.append((path, unexpected(error, shown_name(path) if path else "")))
        else:
            pages.append(page)
            parts.append(part)
    return pages, parts, failed


def _left_out(files: Sequence[tuple[str, str]], why: str, badge: str) -> list[dict[str, str]]:
    return [{"file": name_of(path), "message": message, "why": why, "badge": badge} for path, message in files]


def _summary(pages: Sequence[_ReportPage], unreadable: int, failed: int) -> str:
    counts = {word: sum(p.status == status for p in pages) for status, word in _STATUS.items()}
    counts |= {_UNREADABLE: unreadable, _FAILED: failed}
    parts = [f"{word} {n} 份" for word, n in counts.items() if n]
    return f"共 {sum(counts.values())} 份：{'、'.join(parts) or '无'}。"


class _Sum(msgspec.Struct, frozen=True):
    """A broken sum: both sides in words, and the anchors of their cells."""

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
    """Anchor of the cell to show in its table, ``""`` for a finding without a sum."""


class _Group(msgspec.Struct, frozen=True):
    """The findings of one severity."""

    severity: str
    label: str
    findings: tuple[_Listed, ...]


class _Alternatives(msgspec.Struct, frozen=True):
    """The likely corrections of one place."""

    lines: tuple[str, ...]
    more: int


class _Piece(msgspec.Struct, frozen=True):
    """Part of a paragraph: plain, or a judged number."""

    text: str
    kind: str = ""
    """``good``, ``bad``, ``open``; ``""`` if plain."""
    word: str = ""
    tip: str = ""
    should_be: str = ""


class _PagePassage(msgspec.Struct, frozen=True):
    heading: str
    paragraphs: tuple[tuple[_Piece, ...], ...]


class _TextSection(msgspec.Struct):
    heading: str
    passages: list[_PagePassage] = []


class _ReportPage:
    """One report as the template prints it."""

    def __init__(self, number: int, checked: CheckedReport, *, alone: bool) -> None:
        report = checked.report
        self.review: Review = make_review(report, checked.findings, checked.repairs)
        self.anchor = f"r{number}"
        self.ids = {cell: f"{self.anchor}c{n}" for n, cell in enumerate(report.form.cells, 1)}
        self.file = name_of(report.path)
        self.org = report.org or self.file or "机关名称未填"
        self.year = str(report.year or "")
        self.title = report.full_title if report.org else self.org
        self.form = report.form.document
        self.status = worst(checked.findings)
        self.verdict = _STATUS[self.status]
        self.open = alone or self.status != "ok"
        self.counts = [sum(one.severity == level for one in checked.findings) for level in SEVERITIES]
        self.counted = f"结果：{self.review.counts}"
        self.groups = tuple(self._groups())
        self.parts = tuple(self._parts())
        self.note = self.review.repairs.note
        self.tables = tuple(self._tables())
        self.judged = bool(checked.numbers)
        self.sections = tuple(self._sections(checked.numbers))
        texts = {passage.origin for passage in report.passages if passage.origin}
        told = [one for one in checked.findings if one.severity != "info"]
        self.texts_open = not told or any(ref.origin in texts for one in told for ref in one.cells)

    def _groups(self) -> Iterator[_Group]:
        for severity in SEVERITIES:
            found = tuple(self._listed(i) for i in self.review.items if i.finding.severity == severity)
            if found:
                yield _Group(severity, SEVERITY_LABELS[severity], found)

    def _listed(self, item: ReviewedFinding) -> _Listed:
        finding, cell = item.finding, ""
        if item.equation is not None and item.target is not None:
            cell = self.ids[item.target.id]
        label = f"（{item.label}）" if item.label else ""
        return _Listed(
            self._finding_id(item), finding.rule, _SIGNS[finding.severity], finding.message, finding.what_to_do,
            f"{item.place}{label}" if item.place else "", item.corrections, self._sum(item), cell,
        )  # fmt: skip

    def _finding_id(self, item: ReviewedFinding) -> str:
        return f"{self.anchor}f{item.number}"

    def _sum(self, item: ReviewedFinding) -> _Sum | None:
        equation, difference = item.equation, item.finding.difference
        if equation is None:
            return None
        left, right = self.review.sides(equation)
        wanted = "应等于" if equation.relation == "equal" else "应不大于"
        apart = "" if difference is None else f"，相差 {show(difference)}"
        return _Sum(
            left.text, right.text, f"左边 {left.total} {wanted}右边 {right.total}{apart}",
            self._anchors(equation.left), self._anchors(equation.right),
        )  # fmt: skip

    def _anchors(self, cells: Sequence[str]) -> str:
        return " ".join(self.ids[cell] for cell in cells)

    def _parts(self) -> Iterator[_Alternatives]:
        for place in self.review.repairs.shown:
            lines = tuple(f"{way}{slip.line(self.review.report)}" for way, slip in place.slips)
            yield _Alternatives(lines, place.more)

    def _tables(self) -> Iterator[PageTable]:
        form = self.review.report.form
        marks = {mark.cell: mark for mark in self.review.marks if mark.cell}
        sums: dict[str, list[str]] = {}
        for item in self.review.items:
            for cell in item.equation.cells if item.equation else ():
                sums.setdefault(cell, []).append(self._finding_id(item))
        values = {cell: self._figure(cell, marks.get(cell), sums.get(cell, [])) for cell in form.cells}
        for table in form.tables:
            yield page_table(table, form.section_of(table).heading, values)

    def _figure(self, cell: str, mark: Mark | None, sums: Sequence[str]) -> dict[str, str]:
        """Return what a cell of figures shows: fields of :class:`~.page.PageCell`."""
        value = self.review.report.values[cell]
        empty = {"blank": "空", "missing": "缺"}.get(value.state, value.raw)
        shown = empty if value.number is None else format_number(value.number)
        classes = ["in-sum"] if sums else []
        described = dict.fromkeys(sums)
        told = {}
        if mark is not None:
            classes.append("suspect" if mark.suspect else mark.severity)
            described |= dict.fromkeys(map(self._finding_id, mark.items))
            told = _told(mark)
        return {
            "value": shown, "id": self.ids[cell], "classes": " ".join(classes),
            "sums": " ".join(sums), "described": " ".join(described),
        } | told  # fmt: skip

    def _sections(self, numbers: Sequence[JudgedNumber]) -> Iterator[_TextSection]:
        report = self.review.report
        sections = {s.id: _TextSection(s.heading or s.title) for s in report.form.sections}
        for index, passage in enumerate(filled(report)):
            paragraphs = tuple(
                _pieces(text, [j for j in numbers if (j.passage, j.paragraph) == (index, n)])
                for n, text in enumerate(passage.paragraphs)
            )
            sections[passage.section].passages.append(_PagePassage(passage.heading, paragraphs))
        yield from (section for section in sections.values() if section.passages)


def _told(mark: Mark) -> dict[str, str]:
    """Return what a mark adds to its cell: sign, severity, what it should hold, messages."""
    messages = [item.finding.message for item in mark.items] + mark.corrections[:1]
    return {
        "sign": _SUSPECT if mark.suspect else _SIGNS[mark.severity], "level": mark.level,
        "should_be": mark.should_be + ("" if mark.certain or not mark.should_be else "？"),
        "tip": "\n".join(messages),
    }  # fmt: skip


def _pieces(text: str, numbers: Sequence[JudgedNumber]) -> tuple[_Piece, ...]:
    """Cut a paragraph at its judged numbers; where two overlap the first stands."""
    pieces, at = [], 0
    for one in sorted(numbers, key=lambda j: (j.start, j.end)):
        if at <= one.start < one.end <= len(text):
            pieces += [_Piece(text[at : one.start]), _judged_piece(text, one)]
            at = one.end
    pieces.append(_Piece(text[at:]))
    return tuple(piece for piece in pieces if piece.text)


def _judged_piece(text: str, one: JudgedNumber) -> _Piece:
    kind = _KINDS.get(one.verdict, "open")
    tip = "：".join(t for t in (one.rule, one.says or _WORDS[kind]) if t)
    told = ""
    if kind == "bad":
        told = one.says or ("" if one.expected is None else f"应为 {show(one.expected)}")
    return _Piece(text[one.start : one.end], kind, _WORDS[kind], tip, told)
