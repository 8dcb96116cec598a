"""Reading balances."""

from datetime import datetime

from django.db.models import Sum

from marketplace.ledger.models import Posting


def balance(
    *, market_id: int, kind: str, seller_id: int | None = None, before: datetime | None = None
) -> int:
    """The signed balance of an account in minor units, debit positive, of a seller or of the whole
    market; of all entries, or of those before
    an instant.
    """
    postings = Posting.objects.filter(account__market_id=market_id, account__kind=kind)
    if seller_id is not None:
        postings = postings.filter(account__seller_id=seller_id)
    if before is not None:
        postings = postings.filter(entry__at__lt=before)
    total: int = postings.aggregate(total=Sum("amount"))["total"] or 0
    return total
