"""Every address of ours, by who may come to it and for what."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from marketplace.parties.models import Role

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
    "portal:receipts",
    "portal:receipt_export",
    "portal:without_receipt",
    "portal:without_receipt_export",
    "portal:receipt_bundle",
    "portal:receipt_bundle_progress",
    "portal:receipt_file",
    "portal:receipt_choose",
    "portal:receipt_paper",
    "portal:mails",
    "portal:mail_export",
    "portal:mail",
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
    "portal:billing",
    "portal:billing_export",
    "portal:deposits",
    "portal:deposit_export",
    "portal:deposit",
    "portal:fees",
    "portal:fee_export",
    "portal:fee",
    "portal:draft",
    "portal:draft_preview",
    "portal:draft_file",
    "portal:billing_invoices",
    "portal:billing_invoice_export",
    "portal:billing_invoice",
    "portal:billing_invoice_file",
    "portal:change",
    "portal:change_requests",
    "portal:change_request_export",
    "portal:change_request",
    "portal:automatic",
    "portal:billing_profile",
    "portal:erp_channels",
    "portal:erp_progress",
    "portal:erp_connect",
    "portal:erp_connect_configuration",
    "portal:erp_connect_automation",
    "portal:erp_configuration",
    "portal:erp_automation",
    "portal:erp_credentials",
    "portal:erp_item_choices",
    "portal:erp_disconnect",
    "portal:erp_readiness",
    "portal:erp_readiness_export",
    "portal:erp_errors",
    "portal:erp_way",
    "portal:erp_invoices",
    "portal:erp_invoice_export",
    "portal:erp_items",
    "portal:erp_item_export",
    "portal:erp_skus",
    "portal:erp_match",
    "portal:erp_order_state",
    "portal:erp_paper",
    "portal:settings",
    "api:settings",
    "api:deliveries",
    "api:delivery_export",
    "api:delivery",
}


API_READS = {"api:orders", "api:order"}


API_RECEIPTS = {"api:receipts", "api:receipt_bundle"}
"""Read and handed in at the same addresses."""


API_WRITES = {"api:order_confirm", "api:order_prepare", "api:order_ship", "api:order_receive"}


API_BILLING = {"api:deposits", "api:billing_invoices", "api:billing_invoice", "api:billing_file"}
"""What sellers' systems read of billing."""


API_MARKET = {
    "api:market_deposits",
    "api:market_deposit",
    "api:market_fees",
    "api:market_described",
    "api:market_nowhere",
}
"""What only a key of the marketplace's own systems opens."""


API_CALLS = API_READS | API_WRITES | API_RECEIPTS | API_BILLING | API_MARKET | {"api:nowhere"}
"""What only a key opens, and a login never."""


WRITES = {
    "portal:confirmation_ask": Role.FINANCE,
    "portal:order_confirm": Role.OPERATIONS,
    "portal:order_receive": Role.OPERATIONS,
    "portal:order_advance": Role.OPERATIONS,
    "portal:order_bulk": Role.OPERATIONS,
    "portal:refund_told": Role.FINANCE,
    "portal:receipt_upload": Role.OPERATIONS,
    "portal:receipt_bundle_cancel": Role.OPERATIONS,
    "portal:receipt_assign": Role.OPERATIONS,
    "portal:receipt_withdraw": Role.OPERATIONS,
    "portal:upload": Role.FINANCE,
    "portal:export_create": Role.FINANCE,
    "portal:export_cancel": Role.FINANCE,
    "portal:export_send": Role.FINANCE,
    "portal:invoice_submit": Role.FINANCE,
    "portal:invoice_submit_file": Role.FINANCE,
    "portal:set_off_confirm": Role.FINANCE,
    "portal:set_off_dispute": Role.FINANCE,
    "portal:dispute_answer": Role.FINANCE,
    "portal:dispute_withdraw": Role.FINANCE,
    "portal:deposit_tick": Role.FINANCE,
    "portal:draft_correct": Role.FINANCE,
    "portal:draft_untick": Role.FINANCE,
    "portal:draft_issue": Role.FINANCE,
    "portal:billing_invoice_again": Role.FINANCE,
    "portal:change_preview": Role.FINANCE,
    "portal:change_send": Role.FINANCE,
    "portal:change_withdraw": Role.FINANCE,
    "portal:ticket_again": Role.FINANCE,
    "portal:automatic_choose": Role.FINANCE,
    "portal:automatic_again": Role.FINANCE,
    "portal:billing_profile_save": Role.FINANCE,
    "portal:erp_connect_now": Role.FINANCE,
    "portal:erp_connect_configure": Role.FINANCE,
    "portal:erp_connect_automate": Role.FINANCE,
    "portal:erp_configure": Role.FINANCE,
    "portal:erp_automate": Role.FINANCE,
    "portal:erp_change_credentials": Role.FINANCE,
    "portal:erp_read_anew": Role.FINANCE,
    "portal:erp_disconnect_now": Role.FINANCE,
    "portal:erp_try_again": Role.OPERATIONS,
    "portal:erp_match_save": Role.OPERATIONS,
    "portal:erp_match_forget": Role.OPERATIONS,
    "portal:erp_invoice_order": Role.OPERATIONS,
    "portal:erp_stamp": Role.OPERATIONS,
    "portal:bank_account": Role.OWNER,
    "portal:sender_allow": Role.OWNER,
    "portal:sender_forbid": Role.OWNER,
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
    "portal:erp_invoice_order",
    "portal:erp_stamp",
    "portal:erp_order_state",
    "portal:erp_paper",
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
    "portal:receipt_bundle",
    "portal:receipt_bundle_progress",
    "portal:receipt_bundle_cancel",
    "portal:receipt_file",
    "portal:receipt_choose",
    "portal:receipt_assign",
    "portal:receipt_withdraw",
    "portal:receipt_paper",
    "portal:mail",
    "portal:sender_forbid",
    "portal:fee_invoice_file",
    "portal:export_cancel",
    "portal:export_send",
    "portal:invoice_submit",
    "portal:invoice_submit_file",
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
    "portal:deposit",
    "portal:fee",
    "portal:draft",
    "portal:draft_preview",
    "portal:draft_file",
    "portal:draft_correct",
    "portal:draft_untick",
    "portal:draft_issue",
    "portal:billing_invoice",
    "portal:billing_invoice_again",
    "portal:billing_invoice_file",
    "portal:change",
    "portal:change_preview",
    "portal:change_send",
    "portal:change_request",
    "portal:change_withdraw",
    "portal:ticket_again",
    "portal:automatic_again",
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
    "portal:billing_invoice_file",
    "portal:erp_paper",
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
