"""How a payment is called, from one place: screen, workbook, document, mail and API say the same."""

from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.orders.models import Method

ORDER = ("voucher", Method.CARD, Method.TRANSFER, Method.COD)


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
