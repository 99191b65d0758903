"""From the records of a form file to the form, proved whole: every word that names something names it.

Whatever is wrong is the author's mistake and is told with its place; nothing of it may show up before a
clerk (an unknown id, a word in a message that no finding fills, a rule that would never be judged).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from .expressions import Figures, equations, relations
from .kinds import READER_RULES, VITAL_READER_RULES, AtMost, Equal, Jump, RelationRule, Summed
from .phrases import Narrative, expand
from .records import Equation, Form, Relation, Table, Term
from .rule import EVERYWHERE, Rule
from .source import Faults, Steps
from .tables import build_cells, build_table, check_labels, check_unique, paths
from .titles import title_ends, title_expressions
from .written import EditionFile, without

_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}")
_NO_SHEET = re.compile(r"[\[\]:*?/\\]")
_LONGEST_SHEET = 31
"""Characters of a sheet's name, a limit of Excel."""


def prove(file: EditionFile, edition: str, base: Form | None, faults: Faults, *, proved: bool = False) -> Form:
    """Return the form of a file if it is right in itself.

    What the edition says nothing of and has taken out a row or column from is forgotten without a word:
    the phrases that name its figures, and its figures of last year.

    Args:
        base: the edition it extends, if any.
        proved: it has been proved before, as the tests do with what comes with the program.

    Raises:
        FormError: all mistakes, also those noted before.
    """
    faults.proving = True
    tables = tuple(build_table(entry, faults) for entry in file.tables)
    cells, quantities = build_cells(tables, file.fields, faults)
    if base is not None:
        gone = {name for name, ids in base.quantities.items() if name not in quantities and not set(ids) & set(cells)}
        file = without(file, gone, set(base.cells) - set(cells))
    figures = Figures(tables, cells, {f.id: f.kind for f in file.fields})
    proof = _Proof(file, figures, quantities, faults)
    sums, links = proof.instances()
    if not proved:
        proof.apart(tables)
        proof.whole(links)
    faults.stop()
    others = {} if base is None or base.id == edition else {base.id: tuple(t.id for t in tables)}
    return Form(
        id=edition, title=file.title, document=file.document, issued_by=file.issued_by,
        first_year=file.first_year, final_year=file.final_year, report_title=file.report_title,
        sections=file.sections, fields=file.fields, tables=tables, rules={r.id: r for r in file.rules},
        cells=cells, quantities=quantities, equations=sums, relations=links, sheets=file.sheets,
        sign_off=file.sign_off,
        titles=file.titles, title_ends=title_ends(file.titles, (file.report_title, *file.title_variants)),
        title_expressions=title_expressions(file.titles, (file.report_title, *file.title_variants)),
        last_year_tables=others | file.last_year.other_editions, last_year_cells=file.last_year.cells,
        last_year_sections=file.last_year.sections, unverified=file.unverified, narrative=file.narrative,
        likeness=file.labels, rollup=file.rollup, charts=file.charts, extras=file.extras,
    )  # fmt: skip


# --------------------------------------------------------------------------- what names something


@cache
def _hints(record: type) -> dict[str, Any]:
    return get_type_hints(record, include_extras=True)


def mentions(value: Any, hint: Any, steps: Steps) -> Iterator[tuple[Steps, str, str]]:
    """Yield every word of a record that names something: its place, what it names, the word.

    What names what is declared by the types of :mod:`.words`.  A rule that is turned off names nothing.

    Args:
        hint: its declared type; for a record itself anything.
    """
    if isinstance(value, msgspec.Struct):
        if isinstance(value, Rule) and value.off:
            return
        for name in value.__struct_fields__:
            yield from mentions(getattr(value, name), _hints(type(value))[name], (*steps, name))
        return
    named, inner = _names(hint)
    if isinstance(value, str):
        if named and value:
            yield steps, named, value
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            own = getattr(one, "id", None)
            here = (*steps, own) if own else (*steps, number + 1) if isinstance(one, msgspec.Struct) else steps
            yield from mentions(one, inner[min(number, len(inner) - 1)] if inner else str, here)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from mentions(key, inner[0], steps)
            yield from mentions(one, inner[1], steps)


def _names(hint: Any) -> tuple[str, list[Any]]:
    """Return what a type says its words name, and the types of its parts."""
    named = ""
    while get_origin(hint) is Annotated:
        hint, *metas = get_args(hint)
        named = next((meta.extra["names"] for meta in metas if meta.extra), named)
    parts = [part for part in get_args(hint) if part not in (type(None), ...)]
    if len(parts) == 1 and get_origin(hint) is not tuple:  # an optional value: X | None
        return _names(parts[0])
    return named, parts


class _Proof:
    """Notes what is wrong with one form file."""

    def __init__(
        self, file: EditionFile, figures: Figures, quantities: Mapping[str, tuple[str, ...]], faults: Faults
    ) -> None:
        self.file, self.figures, self.quantities, self.faults = file, figures, quantities, faults
        numbers = {f.short for f in file.fields if f.kind in ("count", "amount")}
        self.names = quantities.keys() | numbers
        self.placeholders = quantities.keys() | {f.short for f in file.fields}
        self.choices = {f.id: f.choices for f in file.fields}
        self.sections = {s.id for s in file.sections}

    def whole(self, links: tuple[Relation, ...]) -> None:
        """Look at everything."""
        self.words_name_something()
        self.parts()
        self.charts()
        self.extras()
        self.rules()
        self.narrative()
        self.last_year(links)

    def words_name_something(self) -> None:
        """Look up every word that should name something."""
        file = self.file
        known: dict[str, tuple[set[str] | Mapping[str, Any] | tuple[str, ...], str]] = {
            "section": (self.sections, "部分"), "field": (self.choices, "基本信息项"),
            "table": ({t.id for t in file.tables}, "表"), "cell": (self.figures.cells, "单元格"),
            "rule": ({r.id for r in file.rules}, "规则"), "topic": ({t.id for t in file.narrative.topics}, "话题"),
            "unit type": (self.choices.get("unit_type", ()), "单位类型"), "name": (self.names, "名称"),
        }  # fmt: skip
        for steps, what, word in mentions(file, EditionFile, ()):
            if what in known:
                if word not in known[what][0]:
                    self.faults.add(steps, f"没有{known[what][1]}“{word}”")
            else:
                _OTHER_WORDS[what](self, steps, word)

    def label(self, steps: Steps, word: str) -> None:
        """Refuse a label that would not be recognised as such where it is read."""
        check_labels(self.faults, steps, (word,))

    def year_pattern(self, steps: Steps, word: str) -> None:
        """Refuse groups that capture, too: the expressions of a vocabulary are joined into one."""
        pattern = self.pattern(steps, word)
        if pattern is None or "negation" in steps:
            return
        if "listed_as" in steps:
            if word and pattern.groups != 1:
                self.faults.add(steps, f"“{word}”里应有一对圆括号，括住名称")
        elif pattern.groups:
            self.faults.add(steps, f"“{word}”里的圆括号要写成 (?:…)：它会和别的词连成一个正则表达式")

    def pattern(self, steps: Steps, word: str) -> re.Pattern[str] | None:
        """Refuse what is not a regular expression."""
        try:
            return re.compile(expand(word, 2000))
        except re.error as error:
            self.faults.add(steps, f"“{word}”不是正确的正则表达式（{error}）")
            return None

    def reading(self, steps: Steps, word: str) -> None:
        if word.removeprefix("-") not in self.names:
            self.faults.add(steps, f"没有名称“{word}”")

    # ---- the parts of the form

    def parts(self) -> None:
        """Titles, sheets, fields and sections."""
        file = self.file
        if file.final_year and file.final_year < file.first_year:
            self.faults.add(("final_year",), "早于 first_year")
        self.braces(("report_title",), file.report_title, {"org", "year"}, needed=True)
        for text in file.title_variants:
            self.braces(("title_variants",), text, {"org", "year", "subject", "name"})
            if "{year}" not in text:
                self.faults.add(("title_variants",), "少了 {year}")
        own = (*msgspec.structs.astuple(file.sheets), *msgspec.structs.astuple(file.rollup.sheets))
        sheets = [name for name in own if isinstance(name, str) and (name or file.rollup.groups)]
        check_unique(self.faults, ("rollup", "groups"), (group.id for group in file.rollup.groups))
        for name in (*sheets, *(t.id for t in file.tables)):
            if not 0 < len(name) <= _LONGEST_SHEET or _NO_SHEET.search(name):
                self.faults.add(
                    ("sheets",), f"“{name}”不能作工作表名称：最多 {_LONGEST_SHEET} 个字，不能有 [ ] : * ? / \\"
                )
        check_unique(self.faults, ("sheets",), (*sheets, *(t.id for t in file.tables)))
        for key in ("sections", "fields", "tables", "rules"):
            check_unique(self.faults, (key,), (one.id for one in getattr(file, key)))
        self.fields()
        for section in file.sections:
            self.section(section)
        for table in file.tables:
            if sum(section.table == table.id for section in file.sections) != 1:
                self.faults.add(("tables", table.id), "应当正好属于一个部分（sections 里的 table）")

    def fields(self) -> None:
        for field, kind in (("org", "text"), ("year", "year")):
            if self.figures.fields.get(field) != kind:
                self.faults.add(("fields", field), f"必须有这一项，kind 是 {kind}")
        for one in self.file.fields:
            if bool(one.choices) != (one.kind == "choice"):
                self.faults.add(("fields", one.id), "kind 是 choice 的要写 choices，别的不能写")

    def section(self, section: Any) -> None:
        steps: Steps = ("sections", section.id)
        check_unique(self.faults, (*steps, "subheadings"), (sub.id for sub in section.subheadings))
        if not section.heading and not section.optional:
            self.faults.add(steps, "缺少 heading")
        sentences = [section.standard, *(sub.standard for sub in section.subheadings)]
        sentences += [section.standard_when_zero.text] if section.standard_when_zero else []
        for name in (name.strip() for text in sentences for name in _PLACEHOLDER.findall(text)):
            if name not in self.placeholders:
                self.faults.add(steps, f"没有占位符“{name}”")

    def braces(self, steps: Steps, text: str, allowed: set[str], *, needed: bool = False) -> None:
        """Refuse words in braces that nothing fills."""
        from string import Formatter  # only what is proved needs it

        try:
            found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError as error:
            self.faults.add(steps, f"花括号不成对（{error}）")
            return
        for name in sorted(found - allowed):
            can = "、".join(f"{{{one}}}" for one in sorted(allowed))
            self.faults.add(steps, f"花括号里的“{name}”没有；可以写 {can}")
        for name in sorted(allowed - found) if needed else ():
            self.faults.add(steps, f"少了 {{{name}}}")

    def charts(self) -> None:
        """The figures of a chart are of one kind, and it has a place to stand in."""
        check_unique(self.faults, ("charts",), (chart.id for chart in self.file.charts))
        headed = {section.id for section in self.file.sections if section.heading}
        for chart in self.file.charts:
            steps: Steps = ("charts", chart.id)
            for text in (chart.title, *chart.series):
                self.braces(steps, text, {"year", "last_year"})
            for bar in chart.bars:
                if bar.name in self.names and bar.name not in self.quantities:
                    self.faults.add(steps, f"“{bar.name}”不是表里的数")
            drawn = [self.quantities[bar.name] for bar in chart.bars if bar.name in self.quantities]
            if len({self.figures.cells[cell].unit for cells in drawn for cell in cells}) > 1:
                self.faults.add(steps, "各条的单位要相同")
            if chart.section in self.sections - headed:
                self.faults.add((*steps, "section"), "这个部分没有标题，图不能放在那里")

    def extras(self) -> None:
        """The names of the optional parts are their own, and nothing but placeholders fills their lines."""
        check_unique(self.faults, ("extras",), (extra.id for extra in self.file.extras))
        taken = self.placeholders | {table.id for table in self.file.tables}
        check_unique(self.faults, ("extras",), (*taken, *(extra.name for extra in self.file.extras)))
        for extra in self.file.extras:
            lines = extra.lines if extra.on else ()  # an edition may take out a field that a part not printed names
            for name in (name.strip() for line in lines for name in _PLACEHOLDER.findall(line)):
                if name not in self.placeholders:
                    self.faults.add(("extras", extra.id), f"没有占位符“{name}”")

    def apart(self, tables: Iterable[Table]) -> None:
        """Refuse labels of one axis of a block, or headings, of which one is nearly another: a slip would be read as it."""
        lists: list[tuple[Steps, list[str]]] = [(("sections",), [s.heading for s in self.file.sections if s.heading])]
        for table in tables:
            for block in table.blocks:
                for axis in ("rows", "columns"):
                    labels = [path[-1].label for path in paths(getattr(block, axis))]
                    lists.append((("tables", table.id, axis), labels))
        for steps, labels in lists:
            for one, other in combinations(labels, 2):
                if self.file.labels.near(one, (other,)):
                    self.faults.add(steps, f"“{one}”与“{other}”太相近，分不清；请改 [labels] 里的界限")

    # ---- rules

    def rules(self) -> None:
        """What holds for every rule, whatever its kind."""
        rules = {rule.id: rule for rule in self.file.rules}
        for missing in sorted(READER_RULES.keys() - rules):
            self.faults.add(("rules", missing), "必须有这条规则，读取程序要用")
        for rule in self.file.rules:
            steps: Steps = ("rules", rule.id)
            if rule.by_reader != (rule.id in READER_RULES):
                self.faults.add(
                    (*steps, "kind"),
                    f"只有 {'、'.join(READER_RULES)} 由读取程序、汇总程序提出（reading、explanations、merging）",
                )
            words = READER_RULES.get(rule.id, frozenset()) | rule.words | EVERYWHERE
            for key in ("message", "advice"):
                self.braces((*steps, key), getattr(rule, key), set(words))
            self.level(rule, steps)
            known = {cell.row for cell in self.figures.cells.values()} if isinstance(rule, Summed) else set()
            for row in rule.rows if isinstance(rule, Summed) else ():
                if row not in known:
                    self.faults.add((*steps, "rows"), f"没有行“{row}”")
            for key in ("fields", "unless_fields", "zeros"):
                for field, values in getattr(rule, key, {}).items():
                    options = self.choices.get(field, values)
                    for value in (one for one in values if one not in options):
                        self.faults.add((*steps, key), f"“{field}”没有“{value}”这个选项")

    def level(self, rule: Rule, steps: Steps) -> None:
        if rule.off and not rule.reason:
            self.faults.add(steps, "停用要写 reason（理由）")
        vital = rule.vital or rule.id in VITAL_READER_RULES
        if rule.off and (vital or rule.by_reader):
            self.faults.add(steps, "这条规则保证数据读得准，不能停用")
        if vital and rule.severity != "error":
            self.faults.add((*steps, "severity"), "这条规则保证数据读得准，级别只能是 error")

    def instances(self) -> tuple[tuple[Equation, ...], tuple[Relation, ...]]:
        """Spell out the arithmetic rules that are on."""
        sums: list[Equation] = []
        links: list[Relation] = []
        tables = {table.id for table in self.file.tables}
        for rule in self.file.rules:
            try:
                if rule.off:
                    continue
                if isinstance(rule, Equal | AtMost) and rule.table in tables:
                    sums += equations(rule, self.figures)
                elif isinstance(rule, RelationRule):
                    links += relations(rule, self.figures)
            except ValueError as error:
                self.faults.add(("rules", rule.id), f"式子看不懂：{error}")
        return tuple(sums), tuple(links)

    def last_year(self, links: tuple[Relation, ...]) -> None:
        """The figures of last year that rules need must stand in the sheet of last year's figures."""
        given, cells = self.file.last_year.cells, self.figures.cells
        needed = [(rule.id, cell) for rule in self.file.rules if isinstance(rule, Jump) for cell in rule.cells]
        for link in links:
            terms: list[Term] = [t for c in (link.expect, *link.when) for t in (*c.left, *c.right)]
            needed += [(link.rule, cell) for term in terms if term.last for cell in term.cells]
        for rule, cell in needed:
            if cell in cells and cell not in given:
                self.faults.add(("rules", rule), f"用到上年的“{cell}”，last_year.cells 里没有它")
        for cell in given:
            if cell in cells:
                self.label(("last_year", "cells"), f"{cells[cell].table}　{cells[cell].label}")

    # ---- the vocabulary

    def narrative(self) -> None:
        """Topics and phrases say what they need, and name figures that are there."""
        file = self.file.narrative
        if file == Narrative():
            return
        for key in Narrative.__struct_fields__:
            if not getattr(file, key):
                self.faults.add(("narrative",), f"缺少“{key}”")
        check_unique(self.faults, ("narrative", "topics"), (topic.id for topic in file.topics))
        topics = {topic.id: topic.name for topic in file.topics}
        for topic, name in topics.items():
            if not any(known == name or known.startswith(name + ".") for known in self.names):
                self.faults.add(("narrative", "topics", topic), f"没有名称“{name}”")
        for number, phrase in enumerate(file.phrases, 1):
            steps: Steps = ("narrative", "phrases", number)
            if not phrase.key:
                self.faults.add(steps, "缺少“key”")
            if bool(phrase.any_of) == bool(phrase.column):
                self.faults.add(steps, "any_of 和 column 应当正好有一个")
            if bool(phrase.topic) == bool(phrase.topics):
                self.faults.add(steps, "topic 和 topics 应当正好有一个")
            if phrase.rule and phrase.topic and phrase.topic not in topics:
                self.faults.add((*steps, "topic"), f"没有话题“{phrase.topic}”")
            for column in filter(None, (phrase.column, phrase.or_column)):
                self.topics_have(steps, phrase.topics, column)
        self.rates()

    def rates(self) -> None:
        """Each percentage with a name is of readings or of a column."""
        for number, rate in enumerate(self.file.narrative.rates, 1):
            if bool(rate.any_of) == bool(rate.column):
                self.faults.add(("narrative", "rates", number), "any_of 和 column 应当正好有一个")
            for column in filter(None, (rate.column, rate.without)):
                self.topics_have(("narrative", "rates", number), rate.topics, column)

    def topics_have(self, steps: Steps, topics: Iterable[str], column: str) -> None:
        """Some topics have a column."""
        names = {topic.id: topic.name for topic in self.file.narrative.topics}
        for topic in topics:
            if topic in names and f"{names[topic]}.{column.removeprefix('-')}" not in self.names:
                self.faults.add(steps, f"没有名称“{names[topic]}.{column}”")


_OTHER_WORDS: dict[str, Callable[[_Proof, Steps, str], object]] = {
    "label": _Proof.label,
    "pattern": _Proof.pattern,
    "year pattern": _Proof.year_pattern,
    "reading": _Proof.reading,
}
