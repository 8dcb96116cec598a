"""A document on its way to being registered, and why it is not."""

from dataclasses import dataclass, field
from typing import Any

from marketplace.edocuments.facts import EDocument
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from sellers.receipts.models import Outcome, Receipt, ReceivedFile


@dataclass(slots=True)
class Wanted:
    """A document to be registered, the hash of the file it was read from, and its files, that one first.

    ``lacks`` is the outcome of one whose other file is missing, unless it is registered already.
    ``seller``, ``order`` and ``receipt`` are filled in as far as they are found.
    """

    document: EDocument
    sha256: str
    files: list[ReceivedFile]
    lacks: Outcome | None = None
    seller: Seller | None = None
    order: Order | None = None
    receipt: Receipt | None = None

    def forget(self) -> None:
        """Be as if nothing had been tried."""
        self.seller = self.order = self.receipt = None
        for row in self.files:
            row.outcome, row.decided_at, row.told = "", None, {}
            row.receipt = row.order = None


@dataclass(frozen=True)
class Refused(Exception):
    """A receipt is not registered: its one reason, and what its wording speaks of."""

    outcome: Outcome
    told: dict[str, Any] = field(default_factory=dict)
