"""The desk of vouchers in the back office."""

from typing import Any

from django.test import Client

from marketplace.ledger.models import Entry
from marketplace.parties.models import Market
from marketplace.vouchers.models import Voucher, VoucherMovement

ISSUE = "/admin/vouchers/voucher/issue/"


def stand() -> tuple[Any, ...]:
    """All that a refusal may not change."""
    return (
        list(Voucher.objects.order_by("pk").values_list("code", "state", "balance")),
        VoucherMovement.objects.count(),
        Entry.objects.count(),
    )


def issue(client: Client, market: Market, **fields: Any) -> Any:
    """Issue one voucher by the form."""
    asked = {"market": market.pk, "origin": "sold", "amount": "5000"} | fields
    return client.post(ISSUE, asked, follow=True)
