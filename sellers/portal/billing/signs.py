"""How a language writes amounts, as a page's own script is told it."""

from django.utils.translation import ngettext

from marketplace.kernel.amounts import NO_COINS_IN_USE, notation_of, surroundings
from sellers.door.templatetags.money import language

SAMPLES = {"one": 1, "two": 2, "few": 3, "many": 5, "other": 5}
"""A number of each form that languages of ours count in, by the names browsers know them by."""


def forms_of_deposits() -> dict[str, str]:
    """A count of deposits in every form, for a script to put its own number in."""
    return {
        name: ngettext("%(count)s deposit", "%(count)s deposits", count) % {"count": count}
        for name, count in SAMPLES.items()
    }


def signs_of(currency: str) -> dict[str, str]:
    """What stands before, in and after an amount of this currency, in the language of the page; "idle" where
    hundredths are written only if there are some.
    """
    notation, (before, after) = notation_of(language()), surroundings(currency, language())
    return {
        "before": before,
        "after": after,
        "group": notation.group,
        "decimal": notation.decimal,
        "coins": "idle" if currency in NO_COINS_IN_USE else "always",
    }
