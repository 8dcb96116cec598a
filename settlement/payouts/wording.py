"""The words of payouts and demands: the letters, and what becomes of the bank's movements."""

from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from marketplace.kernel.days import day_text
from settlement.payouts.models import Collection, Payout


def advice_letter(payout: Payout) -> tuple[str, str]:
    """Subject and text that advise a seller of a payment, in the active language."""
    market = payout.market
    told = {
        "reference": payout.reference,
        "set_off": payout.set_off.reference,
        "amount": money_text(payout.amount, currency=payout.currency, language=market.locale),
        "account": payout.masked,
        "day": day_text(payout.paid_on, language=market.spoken) if payout.paid_on else "",
    }
    return (
        _("We paid you %(amount)s (%(reference)s)") % told,
        _(
            "On %(day)s we paid you %(amount)s to the account %(account)s, with the reference "
            "%(reference)s.\n\n"
            "It pays what set-off %(set_off)s left owed to you. The remittance advice lists what it covers, "
            "order by order."
        )
        % told,
    )


def failure_letter(payout: Payout) -> tuple[str, str]:
    """Subject and text that tell seller and accounting that a payment did not go through."""
    told = {
        "reference": payout.reference,
        "amount": money_text(payout.amount, currency=payout.currency, language=payout.market.locale),
        "account": payout.masked,
        "reason": payout.failure,
    }
    return (
        _("Payment %(reference)s did not go through") % told,
        _(
            "The bank did not pay %(amount)s (%(reference)s) to the account %(account)s: %(reason)s\n\n"
            "Check the bank account in the portal's settings. The money stays owed and is paid again."
        )
        % told,
    )


def demand_letter(collection: Collection, *, reminder: bool = False) -> tuple[str, str]:
    """Subject and text that ask a seller for what it owes, in the active language."""
    market = collection.market
    told = {
        "reference": collection.reference,
        "set_off": collection.set_off.reference,
        "amount": money_text(collection.missing, currency=collection.currency, language=market.locale),
        "day": day_text(collection.due_on, language=market.spoken),
        "iban": market.entity_iban,
        "symbol": collection.symbol,
        "entity": market.entity_name,
    }
    subject = _("Reminder: please pay %(amount)s") if reminder else _("Please pay %(amount)s by %(day)s")
    return (
        subject % told,
        _(
            "After set-off %(set_off)s you owe the marketplace %(amount)s.\n\n"
            "Please pay it by %(day)s:\n"
            "To: %(entity)s\n"
            "Account: %(iban)s\n"
            "Variable symbol: %(symbol)s\n"
            "Message: %(reference)s\n\n"
            "What it is made of is listed in the portal, order by order."
        )
        % told,
    )
