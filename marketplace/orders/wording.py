"""How a payment is called, from one place: screen, workbook, document, mail and API say the same."""

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
