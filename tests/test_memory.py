"""The memory of what comes again: bounded, and what was found last stays longest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reportgen.memory import Memory


@given(st.integers(1, 4), st.lists(st.tuples(st.booleans(), st.integers(0, 6))))
def test_the_latest_are_kept(most: int, steps: list[tuple[bool, int]]) -> None:
    memory: Memory[int, int] = Memory(most, 8)
    latest: list[int] = []
    for keep, key in steps:
        known = key in latest
        assert memory.find(key) == (10 * key if known else None)
        if known or keep:
            latest = [one for one in latest if one != key] + [key]
        if keep:
            memory.keep(key, 10 * key)
        latest = latest[-most:]
        assert len(memory) == len(latest)


@given(st.integers(1, 4), st.lists(st.integers(0, 6)))
def test_what_came_is_noticed_for_a_while(noticed: int, keys: list[int]) -> None:
    memory: Memory[int, int] = Memory(1, noticed)
    once: list[int] = []
    for key in keys:
        assert memory.comes_again(key) is (key in once)
        once = (once if key in once else [*once, key])[-noticed:]
    assert len(memory) == 0
