"""What is common to all that the marketplace's systems tell: why it is not taken, and doing it once."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.parties.models import Market
from sellers.api.models import MarketKey
from settlement.billing.refusals import NoDeposits, Refused

T = TypeVar("T")


class NotTaken(Exception):
    """Something told is not taken in; nothing was changed. ``code`` says why to a machine."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def once_more(act: Callable[[], T]) -> T:
    """Do something once more where another call told the same number at the same time: it is found then."""
    try:
        with transaction.atomic():
            return act()
    except IntegrityError:
        with transaction.atomic():
            return act()


def unknown_seller(market: Market, partner_number: str) -> NotTaken:
    """That there is no seller of a number."""
    text = _("There is no seller %(seller)s in %(market)s.")
    return NotTaken("unknown_seller", text % {"seller": partner_number, "market": market.code})


def code_of(refusal: Refused) -> str:
    """What a machine is told of a refusal."""
    return "no_deposits" if isinstance(refusal, NoDeposits) else "refused"


def differing(number: str, reference: str, before: Iterable[object], now: Iterable[object]) -> NotTaken:
    """That a number was told before with other content, naming both."""
    text = _(
        "%(number)s was told before and is %(reference)s: %(before)s. Now it is told as: %(now)s. Nothing was"
        " changed."
    )
    told = {
        "number": number,
        "reference": reference,
        "before": _listed(before),
        "now": _listed(now),
    }
    return NotTaken("conflict", text % told)


def _listed(parts: Iterable[object]) -> str:
    texts = (
        timezone.localtime(part).isoformat() if isinstance(part, datetime) else str(part) for part in parts
    )
    return ", ".join(filter(None, texts))


def note(
    key: MarketKey, verb: str, subject: str, at: datetime, *, seller_id: int | None = None, **told: int
) -> None:
    """Write down what a key was used for."""
    details = {"key": key.prefix, **told}
    record(verb=verb, subject=subject, by=None, at=at, seller_id=seller_id, details=details)
