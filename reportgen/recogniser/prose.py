"""The paragraphs of a document → title, headings and the texts under them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..form import Form, Section
from ..form.likeness import bare, key, number_of
from ..model.report import Origin, Passage
from ..sources import Paragraph
from .titles import body_like, parse_title
from .wording import Texts, chinese_date, section_of, split_paragraphs

_SUBHEADING = r"^[（(][一二三四五六七八九十]+[）)][^。；;，,：:]{1,28}。?$"
_NUMBERED = r"([一二三四五六七八九十]{1,3})[、,.．]\s*(?=\S)"
_SENTENCE = r"[。；;：:！？!?]"
_FOOTER = r"版权所有|ICP备|网安备|网站标识码|技术支持"
"""Of a line at the end of a page, wherever it stands in it."""
_OPENING = re.compile(r"[【\[]?([^。；;，,：:！？【】\[\]]{4,30})(?:[】\]][：:]?|[：:。])\s*")
"""What may be a heading at the beginning of a cell: a few words and a stop, or in brackets."""
_HEADING_LENGTH = 60
_LIKE = 0.6
"""How like a prescribed heading a numbered line must be to be taken for it, wrongly worded.
Measured on the variants of FORMAT.md 2.3: 0.74 and more; on list items of texts: 0.35 and less."""
_CONTENTS = "目录"
_PAGE = r"(?:[\s.…·．]{2,}|\t)\s*\d{1,3}$"
"""Behind an entry of a table of contents."""
_LEAST_CONTENTS = 3
"""Headings that a table of contents has at least."""
_LEAST_COPY = 6
"""Paragraphs that a copy of a report has at least."""
_APART = r"(?![和与及等、，,》）)”]|[（(][^（）()]*[）)]$)"
"""Of what follows a heading: it neither goes on with it nor is a remark."""


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
    body = [line for paragraph in body for line in _told_apart(form, paragraph)]
    body = body if origins else _one_copy(form, body)
    prose = _Prose(form, texts, sections_of(form, [paragraph.text for paragraph in body]), origins)
    for paragraph in body:
        prose.take(paragraph)
    prose.end(web=web)


def without_contents(form: Form, paragraphs: Sequence[Paragraph]) -> Sequence[Paragraph]:
    """Return the paragraphs without a table of contents: headings one after another that all stand again below."""
    pages = [re.search(_PAGE, one.text) for one in paragraphs]
    sections = [
        section_of_line(form, one.text[: page.start()] if page else one.text)
        for one, page in zip(paragraphs, pages, strict=True)
    ]
    start = next((n for n, section in enumerate(sections) if section or pages[n]), 0)
    end = next((n for n in range(start, len(sections)) if not sections[n] and not pages[n]), len(sections))
    again = {section for section, page in zip(sections[end:], pages[end:], strict=True) if section and not page}
    listed = {section for section in sections[start:end] if section}
    if len(listed) < _LEAST_CONTENTS or not listed <= again:
        return paragraphs
    start -= start > 0 and key(paragraphs[start - 1].text) == _CONTENTS
    return [*paragraphs[:start], *paragraphs[end:]]


def _one_copy(form: Form, body: list[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs without a second copy of all of them, for printing; what differs is none."""
    first = next((n for n, one in enumerate(body) if section_of_line(form, one.text)), len(body))
    second = next((n for n in range(first + 1, len(body)) if body[n].text == body[first].text), len(body))
    same = 0
    while second + same < len(body) and first + same < second and body[first + same].text == body[second + same].text:
        same += 1
    between = [one.text for one in body[first + same : second]]
    told = {one.text for one in body[:first]}
    if same < _LEAST_COPY or not all(
        text in told or parse_title(form, text) or not re.search(_SENTENCE, text) for text in between
    ):
        return body
    return [*body[: first + same], *body[second + same :]]


def section_of_line(form: Form, text: str) -> Section | None:
    """Return the part whose heading this paragraph is, in a wording the form knows."""
    lines = split_paragraphs(text)
    joined = " ".join(lines)
    section = section_of(form, joined) if 0 < len(joined) <= _HEADING_LENGTH else None
    return section if section is not None and section.heading else None


def opening(form: Form, line: str) -> tuple[str, ...]:
    """Split the first line of a cell into the heading it may begin with, in words much like the form's, and the rest."""
    parts = _behind_heading(form, line)
    match = _OPENING.match(line) if len(parts) == 1 else None
    if match and _is_near_heading(form, match[1]):
        return tuple(filter(None, (match[1], line[match.end() :])))
    return parts


@lru_cache(maxsize=1024)
def _is_near_heading(form: Form, text: str) -> bool:
    return len(form.likeness.near(text, [s.heading for s in form.sections if s.heading])) == 1


def _told_apart(form: Form, paragraph: Paragraph) -> list[Paragraph]:
    """Return a paragraph that holds a heading and text as several."""
    lines = split_paragraphs(paragraph.text)
    if len(lines) < 2 or not any(section_of_line(form, line) for line in lines):
        lines = (paragraph.text,)
    parts = [part for line in lines for part in _behind_heading(form, line)]
    if len(parts) < 2:
        return [paragraph]
    return [Paragraph(part, paragraph.address, "" if n else paragraph.beside) for n, part in enumerate(parts)]


def _behind_heading(form: Form, line: str) -> tuple[str, ...]:
    """Split a line into the heading it begins with and the text right behind that."""
    if not "".join(line.split()).startswith(_headings(form)):
        return (line,)
    match = _inline(form).match(line)
    rest = line[match.end() :] if match else ""
    is_text = any("\u4e00" <= character <= "\u9fff" for character in rest.partition("\n")[0])  # not the page it is on
    return (line[: match.end(1)].strip(), rest) if match and is_text and re.match(_APART, rest) else (line,)


@lru_cache(maxsize=16)
def _headings(form: Form) -> tuple[str, ...]:
    """The headings of a form in all wordings it knows, without blanks."""
    known = (text for s in form.sections if s.heading for text in (s.heading, *s.also, *s.variants))
    return tuple("".join(text.split()) for text in known)


@lru_cache(maxsize=16)
def _inline(form: Form) -> re.Pattern[str]:
    """The expression of a heading with its number, in a wording the form knows, at the beginning of a line."""
    words = "|".join(r"\s*".join(map(re.escape, text)) for text in sorted(_headings(form), key=len, reverse=True))
    return re.compile(rf"\s*({words})[\s。：:．.]*")


def sections_of(form: Form, texts: Sequence[str]) -> dict[int, Section]:
    """Index of a paragraph's text → the part whose heading it is, in a wording the form knows or a wrong one.

    A wrong one only for parts whose heading stands nowhere in a known wording, and at the part's place: a line
    with the words of the heading under another number, or its short words; one that is nearly the heading; one with
    the part's number and much like it; the only ones with numbers between the headings around them, with the numbers
    that are missing there.
    """
    found = {n: s for n, text in enumerate(texts) if (s := section_of_line(form, text))}
    for likely in (_same_words, _near_heading, _numbered_like, _numbered):
        missing = {s.number: s for s in form.sections if s.heading and s not in found.values()}
        if missing:
            lines = {
                n: line for n, text in enumerate(texts)
                if n not in found and 0 < len(line := "".join(split_paragraphs(text))) <= _HEADING_LENGTH
                and not re.search(_SENTENCE, number_of(key(line))[1].rstrip("。:"))
            }  # fmt: skip
            found |= _at_their_place(form, found, likely(form, lines, missing))
    return found


def _same_words(form: Form, lines: Mapping[int, str], missing: Mapping[str, Section]) -> dict[int, Section]:
    words = {bare(text): s for s in missing.values() for text in (s.heading, *s.also, *s.variants)}
    brief = {bare(text): s for s in missing.values() for text in s.brief}
    found = {n: s for n, line in lines.items() if (s := words.get(bare(line)))}
    for n, line in lines.items():
        section = brief.get(bare(line))
        if section is not None and number_of(key(line))[0] in (0, number_of(key(section.heading))[0]):
            found.setdefault(n, section)
    return found


def _near_heading(form: Form, lines: Mapping[int, str], missing: Mapping[str, Section]) -> dict[int, Section]:
    headings = {s.heading: s for s in form.sections if s.heading}
    near = {n: form.likeness.near(line, headings) for n, line in lines.items() if not re.match(_SUBHEADING, line)}
    one = {n: headings[next(iter(those))] for n, those in near.items() if len(those) == 1}
    return {n: section for n, section in one.items() if section in missing.values()}


def _numbered_like(form: Form, lines: Mapping[int, str], missing: Mapping[str, Section]) -> dict[int, Section]:
    found = {n: missing[m[1]] for n, line in lines.items() if (m := re.match(_NUMBERED, line)) and m[1] in missing}
    return {n: section for n, section in found.items() if _is_like(lines[n], section.heading)}


def _is_like(line: str, heading: str) -> bool:
    from difflib import SequenceMatcher  # few files have a line that comes so far

    return SequenceMatcher(None, key(line), key(heading), autojunk=False).ratio() >= _LIKE


def _numbered(form: Form, lines: Mapping[int, str], missing: Mapping[str, Section]) -> dict[int, Section]:
    """Lines with the numbers of all parts that are missing, each once and no other number among them."""
    numbers = {n: m[1] for n, line in lines.items() if (m := re.match(_NUMBERED, line))}
    return {n: missing[number] for n, number in numbers.items()} if list(numbers.values()) == list(missing) else {}


def _at_their_place(form: Form, right: Mapping[int, Section], likely: Mapping[int, Section]) -> dict[int, Section]:
    """Return those of the likely headings that stand once, and in the order of the form among all."""
    order = {s.id: n for n, s in enumerate(form.sections)}
    ids = [section.id for section in likely.values()]
    every = [(n, order[s.id]) for n, s in {**right, **likely}.items()]
    return {
        n: section for n, section in likely.items()
        if ids.count(section.id) == 1
        and all((m < n) == (place < order[section.id]) for m, place in every if m != n)
    }  # fmt: skip


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
        if not text or key(text).strip("():") in self.form.titles.continued:
            return
        if section is not None:
            self.close()
            self.texts.headings.append((section.id, "".join(lines)))
            self.section, self.heading = section.id, ""
        elif re.match(_SUBHEADING, text) and self.section:
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
            self.held = _without_furniture(self.form, self.held)
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


def _without_furniture(form: Form, held: Sequence[str]) -> list[str]:
    """Return the lines of the last part without what belongs to the web page.

    That is what follows a link to another report or to what stands beside it, and at the end what is neither
    sentence nor date.
    """
    short = ((n, line) for n, line in enumerate(held) if "。" not in line)
    page = (
        n for n, line in short if line.startswith((*form.titles.links, *form.titles.page)) or parse_title(form, line)
    )
    kept = [*held[: next(page, len(held))]]
    while len(kept) > 1 and (re.search(_FOOTER, kept[-1]) or not re.search(_SENTENCE, kept[-1])):
        if chinese_date(kept[-1]):
            break
        kept.pop()
    return kept
