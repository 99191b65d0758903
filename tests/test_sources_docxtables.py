"""Tables of known markup: reading only their texts gives what the ordinary reader gives, or is not done."""

from __future__ import annotations

import functools
import io
import zipfile
from pathlib import Path

import pytest
from documents import docx as by_python_docx
from hypothesis import given, settings
from hypothesis import strategies as st
from support import DATA, published_report
from wordkit import SHIPPED, example

from reportgen.sources import Grid, docxbody, docxtables
from reportgen.sources.docxtables import blocks, shape_of
from reportgen.word import render_report

EXAMPLES = Path(__file__).parent.parent / "examples" / "sources"


def body_of(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("word/document.xml")


@functools.cache
def documents() -> dict[str, bytes]:
    report = example()
    found = {
        "own": render_report(report),
        "other": render_report(published_report("huaian_city_2024")),
        "draft": render_report(report, draft=True, marks=["表三.new.natural", "表二.fee.amount"]),
        "template": SHIPPED,
        "python-docx": by_python_docx(report),
        "form": (DATA / "official-form.docx").read_bytes(),
        "published": (EXAMPLES / "huaian-2024.docx").read_bytes(),
    }
    return {name: body_of(data) for name, data in found.items()}


def outcome(read, xml: bytes) -> object:
    try:
        return read(xml)
    except ValueError:
        return "refused"


def both_agree(xml: bytes) -> object:
    """Read a body twice, so that all its tables are known, and by the ordinary reader."""
    wanted = outcome(docxbody.blocks, xml)
    assert outcome(blocks, xml) == wanted
    assert outcome(blocks, xml) == wanted
    return wanted


def shapes(xml: bytes) -> list[object]:
    return [shape_of(block) for block in blocks(xml) if isinstance(block, Grid)]


@pytest.mark.parametrize("name", ["own", "other", "draft", "template", "python-docx", "form", "published"])
def test_documents_read_the_same(name: str) -> None:
    xml = documents()[name]
    assert both_agree(xml) != "refused"
    assert len(shapes(xml)) == 3
    assert all(shapes(xml)), "none of them needs the ordinary reader"


def test_reports_of_one_template_share_their_shapes() -> None:
    mine, theirs = shapes(documents()["own"]), shapes(documents()["other"])
    assert [a[0] is b[0] for a, b in zip(mine, theirs, strict=True)] == [True] * 3
    assert [a[1] == b[1] for a, b in zip(mine, theirs, strict=True)] == [False] * 3


def test_drafts_do_not_drive_out_the_ordinary_tables() -> None:
    report = example()
    xml = documents()["own"]
    before = [shape for shape, _ in shapes(xml)]
    for cell in list(report.form.cells)[:20]:
        blocks(body_of(render_report(report, marks=[cell])))
        assert [shape for shape, _ in shapes(xml)] == before
    assert len(docxtables._known) <= docxtables._KEPT


def test_long_markup_is_read_but_not_kept() -> None:
    xml = documents()["own"].replace(b"<w:tblPr>", b'<w:tblPr w:x="' + b"x" * (1 << 17) + b'">', 1)
    kept = len(docxtables._known)
    assert both_agree(xml) != "refused"
    assert len(docxtables._known) <= max(kept, 3)
    assert all(len(b"".join(shape.markup)) < 1 << 17 for shape in docxtables._known)


CELL = b"<w:tc><w:p><w:r><w:t>%b</w:t></w:r></w:p></w:tc>"
ROW = b"<w:tr>" + CELL % b"a" + CELL % b"b" + b"</w:tr>"
TABLE = b"<w:tbl>" + ROW + b"</w:tbl>"
HEAD = (
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    b'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:o="urn:o">'
)


def whole(content: bytes, head: bytes = HEAD) -> bytes:
    return head + b"<w:body>" + content + b"</w:body></w:document>"


@pytest.mark.parametrize(
    "text",
    [
        b"", b" ", b"\n", b"\t", b"\r\n", "数　".encode(), b"a>b", b"]]>", b"&lt;", b"&amp;amp;", b"&#65;", b"&b;",
        b"&", b"<", b"<w:br/>", b"\0", b"\x01", b"\x0b", b"\xff", "\ufffe".encode(), b"\xed\xa0\x80",
        "\U0001f600\u2028\x7f\x85".encode(), b"0", b"</w:t><w:br/><w:t>", b"</w:t><w:t>1</w:t><w:t>2",
        b"</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>x", b"</w:t></w:r></w:p><w:p><w:r><w:tab/><w:t>x",
        b"<!-- x -->", b"<![CDATA[x]]>", b"<?x y?>",
    ],
)  # fmt: skip
def test_any_text_in_a_known_table(text: bytes) -> None:
    both_agree(whole(TABLE))
    both_agree(whole(TABLE.replace(b"<w:t>a<", b"<w:t>" + text + b"<")))


@pytest.mark.parametrize(
    "xml",
    [
        whole(b"<w:p/>" + TABLE * 3 + b"<w:tbl/>"),
        whole(b"<!--" + TABLE + b"-->" + TABLE),
        whole(b"<!--" + TABLE).replace(b"</w:tbl>", b"--></w:tbl>"),
        whole(b"<![CDATA[" + TABLE + b"]]>"),
        whole(b"<?x " + TABLE + b"?>"),
        whole(TABLE.replace(b"</w:p>", b"</w:p>" + TABLE, 1)),
        whole(b"<w:p><w:r><w:t>" + TABLE + b"</w:t></w:r></w:p>"),
        whole(b"<w:del>" + TABLE + b"</w:del>" + TABLE),
        whole(b"<w:p><w:r><w:rPr><w:vanish/></w:rPr>" + TABLE + b"<w:t>x</w:t></w:r></w:p>"),
        whole(b"<w:p><w:r><w:txbxContent>" + TABLE + b"</w:txbxContent></w:r></w:p>"),
        whole(
            b"<mc:AlternateContent><mc:Choice>" + TABLE + b"</mc:Choice><mc:Fallback>" + TABLE
            + b"</mc:Fallback></mc:AlternateContent>"
        ),
        whole(b"<w:sdt><w:sdtContent>" + TABLE + b"</w:sdtContent></w:sdt>"),
        whole(b"<w:tbl ><w:tr><w:tc>" + TABLE + b"</w:tc></w:tr></w:tbl>"),
        whole(b"<w:trPr>" + TABLE + b"</w:trPr>"),
        whole(b'<w:p o:a="' + TABLE + b'"/>'),
        whole(TABLE)[:-20],
        whole(TABLE + b"</w:p>"),
        whole(TABLE.replace(b"</w:tr>", b"")),
        whole(TABLE.replace(b"</w:tc>", b"</w:tx>", 1)),
        whole(TABLE.replace(b"<w:r>", b'<w:r xmlns:w="urn:x">', 1)),
        whole(TABLE.replace(b"<w:r>", b"<q:r/><w:r>", 1)),
        whole(TABLE.replace(b"<w:tr>", b"\n <w:tr>\n")),
        whole(TABLE.replace(b"<w:tr>", b"<w:p><w:r><w:t>x</w:t></w:r></w:p><w:tr>")),
        whole(TABLE.replace(b"<w:p>", b"<w:p><w:txbxContent><w:p/></w:txbxContent>", 1)),
        whole(TABLE, HEAD.replace(b"wordprocessingml", b"otherml")),
        whole(TABLE, b'<?xml version="1.0" encoding="gb18030"?>' + HEAD).replace(b"a", "数".encode("gb18030")),
        whole(TABLE, b"\xef\xbb\xbf" + HEAD),
        whole(TABLE, b"<!DOCTYPE x>" + HEAD),
        whole(TABLE, HEAD + b"text"),
        whole(TABLE).decode().encode("utf-16"),
        TABLE,
        HEAD + TABLE + b"</w:document>",
        b"",
    ],
)  # fmt: skip
def test_tables_that_are_none_or_stand_in_something(xml: bytes) -> None:
    both_agree(whole(TABLE))
    both_agree(xml)


BITS = st.sampled_from(
    [b"<w:tbl>", b"</w:tbl>", b"<w:t>", b"</w:t>", b"<w:br/>", b"<w:tr>", b"<!--", b"-->", b"&", b">", b"<",
     b"\0", b"5", b"\r", b"]]>", b'"', "数".encode(), TABLE, b"<w:tab/>", b" ", b"<w:tc>", b"/"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 12), BITS), max_size=4), st.booleans())
def test_whatever_is_done_to_a_document(changes: list[tuple[int, int, bytes]], between: bool) -> None:
    xml = documents()["own"]
    for place, cut, put in changes:
        at = place % len(xml)
        if between:  # where it does least harm
            at = xml.find(b"<", at)
        xml = xml[:at] + put + xml[at + (0 if between else cut) :]
    both_agree(xml)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="<&"), max_size=5)


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=30), st.integers(1, 7))
def test_any_texts(texts: list[str], step: int) -> None:
    pieces = documents()["own"].split(b"</w:t>")
    for n in range(0, len(pieces) - 1, step):
        before, _, _ = pieces[n].rpartition(b">")
        pieces[n] = before + b">" + texts[n % len(texts)].encode()
    both_agree(b"</w:t>".join(pieces))
