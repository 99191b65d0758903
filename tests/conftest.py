"""Fixtures that several test files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen.form import Form, load_form


@pytest.fixture(scope="session")
def form() -> Form:
    return load_form("2021")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests keep prepared templates in a folder of their own, not in the user's."""
    with pytest.MonkeyPatch.context() as patch:
        folder = str(tmp_path_factory.mktemp("cache"))
        patch.setenv("XDG_CACHE_HOME", folder)
        patch.setenv("LOCALAPPDATA", folder)
        yield


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The suites that need tools are not even imported unless they are asked for."""
    suites = {"office", "wine", "bundle"} & set(collection_path.parts[-2:])
    wanted = str(config.getoption("markexpr"))
    return True if any(f"not {suite}" in wanted or suite not in wanted for suite in suites) else None
