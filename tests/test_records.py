"""The project's dataclass decorator against the standard one: the same behaviour, whatever is asked."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import records


def classes(decorate: Any) -> tuple[Any, Any, Any]:
    @decorate(frozen=True, slots=True)
    class Point:
        """With a property and every kind of field."""

        x: int
        y: str = "a"
        z: list[int] = dataclasses.field(default_factory=list, compare=False)
        w: int = dataclasses.field(default=0, repr=False)

        @property
        def twice(self) -> int:
            return self.x * 2

    @decorate(slots=True)
    class Open:
        x: int
        y: int = 1

    @decorate(frozen=True, eq=False, slots=True)
    class Single:
        """Compared by identity."""

        x: int

    return Point, Open, Single


OURS, THEIRS = classes(records.dataclass), classes(dataclasses.dataclass)


@records.dataclass(frozen=True, slots=True)
class Kept:
    """At module level, so that it can be pickled."""

    x: int
    y: str = "b"


def outcome(cls: Any, args: tuple[Any, ...], given_: dict[str, Any]) -> tuple[str, Any]:
    try:
        made = cls(*args, **given_)
    except TypeError as error:
        return "error", str(error)
    return repr(made), dataclasses.astuple(made)


ARGUMENTS = st.tuples(
    st.lists(st.integers(), max_size=5).map(tuple),
    st.dictionaries(st.sampled_from(["x", "y", "z", "w", "other"]), st.integers(), max_size=3),
)


@given(st.sampled_from([0, 1, 2]), st.lists(ARGUMENTS, min_size=1, max_size=3), st.sampled_from([0, 249]))
def test_made_called_shown_and_refused_alike(which: int, calls: list[Any], before: int) -> None:
    ours = classes(records.dataclass)[which]
    for n in range(before):  # after some the standard __init__ takes over
        assert ours(n).x == n
    for args, given_ in calls:
        assert outcome(ours, args, given_) == outcome(THEIRS[which], args, given_)


@given(st.tuples(*[st.integers(0, 1)] * 2), st.tuples(*[st.integers(0, 1)] * 2))
def test_equal_and_hashed_alike(a: tuple[int, int], b: tuple[int, int]) -> None:
    for ours, theirs in zip(OURS[:2], THEIRS[:2], strict=True):
        assert (ours(*a) == ours(*b)) == (theirs(*a) == theirs(*b))
        assert ours(*a) != theirs(*a), "another class is never equal"
    assert (hash(OURS[0](*a)) == hash(OURS[0](*b))) == (a == b)
    single = OURS[2](a[0])
    assert single == single and single != OURS[2](a[0])  # noqa: PLR0124, PT018
    assert OURS[0](1, "a", [1]) == OURS[0](1, "a", [2]), "compare=False"


def test_frozen_open_and_slotted_alike() -> None:
    point, opened = OURS[0](1), OURS[1](1)
    for change in (
        lambda: setattr(point, "x", 2),
        lambda: delattr(point, "x"),
        lambda: setattr(point, "new", 2),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            change()
    opened.x = 5
    assert (opened.x, opened.y, point.twice) == (5, 1, 2)
    with pytest.raises(AttributeError):
        opened.new = 1
    with pytest.raises(TypeError):
        hash(opened)
    assert point.z is not OURS[0](1).z, "a default of its own"


def test_the_standard_tools_work_on_them() -> None:
    for ours, theirs in zip(OURS, THEIRS, strict=True):
        assert [f.name for f in dataclasses.fields(ours)] == [f.name for f in dataclasses.fields(theirs)]
        assert ours.__match_args__ == theirs.__match_args__
        assert ours.__slots__ == theirs.__slots__
        assert dataclasses.replace(ours(1), x=9).x == 9
        assert dataclasses.is_dataclass(ours)
    kept = Kept(3)
    assert pickle.loads(pickle.dumps(kept)) == copy.copy(kept) == copy.deepcopy(kept) == kept
    assert Kept.__doc__ == "At module level, so that it can be pickled."


def test_what_it_does_not_know_is_left_to_the_standard_one() -> None:
    @records.dataclass(frozen=True)
    class Plain:
        x: int = 1

    @records.dataclass(slots=True)
    class Checked:
        x: int

        def __post_init__(self) -> None:
            self.x += 1

    assert Plain() == Plain(1)
    assert Checked(1).x == 2
