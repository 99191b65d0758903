"""The prepared form in the user's cache folder: the same form, and nothing else can stand in its place."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from faults import as_plain_user

from reportgen.disk import cache
from reportgen.form import Form, load_form

SHOW = (
    "import sys\n"
    "from reportgen.form import load_form\n"
    "form = load_form()\n"
    "print(form.id, len(form.cells), sorted(form.rules) == sorted(set(form.rules)), form.rules['T3-01'].title)\n"
    "print('reportgen.form.proof' in sys.modules)\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    return Path(cache.folder())


def loaded(**variables: str) -> tuple[str, bool]:
    """Load the newest form in a process of its own: what it says, and whether it was proved anew."""
    done = subprocess.run(
        [sys.executable, "-c", SHOW], capture_output=True, text=True, encoding="utf-8", check=True,
        env=os.environ | {"PYTHONUTF8": "1"} | variables,
    )  # fmt: skip
    said, proved = done.stdout.splitlines()
    return said, proved == "True"


def prepared(folder: Path, form: Form) -> Path:
    return next(folder.glob(f"form-{form.id}-*"))


def test_it_is_used_from_the_second_start_on_and_the_same_form(folder: Path, form: Form) -> None:
    first, again = loaded(), loaded()
    assert first == (again[0], True)
    assert not again[1]
    content = prepared(folder, form).read_bytes().partition(b"\n")[2]
    copy = msgspec.msgpack.decode(content, type=Form)
    for name in form.__struct_fields__:
        assert getattr(copy, name) == getattr(form, name), name
    assert list(copy.cells) == list(form.cells)
    assert list(copy.rules) == list(form.rules)


def test_another_form_file_is_proved_anew(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    loaded()
    assert loaded(REPORTGEN_FORMS=str(own)) == loaded(), "an empty folder changes nothing"
    (own / "2021.toml").write_text('extends = "2021"\n[[rules]]\nid = "T3-01"\ntitle = "另一个"\n', encoding="utf-8")
    said, proved = loaded(REPORTGEN_FORMS=str(own))
    assert proved
    assert said.endswith("另一个")
    assert not loaded()[1]
    assert loaded()[0] != said


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def plant(path: Path) -> None:
    """Another content of the right shape, with a checksum of its own."""
    content = path.read_bytes().partition(b"\n")[2].replace("结转".encode(), "转结".encode())
    path.unlink()
    cache.save(path.name, "another key", content)


def of_another_shape(path: Path) -> None:
    from reportgen.form import editions

    data = path.read_bytes()
    digest = path.name  # the right name, a wrong key
    path.write_bytes(data.partition(b"\n")[0] + b"\n" + msgspec.msgpack.encode([*editions(), digest]))


def group_writable(path: Path) -> None:
    path.chmod(0o664)


def linked(path: Path) -> None:
    other = path.with_name("elsewhere")
    path.rename(other)
    path.symlink_to(other)


def open_folder(path: Path) -> None:
    path.parent.chmod(0o777)


ODD: list[Callable[[Path], None]] = [
    cut, flip, empty, plant, of_another_shape, group_writable, linked, open_folder,
]  # fmt: skip


@pytest.mark.parametrize("spoil", ODD)
def test_a_file_that_is_not_ours_or_not_whole_is_passed_over(
    folder: Path, form: Form, spoil: Callable[[Path], None]
) -> None:
    said, _ = loaded()
    spoil(prepared(folder, form))
    again, proved = loaded()
    assert again == said
    assert proved


def test_a_file_of_another_user_is_passed_over(folder: Path, form: Form) -> None:
    cache.save("form-x", "key", b"content")
    assert cache.load("form-x", "key") == b"content"
    assert cache.load("form-x", "other key") is None
    if os.geteuid() == 0:  # the user of the test owns it; somebody else reads
        for place in (folder, *folder.parents[:2]):
            place.chmod(0o755)
        (folder / "form-x").chmod(0o644)
        assert as_plain_user(lambda: repr(cache.load("form-x", "key"))) == "None"


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    place = str(tmp_path / "file")
    assert loaded(XDG_CACHE_HOME=place, LOCALAPPDATA=place)[1]
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    monkeypatch.setenv("LOCALAPPDATA", place)
    cache.save("form-x", "key", b"content")
    assert cache.load("form-x", "key") is None


def test_only_the_latest_are_kept(folder: Path) -> None:
    for n in range(40):
        cache.save(f"form-{n}", "key", b"x")
        os.utime(folder / f"form-{n}", (n, n))
    kept = sorted(int(path.name.partition("-")[2]) for path in folder.iterdir())
    assert kept[-1] == 39
    assert len(kept) <= 17
    assert kept[0] > 20


def test_it_is_loaded_once_in_a_process() -> None:
    assert load_form("2021") is load_form("2021")
    assert load_form() is load_form("2021")
