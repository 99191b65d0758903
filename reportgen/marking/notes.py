"""Notes on cells (Excel calls them 批注): ours are added and removed, the clerk's stay.

A note is an entry of the sheet's comments part and a shape in its old VML drawing; Excel, WPS and
LibreOffice need both.
"""

from __future__ import annotations

import math
import re
import unicodedata
from copy import deepcopy
from itertools import count

from lxml import etree

from ..errors import NOT_XML
from ..opc.parts import MAIN, REL, Element, Parts, main, parse, text_of
from ..sources.base import column_letters
from .cells import Book, SheetEntry, split_address

AUTHOR = "reportgen"
CLERK = "填表人"
DIVIDER = "—— reportgen 审核 ——"
"""Between a note of the clerk's and ours on the same cell."""

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_V, _X, _O = (f"urn:schemas-microsoft-com:{name}" for name in ("vml", "office:excel", "office:office"))
_WIDTH = 300  # px
_LINE = 25  # full-width characters that fit into it at 9 pt
_MOST = 2000  # characters of one note
_SIZE = re.compile(r"\s*(?:width|height)\s*:", re.I)
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def safe_text(text: str) -> str:
    """Return a text as a sheet can hold it: no control characters, no accidental escapes."""
    return _ESCAPE.sub("_x005F_", NOT_XML.sub("", text))


def _same(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("_x005F_", "_").replace("_x000D_", ""))


class SheetNotes:
    """The notes of one sheet."""

    def __init__(self, parts: Parts, book: Book, entry: SheetEntry) -> None:
        self.parts, self.sheet = parts, entry.part
        self.cells = book.cells(entry.part)
        self.part = parts.related(entry.part, "comments")
        self.drawing_part = self._drawing_part()

    def _drawing_part(self) -> str:
        element = self.cells.root.find(main("legacyDrawing"))
        name = self.parts.by_id(self.sheet, element.get(f"{{{REL}}}id", "")) if element is not None else ""
        return name if name in self.parts else ""

    def _found(self, path: str) -> list[Element]:
        return self.parts.tree(self.part).findall(path) if self.part else []

    def _comments(self) -> dict[tuple[int, int], Element]:
        return {split_address(c.get("ref", "A1")): c for c in self._found(f".//{main('comment')}")}

    def authors(self) -> list[str]:
        """Return who wrote notes on this sheet."""
        return [a.text or "" for a in self._found(f"{main('authors')}/{main('author')}")]

    # ---- adding

    def add(self, row: int, column: int, head: str, body: str) -> str:
        """Put a note on a cell, after a note somebody else has there.

        Returns:
            the text written; ``""`` where the cell has a threaded comment, which is left alone.
        """
        head, body = safe_text(head), safe_text(body)[:_MOST]
        runs = [_run(head + "\n", bold=True), _run(body, bold=False)]
        if not self.part:
            self.part = self.parts.free_name("xl/comments{}.xml")
            root = parse(f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'.encode())
            self.parts.add(self.part, root, _COMMENTS_TYPE)
            self.parts.relate(self.sheet, "comments", self.part)
        there = self._comments().get((row, column))
        if there is None:
            self._new_comment(row, column, runs)
            self._shape(row, column, f"{head}\n{body}")
        elif self._author(there).startswith("tc="):
            return ""
        else:
            _append(there.find(main("text")), [_run(f"\n{DIVIDER}\n", bold=True), *runs])
            self._resize(row, column, _all_text(there))
        return f"{head}\n{body}"

    def _new_comment(self, row: int, column: int, runs: list[Element]) -> None:
        comment = etree.Element(main("comment"), ref=f"{column_letters(column)}{row}")
        comment.set("authorId", str(self._author_id(AUTHOR)))
        text = etree.SubElement(comment, main("text"))
        text.extend(runs)
        self.parts.tree(self.part).find(main("commentList")).append(comment)

    def _author(self, comment: Element) -> str:
        authors, number = self.authors(), int(comment.get("authorId", "0"))
        return authors[number] if number < len(authors) else ""

    def _author_id(self, author: str) -> int:
        authors = self.authors()
        if author not in authors:
            element = etree.SubElement(self.parts.tree(self.part).find(main("authors")), main("author"))
            element.text = author
            authors.append(author)
        return authors.index(author)

    # ---- shapes

    def _drawing(self) -> Element:
        if not self.drawing_part:
            self.drawing_part = self.parts.free_name("xl/drawings/vmlDrawing{}.vml")
            self.parts.default_type("vml", _VML_TYPE)
            self.parts.add(self.drawing_part, parse(_DRAWING))
            self.cells.set_legacy_drawing(self.parts.relate(self.sheet, "vmlDrawing", self.drawing_part))
        return self.parts.tree(self.drawing_part)

    def _shape(self, row: int, column: int, text: str) -> None:
        drawing = self._drawing()
        taken = {shape.get("id", "") for shape in drawing.iter(f"{{{_V}}}shape")}
        number = next(n for n in count(1025) if f"_x0000_s{n}" not in taken)
        xml = _SHAPE.format(number=number, size=_size(text), row=row - 1, column=column - 1)
        drawing.append(deepcopy(parse(xml.encode())[0]))

    def _shapes(self) -> list[Element]:
        return list(self.parts.tree(self.drawing_part).iter(f"{{{_V}}}shape")) if self.drawing_part else []

    def _shapes_at(self, row: int, column: int) -> list[Element]:
        found = []
        for shape in self._shapes():
            data = shape.find(f"{{{_X}}}ClientData")
            if data is not None and data.get("ObjectType") == "Note":
                place = [data.findtext(f"{{{_X}}}{name}", "").strip() for name in ("Row", "Column")]
                if place == [str(row - 1), str(column - 1)]:
                    found.append(shape)
        return found

    def _resize(self, row: int, column: int, text: str) -> None:
        """Make room for our part of a clerk's note."""
        for shape in self._shapes_at(row, column):
            style = [s for s in shape.get("style", "").split(";") if s.strip() and not _SIZE.match(s)]
            shape.set("style", ";".join([*style, _size(text)]))
            anchor = shape.find(f"{{{_X}}}ClientData/{{{_X}}}Anchor")
            if anchor is not None:
                anchor.getparent().remove(anchor)

    # ---- removing

    def remove_ours(self, written: dict[tuple[int, int], str]) -> None:
        """Remove our notes.  What the clerk wrote into one stays, as a note of the clerk's.

        Args:
            written: our texts by row and column, as they were written.
        """
        for place, comment in self._comments().items():
            text, ours = _all_text(comment), written.get(place)
            if DIVIDER in text:
                kept = self._rest(text[text.index(DIVIDER) + len(DIVIDER) :], ours)
                _rewrite(comment, text.index(DIVIDER), f"\n{kept}" if kept else "")
            elif self._is_ours(comment, text, ours):
                if kept := self._rest(text, ours):
                    comment.set("authorId", str(self._author_id(CLERK)))
                    _rewrite(comment, 0, kept)
                else:
                    for element in (comment, *self._shapes_at(*place)):
                        element.getparent().remove(element)
        self._drop_if_empty()

    def _is_ours(self, comment: Element, text: str, written: str | None) -> bool:
        # LibreOffice forgets the authors of notes.
        return self._author(comment) == AUTHOR or (bool(written) and _same(text).startswith(_same(written or "")))

    @staticmethod
    def _rest(text: str, written: str | None) -> str:
        """Return what of a note is not ours."""
        if written is None:
            return ""
        ours = _same(written)
        if _same(text) == ours:
            return ""
        if not _same(text).startswith(ours):
            return text.strip()
        seen = 0
        for place, character in enumerate(text):
            if seen >= len(ours) and not character.isspace():
                return text[place:].strip()
            seen += len(_same(character))
        return ""

    def _drop_if_empty(self) -> None:
        if not self.part or self._comments():
            self._forget_author()
            return
        for name in (self.part, self.drawing_part):
            if name == self.drawing_part and self._shapes():
                continue
            if name:
                self.parts.unrelate(self.sheet, name)
                self.parts.remove(name)
        if self.drawing_part and self.drawing_part not in self.parts:
            self.cells.root.remove(self.cells.root.find(main("legacyDrawing")))
        self.part, self.drawing_part = "", self._drawing_part()

    def _forget_author(self) -> None:
        """Drop our name if it was the last of the authors and has no note left."""
        if not self.part:
            return
        used = {int(c.get("authorId", "0")) for c in self._comments().values()}
        authors = self.parts.tree(self.part).find(main("authors"))
        if len(authors) and authors[-1].text == AUTHOR and len(authors) - 1 not in used:
            authors.remove(authors[-1])


def _all_text(comment: Element) -> str:
    return text_of(comment.find(main("text")), main("t"))


def _run(text: str, *, bold: bool) -> Element:
    weight = "<b/>" if bold else ""
    run = parse(
        f'<r xmlns="{MAIN}"><rPr>{weight}<sz val="9"/><color indexed="81"/><rFont val="宋体"/>'
        '<family val="3"/><charset val="134"/></rPr></r>'.encode()
    )
    piece = etree.SubElement(run, main("t"))
    piece.text = text
    piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _rewrite(comment: Element, length: int, more: str) -> None:
    """Keep the first ``length`` characters of a note and add others."""
    text = comment.find(main("text"))
    _cut(text, length)
    if more:
        _append(text, [_run(more, bold=False)])


def _append(text: Element, runs: list[Element]) -> None:
    """Add runs to a text, which may be plain so far."""
    plain = text.find(main("t"))
    if plain is not None:
        run = etree.Element(main("r"))
        text.insert(0, run)
        run.append(plain)
    text.extend(runs)


def _cut(text: Element, length: int) -> None:
    """Keep the first ``length`` characters of a text, and no blank line at its end."""
    for piece in list(text.iter(main("t"))):
        content = piece.text or ""
        piece.text = content[:length]
        length = max(0, length - len(content))
    for piece in reversed(list(text.iter(main("t")))):
        piece.text = (piece.text or "").rstrip("\n")
        if piece.text:
            break
        holder = piece.getparent() if piece.getparent().tag == main("r") else piece
        holder.getparent().remove(holder)


def _size(text: str) -> str:
    lines = 0
    for line in text.split("\n"):
        width = sum(1 if unicodedata.east_asian_width(c) in "WF" else 0.55 for c in line)
        lines += max(1, math.ceil(width / (_LINE - 2)))
    return f"width:{_WIDTH}px;height:{min(520, lines * 17 + 14)}px"


_NAMES = f'xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}"'
_DRAWING = (
    f'<xml {_NAMES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
).encode()
_SHAPE = (
    f"<xml {_NAMES}>"
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" fillcolor="#ffffe1" o:insetmode="auto"'
    ' style="position:absolute;margin-left:60pt;margin-top:2pt;z-index:1;visibility:hidden;{size}">'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape></xml>"
)
