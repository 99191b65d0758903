"""The pages of docs/ that go into a bundle, as HTML that needs nothing beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

__all__ = ["PAGES", "write_pages"]

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = {"manual.zh.md": "使用说明.html", "rules.zh.md": "资料/核对规则.html", "detection.md": "资料/检测率.html"}
"""Page of docs/ → its place in the bundle."""

_STYLE = """
body { max-width: 50em; margin: 2em auto; padding: 0 1em; line-height: 1.7;
  font-family: "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; color: #222; }
table { border-collapse: collapse; } th, td { border: 1px solid #aaa; padding: .3em .6em; vertical-align: top; }
th { background: #f0f0f0; } code { background: #f3f3f3; padding: 0 .2em; }
pre { background: #f3f3f3; padding: .6em; overflow-x: auto; } pre code { padding: 0; }
"""


def write_pages(folder: Path) -> None:
    """Write every page of :data:`PAGES` into ``folder``; links between them lead to where they are there."""
    reader = MarkdownIt("commonmark").enable("table")
    reader.add_render_rule("softbreak", _line_break)
    for name, place in PAGES.items():
        text = (DOCS / name).read_text(encoding="utf-8")
        title = re.match(r"# (.*)", text)
        body = reader.render(_relinked(text, place))
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            f'<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width">\n'
            f"<title>{escape(title[1] if title else place)}</title>\n<style>{_STYLE}</style>\n</head>\n"
            f"<body>\n{body}</body>\n</html>\n",
            encoding="utf-8",
            newline="\n",
        )


def _line_break(_: RendererHTML, tokens: Sequence[Token], at: int, *_more: object) -> str:
    """Join lines of Chinese without the gap that a browser would leave."""
    before, after = tokens[at - 1].content[-1:], tokens[at + 1].content[:1]
    return "\n" if before.isascii() or after.isascii() else ""


def _relinked(text: str, place: str) -> str:
    """Point links at the other pages of the bundle; of what is not in it, keep the words."""
    up = "../" * place.count("/")

    def link(found: re.Match[str]) -> str:
        words, target = found[1], found[2]
        if "://" in target or target.startswith("#"):
            return found[0]
        return f"[{words}]({up}{PAGES[target]})" if target in PAGES else words

    return re.sub(r"\[([^\]]*)\]\(([^)\s]+)\)", link, text)
