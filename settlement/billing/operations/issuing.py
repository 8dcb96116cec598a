"""Issuing billing invoices and the credit notes that take them back: numbered, posted, told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.zones import local_date
from marketplace.ledger.operations import post
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import Market, Seller
from settlement.billing.catalogues import REGIMES, USES
from settlement.billing.models import (
    BillingInvoice,
    BillingKind,
    BillingLine,
    ChangeRequest,
    Deposit,
    Fee,
    Origin,
    Subject,
)
from settlement.billing.operations.numbering import INVOICE_SERIES, number
from settlement.billing.operations.squaring import square
from settlement.billing.refusals import BadRecipient, NotChangeable, NotInvoiceable, invoiced_text
from settlement.billing.rules.amounts import Amounts, invoice_amounts
from settlement.billing.rules.recipients import CODED, Recipient, problems_of
from settlement.documents.queries import parties_of

MOST_LINES = 3000
"""Deposits on one invoice: beyond it, tax systems and readers of its XML give up."""


@dataclass(frozen=True, slots=True)
class Issue:
    """How an invoice comes to be: by whom, when, and out of what."""

    origin: Origin
    by: Any
    at: datetime
    request: ChangeRequest | None = None
    replaces: BillingInvoice | None = None


def invoice_deposits(
    *, seller: Seller, deposit_ids: Sequence[int], recipient: Recipient, issue: Issue
) -> BillingInvoice:
    """Invoice what is not invoiced of these deposits; the caller has locked the seller.

    :raises NotInvoiceable: if one cannot be, or they cannot be together.
    :raises BadRecipient: if an invoice cannot be made out to the recipient.
    """
    assert connection.in_atomic_block
    deposits = open_deposits(seller=seller, deposit_ids=deposit_ids)
    check_recipient(recipient)
    amounts = invoice_amounts([each.uninvoiced for each in deposits], deposits[0].vat_bp)
    return write_invoice(
        seller=seller,
        subject=Subject.DEPOSITS,
        things=deposits,
        amounts=amounts,
        recipient=recipient,
        issue=issue,
    )


def open_deposits(*, seller: Seller, deposit_ids: Sequence[int]) -> list[Deposit]:
    """The deposits of these keys, oldest first, if they can be invoiced together.

    :raises NotInvoiceable: if one is on an invoice, or not the seller's; if there are none, too many, or they
        came under different rates.
    """
    keys = sorted(set(deposit_ids))
    if not keys:
        raise NotInvoiceable(_("No deposit is ticked. Tick those to be invoiced."))
    if len(keys) > MOST_LINES:
        raise NotInvoiceable(
            _("An invoice has at most %(most)s deposits; tick fewer, or invoice by month.")
            % {"most": MOST_LINES}
        )
    # By ranges of keys, since a statement takes only so many values.
    found = Deposit.objects.of(seller).filter(pk__gte=keys[0], pk__lte=keys[-1]).order_by("received_at", "pk")
    wanted = set(keys)
    deposits = [each for each in found if each.pk in wanted]
    if len(deposits) != len(keys):
        raise NotInvoiceable(_("Some of the deposits are not yours or are gone; choose them anew."))
    if used := [each.reference for each in deposits if not each.uninvoiced]:
        raise NotInvoiceable(invoiced_text(used))
    if len({each.vat_bp for each in deposits}) > 1:
        raise NotInvoiceable(
            _("The VAT rate changed between these deposits; invoice those before and after it separately.")
        )
    return deposits


def check_recipient(recipient: Recipient) -> None:
    """Refuse a recipient that no invoice can be made out to.

    :raises BadRecipient: saying why, by field.
    """
    if problems := problems_of(recipient, regimes=REGIMES, uses=USES):
        raise BadRecipient(problems)


def write_invoice(
    *,
    seller: Seller,
    subject: Subject,
    things: Sequence[Deposit] | Sequence[Fee],
    amounts: Amounts,
    recipient: Recipient,
    issue: Issue,
) -> BillingInvoice:
    """Number, keep and post an invoice over deposits or fees with these amounts, one line each."""
    market, day = seller.market, local_date(issue.at, seller.market.zone)
    _check_market(market)
    invoice = _blank(seller, BillingKind.INVOICE, issue)
    invoice.subject, invoice.vat_bp = subject, things[0].vat_bp
    invoice.net, invoice.vat, invoice.gross = amounts.total.net, amounts.total.vat, amounts.total.gross
    invoice.supplied_on = min(max(_day(each) for each in things), day)
    invoice.parties = _parties(seller, recipient)
    invoice.replaces = issue.replaces
    if issue.request is not None:
        invoice.reason_code, invoice.reason = issue.request.reason_code, issue.request.reason
    _save(invoice, market)
    lines = [
        BillingLine(
            invoice=invoice,
            position=place,
            deposit=thing if isinstance(thing, Deposit) else None,
            fee=thing if isinstance(thing, Fee) else None,
            net=each.net,
            vat=each.vat,
            gross=each.gross,
        )
        for place, (thing, each) in enumerate(zip(things, amounts.lines, strict=True), start=1)
    ]
    BillingLine.objects.bulk_create(lines, batch_size=1000)
    _apply(invoice, lines, market, issue.at)
    return invoice


def credit_invoice(
    *, invoice: BillingInvoice, seller: Seller, reason: str, code: str, issue: Issue
) -> BillingInvoice:
    """Take an invoice back as a whole by a credit note; what stood on it can be invoiced anew.

    :raises NotChangeable: if it is a credit note, or was taken back before.
    """
    assert connection.in_atomic_block
    check_live(invoice)
    note = _blank(seller, BillingKind.CREDIT, issue)
    note.subject, note.vat_bp, note.credits = invoice.subject, invoice.vat_bp, invoice
    note.net, note.vat, note.gross = invoice.net, invoice.vat, invoice.gross
    note.supplied_on, note.parties = invoice.supplied_on, invoice.parties
    note.reason_code, note.reason = code, reason
    _save(note, seller.market)
    lines = [
        BillingLine(
            invoice=note,
            position=line.position,
            deposit=line.deposit,
            fee=line.fee,
            net=line.net,
            vat=line.vat,
            gross=line.gross,
        )
        for line in invoice.lines.select_related("deposit", "fee").order_by("position")
    ]
    BillingLine.objects.bulk_create(lines, batch_size=1000)
    _apply(note, lines, seller.market, issue.at)
    return note


def check_live(invoice: BillingInvoice) -> None:
    """Refuse what is no invoice, or one no more.

    :raises NotChangeable: saying which credit note took it back.
    """
    if invoice.is_credit:
        raise NotChangeable(_("%(number)s is a credit note; it is not changed.") % {"number": invoice})
    note = BillingInvoice.objects.filter(credits=invoice).first()
    if note is not None:
        raise NotChangeable(
            _("%(number)s was taken back by credit note %(note)s already.")
            % {"number": invoice, "note": note}
        )


def _check_market(market: Market) -> None:
    """What the market itself must say on an invoice.

    :raises NotInvoiceable: if it does not.
    """
    said = [market.entity_name, market.entity_tax_id, market.entity_zip]
    if market.code in CODED:
        said.append(market.entity_regime)
    if not all(each.strip() for each in said):
        raise NotInvoiceable(
            _(
                "%(market)s lacks its name, tax id, postal code or tax regime in its settings, so nothing can"
                " be invoiced. Write to %(support)s."
            )
            % {"market": market, "support": market.support_email}
        )


def _blank(seller: Seller, kind: BillingKind, issue: Issue) -> BillingInvoice:
    return BillingInvoice(
        kind=kind,
        origin=issue.origin,
        market=seller.market,
        seller=seller,
        issued_at=issue.at,
        issued_on=local_date(issue.at, seller.market.zone),
        issued_by=issue.by if getattr(issue.by, "pk", None) else None,
        currency=seller.market.currency,
        request=issue.request,
    )


def _parties(seller: Seller, recipient: Recipient) -> dict[str, Any]:
    parties = parties_of(seller, seller.market)
    parties["marketplace"]["regime"] = seller.market.entity_regime
    return parties | {"recipient": recipient.as_json()}


def _save(invoice: BillingInvoice, market: Market) -> None:
    number([invoice], market=market, kind=INVOICE_SERIES[BillingKind(invoice.kind)], at=invoice.issued_at)
    invoice.save(force_insert=True)


def _day(thing: Deposit | Fee) -> date:
    return thing.received_on if isinstance(thing, Deposit) else thing.charged_on


def _apply(invoice: BillingInvoice, lines: Sequence[BillingLine], market: Market, at: datetime) -> None:
    """Mark what stands on it, post it, and have it drawn and sent."""
    sign = -1 if invoice.is_credit else 1
    deposits = [_marked(line, sign) for line in lines if line.deposit is not None]
    Deposit.objects.bulk_update(deposits, ["invoiced", "invoiced_vat"], batch_size=500)
    fees = [_marked_fee(line, sign) for line in lines if line.fee is not None]
    Fee.objects.bulk_update(fees, ["invoiced"], batch_size=500)
    _post(invoice, sign)
    square(deposits, market=market, at=at)
    told = {"gross": invoice.gross, "origin": invoice.origin, "lines": len(lines)}
    record(
        verb="billing_invoice.issued",
        subject=invoice.reference,
        by=invoice.issued_by,
        at=at,
        seller_id=invoice.seller_id,
        details=told,
    )
    enqueue(
        "billing.draw_invoice",
        key=invoice.reference,
        seller_id=invoice.seller_id,
        billing_invoice_id=invoice.pk,
    )
    if invoice.subject == Subject.FEES:
        enqueue("netting.take_billing", key=invoice.reference, billing_invoice_id=invoice.pk)


def _marked(line: BillingLine, sign: int) -> Deposit:
    assert line.deposit is not None
    line.deposit.invoiced += sign * line.gross
    line.deposit.invoiced_vat += sign * line.vat
    return line.deposit


def _marked_fee(line: BillingLine, sign: int) -> Fee:
    assert line.fee is not None
    line.fee.invoiced += sign * line.gross
    return line.fee


def _post(invoice: BillingInvoice, sign: int) -> None:
    """A deposit's invoice owes its VAT; one for fees is owed by the seller."""
    if invoice.subject == Subject.DEPOSITS and not invoice.vat:
        return
    side = "payable" if invoice.is_credit else "receivable"
    legs = (
        (Leg("vat_on_deposits", sign * invoice.vat), Leg("vat", -sign * invoice.vat))
        if invoice.subject == Subject.DEPOSITS
        else (
            Leg(side, sign * invoice.gross, seller_id=invoice.seller_id),
            Leg("commission", -sign * invoice.net),
            Leg("vat", -sign * invoice.vat),
        )
    )
    text = f"Billing {'credit note' if invoice.is_credit else 'invoice'} {invoice.reference}"
    post(Draft(key=invoice.key, market_id=invoice.market_id, at=invoice.issued_at, text=text, legs=legs))
