"""The vouchers the demo's customers pay with: sold before their orders, some with a rest."""

from collections.abc import Sequence
from datetime import timedelta

from marketplace.kernel.zones import local_date
from marketplace.orders.rules.facts import OrderFacts
from marketplace.parties.models import Market
from marketplace.vouchers.models import Origin
from marketplace.vouchers.operations import issue_vouchers
from marketplace.vouchers.rules import VoucherFacts

ROUND = 5000_00
"""Vouchers are sold over multiples of this."""


def sell_vouchers(market: Market, orders: Sequence[OrderFacts]) -> None:
    """Sell the vouchers these orders name, a month before the first of them."""
    paying = [each for facts in orders for each in facts.tenders if each.voucher]
    if not paying:
        return
    sold_at = min(facts.placed_at for facts in orders) - timedelta(days=30)
    last = local_date(sold_at + timedelta(days=400), market.zone)
    told = [VoucherFacts(each.voucher, -(-each.amount // ROUND) * ROUND, last) for each in paying]
    issue_vouchers(market=market, told=told, origin=Origin.SOLD, by=None, at=sold_at)
