"""What a sent order's payment still asks of its seller, and where its customer transfers the money to."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.kernel.models import OutgoingMail
from marketplace.orders.models import Custody, Method, Order, State, Tender, TenderState
from marketplace.orders.wording import what_remains
from marketplace.parties.models import AccountState, BankAccount
from sellers.door.templatetags.days import language, moment
from sellers.door.templatetags.money import money


@dataclass(frozen=True, slots=True)
class Transfer:
    """Where a customer transfers what remains, and how the customer was told."""

    amount: int
    account: str
    told: str
    is_mailed: bool


@dataclass(frozen=True, slots=True)
class Remaining:
    """What a voucher paid, what remains and what to do about it, for an order whose parcel has not left."""

    title: str
    text: str
    waits: bool
    transfer: Transfer | None


def remaining_of(order: Order, tenders: Sequence[Tender]) -> Remaining | None:
    """What the page of a sent order says of its payment; None where there is nothing to do about it."""
    sent = order.confirmed_at is not None and order.state in (State.OPEN, State.SHIPPING)
    if not sent or not (order.voucher_amount or order.to_collect):
        return None
    awaited = [each for each in tenders if each.state == TenderState.AWAITED]
    transfers = [each for each in awaited if _is_sellers_transfer(each)]
    cards = any(each.method == Method.CARD for each in awaited)
    return Remaining(
        title=_title(order, paid=not awaited),
        text=_text(order, waits=bool(transfers), card=cards),
        waits=bool(transfers) or cards,
        transfer=_transfer(order, transfers) if transfers else None,
    )


def remains_text(order: Order) -> str:
    """What remains to be done about the payment of an order that was sent just now, in a sentence or two."""
    found = remaining_of(order, list(order.tenders.order_by("position")))
    if found is None:
        return _("It is sent. Nothing is to be collected.")
    if found.transfer is None or found.transfer.is_mailed:
        return found.text
    return f"{found.text} {found.transfer.told}"


def _is_sellers_transfer(tender: Tender) -> bool:
    return tender.method == Method.TRANSFER and tender.custody == Custody.SELLER


def _title(order: Order, *, paid: bool) -> str:
    told = {
        "voucher": money(order.voucher_amount, order.currency),
        "total": money(order.total, order.currency),
        "rest": money(order.to_pay, order.currency),
    }
    if not order.voucher_amount:
        return _("%(rest)s is paid") % told if paid else _("%(rest)s is to be paid") % told
    if not order.to_pay:
        return _("The voucher paid all of it: %(voucher)s") % told
    if paid:
        return _("The voucher paid %(voucher)s of %(total)s; the rest, %(rest)s, is paid too") % told
    return _("The voucher paid %(voucher)s of %(total)s; %(rest)s remains") % told


def _text(order: Order, *, waits: bool, card: bool) -> str:
    if card:
        return _("The card payment of the rest is not captured yet; the parcel waits for it.")
    methods = order.payment.split("+")
    if Method.TRANSFER in methods and order.to_collect and not waits:
        return _("The customer's transfer has arrived. The parcel can leave.")
    return what_remains(order, language=language())


def _transfer(order: Order, tenders: Sequence[Tender]) -> Transfer:
    account = BankAccount.objects.filter(seller=order.seller_id, state=AccountState.ACTIVE).first()
    letter = OutgoingMail.objects.filter(key=f"order:{order.pk}:transfer").first()
    return Transfer(
        amount=sum(each.amount for each in tenders),
        account=account.number if account else "",
        told=_told(order, letter),
        is_mailed=letter is not None,
    )


def _told(order: Order, letter: OutgoingMail | None) -> str:
    if letter is None:
        return _(
            "No e-mail address of the customer is known, so nobody was mailed: pass these details on "
            "yourself, for example by phone (%(phone)s)."
        ) % {"phone": order.customer_phone or "–"}
    told = {"email": ", ".join(letter.recipients), "at": moment(letter.sent_at or letter.created_at)}
    if letter.sent_at is None:
        return _("These details are being mailed to the customer (%(email)s).") % told
    return _("These details were mailed to the customer (%(email)s) on %(at)s.") % told
