"""The journal's texts in the reader's language: they are kept in English, as they were posted."""

import re
from functools import lru_cache

from django.utils.translation import gettext, gettext_noop

TEXTS = (
    gettext_noop("card of order %(order)s"),
    gettext_noop("transfer of order %(order)s"),
    gettext_noop("cod of order %(order)s"),
    gettext_noop("voucher of order %(order)s"),
    gettext_noop("Refund of order %(order)s"),
    gettext_noop("Voucher %(code)s issued"),
    gettext_noop("Voucher %(code)s redeemed, order %(order)s"),
    gettext_noop("Voucher %(code)s reactivated, order %(order)s"),
    gettext_noop("Voucher %(code)s expired"),
    gettext_noop("Invoice document %(number)s"),
    gettext_noop("Credit document %(number)s"),
    gettext_noop("Commission invoice %(number)s"),
    gettext_noop("Credit note %(number)s"),
    gettext_noop("Seller's invoice %(number)s for %(document)s"),
    gettext_noop("Seller's credit note %(number)s for %(document)s"),
    gettext_noop("Set-off %(number)s"),
    gettext_noop("Cash of order %(order)s is with the marketplace"),
    gettext_noop("Payout %(number)s"),
    gettext_noop("Received for %(number)s"),
    gettext_noop("Deposit %(number)s"),
    gettext_noop("Taken back: deposit %(number)s"),
    gettext_noop("Fee %(number)s taken from deposit %(deposit)s"),
    gettext_noop("Taken back: fee %(number)s"),
    gettext_noop("Rounding of deposit %(number)s"),
    gettext_noop("Billing invoice %(number)s"),
    gettext_noop("Billing credit note %(number)s"),
    gettext_noop("Void: %(number)s"),
    gettext_noop("Cancelled: invoice %(number)s"),
    gettext_noop("Sent back: payout %(number)s"),
)
"""Every sentence the operations post; one that is not here is shown as it was posted."""


def entry_text(posted: str) -> str:
    """What an entry's text says, in the language of whoever reads it."""
    for source, pattern in _patterns():
        if match := pattern.fullmatch(posted):
            return gettext(source) % match.groupdict()
    return posted


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(each, re.compile(_pattern(each))) for each in TEXTS]


def _pattern(source: str) -> str:
    steps = re.split(r"%\((\w+)\)s", source)
    return "".join(f"(?P<{step}>.+?)" if place % 2 else re.escape(step) for place, step in enumerate(steps))
