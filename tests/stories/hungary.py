"""A Hungarian market of agency sellers whose customers pay by voucher, and what is told to it."""

import json
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from marketplace.kernel.money import parse_minor
from marketplace.orders.operations.intake import Taken
from marketplace.orders.operations.returning import register_returns
from marketplace.orders.parsing.returns import read_return
from marketplace.parties.models import BusinessModel, Market, Seller
from marketplace.vouchers.models import Origin, Voucher
from marketplace.vouchers.operations import Outcome, issue_vouchers
from marketplace.vouchers.rules import VoucherFacts
from tests.cast import BEFORE, make_market, make_seller
from tests.orders.telling import goods, tell_order, tender

MIDDLE = date(2026, 10, 15)
AFTER_MIDDLE = datetime(2026, 10, 16, 6, tzinfo=UTC)
RETURNED_AT = "2026-10-10T10:00:00+02:00"


def make_hungary(**fields: Any) -> Market:
    """Forints, 27 % VAT, refunds in whole forints."""
    told = {"currency": "HUF", "zone": "Europe/Budapest", "standard_vat_bp": 2700, "practical_unit": 100}
    return make_market(
        "HU",
        **(told | {"entity_tax_id": "HU10773381", "entity_iban": "HU42117730161111101800000000"} | fields),
    )


def make_agent(market: Market, partner_number: str = "4711", **terms: Any) -> Seller:
    """A seller in agency, 12 %, every half month."""
    told = {"model": BusinessModel.AGENCY, "commission_bp": 1200, "cadence": "half_month"}
    return make_seller(market, partner_number, "Duna Bt.", **(told | terms))


def give_voucher(market: Market, code: str, amount: str, *, expires_on: date | None = None) -> Voucher:
    """Sell a customer a voucher."""
    facts = [VoucherFacts(code, parse_minor(amount), expires_on)]
    (told,) = issue_vouchers(market=market, told=facts, origin=Origin.SOLD, by=None, at=BEFORE)
    assert told.outcome == Outcome.ISSUED, told.reason
    return Voucher.objects.get(market=market, code=code)


def hungarian(number: str, total: str, *tenders: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An order of one thing at 27 %, delivered on 5 October."""
    told: dict[str, Any] = {
        "number": number,
        "seller": "4711",
        "currency": "HUF",
        "lines": [goods(total, vat="27")],
        "tenders": list(tenders),
    }
    return tell_order(**(told | more))


def by_voucher(code: str, amount: str) -> dict[str, Any]:
    return tender("voucher", amount, voucher=code)


def four_orders(market: Market) -> list[dict[str, Any]]:
    """One order wholly by voucher, and one each with the rest by transfer, cash and card."""
    for code, amount in {"A": "12700.00", "B": "4690.00", "C": "5000.00", "D": "2000.00"}.items():
        give_voucher(market, f"CODE-{code}", amount)
    paid = {"paid_at": "2026-10-04T10:00:00+02:00"}
    return [
        hungarian("V1", "12700.00", by_voucher("CODE-A", "12700.00")),
        hungarian("V2", "25400.00", by_voucher("CODE-B", "4690.00"), tender("transfer", "20710.00", **paid)),
        hungarian("V3", "19050.00", by_voucher("CODE-C", "5000.00"), tender("cod", "14050.00")),
        hungarian("V4", "6350.00", by_voucher("CODE-D", "2000.00"), tender("card", "4350.00")),
    ]


def come_back(market: Market, number: str, order: str, **told: Any) -> Taken:
    """Register a return as a line of a file of them would."""
    facts = {"number": number, "order": order, "at": RETURNED_AT, "lines": [{"line": 1, "quantity": 1}]}
    text = json.dumps(facts | told)
    return register_returns(market=market, told=[read_return(text)], by=None, at=timezone.now())[0]
