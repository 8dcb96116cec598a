"""A draft of an entry, which cannot be built unbalanced. Pure: no Django, no clock."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime


class Unbalanced(ValueError):
    """Debits and credits differ."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A signed amount on an account named by kind and, where it is a seller's, by seller."""

    kind: str
    amount: int
    seller_id: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be posted for one fact; legs of zero are left out, legs on the same account add up.

    :raises Unbalanced: if debits and credits differ, or nothing is left to post.
    """

    key: str
    market_id: int
    at: datetime
    text: str
    legs: tuple[Leg, ...]

    def __post_init__(self) -> None:
        sums: dict[tuple[str, int | None], int] = {}
        for leg in self.legs:
            sums[leg.kind, leg.seller_id] = sums.get((leg.kind, leg.seller_id), 0) + leg.amount
        kept = tuple(Leg(kind, amount, seller) for (kind, seller), amount in sums.items() if amount)
        if sum(leg.amount for leg in kept) or len(kept) < 2:
            raise Unbalanced(f"{self.key}: {kept}")
        object.__setattr__(self, "legs", kept)

    @property
    def fingerprint(self) -> str:
        """A hash of all that is posted, by which a second posting of the key is compared with the first."""
        legs = sorted([leg.kind, leg.amount, leg.seller_id or 0] for leg in self.legs)
        return hashlib.sha256(json.dumps([self.market_id, self.at.isoformat(), legs]).encode()).hexdigest()
