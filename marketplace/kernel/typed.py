"""Amounts and days as people type them into the back office."""

import re
from datetime import date

from django.utils.translation import gettext as _

from marketplace.kernel.money import parse_minor

AMOUNT = re.compile(r"\d+([.,]\d{1,2})?")
DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


class NotAnAmount(Exception):
    """What was typed is no amount of money."""


class NotADay(Exception):
    """What was typed is no day, or not one it can be."""


def amount_in(text: str) -> int:
    """The minor units a person typed: ``907.50`` or ``1 907,5``.

    :raises NotAnAmount: if it cannot be read for sure.
    """
    bare = re.sub(r"\s", "", text)
    if len(bare) > 16 or not AMOUNT.fullmatch(bare) or not bare.isascii():
        raise NotAnAmount(_("“%(text)s” is no amount; write it as 907.50.") % {"text": text.strip()})
    return parse_minor(bare.replace(",", "."))


def day_in(text: str, *, first: date, last: date) -> date:
    """The day a person typed: ``2026-11-05``; not before ``first`` and not after ``last``.

    :raises NotADay: if it cannot be read for sure, or lies outside.
    """
    bare = text.strip()
    try:
        if not DAY.fullmatch(bare) or not bare.isascii():
            raise ValueError(bare)
        day = date(*map(int, bare.split("-")))
    except ValueError:
        raise NotADay(_("“%(text)s” is no day; write it as 2026-11-05.") % {"text": bare[:40]}) from None
    if not first <= day <= last:
        raise NotADay(
            _("%(day)s cannot be: it must lie from %(first)s to %(last)s.")
            % {"day": day, "first": first, "last": last}
        )
    return day
