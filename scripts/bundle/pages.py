"""The pages of docs/ that go into a bundle: as HTML that needs nothing beside it, and as Word documents."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime, timezone
from html import escape
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from reportgen.opc.archive import write_zip

__all__ = ["PAGES", "write_pages"]

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = {
    "manual.zh.md": "使用说明.html", "clerk.zh.md": "使用说明/填报.html", "reviewer.zh.md": "使用说明/审核.html",
    "it.zh.md": "使用说明/技术.html", "rules.zh.md": "资料/核对规则.html", "detection.md": "资料/检测率.html",
}  # fmt: skip
"""Page of docs/ → its place in the bundle."""
WORD = {"clerk.zh.md", "reviewer.zh.md", "it.zh.md"}
"""Pages that are there as Word documents, too, beside the others."""

_STYLE = """
body { max-width: 50em; margin: 2em auto; padding: 0 1em; line-height: 1.7;
  font-family: "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; color: #222; }
table { border-collapse: collapse; } th, td { border: 1px solid #aaa; padding: .3em .6em; vertical-align: top; }
th { background: #f0f0f0; } code { background: #f3f3f3; padding: 0 .2em; }
pre { background: #f3f3f3; padding: .6em; overflow-x: auto; } pre code { padding: 0; }
img { max-width: 100%; border: 1px solid #ccc; }
"""
_FONT = "宋体"


def write_pages(folder: Path) -> None:
    """Write every page of :data:`PAGES` into ``folder``; links between them lead to where they are there."""
    reader = MarkdownIt("commonmark").enable("table")
    reader.add_render_rule("softbreak", _line_break)
    for name, place in PAGES.items():
        text = _relinked((DOCS / name).read_text(encoding="utf-8"), place)
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_page(reader.render(_with_pictures(text)), text, place), encoding="utf-8", newline="\n")
        if name in WORD:
            target.with_suffix(".docx").write_bytes(_document(reader.parse(text)))


def _page(body: str, text: str, place: str) -> str:
    title = re.match(r"# (.*)", text)
    return (
        f'<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title[1] if title else place)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}</body>\n</html>\n"
    )


def _with_pictures(text: str) -> str:
    """Put the pictures themselves into the page."""

    def picture(found: re.Match[str]) -> str:
        data = base64.b64encode((DOCS / found[2]).read_bytes()).decode()
        return f"![{found[1]}](data:image/png;base64,{data})"

    return re.sub(r"!\[([^\]]*)\]\(([^)\s]+)\)", picture, text)


def _line_break(_: RendererHTML, tokens: Sequence[Token], at: int, *_more: object) -> str:
    """Join lines of Chinese without the gap that a browser would leave."""
    return _joint(tokens[at - 1].content, tokens[at + 1].content)


def _joint(before: str, after: str) -> str:
    return "\n" if before[-1:].isascii() or after[:1].isascii() else ""


def _relinked(text: str, place: str) -> str:
    """Point links at the other pages of the bundle; of what is not in it, keep the words."""
    up = "../" * place.count("/")

    def link(found: re.Match[str]) -> str:
        words, target = found[1], found[2]
        if "://" in target or target.startswith("#"):
            return found[0]
        return f"[{words}]({up}{PAGES[target]})" if target in PAGES else words

    return re.sub(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)", link, text)


# --------------------------------------------------------------------------- Word


def _document(tokens: Sequence[Token]) -> bytes:
    """Return a page as a Word document, the same bytes every time."""
    document = docx.Document()
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = datetime(2000, 1, 1, tzinfo=timezone.utc)
    for style in document.styles:
        if style.type in (1, 2):  # of paragraphs and characters
            style.font.name = _FONT
            style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    table: Any = None
    style = ""
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            style = f"Heading {token.tag[1]}"
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            style = "List Bullet" if token.type.startswith("bullet") else "List Number"
        elif token.type in ("heading_close", "bullet_list_close", "ordered_list_close"):
            style = ""
        elif token.type == "table_open":
            table = document.add_table(rows=0, cols=_columns(tokens[at:]), style="Table Grid")
        elif token.type == "table_close":
            table = None
        elif token.type == "tr_open":
            cells = iter(table.add_row().cells)
        elif token.type == "fence":
            document.add_paragraph(token.content.rstrip("\n")).paragraph_format.left_indent = Cm(1)
        elif token.type == "inline":
            paragraph = document.add_paragraph(style=style or None) if table is None else next(cells).paragraphs[0]
            _write(paragraph, token.children or [])
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        return write_zip((name, archive.read(name)) for name in archive.namelist())


def _columns(tokens: Sequence[Token]) -> int:
    end = next(at for at, token in enumerate(tokens) if token.type == "tr_close")
    return sum(token.type == "th_open" for token in tokens[:end])


def _write(paragraph: Any, inline: Sequence[Token]) -> None:
    """Write the text and the pictures of a paragraph."""
    bold = False
    for at, token in enumerate(inline):
        if token.type == "image":
            paragraph.add_run().add_picture(str(DOCS / str(token.attrs["src"])), width=Cm(15))
        elif token.type in ("strong_open", "strong_close"):
            bold = token.type == "strong_open"
        elif token.type == "softbreak":
            paragraph.add_run(_joint(inline[at - 1].content, inline[at + 1].content).replace("\n", " "))
        elif token.content:
            run = paragraph.add_run(token.content)
            run.bold = bold or None
            run.font.size = Pt(10) if token.type == "code_inline" else None
