"""Templates opened and saved by LibreOffice, unchanged: nothing to tell, the same report."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from wordkit import SHIPPED, example, lines

from reportgen.api import template_faults
from reportgen.form import editions, load_form
from reportgen.word.design import default_template
from reportgen.word.proof import prove
from reportgen.word.render import render_report

pytestmark = pytest.mark.office


def saved(path: Path, *kinds: str) -> Path:
    """Return the file after LibreOffice has saved it as each of these kinds, one after the other."""
    for number, kind in enumerate(kinds):
        folder = path.parent / f"{number}"
        profile = f"-env:UserInstallation=file://{path.parent}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(path)]
        subprocess.run(command, capture_output=True, check=True, timeout=120)
        path = folder / f"{path.stem}.{kind}"
        assert path.is_file()
        path = path.rename(path.parent.parent / f"{number}{path.name}")
    return path


@pytest.mark.parametrize("kinds", [("docx",), ("docx", "docx"), ("odt", "docx"), ("doc", "docx")], ids="-".join)
def test_a_template_saved_anew_is_as_good(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    template = tmp_path / "模板.docx"
    template.write_bytes(SHIPPED)
    again = saved(template, *kinds)
    assert [fault.line() for fault in template_faults(again)] == []
    report = example()
    printed = render_report(report, template=again)
    assert prove(printed, report) > 200
    assert lines(printed) == lines(render_report(report))


@pytest.mark.parametrize("edition", editions())
def test_so_is_one_of_any_edition(tmp_path: Path, edition: str) -> None:
    template = tmp_path / "甲.docx"
    template.write_bytes(default_template(load_form(edition)))
    assert [fault.line() for fault in template_faults(saved(template, "docx"))] == []
