"""What a draft's page shows: what is on it still, and what is not any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from settlement.billing.models import Deposit, InvoiceDraft
from settlement.billing.rules.recipients import Recipient, recipient_of
from settlement.billing.sheets import Sheet, sheet_of_deposits


@dataclass(frozen=True, slots=True)
class Drafted:
    """The deposits of a draft: those that can be invoiced, oldest first, and those that cannot any more."""

    draft: InvoiceDraft
    deposits: Sequence[Deposit]
    gone: Sequence[Deposit]

    @property
    def gross(self) -> int:
        return sum(each.uninvoiced for each in self.deposits)

    @property
    def recipient(self) -> Recipient:
        return recipient_of(self.draft.recipient)

    def sheet(self, *, at: datetime) -> Sheet:
        """What its invoice would say, if it were issued now."""
        return sheet_of_deposits(
            seller=self.draft.seller, deposits=self.deposits, recipient=self.recipient, at=at
        )


def drafted(draft: InvoiceDraft) -> Drafted:
    """Look at a draft's deposits as they stand now."""
    keys = set(draft.deposits)
    rows = Deposit.objects.of(draft.seller).filter(pk__gte=min(keys, default=0), pk__lte=max(keys, default=0))
    found = [each for each in rows.order_by("received_at", "pk") if each.pk in keys]
    return Drafted(
        draft, [each for each in found if each.uninvoiced], [each for each in found if not each.uninvoiced]
    )
