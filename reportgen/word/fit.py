"""Does a template print the form? Judged on a specimen, not on its XML.

The template is printed twice with every tag as its own name: once whole (each block once), once
bare (without any block).  Both are read back by the ordinary reader, and what a reader of the
report would see is compared with the form: every figure once, alone in its cell, whatever the
data; labels and merged cells as prescribed; headings in order, each with its own text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ..form import Form, LayoutCell, Table
from ..sources.base import Grid, Paragraph
from .faults import TemplateFault, shorten, squeezed
from .names import UNKNOWN, Path
from .plan import Plan

__all__ = ["check_fit", "specimen"]

_TOKEN = re.compile("⟦([^⟧]*)⟧")


def specimen(plan: Plan, loops: dict[str, Path], *, whole: bool) -> Iterator[str]:
    """Yield a plan's XML with ``⟦path⟧`` for each value; blocks once, or not at all.

    Args:
        plan: a part's plan.
        loops: loop variables and what they stand for; ``{}`` at the top.
        whole: with the content of blocks.
    """
    for item in plan:
        if isinstance(item, str):
            yield item
        elif item[0] == "v":
            yield f"⟦{'/'.join(_source(item[1], loops))}⟧"
        elif item[0] == "mark":
            yield item[3]
        elif whole and item[0] == "for":
            yield from specimen(item[3], {**loops, item[1]: (*_source(item[2], loops), "*")}, whole=True)
        elif whole:
            for _, body in item[1]:
                yield from specimen(body, loops, whole=True)
            yield from specimen(item[2], loops, whole=True)


def _source(expression: list[object], loops: dict[str, Path]) -> Path:
    if expression[0] == "default":
        return _source(expression[1], loops)  # type: ignore[arg-type]
    if expression[0] != "path":
        return (str(expression[0]),)
    name, *keys = (str(key) for key in expression[1:])
    return (*loops.get(name, (name,)), *keys)


def check_fit(
    form: Form, cells: dict[Path, str], whole: Sequence[Paragraph | Grid], bare: Sequence[Paragraph | Grid]
) -> Iterator[TemplateFault]:
    """Compare the specimen prints of a template's main part with the form.

    Args:
        form: the form the template is for.
        cells: path of every figure → its cell id.
        whole: the print with each block once.
        bare: the print without blocks.
    """
    excused: set[str] = set()
    tables = [fault for table in form.tables for fault in _check_table(form, table, cells, bare, excused)]
    wanted = {path: cell for path, cell in cells.items() if cell not in excused}
    yield from _check_figures(form, wanted, whole, bare)
    yield from tables
    yield from _check_texts(form, whole, bare)


def _tokens(text: str) -> list[Path]:
    return [tuple(found.split("/")) for found in _TOKEN.findall(text)]


def _texts(blocks: Sequence[Paragraph | Grid]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from (str(cell.value) for cell in block.cells if cell.value is not None)


def _tag(path: Path) -> str:
    return "{{ " + ".".join(path) + " }}"


def _shown(text: str) -> str:
    """A specimen's text with its tags as typed."""
    return shorten(_TOKEN.sub(lambda m: _tag(tuple(m[1].split("/"))), text))


def _check_figures(
    form: Form, cells: dict[Path, str], whole: Sequence[Paragraph | Grid], bare: Sequence[Paragraph | Grid]
) -> Iterator[TemplateFault]:
    printed = Counter(path for text in _texts(whole) for path in _tokens(text))
    always = Counter(
        path
        for block in bare
        if isinstance(block, Grid)
        for cell in block.cells
        for path in _tokens(str(cell.value))
    )
    for path, cell in cells.items():
        label = f"{form.cells[cell].table} {form.cells[cell].label}"
        if not printed[path]:
            yield TemplateFault("正文", "", f"没有标签印出“{label}”，请在那一格写 {_tag(path)}")
        elif printed[path] > 1:
            yield TemplateFault("正文", _tag(path), f"“{label}”印了 {printed[path]} 次，只能在表格里印一次")
        elif not always[path]:
            yield TemplateFault(
                "正文",
                _tag(path),
                f"“{label}”不在表格里，或写在了循环、条件里，可能印不出来；请直接写在表格的那一格",
            )


# ---------------------------------------------------------------- tables


def _check_table(
    form: Form,
    table: Table,
    cells: dict[Path, str],
    bare: Sequence[Paragraph | Grid],
    excused: set[str],
) -> Iterator[TemplateFault]:
    """The prescribed grid, cell by cell: the same places, spans and words, each figure in its cell.

    Figures whose tag is a fault already are put into ``excused``.
    """
    paths = {cell: path for path, cell in cells.items()}
    holding = [
        grid
        for grid in bare
        if isinstance(grid, Grid)
        and any(
            cells.get(p, "").startswith(table.id + ".") for c in grid.cells for p in _tokens(str(c.value))
        )
    ]
    if not holding:
        return  # every one of its figures has been reported as missing
    if len(holding) > 1:
        names = "、".join(grid.name for grid in holding)
        yield TemplateFault("正文", "", f"{table.id}分散在{names}里，应当是一个表格")
        return
    grid = holding[0]
    where = f"正文{grid.name}"
    found = {(cell.row, cell.column): cell for cell in squeezed(grid)}
    for want in table.layout:
        place = f"第{want.row}行第{want.column}列"
        cell = found.pop((want.row, want.column), None)
        expected = _tag(paths[want.cell]) if want.cell else f"“{want.text}{want.note}”"
        if cell is None:
            yield TemplateFault(
                where, "", f"{place}应为{expected}，模板里没有这一格（{table.id}的行列或合并与规定不同）"
            )
            continue
        text = "" if cell.value is None else str(cell.value)
        if (cell.row_span, cell.column_span) != (want.row_span, want.column_span):
            yield TemplateFault(
                where, _shown(text),
                f"{place}应当占 {want.row_span} 行 {want.column_span} 列，"
                f"模板里占 {cell.row_span} 行 {cell.column_span} 列，请按规定合并单元格",
            )  # fmt: skip
        if want.cell and (UNKNOWN,) in _tokens(text):
            excused.add(want.cell)
        elif message := _content_fault(form, want, text, cells, expected):
            yield TemplateFault(where, _shown(text), f"{place}{message}")
    for cell in found.values():
        yield TemplateFault(
            where,
            _shown(str(cell.value or "")),
            f"第{cell.row}行第{cell.column}列多出一格，规定的{table.id}里没有",
        )


def _content_fault(form: Form, want: LayoutCell, text: str, cells: dict[Path, str], expected: str) -> str:
    if not want.cell:
        same = _bare_text(text) == _bare_text(want.text + want.note)
        return "" if same else f"应为{expected}，请照规定的文字改正"
    tokens = _tokens(text)
    others = [cells[path] for path in tokens if path in cells and cells[path] != want.cell]
    if others:
        own, other = form.cells[want.cell].label, form.cells[others[0]].label
        return f"按行和列应印“{own}”，写的却是“{other}”的标签，请改为 {expected}"
    if len(tokens) != 1 or _TOKEN.sub("", text).strip():
        return f"只能写 {expected}，不能有别的内容"
    return "" if cells.get(tokens[0]) == want.cell else f"应为 {expected}"


def _bare_text(text: str) -> str:
    return "".join(text.split())


# ---------------------------------------------------------------- headings and texts


def _check_texts(
    form: Form, whole: Sequence[Paragraph | Grid], bare: Sequence[Paragraph | Grid]
) -> Iterator[TemplateFault]:
    title = {"标题", "标题行"}
    if not any(path[0] in title for text in _texts(whole) for path in _tokens(text)):
        yield TemplateFault(
            "正文", "", "没有印出报告标题，请在开头写 {{ 标题 }}，或用 {%p for 行 in 标题行 %} 逐行印出"
        )
    headings = {_bare_text(section.heading): section.id for section in form.sections if section.heading}
    order = [
        headings[text]
        for block in bare
        if isinstance(block, Paragraph) and (text := _bare_text(block.text)) in headings
    ]
    wanted = [section for section in form.sections if section.heading]
    for section in wanted:
        count = order.count(section.id)
        if count != 1:
            what = "没有标题" if not count else f"有 {count} 个标题"
            yield TemplateFault(
                "正文",
                "",
                f"{what}“{section.heading}”，它应当单独成段、正好出现一次，不能写在循环、条件或表格里",
            )
    if sorted(order) == sorted(s.id for s in wanted) and order != [s.id for s in wanted]:
        yield TemplateFault("正文", "", "各部分标题的顺序与规定不同")
    yield from _check_places(form, headings, whole)


def _check_places(
    form: Form, headings: dict[str, str], whole: Sequence[Paragraph | Grid]
) -> Iterator[TemplateFault]:
    """Each part's text and table stand under its own heading."""
    under: dict[str, list[str]] = {}
    current = next((s.id for s in form.sections if not s.heading), "")
    for block in whole:
        if isinstance(block, Paragraph) and _bare_text(block.text) in headings:
            current = headings[_bare_text(block.text)]
        texts = [block.text] if isinstance(block, Paragraph) else [str(c.value) for c in block.cells]
        for path in (p for text in texts for p in _tokens(text)):
            key = path[0] if isinstance(block, Grid) else "/".join(path)
            if current not in under.setdefault(key, []):
                under[key].append(current)
    for section in form.sections:
        name = section.number or section.title
        heading = section.heading or section.title
        if section.table:
            if any(place != section.id for place in under.get(section.table, [])):
                yield TemplateFault("正文", "", f"{section.table}应当在“{heading}”之下")
            continue
        for item in (f"{name}/*/段落/*", f"{name}/*/小标题"):
            if item not in under:
                yield TemplateFault(
                    "正文",
                    "",
                    f"没有印出“{heading}”的{item.split('/')[2]}，请用 {{%p for 节 in {name} %}} 印出",
                )
            elif under[item] != [section.id]:
                yield TemplateFault("正文", "", f"“{heading}”的{item.split('/')[2]}没有印在它自己的标题之下")
