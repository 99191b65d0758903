"""Many filings → one report, and what is to be said of the set: the verb of this room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from ..checks import check
from ..disk.names import name_of, shown_name
from ..errors import InputError
from ..form import Form, RollupGroup
from ..form.kinds import Landing, Summed
from ..form.likeness import key
from ..model.explanations import settle
from ..model.findings import CellRef, Finding, finding, sort_findings
from ..model.last_year import with_last_year
from ..model.numbers import Number, show
from ..model.report import Report, Value
from .blame import Body, Compared, Difference, compare
from .collect import COUNTED, Collected, Collection
from .filing import Figures, Filing, add, subtract
from .previous import Previous

_NAMED = 4
"""Cells that a message names."""


class GroupTotal(msgspec.Struct, frozen=True):
    """The subtotal of a group."""

    group: RollupGroup
    bodies: tuple[Collected, ...]
    figures: Figures


class Change(msgspec.Struct, frozen=True):
    """What is otherwise than in the last roll-up."""

    body: str
    what: str
    """``added``, ``removed``, ``replaced`` (another file), ``figure``, or ``unknown``: nobody knows its figures of then."""
    cell: str = ""
    """Of a figure: its cell, or field of 基本信息."""
    old: Number = 0
    new: Number = 0
    file: str = ""
    """Path of the body's file now."""


class Rollup(msgspec.Struct, frozen=True):
    """The sum, and where everything in it is from."""

    report: Report
    """The body's own report: figures summed up, texts and explanations those of the last roll-up."""
    collection: Collection
    own: Figures
    """本级: the groups that the form says are the body's own."""
    region: Figures
    """行政区域: everybody."""
    groups: tuple[GroupTotal, ...]
    findings: tuple[Finding, ...]
    """Of the set of reports, errors first."""
    checked: tuple[Finding, ...]
    """What the ordinary checks say of the figures; the texts, still to be written, are judged with the workbook."""
    changes: tuple[Change, ...] = ()
    compared: Compared | None = None
    has_previous: bool = False
    own_only: bool = False
    """The report has the figures of 本级, not those of 行政区域."""

    @property
    def inside(self) -> tuple[Collected, ...]:
        """The bodies whose figures are in the report, as they stand in the groups."""
        return _inside(self.groups, self.own_only)

    @property
    def drafts(self) -> tuple[str, ...]:
        """Bodies whose reports are added although they have errors."""
        return tuple(one.body for one in self.collection.bodies if one.state == "draft")


def roll_up(
    collection: Collection, form: Form, *, org: str, own_only: bool = False, filed: Report | None = None,
    previous: Report | None = None, before: Previous | None = None, last_year: Sequence[Filing] = (),
    last: Report | None = None,
) -> Rollup:  # fmt: skip
    """Add up what came in.

    Args:
        collection: as :func:`~.collect.collect` gives it.
        form: the edition.
        org: the body that the sum is for.
        own_only: the report has the figures of 本级 alone.
        filed: its report as filed, to compare with the sum.
        previous: its merged workbook of the last time: texts, entries and explanations are taken over.
        before: who was in that.
        last_year: the bodies' reports of the year before.
        last: the body's own report of the year before.

    Raises:
        InputError: there is nothing to add.
    """
    groups = tuple(_groups(collection, form))
    inside = _inside(groups, own_only)
    if not inside:
        raise InputError(_nothing(collection, own_only=bool(groups)))
    region, own = (add(one.figures for one in groups if one.group.own or not only) for only in (False, True))
    total = own if own_only else region
    report = _report(form, org, collection.year, total, previous, filed)
    report = with_last_year(report, last) if last is not None else report
    compared = (
        compare(filed, total, _Suspects(collection, groups, inside, before, last_year)) if filed is not None else None
    )
    return Rollup(
        report, collection, own, region, groups,
        _findings(report, collection, last_year, filed, compared),
        tuple(check(msgspec.structs.replace(report, passages=()))),
        tuple(_changes(before, inside)) if before is not None else (), compared, before is not None, own_only,
    )  # fmt: skip


def _groups(collection: Collection, form: Form) -> Iterator[GroupTotal]:
    for group in form.rollup.known_groups:
        bodies = collection.of_group(group)
        if bodies:
            yield GroupTotal(group, bodies, add(_figures(bodies)))


def _inside(groups: Iterable[GroupTotal], own_only: bool) -> tuple[Collected, ...]:
    return tuple(one for total in groups if total.group.own or not own_only for one in total.bodies)


def _figures(bodies: Iterable[Collected]) -> Iterator[Figures]:
    return (one.filing.figures for one in bodies if one.filing)


def _nothing(collection: Collection, *, own_only: bool) -> str:
    if own_only:
        return "没有一份本级机关或部门的报告可以汇总，没有生成汇总表。分组写在单位名册里；要全部单位的合计，请不要用 --own。"
    why = [f"{one.body}：{one.reason}" for one in collection.bodies if one.reason]
    why += [f"{shown_name(one.filing.path)}：{one.reason}" for one in collection.strays]
    told = "；".join(why[:5]) + (f"；等{len(why)}项" if len(why) > 5 else "")
    return f"没有一份可以汇总的报告，没有生成汇总表。{told}"


def _report(form: Form, org: str, year: int, total: Figures, previous: Report | None, filed: Report | None) -> Report:
    """Return the sum as a report; what the lead office had entered the last time, or has filed, is kept."""
    sums = {field.id: total.get(field.id, 0) for field in form.fields if field.kind in ("count", "amount")}
    entered = {**(filed.fields if filed else {}), **(previous.fields if previous else {})}
    fields = {**entered, **sums, "org": org, "year": year}
    summary = next((field for field in form.fields if field.id == "summary"), None)
    if summary is not None:
        fields["summary"] = summary.choices[0]
    values = {cell: Value("number", total.get(cell, 0)) for cell in form.cells}
    report = Report(form, values, fields)
    if previous is None:
        return report
    return msgspec.structs.replace(
        report, passages=previous.passages, explanations=previous.explanations,
        last_year=previous.last_year, last_year_texts=previous.last_year_texts,
    )  # fmt: skip


def _answers(report: Report, *, of_sum: bool) -> Report:
    """Return the report with the explanations that are about the sum."""
    rules = report.form.rules
    about = tuple(one for one in report.explanations if one.rule in rules and rules[one.rule].of_sum == of_sum)
    return msgspec.structs.replace(report, explanations=about)


# --------------------------------------------------------------------------- what is to be said of the set


def _findings(
    report: Report, collection: Collection, last_year: Sequence[Filing], filed: Report | None, compared: Compared | None
) -> tuple[Finding, ...]:
    """Return what is to be said of the set, with what the last workbook explains."""
    form = report.form
    found = [*_of_bodies(form, collection), *_of_files(form, collection), *_landing(form, collection, last_year)]
    if compared is not None and filed is not None:
        found += _of_comparison(form, filed, compared)
    return tuple(sort_findings(settle(_answers(report, of_sum=True), found), form))


def _of_bodies(form: Form, collection: Collection) -> Iterator[Finding]:
    """A-04, A-06, A-07 and A-09."""
    for one in collection.bodies:
        called = f"“{one.body}”"
        if one.state == "missing":
            yield finding(form.rules["A-04"], what=f"{called}没有报{f'（{one.reason}）' if one.reason else ''}")
        elif one.state == "sum":
            yield finding(form.rules["A-07"], what=f"{called}的报告没有计入：{one.reason}")
        elif one.state == "draft":
            yield finding(form.rules["A-09"], what=f"{called}的报告{one.reason}，按草稿计入")
        elif one.state not in COUNTED:
            where = f"（{name_of(one.filing.path)}）" if one.filing and one.filing.path else ""
            yield finding(form.rules["A-04"], what=f"{called}的报告没有计入{where}：{one.reason}")
        for other in one.others:
            what = f"{called}还有一份{shown_name(other.filing.path)}没有计入：{other.reason}"
            yield finding(form.rules["A-06"], severity="" if other.differing else "info", what=what)
    for doubt in collection.doubts:
        yield finding(form.rules["A-07"], severity="ask", what=doubt)


def _of_files(form: Form, collection: Collection) -> Iterator[Finding]:
    """A-08: files of nobody; bodies under a former name."""
    for left in collection.strays:
        yield finding(
            form.rules["A-08"], what=f"{shown_name(left.filing.path or left.body)}没有计入：{left.reason.rstrip('。')}"
        )
    for one in collection.counted:
        if one.filing and key(one.filing.org) != key(one.body):
            what = f"“{one.body}”的报告上写的是“{one.filing.org}”，已计入"
            yield finding(form.rules["A-08"], severity="info", what=what)


def _landing(form: Form, collection: Collection, last_year: Sequence[Filing]) -> Iterator[Finding]:
    """A-05: what bodies that are no more had not finished was taken over by those that took their place."""
    rule = form.rules["A-05"]
    if not last_year or not isinstance(rule, Landing):
        return
    last = {key(one.org): one for one in last_year if one.year == collection.year - 1}
    told: set[str] = set()
    for one in collection.bodies:
        aliases, former = (one.member.aliases, one.member.former) if one.member else ((), ())
        names = [one.body, *aliases, *([one.filing.org] if one.filing else [])]
        told |= {key(name) for name in (*names, *former)}
        whence = [last[key(name)] for name in dict.fromkeys((*names, *former)) if key(name) in last]
        if former and one.counts and one.filing:
            before, now = (
                sum(w.figures.get(rule.pending, 0) for w in whence),
                one.filing.figures.get(rule.taken_over, 0),
            )
            if before != now:
                called = "、".join(f"“{w.org}”" for w in whence)
                what = f"“{one.body}”由{'、'.join(former)}更名或合并而来：{called}上年结转下年{show(before)}件，今年只接上{show(now)}件"
                yield finding(rule, expected=before, actual=now, what=what)
    for name, one_last in last.items():
        if name not in told:
            count = one_last.figures.get(rule.pending, 0)
            left = f"，上年结转下年的{show(count)}件没有下落" if count else ""
            yield finding(rule, actual=count, what=f"“{one_last.org}”上年有报告、今年没有{left}")


# --------------------------------------------------------------------------- the report as filed


class _Suspects(msgspec.Struct, frozen=True):
    """Every body with what it reported otherwise, and the groups: a whole one may be left out, or too much.

    Made anew each time one goes over them: the figures of all are not held at once.
    """

    collection: Collection
    groups: Sequence[GroupTotal]
    inside: Sequence[Collected]
    before: Previous | None
    last_year: Sequence[Filing]

    def __iter__(self) -> Iterator[Body]:
        added = {one.body for one in self.inside}
        last = {key(one.org): one for one in self.last_year if one.year == self.collection.year - 1}
        earlier = {key(name): figures for name, figures in self.before.figures.items()} if self.before else {}
        for one in self.collection.bodies:
            names = [key(name) for name in (one.body, *(one.member.former if one.member else ()))]
            versions: dict[str, Figures] = {}
            for name in names:
                if name in earlier:
                    versions["上次汇总时的报告"] = earlier[name]
            for other in one.others:
                versions[f"另一份报告{shown_name(other.filing.path)}"] = other.filing.figures
            for name in names:
                if name in last:
                    versions["上年的报告"] = last[name].figures
            own = one.filing.figures if one.filing else {}
            if one.body not in added and own and one.filing:
                versions = {f"报告{shown_name(one.filing.path)}": own, **versions}
            yield Body(one.body, own if one.body in added else {}, versions)
        for stray in self.collection.strays:
            if figures := stray.filing.figures:
                yield Body(stray.body, {}, {f"报告{shown_name(stray.filing.path)}": figures})
        for group in self.groups:
            if len(group.bodies) > 1:
                name, is_in = f"{group.group.name}（{len(group.bodies)}个单位）", group.bodies[0].body in added
                yield Body(name, group.figures) if is_in else Body(name, {}, {"报告": group.figures})


def _of_comparison(form: Form, filed: Report, compared: Compared) -> Iterator[Finding]:
    """A-01 to A-03 and T4-03: one finding for each rule, with all of its cells."""
    for rule in form.rules.values():
        if not isinstance(rule, Summed) or rule.off:
            continue
        cells = [
            one for one in compared.differences
            if form.cells[one.cell].table == rule.table and (not rule.rows or form.cells[one.cell].row in rule.rows)
            and (not rule.at_most or one.filed > one.summed)
        ]  # fmt: skip
        if cells:
            refs = [msgspec.structs.replace(filed.ref(one.cell), id=one.cell) for one in cells]
            first = cells[0]
            whys = dict.fromkeys(one.cause.text for one in cells if one.cause)
            yield finding(
                rule, refs, actual=first.filed, expected=first.summed,
                table=rule.table, count=len(cells), what=_shown(refs, cells), why=_likely(whys),
            )  # fmt: skip


def _shown(refs: Sequence[CellRef], cells: Sequence[Difference]) -> str:
    named = [
        f"“{ref.label}”上报{show(one.filed)}、合计{show(one.summed)}" for ref, one in zip(refs, cells, strict=True)
    ]
    return "；".join(named[:_NAMED]) + (f"；等{len(named)}格" if len(named) > _NAMED else "")


def _likely(whys: Mapping[str, None]) -> str:
    return f"最可能的原因：{'；'.join(whys)}" if whys else "没有找到能说明差数的单位"


# --------------------------------------------------------------------------- since the last time


def _changes(before: Previous, counted: Sequence[Collected]) -> Iterator[Change]:
    """Yield who was added, replaced, removed, and which figures moved."""
    old = {key(name): part for name, part in before.parts.items()}
    there = set()
    for one in counted:
        if one.filing is None:
            continue
        names = [key(name) for name in (one.body, *(one.member.former if one.member else ()))]
        name = next((name for name in names if name in old), "")
        there.add(name)
        if not name:
            yield Change(one.body, "added", file=one.filing.path)
            continue
        if old[name].sha256 != one.filing.sha256:
            yield Change(one.body, "replaced", file=one.filing.path)
        now = one.filing.figures
        was = before.figures.get(old[name].body)
        if was is None:
            yield Change(one.body, "unknown", file=one.filing.path)
            continue
        for cell in subtract(now, was):
            yield Change(one.body, "figure", cell, was.get(cell, 0), now.get(cell, 0), one.filing.path)
    yield from (Change(old[name].body, "removed") for name in old if name not in there)
