"""The words of set-offs: the letters, and who pays whom."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.amounts import money_text
from marketplace.kernel.days import day_text
from settlement.netting.models import Dispute, SetOff

MOST_NAMED = 50
"""Orders a letter names."""


def outcome_text(set_off: SetOff, *, language: str) -> str:
    """Who pays whom how much once a set-off is agreed."""
    amount = money_text(abs(set_off.net_due), currency=set_off.currency, language=language)
    if set_off.net_due > 0:
        return _("The marketplace pays you %(amount)s.") % {"amount": amount}
    if set_off.net_due < 0:
        return _("You owe the marketplace %(amount)s.") % {"amount": amount}
    return _("Nothing is left to pay.")


def proposal_letter(set_off: SetOff) -> tuple[str, str]:
    """Subject and text that propose a set-off to its seller, in the active language."""
    market = set_off.market

    def money(minor: int) -> str:
        return money_text(minor, currency=set_off.currency, language=market.locale)

    told = {
        "reference": set_off.reference,
        "payables": money(set_off.payables),
        "receivables": money(set_off.receivables),
        "netted": money(set_off.netted),
        "outcome": outcome_text(set_off, language=market.locale),
        "day": day_text(set_off.answer_by, language=market.spoken),
    }
    return (
        _("Set-off %(reference)s: please confirm by %(day)s") % told,
        _(
            "We propose set-off %(reference)s.\n\n"
            "Owed to you: %(payables)s\n"
            "Owed by you: %(receivables)s\n"
            "Set off against each other: %(netted)s\n"
            "%(outcome)s\n\n"
            "Look at every order of it in the portal, under Set-offs. Confirm it there, or dispute single "
            "orders with a reason. Without an answer by %(day)s it counts as agreed."
        )
        % told,
    )


def agreement_letter(set_off: SetOff, *, attached: bool) -> tuple[str, str]:
    """Subject and text that tell a seller that a set-off is agreed, in the active language."""
    language = set_off.market.locale
    told = {
        "reference": set_off.reference,
        "netted": money_text(set_off.netted, currency=set_off.currency, language=language),
        "outcome": outcome_text(set_off, language=language),
    }
    subject = _("Set-off %(reference)s is agreed") % told
    body = _("Set-off %(reference)s is agreed.\n\nSet off against each other: %(netted)s\n%(outcome)s") % told
    if attached:
        return subject, body + "\n\n" + _("The agreement is attached as a PDF.")
    where = _(
        "The agreement is too large for an e-mail: download the PDF in the seller portal, under Set-offs."
    )
    return subject, body + "\n\n" + where


def dispute_letter(disputes: Sequence[Dispute], text: str) -> tuple[str, str]:
    """Subject and text that carry what was said in disputes of one set-off to the other side."""
    first = disputes[0]
    numbers = [dispute.order.number for dispute in disputes]
    told = {
        "order": numbers[0],
        "orders": ", ".join(numbers[:MOST_NAMED]) + (" …" if len(numbers) > MOST_NAMED else ""),
        "reference": first.set_off.reference,
        "seller": first.seller,
        "text": text,
        "state": first.get_outcome_display() if first.outcome else "",
        "count": len(numbers),
    }
    subject = (
        _("Dispute about order %(order)s on set-off %(reference)s")
        if len(numbers) == 1
        else ngettext(
            "Dispute about %(count)s order on set-off %(reference)s",
            "Dispute about %(count)s orders on set-off %(reference)s",
            len(numbers),
        )
    )
    body = _("%(seller)s, set-off %(reference)s, %(orders)s:\n\n%(text)s") % told
    if first.outcome:
        body += "\n\n" + _("Decision: %(state)s.") % told
    return subject % told, body
