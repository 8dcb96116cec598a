"""A row of ana's seller for each address that shows one."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.models import Job, StoredFile
from marketplace.orders.models import Custody, Order, Refund
from marketplace.parties.models import Cadence, NegativeBalance, Seller
from marketplace.users.models import User
from sellers.api.models import ApiKey, Delivery, Webhook
from sellers.api.operations.keys import make_key
from sellers.api.operations.webhooks import save_webhook, send_test
from sellers.mailroom.models import AllowedSender, Mail
from sellers.mailroom.operations.senders import allow_sender
from sellers.receipts.models import Bundle, Outcome, Receipt, ReceivedFile
from settlement.billing.models import FeeInvoice
from settlement.documents.models import Document
from settlement.exports.models import Export
from settlement.exports.operations import request_export
from settlement.invoices.models import Invoice
from settlement.netting.models import Dispute, DisputeMessage, SetOff
from settlement.netting.operations.disputing import dispute_orders
from settlement.payouts.models import Collection, Payout
from settlement.payouts.operations.confirming import ask_confirmation
from settlement.periods.queries import offered_periods
from settlement.review.models import Submission
from tests.architecture.addresses import Arguments
from tests.architecture.billing import billing_stands, of_billing
from tests.architecture.erp import erp_stands, of_erp
from tests.cast import AFTER_OCTOBER
from tests.netting.telling import agree, invoice
from tests.portal.telling import OWING
from tests.receipts.telling import hand_in


@pytest.fixture
def paid(seller: Seller, make_order: Any, issue_document: Callable[..., Document]) -> Arguments:
    """Ana's seller once owes more than it is owed, and once is owed more than it owes; an order is
    disputed.
    """
    seller.contract.cadence = Cadence.HALF_MONTH
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()
    make_order(**OWING)
    owing = invoice(issue_document(fresh=False, through=date(2026, 10, 15)), "FV-1")
    assert owing is not None
    agree(owing)
    numbers = [make_order(delivered="2026-10-20T11:30:00+02:00").number for _ in range(2)]
    proposed = invoice(issue_document(fresh=False), "FV-2")
    assert proposed is not None
    (dispute,) = dispute_orders(
        set_off_id=proposed.pk, numbers=numbers[:1], reason="x", by=None, at=timezone.now()
    )
    agree(proposed)
    asked = ask_confirmation(seller=seller, as_of=date(2026, 11, 4), by=None, at=timezone.now())
    return _of_payments(proposed, dispute) | {"portal:confirmation_file": {"pk": asked.pk}}


def _of_payments(set_off: SetOff, dispute: Dispute) -> Arguments:
    of_set_off, of_dispute = {"reference": set_off.reference}, {"pk": dispute.pk}
    of_payout = {"reference": Payout.objects.get().reference}
    of_demand = {"reference": Collection.objects.get().reference}
    told = Invoice.objects.get(number="FV-2")
    of_document = {"reference": told.document.reference}
    return {
        "portal:invoice_submit": of_document,
        "portal:invoice_submit_file": of_document,
        "portal:invoice_file": of_document | {"pk": told.pk},
        "portal:set_off": of_set_off,
        "portal:set_off_file": of_set_off,
        "portal:set_off_confirm": of_set_off,
        "portal:set_off_dispute": of_set_off,
        "portal:dispute": of_dispute,
        "portal:dispute_answer": of_dispute,
        "portal:dispute_withdraw": of_dispute,
        "portal:payout": of_payout,
        "portal:payout_file": of_payout,
        "portal:demand": of_demand,
        "portal:demand_file": of_demand,
    }


@pytest.fixture
def rows(seller: Seller, ana: User, make_order: Any, paid: Arguments) -> Arguments:
    """A row of ana's seller for each address that shows one."""
    document = Document.objects.latest("pk")
    order = make_order(status="open", status_times={})
    receipts = _of_receipts(order)
    offered = offered_periods(seller=seller, at=AFTER_OCTOBER)[-1]
    export = request_export(seller_id=seller.pk, span=offered.span, by=ana, at=AFTER_OCTOBER)
    of_order, of_export = {"number": order.number}, {"pk": export.pk}
    of_submission = {"pk": Submission.objects.latest("pk").pk}
    span = {"first_on": str(offered.span.first_on), "end_on": str(offered.span.end_on)}
    return paid | {
        "portal:order": of_order,
        "portal:order_confirm": of_order,
        "portal:order_receive": of_order,
        "portal:order_advance": of_order | {"to": "cancelled"},
        "portal:export": of_export,
        "portal:export_progress": of_export,
        "portal:export_cancel": of_export,
        "portal:export_send": of_export,
        "portal:export_file": of_export,
        "portal:period": span,
        "portal:export_create": span,
        "portal:submission": of_submission,
        "portal:submission_progress": of_submission,
        "portal:document": {"reference": document.reference},
        "portal:document_file": {"reference": document.reference, "kind": "pdf"},
        "portal:order_bulk": {},
        **_of_agency(document, of_order),
        **receipts,
        **_of_systems(seller, ana),
        **of_billing(seller, ana),
        **of_erp(seller, order),
    }


def _of_agency(document: Document, of_order: dict[str, Any]) -> Arguments:
    """A refund the seller owes, and a commission invoice, beside the papers of resale."""
    order = Order.objects.get(**of_order)
    tender = order.tenders.first()
    assert tender is not None
    refund = Refund.objects.create(
        order=order, tender=tender, amount=100, payer=Custody.SELLER, owed_at=AFTER_OCTOBER
    )
    fee = FeeInvoice.objects.create(
        reference="CZ-F-2026-000001",
        kind="invoice",
        market=document.market,
        seller=document.seller,
        document=document,
        year=2026,
        serial=1,
        issued_at=AFTER_OCTOBER,
        issued_on=date(2026, 11, 2),
        supplied_on=date(2026, 10, 31),
        currency="CZK",
        vat_bp=2100,
        net=100,
        vat=21,
        gross=121,
        parties={},
    )
    of_refund = of_order | {"pk": refund.pk}
    return {
        "portal:refund_told": of_refund,
        "portal:refund_proof": of_refund,
        "portal:fee_invoice_file": {"reference": fee.reference, "kind": "pdf"},
    }


def _of_receipts(order: Order) -> Arguments:
    """A registered receipt, and a file of another that fits several orders."""
    bundle = hand_in(order.seller, ("photo.jpg", b"\xff\xd8\xff"))
    row = bundle.files.get()
    receipt = Receipt.objects.create(
        market=order.market,
        seller=order.seller,
        order=order,
        syntax="ubl",
        kind="invoice",
        number="R-1",
        identity="R-1",
        issued_on=date(2026, 11, 2),
        currency="CZK",
        total=order.total,
        signature="unsigned",
        xml=row.file,
        sha256="1",
        registered_at=AFTER_OCTOBER,
    )
    unclear = ReceivedFile.objects.create(
        bundle=bundle,
        seller=order.seller,
        position=2,
        name="unclear.xml",
        file=row.file,
        outcome=Outcome.TO_A_PERSON,
        told={"orders": order.number},
        came_at=AFTER_OCTOBER,
        decided_at=AFTER_OCTOBER,
    )
    of_bundle, of_file = {"pk": bundle.pk}, {"pk": unclear.pk}
    assert row.file
    return {
        **_of_mails(order, row.file),
        "portal:receipt_bundle": of_bundle,
        "portal:receipt_bundle_progress": of_bundle,
        "portal:receipt_bundle_cancel": of_bundle,
        "portal:receipt_file": of_file,
        "portal:receipt_choose": of_file,
        "portal:receipt_assign": of_file,
        "portal:receipt_withdraw": {"pk": receipt.pk},
        "portal:receipt_paper": {"pk": receipt.pk, "kind": "xml"},
    }


def _of_mails(order: Order, raw: StoredFile) -> Arguments:
    """A mail that was read, and an address that may send more."""
    mail = Mail.objects.create(
        market=order.market,
        seller=order.seller,
        origin="command",
        raw=raw,
        content_sha256="1",
        received_at=AFTER_OCTOBER,
        state="done",
        silence="automatic",
    )
    sender = allow_sender(seller_id=order.seller_id, address="a@shop.example", by=None, at=AFTER_OCTOBER)
    return {"portal:mail": {"pk": mail.pk}, "portal:sender_forbid": {"pk": sender.pk}}


def _of_systems(seller: Seller, ana: User) -> Arguments:
    key, _token = make_key(seller_id=seller.pk, name="x", by=ana, at=timezone.now())
    webhook, _secret = save_webhook(
        seller_id=seller.pk, url="https://shop.example/", wire="saldo", by=ana, clock=timezone.now
    )
    delivery = send_test(webhook_id=webhook.pk, by=ana, at=timezone.now())
    return {
        "api:key_revoke": {"pk": key.pk},
        "api:webhook_secret": {},
        "api:webhook_switch": {"to": "off"},
        "api:webhook_test": {},
        "api:dead_again": {},
        "api:delivery": {"pk": delivery.pk},
        "api:delivery_again": {"pk": delivery.pk},
    }


def stand() -> tuple[Any, ...]:
    """All that a stranger's visit may not change."""
    return (
        list(Order.objects.order_by("pk").values_list("pk", "state", "confirmed_at")),
        list(Refund.objects.order_by("pk").values_list("pk", "state")),
        list(Export.objects.order_by("pk").values_list("pk", "file")),
        Submission.objects.count(),
        Document.objects.count(),
        list(Invoice.objects.order_by("pk").values_list("pk", "state")),
        list(SetOff.objects.order_by("pk").values_list("pk", "state", "netted")),
        list(Dispute.objects.order_by("pk").values_list("pk", "state")),
        DisputeMessage.objects.count(),
        list(AllowedSender.objects.order_by("pk").values_list("address", flat=True)),
        list(Receipt.objects.order_by("pk").values_list("pk", "state")),
        list(Bundle.objects.order_by("pk").values_list("pk", "state")),
        list(ReceivedFile.objects.order_by("pk").values_list("pk", "outcome")),
        list(Job.objects.order_by("pk").values_list("pk", "state", "cancel_requested_at")),
        list(ApiKey.objects.order_by("pk").values_list("pk", "revoked_at")),
        list(Webhook.objects.order_by("pk").values()),
        list(Delivery.objects.order_by("pk").values()),
        *billing_stands(),
        *erp_stands(),
    )
