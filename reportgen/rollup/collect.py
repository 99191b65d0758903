"""What came in: for every body the filing that counts, and why the others do not.

The order of the files does not matter; of two files of one body the same one is chosen every time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from ..disk.names import name_of
from ..form import Form, RollupGroup
from ..form.likeness import key
from .filing import Filing, subtract
from .guard import find_sums
from .roster import Member, Roster

State: TypeAlias = Literal[
    "ok", "warnings", "nil", "draft", "errors", "blank", "missing", "sum", "duplicate", "unknown", "year", "edition",
    "body", "unreadable",
]  # fmt: skip
STATES: dict[State, str] = {
    "ok": "已报", "warnings": "已报（有提醒）", "nil": "零报告", "draft": "有错误（按草稿计入）", "errors": "有错误",
    "blank": "空白表", "missing": "未报", "sum": "汇总数", "duplicate": "重复", "unknown": "不在名册", "year": "年度不对",
    "edition": "格式版本不对", "body": "单位不对", "unreadable": "读不出来",
}  # fmt: skip
"""What each state is called."""
COUNTED: frozenset[State] = frozenset({"ok", "warnings", "nil", "draft"})
RETURNED: frozenset[State] = frozenset({"errors", "blank", "draft"})
"""Reports that their bodies have to put right."""


_WHY = ("这一份是空白表", "这一份有错误", "这一份有错误", "这一份用的是原名称", "保存得较晚", "按文件名排在前面")
"""Why one of two filings of a body counts, in the order in which it is decided."""


class Left(msgspec.Struct, frozen=True):
    """A filing that is not added, and why."""

    filing: Filing
    state: State
    reason: str
    """In words for the user."""
    body: str = ""
    """Whose it is, as far as can be told."""
    differing: int = 0
    """Figures that are otherwise in the filing that counts, of one of several of a body."""


class Collected(msgspec.Struct, frozen=True):
    """One body."""

    body: str
    """As the roster has it; without a roster as the report has it."""
    group: str
    """Id of its group, ``""`` for none."""
    state: State
    filing: Filing | None = None
    """The one that counts, or would if it had no errors; None if there is none."""
    reason: str = ""
    """Why it does not count, or what is odd about it."""
    others: tuple[Left, ...] = ()
    """Its other filings of this year."""
    member: Member | None = None

    @property
    def counts(self) -> bool:
        """Whether it is in the sum."""
        return self.state in COUNTED


class Collection(msgspec.Struct, frozen=True):
    """All that came in for one year."""

    year: int
    bodies: tuple[Collected, ...] = ()
    """Groups in the form's order, in each the roster's order, else by name."""
    strays: tuple[Left, ...] = ()
    """Filings of nobody who should report, or of another year."""
    doubts: tuple[str, ...] = ()
    """Reports that equal the sum of others, perhaps by chance: they count, and somebody has to look."""

    @property
    def counted(self) -> tuple[Collected, ...]:
        """The bodies in the sum."""
        return tuple(one for one in self.bodies if one.counts)

    def of_group(self, group: RollupGroup) -> tuple[Collected, ...]:
        """Return the counted bodies of a group."""
        return tuple(one for one in self.counted if one.group == group.id)


def year_of(filings: Iterable[Filing]) -> int | None:
    """Return the year most filings are of, of several the latest; None if none has a year."""
    count = Counter(one.year for one in filings if one.year is not None)
    return max(count, key=lambda year: (count[year], year), default=None)


def collect(
    filings: Iterable[Filing], form: Form, year: int, *, org: str = "", roster: Roster | None = None,
    drafts: bool = False,
) -> Collection:  # fmt: skip
    """Find out what every body has filed.

    Args:
        filings: in any order.
        form: the edition of the year.
        year: of the data.
        org: the body that the sum is for: its own total is not one of the parts.
        roster: who has to report; without one, whoever has filed.
        drafts: count reports with errors, too, as far as all their figures could be read.
    """
    return _Collector(form, year, org, roster, drafts).collect(sorted(filings, key=_order))


def _order(one: Filing) -> tuple[str, str, str, float]:
    return one.org, one.sha256, one.path, one.saved


class _Collector:
    def __init__(self, form: Form, year: int, org: str, roster: Roster | None, drafts: bool) -> None:
        self.form, self.year, self.org, self.roster, self.drafts = form, year, org, roster, drafts
        self.strays: list[Left] = []
        self.doubts: list[str] = []

    def collect(self, filings: Sequence[Filing]) -> Collection:
        by_body: dict[str, list[Filing]] = {}
        for one in filings:
            left = self.refused(one)
            if left is None:
                by_body.setdefault(key(self.whose(one)), []).append(one)
            else:
                self.strays.append(left)
        bodies = [self.body(many) for many in by_body.values()]
        if self.roster is not None:
            bodies += [self.missing(member) for member in self.roster.members if key(member.name) not in by_body]
        bodies = self.without_sums(sorted(bodies, key=self.place))
        return Collection(self.year, tuple(bodies), tuple(self.strays), tuple(self.doubts))

    def place(self, one: Collected) -> tuple[int, int, str]:
        groups = [group.id for group in self.form.rollup.groups]
        at = groups.index(one.group) if one.group in groups else len(groups)
        return at, one.member.row if one.member else 0, one.body

    # ---- one filing

    def whose(self, one: Filing) -> str:
        member = self.roster.find(one.org) if self.roster else None
        return member.name if member else one.org

    def refused(self, one: Filing) -> Left | None:
        """Return why a filing is of no body of this year, None if it is of one."""
        named = self.roster.named_in(_stem(one)) if self.roster and not one.org else None
        body = named.name if named else self.whose(one)
        if one.error:
            return Left(one, "unreadable", one.error, body)
        if one.year != self.year:
            said = f"是{one.year}年的报告" if one.year else "没有写数据年度"
            return Left(one, "year", f"{said}，这次汇总的是{self.year}年", body)
        if one.form != self.form.id:
            return Left(one, "edition", f"用的是{one.form}版格式，{self.year}年应当用{self.form.id}版", body)
        if not one.org:
            return Left(one, "unknown", "没有写机关名称", body)
        if self.roster is not None:
            return self.not_of_roster(one, self.roster)
        return None

    def not_of_roster(self, one: Filing, roster: Roster) -> Left | None:
        member, named = roster.find(one.org), roster.named_in(_stem(one))
        if member is None and key(one.org) == key(self.org):
            return Left(one, "sum", "这是汇总机关自己的报告，不是各单位的", one.org)
        if member is None and (heirs := roster.heirs(one.org)):
            return Left(one, "unknown", f"“{one.org}”是{_named(heirs)}的原名称，不知道算哪一个的", one.org)
        if member is None:
            near = "、".join(f"“{name}”" for name in roster.near(one.org))
            return Left(one, "unknown", f"名册里没有“{one.org}”{f'，相近的有{near}' if near else ''}", one.org)
        if named is not None and named is not member:
            return Left(one, "body", f"文件名是“{named.name}”的，里面填的却是“{one.org}”", named.name)
        return None

    # ---- one body

    def body(self, filings: Sequence[Filing]) -> Collected:
        """Choose the filing of a body that counts."""
        best, *others = sorted(filings, key=self.preference)
        name = self.whose(best)
        member = self.roster.find(best.org) if self.roster else None
        orgs = {key(one.org): one.org for one in filings if self.is_former(one)}
        if len(orgs) > 1 and self.is_former(best):
            said = f"由{_named([*orgs.values()])}合并而来，报来的是它们各自的报告；请合并成一份，用现在的名称报送"
            apart = tuple(Left(one, "body", said, name) for one in others)
            return Collected(name, self.group(member, best), "errors", best, said, apart, member)
        left = tuple(self.duplicate(one, best, name) for one in others)
        state, reason = self.state(best)
        if self.is_former(best):
            reason = f"用的是原名称“{best.org}”" + (f"；{reason}" if reason else "")
        return Collected(name, self.group(member, best), state, best, reason, left, member)

    def is_former(self, one: Filing) -> bool:
        """Tell whether a filing goes by a name that its body no longer has."""
        member = self.roster.find(one.org) if self.roster else None
        return member is not None and key(one.org) not in map(key, (member.name, *member.aliases))

    def preference(self, one: Filing) -> tuple[bool, bool, bool, bool, float, str, str]:
        """Return what is counted first: a report that can be added, under the body's present name, saved last."""
        wrong = one.status == "errors"
        return one.is_blank, bool(one.unknown), wrong, self.is_former(one), -one.saved, one.path, one.sha256

    def duplicate(self, one: Filing, best: Filing, body: str) -> Left:
        """Return another filing of a body, with why it is not the one that counts."""
        counted = f"计入的是“{name_of(best.path)}”"
        if one.sha256 and one.sha256 == best.sha256:
            return Left(one, "duplicate", f"{counted}，两份文件一字不差", body)
        differ = len(subtract(best.figures, one.figures).keys() | set(one.unknown) ^ set(best.unknown))
        if not differ:
            return Left(one, "duplicate", f"{counted}，两份的数相同", body)
        pairs = zip(_WHY, self.preference(one), self.preference(best), strict=False)
        why = next((why for why, this, that in pairs if this != that), _WHY[-1])
        return Left(one, "duplicate", f"{counted}（{why}），两份有{differ}个数不同", body, differ)

    def group(self, member: Member | None, filing: Filing | None) -> str:
        """Return a body's group: the roster's, else that of its kind."""
        if member and member.group:
            return member.group
        kind = (member.kind if member else "") or (filing.unit_type if filing else "")
        return next((group.id for group in self.form.rollup.groups if kind in group.unit_types), "")

    def state(self, one: Filing) -> tuple[State, str]:
        if one.is_blank:
            return "blank", "数字格全部空着；确实没有发生的，请填 0 再报（零报告）"
        if one.unknown:
            labels = "、".join(f"“{self.form.cells[cell].label}”" for cell in one.unknown[:3])
            return "errors", f"有{len(one.unknown)}个数没有读到（{labels}{'等' if len(one.unknown) > 3 else ''}）"
        if one.status == "errors":
            wrong = [found.rule for found in one.contents().findings if found.severity == "error"]
            reason = f"有{len(wrong)}处错误（{'、'.join(dict.fromkeys(wrong))}）"
            return ("draft" if self.drafts else "errors"), reason
        if one.is_nil:
            return "nil", "全部填 0"
        return ("warnings" if one.status == "warnings" else "ok"), ""

    def missing(self, member: Member) -> Collected:
        mine = [left for left in self.strays if left.body == member.name]
        reason = "；".join(f"{name_of(left.filing.path)}：{left.reason}" for left in mine)
        return Collected(member.name, self.group(member, None), "missing", None, reason, (), member)

    # ---- sums among them

    def without_sums(self, bodies: Sequence[Collected]) -> list[Collected]:
        """Leave out what would be counted twice: sums whose parts are there, parts of sums whose other parts are not."""
        left = dict(self.own_total(bodies)) | dict(self.marked(bodies))
        kept = [one for one in bodies if one.counts and one.body not in left]
        for found in find_sums([one.filing for one in kept if one.filing], self.details()):
            whole, parts = kept[found.whole], [kept[n].body for n in found.parts]
            said = f"各数正好等于{_named(parts)}之和"
            if found.certain or (whole.filing is not None and whole.filing.parts):
                left[whole.body] = f"{said}，已按各单位自己的报告计入"
            else:
                self.doubts.append(f"“{whole.body}”的{said}，数不多，可能是巧合，仍然计入")
        return [
            msgspec.structs.replace(one, state="sum", reason=left[one.body]) if one.body in left else one for one in bodies
        ]  # fmt: skip

    def details(self) -> list[str]:
        return [cell.id for cell in self.form.cells.values() if not cell.total and cell.kind != "change"]

    def own_total(self, bodies: Sequence[Collected]) -> Iterator[tuple[str, str]]:
        counted = [one for one in bodies if one.counts]
        for one in counted:
            if key(one.body) == key(self.org) and one.member is None and len(counted) > 1:
                yield one.body, "这是汇总机关自己的报告，不是各单位的"

    def marked(self, bodies: Sequence[Collected]) -> Iterator[tuple[str, str]]:
        """Yield what to leave out because a merged workbook says which bodies are in it."""
        there = {key(one.body): one for one in bodies if one.counts}
        holder: dict[str, str] = {}
        for one in bodies:
            inner = [self.known(part.body) for part in (one.filing.parts if one.filing else ())]
            parts = [key(name) for name in inner]
            inside = [name for name in parts if name in there and there[name] is not one]
            doubled = [name for name in parts if name in holder]
            if parts and len(inside) == len(parts):
                yield one.body, f"它是{_named([there[name].body for name in inside])}的汇总，已按各单位自己的报告计入"
            elif not one.counts:
                continue
            elif doubled:
                others = _named([name for name in inner if key(name) in holder])
                yield one.body, f"它的{len(doubled)}个单位（{others}）已包含在“{holder[doubled[0]]}”的汇总里"
            else:
                holder |= dict.fromkeys(parts, one.body)
                for name in inside:
                    yield there[name].body, f"已包含在“{one.body}”的汇总里"

    def known(self, name: str) -> str:
        member = self.roster.find(name) if self.roster else None
        return member.name if member else name


def _stem(one: Filing) -> str:
    """Return the name of a filing's file without its suffix."""
    return name_of(one.path).rpartition(".")[0]


def _named(names: Sequence[str]) -> str:
    shown = "、".join(f"“{name}”" for name in names[:4])
    return f"{shown}等{len(names)}个单位" if len(names) > 4 else shown
