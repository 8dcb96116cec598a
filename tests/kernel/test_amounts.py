"""How amounts and rates are written: by language, and by the country where countries differ."""

import pytest

from marketplace.kernel.amounts import amount_text, locale_within, money_text, percent_text


@pytest.mark.parametrize(
    ("country", "currency", "written"),
    [
        ("MX", "MXN", "\N{MINUS SIGN}$1,234.50"),
        ("PE", "PEN", "\N{MINUS SIGN}S/\N{NO-BREAK SPACE}1,234.50"),
        ("CO", "COP", "\N{MINUS SIGN}$1.234,50"),
        ("ES", "EUR", "\N{MINUS SIGN}1.234,50\N{NO-BREAK SPACE}€"),
    ],
)
def test_spanish_is_written_as_in_its_country(country: str, currency: str, written: str) -> None:
    assert money_text(-1234_50, currency=currency, language=locale_within("es", country)) == written


def test_a_rate_of_mexico_has_a_point_and_one_of_colombia_a_comma() -> None:
    assert percent_text(1050, language=locale_within("es", "MX")).rstrip("%\N{NO-BREAK SPACE}") == "10.5"
    assert percent_text(1050, language=locale_within("es", "CO")).rstrip("%\N{NO-BREAK SPACE}") == "10,5"


@pytest.mark.parametrize(
    ("language", "country", "locale"),
    [
        ("cs", "CZ", "cs-CZ"),
        ("es", "CZ", "es"),
        ("en", "CZ", "en"),
        ("es-MX", "MX", "es-MX"),
        ("xx", "PE", "xx"),
        ("", "PE", ""),
    ],
)
def test_a_country_that_nobody_knows_a_language_of_leaves_the_language(
    language: str, country: str, locale: str
) -> None:
    assert locale_within(language, country) == locale
    assert amount_text(1_00, currency="EUR", language=locale) in ("1.00", "1,00")
