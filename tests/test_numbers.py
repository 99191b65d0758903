"""What people type into number cells: read exactly, or a problem, never a guess."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.model.numbers import exact, format_number, is_number, parse_number

FULL_WIDTH = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")


@given(st.integers(0, 10**15 - 1))
def test_every_spelling_of_a_count_is_that_count(number):
    for spelling in (str(number), f"{number:,}", str(number).translate(FULL_WIDTH), f" {number}件 ", f"{number}.0", f"{number:,}".translate(FULL_WIDTH)):  # fmt: skip
        parsed = parse_number(spelling)
        assert (parsed.state, parsed.number) == ("number", number), spelling
        assert type(parsed.number) is int
        assert parsed.remark
        assert is_number(spelling)
    assert parse_number(number) == parse_number(Decimal(number))
    assert parse_number(number).remark == ""


@given(st.decimals(0, 10**9, places=2))
def test_amounts_are_exact_to_the_cent(amount):
    parsed = parse_number(float(amount), kind="amount", decimals=2, unit="万元")
    assert parsed.number == amount
    assert Decimal(format_number(parsed.number)) == amount
    assert parse_number(f"{amount}万元", kind="amount", decimals=2, unit="万元").number == amount


@given(st.text(max_size=12) | st.text("019０９+＋-－−.,，件 \u3000\u200b\ufeff\n", max_size=6))
def test_any_text_is_a_number_a_blank_a_placeholder_or_a_problem(text):
    parsed = parse_number(text)
    assert parsed.state in ("number", "blank", "placeholder", "problem")
    assert (parsed.number is not None) == (parsed.state == "number") == is_number(text)
    if parsed.number is not None:
        assert parsed.number >= 0
    if parsed.state == "problem":
        assert parsed.remark


@given(st.one_of(st.floats(), st.booleans(), st.none(), st.datetimes()))
def test_any_stored_value_is_judged(value):
    parsed = parse_number(value)
    assert (parsed.number is not None) == (parsed.state == "number") == is_number(value)


@pytest.mark.parametrize(
    ("typed", "unit", "kind"),
    [("12元", "万元", "amount"), ("1.2万", "件", "count"), ("12.5", "件", "count"), ("-0.01", "万元", "amount"),
     ("1,23", "件", "count"), ("12,3456", "件", "count"), ("１２ ３", "件", "count"), ("0x12", "件", "count"),
     ("²", "件", "count"), ("①", "件", "count"), ("٣", "件", "count"), ("1_000", "件", "count"), ("+-3", "件", "count"),
     ("9" * 16, "件", "count"), ("Infinity", "件", "count"), ("NaN", "万元", "amount")],
)  # fmt: skip
def test_doubtful_spellings_are_problems(typed, unit, kind):
    parsed = parse_number(typed, kind=kind, decimals=2, unit=unit)
    assert parsed.state == "problem", parsed


def test_doubles_are_the_decimals_people_see():
    assert exact(0.1 + 0.2) == Decimal("0.3")
    assert exact(5230.52) == Decimal("5230.52")
    assert exact(3.0) == 3
    assert type(exact(3.0)) is int


@given(st.integers(0, 10**15 - 1))
def test_counts_print_as_plain_digits(number):
    assert format_number(number) == str(number)
    assert format_number(None) == "0"
