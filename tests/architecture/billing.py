"""What of billing there is of ana's seller, for each address that shows a row of it."""

from datetime import date
from typing import Any

from django.utils import timezone

from marketplace.kernel.models import OutgoingMail
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import (
    AutomaticInvoicing,
    AutomaticRun,
    BillingInvoice,
    BillingProfile,
    ChangeRequest,
    Deposit,
    InvoiceDraft,
    Mode,
    RunState,
    Wish,
)
from settlement.billing.operations.drafting import draft_invoice
from settlement.billing.operations.requesting import request_change
from tests.architecture.addresses import Arguments
from tests.billing.mexico import charge, invoice, pay_in


def of_billing(seller: Seller, ana: User) -> Arguments:
    """A deposit, a fee, a draft, an invoice, a request about another, and a run that was refused."""
    seller.market.takes_deposits = True
    seller.market.save()
    first, second, third = (pay_in(seller, "1210.00") for _ in range(3))
    fee = charge(seller, "121.00")
    draft = draft_invoice(seller=seller, deposit_ids=[third.pk], by=ana, at=timezone.now())
    issued, asked = invoice(seller, first, by=ana), invoice(seller, second, by=ana)
    request = request_change(
        invoice_id=asked.pk, wish=Wish.CANCEL, wanted=[], reason="x", by=ana, at=timezone.now()
    )
    of_invoice, of_draft = {"reference": issued.reference}, {"key": draft.pk}
    of_request = {"reference": request.reference}
    return {
        "portal:deposit": {"reference": first.reference},
        "portal:fee": {"reference": fee.reference},
        **dict.fromkeys(_named("draft", "preview", "file", "correct", "untick", "issue"), of_draft),
        "portal:billing_invoice": of_invoice,
        "portal:billing_invoice_again": of_invoice,
        "portal:billing_invoice_file": of_invoice | {"kind": "pdf"},
        **dict.fromkeys(_named("change", "preview", "send"), of_invoice | {"wish": "cancel"}),
        "portal:change_request": of_request,
        "portal:change_withdraw": of_request,
        "portal:ticket_again": of_request,
        "portal:automatic_again": {"pk": _refused(seller).pk},
    }


def _named(name: str, *parts: str) -> list[str]:
    return [f"portal:{name}", *(f"portal:{name}_{part}" for part in parts)]


def _refused(seller: Seller) -> AutomaticRun:
    AutomaticInvoicing.objects.create(seller=seller, mode=Mode.MONTH, starts_on=date(2026, 9, 1))
    return AutomaticRun.objects.create(
        seller=seller,
        mode=Mode.MONTH,
        first_on=date(2026, 9, 1),
        end_on=date(2026, 10, 1),
        state=RunState.REFUSED,
        reason="x",
        ran_at=timezone.now(),
    )


def billing_stands() -> tuple[Any, ...]:
    """All of billing that a stranger's visit may not change."""
    return (
        list(Deposit.objects.order_by("pk").values_list("pk", "state", "taken", "invoiced")),
        list(InvoiceDraft.objects.order_by("pk").values()),
        list(BillingInvoice.objects.order_by("pk").values_list("reference", flat=True)),
        list(BillingProfile.objects.order_by("pk").values()),
        list(ChangeRequest.objects.order_by("pk").values_list("pk", "state")),
        list(AutomaticInvoicing.objects.order_by("pk").values()),
        list(AutomaticRun.objects.order_by("pk").values_list("pk", "state")),
        list(OutgoingMail.objects.order_by("pk").values_list("pk", "state")),
    )
