"""The printed report, measured in the PDF that LibreOffice makes of it (FORMAT.md 7)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from measure import Line, Pdf, Word, to_pdf
from msgspec.structs import replace
from support import DATA, make_report, published_report
from validators import findings

from reportgen.form import Form, Table, editions, load_form
from reportgen.model.report import Passage, Report
from reportgen.show.view import title_lines
from reportgen.word.design import column_widths, default_template
from reportgen.word.render import render_report

pytestmark = pytest.mark.office

LEFT, TOP, RIGHT, BOTTOM = 28.0, 37.0, 184.0, 262.0  # the type area, mm
CHARACTER = 15.75 / 72 * 25.4
PAGE_NUMBER = re.compile(r"—\d+—")
FACES = {"小标宋": "NotoSerifCJK", "黑体": "FandolHei", "楷体": "FandolKai", "仿宋": "FandolFang", "宋体": "FandolSong"}
LENGTHS = range(22)  # every place on a page that a heading can come to


def passages(form: Form, texts: dict[str, tuple[str, ...]]) -> tuple[Passage, ...]:
    """Passages by section id or by id of a sub-heading."""
    made = []
    for section in form.text_sections:
        if section.id in texts:
            made.append(Passage(section.id, "", texts[section.id]))
        made += [Passage(section.id, sub.heading, texts[sub.id]) for sub in section.subheadings if sub.id in texts]
    return tuple(made)


def liwan() -> Report:
    """A published report with its texts, which fill about four pages."""
    report = published_report("liwan_2024")
    lines = [line.strip() for line in (DATA / "liwan_2024.txt").read_text(encoding="utf-8").splitlines()]
    sections = {s.heading: s for s in report.form.sections if s.heading}
    made: list[tuple[str, str, list[str]]] = []
    section = ""
    for line in filter(None, lines):
        if line in sections:
            section = "" if sections[line].table else sections[line].id
            made.append((section, "", []))
        elif re.fullmatch(r"（.）.{2,12}。", line):
            made.append((section, line[:-1], []))
        elif section:
            made[-1][2].append(line.replace(" ", ""))
    texts = tuple(Passage(s, heading, tuple(text)) for s, heading, text in made if s and text)
    return replace(report, passages=texts, fields={**report.fields, "signature_date": "2025年1月20日"})


def large(form: Form) -> Report:
    """Every figure is another number, as long as its table ever has to hold."""
    cells: dict[str, object] = {}
    for number, cell in enumerate(form.cells.values()):
        width = form.table(cell.table).width
        cells[cell.id] = (10_000_001 if width < 10 else 100_001 if width < 15 else 10_001) + number
        if cell.kind == "amount":
            cells[cell.id] = Decimal("12345678.95")
    return make_report(cells)


def without_chinese_face(docx: bytes, style: str) -> bytes:
    """Forget ``w:eastAsia`` in a style, as a careless edit of the template would."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/styles.xml":
                place = data.index(f'w:styleId="{style}"'.encode())
                assert b"w:eastAsia=" in data[place:]
                data = data[:place] + re.sub(rb'w:eastAsia="[^"]*"', b"", data[place:], count=1)
            new.writestr(name, data)
    return out.getvalue()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, form: Form) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("layout")
    text = passages(form, {"overall": ("国" * 28 * 70,), "problems": ("问题及改进。",), "other": ("无。",)})
    made = {
        "liwan": render_report(liwan()),
        "draft": render_report(liwan(), draft=True),
        "text": render_report(make_report({}, passages=text)),
        "large": render_report(large(form)),
    }
    made["careless"] = without_chinese_face(made["liwan"], "ReportPart")
    for lines in LENGTHS:
        texts = passages(form, {
            "proactive": ("一行。",) * (lines + 1), "request": ("申请。",), "platform": ("平台。",),
            "problems": ("问题。",) * 3, "other": ("事项。",),
        })  # fmt: skip
        made[f"length{lines}"] = render_report(make_report({}, passages=texts))
    paths = {name: folder / f"{name}.docx" for name in made}
    for name, data in made.items():
        paths[name].write_bytes(data)
    return paths


@pytest.fixture(scope="module")
def pdfs(files: dict[str, Path]) -> dict[str, Pdf]:
    return dict(zip(files, to_pdf(list(files.values()), files["liwan"].parent), strict=True))


def body(pdf: Pdf, page: int) -> list[Line]:
    """The lines of a page without page number and draft mark."""
    return [line for line in pdf.lines(page) if TOP < line.middle < BOTTOM]


def pages(pdf: Pdf) -> range:
    return range(1, len(pdf.sizes) + 1)


def place(table: Table, column: int, span: int = 1) -> tuple[float, float]:
    """Left and right edge of columns of a table, mm."""
    edges = [LEFT + twips / 1440 * 25.4 for twips in accumulate(column_widths(table), initial=0)]
    return edges[column - 1], edges[column - 1 + span]


def inside(words: list[Word], left: float, right: float) -> str:
    return "".join(w.text for w in words if left <= (w.left + w.right) / 2 <= right)


@pytest.mark.parametrize("name", ["liwan", "text", "large"])
def test_page_is_a4_and_all_text_is_in_the_type_area(pdfs: dict[str, Pdf], name: str) -> None:
    pdf = pdfs[name]
    assert all(size == pytest.approx((210, 297), abs=0.5) for size in pdf.sizes)
    for page in pages(pdf):
        for line in pdf.lines(page):
            if PAGE_NUMBER.fullmatch(line.text):
                continue
            assert line.top > TOP - 0.5
            assert max(word.bottom for word in line.words) < BOTTOM + 0.8, line.text
            assert line.words[0].left > LEFT - 0.1, line.text
            # LibreOffice 7.4 lets punctuation hang out at the end of a line: it reads
            # w:overflowPunct the wrong way round.
            hanging = CHARACTER if line.text[-1] in "，。、；：”）" else 0
            assert line.words[-1].right < RIGHT + 0.3 + hanging, line.text


def test_22_lines_of_28_characters(pdfs: dict[str, Pdf]) -> None:
    lines = body(pdfs["text"], 2)
    assert [line.text for line in lines] == ["国" * 28] * 22
    steps = [b.middle - a.middle for a, b in pairwise(lines)]
    assert steps == pytest.approx([28.95 / 72 * 25.4] * 21, abs=0.02)


def test_first_line_is_indented_two_characters(pdfs: dict[str, Pdf]) -> None:
    first, second = [line for line in body(pdfs["text"], 1) if line.text.startswith("国国")][:2]
    assert first.text == "国" * 26
    assert first.words[0].left - second.words[0].left == pytest.approx(2 * CHARACTER, abs=0.3)


def test_page_number(pdfs: dict[str, Pdf]) -> None:
    pdf = pdfs["liwan"]
    assert len(pages(pdf)) >= 4
    for page in pages(pdf):
        (line,) = [line for line in pdf.lines(page) if line.middle > BOTTOM]
        assert line.text == f"—{page}—"
        if page % 2:
            assert line.words[-1].right == pytest.approx(RIGHT - 14 / 72 * 25.4, abs=0.3)
        else:
            assert line.words[0].left == pytest.approx(LEFT + 14 / 72 * 25.4, abs=0.3)
        dash = line.words[0]
        _, top, _, bottom = pdf.ink(page, (dash.left, BOTTOM + 1, dash.right, 290))
        assert (top + bottom) / 2 == pytest.approx(269, abs=1)


def wrong_faces(pdf: Pdf, report: Report) -> set[str]:
    """Elements that are not set in the face FORMAT.md 7.4 and 7.9 give them."""
    form = report.form
    labels = [cell.text for table in form.tables for cell in table.layout
              if cell.role in ("row", "title") and not cell.note and 3 < len(cell.text) < 10]  # fmt: skip
    whole = {
        "title": (title_lines(report)[:1], "小标宋"),
        "page": (["—1—"], "宋体"),
        "part": ([section.heading for section in form.sections if section.heading], "黑体"),
        "passage": ([p.heading for p in report.passages if p.heading], "楷体"),
        "label": ([label for label in labels if label[0] not in "（三"], "宋体"),  # those take two lines
    }
    begun = {
        "text": ([p.paragraphs[0].replace(" ", "")[:4] for p in report.passages], "仿宋"),
        "note": ([c.note[:6] for t in form.tables for c in t.layout if c.role == "corner" and c.note], "楷体"),
    }
    faces: dict[str, set[str]] = {}
    for piece, names in pdf.font_of.items():
        faces.setdefault("".join(piece.split()), set()).update(names)
    wrong = set()
    for element, (texts, face) in (whole | begun).items():
        for text in texts:
            found = [names for piece, names in faces.items()
                     if piece == text or (element in begun and piece.startswith(text))]  # fmt: skip
            if not found or not all(name.startswith(FACES[face]) for name in set().union(*found)):
                wrong.add(element)
    return wrong


def test_faces(pdfs: dict[str, Pdf]) -> None:
    assert wrong_faces(pdfs["liwan"], liwan()) == set()
    assert all(name.startswith(tuple(FACES.values())) for name in pdfs["liwan"].fonts())


def test_a_forgotten_chinese_face_is_noticed(pdfs: dict[str, Pdf]) -> None:
    assert wrong_faces(pdfs["careless"], liwan()) == {"part"}


def test_draft_is_marked_on_every_page_and_a_report_on_none(pdfs: dict[str, Pdf]) -> None:
    for page in pages(pdfs["draft"]):
        assert [line.text for line in pdfs["draft"].lines(page) if line.middle < TOP] == ["草稿"]
        assert not [line for line in pdfs["liwan"].lines(page) if line.middle < TOP and page <= 4]
    starts = {name: [body(pdfs[name], page)[0].text for page in (2, 3)] for name in ("draft", "liwan")}
    assert starts["draft"] == starts["liwan"], "the mark must not move the text"


def test_signature(pdfs: dict[str, Pdf]) -> None:
    """GB/T 9704 7.3.5.2: date two characters right of the body, which ends two before the edge."""
    pdf = pdfs["liwan"]
    *_, org, date = body(pdf, len(pages(pdf)))
    assert (org.text, date.text) == ("广州市荔湾区人民政府", "2025年1月20日")
    assert org.words[-1].right == pytest.approx(RIGHT - 2 * CHARACTER, abs=0.6)
    assert date.words[0].left - org.words[0].left == pytest.approx(2 * CHARACTER, abs=0.3)


def test_every_number_is_whole_and_in_its_column(pdfs: dict[str, Pdf], form: Form) -> None:
    pdf, report = pdfs["large"], large(form)
    checked = 0
    for table in form.tables:
        for cell in table.layout:
            if not cell.cell:
                continue
            words = [word for word in pdf.words if word.text == str(report.number(cell.cell))]
            assert len(words) == 1, f"{cell.cell} is cut or printed twice"
            left, right = place(table, cell.column, cell.column_span)
            assert left < words[0].left < words[0].right < right, cell.cell
            assert (words[0].left + words[0].right) / 2 == pytest.approx((left + right) / 2, abs=0.5), cell.cell
            checked += 1
    assert checked == len(form.cells)


def test_labels_are_whole_and_no_row_is_torn(pdfs: dict[str, Pdf], form: Form) -> None:
    """Every label stands complete, inside its cell, on one page."""
    for name in ("large", *(f"length{n}" for n in LENGTHS)):
        pdf = pdfs[name]
        for table in form.tables:
            for cell in table.layout:
                if not cell.text and not cell.note:
                    continue
                left, right = place(table, cell.column, cell.column_span)
                whole = [page for page in pages(pdf) if cell.text + cell.note
                         in inside([w for line in body(pdf, page) for w in line.words], left, right)]  # fmt: skip
                torn = cell.role in ("corner", "column") or cell.row_span > 1
                assert whole or torn, f"{name}: {cell.text}{cell.note}"


def test_tables_fill_the_type_area_and_no_more(pdfs: dict[str, Pdf]) -> None:
    pdf = pdfs["large"]
    for page in pages(pdf):
        left, top, right, bottom = pdf.ink(page, (0, 0, 210, BOTTOM + 2))
        assert left > LEFT - 0.2
        assert right < RIGHT + 0.2
        assert top > TOP - 0.2
        assert bottom < BOTTOM + 0.2
    left, _, right, _ = pdf.ink(1, (0, 100, 210, BOTTOM))
    assert (left, right) == pytest.approx((LEFT, RIGHT), abs=0.2)


def heading_places(pdf: Pdf, headings: list[str]) -> Iterator[tuple[str, int, int, list[Line]]]:
    """Each heading with its page, its place among the page's lines, and those lines."""
    for page in pages(pdf):
        lines = body(pdf, page)
        for number, line in enumerate(lines):
            if line.text in headings:
                yield line.text, page, number, lines


def test_no_heading_ends_a_page(pdfs: dict[str, Pdf], form: Form) -> None:
    headings = [s.heading for s in form.sections if s.heading]
    headings += [sub.heading for s in form.sections for sub in s.subheadings]
    ends = set()
    for lines in LENGTHS:
        found = list(heading_places(pdfs[f"length{lines}"], headings))
        assert len(found) == 6 + 3
        for heading, _, number, on_page in found:
            assert number < len(on_page) - 1, f"{heading} stands alone at a page's end ({lines} lines)"
            ends.add(number > 15)
    assert ends == {True, False}, "the lengths must bring headings near the page's end"


def test_tables_start_with_their_heading(pdfs: dict[str, Pdf], form: Form) -> None:
    """Heading, header rows and the first row of figures are on one page."""
    for lines in LENGTHS:
        pdf = pdfs[f"length{lines}"]
        for section in (s for s in form.sections if s.table):
            table = form.table(section.table)
            block = table.blocks[0]
            first = block.first_row + block.header_rows
            wanted = [c.text for c in table.layout if c.row <= first and c.role == "row" and c.row_span == 1]
            ((_, page, number, _),) = heading_places(pdf, [section.heading])
            words = [word for line in body(pdf, page)[number + 1 :] for word in line.words]
            for label in [*wanted, *(c.text for c in table.layout if c.row == block.first_row and c.text)]:
                assert label in inside(words, LEFT, RIGHT), f"{section.heading}: {label} ({lines} lines)"


def test_a_short_table_is_on_one_page(pdfs: dict[str, Pdf], form: Form) -> None:
    near_the_end = 0
    for lines in LENGTHS:
        pdf = pdfs[f"length{lines}"]
        for table in (t for t in form.tables if t.label_columns == 1):
            labels = [c.text for c in table.layout if c.role in ("row", "title")]
            pages_of = {
                label: [n for n in pages(pdf) for line in body(pdf, n) if label in "".join(w.text for w in line.words)]
                for label in labels
            }
            (page,) = {n for found in pages_of.values() for n in found[:1]}
            assert all(page in found for found in pages_of.values()), f"{table.id}, {lines} lines"
            near_the_end += page > 1
    assert near_the_end, "the lengths must bring the table to a page's end"


def test_header_rows_repeat(pdfs: dict[str, Pdf], form: Form) -> None:
    """A page that holds rows of a table with a header holds the header, once."""
    broken = 0
    for lines in LENGTHS:
        pdf = pdfs[f"length{lines}"]
        for table in (t for t in form.tables if t.header_rows and len(t.blocks) == 1):
            spans = set()
            labels = [c.text for c in table.layout if c.role == "row" and c.row_span == 1]
            header = [c.text for c in table.layout if c.role == "column" and c.column_span > 2]
            for page in pages(pdf):
                text = [word.text for line in body(pdf, page) for word in line.words]
                if any(label in text for label in labels):
                    spans.add(page)
                    assert all(text.count(label) == 1 for label in header), f"page {page}, {lines} lines"
            broken += len(spans) > 1
    assert broken > 5, "the lengths must make the table break"


@pytest.mark.parametrize("name", ["liwan", "draft", "large"])
def test_valid(files: dict[str, Path], name: str) -> None:
    assert findings(files[name]) == []


@pytest.mark.parametrize("edition", editions())
def test_template_is_valid(tmp_path: Path, edition: str) -> None:
    path = tmp_path / "template.docx"
    path.write_bytes(default_template(load_form(edition)))
    assert findings(path) == []
