"""Money and rates in templates, in the active language. A missing amount is written as nothing."""

from django import template
from django.utils.translation import get_language

from marketplace.kernel.amounts import amount_text, money_text, percent_text

register = template.Library()


@register.filter
def money(minor: int | None, currency: str) -> str:
    """Write an amount of minor units with its currency."""
    return "" if minor is None else money_text(minor, currency=currency, language=language())


@register.filter
def money_plain(minor: int | None, currency: str) -> str:
    """Write an amount without its currency, for columns whose heading names it."""
    return "" if minor is None else amount_text(minor, currency=currency, language=language())


@register.filter
def signed(minor: int | None, currency: str) -> str:
    """Write an amount with its currency and always with its sign; zero has none."""
    return f"+{money(minor, currency)}" if minor and minor > 0 else money(minor, currency)


@register.filter
def rate(basis_points: int | None) -> str:
    """Write a rate of basis points as a percentage without idle zeros."""
    return "" if basis_points is None else percent_text(basis_points, language=language())


def language() -> str:
    """Return the language of the page at hand."""
    return get_language() or "en"
