"""How a payment is called, from one place: screen, workbook, document, mail and API say the same."""

from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from marketplace.orders.models import Method, Order

ORDER = (Method.VOUCHER, Method.CARD, Method.TRANSFER, Method.COD)


def payment_text(payment: str) -> str:
    """The words for an order's payment, stored as its methods joined by "+": "Card + Cash on delivery"."""
    methods = [method for method in payment.split("+") if method]
    if not methods:
        return _("Nothing to pay")
    known = sorted(methods, key=lambda method: ORDER.index(method) if method in ORDER else len(ORDER))
    return " + ".join(str(Method(method).label) if method in Method.values else method for method in known)


@lru_cache(maxsize=64)
def payment_texts(payment: str) -> frozenset[str]:
    """The words for a payment in every language we write, casefolded: what a workbook may call it."""
    texts = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts.add(payment_text(payment).casefold())
    return frozenset(texts)


def what_remains(order: Order, *, language: str) -> str:
    """What is still to be done about an order's payment, in one sentence, as its seller must know it."""
    methods = order.payment.split("+")
    if order.to_pay == 0:
        return _("The voucher paid all of it. Nothing is to be collected.")
    if Method.TRANSFER not in methods and Method.COD not in methods:
        return _("The rest is paid by card. Nothing is to be collected.")
    if not order.to_collect:
        return _("The rest goes to the marketplace. Nothing is to be collected.")
    amount = money_text(order.to_collect, currency=order.currency, language=language)
    if Method.TRANSFER in methods:
        text = _(
            "The customer transfers the remaining %(amount)s to your account. Wait with the parcel until "
            "you have marked the money as received."
        )
    else:
        text = _("Send the parcel with cash on delivery of %(amount)s.")
    return text % {"amount": amount}
