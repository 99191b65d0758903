"""The documentation tells the truth: its commands, options, files and links exist."""

from __future__ import annotations

import glob
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from reportgen.api import read_report
from reportgen.cli import cli
from reportgen.errors import InputError, OutputError, ReportgenError
from reportgen.form import Form
from reportgen.model.findings import SEVERITY_LABELS
from reportgen.workbook import extract

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MANUAL = (ROOT / "docs/manual.zh.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGES = [f"docs/{name}.zh.md" for name in ("reviewer", "it")]
TEXTS = {"README.md": README, "docs/manual.zh.md": MANUAL, **{name: (ROOT / name).read_text("utf-8") for name in PAGES}}


def commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")
        else:
            yield above + name, command


ALL = dict(commands(cli))


def used(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the command and the options of every ``reportgen …`` line in code."""
    code = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S) + re.findall(r"`(reportgen [^`\n]+)`", text)
    for line in "\n".join(code).splitlines():
        words = line.partition("#")[0].split()
        if words[:1] != ["reportgen"] or len(words) < 2 or not re.match(r"[a-z]", words[1]):
            continue
        name = " ".join(words[1:3]) if isinstance(cli.commands.get(words[1]), click.Group) else words[1]
        yield name, [w.partition("=")[0] for w in words if re.match(r"--?[a-z]", w)]


@pytest.mark.parametrize(
    "document", [pytest.param(one, marks=() if one == "README.md" else pytest.mark.slow) for one in sorted(TEXTS)]
)
def test_commands_and_options_exist(document: str) -> None:
    found = list(used(TEXTS[document]))
    assert len(found) >= 3
    for name, options in found:
        assert name in ALL, f"{document}: reportgen {name}"
        known = {option for p in ALL[name].params for option in p.opts} | {"--help", "-h"}
        assert set(options) <= known, f"{document}: reportgen {name} {options}"


def test_the_manual_names_every_command_and_option() -> None:
    for name, command in ALL.items():
        assert f"reportgen {name}" in MANUAL, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                longest = max(parameter.opts, key=len)
                assert f"`{longest}" in MANUAL or f" {longest}" in MANUAL, f"{name} {longest}"


@pytest.mark.parametrize(
    "document", [pytest.param(one, marks=() if one == "README.md" else pytest.mark.slow) for one in sorted(TEXTS)]
)
def test_commands_run_as_printed(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, in a folder that holds the files they begin with."""
    monkeypatch.chdir(tmp_path)
    example = (ROOT / "examples/liwan-2024.xlsx").read_bytes()
    Path("报送").mkdir()
    Path("报送/甲局.xlsx").write_bytes(example)
    Path("名册.csv").write_text("单位名称\n广州市荔湾区人民政府\n", encoding="utf-8")
    for folder in ("2025", "上年报送"):
        Path(folder).mkdir()
        shutil.copy(ROOT / "examples/sources/huaian-2024.docx", folder)
    if document != "README.md":
        for name in ("甲局", "丙镇"):
            Path(f"{name}.xlsx").write_bytes(example)
        shutil.copy(ROOT / "examples/forms/2027.toml", tmp_path)
        monkeypatch.setenv("REPORTGEN_FORMS", str(tmp_path))
        shutil.copy(ROOT / "examples/sources/huaian-2024.docx", "甲局2025年报告.docx")
        extract(read_report("甲局2025年报告.docx"), "乙局.xlsx")
    for settings in re.findall(r"^```toml\n(.*?)^```", TEXTS[document], re.M | re.S):
        Path("forms").mkdir()
        Path("forms/2021.toml").write_text(settings, encoding="utf-8")
    code = re.findall(r"^```sh\n(.*?)^```", TEXTS[document], re.M | re.S)
    lines = [shlex.split(line.partition("#")[0]) for line in "\n".join(code).splitlines()]
    run = [words[1:] for words in lines if words[:1] == ["reportgen"]]
    for words in run:
        arguments = [one for word in words for one in (sorted(glob.glob(word)) if "*" in word else [word])]
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code in (0, 1), (words, result.output, result.exception)
        assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exception)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", README + CONTRIBUTING, re.M))))
def test_make_knows_every_target_named(target: str) -> None:
    done = subprocess.run(
        ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
    )
    assert done.returncode == 0, done.stderr


def test_contributing_names_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*##", makefile, re.M)
    assert len(targets) > 10
    for target in targets:
        assert re.search(rf"\bmake {target}(?![a-z-])", CONTRIBUTING), target


def test_the_readme_has_two_commands() -> None:
    assert re.findall(r"^make ([a-z-]+)$", README, re.M) == ["demo", "test"]


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/manual.zh.md",
        "docs/clerk.zh.md",
        "docs/reviewer.zh.md",
        "docs/it.zh.md",
        "docs/decisions.md",
        "CHANGELOG.md",
    ],
)
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not target.startswith("https://"):
            assert ((ROOT / document).parent / target).exists(), f"{document}: {target}"


def test_exit_codes_are_the_programs() -> None:
    codes = dict(re.findall(r"^\| (\d) \| (.*) \|$", README, re.M))
    assert sorted(codes) == ["0", "1", "2", "3", "4"]
    assert "cannot be read" in codes[str(InputError.exit_code)]
    assert "cannot be written" in codes[str(OutputError.exit_code)]
    assert "wrong usage" in codes[str(click.UsageError.exit_code)]
    assert ReportgenError.exit_code == 3
    for code in codes:
        assert re.search(rf"^\| {code} \|", MANUAL, re.M), code


def test_severities_are_explained() -> None:
    for label in SEVERITY_LABELS.values():
        assert f"| {label} |" in MANUAL


def test_rules_named_exist(form: Form) -> None:
    named = set(re.findall(r"\b([A-Z]\d?-\d\d)\b", MANUAL + README))
    assert named <= set(form.rules), named - set(form.rules)


def test_the_sheets_are_explained(form: Form) -> None:
    sheets = form.sheets
    names = [sheets.guide, sheets.fields, sheets.texts, sheets.last_year, sheets.checks]
    for name in [*names, *(table.id for table in form.tables)]:
        assert f"“{name}”" in MANUAL, name


def test_the_pages_made_from_the_form_are_current() -> None:
    import runpy

    made = runpy.run_path(str(ROOT / "scripts" / "docs.py"))
    for name in ("rules", "forms"):
        page = (ROOT / "docs" / f"{name}.zh.md").read_text(encoding="utf-8")
        assert page == made[f"{name}_page"](), "run: make docs"
