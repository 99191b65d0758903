"""Fixtures that several test files share, and how many examples the property tests try."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from reportgen.form import Form, load_form

settings.register_profile(
    "fast",  # the same examples at every run
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("full", settings.get_profile("fast"), max_examples=500)
settings.load_profile("fast")  # make test-full: --hypothesis-profile=full


@pytest.fixture(scope="session")
def form() -> Form:
    return load_form("2021")


@pytest.fixture(scope="session", autouse=True)
def _nothing_opens() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPORTGEN_NO_OPEN", "1")
        yield


@pytest.fixture(scope="session", autouse=True)
def _hanging_up_ends() -> None:
    """Programs started here inherit what these tests were started with: under nohup that is to stay."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder every user of the machine can reach."""
    folder = Path(tempfile.mkdtemp(prefix="共用 (一)&二 "))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not import the suites that need tools unless they are asked for."""
    suites = {"office", "wine", "bundle"} & set(collection_path.parts[-2:])
    wanted = str(config.getoption("markexpr"))
    return True if any(f"not {suite}" in wanted or suite not in wanted for suite in suites) else None
