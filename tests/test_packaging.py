"""What is shipped: every package, every data file, and commands the README names."""

from __future__ import annotations

import configparser
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def words(value: str) -> list[str]:
    return value.replace(",", " ").split()


def test_every_package_is_listed(setup: configparser.ConfigParser) -> None:
    found = {str(path.parent.relative_to(ROOT)).replace("/", ".") for path in (ROOT / "reportgen").rglob("__init__.py")}
    assert set(words(setup["options"]["packages"])) == found | {"reportgen.templates"}


def test_every_data_file_is_shipped(setup: configparser.ConfigParser) -> None:
    patterns = {key: words(value) for key, value in setup["options.package_data"].items()}
    lost = []
    for package, folder in {"reportgen": ROOT / "reportgen", "reportgen.templates": ROOT / "templates"}.items():
        for path in folder.rglob("*"):
            if path.is_dir() or path.suffix in (".py", ".pyc", ".po") or "__pycache__" in path.parts:
                continue
            owner, inner = package, path.relative_to(folder)
            while (folder / inner.parts[0] / "__init__.py").exists():
                owner, folder_part, inner = (f"{owner}.{inner.parts[0]}", inner.parts[0], Path(*inner.parts[1:]))
                assert folder_part
                break
            if not any(fnmatch(str(inner), pattern) for pattern in patterns.get(owner, [])):
                lost.append(f"{owner}: {inner}")
    assert not lost, lost


def test_names_inside_the_package_are_ascii() -> None:
    """A Chinese file name inside a package is not found under LANG=C or a GBK locale."""
    files = [p for folder in ("reportgen", "templates", "office") for p in (ROOT / folder).rglob("*")]
    assert [str(p) for p in files if not p.name.isascii()] == []


def test_version_is_the_changelogs(setup: configparser.ConfigParser) -> None:
    import reportgen

    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (newest, *_) = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", changelog, re.M)
    assert newest == reportgen.__version__
    assert setup["metadata"]["version"] == "attr: reportgen.__version__"
