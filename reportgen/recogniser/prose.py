"""The paragraphs of a document → title, headings and the texts under them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..form import Form, Section
from ..model.report import Origin, Passage
from ..sources import Paragraph
from .labels import key
from .titles import body_like
from .wording import Texts, chinese_date, section_of, split_paragraphs

__all__ = ["read_paragraphs", "read_prose", "section_of_line"]

_SUBHEADING = re.compile(r"^[（(][一二三四五六七八九十]+[）)][^。；;，,：:]{1,28}。?$")
_NUMBERED = re.compile(r"([一二三四五六七八九十]{1,3})[、,.．]\s*(?=\S)")
_SENTENCE = re.compile(r"[。；;：:！？]")
_FOOTER = re.compile(r"版权所有|ICP备|网安备|网站标识码|技术支持")
_HEADING_LENGTH = 60
_LIKE = 0.6
"""How like a prescribed heading a numbered line must be to be taken for it, wrongly worded.
Measured on the variants of FORMAT.md 2.3: 0.74 and more; on list items of texts: 0.35 and less."""


def read_prose(form: Form, texts: Texts, *, web: bool) -> None:
    """Split the paragraphs behind the title by the prescribed headings and add the passages.

    What stands before the title is the page around the report and is left out; what stands between
    title and first heading is the preamble.  Of a web page, a line there that is not a sentence
    (date, source, buttons), and lines after the last sentence of the last part, are the page's.

    Args:
        form: the edition.
        texts: with fields, title and paragraphs; the passages are added to it.
        web: the document is a web page.
    """
    read_paragraphs(form, texts, texts.body, web=web)


def read_paragraphs(
    form: Form, texts: Texts, body: Sequence[Paragraph], *, web: bool = False, origins: Mapping[str, Origin] = {}
) -> None:
    """Split paragraphs by the prescribed headings and add the passages; what stands before the first is the preamble.

    Args:
        form: the edition.
        texts: with fields and title; the passages are added to it.
        body: the paragraphs.
        web: they are of a web page.
        origins: where paragraphs stand, by their address; else in the text of a document.
    """
    prose = _Prose(form, texts, _headings(form, body), origins)
    for paragraph in body:
        prose.take(paragraph)
    prose.end(web=web)


def section_of_line(form: Form, text: str) -> Section | None:
    """Return the part whose heading this paragraph is, in a wording the form knows."""
    lines = split_paragraphs(text)
    joined = " ".join(lines)
    section = section_of(form, joined) if 0 < len(joined) <= _HEADING_LENGTH else None
    return section if section is not None and section.heading else None


def _headings(form: Form, paragraphs: Sequence[Paragraph]) -> dict[int, Section]:
    """Index of a paragraph → the part whose heading it is, in a wording the form knows or a wrong one.

    A wrong one only for parts whose heading stands nowhere in a known wording: the number must be
    the part's, the words much alike, and the line between its neighbours.
    """
    right = {n: s for n, p in enumerate(paragraphs) if (s := section_of_line(form, p.text))}
    order = [s.id for s in form.sections]
    missing = {s.number: s for s in form.sections if s.heading and s not in right.values()}
    if not missing:
        return right
    found: dict[int, Section] = {}
    for n, paragraph in enumerate(paragraphs):
        text = "".join(split_paragraphs(paragraph.text))
        match = _NUMBERED.match(text)
        section = missing.get(match[1]) if match and len(text) <= _HEADING_LENGTH else None
        if section is None or section in found.values() or _SENTENCE.search(text.rstrip("。")):
            continue
        from difflib import SequenceMatcher  # few documents need it

        alike = SequenceMatcher(None, key(text), key(section.heading), autojunk=False).ratio()
        place = order.index(section.id)
        before = all(order.index(s.id) < place for k, s in right.items() if k < n)
        after = all(order.index(s.id) > place for k, s in right.items() if k > n)
        if alike >= _LIKE and before and after:
            found[n] = section
    return right | found


class _Prose:
    """Takes paragraphs one by one and makes passages of them."""

    def __init__(self, form: Form, texts: Texts, sections: dict[int, Section], origins: Mapping[str, Origin]) -> None:
        self.form, self.texts, self.sections, self.origins = form, texts, sections, origins
        self.seen = 0
        self.section = form.sections[0].id if form.sections[0].optional and texts.title else ""
        self.heading = ""
        self.held: list[str] = []
        self.origin: Origin | None = None

    def take(self, paragraph: Paragraph) -> None:
        """Take the next paragraph: a heading, a sub-heading or text."""
        lines = split_paragraphs(paragraph.text)
        text = " ".join(lines)
        section = self.sections.get(self.seen)
        self.seen += 1
        if not text:
            return
        if section is not None:
            self.close()
            self.texts.headings.append((section.id, "".join(lines)))
            self.section, self.heading = section.id, ""
        elif _SUBHEADING.match(text) and self.section:
            self.close()
            self.heading = text
            self.origin = self._origin(paragraph)
        else:
            self.origin = self.origin or self._origin(paragraph)
            self.held += lines

    def _origin(self, paragraph: Paragraph) -> Origin:
        return self.origins.get(paragraph.address) or Origin("正文", paragraph.address)

    def close(self) -> None:
        """Make a passage of what has been held."""
        if self.section and self.held:
            self.texts.passages.append(Passage(self.section, self.heading, tuple(self.held), self.origin))
        self.held, self.origin = [], None

    def end(self, *, web: bool) -> None:
        """Make passages of what is left, without what belongs to the page or to the signature."""
        if web and self.texts.headings:
            _without_furniture(self.held)
            first = self.form.sections[0].id
            self.texts.passages = [
                p if p.section != first else Passage(p.section, p.heading, kept, p.origin)
                for p in self.texts.passages
                if (kept := tuple(t for t in p.paragraphs if "。" in t or len(t) > 80)) or p.section != first
            ]
        self.signature()
        self.close()

    def signature(self) -> None:
        """Take body and date from the end of the last part, where the body is not another one than the title's."""
        if len(self.held) < 2 or not (date := chinese_date(self.held[-1])):
            return
        org = str(self.texts.fields.get("org", ""))
        if key(org) == key(self.held[-2]) if org else body_like(self.form, self.held[-2]):
            self.texts.fields.setdefault("signature_date", date)
            self.texts.fields.setdefault("org", self.held[-2])
            self.held = self.held[:-2]


def _without_furniture(held: list[str]) -> None:
    """Drop lines at the end of the last part that belong to the web page: neither sentences nor dates."""
    while len(held) > 1 and (_FOOTER.search(held[-1]) or not _SENTENCE.search(held[-1])):
        if chinese_date(held[-1]):
            break
        held.pop()
