"""Cutting XML says what the parser says, or says that it cannot."""

from __future__ import annotations

import zipfile
from xml.parsers import expat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import DATA

from reportgen.sources.docx import blocks
from reportgen.sources.markup import UnusualError, cut, tags

ROOT = '<a xmlns="urn:1" xmlns:p="urn:2">'


def by_cutting(xml: bytes) -> list[object]:
    root, pieces = cut(xml)
    events: list[object] = []
    for n, piece in enumerate(pieces):
        events += [piece] if n % 2 else tags(root, piece)
    return events


def by_parsing(xml: bytes) -> list[object]:
    events: list[object] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: events.append((name, attributes))
    parser.EndElementHandler = lambda name: events.append((name, None))
    parser.CharacterDataHandler = events.append
    parser.Parse(xml, True)
    return events


@pytest.mark.parametrize(
    "xml",
    [
        f"{ROOT}</a>",
        f"{ROOT}一<p:b p:c='1' d=\"2\"/>二<b >三</b ></a>",
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n{ROOT}<b/></a>\n',
        f"\ufeff{ROOT}&lt;&amp;lt;&quot;&apos;<b c='&gt;&amp;quot;'/></a>",
        f"{ROOT}a>b>><b/>></a>",
        "<a>  <b> </b>\n</a>",
        f"{ROOT}<b c='\"' d=\"'\" e='/'/><b e='/'></b></a>",
    ],
)
def test_the_same_events(xml: str) -> None:
    assert by_cutting(xml.encode()) == by_parsing(xml.encode())


@pytest.mark.parametrize(
    "content",
    [
        "<!-- <b> -->", "<![CDATA[<b>]]>", "<?b <c> ?>", "&#65;", "a\r\nb",
        "<b c='>'/>", "<b c='>' d='>'>x</b>", "<b c=\"p' d='q' >\"/>", "<b c='x>y'>z</b>",
        "<p:b xmlns:p='urn:1'/>", "<b xmlns='urn:2'/>", "<q:b/>", "<b q:c='1'/>",
    ],
)  # fmt: skip
def test_what_could_be_misread_is_left_to_the_parser(content: str) -> None:
    with pytest.raises(UnusualError):
        by_cutting(f"{ROOT}{content}</a>".encode())


@pytest.mark.parametrize(
    "xml",
    [
        "<a/>".encode("utf-16"), "<a/>".encode("utf-16-le"),
        '<?xml version="1.0" encoding="gb2312"?><a>数</a>'.encode("gb2312"),
        b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe6</a>',
        b"<a xmlns:p='urn:1' xmlns:q='urn:1'/>",
    ],
)  # fmt: skip
def test_other_encodings_and_double_names_too(xml: bytes) -> None:
    with pytest.raises((UnusualError, expat.ExpatError, ValueError)):
        by_cutting(xml)


@pytest.mark.parametrize("xml", ["", "<a>", "<a></b>", "<a b='<'/>", "<a>&b;</a>", "<a/><a/>"])
def test_not_well_formed(xml: str) -> None:
    with pytest.raises(expat.ExpatError):
        cut(xml.encode())


NAMES = st.sampled_from(["b", "p:b", "q:b", "w"])
SCRAPS = st.text(st.sampled_from("数x1 <>&\"'/=;\t\n]"), max_size=8)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(NAMES, SCRAPS, SCRAPS, st.booleans(), st.sampled_from("\"'")), max_size=6))
def test_whatever_is_cut_is_cut_right(elements: list[tuple[str, str, str, bool, str]]) -> None:
    xml = ROOT
    for name, raw, content, empty, quote in elements:
        value = raw.replace("&", "&amp;").replace("<", "&lt;").replace(quote, "")
        text = content.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "")
        xml += f"<{name} c={quote}{value}{quote}" + ("/>" if empty else f">{text}</{name}>") + text
    data = f"{xml}</a>".encode()
    try:
        found = by_cutting(data)
    except UnusualError:
        return
    assert found == by_parsing(data)


def test_a_real_document_reads_the_same_both_ways() -> None:
    with zipfile.ZipFile(DATA / "official-form.docx") as archive:
        xml = archive.read("word/document.xml")
    assert blocks(xml)
    assert blocks(xml) == blocks(xml + b"<!-- -->")
