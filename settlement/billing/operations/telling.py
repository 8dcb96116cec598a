"""Letters about deposits, change requests and automatic invoicing, each written with its fact."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from marketplace.kernel.days import day_text, span_text
from marketplace.kernel.mail import write_mail
from marketplace.kernel.models import OutgoingMail
from marketplace.parties.models import Market
from settlement.billing.models import (
    AutomaticRun,
    BillingInvoice,
    ChangeRequest,
    Deposit,
    DepositState,
    RequestState,
    RunState,
)
from settlement.documents.facts import plain
from settlement.periods.rules import Span


def tell_of_deposit(deposit: Deposit, *, market: Market, at: datetime) -> None:
    """Tell the seller that a deposit has come in, or was taken back."""
    with translation.override(market.spoken):
        told = {
            "amount": _money(deposit.gross, market),
            "deposit": deposit.reference,
            "day": day_text(deposit.received_on, language=market.spoken),
            "seller": plain(deposit.seller.name),
            "reason": deposit.note,
        }
        subject, text = (
            (_("Deposit %(deposit)s taken back"), _("We took back your deposit %(deposit)s of %(amount)s."))
            if deposit.state == DepositState.REVERSED
            else (_("Deposit %(deposit)s received"), _("We received your deposit of %(amount)s on %(day)s."))
        )
        write_mail(
            key=f"{deposit.key}:{deposit.state}",
            market=market,
            to=[deposit.seller.email],
            subject=subject % told,
            body=_letter(market, _("Hello %(seller)s,") % told, text % told),
            at=at,
            seller_id=deposit.seller_id,
        )


def tell_support(request: ChangeRequest, *, market: Market, at: datetime) -> None:
    """Open the request's ticket: a letter to support, which all later ones are answers to."""
    with translation.override(market.spoken):
        told = _told(request)
        write_mail(
            key=ticket_key(request),
            market=market,
            to=[market.support_email],
            subject=_("[%(request)s] %(wish)s: invoice %(invoice)s of %(seller)s") % told,
            body=_letter(
                market,
                _("%(by)s of %(seller)s asks: %(wish)s, invoice %(invoice)s over %(amount)s.") % told,
                _("Reason: %(reason)s") % told,
                _("Accounting decides in the back office, under Change requests: %(request)s.") % told,
            ),
            at=at,
            seller_id=request.seller_id,
            headers={"Reply-To": request.requested_by.email},
        )


def tell_of_request(
    request: ChangeRequest, *, market: Market, issued: Sequence[BillingInvoice], at: datetime
) -> None:
    """Tell the seller, and support and accounting in the same thread, how a request ended."""
    with translation.override(market.spoken):
        told = _told(request) | {"issued": ", ".join(each.reference for each in issued)}
        subject, text = ENDINGS[RequestState(request.state)]()
        thread = _thread(request)
        house = [market.support_email, market.accounting_email]
        people = [request.seller.email, request.requested_by.email]
        for whom, to in (("house", house), ("seller", people)):
            write_mail(
                key=f"change_request:{request.reference}:{request.state}:{whom}",
                market=market,
                to=to,
                subject=subject % told,
                body=_letter(market, text % told),
                at=at,
                seller_id=request.seller_id,
                headers=thread,
            )


def tell_of_run(
    run: AutomaticRun, *, market: Market, invoices: Sequence[BillingInvoice], at: datetime
) -> None:
    """Tell the seller what automatic invoicing did, or why not; an empty period is not worth a letter."""
    if run.state == RunState.EMPTY:
        return
    with translation.override(market.spoken):
        span = Span(run.first_on, run.end_on)
        told = {
            "seller": plain(run.seller.name),
            "period": span_text(span.first_on, span.last_on, language=market.spoken),
            "invoices": ", ".join(each.reference for each in invoices),
            "amount": _money(sum(each.gross for each in invoices), market),
            "reason": run.reason,
        }
        subject, text = (
            (
                _("Deposits invoiced automatically, %(period)s"),
                _("Your deposits of %(period)s were invoiced: %(invoices)s, %(amount)s in total."),
            )
            if run.state == RunState.ISSUED
            else (
                _("Deposits could not be invoiced, %(period)s"),
                _(
                    "Your deposits of %(period)s could not be invoiced automatically.\n\n%(reason)s\n\n"
                    "It is tried again every day. Once what is wrong is put right, press Try again under"
                    " Billing, Automatic invoicing, or invoice the deposits by hand."
                ),
            )
        )
        write_mail(
            key=f"automatic_run:{run.pk}:{run.state}:{int(run.ran_at.timestamp())}",
            market=market,
            to=[run.seller.email],
            subject=subject % told,
            body=_letter(market, _("Hello %(seller)s,") % told, text % told),
            at=at,
            seller_id=run.seller_id,
        )


def ticket_key(request: ChangeRequest) -> str:
    """What the letter that opens a request's ticket is called in the outbox."""
    return f"change_request:{request.reference}:asked"


ENDINGS = {
    RequestState.DONE: lambda: (
        _("Re: [%(request)s] carried out: %(wish)s, invoice %(invoice)s"),
        _("Request %(request)s (%(wish)s, invoice %(invoice)s) was carried out. Issued: %(issued)s."),
    ),
    RequestState.DECLINED: lambda: (
        _("Re: [%(request)s] declined: %(wish)s, invoice %(invoice)s"),
        _(
            "Request %(request)s (%(wish)s, invoice %(invoice)s) was declined; the invoice stays as it is."
            "\n\nAccounting: %(answer)s"
        ),
    ),
    RequestState.WITHDRAWN: lambda: (
        _("Re: [%(request)s] withdrawn: %(wish)s, invoice %(invoice)s"),
        _(
            "Request %(request)s (%(wish)s, invoice %(invoice)s) was withdrawn by the seller; nothing"
            " changes."
        ),
    ),
}


def _told(request: ChangeRequest) -> dict[str, str]:
    return {
        "request": request.reference,
        "wish": request.get_wish_display(),
        "invoice": request.invoice.reference,
        "amount": _money(request.invoice.gross, request.market),
        "seller": plain(f"{request.seller.partner_number} {request.seller.name}"),
        "by": request.requested_by.email,
        "reason": request.reason,
        "answer": request.answer,
    }


def _thread(request: ChangeRequest) -> dict[str, str]:
    """What makes a letter an answer to the one that opened the ticket."""
    root = OutgoingMail.objects.filter(key=ticket_key(request)).values_list("message_id", flat=True).first()
    return {"In-Reply-To": root, "References": root} if root else {}


def _letter(market: Market, *paragraphs: str) -> str:
    return "\n\n".join([*paragraphs, market.name]) + "\n"


def _money(minor: int, market: Market) -> str:
    return money_text(minor, currency=market.currency, language=market.locale)
