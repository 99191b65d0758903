"""Fixtures that several test files share."""

from __future__ import annotations

import pytest

from reportgen.form import Form, load_form


@pytest.fixture(scope="session")
def form() -> Form:
    return load_form("2021")
