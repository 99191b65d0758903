"""The pictures of the manual show the program as it is; README.md and the pages use every one of them."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = runpy.run_path(str(ROOT / "scripts/pictures.py"))

pytestmark = pytest.mark.office


def test_what_they_were_made_from_is_current() -> None:
    """If this fails: make pictures (and look at them)"""
    assert json.loads(MADE["DIGESTS"].read_text("utf-8")) == MADE["digests"]()


def test_every_picture_is_there_and_used() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.zh.md")]
    used = {name for page in pages for name in re.findall(r"pictures/([\w-]+\.png)", page.read_text("utf-8"))}
    there = {path.name for path in MADE["PICTURES"].glob("*.png")}
    assert used == there == {screen.picture for screen in MADE["SCREENS"]}
    assert all(path.stat().st_size < 300_000 for path in MADE["PICTURES"].glob("*.png"))
