"""Every address, with every kind of visitor: nobody gets in where they do not belong, and no page is
forgotten.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel.models import Job
from marketplace.orders.models import Custody, Order, Refund
from marketplace.parties.models import Cadence, NegativeBalance, Role, Seller
from marketplace.users.models import User
from sellers.api.models import ApiKey, Delivery, Webhook
from sellers.api.operations.keys import make_key
from sellers.api.operations.webhooks import save_webhook, send_test
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
from tests.cast import AFTER_OCTOBER, client_of, make_member
from tests.netting.telling import agree, invoice
from tests.portal.telling import OWING

OPEN_TO_ALL = {
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "account_inactive",
    "account_logout",
    "account_email_verification_sent",
    "account_confirm_email",
    "set_language",
    "account_reauthenticate",
    "mfa_authenticate",
    "mfa_reauthenticate",
}
ADMIN_OPEN = {"admin:login", "admin:logout", "admin:jsi18n"}
ADMIN_READS = {
    "admin:documents_document_file",
    "admin:invoices_invoice_file",
    "admin:netting_setoff_file",
    "admin:netting_item_ageing",
    "admin:netting_item_ageing_file",
    "admin:netting_item_cash",
    "admin:billing_feeinvoice_file",
    "admin:orders_refund_file",
    "admin:vouchers_voucher_totals",
    "admin:vouchers_voucher_export",
    "admin:payouts_payout_file",
    "admin:payouts_batch_file",
    "admin:payouts_collection_file",
    "admin:payouts_statement_file",
    "admin:payouts_confirmation_file",
}
ADMIN_FORMS = {
    "admin:orders_return_register",
    "admin:vouchers_voucher_issue",
    "admin:vouchers_voucher_batch",
}
"""Pages with a form that leads back to themselves."""
ADMIN_WRITES = {
    "admin:orders_order_do",
    "admin:orders_refund_do",
    "admin:vouchers_voucher_do",
    "admin:documents_document_do",
    "admin:invoices_invoice_do",
    "admin:netting_setoff_do",
    "admin:netting_dispute_do",
    "admin:payouts_payout_do",
    "admin:payouts_batch_do",
    "admin:payouts_batch_make",
    "admin:payouts_collection_do",
    "admin:payouts_statement_upload",
    "admin:payouts_bankentry_do",
}
ADMIN_STOCK = (
    "_changelist",
    "_add",
    "_change",
    "_delete",
    "_history",
    "_autocomplete",
    "_password_change",
    "_done",
)
READS = {
    "portal:home",
    "portal:orders",
    "portal:order_export",
    "portal:pending_orders",
    "portal:pending_order_export",
    "portal:voucher_orders",
    "portal:voucher_order_export",
    "portal:order",
    "portal:refund_proof",
    "portal:fee_invoices",
    "portal:fee_invoice_export",
    "portal:fee_invoice_file",
    "portal:exports",
    "portal:export",
    "portal:export_progress",
    "portal:export_file",
    "portal:period",
    "portal:submission",
    "portal:submission_progress",
    "portal:documents",
    "portal:document_export",
    "portal:document",
    "portal:document_file",
    "portal:invoice_file",
    "portal:set_offs",
    "portal:set_off_export",
    "portal:set_off",
    "portal:set_off_file",
    "portal:disputes",
    "portal:dispute_export",
    "portal:dispute",
    "portal:payments",
    "portal:payment_export",
    "portal:payout",
    "portal:payout_file",
    "portal:demand",
    "portal:demand_file",
    "portal:balance",
    "portal:open_items_export",
    "portal:movements",
    "portal:movements_export",
    "portal:confirmation_file",
    "portal:settings",
    "api:settings",
    "api:deliveries",
    "api:delivery_export",
    "api:delivery",
}
API_READS = {"api:orders", "api:order"}
API_WRITES = {"api:order_confirm", "api:order_prepare", "api:order_ship", "api:order_receive"}
API_CALLS = API_READS | API_WRITES | {"api:nowhere"}
"""What only a key opens, and a login never."""
WRITES = {
    "portal:confirmation_ask": Role.FINANCE,
    "portal:order_confirm": Role.OPERATIONS,
    "portal:order_receive": Role.OPERATIONS,
    "portal:order_advance": Role.OPERATIONS,
    "portal:order_bulk": Role.OPERATIONS,
    "portal:refund_told": Role.FINANCE,
    "portal:upload": Role.FINANCE,
    "portal:export_create": Role.FINANCE,
    "portal:export_cancel": Role.FINANCE,
    "portal:export_send": Role.FINANCE,
    "portal:invoice_submit": Role.FINANCE,
    "portal:set_off_confirm": Role.FINANCE,
    "portal:set_off_dispute": Role.FINANCE,
    "portal:dispute_answer": Role.FINANCE,
    "portal:dispute_withdraw": Role.FINANCE,
    "portal:bank_account": Role.OWNER,
    "api:key_make": Role.OPERATIONS,
    "api:key_revoke": Role.OPERATIONS,
    "api:webhook_save": Role.OPERATIONS,
    "api:webhook_secret": Role.OPERATIONS,
    "api:webhook_switch": Role.OPERATIONS,
    "api:webhook_test": Role.OPERATIONS,
    "api:dead_again": Role.OPERATIONS,
    "api:delivery_again": Role.OPERATIONS,
}
OF_ONE_ROW = {
    "portal:order",
    "portal:export",
    "portal:export_progress",
    "portal:export_file",
    "portal:submission",
    "portal:submission_progress",
    "portal:document",
    "portal:document_file",
    "portal:order_confirm",
    "portal:order_receive",
    "portal:order_advance",
    "portal:refund_told",
    "portal:refund_proof",
    "portal:fee_invoice_file",
    "portal:export_cancel",
    "portal:export_send",
    "portal:invoice_submit",
    "portal:invoice_file",
    "portal:set_off",
    "portal:set_off_file",
    "portal:set_off_confirm",
    "portal:set_off_dispute",
    "portal:dispute",
    "portal:dispute_answer",
    "portal:dispute_withdraw",
    "portal:payout",
    "portal:payout_file",
    "portal:demand",
    "portal:demand_file",
    "portal:confirmation_file",
    "api:key_revoke",
    "api:webhook_secret",
    "api:webhook_switch",
    "api:webhook_test",
    "api:dead_again",
    "api:delivery",
    "api:delivery_again",
}
MISSING_FILES = {
    "portal:refund_proof",
    "portal:fee_invoice_file",
    "portal:export_file",
    "portal:document_file",
    "portal:set_off_file",
    "portal:payout_file",
    "portal:demand_file",
    "portal:confirmation_file",
}
"""Papers nobody has drawn in these tests."""


def named(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named address of the project."""
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{prefix}{each.namespace}:" if each.namespace else prefix
            yield from named(each.url_patterns, inner)
        else:
            yield f"{prefix}{each.name}", each


Arguments = dict[str, dict[str, Any]]


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
        **_of_systems(seller, ana),
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
        list(Job.objects.order_by("pk").values_list("pk", "state", "cancel_requested_at")),
        list(ApiKey.objects.order_by("pk").values_list("pk", "revoked_at")),
        list(Webhook.objects.order_by("pk").values()),
        list(Delivery.objects.order_by("pk").values()),
    )


def test_every_address_of_ours_is_listed_here() -> None:
    ours = {name for name, _ in named() if name.startswith(("portal:", "door:", "api:"))}

    assert ours == READS | set(WRITES) | API_CALLS | {"door:switch"}


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_login_from_everywhere_else() -> None:
    client = Client()
    for name, pattern in named():
        if name in OPEN_TO_ALL | API_CALLS or name.endswith(":jsi18n"):
            continue
        if name.startswith("admin:") or name.endswith("None"):
            continue
        arguments = dict.fromkeys(pattern.pattern.converters, "1")
        if "first_on" in arguments:
            arguments = {"first_on": "2026-10-01", "end_on": "2026-11-01"}
        for method in (client.get, client.post):
            answer = method(reverse(name, kwargs=arguments))
            assert answer.status_code in (302, 404, 405), (name, answer.status_code)
            if answer.status_code == 302:
                assert "/account/" in answer["Location"], (name, answer["Location"])


def test_without_a_key_no_system_gets_in_whoever_is_signed_in(
    rows: Arguments, ana_client: Client, carla_client: Client, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}  # so that it is not for their number that they are turned away
    patterns, before = dict(named()), stand()
    for name in sorted(API_CALLS):
        address = reverse(name, kwargs=dict.fromkeys(patterns[name].pattern.converters, "1"))
        for client in (Client(), ana_client, carla_client):
            for call in (client.get, client.post, client.put, client.delete, client.head, client.options):
                assert call(address).status_code == 401, (name, call)

    assert stand() == before


def test_another_sellers_key_finds_no_order_and_moves_none(
    rows: Arguments, rival: Seller, beto: User
) -> None:
    _key, token = make_key(seller_id=rival.pk, name="x", by=beto, at=timezone.now())
    before = stand()

    for name in sorted(API_READS - {"api:orders"} | API_WRITES):
        address = reverse(name, kwargs=rows["portal:order"])
        call = Client().get if name in API_READS else Client().post
        assert call(address, headers={"Authorization": f"Bearer {token}"}).status_code == 404, name

    assert stand() == before


def test_the_owner_reads_all_their_pages(rows: Arguments, ana_client: Client) -> None:
    for name in sorted(READS):
        answer = ana_client.get(reverse(name, kwargs=rows.get(name)))
        assert answer.status_code == (404 if name in MISSING_FILES else 200), name
        if answer.status_code == 200:
            assert "no-" in answer["Cache-Control"], name
        for close in vars(answer)["_resource_closers"]:  # close() itself would cut the test's own connection
            close()


@pytest.mark.parametrize("name", sorted(OF_ONE_ROW))
def test_another_sellers_rows_are_not_there(name: str, rows: Arguments, beto_client: Client) -> None:
    before = stand()
    address = reverse(name, kwargs=rows[name])

    answer = beto_client.get(address) if name in READS else beto_client.post(address)

    assert answer.status_code == 404
    assert stand() == before


@pytest.mark.parametrize(("name", "needed"), sorted(WRITES.items()))
def test_a_viewer_may_look_and_not_touch(name: str, needed: Role, rows: Arguments, seller: Seller) -> None:
    viewer = client_of(make_member(seller, "viktor@horizont.example", Role.VIEWER))
    before = stand()

    answer = viewer.post(reverse(name, kwargs=rows.get(name)))

    assert answer.status_code == 403
    assert stand() == before


@pytest.mark.parametrize("name", sorted(WRITES))
def test_nothing_is_changed_by_looking(name: str, rows: Arguments, ana_client: Client) -> None:
    before = stand()

    assert ana_client.get(reverse(name, kwargs=rows.get(name))).status_code == 405
    assert stand() == before


def test_an_accountant_without_a_seller_belongs_in_the_back_office(
    rows: Arguments, carla_client: Client
) -> None:
    for name in sorted(READS):
        answer = carla_client.get(reverse(name, kwargs=rows.get(name)))
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_a_seller_finds_no_back_office(ana_client: Client) -> None:
    for name, pattern in named():
        if name.startswith("admin:") and not pattern.pattern.regex.groups and name not in ADMIN_OPEN:
            assert ana_client.get(reverse(name), follow=True).status_code == 404, name


def test_a_login_of_two_sellers_switches_between_them_and_to_no_third(
    seller: Seller, rival: Seller, ana: User, ana_client: Client, market: Any
) -> None:
    from tests.cast import make_seller

    stranger = make_seller(market, "3999", "Nobody's")
    make_member(rival, ana.email, Role.VIEWER)

    assert ana_client.post(reverse("door:switch"), {"seller": rival.pk}).status_code == 302
    assert "Severka" in ana_client.get("/").content.decode()

    assert ana_client.post(reverse("door:switch"), {"seller": stranger.pk}).status_code == 404
    assert "Severka" in ana_client.get("/").content.decode()


def test_every_accountants_list_and_page_opens(rows: Arguments, carla_client: Client) -> None:
    from django.contrib import admin

    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        answer = carla_client.get(reverse(f"{base}_changelist"))
        assert answer.status_code in (200, 403), base
        row = model._default_manager.first()
        if answer.status_code == 200 and row is not None:
            assert carla_client.get(reverse(f"{base}_change", args=[row.pk])).status_code == 200, base


def test_every_address_the_back_office_adds_is_listed_here() -> None:
    added = {name for name, _ in named() if name.startswith("admin:") and "_" in name}
    stock = {name for name in added if name.endswith(ADMIN_STOCK)}

    assert (
        added - stock - {"admin:app_list", "admin:view_on_site"} == ADMIN_READS | ADMIN_FORMS | ADMIN_WRITES
    )


@pytest.mark.parametrize("name", sorted(ADMIN_WRITES))
def test_accountants_change_nothing_by_looking(name: str, carla_client: Client) -> None:
    pattern = dict(named())[name]
    address = reverse(name, kwargs=dict.fromkeys(pattern.pattern.converters, "1"))

    assert carla_client.get(address).status_code == 405


@pytest.mark.parametrize("name", sorted(ADMIN_READS | ADMIN_FORMS | ADMIN_WRITES))
def test_staff_without_a_right_to_the_rows_get_nothing(name: str, carla: User, carla_client: Client) -> None:
    carla.user_permissions.clear()
    pattern = dict(named())[name]
    address = reverse(name, kwargs=dict.fromkeys(pattern.pattern.converters, "1"))

    if name not in ADMIN_WRITES:
        assert carla_client.get(address).status_code == 403
    if name not in ADMIN_READS:
        assert carla_client.post(address).status_code == 403
