"""A market whose sellers pay in ahead, and what they do: Mexico, 16 % VAT."""

from datetime import UTC, datetime
from typing import Any

from marketplace.kernel.money import parse_minor
from marketplace.parties.models import BusinessModel, Market, Seller
from marketplace.parties.operations import save_seller
from settlement.billing.models import BillingInvoice, Deposit, DepositSource, Fee, FeeKind, FeeSource
from settlement.billing.operations.charging import Service, charge_fees
from settlement.billing.operations.drafting import draft_invoice, issue_draft
from settlement.billing.operations.profiles import save_profile
from settlement.billing.operations.receiving import receive_deposit
from settlement.billing.rules.recipients import Recipient, recipient_of
from tests.cast import BEFORE, make_market, make_seller

NOON = datetime(2026, 10, 5, 18, tzinfo=UTC)
"""Noon of 5 October in Mexico City."""


def make_mexico(**fields: Any) -> Market:
    told = {
        "currency": "MXN",
        "zone": "America/Mexico_City",
        "standard_vat_bp": 1600,
        "entity_name": "Meridian Mercados S.A. de C.V.",
        "entity_tax_id": "EKU9003173C9",
        "entity_regime": "601",
        "entity_street": "Av. Reforma 100",
        "entity_city": "Ciudad de México",
        "entity_zip": "06600",
        "entity_iban": "",
        "takes_deposits": True,
    }
    return make_market("MX", **(told | fields))


def make_payer(market: Market, number: str = "7101", name: str = "Tienda Sol S.A. de C.V.") -> Seller:
    """A seller of Mexico by agency, with a billing profile."""
    seller = make_seller(market, number, name, model=BusinessModel.AGENCY, commission_bp=1200)
    seller.tax_id, seller.country, seller.zip = "XAXX010101000", "MX", "44100"
    seller.street, seller.city = "Calle Luna 5", "Guadalajara"
    save_seller(seller=seller, by=None, at=BEFORE)
    save_profile(seller_id=seller.pk, recipient=made_out_to(seller), by=None, at=BEFORE)
    return seller


def made_out_to(seller: Seller, **other: str) -> Recipient:
    """The seller as a recipient, but for what is told."""
    told = {
        "name": seller.name,
        "tax_id": "EKU9003173C9",
        "street": "Calle Luna 5",
        "city": "Guadalajara",
        "zip": "44100",
        "country": "MX",
        "email": "facturas@sol.example",
        "regime": "601",
        "use": "G03",
    }
    return recipient_of(told | other)


def pay_in(seller: Seller, amount: str, *, at: datetime = NOON, number: str = "") -> Deposit:
    """A recharge told by the payment system."""
    return receive_deposit(
        seller_id=seller.pk,
        source=DepositSource.API,
        external_id=number or f"pay-{Deposit.objects.count() + 1}",
        amount=parse_minor(amount),
        currency=seller.market.currency,
        received_at=at,
        at=at,
        method="card",
    )


def charge(seller: Seller, amount: str, *, at: datetime = NOON, number: str = "") -> Fee:
    """A shipping label charged by the marketplace's systems."""
    service = Service(
        FeeKind.SHIPPING, "Label", parse_minor(amount), at, number or f"fee-{Fee.objects.count() + 1}"
    )
    return charge_fees(seller_id=seller.pk, services=[service], source=FeeSource.API, by=None, at=at)[-1]


def invoice(seller: Seller, *deposits: Deposit, by: Any, at: datetime = NOON) -> BillingInvoice:
    """The invoice of deposits a seller ticked and issued."""
    draft = draft_invoice(seller=seller, deposit_ids=[each.pk for each in deposits], by=by, at=at)
    return issue_draft(draft_id=draft.pk, by=by, at=at)
