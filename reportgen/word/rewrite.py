"""One part of a template: its tags taken out of the XML, operations put in their place.

Word and WPS break typed tags over runs (spelling, fonts, revisions); so a paragraph's text is
joined first and tags are found in that.  In the tree each tag becomes the processing instruction
``<?rg N?>``, N being the number of its operation; what stands between is literal.  A block opens
and closes among the children of the same element, so that whatever is repeated or left out is
whole elements: no data can make the result ill-formed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from lxml import etree

from ..opc.parts import Element, text_of
from .faults import TagError, TemplateFault, shorten
from .plan import Choice, Expression, Fill, Highlight, Loop, Name, Plan, Step, TaggedPart
from .runs import Tagged, W, marker, place
from .tags import UNKNOWN, Names, Statement, Tag, find_tags, is_text, leftover, parse_tag

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STANDINS = {W + "tab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
_REVISIONS = tuple(
    W + n for n in (
        "ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tcPrChange", "trPrChange",
        "tblPrChange", "tblGridChange", "tblPrExChange", "numberingChange", "sectPrChange", "cellIns", "cellDel",
        "cellMerge",
    )
)  # fmt: skip
_UNKNOWN = Name((UNKNOWN,))
_LEVELS = {"": "段内", "p": "{%p", "tr": "{%tr"}
_NEEDS_PARAGRAPH = tuple(W + n for n in ("tc", "txbxContent", "hdr", "ftr", "footnote", "endnote", "body"))
_NOT_ALONE = tuple(W + n for n in ("sectPr", "drawing", "pict", "object", "fldChar", "fldSimple", "footnoteReference"))
_PI = re.compile(r"<\?rg (\d+)\?>")


class _Frame(msgspec.Struct):
    """A block that is open."""

    statement: Statement
    tag: Tag
    container: Element
    text: str
    has_else: bool = False


class Rewriter(msgspec.Struct):
    """Rewrites one part; afterwards ``faults``, and :meth:`part` if there are none."""

    names: Names
    label: str
    root: Element
    faults: list[TemplateFault] = []
    operations: list[Tagged] = []
    printed: list[tuple[tuple[str, ...], str]] = []
    """Path of every value printed, with the paragraph's text; copies for old Word left out."""
    balanced: bool = True
    """Every block has its end and no text is undecided, so that :meth:`part` makes sense, faults or not."""
    _frames: list[_Frame] = []

    def fault(self, text: str, message: str, severity: Literal["error", "warning"] = "error") -> None:
        """Note a mistake in the paragraph or cell with this text."""
        self.faults.append(TemplateFault(self.label, shorten(text), message, severity))

    def rewrite(self) -> None:
        """Find every tag of the part, note every fault, change the tree."""
        if (revision := next(self.root.iter(*_REVISIONS), None)) is not None:
            paragraph = next(revision.iterancestors(W + "p", W + "tr"), None)
            text = "" if paragraph is None else text_of(paragraph, W + "t")
            self.fault(text, "有未接受的修订，请先在“审阅”里接受全部修订并关闭修订，再保存")
            self.balanced = False
        gone: set[Element] = set()
        for paragraph in list(self.root.iter(W + "p")):
            if paragraph not in gone:
                gone |= self._paragraph(paragraph)
        self.balanced &= not self._frames
        for frame in self._frames:
            self.fault(frame.text, f"{frame.tag.raw} 没有对应的 {_closing(frame)}")
        self._check_containers()
        self._strip_ids()

    # ------------------------------------------------------------ paragraphs

    def _paragraph(self, paragraph: Element) -> set[Element]:
        """Rewrite one paragraph; returns the paragraphs that are gone with it."""
        pieces = list(_pieces(paragraph))
        text = "".join(piece[1] for piece in pieces)
        tags = find_tags(text)
        if stray := leftover(text, tags):
            self.fault(text, f"“{stray}”没有配对；标签要完整地写在同一段里")
        if not tags:
            return set()
        levels = {tag.level for tag in tags if tag.kind == "block"} & {"p", "tr"}
        if "tr" in levels:
            return self._row(paragraph, text)
        if levels:
            self._own_paragraph(paragraph, text, tags)
            return {paragraph}
        placed = self._inline(paragraph, text, tags)
        place(pieces, placed, self.operations, self.names)
        self._check_inline(paragraph, text)
        return set()

    def _inline(self, paragraph: Element, text: str, tags: list[Tag]) -> list[tuple[Tag, int | None]]:
        """Return tags inside a paragraph with the numbers of their operations."""
        depth = len(self._frames)
        placed = [(tag, self._operation(tag, paragraph, text)) for tag in tags]
        for frame in self._frames[depth:]:
            self.fault(
                text, f"{frame.tag.raw} 没有在同一段里用 {_closing(frame)} 结束；跨段的请写成单独成段的 {{%p … %}}"
            )
            self.balanced = False
        while len(self._frames) > depth:
            self._pop()
        return placed

    def _check_inline(self, paragraph: Element, text: str) -> None:
        """A block inside a paragraph may not begin in a hyperlink and end outside of it."""
        parents: list[Element] = []
        for instruction in paragraph.iter(etree.PI):
            statement = self.operations[int(instruction.text)]
            if not isinstance(statement, Statement) or statement.verb == "print":
                continue
            if statement.opens:
                parents.append(instruction.getparent())
                continue
            if parents and parents[-1] is not instruction.getparent():
                self.fault(text, "循环、条件的开头和结尾不能一个在超链接（或内容控件）里、一个在外")
                self.balanced = False
            if statement.closes and parents:
                parents.pop()

    def _own_paragraph(self, paragraph: Element, text: str, tags: list[Tag]) -> None:
        if not _only_tags(text, tags) or any(t.level != "p" and t.kind != "comment" for t in tags):
            self.fault(text, "写 {%p … %} 的段落里不能再有别的内容，请让它单独成段")
        if next(paragraph.iter(*_NOT_ALONE), None) is not None:
            self.fault(text, "写 {%p … %} 的段落里有分节符、图片或域，请移到别的段落")
        parent = paragraph.getparent()
        operations = [self._operation(tag, parent, text) for tag in tags if tag.level == "p"]
        _replace(paragraph, operations)

    def _row(self, paragraph: Element, text: str) -> set[Element]:
        row = next(paragraph.iterancestors(W + "tr"), None)
        if row is None:
            self.fault(text, "{%tr … %} 只能写在表格里")
            return {paragraph}
        inside = list(row.iter(W + "p"))
        operations: list[int | None] = []
        for each in inside:
            content = "".join(piece[1] for piece in _pieces(each))
            tags = find_tags(content)
            if not _only_tags(content, tags) or any(t.level != "tr" and t.kind != "comment" for t in tags):
                self.fault(content, "写 {%tr … %} 的那一行里不能再有别的内容，请让它单独成行")
            operations += [self._operation(tag, row.getparent(), content) for tag in tags if tag.level == "tr"]
        _replace(row, operations)
        return set(inside)

    # ------------------------------------------------------------ tags

    def _operation(self, tag: Tag, container: Element, text: str) -> int | None:
        """Return the number of a tag's operation, None if it prints nothing or is wrong."""
        if tag.kind == "comment":
            return None
        statement: Statement | None
        try:
            statement = parse_tag(tag)
            if statement.verb == "print":
                self._print(statement, container, text)
            elif statement.opens:
                self._open(statement, tag, container, text)
            else:
                self._continue(statement, tag, container)
        except TagError as fault:
            self.fault(text, f"{tag.raw}：{fault}")
            statement = self._stand_in(tag, container, text)
            if statement is None:
                return None
        self.operations.append(statement)
        return len(self.operations) - 1

    def _print(self, statement: Statement, container: Element, text: str) -> None:
        kind, path = self.names.resolve(statement.expression)
        if not is_text(kind):
            what = "一个列表" if isinstance(kind, list) else "一组内容" if isinstance(kind, dict) else "是非判断"
            raise TagError(f"这是{what}，不能直接印出，请写明印其中哪一项")
        if not any(e.tag == _MC + "Fallback" for e in container.iterancestors()):
            self.printed.append((path, text))
            may_be_blank = path and path[0] in self.names.optional and isinstance(statement.expression, Name)
            if not may_be_blank or any(frame.statement.verb == "if" for frame in self._frames):
                return
            name = path[0]
            message = (
                f"“{name}”可以不填，不填时这里是空的；可以写成 {{{{ {name}|default('无') }}}}，"
                f"或在前后写 {{% if {name} %}} … {{% endif %}}"
            )
            self.fault(text, message, "warning")

    def _open(self, statement: Statement, tag: Tag, container: Element, text: str) -> None:
        self._frames.append(_Frame(statement, tag, container, text))
        if statement.verb == "if":
            self.names.resolve(statement.expression)
            return
        try:
            self.names.open_loop(statement.variable, statement.expression)
        except TagError:
            self.names.open_unknown(statement.variable)
            raise

    def _stand_in(self, tag: Tag, container: Element, text: str) -> Statement | None:
        """Return a statement in place of a faulty one: the rest of the template can still be judged."""
        if tag.kind == "print":
            return Statement("print", _UNKNOWN)
        words = tag.body.split()
        if words[:1] not in (["for"], ["if"]):
            self.balanced = False
            return None
        if not (self._frames and self._frames[-1].tag is tag):
            self._frames.append(_Frame(Statement(words[0]), tag, container, text))
            if words[0] == "for":
                self.names.open_unknown(words[1] if len(words) > 1 else "")
        variable = self.names.loops[-1].variable if words[0] == "for" else ""
        return Statement(words[0], _UNKNOWN, variable)

    def _continue(self, statement: Statement, tag: Tag, container: Element) -> None:
        opener = {"endfor": "for"}.get(statement.verb, "if")
        if not self._frames or self._frames[-1].statement.verb != opener:
            raise TagError(f"前面没有与它对应的 {{% {opener} … %}}")
        frame = self._frames[-1]
        if frame.tag.level != tag.level:
            raise TagError(f"与 {frame.tag.raw} 的写法不一致，两处都要写成 {_LEVELS[frame.tag.level]} 的形式")
        if frame.container is not container:
            raise TagError(f"与 {frame.tag.raw} 不在同一处（同一段、同一格或同一个表）")
        if statement.closes:
            self._pop()
            return
        if frame.has_else:
            raise TagError("前面已经有 else")
        frame.has_else = statement.verb == "else"
        if statement.verb == "elif":
            self.names.resolve(statement.expression)

    def _pop(self) -> None:
        if self._frames.pop().statement.verb == "for":
            self.names.loops.pop()

    # ------------------------------------------------------------ the tree as a whole

    def _check_containers(self) -> None:
        """What must hold a paragraph (a row) must hold one whatever the data say."""
        for element in self.root.iter(*_NEEDS_PARAGRAPH):
            always, ends_well = self._unconditional(element, W + "p")
            if not always or (element.tag == W + "tc" and not ends_well):
                self.fault(
                    text_of(element, W + "t"),
                    "这里可能一段也不剩，Word 会打不开；请在最后一个 {%p … %} 后面留一个空段落",
                )
        for table in self.root.iter(W + "tbl"):
            if not self._unconditional(table, W + "tr")[0]:
                self.fault(text_of(table, W + "t"), "这个表可能一行也不剩，请至少留一行在 {%tr … %} 之外")

    def _unconditional(self, element: Element, wanted: str) -> tuple[bool, bool]:
        """Tell whether there is a ``wanted`` child outside all blocks, and whether the last child is one."""
        depth, found, last = 0, False, False
        for child in element:
            if child.tag is etree.PI:
                statement = self.operations[int(child.text)]
                depth += isinstance(statement, Statement) and statement.opens - statement.closes
            elif child.tag in (wanted, W + "sdt"):
                last = depth == 0
                found |= last
        return found, last

    def _strip_ids(self) -> None:
        """Ids of paragraphs must not repeat; Word makes new ones.  Bookmarks inside blocks go too."""
        for binding in list(self.root.iter(W + "dataBinding", _W15 + "dataBinding")):
            binding.getparent().remove(binding)  # or Word would show the bound value, not ours
        for shown in list(self.root.iter(W + "showingPlcHdr")):
            shown.getparent().remove(shown)  # or Word would take what we print for a hint
        for element in self.root.iter(W + "p", W + "tr"):
            for name in (_W14 + "paraId", _W14 + "textId"):
                element.attrib.pop(name, None)
        if any(isinstance(one, Statement) and one.opens for one in self.operations):
            for element in list(self.root.iter(W + "bookmarkStart", W + "bookmarkEnd")):
                element.getparent().remove(element)

    def part(self) -> TaggedPart:
        """Return the part as it is printed; it must be balanced."""
        prefix = next((p for p, uri in self.root.nsmap.items() if uri == W[1:-1]), None)
        xml = etree.tostring(self.root, encoding="unicode")
        pieces: list[Any] = _PI.split('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + xml)
        pieces[1::2] = [self.operations[int(n)] for n in pieces[1::2]]
        return TaggedPart(f"{prefix}:" if prefix else "", _block(iter(pieces))[0])


def _block(flat: Iterator[str | Tagged]) -> tuple[Plan, Statement | None]:
    """Build a plan up to the statement that continues or closes its block; returns that, too."""
    plan: list[Step] = []
    for item in flat:
        if isinstance(item, (str, Highlight)):
            plan += [item] if item else []
        elif item.verb == "print":
            plan.append(Fill(item.expression))
        elif item.verb == "for":
            plan.append(Loop(item.variable, item.expression, _block(flat)[0]))
        elif item.verb == "if":
            plan.append(_choice(item, flat))
        else:
            return tuple(plan), item
    return tuple(plan), None


def _choice(statement: Statement | None, flat: Iterator[str | Tagged]) -> Choice:
    branches: list[tuple[Expression, Plan]] = []
    otherwise: Plan = ()
    while statement is not None and not statement.closes:
        body, following = _block(flat)
        if statement.verb == "else":
            otherwise = body
        else:
            branches.append((statement.expression, body))
        statement = following
    return Choice(tuple(branches), otherwise)


def _closing(frame: _Frame) -> str:
    return f"{{%{frame.tag.level} end{frame.statement.verb} %}}"


def _pieces(paragraph: Element) -> Iterator[tuple[Element, str]]:
    """Yield the paragraph's own text elements with their text, text boxes left out."""
    for child in paragraph:
        if child.tag == W + "t":
            yield child, child.text or ""
        elif child.tag in _STANDINS:
            yield child, _STANDINS[child.tag]
        elif child.tag not in (W + "p", W + "pPr", W + "rPr", W + "txbxContent"):
            yield from _pieces(child)


def _only_tags(text: str, tags: list[Tag]) -> bool:
    for tag in reversed(tags):
        text = text[: tag.start] + text[tag.end :]
    return not text.strip()


def _replace(element: Element, operations: list[int | None]) -> None:
    parent = element.getparent()
    for number in operations:
        if number is not None:
            element.addprevious(marker(number))
    parent.remove(element)
