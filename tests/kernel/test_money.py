"""Money adds up, whatever is done to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import (
    BadAmount,
    MixedCurrencies,
    Money,
    decimal_text,
    parse_minor,
    parse_rate,
    rate_text,
    round_half_up,
    round_to_unit,
    share,
    split,
    vat_within,
)

AMOUNTS = st.integers(-(10**13), 10**13)
WEIGHTS = st.dictionaries(st.text(max_size=4), st.integers(0, 10**10), min_size=1, max_size=12)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding_is_symmetric_and_within_half(numerator: int, denominator: int) -> None:
    rounded = round_half_up(numerator, denominator)

    assert round_half_up(-numerator, denominator) == -rounded
    assert abs(2 * (rounded * denominator - numerator)) <= denominator


def test_half_goes_away_from_zero() -> None:
    assert [round_half_up(each, 2) for each in (1, -1, 3, -3, 5)] == [1, -1, 2, -2, 3]


@given(AMOUNTS, WEIGHTS)
def test_parts_add_to_the_whole_each_within_one_minor_unit_of_its_share(
    total: int, weights: dict[str, int]
) -> None:
    whole = sum(weights.values())
    if not whole:
        return

    parts = split(total, weights.items())

    assert sum(parts.values()) == total
    assert all(abs(parts[key] * whole - total * weight) < whole for key, weight in weights.items())


@given(AMOUNTS, WEIGHTS)
def test_the_order_of_input_does_not_matter(total: int, weights: dict[str, int]) -> None:
    if sum(weights.values()):
        assert split(total, weights.items()) == split(total, reversed(list(weights.items())))


def test_ties_go_to_the_lowest_key() -> None:
    assert split(638, [("c", 1013), ("a", 1013), ("b", 1013)]) == {"a": 213, "b": 213, "c": 212}


def test_a_total_cannot_be_split_over_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        split(1, [("a", 0)])
    assert split(0, [("a", 0)]) == {"a": 0}


@given(AMOUNTS)
def test_amounts_are_written_and_read_back(minor: int) -> None:
    assert parse_minor(decimal_text(minor)) == minor


@given(st.integers(0, 10_000))
def test_rates_are_written_and_read_back(rate_bp: int) -> None:
    assert parse_rate(rate_text(rate_bp)) == rate_bp


@pytest.mark.parametrize(
    "text", ["", "1.005", "NaN", "Infinity", "1e999999", "-1e-999999", "1,5", "٣x", "9" * 30]
)
def test_what_cannot_be_kept_exactly_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        parse_minor(text)


@pytest.mark.parametrize("text", ["12.155", "-1", "100.01", "x"])
def test_rates_finer_than_a_basis_point_or_out_of_bounds_are_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        parse_rate(text)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(MixedCurrencies):
        Money(1, "CZK") + Money(1, "EUR")
    assert Money(12700_00, "HUF") - Money(1_00, "HUF") == Money(12699_00, "HUF")
    assert str(-Money(5, "CZK")) == "-0.05 CZK"


def test_practical_units_shares_and_contained_vat() -> None:
    assert round_to_unit(1234_50, 100) == 1235_00
    assert share(3039, 2100) == 638
    assert vat_within(121_00, 2100) == 21_00
