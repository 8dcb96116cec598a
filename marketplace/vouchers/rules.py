"""What a voucher is when it is told to us, and when it may not pay. Pure: no Django, no clock."""

import secrets
from dataclasses import dataclass
from datetime import date

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, O, 1 or I: codes are read from paper."""


class Refused(ValueError):
    """A voucher cannot be issued, or cannot pay; the text says why, in one sentence."""


@dataclass(frozen=True, slots=True)
class VoucherFacts:
    """A voucher to be issued, for an amount in minor units; without a last day it does not expire."""

    code: str
    amount: int
    expires_on: date | None = None


def new_code() -> str:
    """A code nobody guesses: sixteen signs in four groups, 80 bits."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(16))
    return "-".join(signs[start : start + 4] for start in range(0, 16, 4))


def renewed_until(*, expires_on: date | None, on: date, days: int | None) -> date | None:
    """The last day of a voucher that was given money back; never earlier than it was.

    ``days`` is how long the market renews it for; None leaves it as it was, but for one that is over,
    which gets the day itself.
    """
    if expires_on is None:
        return None
    if days is None:
        return max(expires_on, on)
    return max(expires_on, date.fromordinal(on.toordinal() + days))
