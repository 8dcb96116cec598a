"""Letters about orders: to the seller of a voucher order or a return, to the customer who owes a transfer."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.mail import Letter, write_mail, write_mails
from marketplace.orders import letters
from marketplace.orders.models import (
    Custody,
    Method,
    Order,
    RefundState,
    Return,
    TenderState,
)
from marketplace.orders.operations.refunding import UNDONE
from marketplace.parties.models import AccountState, BankAccount, Market


class NoAccount(Exception):
    """The customer is to transfer money to an account the seller has not told us yet."""


def tell_of_vouchers(market: Market, orders: Sequence[Order], *, at: datetime) -> None:
    """Tell sellers of each new order that a voucher pays, with what remains and what to do."""
    wanted = [each for each in orders if each.voucher_amount and not each.test and each.state not in UNDONE]
    if not wanted:
        return
    sellers = market.sellers.in_bulk([order.seller_id for order in wanted])
    with translation.override(market.spoken):
        texts = [letters.voucher_letter(order, market) for order in wanted]
    write_mails(
        market=market,
        letters=[
            Letter(f"order:{order.pk}:voucher", [sellers[order.seller_id].email], *text, order.seller_id)
            for order, text in zip(wanted, texts, strict=True)
        ],
        at=at,
    )


def send_transfer_details(order: Order, *, at: datetime) -> None:
    """Mail the customer where to transfer what remains, once the seller has confirmed the order.

    :raises NoAccount: if the seller has no account in use.
    """
    awaited = order.tenders.filter(method=Method.TRANSFER, custody=Custody.SELLER, state=TenderState.AWAITED)
    amount = sum(tender.amount for tender in awaited)
    if not amount or order.test:
        return
    account = BankAccount.objects.filter(seller=order.seller_id, state=AccountState.ACTIVE).first()
    if account is None:
        raise NoAccount(
            _(
                "The customer of order %(number)s pays by transfer to your account, and none is in use yet. "
                "Enter it under Settings; then send the order."
            )
            % {"number": order.number}
        )
    if not order.customer_email:
        return  # the page tells the seller the details, to pass them on in another way
    with translation.override(order.market.spoken):
        subject, body = letters.transfer_letter(order, account.number, amount)
    write_mail(
        key=f"order:{order.pk}:transfer",
        market=order.market,
        to=[order.customer_email],
        seller_id=order.seller_id,
        at=at,
        subject=subject,
        body=body,
    )


def tell_of_return(returned: Return, *, at: datetime) -> None:
    """Tell a seller what came back, and what of it the seller must refund."""
    order = returned.order
    mine = returned.refunds.filter(payer=Custody.SELLER).exclude(
        state__in=[RefundState.PAID, RefundState.DROPPED]
    )
    with translation.override(order.market.spoken):
        subject, body = letters.return_letter(returned, sum(refund.amount for refund in mine))
    write_mail(
        key=f"return:{returned.pk}",
        market=order.market,
        to=[order.seller.email],
        seller_id=order.seller_id,
        at=at,
        subject=subject,
        body=body,
    )
