"""No more modules are imported and no more functions called than when the figures were stored."""

from __future__ import annotations

from functools import cache

import counts
import pytest

MARGINS = {"modules": 0.05, "calls": 0.10}
OTHER_PYTHON = 0.15
"""Margin for a Python without stored figures: its own library differs, a lost cache still shows."""

_now = cache(counts.measured)


def _stored() -> tuple[str, dict[str, dict[str, int]]]:
    """Return the stored figures of this Python, or of the nearest one."""
    figures = counts.stored()

    def distance(version: str) -> int:
        return abs(int(version.split(".")[1]) - int(counts.VERSION.split(".")[1]))

    version = min(figures, key=distance)
    return version, figures[version]


@pytest.mark.parametrize(
    ("kind", "what"),
    [("modules", "--help"), ("modules", "validate"), ("modules", "build"), ("calls", "validate"), ("calls", "build")],
)  # fmt: skip
def test_no_more_than_stored(kind: str, what: str) -> None:
    version, figures = _stored()
    margin = MARGINS[kind] if version == counts.VERSION else OTHER_PYTHON
    now, before = _now()[kind][what], figures[kind][what]
    assert now <= before * (1 + margin), (
        f"{what}: {now} {kind}, stored {before} (Python {version}), allowed {margin:.0%} more. "
        "If that is meant to be, store the new figures with `python tests/counts.py --write` and say "
        "in the commit what they buy."
    )


def test_what_is_counted_is_there() -> None:
    """A command that failed early, or a profile that saw nothing, would count next to nothing."""
    modules, calls = _now()["modules"], _now()["calls"]
    assert 0 < modules["--help"] < modules["validate"] < modules["build"]
    assert 1000 < calls["validate"] < calls["build"]
