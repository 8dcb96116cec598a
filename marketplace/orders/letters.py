"""The words of letters about orders, in the active language."""

from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from marketplace.orders.models import Order, Return
from marketplace.orders.wording import payment_text, what_remains
from marketplace.parties.models import Market


def voucher_letter(order: Order, market: Market) -> tuple[str, str]:
    """Subject and text that tell a seller of an order a voucher pays."""
    told = {
        "number": order.number,
        "total": _money(order, order.total, market),
        "voucher": _money(order, order.voucher_amount, market),
        "remaining": _money(order, order.to_pay, market),
        "payment": payment_text(order.payment),
        "remains": what_remains(order, language=market.locale),
    }
    return (
        _("Order %(number)s was paid by voucher: %(voucher)s of %(total)s") % told,
        _(
            "Order %(number)s: %(total)s, paid by %(payment)s.\n\n"
            "Voucher: %(voucher)s\n"
            "Amount to be paid: %(remaining)s\n\n"
            "%(remains)s\n\n"
            "A voucher is a means of payment, no discount: your invoice to the customer shows the full price "
            "and its VAT; only the amount due is lower.\n\n"
            "You find the order in the portal, under Orders with voucher. Send it there."
        )
        % told,
    )


def transfer_letter(order: Order, account: str, amount: int) -> tuple[str, str]:
    """Subject and text that tell a customer where to transfer what remains."""
    seller = order.seller
    told = {
        "number": order.number,
        "shop": order.market.name,
        "seller": seller.name,
        "amount": _money(order, amount, order.market),
        "account": account,
        "voucher": _money(order, order.voucher_amount, order.market),
    }
    text = _(
        "%(seller)s confirmed your order %(number)s at %(shop)s.\n\n"
        "Please transfer %(amount)s:\n"
        "Account: %(account)s\n"
        "Account holder: %(seller)s\n"
        "Reference: %(number)s\n\n"
        "The parcel leaves as soon as the money has arrived."
    )
    if order.voucher_amount:
        text = f"{text}\n\n{_('Your voucher has paid %(voucher)s of it already.')}"
    return _("Order %(number)s: how to pay %(amount)s") % told, text % told


def return_letter(returned: Return, to_refund: int) -> tuple[str, str]:
    """Subject and text that tell a seller what came back."""
    order = returned.order
    told = {
        "number": order.number,
        "return": returned.number,
        "gross": _money(order, returned.gross, order.market),
        "refund": _money(order, to_refund, order.market),
    }
    text = _(
        "Of order %(number)s came back what was sold for %(gross)s (return %(return)s).\n\n"
        "What a document has not billed yet will not be billed; what it has comes on your next credit "
        "document."
    )
    if to_refund:
        asked = _(
            "You hold this customer's money: please give %(refund)s back to the customer, and tell us in "
            "the portal when you have, on the order's page."
        )
        text = f"{text}\n\n{asked}"
    return _("Return %(return)s of order %(number)s") % told, text % told


def _money(order: Order, minor: int, market: Market) -> str:
    return money_text(minor, currency=order.currency, language=market.locale)
