"""How a language writes amounts, as a page's own script is told it."""

from marketplace.kernel.amounts import NO_COINS_IN_USE, notation_of, surroundings
from sellers.door.templatetags.money import language


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
