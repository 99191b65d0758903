"""Does a template print the form? Judged on a specimen, not on its XML.

The template is printed twice with every tag as its own name: once whole (each block once), once
bare (without any block).  Both are read back by the ordinary reader, and what a reader of the
report would see is compared with the form: every figure once, alone in its cell, whatever the
data; labels and merged cells as prescribed; headings in order, each with its own text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import msgspec

from ..form import Form, LayoutCell, Table
from ..sources import Grid, GridCell, Paragraph
from .faults import TemplateFault, shorten, squeeze, squeezed
from .plan import Choice, Expression, Fill, Highlight, Loop, Name, Operation, Plan
from .tags import UNKNOWN, Keys

Blocks: TypeAlias = "Sequence[Paragraph | Grid]"
"""What stands in a document, in order."""

_TOKEN = re.compile("⟦([^⟧]*)⟧")
_NUMBER = re.compile(r"\d")


def specimen(plan: Plan, *, whole: bool, loops: Mapping[str, Keys] | None = None) -> Iterator[str]:
    """Yield a plan's XML with ``⟦path⟧`` for each value; blocks once, or not at all.

    Args:
        whole: with the content of blocks.
        loops: loop variables and what they stand for; none at the top.
    """
    loops = loops or {}
    for step in plan:
        if isinstance(step, str):
            yield step
        elif isinstance(step, Fill):
            yield f"⟦{'/'.join(_source(step.expression, loops))}⟧"
        elif isinstance(step, Highlight):
            yield step.plain
        elif whole and isinstance(step, Loop):
            items = (*_source(step.items, loops), "*")
            yield from specimen(step.body, whole=True, loops={**loops, step.variable: items})
        elif whole and isinstance(step, Choice):
            for body in (*(body for _, body in step.branches), step.otherwise):
                yield from specimen(body, whole=True, loops=loops)


def _source(expression: Expression, loops: Mapping[str, Keys]) -> Keys:
    if isinstance(expression, Operation) and expression.operator == "default":
        return _source(expression.operands[0], loops)
    if isinstance(expression, Name):
        first, *keys = expression.keys
        return (*loops.get(first, (first,)), *keys)
    return (expression.operator if isinstance(expression, Operation) else "const",)


def check_fit(form: Form, cells: dict[Keys, str], whole: Blocks, bare: Blocks) -> Iterator[TemplateFault]:
    """Compare the specimen prints of a template's main part with the form.

    Args:
        cells: path of every figure → its cell id.
        whole: the print with each block once.
        bare: the print without blocks.
    """
    tables = _Tables(form, cells, Counter(path for text in _texts(whole) for path in _tokens(text)), bare)
    found = [fault for table in form.tables for fault in tables.faults(table)]
    yield from tables.figures()
    yield from found
    yield from _check_texts(form, whole, bare)
    yield from _fixed_numbers(cells, whole, bare)


def _fixed_numbers(cells: Mapping[Keys, str], whole: Blocks, bare: Blocks) -> Iterator[TemplateFault]:
    """Yield the numbers typed into blocks: whether they are printed depends on the report, so no trial is sure to."""
    always = Counter(_texts(bare))
    blocks = [block for block in whole if isinstance(block, Paragraph) or not _paths_of(block) & cells.keys()]
    for text, count in Counter(_texts(blocks)).items():
        if count > always[text] and _NUMBER.search(_TOKEN.sub("", text)):
            message = "在循环、条件里写了固定的数字，它不会被核对；固定的文字请写到工作簿的文字内容里"
            yield TemplateFault("正文", _shown(text), message)


def _tokens(text: str) -> list[Keys]:
    return [tuple(found.split("/")) for found in _TOKEN.findall(text)]


def _texts(blocks: Blocks) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from (str(cell.value) for cell in block.cells if cell.value is not None)


def _tag(path: Keys) -> str:
    return "{{ " + ".".join(path) + " }}"


def _shown(text: str) -> str:
    """A specimen's text with its tags as typed."""
    return shorten(_TOKEN.sub(lambda m: _tag(tuple(m[1].split("/"))), text))


# ---------------------------------------------------------------- tables


class _Tables(msgspec.Struct):
    """Compares the tables of a specimen with those of a form: the same places, spans and words, each figure once."""

    form: Form
    cells: dict[Keys, str]
    printed: Counter[Keys]
    bare: Blocks
    excused: set[str] = set()
    """Figures that are not printed for a reason that is told already."""

    def figures(self) -> Iterator[TemplateFault]:
        """Yield what is wrong with single figures, once :meth:`faults` has seen every table."""
        grids = (block for block in self.bare if isinstance(block, Grid))
        always = {path for grid in grids for cell in grid.cells for path in _tokens(str(cell.value))}
        for path, cell in self.cells.items():
            label = f"{self.form.cells[cell].table} {self.form.cells[cell].label}"
            if cell in self.excused:
                continue
            if not self.printed[path]:
                yield TemplateFault("正文", "", f"没有标签印出“{label}”，请在那一格写 {_tag(path)}")
            elif self.printed[path] > 1:
                message = f"“{label}”印了 {self.printed[path]} 次，只能在表格里印一次"
                yield TemplateFault("正文", _tag(path), message)
            elif path not in always:
                message = f"“{label}”不在表格里，或写在了循环、条件里，可能印不出来；请直接写在表格的那一格"
                yield TemplateFault("正文", _tag(path), message)

    def faults(self, table: Table) -> Iterator[TemplateFault]:
        """Yield what is wrong with a table; one that is not there, or of another size, is one fault."""
        own = {path: cell for path, cell in self.cells.items() if path[0] == table.id}
        lost = {cell for path, cell in own.items() if not self.printed[path]}
        grids = [block for block in self.bare if isinstance(block, Grid) and _prints_of(block, table, self.cells)]
        if len(lost) == len(own):
            self.excused |= lost
            message = f"没有{table.id}：它的 {len(lost)} 个数一个也没有印出，请从导出的模板里把整个表格复制过来"
            yield TemplateFault("正文", "", message)
        elif len(grids) > 1:
            names = "、".join(grid.name for grid in grids)
            yield TemplateFault("正文", "", f"{table.id}分散在{names}里，应当是一个表格")
        elif grids:
            cells = {(cell.row, cell.column): cell for cell in squeezed(grids[0])}
            height = max(cell.row + cell.row_span - 1 for cell in cells.values())
            width = max(cell.column + cell.column_span - 1 for cell in cells.values())
            if (height, width) == (table.height, table.width):
                yield from self._cells(table, cells, f"正文{grids[0].name}")
                return
            self.excused |= lost
            first = next((self.form.cells[cell].label for cell in own.values() if cell in lost), "")
            missing = f"，少了“{first}”等 {len(lost)} 个数" if lost else ""
            message = f"{table.id}有 {height} 行 {width} 列，规定是 {table.height} 行 {table.width} 列{missing}"
            yield TemplateFault(f"正文{grids[0].name}", "", message + "；请从导出的模板里把整个表格复制过来")

    def _cells(self, table: Table, found: dict[tuple[int, int], GridCell], where: str) -> Iterator[TemplateFault]:
        """Compare cell by cell; of a row that is merged otherwise only the first fault is told."""
        broken: set[int] = set()
        has, due = _row_widths(found.values()), _row_widths(table.layout)
        for want in table.layout:
            cell = found.pop((want.row, want.column), None)
            if want.row in broken:
                continue
            if message := self._fault_of(table, want, cell):
                shifted = cell is None or bool(_span_fault(want, cell))
                if not shifted and has[want.row] < due[want.row]:
                    shifted = True
                    message = f"起少了格，这一行只占 {has[want.row]} 列，规定占 {due[want.row]} 列；请把整行复制过来"
                yield TemplateFault(where, _shown(_content(cell)), f"第{want.row}行第{want.column}列{message}")
                if shifted:
                    broken.add(want.row)
                    self.excused.update(one.cell for one in table.layout if one.row == want.row)
        for cell in found.values():
            if cell.row not in broken:
                message = f"第{cell.row}行第{cell.column}列多出一格，规定的{table.id}里没有"
                yield TemplateFault(where, _shown(_content(cell)), message)

    def _fault_of(self, table: Table, want: LayoutCell, cell: GridCell | None) -> str:
        path = next((path for path, id_ in self.cells.items() if id_ == want.cell), ())
        expected = _tag(path) if path else f"“{want.text}{want.note}”"
        if cell is None:
            return f"应为{expected}，模板里没有这一格（{table.id}的行列或合并与规定不同）"
        if message := _span_fault(want, cell):
            return message
        if path and (UNKNOWN,) in _tokens(_content(cell)):
            self.excused.add(want.cell)
            return ""
        if path and not _content(cell) and self.printed[path]:
            return ""  # it stands in a loop, or elsewhere
        message = _content_fault(self.form, want, _content(cell), self.cells, expected)
        if message and not self.printed[path]:
            self.excused.add(want.cell)
        return message


def _row_widths(cells: Iterable[GridCell | LayoutCell]) -> Counter[int]:
    """Return how many columns the cells that begin in each row take together."""
    widths: Counter[int] = Counter()
    for cell in cells:
        widths[cell.row] += cell.column_span
    return widths


def _content(cell: GridCell | None) -> str:
    return "" if cell is None or cell.value is None else str(cell.value)


def _paths_of(grid: Grid) -> set[Keys]:
    """Return the paths of what a grid prints."""
    return {path for cell in grid.cells for path in _tokens(str(cell.value))}


def _prints_of(grid: Grid, table: Table, cells: dict[Keys, str]) -> bool:
    """Tell whether a grid prints any figure of a table."""
    return any(cells.get(path, "").startswith(table.id + ".") for path in _paths_of(grid))


def _span_fault(want: LayoutCell, cell: GridCell) -> str:
    if (cell.row_span, cell.column_span) == (want.row_span, want.column_span):
        return ""
    return (
        f"应当占 {want.row_span} 行 {want.column_span} 列，"
        f"模板里占 {cell.row_span} 行 {cell.column_span} 列，请按规定合并单元格"
    )


def _content_fault(form: Form, want: LayoutCell, text: str, cells: dict[Keys, str], expected: str) -> str:
    if not want.cell:
        same = squeeze(text) == squeeze(want.text + want.note)
        return "" if same else f"应为{expected}，请照规定的文字改正"
    tokens = _tokens(text)
    others = [cells[path] for path in tokens if path in cells and cells[path] != want.cell]
    if others:
        own, other = form.cells[want.cell].label, form.cells[others[0]].label
        return f"按行和列应印“{own}”，写的却是“{other}”的标签，请改为 {expected}"
    if len(tokens) != 1 or _TOKEN.sub("", text).strip():
        return f"只能写 {expected}，不能有别的内容"
    return "" if cells.get(tokens[0]) == want.cell else f"应为 {expected}"


# ---------------------------------------------------------------- headings and texts


def _check_texts(form: Form, whole: Blocks, bare: Blocks) -> Iterator[TemplateFault]:
    title = {"标题", "标题行"}
    if not any(path[0] in title for text in _texts(whole) for path in _tokens(text)):
        yield TemplateFault(
            "正文", "", "没有印出报告标题，请在开头写 {{ 标题 }}，或用 {%p for 行 in 标题行 %} 逐行印出"
        )
    headings = {section.heading: section.id for section in form.sections if section.heading}
    astray: set[str] = set()
    yield from _check_headings(form, headings, bare, astray)
    yield from _check_places(form, _places(form, headings, whole), astray)


def _check_headings(form: Form, headings: dict[str, str], bare: Blocks, astray: set[str]) -> Iterator[TemplateFault]:
    """Every heading once, in the order of the form, whatever the data; parts without go into ``astray``."""
    texts = [block.text for block in bare if isinstance(block, Paragraph)]
    order = [headings[text] for text in texts if text in headings]
    for heading, section in headings.items():
        if (count := order.count(section)) == 1:
            continue
        astray.add(section)
        near = next((text for text in texts if squeeze(text) == squeeze(heading)), "")
        if near and not count:
            yield TemplateFault("正文", shorten(near), f"标题里多了空格，请改为“{heading}”")
            continue
        what = "没有标题" if not count else f"有 {count} 个标题"
        message = f"{what}“{heading}”，它应当单独成段、正好出现一次，不能写在循环、条件或表格里"
        yield TemplateFault("正文", "", message)
    if not astray and order != list(headings.values()):
        yield TemplateFault("正文", "", "各部分标题的顺序与规定不同")


def _places(form: Form, headings: dict[str, str], whole: Blocks) -> dict[str, list[str]]:
    """Return the parts in which a table (``表三``) or a text (``一/*/段落/*``) is printed."""
    under: dict[str, list[str]] = {}
    current = next((s.id for s in form.sections if not s.heading), "")
    for block in whole:
        if isinstance(block, Paragraph) and block.text in headings:
            current = headings[block.text]
        for path in (path for text in _texts([block]) for path in _tokens(text)):
            key = path[0] if isinstance(block, Grid) else "/".join(path)
            if current not in under.setdefault(key, []):
                under[key].append(current)
    return under


def _check_places(form: Form, under: dict[str, list[str]], astray: set[str]) -> Iterator[TemplateFault]:
    """Each part's text and table stand under its own heading; where that is not, it has been told."""
    for section in form.sections:
        name = section.number or section.title
        heading = section.heading or section.title
        if section.id in astray:
            continue
        if section.table:
            if any(place != section.id for place in under.get(section.table, [])):
                yield TemplateFault("正文", "", f"{section.table}应当在“{heading}”之下")
            continue
        paths = {"段落": f"{name}/*/段落/*", "小标题": f"{name}/*/小标题"}
        missing = [what for what, path in paths.items() if path not in under]
        if missing:
            message = f"没有印出“{heading}”的{'和'.join(missing)}，请用 {{%p for 节 in {name} %}} 印出"
            yield TemplateFault("正文", "", message)
        for what, path in paths.items():
            if under.get(path, [section.id]) != [section.id]:
                yield TemplateFault("正文", "", f"“{heading}”的{what}没有印在它自己的标题之下")
