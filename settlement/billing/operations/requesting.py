"""Change requests: asked by the seller, decided by accounting, and carried out in the same transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.states import check_move, move
from marketplace.parties.models import Seller
from settlement.billing.catalogues import STRICT_VAT, reasons_for
from settlement.billing.models import (
    BillingInvoice,
    BillingLine,
    ChangeRequest,
    Deposit,
    Fee,
    Origin,
    RequestState,
    Subject,
    Wish,
)
from settlement.billing.operations.issuing import (
    Issue,
    check_live,
    check_recipient,
    credit_invoice,
    write_invoice,
)
from settlement.billing.operations.numbering import number
from settlement.billing.operations.taking import take_from_deposits
from settlement.billing.operations.telling import tell_of_request, tell_support
from settlement.billing.refusals import NotChangeable, misfit_text
from settlement.billing.rules.amounts import split_amounts
from settlement.billing.rules.recipients import Recipient, recipient_of
from settlement.billing.rules.splitting import (
    CannotReplace,
    Misfit,
    Part,
    Wanted,
    check_split,
    wanted_of,
)
from settlement.documents.operations.voiding import ReasonMissing


@transaction.atomic
def request_change(
    *,
    invoice_id: int,
    wish: Wish,
    wanted: Sequence[Wanted],
    reason: str,
    reason_code: str = "",
    by: Any,
    at: datetime,
) -> ChangeRequest:
    """Ask accounting to correct, split or cancel an invoice; support is mailed. Nothing changes yet.

    :raises NotChangeable: if the invoice was taken back, is being changed already, or cannot be changed so.
    :raises BadRecipient: if an invoice cannot be made out to one of the recipients.
    :raises ReasonMissing: if no reason is given, or none of the authority's codes.
    """
    seller, invoice = _locked_invoice(invoice_id)
    check_live(invoice)
    _check_free(invoice)
    _check_reason(invoice, wish, reason, reason_code)
    check_wanted(invoice, wish, wanted)
    request = ChangeRequest(
        market=seller.market,
        seller=seller,
        invoice=invoice,
        wish=wish,
        wanted=[each.as_json() for each in wanted],
        reason_code=reason_code,
        reason=" ".join(reason.split())[:300],
        requested_by=by,
        requested_at=at,
    )
    number([request], market=seller.market, kind="change_request", at=at)
    request.save(force_insert=True)
    _record("change_request.made", request, by, at)
    tell_support(request, market=seller.market, at=at)
    return request


def check_wanted(invoice: BillingInvoice, wish: Wish, wanted: Sequence[Wanted]) -> None:
    """Whether what is wanted can replace the invoice.

    :raises NotChangeable: if something would be lost or doubled, or nothing changes.
    :raises BadRecipient: if an invoice cannot be made out to one of the recipients.
    """
    if wish == Wish.CANCEL:
        if wanted:
            raise NotChangeable(_("A cancelled invoice is not replaced; ask for a correction or a split."))
        return
    lines = dict(invoice.lines.values_list("position", "gross"))
    try:
        check_split(lines, wanted)
        if wish == Wish.SPLIT and len(wanted) < 2:
            raise CannotReplace(Misfit.ONE_ONLY)
    except CannotReplace as refusal:
        raise NotChangeable(misfit_text(refusal)) from None
    for each in wanted:
        check_recipient(each.recipient)
    before = recipient_of(invoice.parties["recipient"])
    if wish == Wish.EDIT and len(wanted) != 1:
        raise NotChangeable(_("A correction makes one invoice; ask for a split to get several."))
    if wish == Wish.EDIT and wanted[0].recipient == before:
        raise NotChangeable(_("Nothing of the recipient is changed; correct what is wrong first."))


def whole_of(invoice: BillingInvoice, recipient: Recipient) -> Wanted:
    """All of an invoice, made out to another recipient."""
    lines = invoice.lines.order_by("position").values_list("position", "gross")
    return Wanted(recipient, tuple(Part(line, gross) for line, gross in lines))


@transaction.atomic
def withdraw_request(*, request_id: int, by: Any, at: datetime) -> ChangeRequest:
    """Take a request back that accounting has not decided yet.

    :raises IllegalMove: if it was decided or withdrawn.
    """
    request, seller, _invoice = _locked_request(request_id)
    move(request, RequestState.WITHDRAWN, by=by, at=at, also={"decided_at": at})
    _record("change_request.withdrawn", request, by, at)
    tell_of_request(request, market=seller.market, issued=(), at=at)
    return request


@transaction.atomic
def decline_request(*, request_id: int, reason: str, by: Any, at: datetime) -> ChangeRequest:
    """Leave the invoice as it is, and tell the seller why.

    :raises IllegalMove: if it was decided or withdrawn.
    :raises ReasonMissing: if no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller will read it."))
    request, seller, _invoice = _locked_request(request_id)
    answer = " ".join(reason.split())[:300]
    also = {"decided_at": at, "answer": answer}
    move(request, RequestState.DECLINED, by=by, at=at, reason=answer, also=also)
    _record("change_request.declined", request, by, at)
    tell_of_request(request, market=seller.market, issued=(), at=at)
    return request


@transaction.atomic
def approve_request(*, request_id: int, by: Any, at: datetime) -> list[BillingInvoice]:
    """Carry a request out: the credit note, and the invoices that replace what it takes back, with the same
    total to the cent; net and VAT too, but where the law has each invoice's VAT computed by itself.

    :raises IllegalMove: if it was decided or withdrawn.
    :raises NotChangeable: if the invoice was taken back meanwhile.
    """
    request, seller, invoice = _locked_request(request_id)
    check_move(request, RequestState.DONE)
    wanted = wanted_of(request.wanted)
    check_live(invoice)
    check_wanted(invoice, Wish(request.wish), wanted)
    issue = Issue(Origin.REQUEST, by, at, request=request)
    note = credit_invoice(
        invoice=invoice, seller=seller, reason=request.reason, code=request.reason_code, issue=issue
    )
    replacements = _replace(invoice, seller, wanted, Issue(Origin.REQUEST, by, at, request, invoice))
    # Fees that are on no invoice any more are taken from what deposits have left.
    take_from_deposits(seller_id=seller.pk, market=seller.market, at=at)
    move(request, RequestState.DONE, by=by, at=at, also={"decided_at": at})
    _record("change_request.done", request, by, at)
    issued = [note, *replacements]
    tell_of_request(request, market=seller.market, issued=issued, at=at)
    return issued


def _replace(
    invoice: BillingInvoice, seller: Seller, wanted: Sequence[Wanted], issue: Issue
) -> list[BillingInvoice]:
    if not wanted:
        return []
    strict = invoice.vat_bp if seller.market.code in STRICT_VAT else None
    grosses = [[part.gross for part in each.parts] for each in wanted]
    shares = split_amounts(grosses, invoice.vat, strict_bp=strict)
    return [
        write_invoice(
            seller=seller,
            subject=Subject(invoice.subject),
            things=_things(invoice, [part.line for part in each.parts]),
            amounts=amounts,
            recipient=each.recipient,
            issue=issue,
        )
        for each, amounts in zip(wanted, shares, strict=True)
    ]


def _things(invoice: BillingInvoice, positions: Sequence[int]) -> list[Deposit] | list[Fee]:
    """What the lines at these positions are of, read anew: the credit note has just freed them."""
    lines = {line.position: line for line in BillingLine.objects.filter(invoice=invoice)}
    if invoice.subject == Subject.FEES:
        fees = Fee.objects.in_bulk([line.fee_id for line in lines.values() if line.position in positions])
        return [fees[lines[position].fee_id or 0] for position in positions]
    wanted = [line.deposit_id for line in lines.values() if line.position in positions]
    deposits = Deposit.objects.in_bulk(wanted)
    return [deposits[lines[position].deposit_id or 0] for position in positions]


def _locked_invoice(invoice_id: int) -> tuple[Seller, BillingInvoice]:
    owner = BillingInvoice.objects.values_list("seller", flat=True).get(pk=invoice_id)
    seller = Seller.objects.locked().select_related("market").get(pk=owner)
    return seller, BillingInvoice.objects.locked().get(pk=invoice_id)


def _locked_request(request_id: int) -> tuple[ChangeRequest, Seller, BillingInvoice]:
    key = ChangeRequest.objects.values_list("invoice", flat=True).get(pk=request_id)
    seller, invoice = _locked_invoice(key)
    request = ChangeRequest.objects.locked().select_related("requested_by").get(pk=request_id)
    return request, seller, invoice


def _check_free(invoice: BillingInvoice) -> None:
    if ChangeRequest.objects.open().filter(invoice=invoice).exists():
        raise NotChangeable(
            _("%(invoice)s is being changed already; wait for that request, or withdraw it.")
            % {"invoice": invoice}
        )


def _check_reason(invoice: BillingInvoice, wish: Wish, reason: str, code: str) -> None:
    if not reason.strip():
        raise ReasonMissing(_("Say why; accounting and the tax office will ask."))
    codes = reasons_for(invoice.market.code, wish)
    if codes and code not in codes:
        raise ReasonMissing(_("Choose the reason by which the tax authority codes it."))


def _record(verb: str, request: ChangeRequest, by: Any, at: datetime) -> None:
    told = {"invoice": request.invoice.reference, "wish": request.wish, "reason": request.reason}
    record(verb=verb, subject=request.reference, by=by, at=at, seller_id=request.seller_id, details=told)
