"""The title of a report: which body, and which year, wherever it stands and whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from ..form import Form
from ..form.likeness import key
from ..sources import Paragraph

_YEAR = re.compile(r"\d{4}")
"""Every title has one."""
_YEAR_IN_WORDS = re.compile(r"[一二三][〇○零Ｏ0一二三四五六七八九]{3}(?=\s*年)")
_DIGITS = str.maketrans("〇○零Ｏ一二三四五六七八九", "0000123456789")
_DATE = r"[\[(]?\d{4}(?:-\d{1,2}-\d{1,2}|年\d{1,2}月\d{1,2}日)[\])]?(?:\d{1,2}:\d\d(?::\d\d)?)?"
_NO_NAME = r"[\d。；;：:！？，,〔〕《》（）()>|]|附件|文件\s*$|.{41}"
"""A line that cannot be part of a body's name."""
_TITLE_LINES = 4
_LONGEST = 300
"""Characters of a line with a title in it and the way through the site before it."""


class Title(Struct, frozen=True):
    """A title found."""

    text: str
    org: str
    """Empty if the title names no body."""
    year: int
    first: int
    """Index of its first paragraph."""
    last: int
    """Index of its last paragraph."""


@lru_cache(maxsize=16)
def _title_words(form: Form) -> tuple[str, str]:
    """What stands in every title: most texts do not have it and need not be tried.

    The last two Chinese characters that stand together in the prescribed title and in every subject of titles, and
    a character of every word that ends one.
    """
    words = [form.report_title, *form.titles.subjects]
    pairs = (words[0][at : at + 2] for at in range(len(words[0]) - 2, -1, -1))
    word = next((p for p in pairs if all("\u4e00" <= c <= "\u9fff" for c in p) and all(p in o for o in words)), "")
    return word, next((c for c in "".join(form.title_ends[:1]) if all(c in end for end in form.title_ends)), "")


def possible_titles(form: Form, labels: Iterable[str]) -> list[str]:
    """Return the texts, as labels are compared, that have the words and the year that every title has."""
    word, end = _title_words(form)
    some = [label for label in labels if end in label and word in label]
    return [label for label in some if _YEAR.search(label) and any(end in label for end in form.title_ends)]


def parse_title(form: Form, text: str) -> tuple[str, int] | None:
    """Return body and year if ``text`` is a title of this report, in any wording in use; the body may be ``""``.

    What a page or a notice says around a title does not count: marks of fields, the way through the site, the
    name of the site, dates.  A link to the report before or after is none.
    """
    if len(text) > _LONGEST or text.startswith(form.titles.links):
        return None
    text = _YEAR_IN_WORDS.sub(lambda match: match[0].translate(_DIGITS), text)
    return _parsed(form, text) if possible_titles(form, [key(text)]) else None


@lru_cache(maxsize=1024)
def _parsed(form: Form, text: str) -> tuple[str, int] | None:
    whole, words = key(text), [key(word) for word in text.split()]
    bare = re.sub(_DATE, "", whole).rstrip("。.,;")
    pieces = [piece for part in (bare, *words) for piece in re.split(form.titles.separators, part)]
    found = [title for piece in (whole, re.sub("[《》]", "", bare), *pieces) if (title := _whole(form, piece))]
    if len(words) > 1:  # what stands before a blank may be something else
        ends = (*form.titles.bodies, *form.titles.places)
        found = [(org if org.endswith(ends) else "", year) for org, year in found]
    return next((title for title in found if title[0]), found[0] if found else None)


def _whole(form: Form, text: str) -> tuple[str, int] | None:
    if possible_titles(form, [text]):
        for expression in form.title_expressions:
            match = re.fullmatch(expression, text)
            org = match.groupdict().get("org", "") if match else ""
            if match and not _two(form, org):
                return org, int(match["year"])
    return None


def _two(form: Form, org: str) -> bool:
    """Tell whether a name seems to be two of one place: 甲市人民政府甲市乙局, 甲市甲市乙局."""
    again = org.find(org[:2], 2) if len(org) > 5 else -1
    return again > 0 and (org[:again].endswith(form.titles.bodies) or org.startswith(org[:again], again))


def body_like(form: Form, text: str) -> bool:
    """Tell whether a line is the name of a body."""
    text = key(text)
    return 3 <= len(text) <= 40 and not re.search(_NO_NAME, text) and text.endswith(form.titles.bodies)


def titles_in(form: Form, paragraphs: Sequence[Paragraph], end: int, *, web: bool) -> Iterator[Title]:
    """Yield the titles among the first paragraphs of a document; one may stand on several lines.

    Args:
        form: the edition.
        paragraphs: of the document.
        end: how many of them to look at.
        web: they are of a web page.
    """
    behind = 0
    for last in range(end):
        for first in range(last, max(last - _TITLE_LINES, behind - 1), -1):
            found = parse_title(form, _text(paragraphs[first : last + 1]))
            if found:
                above = _first_line(form, paragraphs, first, last, web=web)
                org, year = parse_title(form, _text(paragraphs[above : last + 1])) or found
                yield Title(joined(paragraphs[above : last + 1]), org, year, above, last)
                behind = last + 1
                break


def _first_line(form: Form, paragraphs: Sequence[Paragraph], first: int, last: int, *, web: bool) -> int:
    """Return where a title begins; a long name of the body is broken, too, and stands above it alone.

    On a web page anything may stand above: only the whole name counts there, above a title without one.
    """
    while first > 0 and last - first < _TITLE_LINES:
        above = key(paragraphs[first - 1].text)
        here = parse_title(form, _text(paragraphs[first : last + 1]))
        whole = parse_title(form, _text(paragraphs[first - 1 : last + 1]))
        if not here or not whole or re.search(_NO_NAME, above) or not whole[0].startswith(above):
            break
        if not (body_like(form, above) if web else _goes_on(form, above, here[0])) or (web and here[0]):
            break
        first -= 1
    return first


def _goes_on(form: Form, above: str, org: str) -> bool:
    """Tell whether the line above a title is the beginning of the body's name, and no heading of its own."""
    if _title_words(form)[0] in above or above.removeprefix("(").removesuffix(")") in form.titles.behind:
        return False
    if not org:
        return body_like(form, above)
    named = any(place in org for place in form.titles.places)
    return org[:2] != above[:2] and (not named or above.endswith((*form.titles.places, *form.titles.bodies)))


def _text(paragraphs: Sequence[Paragraph]) -> str:
    return paragraphs[0].text if len(paragraphs) == 1 else joined(paragraphs)


def joined(paragraphs: Sequence[Paragraph]) -> str:
    """Return the text of paragraphs in one line, without blanks."""
    return "".join("".join(p.text.split()) for p in paragraphs)
