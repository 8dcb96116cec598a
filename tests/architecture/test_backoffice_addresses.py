"""Every address of the back office: listed, opened by whom it is for, and by nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.kernel.desk_parts import list_address
from marketplace.users.models import User
from tests.architecture.addresses import (
    Arguments,
    named,
)

ADMIN_OPEN = {"admin:login", "admin:logout", "admin:jsi18n"}


ADMIN_READS = {
    "admin:documents_document_file",
    "admin:invoices_invoice_file",
    "admin:exports_export_journal",
    "admin:netting_setoff_file",
    "admin:netting_item_ageing",
    "admin:netting_item_ageing_file",
    "admin:netting_item_cash",
    "admin:billing_feeinvoice_file",
    "admin:billing_billinginvoice_file",
    "admin:billing_billinginvoice_numbers",
    "admin:orders_refund_file",
    "admin:receipts_receipt_file",
    "admin:receipts_receipt_lateness",
    "admin:receipts_receivedfile_file",
    "admin:vouchers_voucher_totals",
    "admin:vouchers_voucher_export",
    "admin:payouts_payout_file",
    "admin:payouts_batch_file",
    "admin:payouts_collection_file",
    "admin:payouts_statement_file",
    "admin:payouts_confirmation_file",
    "admin:mailroom_mail_file",
    "admin:mailroom_mailpart_file",
}


ADMIN_FORMS = {
    "admin:billing_deposit_enter",
    "admin:billing_fee_charge",
    "admin:api_marketkey_make",
    "admin:billing_changerequest_approve",
    "admin:orders_return_register",
    "admin:vouchers_voucher_issue",
    "admin:vouchers_voucher_batch",
}
"""Pages with a form that leads back to themselves."""


ADMIN_WRITES = {
    "admin:orders_order_do",
    "admin:orders_refund_do",
    "admin:receipts_receipt_do",
    "admin:receipts_receivedfile_do",
    "admin:vouchers_voucher_do",
    "admin:documents_document_do",
    "admin:invoices_invoice_do",
    "admin:billing_deposit_do",
    "admin:billing_fee_do",
    "admin:billing_billinginvoice_do",
    "admin:billing_changerequest_do",
    "admin:billing_automaticrun_do",
    "admin:netting_setoff_do",
    "admin:netting_dispute_do",
    "admin:payouts_payout_do",
    "admin:payouts_batch_do",
    "admin:payouts_batch_make",
    "admin:payouts_collection_do",
    "admin:payouts_statement_upload",
    "admin:payouts_bankentry_do",
    "admin:api_marketkey_do",
    "admin:mailroom_mail_do",
    "admin:mailroom_mailpart_do",
    "admin:mailroom_allowedsender_do",
    "admin:erp_channel_do",
    "admin:erp_erpinvoice_do",
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


def test_every_accountants_list_and_page_opens(rows: Arguments, carla_client: Client) -> None:
    from django.contrib import admin

    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        answer = carla_client.get(reverse(f"{base}_changelist"))
        assert answer.status_code in (200, 403), base
        row = model._default_manager.first()
        if answer.status_code == 200 and row is not None:
            assert carla_client.get(reverse(f"{base}_change", args=[row.pk])).status_code == 200, base


def test_each_queue_of_the_first_page_leads_to_just_its_rows(rows: Arguments, carla_client: Client) -> None:
    from django.contrib import admin

    queues = 0
    for model, desk in admin.site._registry.items():
        for work in getattr(desk, "work", ()):
            queues += 1
            shown = carla_client.get(list_address(model, **work.query)).context["cl"].queryset
            waiting = model._default_manager.filter(work.rows)
            assert set(shown.values_list("pk")) == set(waiting.values_list("pk")), work.text
    assert queues


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


def test_a_seller_finds_no_back_office(ana_client: Client) -> None:
    for name, pattern in named():
        if name.startswith("admin:") and not pattern.pattern.regex.groups and name not in ADMIN_OPEN:
            assert ana_client.get(reverse(name), follow=True).status_code == 404, name
