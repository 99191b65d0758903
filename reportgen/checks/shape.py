"""Rules about the shape of a document: headings, title, edition of the form (FORMAT.md 6.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..form import Section
from ..form.kinds import EditionRule, Headings, Identity
from ..form.likeness import bare
from ..model.findings import CellRef, Finding, finding
from ..model.report import Origin, Report
from .facts import Facts


def headings(rule: Headings, facts: Facts) -> Iterator[Finding]:
    """S-01: the headings of the parts, each once, as prescribed, in order; of documents only."""
    report = facts.report
    if report.kind not in rule.sources:
        return
    prescribed = [section for section in facts.form.sections if section.heading]
    for section in prescribed:
        here = [text for id_, text in report.headings if id_ == section.id]
        yield from (finding(rule, what=what) for what in _heading_faults(section, here))
    yield from (finding(rule, severity=rule.wording or "", what=what) for what in _heading_wordings(report))
    order = [section.id for section in prescribed]
    for (before, first), (after, then) in pairwise(report.headings):
        if order.index(after) < order.index(before):
            yield finding(rule, what=f"标题顺序不对：“{then}”应在“{first}”之前")


def _heading_faults(section: Section, here: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the headings found for a section."""
    if not here:
        yield f"缺少标题“{section.heading}”"
    elif len(here) > 1:
        yield f"标题“{section.heading}”出现了{len(here)}次"


def _heading_wordings(report: Report) -> Iterator[str]:
    """Yield which headings are worded otherwise; those without the right number once for all."""
    other = []
    for id_, text in report.headings:
        section = report.form.section(id_)
        # Blanks in a heading are the layout's, not the wording's.
        if "".join(text.split()) not in (section.heading, *section.also):
            other.append((text, section.heading))
    numbers = [one for one in other if bare(one[0]) == bare(one[1])]
    if len(numbers) > 1:
        text, heading = numbers[0]
        yield f"有{len(numbers)}个标题的序号或标点与规定不同，例如“{text}”应为“{heading}”"
        other = [one for one in other if one not in numbers]
    yield from (f"标题“{text}”应为“{heading}”" for text, heading in other)


def title_wording(rule: Identity, report: Report) -> Iterator[Finding]:
    """S-02: the title of a document is worded as prescribed."""
    if report.kind not in rule.wording_sources or not (report.org and report.year):
        return
    if not report.title:
        yield finding(rule, severity=rule.wording or "", what="正文前没有找到标题")
    elif "".join(report.title.split()) != report.full_title:
        ref = [CellRef(Origin("标题"), report.title)]
        what = f"标题“{report.title}”与规定的写法不同，应为“{report.full_title}”"
        yield finding(rule, ref, severity=rule.wording or "", what=what)


def edition(rule: EditionRule, facts: Facts) -> Iterator[Finding]:
    """S-08: the edition of the form is the one for the year of the data."""
    form, year = facts.form, facts.report.year
    if year is None or form.covers(year):
        return
    years = f"{form.first_year}至{form.final_year}年" if form.final_year else f"{form.first_year}年及以后"
    yield finding(rule, year=str(year), document=form.document, years=years)
