"""What a report is published as: several files of one reading, open data, the sheet to sign."""

from __future__ import annotations

import csv
import hashlib
import os
from decimal import Decimal
from pathlib import Path

import pytest
from support import make_report, published_cells

from reportgen import build, read_report
from reportgen.disk.files import write_outputs
from reportgen.errors import OutputError, ProofError
from reportgen.model.report import Passage, Report
from reportgen.publish import FORMATS, data
from reportgen.sources import open_document

ROOT = Path(__file__).parent.parent
LIWAN = ROOT / "examples" / "liwan-2024.xlsx"


@pytest.fixture
def report() -> Report:
    texts = (Passage("overall", "", ("2024年新收申请{{ 新收 }}件。",)),)
    return make_report(published_cells("liwan_2024") | {"表二.fee.amount": Decimal("5230.52")}, passages=texts)


def test_several_outputs_say_the_same(tmp_path: Path) -> None:
    outs = [tmp_path / f"甲.{kind}" for kind in ("docx", "html", "json")]
    result = build(LIWAN, outs)
    assert [file.path for file in result.files] == outs
    assert all(file.compared >= 200 for file in result.files)
    values = [{id_: v.number for id_, v in read_report(out).values.items()} for out in outs]
    assert values[0] == values[1] == values[2] == {id_: v.number for id_, v in read_report(LIWAN).values.items()}


def test_a_folder_takes_one_file_of_each_format(tmp_path: Path) -> None:
    result = build(LIWAN, tmp_path, formats=("docx", "csv", "docx"))
    assert [file.path.suffix for file in result.files] == [".docx", ".csv"]
    assert {file.path.stem for file in result.files} == {result.report.full_title}
    with pytest.raises(OutputError, match="pptx"):
        build(LIWAN, tmp_path, formats=("pptx",))
    with pytest.raises(OutputError, match="写重了"):
        build(LIWAN, [tmp_path / "a.html", tmp_path / "." / "a.html"])


@pytest.mark.parametrize("suffix", ["doc", "txt", "xlsx"])
def test_other_endings_are_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(OutputError, match="、".join(FORMATS.values())):
        build(LIWAN, [tmp_path / "a.html", tmp_path / f"b.{suffix}"])
    assert not list(tmp_path.iterdir())


def test_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text("旧", encoding="utf-8")
    with pytest.raises(OutputError, match="已经存在"):
        build(LIWAN, [tmp_path / "a.docx", tmp_path / "b.html"])
    assert [path.name for path in tmp_path.iterdir()] == ["b.html"]


def test_what_was_replaced_comes_back_when_the_next_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / name for name in ("a", "b", "c")]
    paths[0].write_bytes(b"old")
    paths[2].write_bytes(b"old")
    replace = os.replace

    def full(source: Path, target: Path) -> None:
        if Path(target) == paths[2]:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="磁盘空间不足"):
        write_outputs([(path, b"new") for path in paths], force=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old", "c": b"old"}


def test_csv(report: Report) -> None:
    content, count = data.as_csv(report)
    assert content.startswith(b"\xef\xbb\xbf")
    assert count == len(report.form.cells)
    head, *rows = csv.reader(content.decode("utf-8-sig").splitlines())
    assert tuple(head) == data.HEADS
    cells = list(report.form.cells.values())
    figures = {cell.id: row[4] for cell, row in zip(cells, rows, strict=True)}
    assert figures["表三.new.natural"] == "618"
    assert figures["表二.fee.amount"] == "5230.52"
    assert {row[5] for row in rows} == {"件", "万元"}


def test_blanks_are_0_as_in_the_document_and_what_is_unknown_is_only_in_drafts() -> None:
    blank = make_report({"表三.new.natural": ""})
    assert data.as_csv(blank)[1]
    assert '"表三.new.natural": 0'.encode() in data.as_json(blank)[0]
    unknown = make_report({"表三.new.natural": None})
    for write in (data.as_csv, data.as_json):
        with pytest.raises(ProofError, match="自然人"):
            write(unknown)
        assert write(unknown, draft=True)[1]
    assert '"表三.new.natural": null'.encode() in data.as_json(unknown, draft=True)[0]


def test_json_has_the_texts_as_printed_and_nothing_internal(report: Report, tmp_path: Path) -> None:
    content, _ = data.as_json(report)
    (tmp_path / "a.json").write_bytes(content)
    back = read_report(tmp_path / "a.json")
    assert back.passages[0].paragraphs == ("2024年新收申请639件。",)
    assert not back.explanations
    assert not back.last_year


def test_the_sheet_to_sign(tmp_path: Path) -> None:
    result = build(LIWAN, tmp_path / "甲.docx", sign_off=True)
    path = result.files[1].path
    assert path.name == "甲（审签单）.docx"
    said = {c.value: n for n, c in enumerate(open_document(path).grids[0].cells)}
    texts = " ".join(map(str, said))
    assert hashlib.sha256((tmp_path / "甲.docx").read_bytes()).hexdigest() in texts
    assert result.report.sha256 in texts
    assert "639 件" in texts
    assert "错误0" in texts
    assert set(result.report.form.sign_off.places) <= set(said)
    assert build(LIWAN, tmp_path / "甲.docx", sign_off=True, force=True).files[1].copy is None  # the same bytes
