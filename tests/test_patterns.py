"""Expressions that stay compiled: equal to what ``re`` makes, or compiled anew."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen import caches, patterns
from reportgen.checks.narrative.vocabulary import Vocabulary
from reportgen.form import load_form
from reportgen.form.phrases import expand

EXAMPLE = Path(__file__).parent.parent / "examples" / "liwan-2024.xlsx"
PIECES = [
    "甲", "乙+", "[丙丁-庚]*?", r"\d{2,4}", "(?:子|丑寅)", "(卯)?", "(?P<名>辰|巳)", r"(?P=名)", "(?!午)", "(?<=未)",
    "^", "$", r"\s", ".", "[^，。]", "(?i:ab)", "\ud800", "𠮷", r"\w\b", "(?(1)申|酉)",
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    forget()
    yield Path(caches.folder())
    forget()


def forget() -> None:
    """As in a new process."""
    patterns._kept.cache_clear()
    patterns._used.clear()


def same(one: re.Pattern[str], other: re.Pattern[str], text: str) -> bool:
    def told(pattern: re.Pattern[str]) -> list[Any]:
        return [(m.span(), m.groups(), m.groupdict(), m.lastgroup) for m in pattern.finditer(text)]

    return (one, one.groups, one.groupindex, told(one)) == (
        other,
        other.groups,
        other.groupindex,
        told(other),
    )


def kept(text: str, flags: int = 0) -> bool:
    """Keep an expression, and tell whether it comes back without being compiled."""
    patterns.compiled(text, flags)
    patterns.keep()
    forget()
    return f"{int(flags)} {text}" in patterns._kept()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8), st.text("甲乙丙己12子丑寅卯辰巳，ab\n", max_size=30),
       st.sampled_from([0, re.I, re.M | re.S, re.A]))  # fmt: skip
def test_what_comes_back_is_what_re_makes(pieces: list[str], text: str, flags: int) -> None:
    expression = "".join(pieces)
    try:
        wanted = re.compile(expression, flags)
    except re.error:
        with pytest.raises(re.error):
            patterns.compiled(expression, flags)
        return
    assert kept(expression, flags)
    assert same(patterns.compiled(expression, flags), wanted, text)
    forget()


def test_the_whole_vocabulary_comes_back() -> None:
    narrative = load_form("2021").narrative
    texts = {expand(t, 2024) for t in narrative.needs}
    texts |= {
        expand("|".join(sorted(narrative.words[name], key=len, reverse=True)), 2024)
        for name in ("neutral", "foreign")
    }
    for text in texts:
        patterns.compiled(text)
    Vocabulary(load_form("2021"), 2024)
    patterns.keep()
    forget()
    assert len(texts) > 70
    for text in texts:
        assert f"0 {text}" in patterns._kept()
        assert patterns.compiled(text) == re.compile(text)


def file_of(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


@pytest.mark.parametrize("damage", ["empty", "cut", "other", "text", "python"])
def test_what_is_damaged_or_of_another_python_is_passed_over(folder: Path, damage: str) -> None:
    assert kept("甲+")
    file = file_of(folder)
    whole = file.read_bytes()
    if damage == "python":
        value = caches.load(file.name)
        value["build"][0] += "x"
        caches.save(file.name, value)
    else:
        file.write_bytes(
            {
                "empty": b"",
                "cut": whole[:-9],
                "other": b"00000000 2\n[]",
                "text": whole.replace(b"7532", b"7533"),
            }[damage]
        )
    forget()
    assert patterns._kept() == {}
    assert patterns.compiled("甲+").fullmatch("甲甲")


@pytest.mark.parametrize("numbers", [[], [1], [0, 0, {}, [None], "zz"], [0, 0, {}, [None], "01"], [32, 0, {}, [None], "ff" * 8],
                                     [32, -1, {}, [None], "00" * 4], ["", 0, {}, [], ""], [32, 0, [], [None], ""]])  # fmt: skip
def test_numbers_that_are_no_program_are_refused(folder: Path, numbers: list[Any]) -> None:
    assert kept("甲+")
    value = caches.load(file_of(folder).name)
    value["patterns"]["0 甲+"] = numbers
    caches.save(file_of(folder).name, value)
    forget()
    assert patterns.compiled("甲+") == re.compile("甲+")


def test_a_folder_that_cannot_be_written_costs_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_bytes(b"")  # a file in its place
    monkeypatch.setattr(patterns, "_numbers", lambda *_: pytest.fail("nothing to make it for"))
    assert patterns.compiled("甲+").match("甲")
    patterns.keep()


def test_the_file_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_MOST", 5)
    assert kept("a") and kept("b") and kept("c")  # noqa: PT018
    for n in range(9):
        patterns.compiled(f"x{n}")
    patterns.keep()
    forget()
    assert list(patterns._kept()) == [f"0 x{n}" for n in range(5)], "those of the last run"


def test_the_second_run_says_the_same_and_compiles_next_to_nothing(tmp_path: Path) -> None:
    code = (
        "import re, sys\nfrom reportgen.start import main\n"
        "made, compile_ = [], re._compiler.compile if hasattr(re, '_compiler') else None\n"
        "def counted(*given):\n    made.append(given)\n    return compile_(*given)\n"
        "if compile_: re._compiler.compile = counted\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(len(made), file=sys.stderr)\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code, "validate", str(EXAMPLE)], capture_output=True, check=True,
            env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "own"), "LOCALAPPDATA": str(tmp_path / "own")},
        )
        for _ in range(2)
    ]  # fmt: skip
    assert runs[0].stdout == runs[1].stdout != b""
    first, second = (int(run.stderr.split()[-1]) for run in runs)
    if sys.version_info >= (3, 11):
        assert first > 100
        assert second < 20


def test_saved_in_one_step_and_whole(folder: Path) -> None:
    caches.writable()
    caches.save("a.json", {"甲": [1, "\ud800"]})
    assert caches.load("a.json") == {"甲": [1, "\ud800"]}
    assert [p.name for p in folder.iterdir()] == ["a.json"], "no temporary file stays"
    assert caches.load("b.json") is None
    assert json.loads((folder / "a.json").read_bytes().partition(b"\n")[2])


def test_no_place_for_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("LOCALAPPDATA")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert caches.folder() == ""
    assert not caches.writable()
    assert caches.load("a.json") is None
    assert patterns.compiled("甲")
    patterns.keep()
