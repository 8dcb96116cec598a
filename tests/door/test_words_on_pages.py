"""Money, rates and days as pages write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from sellers.door.templatetags.days import day, moment, through
from sellers.door.templatetags.money import money, money_plain, rate, signed

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "currency", "written"),
    [
        ("en", "CZK", f"−CZK{NBSP}1,149.50"),
        ("cs", "CZK", f"−1{NBSP}149,50{NBSP}Kč"),
        ("pl", "PLN", f"−1{NBSP}149,50{NBSP}zł"),
        ("hr", "EUR", f"−1.149,50{NBSP}€"),
    ],
)
def test_an_amount_is_written_as_its_language_does_with_a_true_minus(
    language: str, currency: str, written: str
) -> None:
    with translation.override(language):
        assert money(-1149_50, currency) == written


def test_forints_show_hundredths_only_where_there_are_some() -> None:
    with translation.override("hu"):
        assert money(12700_00, "HUF") == f"12{NBSP}700{NBSP}Ft"
        assert money(12700_50, "HUF") == f"12{NBSP}700,50{NBSP}Ft"


def test_amounts_beyond_what_a_float_holds_keep_every_cent() -> None:
    with translation.override("en"):
        assert money_plain(9_007_199_254_740_993, "CZK") == "90,071,992,547,409.93"


def test_a_signed_amount_says_plus_and_zero_says_nothing() -> None:
    with translation.override("en"):
        assert [signed(minor, "EUR") for minor in (500, 0, -500)] == ["+€5.00", "€0.00", "−€5.00"]


def test_a_missing_amount_is_written_as_nothing() -> None:
    assert money(None, "CZK") == money_plain(None, "CZK") == rate(None) == day(None) == ""


@pytest.mark.parametrize(("basis_points", "written"), [(2100, "21"), (1215, "12,15"), (50, "0,5"), (0, "0")])
def test_a_rate_has_no_idle_zeros(basis_points: int, written: str) -> None:
    with translation.override("cs"):
        assert rate(basis_points) == f"{written}{NBSP}%"


def test_an_instant_is_written_as_the_day_and_time_of_the_market() -> None:
    late = datetime(2026, 10, 31, 23, 10, tzinfo=UTC)
    with translation.override("en"), timezone.override(ZoneInfo("Europe/Prague")):
        assert day(late) == "1 Nov 2026"
        assert moment(late) == "1 Nov 2026 00:10"


def test_a_span_of_days_names_month_and_year_once() -> None:
    with translation.override("en"):
        assert through(date(2026, 11, 1), date(2026, 11, 15)).replace("\N{THIN SPACE}", "") == "1–15 Nov 2026"
