"""What became of the demo's documents: invoices, set-offs, payments, at every stage."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market, Seller
from marketplace.users.models import User
from sellers.portal.demo.papers import invoice_paper
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.invoices.operations.deciding import book_invoice
from settlement.invoices.operations.submitting import Paper, submit_invoice
from settlement.invoices.rules import Sums, Told
from settlement.netting.models import Ground, SetOff, Side, State
from settlement.netting.operations.answering import confirm_set_off
from settlement.netting.operations.disputing import answer_dispute, dispute_orders
from settlement.netting.operations.opening import open_documents, open_invoices
from settlement.netting.operations.proposing import propose_overdue, propose_set_offs
from settlement.payouts.models import Payout
from settlement.payouts.operations.batching import approve_batch, make_batch, send_batch, write_file
from settlement.payouts.operations.paying import mark_failed, mark_paid
from settlement.payouts.operations.preparing import prepare

FORGETFUL = "4101"
"""This seller holds cash and forgot to invoice for it; it is asked for the cash by itself."""

LAST_MONTH = {"3003": "proposed", "3017": "submitted", FORGETFUL: "submitted", "4120": "agreed"}
"""How far the invoices of the last month are; whoever is not named has not begun."""


def follow(documents: Sequence[Document], *, staff: Sequence[User], last: bool) -> None:
    """Take a month's documents as far as they got."""
    with transaction.atomic():
        open_documents(document_ids=[document.pk for document in documents])
    for document in documents:
        number = document.seller.partner_number
        stage = LAST_MONTH.get(number, "") if last else "" if number == FORGETFUL else "agreed"
        if stage and document.purchase_gross > 0:
            _take_on(document, stage, staff)
    if not last:
        for market in {document.market for document in documents}:
            _pay(market, staff, max(document.issued_at for document in documents) + timedelta(days=8))


def ask_for_cash(seller: Seller, now: datetime) -> None:
    """The seller that never invoices is asked for the cash it holds, and said nothing."""
    with transaction.atomic():
        propose_overdue(market=seller.market, at=now - timedelta(days=12))
    _agree(SetOff.objects.filter(seller=seller, state=State.PROPOSED), now - timedelta(days=4))


def object_to_one(seller: Seller, carla: User, now: datetime) -> None:
    """One cash order of the set-off that waits is disputed, and accounting has asked back."""
    set_off = SetOff.objects.filter(seller=seller, state=State.PROPOSED).first()
    line = set_off.lines.filter(item__side=Side.RECEIVABLE).order_by("-position").first() if set_off else None
    if set_off is None or line is None:
        return
    by = User.objects.filter(memberships__seller=seller).order_by("pk").first()
    (dispute,) = dispute_orders(
        set_off_id=set_off.pk,
        numbers=[line.item.number],
        reason="The customer paid this order by card at the pick-up point; we never had the cash",
        by=by,
        at=now - timedelta(hours=30),
    )
    answer_dispute(
        dispute_id=dispute.pk,
        text="Thank you, we are asking the courier. Do you have the pick-up point's slip?",
        by=carla,
        at=now - timedelta(hours=6),
        as_seller=False,
    )


def _take_on(document: Document, stage: str, staff: Sequence[User]) -> None:
    at = document.issued_at + timedelta(days=2, hours=3)
    invoice = _hand_in(document, at)
    if stage == "submitted":
        return
    book_invoice(invoice_id=invoice.pk, by=staff[0], at=at + timedelta(days=1))
    with transaction.atomic():
        sellers = open_invoices(invoice_ids=[invoice.pk], at=at + timedelta(days=1))
        proposed = propose_set_offs(seller_ids=sellers, ground=Ground.INVOICE, at=_proposed_at(at, stage))
    if stage == "agreed":
        _agree(proposed, at + timedelta(days=3))


def _proposed_at(at: datetime, stage: str) -> datetime:
    """A set-off that still waits for its seller was proposed not long ago."""
    return at + timedelta(days=12 if stage == "proposed" else 1)


def _hand_in(document: Document, at: datetime) -> Invoice:
    number = f"{'DB' if document.is_credit else 'FV'}{document.issued_on:%y%m}{document.serial:04d}"
    content = invoice_paper(document, number)
    told = Told(
        number=number,
        issued_on=local_date(at, document.market.zone),
        currency=document.currency,
        reference=document.reference,
        rates={rate.vat_bp: Sums(rate.net, rate.vat) for rate in document.rates.all()},
    )
    paper = Paper(name=f"{number}.pdf", head=content[:16], size=len(content), chunks=[content])
    by = User.objects.filter(memberships__seller=document.seller).order_by("pk").first()
    return submit_invoice(document_id=document.pk, told=told, paper=paper, by=by, at=at)


def _agree(set_offs: Iterable[SetOff], at: datetime) -> None:
    for set_off in set_offs:
        by = User.objects.filter(memberships__seller=set_off.seller).order_by("pk").first()
        confirm_set_off(set_off_id=set_off.pk, by=by, at=at)
        with transaction.atomic():
            prepare(set_off_id=set_off.pk, at=at + timedelta(minutes=5))


def _pay(market: Market, staff: Sequence[User], at: datetime) -> None:
    """One batch a month: prepared by one, approved by the other; one payment in it bounces."""
    waiting = Payout.objects.waiting().filter(market=market)
    if not waiting.exists():
        return
    batch = make_batch(market=market, by=staff[0], at=at)
    approve_batch(batch_id=batch.pk, by=staff[1], at=at + timedelta(hours=1))
    with transaction.atomic():
        write_file(batch_id=batch.pk, at=at + timedelta(hours=1))
    send_batch(batch_id=batch.pk, by=staff[0], at=at + timedelta(hours=2))
    paid_on = local_date(at + timedelta(days=1), batch.market.zone)
    for payout in batch.payouts.order_by("pk"):
        later = at + timedelta(days=1)
        if payout.seller.partner_number == "30211" and at.month >= 10:
            reason = "The account is closed (AC04)"
            mark_failed(payout_id=payout.pk, reason=reason, by=None, at=later)
        else:
            mark_paid(payout_id=payout.pk, paid_on=paid_on, by=None, at=later)
