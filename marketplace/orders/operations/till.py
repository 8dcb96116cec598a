"""Paying new orders with vouchers: all of a batch are locked at once, and used up one order at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.orders.models import Tender
from marketplace.orders.operations.rows import OrderRows
from marketplace.orders.rules.facts import OrderFacts, Refused
from marketplace.parties.models import Market
from marketplace.vouchers.models import Voucher
from marketplace.vouchers.operations import Use, check_use, lock_vouchers, redeem
from marketplace.vouchers.rules import Refused as VoucherRefused


class Till:
    """The vouchers that the new orders of a batch name, locked, and what these use of them."""

    def __init__(self, market: Market, told: Sequence[OrderFacts], standing: Mapping[str, Any]) -> None:
        fresh = [facts for facts in told if facts.number not in standing]
        codes = [each.voucher for facts in fresh for each in facts.tenders if each.voucher]
        self._market = market
        self._vouchers = lock_vouchers(market=market, codes=codes) if codes else {}
        self._uses: list[Use] = []

    def pay(self, rows: OrderRows, facts: OrderFacts) -> None:
        """Use the vouchers an order names; a test order uses none.

        :raises Refused: if one cannot pay its part; then none is used.
        """
        named = [
            (tender, self._find(told.voucher, place))
            for place, (tender, told) in enumerate(zip(rows.tenders, facts.tenders, strict=True), start=1)
            if told.voucher and not rows.order.test
        ]
        spent: dict[int, int] = {}
        for tender, voucher in named:
            tender.voucher = voucher
            if tender.paid_at is not None:
                spent[voucher.pk] = spent.get(voucher.pk, 0) + tender.amount
                self._check(voucher, spent[voucher.pk], rows)
        for tender, voucher in named:
            if tender.paid_at is not None:
                voucher.balance -= tender.amount
                self._uses.append(_use(rows, tender, voucher))

    def close(self) -> None:
        """Take from the vouchers what was used; the orders are written already."""
        redeem(uses=self._uses)

    def _find(self, code: str, place: int) -> Voucher:
        if code not in self._vouchers:
            raise Refused(f"tenders.{place}.voucher: {self._market.code} has no voucher {code}")
        return self._vouchers[code]

    def _check(self, voucher: Voucher, amount: int, rows: OrderRows) -> None:
        voucher.market = self._market
        try:
            check_use(voucher=voucher, amount=amount, at=rows.order.placed_at)
        except VoucherRefused as refusal:
            raise Refused(f"tenders: {refusal}") from None


def _use(rows: OrderRows, tender: Tender, voucher: Voucher) -> Use:
    order = rows.order
    return Use(
        voucher=voucher,
        key=f"order:{order.market_id}:{order.number}:{tender.position}",
        amount=tender.amount,
        order=order.number,
        at=order.placed_at,
    )
