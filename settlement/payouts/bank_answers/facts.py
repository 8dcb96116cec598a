"""What a bank's file says, whichever kind it is. Pure: no Django, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What the bank sent: a statement, a notice of bookings, or the status of an order to pay."""

    STATEMENT = "camt.053"
    NOTICE = "camt.054"
    STATUS = "pain.002"


class Status(StrEnum):
    """What became of the money; only what is booked or returned has moved."""

    BOOKED = "booked"
    PENDING = "pending"
    REJECTED = "rejected"
    RETURNED = "returned"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One payment as the bank tells it; of a collective booking, one of its payments.

    Money in is positive. A status report names neither days nor, mostly, amounts (0 then). In it, an entry
    without ``end_to_end`` speaks for every payment of the original message that no other entry names.
    ``creditor_reference`` is what the payer gave in the field for references, as it stands there.
    """

    position: int
    bank_reference: str
    booked_on: date | None
    value_on: date | None
    amount_minor: int
    currency: str
    end_to_end: str
    original_message_id: str
    variable_symbol: str
    remittance_text: str
    counterparty_name: str
    counterparty_iban: str
    status: Status
    reason_code: str
    reason_text: str
    creditor_reference: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One statement, notice or status report; a file may hold several statements."""

    kind: Kind
    message_id: str
    account_iban: str
    currency: str
    statement_id: str
    from_on: date | None
    to_on: date | None
    opening_minor: int | None
    closing_minor: int | None
    entries: tuple[BankEntry, ...]

    @property
    def unexplained_minor(self) -> int | None:
        """What the closing balance has beyond the opening one and the bookings; None if none is told."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return self.closing_minor - self.opening_minor - sum(entry.amount_minor for entry in self._moved())

    def _moved(self) -> Iterator[BankEntry]:
        return (entry for entry in self.entries if entry.status in (Status.BOOKED, Status.RETURNED))
