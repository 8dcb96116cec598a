"""Accountants keep markets and contracts: rules of vouchers and refunds, and what a contract was before."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import BusinessModel, Contract, Market, RefundOrder, Seller
from marketplace.parties.operations import save_contract
from tests.desk import filled, page

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)


def test_a_market_says_how_refunds_are_shared_and_how_long_vouchers_are_renewed(
    market: Market, carla_client: Client
) -> None:
    text = page(carla_client, market)

    assert "What a voucher paid only ever comes back to the voucher." in text
    assert "Empty: its last day stays what it was." in text
    assert "Shown to sellers beside the texts for their invoices." in text


def test_these_rules_are_changed_with_an_audit_record(
    market: Market, carla: Any, carla_client: Client
) -> None:
    address = reverse("admin:parties_market_change", args=[market.pk])
    rules = {
        "refund_order": "voucher_last",
        "voucher_renewal_days": "",
        "voucher_guide_url": "https://tax.example/vouchers",
    }

    assert carla_client.post(address, filled(carla_client, address) | rules).status_code == 302

    changed = Market.objects.get()
    assert (changed.refund_order, changed.voucher_renewal_days) == (RefundOrder.VOUCHER_LAST, None)
    noted = AuditRecord.objects.filter(verb="market.changed").latest("pk")
    assert noted.by == carla
    assert set(rules) <= set(noted.details)


def test_a_market_that_stands_is_held_to_its_countrys_numbers(market: Market, carla_client: Client) -> None:
    address = reverse("admin:parties_market_change", args=[market.pk])

    for wrong in ({"entity_tax_id": "CZ12345678"}, {"entity_iban": "CZ6508000000192000145390"}):
        answer = carla_client.post(address, filled(carla_client, address) | wrong)
        assert "This number cannot be right" in answer.content.decode()

    assert Market.objects.get().entity_tax_id == "CZ25596641"


def test_a_guide_is_an_address_one_can_open_safely(market: Market, carla_client: Client) -> None:
    address = reverse("admin:parties_market_change", args=[market.pk])

    for wrong in ("http://tax.example/", "javascript:alert(1)", "tax.example"):
        asked = filled(carla_client, address) | {"voucher_guide_url": wrong}
        assert carla_client.post(address, asked).status_code == 200, wrong

    assert Market.objects.get().voucher_guide_url == ""


def test_a_contract_shows_its_former_model_and_nobody_types_it(seller: Seller, carla_client: Client) -> None:
    contract = Contract.objects.get()
    contract.model = BusinessModel.AGENCY
    save_contract(contract=contract, by=None, at=AT)
    address = reverse("admin:parties_contract_change", args=[contract.pk])

    assert "Business model before: Resale" in page(carla_client, contract)
    asked = filled(carla_client, address) | {"former_model": "agency"}
    assert carla_client.post(address, asked).status_code == 302

    assert Contract.objects.get().former_model == BusinessModel.RESALE
