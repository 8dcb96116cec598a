"""The payment of a UNAS order: what a voucher paid, and how the rest is paid.

UNAS has no field for a voucher. It is told by ``Payment/Paid`` beside a ``Payment/Pending``, by a comment,
or by both, which must then agree. Only comments of the type ``admin`` come from systems; what a customer
wrote counts where the payment bears it out, and is otherwise put before a person.
"""

from collections.abc import Mapping
from datetime import datetime

from marketplace.kernel.money import decimal_text
from marketplace.orders.parsing.unas.tree import Element
from marketplace.orders.parsing.unas.values import instant_at, minor_of, number_at, text_at
from marketplace.orders.rules.comments import VoucherNote, read_comment, settle_note
from marketplace.orders.rules.facts import Refused, TenderFacts

METHODS: Mapping[str, str] = {
    "cod": "cod",
    "cashondelivery": "cod",
    "cash_on_delivery": "cod",
    "transfer": "transfer",
    "banktransfer": "transfer",
    "bank_transfer": "transfer",
    "card": "card",
    "bankcard": "card",
    "creditcard": "card",
    "online": "card",
    "onlinecard": "card",
}
TOLERANCE = 2
SYSTEM = "admin"


def read_tenders(order: Element, total: int, currency: str) -> tuple[TenderFacts, ...]:
    """The parts of an order's payment, which add up to its total.

    :raises Refused: where amounts and comments contradict each other, or the way of payment is unknown.
    """
    payment = order.find("Payment")
    voucher = _voucher(order, payment, total, currency)
    rest = settle_note(total, voucher, currency)
    tenders = []
    if voucher:
        tenders.append(TenderFacts("voucher", voucher))
    if rest:
        method = _method(payment)
        tenders.append(TenderFacts(method, rest, paid_at=_paid_at(order, payment, method, total)))
    return tuple(tenders)


def _voucher(order: Element, payment: Element | None, total: int, currency: str) -> int:
    """What of the total a voucher paid, in minor units."""
    paid = _paid(payment, total, currency)
    told = _note(order, total, currency)
    if told is None:
        return paid if paid is not None and 0 < paid < total else 0
    note, from_a_system = told
    if paid and paid not in (note.amount, total):
        raise Refused(
            f"Payment.Paid: {decimal_text(paid)}, "
            f"but a comment says that a voucher paid {decimal_text(note.amount)}"
        )
    if paid != note.amount and not from_a_system:
        raise Refused(
            f"Comments: a customer's comment says that a voucher paid {decimal_text(note.amount)}, "
            "the payment does not; a person must decide"
        )
    return note.amount


def _paid(payment: Element | None, total: int, currency: str) -> int | None:
    """What was paid already, from Paid or else from what is pending; None if neither is told."""
    paid, pending = _amount(payment, "Paid"), _amount(payment, "Pending")
    if paid is None:
        if pending is None:
            return None
        paid = total - pending
    rest = total - paid if pending is None else pending
    if paid < -TOLERANCE or abs(paid + rest - total) > TOLERANCE:
        raise Refused(
            f"Payment: Paid {decimal_text(paid)} and Pending {decimal_text(rest)} do not add to "
            f"{decimal_text(total)}"
        )
    if abs(paid - total) <= TOLERANCE:
        return total
    settle_note(total, paid, currency)
    return paid if paid > TOLERANCE else 0


def _amount(payment: Element | None, name: str) -> int | None:
    number = number_at(payment, name, f"Payment.{name}")
    if number is not None and number < 0:
        raise Refused(f"Payment.{name}: {text_at(payment, name)} is negative")
    return None if number is None else minor_of(number)


def _note(order: Element, total: int, currency: str) -> tuple[VoucherNote, bool] | None:
    """What the comments say of a voucher, and whether a system says so."""
    found: dict[VoucherNote, bool] = {}
    for comment in order.findall("Comments/Comment"):
        note = read_comment(comment.findtext("Text") or "")
        if note is not None:
            by_system = text_at(comment, "Type").lower() == SYSTEM
            found[note] = found.get(note, False) or by_system
    if not found:
        return None
    if len({(note.amount, note.currency) for note in found}) > 1:
        raise Refused("Comments: they name several values of a voucher")
    note = max(found, key=lambda each: found[each])
    _agree(note, total, currency)
    return note, found[note]


def _agree(note: VoucherNote, total: int, currency: str) -> None:
    if note.currency != currency:
        raise Refused(f"Comments: the voucher is in {note.currency}, the order in {currency}")
    if settle_note(total, note.amount, currency) and not note.partial:
        raise Refused(
            f"Comments: a voucher of {decimal_text(note.amount)} is said to have paid all, "
            f"but the order comes to {decimal_text(total)}"
        )


def _method(payment: Element | None) -> str:
    told = text_at(payment, "Type", 60)
    if not told:
        raise Refused("Payment.Type: missing")
    method = METHODS.get(told.lower())
    if method is None:
        raise Refused(f"Payment.Type: {told!r} is no way of payment we know")
    return method


def _paid_at(order: Element, payment: Element | None, method: str, total: int) -> datetime | None:
    """When the rest was paid; cash on delivery is received at delivery, whatever a shop ticks before."""
    status = text_at(payment, "Status", 60).lower()
    paid = status == "paid" if status else (_amount(payment, "Paid") or 0) >= total - TOLERANCE
    if not paid or payment is None or method == "cod":
        return None
    finished = [
        at
        for each in payment.findall("Transactions/Transaction")
        if text_at(each, "Status").lower() == "finish" and (at := instant_at(each, "Date"))
    ]
    return max(finished, default=None) or instant_at(order, "DateMod") or instant_at(order, "Date")
