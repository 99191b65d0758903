"""The prepared form files: current, the same form, never preferred to an edited one; needed words."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.checks.texts.vocabulary import Vocabulary
from reportgen.errors import FormError
from reportgen.form import editions, load_form
from reportgen.form.load import FormReader
from reportgen.form.phrases import expand
from reportgen.form.prepare import needed_words, prepare
from reportgen.form.prepared import load_prepared
from reportgen.form.shipped import forms_dir

NEEDS = load_form("2021").narrative.needs


def copied(folder: Path) -> Path:
    for path in forms_dir().glob("*.*"):
        if path.suffix in (".toml", ".json"):
            shutil.copy(path, folder)
    return folder / "2021.toml"


def parts(form: Any) -> dict[str, Any]:
    values = {name: getattr(form, name) for name in form.__dataclass_fields__}
    narrative = values.pop("narrative")
    return values | {"topics": narrative.topics, "phrases": narrative.phrases, "words": narrative.words}


@pytest.mark.parametrize("edition", editions())
def test_they_are_current_and_the_same_form(edition: str) -> None:
    path = forms_dir() / f"{edition}.toml"
    assert path.with_suffix(".json").read_bytes() == prepare(path), "run: make forms"
    shipped = load_prepared(path)
    assert shipped is not None
    assert parts(shipped) == parts(FormReader(path).form())
    assert repr(shipped) == repr(load_form(edition)), "and that is the one in use"


@pytest.mark.parametrize("name", ["2021", "common", "phrases"])
def test_an_edited_form_is_read_and_proved_anew(tmp_path: Path, name: str) -> None:
    path = copied(tmp_path)
    assert load_prepared(path) is not None
    edited = tmp_path / f"{name}.toml"
    text = edited.read_text("utf-8")
    edited.write_text(text + "\n# a remark\n", "utf-8")
    assert load_prepared(path) is None
    assert load_form(path).id == "2021"
    edited.write_bytes(text.replace("\n", "\r\n").encode("utf-8"))
    assert load_prepared(path) is not None, "ends of lines say nothing of the content"


def test_a_mistake_in_an_edited_form_is_told(tmp_path: Path) -> None:
    path = copied(tmp_path)
    phrases = tmp_path / "phrases.toml"
    text = re.sub(r"^negation = .*$", 'negation = "(未"', phrases.read_text("utf-8"), count=1, flags=re.M)
    phrases.write_text(text, "utf-8")
    with pytest.raises(FormError, match="正则表达式"):
        load_form(path)


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b"{}", b"\xff", b'{"digest": "", "made_from": ["no.toml"]}']
)
def test_a_prepared_file_that_is_broken_is_passed_over(tmp_path: Path, broken: bytes) -> None:
    path = copied(tmp_path)
    path.with_suffix(".json").write_bytes(broken)
    assert load_prepared(path) is None
    assert len(load_form(path).cells) == len(load_form("2021").cells)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("答复|办结", ["办结", "答复"]),
        ("(?:接)?收到", ["收到"]),
        ("结转(?:至|到)?<year>年", ["结转"]),
        ("(?<!不)予以?公开", ["公开"]),
        ("[甲乙]x?", ["乙", "甲"]),
        ("(?:甲|乙丙)+丁?", ["乙丙", "甲"]),
        ("收取|^$", []),
        ("甲?", []),
        (r"\d+", []),
    ],
)
def test_needed_words(expression: str, words: list[str]) -> None:
    assert needed_words(expression) == words


@settings(max_examples=300)
@given(st.data())
def test_whatever_matches_has_a_needed_word(data: st.DataObject) -> None:
    expression = data.draw(st.sampled_from(sorted(NEEDS)))
    text = data.draw(st.from_regex(expand(expression, 2024)))
    assert any(word in text for word in NEEDS[expression])


def test_most_expressions_are_never_compiled() -> None:
    form = load_form("2021")
    assert len(NEEDS) > 70
    words = Vocabulary(form, 2024)
    words.hits("收到申请12件，全部办结。", words.topics["request"])
    compiled = [p.key for p, e in words._phrases if e._pattern is not None]
    assert 1 < len(compiled) < 12
