"""What the seller has to do about money: invoices and credit notes to hand in, set-offs to answer, demands
and refunds to pay, transfers to look for.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.amounts import money_text
from marketplace.orders.models import Order
from marketplace.parties.models import AccountState, Seller
from sellers.door.templatetags.days import day, language
from sellers.portal.filters import awaiting_refund, awaiting_transfer
from sellers.portal.paging import capped_count, count_text
from settlement.documents.models import Document, Kind
from settlement.netting.models import SetOff, State
from settlement.payouts.models import Collection, CollectionState, Payout


def money_tasks(seller: Seller) -> list[dict[str, Any]]:
    """The tasks about money, those with a deadline first."""
    return [
        *_set_offs(seller),
        *_demands(seller),
        *_refunds(seller),
        *_invoices(seller),
        *_account(seller),
        *_transfers(seller),
    ]


def _task(icon: str, tone: str, text: str, url: str) -> dict[str, Any]:
    return {"icon": icon, "tone": tone, "text": text, "url": url}


def _set_offs(seller: Seller) -> list[dict[str, Any]]:
    waiting = SetOff.objects.of(seller).filter(state=State.PROPOSED)
    text = _("Set-off %(reference)s waits for your answer until %(day)s")
    return [
        _task(
            "arrows-exchange",
            "warn",
            text % {"reference": each.reference, "day": day(each.answer_by)},
            reverse("portal:set_off", args=[each.reference]),
        )
        for each in waiting
    ]


def _demands(seller: Seller) -> list[dict[str, Any]]:
    asked = Collection.objects.of(seller).filter(state=CollectionState.DEMANDED).order_by("due_on", "pk")
    return [_demand(each) for each in asked[:5]]


def _demand(demand: Collection) -> dict[str, Any]:
    told = {
        "amount": money_text(demand.missing, currency=demand.currency, language=language()),
        "day": day(demand.due_on),
        "reference": demand.reference,
    }
    text = _("Pay %(amount)s by %(day)s (%(reference)s)") % told
    return _task("receipt", "warn", text, reverse("portal:demand", args=[demand.reference]))


def _invoices(seller: Seller) -> list[dict[str, Any]]:
    waiting = Document.objects.of(seller).awaiting_invoice()
    url = f"{reverse('portal:documents')}?tab=awaited"
    tasks = []
    if invoices := capped_count(waiting.filter(kind=Kind.INVOICE)):
        text = ngettext(
            "%(count)s document awaits your invoice", "%(count)s documents await your invoice", invoices
        )
        tasks.append(_task("file-invoice", "warn", text % {"count": count_text(invoices)}, url))
    if to_credit := capped_count(waiting.filter(kind=Kind.CREDIT)):
        text = ngettext(
            "%(count)s credit document awaits your credit note",
            "%(count)s credit documents await your credit note",
            to_credit,
        )
        words = text % {"count": count_text(to_credit)}
        tasks.append(_task("receipt-refund", "warn", words, f"{url}&state={Kind.CREDIT}"))
    return tasks


def _refunds(seller: Seller) -> list[dict[str, Any]]:
    """Customers' money the seller must give back."""
    owed = Order.objects.of(seller).filter(awaiting_refund(seller))
    if not (count := capped_count(owed)):
        return []
    text = ngettext(
        "Pay the customer of %(count)s order back", "Pay the customers of %(count)s orders back", count
    )
    url = f"{reverse('portal:orders')}?waiting=refund"
    return [_task("receipt-refund", "warn", text % {"count": count_text(count)}, url)]


def _transfers(seller: Seller) -> list[dict[str, Any]]:
    """Transfers to the seller's account for which parcels wait."""
    waiting = Order.objects.of(seller).filter(awaiting_transfer(seller))
    if not (count := capped_count(waiting)):
        return []
    text = ngettext(
        "%(count)s transfer to mark as received", "%(count)s transfers to mark as received", count
    )
    url = f"{reverse('portal:orders')}?waiting=transfer"
    return [_task("cash", "info", text % {"count": count_text(count)}, url)]


def _account(seller: Seller) -> list[dict[str, Any]]:
    """A payout waits, and there is no account to pay it to."""
    if not Payout.objects.of(seller).waiting().exists():
        return []
    if seller.bank_accounts.filter(state=AccountState.ACTIVE).exists():
        return []
    text = _("Give a bank account, so that you can be paid")
    return [_task("building-bank", "bad", text, reverse("portal:settings"))]
